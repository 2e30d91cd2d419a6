"""Widening and narrowing who may see a record, with what hangs on it."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from tracker.accounts.viewer import Viewer
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.correspondence.actions import narrow
from tracker.correspondence.models import Contact, ContactRecommendation, Letter
from tracker.recommendations.models import Recommendation, RecommendationTarget
from tracker.records import actions as records
from tracker.records.models import Audience, RecordMixin
from tracker.sources.models import Source
from tracker.sources.queries import has_published
from tracker.targets.models import Target

BEYOND = (Audience.COALITION, Audience.PUBLIC)


def share(
    viewer: Viewer,
    rows: Sequence[RecordMixin],
    audience: Audience,
    *,
    reason: str,
    named: Iterable[int] = (),
) -> None:
    """Change the audience of records together, and bring contacts in line: a contact is never
    wider than the narrowest of its asks. Raises `Refused` or `NotAllowed`."""
    for row in rows:
        if isinstance(row, Source) and row.is_protected and audience in BEYOND:
            raise Refused(
                {
                    "audience": f"{row.title} is a protected source: it goes to your organisation "
                    "or to named people, and no further."
                }
            )
    if audience is Audience.PUBLIC:
        for row in rows:
            _require_published(row, rows)
    records.change_audience(viewer, rows, audience, reason=reason, named=named)
    db.session.flush()
    ask_ids = [row.id for row in rows if isinstance(row, Recommendation)]
    contacts = db.session.scalars(
        select(Contact)
        .join(ContactRecommendation, ContactRecommendation.contact_id == Contact.id)
        .where(ContactRecommendation.recommendation_id.in_(ask_ids))
        .distinct()
    ).all()
    for contact in contacts:
        narrow(contact, _asks_of(contact))


def _asks_of(contact: Contact) -> Sequence[Recommendation]:
    return db.session.scalars(
        select(Recommendation)
        .join(ContactRecommendation, ContactRecommendation.recommendation_id == Recommendation.id)
        .where(ContactRecommendation.contact_id == contact.id)
    ).all()


def _require_published(row: RecordMixin, together: Sequence[RecordMixin]) -> None:
    if isinstance(row, (Recommendation, Letter)) and not has_published(row.id):
        raise Refused(
            {
                "audience": f"“{row.title}” rests on no published source. "
                "Add one that anybody can read, then make it public."
            }
        )
    if isinstance(row, Source) and not row.is_published:
        raise Refused({"audience": f"The source “{row.title}” has no public address."})
    if isinstance(row, Target) and not _named_publicly(row, together):
        raise Refused({"audience": f"No public ask names {row.name}. Make the ask public first."})


def _named_publicly(target: Target, together: Sequence[RecordMixin]) -> bool:
    becoming = [row.id for row in together if isinstance(row, Recommendation)]
    return (
        db.session.scalar(
            select(Recommendation.id)
            .join(
                RecommendationTarget,
                RecommendationTarget.recommendation_id == Recommendation.id,
            )
            .where(
                RecommendationTarget.target_id == target.id,
                (Recommendation.audience == Audience.PUBLIC) | Recommendation.id.in_(becoming),
            )
            .limit(1)
        )
        is not None
    )
