"""What a list of asks can be narrowed to, and how a statement over asks is narrowed to it."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, String, cast, false, func, or_, select

from tracker.accounts.viewer import Viewer
from tracker.core.countries import countries
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.unchanged import kept_while_unchanged
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import (
    Addressee,
    AddresseeState,
    Recommendation,
    RecommendationPlace,
    RecommendationTarget,
    Result,
    Status,
)
from tracker.records.models import Audience, Record, RecordTag
from tracker.records.queries import knows_plans_of
from tracker.targets import queries as targets
from tracker.targets.merged import with_merged
from tracker.targets.models import Target

S = TypeVar("S", bound=Select[*tuple[Any, ...]])

NONE = "none"
FEW = 2000


@dataclass(frozen=True)
class Filters:
    """What a list of asks can be narrowed to; empty fields narrow nothing. The year `NONE` asks for
    those of which no day is known, the region `NONE` for those on a whole country. What is done
    next, and that nobody has an ask, is looked for among those of the viewer's own organisation."""

    q: str = ""
    status: Status | None = None
    is_open: bool = False
    instrument: Instrument | None = None
    result: Result | None = None
    acted: bool = False
    agency_id: int | None = None
    decider_id: int | None = None
    asked: bool = False
    answered: bool = False
    acknowledged: bool = False
    country: str = ""
    region: str = ""
    year: str = ""
    organisation_id: int | None = None
    assignee_id: int | None = None
    unassigned: bool = False
    audience: Audience | None = None
    next_from: date | None = None
    next_until: date | None = None
    without_next: bool = False
    tag: str = ""
    target_id: int | None = None


def year(typed: str) -> str:
    """A year to narrow by: four figures, or `NONE`, or nothing. Raises `ValueError`."""
    if typed in ("", NONE):
        return typed
    if not re.fullmatch(r"[0-9]{4}", typed):
        raise ValueError("A year has four figures, as 2023.")
    return str(PartialDate.parse(typed))


def country(typed: str) -> str:
    """A country's code to narrow by, or nothing. Raises `ValueError` for one that is unknown."""
    code = typed.upper()
    if code and code not in countries():
        known = "Choose one from the list."
        raise ValueError(f"“{code[:10]}” is no country code that we know. {known}")
    return code


def narrowed(
    statement: S, viewer: Viewer, filters: Filters, many: frozenset[str] | None = None
) -> S:
    """A statement over asks with the filters applied. Which parts leave `many` is asked, unless it
    was before."""
    many = crowded(filters) if many is None else many
    parts = (among(wanted, name in many) for name, wanted in _parts(filters).items())
    return statement.where(
        *_own_columns(filters), *_own_work(viewer, filters), *parts, *_in_words(viewer, filters)
    )


def _own_columns(filters: Filters) -> list[ColumnElement[bool]]:
    """The filters that an ask's own row answers."""
    ask = Recommendation
    equal = {
        ask.status: filters.status,
        ask.instrument: filters.instrument,
        ask.result: filters.result,
        ask.organisation_id: filters.organisation_id,
        ask.audience: filters.audience,
        ask.decided_by_id: filters.decider_id,
    }
    rules = [column == value for column, value in equal.items() if value is not None]
    if filters.is_open:
        rules.append((ask.status == Status.CLOSED).is_not(True))
    if filters.acted:
        rules.append(ask.result.in_((Result.IN_FULL, Result.IN_PART)))
    if filters.year:
        wanted = f"{filters.year}%" if filters.year != NONE else ""
        rules.append(cast(ask.submitted_on, String).like(wanted))
    return rules


