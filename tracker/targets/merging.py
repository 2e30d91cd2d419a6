"""Merging a duplicate into the target that stands for both, and taking that back."""

from sqlalchemy import select

from tracker.accounts.viewer import Viewer
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.core.intake import Intake
from tracker.history import actions as history
from tracker.records import actions as records
from tracker.records.queries import may_edit
from tracker.targets.merged import standing
from tracker.targets.models import Target


def merge(viewer: Viewer, target: Target, into: Target | None, reason: str) -> Target:
    """Have `into` stand for `target`, both of the viewer's organisation. No link moves. Merges that
    the viewer cannot know of make way, and those who see them read so in their history.

    Raises `NotAllowed`, or `Refused` where they are no duplicates, none was chosen or no reason is
    given. Returns the target that stands for both.
    """
    records.require_edit(target, viewer)
    intake = Intake()
    missing = "Say in a sentence why they are one: it goes into the history."
    said = intake.reason("reason", reason, missing)
    if problem := _problem(viewer, target, into):
        intake.refuse("name", problem)
    intake.done()
    assert into is not None
    for lower in (target, into) if _leads_to(into, target) else (target,):
        if lower.merged_into_id is not None:
            _part(viewer, lower, db.session.get_one(Target, lower.merged_into_id))
    target.merged_into_id = into.id
    records.touch(target, beside=into)
    history.record(
        "target.merged",
        actor_id=viewer.user_id,
        records=[target.id, into.id],
        body={"after": _told(target, into), "reason": said},
    )
    return into


def unmerge(viewer: Viewer, target: Target, into: Target | None, seen_version: int) -> None:
    """Have a target stand for itself again, which was merged into another that the viewer sees.
    Raises `NotAllowed`, `Stale`, or `Refused` where it is not."""
    records.require_edit(target, viewer)
    if into is None or target.merged_into_id != into.id:
        raise Refused("This target is not merged into another.")
    records.require_current(target, seen_version)
    _part(viewer, target, into)


def _part(viewer: Viewer, target: Target, into: Target) -> None:
    target.merged_into_id = None
    records.touch(target, beside=into)
    history.record(
        "target.unmerged",
        actor_id=viewer.user_id,
        records=[target.id, into.id],
        body={"after": _told(target, into)},
    )


def _told(target: Target, into: Target) -> dict[str, str]:
    return {"target": target.reference, "stands_for_it": into.reference}


def _problem(viewer: Viewer, target: Target, into: Target | None) -> str:
    """Why one cannot be merged into the other, or nothing."""
    if into is None:
        return "Choose a target on record: find it by its name, or give its reference (T-…)."
    if not may_edit(into, viewer):
        return "Another organisation holds that target. Only two of your own can be merged."
    if target.id == into.id:
        return "This is the target itself. Choose the other one."
    if target.kind is not into.kind:
        return "They are of two kinds. Put the kind of one right first, if they are the same."
    known = standing(viewer, [target, into])
    own, survivor = known[target.id], known[into.id]
    if survivor.id == target.id:
        return f"{into.name} is merged into this one already."
    if survivor.id != into.id:
        return f"{into.name} is merged into {survivor.name}. Choose that one."
    if own.id != target.id:
        return f"This one is merged into {own.name} already. Take that back first."
    return ""


def _leads_to(start: Target, end: Target) -> bool:
    """Whether the way up from one target comes to the other, whoever may see the steps."""
    step, seen = start.merged_into_id, set[int]()
    while step is not None and step not in seen:
        if step == end.id:
            return True
        seen.add(step)
        step = db.session.scalar(select(Target.merged_into_id).where(Target.id == step))
    return False
