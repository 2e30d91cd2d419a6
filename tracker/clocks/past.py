"""How asks stood on a past day: what had happened by then, as known now or as known on another day.

It is read from spans, which carry the days of their events and the times of their entry. Dates
known to a month or a year count from the earliest day that they can mean, and what is known to no
day at all from the day of its entry. Who may see what is as it is today.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from tracker.accounts.viewer import Viewer
from tracker.clocks.models import Cause, Clock
from tracker.clocks.queries import gravity
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.recommendations.models import Recommendation, Status, StatusSpan
from tracker.records.queries import visible


@dataclass(frozen=True)
class PastDay:
    """A day that is looked back on, and the day by whose end things were known; none means now."""

    as_of: date
    known_at: date | None = None

    @property
    def before(self) -> datetime | None:
        """What was entered from this moment on was not known; nothing means that all is."""
        return None if self.known_at is None else _end_of(self.known_at)

    @property
    def query(self) -> dict[str, str]:
        """The day as the parameters of an address."""
        days = {"as_of": self.as_of, "known_at": self.known_at}
        return {name: day.isoformat() for name, day in days.items() if day}

    def knows(self, at: datetime | None) -> bool:
        """Whether what was entered at a moment was known."""
        return at is not None and (self.before is None or at < self.before)

    def stands(
        self, on: PartialDate | None, recorded_at: datetime, voided_at: datetime | None
    ) -> bool:
        """Whether something had happened by then and was known to, and not known to be void."""
        entered = recorded_at < _end_of(self.as_of)
        has_happened = entered if on is None else on.earliest <= self.as_of
        return has_happened and self.knows(recorded_at) and not self.knows(voided_at)


def span_holds(day: PastDay) -> list[ColumnElement[bool]]:
    """That a span of the life cycle held on the day; of several the one entered last counts."""
    on = day.as_of.isoformat()
    has_ended = and_(StatusSpan.ended_at.is_not(None), StatusSpan.until_on <= on)
    earlier = aliased(StatusSpan)
    # what is known to the year alone began no earlier than what came before it
    begins_later = exists().where(
        earlier.recommendation_id == StatusSpan.recommendation_id,
        earlier.id < StatusSpan.id,
        earlier.voided_at.is_(None),
        earlier.from_on > on,
    )
    # what began on a day that nobody knows had begun when it was entered
    was_entered = StatusSpan.recorded_at < _end_of(day.as_of)
    has_begun = or_(
        and_(StatusSpan.from_on > "", StatusSpan.from_on <= on, ~begins_later),
        and_(StatusSpan.from_on == "", was_entered),
    )
    holds = [has_begun, ~_known(has_ended, StatusSpan.ended_at, day.before)]
    holds.append(~_known(StatusSpan.voided_at.is_not(None), StatusSpan.voided_at, day.before))
    if day.before is not None:
        holds.append(StatusSpan.recorded_at < day.before)
    return holds


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def flag_holds(day: PastDay) -> list[ColumnElement[bool]]:
    """That a flag held on the day."""
    has_ended = and_(Clock.ended_on.is_not(None), Clock.ended_on <= day.as_of)
    holds = [Clock.flagged_on <= day.as_of, ~_known(has_ended, Clock.ended_at, day.before)]
    holds.append(~_known(Clock.superseded_at.is_not(None), Clock.superseded_at, day.before))
    if day.before is not None:
        holds += [Clock.recorded_at < day.before, Clock.flagged_at < day.before]
    return holds


def _known(event: ColumnElement[bool], at: Any, before: datetime | None) -> ColumnElement[bool]:
    """That something happened, and, where it matters, that it had been entered by then."""
    return event if before is None else and_(event, at < before)


def status_on(day: PastDay) -> ScalarSelect[Status]:
    """The status that an ask had on the day, inside a query over asks; nothing where it was not
    on record."""
    return (
        select(StatusSpan.status)
        .where(StatusSpan.recommendation_id == Recommendation.id, *span_holds(day))
        .order_by(StatusSpan.id.desc())
        .limit(1)
        .correlate(Recommendation)
        .scalar_subquery()
    )


def flagged_on(day: PastDay, cause: Cause | None = None) -> ColumnElement[bool]:
    """That an ask had a flag on the day, inside a query over asks."""
    held = select(Clock.id).where(Clock.recommendation_id == Recommendation.id, *flag_holds(day))
    if cause is not None:
        held = held.where(Clock.cause == cause)
    return held.correlate(Recommendation).exists()


def spans_on(viewer: Viewer, ids: Iterable[int], day: PastDay) -> dict[int, StatusSpan]:
    """The span in which each ask was on the day, by ask."""
    statement = (
        select(StatusSpan)
        .where(StatusSpan.recommendation_id.in_(list(ids)), *span_holds(day))
        .order_by(StatusSpan.id)
    )
    rows = db.session.scalars(visible(statement, StatusSpan, viewer))
    return {span.recommendation_id: span for span in rows}


def flags_on(viewer: Viewer, ids: Iterable[int], day: PastDay) -> dict[int, list[Clock]]:
    """The flags that held on asks on the day, by ask, the gravest first."""
    statement = (
        select(Clock)
        .where(Clock.recommendation_id.in_(list(ids)), *flag_holds(day))
        .options(joinedload(Clock.agency), joinedload(Clock.rule))
        .order_by(Clock.id)
    )
    found: dict[int, list[Clock]] = defaultdict(list)
    for clock in db.session.scalars(visible(statement, Clock, viewer)):
        found[clock.recommendation_id].append(clock)
    return {key: sorted(clocks, key=gravity) for key, clocks in found.items()}
