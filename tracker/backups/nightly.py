"""The nightly backup into the instance's own folder."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tracker.backups.files import State, make_folder
from tracker.backups.saving import save
from tracker.core.now import now
from tracker.jobs.registry import Job
from tracker.web.settings import settings

NAME = re.compile(r"tracker-(\d{4}-\d\d-\d\d)\.backup")
LEFT_BEHIND = re.compile(r"\..*\.part")


def folder(instance: Path) -> Path:
    """Where an instance keeps its backups."""
    return instance / "backups"


def run(as_of: date) -> dict[str, Any]:
    """Save the database under the day's name, in the place of an earlier one of that day; then
    remove what is older than the days to keep."""
    place = folder(settings().instance)
    make_folder(place)
    made = save(place / _name(as_of), overwrite=True)
    removed = _outlived(as_of)
    for path in removed:
        path.unlink(missing_ok=True)
    return {
        **_figures(made.state, as_of, removed),
        "bytes": made.size,
        "history": made.history or "intact",
    }


def plan(as_of: date) -> dict[str, Any]:
    """What a run on that day would write and remove."""
    return _figures(State({}, {}), as_of, _outlived(as_of))


def _figures(state: State, as_of: date, removed: list[Path]) -> dict[str, Any]:
    return {"examined": state.rows, "file": _name(as_of), "removed": len(removed)}


def _name(day: date) -> str:
    return f"tracker-{day.isoformat()}.backup"


def _outlived(as_of: date) -> list[Path]:
    """Backups of days before those to keep, and what a killed process left behind. However long
    none was made, the newest are kept, as many as in a row without a gap."""
    place, first = folder(settings().instance), as_of - timedelta(days=settings().backup_days - 1)
    long_ago = (now() - timedelta(days=1)).timestamp()
    paths = sorted(place.iterdir()) if place.is_dir() else []
    dated = [(path, NAME.fullmatch(path.name)) for path in paths]
    others = [path for path, name in dated if name and name[1] != as_of.isoformat()]
    spare = others[: max(0, len(others) - (settings().backup_days - 1))]
    old = [path for path in spare if path.name < _name(first)]
    left = [p for p in paths if LEFT_BEHIND.fullmatch(p.name) and p.stat().st_mtime < long_ago]
    return [*old, *left]


JOB = Job(
    name="backup",
    summary="Saves the database to the folder backups, and removes old ones",
    hour=2,
    minute=20,
    run=run,
    plan=plan,
    of_today=True,
)
