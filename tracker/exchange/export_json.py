"""The JSON export: streamed in batches, so that its memory does not grow with the records."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Any, TypeVar

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.accounts.permissions import Permission
from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies
from tracker.casework.crediting import not_credited
from tracker.clocks import queries as clocks
from tracker.core.db import db
from tracker.correspondence import queries as correspondence
from tracker.correspondence.models import Contact, Letter, LetterAddressee, Signatory
from tracker.recommendations import queries as asks
from tracker.recommendations.models import (
    Addressee,
    Outcome,
    Recommendation,
    RecommendationTarget,
)
from tracker.records.models import Audience
from tracker.records.queries import knows_plans_of, restricted_ids, tags_of, visible
from tracker.schemas import shapes
from tracker.sources import queries as sources
from tracker.sources.models import Source
from tracker.targets import queries as targets
from tracker.targets.models import Target, TargetKind

BATCH = 200
SPOOLED = 8 * 1024 * 1024  # bytes of it that wait in memory, and more in a file without a name
T = TypeVar("T")
OWN_WORK = (
    "assignee",
    "next_action",
    "next_action_on",
)  # is never for others, whoever reads the ask
Narrow = Callable[[Select[Recommendation]], Select[Recommendation]]


@dataclass(frozen=True)
class Exported:
    """How many of each kind were written, the ids of those of which reads are kept, and whether
    there is anything among them that is not public."""

    counts: dict[str, int]
    restricted: set[int]
    is_public: bool


def export(
    viewer: Viewer, out: IO[str], today: date, base_url: str, narrow: Narrow | None = None
) -> Exported:
    """Write what the viewer may see. `narrow` leaves some of the asks; letters, targets and sources
    are then those that the asks name."""
    viewer.require(Permission.EXPORT)
    narrowed = narrow is not None
    seen: set[int] = set()
    audiences: set[str] = set()
    parts: dict[str, Iterable[dict[str, Any]]] = {
        "recommendations": _asks(viewer, narrow, today, base_url, seen, audiences),
        "letters": _letters(viewer, seen if narrowed else None),
        "targets": _targets(viewer, seen if narrowed else None),
        "agencies": (shapes.agency(row) for row in agencies.all_agencies()),
        "sources": _sources(viewer, seen if narrowed else None),
    }
    counts = {}
    out.write(f'{{"as_of": {json.dumps(today.isoformat())}')
    for name, items in parts.items():
        out.write(f',\n"{name}": [')
        counts[name] = _write(out, items, audiences)
        out.write("]")
    out.write("}\n")
    restricted = restricted_ids(viewer)
    return Exported(
        counts,
        restricted=restricted & seen if narrowed else restricted,
        is_public=audiences <= {Audience.PUBLIC},
    )


def _write(out: IO[str], items: Iterable[dict[str, Any]], audiences: set[str]) -> int:
    """How many items were written; `audiences` is told those of records."""
    count = 0
    for item in items:
        out.write(",\n" if count else "\n")
        json.dump(item, out, ensure_ascii=False)
        if "audience" in item:
            audiences.add(item["audience"])
        if any(item.get(name) for name in OWN_WORK):
            audiences.add(Audience.ORGANISATION)
        count += 1
    return count


def _batches(statement: Select[T], key: Any) -> Iterator[Sequence[T]]:
    """The rows in order of their key, in batches, each batch from after the last one's end."""
    last = 0
    while True:
        rows = db.session.scalars(statement.where(key > last).order_by(key).limit(BATCH)).all()
        if not rows:
            return
        yield rows
        last = getattr(rows[-1], key.key)
        db.session.expunge_all()


def _asks(
    viewer: Viewer,
    narrow: Narrow | None,
    today: date,
    base_url: str,
    seen: set[int],
    audiences: set[str],
) -> Iterator[dict[str, Any]]:
    wanted = narrow(visible_asks(viewer)) if narrow else visible_asks(viewer)
    for rows in _batches(wanted.options(*PARTS_OF_ASK), Recommendation.id):
        for key, audience in _targets_named(viewer, [row.id for row in rows]):
            seen.add(key)
            audiences.add(audience)
        for parts in parts_of(viewer, rows):
            seen.add(parts.ask.id)
            seen.update(target.id for target in parts.targets)
            seen.update(o.target.id for o in parts.outcomes if o.target and not o.voided_at)
            seen.update(found.id for found in parts.letters)
            seen.update(contact.id for contact in parts.contacts)
            audiences.update(contact.audience for contact in parts.contacts)
            seen.update(use.source_id for use in parts.cited)
            yield shapes.recommendation(parts, today, base_url)


def _targets_named(viewer: Viewer, ask_ids: list[int]) -> Iterable[tuple[int, str]]:
    """The targets that asks and their outcomes name, with their audiences, merged ones as they are:
    who does not see one is not told of it by the target that stands for it."""
    linked = select(RecommendationTarget.target_id).where(
        RecommendationTarget.recommendation_id.in_(ask_ids)
    )
    acted_on = select(Outcome.target_id).where(
        Outcome.recommendation_id.in_(ask_ids), Outcome.voided_at.is_(None)
    )
    statement = select(Target.id, Target.audience).where(
        or_(Target.id.in_(linked), Target.id.in_(acted_on))
    )
    rows = db.session.execute(visible(statement, Target, viewer))
    return [(row.id, row.audience) for row in rows]


