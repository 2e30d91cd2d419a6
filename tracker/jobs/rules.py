"""When a job is due, and when it has not succeeded for too long. Times are UTC."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from tracker.jobs.registry import Job

DAY = timedelta(days=1)
PATIENCE = timedelta(minutes=15)  # a restart is no alarm


class Success(NamedTuple):
    """When a job succeeded last: the newest day for which it did, and when its last run began."""

    day: date
    at: datetime


def next_run(job: Job, moment: datetime) -> datetime:
    """The next time at which a job is due, after a moment."""
    return last_due(job, moment) + (job.every or DAY)


def last_due(job: Job, moment: datetime) -> datetime:
    """The last time at which a job was due, up to a moment."""
    midnight = datetime.combine(moment.date(), time(), moment.tzinfo)
    if job.every:
        return moment - (moment - midnight) % job.every
    due = datetime.combine(moment.date(), time(job.hour, job.minute), moment.tzinfo)
    return due if due <= moment else due - DAY


def period_of(job: Job, due: date) -> str:
    """The period that a job was due for, as the ledger names it: a day, or a minute of one."""
    if job.every and isinstance(due, datetime):
        return last_due(job, due).isoformat(timespec="minutes")
    return f"{due:%Y-%m-%d}"


def is_behind(job: Job, success: Success | None, since: datetime | None, moment: datetime) -> bool:
    """Whether a job has not succeeded for its last two periods; one that runs every few minutes,
    for a quarter of an hour. `since` is when this instance began, before which nothing was due."""
    if since is None:
        return False
    if job.every:
        last = max(success.at, since) if success else since
        return last < moment - max(2 * job.every, PATIENCE)
    before_last = last_due(job, moment) - DAY
    if since > before_last:
        return False
    return success is None or success.day < before_last.date()
