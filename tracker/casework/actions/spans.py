"""The life cycle of asks as spans: how they stand, and the steps that they take, one or many."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import func, select

from tracker.accounts.viewer import Viewer
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.now import now
from tracker.correspondence import actions as correspondence
from tracker.correspondence.models import Channel, Contact, ContactRecommendation, Substance
from tracker.recommendations import workflow
from tracker.recommendations.models import Addressee, Recommendation, Status, StatusSpan
from tracker.records import actions as records
from tracker.sources.models import Source

Step = tuple[Recommendation, workflow.Change, Source | None]


def standing_of(ask: Recommendation) -> workflow.Standing:
    """How an ask stands, as the rules of the life cycle read it."""
    return standings_of([ask])[ask.id]


def standings_of(asks: Sequence[Recommendation]) -> dict[int, workflow.Standing]:
    """How each ask stands, by its id, in two statements."""
    ids = [ask.id for ask in asks]
    spans, sent = spans_of(ids), sent_among(ids)
    return {
        ask.id: workflow.Standing(
            ask.status,
            spans[ask.id][-1].from_on if spans[ask.id] else None,
            ask.id in sent,
            ask.result,
        )
        for ask in asks
    }


def begin(viewer: Viewer, ask: Recommendation, status: Status, on: PartialDate | None) -> None:
    """Give an ask a status from a day on, without more words."""
    take_steps(viewer, [(ask, workflow.Change(status, on), None)])


def take_steps(viewer: Viewer, steps: Sequence[Step]) -> dict[int, StatusSpan]:
    """Let asks take steps that were checked: each ends its present span and begins another, which
    is returned by ask."""
    spans = spans_of([ask.id for ask, _, _ in steps])
    made: dict[int, StatusSpan] = {}
    for ask, step, source in steps:
        if spans[ask.id]:
            spans[ask.id][-1].until_on = step.on
            spans[ask.id][-1].ended_at = now()
        ask.status, ask.closure_reason = step.to, step.closure_reason
        begun = StatusSpan(
            recommendation_id=ask.id,
            status=step.to,
            from_on=step.on,
            recorded_by_id=viewer.user_id,
            note=step.note,
            reason=step.reason,
            closure_reason=step.closure_reason,
            source_id=source.id if source else None,
        )
        records.copy_audience(begun, ask)
        db.session.add(begun)
        made[ask.id] = begun
    db.session.flush()
    return made


def take_back(ask: Recommendation, held: Sequence[StatusSpan], reason: str) -> None:
    """Void the present span of an ask, the last of those that held: it never did, and the one
    before it holds again."""
    *_, before, last = held
    last.voided_at, last.void_reason = now(), reason
    before.until_on, before.ended_at = None, None
    ask.status, ask.closure_reason = before.status, before.closure_reason


def send_unsent(viewer: Viewer, steps: Sequence[Step]) -> dict[int, Contact]:
    """Asks that are set to “submitted” by hand went out that day, each to all its addressees,
    unless a submission stands on record. Returns the submissions recorded, by ask."""
    going = [(ask, step) for ask, step, _ in steps if step.to is Status.SUBMITTED]
    ids = [ask.id for ask, _ in going]
    sent = sent_among(ids)
    agencies: dict[int, list[int]] = defaultdict(list)
    for recommendation_id, agency_id in db.session.execute(
        select(Addressee.recommendation_id, Addressee.agency_id).where(
            Addressee.recommendation_id.in_(ids)
        )
    ):
        agencies[recommendation_id].append(agency_id)
    return {
        ask.id: correspondence.add_contact(
            viewer,
            asks=[ask],
            agency_ids=agencies[ask.id],
            substance=Substance.SUBMISSION,
            happened_on=step.on,
            channel=Channel.UNKNOWN,
            summary=step.note,
        )
        for ask, step in going
        if ask.id not in sent
    }


def spans_of(ids: Collection[int]) -> dict[int, list[StatusSpan]]:
    """The spans of asks that hold or held, by ask, the present one last; void ones never did."""
    found: dict[int, list[StatusSpan]] = defaultdict(list)
    for span in db.session.scalars(
        select(StatusSpan)
        .where(StatusSpan.recommendation_id.in_(ids), StatusSpan.voided_at.is_(None))
        .order_by(StatusSpan.id)
    ):
        found[span.recommendation_id].append(span)
    return found


def last_contacts(ids: Collection[int]) -> dict[int, int]:
    """The id of the contact recorded last about each ask, of those that stand."""
    statement = (
        select(ContactRecommendation.recommendation_id, func.max(Contact.id))
        .join(Contact, Contact.id == ContactRecommendation.contact_id)
        .where(ContactRecommendation.recommendation_id.in_(ids), Contact.voided_at.is_(None))
        .group_by(ContactRecommendation.recommendation_id)
    )
    return dict(db.session.execute(statement).all())


def sent_among(ids: Collection[int], *, but: int | None = None) -> set[int]:
    """Those of the asks of which a submission stands on record, perhaps leaving out a letter."""
    statement = (
        select(ContactRecommendation.recommendation_id)
        .join(Contact, Contact.id == ContactRecommendation.contact_id)
        .where(
            ContactRecommendation.recommendation_id.in_(ids),
            Contact.substance == Substance.SUBMISSION,
            Contact.voided_at.is_(None),
        )
    )
    if but is not None:
        statement = statement.where(Contact.letter_id.is_distinct_from(but))
    return set(db.session.scalars(statement))
