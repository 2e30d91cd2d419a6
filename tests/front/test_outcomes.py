"""What followed an ask: what it comes to, what is not credited to it, and what is taken back."""

import sys
from collections.abc import Callable

import pytest

from tests.front.support import (
    Sitting,
    asks_on,
    assert_problems,
    entries,
    has_section,
    links,
    nothing_changes,
    options,
    record_ask,
    record_contact,
    record_draft,
    row_of,
    rows,
    save,
    section,
    send,
    share,
    titles_on,
    travel,
    where,
)
from tests.inside.samples import reading
from tests.support.people import Person, words_of
from tracker.core.now import today
from tracker.dashboards.timeliness import timeliness

Outcomes = list[dict[str, str]]
LISTED = {
    "kind": "listed_as_asked",
    "target": "the target",
    "authority": "treasury",
    "instrument": "global_magnitsky",
    "effective_on": "2023-12-08",
    "citation": "OFAC 29220",
}


def _record(person: Person, ask: str, outcome: dict[str, str]) -> None:
    form = Sitting(person, f"{ask}/outcomes/new")
    target = options(form.page, "target")[1] if outcome.get("target") else ""
    page = person.get(form.type({**outcome, "target": target}).save())
    assert "The outcome is recorded." in words_of(page)


def test_nothing_is_credited_to_an_ask_that_is_not_sent_yet(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_draft(staff)
    other = {"kind": "other_action", "authority": "state", "effective_on": "2024-03-01"}
    _record(staff, ask, {**other, "citation": "A visa ban"})
    assert "before the ask" in words_of(staff.get(ask))
    assert asks_on(staff.get("/recommendations?acted=1")) == []
    assert asks_on(staff.get("/recommendations?result=none_known")) == [ask]
    save(staff, f"{ask}/status", {"to": "submitted", "on": "2024-03-01"})
    assert asks_on(staff.get("/recommendations?result=related_action")) == [ask]


@pytest.mark.parametrize(
    ("kind", "outcomes", "result", "state"),
    [
        ("person", [LISTED], "Acted on in full", "Acted"),
        ("person", [{**LISTED, "authority": "ofac"}], "Acted on in full", "Acted"),
        ("person", [{**LISTED, "target": ""}], "Acted on in part", "Acted"),
        (
            "person",
            [{**LISTED, "kind": "listed_other_authority", "authority": "state"}],
            "Acted on in part",
            "Awaiting",
        ),
        (
            "person",
            [{**LISTED, "kind": "listed_by_ally", "authority": "uk-foreign-office"}],
            "Related action",
            "Awaiting",
        ),
        ("person", [{**LISTED, "kind": "other_action"}], "Related action", "Acted"),
        ("person", [{**LISTED, "kind": "declined"}], "Declined", "Declined"),
        ("person", [{"kind": "confidential"}], "None known", "Awaiting"),
        ("person", [{**LISTED, "effective_on": "2022-12-09"}], "None known", "Awaiting"),
        ("person", [{**LISTED, "effective_on": "2022"}], "None known", "Awaiting"),
        ("person", [{**LISTED, "effective_on": "2023"}], "Acted on in full", "Acted"),
        (
            "person",
            [LISTED, {**LISTED, "kind": "reversed", "effective_on": "2024-02-01"}],
            "Action reversed",
            "",
        ),
        (
            "person",
            [{**LISTED, "kind": "declined", "effective_on": "2023-11-20"}, LISTED],
            "Acted on in full",
            "Acted",
        ),
        ("class", [LISTED], "Acted on in part", "Acted"),
        ("class", [{**LISTED, "judgement": "in_full"}], "Acted on in full", "Acted"),
        ("class", [{**LISTED, "judgement": "in_part"}], "Acted on in part", "Acted"),
        ("class", [{"kind": "confidential", "judgement": "in_full"}], "None known", "Awaiting"),
    ],
)
def test_what_an_ask_comes_to_follows_from_its_outcomes(
    staff: Person,
    on_day: Callable[[str], None],
    kind: str,
    outcomes: Outcomes,
    result: str,
    state: str,
) -> None:
    travel(on_day, "2024-03-01", staff)
    typed = {"addressees-0-agency": "Treasury", "asks-0-targets-0-kind": kind}
    ask = record_ask(staff, typed)
    for outcome in outcomes:
        _record(staff, ask, outcome)
    page = staff.get(ask)
    assert row_of(page, "addressees", "Treasury")["State"].startswith(state)
    (listed,) = rows(staff.get("/recommendations"))
    assert listed["What followed"] == result
    acted = titles_on(staff.get("/recommendations?acted=1"))
    assert bool(acted) == (result in ("Acted on in full", "Acted on in part"))
    said = {
        "None known": "No action on this ask is known, 130 days after it.",
        "Action reversed": "What followed this ask was reversed.",
    }
    assert said.get(result, f"{result}.") in section(page, "cite")


def test_what_came_before_the_ask_is_shown_and_not_credited(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff, {"addressees-0-agency": "Treasury"})
    _record(staff, ask, {**LISTED, "effective_on": "2022-12-09", "note": "With Zhang Hongbo."})
    page = staff.get(ask)
    assert rows(page, "near") == [
        {
            "": "9 Dec 2022",
            "What happened": (
                "Listed as asked, Treasury: Wu Yingjie, designated With Zhang Hongbo. OFAC 29220"
            ),
            "Why it is not counted": (
                "Before the ask, by 318 days Cite what else says of this outcome of 9 Dec 2022 · "
                "Void this outcome of 9 Dec 2022"
            ),
        }
    ]
    assert row_of(page, "targets", "Wu Yingjie")["Treasury, OFAC, asked for here"] == "None known"
    chronology = section(page, "chron")
    assert "Wu Yingjie, designated. With Zhang Hongbo. before the ask, not counted" in chronology
    dashboard = words_of(staff.get("/dashboards"))
    assert "1 ask of 1 has met no known government action." in dashboard


def test_an_outcome_says_what_whose_when_and_how_it_is_tied_to_the_ask(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff, {"addressees-0-agency": "Treasury"})
    more = {
        "attribution": "cited",
        "note": "The notice names the letter.",
        "url": "https://a.gov/1",
    }
    _record(staff, ask, {**LISTED, **more})
    page = staff.get(ask)
    assert not has_section(page, "near")
    row = row_of(page, "targets", "8 Dec 2023")
    assert row["Outcome"] == "Listed as asked Treasury · Global Magnitsky"
    assert row["What happened"] == "Wu Yingjie The notice names the letter. OFAC 29220 a.gov"
    assert row["Tie to the ask"].startswith("Cited")
    assert "Instrument Global Magnitsky" in entries(staff.get(f"{ask}/history"))[0]
    ledger = row_of(page, "targets", "Wu Yingjie")
    assert ledger["Treasury, OFAC, asked for here"] == "Listed as asked designated, 8 Dec 2023"
    others = ("Commerce, BIS", "State", "UK", "EU", "Canada")
    assert [ledger[authority] for authority in others] == ["None known"] * 5
    history = entries(staff.get(f"{ask}/history"))[0]
    assert "Outcome recorded Staff" in history
    assert "OFAC 29220 https://a.gov/1" in history


def test_a_voided_outcome_counts_no_more_and_cannot_be_voided_twice(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff, {"addressees-0-agency": "Treasury"})
    _record(staff, ask, LISTED)
    (void,) = [link for link in links(staff.get(ask)) if "/outcomes/" in link and "void" in link]
    with nothing_changes(staff.app):
        answer = Sitting(staff, void).send()
    assert_problems(answer, {"reason": "Say in a sentence what was wrong."})
    assert "8 Dec 2023, U.S. Department of the Treasury" in words_of(answer)
    page = save(staff, void, {"reason": "It was his namesake."})
    assert row_of(page, "targets", "Wu Yingjie")["Treasury, OFAC, asked for here"] == "None known"
    assert "Listed as asked" not in section(page, "chron")
    assert row_of(page, "addressees", "Treasury")["State"] == "Awaiting"
    assert titles_on(staff.get("/recommendations?acted=1")) == []
    history = entries(staff.get(f"{ask}/history"))[0]
    assert "Outcome voided Staff" in history
    assert "Reason: It was his namesake." in history
    with nothing_changes(staff.app):
        again = Sitting(staff, void).type({"reason": "Once more."}).send()
    assert_problems(again, {"reason": "It is void already."})


def _closed_as_acted(staff: Person, on_day: Callable[[str], None]) -> str:
    """An ask under review that was listed and closed, as the page proposes."""
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff, {"addressees-0-agency": "Treasury"})
    review = {"to": "under_review", "on": "2023-11-20", "source_url": "https://a.gov/review"}
    save(staff, f"{ask}/status", review)
    _record(staff, ask, LISTED)
    page = staff.get(ask)
    assert "What was asked has come about." in words_of(page)
    (proposed,) = [link for link in links(page) if "to=closed" in link]
    assert save(staff, proposed, {"on": "2024-01-10"}).status_code == 200
    assert "Closed acted on in full" in words_of(staff.get(ask))
    return ask


