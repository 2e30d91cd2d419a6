"""Running a job once a period, however many processes try."""

import json
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from time import perf_counter
from typing import Any

from sqlalchemy import Update, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from tracker.core.db import changed_rows, db, refresh_statistics, transaction
from tracker.core.errors import Refused
from tracker.core.now import now, today
from tracker.jobs import queries, rules
from tracker.jobs.models import JobRun, RunState
from tracker.jobs.registry import Job

LEASE = timedelta(minutes=30)


@dataclass(frozen=True)
class Claim:
    """A run that is ours. SQLite gives the key of a deleted row to the next one, so the moment of
    the claim is part of it: whoever outlived the lease is told from the one who took over."""

    run_id: int
    started_at: datetime

    def held(self) -> Update:
        """The beginning of a change to the run, which finds nothing once it is another's."""
        return update(JobRun).where(
            JobRun.id == self.run_id,
            JobRun.started_at == self.started_at,
            JobRun.state == RunState.RUNNING,
        )


# the counts that every run tells, and all that one without any has to tell
NOTHING_DONE: Mapping[str, Any] = {
    "examined": 0,
    "newly_flagged": 0,
    "cleared": 0,
    "suppressed": {},
}


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
        return {**head, **NOTHING_DONE, **self.figures, "seconds": round(self.seconds, 3)}


def run_scheduled(job: Job, period: date | None = None) -> Outcome | None:
    """Run a period of a job, today's as a rule, or do nothing where another process has it or had
    it. The work is that of today, whatever the period: what a missed night left is done now."""
    day = today()
    due = period or (now() if job.every else day)
    claim = _claim(job, period=rules.period_of(job, due), as_of=day)
    return None if claim is None else _run(job, claim, day)


def catch_up(job: Job, *, rest: timedelta = timedelta()) -> Outcome | None:
    """Run the last period that was due, where nobody has done so: its hour passed while no process
    ran, or the one that had it died or failed. A failed run is left to `rest` before it is tried
    again; what was due before this instance began is nobody's."""
    moment = now()
    due = rules.last_due(job, moment)
    if due.date() < moment.date():
        began = queries.began()
        if began is None or began > due:
            return None
    last = db.session.scalar(
        select(JobRun).where(JobRun.job == job.name, JobRun.period == rules.period_of(job, due))
    )
    waits = last is not None and not _is_open(last, moment, rest)
    db.session.rollback()
    return None if waits else run_scheduled(job, due)


def _is_open(run: JobRun, moment: datetime, rest: timedelta) -> bool:
    """Whether a run has left its period to another."""
    if run.state is RunState.RUNNING:
        return run.lease_until < moment
    return run.state is RunState.FAILED and (run.finished_at or moment) + rest <= moment


def run_by_hand(job: Job, as_of: date, *, dry_run: bool) -> Outcome:
    """Run a job as of a day, at once. A dry run leaves nothing behind; a day to come needs one.
    Raises `Refused` for a day that the job cannot be run as of, and enters nothing then."""
    if as_of > today() and not dry_run:
        raise Refused("A day to come needs --dry-run: what is not yet due cannot be flagged.")
    if job.of_today and as_of != today():
        raise Refused(f"{job.name} works on what is there now: it cannot be run as of another day.")
    if dry_run:
        started = perf_counter()
        try:
            by_hand = _by_hand(job)
            figures = (by_hand.plan or by_hand.run)(as_of)
        finally:
            db.session.rollback()
        return Outcome(job.name, as_of, figures, perf_counter() - started)
    period = f"{as_of.isoformat()} by hand {secrets.token_hex(6)}"
    claim = _claim(job, period=period, as_of=as_of)
    assert claim is not None
    return _run(_by_hand(job), claim, as_of)


def _by_hand(job: Job) -> Job:
    """The job with its lists among its figures."""

    def run(as_of: date) -> dict[str, Any]:
        figures = job.run(as_of)
        return {**figures, **job.lists(as_of)} if job.lists else figures

    return replace(job, run=run)


def _claim(job: Job, *, period: str, as_of: date) -> Claim | None:
    """The run that is now ours, or nothing where another has it or had it."""
    db.session.rollback()  # what was read must not keep this from writing
    moment = now()
    row = {
        "job": job.name,
        "period": period,
        "as_of": as_of,
        "state": RunState.RUNNING,
        "started_at": moment,
        "lease_until": moment + LEASE,
        "host": socket.gethostname()[:255],
        "result": "{}",
        "error": "",
    }
    try:
        with transaction():
            _release_abandoned(job.name, period)
            if job.every:
                _forget_ahead(job.name, moment + job.every)
            statement = insert(JobRun).values(row).returning(JobRun.id)
            return Claim(db.session.execute(statement).scalar_one(), moment)
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


def _forget_ahead(job: str, until: datetime) -> None:
    """Give back the minutes that a clock which was ahead has used up: they are yet to come, and a
    mail that is written then is not to wait until they are over. Nights stay as they are: what was
    done for one is done."""
    ahead = JobRun.started_at > until, JobRun.state == RunState.SUCCEEDED
    db.session.execute(delete(JobRun).where(JobRun.job == job, *ahead))


def _run(job: Job, claim: Claim, as_of: date) -> Outcome:
    started = perf_counter()
    try:
        figures = _work_apart(job, claim, as_of) if job.plan else None
        db.session.rollback()  # what it read must not keep this from writing
        # The effect and its entry in the ledger commit together: neither without the other.
        with transaction():
            _hold(claim)
            if figures is None:
                figures = job.run(as_of)
            _end(claim, RunState.SUCCEEDED, result=json.dumps(_figures_only(figures)))
    except Exception as problem:
        with transaction():
            _end(claim, RunState.FAILED, error=f"{type(problem).__name__}: {problem}"[:500])
        raise
    if not job.every:  # what runs each minute changes too little for the planner to look again
        refresh_statistics()
    return Outcome(job.name, as_of, figures, perf_counter() - started)


def _work_apart(job: Job, claim: Claim, as_of: date) -> dict[str, Any]:
    """Work that changes nothing in the database: no transaction is open while it lasts."""
    with transaction():
        _hold(claim)
    return job.run(as_of)


def _hold(claim: Claim) -> None:
    """Make sure that the run is still ours: whoever outlived its lease must not act."""
    if changed_rows(claim.held().values(lease_until=now() + LEASE)) != 1:
        raise Refused("Another process has taken this run over.")


def _end(claim: Claim, state: RunState, **said: str) -> None:
    """Enter in the ledger how the run ended; one that another has taken over is left alone."""
    changed_rows(claim.held().values(state=state, finished_at=now(), **said))
    queries.forget_behind()


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
