"""Who may see a record: widening it with care, and narrowing it at once."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from tests.front.every_form import FORMS
from tests.front.support import (
    CLOCK_OFFERED,
    Sitting,
    asks_on,
    assert_problems,
    entries,
    facts_of,
    further_ask,
    links,
    nothing_changes,
    options,
    record_ask,
    record_contact,
    record_draft,
    record_letter,
    rows,
    save,
    section,
    share,
    titles_on,
    travel,
    words,
)
from tests.support.people import Person, words_of
from tracker.core.now import now


def _target_of(person: Person, ask: str) -> str:
    (found,) = {link for link in links(person.get(ask)) if link.startswith("/targets/T-")}
    return found


def _source_of(person: Person, ask: str) -> str:
    (found,) = {link for link in links(person.get(ask)) if link.startswith("/sources/S-")}
    return found


def test_the_page_says_who_sees_a_record_now_and_who_would(
    staff: Person, colleague: Person, other_staff: Person, partner: Person
) -> None:
    page = staff.get(f"{record_ask(staff)}/audience")
    said = words_of(page)
    assert "Your organisation only (as now) 2 people: Highland Group 2." in said
    assert "The coalition 4 people: Highland Group 2, Lowland Group 1, Partner Group 1." in said
    assert "It needs a published source." in said


def test_a_record_goes_to_the_coalition_together_with_what_belongs_to_it(
    staff: Person, other_staff: Person, partner: Person
) -> None:
    letter = record_letter(staff)
    (ask,) = asks_on(staff.get(letter))
    target = _target_of(staff, ask)
    form = Sitting(staff, f"{ask}/audience")
    together = options(form.page, "together")
    assert len(together) == 3
    assert {ref[0] for ref in together} == {"L", "T", "S"}
    for reader in (other_staff, partner):
        assert {reader.get(path).status_code for path in (ask, letter, target)} == {404}
    form.type({"audience": "coalition", "reason": "We ask together.", "together": together})
    page = staff.get(form.save())
    assert "Who may see it is changed" in words_of(page)
    assert facts_of(page)["Audience"].startswith("The coalition")
    for reader in (other_staff, partner):
        page = reader.get(ask)
        assert "Wu Yingjie" in section(page, "targets")
        assert "CECC letter" in section(page, "evidence")
        assert titles_on(reader.get("/letters")) == ["Letter on forced separation"]
        assert titles_on(reader.get(letter)) == ["Sanction those responsible"]
        assert titles_on(reader.get("/targets")) == ["Wu Yingjie"]
        assert "Highland Group" in facts_of(page)["Owner"]
    assert "Audience changed Staff" in entries(staff.get(f"{ask}/history"))[0]
    assert "The owner only → The coalition" in entries(staff.get(f"{ask}/history"))[0]
    assert "Reason: We ask together." in entries(staff.get(f"{target}/history"))[0]


def test_what_others_would_newly_read_is_shown_before_it_is_shared(
    staff: Person, colleague: Person, other_staff: Person, partner: Person
) -> None:
    ask = record_ask(staff)
    form = Sitting(staff, f"{ask}/audience").type({"audience": "coalition", "reason": "Together."})
    with nothing_changes(staff.app):
        page = form.send_once()
    said = words_of(page)
    assert page.status_code == 200
    assert "Nothing is changed yet" in said
    assert "Newly for 2 people: Lowland Group 1, Partner Group 1." in said
    assert "Title Sanction those responsible Decided by" in said
    assert "Wu Yingjie" not in section(page, f"shows-{ask.rpartition('/')[2]}")
    assert partner.get(ask).status_code == 404
    save(staff, f"{ask}/edit", {"abuse": "Written by somebody meanwhile."})
    with nothing_changes(staff.app):
        again = form.send_once()
    assert again.status_code == 422
    assert "It is no longer what you were shown before." in words_of(again)
    assert "Written by somebody meanwhile." in words_of(again)
    form.save()
    assert partner.get(ask).status_code == 200
    narrow = Sitting(staff, f"{ask}/audience").type({"audience": "organisation", "reason": "No."})
    assert narrow.send_once().status_code == 303  # nobody new reads it


def test_widening_is_shown_and_asks_again_also_while_nobody_else_has_an_account(
    staff: Person,
) -> None:
    ask = record_ask(staff)
    form = Sitting(staff, f"{ask}/audience").type({"audience": "coalition", "reason": "Together."})
    with nothing_changes(staff.app):
        assert "Nobody gains access today" in words_of(form.send_once())
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert form.send_once().status_code == 401
    assert form.send_once().status_code == 303


MARK = re.compile(r"zz\d\d")
PROSE = (
    *("title", "on_behalf_of", "received_proof", "note", "body", "official", "office_title"),
    *("request", "legal_basis", "abuse", "technology", "models", "supplier", "end_user", "end_use"),
    *("reason_for_control", "licence_policy", "diversion_evidence", "publisher", "shows"),
    *("position", "other_names"),
)


def test_all_that_others_come_to_read_stands_in_what_is_shown_before(
    staff: Person, partner: Person
) -> None:
    typed = FORMS["letter"].typed
    prose = [name for name in typed if name.rpartition("-")[2] in PROSE]
    assert len(prose) > 20
    letter = Sitting(staff, "/letters/new").press("add:addressees").press("add:asks-0-controls")
    letter.type(typed).type({name: f"{typed[name]} zz{n:02}" for n, name in enumerate(prose)})
    path = letter.save()
    (ask,) = asks_on(staff.get(path))
    thanks = {"summary": "They thanked us. zz90", "agencies": "state"}
    record_contact(staff, ask, "acknowledgement", "2023-11-01", **thanks)
    outcome = {"kind": "other_action", "authority": "state", "citation": "zz91", "note": "zz92"}
    save(staff, f"{ask}/outcomes/new", outcome)
    save(staff, f"{ask}/next", {"next_action": "Call them zz93"})
    save(staff, f"{ask}/edit", {"tags": "zz94"})
    form = Sitting(staff, f"{ask}/audience")
    together = options(form.page, "together")
    form.type({"audience": "coalition", "reason": "Together.", "together": together})
    preview = re.findall(r'aria-labelledby="shows-.*?</section>', form.send_once().text, re.S)
    assert len(preview) == 1 + len(together)
    shown = set(MARK.findall(" ".join(preview)))
    form.save()
    pages = [path for path in links(partner.get(ask)) if re.search(r"/[LTS]-\w{8}$", path)]
    read = set(MARK.findall(" ".join(partner.get(path).text for path in (ask, *pages))))
    assert read - shown == set()
    assert len(read) > 20
    assert "zz93" not in shown


def _shown_first(person: Person, path: str, audience: str = "coalition", **more: str) -> str:
    """What the page shows before a record is widened, which it then is."""
    form = Sitting(person, f"{path}/audience")
    page = form.type({"audience": audience, "reason": "Together.", **more}).send_once()
    form.save()
    return " ".join(re.findall(r'aria-labelledby="shows-.*?</section>', page.text, re.S))


def test_what_a_target_a_source_and_a_clock_tell_of_others_stands_in_what_is_shown_before(
    staff: Person, partner: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff, partner)
    ask = record_ask(staff, {"sources-0-shows": "As zz01 told us"})
    target, source = _target_of(staff, ask), _source_of(staff, ask)
    outcome = {"kind": "listed_as_asked", "target": target.rpartition("/")[2], "note": "zz02"}
    save(staff, f"{ask}/outcomes/new", {**outcome, "authority": "treasury", "citation": "OFAC 1"})
    clocks = re.findall(CLOCK_OFFERED, staff.get(f"{ask}/clocks").text)
    rest = {"clocks": clocks, "act": "snooze", "until": "2024-05-01", "reason": "zz03 hides."}
    save(staff, f"{ask}/clocks/change", rest)
    shown = _shown_first(staff, ask)
    assert "zz03" in shown
    page = partner.get(f"{ask}/clocks")
    assert "zz03" in page.text
    explained = [row["Arithmetic"].partition(". ")[0] for row in rows(page, "clocks-1")]
    assert explained
    assert all(said in words(shown) for said in explained)
    for path, mark in ((target, "zz02"), (source, "zz01")):
        assert mark not in partner.get(ask).text
        assert mark in _shown_first(staff, path)
        assert mark in partner.get(ask).text


def test_what_an_ask_came_to_rests_on_nothing_that_some_of_its_readers_do_not_see(
    staff: Person, partner: Person, colleague: Person
) -> None:
    ask = record_ask(staff)
    target = _target_of(staff, ask)
    reference = target.rpartition("/")[2]
    typed = {"kind": "listed_as_asked", "target": reference, "effective_on": "2023-12-10"}
    save(staff, f"{ask}/outcomes/new", {**typed, "authority": "treasury", "citation": "OFAC 1"})

    def told(person: Person) -> tuple[bool, int]:
        listed = len(titles_on(person.get("/recommendations?result=acted_in_full")))
        return "Acted on in full" in words_of(person.get(ask)), listed

    assert told(staff) == (True, 1)
    share(staff, ask)
    assert told(partner) == told(staff) == (False, 0)
    assert "Acted" not in section(partner.get(ask), "addressees")
    note = "nothing about Wu Yingjie counts here: fewer people see it than this ask"
    assert note in words_of(staff.get(ask))
    assert "Wu Yingjie" not in partner.get(ask).text
    share(staff, target)
    assert told(partner) == told(staff) == (True, 1)
    assert note not in words_of(staff.get(ask))
    share(staff, target, "organisation")
    assert told(partner) == (False, 0)
    share(staff, ask, "named", people=colleague.email)
    assert told(staff) == told(colleague) == (True, 1)
    share(staff, ask, "named", people=f"{colleague.email}\n{partner.email}")
    assert told(partner) == told(colleague) == (False, 0)
    share(staff, target, "named", people=f"{colleague.email}\n{partner.email}")
    assert told(partner) == told(colleague) == (True, 1)


def test_an_ask_closed_for_what_others_do_not_see_is_not_shared_so(
    staff: Person, partner: Person
) -> None:
    ask = record_ask(staff)
    target = _target_of(staff, ask).rpartition("/")[2]
    typed = {"kind": "listed_as_asked", "target": target, "effective_on": "2023-12-10"}
    save(staff, f"{ask}/outcomes/new", {**typed, "authority": "treasury", "citation": "OFAC 1"})
    closed = {"to": "closed", "closure_reason": "acted_in_full", "on": "2023-12-11"}
    save(staff, f"{ask}/status", closed)
    form = Sitting(staff, f"{ask}/audience").type({"audience": "coalition", "reason": "For all."})
    with nothing_changes(staff.app):
        answer = form.send_once()
    assert_problems(answer, {"audience": "was closed for what came of a target that not all"})
    share(staff, ask, together=target)
    assert "Closed" in words_of(partner.get(ask))
    share(staff, f"/targets/{target}", "organisation")
    page = words_of(partner.get(ask))
    assert "Acted on in full" not in page
    assert "Closed" not in section(partner.get(ask), "facts")
    assert "What it was closed for is not for all its readers." in words_of(
        staff.get(f"{ask}/history")
    )
    assert "Close it" not in words_of(staff.get(ask))


def test_what_is_told_of_a_target_in_the_history_begins_when_it_is_shared(
    staff: Person, partner: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff, partner)
    ask = record_ask(staff)
    target = _target_of(staff, ask)
    share(staff, ask)
    typed = {"kind": "listed_as_asked", "target": target.rpartition("/")[2]}
    save(staff, f"{ask}/outcomes/new", {**typed, "authority": "treasury", "citation": "zz01"})
    (void,) = [link for link in links(staff.get(ask)) if "/outcomes/" in link and "void" in link]
    save(staff, void, {"reason": "The clerk zz02 was wrong."})
    travel(on_day, "2024-03-05", staff, partner)
    share(staff, target)
    secret = re.findall(
        r"/feeds/([A-Za-z0-9_-]{43})/",
        partner.post("/account/feeds", {"label": "Mine", "days": "90"}).text,
    )[0]
    page = partner.get(f"{ask}/history")
    told = page.text + partner.get(f"/feeds/{secret}/changes.atom").text
    assert "Outcome" not in told
    assert "zz0" not in told
    assert target.rpartition("/")[2] not in " ".join(entries(page))
    save(staff, f"{ask}/outcomes/new", {**typed, "authority": "treasury", "citation": "zz03"})
    assert "Outcome recorded" in words_of(partner.get(f"{ask}/history"))


def test_why_something_is_void_is_told_to_those_who_had_read_it(
    staff: Person, partner: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff, partner)
    ask = record_ask(staff)
    save(
        staff,
        f"{ask}/status",
        {"to": "under_review", "on": "2024-02-01", "source_url": "https://a.gov/review"},
    )
    save(staff, f"{ask}/status/void", {"reason": "The clerk zz01 was wrong."})
    _void_meeting(staff, ask, "Mixed up with zz02.")
    assert "zz02" in section(staff.get(ask), "chron")
    assert "zz0" not in Sitting(staff, f"{ask}/audience").text
    travel(on_day, "2024-03-05", staff, partner)
    share(staff, ask)
    told = section(partner.get(ask), "chron")
    assert "zz0" not in told
    assert "Meeting" not in told
    assert "Under review" not in told
    _void_meeting(staff, ask, "It was on another day, zz03.")
    assert "void: It was on another day, zz03." in section(partner.get(ask), "chron")


def _void_meeting(person: Person, ask: str, why: str) -> None:
    record_contact(person, ask, "meeting", "2024-02-10")
    (void,) = [each for each in links(person.get(ask)) if "C-" in each and each.endswith("/void")][
        :1
    ]
    save(person, void, {"reason": why})


@pytest.mark.parametrize("audience", ["named", "coalition", "public"])
def test_a_change_of_audience_needs_a_reason(staff: Person, audience: str) -> None:
    form = Sitting(staff, f"{record_ask(staff)}/audience")
    with nothing_changes(staff.app):
        together = options(form.page, "together")
        answer = form.type({"audience": audience, "reason": "  ", "together": together}).send()
    assert_problems(answer, {"reason": "Say in a sentence why: it goes into the history."})
    assert form.fields["audience"] == [audience]


def _published(person: Person, ask: str) -> set[str]:
    sources = {link for link in links(person.get(ask)) if link.startswith("/sources/S-")}
    found = {path for path in sources if "cecc.gov" in person.get(path).text}
    return {path.rpartition("/")[2] for path in found}


def test_what_is_made_public_rests_on_a_source_that_anybody_can_read(
    staff: Person, partner: Person, anonymous: Person
) -> None:
    ask = record_draft(staff)
    target = _target_of(staff, ask)
    form = Sitting(staff, f"{ask}/audience").type({"audience": "public", "reason": "It is out."})
    with nothing_changes(staff.app):
        answer = form.send()
        early = Sitting(staff, f"{target}/audience")
        early.type({"audience": "public", "reason": "It is out."}).send()
    missing = {"audience": "rests on no published source that all its readers would see"}
    assert_problems(answer, missing)
    assert_problems(early.page, {"audience": "No public ask names Wu Yingjie. Make the ask public"})
    save(staff, f"{ask}/evidence", {"title": "A paper in our drawer"})
    assert_problems(form.send(), missing)
    save(staff, f"{ask}/evidence", {"url": "https://www.cecc.gov/letter"})
    assert_problems(form.send(), missing)  # it stays with the own organisation
    together = options(staff.get(f"{ask}/audience"), "together")
    published = [reference for reference in together if reference in _published(staff, ask)]
    page = share(staff, ask, "public", together=[target.rpartition("/")[2], *published])
    assert "https://www.cecc.gov/letter" in partner.get(ask).text
    assert "Public" in facts_of(page)["Audience"]
    assert "Wu Yingjie" in section(partner.get(ask), "targets")
    assert anonymous.get(ask).status_code == 302


def test_named_people_alone_see_a_record_and_losing_it_takes_effect_at_once(
    staff: Person, colleague: Person, admin: Person, other_staff: Person, partner: Person
) -> None:
    ask = record_ask(staff)
    form = Sitting(staff, f"{ask}/audience")
    form.type({"audience": "named", "reason": "It is dangerous.", "people": "no@example.org"})
    with nothing_changes(staff.app):
        answer = form.send()
    assert_problems(answer, {"people": "No account has the address no@example.org."})
    form.type({"people": "partner@example.org\nOther@Example.org"}).save()
    assert {p.get(ask).status_code for p in (staff, partner, other_staff)} == {200}
    assert {p.get(ask).status_code for p in (colleague, admin)} == {404}
    assert titles_on(admin.get("/recommendations")) == []
    assert titles_on(partner.get("/recommendations")) == ["Sanction those responsible"]
    assert partner.get(f"{ask}/edit").status_code == 403
    assert other_staff.get(f"{ask}/edit").status_code == 403
    page = staff.get(f"{ask}/audience")
    assert "A person of Partner Group" in words_of(page), "whose address is nobody's to read"
    assert "@example.org" not in page.text.partition("<main")[2]
    share(staff, ask, "named", people="other@example.org", kept=[])
    assert partner.get(ask).status_code == 404
    assert titles_on(partner.get("/recommendations")) == []
    assert other_staff.get(ask).status_code == 200
    share(staff, ask, "organisation")
    assert other_staff.get(ask).status_code == 404
    assert {p.get(ask).status_code for p in (staff, colleague, admin)} == {200}


def test_narrowing_holds_at_once_and_everywhere(
    staff: Person, partner: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff, partner)
    ask = record_ask(staff)
    share(staff, ask)
    record_contact(staff, ask, "acknowledgement", "2023-11-01", summary="They have it.")
    page = partner.get(ask)
    assert "They have it." in section(page, "chron")
    assert "1 open ask carries 1 flag" in words_of(partner.get("/stale"))
    share(staff, ask, "organisation")
    assert partner.get(ask).status_code == 404
    for path in ("/recommendations", "/stale", "/dashboards", "/agencies/state"):
        assert "Sanction those responsible" not in words_of(partner.get(path)), path
    assert "No ask is open." in words_of(partner.get("/stale"))
    assert "No ask is on record that you may see." in words_of(partner.get("/dashboards"))
    share(staff, ask)
    assert "They have it." in section(partner.get(ask), "chron")


def test_a_contact_is_no_wider_than_the_narrowest_of_its_asks(
    staff: Person, partner: Person
) -> None:
    letter = record_letter(staff, further_ask(1, "A second ask", "Another"))
    first, second = asks_on(staff.get(letter))
    share(staff, first)
    both = {"asks": [path.rpartition("/")[2] for path in (first, second)]}
    record_contact(staff, first, "substantive", "2024-01-10", summary="On both.", **both)
    assert "On both." not in words_of(partner.get(first))
    share(staff, second)
    assert "On both." in section(partner.get(first), "chron")


ARTICLE = {"sources-0-title": "An article", "sources-0-url": "https://example.org/article"}


def _with_one_source(person: Person, cited: dict[str, str]) -> tuple[str, str, str]:
    """Two asks that cite one source: their addresses and that of the source."""
    first, second = (record_draft(person, {"title": title, **cited}) for title in ("One", "Two"))
    (source,) = {
        link for ask in (first, second) for link in links(person.get(ask)) if "/sources/S-" in link
    }
    return first, second, source


def _reference(path: str) -> str:
    return path.rpartition("/")[2]


def test_a_source_of_two_asks_is_as_narrow_as_the_narrower(staff: Person, partner: Person) -> None:
    first, second, source = _with_one_source(staff, {"sources-0-title": "A memorandum"})
    form = Sitting(staff, f"{first}/audience")
    assert f"also cited by {_reference(second)}" in words_of(form.page)
    typed = {"audience": "coalition", "reason": "For all.", "together": _reference(source)}
    with nothing_changes(staff.app):
        answer = form.type(typed).send()
    told = f"The source “A memorandum” is cited by {_reference(second)}, which fewer people may see"
    assert_problems(answer, {"audience": told})
    assert re.search(f'value="{_reference(source)}"[^>]* checked', answer.text)
    share(staff, first)
    assert "A memorandum" not in partner.get(first).text
    assert partner.get(source).status_code == 404
    share(staff, second, together=_reference(source))
    assert "A memorandum" in section(partner.get(first), "evidence")
    page = share(staff, second, "organisation")
    assert "Sources that became as narrow: “A memorandum”." in words_of(page)
    assert "A memorandum" not in partner.get(first).text
    assert partner.get(source).status_code == 404
    assert "The coalition → The owner only" in entries(staff.get(f"{source}/history"))[0]


def test_who_is_named_for_an_ask_does_not_thereby_read_its_sources(
    staff: Person, colleague: Person, partner: Person
) -> None:
    ask = record_draft(staff, {"sources-0-title": "A memorandum"})
    (source,) = {link for link in links(staff.get(ask)) if "/sources/S-" in link}
    share(staff, ask, "named", people=f"{colleague.email}\n{partner.email}")
    assert partner.get(ask).status_code == 200
    assert "A memorandum" not in partner.get(ask).text
    assert partner.get(source).status_code == 404
    assert colleague.get(source).status_code == 200
    save(staff, f"{ask}/evidence", {"title": "Another memorandum"})
    assert "Another memorandum" in section(colleague.get(ask), "evidence")
    assert "Another memorandum" not in partner.get(ask).text


def test_a_source_that_one_does_not_see_is_not_named_when_it_becomes_narrower(
    staff: Person, colleague: Person
) -> None:
    first, second, source = _with_one_source(staff, {"sources-0-title": "A memorandum"})
    share(staff, first, "named")
    assert colleague.get(source).status_code == 404
    page = share(colleague, second, "named")
    assert "A memorandum" not in page.text
    assert staff.get(source).status_code == 200  # it is left to who recorded it


def test_what_stays_narrower_goes_on_with_a_copy_of_a_published_source(
    staff: Person, partner: Person
) -> None:
    first, second, source = _with_one_source(staff, ARTICLE)
    share(staff, first, together=_reference(source))
    assert "An article" in section(partner.get(first), "evidence")
    assert section(partner.get(source), "cited") == section(staff.get(source), "cited")
    assert "An article" in section(staff.get(second), "evidence")
    (copy,) = {link for link in links(staff.get(second)) if "/sources/S-" in link}
    assert copy != source
    assert partner.get(copy).status_code == 404
    assert "Source copied" in entries(staff.get(f"{second}/history"))[0]
    for page in (partner.get(f"{first}/history"), partner.get(f"{source}/history")):
        assert _reference(copy) not in page.text
        assert _reference(second) not in page.text
    page = share(staff, second, "named")
    assert "became as narrow" in words_of(page)
    assert "An article" in section(partner.get(first), "evidence")


def test_narrowing_one_of_two_takes_no_published_source_from_the_other(
    staff: Person, colleague: Person, partner: Person
) -> None:
    first, second, source = _with_one_source(staff, ARTICLE)
    share(staff, first)
    share(staff, second, together=_reference(source))
    page = share(staff, second, "named")
    assert "Copied for the narrower records that cite them: “An article”." in words_of(page)
    assert "An article" in section(partner.get(first), "evidence")
    assert "An article" in section(staff.get(second), "evidence")
    (copy,) = {link for link in links(staff.get(second)) if "/sources/S-" in link}
    assert copy != source
    for reader in (colleague, partner):
        assert reader.get(copy).status_code == 404
        assert _reference(copy) not in reader.get(f"{source}/history").text


def test_what_is_recorded_for_the_own_people_takes_no_source_from_others(
    staff: Person, partner: Person
) -> None:
    first, second, source = _with_one_source(staff, ARTICLE)
    share(staff, first)
    share(staff, second, together=_reference(source))
    own = record_draft(staff, {"title": "For ourselves", **ARTICLE})
    assert source not in links(staff.get(own))
    assert "An article" in section(staff.get(own), "evidence")
    assert "An article" in section(partner.get(first), "evidence")


def test_others_read_the_history_only_from_the_day_it_was_shared_with_them(
    staff: Person, partner: Person, other_staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-01-10", staff)
    ask = record_draft(staff, {"title": "On a name since taken out"})
    save(staff, f"{ask}/edit", {"title": "On nobody by name"})
    travel(on_day, "2024-02-10", staff)
    share(staff, ask)
    travel(on_day, "2024-03-01", staff, partner, other_staff)
    save(staff, f"{ask}/edit", {"legal_basis": "22 U.S.C. 10102"})
    assert len(entries(staff.get(f"{ask}/history"))) >= 4
    for reader in (partner, other_staff):
        page = reader.get(f"{ask}/history")
        assert "You read it from 10 Feb 2024, the day it was shared with you." in words_of(page)
        assert "taken out" not in page.text
        said = entries(page)
        assert len(said) == 2
        assert "Ask changed Somebody at Highland Group" in said[0]
        assert "22 U.S.C. 10102" in said[0]
        assert "Audience changed" in said[1]
    share(staff, ask, "organisation")
    travel(on_day, "2024-04-01", staff, partner)
    share(staff, ask)
    page = partner.get(f"{ask}/history")
    assert "You read it from 1 Apr 2024" in words_of(page)
    assert "22 U.S.C. 10102" not in page.text


def test_the_history_that_others_read_tells_of_no_target_kept_from_them(
    staff: Person, partner: Person
) -> None:
    ask = record_draft(staff)
    share(staff, ask, together=_target_of(staff, ask).rpartition("/")[2])
    form = Sitting(staff, f"{ask}/edit").press("add:targets")
    form.type({"targets-1-name": "The secret one"}).save()
    (hidden,) = (
        link
        for link in links(staff.get(ask))
        if "/targets/T-" in link and "The secret one" in words_of(staff.get(link))
    )
    typed = {"kind": "listed_as_asked", "target": hidden.rpartition("/")[2]}
    save(staff, f"{ask}/outcomes/new", {**typed, "authority": "treasury", "citation": "OFAC 1"})
    klass = Sitting(staff, "/targets/new").type({"name": "Officials", "kind": "class"}).save()
    share(staff, klass)
    save(staff, klass, {"name": "The secret one"})
    for path in (ask, f"{ask}/history", klass, f"{klass}/history"):
        page = partner.get(path)
        assert page.status_code == 200
        assert hidden.rpartition("/")[2] not in page.text, path
        assert "secret" not in words(page.text), path
    assert "1 target" in section(partner.get(ask), "targets")


def test_who_is_named_stands_in_the_form_and_stays_unless_taken_out(
    staff: Person, colleague: Person, partner: Person
) -> None:
    ask = record_ask(staff)
    share(staff, ask, "named", people=f"{colleague.email}\n{partner.email}")
    form = Sitting(staff, f"{ask}/audience")
    assert form.fields["people"] == [colleague.email]
    assert len(form.fields["kept"]) == 1, "the partner is of another organisation"
    form.type({"reason": "A word on why."}).save()
    assert [person.get(ask).status_code for person in (colleague, partner)] == [200, 200]
    form = Sitting(staff, f"{ask}/audience")
    form.type({"kept": [], "reason": "They left."}).save()
    assert [person.get(ask).status_code for person in (colleague, partner)] == [200, 404]
    form = Sitting(staff, f"{ask}/audience")
    form.type({"people": "", "reason": "They left too."}).save()
    assert colleague.get(ask).status_code == 404
