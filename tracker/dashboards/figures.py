"""The figures: one computation for the dashboards and for `tracker stats`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import String, case, func, select, type_coerce

from tracker.accounts.viewer import Viewer
from tracker.agencies.models import Agency
from tracker.clocks import queries as clocks
from tracker.clocks.models import Cause, Clock
from tracker.core.db import db
from tracker.correspondence.models import Letter
from tracker.dashboards.timeliness import timeliness
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
    by_place: list[tuple[str, str, dict[Result, int]]]
    by_agency: list[AgencyFigures]
    stale_by_cause: dict[Cause, int]

    @property
    def acted(self) -> int:
        """Asks acted on in full or in part."""
        return self.by_result.get(Result.IN_FULL, 0) + self.by_result.get(Result.IN_PART, 0)


def statistics(viewer: Viewer, today: date) -> dict[str, Any]:
    """The shape of `tracker stats --json`: the figures, with countries and waiting times."""
    found = figures(viewer, today)
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
        "by_country": by_country(viewer),
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


def figures(viewer: Viewer, today: date) -> Figures:
    """All figures, in few statements over what the viewer may see, each read from an index."""
    counts = _counts(viewer)
    by_status, by_result = _sums(counts, 0), _sums(counts, 2)
    total = sum(by_status.values())
    return Figures(
        as_of=today,
        total=total,
        open=total - by_status.get(Status.CLOSED, 0),
        stale=clocks.count_stale(viewer),
        letters=_count_letters(viewer),
        by_status={s: by_status[s] for s in Status if s in by_status},
        by_result={r: by_result[r] for r in Result if r in by_result},
        by_instrument=_by_instrument(counts),
        by_year=_by_year(viewer),
        by_place=_by_place(viewer),
        by_agency=by_agency(viewer),
        stale_by_cause={c: n for c, n in clocks.count_by_cause(viewer).items() if n},
    )


def _counts(viewer: Viewer) -> list[Any]:
    """How many asks there are of each status, instrument and result, which stand first."""
    kinds = (Recommendation.status, Recommendation.instrument, Recommendation.result)
    statement = select(*kinds, func.count()).group_by(*kinds)
    return list(db.session.execute(visible(statement, Recommendation, viewer)))


def _sums(counts: Sequence[Any], place: int) -> dict[Any, int]:
    """Counts, which stand last in each row, summed by what stands at a place."""
    found: dict[Any, int] = {}
    for row in counts:
        found[row[place]] = found.get(row[place], 0) + row[-1]
    return found


def _count_letters(viewer: Viewer) -> int:
    standing = select(func.count(Letter.id)).where(Letter.voided_at.is_(None))
    return db.session.scalar(visible(standing, Letter, viewer)) or 0


def _split(rows: Iterable[Any]) -> dict[Any, dict[Result, int]]:
    """Rows of (key, result, count) as counts by result, by key."""
    found: dict[Any, dict[Result, int]] = {}
    for key, result, count in rows:
        of_key = found.setdefault(key, {})
        of_key[result] = of_key.get(result, 0) + count
    return found


def _most_first(by_key: dict[Any, dict[Result, int]]) -> list[tuple[Any, dict[Result, int]]]:
    return sorted(by_key.items(), key=lambda item: (-sum(item[1].values()), item[0]))


def _by_instrument(counts: Sequence[Any]) -> dict[Instrument, dict[Result, int]]:
    return dict(_most_first(_split((key, result, n) for _, key, result, n in counts)))


def _by_year(viewer: Viewer) -> dict[str, dict[Result, int]]:
    """By the year of the day on which they were sent; the index holds them in order of the day."""
    day = type_coerce(Recommendation.submitted_on, String)
    each = [func.sum(case((Recommendation.result == result, 1), else_=0)) for result in Result]
    statement = select(day, *each).group_by(day)
    found: dict[str, dict[Result, int]] = {}
    for on, *counts in db.session.execute(visible(statement, Recommendation, viewer)):
        year = found.setdefault(on[:4] or "none", {})
        for result, count in zip(Result, counts, strict=True):
            if count:
                year[result] = year.get(result, 0) + int(count)
    return {year: found[year] for year in sorted(found, key=lambda year: (year != "none", year))}


def by_country(viewer: Viewer) -> dict[str, int]:
    """Asks by country, most first; an ask on several places of one country counts once."""
    count = func.count(func.distinct(RecommendationPlace.recommendation_id))
    statement = (
        select(RecommendationPlace.country, count)
        .group_by(RecommendationPlace.country)
        .order_by(count.desc(), RecommendationPlace.country)
    )
    return dict(db.session.execute(visible(statement, RecommendationPlace, viewer)).all())


def _by_place(viewer: Viewer) -> list[tuple[str, str, dict[Result, int]]]:
    place = (RecommendationPlace.country, RecommendationPlace.region)
    statement = select(*place, func.count()).group_by(*place)
    totals = {
        (country, region): count
        for country, region, count in db.session.execute(
            visible(statement, RecommendationPlace, viewer)
        )
    }
    known = _known_results(viewer, RecommendationPlace, place)
    split = _with_none_known(totals, known)
    return [(country, region, results) for (country, region), results in _most_first(split)]


def _known_results(
    viewer: Viewer, part: type[RecommendationPlace | Addressee], key: tuple[Any, ...]
) -> dict[Any, dict[Result, int]]:
    """What is known to have followed, by a key of the rows that hang on asks. Of most asks nothing
    is known: those are counted where they stand, and not looked up one by one."""
    known = [result for result in Result if result is not Result.NONE_KNOWN]
    statement = (
        select(*key, Recommendation.result, func.count())
        .join(part, part.recommendation_id == Recommendation.id)
        .where(Recommendation.result.in_(known))
        .group_by(*key, Recommendation.result)
    )
    rows = db.session.execute(visible(statement, Recommendation, viewer))
    return _split((tuple(row[:-2]), row[-2], row[-1]) for row in rows)


def _with_none_known(
    totals: dict[Any, int], known: dict[Any, dict[Result, int]]
) -> dict[Any, dict[Result, int]]:
    """Counts by result, by key, from those known and the totals."""
    found = {}
    for key, total in totals.items():
        results = dict(known.get(key, {}))
        rest = total - sum(results.values())
        found[key] = {**results, **({Result.NONE_KNOWN: rest} if rest else {})}
    return found


def by_agency(viewer: Viewer, agency_id: int | None = None) -> list[AgencyFigures]:
    """What became of the asks put to each body, or to one; most asked first."""
    replies = _replies(viewer, agency_id)
    stale = _stale_by_agency(viewer, agency_id)
    known = _known_results(viewer, Addressee, (Addressee.agency_id,))
    results = _with_none_known({(key,): row[0] for key, row in replies.items()}, known)
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
            results=results[(key,)],
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
