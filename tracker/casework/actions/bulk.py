"""Changing several asks in one act, and taking the whole act back. What was previewed is carried
out; what somebody changed since then is left alone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

from tracker.accounts.viewer import Viewer
from tracker.casework.actions.bulk_plan import (
    MOST,
    BulkInput,
    Planned,
    checked,
    chosen,
    found,
    plan,
    plan_back,
)
from tracker.casework.actions.settle import settle
from tracker.casework.actions.spans import Step, send_unsent, standings_of, take_steps
from tracker.casework.models import BulkChange, BulkRow
from tracker.core.dates import show_day
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.core.intake import Intake
from tracker.core.now import now
from tracker.history import actions as history
from tracker.recommendations.models import Recommendation
from tracker.records import actions as records
from tracker.records.models import RecordTag
from tracker.records.queries import tags_of
from tracker.sources import actions as sources
from tracker.sources.actions import SourceInput

CHANGED_MEANWHILE = "Somebody changed it after the preview, so it was left as it is."
NOT_THERE = "It is not there any more, or not open to you."


def change_together(viewer: Viewer, versions: Mapping[str, int], given: BulkInput) -> BulkChange:
    """Change several asks in one act. `versions` holds, by reference, the version of each that the
    person saw in the preview; those that are another by now are left, and so is what the rules
    refuse. Raises `Refused` where nothing would change."""
    given = checked(viewer, given)
    if len(versions) > MOST:
        raise Refused(f"Up to {MOST} asks at once.")
    asks = list(chosen(viewer, versions.keys(), lock=True).values())
    seen = [ask for ask in asks if ask.version == versions[ask.reference]]
    planned = plan(viewer, seen, given)
    doing = [each for each in planned if each.changes]
    if not doing:
        raise Refused("Of these asks none would change now. Look at the preview again.")
    left = {each.ask.id: each.refused for each in planned if each.refused}
    left |= {ask.id: CHANGED_MEANWHILE for ask in asks if ask not in seen}
    bulk = BulkChange(by_id=viewer.user_id, reason=given.reason)
    bulk.rows = [
        BulkRow(record_id=each.ask.id, position=place, before=each.before, after=each.after)
        for place, each in enumerate(doing)
    ] + [
        BulkRow(record_id=record_id, position=place, before={}, after={}, left_why=why)
        for place, (record_id, why) in enumerate(left.items(), len(doing))
    ]
    db.session.add(bulk)
    db.session.flush()
    _carry_out(viewer, doing, bulk, given.reason, given.source)
    history.record("bulk.changed", actor_id=viewer.user_id, body={"after": {"asks": len(doing)}})
    return bulk


def get(viewer: Viewer, key: int, *, lock: bool = False) -> BulkChange | None:
    """A bulk change of the viewer's own, with its rows."""
    statement = (
        select(BulkChange)
        .where(BulkChange.id == key, BulkChange.by_id == viewer.user_id)
        .options(selectinload(BulkChange.rows))
    )
    if lock:
        statement = statement.with_for_update(of=BulkChange)
    return db.session.scalar(statement)


def undo_together(viewer: Viewer, key: int) -> BulkChange | None:
    """Take a bulk change of one's own back, all of it in one act. A value that somebody changed
    since stays, and each row says what was kept and why. Nothing where there is no such change;
    raises `Refused` where it was taken back before."""
    bulk = get(viewer, key, lock=True)
    if bulk is None:
        return None
    if bulk.undone_at is not None:
        raise Refused("This change was taken back already.")
    rows = {row.record_id: row for row in bulk.rows if row.after}
    own = Recommendation.organisation_id == viewer.organisation_id
    asks = list(found(viewer, Recommendation.id.in_(rows) & own, lock=True).values())
    tags, standings = tags_of(viewer, [ask.id for ask in asks]), standings_of(asks)
    reason = f"A change of several asks on {show_day(bulk.at.date())} was taken back."
    planned = []
    for row in rows.values():
        row.kept_why = NOT_THERE
    for ask in asks:
        each, kept = plan_back(ask, tags.get(ask.id, []), rows[ask.id], standings[ask.id], reason)
        rows[ask.id].kept_why = kept
        planned.append(each)
    bulk.undone_at = now()
    _carry_out(viewer, [p for p in planned if p.after], bulk, reason, SourceInput())
    history.record("bulk.undone", actor_id=viewer.user_id, body={"after": {"asks": len(planned)}})
    return bulk


# ---- carrying a plan out: sets, not loops, but for what each ask's own history says


def _carry_out(
    viewer: Viewer,
    planned: Sequence[Planned],
    bulk: BulkChange,
    reason: str,
    source: SourceInput,
) -> None:
    for each in planned:
        records.touch(each.ask)
        _set_values(each)
        _tell(viewer, each, bulk, reason)
    _set_tags(each for each in planned if "tags" in each.after)
    _step(viewer, [each for each in planned if each.step], source)
    db.session.flush()


def _step(viewer: Viewer, planned: Sequence[Planned], source: SourceInput) -> None:
    """Take the steps along the life cycle, and settle what follows, all at once."""
    if not planned:
        return
    steps: list[Step] = []
    for each in planned:
        assert each.step is not None
        cited = None if source.is_blank else sources.cite(viewer, each.ask, source, Intake())
        steps.append((each.ask, each.step, cited))
    take_steps(viewer, steps)
    send_unsent(viewer, steps)
    settle([each.ask for each in planned])


def _set_values(each: Planned) -> None:
    ask, after = each.ask, each.after
    if "assignee" in after:
        ask.assignee_id = after["assignee"]
    if "next_action" in after:
        ask.next_action = after["next_action"]
    if "next_action_on" in after:
        day = after["next_action_on"]
        ask.next_action_on = date.fromisoformat(day) if day else None


def _set_tags(planned: Iterable[Planned]) -> None:
    tagged = list(planned)
    ids = [each.ask.id for each in tagged]
    if not ids:
        return
    db.session.execute(delete(RecordTag).where(RecordTag.record_id.in_(ids)))
    for each in tagged:
        for tag in each.after["tags"]:
            link = RecordTag(record_id=each.ask.id, tag=tag)
            records.copy_audience(link, each.ask)
            db.session.add(link)


def _tell(viewer: Viewer, each: Planned, bulk: BulkChange, reason: str) -> None:
    """The ask's own history says what changed, under the names that a change of it alone has."""

    def body(*fields: str) -> dict[str, object]:
        changed = [field for field in fields if field in each.after]
        return {
            "before": {field: each.before[field] for field in changed},
            "after": {field: each.after[field] for field in changed},
            "reason": reason,
            "bulk": bulk.id,
        }

    who, about = viewer.user_id, [each.ask.id]
    work = body("assignee", "next_action", "next_action_on")
    if work["after"]:
        history.record("recommendation.changed", actor_id=who, records=about, body=work)
    if "tags" in each.after:
        history.record("record.tagged", actor_id=who, records=about, body=body("tags"))
    if each.step is not None:
        told = body("status", "closure_reason") | {"on": str(each.step.on)}
        history.record("recommendation.status_changed", actor_id=who, records=about, body=told)
