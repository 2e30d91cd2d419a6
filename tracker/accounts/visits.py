"""When a person was last here, so that the desk can say what is new since."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from tracker.accounts.models import User
from tracker.core.db import db, transaction
from tracker.core.now import now

ONE_VISIT = timedelta(hours=4)
A_WHILE = timedelta(days=7)  # what a first visit looks back on


@dataclass(frozen=True)
class Since:
    """From when on things are new to a person: from the visit before this one, or, on a first
    visit, from a week ago."""

    at: datetime
    is_first: bool


def since_last_visit(user: User) -> Since:
    """Since when things are new to a person. Notes the start of a new visit, in a transaction of
    its own that waits for no writer: where it cannot be had, the next look at the page notes it."""
    moment = now()
    started = user.visit_started_at
    if started is None or moment - started > ONE_VISIT:
        user_id = user.id
        db.session.rollback()
        with suppress(OperationalError), transaction(waits=False):
            db.session.execute(
                update(User)
                .where(User.id == user_id)
                .values(visit_started_at=moment, previous_visit_at=started)
            )
        return _since(started, moment)
    return _since(user.previous_visit_at, started)


def _since(before: datetime | None, moment: datetime) -> Since:
    return Since(before or moment - A_WHILE, is_first=before is None)
