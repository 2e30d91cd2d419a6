"""The status of an ask along the life cycle, kept as spans: an ask has one status at a time."""

from collections.abc import Sequence

from sqlalchemy import select

from tracker.accounts.viewer import Viewer
from tracker.casework.actions.settle import settle
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.core.intake import Intake
from tracker.core.now import now, today
from tracker.correspondence import actions as correspondence
from tracker.correspondence.models import Channel, Contact, ContactRecommendation, Substance
from tracker.history import actions as history
from tracker.recommendations import workflow
from tracker.recommendations.models import Addressee, Recommendation, Status, StatusSpan
from tracker.records import actions as records
from tracker.sources import actions as sources
from tracker.sources.actions import SourceInput
from tracker.sources.models import Source


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
    records.touch(ask, seen_version)
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
    before = _status_of(ask)
    begin_status(ask, change.to, change.on, viewer, change=change, source=cited)
    if change.to is Status.SUBMITTED and not standing.was_sent:
        _record_sending(viewer, ask, change)
    _record_change(viewer, ask, before, change, source=cited.reference if cited else "")
    settle([ask])


def void_status(viewer: Viewer, ask: Recommendation, reason: str, seen_version: int) -> None:
    """Take back the last change of status, which was entered in error: the ask has again the one
    before it. Raises `Refused`, `NotAllowed` or `Stale`."""
    records.require_edit(ask, viewer)
    records.touch(ask, seen_version)
    intake = Intake()
    reason = intake.text(
        "reason", reason, StatusSpan.void_reason, missing="Say in a sentence what was wrong."
    )
    last, before = _last_two_spans(ask.id)
    if last is None or before is None:
        intake.refuse("reason", "This is the first status of the ask: there is none before it.")
    elif before.status in workflow.BEFORE_SENDING and was_sent(ask.id):
        intake.refuse("reason", "A letter with this ask was sent. Void that contact first.")
    elif workflow.is_unfounded(before.closure_reason, ask.result):
        intake.refuse(
            "reason", "The ask was closed for an outcome that no longer stands. Record it first."
        )
    intake.done()
    assert last is not None
    assert before is not None
    was = _status_of(ask)
    last.voided_at, last.void_reason = now(), reason
    before.until_on, before.ended_at = None, None
    ask.status, ask.closure_reason = before.status, before.closure_reason
    history.record(
        "recommendation.status_voided",
        actor_id=viewer.user_id,
        records=[ask.id],
        body={"before": was, "after": _status_of(ask), "reason": reason},
    )
    settle([ask])


def reopen_unfounded(
    viewer: Viewer, asks: Sequence[Recommendation], on: PartialDate | None, why: str
) -> None:
    """Reopen those of the asks that were closed for an outcome which counts no more, with the
    status that they had before. `on` is the day of the event; none means today."""
    reopened = [ask for ask in asks if workflow.is_unfounded(ask.closure_reason, ask.result)]
    for ask in reopened:
        closed, before = _last_two_spans(ask.id)
        status = before.status if before else Status.SUBMITTED
        day = on or PartialDate.of(today())
        if closed and closed.from_on and day.latest < closed.from_on.earliest:
            day = closed.from_on
        was = _status_of(ask)
        change = workflow.Change(status, day, reason=why)
        begin_status(ask, status, day, viewer, change=change)
        _record_change(viewer, ask, was, change)
    if reopened:
        settle(reopened)


def standing_of(ask: Recommendation) -> workflow.Standing:
    """How an ask stands, as the rules of the life cycle read it."""
    span = current_span(ask.id)
    since = span.from_on if span else None
    return workflow.Standing(ask.status, since, was_sent(ask.id), ask.result)


def _status_of(ask: Recommendation) -> dict[str, object]:
    return {"status": ask.status, "closure_reason": ask.closure_reason}


def _record_change(
    viewer: Viewer,
    ask: Recommendation,
    before: dict[str, object],
    change: workflow.Change,
    source: str = "",
) -> None:
    history.record(
        "recommendation.status_changed",
        actor_id=viewer.user_id,
        records=[ask.id],
        body={
            "before": before,
            "after": _status_of(ask),
            "on": str(change.on),
            "note": change.note,
            "reason": change.reason,
            "source": source,
        },
    )


def begin_status(
    ask: Recommendation,
    status: Status,
    on: PartialDate | None,
    viewer: Viewer,
    *,
    change: workflow.Change | None = None,
    source: Source | None = None,
) -> None:
    """End the present span of the life cycle and begin another."""
    span = current_span(ask.id)
    if span is not None:
        span.until_on = on
        span.ended_at = now()
    ask.status = status
    ask.closure_reason = change.closure_reason if change else None
    begun = StatusSpan(
        recommendation_id=ask.id,
        status=status,
        from_on=on,
        recorded_by_id=viewer.user_id,
        note=change.note if change else "",
        reason=change.reason if change else "",
        closure_reason=ask.closure_reason,
        source_id=source.id if source else None,
    )
    records.copy_audience(begun, ask)
    db.session.add(begun)
    db.session.flush()


def current_span(recommendation_id: int) -> StatusSpan | None:
    """The span of the life cycle that an ask is in."""
    return _last_two_spans(recommendation_id)[0]


def _last_two_spans(recommendation_id: int) -> tuple[StatusSpan | None, StatusSpan | None]:
    """The present span and the one before it, as far as there are any."""
    spans = db.session.scalars(
        select(StatusSpan)
        .where(StatusSpan.recommendation_id == recommendation_id, StatusSpan.voided_at.is_(None))
        .order_by(StatusSpan.id.desc())
        .limit(2)
    ).all()
    return spans[0] if spans else None, spans[1] if len(spans) > 1 else None


def was_sent(recommendation_id: int) -> bool:
    """Whether a submission of the ask stands on record."""
    return (
        db.session.scalar(
            select(Contact.id)
            .join(ContactRecommendation, ContactRecommendation.contact_id == Contact.id)
            .where(
                ContactRecommendation.recommendation_id == recommendation_id,
                Contact.substance == Substance.SUBMISSION,
                Contact.voided_at.is_(None),
            )
            .limit(1)
        )
        is not None
    )


def _record_sending(viewer: Viewer, ask: Recommendation, change: workflow.Change) -> None:
    agency_ids = db.session.scalars(
        select(Addressee.agency_id).where(Addressee.recommendation_id == ask.id)
    )
    correspondence.add_contact(
        viewer,
        asks=[ask],
        agency_ids=list(agency_ids),
        substance=Substance.SUBMISSION,
        happened_on=change.on,
        channel=Channel.UNKNOWN,
        summary=change.note,
    )
