"""Changing several asks in one act, and taking the whole act back. What was previewed is carried
out; what somebody changed since then is left alone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

from tracker.accounts import queries as accounts
from tracker.accounts.viewer import Viewer
from tracker.casework.actions.bulk_plan import (
    MOST,
    BulkInput,
    Planned,
    Since,
    checked,
    chosen,
    found,
    plan,
    plan_back,
    state_of,
)
from tracker.casework.actions.settle import settle
from tracker.casework.actions.spans import (
    Step,
    last_contacts,
    send_unsent,
    spans_of,
    take_back,
    take_steps,
)
from tracker.casework.models import BulkChange, BulkRow
from tracker.casework.telling import PLANS
from tracker.core.dates import show_day
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.core.intake import Intake
from tracker.core.now import now
from tracker.core.together import write_together
from tracker.correspondence import actions as correspondence
from tracker.correspondence.models import Contact
from tracker.history import actions as history
from tracker.recommendations.models import Recommendation
from tracker.records import actions as records
from tracker.records.models import RecordTag
from tracker.records.queries import tags_of
from tracker.records.reach import shared_since
from tracker.sources import actions as sources

CHANGED_MEANWHILE = "Somebody changed it after the preview, so it was left as it is."
NOT_THERE = "It is not there any more, or not open to you."


def change_together(viewer: Viewer, states: Mapping[str, str], given: BulkInput) -> BulkChange:
    """Change several asks in one act. `states` holds, by reference, the state of each that the
    person saw in the preview; those in another by now are left, and so is what the rules refuse.
    Raises `Refused` where nothing would change."""
    given = checked(viewer, given)
    if len(states) > MOST:
        raise Refused(f"At most {MOST} asks at once: choose fewer.")
    asks = list(chosen(viewer, states.keys()).values())
    seen = [ask for ask in asks if state_of(ask) == states[ask.reference]]
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
    _change(viewer, doing, bulk, given.reason)
    _take_steps(viewer, doing, bulk, given)
    history.record("bulk.changed", actor_id=viewer.user_id, body={"after": {"asks": len(doing)}})
    return bulk


def get(viewer: Viewer, key: int) -> BulkChange | None:
    """A bulk change of the viewer's own, with its rows."""
    statement = (
        select(BulkChange)
        .where(BulkChange.id == key, BulkChange.by_id == viewer.user_id)
        .options(selectinload(BulkChange.rows))
    )
    return db.session.scalar(statement)


def undo_together(viewer: Viewer, key: int) -> BulkChange | None:
    """Take a bulk change of one's own back, all of it in one act. A value that somebody changed
    since stays, and each row says what was kept and why. Nothing where there is no such change;
    raises `Refused` where it was taken back before."""
    bulk = get(viewer, key)
    if bulk is None:
        return None
    if bulk.undone_at is not None:
        raise Refused("This change was taken back already.")
    rows = {row.record_id: row for row in bulk.rows if row.after}
    own = Recommendation.organisation_id == viewer.organisation_id
    asks = list(found(viewer, Recommendation.id.in_(rows) & own).values())
    since = _since(viewer, asks, bulk)
    colleagues = {user.id for user in accounts.colleagues(viewer)}
    reason = f"A change of {show_day(bulk.at.date())} was taken back."
    planned = []
    for row in rows.values():
        row.kept_why = NOT_THERE
    for ask in asks:
        records.require_edit(ask, viewer)
        each, rows[ask.id].kept_why = plan_back(ask, rows[ask.id], since[ask.id], colleagues)
        if each.after:
            planned.append(each)
    bulk.undone_at = now()
    _change(viewer, planned, bulk, reason)
    _void_steps(viewer, planned, bulk, since, reason)
    history.record("bulk.undone", actor_id=viewer.user_id, body={"after": {"asks": len(planned)}})
    return bulk


