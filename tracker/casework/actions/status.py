"""Changing the status of an ask along the life cycle, and taking a change back."""

from collections.abc import Sequence

from tracker.accounts.viewer import Viewer
from tracker.casework.actions.settle import settle
from tracker.casework.actions.spans import (
    send_unsent,
    sent_among,
    spans_of,
    standing_of,
    take_back,
    take_steps,
)
from tracker.core.dates import PartialDate
from tracker.core.errors import Refused
from tracker.core.intake import Intake
from tracker.core.now import today
from tracker.history import actions as history
from tracker.recommendations import workflow
from tracker.recommendations.models import (
    BEFORE_SENDING,
    ClosureReason,
    Recommendation,
    Status,
    StatusSpan,
)
from tracker.records import actions as records
from tracker.sources import actions as sources
from tracker.sources.actions import SourceInput


def change_status(
    viewer: Viewer,
    ask: Recommendation,
    change: workflow.Change,
    source: SourceInput,
    seen_version: int,
) -> None:
    """Change the status along the life cycle. Setting it to "submitted" by hand records that the
    ask went out that day to all its addressees. Raises `Refused`, `NotAllowed` or `Stale`."""
    records.require_edit(ask, viewer)
    records.require_current(ask, seen_version)
    records.touch(ask)
    standing = standing_of(ask)
    intake = Intake()
    note = intake.text("note", change.note, StatusSpan.note, multiline=True)
    reason = intake.text("reason", change.reason, StatusSpan.reason, multiline=True)
    change = workflow.Change(
        change.to, change.on, note, reason, not source.is_blank, change.closure_reason
    )
    try:
        workflow.check(standing, change, today())
    except Refused as refusal:
        for field, problem in refusal.problems.items():
            intake.refuse(field, problem)
    if not source.is_blank:
        sources.check(source, intake.under("source", "_"))
    intake.done()
    cited = None if source.is_blank else sources.cite(viewer, ask, source, intake)
    before = status_of(ask)
    take_steps(viewer, [(ask, change, cited)])
    send_unsent(viewer, [(ask, change, cited)])
    record_change(viewer, ask, before, change, source=cited.reference if cited else "")
    settle([ask])


def void_status(viewer: Viewer, ask: Recommendation, reason: str, seen_version: int) -> None:
    """Take back the last change of status, which was entered in error: the ask has again the one
    before it. Raises `Refused`, `NotAllowed` or `Stale`."""
    records.require_edit(ask, viewer)
    records.require_current(ask, seen_version)
    records.touch(ask)
    intake = Intake()
    reason = intake.text(
        "reason", reason, StatusSpan.void_reason, missing="Say in a sentence what was wrong."
    )
    held = spans_of([ask.id])[ask.id]
    before = held[-2] if len(held) > 1 else None
    if before is None:
        intake.refuse("reason", "This is the first status of the ask: there is none before it.")
    elif before.status in BEFORE_SENDING and sent_among([ask.id]):
        intake.refuse("reason", "A letter with this ask was sent. Void that contact first.")
    elif workflow.is_unfounded(before.closure_reason, ask.result):
        intake.refuse(
            "reason", "The ask was closed for an outcome that no longer stands. Record it first."
        )
    intake.done()
    was = status_of(ask)
    take_back([ask], {ask.id: held}, reason)
    history.record(
        "recommendation.status_voided",
        actor_id=viewer.user_id,
        records=[ask.id],
        body={"before": was, "after": status_of(ask), "reason": reason},
    )
    settle([ask])


def reopen_unfounded(
    viewer: Viewer, asks: Sequence[Recommendation], on: PartialDate | None, why: str
) -> None:
    """Reopen those of the asks that were closed for an outcome which counts no more, with the
    status that they had before. `on` is the day of the event; none means today."""
    reopened = [ask for ask in asks if workflow.is_unfounded(ask.closure_reason, ask.result)]
    spans, steps = spans_of([ask.id for ask in reopened]), []
    for ask in reopened:
        *_, before, closed = spans[ask.id]  # what is closed had another status before
        day = on or PartialDate.of(today())
        if closed.from_on and day.latest < closed.from_on.earliest:
            day = closed.from_on
        steps.append((ask, workflow.Change(before.status, day, reason=why), None))
    closed_as = [status_of(ask) for ask in reopened]
    take_steps(viewer, steps)
    for (ask, change, _), was in zip(steps, closed_as, strict=True):
        record_change(viewer, ask, was, change)
    records.touch_together(reopened)
    if reopened:
        settle(reopened)


def withdraw(viewer: Viewer, asks: Sequence[Recommendation], reason: str) -> None:
    """Close asks as withdrawn, from today."""
    day = PartialDate.of(today())
    step = workflow.Change(
        Status.CLOSED, day, reason=reason, closure_reason=ClosureReason.WITHDRAWN
    )
    before = [status_of(ask) for ask in asks]
    take_steps(viewer, [(ask, step, None) for ask in asks])
    for ask, was in zip(asks, before, strict=True):
        record_change(viewer, ask, was, step)


def status_of(ask: Recommendation) -> dict[str, object]:
    """The status of an ask as the history tells it."""
    return {"status": ask.status, "closure_reason": ask.closure_reason}


def record_change(
    viewer: Viewer,
    ask: Recommendation,
    before: dict[str, object],
    change: workflow.Change,
    source: str = "",
) -> None:
    """Say in the history that an ask took a step."""
    history.record(
        "recommendation.status_changed",
        actor_id=viewer.user_id,
        records=[ask.id],
        body={
            "before": before,
            "after": status_of(ask),
            "on": str(change.on),
            "note": change.note,
            "reason": change.reason,
            "source": source,
        },
    )
