"""Reading clocks and flags, on behalf of a viewer."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Date,
    ScalarSelect,
    Select,
    String,
    bindparam,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.orm import joinedload

from tracker.accounts.viewer import Viewer
from tracker.agencies.models import Agency
from tracker.clocks.models import Cause, Clock, ClockAct, ClockRule, ClockState
from tracker.core.db import IDS, KeyColumn, built_once, db, table_of
from tracker.core.now import today
from tracker.records.models import Record
from tracker.records.queries import visible

GRAVITY = {cause: place for place, cause in enumerate(Cause)}
BY_GRAVITY = tuple(Cause)
_TODAY = bindparam("day_of_reading", callable_=today, type_=Date, unique=True)
# a flag holds today; one of a day to come was set while the machine's clock was ahead
IS_FLAGGED = (
    Clock.state == ClockState.RUNNING,
    Clock.flagged_on.is_not(None),
    Clock.flagged_on <= _TODAY,
    Clock.superseded_at.is_(None),
)
LONGEST_WARNING = timedelta(days=100)


@dataclass(frozen=True)
class FlagInForce:
    """A flag that holds on a day, as `jobs run --json` shows it."""

    recommendation: str
    agency: str | None
    kind: str
    cause: str
    basis: str
    due_on: date
    flagged_on: date

    def as_dict(self) -> dict[str, Any]:
        """The fixed shape of the interface."""
        return {
            "recommendation": self.recommendation,
            "agency": self.agency,
            "kind": self.kind,
            "cause": self.cause,
            "basis": self.basis,
            "due_on": self.due_on.isoformat(),
            "flagged_on": self.flagged_on.isoformat(),
        }


def in_force(viewer: Viewer, as_of: date) -> list[FlagInForce]:
    """Every flag that held on a day, as known now: flagged by then, and not ended by then."""
    statement = (
        select(
            Record.reference,
            Agency.slug,
            Clock.kind,
            Clock.cause,
            Clock.basis,
            Clock.due_on,
            Clock.flagged_on,
        )
        .join(Record, Record.id == Clock.recommendation_id)
        .outerjoin(Agency, Agency.id == Clock.agency_id)
        .where(
            Clock.superseded_at.is_(None),
            Clock.flagged_on <= as_of,
            or_(Clock.ended_on.is_(None), Clock.ended_on > as_of),
        )
        .order_by(Record.reference, Agency.slug, Clock.kind, Clock.due_on, Clock.id)
    )
    rows = db.session.execute(visible(statement, Clock, viewer))
    return [FlagInForce(*row) for row in rows.all()]  # type: ignore[arg-type]


def flagged(viewer: Viewer) -> Select[Clock]:
    """The flags that hold today, for use inside other queries."""
    return visible(select(Clock).where(*IS_FLAGGED), Clock, viewer)


def flags_of(viewer: Viewer, recommendation_ids: Iterable[int]) -> dict[int, list[Clock]]:
    """The flags in force on asks, by ask, the gravest first."""
    found: dict[int, list[Clock]] = defaultdict(list)
    for clock in db.session.scalars(_flags(viewer), {"ids": list(recommendation_ids)}):
        found[clock.recommendation_id].append(clock)
    for clocks in found.values():
        clocks.sort(key=gravity)
    return found


@built_once
def _flags(viewer: Viewer) -> Select[Clock]:
    standing = flagged(viewer).where(Clock.recommendation_id.in_(IDS))
    return standing.options(joinedload(Clock.agency), joinedload(Clock.rule))


def causes(viewer: Viewer, ask_id: KeyColumn) -> ScalarSelect[str | None]:
    """The causes of the flags in force on an ask of a statement, as a text for `causes_in`."""
    named = func.aggregate_strings(cast(Clock.cause, String), " ")
    found = flagged(viewer).with_only_columns(named).where(Clock.recommendation_id == ask_id)
    return found.correlate(table_of(ask_id)).scalar_subquery()


@lru_cache(maxsize=512)
def causes_in(text: str | None) -> tuple[Cause, ...]:
    """The causes that `causes` found, each once, the gravest first."""
    return tuple(sorted({Cause(each) for each in (text or "").split()}, key=GRAVITY.__getitem__))


def gravity(clock: Clock) -> tuple[int, date, int]:
    """The order of flags: by cause, then by the day they fell due."""
    return GRAVITY[clock.cause], clock.due_on or date.max, clock.id


def clocks_of(viewer: Viewer, recommendation_ids: Iterable[int]) -> dict[int, list[Clock]]:
    """All clocks of asks as known now, by ask, the gravest cause first, the newest start first."""
    found: dict[int, list[Clock]] = defaultdict(list)
    for clock in db.session.scalars(_clocks(viewer), {"ids": list(recommendation_ids)}):
        found[clock.recommendation_id].append(clock)
    for clocks in found.values():
        clocks.sort(key=_place)
    return found


@built_once
def _clocks(viewer: Viewer) -> Select[Clock]:
    statement = (
        select(Clock)
        .where(Clock.superseded_at.is_(None), Clock.recommendation_id.in_(IDS))
        .options(joinedload(Clock.agency), joinedload(Clock.rule))
    )
    return visible(statement, Clock, viewer)


def _place(clock: Clock) -> tuple[int, bool, int, str, int]:
    started = clock.started_on.earliest.toordinal() if clock.started_on else 0
    name = clock.agency.name if clock.agency else ""
    return GRAVITY[clock.cause], clock.state is not ClockState.RUNNING, -started, name, clock.id


def all_rules() -> dict[int, ClockRule]:
    """Every clock rule, past and present, by its id. Rules are public, as bodies are."""
    statement = (
        select(ClockRule)
        .options(joinedload(ClockRule.agency))
        .order_by(ClockRule.kind, ClockRule.valid_from, ClockRule.id)
    )
    return {rule.id: rule for rule in db.session.scalars(statement)}


def acts_of(viewer: Viewer, recommendation_id: int) -> list[ClockAct]:
    """What people did to the clocks of an ask, in that order."""
    statement = (
        select(ClockAct)
        .where(ClockAct.recommendation_id == recommendation_id)
        .order_by(ClockAct.id)
    )
    return list(db.session.scalars(visible(statement, ClockAct, viewer)))


def coming_up(viewer: Viewer, today: date, days: int, limit: int) -> list[Clock]:
    """Running clocks that fall due within `days` from today, the next first; of several of a kind
    and day on one ask the first."""
    first = (
        select(func.min(Clock.id))
        .where(
            Clock.state == ClockState.RUNNING,
            Clock.superseded_at.is_(None),
            Clock.flagged_on.is_(None),
            Clock.due_on >= today,
            Clock.due_on <= today + timedelta(days=days),
        )
        .group_by(Clock.due_on, Clock.recommendation_id, Clock.kind)
        .order_by(Clock.due_on, func.min(Clock.id))
        .limit(limit)
    )
    ids = db.session.scalars(visible(first, Clock, viewer)).all()
    statement = select(Clock).where(Clock.id.in_(ids)).options(joinedload(Clock.agency))
    return list(db.session.scalars(statement.order_by(Clock.due_on, Clock.id)))


def warned(viewer: Viewer, today: date, limit: int) -> tuple[int, list[Clock]]:
    """Of how many asks and kinds of clock it is time to be warned, and of each the running clock
    that falls due first, the next first. A warning is shown until its clock is due, for a hundred
    days at the most: from September to the December round."""
    next_first = Clock.due_on, Clock.id
    of_one = Clock.recommendation_id, Clock.kind
    place = func.row_number().over(partition_by=of_one, order_by=next_first).label("place")
    due = visible(
        select(Clock.id, Clock.due_on, place).where(
            Clock.state == ClockState.RUNNING,
            Clock.superseded_at.is_(None),
            Clock.flagged_on.is_(None),
            Clock.warn_on <= today,
            Clock.warn_on >= today - LONGEST_WARNING,
            Clock.due_on >= today,
        ),
        Clock,
        viewer,
    ).subquery()
    first = select(due.c.id, func.count().over()).where(due.c.place == 1)
    rows = db.session.execute(first.order_by(due.c.due_on, due.c.id).limit(limit)).all()
    statement = select(Clock).where(Clock.id.in_([key for key, _ in rows]))
    loaded = statement.options(joinedload(Clock.agency), joinedload(Clock.rule))
    found = db.session.scalars(loaded.order_by(*next_first))
    return rows[0][1] if rows else 0, list(found)