def _status(person: Person, ask: str) -> str:
    (row,) = [row for row in rows(person.get("/recommendations")) if row["Status"]]
    return row["Status"]


def test_a_reversal_reopens_what_was_closed_for_the_outcome(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    ask = _closed_as_acted(staff, on_day)
    reversal = {**LISTED, "kind": "reversed", "effective_on": "2024-02-01"}
    _record(staff, ask, reversal)
    assert _status(staff, ask) == "Under review"
    page = staff.get(ask)
    cell = row_of(page, "targets", "Wu Yingjie")["Treasury, OFAC, asked for here"]
    assert cell == "Listed as asked designated, 8 Dec 2023, reversed later Reversed 1 Feb 2024"
    assert "1 Feb 2024 Under review What it was closed for was reversed." in section(page, "chron")
    history = entries(staff.get(f"{ask}/history"))[0]
    assert "Status changed Staff" in history
    (void,) = [link for link in links(page) if link.endswith("status/void")]
    with nothing_changes(staff.app):
        answer = Sitting(staff, void).type({"reason": "A slip."}).send()
    said = "The ask was closed for an outcome that no longer stands. Record it first."
    assert_problems(answer, {"reason": said})


def test_voiding_the_outcome_that_an_ask_was_closed_for_reopens_it(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    ask = _closed_as_acted(staff, on_day)
    (void,) = [link for link in links(staff.get(ask)) if "/outcomes/" in link and "void" in link]
    save(staff, void, {"reason": "It was his namesake."})
    assert _status(staff, ask) == "Under review"


def test_a_change_of_status_entered_in_error_is_void_and_the_one_before_holds(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff, {"addressees-0-agency": "Treasury"})
    page = staff.get(ask)
    assert [link for link in links(page) if link.endswith("status/void")] == []
    moot = {"to": "closed", "on": "2024-02-01", "closure_reason": "moot", "reason": "He died."}
    save(staff, f"{ask}/status", moot)
    with nothing_changes(staff.app):
        answer = Sitting(staff, f"{ask}/status/void").send()
    assert_problems(answer, {"reason": "Say in a sentence what was wrong."})
    stale = Sitting(staff, f"{ask}/status/void").type({"reason": "The other ask was meant."})
    page = save(staff, f"{ask}/status/void", {"reason": "The other ask was meant."})
    assert _status(staff, ask) == "Submitted"
    assert "Closed void: The other ask was meant." in section(page, "chron")
    assert "Status voided Staff" in entries(staff.get(f"{ask}/history"))[0]
    assert stale.send().status_code == 409
    with nothing_changes(staff.app):
        again = Sitting(staff, f"{ask}/status/void").type({"reason": "Once more."}).send()
    said = "This is the first status of the ask: there is none before it."
    assert_problems(again, {"reason": said})


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        (
            {"kind": "other_action", "actor": "Thermo Fisher", "effective_on": "2024-01"},
            "Another party’s decision",
        ),
        (
            {**LISTED, "kind": "reversed", "effective_on": "2023-11-16"},
            "The opposite of what was asked",
        ),
    ],
)
def test_what_happened_near_an_ask_is_shown_with_the_reason_why_it_does_not_count(
    staff: Person, on_day: Callable[[str], None], outcome: dict[str, str], why: str
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff, {"addressees-0-agency": "Treasury"})
    _record(staff, ask, {"url": "https://a.gov/1", **outcome})
    page = staff.get(ask)
    (near,) = rows(page, "near")
    assert near["Why it is not counted"].startswith(why)
    assert row_of(page, "targets", "Wu Yingjie")["Treasury, OFAC, asked for here"] == "None known"
    (listed,) = rows(staff.get("/recommendations"))
    assert listed["What followed"] == "None known"


