"""Changing several asks in one act, and taking the whole act back.

A change is first planned, which writes nothing: what would become of each ask, and which the rules
refuse and why. Carried out, it leaves alone what somebody changed since it was planned.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

from tracker.accounts import queries as accounts
from tracker.accounts.viewer import Viewer
from tracker.casework.actions.bulk_status import begin_statuses, standings_of
from tracker.casework.models import BulkChange, BulkRow
from tracker.core.dates import PartialDate, show_day
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.core.intake import Intake
from tracker.core.now import now, today
from tracker.core.references import well_formed
from tracker.history import actions as history
from tracker.recommendations import workflow
from tracker.recommendations.models import ClosureReason, Recommendation, Status
from tracker.records import actions as records
from tracker.records.models import Record, RecordTag
from tracker.records.queries import tags_of, visible
from tracker.sources import actions as sources
from tracker.sources.actions import SourceInput

MOST = 500
CHANGED_MEANWHILE = "Somebody changed it after the preview, so it was left as it is."
NOT_THERE = "It is not there any more, or not open to you."


@dataclass(frozen=True)
class BulkInput:
    """What is to be changed; what is left empty stays as it is. `assigns` says that the assignee is
    to change, to nobody where `assignee_id` is nothing."""

    assigns: bool = False
    assignee_id: int | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    next_action: str = ""
    next_action_on: date | None = None
    clears_next: bool = False
    to: Status | None = None
    on: PartialDate | None = None
    closure_reason: ClosureReason | None = None
    source: SourceInput = field(default_factory=SourceInput)
    reason: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing would be changed."""
        plans = self.next_action or self.next_action_on or self.clears_next
        return not (self.assigns or self.add_tags or self.remove_tags or plans or self.to)


@dataclass(frozen=True)
class Planned:
    """What would become of one ask: its changed fields as they are and as they would be, with the
    step along the life cycle; or why the rules refuse it."""

    ask: Recommendation
    before: dict[str, Any]
    after: dict[str, Any]
    step: workflow.Change | None = None
    refused: str = ""

    @property
    def changes(self) -> bool:
        """The ask would change."""
        return bool(self.after) and not self.refused


def chosen(
    viewer: Viewer, references: Collection[str], *, lock: bool = False
) -> dict[str, Recommendation]:
    """Those of the asks that the viewer may change, by reference; others are not there."""
    own = Recommendation.organisation_id == viewer.organisation_id
    return _found(viewer, Record.reference.in_(well_formed(references)) & own, lock=lock)


def _found(viewer: Viewer, condition: Any, *, lock: bool) -> dict[str, Recommendation]:
    statement = (
        select(Recommendation)
        .join(Record, Record.id == Recommendation.id)
        .where(condition)
        .order_by(Recommendation.id)
    )
    if lock:  # in one order, so that two people cannot wait for each other
        statement = statement.with_for_update(of=Recommendation)
    found = db.session.scalars(visible(statement, Recommendation, viewer))
    return {ask.reference: ask for ask in found}


def checked(viewer: Viewer, given: BulkInput) -> BulkInput:
    """What was handed in, cleaned. Raises `Refused` with every problem at its field."""
    intake = Intake()
    action = intake.text("next_action", given.next_action, Recommendation.next_action)
    reason = intake.text("reason", given.reason, BulkChange.reason)
    add = records.check_tags(given.add_tags, intake.under("add", "_"))
    remove = records.check_tags(given.remove_tags, intake.under("remove", "_"))
    if both := sorted(set(add) & set(remove)):
        intake.refuse("remove_tags", f"“{both[0]}” cannot be added and removed at once.")
    if given.clears_next and (action or given.next_action_on):
        intake.refuse("clear_next", "Either clear the next action, or say what it is.")
    if given.assignee_id is not None and given.assignee_id not in {
        user.id for user in accounts.colleagues(viewer)
    }:
        intake.refuse("assignee", "Choose a colleague of your organisation.")
    if not given.source.is_blank:
        sources.check(given.source, intake.under("source", "_"))
    if given.to is None and given.closure_reason is not None:
        intake.refuse("closure_reason", "Only closing takes this. Set the status to closed too.")
    if given.is_empty and not intake.problems:
        intake.refuse("", "Say what is to change.")
    intake.done()
    cleaned = {"add_tags": tuple(add), "remove_tags": tuple(remove)}
    return replace(given, next_action=action, reason=reason, **cleaned)  # type: ignore[arg-type]


def plan(viewer: Viewer, asks: Sequence[Recommendation], given: BulkInput) -> list[Planned]:
    """What a checked change would do to each ask. Writes nothing; three statements at the most."""
    tags = tags_of(viewer, [ask.id for ask in asks])
    standings = standings_of(asks) if given.to else {}
    return [_planned(ask, tags.get(ask.id, []), given, standings.get(ask.id)) for ask in asks]


def _planned(
    ask: Recommendation, tags: list[str], given: BulkInput, standing: workflow.Standing | None
) -> Planned:
    now_is, wanted = values_of(ask, tags), dict[str, Any]()
    problems: list[str] = []
    if given.assigns:
        wanted["assignee"] = given.assignee_id
    if given.add_tags or given.remove_tags:
        wanted["tags"] = sorted({*tags, *given.add_tags} - set(given.remove_tags))
        if len(wanted["tags"]) > records.MOST_TAGS:
            problems.append(f"It would have more than {records.MOST_TAGS} tags.")
    wanted |= _next_wanted(given)
    if wanted.get("next_action_on") and not wanted.get("next_action", ask.next_action):
        problems.append("It has no next action: say what is to be done on that day.")
    step = None
    if standing is not None and given.to not in (None, ask.status):
        assert given.to is not None
        source, closure = not given.source.is_blank, given.closure_reason
        step = workflow.Change(
            given.to, given.on, reason=given.reason, has_source=source, closure_reason=closure
        )
        problems += _refusals(standing, step)
        wanted |= {"status": given.to.value, "closure_reason": closure}
    after = {name: value for name, value in wanted.items() if value != now_is[name]}
    return Planned(ask, {n: now_is[n] for n in after}, after, step, " ".join(problems))


