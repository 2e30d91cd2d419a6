"""The figures: one reading of the tallies for the dashboards and for `tracker stats`."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from tracker.agencies.models import Agency
from tracker.clocks.models import Cause
from tracker.core.db import db
from tracker.dashboards.tallies import Tally
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import Result, Status

By = dict[Any, dict[Result, int]]


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
    by_result_unsent: dict[Result, int]
    by_instrument: dict[Instrument, dict[Result, int]]
    by_year: dict[str, dict[Result, int]]
    by_country: dict[str, int]  # an ask on several places of one country counts once
    by_place: list[tuple[str, str, dict[Result, int]]]
    by_agency: list[AgencyFigures]
    stale_by_cause: dict[Cause, int]

    @property
    def acted(self) -> int:
        """Asks acted on in full or in part."""
        return self.by_result.get(Result.IN_FULL, 0) + self.by_result.get(Result.IN_PART, 0)

    @property
    def unsent(self) -> int:
        """Asks in preparation, which nobody has been sent."""
        return sum(self.by_result_unsent.values())

    @property
    def sent(self) -> int:
        """All others."""
        return self.total - self.unsent

    @property
    def followed(self) -> dict[Result, int]:
        """What followed them."""
        unsent = self.by_result_unsent
        return {each: n - unsent.get(each, 0) for each, n in self.by_result.items()}


def figures_of(tally: Tally, today: date) -> Figures:
    """All figures, from the tally of what one viewer may see."""
    by_status, by_cause = _of(tally, "status"), _of(tally, "stale by cause")
    by_result, by_year = _of(tally, "result"), _split(tally, "year")
    by_instrument = _most_first(_split(tally, "instrument"))
    by_country = sorted(_of(tally, "country").items(), key=lambda item: (-item[1], item[0]))
    total = sum(by_status.values())
    return Figures(
        as_of=today,
        total=total,
        open=total - by_status.get(Status.CLOSED, 0),
        stale=tally["stale",],
        letters=tally["letter",],
        by_status={each: by_status[each] for each in Status if each in by_status},
        by_result={each: by_result[each] for each in Result if each in by_result},
        by_result_unsent=_of(tally, "unsent"),
        by_instrument={Instrument(key): results for key, results in by_instrument},
        by_year={year: by_year[year] for year in sorted(by_year, key=lambda y: (y != "none", y))},
        by_country=dict(by_country),
        by_place=[(*place, results) for place, results in _most_first(_split(tally, "place"))],
        by_agency=_by_agency(tally),
        stale_by_cause={cause: by_cause[cause] for cause in Cause if cause in by_cause},
    )


def _of(tally: Tally, name: str) -> dict[Any, int]:
    """The counts of one name that are not nothing, by what they are of."""
    return {key[1]: n for key, n in tally.items() if key[0] == name and n}


def _split(tally: Tally, name: str) -> By:
    """The counts of one name, by what they are of and then by what followed."""
    found: By = {}
    for key, n in tally.items():
        if key[0] == name and n:
            of = key[1] if len(key) == 3 else key[1:-1]
            found.setdefault(of, {})[Result(key[-1])] = n
    return found


def _most_first(by_key: By) -> list[tuple[Any, dict[Result, int]]]:
    return sorted(by_key.items(), key=lambda item: (-sum(item[1].values()), item[0]))


def _by_agency(tally: Tally) -> list[AgencyFigures]:
    """What became of the asks put to each body; most asked first."""
    results = _split(tally, "agency")
    agencies = db.session.execute(
        select(Agency.id, Agency.slug, Agency.short_name).where(Agency.id.in_(results))
    )
    found = [
        AgencyFigures(
            slug=slug,
            name=name,
            asked=sum(results[key].values()),
            acknowledged=tally["acknowledged", key],
            answered=tally["answered", key],
            stale=tally["stale by agency", key],
            results=results[key],
        )
        for key, slug, name in agencies
    ]
    return sorted(found, key=lambda row: (-row.asked, row.name))