def test_what_came_under_another_instrument_is_not_what_was_asked(staff: Person) -> None:
    ask = record_ask(staff)
    other = {**LISTED, "target": "", "instrument": "entity_list"}
    with nothing_changes(staff.app):
        answer = send(staff, f"{ask}/outcomes/new", other)
    assert_problems(answer, {"kind": "“Listed under another authority”"})
    _record(staff, ask, {**other, "kind": "listed_other_authority"})
    _record(staff, ask, {**LISTED, "target": "", "instrument": "other_us"})


@pytest.mark.parametrize("kind", ["listed_as_asked", "listed_other_authority"])
def test_what_another_government_did_is_an_allys(staff: Person, kind: str) -> None:
    ask = record_ask(staff)
    british = {
        **LISTED,
        "target": "",
        "authority": "uk-foreign-office",
        "instrument": "uk_ghr",
    }
    with nothing_changes(staff.app):
        answer = send(staff, f"{ask}/outcomes/new", {**british, "kind": kind})
    assert_problems(answer, {"kind": "“Listed by an ally”"})
    with nothing_changes(staff.app):  # whatever was said of the instrument
        for instrument in ("", "global_magnitsky"):
            form = {**british, "kind": kind, "instrument": instrument}
            answer = send(staff, f"{ask}/outcomes/new", form)
            assert_problems(answer, {"kind": "“Listed by an ally”"})
    _record(staff, ask, {**british, "kind": "listed_by_ally"})


