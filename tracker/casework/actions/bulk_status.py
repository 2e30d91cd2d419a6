"""The life cycle of several asks at once: how each stands, and the steps that they take."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from tracker.accounts.viewer import Viewer
from tracker.casework.actions.settle import settle
from tracker.core.db import db
from tracker.core.intake import Intake
from tracker.core.now import now
from tracker.correspondence import actions as correspondence
from tracker.correspondence.models import Channel, Contact, ContactRecommendation, Substance
from tracker.recommendations import workflow
from tracker.recommendations.models import Addressee, Recommendation, Status, StatusSpan
from tracker.records import actions as records
from tracker.sources import actions as sources
from tracker.sources.actions import SourceInput

Step = tuple[Recommendation, workflow.Change]


def standings_of(asks: Sequence[Recommendation]) -> dict[int, workflow.Standing]:
    """How each ask stands before a change, in two statements."""
    ids = [ask.id for ask in asks]
    spans, sent = _current_spans(ids), _sent(ids)
    return {
        ask.id: workflow.Standing(
            ask.status,
            spans[ask.id].from_on if ask.id in spans else None,
            ask.id in sent,
            ask.result,
        )
        for ask in asks
    }


def begin_statuses(viewer: Viewer, steps: Sequence[Step], source: SourceInput) -> None:
    """Let asks take steps that were checked; what went out with them is recorded, and all that
    follows is settled together."""
    if not steps:
        return
    ids = [ask.id for ask, _ in steps]
    spans, sent = _current_spans(ids), _sent(ids)
    for ask, step in steps:
        cited = None if source.is_blank else sources.cite(viewer, ask, source, Intake())
        if ask.id in spans:
            spans[ask.id].until_on = step.on
            spans[ask.id].ended_at = now()
        ask.status, ask.closure_reason = step.to, step.closure_reason
        begun = StatusSpan(
            recommendation_id=ask.id,
            status=step.to,
            from_on=step.on,
            recorded_by_id=viewer.user_id,
            reason=step.reason,
            closure_reason=step.closure_reason,
            source_id=cited.id if cited else None,
        )
        records.copy_audience(begun, ask)
        db.session.add(begun)
    db.session.flush()
    _record_sendings(
        viewer, [s for s in steps if s[1].to is Status.SUBMITTED and s[0].id not in sent]
    )
    settle([ask for ask, _ in steps])


def _record_sendings(viewer: Viewer, steps: Sequence[Step]) -> None:
    """Asks set to “submitted” by hand went out that day, each to all its addressees."""
    agencies: dict[int, list[int]] = defaultdict(list)
    for recommendation_id, agency_id in db.session.execute(
        select(Addressee.recommendation_id, Addressee.agency_id).where(
            Addressee.recommendation_id.in_([ask.id for ask, _ in steps])
        )
    ):
        agencies[recommendation_id].append(agency_id)
    for ask, step in steps:
        correspondence.add_contact(
            viewer,
            asks=[ask],
            agency_ids=agencies[ask.id],
            substance=Substance.SUBMISSION,
            happened_on=step.on,
            channel=Channel.UNKNOWN,
        )


def _current_spans(ids: Sequence[int]) -> dict[int, StatusSpan]:
    statement = (
        select(StatusSpan)
        .where(StatusSpan.recommendation_id.in_(ids), StatusSpan.ended_at.is_(None))
        .order_by(StatusSpan.id)
    )
    return {span.recommendation_id: span for span in db.session.scalars(statement)}


def _sent(ids: Sequence[int]) -> set[int]:
    """Those of the asks of which a submission stands on record."""
    statement = (
        select(ContactRecommendation.recommendation_id)
        .join(Contact, Contact.id == ContactRecommendation.contact_id)
        .where(
            ContactRecommendation.recommendation_id.in_(ids),
            Contact.substance == Substance.SUBMISSION,
            Contact.voided_at.is_(None),
        )
    )
    return set(db.session.scalars(statement))
