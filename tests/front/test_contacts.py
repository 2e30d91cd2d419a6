"""What came back, and what we sent after: the state of each addressee, the flags, and voiding."""

import io
import json
import re
import sys
from collections.abc import Callable
from datetime import date

import pytest

from tests.front import seed
from tests.front.support import (
    LETTER,
    Sitting,
    asks_on,
    assert_problems,
    entries,
    further_ask,
    has_section,
    links,
    nothing_changes,
    options,
    record_ask,
    record_contact,
    record_draft,
    record_letter,
    row_of,
    rows,
    save,
    section,
    share,
    travel,
    where,
)
from tests.support.people import Person, words_of
from tracker.exchange import export_json

SENT = "23 Oct 2023"


@pytest.mark.parametrize(
    ("substance", "on", "state", "answered", "last", "flags"),
    [
        ("acknowledgement", "2024-02-20", "Acknowledged", "none known", "20 Feb 2024", []),
        ("form_letter", "2024-02-20", "Acknowledged", "none known", SENT, ["Silent"]),
        ("substantive", "2024-02-20", "Replied", "20 Feb 2024", "20 Feb 2024", []),
        ("substantive", "2024-02", "Replied", "Feb 2024", "Feb 2024", []),
        ("substantive", "2023-11-10", "Replied", "10 Nov 2023", "10 Nov 2023", ["Silent"]),
        ("substantive", "2023-12-15", "Replied", "15 Dec 2023", "15 Dec 2023", []),
        ("question", "2024-02-20", "Replied", "20 Feb 2024", "20 Feb 2024", []),
        ("question", "2024-02-10", "Replied", "10 Feb 2024", "10 Feb 2024", ["Ours to answer"]),
        ("promise", "2024-02-20", "Replied", "20 Feb 2024", "20 Feb 2024", ["Promise passed"]),
        ("meeting", "2024-02-20", "Replied", "20 Feb 2024", "20 Feb 2024", []),
        ("follow_up", "2024-02-20", "Awaiting", "none known", "20 Feb 2024", ["Unacknowledged"]),
    ],
)
def test_a_contact_sets_how_its_addressee_stands_and_which_flags_hold(
    staff: Person,
    on_day: Callable[[str], None],
    substance: str,
    on: str,
    state: str,
    answered: str,
    last: str,
    flags: list[str],
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff)
    (before,) = rows(staff.get("/recommendations"))
    assert before["Why flagged"] == "Silent Unacknowledged"
    promised = {"promised_on": "2024-02-25"} if substance == "promise" else {}
    page = record_contact(staff, ask, substance, on, summary="What they said.", **promised)
    assert "The contact is recorded" in words_of(page)
    row = row_of(page, "addressees", "State")
    assert (row["State"], row["Answered"], row["Last contact"]) == (state, answered, last)
    assert (row["Acknowledged"] == "none known") == (substance == "follow_up")
    (after,) = rows(staff.get("/recommendations"))
    assert after["Why flagged"] == " ".join(flags)
    assert after["Last contact"] == last
    assert after["Status"] == "Submitted"
    assert "What they said." in section(page, "chron")
    if not flags:
        assert "Proposed status: “Acknowledged”. It changes only when you set it." in words_of(page)
        assert "flagged. The sweep" in words_of(staff.get("/stale"))
    if substance == "follow_up":
        assert not section(staff.get("/"), "replies").endswith("What they said.")
    else:
        assert "What they said." in section(staff.get("/"), "replies")


