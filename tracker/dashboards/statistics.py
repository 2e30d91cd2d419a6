"""The figures as `tracker stats --json` tells them."""

from datetime import date
from typing import Any

from tracker.accounts.viewer import Viewer
from tracker.dashboards import kept
from tracker.dashboards.timeliness import timeliness
from tracker.recommendations.models import Result


def statistics(viewer: Viewer, today: date) -> dict[str, Any]:
    """The shape of `tracker stats --json`: the figures, with countries and waiting times."""
    found = kept.figures(viewer, today)
    return {
        "as_of": found.as_of.isoformat(),
        "viewer": {"role": viewer.role, "organisation": viewer.organisation},
        "recommendations": {
            "total": found.total,
            "open": found.open,
            "stale": found.stale,
            "acted_in_full": found.by_result.get(Result.IN_FULL, 0),
            "acted_in_part": found.by_result.get(Result.IN_PART, 0),
        },
        "by_status": {key.value: n for key, n in found.by_status.items()},
        "by_instrument": {k.value: sum(n.values()) for k, n in found.by_instrument.items()},
        "by_country": found.by_country,
        "by_year": {year: sum(n.values()) for year, n in found.by_year.items()},
        "by_agency": {
            row.slug: {
                "asked": row.asked,
                "acknowledged": row.acknowledged,
                "answered": row.answered,
                "stale": row.stale,
            }
            for row in found.by_agency
        },
        "stale_by_cause": {cause.value: n for cause, n in found.stale_by_cause.items()},
        "timeliness": {name: t.as_dict() for name, t in timeliness(viewer, today).items()},
    }
