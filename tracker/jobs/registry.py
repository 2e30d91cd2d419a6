"""The jobs that rooms offer, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True)
class Job:
    """A piece of scheduled work.

    `run(as_of)` does the work for that day inside the caller's transaction, records its own history
    and returns figures for the ledger; it must do nothing new when it is run again.
    `hour` and `minute` are the daily time in UTC; a job that runs more often says how often in
    `every` instead, and its period is that long. `lists(as_of)`, if there is one, is what a person
    who runs it by hand is shown besides; the nightly run does not spend time on it.

    A job whose work is no change of the database (a file, a download) also has a `plan`, which says
    what it would do: a dry run calls that instead. Its `run` is called outside any transaction,
    since it may take long, and nothing could take it back. One that is `of_today` does its work as
    things are now, and is not run by hand as of another day.
    """

    name: str
    summary: str
    hour: int
    minute: int
    run: Callable[[date], dict[str, Any]]
    plan: Callable[[date], dict[str, Any]] | None = None
    lists: Callable[[date], dict[str, list[Any]]] | None = None
    every: timedelta | None = None
    of_today: bool = False

    @property
    def when(self) -> str:
        """When it runs, in words."""
        if self.every:
            minutes = int(self.every.total_seconds()) // 60
            return "every minute" if minutes == 1 else f"every {minutes} minutes"
        return f"daily at {self.hour:02}:{self.minute:02} UTC"


_jobs: dict[str, Job] = {}


def register(job: Job) -> None:
    """Enter a job; a second one of the same name replaces the first."""
    _jobs[job.name] = job


def all_jobs() -> list[Job]:
    """Every job, in order of name."""
    return [_jobs[name] for name in sorted(_jobs)]


def find(name: str) -> Job | None:
    """The job of that name."""
    return _jobs.get(name)