def test_what_a_promise_and_a_question_ask_for_ends_them(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff)
    page = record_contact(staff, ask, "promise", "2024-01-10", promised_on="2024-02-15")
    promise = row_of(page, "clocks", "Promise")
    assert promise["Basis"] == "Their word"
    assert promise["State"] == "Promise passed 15 days late"
    assert "Promised by 15 Feb 2024." in section(page, "chron")
    page = record_contact(staff, ask, "promise", "2024-02-16", promised_on="2024-04-01")
    assert row_of(page, "clocks", "Promise")["State"] == "Running"
    kept = rows(staff.get(f"{ask}/clocks"), "clocks-3")
    assert "Met 16 Feb 2024" in [row["State"] for row in kept if row[""].startswith("Promise")]
    page = record_contact(staff, ask, "question", "2024-02-16")
    assert row_of(page, "clocks", "Our answer")["State"] == "Running"
    page = record_contact(staff, ask, "follow_up", "2024-02-20")
    assert "Our answer" not in section(page, "clocks")


def test_a_reply_date_is_a_clock_only_once_a_person_has_read_it_in_the_letter(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    by = {"reply_requested_by": "2023-12-31"}
    letter = staff.get(record_letter(staff, by))
    assert "not confirmed in the letter: starts no clock" in words_of(letter)
    assert "Reply asked for" not in section(staff.get(asks_on(letter)[0]), "clocks")
    letter = staff.get(record_letter(staff, {**by, "reply_date_confirmed": "y"}))
    assert "read in the letter" in words_of(letter)
    ask = asks_on(letter)[0]
    asked = row_of(staff.get(ask), "clocks", "Reply asked for")
    assert asked["State"] == "Reply date passed 61 days late"
    assert asked["Basis"] == "The letter"
    page = record_contact(staff, ask, "substantive", "2024-02-01")
    assert "Reply asked for" not in section(page, "clocks")


def test_one_reply_covers_several_asks_and_bodies(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    letter = staff.get(seed.record_the_letter(staff))
    export, magnitsky, visas, entity_list = asks_on(letter)
    (reply,) = [link for link in links(letter) if link.startswith("/contacts/new")]
    form = Sitting(staff, reply)
    assert len(form.fields["asks"]) == 4
    assert sorted(options(form.page, "agencies")) == ["commerce", "state", "treasury"]
    chosen = [path.rpartition("/")[2] for path in (magnitsky, visas)]
    form.type({"asks": chosen, "agencies": ["state", "treasury"], "happened_on": "2024-02-20"})
    form.type({"summary": "Both are looked at.", "source_url": "https://www.state.gov/reply"})
    saved = form.save()
    assert saved == min((magnitsky, visas), key=lambda path: reply.index(path.rpartition("/")[2]))
    page = staff.get(saved)
    assert (
        "Reply of substance from State, Treasury. About 1 other ask too. Both are looked at."
        in section(page, "chron")
    )
    states = {
        path: {row[""].split()[0]: row["State"] for row in rows(staff.get(path), "addressees")}
        for path in (export, magnitsky, visas)
    }
    assert states == {
        export: {"Commerce": "Awaiting", "Treasury": "Awaiting", "State": "Awaiting"},
        magnitsky: {"Commerce": "Awaiting", "Treasury": "Replied", "State": "Replied"},
        visas: {"State": "Replied"},
    }
    late = section(staff.get(magnitsky), "clocks")
    assert "Silence Commerce" in late
    assert "Nothing is late" in words_of(staff.get(visas)) or "Proposed status" in words_of(
        staff.get(visas)
    )
    assert "Silent" in words_of(staff.get(entity_list))
    desk = section(staff.get("/"), "replies")
    assert seed.MAGNITSKY in desk
    assert seed.VISAS in desk
    assert seed.EXPORT not in desk
    assert "https://www.state.gov/reply" in staff.get("/sources").text


def test_another_ask_is_found_while_a_contact_is_written(staff: Person) -> None:
    first = record_ask(staff)
    second = record_ask(staff, {"asks-0-title": "An ask of another letter", "title": "Another"})
    form = Sitting(staff, f"/contacts/new?ask={first.rpartition('/')[2]}")
    form.type({"summary": "Both at once.", "happened_on": "2024-02-20", "agencies": "state"})
    with nothing_changes(staff.app):
        form.type({"find": "another letter"}).press("find")
    assert form.fields["summary"] == ["Both at once."]
    assert form.fields["happened_on"] == ["2024-02-20"]
    assert form.fields["agencies"] == ["state"]
    assert form.fields["asks"] == [first.rpartition("/")[2]]
    assert second.rpartition("/")[2] in options(form.page, "asks")
    form.type({"asks": [path.rpartition("/")[2] for path in (first, second)]})
    page = staff.get(form.save())
    assert "Both at once." in section(page, "chron")
    assert "Both at once." in section(staff.get(second), "chron")


def test_a_voided_contact_brings_its_flags_back_and_stays_readable(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff)
    flagged = rows(staff.get(ask), "clocks")
    page = record_contact(staff, ask, "substantive", "2024-02-20", summary="Not ours at all.")
    assert rows(page, "clocks") != flagged
    void = next(link for link in links(page) if link.endswith("/void"))
    with nothing_changes(staff.app):
        answer = Sitting(staff, void).send()
    assert_problems(answer, {"reason": "Say in a sentence what was wrong."})
    assert "20 Feb 2024, about Sanction those responsible" in words_of(answer)
    page = save(staff, void, {"reason": "It was another letter."})
    assert rows(page, "clocks") == flagged
    assert row_of(page, "addressees", "State")["State"] == "Awaiting"
    void_line = "Reply of substance void: It was another letter. What was recorded Not ours at all."
    assert void_line in section(page, "chron")
    assert "Not ours at all." not in section(staff.get("/"), "replies")
    assert "1 open ask carries 2 flags" in words_of(staff.get("/stale"))
    again = Sitting(staff, void).type({"reason": "Once more."}).send()
    assert_problems(again, {"reason": "It is void already."})
    history = entries(staff.get(f"{ask}/history"))
    assert "Clocks computed anew Staff" in history[0]
    assert "Silent since 22 Jan 2024 (State)" in history[0]
    assert "Contact voided Staff" in history[1]
    assert "Reason: It was another letter." in history[1]
    assert "Clocks computed anew Staff" in history[2]
    assert "Contact recorded Staff" in history[3]


def test_what_a_void_contact_said_is_for_the_house_alone(staff: Person, partner: Person) -> None:
    ask = record_ask(staff)
    share(staff, ask)
    page = record_contact(staff, ask, "substantive", "2024-02-20", summary="Not ours at all.")
    void = next(link for link in links(page) if "C-" in link and link.endswith("/void"))
    assert "Not ours at all." in partner.get(ask).text
    save(staff, void, {"reason": "It was another letter."})
    assert "Not ours at all." in staff.get(ask).text
    assert "It was another letter." in partner.get(ask).text
    assert "Not ours at all." not in partner.get(ask).text


def test_what_a_contact_can_be_read_in_stands_with_it_and_leads_back(
    staff: Person, partner: Person
) -> None:
    ask = record_ask(staff)
    share(staff, ask)
    read_in = {"source_title": "Reply of the Bureau", "source_url": "https://example.org/reply.pdf"}
    page = record_contact(staff, ask, "substantive", "2024-02-20", **read_in)
    assert "Reply of the Bureau" in section(page, "chron")
    assert "Reply of the Bureau" not in section(page, "evidence")
    (source,) = {each for each in links(page) if "Reply of the Bureau" in staff.get(each).text} & {
        each for each in links(page) if each.startswith("/sources/")
    }
    cited = section(staff.get(source), "cited")
    assert "Reply of substance, 20 Feb 2024, about Sanction those responsible" in cited
    (back,) = [each for each in links(staff.get(source)) if "#C-" in each]
    contact = back.partition("#")[2]
    assert back == f"{ask}#{contact}"
    assert f'id="{contact}"' in staff.get(ask).text
    # a source is seen by whoever may see it, also in what is given out
    seen = partner.get(source).status_code == 200
    assert seen == ("Reply of the Bureau" in partner.get(ask).text)
    out = io.StringIO()
    with staff.app.app_context():
        export_json.export(staff.viewer, out, date(2024, 3, 1), "https://tracker.example")
    [item] = json.loads(out.getvalue())["recommendations"]
    [told] = [each for each in item["contacts"] if each["reference"] == contact]
    assert told["sources"] == [source.rpartition("/")[2]]


def test_what_was_entered_in_error_is_entered_anew_without_typing_it_again(staff: Person) -> None:
    ask = record_ask(staff)
    typed = {
        "summary": "They are looking into it.",
        "channel": "email",
        "source_title": "Their mail",
        "source_url": "https://example.org/mail",
    }
    page = record_contact(staff, ask, "substantive", "2024-01-20", **typed)
    void = next(link for link in links(page) if "C-" in link and link.endswith("/void"))
    form = Sitting(staff, void).type({"reason": "It was a month later.", "anew": "1"})
    again = Sitting(staff, form.save())
    assert {name: again.fields[name] for name in typed} == {k: [v] for k, v in typed.items()}
    assert again.fields["happened_on"] == ["2024-01-20"]
    assert again.fields["agencies"] == ["state"]
    page = staff.get(again.type({"happened_on": "2024-02-20"}).save())
    assert row_of(page, "addressees", "State")["Answered"] == "20 Feb 2024"
    assert section(page, "chron").count("They are looking into it.") == 2  # one of them struck out


def test_nobody_starts_from_what_they_may_not_change(staff: Person, other_staff: Person) -> None:
    ask = record_ask(staff)
    share(staff, ask)
    page = record_contact(staff, ask, "substantive", "2024-02-20", summary="Only between us.")
    contact = re.search(r"C-[0-9A-Z]{8}", section(page, "chron") + page.text)
    assert contact is not None
    assert "Only between us." in staff.get(f"/contacts/new?like={contact[0]}").text
    assert "Only between us." in other_staff.get(ask).text
    assert "Only between us." not in other_staff.get(f"/contacts/new?like={contact[0]}").text


def test_a_status_is_proposed_beside_what_is_late(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-06-01", staff)
    ask = record_ask(staff)
    page = record_contact(staff, ask, "acknowledgement", "2023-11-20")
    assert "Silent" in words_of(page)
    assert [each for each in links(page) if "to=acknowledged" in each]


def test_voiding_the_sending_makes_the_ask_unsent_again(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff)
    assert "draft" not in options(staff.get(f"{ask}/status"), "to")
    (void,) = [
        link
        for link in links(staff.get(ask))
        if link.startswith("/contacts/") and link.endswith("/void")
    ]
    page = save(staff, void, {"reason": "It never went out."})
    assert row_of(page, "addressees", "State")["State"] == "Not sent"
    assert "Silence" not in section(page, "clocks")
    assert rows(staff.get("/recommendations"))[0]["Sent"] == "–"
    assert "Draft" in section(page, "clocks")  # with a clock of its own again
    assert "Not sent yet" in section(page, "cite")
    save(staff, f"{ask}/status", {"to": "vetting", "on": "2024-03-01"})


def test_what_was_sent_on_a_day_that_nobody_knows_was_sent(staff: Person) -> None:
    ask = record_ask(staff, {"written_on": "", "sent_on": ""})
    assert "Not sent yet" not in section(staff.get(ask), "cite")
    page = record_contact(staff, ask, "substantive", "2023-12-01")
    assert row_of(page, "addressees", "State")["State"] == "Replied"
    assert "Answered, 1 Dec 2023." in words_of(staff.get(f"{ask}/follow-up"))


def test_a_meeting_before_the_ask_is_no_answer_to_it(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_draft(staff)
    record_contact(staff, ask, "meeting", "2023-05-01")
    assert row_of(staff.get(ask), "addressees", "State")["State"] == "Not sent"
    save(staff, f"{ask}/status", {"to": "submitted", "on": "2024-03-01"})
    assert row_of(staff.get(ask), "addressees", "State")["State"] == "Awaiting"
    page = record_contact(staff, ask, "meeting", "2024-03-01")
    assert row_of(page, "addressees", "State")["State"] == "Replied"


def test_nothing_comes_back_on_what_was_not_sent(staff: Person) -> None:
    ask = record_draft(staff)
    form = Sitting(staff, f"/contacts/new?ask={ask.rpartition('/')[2]}")
    with nothing_changes(staff.app):
        answer = form.type({"happened_on": "2023-11-01", "agencies": "state"}).send()
    assert_problems(answer, {"asks": "was not sent yet: record its sending first."})
    page = staff.get(form.type({"substance": "meeting"}).save())
    assert "Meeting with State." in section(page, "chron")


def test_an_ask_put_to_nobody_has_nobody_to_hear_from(staff: Person) -> None:
    typed = {**LETTER, "kind": "report", "addressees-0-agency": ""}
    ask = asks_on(staff.get(where(Sitting(staff, "/letters/new").type(typed).send())))[0]
    page = staff.get(f"/contacts/new?ask={ask.rpartition('/')[2]}")
    assert options(page, "agencies") == []
    assert not has_section(staff.get(ask), "near")


def test_ones_own_asks_are_offered_however_many_others_changed_theirs_last(
    staff: Person, other_staff: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["tracker.casework.views.contacts"], "MOST_OFFERED", 1)
    own = record_ask(staff).rpartition("/")[2]
    share(other_staff, record_ask(other_staff))
    assert f'value="{own}"' in staff.get("/contacts/new").text
    assert f'value="{own}"' in staff.get("/contacts/new?find=Sanction").text


def test_an_acknowledgement_is_proposed_since_its_day_and_its_status_is_void_with_it(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2023-12-01", staff)
    ask = record_ask(staff)
    record_contact(staff, ask, "acknowledgement", "2023-11-20")
    (link,) = [each for each in links(staff.get(ask)) if "to=acknowledged" in each]
    assert Sitting(staff, link).fields["on"] == ["2023-11-20"]
    Sitting(staff, link).save()
    assert "Acknowledged 20 Nov 2023" in words_of(staff.get(ask))
    void = next(each for each in links(staff.get(ask)) if "C-" in each and each.endswith("/void"))
    save(staff, void, {"reason": "It was about another letter."})
    assert "The acknowledgement is void" in words_of(staff.get(ask))
    assert f"{ask}/status/void" in links(staff.get(ask))
    save(staff, f"{ask}/status/void", {"reason": "It was about another letter."})
    assert "The acknowledgement is void" not in words_of(staff.get(ask))


def test_a_contact_about_several_asks_says_so_on_each_and_a_meeting_is_no_letter(
    staff: Person,
) -> None:
    two = {**LETTER, **further_ask(1, "The second", "Another")}
    first, second = asks_on(staff.get(record_letter(staff, two)))
    form = Sitting(staff, f"/contacts/new?ask={first.rpartition('/')[2]}")
    both = [each.rpartition("/")[2] for each in (first, second)]
    form.type({"substance": "meeting", "happened_on": "2023-12-01", "asks": both}).save()
    for ask in (first, second):
        told = section(staff.get(ask), "chron")
        assert (
            "About 1 other ask too. In person" in told or "About 1 other ask too. Meeting" in told
        )


def test_enter_in_a_field_of_a_contact_looks_for_an_ask_and_records_nothing(staff: Person) -> None:
    form = Sitting(staff, f"/contacts/new?ask={record_ask(staff)[-10:]}")
    buttons = re.findall(r"<button[^>]*>", form.page.text.partition('class="prose"')[2])
    assert 'name="op" value="find"' in buttons[0], "a browser presses the first one"
    with nothing_changes(staff.app):
        form.type({"summary": "Half a sentence"}).press("find")
    assert form.fields["summary"] == ["Half a sentence"]
