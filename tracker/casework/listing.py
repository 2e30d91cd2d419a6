"""The list of asks: which filters its address can carry, and what it shows."""

import re
from dataclasses import dataclass
from typing import Any

from flask import abort, request
from sqlalchemy import select

from tracker.accounts.models import Organisation
from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies
from tracker.clocks import queries as clocks
from tracker.clocks.models import Cause, Clock
from tracker.core.countries import countries
from tracker.core.dates import BadDate, PartialDate
from tracker.core.db import db
from tracker.recommendations import queries
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import Recommendation, Result, Status
from tracker.web import paging
from tracker.web.lists import chosen_order, chosen_switch, chosen_text, chosen_word

ORDERS = {
    "-updated": paging.Order(
        "Changed last", Recommendation.updated_at, Recommendation.id, descending=True
    ),
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
}


@dataclass(frozen=True)
class ListPage:
    """A page of asks with what their rows show."""

    page: paging.Page[Recommendation]
    flags: dict[int, list[Any]]  # rows with a cause
    sort: str
    narrowed: bool


def filters_from_address(viewer: Viewer) -> tuple[queries.Filters, list[Cause], bool]:
    """The filters in the address, the causes among them, and whether only stale asks are wanted.
    A value that is none is a 400 that says so."""
    cause = chosen_word("cause", Cause)
    filters = queries.Filters(
        q=chosen_text("q"),
        status=chosen_word("status", Status),
        is_open=True if chosen_switch("open") else None,
        instrument=chosen_word("instrument", Instrument),
        result=chosen_word("result", Result),
        acted=chosen_switch("acted"),
        agency_id=_agency_id(),
        answered=chosen_switch("answered"),
        acknowledged=chosen_switch("acknowledged"),
        country=_country(),
        region=chosen_text("region"),
        year=_year(),
        organisation_id=_organisation_id(viewer),
        assignee_id=viewer.user_id if chosen_switch("mine") else None,
        tag=chosen_text("tag"),
    )
    return filters, [cause] if cause else [], chosen_switch("stale")


def list_page(viewer: Viewer) -> ListPage:
    """The page of asks that the address asks for."""
    filters, causes, stale = filters_from_address(viewer)
    order, name = chosen_order(ORDERS)
    statement = queries.listing(viewer, filters)
    if causes or stale:
        flagged = clocks.flagged(viewer).with_only_columns(Clock.recommendation_id)
        if causes:
            flagged = flagged.where(Clock.cause.in_(causes))
        statement = statement.where(queries.among(flagged))
    page = paging.fetch(statement, order, request.args.get("cursor"))
    ids = [ask.id for ask in page.rows]
    used = {key for key, value in request.args.items() if value} - {"sort", "cursor"}
    return ListPage(
        page,
        clocks.causes_of(viewer, ids),
        name,
        bool(used),
    )


def _agency_id() -> int | None:
    slug = chosen_text("agency")
    if not slug:
        return None
    agency = agencies.by_slug(slug)
    return agency.id if agency else abort(400, "No such body is known. Choose one of the list.")


def _organisation_id(viewer: Viewer) -> int | None:
    name = chosen_text("organisation")
    if not name:
        return None
    found = db.session.scalar(select(Organisation.id).where(Organisation.name == name))
    return found if found is not None else -1


def _country() -> str:
    code = chosen_text("country").upper()
    if code and code not in countries():
        abort(400, f"“{code[:10]}” is no country code that we know. Choose one of the list.")
    return code


def _year() -> str:
    year = chosen_text("year")
    if year == queries.NONE:
        return year
    if year and not re.fullmatch(r"\d{4}", year):
        abort(400, "A year has four figures, as 2023.")
    try:
        return str(PartialDate.parse(year)) if year else ""
    except BadDate as problem:
        abort(400, str(problem))
