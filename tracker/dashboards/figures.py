"""The figures: one computation for the dashboards and for `tracker stats`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, select

from tracker.accounts.viewer import Viewer
from tracker.agencies.models import Agency
from tracker.clocks import queries as clocks
from tracker.clocks.models import Cause, Clock
from tracker.core.db import db
from tracker.correspondence.models import Letter
from tracker.dashboards.timeliness import Timeliness, timeliness
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import (
    Addressee,
    Recommendation,
    RecommendationPlace,
    Result,
    Status,
)
from tracker.records.queries import visible


@dataclass(frozen=True)
class AgencyFigures:
    """What became of the asks put to one body."""

    slug: str
    name: str
    asked: int
    acknowledged: int
    answered: int
    stale: int
    results: dict[Result, int]


@dataclass(frozen=True)
class Figures:
    """Counts of asks, letters and flags, of what one viewer may see on one day."""

    as_of: date
    total: int
    open: int
    stale: int
    letters: int
    by_status: dict[Status, int]
    by_result: dict[Result, int]
    by_instrument: dict[Instrument, dict[Result, int]]
    by_year: dict[str, dict[Result, int]]
    by_country: dict[str, int]
    by_place: list[tuple[str, str, dict[Result, int]]]
    by_agency: list[AgencyFigures]
    stale_by_cause: dict[Cause, int]
    timeliness: dict[str, Timeliness]

    @property
    def acted(self) -> int:
        """Asks acted on in full or in part."""
        return self.by_result.get(Result.IN_FULL, 0) + self.by_result.get(Result.IN_PART, 0)

    def as_dict(self, viewer: Viewer) -> dict[str, Any]:
        """The shape of `tracker stats --json`."""
        return {
            "as_of": self.as_of.isoformat(),
            "viewer": {"role": viewer.role, "organisation": viewer.organisation},
            "recommendations": {
                "total": self.total,
                "open": self.open,
                "stale": self.stale,
                "acted_in_full": self.by_result.get(Result.IN_FULL, 0),
                "acted_in_part": self.by_result.get(Result.IN_PART, 0),
            },
            "by_status": {key.value: n for key, n in self.by_status.items()},
            "by_instrument": {k.value: sum(n.values()) for k, n in self.by_instrument.items()},
            "by_country": dict(self.by_country),
            "by_year": {year: sum(n.values()) for year, n in self.by_year.items()},
            "by_agency": {
                row.slug: {
                    "asked": row.asked,
                    "acknowledged": row.acknowledged,
                    "answered": row.answered,
                    "stale": row.stale,
                }
                for row in self.by_agency
            },
            "stale_by_cause": {cause.value: n for cause, n in self.stale_by_cause.items()},
            "timeliness": {name: t.as_dict() for name, t in self.timeliness.items()},
        }


def figures(viewer: Viewer, today: date) -> Figures:
    """All figures, each from one statement over what the viewer may see."""
    by_status = _count_by(viewer, Recommendation.status)
    by_result = _count_by(viewer, Recommendation.result)
    total = sum(by_status.values())
    places = _by_place(viewer)
    return Figures(
        as_of=today,
        total=total,
        open=total - by_status.get(Status.CLOSED, 0),
        stale=clocks.count_stale(viewer),
        letters=_count_letters(viewer),
        by_status={s: by_status[s] for s in Status if s in by_status},
        by_result={r: by_result[r] for r in Result if r in by_result},
        by_instrument=_by_instrument(viewer),
        by_year=_by_year(viewer),
        by_country=_by_country(viewer),
        by_place=places,
        by_agency=by_agency(viewer),
        stale_by_cause={c: n for c, n in clocks.count_by_cause(viewer).items() if n},
        timeliness=timeliness(viewer, today),
    )


def _count_by(viewer: Viewer, column: Any) -> dict[Any, int]:
    statement = select(column, func.count()).select_from(Recommendation).group_by(column)
    return dict(db.session.execute(visible(statement, Recommendation, viewer)).all())


def _count_letters(viewer: Viewer) -> int:
    return db.session.scalar(visible(select(func.count(Letter.id)), Letter, viewer)) or 0


def _split(rows: Sequence[Any]) -> dict[Any, dict[Result, int]]:
    """Rows of (key, result, count) as counts by result, by key."""
    found: dict[Any, dict[Result, int]] = {}
    for key, result, count in rows:
        found.setdefault(key, {})[result] = count
    return found


def _by_instrument(viewer: Viewer) -> dict[Instrument, dict[Result, int]]:
    statement = select(Recommendation.instrument, Recommendation.result, func.count()).group_by(
        Recommendation.instrument, Recommendation.result
    )
    rows = _split(db.session.execute(visible(statement, Recommendation, viewer)).all())
    return dict(sorted(rows.items(), key=lambda item: (-sum(item[1].values()), item[0])))


def _by_year(viewer: Viewer) -> dict[str, dict[Result, int]]:
    year = func.substr(Recommendation.submitted_on, 1, 4)
    statement = select(year, Recommendation.result, func.count()).group_by(
        year, Recommendation.result
    )
    rows = _split(db.session.execute(visible(statement, Recommendation, viewer)).all())
    return {year or "none": rows[year] for year in sorted(rows)}


def _by_country(viewer: Viewer) -> dict[str, int]:
    """Asks by country; an ask on several places of one country counts once."""
    count = func.count(func.distinct(RecommendationPlace.recommendation_id))
    statement = (
        select(RecommendationPlace.country, count)
        .group_by(RecommendationPlace.country)
        .order_by(count.desc(), RecommendationPlace.country)
    )
    return dict(db.session.execute(visible(statement, RecommendationPlace, viewer)).all())


def _by_place(viewer: Viewer) -> list[tuple[str, str, dict[Result, int]]]:
    place = (RecommendationPlace.country, RecommendationPlace.region)
    statement = (
        select(*place, Recommendation.result, func.count())
        .join(Recommendation, Recommendation.id == RecommendationPlace.recommendation_id)
        .group_by(*place, Recommendation.result)
    )
    rows = db.session.execute(visible(statement, RecommendationPlace, viewer)).all()
    split = _split([((country, region), result, n) for country, region, result, n in rows])
    ranked = sorted(split.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    return [(country, region, results) for (country, region), results in ranked]


def by_agency(viewer: Viewer, agency_id: int | None = None) -> list[AgencyFigures]:
    """What became of the asks put to each body, or to one; most asked first."""
    replies = _replies(viewer, agency_id)
    stale = _stale_by_agency(viewer, agency_id)
    results = _results_by_agency(viewer, agency_id)
    agencies = db.session.execute(
        select(Agency.id, Agency.slug, Agency.short_name).where(Agency.id.in_(replies))
    )
    rows = [
        AgencyFigures(
            slug=slug,
            name=name,
            asked=replies[key][0],
            acknowledged=replies[key][1],
            answered=replies[key][2],
            stale=stale.get(key, 0),
            results=results.get(key, {}),
        )
        for key, slug, name in agencies
    ]
    return sorted(rows, key=lambda row: (-row.asked, row.name))


def _replies(viewer: Viewer, agency_id: int | None) -> dict[int, tuple[int, int, int]]:
    """How many asks were put to each body, how many it acknowledged, how many it answered."""
    statement = select(
        Addressee.agency_id,
        func.count(),
        func.sum(case((Addressee.acknowledged_on > "", 1), else_=0)),
        func.sum(case((Addressee.answered_on > "", 1), else_=0)),
    ).group_by(Addressee.agency_id)
    if agency_id is not None:
        statement = statement.where(Addressee.agency_id == agency_id)
    rows = db.session.execute(visible(statement, Addressee, viewer))
    return {key: (asked, acknowledged, answered) for key, asked, acknowledged, answered in rows}


def _stale_by_agency(viewer: Viewer, agency_id: int | None) -> dict[int, int]:
    statement = (
        clocks.flagged(viewer)
        .with_only_columns(Clock.agency_id, func.count(func.distinct(Clock.recommendation_id)))
        .where(Clock.agency_id.is_not(None))
        .group_by(Clock.agency_id)
    )
    if agency_id is not None:
        statement = statement.where(Clock.agency_id == agency_id)
    rows = db.session.execute(statement).all()
    return {key: count for key, count in rows if key is not None}


def _results_by_agency(viewer: Viewer, agency_id: int | None) -> dict[int, dict[Result, int]]:
    statement = (
        select(Addressee.agency_id, Recommendation.result, func.count())
        .join(Recommendation, Recommendation.id == Addressee.recommendation_id)
        .group_by(Addressee.agency_id, Recommendation.result)
    )
    if agency_id is not None:
        statement = statement.where(Addressee.agency_id == agency_id)
    return _split(db.session.execute(visible(statement, Addressee, viewer)).all())
