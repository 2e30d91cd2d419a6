"""The installation that is measured: a filled database, two readers, and the bare driver."""

import gc
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask

from tests.benchmarks import filling
from tests.support import databases
from tests.support.people import Person, add_person, log_in
from tracker.accounts.permissions import Role
from tracker.core.db import db


class Bare:
    """SQL through the driver alone; parameters are written `:name`."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            url = db.engine.url
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.connection: Any
        if self.is_sqlite:
            self.connection = sqlite3.connect(url.database or "", isolation_level=None)
            self.connection.execute("PRAGMA cache_size = -64000")
        else:
            plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
            self.connection = psycopg.connect(plain, autocommit=True)

    def run(self, sql: str, **parameters: Any) -> Any:
        """Run a statement; its cursor."""
        if not self.is_sqlite:
            sql = re.sub(r"(?<!:):(\w+)", r"%(\1)s", sql.replace("%", "%%"))
        return self.connection.execute(sql, parameters)

    def rows(self, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return list(self.run(sql, **parameters).fetchall())

    def value(self, sql: str, **parameters: Any) -> Any:
        """The first value of the first row."""
        return self.rows(sql, **parameters)[0][0]


@dataclass(frozen=True)
class World:
    """Who measures what."""

    kind: str
    app: Flask
    asks: int
    staff: Person
    partner: Person
    bare: Bare


@contextmanager
def a_world(kind: str, folder: Path, asks: int) -> Iterator[World]:
    """A migrated database of that kind with so many asks, and somebody of each kind logged in."""
    app = databases.make_app(kind, folder / kind, "bench")
    with app.app_context():
        filling.populate(asks)
    staff = add_person(app, "reader@example.org", Role.STAFF, filling.group(1))
    partner = add_person(app, "partner@example.org", Role.PARTNER, filling.group(2))
    for person in (staff, partner):
        assert log_in(person).status_code == 302
    bare = Bare(app)
    gc.collect()
    gc.freeze()  # as the server does before it answers
    yield World(kind, app, asks, staff, partner, bare)
    bare.connection.close()
    with app.app_context():
        db.engine.dispose()
