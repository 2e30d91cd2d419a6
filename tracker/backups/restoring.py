"""Putting a backup back. Everything is made ready and checked beside what there is, in a file or in
a transaction, and takes its place in one step; whatever goes wrong before leaves all as it was."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from tracker.backups import files, logical, native, tables
from tracker.backups.files import Kind, Manifest
from tracker.backups.saving import check_history, save
from tracker.backups.staging import require_sound, staged
from tracker.core import migrate
from tracker.core.db import db, failure
from tracker.core.errors import TrackerError
from tracker.core.now import now


@dataclass(frozen=True)
class Restored:
    """What was put back, and the backup in which the former content was kept, if there was any."""

    manifest: Manifest
    aside: Path | None


def restore(path: Path, aside: Path, *, replace: bool = False) -> Restored:
    """Put a backup in the place of an empty database, or, with `replace`, of any, whose content is
    saved to the folder `aside` first. A backup of an older schema is migrated.

    Rows by table and the head of the history must be those that the backup names, and the history
    must hold. Raises `TrackerError`, and then nothing was changed.
    """
    manifest = files.opened(path)
    _require_possible(path, manifest)
    kept = _keep(aside, replace=replace)
    with _readable(path):
        if db.engine.dialect.name == "sqlite":
            _into_sqlite(path, manifest)
        else:
            _into_postgresql(path, manifest)
    return Restored(manifest, kept)


def _require_possible(path: Path, manifest: Manifest) -> None:
    if not migrate.is_known(manifest.revision):
        raise TrackerError(
            f"{path} was made by a newer version than this one (schema {manifest.revision[:20]})."
        )
    if manifest.kind is not Kind.POSTGRESQL:
        return
    if db.engine.dialect.name == "sqlite":
        raise TrackerError(
            f"{path} was made by pg_dump and goes into PostgreSQL only; for either database, save "
            "it there with --format logical."
        )
    if not native.pg_restore_serves():
        raise TrackerError(f"{path} was made by pg_dump, and there is no pg_restore here.")


def _keep(folder: Path, *, replace: bool) -> Path | None:
    """Refuse to lose anything: what there is goes aside, or stays."""
    db.session.rollback()
    with db.engine.connect() as connection:
        in_use = tables.holds_something(connection)
        revision = migrate.current(connection)
        connection.rollback()
    migrate.require_known(revision)
    if not in_use:
        return None
    if not replace:
        raise TrackerError(
            "The database is in use, and a backup goes into an empty one; --replace puts it in the "
            "place of what there is, which is saved first."
        )
    files.make_folder(folder)
    kept = folder / f"before-restore-{now():%Y%m%dT%H%M%S%f}.backup"
    save(kept)
    return kept


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """A file that was made up so that it looks whole is refused like a damaged one."""
    try:
        yield
    except SQLAlchemyError as problem:
        if isinstance(problem, DBAPIError) and failure(problem):
            raise
        raise TrackerError(f"{path} is damaged: {type(problem).__name__}.") from None
    except (ValueError, KeyError, TypeError, EOFError, OSError, zlib.error) as problem:
        raise TrackerError(f"{path} is damaged: {type(problem).__name__}.") from None


def _into_sqlite(path: Path, manifest: Manifest) -> None:
    ours = Path(db.engine.url.database or "")
    with staged(path, manifest, ours.parent) as engine:
        if manifest.kind is Kind.LOGICAL:
            _fill(engine, path, manifest)
        with engine.connect() as connection:
            require_sound(connection)
            _require_equal(connection, manifest)
        migrate.upgrade(engine)
        with engine.connect() as connection:
            _require_history(connection, manifest)
            ready = tables.state_of(connection)
            connection.rollback()
        _take_place(engine)
    with db.engine.connect() as connection:
        if tables.state_of(connection) != ready:
            raise TrackerError("What was put back is not what was made ready.")
        connection.rollback()


def _fill(engine: Engine, path: Path, manifest: Manifest) -> None:
    migrate.upgrade(engine, manifest.revision)
    with migrate.rebuilding(engine) as connection, files.payload(path, manifest) as file:
        tables.fill_sqlite(connection, logical.read(file))


def _take_place(engine: Engine) -> None:
    """All pages in one transaction of SQLite's: processes that have the database open see the old
    content and then the new one."""
    with engine.connect() as made, db.engine.connect() as present:
        source: Any = made.connection.driver_connection
        target: Any = present.connection.driver_connection
        source.backup(target)
    db.engine.dispose()


def _into_postgresql(path: Path, manifest: Manifest) -> None:
    with db.engine.begin() as connection:
        migrate.rebuild(connection, manifest.revision)
        if manifest.kind is Kind.POSTGRESQL:
            tables.fill_postgresql(connection, native.rows_of_archive(path))
        elif manifest.kind is Kind.LOGICAL:
            with files.payload(path, manifest) as file:
                tables.fill_postgresql(connection, logical.read(file))
        else:
            with staged(path, manifest, path.parent) as engine, engine.connect() as copy:
                require_sound(copy)
                tables.fill_postgresql(connection, tables.read(copy))
        _require_equal(connection, manifest)
        migrate.upgrade_within(connection)
        _require_history(connection, manifest)


def _require_equal(connection: Connection, manifest: Manifest) -> None:
    if migrate.current(connection) != manifest.revision:
        raise TrackerError("The backup is damaged: it is not of the schema that it names.")
    found, said = tables.state_of(connection), manifest.state
    if found.counts != said.counts:
        wrong = sorted(found.counts.items() ^ said.counts.items())
        raise TrackerError(f"The backup is damaged: other rows than it names in {wrong[0][0]}.")
    if found.heads != said.heads:
        raise TrackerError("The backup is damaged: its history ends elsewhere than it says.")


def _require_history(connection: Connection, manifest: Manifest) -> None:
    """The history must hold, unless it is known not to have held when it was saved."""
    said = check_history(connection)
    if said and said != manifest.history:
        raise TrackerError(f"The history in the backup was altered: {said}.")