def test_a_body_whose_listing_was_reversed_has_not_acted(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff, {"addressees-0-agency": "Treasury"})
    _record(staff, ask, LISTED)
    assert row_of(staff.get(ask), "addressees", "Treasury")["State"].startswith("Acted")
    _record(staff, ask, {**LISTED, "kind": "reversed", "effective_on": "2024-02-01"})
    assert row_of(staff.get(ask), "addressees", "Treasury")["State"].startswith("Awaiting")
    (draft,) = Sitting(staff, f"{ask}/follow-up").fields["sent_text"]
    assert "An action that followed was reversed, as far as is known to us." in draft


def test_a_delisting_that_was_asked_for_is_acted_on(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff, {"addressees-0-agency": "Treasury", "asks-0-seeks": "removal"})
    with nothing_changes(staff.app):
        answer = send(staff, f"{ask}/outcomes/new", {**LISTED, "target": ""})
        assert_problems(answer, {"kind": "The end of a measure is asked for here"})
        british = {"kind": "reversed", "authority": "uk-foreign-office", "instrument": ""}
        answer = send(staff, f"{ask}/outcomes/new", {**LISTED, "target": "", **british})
        assert_problems(answer, {"kind": "Another government was asked."})
    _record(staff, ask, {**LISTED, "kind": "reversed"})
    page = staff.get(ask)
    assert row_of(page, "addressees", "Treasury")["State"].startswith("Acted")
    assert not has_section(page, "near")
    (listed,) = rows(staff.get("/recommendations"))
    assert listed["What followed"] == "Acted on in full"
    assert _wait_for_an_outcome(staff) == {"n": 1, "events": 1}


