"""Who reads what is restricted: records of named people, and protected sources."""

from collections.abc import Iterable
from datetime import UTC, datetime, time

from flask import Flask, request

from tracker.accounts.viewer import Viewer
from tracker.core.db import db, transaction
from tracker.core.now import today
from tracker.history import actions as history
from tracker.history import queries
from tracker.records.models import RecordMixin
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
    if record_id is not None:
        _keep(viewer.user_id, {record_id})


def note_reads_of(viewer: Viewer, rows: Iterable[RecordMixin]) -> bool:
    """The same of records that are given out in a list, or whose words stand on the page of another
    one. They were loaded as the viewer. Whether anything was written down: what was loaded before
    is then to be loaded again, and looked at again."""
    kept = {row.id for row in rows if row.is_read_kept}
    return viewer.user_id is not None and _keep(viewer.user_id, kept)


def _keep(user_id: int, record_ids: set[int]) -> bool:
    if not record_ids:
        return False
    midnight = datetime.combine(today(), time(), UTC)
    unkept = sorted(record_ids - queries.read_since(record_ids, user_id, midnight))
    if unkept:
        db.session.rollback()  # what was read must not keep this from writing
        with transaction():
            for record_id in unkept:
                history.record_read(record_id, actor_id=user_id)
    return bool(unkept)
