"""From a stale flag: a follow-up letter is drafted, edited, downloaded and recorded as sent."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from docx import Document
from flask import Flask
from werkzeug.test import TestResponse

from tests.front import seed
from tests.front.support import (
    LETTER,
    Sitting,
    asks_on,
    assert_problems,
    assert_said_at,
    assert_still_there,
    entries,
    further_ask,
    has_section,
    links,
    markup_of,
    nothing_changes,
    options,
    problems,
    record_ask,
    record_contact,
    record_draft,
    record_letter,
    row_of,
    rows,
    section,
    share,
    travel,
    where,
)
from tests.support.people import Person, add_person, log_in, words_of
from tracker.accounts.permissions import Role
from tracker.core.now import today

SFRC = "Senate Committee on Foreign Relations"
TIBETAN, ARABIC, HAN = "བོད་རང་སྐྱོང་ལྗོངས།", "إدارة الأمن العام في التبت", "西藏自治区公安厅"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def letter_to(person: Person, ask: str, agency: str = "") -> Sitting:
    """The page of the letter, as drafted."""
    return Sitting(person, f"{ask}/follow-up" + (f"?agency={agency}" if agency else ""))


def text_in(sitting: Sitting) -> str:
    return sitting.fields["sent_text"][0].replace("\r\n", "\n")


def pressed(sitting: Sitting, op: str) -> TestResponse:
    """What comes when a button is pressed that does not show the form again."""
    return sitting.person.client.post(sitting.path, data={**sitting.fields, "op": op})


def test_each_stale_flag_leads_to_a_letter_to_its_body(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    letter = staff.get(seed.record_the_letter(staff))
    for ask in asks_on(letter):
        for page in (staff.get(ask), staff.get("/stale"), staff.get("/")):
            found = [link for link in links(page) if link.startswith(f"{ask}/follow-up?agency=")]
            assert len(found) == 1, found
        assert staff.get(found[0]).status_code == 200
    unacknowledged = record_ask(staff, {"written_on": "2024-01-20"})
    assert f"{unacknowledged}/follow-up?agency=state" in links(staff.get(unacknowledged))
    asked_by = {"reply_requested_by": "2024-02-10", "reply_date_confirmed": "y"}
    overdue = record_ask(staff, {"written_on": "2024-02-01", **asked_by})
    assert f"{overdue}/follow-up?agency=state" in links(staff.get("/stale?cause=response_overdue"))


def test_the_draft_says_what_was_asked_when_and_how_long_they_are_silent(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    by = {"reply_requested_by": "2023-12-31", "reply_date_confirmed": "y"}
    on_behalf = {"on_behalf_of": "A commission", "asks-0-request": "Sanction\nthem all."}
    ask = record_ask(staff, {**by, **on_behalf})
    drafted = text_in(letter_to(staff, ask)).split("\n\n")
    assert drafted == [
        "Antony J. Blinken\nSecretary of State\nU.S. Department of State",
        "1 Mar 2024",
        "Dear Secretary Blinken,",
        "I write on behalf of Highland Group to follow up on what was put to your office in:",
        "– 23 Oct 2023: “Letter on forced separation”, A commission",
        "The last exchange of substance on record, from either side, was on 23 Oct 2023, 130 days "
        "ago.",
        "What was asked, and what is known to us of an answer:",
        "1. Sanction those responsible (Global Magnitsky)\n“Sanction them all.”\nPut to your "
        "office on 23 Oct 2023, 130 days ago. No acknowledgement and no reply is known to us.",
        "The letter sent on 23 Oct 2023 asked for a reply by 31 Dec 2023. That day passed 61 days "
        "ago, and we know of no reply.",
        "What follows is a norm of our own and no deadline in law. Global Magnitsky asks: 90 days "
        "without substantive contact are silence. A letter is unacknowledged after 30 days without "
        "a sign.",
        "We would be grateful for a written answer to each of these points. Where a decision was "
        "taken, please tell us of it and of the day on which it was taken.",
        "Yours sincerely,",
        "Staff\nHighland Group",
    ]
    record_contact(staff, ask, "acknowledgement", "2023-11-20")
    record_contact(staff, ask, "follow_up", "2024-01")
    drafted_again = text_in(letter_to(staff, ask))
    assert "Acknowledged, 20 Nov 2023; no reply of substance is known to us." in drafted_again
    assert "– Jan 2024: our follow-up" in drafted_again
    assert "on record, from either side, was in Jan 2024." in drafted_again
    record_contact(staff, ask, "promise", "2024-02-10", promised_on="2024-02-20")
    promised = text_in(letter_to(staff, ask))
    assert "An answer was promised, 10 Feb 2024, by 20 Feb 2024. That day passed 10" in promised
    assert "Your office promised an answer, 10 Feb 2024." in promised
    assert "no deadline in law" not in promised


def test_a_date_that_nobody_read_in_the_letter_is_left_out_and_said(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    page = letter_to(staff, record_ask(staff, {"reply_requested_by": "2023-12-31"}))
    assert "31 Dec 2023" not in text_in(page)
    assert "31 Dec 2023, that nobody confirmed to stand" in section(page.page, "earlier")


def test_an_office_with_a_new_holder_is_said_and_the_new_one_addressed(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    named = {"addressees-0-official": "Secretary Blinken"}
    ask = record_ask(staff, named)
    assert "another holder" not in words_of(letter_to(staff, ask).page)
    travel(on_day, "2025-06-02", staff)
    form = letter_to(staff, ask)
    said = words_of(form.page)
    assert "The office has another holder Secretary of State: there is a new holder" in said
    assert (
        "When we wrote, 23 Oct 2023, it was Antony J. Blinken (26 Jan 2021 to 20 Jan 2025)" in said
    )
    assert "Marco Rubio has held it since 21 Jan 2025, and the letter is addressed to" in said
    assert text_in(form).startswith("Marco Rubio\nSecretary of State\nU.S. Department of State\n")
    assert "Put to your office (then Secretary Blinken) on 23 Oct 2023" in text_in(form)
    assert text_in(form).count("Blinken") == 1
    form.save()
    assert "another holder" not in words_of(letter_to(staff, ask).page)
    travel(on_day, "2022-03-01", staff)  # of that year it may have been one or the other
    form = letter_to(staff, record_ask(staff, {"written_on": "2021", "sent_on": "2021", **named}))
    assert "Pompeo" not in words_of(form.page)
    travel(on_day, "2021-01-25", staff)  # between two holders
    before = {"written_on": "2020-12-01"}
    form = letter_to(staff, record_ask(staff, before))
    assert text_in(form).startswith("Secretary of State\nU.S. Department of State\n")
    assert "Nobody is on record as Secretary of State today" in words_of(form.page)
    assert "it was Michael R. Pompeo (26 Apr 2018 to 20 Jan 2021)" in words_of(form.page)


def test_a_holder_who_came_after_a_letter_to_a_vacant_office_is_said(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2025-06-02", staff)
    vacant = {"written_on": "2025-01-24", "addressees-0-agency": "Treasury"}
    form = letter_to(staff, record_ask(staff, vacant), "treasury")
    said = words_of(form.page)
    assert "nobody is on record as its holder when we last wrote. Scott Bessent" in said
    assert text_in(form).startswith("Scott Bessent\nSecretary of the Treasury\n")


@pytest.mark.parametrize(
    ("typed", "starts", "greets", "said"),
    [
        (
            {"addressees-0-official": "Jane Doe", "addressees-0-office_title": "Under Secretary"},
            "Jane Doe\nUnder Secretary\nU.S. Department of State\n",
            "Dear Jane Doe",
            "Who holds this office today is not on record here. The letter of 23 Oct 2023 names",
        ),
        (
            {"addressees-0-agency": "OFAC"},
            "Office of Foreign Assets Control\n\n",
            "Dear Sir or Madam",
            "",
        ),
    ],
)
def test_where_no_holder_is_on_record_the_letter_goes_to_whom_it_went(
    staff: Person, typed: dict[str, str], starts: str, greets: str, said: str
) -> None:
    form = letter_to(staff, record_ask(staff, typed))
    assert text_in(form).startswith(starts)
    assert f"\n\n{greets},\n\n" in text_in(form)
    assert (said in words_of(form.page)) if said else 'role="note"' not in form.page.text


def test_another_body_or_other_asks_are_drafted_anew_and_the_text_before_stays(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    _, magnitsky, visas, _ = asks_on(staff.get(seed.record_the_letter(staff)))
    form = letter_to(staff, magnitsky, "treasury")
    assert text_in(form).startswith("Janet Yellen\nSecretary of the Treasury\n")
    assert len(form.fields["asks"]) == 3
    assert visas[-10:] not in options(form.page, "asks")  # it went to State alone
    with nothing_changes(staff.app):
        form.type({"asks": magnitsky[-10:], "sent_text": "Words of my own."}).press("draft")
    assert "1. Global Magnitsky" in text_in(form)
    assert "2. " not in text_in(form)
    assert "Words of my own." in words_of(form.page)
    form.type({"agency": "state"})
    for answer in (form.send(), pressed(form, "download")):
        assert_problems(answer, {"agency": "The letter below was drafted for another body."})
    form.press("draft")
    assert text_in(form).startswith("Antony J. Blinken\n")
    assert visas[-10:] in options(form.page, "asks")
    assert form.fields["asks"] == [magnitsky[-10:]]


def test_the_file_holds_every_paragraph_in_every_script_and_nobodys_name(staff: Person) -> None:
    ask = record_ask(staff, {"asks-0-title": f"Sanction {HAN}"})
    form = letter_to(staff, ask)
    assert HAN in text_in(form)
    typed = f"Dear Secretary,\n\nAbout {TIBETAN} and {HAN}, as\n{ARABIC}\n\nYours, <b>&amp;"
    with nothing_changes(staff.app):
        answer = pressed(form.type({"sent_text": typed}), "download")
    assert answer.status_code == 200
    assert answer.mimetype == DOCX
    name = f"{ask[-10:]}-follow-up.docx"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    document = Document(BytesIO(answer.data))
    assert [paragraph.text for paragraph in document.paragraphs] == [
        "Dear Secretary,",
        f"About {TIBETAN} and {HAN}, as",
        ARABIC,
        "Yours, <b>&amp;",
    ]
    about = document.core_properties
    assert (about.author, about.last_modified_by, about.title, about.comments) == ("",) * 4
    tibetan, arabic = (
        next(run for line in document.paragraphs for run in line.runs if run.text.startswith(text))
        for text in (TIBETAN, ARABIC)
    )
    assert 'w:cs="Microsoft Himalaya"' in tibetan._r.xml
    assert 'w:bidi="bo-CN"' in tibetan._r.xml
    assert arabic.font.rtl
    assert [bool(p._p.xpath("./w:pPr/w:bidi")) for p in document.paragraphs] == [
        *(False, False, True, False)
    ]
    fonts = document.styles["Normal"].element.xpath("./w:rPr/w:rFonts")[0]
    assert "SimSun" in fonts.attrib.values()


def test_it_was_sent_restarts_silence_and_stands_in_the_chronology_for_its_owner(
    staff: Person, colleague: Person, partner: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff, colleague, partner)
    export, magnitsky, *_ = asks_on(staff.get(seed.record_the_letter(staff)))
    share(staff, export)
    form = letter_to(staff, export, "state")
    chosen = [path[-10:] for path in (export, magnitsky)]
    form.type({"asks": chosen, "happened_on": "2024-02-28", "channel": "email"})
    page = staff.get(form.type({"sent_text": f"Dear {TIBETAN}\n\nPlease answer."}).save())
    assert "The follow-up is recorded." in words_of(page)
    for ask in (export, magnitsky):
        page = staff.get(ask)
        assert "28 Feb 2024 Follow-up sent to State. About 1 other ask too. E-mail" in section(
            page, "chron"
        )
        assert f"Dear {TIBETAN}\n\nPlease answer." in markup_of(page, "chron")
        assert row_of(page, "addressees", "State")["Last contact"] == "28 Feb 2024"
        assert row_of(page, "addressees", "Treasury")["Last contact"] == "23 Oct 2023"
        late = {row[""]: row["State"] for row in rows(page, "clocks") if "Silen" in row["State"]}
        assert [name.split(" ", 1)[1] for name in late] == ["Commerce, Treasury"], late
    assert "Contact recorded Staff" in " ".join(entries(staff.get(f"{export}/history")))
    assert "Please answer." in colleague.get(export).text
    assert "Please answer." not in partner.get(export).text
    share(staff, magnitsky)
    assert "Follow-up sent to State" in section(partner.get(export), "chron")
    assert "Please answer." not in partner.get(export).text


def _request_to_president(staff: Person, *, received_on: str) -> str:
    """A request that starts the 120 days; its ask."""
    signed = {"role": "chair", "body": SFRC}, {"role": "ranking_member", "body": SFRC}
    form = Sitting(staff, "/letters/new").type(LETTER).press("add:signatories")
    for number, each in enumerate(signed):
        form.type(seed.under(f"signatories-{number}", {"name": f"Sen. {number}", **each}))
    form.type({"written_on": "2018-10-10", "received_on": received_on})
    form.type({"addressees-0-agency": "President of the United States"})
    form.type({"asks-0-ground": "human_rights"})
    return asks_on(staff.get(form.save()))[0]


def test_a_follow_up_never_moves_a_clock_in_law(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2019-03-01", staff)
    ask = _request_to_president(staff, received_on="2018-10-10")
    before = row_of(staff.get(ask), "clocks", "Section 1263(d)")
    assert before["Basis"] == "§ Statute"
    form = letter_to(staff, ask)
    cited = text_in(form)
    assert (
        "22 U.S.C. 10102(d) (section 1263(d), Pub. L. 114-328): The President determines" in cited
    )
    assert "Counted from 10 Oct 2018, the term ended on 7 Feb 2019, 22 days ago." in cited
    assert "We know of no determination." in cited
    page = staff.get(form.save())
    assert row_of(page, "clocks", "Section 1263(d)") == before
    assert row_of(page, "addressees", "The President")["Last contact"] == "1 Mar 2019"


def test_a_term_counted_from_sending_says_first_that_the_receipt_is_not_known(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    ends = {"2019-02-07": "ends on 7 Feb 2019", "2019-02-08": "ended on 7 Feb 2019, 1 day ago"}
    travel(on_day, "2019-02-07", staff)
    ask = _request_to_president(staff, received_on="")
    for day, said in ends.items():
        travel(on_day, day, staff)
        assert (
            "We do not know the day of receipt. Counted from the day of sending, 10 Oct 2018, the "
            f"term {said}. We know of no determination."
        ) in text_in(letter_to(staff, ask))


def test_only_the_clocks_of_the_body_written_to_are_cited(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    by = {"reply_requested_by": "2023-12-31", "reply_date_confirmed": "y"}
    form = Sitting(staff, "/letters/new").type({**LETTER, **by}).press("add:addressees")
    ask = asks_on(staff.get(form.type({"addressees-1-agency": "Treasury"}).save()))[0]
    record_contact(staff, ask, "substantive", "2024-02-20", agencies="treasury")
    to_state, to_treasury = (letter_to(staff, ask, slug) for slug in ("state", "treasury"))
    assert "asked for a reply by 31 Dec 2023" in text_in(to_state)
    assert "asked for a reply by" not in text_in(to_treasury)
    assert "Answered, 20 Feb 2024." in text_in(to_treasury)
    assert "U.S.C." not in text_in(to_state)


def test_who_may_not_change_the_ask_has_no_letter_of_it(
    staff: Person, other_staff: Person, partner: Person
) -> None:
    ask = record_ask(staff)
    assert other_staff.get(f"{ask}/follow-up").status_code == 404
    share(staff, ask)
    for person in (other_staff, partner):
        assert person.get(f"{ask}/follow-up").status_code == 403
        assert "follow-up" not in " ".join(links(person.get(ask)))
        with nothing_changes(staff.app):
            assert person.post(f"{ask}/follow-up", {"op": "download"}).status_code == 403
    assert partner.get("/letters/template").status_code == 403


def test_what_the_viewer_does_not_see_stands_nowhere_in_the_letter(
    app: Flask, staff: Person, colleague: Person
) -> None:
    form = Sitting(staff, "/letters/new").type({**LETTER, "asks-0-targets-0-name": "Cassowary"})
    form.press("add:asks").type(
        {
            "asks-1-title": "A second ask",
            "asks-1-targets-0-name": "Somebody else",
            "asks-1-decided_by": "",
        }
    )
    letter = form.save()
    first, second = asks_on(staff.get(letter))
    target = next(link for link in links(staff.get(first)) if link.startswith("/targets/T-"))
    named = {"audience": "named", "people": staff.email}
    share(staff, target, **named)
    share(staff, second, **named)
    share(staff, letter, **named)
    drafted = letter_to(colleague, first)
    assert "Cassowary" not in drafted.page.text
    assert "A second ask" not in drafted.page.text
    assert "Letter on forced separation" not in drafted.page.text
    forged = drafted.type({"asks": [first[-10:], second[-10:]]})
    with nothing_changes(app):
        assert_problems(forged.send(), {"asks": "Choose among the asks that were put to this body"})
    assert "A second ask" in text_in(letter_to(staff, first))


def test_an_ask_that_went_to_nobody_or_not_at_all_has_nothing_to_follow_up_on(
    staff: Person,
) -> None:
    draft = record_draft(staff)
    nobody = asks_on(
        staff.get(record_letter(staff, {"kind": "report", "addressees-0-agency": ""}))
    )[0]
    for ask, said in ((draft, "It was not sent yet"), (nobody, "It was put to nobody")):
        page = staff.get(f"{ask}/follow-up")
        assert page.status_code == 200
        assert said in words_of(page)
        with nothing_changes(staff.app):
            assert staff.post(f"{ask}/follow-up", {"sent_text": "x"}).status_code == 422


@pytest.mark.parametrize("op", ["", "download"])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x" * 8001, "8,001 characters. Shorten it to 8,000"),
        ("Wu\x00Yingjie", "a control character (U+0000)"),
        ("Wu \u202eYingjie", "an invisible mark that reverses its direction"),
        ("  \n ", "The letter is empty."),
    ],
)
def test_a_text_that_cannot_be_kept_is_said_at_its_field_and_stays(
    staff: Person, op: str, text: str, said: str
) -> None:
    form = letter_to(staff, record_ask(staff)).type({"sent_text": text})
    typed = dict(form.fields)
    with nothing_changes(staff.app):
        answer = pressed(form, op) if op else form.send()
    assert_problems(answer, {"sent_text": said})
    assert_still_there(answer, typed)


def test_all_that_is_wrong_is_told_at_once(staff: Person) -> None:
    ask = record_ask(staff)
    form = letter_to(staff, ask)
    tomorrow = (today() + timedelta(days=1)).isoformat()
    form.type(
        {"sent_text": "", "happened_on": tomorrow, "agency": "treasury", "asks": "R-00000000"}
    )
    with nothing_changes(staff.app):
        answer = form.type({"channel": "smoke"}).send()
    assert answer.status_code == 422
    assert problems(answer).keys() >= {"agency", "asks", "channel"}
    for name in ("agency", "asks", "channel"):
        assert_said_at(answer, name)
    form = letter_to(staff, ask).type({"sent_text": "", "happened_on": tomorrow})
    assert problems(form.send()).keys() == {"sent_text", "happened_on"}
    form = letter_to(staff, ask).type({"asks": None, "happened_on": "soon"})
    assert problems(form.send()).keys() == {"asks", "happened_on"}
    assert staff.get(f"{ask}/follow-up?agency=treasury").status_code == 400
    drafting = letter_to(staff, ask).type({"agency": "treasury", "sent_text": "Mine."})
    answer = pressed(drafting, "draft")
    assert_problems(answer, {"agency": "Choose one of the bodies that the ask was put to."})
    assert "Mine." in answer.text


def test_the_template_is_the_organisations_own(
    app: Flask, staff: Person, colleague: Person, other_staff: Person
) -> None:
    ask = record_ask(staff)
    form = Sitting(staff, "/letters/template")
    assert "The wording that comes with the program." in words_of(form.page)
    assert form.fields["text"][0].startswith("{addressee}\n{office}\n{agency}\n\n{today}")
    own = f"{TIBETAN} {{today}}\n{{reply_dates}}\nTo {{agency}}:\n{{asks}}\n{{person}}"
    assert where(form.type({"text": own}).send()) == "/letters/template"
    drafted = text_in(letter_to(colleague, ask)).split("\n")
    assert drafted[0].startswith(f"{TIBETAN} ")
    assert drafted[1] == "To U.S. Department of State:"
    assert drafted[-1] == "Colleague"
    assert "the template of Highland Group" in words_of(letter_to(colleague, ask).page)
    theirs = Sitting(other_staff, "/letters/template")
    assert TIBETAN not in theirs.text
    form = Sitting(colleague, "/letters/template")
    with nothing_changes(app):
        form.press("default")
    assert "Yours sincerely," in form.fields["text"][0]
    form.save()
    assert "Dear " in text_in(letter_to(staff, ask))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Dear {adressee}", "{adressee} is no placeholder that we know."),
        ("{one} {two} {today}", "{one}, {two} are no placeholders that we know."),
        ("{}", "{} is no placeholder"),
        ("Dear {addressee", "A brace stands alone."),
        ("Dear addressee}", "A brace stands alone."),
        ("{{today}}", "A brace stands alone."),
        ("{today.__class__}", "is no placeholder"),
        (" \n", "The template is empty."),
        ("x" * 4001, "Shorten it to 4,000"),
        ("\x00", "a control character"),
        ("\u202e", "reverses its direction"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused_at_its_field(
    staff: Person, text: str, said: str
) -> None:
    form = Sitting(staff, "/letters/template").type({"text": text})
    typed = dict(form.fields)
    with nothing_changes(staff.app):
        answer = form.send()
    assert_problems(answer, {"text": said})
    assert_still_there(answer, typed)


def test_a_template_that_was_not_sent_along_is_not_saved(staff: Person) -> None:
    with nothing_changes(staff.app):
        assert_problems(staff.post("/letters/template"), {"text": "The template is empty."})


def test_what_a_title_says_is_never_taken_for_a_placeholder(staff: Person) -> None:
    ask = record_ask(staff, {"asks-0-title": "Sanction {person} and {nobody}"})
    assert "1. Sanction {person} and {nobody} (" in text_in(letter_to(staff, ask))


def test_who_saves_the_template_second_sees_both(staff: Person, colleague: Person) -> None:
    mine, theirs = (Sitting(person, "/letters/template") for person in (staff, colleague))
    theirs.type({"text": "Theirs {today}"}).save()
    with nothing_changes(staff.app):
        answer = mine.type({"text": "Mine {today}"}).send()
    assert answer.status_code == 409
    assert "Somebody else saved first" in words_of(answer)
    assert "Theirs" in words_of(answer)
    assert mine.fields["text"] == ["Mine {today}"]
    mine.save()
    assert Sitting(staff, "/letters/template").fields["text"] == ["Mine {today}"]
    again = Sitting(colleague, "/letters/template")
    Sitting(staff, "/letters/template").type({"text": "Newer {today}"}).save()
    assert again.type({"text": "Older {today}"}).send().status_code == 409


def test_a_member_of_staff_elsewhere_changes_only_the_own_template(
    app: Flask, staff: Person, other_staff: Person
) -> None:
    Sitting(staff, "/letters/template").type({"text": "Ours {today}"}).save()
    Sitting(other_staff, "/letters/template").type({"text": "Elsewhere {today}"}).save()
    assert Sitting(staff, "/letters/template").fields["text"] == ["Ours {today}"]
    newcomer = add_person(app, "new@example.org", Role.STAFF, "Lowland Group")
    assert log_in(newcomer).status_code == 302
    assert Sitting(newcomer, "/letters/template").fields["text"] == ["Elsewhere {today}"]
    assert not has_section(newcomer.get("/letters/template"), "clash")


def test_a_promise_and_a_question_are_not_called_an_answer(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-06-24", staff)
    ask = record_ask(staff)
    record_contact(staff, ask, "promise", "2024-01-10", promised_on="2024-03")
    drafted = text_in(letter_to(staff, ask))
    assert "Your office promised an answer, 10 Jan 2024." in drafted
    assert "An answer was promised, 10 Jan 2024, by the end of Mar 2024." in drafted
    record_contact(staff, ask, "question", "2024-02-10")
    assert "Your office put a question to us, 10 Feb 2024." in text_in(letter_to(staff, ask))
    record_contact(staff, ask, "substantive", "2024-02-11")
    record_contact(staff, ask, "meeting", "2024-03-01")  # which takes back no answer
    assert "Answered, 11 Feb 2024." in text_in(letter_to(staff, ask))


def test_who_was_never_written_to_is_not_followed_up(staff: Person) -> None:
    ask = record_ask(staff)
    edit = Sitting(staff, f"{ask}/edit")
    edit.press("add:addressees").type({"addressees-1-agency": "Treasury"}).save()
    assert row_of(staff.get(ask), "addressees", "Treasury")["State"] == "Not sent"
    assert options(staff.get(f"{ask}/follow-up"), "agency") == ["state"]
    assert staff.get(f"{ask}/follow-up?agency=treasury").status_code == 400


def test_a_letter_about_one_ask_refers_to_no_letter_about_another(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2023-10-30", staff)  # so that neither is late, and the letter about both
    letter = record_letter(staff, further_ask(1, "The second ask", "Somebody else"))
    first, second = asks_on(staff.get(letter))
    record_contact(staff, second, "follow_up", "2023-10-24")
    assert "our follow-up" not in text_in(letter_to(staff, first))
    assert "our follow-up" in text_in(letter_to(staff, second))
