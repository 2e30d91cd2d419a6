"""The figures of a past day: what had happened by then, as known now or as known on another day.

They are read from spans, which carry the days of their events and the times of their entry. Dates
known to a month or a year count from the earliest day that they can mean. Who may see what is as it
is today.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from tracker.accounts.viewer import Viewer
from tracker.clocks.models import Cause, Clock
from tracker.core.db import db
from tracker.recommendations.models import Status, StatusSpan
from tracker.records.queries import visible


@dataclass(frozen=True)
class PastFigures:
    """Counts of asks by status, and of stale ones by cause, on one day."""

    as_of: date
    known_at: date | None  # none: as known now
    by_status: dict[Status, int]
    stale: int
    stale_by_cause: dict[Cause, int]

    def as_dict(self, viewer: Viewer) -> dict[str, Any]:
        """The shape of `tracker stats --as-of --json`: the keys of `tracker stats`, as far as they
        are kept as spans."""
        total = sum(self.by_status.values())
        return {
            "as_of": self.as_of.isoformat(),
            "known_at": self.known_at.isoformat() if self.known_at else None,
            "viewer": {"role": viewer.role, "organisation": viewer.organisation},
            "recommendations": {
                "total": total,
                "open": total - self.by_status.get(Status.CLOSED, 0),
                "stale": self.stale,
            },
            "by_status": {status.value: n for status, n in self.by_status.items()},
            "stale_by_cause": {cause.value: n for cause, n in self.stale_by_cause.items()},
        }


def past_figures(viewer: Viewer, as_of: date, known_at: date | None = None) -> PastFigures:
    """How the asks stood on a day, of what the viewer may see today."""
    before = None
    if known_at is not None:
        before = datetime.combine(known_at + timedelta(days=1), time(), UTC)
    by_status = _by_status(viewer, as_of, before)
    flags = _flags(viewer, as_of, before)
    return PastFigures(
        as_of,
        known_at,
        {status: by_status[status] for status in Status if status in by_status},
        len({ask for ask, _ in flags}),
        {c: n for c in Cause if (n := len({ask for ask, cause in flags if cause is c}))},
    )


def _by_status(viewer: Viewer, as_of: date, before: datetime | None) -> dict[Status, int]:
    day = as_of.isoformat()
    has_ended = and_(StatusSpan.ended_at.is_not(None), StatusSpan.until_on <= day)
    holds = [StatusSpan.from_on <= day, ~_known(has_ended, StatusSpan.ended_at, before)]
    holds.append(~_known(StatusSpan.voided_at.is_not(None), StatusSpan.voided_at, before))
    if before is not None:
        holds.append(StatusSpan.recorded_at < before)
    last = select(func.max(StatusSpan.id)).where(*holds).group_by(StatusSpan.recommendation_id)
    statement = (
        select(StatusSpan.status, func.count())
        .where(StatusSpan.id.in_(last))
        .group_by(StatusSpan.status)
    )
    return dict(db.session.execute(visible(statement, StatusSpan, viewer)).all())


def _flags(viewer: Viewer, as_of: date, before: datetime | None) -> set[tuple[int, Cause]]:
    has_ended = and_(Clock.ended_on.is_not(None), Clock.ended_on <= as_of)
    holds = [Clock.flagged_on <= as_of, ~_known(has_ended, Clock.ended_at, before)]
    holds.append(~_known(Clock.superseded_at.is_not(None), Clock.superseded_at, before))
    if before is not None:
        holds += [Clock.recorded_at < before, Clock.flagged_at < before]
    statement = select(Clock.recommendation_id, Clock.cause).where(*holds).distinct()
    return {(ask, cause) for ask, cause in db.session.execute(visible(statement, Clock, viewer))}


def _known(event: ColumnElement[bool], at: Any, before: datetime | None) -> ColumnElement[bool]:
    """That something happened, and, where it matters, that it had been entered by then."""
    return event if before is None else and_(event, at < before)
