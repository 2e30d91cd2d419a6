"""The nightly sweep: it flags what is late by its day, each with its own day, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, insert, select

from tests.inside.samples import ask_input, letter_input, reading, writing
from tests.inside.watching import watching
from tests.support.factories import make
from tests.support.people import Person
from tracker.accounts.models import User
from tracker.accounts.permissions import Role
from tracker.accounts.viewer import MACHINE, Viewer
from tracker.casework import actions
from tracker.clocks import queries
from tracker.clocks.models import Basis, Cause, Clock, ClockKind, ClockState
from tracker.clocks.sweep import JOB, sweep
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.now import now
from tracker.history import actions as history
from tracker.history.models import HistoryEvent, HistoryPayload
from tracker.jobs import runner
from tracker.notifications.models import Notice
from tracker.recommendations.models import Recommendation
from tracker.records.models import Audience, Record

DAY = date(2024, 3, 1)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)


def clock(**given: Any) -> Clock:
    """A running clock that is late from the day on, unless something else is said."""
    late = given.pop("late_on", DAY)
    due = late - timedelta(days=1) if late else None
    return make(Clock, **{"late_on": late, "due_on": due, **given})


def flags() -> dict[int, date | None]:
    """By clock the day of its flag, as the database has it."""
    rows = db.session.execute(select(Clock.id, Clock.flagged_on))
    return {row.id: row.flagged_on for row in rows}


LATE: dict[str, dict[str, Any]] = {
    "since long ago": {"late_on": date(2019, 2, 8)},
    "since the day before": {"late_on": BEFORE},
    "since the day itself": {"late_on": DAY},
    "and snoozed": {"snoozed_until": AFTER},
}
NOT_LATE: dict[str, dict[str, Any]] = {
    "late from tomorrow": {"late_on": AFTER},
    "due today": {"late_on": AFTER, "due_on": DAY},
    "without a day": {"late_on": None},
    "met": {"state": ClockState.MET, "ended_on": BEFORE},
    "closed": {"state": ClockState.CLOSED, "ended_on": BEFORE},
    "void": {"state": ClockState.VOID},
    "not started": {"state": ClockState.NOT_STARTED},
    "superseded": {"superseded_at": now()},
}


@pytest.mark.parametrize("what", LATE)
def test_a_late_clock_is_flagged_with_the_day_on_which_it_became_late(
    context: Flask, what: str
) -> None:
    late = clock(**LATE[what])
    figures = sweep(DAY)
    db.session.expire_all()
    assert (figures["examined"], figures["newly_flagged"]) == (1, 1)
    assert late.flagged_on == late.late_on
    assert late.flagged_at is not None


@pytest.mark.parametrize("what", NOT_LATE)
def test_a_clock_that_is_not_late_is_left_alone(context: Flask, what: str) -> None:
    clock(**NOT_LATE[what])
    figures = sweep(DAY)
    assert figures["newly_flagged"] == 0
    assert set(flags().values()) == {None}


def test_a_flag_that_stands_is_not_set_again(context: Flask) -> None:
    stands = clock(late_on=BEFORE, flagged_on=BEFORE, flagged_at=now())
    at = stands.flagged_at
    assert sweep(DAY)["newly_flagged"] == 0
    db.session.expire_all()
    assert (stands.flagged_on, stands.flagged_at) == (BEFORE, at)


def test_a_second_run_flags_nothing_new(context: Flask) -> None:
    for number in range(5):
        clock(late_on=DAY - timedelta(days=number))
    assert sweep(DAY)["newly_flagged"] == 5
    before = flags()
    assert sweep(DAY)["newly_flagged"] == 0
    assert flags() == before


def test_a_missed_week_is_made_up_for_with_each_flags_own_day(context: Flask) -> None:
    clocks = [clock(late_on=DAY + timedelta(days=number)) for number in range(10)]
    assert sweep(DAY)["newly_flagged"] == 1
    week_later = DAY + timedelta(days=7)
    assert sweep(week_later)["newly_flagged"] == 7
    db.session.expire_all()
    for one in clocks:
        assert one.flagged_on == (
            one.late_on if one.late_on and one.late_on <= week_later else None
        )


def test_a_snoozed_flag_counts_and_is_told_apart(context: Flask) -> None:
    clock()
    clock(snoozed_until=AFTER)
    clock(snoozed_until=DAY)
    figures = sweep(DAY)
    assert figures["newly_flagged"] == 3
    assert figures["suppressed"] == {"snoozed": 1}
    assert len(queries.in_force(MACHINE, DAY)) == 3


def test_flags_that_ended_since_the_last_run_count_as_cleared(app: Flask) -> None:
    with writing(app):
        clock(state=ClockState.MET, flagged_on=BEFORE, ended_on=DAY, ended_at=now())
        clock(state=ClockState.MET, ended_on=DAY, ended_at=now())
    with app.app_context():
        assert runner.run_by_hand(JOB, DAY, dry_run=False).figures["cleared"] == 1
        assert runner.run_by_hand(JOB, DAY, dry_run=False).figures["cleared"] == 0


# ---- what was in force on a day

SPANS: dict[str, tuple[dict[str, Any], bool]] = {
    "flagged before, never ended": ({"flagged_on": BEFORE}, True),
    "flagged on the day": ({"flagged_on": DAY}, True),
    "flagged after": ({"flagged_on": AFTER}, False),
    "never flagged": ({}, False),
    "ended after": (
        {"flagged_on": BEFORE, "ended_on": AFTER, "state": ClockState.MET},
        True,
    ),
    "ended on the day": (
        {"flagged_on": BEFORE, "ended_on": DAY, "state": ClockState.MET},
        False,
    ),
    "ended before": (
        {"flagged_on": date(2024, 1, 1), "ended_on": BEFORE, "state": ClockState.CLOSED},
        False,
    ),
    "superseded": ({"flagged_on": BEFORE, "superseded_at": now()}, False),
}


@pytest.mark.parametrize("what", SPANS)
def test_a_past_day_has_the_flags_that_held_on_it(context: Flask, what: str) -> None:
    given, holds = SPANS[what]
    one = clock(late_on=given.get("flagged_on", BEFORE), **given)
    found = queries.in_force(MACHINE, DAY)
    assert len(found) == int(holds)
    if holds:
        reference = db.session.get_one(Record, one.recommendation_id).reference
        assert found[0].as_dict() == {
            "recommendation": reference,
            "agency": None,
            "kind": "silence",
            "cause": "silent",
            "basis": "house",
            "due_on": one.due_on and one.due_on.isoformat(),
            "flagged_on": one.flagged_on and one.flagged_on.isoformat(),
        }


def test_flags_in_force_are_those_of_what_the_viewer_sees(context: Flask) -> None:
    ask = make(Recommendation, audience=Audience.COALITION)
    clock(recommendation_id=ask.id, flagged_on=BEFORE)
    clock(flagged_on=BEFORE)
    user = make(User, role=Role.PARTNER)
    partner = Viewer(user.id, user.organisation_id, Role.PARTNER)
    assert len(queries.in_force(MACHINE, DAY)) == 2
    seen = queries.in_force(partner, DAY)
    assert [flag.recommendation for flag in seen] == [ask.reference]


# ---- through the runner, from a letter to its flags


def test_a_letter_becomes_stale_on_the_day_after_its_terms(
    app: Flask, staff: Person, on_day: Callable[[str], None]
) -> None:
    sent = date(2024, 1, 10)
    on_day("2024-01-10")
    with writing(app):
        given = letter_input(ask_input(newest_conduct_on=PartialDate(2023, 6, 1)))
        given = replace(given, written_on=PartialDate.of(sent))
        actions.record_letter(staff.viewer, given)
    expected = {
        30: [],
        31: [("unacknowledged", 31)],
        90: [("unacknowledged", 31)],
        91: [("silent", 91), ("unacknowledged", 31)],
    }
    for days, causes in expected.items():
        day = sent + timedelta(days=days)
        on_day(day.isoformat())
        with app.app_context():
            outcome = runner.run_scheduled(JOB)
            found = queries.in_force(MACHINE, day)
            db.session.rollback()
        assert outcome is not None
        assert sorted((f.cause, f.flagged_on) for f in found) == [
            (cause, sent + timedelta(days=n)) for cause, n in causes
        ]
        assert {f.basis for f in found} <= {"house"}


# ---- history and cost


def sweeps_recorded() -> list[str]:
    return list(
        db.session.scalars(
            select(HistoryPayload.body)
            .join(HistoryEvent, HistoryEvent.id == HistoryPayload.event_id)
            .where(HistoryEvent.name == "job.stale_sweep")
        )
    )


def test_a_sweep_leaves_one_entry_and_an_idle_one_none(app: Flask) -> None:
    with writing(app):
        for _ in range(7):
            clock()
    for day in (BEFORE, DAY, DAY):
        with app.app_context():
            runner.run_by_hand(JOB, day, dry_run=False)
    with reading(app):
        assert sweeps_recorded() == ['{"after":{"as_of":"2024-03-01","flagged":7}}']


def test_a_dry_sweep_says_what_would_be_flagged_and_flags_nothing(app: Flask) -> None:
    with writing(app):
        clock()
    with app.app_context():
        outcome = runner.run_by_hand(JOB, DAY, dry_run=True)
    assert outcome.figures["newly_flagged"] == 1
    assert len(outcome.figures["in_force"]) == 1
    with reading(app):
        assert set(flags().values()) == {None}
        assert sweeps_recorded() == []


def many_clocks(count: int) -> None:
    """So many late clocks of one ask that somebody has, written at once."""
    ask = make(Recommendation, assignee_id=make(User).id)
    row = {
        "recommendation_id": ask.id,
        "organisation_id": ask.organisation_id,
        "audience": ask.audience,
        "kind": ClockKind.SILENCE,
        "cause": Cause.SILENT,
        "basis": Basis.HOUSE,
        "state": ClockState.RUNNING,
        "started_on": PartialDate(2023, 10, 23),
        "due_on": BEFORE,
        "late_on": DAY,
        "note": "",
        "recorded_at": now(),
    }
    db.session.execute(
        insert(Clock), [{**row, "start_key": f"contact-{number}"} for number in range(count)]
    )


def test_the_number_of_statements_does_not_follow_the_number_of_clocks(app: Flask) -> None:
    counts = {}
    with writing(app):
        history.record("reference.loaded", actor_id=None)
    for size in (10, 1000):
        with writing(app):
            many_clocks(size)
        noon = datetime.combine(DAY, time(12), UTC)
        with app.app_context(), time_machine.travel(noon), watching(app) as seen:
            outcome = runner.run_by_hand(JOB, DAY, dry_run=False)
        assert outcome.figures["newly_flagged"] == size
        counts[size] = seen.count
    assert counts[10] == counts[1000]
    assert len(seen.about("UPDATE", "clocks")) == 1
    with reading(app):
        assert db.session.scalar(select(func.count(Notice.id))) == 1010
        assert db.session.scalar(select(func.count()).where(Clock.flagged_on == DAY)) == 1010