PARTS_OF_ASK = (
    selectinload(Recommendation.addressees).joinedload(Addressee.agency),
    selectinload(Recommendation.controls),
    joinedload(Recommendation.decided_by),
    joinedload(Recommendation.assignee),
    joinedload(Recommendation.organisation),
)


def visible_asks(viewer: Viewer) -> Select[Recommendation]:
    """The asks that the viewer may see; an item needs `PARTS_OF_ASK` of them."""
    return visible(select(Recommendation), Recommendation, viewer)


def parts_of(viewer: Viewer, rows: Sequence[Recommendation]) -> Iterator[shapes.AskParts]:
    """Asks with all their parts that the viewer may see, in a fixed number of statements."""
    ids = [row.id for row in rows]
    about, places = asks.targets_of(viewer, ids), asks.places_of(viewer, ids)
    outcomes, ticking = asks.outcomes_of(viewer, ids), clocks.clocks_of(viewer, ids)
    letters, spans = correspondence.letters_of(viewer, ids), asks.spans_of(viewer, ids)
    contacts = _contacts_of(viewer, ids)
    happened = {each.id for found in contacts.values() for each in found}
    met, cited = correspondence.bodies_met(happened), sources.cited_by(viewer, {*ids, *happened})
    tags, tree = tags_of(viewer, ids), agencies.tree()
    for row in rows:
        yield shapes.AskParts(
            ask=row,
            targets=about[row.id],
            places=places[row.id],
            outcomes=outcomes[row.id],
            clocks=ticking[row.id],
            letters=letters[row.id],
            contacts=contacts[row.id],
            met=met,
            spans=[span for span in spans[row.id] if not span.voided_at],
            sources=cited.get(row.id, []),
            proofs={each.id: cited.get(each.id, []) for each in contacts[row.id]},
            tags=tags.get(row.id, []),
            is_own=knows_plans_of(viewer, row.organisation_id),
            why_not=not_credited(row, outcomes[row.id], tree),
        )


def _contacts_of(viewer: Viewer, ask_ids: Sequence[int]) -> dict[int, list[Contact]]:
    """The contacts whose words stand in the items of asks, by ask."""
    found = correspondence.contacts_of(viewer, ask_ids)
    return {key: [each for each in found[key] if not each.voided_at] for key in ask_ids}


def _letters(viewer: Viewer, only: set[int] | None) -> Iterator[dict[str, Any]]:
    for rows in _batches(visible_letters(viewer), Letter.id):
        yield from letter_items(viewer, [row for row in rows if only is None or row.id in only])


def visible_letters(viewer: Viewer) -> Select[Letter]:
    """The letters that the viewer may see and that are not void, with their parts."""
    standing = select(Letter).where(Letter.voided_at.is_(None))
    return visible(standing, Letter, viewer).options(
        selectinload(Letter.signatories).selectinload(Signatory.body),
        selectinload(Letter.addressees).selectinload(LetterAddressee.agency),
        joinedload(Letter.organisation),
    )


def letter_items(viewer: Viewer, rows: Sequence[Letter]) -> Iterator[dict[str, Any]]:
    """Letters with what of theirs the viewer may see."""
    ids = [row.id for row in rows]
    carried, cited = correspondence.asks_of(viewer, ids), sources.cited_by(viewer, ids)
    for row in rows:
        yield shapes.letter(row, carried[row.id], cited.get(row.id, []))


def visible_targets(viewer: Viewer) -> Select[Target]:
    """The targets that the viewer may see, with their names and identifiers."""
    parts = selectinload(Target.identifiers), joinedload(Target.organisation)
    return targets.listing(viewer).options(*parts)


def target_items(viewer: Viewer, rows: Sequence[Target]) -> Iterator[dict[str, Any]]:
    """Targets, and of classes the named members that the viewer may see."""
    members = targets.members_of(viewer, [row.id for row in rows if row.kind is TargetKind.CLASS])
    for row in rows:
        yield shapes.target(row, members.get(row.id, ()))


def _targets(viewer: Viewer, only: set[int] | None) -> Iterator[dict[str, Any]]:
    for rows in _batches(visible_targets(viewer), Target.id):
        yield from target_items(viewer, [row for row in rows if only is None or row.id in only])


def visible_sources(viewer: Viewer) -> Select[Source]:
    """The sources that the viewer may see, with whose they are."""
    return sources.listing(viewer).options(joinedload(Source.organisation))


def _sources(viewer: Viewer, only: set[int] | None) -> Iterator[dict[str, Any]]:
    for rows in _batches(visible_sources(viewer), Source.id):
        for row in rows:
            if only is None or row.id in only:
                yield shapes.source(row)
