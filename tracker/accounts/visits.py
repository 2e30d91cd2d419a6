"""When a person was last here, so that the desk can say what is new since."""

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from tracker.accounts.models import User
from tracker.core.db import db, transaction
from tracker.core.now import now

ONE_VISIT = timedelta(hours=4)


def since_last_visit(user: User) -> datetime:
    """The start of the visit before this one; a week ago for a first visit. Notes the start of a
    new visit, in a transaction of its own that waits for no writer: where it cannot be had, the
    next look at the page notes it."""
    moment = now()
    started = user.visit_started_at
    if started is None or moment - started > ONE_VISIT:
        user_id, before = user.id, started or moment - timedelta(days=7)
        db.session.rollback()
        with suppress(OperationalError), transaction(waits=False):
            db.session.execute(
                update(User)
                .where(User.id == user_id)
                .values(visit_started_at=moment, previous_visit_at=before)
            )
        return before
    return user.previous_visit_at or moment - timedelta(days=7)
