"""The life cycle of asks as spans: how they stand, and the steps that they take, one or many."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select

from tracker.accounts.viewer import Viewer
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.now import now
from tracker.core.together import insert_together, write_together
from tracker.correspondence import actions as correspondence
from tracker.correspondence.models import Contact, ContactRecommendation, Substance
from tracker.recommendations import workflow
from tracker.recommendations.models import Addressee, Recommendation, Status, StatusSpan
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


def take_steps(viewer: Viewer, steps: Sequence[Step]) -> dict[int, StatusSpan]:
    """Let asks take steps that were checked: each ends its present span and begins another, which
    is returned by ask."""
    ids = [ask.id for ask, _, _ in steps]
    spans, begun = spans_of(ids), []
    for ask, step, source in steps:
        if spans[ask.id]:
            spans[ask.id][-1].until_on = step.on
            spans[ask.id][-1].ended_at = now()
        ask.status, ask.closure_reason = step.to, step.closure_reason
        begun.append(
            {
                "recommendation_id": ask.id,
                "organisation_id": ask.organisation_id,
                "audience": ask.audience,
                "status": step.to,
                "from_on": step.on,
                "until_on": None,
                "recorded_by_id": viewer.user_id,
                "note": step.note,
                "reason": step.reason,
                "closure_reason": step.closure_reason,
                "source_id": source.id if source else None,
            }
        )
    write_together(ask for ask, _, _ in steps)
    write_together(held[-1] for held in spans.values() if held)
    insert_together(StatusSpan, begun)
    return {key: held[-1] for key, held in spans_of(ids).items()}


def date_sending(ids: Collection[int], on: PartialDate | None) -> None:
    """Asks that were submitted on a day that was not known were so on that day."""
    for held in spans_of(ids).values():
        for place, span in enumerate(held):
            if span.status is Status.SUBMITTED and span.from_on is None:
                span.from_on = on
                if place:
                    held[place - 1].until_on = on


def take_back(
    asks: Sequence[Recommendation], held: Mapping[int, Sequence[StatusSpan]], reason: str
) -> None:
    """Void the present span of asks, the last of those that held: it never did, and the one before
    it holds again."""
    voided, again = [], []
    for ask in asks:
        *_, before, last = held[ask.id]
        last.voided_at, last.void_reason = now(), reason
        before.until_on, before.ended_at = None, None
        ask.status, ask.closure_reason = before.status, before.closure_reason
        voided.append(last)
        again.append(before)
    for rows in (asks, voided, again):
        write_together(rows)


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
    return correspondence.add_submissions(
        viewer,
        [(ask, step.on, step.note) for ask, step in going if ask.id not in sent],
        agencies,
    )


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
