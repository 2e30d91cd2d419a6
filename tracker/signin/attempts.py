"""Trying something that could be guessed: no more often than is allowed, and counted before it is
looked at."""

from collections.abc import Callable
from contextlib import suppress

from sqlalchemy.exc import DBAPIError

from tracker.accounts import lockout
from tracker.core.db import db, transaction


def attempted(email: str, network: str, is_right: Callable[[], bool]) -> bool | None:
    """Whether what somebody sent is right, which `is_right` finds out and keeps; nothing, where
    too many tries for that account from there have failed. A try that comes to no end is none."""
    db.session.rollback()  # what was read must not keep this from writing
    with transaction():
        attempt = lockout.note_attempt(email, network)
    if attempt is None:
        return None
    try:
        right = is_right()
    except BaseException:
        _take_back(attempt)
        raise
    if right:
        _take_back(attempt)
    else:
        db.session.rollback()
        with transaction():
            lockout.note_end(email, network)
    return right


def _take_back(attempt: int) -> None:
    """Nobody is kept out because the database is busy: at worst a try counts that was right."""
    db.session.rollback()
    with suppress(DBAPIError), transaction():
        lockout.take_back(attempt)
