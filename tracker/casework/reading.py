"""Who reads what is restricted: records of named people, and protected sources."""

from datetime import UTC, datetime, time

from flask import Flask, request

from tracker.core.db import db, transaction
from tracker.core.now import today
from tracker.history import actions as history
from tracker.history import queries
from tracker.records.queries import restricted
from tracker.web.viewer import current


def init_app(app: Flask) -> None:
    """Look at every request about a record, behind the gate: no page can forget to."""
    app.before_request(_note_read)


def _note_read() -> None:
    """Keep that somebody opens a page or a file of a restricted record, once a day for each person
    and record, before anything of it is shown. Where it cannot be kept, nothing is: the error is
    that of a change which cannot be saved."""
    reference = (request.view_args or {}).get("reference")
    if reference is None or request.method == "OPTIONS":
        return  # before anybody asks who is here, which other answers need not know
    viewer = current()
    if viewer.user_id is None:
        return
    record_id = restricted(viewer, reference)
    if record_id is None:
        return
    midnight = datetime.combine(today(), time(), UTC)
    if queries.was_read_since(record_id, viewer.user_id, midnight):
        return
    db.session.rollback()  # what was read must not keep this from writing
    with transaction():
        history.record_read(record_id, actor_id=viewer.user_id)
