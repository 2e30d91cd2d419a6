"""Closing an ask ends its clocks; reopening resumes them, late from the day of the reopening."""

from datetime import timedelta

import pytest

from tests.rules.facts import (
    LETTER,
    PRESIDENT,
    SFRC,
    ask,
    clocks,
    contact,
    day,
    known,
    leaders,
    letter,
    request,
    running,
    sent,
    spans,
    the_clock,
)
from tracker.clocks.facts import AskFacts, ClockSpec
from tracker.clocks.models import ClockKind, ClockState
from tracker.correspondence.models import Substance
from tracker.correspondence.rules import ContactFact
from tracker.recommendations.models import Status

SENT_ON = "2023-10-23"
SILENT_FROM = "2024-01-22"
LONG_AFTER = day("2030-01-01")


def _life(*closings: tuple[str, str]) -> AskFacts:
    return _with_life(closings)


def _with_life(closings: tuple[tuple[str, str], ...], *contacts: ContactFact) -> AskFacts:
    """An ask sent on 23 Oct 2023, closed from one day until another (or until now)."""
    statuses = [(Status.SUBMITTED, SENT_ON)]
    for closed, reopened in closings:
        statuses.append((Status.CLOSED, closed))
        if reopened:
            statuses.append((Status.SUBMITTED, reopened))
    return ask(sent(1, SENT_ON), *contacts, life=spans(*statuses))


def _silences(facts: AskFacts) -> list[ClockSpec]:
    return clocks(facts, ClockKind.SILENCE)


def test_closing_ends_a_clock_that_was_in_time_without_a_flag() -> None:
    (clock,) = _silences(_life(("2023-12-01", "")))
    assert clock.state is ClockState.CLOSED
    assert clock.ended_on == day("2023-12-01")
    assert clock.flag_day(LONG_AFTER) is None


def test_closing_ends_a_flag_and_keeps_it_on_record() -> None:
    (clock,) = _silences(_life(("2024-03-01", "")))
    assert clock.ended_on == day("2024-03-01")
    assert clock.flag_day(LONG_AFTER) == day(SILENT_FROM)


@pytest.mark.parametrize(
    "facts",
    [
        ask(
            sent(1, SENT_ON),
            contact(2, "2023-11-01", Substance.PROMISE, promised="2024-01-01"),
            contact(3, "2023-11-05", Substance.QUESTION),
            conduct="2022-09-05",
            life=spans((Status.SUBMITTED, SENT_ON), (Status.CLOSED, "2023-12-01")),
            letters={LETTER: letter(reply_by="2024-01-01")},
        ),
        ask(
            sent(1, "2018-10-10", PRESIDENT),
            to=(PRESIDENT,),
            life=spans((Status.SUBMITTED, "2018-10-10"), (Status.CLOSED, "2018-12-01")),
            letters={LETTER: letter(request(*leaders(SFRC)), received="2018-10-10")},
        ),
    ],
)
def test_nothing_runs_on_a_closed_ask(facts: AskFacts) -> None:
    found = [clock for kind in ClockKind for clock in clocks(facts, kind)]
    assert len(found) >= 3
    assert not [clock for clock in found if clock.state is ClockState.RUNNING]


@pytest.mark.parametrize(
    ("closed", "reopened", "late_from"),
    [
        ("2023-12-01", "2023-12-20", SILENT_FROM),
        ("2023-12-01", "2024-01-21", SILENT_FROM),
        ("2023-12-01", "2024-01-22", "2024-01-22"),
        ("2023-12-01", "2024-05-01", "2024-05-01"),
        ("2024-03-01", "2024-05-01", "2024-05-01"),
    ],
)
def test_reopening_resumes_the_same_clock_late_from_the_reopening_at_the_earliest(
    closed: str, reopened: str, late_from: str
) -> None:
    before, resumed = _silences(_life((closed, reopened)))
    assert before.state is ClockState.CLOSED
    assert before.ended_on == day(closed)
    assert resumed.state is ClockState.RUNNING
    assert (resumed.started_on, resumed.due_on) == (known(SENT_ON), day("2024-01-21"))
    assert resumed.flag_day(day(late_from) - timedelta(days=1)) is None
    assert resumed.flag_day(day(late_from)) == day(late_from)
    assert resumed.flag_day(LONG_AFTER) == day(late_from)


def test_a_clock_that_was_late_before_closing_and_after_reopening_has_two_flags() -> None:
    flags = [c.flag_day(LONG_AFTER) for c in _silences(_life(("2024-03-01", "2024-05-01")))]
    assert flags == [day(SILENT_FROM), day("2024-05-01")]


def test_an_ask_closed_twice_is_late_from_the_last_reopening() -> None:
    facts = _life(("2023-12-01", "2024-02-01"), ("2024-03-01", "2024-06-01"))
    states = [(c.state, c.ended_on, c.flag_day(LONG_AFTER)) for c in _silences(facts)]
    assert states == [
        (ClockState.CLOSED, day("2023-12-01"), None),
        (ClockState.CLOSED, day("2024-03-01"), day("2024-02-01")),
        (ClockState.RUNNING, None, day("2024-06-01")),
    ]


