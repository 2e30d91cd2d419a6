"""The nightly backup: a file a day in the instance's folder, the last ones kept, in the ledger."""

import json
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.inside.samples import reading, record_case, writing
from tests.support.people import Person
from tracker.backups import files, nightly, saving
from tracker.core.db import db
from tracker.core.errors import Refused, TrackerError
from tracker.core.now import today
from tracker.jobs import registry, runner
from tracker.jobs.models import JobRun, RunState

KEPT = 3


@pytest.fixture
def place(app: Flask, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the backups are kept; the instance keeps three days."""
    settings = replace(app.extensions["tracker.settings"], instance=folder, backup_days=KEPT)
    monkeypatch.setitem(app.extensions, "tracker.settings", settings)
    return folder / "backups"


def run(app: Flask) -> JobRun:
    """Today's run, and what the ledger says of it."""
    with app.app_context():
        runner.run_scheduled(nightly.JOB)
    with reading(app):
        [last] = runner.history(1)
        db.session.expunge_all()
        return last


def names(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


def test_it_saves_everything_to_a_private_folder(app: Flask, staff: Person, place: Path) -> None:
    with writing(app):
        record_case(staff.viewer)
    last = run(app)
    assert (last.job, last.state, last.error) == ("backup", RunState.SUCCEEDED, "")
    path = place / f"tracker-{today()}.backup"
    assert (stat.S_IMODE(place.stat().st_mode), stat.S_IMODE(path.stat().st_mode)) == (0o700, 0o600)
    made = files.opened(path)
    said = json.loads(last.result)
    assert said["examined"] == made.state.rows > 100
    assert (said["bytes"], said["file"], said["history"]) == (made.size, path.name, "intact")
    with app.app_context():
        assert nightly.JOB in registry.all_jobs()


def test_it_keeps_the_last_days(app: Flask, place: Path, on_day: Callable[[str], None]) -> None:
    on_day("2024-03-01")
    place.mkdir()
    for other in ("before-restore-1.backup", "notes.txt"):
        (place / other).write_text("of somebody's own")
    left = place / ".tracker-2024-02-29.backup.abcd.part"
    left.write_text("of a process that was killed")
    os.utime(left, (0, 0))
    day = date(2024, 3, 1)
    for number in range(5):
        on_day((day + timedelta(days=number)).isoformat())
        run(app)
    assert names(place) == [
        "before-restore-1.backup",
        "notes.txt",
        *(f"tracker-2024-03-0{n}.backup" for n in (3, 4, 5)),
    ]


def test_after_a_long_pause_the_newest_stay(
    app: Flask, place: Path, on_day: Callable[[str], None]
) -> None:
    place.mkdir()
    before = [f"tracker-2024-01-0{n}.backup" for n in (1, 2, 3, 4)]
    for name in before:
        (place / name).write_text("one of before")
    on_day("2024-03-20")
    assert nightly_plan(app) == 2
    run(app)
    assert names(place) == [*before[2:], "tracker-2024-03-20.backup"]


def nightly_plan(app: Flask) -> int:
    """How many files a run of today would remove."""
    with app.app_context():
        return int(nightly.plan(today())["removed"])


def test_one_that_fails_is_in_the_ledger_and_leaves_the_older_ones(
    app: Flask, place: Path, monkeypatch: pytest.MonkeyPatch, on_day: Callable[[str], None]
) -> None:
    on_day("2024-03-01")
    run(app)
    on_day("2024-03-20")

    def fails(*_given: object) -> None:
        raise TrackerError("There is no room.")

    monkeypatch.setattr("tracker.backups.saving._write", fails)
    with app.app_context(), pytest.raises(TrackerError):
        runner.run_scheduled(nightly.JOB)
    assert names(place) == ["tracker-2024-03-01.backup"]
    with reading(app):
        [last] = runner.history(1)
        assert (last.state, last.error) == (RunState.FAILED, "TrackerError: There is no room.")


def test_others_write_while_it_works(
    app: Flask, staff: Person, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No transaction of the job's own is open meanwhile."""
    written: list[str] = []

    def save_while_others_write(path: Path, *, overwrite: bool) -> files.Manifest:
        with writing(app):
            written.append(record_case(staff.viewer).ask)
        return saving.save(path, overwrite=overwrite)

    monkeypatch.setattr("tracker.backups.nightly.save", save_while_others_write)
    assert run(app).state is RunState.SUCCEEDED
    assert len(written) == 1


def test_a_dry_run_writes_nothing(app: Flask, place: Path) -> None:
    with app.app_context():
        outcome = runner.run_by_hand(nightly.JOB, today(), dry_run=True)
    assert outcome.as_dict()["file"] == f"tracker-{today()}.backup"
    assert not place.exists()


def test_a_past_day_cannot_be_saved(app: Flask, place: Path) -> None:
    with app.app_context(), pytest.raises(Refused, match="as of another day"):
        runner.run_by_hand(nightly.JOB, today() - timedelta(days=1), dry_run=False)
    assert not place.exists()
    with app.app_context():  # nor does it stand in the ledger as a failure
        assert db.session.scalars(select(JobRun)).all() == []
