"""The demonstration, loaded once a run of the tests into each kind of database.

Loading takes seconds, so a second test process that needs it takes over the rows of the first.
"""

import fcntl
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from tests.inside.commands import CommandLine
from tests.support import databases
from tracker import config_module, create_app
from tracker.core.db import Base, db

Rows = dict[str, list[dict[str, Any]]]
POSTPONE = {
    "sqlite": "PRAGMA defer_foreign_keys = ON",
    "postgresql": "SET session_replication_role = replica",
}


@dataclass(frozen=True)
class Demonstration:
    """The command over an instance that holds the demonstration, and its application."""

    tracker: CommandLine
    app: Flask


@contextmanager
def demonstration(kind: str, folders: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """An instance with the demonstration in a database of that kind."""
    folder = folders.mktemp(f"demo-{kind}")
    url = (
        f"sqlite:///{folder / 'demo.sqlite3'}"
        if kind == "sqlite"
        else databases.new_database(f"demo_{databases.worker()}")
    )
    tracker = CommandLine(folder, {"TRACKER_DATABASE_URL": url})
    environ = {"TRACKER_INSTANCE": str(folder), "TRACKER_DATABASE_URL": url}
    app = create_app(config_module().load(environ, demo=True))
    with _one_at_a_time(_shared(folders) / f"demo-{kind}") as kept:
        if kept.exists():
            tracker.ok("db", "upgrade")
            restore(app, pickle.loads(kept.read_bytes()))
        else:
            said = tracker.ok("demo", "--no-serve")
            assert said == "Loaded 82 public asks, unvetted, for demonstration.\n"
            kept.write_bytes(pickle.dumps(rows_of(app)))
    yield Demonstration(tracker, app)
    with app.app_context():
        db.engine.dispose()


def _shared(folders: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run of the tests have in common."""
    own = folders.getbasetemp()
    return own if databases.worker() == "main" else own.parent


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[Path]:
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield path.with_suffix(".rows")


def rows_of(app: Flask) -> Rows:
    """All that a database holds, in an order that does not change."""
    with app.app_context():
        found = {
            table.name: [
                dict(row)
                for row in db.session.execute(
                    table.select().order_by(*table.primary_key.columns)
                ).mappings()
            ]
            for table in Base.metadata.sorted_tables
        }
        db.session.rollback()
        return found


def restore(app: Flask, rows: Rows) -> None:
    """Make a migrated database hold these rows and no others."""
    tables = Base.metadata.sorted_tables
    with app.app_context(), db.engine.begin() as connection:
        postgresql = connection.dialect.name == "postgresql"
        # rows of a table may point to later ones of the same
        connection.execute(text(POSTPONE[connection.dialect.name]))
        for table in reversed(tables):
            connection.execute(table.delete())
        for table in tables:
            if rows[table.name]:
                connection.execute(table.insert(), rows[table.name])
            if postgresql and "id" in table.columns and table.columns["id"].primary_key:
                name = f"pg_get_serial_sequence('{table.name}', 'id')"
                last = f"(SELECT coalesce(max(id), 1) FROM {table.name})"
                connection.execute(text(f"SELECT setval({name}, {last}) WHERE {name} IS NOT NULL"))
        if postgresql:
            connection.execute(text("SET session_replication_role = origin"))
