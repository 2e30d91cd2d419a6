"""A clock in words: what it is about, the terms of its arithmetic, and how it stands on a day."""

import re
from typing import Any

import pytest

from tests.rules.facts import RULES, day, known
from tracker import wiring
from tracker.agencies.models import Agency
from tracker.clocks.default_rules import RULES as DEFAULTS
from tracker.clocks.explain import Arithmetic, arithmetic, grouped
from tracker.clocks.facts import CAUSE_OF
from tracker.clocks.models import (
    NAMED_MONTH,
    RECEIPT_UNKNOWN,
    Basis,
    Cause,
    Clock,
    ClockKind,
    ClockRule,
    ClockState,
    Unit,
)

wiring.register_models()

TODAY = "2024-02-01"
STATE = Agency(short_name="State")
TREASURY = Agency(short_name="Treasury")


def _rule(kind: ClockKind, **more: Any) -> ClockRule:
    given = next(rule for rule in DEFAULTS if rule["kind"] is kind)
    return ClockRule(**{**given, **more})


def _clock(kind: ClockKind, started: str, due: str, **more: Any) -> Clock:
    """A running clock as the sweep leaves it; late from the day after its due day."""
    rule = None if kind in (ClockKind.PROMISE, ClockKind.REPLY_REQUESTED) else _rule(kind)
    basis = {ClockKind.PROMISE: Basis.PROMISE, ClockKind.REPLY_REQUESTED: Basis.LETTER}
    given: dict[str, Any] = {
        "kind": kind,
        "cause": CAUSE_OF[kind],
        "basis": rule.basis if rule else basis[kind],
        "rule": rule,
        "state": ClockState.RUNNING,
        "started_on": known(started),
        "due_on": day(due),
        "late_on": day(more.pop("late", due)),
        "note": "",
    }
    for name in ("flagged_on", "ended_on", "snoozed_until", "late_on"):
        if name in more:
            more[name] = day(more[name])
    return Clock(**{**given, **more})


def _of(clock: Clock, on: str = TODAY) -> Arithmetic:
    return arithmetic(clock, day(on))


SILENCE = ClockKind.SILENCE
LATE: dict[str, Any] = {"late_on": "2024-01-22", "flagged_on": "2024-01-22"}


# kind, start, due, the sentence on what it is about, the word for its start, the words for its term
KINDS: list[tuple[ClockKind, str, str, str, str, str]] = [
    (
        ClockKind.SECTION_1263D,
        "2018-10-10",
        "2019-02-07",
        "Asked of the President under section 1263(d), 10 Oct 2018. No determination is known.",
        "Received",
        "The law gives + 120 calendar days",
    ),
    (
        ClockKind.ERC_REMOVAL,
        "2023-10-23",
        "2023-11-22",
        "The committee received the removal request on 23 Oct 2023.",
        "Received",
        "The regulation gives + 30 calendar days",
    ),
    (
        ClockKind.ERC_VOTE,
        "2023-10-23",
        "2023-11-22",
        "The proposal has circulated since 23 Oct 2023.",
        "Circulated",
        "The regulation gives + 30 calendar days",
    ),
    (
        ClockKind.REPLY_REQUESTED,
        "2023-10-23",
        "2023-12-15",
        "The letter sent on 23 Oct 2023 asks for a reply by 15 Dec 2023. None is on record.",
        "The letter",
        "",
    ),
    (
        ClockKind.PROMISE,
        "2023-10-23",
        "2023-12-15",
        "They promised it on 23 Oct 2023, by 15 Dec 2023.",
        "Promised on",
        "",
    ),
    (
        ClockKind.ANSWER,
        "2023-10-23",
        "2023-11-06",
        "They asked us something on 23 Oct 2023.",
        "They asked",
        "The house norm gives + 14 calendar days",
    ),
    (
        SILENCE,
        "2023-10-23",
        "2024-01-21",
        "Last substantive contact on 23 Oct 2023.",
        "Last contact",
        "The house norm gives + 90 calendar days",
    ),
    (
        ClockKind.ACKNOWLEDGEMENT,
        "2023-10-23",
        "2023-11-22",
        "The letter went out on 23 Oct 2023. No acknowledgement is known.",
        "Sent",
        "The house norm gives + 30 calendar days",
    ),
    (
        ClockKind.DRAFTING,
        "2023-10-23",
        "2023-11-22",
        "A draft since 23 Oct 2023.",
        "Draft since",
        "The house norm gives + 30 calendar days",
    ),
    (
        ClockKind.VETTING,
        "2023-10-23",
        "2023-11-13",
        "In vetting since 23 Oct 2023.",
        "Vetting since",
        "The house norm gives + 21 calendar days",
    ),
    (
        ClockKind.EVIDENCE,
        "2022-09-05",
        "2027-06-07",
        "The newest conduct cited is of 5 Sept 2022, 5 years before 5 Sept 2027.",
        "Newest conduct",
        "The house norm gives + 60 months − 90 days",
    ),
]


