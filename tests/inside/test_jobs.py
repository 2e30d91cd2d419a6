"""The runner: a job runs once a period, whoever asks, and leaves either all of it or nothing."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any
from unittest.mock import ANY

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.inside import racing
from tests.inside.commands import ROOT, clean_environment
from tests.inside.samples import reading, writing
from tests.support.factories import make
from tracker.accounts.models import Organisation
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.history import actions as history
from tracker.history import queries as history_queries
from tracker.history.models import HistoryEvent
from tracker.jobs import runner
from tracker.jobs.models import JobRun, RunState
from tracker.jobs.registry import Job

RACES = 25


def job_that(act: Callable[[date], Any], name: str = "test-job") -> Job:
    def run(as_of: date) -> dict[str, Any]:
        return act(as_of) or {"examined": 3, "in_force": [1, 2, 3]}

    return Job(name, "A job of the test", 1, 30, run)


def does_nothing(_as_of: date) -> None:
    return


def writes(_as_of: date) -> None:
    make(Organisation, name="Made by the job")
    history.record("organisation.added", actor_id=None)


def fails(as_of: date) -> None:
    writes(as_of)
    raise ValueError("the list could not be read")


def ledger(app: Flask) -> list[JobRun]:
    with reading(app):
        found = runner.history()
        db.session.expunge_all()
        return found


def traces(app: Flask) -> tuple[int, int]:
    """How many organisations and how many entries of the history there are."""
    with reading(app):
        organisations = db.session.scalar(select(func.count()).select_from(Organisation))
        events = db.session.scalar(select(func.count()).select_from(HistoryEvent))
        return organisations or 0, events or 0


def run_scheduled(app: Flask, job: Job) -> runner.Outcome | None:
    with app.app_context():
        return runner.run_scheduled(job)


def by_hand(app: Flask, job: Job, day: date, *, dry_run: bool = False) -> runner.Outcome:
    with app.app_context():
        return runner.run_by_hand(job, day, dry_run=dry_run)


def today() -> date:
    return datetime.now(UTC).date()


def test_a_run_is_entered_in_the_ledger_with_its_figures(app: Flask) -> None:
    outcome = run_scheduled(app, job_that(writes))
    assert outcome is not None
    assert outcome.as_dict() == {
        "job": "test-job",
        "as_of": today().isoformat(),
        "examined": 3,
        "in_force": [1, 2, 3],
        "newly_flagged": 0,
        "cleared": 0,
        "suppressed": {},
        "seconds": ANY,
    }
    [run] = ledger(app)
    assert (run.job, run.period, run.as_of) == ("test-job", today().isoformat(), today())
    assert (run.state, run.error) == (RunState.SUCCEEDED, "")
    assert run.finished_at is not None
    assert run.result == '{"examined": 3}'
    assert traces(app) == (1, 1)


def test_a_second_run_of_a_period_does_nothing(app: Flask) -> None:
    job = job_that(writes)
    assert run_scheduled(app, job) is not None
    assert run_scheduled(app, job) is None
    assert len(ledger(app)) == 1
    assert traces(app) == (1, 1)


def test_the_next_day_is_another_period(app: Flask, on_day: Callable[[str], None]) -> None:
    days: list[date] = []
    for day in ("2024-03-01", "2024-03-01", "2024-03-02"):
        on_day(day)
        run_scheduled(app, job_that(days.append))
    assert days == [date(2024, 3, 1), date(2024, 3, 2)]


def test_of_many_threads_one_has_the_run(app: Flask) -> None:
    racers = 6
    ran: list[date] = []
    together = Barrier(racers)

    def race(_number: int) -> bool:
        together.wait(10)
        return run_scheduled(app, job_that(ran.append)) is not None

    with ThreadPoolExecutor(racers) as pool:
        won = list(pool.map(race, range(racers)))
    assert sum(won) == 1
    assert len(ran) == 1
    assert [run.state for run in ledger(app)] == [RunState.SUCCEEDED]


def test_of_two_processes_one_has_each_run(app: Flask) -> None:
    with writing(app):
        history.record("reference.loaded", actor_id=None)
    settings = app.extensions["tracker.settings"]
    environ = clean_environment(
        TRACKER_INSTANCE=str(settings.instance),
        TRACKER_DATABASE_URL=settings.database_url,
        PYTHONPATH=str(ROOT),
    )
    racer = subprocess.Popen(
        [sys.executable, racing.__file__, str(RACES)],
        env=environ,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert racer.stdout is not None
    assert racer.stdin is not None
    assert racer.stdout.readline() == "ready\n"
    racer.stdin.write("go\n")
    racer.stdin.flush()
    with app.app_context():
        ours = list(racing.run(RACES))
    theirs = [int(said) for said in racer.communicate(timeout=30)[0].split()]
    assert racer.returncode == 0
    assert sorted(ours + theirs) == list(range(RACES))
    runs = ledger(app)
    assert len(runs) == RACES
    assert {run.state for run in runs} == {RunState.SUCCEEDED}
    assert traces(app)[1] == RACES + 1
    with reading(app):
        assert history_queries.verify()[0].problem is None


# ---- what goes wrong


def test_a_failed_run_leaves_its_error_and_nothing_else(app: Flask) -> None:
    with pytest.raises(ValueError, match="could not be read"):
        run_scheduled(app, job_that(fails))
    [run] = ledger(app)
    assert run.state is RunState.FAILED
    assert run.error == "ValueError: the list could not be read"
    assert run.finished_at is not None
    assert traces(app) == (0, 0)


def test_a_failed_run_leaves_its_period_to_the_next(app: Flask) -> None:
    with pytest.raises(ValueError, match="could not be read"):
        run_scheduled(app, job_that(fails))
    assert run_scheduled(app, job_that(writes)) is not None
    assert run_scheduled(app, job_that(writes)) is None
    assert ledger(app)[0].state is RunState.SUCCEEDED
    assert traces(app) == (1, 1)


def test_a_long_error_is_cut_to_what_the_ledger_holds(app: Flask) -> None:
    def fails_at_length(_as_of: date) -> None:
        raise ValueError("é" * 2000)

    with pytest.raises(ValueError, match="é"):
        run_scheduled(app, job_that(fails_at_length))
    assert len(ledger(app)[0].error) == 500


def leave_running(app: Flask, lease: timedelta) -> None:
    """What a killed process leaves: a run that nobody will finish."""
    at = datetime.now(UTC)
    with writing(app):
        make(
            JobRun,
            job="test-job",
            period=today().isoformat(),
            as_of=today(),
            state=RunState.RUNNING,
            started_at=at,
            lease_until=at + lease,
        )


def test_a_run_in_progress_is_left_alone(app: Flask) -> None:
    leave_running(app, timedelta(minutes=1))
    assert run_scheduled(app, job_that(writes)) is None
    assert traces(app) == (0, 0)


def test_an_abandoned_run_is_taken_over(app: Flask) -> None:
    leave_running(app, -timedelta(minutes=1))
    assert run_scheduled(app, job_that(writes)) is not None
    assert [run.state for run in ledger(app)] == [RunState.SUCCEEDED]
    assert traces(app) == (1, 1)


def test_a_lease_lasts_as_long_as_the_runner_says(
    app: Flask, on_day: Callable[[str], None]
) -> None:
    on_day("2024-03-01")
    run_scheduled(app, job_that(does_nothing))
    [run] = ledger(app)
    assert timedelta(0) <= run.lease_until - run.started_at - runner.LEASE < timedelta(minutes=1)


def claim(app: Flask, job: Job) -> runner.Claim:
    with app.app_context():
        claimed = runner._claim(job, period=today().isoformat(), as_of=today())
    assert claimed is not None
    return claimed


def outlive(app: Flask) -> None:
    """All leases are over."""
    with writing(app):
        past = datetime.now(UTC) - timedelta(minutes=1)
        db.session.execute(update(JobRun).values(lease_until=past))


def test_who_sleeps_past_its_lease_does_not_act_beside_the_next(app: Flask) -> None:
    job = job_that(writes)
    sleeper = claim(app, job)
    outlive(app)
    claim(app, job)
    with app.app_context(), pytest.raises(Refused):
        runner._run(job, sleeper, today())
    assert traces(app) == (0, 0)
    assert [run.state for run in ledger(app)] == [RunState.RUNNING]


def test_who_sleeps_past_its_lease_leaves_a_finished_run_as_it_is(app: Flask) -> None:
    job = job_that(writes)
    sleeper = claim(app, job)
    outlive(app)
    assert run_scheduled(app, job) is not None
    with app.app_context(), pytest.raises(Refused):
        runner._run(job, sleeper, today())
    assert traces(app) == (1, 1)
    [run] = ledger(app)
    assert (run.state, run.error) == (RunState.SUCCEEDED, "")


# ---- by hand


def test_a_run_by_hand_does_not_take_the_scheduled_one_away(app: Flask) -> None:
    days: list[date] = []
    job = job_that(days.append)
    for day in (today(), today(), date(2024, 3, 1)):
        by_hand(app, job, day)
    assert run_scheduled(app, job) is not None
    assert days == [today(), today(), date(2024, 3, 1), today()]
    assert {run.as_of for run in ledger(app)} == {today(), date(2024, 3, 1)}


def test_a_dry_run_leaves_nothing(app: Flask) -> None:
    outcome = by_hand(app, job_that(writes), today(), dry_run=True)
    assert outcome.figures["examined"] == 3
    assert ledger(app) == []
    assert traces(app) == (0, 0)


def test_a_dry_run_that_fails_leaves_nothing(app: Flask) -> None:
    with pytest.raises(ValueError, match="could not be read"):
        by_hand(app, job_that(fails), today(), dry_run=True)
    assert ledger(app) == []
    assert traces(app) == (0, 0)


def test_a_day_to_come_needs_a_dry_run(app: Flask) -> None:
    tomorrow = today() + timedelta(days=1)
    with pytest.raises(Refused, match="dry-run"):
        by_hand(app, job_that(writes), tomorrow)
    assert ledger(app) == []
    assert traces(app) == (0, 0)
    assert by_hand(app, job_that(writes), tomorrow, dry_run=True).as_of == tomorrow


def test_a_failed_run_by_hand_is_in_the_ledger(app: Flask) -> None:
    with pytest.raises(ValueError, match="could not be read"):
        by_hand(app, job_that(fails), today())
    assert [run.state for run in ledger(app)] == [RunState.FAILED]
