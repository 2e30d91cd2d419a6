"""Bringing a database to the schema of this version, and comparing the two."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from tracker.core.db import Base
from tracker.core.errors import TrackerError

# the full-text indexes of either database, which no model knows
_OF_SEARCH = re.compile(r"search_index(_\w+)?|ix_search_text_terms_\w")
FOLDER = Path(__file__).resolve().parent.parent / "migrations"


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run the migrations up to `revision`."""
    with rebuilding(engine) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Run the migrations down to `revision`."""
    with rebuilding(engine) as connection:
        command.downgrade(_config(connection), revision)


def rebuild(connection: Connection, revision: str) -> None:
    """Tables as they were at `revision`, in place of all that there are, within the connection's
    own transaction (PostgreSQL takes that back as a whole). What is in tables of that revision
    already is left to whoever fills them."""
    present = current(connection)
    if present == revision:
        return
    if present:
        command.downgrade(_config(connection), "base")
    command.upgrade(_config(connection), revision)


def upgrade_within(connection: Connection, revision: str = "head") -> None:
    """Run the migrations up to `revision` within the connection's own transaction."""
    command.upgrade(_config(connection), revision)


@cache
def newest() -> str | None:
    """The revision that this version's migrations lead to."""
    return ScriptDirectory(str(FOLDER)).get_current_head()


def is_known(revision: str | None) -> bool:
    """Whether this version's migrations know a revision; those of a newer version they do not."""
    known = ScriptDirectory(str(FOLDER)).walk_revisions()
    return revision in {script.revision for script in known}


def require_known(revision: str | None) -> None:
    """Refuse a database that this version cannot read. Raises `TrackerError`."""
    if revision is not None and not is_known(revision):
        raise TrackerError(
            f"The database was made by a newer version than this one (schema {revision[:20]}). "
            "Install that version."
        )


def current(connection: Connection) -> str | None:
    """The revision that a database is at."""
    return MigrationContext.configure(connection).get_current_revision()


def differences(engine: Engine) -> list[Any]:
    """What the database lacks or has too much, compared with the models."""
    with engine.connect() as connection:
        options = {"compare_type": True, "include_name": is_compared}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, Base.metadata))


def is_compared(name: str | None, _kind: str, _parents: object) -> bool:
    """Whether something that was found in the database is compared with the models."""
    return not _OF_SEARCH.fullmatch(name or "")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def rebuilding(engine: Engine) -> Iterator[Connection]:
    """A connection for migrating, and for filling tables in any order; commits at the end.

    On SQLite a table is rebuilt by copying, and with foreign keys on that would delete the rows
    that point to it: off, outside any transaction, and checked after."""
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            yield connection
            connection.commit()
            return
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys = OFF")
        try:
            yield connection
            connection.commit()
            broken = raw.execute("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise TrackerError(f"After migrating, {len(broken)} rows point to nothing.")
        finally:
            raw.execute("PRAGMA foreign_keys = ON")
