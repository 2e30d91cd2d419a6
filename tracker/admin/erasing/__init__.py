"""Forgetting a person or a target for good, on request: what names them is deleted, what was done
stays. The history keeps its chain, since that holds digests of its texts and not the texts.

Only at the machine, with a preview first. What others wrote into texts of their own (the title of
an ask, a citation) is told and left, wherever it stands: a person must judge it.
"""

from typing import Any

from tracker.admin.erasing.people import erase_person, preview_person
from tracker.admin.erasing.targets import erase_target, preview_target
from tracker.admin.erasing.texts import Preview
from tracker.core.db import db

__all__ = [
    "Preview",
    "erase_person",
    "erase_target",
    "forget_on_disk",
    "preview_person",
    "preview_target",
]


def forget_on_disk() -> bool:
    """Have the database give back the room of what was deleted, which still holds it; whether it
    could: it needs a moment in which nobody else has it."""
    raw = db.engine.raw_connection()
    try:
        connection: Any = raw.driver_connection
        if db.engine.dialect.name == "postgresql":
            connection.autocommit = True
        connection.execute("VACUUM")
        if db.engine.dialect.name == "sqlite":
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except db.engine.dialect.loaded_dbapi.Error:
        return False
    finally:
        raw.invalidate()
    return True