def test_every_kind_of_clock_is_explained_below() -> None:
    assert {kind for kind, *_ in KINDS} == set(ClockKind)
    assert {CAUSE_OF[kind] for kind in ClockKind} == set(Cause)


@pytest.mark.parametrize(
    ("kind", "started", "due", "why", "start_word", "term"),
    [pytest.param(*case, id=case[0]) for case in KINDS],
)
def test_a_clock_says_what_it_is_about_and_shows_its_arithmetic(
    kind: ClockKind, started: str, due: str, why: str, start_word: str, term: str
) -> None:
    shown = _of(_clock(kind, started, due, late_on="2030-01-01"))
    start, end = known(started), known(due)
    assert start is not None
    assert end is not None
    assert shown.why == why
    assert shown.terms[0] == (start_word, start.shown)
    assert [" ".join(pair) for pair in shown.terms[1:-2]] == ([term] if term else [])
    assert shown.terms[-2] == (("Due", f"= {end.shown}") if term else ("By", end.shown))
    assert shown.terms[-1] == ("Late from", "1 Jan 2030")
    assert shown.days_given == (day(due) - day(started)).days
    assert shown.explanation == f"{why} {shown.sentence}"


def test_the_sentence_of_the_law_counts_from_day_zero() -> None:
    clock = _clock(
        ClockKind.SECTION_1263D,
        "2018-10-10",
        "2019-02-07",
        late_on="2019-02-08",
        flagged_on="2019-02-08",
    )
    assert _of(clock, "2019-02-09").sentence == (
        "Day 0 is 10 Oct 2018; 120 calendar days give 7 Feb 2019. "
        "Late since 8 Feb 2019, 2 days now."
    )
    assert _of(clock, "2024-02-08").sentence.endswith("Late since 8 Feb 2019, 1,827 days now.")


def test_a_term_counted_from_sending_does_not_call_that_day_the_receipt() -> None:
    clock = _clock(ClockKind.SECTION_1263D, "2018-10-10", "2019-02-07", note=RECEIPT_UNKNOWN)
    shown = _of(clock, "2018-10-11")
    assert shown.terms[0] == ("Sent", "10 Oct 2018")
    assert RECEIPT_UNKNOWN in shown.why  # the line that stands open on every page
    assert shown.explanation.count("receipt") == 1


@pytest.mark.parametrize("kind", [ClockKind.PROMISE, ClockKind.REPLY_REQUESTED])
def test_a_promise_for_a_month_is_not_put_as_one_for_its_last_day(kind: ClockKind) -> None:
    clock = _clock(kind, "2023-10-23", "2023-12-31", note=NAMED_MONTH)
    shown = _of(clock, "2023-11-01")
    assert "by the end of Dec 2023." in shown.why
    assert ("By", "the end of Dec 2023") in shown.terms
    assert "31 Dec 2023" not in shown.explanation
    assert NAMED_MONTH in shown.sentence


