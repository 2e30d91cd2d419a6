"""Signs of life: the scheduler leaves one a minute, and whoever asks reads it from the database."""

import socket
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select

from tracker.core.db import db, transaction
from tracker.core.now import now
from tracker.jobs.models import Heartbeat

SCHEDULER = "scheduler"
EVERY = timedelta(minutes=1)
# two signs may fail to appear while somebody else writes for long
MISSED_AFTER = 3 * EVERY


def beat() -> None:
    """Leave a sign of life. Waits for no other writer: the next one comes soon."""
    with transaction(waits=False):
        db.session.execute(delete(Heartbeat).where(Heartbeat.name == SCHEDULER))
        row = {"name": SCHEDULER, "at": now(), "host": socket.gethostname()[:255]}
        db.session.execute(insert(Heartbeat).values(row))


def last() -> datetime | None:
    """When the last sign was left, if ever."""
    return db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == SCHEDULER))


def is_missing(beat_at: datetime | None, moment: datetime) -> bool:
    """Whether no scheduler seems to run at a moment."""
    if beat_at is None or beat_at > moment + MISSED_AFTER:  # or left by a clock that was ahead
        return True
    return moment - beat_at > MISSED_AFTER