def _since(viewer: Viewer, asks: Sequence[Recommendation], bulk: BulkChange) -> dict[int, Since]:
    ids = [ask.id for ask in asks]
    tags, held, contacts = tags_of(viewer, ids), spans_of(ids), last_contacts(ids)
    shared = shared_since(ids, bulk.at)
    return {
        key: Since(tags.get(key, []), held[key], contacts.get(key, 0), key in shared) for key in ids
    }


def _void_steps(
    viewer: Viewer,
    planned: Sequence[Planned],
    bulk: BulkChange,
    since: Mapping[int, Since],
    reason: str,
) -> None:
    """Void the steps along the life cycle that the bulk change took, with what it recorded as
    sent: they never held."""
    stepped = {each.ask.id: each for each in planned if "status" in each.after}
    asks = [each.ask for each in stepped.values()]
    sent = [row.contact_id for row in bulk.rows if row.record_id in stepped and row.contact_id]
    contacts = db.session.scalars(select(Contact).where(Contact.id.in_(sent))).all()
    correspondence.void_contacts(viewer, contacts, reason)
    take_back(asks, {key: each.held for key, each in since.items()}, reason)
    for each in stepped.values():
        history.record(
            "recommendation.status_voided",
            actor_id=viewer.user_id,
            records=[each.ask.id],
            body=_body(each, bulk, reason, "status", "closure_reason"),
        )
    if asks:
        settle(asks)


# ---- carrying a plan out: sets, not loops, but for what each ask's own history says


def _change(viewer: Viewer, planned: Sequence[Planned], bulk: BulkChange, reason: str) -> None:
    """Give asks their values and tags, and tell of it in the history of each."""
    records.touch_together([each.ask for each in planned if each.after.keys() - PLANS])
    for each in planned:
        each.ask.plan_version += bool(each.after.keys() & PLANS)
        _set_values(each)
        _tell(viewer, each, bulk, reason)
    write_together(each.ask for each in planned)
    _set_tags(each for each in planned if "tags" in each.after)
    db.session.flush()


def _take_steps(
    viewer: Viewer, planned: Sequence[Planned], bulk: BulkChange, given: BulkInput
) -> None:
    """Take the steps along the life cycle, and settle what follows, all at once."""
    stepping = [each for each in planned if each.step is not None]
    cited = None
    if stepping and not given.source.is_blank:
        asks = [each.ask for each in stepping]
        cited = sources.cite_for_all(viewer, asks, given.source, Intake())
    steps: list[Step] = []
    for each in stepping:
        assert each.step is not None
        steps.append((each.ask, each.step, cited))
        told = _body(each, bulk, given.reason, "status", "closure_reason")
        history.record(
            "recommendation.status_changed",
            actor_id=viewer.user_id,
            records=[each.ask.id],
            body=told | {"on": str(each.step.on), "source": cited.reference if cited else ""},
        )
    if not steps:
        return
    made, sent = take_steps(viewer, steps), send_unsent(viewer, steps)
    for row in bulk.rows:
        if row.record_id in made:
            row.span_id = made[row.record_id].id
            row.contact_id = sent[row.record_id].id if row.record_id in sent else None
    settle([ask for ask, _, _ in steps])


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
    who, about = viewer.user_id, [each.ask.id]
    work = _body(each, bulk, reason, "assignee", "next_action", "next_action_on")
    if work["after"]:
        history.record("recommendation.changed", actor_id=who, records=about, body=work)
    if "tags" in each.after:
        tags = _body(each, bulk, reason, "tags")
        history.record("record.tagged", actor_id=who, records=about, body=tags)


def _body(each: Planned, bulk: BulkChange, reason: str, *fields: str) -> dict[str, object]:
    """What an event says of those of the fields that changed."""
    changed = [field for field in fields if field in each.after]
    return {
        "before": {field: each.before[field] for field in changed},
        "after": {field: each.after[field] for field in changed},
        "reason": reason,
        "bulk": bulk.id,
    }
