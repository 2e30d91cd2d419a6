"""The schedule of one process: what it is set to, what it makes up for, and that two do no harm."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from threading import Event, get_ident
from time import monotonic, sleep
from typing import Any

import pytest
import time_machine
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy import select

from tests.inside.samples import reading
from tracker import wiring
from tracker.core.db import db
from tracker.history import actions as history
from tracker.history.models import HistoryEvent
from tracker.jobs import registry, scheduler
from tracker.jobs.models import JobRun, RunState
from tracker.jobs.registry import Job

Start = Callable[[], BackgroundScheduler]


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> dict[str, Job]:
    """A registry of the test's own, empty."""
    found: dict[str, Job] = {}
    monkeypatch.setattr(registry, "_jobs", found)
    return found


@pytest.fixture
def start(app: Flask) -> Iterator[Start]:
    """Starts schedulers, and stops them after the test."""
    running: list[BackgroundScheduler] = []

    def begin() -> BackgroundScheduler:
        running.append(scheduler.start(app))
        return running[-1]

    yield begin
    for one in running:
        if one.running:
            one.shutdown()


class Throwaway:
    """A job that notes in which thread it ran, and leaves a trace in the history."""

    def __init__(self, hour: int = 0, minute: int = 0, problem: str = "") -> None:
        self.threads: list[int] = []
        self.done = Event()
        self.problem = problem
        self.job = Job("throwaway", "A job of the test", hour, minute, self.run)

    def run(self, as_of: date) -> dict[str, Any]:
        self.threads.append(get_ident())
        history.record("job.stale_sweep", actor_id=None)
        self.done.set()
        if self.problem:
            raise ValueError(self.problem)
        return {"examined": 1}


def wait_until(said: Callable[[], object], seconds: float = 10) -> None:
    end = monotonic() + seconds
    while not said():
        assert monotonic() < end, "it did not come about in time"
        sleep(0.02)


def runs(app: Flask) -> list[tuple[str, RunState, str]]:
    with reading(app):
        rows = db.session.execute(select(JobRun.job, JobRun.state, JobRun.error))
        return [(job, state, error) for job, state, error in rows]


def finish(*schedulers: BackgroundScheduler) -> None:
    """All that is due now has run: what is left waits for its hour."""
    for one in schedulers:
        wait_until(partial(has_started, one))
        one.shutdown(wait=True)


def has_started(one: BackgroundScheduler) -> bool:
    return all(" at start" not in job.id for job in one.get_jobs())


