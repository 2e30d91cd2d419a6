"""Widening and narrowing who may see a record, with what hangs on it."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import case, select, union_all

from tracker.accounts.viewer import Viewer
from tracker.casework.actions.settle import asks_about, settle
from tracker.casework.actions.status import reopen_unfounded
from tracker.core.db import IDS, db, grouped
from tracker.core.errors import Refused
from tracker.core.now import now
from tracker.correspondence.actions import narrow
from tracker.correspondence.models import (
    Contact,
    ContactRecommendation,
    Letter,
    LetterRecommendation,
)
from tracker.recommendations.models import Recommendation, RecommendationTarget
from tracker.recommendations.workflow import is_unfounded
from tracker.records import actions as records
from tracker.records.models import Audience, RecordMixin
from tracker.records.queries import OPEN_TO_COALITION, references_of
from tracker.records.readers import Owned, seen_by_all
from tracker.records.widths import widths
from tracker.sources import queries as sources
from tracker.sources.actions import Bound, keep_within
from tracker.sources.models import Source, SourceUse
from tracker.sources.queries import has_published
from tracker.targets.models import Target


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
        if isinstance(row, Source) and row.is_protected and audience in OPEN_TO_COALITION:
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
    contacts = _contacts_about([row.id for row in rows if isinstance(row, Recommendation)])
    changing = [*(row.id for row in rows), *(contact.id for contact in contacts)]
    shared = sources.all_cited_by(changing)
    changing += (source.id for source in shared)
    seen_before = _seen_with_asks(changing)
    records.change_audience(viewer, rows, audience, reason=reason, named=named)
    db.session.flush()
    narrow(_asks_of(contacts))
    db.session.flush()
    chosen = [row for row in rows if isinstance(row, Source)]
    known = references_of(viewer, [source.id for source in shared])
    bound = keep_within(viewer, list(dict.fromkeys([*chosen, *shared])), reason, before)
    _require_width(viewer, bound)
    _follow(viewer, rows)
    _move(seen_before ^ _seen_with_asks(changing))
    return Followed(
        [source.title for source in bound.narrowed if source.id in known],
        [source.title for source in bound.copied if source.id in known],
    )


def _contacts_about(ask_ids: Sequence[int]) -> Sequence[Contact]:
    return db.session.scalars(
        select(Contact)
        .join(ContactRecommendation, ContactRecommendation.contact_id == Contact.id)
        .where(ContactRecommendation.recommendation_id.in_(ask_ids))
        .distinct()
    ).all()


# what stands with an ask: the columns that say of which ask, and what it is
_WITH: Sequence[tuple[Any, Any, type[RecordMixin]]] = (
    (RecommendationTarget.recommendation_id, RecommendationTarget.target_id, Target),
    (LetterRecommendation.recommendation_id, LetterRecommendation.letter_id, Letter),
    (ContactRecommendation.recommendation_id, ContactRecommendation.contact_id, Contact),
    (case((SourceUse.voided_at.is_(None), SourceUse.record_id)), SourceUse.source_id, Source),
)


def _seen_with_asks(record_ids: Collection[int]) -> set[tuple[int, int]]:
    """Which of some records all readers of an ask see with it, by the ids of ask and record."""
    ask = Recommendation
    rows = db.session.execute(
        union_all(
            *(
                select(
                    *(ask.id, ask.audience, ask.organisation_id),
                    *(model.id.label("other"), model.audience.label("width")),
                    model.organisation_id.label("owner"),
                )
                .select_from(part.class_)
                .join(model, model.id == part)
                .join(ask, ask.id == of_ask)
                .where(part.in_(record_ids))
                for of_ask, part, model in _WITH
            )
        )
    )
    return seen_by_all([(Owned(*row[:3]), Owned(*row[3:])) for row in rows])


def _move(pairs: Collection[tuple[int, int]]) -> None:
    """Say of asks with which all their readers see more now, or less, that they changed."""
    ids = {ask_id for ask_id, _ in pairs}
    for ask in db.session.scalars(select(Recommendation).where(Recommendation.id.in_(ids))):
        ask.updated_at = now()


def _follow(viewer: Viewer, rows: Sequence[RecordMixin]) -> None:
    """Settle what asks came to, which rests on what all their readers see. One that was closed for
    something else is not shared so; one about a target that became narrower is reopened."""
    about = asks_about([row.id for row in rows])
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


def _require_width(viewer: Viewer, bound: Bound) -> None:
    """Refuse to widen what is cited by something narrower, and cannot be copied for it."""
    for source, narrower in bound.unbound:
        cited = ", ".join(sorted(references_of(viewer, narrower).values()))
        why = (
            f"is cited by {cited}, which fewer people may see, and stays as narrow. Widen that "
            "with it, or leave the source out."
            if cited
            else "stays with those it is for. Leave it out, or cite it anew."
        )
        raise Refused({"audience": f"The source “{source.title}” {why}"})


def _asks_of(contacts: Sequence[Contact]) -> dict[Contact, list[int]]:
    links = ContactRecommendation.contact_id, ContactRecommendation.recommendation_id
    found = grouped(select(*links).where(links[0].in_(IDS)), (each.id for each in contacts))
    return {each: found[each.id] for each in contacts}


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
