"""Many processes, nights that were missed, deaths in the midst of a run, clocks that jump: each
period of a job has one effect, and none is lost. Processes are forked from this one, warm."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Never

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from tests.inside.samples import reading, writing
from tests.inside.test_failure import gone
from tests.support.factories import make
from tests.support.people import Person, words_of
from tracker.clocks import sweep
from tracker.clocks.models import Clock
from tracker.core.db import db
from tracker.history import actions as history
from tracker.history import queries as history_queries
from tracker.history.models import HistoryEvent
from tracker.jobs import registry, runner, scheduler
from tracker.jobs.models import JobRun, RunState
from tracker.jobs.registry import Job

FIRST = datetime(2024, 3, 1, 12, tzinfo=UTC)
PROCESSES, PERIODS = 4, 60
LEASE_OVER = runner.LEASE + timedelta(minutes=1)
DONE = RunState.SUCCEEDED


def leave_a_trace(as_of: date) -> dict[str, Any]:
    """The effect: one entry in the history."""
    history.record("job.stale_sweep", actor_id=None, body={"after": {"as_of": as_of.isoformat()}})
    return {"examined": 1}


def a_job(run: Callable[[date], dict[str, Any]] = leave_a_trace, **more: Any) -> Job:
    return Job("night-work", "Does something at night", 6, 5, run, **more)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    with time_machine.travel(moment, tick=False):
        yield


@pytest.fixture
def begun(app: Flask) -> Flask:
    """An instance that began a month before."""
    with at(FIRST - timedelta(days=30)), writing(app):
        history.record("reference.loaded", actor_id=None)
    with app.app_context():
        db.engine.dispose()  # whoever is forked opens connections of its own
    return app


def forked(act: Callable[[], None]) -> int:
    """A process that does that, and ends without a word."""
    process = os.fork()
    if process == 0:
        try:
            act()
            os._exit(0)
        finally:
            os._exit(1)
    return process


def end_of(process: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def die(*_given: object, **_named: object) -> Never:
    """As `kill -9` does it."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody outlives that")


def effects(app: Flask) -> int:
    """How often the work was done: each time left an entry."""
    with reading(app):
        name = HistoryEvent.name == "job.stale_sweep"
        found = db.session.scalar(select(func.count(HistoryEvent.id)).where(name)) or 0
        assert history_queries.verify()[0].problem is None
        return found


def periods(app: Flask) -> dict[str, RunState]:
    with reading(app):
        return dict(db.session.execute(select(JobRun.period, JobRun.state)).all())


def scheduled(app: Flask, job: Job, moment: datetime) -> bool:
    """Whether the job fired at its hour has the run."""
    with at(moment), app.app_context():
        return runner.run_scheduled(job) is not None


def made_up_for(app: Flask, job: Job, moment: datetime, rest: timedelta = timedelta()) -> bool:
    with at(moment), app.app_context():
        return runner.catch_up(job, rest=rest) is not None


# ---- many at once


def test_of_four_processes_one_has_each_of_sixty_periods(begun: Flask) -> None:
    gate, opener = os.pipe()

    def nights() -> None:
        os.close(opener)
        os.read(gate, 1)  # until all are there
        with begun.app_context():
            for night in range(PERIODS):
                with at(FIRST + timedelta(days=night)):
                    runner.run_scheduled(a_job())
            db.engine.dispose()

    racers = [forked(nights) for _ in range(PROCESSES)]
    os.close(gate)
    os.close(opener)
    assert [end_of(racer) for racer in racers] == [0] * PROCESSES
    days = [(FIRST + timedelta(days=night)).date().isoformat() for night in range(PERIODS)]
    assert periods(begun) == dict.fromkeys(days, DONE)
    assert effects(begun) == PERIODS


# ---- death at each step of a run


def _work_then_die(as_of: date) -> Never:
    leave_a_trace(as_of)
    db.session.flush()
    die()


def _end_then_die(*given: Any, **named: Any) -> None:
    _END(*given, **named)
    die()


