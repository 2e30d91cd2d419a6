"""Making a backup: one unchanging view of the database, written, read back, and only then named."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tracker.backups import files, logical, native, tables
from tracker.backups.files import Kind, Manifest, State
from tracker.backups.staging import in_place, require_sound
from tracker.core import migrate
from tracker.core.db import db
from tracker.core.errors import TrackerError
from tracker.core.now import now
from tracker.history import queries as history


def save(path: Path, *, is_logical: bool = False, overwrite: bool = False) -> Manifest:
    """Write the whole database to a file and read it back: rows by table and the head of the
    history must be those of the moment at which it was begun. Writers go on meanwhile.

    `is_logical` asks for a file that either database can take; without it a PostgreSQL for which
    there is no `pg_dump` gets one too. Raises `TrackerError`; a file that was begun is removed.
    """
    db.session.rollback()
    with files.writing(path, overwrite=overwrite) as part:
        with _snapshot() as connection:
            revision = migrate.current(connection)
            if revision is None:
                raise TrackerError("There is nothing to save: the database has no schema yet.")
            migrate.require_known(revision)
            kind = Kind.LOGICAL if is_logical else own_kind(connection)
            state = tables.state_of(connection)
            _write(kind, connection, part)
            said = check_history(connection) if revision == migrate.newest() else "not checked"
        manifest = files.seal(
            part,
            kind=kind,
            revision=revision,
            made_at=now().isoformat(timespec="seconds"),
            state=state,
            history=said,
        )
        if state_in(part, manifest) != state:
            raise TrackerError(f"{path}: what was written is not what is in the database.")
    return manifest


def own_kind(connection: Connection) -> Kind:
    """The kind that the present database makes best."""
    if connection.dialect.name == "sqlite":
        return Kind.SQLITE
    return Kind.POSTGRESQL if native.pg_dump_serves(connection) else Kind.LOGICAL


def check_history(connection: Connection) -> str:
    """What is wrong with a chain of history, or nothing."""
    with Session(connection) as session:
        problems = [f"{v.chain}: {v.problem}" for v in history.verify(session) if v.problem]
    return "; ".join(problems)


@contextmanager
def _snapshot() -> Iterator[Connection]:
    """A view of the database that does not change, and for which no writer waits."""
    with db.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection
        connection.rollback()


def _write(kind: Kind, connection: Connection, part: Path) -> None:
    if kind is Kind.SQLITE:
        native.copy_sqlite(connection, part)
    elif kind is Kind.POSTGRESQL:
        native.dump_postgresql(connection, part)
    else:
        logical.dump(connection, part)


def state_in(path: Path, manifest: Manifest) -> State:
    """What a backup file holds, counted row by row."""
    if manifest.kind is Kind.SQLITE:
        with in_place(path) as connection:
            require_sound(connection)
            return tables.state_of(connection)
    if manifest.kind is Kind.POSTGRESQL:
        parts = native.rows_of_archive(path)
        return tables.tally((name, cols, map(native.fields, rows)) for name, cols, rows in parts)
    with files.payload(path, manifest) as file:
        return tables.tally(logical.read(file))
