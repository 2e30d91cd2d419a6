"""What people do to clocks: extended, met and void ones; and the reminder before December."""

from dataclasses import replace
from typing import Any

import pytest

from tests.rules.facts import (
    RULES,
    STATE,
    ask,
    clocks,
    contact,
    day,
    known,
    later,
    sent,
    spans,
    the_clock,
)
from tests.rules.test_clock_choice import GENERAL
from tracker.clocks.choice import PassedOver, RuleFact, Start, passed_over
from tracker.clocks.facts import ActFact, ClockSpec
from tracker.clocks.models import ActKind, Basis, ClockKind, ClockState
from tracker.correspondence.models import Substance
from tracker.correspondence.rules import ContactFact
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import Status

SILENCE, PROMISE = ClockKind.SILENCE, ClockKind.PROMISE
TODAY = day("2024-06-01")


def _act(act: ActKind, on: str, until: str = "", **more: Any) -> ActFact:
    given: dict[str, Any] = {
        "kind": SILENCE,
        "agency_id": STATE,
        "start_key": "day-2023-10-23",
        **more,
    }
    return ActFact(act=act, on=day(on), until=day(until) if until else None, **given)


def _silence(*acts: ActFact, **more: Any) -> list[ClockSpec]:
    """Sent on 23 October 2023: due on 21 January 2024, late from the 22nd."""
    return clocks(ask(sent(1, "2023-10-23"), acts=acts, **more), SILENCE, STATE)


def test_an_extension_in_time_moves_the_day_and_keeps_the_old_one() -> None:
    (clock,) = _silence(_act(ActKind.EXTEND, "2024-01-10", "2024-02-10"))
    assert clock.state is ClockState.RUNNING
    assert clock.first_due_on == day("2024-01-21")
    assert clock.due_on == day("2024-02-10")
    assert clock.flag_day(day("2024-02-10")) is None
    assert clock.flag_day(TODAY) == day("2024-02-11")


@pytest.mark.parametrize("on", ["2024-01-22", "2024-01-30"])
def test_an_extension_of_what_is_late_keeps_the_lateness_on_record(on: str) -> None:
    late, running = _silence(_act(ActKind.EXTEND, on, "2024-07-01"))
    assert (late.state, late.extended_on, late.ended_on) == (ClockState.CLOSED, day(on), day(on))
    assert late.flag_day(TODAY) == day("2024-01-22")
    assert (running.state, running.start_key) == (ClockState.RUNNING, "day-2023-10-23/2")
    assert running.first_due_on == day("2024-01-21")
    assert running.flag_day(TODAY) is None


def test_of_several_extensions_the_first_day_and_the_last_are_kept() -> None:
    (clock,) = _silence(
        _act(ActKind.EXTEND, "2024-01-10", "2024-02-10"),
        _act(ActKind.EXTEND, "2024-02-01", "2024-03-10"),
    )
    assert (clock.first_due_on, clock.due_on) == (day("2024-01-21"), day("2024-03-10"))


def test_an_extension_makes_no_term_shorter_that_a_rule_has_made_longer_since() -> None:
    longer = tuple(replace(r, length=200) if r.kind is SILENCE else r for r in RULES)
    act = _act(ActKind.EXTEND, "2024-01-10", "2024-02-10")
    (clock,) = clocks(ask(sent(1, "2023-10-23"), acts=(act,)), SILENCE, STATE, longer)
    assert (clock.first_due_on, clock.due_on) == (None, day("2024-05-10"))


def test_an_extended_clock_is_met_by_what_meets_it() -> None:
    facts = ask(sent(1, "2023-10-23"), acts=(_act(ActKind.EXTEND, "2024-01-10", "2024-03-10"),))
    met = clocks(later(facts, contact(2, "2024-02-20", Substance.SUBSTANTIVE)), SILENCE, STATE)[0]
    assert (met.state, met.ended_on) == (ClockState.MET, day("2024-02-20"))
    assert met.flag_day(TODAY) is None


def test_a_promise_can_be_extended() -> None:
    promised = contact(2, "2023-11-20", Substance.PROMISE, promised="2023-12-15")
    act = _act(ActKind.EXTEND, "2023-12-01", "2024-02-15", kind=PROMISE, start_key="contact-2")
    clock = the_clock(ask(sent(1, "2023-10-23"), promised, acts=(act,)), PROMISE)
    assert (clock.first_due_on, clock.due_on) == (day("2023-12-15"), day("2024-02-15"))


@pytest.mark.parametrize(("on", "flag"), [("2024-01-21", None), ("2024-02-01", "2024-01-22")])
def test_a_person_can_say_when_it_was_met(on: str, flag: str | None) -> None:
    (clock,) = _silence(_act(ActKind.MEET, on))
    assert (clock.state, clock.ended_on) == (ClockState.MET, day(on))
    assert clock.flag_day(TODAY) == (day(flag) if flag else None)


def test_what_was_met_earlier_by_a_contact_keeps_that_day() -> None:
    facts = ask(sent(1, "2023-10-23"), acts=(_act(ActKind.MEET, "2024-02-01"),))
    met = clocks(later(facts, contact(2, "2023-11-20", Substance.SUBSTANTIVE)), SILENCE, STATE)[0]
    assert met.ended_on == day("2023-11-20")


