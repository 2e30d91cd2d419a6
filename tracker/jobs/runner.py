"""Running a job once a period, however many processes try."""

import json
import logging
import secrets
import socket
from dataclasses import dataclass
from datetime import date, timedelta
from time import perf_counter
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from tracker.core.db import changed_rows, db, transaction
from tracker.core.errors import Refused
from tracker.core.now import now, today
from tracker.jobs.models import JobRun, RunState
from tracker.jobs.registry import Job

LEASE = timedelta(minutes=30)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What a run did: the figures of the job, and how long it took."""

    job: str
    as_of: date
    figures: dict[str, Any]
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """The shape of `tracker jobs run --json`."""
        head = {"job": self.job, "as_of": self.as_of.isoformat()}
        return {**head, **self.figures, "seconds": round(self.seconds, 3)}


def run_scheduled(job: Job) -> Outcome | None:
    """Run today's period of a job, or do nothing where another process has it."""
    day = today()
    run_id = _claim(job, period=day.isoformat(), as_of=day)
    return None if run_id is None else _run(job, run_id, day)


def run_by_hand(job: Job, as_of: date, *, dry_run: bool) -> Outcome:
    """Run a job as of a day, at once. A dry run leaves nothing behind; a day to come needs one."""
    if as_of > today() and not dry_run:
        raise Refused("A day to come needs --dry-run: what is not yet due cannot be flagged.")
    if dry_run:
        started = perf_counter()
        try:
            figures = job.run(as_of)
        finally:
            db.session.rollback()
        return Outcome(job.name, as_of, figures, perf_counter() - started)
    period = f"{as_of.isoformat()} by hand {secrets.token_hex(6)}"
    run_id = _claim(job, period=period, as_of=as_of)
    assert run_id is not None
    return _run(job, run_id, as_of)


def _claim(job: Job, *, period: str, as_of: date) -> int | None:
    """The id of the run that is now ours, or nothing where another has it or had it."""
    row = {
        "job": job.name,
        "period": period,
        "as_of": as_of,
        "state": RunState.RUNNING,
        "started_at": now(),
        "lease_until": now() + LEASE,
        "host": socket.gethostname()[:255],
        "result": "{}",
        "error": "",
    }
    try:
        with transaction():
            _release_abandoned(job.name, period)
            return db.session.execute(insert(JobRun).values(row).returning(JobRun.id)).scalar_one()
    except IntegrityError:
        return None


def _release_abandoned(job: str, period: str) -> None:
    """A run whose process died, or that failed, leaves its period to the next who asks."""
    db.session.execute(
        delete(JobRun).where(
            JobRun.job == job,
            JobRun.period == period,
            (JobRun.state == RunState.FAILED)
            | ((JobRun.state == RunState.RUNNING) & (JobRun.lease_until < now())),
        )
    )


def _run(job: Job, run_id: int, as_of: date) -> Outcome:
    started = perf_counter()
    try:
        # The effect and its entry in the ledger commit together: neither without the other.
        with transaction():
            _hold(run_id)
            figures = job.run(as_of)
            db.session.execute(
                update(JobRun)
                .where(JobRun.id == run_id)
                .values(
                    state=RunState.SUCCEEDED,
                    finished_at=now(),
                    result=json.dumps(_figures_only(figures)),
                )
            )
    except Exception as problem:
        with transaction():
            db.session.execute(
                update(JobRun)
                .where(JobRun.id == run_id)
                .values(
                    state=RunState.FAILED,
                    finished_at=now(),
                    error=f"{type(problem).__name__}: {problem}"[:500],
                )
            )
        raise
    return Outcome(job.name, as_of, figures, perf_counter() - started)


def _hold(run_id: int) -> None:
    """Make sure that the run is still ours: whoever outlived its lease must not act."""
    ours = changed_rows(
        update(JobRun)
        .where(JobRun.id == run_id, JobRun.state == RunState.RUNNING)
        .values(lease_until=now() + LEASE)
    )
    if ours != 1:
        raise Refused("Another process has taken this run over.")


def _figures_only(figures: dict[str, Any]) -> dict[str, Any]:
    """What the ledger keeps: counts, not the listing of every flag in force."""
    return {key: value for key, value in figures.items() if not isinstance(value, list)}


def history(limit: int = 50) -> list[JobRun]:
    """The newest runs first."""
    return list(
        db.session.scalars(
            select(JobRun).order_by(JobRun.started_at.desc(), JobRun.id.desc()).limit(limit)
        )
    )