def test_every_registered_job_is_scheduled_in_utc(
    app: Flask, jobs: dict[str, Job], start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    wiring._register_jobs()
    assert "stale-sweep" in jobs
    ran: list[str] = []
    run_scheduled = "tracker.jobs.runner.run_scheduled"
    monkeypatch.setattr(run_scheduled, lambda job: ran.append(job.name))
    one = start()
    assert str(one.timezone) == "UTC"
    for job in jobs.values():
        entry = one.get_job(job.name)
        assert entry is not None
        if job.every:
            assert entry.trigger.interval == job.every
        else:
            fields = {field.name: str(field) for field in entry.trigger.fields}
            assert (fields["hour"], fields["minute"]) == (str(job.hour), str(job.minute))
            assert fields["day_of_week"] == fields["day"] == "*"
        assert str(entry.trigger.timezone) == "UTC"
        assert entry.next_run_time > datetime.now(UTC)
        # a night that was slept through is made up for, once
        assert entry.misfire_grace_time is None
        assert entry.coalesce
    finish(one)


def test_a_job_whose_hour_has_passed_runs_at_the_start_in_a_thread(
    app: Flask, jobs: dict[str, Job], start: Start, on_day: Callable[[str], None]
) -> None:
    on_day("2024-03-01")
    work = Throwaway(hour=6)
    registry.register(work.job)
    one = start()
    assert work.done.wait(10)
    finish(one)
    assert len(work.threads) == 1
    assert work.threads[0] != get_ident()
    assert runs(app) == [("throwaway", RunState.SUCCEEDED, "")]
    with reading(app):
        assert db.session.scalars(select(HistoryEvent.name)).all() == ["job.stale_sweep"]
        assert db.session.scalar(select(JobRun.as_of)) == date(2024, 3, 1)


def test_a_job_of_minutes_runs_at_the_start(app: Flask, jobs: dict[str, Job], start: Start) -> None:
    work = Throwaway()
    jobs[work.job.name] = replace(work.job, every=timedelta(hours=6))
    start()
    assert work.done.wait(10)
    wait_until(lambda: runs(app) == [("throwaway", RunState.SUCCEEDED, "")])


def test_a_job_whose_hour_is_to_come_waits_for_it(
    app: Flask, jobs: dict[str, Job], start: Start, on_day: Callable[[str], None]
) -> None:
    on_day("2024-03-01")
    work = Throwaway(hour=23)
    registry.register(work.job)
    finish(start())
    assert work.threads == []
    assert runs(app) == []


def test_a_job_runs_when_its_hour_comes(app: Flask, jobs: dict[str, Job], start: Start) -> None:
    work = Throwaway(hour=6)
    registry.register(work.job)
    with time_machine.travel("2024-03-01T05:59:59.700+00:00", tick=True):
        one = start()
        assert work.done.wait(10)
        wait_until(lambda: datetime.now(UTC).hour == 6)
        one.shutdown(wait=True)
    assert len(work.threads) == 1
    assert runs(app) == [("throwaway", RunState.SUCCEEDED, "")]


def test_two_schedulers_run_a_job_once(
    app: Flask, jobs: dict[str, Job], start: Start, on_day: Callable[[str], None]
) -> None:
    on_day("2024-03-01")
    work = Throwaway(hour=6)
    registry.register(work.job)
    both = start(), start()
    assert work.done.wait(10)
    finish(*both)
    assert len(work.threads) == 1
    assert runs(app) == [("throwaway", RunState.SUCCEEDED, "")]


def test_a_restart_on_the_same_day_runs_nothing_again(
    app: Flask, jobs: dict[str, Job], start: Start, on_day: Callable[[str], None]
) -> None:
    on_day("2024-03-01")
    work = Throwaway(hour=6)
    registry.register(work.job)
    for _ in range(2):
        finish(start())
    assert len(work.threads) == 1
    on_day("2024-03-04")
    finish(start())
    assert len(work.threads) == 2


def test_a_clock_that_was_ahead_keeps_no_job_waiting(
    app: Flask, jobs: dict[str, Job], start: Start
) -> None:
    minutely, nightly = Throwaway().job, Throwaway(hour=6).job
    jobs["minutely"] = replace(minutely, name="minutely", every=timedelta(minutes=1))
    jobs["nightly"] = replace(nightly, name="nightly")
    right = datetime(2024, 3, 10, 12, tzinfo=UTC)
    with time_machine.travel(right + timedelta(days=1)):
        one = start()
        one.pause()
    with time_machine.travel(right, tick=False):
        scheduler.follow_clock(one)
        due = {job.id: job.next_run_time for job in one.get_jobs() if job.id in jobs}
    assert due == {"minutely": right, "nightly": right + timedelta(hours=18)}


def test_a_job_that_fails_is_reported_and_stops_no_other(
    app: Flask,
    jobs: dict[str, Job],
    start: Start,
    on_day: Callable[[str], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    on_day("2024-03-01")
    bad, good = Throwaway(hour=1, problem="no answer"), Throwaway(hour=2)
    registry.register(Job("a-bad-one", "", 1, 0, bad.run))
    registry.register(Job("b-good-one", "", 2, 0, good.run))
    finish(start())
    assert sorted(runs(app)) == [
        ("a-bad-one", RunState.FAILED, "ValueError: no answer"),
        ("b-good-one", RunState.SUCCEEDED, ""),
    ]
    assert any("a-bad-one" in r.message and "no answer" in r.message for r in caplog.records)
