"""Finding asks, always on behalf of a viewer."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    String,
    bindparam,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.orm import defer, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from tracker.accounts.viewer import Viewer
from tracker.agencies.models import Agency
from tracker.core.db import IDS, KeyColumn, built_once, db, grouped, table_of
from tracker.core.names import romanise
from tracker.core.references import well_formed
from tracker.core.unchanged import kept_while_unchanged
from tracker.recommendations.filters import Filters, narrowed
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import (
    Addressee,
    ControlledItem,
    Outcome,
    Recommendation,
    RecommendationPlace,
    RecommendationTarget,
    Status,
    StatusSpan,
)
from tracker.records.models import Record
from tracker.records.queries import audience_rule, visible
from tracker.targets.merged import families, standing, with_merged
from tracker.targets.models import Target

S = TypeVar("S", bound=Select[*tuple[Any, ...]])


def get(viewer: Viewer, reference: str) -> Recommendation | None:
    """The ask of that reference with its parts, if the viewer may see it."""
    ask = _the_one(_of_reference(viewer), reference)
    if ask is not None:
        _load_parts(ask)
    return ask


def _the_one(statement: Select[Recommendation], reference: str) -> Recommendation | None:
    return db.session.scalars(statement, {"reference": reference}).unique().one_or_none()


@built_once
def _of_reference(viewer: Viewer) -> Select[Recommendation]:
    statement = (
        select(Recommendation)
        .join(Record, Record.id == Recommendation.id)
        .where(Record.reference == bindparam("reference"))
        .options(*_PARTS)
    )
    return visible(statement, Recommendation, viewer)


# An ask's own rows by statements that are built once: a loader of SQLAlchemy's builds its statement
# for each page anew.
_ADDRESSEES = (
    select(Addressee)
    .where(Addressee.recommendation_id == bindparam("id"))
    .order_by(Addressee.position, Addressee.id)
    .options(joinedload(Addressee.agency))
)
_CONTROLS = (
    select(ControlledItem)
    .where(ControlledItem.recommendation_id == bindparam("id"))
    .order_by(ControlledItem.position, ControlledItem.id)
)


def _load_parts(ask: Recommendation) -> None:
    of_ask = {"id": ask.id}
    set_committed_value(ask, "addressees", list(db.session.scalars(_ADDRESSEES, of_ask)))
    has_controls = ask.instrument is Instrument.EXPORT_CONTROL  # no other names controlled items
    controls = db.session.scalars(_CONTROLS, of_ask) if has_controls else ()
    set_committed_value(ask, "controls", list(controls))


_PARTS = (
    joinedload(Recommendation.places),
    joinedload(Recommendation.decided_by),
    joinedload(Recommendation.assignee),
    joinedload(Recommendation.organisation),
)


def for_editing(viewer: Viewer, reference: str) -> Recommendation | None:
    """As `get`, with the links to its targets, of which the editor may not see all."""
    ask = _the_one(_with_targets(viewer), reference)
    if ask is not None:
        _load_parts(ask)
    return ask


@built_once
def _with_targets(viewer: Viewer) -> Select[Recommendation]:
    links = selectinload(Recommendation.target_links).joinedload(RecommendationTarget.target)
    return _of_reference(viewer).options(links.selectinload(Target.names))


def by_references(viewer: Viewer, references: Iterable[str]) -> list[Recommendation]:
    """Those of the asks that the viewer may see, in order of title."""
    wanted = well_formed(references)
    if not wanted:
        return []
    statement = (
        select(Recommendation)
        .join(Record, Record.id == Recommendation.id)
        .where(Record.reference.in_(wanted))
        .options(selectinload(Recommendation.addressees).joinedload(Addressee.agency))
        .order_by(Recommendation.sort_title, Recommendation.id)
    )
    return list(db.session.scalars(visible(statement, Recommendation, viewer)))


def by_ids(viewer: Viewer, ids: Iterable[int]) -> dict[int, Recommendation]:
    """Asks by their ids, as far as the viewer may see them, with their addressees."""
    return {ask.id: ask for ask in db.session.scalars(_by_ids(viewer), {"ids": list(ids)})}


@built_once
def _by_ids(viewer: Viewer) -> Select[Recommendation]:
    statement = (
        select(Recommendation)
        .where(Recommendation.id.in_(IDS))
        .options(
            selectinload(Recommendation.addressees).joinedload(Addressee.agency),
            joinedload(Recommendation.organisation),
        )
    )
    return visible(statement, Recommendation, viewer)


def listing(viewer: Viewer, filters: Filters) -> Select[Recommendation]:
    """The asks that the viewer may see and the filters leave, to be paged."""
    statement = select(Recommendation).options(
        *(defer(long) for long in (Recommendation.request, Recommendation.abuse)),
        # of the bodies a list shows the names
        selectinload(Recommendation.addressees)
        .load_only(Addressee.recommendation_id, Addressee.agency_id)
        .joinedload(Addressee.agency, innerjoin=True)
        .load_only(Agency.short_name),
    )
    return narrowed(visible(statement, Recommendation, viewer), viewer, filters)


def rows(
    viewer: Viewer, filters: Filters, many: frozenset[str], names: Iterable[str]
) -> Select[*tuple[Any, ...]]:
    """The same asks as rows of some of their columns and the reference, to be paged: a list has no
    need of whole records. Which parts leave `many` is asked before: see `crowded`."""
    columns = (getattr(Recommendation, name) for name in names)
    statement = select(Record.reference, *columns)
    statement = statement.join(Recommendation, Recommendation.id == Record.id)
    return narrowed(visible(statement, Recommendation, viewer), viewer, filters, many)


def bodies(viewer: Viewer, ask_id: KeyColumn) -> ScalarSelect[str | None]:
    """The bodies that an ask of a statement was put to, with their places, as a text for
    `bodies_in`: a query that neither joins nor sorts for each row."""
    place, body = (cast(of, String) for of in (Addressee.position, Addressee.agency_id))
    found = select(func.aggregate_strings(place + ":" + body, " "))
    found = found.where(Addressee.recommendation_id == ask_id)
    return visible(found, Addressee, viewer).correlate(table_of(ask_id)).scalar_subquery()


@lru_cache(maxsize=2048)
def bodies_in(text: str | None) -> tuple[int, ...]:
    """The keys of the bodies that `bodies` found, in their order."""
    places = (each.split(":") for each in (text or "").split())
    return tuple(key for _, key in sorted((int(place), int(key)) for place, key in places))


def ids(viewer: Viewer, filters: Filters) -> Select[int]:
    """The ids of such asks, for use inside other queries."""
    return narrowed(visible(select(Recommendation.id), Recommendation, viewer), viewer, filters)


def targets_of(viewer: Viewer, recommendation_ids: Iterable[int]) -> dict[int, list[Target]]:
    """The targets of asks, by ask, without those that the viewer may not see; of merged ones that
    which stands for them, once."""
    linked = linked_targets_of(viewer, recommendation_ids)
    known = standing(viewer, (target for found in linked.values() for target in found))
    found: dict[int, list[Target]] = defaultdict(list)
    for ask_id, targets_ in linked.items():
        shown = {known[target.id].id: known[target.id] for target in targets_}
        found[ask_id] = list(shown.values())
    return found


def linked_targets_of(viewer: Viewer, recommendation_ids: Iterable[int]) -> dict[int, list[Target]]:
    """The targets that asks are linked with, by ask, merged ones as they are: for whoever changes
    the links or their audience. Without those that the viewer may not see."""
    links = db.session.execute(_linked_targets(viewer), {"ids": list(recommendation_ids)})
    found: dict[int, list[Target]] = defaultdict(list)
    for ask_id, target in links.unique():
        found[ask_id].append(target)
    return found


@built_once
def _linked_targets(viewer: Viewer) -> Select[int, Target]:
    statement = (
        select(RecommendationTarget.recommendation_id, Target)
        .join(Target, Target.id == RecommendationTarget.target_id)
        .where(RecommendationTarget.recommendation_id.in_(IDS))
        .options(joinedload(Target.names))
        .order_by(
            RecommendationTarget.recommendation_id,
            RecommendationTarget.position,
            RecommendationTarget.target_id,
        )
    )
    return visible(statement, Target, viewer)


def latest_about(
    viewer: Viewer, target_ids: Iterable[int], limit: int
) -> dict[int, list[Recommendation]]:
    """The newest `limit` visible asks about each of some targets, which the viewer may see, or
    about one merged into it."""
    chosen = families(viewer, select(Target.id).where(Target.id.in_(list(target_ids))))
    about = (
        select(chosen.c.root, Recommendation.id, Recommendation.submitted_on)
        .join(RecommendationTarget, RecommendationTarget.target_id == chosen.c.id)
        .join(Recommendation, Recommendation.id == RecommendationTarget.recommendation_id)
        .distinct()  # an ask may be about two that are one
    )
    links = visible(about, Recommendation, viewer).subquery()
    newest = func.row_number().over(
        partition_by=links.c.root, order_by=(links.c.submitted_on.desc(), links.c.id.desc())
    )
    ranked = select(links.c.root, links.c.id, newest.label("place")).subquery()
    statement = (
        select(ranked.c.root, Recommendation)
        .join(ranked, ranked.c.id == Recommendation.id)
        .where(ranked.c.place <= limit)
        .options(selectinload(Recommendation.addressees).joinedload(Addressee.agency))
        .order_by(ranked.c.root, ranked.c.place, Recommendation.id)
    )
    found: dict[int, list[Recommendation]] = defaultdict(list)
    for target_id, ask in db.session.execute(visible(statement, Recommendation, viewer)):
        found[target_id].append(ask)
    return found


def same(viewer: Viewer, title: str, instrument: Instrument) -> Recommendation | None:
    """An open ask of the viewer's organisation with that title and instrument, as far as the viewer
    may see it, the oldest one."""
    statement = (
        select(Recommendation)
        .where(
            Recommendation.sort_title == romanise(title)[:80],  # its index finds them
            func.lower(Recommendation.title) == title.lower(),
            Recommendation.instrument == instrument,
            Recommendation.organisation_id == (viewer.organisation_id or 0),
            Recommendation.status != Status.CLOSED,
        )
        .order_by(Recommendation.id)
        .limit(1)
    )
    return db.session.scalar(visible(statement, Recommendation, viewer))


def outcomes_of(viewer: Viewer, recommendation_ids: Iterable[int]) -> dict[int, list[Outcome]]:
    """The outcomes of asks, by ask, oldest first, voided ones too; without those of targets that
    the viewer may not see. The target of one on a merged target is that which stands for it."""
    rows = db.session.scalars(_outcomes(viewer), {"ids": list(recommendation_ids)})
    outcomes = rows.unique().all()
    known = standing(viewer, (outcome.target for outcome in outcomes if outcome.target))
    found: dict[int, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.target:
            set_committed_value(outcome, "target", known[outcome.target.id])  # the link stays
        found[outcome.recommendation_id].append(outcome)
    return found


def on_a_target_seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """That an outcome is for the ask as a whole, or for a target that the viewer sees; inside a
    query of outcomes to which their targets, if any, are joined."""
    return or_(Outcome.target_id.is_(None), audience_rule(Target, viewer))


def newest(viewer: Viewer, wanted: Filters, limit: int) -> tuple[int, list[Recommendation]]:
    """How many asks fit, and those of them that were sent last."""
    count = db.session.scalar(select(func.count()).select_from(ids(viewer, wanted).subquery()))
    last = (Recommendation.submitted_on.desc(), Recommendation.id)
    found = listing(viewer, wanted).order_by(*last).limit(limit)
    return count or 0, list(db.session.scalars(found))


def among(viewer: Viewer, ask_ids: Collection[int], limit: int) -> tuple[int, list[Recommendation]]:
    """How many of some asks the viewer may see, and those of them that were recorded last."""
    known = visible(
        select(Recommendation).where(Recommendation.id.in_(ask_ids)), Recommendation, viewer
    )
    count = db.session.scalar(select(func.count()).select_from(known.subquery()))
    found = known.order_by(Recommendation.id.desc()).limit(limit)
    return count or 0, list(db.session.scalars(found))


def outcomes_about(viewer: Viewer, target_id: int) -> list[Outcome]:
    """The outcomes that stand for a target, or for one merged into it, on all asks; as far as the
    viewer may see them."""
    own = set(
        db.session.scalars(with_merged(viewer, select(Target.id).where(Target.id == target_id)))
    )
    about = select(Outcome.recommendation_id).where(Outcome.target_id.in_(own))
    found = outcomes_of(viewer, db.session.scalars(visible(about, Outcome, viewer)))
    outcomes = (outcome for of_ask in found.values() for outcome in of_ask)
    return [o for o in outcomes if o.target_id in own and o.voided_at is None]


def followed(viewer: Viewer, target_id: int, limit: int) -> list[tuple[Outcome, Recommendation]]:
    """The outcomes for a target that stand, the newest first, each with its ask."""
    outcomes = outcomes_about(viewer, target_id)
    found = by_ids(viewer, {outcome.recommendation_id for outcome in outcomes})
    newest = sorted(outcomes, key=lambda o: (str(o.effective_on or ""), o.id), reverse=True)
    return [(outcome, found[outcome.recommendation_id]) for outcome in newest[:limit]]


@built_once
def _outcomes(viewer: Viewer) -> Select[Outcome]:
    statement = (
        select(Outcome)
        .outerjoin(Target, Target.id == Outcome.target_id)
        .where(
            Outcome.recommendation_id.in_(IDS),
            on_a_target_seen_by(viewer),
        )
        .options(
            joinedload(Outcome.authority),
            joinedload(Outcome.target),
            joinedload(Outcome.citations),
        )
        .order_by(Outcome.effective_on, Outcome.id)
    )
    return visible(statement, Outcome, viewer)


def places_of(
    viewer: Viewer, recommendation_ids: Iterable[int]
) -> dict[int, list[RecommendationPlace]]:
    """The places of asks, by ask."""
    statement = (
        select(RecommendationPlace)
        .where(RecommendationPlace.recommendation_id.in_(list(recommendation_ids)))
        .order_by(
            RecommendationPlace.recommendation_id,
            RecommendationPlace.position,
            RecommendationPlace.id,
        )
    )
    found: dict[int, list[RecommendationPlace]] = defaultdict(list)
    for row in db.session.scalars(visible(statement, RecommendationPlace, viewer)):
        found[row.recommendation_id].append(row)
    return found


def spans_of(viewer: Viewer, recommendation_ids: Iterable[int]) -> dict[int, list[StatusSpan]]:
    """The life cycle of asks, by ask, oldest span first."""
    return grouped(_spans_of(viewer), recommendation_ids)


@built_once
def _spans_of(viewer: Viewer) -> Select[int, StatusSpan]:
    statement = select(StatusSpan.recommendation_id, StatusSpan).where(
        StatusSpan.recommendation_id.in_(IDS)
    )
    return visible(statement.order_by(StatusSpan.id), StatusSpan, viewer)


@kept_while_unchanged
def countries(viewer: Viewer) -> frozenset[str]:
    """The countries of the asks that the viewer may see."""
    return frozenset(db.session.scalars(_countries(viewer)))


@built_once
def _countries(viewer: Viewer) -> Select[str]:
    """From one country to the next in the index, since there are few of them however many asks
    there are."""
    place = RecommendationPlace
    first = select(func.min(place.country).label("country")).cte("met", recursive=True)
    following = select(func.min(place.country)).where(place.country > first.c.country)
    met = first.union_all(
        select(following.correlate(first).scalar_subquery()).where(first.c.country.is_not(None))
    )
    there = visible(select(place.id).where(place.country == met.c.country), place, viewer)
    # the first in the order of the index: no planner gathers all of them
    first_there = there.order_by(place.region, place.recommendation_id).limit(1)
    one = first_there.correlate(met).scalar_subquery()
    return select(met.c.country).where(met.c.country.is_not(None), one.is_not(None))