def test_only_what_is_credited_ends_the_wait_for_an_outcome(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff, {"addressees-0-agency": "Treasury"})
    company = {**LISTED, "kind": "other_action", "target": "", "authority": "", "instrument": ""}
    _record(staff, ask, {**LISTED, "effective_on": "2022-12-09"})
    _record(staff, ask, {**company, "actor": "Thermo Fisher"})
    assert _wait_for_an_outcome(staff) == {"n": 1, "events": 0}
    _record(staff, ask, LISTED)
    assert _wait_for_an_outcome(staff) == {"n": 1, "events": 1}


def test_an_outcome_for_the_ask_as_a_whole_ends_the_wait_too(staff: Person) -> None:
    ask = record_ask(staff, {"addressees-0-agency": "Treasury"})
    _record(staff, ask, {**LISTED, "target": ""})
    assert _wait_for_an_outcome(staff) == {"n": 1, "events": 1}


@pytest.mark.parametrize("on", ["2023", ""])
def test_what_came_on_a_day_that_nobody_knows_is_no_wait_of_none(staff: Person, on: str) -> None:
    ask = record_ask(staff, {"addressees-0-agency": "Treasury"})
    _record(staff, ask, {**LISTED, "effective_on": on})
    assert _wait_for_an_outcome(staff) == {"n": 0, "events": 0}


def _wait_for_an_outcome(person: Person) -> dict[str, int]:
    with reading(person.app):
        found = timeliness(person.viewer, today())["outcome"]
    return {"n": found.n, "events": found.events}


def test_what_no_body_did_is_another_action_and_not_also_a_bodys(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff, {"addressees-0-agency": "Treasury"})
    with nothing_changes(staff.app):
        form = Sitting(staff, f"{ask}/outcomes/new")
        answer = form.type({**LISTED, "target": "", "actor": "Thermo Fisher"}).send()
    said = {
        "actor": "Choose a body or name somebody else, not both.",
        "kind": "What no public body did is “other action”.",
    }
    assert_problems(answer, said)


def test_a_member_named_later_has_an_outcome_in_the_row_of_its_class(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(
        staff,
        {
            "addressees-0-agency": "Treasury",
            "asks-0-targets-0-kind": "class",
            "asks-0-targets-0-name": "Officials responsible",
        },
    )
    (group,) = {link for link in links(staff.get(ask)) if link.startswith("/targets/T-")}
    member = where(send(staff, "/targets/new", {"name": "Zhang Hongbo", "kind": "person"}))
    save(staff, group, {"name": "Zhang Hongbo", "since": "2023-11"})
    form = Sitting(staff, f"{ask}/outcomes/new")
    reference = member.rpartition("/")[2]
    assert options(form.page, "target")[1:] == [group.rpartition("/")[2], reference]
    form.type({**LISTED, "target": reference}).save()
    page = staff.get(ask)
    row = row_of(page, "targets", "Officials responsible")
    assert "class, described, 1 named member" in row[""]
    assert (
        row["Treasury, OFAC, asked for here"]
        == "Listed as asked designated, 8 Dec 2023, Zhang Hongbo"
    )
    assert "Part of what was asked has come about." in words_of(page) or "Silent" in words_of(page)
    (listed,) = rows(staff.get("/recommendations"))
    assert listed["What followed"] == "Acted on in part"


def test_the_chronology_runs_either_way(staff: Person, on_day: Callable[[str], None]) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff, {"addressees-0-agency": "Treasury"})
    _record(staff, ask, LISTED)
    for kind in ("acknowledgement", "question"):
        record_contact(staff, ask, kind, "2024-02-01")
    newest, oldest = entries(staff.get(ask)), entries(staff.get(f"{ask}?oldest=1"))
    assert oldest == newest[::-1]  # those of one day too
    assert [e for e in oldest if e.startswith("1 Feb 2024")][1].startswith("1 Feb 2024 They ask us")
    assert oldest[0].startswith("23 Oct 2023")
    assert newest[-1].startswith("23 Oct 2023")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("2023-10-23", "No action on this ask is known, 130 days after it."),
        ("2024-02-29", "No action on this ask is known, 1 day after it."),
        ("2023-10", "No action on this ask of Oct 2023 is known."),
        ("2023", "No action on this ask of 2023 is known."),
    ],
)
def test_what_is_quoted_counts_no_days_from_a_day_that_is_not_known(
    staff: Person, on_day: Callable[[str], None], sent: str, said: str
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff, {"written_on": sent})
    assert said in " ".join(section(staff.get(ask), "cite").split())


