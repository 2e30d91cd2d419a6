"""The ledger as the page of the jobs shows it. Runs are of nobody's records, so there is no viewer:
the page is for admins."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from flask import current_app
from sqlalchemy import Select, bindparam, func, literal, select, union_all

from tracker.core.db import db
from tracker.history.actions import MAIN
from tracker.history.models import HistoryEvent
from tracker.jobs import registry, rules
from tracker.jobs.models import JobRun, RunState
from tracker.jobs.registry import Job
from tracker.jobs.rules import Success

_FOUND, _FOUND_FOR = "tracker.jobs_behind", timedelta(seconds=10)


@dataclass(frozen=True)
class Standing:
    """A job, how it stands, and when it runs next."""

    job: Job
    last: JobRun | None
    success: Success | None
    next_at: datetime
    is_behind: bool


def standings(moment: datetime) -> list[Standing]:
    """Every registered job, in order of name."""
    jobs = registry.all_jobs()
    if not jobs:
        return []
    last = {run.job: run for run in db.session.scalars(_last_runs(jobs))}
    succeeded = {
        row.job: _success(row)
        for row in db.session.execute(_last_successes(job.name for job in jobs), _up_to(moment))
    }
    since = began()
    return [
        Standing(
            job,
            last.get(job.name),
            succeeded.get(job.name),
            rules.next_run(job, moment),
            rules.is_behind(job, succeeded.get(job.name), since, moment),
        )
        for job in jobs
    ]


def behind_of_late(moment: datetime) -> list[str]:
    """The jobs that are `behind`, as it was found within the last seconds: every page of the staff
    asks."""
    known = current_app.extensions.get(_FOUND)
    if known is None or not timedelta(0) <= moment - known[0] < _FOUND_FOR:
        known = current_app.extensions[_FOUND] = moment, behind(moment)
    found: list[str] = known[1]
    return found


def forget_behind() -> None:
    """A job ended: the next page asks anew."""
    current_app.extensions.pop(_FOUND, None)


def behind(moment: datetime) -> list[str]:
    """The jobs that have not succeeded for their last two periods, in one statement."""
    jobs = registry.all_jobs()
    if not jobs:
        return []
    statement = _successes_since(tuple(job.name for job in jobs))
    rows = db.session.execute(statement, _up_to(moment)).all()
    return [
        job.name
        for job in jobs
        for row in rows
        if row.job == job.name and rules.is_behind(job, _success(row), row.began, moment)
    ]


_IS_FIRST = (HistoryEvent.chain == MAIN, HistoryEvent.position == 1)


def began() -> datetime | None:
    """When this instance began, before which nothing was due."""
    return db.session.scalar(select(HistoryEvent.at).where(*_IS_FIRST))


def _last_runs(jobs: list[Job]) -> Select[JobRun]:
    """The last run of each job, each found at the end of its part of the index."""
    ids = [
        select(
            select(JobRun.id)
            .where(JobRun.job == job.name)
            .order_by(JobRun.started_at.desc(), JobRun.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        for job in jobs
    ]
    return select(JobRun).where(JobRun.id.in_(union_all(*ids)))


def _up_to(moment: datetime) -> dict[str, Any]:
    return {"day": moment.date(), "moment": moment}


@cache
def _successes_since(names: tuple[str, ...]) -> Select[Any]:
    """The last success of each job, and when the instance began: built once, read on every page."""
    first = select(HistoryEvent.at).where(*_IS_FIRST).scalar_subquery()
    succeeded = _last_successes(names).subquery()
    return select(succeeded.c.job, succeeded.c.day, succeeded.c.at, first.label("began"))


def _success(row: Any) -> Success | None:
    return Success(row.day, row.at) if row.day and row.at else None


def _last_successes(names: Iterable[str]) -> Any:
    """For each job the newest day for which it succeeded, and when its last success began; each is
    found at the end of its part of an index."""
    return union_all(*(_last_success(name) for name in names))


def _last_success(name: str) -> Select[str, date, datetime]:
    # while the machine's clock was ahead, runs of days to come were noted
    succeeded = (
        JobRun.job == name,
        JobRun.state == RunState.SUCCEEDED,
        JobRun.as_of <= bindparam("day"),
        JobRun.started_at <= bindparam("moment"),
    )
    newest = select(JobRun.started_at).where(*succeeded).order_by(JobRun.started_at.desc())
    return select(
        literal(name).label("job"),
        select(func.max(JobRun.as_of)).where(*succeeded).scalar_subquery().label("day"),
        newest.limit(1).scalar_subquery().label("at"),
    )


def runs(job: str | None, state: RunState | None) -> Select[JobRun]:
    """The runs of the ledger, perhaps of one job or in one state; the page sorts them."""
    statement = select(JobRun)
    if job:
        statement = statement.where(JobRun.job == job)
    if state:
        statement = statement.where(JobRun.state == state)
    return statement


def seconds(run: JobRun) -> float | None:
    """How long a run took, in seconds, once it has ended."""
    return (run.finished_at - run.started_at).total_seconds() if run.finished_at else None


def is_abandoned(run: JobRun, moment: datetime) -> bool:
    """Whether the process of a run seems to have died."""
    return run.state is RunState.RUNNING and run.lease_until < moment


def figures(run: JobRun) -> dict[str, Any]:
    """What a run counted, flat: `suppressed snoozed` for a figure within another."""
    found: dict[str, Any] = {}
    for name, value in json.loads(run.result).items():
        inner = value if isinstance(value, dict) else {"": value}
        found |= {f"{name} {key}".replace("_", " ").strip(): n for key, n in inner.items()}
    return found