def _next_wanted(given: BulkInput) -> dict[str, Any]:
    if given.clears_next:
        return {"next_action": "", "next_action_on": None}
    wanted: dict[str, Any] = {"next_action": given.next_action} if given.next_action else {}
    if given.next_action_on:
        wanted["next_action_on"] = given.next_action_on.isoformat()
    return wanted


def _refusals(standing: workflow.Standing, step: workflow.Change) -> list[str]:
    """What the rules of the life cycle say against a step."""
    try:
        workflow.check(standing, step, today())
    except Refused as refusal:
        return list(refusal.problems.values())
    return []


def values_of(ask: Recommendation, tags: Sequence[str]) -> dict[str, Any]:
    """The fields that can be changed together, as they are kept and told."""
    return {
        "assignee": ask.assignee_id,
        "next_action": ask.next_action,
        "next_action_on": ask.next_action_on.isoformat() if ask.next_action_on else None,
        "tags": list(tags),
        "status": ask.status.value,
        "closure_reason": ask.closure_reason,
    }


def change_together(viewer: Viewer, versions: Mapping[str, int], given: BulkInput) -> BulkChange:
    """Change several asks in one act. `versions` holds, by reference, the version of each that the
    person saw in the preview; those that are another by now are left, and so is what the rules
    refuse. Raises `Refused` where nothing would change."""
    given = checked(viewer, given)
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


def undo(viewer: Viewer, key: int) -> BulkChange | None:
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
    asks = list(_found(viewer, Recommendation.id.in_(rows) & own, lock=True).values())
    tags, standings = tags_of(viewer, [ask.id for ask in asks]), standings_of(asks)
    reason = f"A change of several asks on {show_day(bulk.at.date())} was taken back."
    planned = []
    for row in rows.values():
        row.kept_why = NOT_THERE
    for ask in asks:
        each, kept = _planned_back(
            ask, tags.get(ask.id, []), rows[ask.id], standings[ask.id], reason
        )
        rows[ask.id].kept_why = kept
        planned.append(each)
    bulk.undone_at = now()
    _carry_out(viewer, [p for p in planned if p.after], bulk, reason, SourceInput())
    history.record("bulk.undone", actor_id=viewer.user_id, body={"after": {"asks": len(planned)}})
    return bulk


FIELDS = {
    "assignee": "who it is assigned to",
    "next_action": "the next action",
    "next_action_on": "the day of the next action",
    "status": "the status",
}


def _planned_back(
    ask: Recommendation,
    tags: list[str],
    row: BulkRow,
    standing: workflow.Standing,
    reason: str,
) -> tuple[Planned, str]:
    """How an ask goes back to what it was, and what of it stays and why."""
    now_is, wanted = values_of(ask, tags), dict[str, Any]()
    before, after = row.before, row.after
    changed = [name for name in after if name in FIELDS and now_is[name] != after[name]]
    kept = [f"Somebody changed {FIELDS[name]} since." for name in changed]
    wanted |= {
        name: before[name]
        for name in ("assignee", "next_action", "next_action_on")
        if name in after and name not in changed
    }
    if "tags" in after:
        added, removed = (
            set(after["tags"]) - set(before["tags"]),
            set(before["tags"]) - set(after["tags"]),
        )
        wanted["tags"] = sorted((set(tags) - added) | removed)
    if wanted.get("next_action_on") and not wanted.get("next_action", ask.next_action):
        del wanted["next_action_on"]
        kept.append("The day of the next action stays: no action is left for it.")
    step = None
    if "status" in after and "status" not in changed:
        closure = before.get("closure_reason", now_is["closure_reason"])
        back = workflow.Change(
            Status(before["status"]),
            PartialDate.of(today()),
            reason=reason,
            closure_reason=ClosureReason(closure) if closure else None,
        )
        refused = _refusals(standing, back)
        kept += [f"The status stays: {problem}" for problem in refused]
        if not refused:
            step = back
            wanted |= {"status": back.to.value, "closure_reason": back.closure_reason}
    new = {name: value for name, value in wanted.items() if value != now_is[name]}
    return Planned(ask, {n: now_is[n] for n in new}, new, step), " ".join(kept)


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
    begin_statuses(viewer, [(p.ask, p.step) for p in planned if p.step], source)
    db.session.flush()


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


_TOLD = {
    "recommendation.changed": ("assignee", "next_action", "next_action_on"),
    "record.tagged": ("tags",),
    "recommendation.status_changed": ("status", "closure_reason"),
}


def _tell(viewer: Viewer, each: Planned, bulk: BulkChange, reason: str) -> None:
    """The ask's own history says what changed, under the names that a change of it alone has."""
    for name, fields in _TOLD.items():
        changed = [field for field in fields if field in each.after]
        if changed:
            on = {"on": str(each.step.on)} if each.step and "status" in changed else {}
            history.record(
                name,
                actor_id=viewer.user_id,
                records=[each.ask.id],
                body={
                    "before": {field: each.before[field] for field in changed},
                    "after": {field: each.after[field] for field in changed},
                    "reason": reason,
                    "bulk": bulk.id,
                    **on,
                },
            )