def test_what_is_quoted_of_an_ask_acted_on_says_no_number_of_days(staff: Person) -> None:
    """As if the action had come after so many days."""
    ask = record_ask(staff)
    _record(staff, ask, LISTED)
    said = section(staff.get(ask), "cite")
    assert "Acted on in full" in said
    assert "after it" not in said


def test_the_page_of_a_target_tells_what_followed_to_those_who_see_the_ask(
    staff: Person, partner: Person
) -> None:
    ask = record_ask(staff)
    _record(staff, ask, LISTED)
    (target,) = {link for link in links(staff.get(ask)) if link.startswith("/targets/T-")}
    told = section(staff.get(target), "outcomes")
    assert "8 Dec 2023 Listed as asked, designated by Treasury" in told
    assert "OFAC 29220" in told
    assert "on Sanction those responsible" in told
    share(staff, target)
    assert not has_section(partner.get(target), "outcomes")
    share(staff, ask)
    assert "OFAC 29220" in section(partner.get(target), "outcomes")
    (void,) = [link for link in links(staff.get(ask)) if "/outcomes/" in link and "void" in link]
    save(staff, void, {"reason": "It was another one."})
    assert not has_section(staff.get(target), "outcomes")


def test_of_many_asks_about_a_target_the_last_are_shown_and_all_are_a_list(
    staff: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["tracker.casework.views.targets"], "MOST_SHOWN", 1)
    ask = record_ask(staff)
    (target,) = {link for link in links(staff.get(ask)) if link.startswith("/targets/T-")}
    again = {"targets-0-ref": target.rpartition("/")[2], "targets-0-name": ""}
    record_draft(staff, {"title": "Ask again", **again})
    page = staff.get(target)
    assert "Asks about it 2" in section(page, "about")
    (every,) = [link for link in links(page) if link.startswith("/recommendations?q=T-")]
    assert len(titles_on(staff.get(every))) == 2


def test_one_listing_on_several_lists_is_one_outcome_with_several_citations(staff: Person) -> None:
    ask = record_ask(staff)
    _record(staff, ask, {**LISTED, "citation": "OFAC 46122", "url": ""})
    (cite,) = [link for link in links(staff.get(ask)) if link.endswith("/cite")]
    save(staff, cite, {"url": "https://www.federalregister.gov/d/2023-28123"})
    page = staff.get(ask)
    row = row_of(page, "targets", "8 Dec 2023")
    assert "OFAC 46122" in row["What happened"]
    assert "federalregister.gov" in row["What happened"]
    assert "Citation added to an outcome Staff" in entries(staff.get(f"{ask}/history"))[0]
    assert len(rows(staff.get("/recommendations?acted=1"))) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, {"url": "Give the address or the citation of what says so."}),
        ({"citation": "OFAC 46122"}, {"url": "This citation is there already."}),
        (
            {"url": "ftp://example.org"},
            {"url": "Write a web address that starts with https:// or http://."},
        ),
    ],
)
def test_a_citation_that_says_nothing_new_is_refused_at_its_field(
    staff: Person, typed: dict[str, str], said: dict[str, str]
) -> None:
    ask = record_ask(staff)
    _record(staff, ask, {**LISTED, "citation": "OFAC 46122", "url": ""})
    (cite,) = [link for link in links(staff.get(ask)) if link.endswith("/cite")]
    with nothing_changes(staff.app):
        assert_problems(send(staff, cite, typed), said)
