"""The figures of a past day: what had happened by then, as known now or as known on another day.

They are read from spans, by the rules of `tracker.clocks.past`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from tracker.accounts.viewer import Viewer
from tracker.clocks.models import Cause, Clock
from tracker.clocks.past import PastDay, flag_holds, span_holds
from tracker.core.db import db
from tracker.recommendations.models import Status, StatusSpan
from tracker.records.queries import visible
from tracker.records.reach import was_open


@dataclass(frozen=True)
class PastFigures:
    """Counts of asks by status, and of stale ones by cause, on one day."""

    as_of: date
    known_at: date | None  # none: as known now
    by_status: dict[Status, int]
    stale: int
    stale_by_cause: dict[Cause, int]

    @property
    def total(self) -> int:
        """The asks on record."""
        return sum(self.by_status.values())

    @property
    def open(self) -> int:
        """Those that were not closed."""
        return self.total - self.by_status.get(Status.CLOSED, 0)

    def as_dict(self, viewer: Viewer) -> dict[str, Any]:
        """The shape of `tracker stats --as-of --json`: the keys of `tracker stats`; nothing under
        those whose past is not kept as spans."""
        return {
            "as_of": self.as_of.isoformat(),
            "known_at": self.known_at.isoformat() if self.known_at else None,
            "viewer": {"role": viewer.role, "organisation": viewer.organisation},
            "recommendations": {
                "total": self.total,
                "open": self.open,
                "stale": self.stale,
                "acted_in_full": None,
                "acted_in_part": None,
            },
            "by_status": {status.value: n for status, n in self.by_status.items()},
            "by_instrument": None,
            "by_country": None,
            "by_year": None,
            "by_agency": None,
            "stale_by_cause": {cause.value: n for cause, n in self.stale_by_cause.items()},
            "timeliness": None,
        }


def past_figures(viewer: Viewer, as_of: date, known_at: date | None = None) -> PastFigures:
    """How the asks stood on a day, of what the viewer may see today."""
    day = PastDay(as_of, known_at)
    by_status, flags = _by_status(viewer, day), _flags(viewer, day)
    return PastFigures(
        as_of,
        known_at,
        {status: by_status[status] for status in Status if status in by_status},
        len({ask for ask, _ in flags}),
        {c: n for c in Cause if (n := len({ask for ask, cause in flags if cause is c}))},
    )


def _by_status(viewer: Viewer, day: PastDay) -> dict[Status, int]:
    last = (
        select(func.max(StatusSpan.id))
        .where(*span_holds(day))
        .group_by(StatusSpan.recommendation_id)
    )
    statement = (
        select(StatusSpan.status, func.count())
        .where(StatusSpan.id.in_(last))
        .group_by(StatusSpan.status)
    )
    if day.before is not None:
        statement = statement.where(was_open(StatusSpan, viewer, day.before))
    return dict(db.session.execute(visible(statement, StatusSpan, viewer)).all())


def _flags(viewer: Viewer, day: PastDay) -> set[tuple[int, Cause]]:
    statement = select(Clock.recommendation_id, Clock.cause).where(*flag_holds(day)).distinct()
    if day.before is not None:
        statement = statement.where(was_open(Clock, viewer, day.before))
    return {(ask, cause) for ask, cause in db.session.execute(visible(statement, Clock, viewer))}