def _own_work(viewer: Viewer, filters: Filters) -> list[ColumnElement[bool]]:
    """The filters on what an organisation plans, which is its own affair."""
    ask = Recommendation
    rules: list[ColumnElement[bool]] = []
    if filters.unassigned:
        rules.append(ask.assignee_id.is_(None))
    if filters.assignee_id is not None:
        rules.append(ask.assignee_id == filters.assignee_id)
    if filters.without_next:
        rules.append(ask.next_action_on.is_(None))
    if filters.next_from is not None:
        rules.append(ask.next_action_on >= filters.next_from)
    if filters.next_until is not None:
        rules.append(ask.next_action_on <= filters.next_until)
    if rules:
        house = viewer.organisation_id or 0
        rules.append(ask.organisation_id == house if knows_plans_of(viewer, house) else false())
    return rules


def _parts(filters: Filters) -> dict[str, Select[int]]:
    """The asks that filters leave which rows hanging on an ask answer, by what those are."""
    parts: dict[str, Select[int]] = {}
    asked = _asked(filters)
    if asked:
        parts["addressees"] = select(Addressee.recommendation_id).where(*asked)
    places = _places(filters)
    if places:
        parts["places"] = select(RecommendationPlace.recommendation_id).where(*places)
    if filters.tag:
        tagged = select(RecordTag.record_id).where(RecordTag.tag == filters.tag.lower())
        parts["tags"] = tagged
    return parts


@kept_while_unchanged
def crowded(filters: Filters) -> frozenset[str]:
    """Which of the parts that filters look through leave many asks. See `among`."""
    return frozenset(name for name, wanted in _parts(filters).items() if are_many(wanted))


def _in_words(viewer: Viewer, filters: Filters) -> list[ColumnElement[bool]]:
    """The filters on one target, and on words."""
    rules: list[ColumnElement[bool]] = []
    if filters.target_id is not None:
        about = select(RecommendationTarget.recommendation_id).where(
            RecommendationTarget.target_id.in_(
                with_merged(viewer, select(Target.id).where(Target.id == filters.target_id))
            )
        )
        rules.append(Recommendation.id.in_(about))
    if filters.q:
        rules.append(_fits(viewer, filters.q))
    return rules


def are_many(wanted: Select[int]) -> bool:
    """Whether so many asks are wanted that gathering them takes long."""
    some = wanted.limit(FEW).subquery()
    return (db.session.scalar(select(func.count()).select_from(some)) or 0) >= FEW


def among(wanted: Select[int], is_many: bool) -> ColumnElement[bool]:
    """Asks whose id is among those wanted. A few are looked up; where there are many, each ask is
    checked on the way, in the order of the list, so that a page does not gather them all first."""
    if not is_many:
        return Recommendation.id.in_(wanted)
    [key] = wanted.selected_columns
    return wanted.where(key == Recommendation.id).correlate(Recommendation).exists()


def _asked(filters: Filters) -> list[ColumnElement[bool]]:
    """The filters that one and the same addressee must fit."""
    rules: list[ColumnElement[bool]] = []
    if filters.agency_id is not None:
        rules.append(Addressee.agency_id == filters.agency_id)
    if filters.asked:
        rules.append(Addressee.state != AddresseeState.NOT_SENT)
    if filters.acknowledged:
        rules.append(Addressee.acknowledged_on > "")
    if filters.answered:
        rules.append(Addressee.answered_on > "")
    return rules


def _places(filters: Filters) -> list[ColumnElement[bool]]:
    """The filters that one and the same place must fit."""
    rules: list[ColumnElement[bool]] = []
    if filters.country:
        rules.append(RecommendationPlace.country == filters.country)
    if filters.region:
        region = filters.region if filters.region != NONE else ""
        rules.append(RecommendationPlace.region == region)
    return rules


def _fits(viewer: Viewer, text: str) -> ColumnElement[bool]:
    """A title, a reference or the name of a target that the viewer may see holds the text."""
    about = select(RecommendationTarget.recommendation_id).where(
        RecommendationTarget.target_id.in_(targets.named(viewer, text))
    )
    referred = select(Record.id).where(Record.reference == text.strip().upper())
    titled = func.lower(Recommendation.title).contains(text.strip().lower(), autoescape=True)
    return or_(titled, Recommendation.id.in_(referred), Recommendation.id.in_(about))
