"""The page of an ask's clocks: what each says of itself, and what a person can do to one."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.front.support import (
    CLOCK_OFFERED,
    Sitting,
    assert_problems,
    entries,
    has_section,
    links,
    nothing_changes,
    options,
    record_ask,
    record_contact,
    row_of,
    rows,
    save,
    section,
    travel,
)
from tests.support.people import Person, words_of

NOW = "2024-03-01"


@pytest.fixture
def ask(staff: Person, on_day: Callable[[str], None]) -> str:
    """An ask of 23 October 2023, on 1 March 2024: unacknowledged and silent."""
    travel(on_day, NOW, staff)
    return record_ask(staff)


def _clock(page: Any, name: str) -> str:
    """The key of a running clock in the form."""
    found = re.search(CLOCK_OFFERED + rf"[^>]*><label[^>]*>{name}", page.text)
    assert found, name
    return found[1]


def _act(staff: Person, ask: str, name: str, act: str, until: str = "") -> Any:
    page = staff.get(f"{ask}/clocks")
    typed = {"clocks": _clock(page, name), "act": act, "until": until, "reason": "They said so."}
    return save(staff, f"{ask}/clocks/change", typed)


def test_a_clock_says_what_started_it_how_it_counts_and_which_rules_were_passed_over(
    staff: Person, ask: str
) -> None:
    page = staff.get(f"{ask}/clocks")
    said = row_of(page, "clocks-1", "Silence")
    assert "Last substantive contact on 23 Oct 2023." in said["Arithmetic"]
    assert "Day 0 is 23 Oct 2023; 90 calendar days give 21 Jan 2024." in said["Arithmetic"]
    assert "Late from 22 Jan 2024" in said["Arithmetic"]
    assert "for Global Magnitsky, in force from 1 Jan 2000" in said["Arithmetic"]
    assert (
        "90 calendar days for everything (from 1 Jan 2000 on): less specific"
        in (said["Arithmetic"])
    )
    assert (
        "120 calendar days for United Kingdom (from 1 Jan 2000 on): made for something else"
        in (said["Arithmetic"])
    )
    letter = next(link for link in links(staff.get(ask)) if link.startswith("/letters/L-"))
    assert letter in links(page)


def test_a_promise_is_extended_with_its_reason_and_keeps_the_old_date(
    staff: Person, ask: str
) -> None:
    record_contact(staff, ask, "promise", "2024-02-20", promised_on="2024-03-20")
    page = _act(staff, ask, "Promise", "extend", "2024-05-20")
    promise = row_of(page, "clocks-1", "Promise")
    assert "By 20 Mar 2024" in promise["Arithmetic"]
    assert "Extended to 20 May 2024" in promise["Arithmetic"]
    assert "Late from 21 May 2024" in promise["Arithmetic"]
    assert "Extended to 20 May 2024 by Staff on 1 Mar 2024: They said so." in promise["Arithmetic"]
    assert promise["State"].startswith("Running")
    told = entries(staff.get(f"{ask}/history"))[0]
    assert told.startswith("1 Mar 2024, 12:00 UTC Clock extended Staff")
    assert "Reason: They said so." in told


def test_a_flag_that_is_extended_goes_and_stays_on_record(staff: Person, ask: str) -> None:
    page = _act(staff, ask, "Silence", "extend", "2024-05-20")
    assert "Running" in row_of(page, "clocks-1", "Silence")["State"]
    kept = row_of(page, "clocks-3", "Silence")
    assert kept["State"].startswith("Extended")
    assert "It was extended on 1 Mar 2024, 40 days late." in kept["Arithmetic"]
    assert "1 open ask carries 1 flag" in words_of(staff.get("/stale"))


def test_a_flag_that_was_met_or_is_void_goes(staff: Person, ask: str) -> None:
    page = _act(staff, ask, "Acknowledgement", "meet", "2024-01-10")
    assert row_of(page, "clocks-3", "Acknowledgement")["State"].startswith("Met")
    page = _act(staff, ask, "Silence", "void")
    assert row_of(page, "clocks-3", "Silence")["State"].startswith("Void")
    assert rows(page, "clocks-1") == []
    names = [entry.split(" UTC ")[1] for entry in entries(staff.get(f"{ask}/history"))][:2]
    assert [name.partition(" Staff")[0] for name in names] == ["Clock voided", "Clock met"]
    assert "carries" not in words_of(staff.get("/stale"))


def test_a_snoozed_flag_rests_still_counts_and_wakes_by_itself(
    staff: Person, ask: str, on_day: Callable[[str], None]
) -> None:
    page = _act(staff, ask, "Silence", "snooze", "2024-03-15")
    assert "Snoozed until 15 Mar 2024" in row_of(page, "clocks-1", "Silence")["State"]
    assert "1 open ask carries 2 flags" in words_of(staff.get("/stale"))
    travel(on_day, "2024-03-15", staff)
    awake = row_of(staff.get(f"{ask}/clocks"), "clocks-1", "Silence")["State"]
    assert "Snoozed" not in awake


def test_a_snooze_outlasts_a_closing_that_is_taken_back(
    staff: Person, ask: str, on_day: Callable[[str], None]
) -> None:
    _act(staff, ask, "Silence", "snooze", "2024-06-01")
    travel(on_day, "2024-03-10", staff)
    closing = {"to": "closed", "on": "2024-03-10", "closure_reason": "moot", "reason": "He left."}
    save(staff, f"{ask}/status", closing)
    travel(on_day, "2024-03-12", staff)
    save(staff, f"{ask}/status", {"to": "submitted", "on": "2024-03-12", "reason": "He is back."})
    page = staff.get(f"{ask}/clocks")
    assert "Snoozed until 1 June 2024" in row_of(page, "clocks-1", "Silence")["State"]


@pytest.mark.parametrize(
    ("typed", "problems"),
    [
        ({"act": "extend", "until": "2024-02-01"}, {"until": "Give a day after today"}),
        ({"act": "extend", "until": "2054-02-01"}, {"until": "within five years"}),
        ({"act": "extend", "until": ""}, {"until": "Give a day after today"}),
        ({"act": "extend", "until": "2024-05"}, {"until": "Give the full day"}),
        ({"act": "meet", "until": "2024-03-02"}, {"until": "today or before"}),
        ({"act": "meet", "until": "2023-10-23"}, {"until": "after its start, 23 Oct 2023"}),
        ({"act": "void", "reason": ""}, {"reason": "why it should not run"}),
        ({"act": "snooze", "until": "2026-01-01"}, {"until": "within a year"}),
        ({"act": None, "until": "2024-04-01"}, {"act": "Choose what to do."}),
        ({"act": "void", "clocks": None}, {"chosen": "Choose at least one clock."}),
    ],
)
@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_what_cannot_be_is_said_at_its_field_and_changes_nothing(
    staff: Person, ask: str, typed: dict[str, Any], problems: dict[str, str]
) -> None:
    sitting = Sitting(staff, f"{ask}/clocks/change").type({"reason": "Because.", **typed})
    with nothing_changes(staff.app):
        assert_problems(sitting.send(), problems)
    if typed.get("until"):
        assert sitting.fields["until"] == [typed["until"]]


def test_what_the_law_sets_is_not_extended_here(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, NOW, staff)
    ask = record_ask(
        staff,
        {
            "asks-0-instrument": "entity_list",
            "asks-0-seeks": "removal",
            "addressees-0-agency": "Commerce",
            "received_on": "2023-10-24",
        },
    )
    page = staff.get(f"{ask}/clocks")
    typed = {"clocks": _clock(page, "Committee vote on a removal"), "act": "extend"}
    sitting = Sitting(staff, f"{ask}/clocks/change").type(
        {**typed, "until": "2024-05-01", "reason": "No."}
    )
    with nothing_changes(staff.app):
        assert_problems(sitting.send(), {"chosen": "The law sets one of these days"})


def test_who_may_not_change_the_ask_sees_its_clocks_and_no_form(
    staff: Person, ask: str, partner: Person
) -> None:
    save(staff, f"{ask}/audience", {"audience": "coalition", "reason": "For all."})
    page = partner.get(f"{ask}/clocks")
    assert row_of(page, "clocks-1", "Silence")
    assert options(page, "clocks") == []
    assert partner.post(f"{ask}/clocks/change", {"act": "void"}).status_code == 403


def test_a_proposal_that_an_agency_tells_of_starts_the_committees_thirty_days(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, NOW, staff)
    ask = record_ask(staff, {"asks-0-instrument": "entity_list"})
    path = f"/contacts/new?ask={ask.rpartition('/')[2]}"
    told = {"substance": "substantive", "happened_on": "2024-02-20", "agencies": "state"}
    for typed, problem in (
        ({"proposed_on": "2024-03-02"}, "This day has not come yet"),
        ({"proposed_on": "2024-02-21"}, "before it circulates"),
        ({"proposed_on": "2024-02-19", "substance": "follow_up"}, "Only an agency's word"),
    ):
        with nothing_changes(staff.app):
            answer = Sitting(staff, path).type({**told, **typed}).send()
            assert_problems(answer, {"proposed_on": problem})
    with nothing_changes(staff.app):
        asked = {**told, "substance": "question", "is_determination": "y"}
        assert_problems(
            Sitting(staff, path).type(asked).send(),
            {"is_determination": "For a decision, choose “Reply of substance” above."},
        )
    page = save(staff, path, {**told, "proposed_on": "2024-02-19"})
    assert "A proposal has been before the committee since 19 Feb 2024." in words_of(page)
    vote = row_of(staff.get(f"{ask}/clocks"), "clocks-1", "Committee vote")
    assert "30 calendar days give 20 Mar 2024" in vote["Arithmetic"]
    save(staff, path, {**told, "happened_on": "2024-02-28"})  # a reply that decides nothing
    still = row_of(staff.get(f"{ask}/clocks"), "clocks-1", "Committee vote")
    assert still["State"].startswith("Running")
    page = save(staff, path, {**told, "happened_on": "2024-02-29", "is_determination": "y"})
    assert "The committee’s decision." in words_of(page)
    ended = row_of(staff.get(f"{ask}/clocks"), "clocks-3", "Committee vote")
    assert "It was met on 29 Feb 2024, in time." in ended["Arithmetic"]


def test_the_desk_recalls_old_evidence_from_september_to_the_december_round(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2023-08-31", staff)
    given = {"written_on": "2023-08-01", "asks-0-newest_conduct_on": "2019-06-01"}
    ask = record_ask(staff, given)
    assert not has_section(staff.get("/"), "warnings")
    for on in ("2023-09-01", "2023-12-10"):
        travel(on_day, on, staff)
        said = section(staff.get("/"), "warnings")
        assert "Evidence age" in said
        assert (
            "By our norm of 5 years, conduct of 1 June 2019 is still recent enough for the "
            "designations of this December; next December it will be too old."
        ) in said
    assert "Warns from 1 Sept 2023" in words_of(staff.get(f"{ask}/clocks"))
    travel(on_day, "2023-12-11", staff)
    assert not has_section(staff.get("/"), "warnings")
    travel(on_day, "2024-03-05", staff)
    staff.get("/")
    assert "5 years before 1 June 2024" in words_of(staff.get(f"{ask}/clocks"))
