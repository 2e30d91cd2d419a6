"""Planning a change of several asks, or its taking back: what would become of each ask, and what
the rules refuse and why. Writes nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from tracker.accounts import queries as accounts
from tracker.accounts.viewer import Viewer
from tracker.casework.actions.spans import standings_of
from tracker.casework.models import BulkChange, BulkRow
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.core.intake import Intake
from tracker.core.now import today
from tracker.core.references import well_formed
from tracker.recommendations import workflow
from tracker.recommendations.models import (
    ClosureReason,
    Recommendation,
    Status,
    StatusSpan,
)
from tracker.records import actions as records
from tracker.records.models import Record
from tracker.records.queries import tags_of, visible
from tracker.sources import actions as sources
from tracker.sources.actions import SourceInput

MOST = 500


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


def state_of(ask: Recommendation) -> str:
    """What stands for the state that a preview shows an ask in: its version, and its plan's."""
    return f"{ask.version}.{ask.plan_version}"


def chosen(viewer: Viewer, references: Collection[str]) -> dict[str, Recommendation]:
    """Those of the asks that the viewer may change, by reference; others are not there."""
    own = Recommendation.organisation_id == viewer.organisation_id
    return found(viewer, Record.reference.in_(well_formed(references)) & own)


def found(viewer: Viewer, condition: Any) -> dict[str, Recommendation]:
    statement = (
        select(Recommendation)
        .join(Record, Record.id == Recommendation.id)
        .where(condition)
        .order_by(Recommendation.id)
    )
    rows = db.session.scalars(visible(statement, Recommendation, viewer))
    return {ask.reference: ask for ask in rows}


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


FIELDS = {
    "assignee": "who it is assigned to",
    "next_action": "the next action",
    "next_action_on": "the day of the next action",
}


@dataclass(frozen=True)
class Since:
    """What happened to an ask by now, since it was changed together with others: the spans of its
    life cycle that hold or held, and the contact recorded last."""

    tags: Sequence[str]
    held: Sequence[StatusSpan]
    last_contact_id: int
    is_shared: bool = False  # somebody reads it since who did not


def plan_back(
    ask: Recommendation, row: BulkRow, since: Since, colleagues: Collection[int]
) -> tuple[Planned, str]:
    """How an ask goes back to what it was, and what of it stays and why. It is given back to nobody
    but a colleague."""
    now_is, before, after = values_of(ask, since.tags), row.before, row.after
    changed = [name for name in after if name in FIELDS and now_is[name] != after[name]]
    kept = [f"Somebody changed {FIELDS[name]} since." for name in changed]
    wanted: dict[str, Any] = {
        name: before[name] for name in FIELDS if name in after and name not in changed
    }
    if wanted.get("assignee") and wanted["assignee"] not in colleagues:
        del wanted["assignee"]
        kept.append("Whoever had it is no colleague any more.")
    if wanted.get("next_action_on") and not wanted.get("next_action", ask.next_action):
        del wanted["next_action_on"]
        kept.append("The day of the next action stays: no action is left for it.")
    if "tags" in after:
        wanted["tags"] = tags = _tags_back(row, since.tags)
        if since.is_shared and not set(tags) <= set(since.tags):
            wanted["tags"] = [tag for tag in tags if tag in since.tags]
            kept.append("Others read it since: tags that were taken off stay off.")
    if row.span_id is not None:
        problem = _why_status_stays(ask, row, since)
        if problem:
            kept.append(f"The status stays: {problem}")
        else:
            held = since.held[-2]
            wanted |= {"status": held.status.value, "closure_reason": held.closure_reason}
    new = {name: value for name, value in wanted.items() if value != now_is[name]}
    return Planned(ask, {n: now_is[n] for n in new}, new), " ".join(kept)


def _tags_back(row: BulkRow, tags: Sequence[str]) -> list[str]:
    """The present tags without those added then, and with those removed then."""
    added = set(row.after["tags"]) - set(row.before["tags"])
    removed = set(row.before["tags"]) - set(row.after["tags"])
    return sorted((set(tags) - added) | removed)


def _why_status_stays(ask: Recommendation, row: BulkRow, since: Since) -> str:
    """Why a change of status is not undone, or nothing: what others built on it stays."""
    if not since.held or since.held[-1].id != row.span_id:
        return "somebody changed it since."
    if row.contact_id is not None and since.last_contact_id != row.contact_id:
        return "something that rests on it was recorded since."
    if workflow.is_unfounded(since.held[-2].closure_reason, ask.result):
        return "the ask was closed for an outcome that no longer stands."
    return ""
