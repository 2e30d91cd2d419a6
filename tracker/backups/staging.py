"""SQLite databases beside ours: a backup as it lies there, and one in which it is made ready."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine

from tracker.backups import files
from tracker.backups.files import Kind, Manifest
from tracker.core.db import prepare_sqlite
from tracker.core.errors import TrackerError


@contextmanager
def in_place(path: Path) -> Iterator[Connection]:
    """A backup of kind `sqlite`, read where it lies: SQLite takes no notice of what stands behind
    its last page."""
    address = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1&uri=true"
    engine = create_engine(f"sqlite:///{address}", hide_parameters=True)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def staged(path: Path, manifest: Manifest, folder: Path) -> Iterator[Engine]:
    """The database that a backup of kind `sqlite` is, or an empty one for any other, in a private
    folder inside the one given; it is gone afterwards."""
    with TemporaryDirectory(prefix=".restoring-", dir=folder) as private:
        copy = Path(private) / "tracker.sqlite3"
        os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        if manifest.kind is Kind.SQLITE:
            with files.payload(path, manifest) as whole, copy.open("wb") as file:
                shutil.copyfileobj(whole, file, files.CHUNK)
        engine = create_engine(f"sqlite:///{copy}", hide_parameters=True)
        prepare_sqlite(engine)
        try:
            yield engine
        finally:
            engine.dispose()


def require_sound(connection: Connection) -> None:
    """Refuse a SQLite database whose pages do not fit together."""
    said = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
    if said != "ok":
        raise TrackerError(f"The backup is damaged: {said}.")
