"""The page of the jobs: what ran, how it went, when it runs next, whether a scheduler is there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from time import monotonic
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from tests.front.support import links, row_of, rows, section, travel
from tests.inside.samples import reading, writing
from tests.inside.watching import watching
from tests.support.factories import make
from tests.support.people import Person, words_of
from tracker.core.db import db, transaction
from tracker.core.now import now
from tracker.history import actions as history
from tracker.jobs import heartbeat, registry, rules, scheduler
from tracker.jobs.models import Heartbeat, JobRun, RunState
from tracker.jobs.registry import Job
from tracker.web.paging import PAGE_SIZE

NOON = datetime(2024, 3, 10, 12, tzinfo=UTC)


def a_job(name: str = "night-work", hour: int = 6) -> Job:
    return Job(name, "Does something at night", hour, 5, lambda _day: {})


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> dict[str, Job]:
    """Two jobs of the test's own."""
    found = {name: a_job(name) for name in ("night-work", "other-work")}
    monkeypatch.setattr(registry, "_jobs", found)
    return found


def a_run(day: str, job: str = "night-work", **given: Any) -> JobRun:
    started = datetime.fromisoformat(f"{day}T06:05:00+00:00")
    given.setdefault("finished_at", started + timedelta(seconds=2.5))
    on = date.fromisoformat(day)
    return make(JobRun, job=job, period=day, as_of=on, started_at=started, **given)


@pytest.fixture
def ledger(app: Flask, jobs: dict[str, Job], on_day: Callable[[str], None]) -> None:
    """An instance of a month ago in whose ledger a job succeeds, and another fails."""
    on_day("2024-02-01")
    with writing(app):
        history.record("reference.loaded", actor_id=None)
    on_day("2024-03-10")
    counts = '{"examined": 1234, "suppressed": {"snoozed": 2}, "file": "a.backup"}'
    with writing(app):
        a_run("2024-03-09")
        a_run("2024-03-10", result=counts)
        a_run("2024-03-08", "other-work")
        failed = {"state": RunState.FAILED, "error": "OSError: <b>no room</b>"}
        a_run("2024-03-09", "other-work")
        a_run("2024-03-10", "other-work", **failed)
        heartbeat.beat()


def test_each_job_is_shown_with_its_last_and_its_next_run(ledger: None, admin: Person) -> None:
    page = admin.get("/admin/jobs")
    good, bad = (row_of(page, "standing", name) for name in ("night-work", "other-work"))
    assert good["Last run"] == "10 Mar 2024, 06:05 UTC"
    assert good["Next run"] == "11 Mar 2024, 06:05 UTC"
    assert (good["State"], good["Took"], good["Last success"]) == (
        "Succeeded",
        "2.5 s",
        "10 Mar 2024",
    )
    assert bad["State"] == "Failed"
    assert bad["Last success"] == "9 Mar 2024"
    assert "The scheduler runs" in words_of(page)


def test_the_ledger_says_how_each_run_went(ledger: None, admin: Person) -> None:
    page = admin.get("/admin/jobs")
    found = rows(page, "ledger")
    assert [(row[""], row["State"]) for row in found] == [
        ("other-work 2024-03-10", "Failed OSError: <b>no room</b>"),
        ("night-work 2024-03-10", "Succeeded"),
        ("other-work 2024-03-09", "Succeeded"),
        ("night-work 2024-03-09", "Succeeded"),
        ("other-work 2024-03-08", "Succeeded"),
    ]
    assert found[1]["Counts"] == "examined 1,234, suppressed snoozed 2, file a.backup"
    narrow = admin.get("/admin/jobs?job=other-work&state=failed")
    assert len(rows(narrow, "ledger")) == 1
    assert len(rows(narrow, "standing")) == 2


def test_a_job_without_success_for_two_periods_is_told(
    ledger: None, admin: Person, on_day: Callable[[str], None]
) -> None:
    said = "Behind"
    assert said not in words_of(admin.get("/admin/jobs"))
    travel(on_day, "2024-03-11", admin)
    page = admin.get("/admin/jobs")
    assert said in row_of(page, "standing", "other-work")["State"]
    assert said not in row_of(page, "standing", "night-work")["State"]
    assert "tracker jobs run other-work" in words_of(page)


def test_runs_of_days_to_come_hide_no_job_that_is_behind(
    app: Flask, ledger: None, admin: Person, on_day: Callable[[str], None]
) -> None:
    with writing(app):
        a_run("2025-03-07", "other-work")
    travel(on_day, "2024-03-11", admin)
    page = admin.get("/admin/jobs")
    assert "Behind" in row_of(page, "standing", "other-work")["State"]


def test_a_run_whose_process_died_is_told(app: Flask, ledger: None, admin: Person) -> None:
    with writing(app):
        a_run("2024-03-07", state=RunState.RUNNING, finished_at=None)
    assert rows(admin.get("/admin/jobs"), "ledger")[-1]["State"] == "Abandoned"


