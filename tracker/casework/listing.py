"""The list of asks: which filters its address can carry, and what it shows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from flask import abort, request
from sqlalchemy import ColumnElement, Select, Subquery, case, func, literal, select

from tracker.accounts import queries as accounts
from tracker.accounts.models import Organisation
from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies
from tracker.casework.columns import COLUMNS, chosen_columns
from tracker.clocks import queries as clocks
from tracker.clocks.models import Cause, Clock
from tracker.core.db import db
from tracker.core.now import today
from tracker.core.unchanged import kept_while_unchanged
from tracker.recommendations import filters as filtering
from tracker.recommendations import queries
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import (
    Recommendation,
    RecommendationPlace,
    Result,
    Status,
)
from tracker.records.models import Audience
from tracker.records.queries import tags_of
from tracker.targets.models import Target
from tracker.web import paging
from tracker.web.lists import (
    chosen_order,
    chosen_switch,
    chosen_text,
    chosen_word,
    refuse_repeated,
)

S = TypeVar("S", bound=Select[*tuple[Any, ...]])
ORDERS = {
    "-updated": paging.Order(
        "Changed last", Recommendation.updated_at, Recommendation.id, descending=True
    ),
    "updated": paging.Order("Longest unchanged", Recommendation.updated_at, Recommendation.id),
    "-submitted": paging.Order(
        "Sent last", Recommendation.submitted_on, Recommendation.id, descending=True
    ),
    "submitted": paging.Order("Sent first", Recommendation.submitted_on, Recommendation.id),
    "contact": paging.Order(
        "Longest without contact", Recommendation.last_contact_on, Recommendation.id
    ),
    "-contact": paging.Order(
        "Latest contact", Recommendation.last_contact_on, Recommendation.id, descending=True
    ),
    "title": paging.Order("Title", Recommendation.sort_title, Recommendation.id),
    "status": paging.Order("Status, from draft on", Recommendation.place, Recommendation.id),
    "instrument": paging.Order(
        "Instrument",
        Recommendation.instrument,
        Recommendation.id,
        # as the index has them
        then=paging.Order("Changed first", Recommendation.updated_at, Recommendation.id),
    ),
}


class Due(StrEnum):
    """When the next action is due."""

    LATE = "late"
    WEEK = "week"
    MONTH = "month"
    NONE = "none"


DUE = {
    Due.LATE: "Before today",
    Due.WEEK: "Within 7 days",
    Due.MONTH: "Within 30 days",
    Due.NONE: "No day is set",
}
# what is read of an ask for every row, whatever its columns
IN_EACH_ROW = ("id", "organisation_id", "title", "instrument")
ME, NOBODY = "me", "none"
# what the address of a list holds besides filters
NARROWS_NOTHING = {"sort", "then", "columns", "cursor", "view"}
SEVERAL = ("columns", "ask")  # of which an address may name several


@dataclass(frozen=True)
class ListPage:
    """A page of asks with what their rows show: only what the chosen columns need is read."""

    page: paging.Page[Any]
    columns: tuple[str, ...]
    sort: str
    then: str
    narrowed: bool
    targets: dict[int, list[Target]] = field(default_factory=dict)
    places: dict[int, list[RecommendationPlace]] = field(default_factory=dict)
    tags: dict[int, list[str]] = field(default_factory=dict)
    owners: dict[int, str] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)


@lru_cache(maxsize=512)
def orders_for(viewer: Viewer) -> dict[str, paging.Order]:
    """The sortings that a viewer can choose. What an organisation does next is its own affair."""
    if not viewer.edits:
        return ORDERS
    ask = Recommendation
    own = case((ask.organisation_id == viewer.organisation_id, ask.next_action_on))
    due = func.coalesce(own, literal(date.max), type_=ask.next_action_on.type)

    def value(row: Recommendation) -> date:
        is_own = row.organisation_id == viewer.organisation_id
        return (row.next_action_on if is_own else None) or date.max

    return ORDERS | {
        "next": paging.Order(
            "Next action due first", due, ask.id, value=value, reads="next_action_on"
        )
    }


def chosen_sorting(viewer: Viewer) -> tuple[paging.Order, str, str]:
    """The sorting that the address asks for, with its name and that of the second one, by which
    rows are sorted that are level in the first."""
    orders = orders_for(viewer)
    order, name = chosen_order(orders)
    second = request.args.get("then", "")
    if not second:
        return order, name, ""
    if second not in orders:
        abort(400, f"This list cannot be sorted by “{second[:40]}”. Choose one of its sortings.")
    return _order(viewer, name, second), name, second


def _order(viewer: Viewer, first: str, second: str) -> paging.Order:
    """A sorting by its name, and by another where rows are level in the first."""
    orders = orders_for(viewer)
    is_finer = second and second.lstrip("-") != first.lstrip("-")
    return replace(orders[first], then=orders[second]) if is_finer else orders[first]


def filters_from_address(viewer: Viewer) -> tuple[filtering.Filters, Cause | None, bool]:
    """The filters in the address, the cause among them, and whether only stale asks are wanted.
    A value that is none, or a second one, is a 400 that says so."""
    refuse_repeated(but=SEVERAL)
    cause = chosen_word("cause", Cause)
    filters = filtering.Filters(
        q=chosen_text("q"),
        status=chosen_word("status", Status),
        is_open=chosen_switch("open"),
        instrument=chosen_word("instrument", Instrument),
        result=chosen_word("result", Result),
        acted=chosen_switch("acted"),
        agency_id=_agency_id(),
        asked=chosen_switch("asked"),
        answered=chosen_switch("answered"),
        acknowledged=chosen_switch("acknowledged"),
        country=_checked(filtering.country, "country"),
        region=chosen_text("region"),
        year=_checked(filtering.year, "year"),
        organisation_id=_organisation_id(),
        assignee_id=_assignee_id(viewer),
        unassigned=request.args.get("assignee") == NOBODY,
        audience=chosen_word("audience", Audience),
        tag=chosen_text("tag"),
        **_due(),
    )
    return filters, cause, chosen_switch("stale")


def list_page(viewer: Viewer) -> ListPage:
    """The page of asks that the address asks for."""
    order, name, second = chosen_sorting(viewer)
    columns = chosen_columns(viewer)
    place = paging.place_of(request.args.get("cursor"), order)
    asked = _asked(viewer)
    # the same word is rarely looked for again, and each database is asked for it in its own way
    build = _rows if asked.filters.q else _rows_built_once
    statement = build(
        viewer,
        asked,
        filtering.crowded(asked.filters),
        (name, second),
        back=place.back,
        is_beside=bool(place.beside),
        columns=tuple(sorted(columns)),
    )
    # plain rows have no need of what a session does for objects
    found = db.session.connection().execute(statement, place.bounds)
    page = paging.page_of(found, order, place)
    used = {key for key, value in request.args.items() if value}
    shown = ListPage(page, columns, name, second, bool(used - NARROWS_NOTHING))
    return _with_parts(shown, viewer)


def matching(viewer: Viewer) -> Select[Recommendation]:
    """The asks that the filters in the address leave."""
    asked = _asked(viewer)
    return _flagged(queries.listing(viewer, asked.filters), viewer, asked)


def narrowed_by_address(statement: S, viewer: Viewer) -> S:
    """Of asks that the viewer sees, those that the filters in the address leave."""
    asked = _asked(viewer)
    return _flagged(filtering.narrowed(statement, viewer, asked.filters), viewer, asked)


@dataclass(frozen=True)
class _Asked:
    """What the address asks for. Whether many asks are flagged so is asked of the database before:
    a statement is laid out by it, and built once for the answer."""

    filters: filtering.Filters
    cause: Cause | None
    is_stale: bool
    is_much_flagged: bool


def _asked(viewer: Viewer) -> _Asked:
    filters, cause, stale = filters_from_address(viewer)
    much = _is_much_flagged(viewer, cause) if cause or stale else False
    return _Asked(filters, cause, stale, much)


@kept_while_unchanged
def _is_much_flagged(viewer: Viewer, cause: Cause | None) -> bool:
    return filtering.are_many(_with_flags(viewer, cause))


def _with_flags(viewer: Viewer, cause: Cause | None) -> Select[int]:
    """The asks with a flag, for that cause or any."""
    flagged = clocks.flagged(viewer).with_only_columns(Clock.recommendation_id)
    return flagged.where(Clock.cause == cause) if cause else flagged


def _flagged(statement: S, viewer: Viewer, asked: _Asked) -> S:
    """The asks that carry a flag, for one cause or any, where that is asked for."""
    if not asked.cause and not asked.is_stale:
        return statement
    flagged = _with_flags(viewer, asked.cause)
    return statement.where(filtering.among(flagged, asked.is_much_flagged))


def _rows(
    viewer: Viewer,
    asked: _Asked,
    many: frozenset[str],
    sorting: tuple[str, str],
    *,
    back: bool,
    is_beside: bool,
    columns: tuple[str, ...],
) -> Select[*tuple[Any, ...]]:
    """The rows of a page with what most columns show, in one statement."""
    order = _order(viewer, *sorting)
    names = dict.fromkeys(IN_EACH_ROW)
    names |= dict.fromkeys(COLUMNS[name].reads for name in columns if COLUMNS[name].reads)
    names |= dict.fromkeys(part.attribute for part in order.parts)
    rows = _flagged(queries.rows(viewer, asked.filters, many, names), viewer, asked)

    def more(page: Subquery) -> Iterator[ColumnElement[Any]]:
        yield queries.bodies(viewer, page.c.id).label("bodies")
        if "flags" in columns:
            yield clocks.causes(viewer, page.c.id).label("causes")

    return paging.rows_at(rows, order, back=back, is_beside=is_beside, more=more)


_rows_built_once = lru_cache(maxsize=128)(_rows)  # some eighty kilobytes each


def _with_parts(shown: ListPage, viewer: Viewer) -> ListPage:
    """The page with what its columns show beside the rows' own values."""
    rows, columns = shown.page.rows, shown.columns
    ids = [ask.id for ask in rows]
    own = [ask for ask in rows if ask.organisation_id == viewer.organisation_id]
    return replace(
        shown,
        targets=queries.targets_of(viewer, ids) if "targets" in columns else {},
        places=queries.places_of(viewer, ids) if "places" in columns else {},
        tags=tags_of(viewer, ids) if "tags" in columns else {},
        owners=accounts.organisation_names({ask.organisation_id for ask in rows})
        if "owner" in columns
        else {},
        people=accounts.actors(viewer, (ask.assignee_id for ask in own))
        if "assignee" in columns
        else {},
    )