_END = runner._end
# at which step: what is done in its place, and whether the effect is there by then
STEPS: dict[str, tuple[str, Callable[..., Any], bool]] = {
    "claimed": ("_run", die, False),
    "worked": ("work", _work_then_die, False),
    "before the commit": ("_end", _end_then_die, False),
    "after the commit": ("refresh_statistics", die, True),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_process_killed_at_any_step_leaves_one_effect(
    begun: Flask, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    name, instead, is_done = STEPS[step]
    dying = a_job(instead if name == "work" else leave_a_trace)
    with monkeypatch.context() as patch:
        if name != "work":
            patch.setattr(runner, name, instead)
        assert end_of(forked(lambda: _run_at(begun, dying))) == -signal.SIGKILL
    assert effects(begun) == int(is_done)
    # the others, while its lease lasts and after it
    assert not scheduled(begun, a_job(), FIRST)
    assert not made_up_for(begun, a_job(), FIRST + runner.LEASE / 2)
    assert made_up_for(begun, a_job(), FIRST + LEASE_OVER) is not is_done
    assert not made_up_for(begun, a_job(), FIRST + 2 * LEASE_OVER)
    assert effects(begun) == 1
    assert periods(begun) == {"2024-03-01": DONE}


def _run_at(app: Flask, job: Job) -> None:
    with at(FIRST), app.app_context():
        runner.run_scheduled(job)


def test_work_outside_the_database_that_was_killed_is_done_again_in_its_place(
    begun: Flask, folder: Path
) -> None:
    def save(as_of: date) -> dict[str, Any]:
        (folder / f"{as_of}.backup").write_text("everything")
        return {"examined": 1}

    def save_then_die(as_of: date) -> Never:
        save(as_of)
        die()

    dying = a_job(save_then_die, plan=save)
    assert end_of(forked(lambda: _run_at(begun, dying))) == -signal.SIGKILL
    assert not scheduled(begun, a_job(save, plan=save), FIRST)
    assert made_up_for(begun, a_job(save, plan=save), FIRST + LEASE_OVER)
    assert [path.name for path in folder.iterdir()] == ["2024-03-01.backup"]
    assert periods(begun) == {"2024-03-01": DONE}


# ---- a database that comes and goes


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
@pytest.mark.parametrize("back_at_once", [True, False])
def test_a_database_that_restarts_in_the_midst_of_a_run_has_one_effect(
    begun: Flask, back_at_once: bool
) -> None:
    closing = gone(begun)

    def restart(as_of: date) -> dict[str, Any]:
        leave_a_trace(as_of)
        if back_at_once:
            db.session.connection().exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
        else:
            closing.__enter__()
        return {}

    with pytest.raises(DBAPIError):
        scheduled(begun, a_job(restart), FIRST)
    if not back_at_once:
        closing.__exit__(None, None, None)
    state = RunState.FAILED if back_at_once else RunState.RUNNING
    assert periods(begun) == {"2024-03-01": state}
    assert effects(begun) == 0
    hour = scheduler.RETRY_AFTER
    assert not made_up_for(begun, a_job(), FIRST + timedelta(minutes=10), hour)
    assert made_up_for(begun, a_job(), FIRST + hour, hour)
    assert not scheduled(begun, a_job(), FIRST + 2 * hour)
    assert effects(begun) == 1


# ---- nights that were missed, and clocks that jump


def test_a_night_at_which_no_process_ran_is_made_up_for_once(begun: Flask) -> None:
    assert scheduled(begun, a_job(), FIRST)
    early = FIRST + timedelta(days=2, hours=-9)  # 3 o'clock two days later, before the hour
    assert made_up_for(begun, a_job(), early)
    assert not made_up_for(begun, a_job(), early + timedelta(minutes=10))
    assert scheduled(begun, a_job(), FIRST + timedelta(days=2))
    assert sorted(periods(begun)) == ["2024-03-01", "2024-03-02", "2024-03-03"]
    assert effects(begun) == 3


def test_what_was_due_before_the_instance_began_is_nobodys(app: Flask) -> None:
    early = FIRST.replace(hour=3)
    assert not made_up_for(app, a_job(), early)
    with at(early), writing(app):
        history.record("reference.loaded", actor_id=None)
    assert not made_up_for(app, a_job(), early)
    assert made_up_for(app, a_job(), FIRST)


def test_a_failed_run_rests_before_it_is_tried_again(begun: Flask) -> None:
    def fail(_as_of: date) -> dict[str, Any]:
        raise ValueError("no answer")

    with pytest.raises(ValueError, match="no answer"):
        scheduled(begun, a_job(fail), FIRST)
    hour = timedelta(hours=1)
    assert not made_up_for(begun, a_job(), FIRST + timedelta(minutes=59), hour)
    assert made_up_for(begun, a_job(), FIRST + hour, hour)
    assert (periods(begun), effects(begun)) == ({"2024-03-01": DONE}, 1)


def test_a_clock_that_goes_a_day_forth_and_back_does_nothing_twice(begun: Flask) -> None:
    day = timedelta(days=1)
    nights = [FIRST, FIRST + day, FIRST, FIRST + day / 24, FIRST + day, FIRST + 2 * day]
    ran = [
        scheduled(begun, a_job(), night) or made_up_for(begun, a_job(), night) for night in nights
    ]
    assert ran == [True, True, False, False, False, True]
    assert effects(begun) == 3


def test_minutes_that_a_clock_ahead_used_up_come_again(begun: Flask) -> None:
    job = replace(a_job(), every=timedelta(minutes=1))
    ahead = [FIRST + timedelta(days=1, minutes=n) for n in range(3)]
    assert all(scheduled(begun, job, moment) for moment in ahead)
    assert scheduled(begun, job, FIRST)  # the clock is right again
    assert not scheduled(begun, job, FIRST)
    assert all(scheduled(begun, job, moment) for moment in ahead)
    assert not any(scheduled(begun, job, moment) for moment in ahead[-1:])


def test_flags_keep_their_days_through_missed_nights_and_jumping_clocks(begun: Flask) -> None:
    days = [date(2024, 3, number) for number in range(1, 13)]
    with writing(begun):
        for day in days[:6]:
            make(Clock, due_on=day - timedelta(days=1), late_on=day)
    nights = [1, 2, 5, 4, 9]  # missed ones between, one day forth and back
    for night in nights:
        scheduled(begun, sweep.JOB, FIRST + timedelta(days=night - 1))
    with writing(begun):  # of a day that a clock gone forth has swept already
        make(Clock, due_on=date(2024, 3, 8), late_on=date(2024, 3, 9))
    assert not scheduled(begun, sweep.JOB, FIRST + timedelta(days=8))
    scheduled(begun, sweep.JOB, FIRST + timedelta(days=9))
    with reading(begun):
        rows = db.session.execute(select(Clock.late_on, Clock.flagged_on)).all()
    assert len(rows) == 7
    assert all(flagged == late for late, flagged in rows)


@pytest.mark.parametrize("place", ["America/New_York", "Europe/London", "Australia/Sydney"])
@pytest.mark.parametrize("month", [3, 4, 10, 11])
def test_a_job_fires_once_a_day_where_summer_time_begins_and_ends(
    monkeypatch: pytest.MonkeyPatch, place: str, month: int
) -> None:
    monkeypatch.setenv("TZ", place)
    time.tzset()
    try:
        trigger = scheduler.trigger(Job("night-work", "", 1, 30, leave_a_trace))
        moment = datetime(2024, month, 1, tzinfo=UTC)
        fired: list[Any] = []
        while len(fired) < 15:
            last = fired[-1] if fired else None
            moment = trigger.get_next_fire_time(last, moment)
            fired.append(moment)
            moment += timedelta(seconds=1)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert [each.date() for each in fired] == [date(2024, month, day) for day in range(1, 16)]
    assert {each.astimezone(UTC).time().isoformat() for each in fired} == {"01:30:00"}


# ---- what the staff sees


def test_a_job_that_is_behind_is_told_on_every_page_of_the_staff_and_in_readyz(
    app: Flask,
    begun: Flask,
    staff: Person,
    admin: Person,
    partner: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry, "_jobs", {"stale-sweep": sweep.JOB})
    said = "Scheduled work is behind: stale-sweep. Flags may be missing."
    for path in ("/", "/recommendations", "/letters/new", "/no/such/page"):
        assert f"{said} Tell an admin" in words_of(staff.get(path)), path
        assert f"{said} See why, and run it by hand" in words_of(admin.get(path)), path
        assert said not in words_of(partner.get(path)), path
    answer = staff.get("/readyz")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["jobs_behind"] == ["stale-sweep"]
    with app.app_context():
        runner.run_scheduled(sweep.JOB)
    assert "has not succeeded" not in words_of(staff.get("/"))
    assert (staff.get("/readyz").json or {})["jobs_behind"] == []