def test_the_ledger_is_paged_by_key(app: Flask, admin: Person, jobs: dict[str, Job]) -> None:
    first = date(2020, 1, 1)
    days = [(first + timedelta(days=n)).isoformat() for n in range(PAGE_SIZE + 3)]
    with writing(app):
        for day in days:
            a_run(day)
    with watching(app) as seen:
        page = admin.get("/admin/jobs")
    # the shell of the page, a sign of life, how the jobs stand (three), the runs
    assert seen.count <= 8
    [later] = [link for link in links(page) if "cursor=" in link]
    shown = rows(page, "ledger") + rows(admin.get(later), "ledger")
    assert [row[""].split()[-1] for row in shown] == days[::-1]
    assert admin.get("/admin/jobs?cursor=nonsense").status_code == 400


def test_an_empty_ledger_says_what_to_do(admin: Person, jobs: dict[str, Job]) -> None:
    page = admin.get("/admin/jobs")
    assert "tracker jobs run" in section(page, "ledger")
    assert row_of(page, "standing", "night-work")["Last run"] == "never"
    assert admin.get("/admin/jobs?job=nonsense").status_code == 400
    assert admin.get("/admin/jobs?state=nonsense").status_code == 400


def test_only_admins_see_it(
    admin: Person, staff: Person, partner: Person, anonymous: Person
) -> None:
    assert "/admin/jobs" in links(admin.get("/"))
    for person in (staff, partner):
        assert person.get("/admin/jobs").status_code == 403
        assert "/admin/jobs" not in links(person.get("/"))
    assert anonymous.get("/admin/jobs").status_code == 302


# ---- the rule


def test_when_a_job_is_behind() -> None:
    job, long_ago = a_job(), NOON - timedelta(days=100)
    early = a_job(hour=23)
    cases = [
        (job, date(2024, 3, 10), long_ago, False),
        (job, date(2024, 3, 9), long_ago, False),
        (job, date(2024, 3, 8), long_ago, True),
        (early, date(2024, 3, 8), long_ago, False),
        (early, date(2024, 3, 7), long_ago, True),
        (job, None, long_ago, True),
        (job, None, NOON - timedelta(days=1), False),
        (job, None, None, False),
    ]
    for each, succeeded, since, behind in cases:
        success = rules.Success(succeeded, NOON) if succeeded else None
        assert rules.is_behind(each, success, since, NOON) is behind, (each, succeeded, since)
    assert rules.next_run(job, NOON) == datetime(2024, 3, 11, 6, 5, tzinfo=UTC)
    assert rules.next_run(early, NOON) == datetime(2024, 3, 10, 23, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("every", "ago", "behind"),
    [(1, 15, False), (1, 16, True), (5, 15, False), (5, 16, True), (10, 20, False), (10, 21, True)],
)
def test_when_a_job_of_minutes_is_behind(every: int, ago: int, behind: bool) -> None:
    job = replace(a_job(), every=timedelta(minutes=every))
    moment, long_ago = NOON - timedelta(minutes=ago), NOON - timedelta(days=100)
    success = rules.Success(moment.date(), moment)
    assert rules.is_behind(job, success, long_ago, NOON) is behind
    assert rules.is_behind(job, None, moment, NOON) is behind  # it began then
    assert not rules.is_behind(job, None, None, NOON)


# ---- signs of life


def test_readyz_says_when_no_scheduler_was_heard_of(
    app: Flask, anonymous: Person, on_day: Callable[[str], None]
) -> None:
    on_day("2024-03-10")
    answer = anonymous.get("/readyz")
    assert (answer.status_code, answer.json) == (
        200,
        {
            "status": "ready",
            "database": "answers",
            "scheduler": "missing",
            "scheduler_last_beat": None,
            "jobs_behind": [],
        },
    )
    with app.app_context():
        heartbeat.beat()
        heartbeat.beat()
    answer = anonymous.get("/readyz")
    assert answer.json is not None
    assert answer.json["scheduler"] == "running"
    assert answer.json["scheduler_last_beat"].startswith("2024-03-10T12:00")
    assert heartbeat.is_missing(now() + timedelta(days=1), now())  # left by a clock that was ahead
    late = heartbeat.MISSED_AFTER + timedelta(seconds=5)
    with writing(app):
        db.session.get_one(Heartbeat, heartbeat.SCHEDULER).at -= late
    answer = anonymous.get("/readyz")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["scheduler"] == "missing"


def test_a_scheduler_leaves_a_sign_of_life_at_once_and_then_every_minute(
    app: Flask, jobs: dict[str, Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "EVERY", timedelta(seconds=1))
    left: list[datetime | None] = []
    leave = heartbeat.beat

    def beat() -> None:
        leave()
        left.append(heartbeat.last())
        db.session.rollback()

    monkeypatch.setattr(heartbeat, "beat", beat)
    monkeypatch.setattr(registry, "_jobs", {})
    one = scheduler.start(app)
    try:
        end = datetime.now(UTC) + timedelta(seconds=10)
        while len(left) < 2:
            assert datetime.now(UTC) < end
    finally:
        one.shutdown()
    first, second = left[:2]
    assert first is not None
    assert second is not None
    assert second > first


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_sign_of_life_waits_for_no_writer(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.core.db.BUSY_SECONDS", 20)
    began = monotonic()
    settings = app.extensions["tracker.settings"]
    assert settings.database_url.startswith("sqlite")
    with app.app_context(), transaction(), db.engine.connect() as other:
        db.session.connection()
        with app.app_context(), pytest.raises(OperationalError):
            heartbeat.beat()
        scheduler._beat(app)
        other.rollback()
    assert monotonic() - began < 15
    with reading(app):
        assert heartbeat.last() is None
