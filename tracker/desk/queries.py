"""What the desk and the stale page show, always on behalf of a viewer."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, Subquery, case, func, select

from tracker.accounts.viewer import Viewer
from tracker.clocks import queries as clocks
from tracker.clocks.models import Basis, Cause, Clock
from tracker.core.db import db
from tracker.recommendations import queries as asks
from tracker.recommendations.filters import Filters
from tracker.recommendations.models import Recommendation, Status
from tracker.records.queries import visible

ROWS_PER_CAUSE = 10


@dataclass(frozen=True)
class StaleFilter:
    """What the stale page can be narrowed to."""

    cause: Cause | None = None
    bases: tuple[Basis, ...] = ()
    agency_id: int | None = None
    assignee_id: int | None = None


@dataclass(frozen=True)
class StaleAsk:
    """An ask under its gravest cause, with all its flags, the gravest first."""

    ask: Recommendation
    flags: list[Clock]


@dataclass(frozen=True)
class StalePage:
    """How many asks carry each cause, how many stand under each on the page, and the first of
    these."""

    carrying: dict[Cause, int]
    counts: dict[Cause, int]
    total: int  # the stale asks; each counts once
    flags: int
    open_asks: int
    groups: dict[Cause, list[StaleAsk]]


def stale_page(viewer: Viewer, wanted: StaleFilter, limit: int) -> StalePage:
    """The stale asks, each once under its gravest cause, or all that carry the cause wanted;
    `limit` rows a cause."""
    flagged = _flags(viewer, wanted)
    asks_flagged = func.count(func.distinct(Clock.recommendation_id))
    by_cause = flagged.with_only_columns(Clock.cause, asks_flagged, func.count())
    by_cause = by_cause.group_by(Clock.cause)
    carrying = {cause: count for cause, *count in db.session.execute(by_cause)}
    counts, ids = _first(_gravest(viewer, wanted), limit)
    found = asks.by_ids(viewer, [i for own in ids.values() for i in own])
    flags = clocks.flags_of(viewer, found)
    total = sum(counts.values())
    if wanted.cause is not None:
        total = db.session.scalar(flagged.with_only_columns(asks_flagged)) or 0
    return StalePage(
        carrying={cause: carrying[cause][0] if cause in carrying else 0 for cause in Cause},
        counts=counts,
        total=total,
        flags=sum(number for _, number in carrying.values()),
        open_asks=_count_open(viewer),
        groups={
            cause: [StaleAsk(found[i], flags[i]) for i in ids[cause] if i in found]
            for cause in Cause
            if cause in ids
        },
    )


def _flags(viewer: Viewer, wanted: StaleFilter) -> Select[Clock]:
    statement = clocks.flagged(viewer)
    if wanted.bases:
        statement = statement.where(Clock.basis.in_(wanted.bases))
    if wanted.agency_id is not None:
        statement = statement.where(Clock.agency_id == wanted.agency_id)
    if wanted.assignee_id is not None:
        mine = select(Recommendation.id).where(
            Recommendation.assignee_id == wanted.assignee_id,
            Recommendation.organisation_id == viewer.organisation_id,
        )
        statement = statement.where(Clock.recommendation_id.in_(mine))
    return statement


def _gravest(viewer: Viewer, wanted: StaleFilter) -> Subquery:
    """Of each stale ask the gravest cause, or the one wanted, and the day of its newest flag."""
    gravity = case(clocks.GRAVITY, value=Clock.cause)
    flagged = _flags(viewer, wanted)
    if wanted.cause is not None:
        flagged = flagged.where(Clock.cause == wanted.cause)
    return (
        flagged.with_only_columns(
            Clock.recommendation_id,
            func.min(gravity).label("gravity"),
            func.max(Clock.flagged_on).label("newest"),
        )
        .group_by(Clock.recommendation_id)
        .subquery()
    )


def _first(gravest: Subquery, limit: int) -> tuple[dict[Cause, int], dict[Cause, list[int]]]:
    """How many asks stand under each cause, and the first of them, the newest flags first."""
    gravity, ask_id = gravest.c.gravity, gravest.c.recommendation_id
    newest_first = (gravest.c.newest.desc(), ask_id.desc())
    place = func.row_number().over(partition_by=gravity, order_by=newest_first).label("place")
    count = func.count().over(partition_by=gravity).label("count")
    ranked = select(gravity, ask_id, count, place).subquery()
    first = select(ranked.c.gravity, ranked.c.recommendation_id, ranked.c.count)
    first = first.where(ranked.c.place <= limit).order_by(ranked.c.gravity, ranked.c.place)
    counts: dict[Cause, int] = {}
    ids: dict[Cause, list[int]] = defaultdict(list)
    for grave, key, under in db.session.execute(first):
        counts[clocks.BY_GRAVITY[grave]] = under
        ids[clocks.BY_GRAVITY[grave]].append(key)
    return counts, ids


def _count_open(viewer: Viewer) -> int:
    statement = select(func.count(Recommendation.id)).where(Recommendation.status != Status.CLOSED)
    return db.session.scalar(visible(statement, Recommendation, viewer)) or 0


def new_flags(viewer: Viewer, since: datetime, limit: int) -> tuple[int, list[StaleAsk]]:
    """How many asks took a flag since a moment, and the newest of them."""
    fresh = clocks.flagged(viewer).where(Clock.flagged_at > since)
    count = (
        db.session.scalar(
            fresh.with_only_columns(func.count(func.distinct(Clock.recommendation_id)))
        )
        or 0
    )
    newest = func.max(Clock.flagged_on)
    ids = db.session.scalars(
        fresh.with_only_columns(Clock.recommendation_id)
        .group_by(Clock.recommendation_id)
        .order_by(newest.desc(), Clock.recommendation_id.desc())
        .limit(limit)
    ).all()
    found = asks.by_ids(viewer, ids)
    flags = clocks.flags_of(viewer, ids)
    return count, [StaleAsk(found[i], flags[i]) for i in ids if i in found]


def mine(viewer: Viewer, limit: int) -> tuple[int, list[StaleAsk]]:
    """The open asks assigned to the viewer, those with the next day to act first."""
    own = Filters(assignee_id=viewer.user_id or -1, is_open=True)
    count = db.session.scalar(select(func.count()).select_from(asks.ids(viewer, own).subquery()))
    rows = db.session.scalars(
        asks.listing(viewer, own)
        .order_by(
            Recommendation.next_action_on.is_(None),
            Recommendation.next_action_on,
            Recommendation.updated_at.desc(),
            Recommendation.id,
        )
        .limit(limit)
    ).all()
    flags = clocks.flags_of(viewer, [ask.id for ask in rows])
    return count or 0, [StaleAsk(ask, flags[ask.id]) for ask in rows]


@dataclass(frozen=True)
class Coming:
    """Something that falls due soon on an ask: a clock, or the next action."""

    on: date
    ask: Recommendation
    clock: Clock | None


def coming(viewer: Viewer, today: date, days: int, limit: int) -> list[Coming]:
    """What falls due within `days`, the next first; clocks of one ask, day and kind count once."""
    due = clocks.coming_up(viewer, today, days, limit)
    acting = db.session.scalars(
        asks.listing(viewer, Filters(organisation_id=viewer.organisation_id, is_open=True))
        .where(
            Recommendation.next_action_on >= today,
            Recommendation.next_action_on <= date.fromordinal(today.toordinal() + days),
        )
        .order_by(Recommendation.next_action_on, Recommendation.id)
        .limit(limit)
    ).all()
    plans = [Coming(ask.next_action_on, ask, None) for ask in acting if ask.next_action_on]
    found = [*_on_asks(viewer, due), *plans]
    return sorted(found, key=lambda item: (item.on, item.ask.id))[:limit]


def warnings(viewer: Viewer, today: date, limit: int) -> tuple[int, list[Coming]]:
    """How many warnings there are, and the clocks of the first of them."""
    count, due = clocks.warned(viewer, today, limit)
    return count, _on_asks(viewer, due)


def _on_asks(viewer: Viewer, due: Sequence[Clock]) -> list[Coming]:
    found = asks.by_ids(viewer, {clock.recommendation_id for clock in due})
    return [
        Coming(clock.due_on, found[clock.recommendation_id], clock)
        for clock in due
        if clock.due_on is not None and clock.recommendation_id in found
    ]