def test_a_reply_before_the_closing_is_met_and_the_silence_after_it_is_closed() -> None:
    reply = contact(2, "2023-11-10", Substance.SUBSTANTIVE)
    facts = _with_life((("2023-12-01", ""),), reply)
    assert the_clock(facts, ClockKind.ACKNOWLEDGEMENT).state is ClockState.MET
    assert [(c.state, c.ended_on) for c in _silences(facts)] == [
        (ClockState.MET, day("2023-11-10")),
        (ClockState.CLOSED, day("2023-12-01")),
    ]


def test_a_reply_while_the_ask_is_closed_leaves_nothing_of_the_old_clocks_to_resume() -> None:
    reply = contact(2, "2024-02-01", Substance.SUBSTANTIVE)
    facts = _with_life((("2023-12-01", "2024-05-01"),), reply)
    assert running(facts, ClockKind.ACKNOWLEDGEMENT) == []
    (silence,) = running(facts, ClockKind.SILENCE)
    assert silence.started_on == known("2024-02-01")
    assert silence.due_on == day("2024-05-01")
    assert silence.flag_day(day("2024-05-01")) is None
    assert silence.flag_day(day("2024-05-02")) == day("2024-05-02")


def test_a_reply_while_the_ask_is_closed_for_good_starts_nothing() -> None:
    reply = contact(2, "2024-02-01", Substance.SUBSTANTIVE)
    facts = _with_life((("2023-12-01", ""),), reply)
    assert [(c.state, c.ended_on) for c in _silences(facts)] == [
        (ClockState.CLOSED, day("2023-12-01"))
    ]


def test_a_reply_after_the_reopening_meets_what_resumed() -> None:
    reply = contact(2, "2024-06-01", Substance.SUBSTANTIVE)
    facts = _with_life((("2023-12-01", "2024-05-01"),), reply)
    closed, met, anew = _silences(facts)
    assert closed.state is ClockState.CLOSED
    assert (met.state, met.ended_on) == (ClockState.MET, day("2024-06-01"))
    assert met.flag_day(LONG_AFTER) == day("2024-05-01")
    assert anew.started_on == known("2024-06-01")


def test_a_reply_on_the_day_of_the_closing_counts_as_a_reply() -> None:
    reply = contact(2, "2023-12-01", Substance.SUBSTANTIVE)
    facts = _with_life((("2023-12-01", ""),), reply)
    assert the_clock(facts, ClockKind.ACKNOWLEDGEMENT).state is ClockState.MET
    assert running(facts, ClockKind.SILENCE) == []


def test_the_statutory_term_is_neither_stopped_nor_lengthened_by_our_closing() -> None:
    facts = ask(
        sent(1, "2018-10-10", PRESIDENT),
        to=(PRESIDENT,),
        life=spans(
            (Status.SUBMITTED, "2018-10-10"),
            (Status.CLOSED, "2018-11-01"),
            (Status.SUBMITTED, "2018-12-01"),
        ),
        letters={LETTER: letter(request(*leaders(SFRC)), received="2018-10-10")},
    )
    (clock,) = running(facts, ClockKind.SECTION_1263D)
    assert clock.due_on == day("2019-02-07")
    assert clock.flag_day(day("2019-02-08")) == day("2019-02-08")


@pytest.mark.parametrize(
    ("next_status", "kind"),
    [(Status.VETTING, ClockKind.DRAFTING), (Status.READY, ClockKind.DRAFTING)],
)
def test_a_draft_that_moved_on_in_time_is_not_flagged(next_status: Status, kind: ClockKind) -> None:
    facts = ask(life=spans((Status.DRAFT, SENT_ON), (next_status, "2023-11-22")))
    clock = the_clock(facts, kind)
    assert (clock.state, clock.ended_on) == (ClockState.MET, day("2023-11-22"))
    assert clock.flag_day(LONG_AFTER) is None


def test_a_draft_that_was_given_up_did_not_meet_its_norm() -> None:
    facts = ask(life=spans((Status.DRAFT, SENT_ON), (Status.CLOSED, "2023-11-10")))
    clock = the_clock(facts, ClockKind.DRAFTING)
    assert clock.ended_on == day("2023-11-10")
    assert clock.state is ClockState.CLOSED


def test_each_return_to_the_draft_has_thirty_days_of_its_own() -> None:
    facts = ask(
        life=spans(
            (Status.DRAFT, SENT_ON),
            (Status.VETTING, "2023-11-10"),
            (Status.DRAFT, "2023-12-01"),
        )
    )
    first, second = clocks(facts, ClockKind.DRAFTING)
    assert first.state is ClockState.MET
    assert second.state is ClockState.RUNNING
    assert second.flag_day(day("2023-12-31")) is None
    assert second.flag_day(day("2024-01-01")) == day("2024-01-01")
    assert the_clock(facts, ClockKind.VETTING).ended_on == day("2023-12-01")


@pytest.mark.parametrize("on", ["2023-12-01", "2023-12"])
def test_an_ask_closed_reopened_and_closed_again_at_once_stays_closed(on: str) -> None:
    (clock, *more) = _silences(_life((on, on), (on, "")))
    assert (clock.state, clock.ended_on) == (ClockState.CLOSED, day("2023-12-01"))
    assert not [c for c in more if c.state is ClockState.RUNNING]


def test_the_spans_may_be_given_in_any_order() -> None:
    facts = _life(("2023-12-01", "2024-02-01"), ("2024-03-01", "2024-06-01"))
    backwards = ask(*facts.contacts, life=tuple(reversed(facts.spans)))
    assert _silences(backwards) == _silences(facts)
