"""Tallies: what all figures are sums of. Each ask and each letter counts once under some keys, for
whoever may see it, so a change of one moves the sums by what it counted before and counts now."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, select, true, type_coerce

from tracker.clocks.models import Clock
from tracker.clocks.queries import IS_FLAGGED
from tracker.core.db import db
from tracker.correspondence.models import Letter
from tracker.recommendations.models import (
    BEFORE_SENDING,
    Addressee,
    AddresseeState,
    Recommendation,
    RecommendationPlace,
)
from tracker.records.models import Audience

Cell = tuple[int, Audience]  # the owning organisation, whom it shows the record to
Key = tuple[Any, ...]  # what is counted: "status" and which, "place" and which, and so on
Tally = Counter[Key]
Counts = tuple[Cell, tuple[Key, ...]]  # where a record counts, and under which keys
Within = Callable[[Any], ColumnElement[bool]]

AT_ONCE = 500  # records looked up in one statement


def of_all() -> dict[int, Counts]:
    """What every ask and letter counts, by its id."""
    return _counts(lambda _: true())


def of_some(ids: Collection[int]) -> dict[int, Counts]:
    """What some of the records count; those that are no asks or letters count nothing."""
    found: dict[int, Counts] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        found |= _counts(lambda key, some=some: key.in_(some))  # type: ignore[misc]
    return found


def _counts(within: Within) -> dict[int, Counts]:
    cells: dict[int, Cell] = {}
    keys: dict[int, set[Key]] = defaultdict(set)
    results: dict[int, str] = {}
    asks = _asks().where(within(Recommendation.id))
    for ask_id, organisation_id, audience, *words in _rows(asks):
        cells[ask_id] = organisation_id, Audience(audience)
        keys[ask_id].update(_of_ask(*words))
        results[ask_id] = words[2]
    for letter_id, organisation_id, audience, is_void in _rows(_letters().where(within(Letter.id))):
        cells[letter_id] = organisation_id, Audience(audience)
        if not is_void:
            keys[letter_id].add(("letter",))
    for statement, keys_of in (
        (_places().where(within(RecommendationPlace.recommendation_id)), _of_place),
        (_addressees().where(within(Addressee.recommendation_id)), _of_addressee),
        (_flags().where(within(Clock.recommendation_id)), _of_flag),
    ):
        for ask_id, *row in _rows(statement):
            if ask_id in results:  # else it was recorded a moment ago: it is counted the next time
                keys[ask_id].update(keys_of(results[ask_id], *row))
    once: dict[Key, Key] = {}  # each key is kept once, however many records count under it
    return {
        record_id: (cell, tuple(once.setdefault(key, key) for key in keys[record_id]))
        for record_id, cell in cells.items()
    }


def _rows(statement: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    return iter(db.session.execute(statement))


def _asks() -> Select[*tuple[Any, ...]]:
    ask = Recommendation
    words = (ask.audience, ask.status, ask.instrument, ask.result, ask.submitted_on)
    return select(ask.id, ask.organisation_id, *(type_coerce(each, String) for each in words))


def _letters() -> Select[*tuple[Any, ...]]:
    audience = type_coerce(Letter.audience, String)
    return select(Letter.id, Letter.organisation_id, audience, Letter.voided_at.is_not(None))


def _places() -> Select[*tuple[Any, ...]]:
    place = RecommendationPlace
    return select(place.recommendation_id, place.country, place.region)


def _addressees() -> Select[*tuple[Any, ...]]:
    replies = Addressee.acknowledged_on > "", Addressee.answered_on > ""
    statement = select(Addressee.recommendation_id, Addressee.agency_id, *replies)
    return statement.where(Addressee.state != AddresseeState.NOT_SENT)


def _flags() -> Select[*tuple[Any, ...]]:
    cause = type_coerce(Clock.cause, String)
    return select(Clock.recommendation_id, cause, Clock.agency_id).where(*IS_FLAGGED)


def _of_ask(status: str, instrument: str, result: str, submitted_on: str) -> Iterator[Key]:
    yield "status", status
    yield "result", result
    yield "instrument", instrument, result
    yield "year", submitted_on[:4] or "none", result
    if status in BEFORE_SENDING:
        yield "unsent", result


def _of_place(result: str, country: str, region: str) -> Iterator[Key]:
    yield "place", country, region, result
    yield "country", country


def _of_addressee(result: str, agency_id: int, acknowledged: bool, answered: bool) -> Iterator[Key]:
    yield "agency", agency_id, result
    if acknowledged:
        yield "acknowledged", agency_id
    if answered:
        yield "answered", agency_id


def _of_flag(_result: str, cause: str, agency_id: int | None) -> Iterator[Key]:
    yield ("stale",)
    yield "stale by cause", cause
    yield "stale by agency", agency_id


def changed_since(moment: datetime) -> set[int]:
    """The asks that changed at that moment or later: by an act on them, or by what followed of one
    on another record."""
    statement = select(Recommendation.id).where(Recommendation.updated_at >= moment)
    return set(db.session.scalars(statement))


def flagged_since(moment: datetime) -> set[int]:
    """The asks that took a flag at that moment or later, which holds still."""
    statement = select(Clock.recommendation_id).where(*IS_FLAGGED, Clock.flagged_at >= moment)
    return set(db.session.scalars(statement.distinct()))