def _assignee_id(viewer: Viewer) -> int | None:
    """Whom the asks are to be assigned to: oneself or a colleague."""
    chosen = request.args.get("assignee", "")
    if chosen == ME or (chosen_switch("mine") and not chosen):
        return viewer.user_id or -1
    if chosen in ("", NOBODY):
        return None
    known = {str(user.id): user.id for user in accounts.colleagues(viewer)} if viewer.edits else {}
    return known[chosen] if chosen in known else abort(400, "Choose a colleague from the list.")


def _due() -> dict[str, Any]:
    """The days between which the next action is due, as filters."""
    due, day = chosen_word("due", Due), today()
    if due is None:
        return {}
    if due is Due.NONE:
        return {"without_next": True}
    if due is Due.LATE:
        return {"next_until": day - timedelta(days=1)}
    return {"next_from": day, "next_until": day + timedelta(days=7 if due is Due.WEEK else 30)}


def _agency_id() -> int | None:
    slug = chosen_text("agency")
    if not slug:
        return None
    return agencies.id_of(slug) or abort(400, "No such body is known. Choose one from the list.")


def _organisation_id() -> int | None:
    name = chosen_text("organisation")
    if not name:
        return None
    found = db.session.scalar(select(Organisation.id).where(Organisation.name == name))
    return found if found is not None else -1


def _checked(check: Callable[[str], str], name: str) -> str:
    try:
        return check(chosen_text(name))
    except ValueError as problem:
        abort(400, str(problem))