def test_a_void_clock_was_never_late() -> None:
    (clock,) = _silence(_act(ActKind.VOID, "2024-02-01"))
    assert (clock.state, clock.ended_on, clock.late_on) == (
        ClockState.VOID,
        day("2024-02-01"),
        None,
    )
    assert clock.flag_day(TODAY) is None


@pytest.mark.parametrize(
    "other",
    [{"kind": ClockKind.ACKNOWLEDGEMENT}, {"agency_id": 99}, {"start_key": "day-2023-10-24"}],
)
def test_an_act_touches_no_other_clock(other: dict[str, Any]) -> None:
    assert _silence(_act(ActKind.VOID, "2024-02-01", **other)) == _silence()


def test_an_act_on_what_goes_on_after_a_reopening_is_one_on_the_whole_clock() -> None:
    life = spans(
        (Status.SUBMITTED, "2023-10-23"),
        (Status.CLOSED, "2023-12-01"),
        (Status.SUBMITTED, "2024-03-01"),
    )
    act = _act(ActKind.EXTEND, "2024-04-01", "2024-09-01", start_key="day-2023-10-23/2")
    closed, late, running = _silence(act, life=life)
    assert [c.start_key for c in (closed, late, running)] == [
        "day-2023-10-23",
        "day-2023-10-23/2",
        "day-2023-10-23/3",
    ]
    assert closed.flag_day(TODAY) is None
    assert late.flag_day(TODAY) == day("2024-03-01")
    assert (running.due_on, running.flag_day(TODAY)) == (day("2024-09-01"), None)


# ---- evidence that grows old


def _evidence(conduct: str, instrument: Instrument = Instrument.GLOBAL_MAGNITSKY) -> ClockSpec:
    return the_clock(ask(conduct=conduct, instrument=instrument), ClockKind.EVIDENCE)


@pytest.mark.parametrize(
    ("conduct", "remind"),
    [
        ("2019-12-03", "2023-09-01"),
        ("2019-12-10", "2023-09-01"),
        ("2019-12-11", "2024-09-01"),
        ("2020-02-29", "2024-09-01"),
        ("2020-09-01", "2024-09-01"),
    ],
)
def test_evidence_is_recalled_in_september_before_its_last_december_round(
    conduct: str, remind: str
) -> None:
    assert _evidence(conduct).warn_on == day(remind)


def test_where_there_are_no_december_rounds_nothing_recalls_them() -> None:
    assert _evidence("2019-12-03", Instrument.ENTITY_LIST).warn_on is None


# ---- the rules passed over


def test_each_rule_passed_over_is_told_why() -> None:
    start = Start(SILENCE, day("2024-01-01"), Instrument.ENTITY_LIST, jurisdiction="US")

    def rule(number: int, **more: Any) -> RuleFact:
        return RuleFact(**{**vars(GENERAL), "id": number, **more})

    of_list: dict[str, Any] = {"instrument": Instrument.ENTITY_LIST}
    rules = (
        rule(1, length=90),
        rule(2, **of_list, length=60, valid_from=day("2023-01-01")),
        rule(3, **of_list, length=75),
        rule(4, jurisdiction="GB"),
        rule(5, valid_from=day("2024-02-01")),
        rule(6, **of_list, valid_until=day("2021-01-01")),
        rule(7, kind=ClockKind.ANSWER),
    )
    assert [(found.id, why) for found, why in passed_over(rules, start)] == [
        (3, PassedOver.OLDER),
        (1, PassedOver.LESS_SPECIFIC),
        (6, PassedOver.NO_LONGER),
        (5, PassedOver.NOT_YET),
        (4, PassedOver.OTHER_SCOPE),
    ]


# ---- the committee's vote


def _vote(*contacts: ContactFact) -> ClockSpec:
    facts = ask(sent(1, "2023-10-23"), *contacts, instrument=Instrument.ENTITY_LIST)
    return the_clock(facts, ClockKind.ERC_VOTE)


def test_the_committees_thirty_days_run_once_an_agency_says_that_a_proposal_circulates() -> None:
    told = contact(2, "2024-01-10", Substance.SUBSTANTIVE, proposed_on=known("2024-01-05"))
    clock = _vote(told)
    assert (clock.state, clock.basis) == (ClockState.RUNNING, Basis.REGULATION)
    assert (clock.due_on, clock.flag_day(TODAY)) == (day("2024-02-04"), day("2024-02-05"))
    replied = contact(3, "2024-01-30", Substance.SUBSTANTIVE)
    assert _vote(told, replied).state is ClockState.RUNNING
    decided = contact(4, "2024-02-01", Substance.SUBSTANTIVE, is_determination=True)
    met = _vote(told, replied, decided)
    assert (met.state, met.ended_on) == (ClockState.MET, day("2024-02-01"))
    still = _vote(told, contact(3, "2024-02-01", Substance.PROMISE, promised="2024-03-01"))
    assert still.state is ClockState.RUNNING
    assert _vote().state is ClockState.NOT_STARTED