def test_a_start_known_to_the_month_says_from_which_day_it_counts() -> None:
    clock = _clock(ClockKind.ACKNOWLEDGEMENT, "2023-10", "2023-10-31", late_on="2023-11-01")
    shown = _of(clock, "2023-10-30")
    assert shown.sentence.startswith(
        "Day 0 is Oct 2023, counted from its earliest day, 1 Oct 2023; "
        "30 calendar days give 31 Oct 2023."
    )
    assert "Oct 2023" in shown.why
    assert (shown.days_run, shown.days_given) == (29, 30)


@pytest.mark.parametrize(
    ("on", "left"), [("2023-10-23", 90), ("2024-01-19", 2), ("2024-01-20", 1), ("2024-01-21", 0)]
)
def test_a_clock_in_time_says_how_many_days_are_left(on: str, left: int) -> None:
    shown = _of(_clock(SILENCE, "2023-10-23", "2024-01-21", late_on="2024-01-22"), on)
    assert re.search(rf"It runs; {left} days? (is|are) left\.$", shown.sentence)
    assert shown.days_late is None
    assert shown.days_run == (day(on) - day("2023-10-23")).days


def test_a_clock_past_its_day_that_no_sweep_has_flagged_yet_has_no_days_left() -> None:
    """Between midnight and the sweep, and after nights that were missed."""
    shown = _of(_clock(SILENCE, "2023-10-23", "2024-01-21", late_on="2024-01-22"), "2024-01-25")
    assert "left" not in shown.sentence


@pytest.mark.parametrize(("on", "days"), [("2024-01-22", 1), ("2024-01-23", 2), ("2024-02-01", 11)])
def test_a_late_clock_says_since_when_and_how_long(on: str, days: int) -> None:
    shown = _of(_clock(SILENCE, "2023-10-23", "2024-01-21", **LATE), on)
    assert re.search(rf"Late since 22 Jan 2024, {days} days? now\.$", shown.sentence)
    assert shown.days_late == days
    assert ("Late from", "22 Jan 2024") in shown.terms


def test_a_snoozed_flag_is_still_late_and_says_until_when_it_rests() -> None:
    clock = _clock(SILENCE, "2023-10-23", "2024-01-21", snoozed_until="2024-02-10", **LATE)
    assert _of(clock, "2024-02-09").sentence.endswith("19 days now. Snoozed until 10 Feb 2024.")
    assert _of(clock, "2024-02-10").sentence.endswith("20 days now.")


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (ClockKind.ACKNOWLEDGEMENT, "It was met on 20 Nov 2023, in time."),
        (ClockKind.PROMISE, "It was kept or put off on 20 Nov 2023, in time."),
    ],
)
def test_what_is_said_to_be_met_was_waited_for(kind: ClockKind, says: str) -> None:
    """Silence ends with our own letter too, and a promise with the next one."""
    clock = _clock(kind, "2023-10-23", "2024-01-21", state=ClockState.MET, ended_on="2023-11-20")
    assert _of(clock, "2024-02-01").sentence.endswith(says)


@pytest.mark.parametrize(
    ("state", "ended", "flagged", "says"),
    [
        (ClockState.MET, "2023-11-20", "", "It was counted anew on 20 Nov 2023, in time."),
        (ClockState.MET, "2024-01-21", "", "It was counted anew on 21 Jan 2024, in time."),
        (
            ClockState.MET,
            "2024-02-01",
            "2024-01-22",
            "It was counted anew on 1 Feb 2024, 11 days late.",
        ),
        (ClockState.CLOSED, "2023-11-20", "", "It ended with the ask on 20 Nov 2023."),
        (
            ClockState.CLOSED,
            "2024-02-01",
            "2024-01-22",
            "It ended with the ask on 1 Feb 2024, 11 days late.",
        ),
    ],
)
def test_a_clock_that_ended_says_how_and_when(
    state: ClockState, ended: str, flagged: str, says: str
) -> None:
    more = {"flagged_on": flagged} if flagged else {}
    clock = _clock(
        SILENCE,
        "2023-10-23",
        "2024-01-21",
        state=state,
        ended_on=ended,
        late_on="2024-01-22",
        **more,
    )
    shown = _of(clock, "2025-01-01")
    assert shown.sentence.endswith(says)
    assert shown.days_run == (day(ended) - day("2023-10-23")).days


