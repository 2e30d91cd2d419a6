"""What people want to be told, and which records they watch."""

from collections.abc import Collection
from zoneinfo import available_timezones

from sqlalchemy import delete, select

from tracker.accounts.viewer import Viewer
from tracker.core.db import db
from tracker.core.errors import NotAllowed, Refused
from tracker.history import actions as history
from tracker.notifications.models import HowOften, NoticeChoice, NoticeKind, Watch
from tracker.records.models import Record
from tracker.records.queries import visible_references

MOST_WATCHED = 500
DEFAULTS = {
    NoticeKind.FLAG: HowOften.DAILY,
    NoticeKind.ASSIGNED: HowOften.AT_ONCE,
    NoticeKind.NEXT_ACTION: HowOften.DAILY,
    NoticeKind.CHANGE: HowOften.DAILY,
}


def of(user_id: int) -> NoticeChoice:
    """What a person chose, or the defaults, not yet on record."""
    found = db.session.get(NoticeChoice, user_id)
    return found or _default(user_id)


def of_all(user_ids: Collection[int]) -> dict[int, NoticeChoice]:
    """The same for several people, in one statement."""
    rows = db.session.scalars(select(NoticeChoice).where(NoticeChoice.user_id.in_(user_ids)))
    found = {row.user_id: row for row in rows}
    return {user_id: found.get(user_id) or _default(user_id) for user_id in user_ids}


def _default(user_id: int) -> NoticeChoice:
    words = {kind.value: often for kind, often in DEFAULTS.items()}
    return NoticeChoice(user_id=user_id, time_zone="UTC", **words)


def choose(user_id: int, wanted: dict[NoticeKind, HowOften], time_zone: str) -> None:
    """Keep what a person wants; what is as it was changes nothing. Raises `Refused` for a time zone
    that there is not."""
    if time_zone not in available_timezones():
        raise Refused({"time_zone": "Choose a time zone of the list."})
    choice = of(user_id)
    before = {kind: getattr(choice, kind.value) for kind in wanted}
    if (before, choice.time_zone) == (wanted, time_zone):
        return
    for kind, often in wanted.items():
        setattr(choice, kind.value, often)
    choice.time_zone = time_zone
    db.session.add(choice)
    history.record("notices.chosen", actor_id=user_id)


def stop(user_id: int) -> None:
    """No notice any more."""
    choose(user_id, dict.fromkeys(NoticeKind, HowOften.NEVER), of(user_id).time_zone)


def watch(viewer: Viewer, reference: str) -> None:
    """Tell a person of changes of a record that they see. Raises `NotAllowed`, and `Refused` for
    too many."""
    record = _seen(viewer, reference)
    if viewer.user_id is None or record is None:
        raise NotAllowed("Only what you see can be watched.")
    if is_watched(viewer, reference):
        return
    if len(watched(viewer)) >= MOST_WATCHED:
        raise Refused(f"A person watches at most {MOST_WATCHED} records. Stop watching one first.")
    db.session.merge(Watch(user_id=viewer.user_id, record_id=record.id))
    body = {"after": {"record": reference}}
    history.record("watch.started", actor_id=viewer.user_id, body=body)


def unwatch(viewer: Viewer, reference: str) -> None:
    """Stop; what is no longer seen can be left too."""
    own = select(Record.id).where(Record.reference == reference)
    gone = delete(Watch).where(Watch.user_id == viewer.user_id, Watch.record_id.in_(own))
    ended = db.session.scalars(
        gone.returning(Watch.record_id).execution_options(synchronize_session=False)
    ).all()
    if ended:
        body = {"before": {"record": reference}}
        history.record("watch.ended", actor_id=viewer.user_id, body=body)


def is_watched(viewer: Viewer, reference: str) -> bool:
    """Whether a person watches a record that they see."""
    mine = select(Watch.record_id).where(Watch.user_id == viewer.user_id)
    found = select(Record.id).where(Record.reference == reference, Record.id.in_(mine))
    return db.session.scalar(found) is not None


def watched(viewer: Viewer) -> list[str]:
    """The references of what a person watches and still sees."""
    rows = db.session.scalars(
        select(Record.reference)
        .join(Watch, Watch.record_id == Record.id)
        .where(Watch.user_id == viewer.user_id)
        .order_by(Record.reference)
    ).all()
    seen = visible_references(viewer, rows)
    return [reference for reference in rows if reference in seen]


def _seen(viewer: Viewer, reference: str) -> Record | None:
    if reference not in visible_references(viewer, [reference]):
        return None
    return db.session.scalar(select(Record).where(Record.reference == reference))
