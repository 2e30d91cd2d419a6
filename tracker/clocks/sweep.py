"""The nightly sweep: flags what became late, in one statement, however many records there are."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update

from tracker.accounts.viewer import MACHINE
from tracker.clocks import queries
from tracker.clocks.models import Clock, ClockState
from tracker.clocks.recomputing import follow_holidays
from tracker.core.db import changed_rows, db
from tracker.core.now import now
from tracker.history import actions as history
from tracker.jobs.models import JobRun, RunState
from tracker.jobs.registry import Job


def sweep(as_of: date) -> dict[str, Any]:
    """Flag every running clock that was late on or before `as_of` and is not flagged yet, with the
    day on which it became late. A missed night changes nothing: the next sweep catches up.

    Returns the figures of the run.
    """
    follow_holidays()
    flagged = changed_rows(
        update(Clock)
        .where(
            Clock.state == ClockState.RUNNING,
            Clock.flagged_on.is_(None),
            Clock.superseded_at.is_(None),
            Clock.late_on <= as_of,
        )
        .values(flagged_on=Clock.late_on, flagged_at=now())
    )
    resting = _snoozed(as_of)
    figures = {
        "examined": flagged,
        "newly_flagged": flagged,
        "cleared": _cleared_since_last_run(),
        "suppressed": {"snoozed": resting} if resting else {},
    }
    if flagged:
        history.record(
            "job.stale_sweep",
            actor_id=None,
            body={"after": {"as_of": as_of.isoformat(), "flagged": flagged}},
        )
    return figures


def in_force(as_of: date) -> dict[str, Any]:
    """Every flag that holds on that day."""
    return {"in_force": [flag.as_dict() for flag in queries.in_force(MACHINE, as_of)]}


def _cleared_since_last_run() -> int:
    """How many flags ended since the last run that succeeded."""
    last: datetime | None = db.session.scalar(
        select(func.max(JobRun.finished_at)).where(
            JobRun.job == JOB.name, JobRun.state == RunState.SUCCEEDED
        )
    )
    statement = select(func.count()).where(
        Clock.flagged_on.is_not(None), Clock.superseded_at.is_(None), Clock.ended_at.is_not(None)
    )
    if last is not None:
        statement = statement.where(Clock.ended_at > last)
    return db.session.scalar(statement) or 0


def _snoozed(as_of: date) -> int:
    """How many flags in force rest; they are counted, and no notice goes out for them."""
    return (
        db.session.scalar(
            select(func.count()).where(
                Clock.state == ClockState.RUNNING,
                Clock.flagged_on.is_not(None),
                Clock.flagged_on <= as_of,
                Clock.superseded_at.is_(None),
                Clock.snoozed_until > as_of,
            )
        )
        or 0
    )


JOB = Job(
    name="stale-sweep",
    summary="Flags asks whose clocks have run out",
    hour=6,
    minute=10,
    run=sweep,
    lists=in_force,
)