def test_what_ended_is_no_longer_said_to_be_missing() -> None:
    for kind in (ClockKind.SECTION_1263D, ClockKind.ACKNOWLEDGEMENT, ClockKind.REPLY_REQUESTED):
        clock = _clock(
            kind, "2023-10-23", "2024-02-20", state=ClockState.MET, ended_on="2023-11-20"
        )
        shown = _of(clock)
        assert "known" not in shown.why
        assert "None" not in shown.why


def test_a_clock_resumed_by_a_reopening_counts_its_lateness_from_there() -> None:
    """Due on 21 Jan, while the ask was closed; reopened on 1 May 2024."""
    clock = _clock(
        SILENCE, "2023-10-23", "2024-01-21", late_on="2024-05-01", flagged_on="2024-05-01"
    )
    shown = _of(clock, "2024-05-02")
    assert "Late since 1 May 2024, 2 days now." in shown.sentence
    assert shown.days_late == 2


@pytest.mark.parametrize("kind", [ClockKind.PROMISE, ClockKind.REPLY_REQUESTED])
def test_a_day_that_somebody_named_is_not_said_to_be_computed(kind: ClockKind) -> None:
    clock = _clock(kind, "2023-10-23", "2023-12-15", late_on="2023-12-16", flagged_on="2023-12-16")
    shown = _of(clock)
    assert shown.sentence == "Late since 16 Dec 2023, 48 days now."
    assert "give" not in shown.explanation


def _in_business_days(agency: Agency | None, extended: str = "") -> Arithmetic:
    rule = _rule(ClockKind.ACKNOWLEDGEMENT, unit=Unit.BUSINESS_DAYS, length=10)
    due = "2024-07-18" if agency and agency.jurisdiction == "US" else "2024-07-13"
    clock = _clock(ClockKind.ACKNOWLEDGEMENT, "2024-07-03", due, rule=rule, agency=agency)
    if extended:
        clock.first_due_on, clock.due_on = clock.due_on, day(extended)
    return _of(clock, "2024-07-10")


def test_of_an_extended_term_the_holidays_of_the_term_itself_are_named() -> None:
    agency = Agency(short_name="State", jurisdiction="US")
    plain, extended = _in_business_days(agency), _in_business_days(agency, "2024-12-31")
    assert "1 public holiday is left out" in plain.sentence
    assert "1 public holiday is left out" in extended.sentence


def test_business_days_are_called_so_and_name_the_holidays_that_they_skip() -> None:
    shown = _in_business_days(Agency(short_name="State", jurisdiction="US"))
    assert ("The house norm gives", "+ 10 business days") in shown.terms
    assert shown.details == (("Holidays skipped", "4 July 2024, Independence Day"),)
    assert "; 10 business days give 18 July 2024; 1 public holiday is left out." in shown.sentence


@pytest.mark.parametrize(
    ("agency", "whose"),
    [(Agency(short_name="Council", jurisdiction="EU"), "of EU"), (None, "that holds for it")],
)
def test_business_days_of_which_no_calendar_is_known_are_calendar_days_and_say_so(
    agency: Agency | None, whose: str
) -> None:
    shown = _in_business_days(agency)
    why = f"no calendar of public holidays {whose} is known, so calendar days are counted"
    assert ("The house norm gives", "+ 10 calendar days") in shown.terms
    assert shown.details == (("Holidays", why),)
    assert f"10 calendar days give 13 July 2024: {why}." in shown.sentence


