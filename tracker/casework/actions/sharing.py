"""Widening and narrowing who may see a record, with what hangs on it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import or_, select

from tracker.accounts.viewer import Viewer
from tracker.casework.actions.settle import settle
from tracker.casework.actions.status import reopen_unfounded
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.correspondence.actions import narrow
from tracker.correspondence.models import Contact, ContactRecommendation, Letter
from tracker.recommendations.models import Outcome, Recommendation, RecommendationTarget
from tracker.recommendations.workflow import is_unfounded
from tracker.records import actions as records
from tracker.records.models import Audience, RecordMixin
from tracker.records.queries import references_of, widths
from tracker.sources import queries as sources
from tracker.sources.actions import Bound, keep_within
from tracker.sources.models import Source
from tracker.sources.queries import has_published
from tracker.targets.models import Target

BEYOND = (Audience.COALITION, Audience.PUBLIC)


class Followed(NamedTuple):
    """What else came of it, by title, as far as the viewer knew it."""

    narrowed: list[str]
    copied: list[str]


def share(
    viewer: Viewer,
    rows: Sequence[RecordMixin],
    audience: Audience,
    *,
    reason: str,
    named: Iterable[int] = (),
) -> Followed:
    """Change the audience of records together, and bring in line what they share: a contact is
    as narrow as the narrowest of its asks, a source as the narrowest record that cites it; where
    wider and narrower ones cite a published source, the narrower ones go on with a copy. Raises
    `Refused` or `NotAllowed`."""
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
    own = [row.id for row in rows if isinstance(row, Source)]
    before = widths(own, rows[0].organisation_id) if own else {}
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
    db.session.flush()
    shared = sources.all_cited_by([*(row.id for row in rows), *(c.id for c in contacts)])
    chosen = [row for row in rows if isinstance(row, Source)]
    known = references_of(viewer, [source.id for source in shared])
    bound = keep_within(viewer, list(dict.fromkeys([*chosen, *shared])), reason, before)
    _require_width(viewer, bound)
    _follow(viewer, rows)
    return Followed(
        [source.title for source in bound.narrowed if source.id in known],
        [source.title for source in bound.copied if source.id in known],
    )


def _follow(viewer: Viewer, rows: Sequence[RecordMixin]) -> None:
    """Settle what asks came to, which rests on what all their readers see. One that was closed for
    something else is not shared so; one about a target that became narrower is reopened."""
    about = _about(rows)
    settle(about)
    unfounded = [ask for ask in about if is_unfounded(ask.closure_reason, ask.result)]
    for ask in unfounded:
        if ask in rows:
            raise Refused(
                {
                    "audience": f"“{ask.title}” was closed for what came of a target that not all "
                    "its readers would see. Share that with it, or change its status first."
                }
            )
    reopen_unfounded(viewer, unfounded, None, "What it was closed for is not for all its readers.")


def _about(rows: Sequence[RecordMixin]) -> Sequence[Recommendation]:
    """The asks among some records, and those that are about a target among them: what these come to
    rests on what all their readers see."""
    ids = [row.id for row in rows]
    linked = select(RecommendationTarget.recommendation_id).where(
        RecommendationTarget.target_id.in_(ids)
    )
    acted = select(Outcome.recommendation_id).where(Outcome.target_id.in_(ids))
    own = Recommendation.id
    wanted = or_(own.in_(ids), own.in_(linked), own.in_(acted))
    return db.session.scalars(select(Recommendation).where(wanted)).all()


def _require_width(viewer: Viewer, bound: Bound) -> None:
    """Refuse to widen what is cited by something narrower, and cannot be copied for it."""
    for source, narrower in bound.unbound:
        cited = ", ".join(sorted(references_of(viewer, narrower).values()))
        raise Refused(
            {
                "audience": f"The source “{source.title}” is cited by {cited or 'another record'}, "
                "which fewer people may see, and stays as narrow. Widen that with it, or leave the "
                "source out."
            }
        )


def _asks_of(contact: Contact) -> Sequence[Recommendation]:
    return db.session.scalars(
        select(Recommendation)
        .join(ContactRecommendation, ContactRecommendation.recommendation_id == Recommendation.id)
        .where(ContactRecommendation.contact_id == contact.id)
    ).all()


def _require_published(row: RecordMixin, together: Sequence[RecordMixin]) -> None:
    becoming = [each.id for each in together if isinstance(each, Source)]
    if isinstance(row, (Recommendation, Letter)) and not has_published(row.id, becoming=becoming):
        raise Refused(
            {
                "audience": f"“{row.title}” rests on no published source that all its readers "
                "would see. Add one that anybody can read, or tick it below, then make it public."
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