def test_an_extended_clock_keeps_its_old_day() -> None:
    more = {"first_due_on": day("2023-12-15"), "late_on": "2024-03-01"}
    shown = _of(_clock(ClockKind.PROMISE, "2023-10-23", "2024-02-29", **more))
    assert shown.terms[1:] == (
        ("By", "15 Dec 2023"),
        ("Extended to", "29 Feb 2024"),
        ("Late from", "1 Mar 2024"),
    )
    assert shown.sentence == "It was extended to 29 Feb 2024. It runs; 28 days are left."


def test_what_was_late_before_it_was_extended_says_how_late() -> None:
    ended = {"state": ClockState.CLOSED, "ended_on": "2024-02-01", "extended_on": day("2024-02-01")}
    shown = _of(_clock(SILENCE, "2023-10-23", "2024-01-21", **LATE, **ended))
    assert shown.sentence.endswith("It was extended on 1 Feb 2024, 11 days late.")


def test_a_void_clock_says_so_and_counts_no_lateness() -> None:
    ended = {"state": ClockState.VOID, "ended_on": "2024-02-01"}
    shown = _of(_clock(SILENCE, "2023-10-23", "2024-01-21", **ended))
    assert shown.sentence.endswith("It has been void since 1 Feb 2024.")


def test_a_clock_says_when_the_ask_was_closed_and_when_it_warns() -> None:
    clock = _clock(SILENCE, "2023-10-23", "2024-01-21", warn_on=day("2024-01-01"))
    closings = [(day("2023-11-01"), day("2023-12-01")), (day("2023-01-01"), day("2023-02-01"))]
    assert arithmetic(clock, day(TODAY), closings).details == (
        ("Paused", "1 Nov 2023 to 1 Dec 2023, while the ask was closed"),
        ("Warns from", "1 Jan 2024"),
    )


@pytest.mark.parametrize(
    ("note", "says"),
    [
        ("No clock in law starts.", "No clock in law starts."),
        ("", "It has not started."),
    ],
)
def test_a_clock_that_did_not_start_says_why_and_counts_nothing(note: str, says: str) -> None:
    clock = Clock(
        kind=ClockKind.SECTION_1263D,
        basis=Basis.STATUTE,
        state=ClockState.NOT_STARTED,
        started_on=known("2018"),
        note=note,
    )
    shown = _of(clock)
    assert shown.sentence == shown.explanation == says
    assert shown.terms == ()
    assert shown.days_run is shown.days_given is shown.days_late is None


# ---- several bodies in one line


def _silent(agency: Agency, **more: Any) -> Clock:
    clock = _clock(SILENCE, "2023-10-23", "2024-01-21", late_on="2024-01-22", **more)
    clock.agency = agency
    clock.rule_id = RULES[6].id
    return clock


def test_bodies_of_which_the_same_is_true_share_a_line() -> None:
    (group,) = grouped([_silent(STATE), _silent(TREASURY)])
    assert group.bodies == "State, Treasury"
    assert len(group.clocks) == 2
    assert group.first.agency is STATE


@pytest.mark.parametrize(
    "differs",
    [
        {"started_on": known("2023-11-10")},
        {"due_on": day("2024-02-20")},
        {"late_on": "2024-05-01"},
        {"flagged_on": "2024-01-22"},
        {"snoozed_until": "2024-03-01"},
        {"state": ClockState.MET, "ended_on": "2023-11-20"},
        {"kind": ClockKind.ANSWER},
        {"note": "They said so."},
    ],
)
def test_bodies_of_which_something_else_is_true_have_lines_of_their_own(
    differs: dict[str, Any],
) -> None:
    clock = _silent(STATE)
    other = _silent(TREASURY)
    for name, value in differs.items():
        setattr(other, name, day(value) if name.endswith("_on") and type(value) is str else value)
    assert [group.bodies for group in grouped([clock, other])] == ["State", "Treasury"]


def test_lines_keep_the_order_of_their_first_clocks() -> None:
    given = [_silent(STATE), _silent(STATE, flagged_on="2024-01-22"), _silent(TREASURY)]
    assert [group.bodies for group in grouped(given)] == ["State, Treasury", "State"]
    assert grouped([]) == []
