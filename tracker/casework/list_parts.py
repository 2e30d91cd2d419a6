"""The parts of the list of asks: all that its filters and each row show, as plain data, and drawn
from that, once for what they show."""

from collections.abc import Callable, Hashable, Iterator
from typing import Any, NamedTuple

from flask import Flask, request, url_for
from markupsafe import Markup

from tracker.accounts import queries as accounts
from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies
from tracker.casework.columns import COLUMNS, NUMERIC, UNDER_MORE, offered
from tracker.casework.list_words import NAMES, PEOPLE, Choices, in_words
from tracker.casework.listing import DUE, ListPage, orders_for
from tracker.clocks.queries import causes_in
from tracker.core.countries import countries
from tracker.core.now import today
from tracker.recommendations import queries
from tracker.recommendations.instruments import Instrument
from tracker.records.models import Audience
from tracker.web.drawing import drawn_once
from tracker.web.filters import with_parts, with_query
from tracker.web.viewer import current

Pairs = tuple[tuple[str, str], ...]
MOST_ROWS, MOST_FILTERS = 2048, 128  # what a process keeps: one and some twenty kilobytes each
MOST_TARGETS = 3


class RowShown(NamedTuple):
    """What one row shows: the ask, and the value of each chosen column."""

    reference: str
    title: str
    instrument: Instrument
    bodies: str
    is_own: bool
    cells: tuple[tuple[str, Hashable], ...]


def rows_shown(listing: ListPage, viewer: Viewer) -> Iterator[RowShown]:
    """The rows of a page, as the viewer may read them."""
    rows = listing.page.rows
    bodies = [queries.bodies_in(ask.bodies) for ask in rows]
    names = agencies.short_names({key for keys in bodies for key in keys})
    values = [(name, _VALUES[name]) for name in listing.columns]
    for ask, keys in zip(rows, bodies, strict=True):
        is_own = ask.organisation_id == viewer.organisation_id
        yield RowShown(
            ask.reference,
            ask.title,
            ask.instrument,
            ", ".join(names[key] for key in keys),
            is_own,
            tuple((name, value(ask, listing, is_own)) for name, value in values),
        )


def _targets(ask: Any, listing: ListPage, _own: bool) -> Hashable:
    names = [target.name for target in listing.targets.get(ask.id, ())]
    return tuple(names[:MOST_TARGETS]), max(len(names) - MOST_TARGETS, 0)


def _due(ask: Any, _listing: ListPage, is_own: bool) -> Hashable:
    day = ask.next_action_on if is_own else None
    return day, day is not None and day < today()


def _audience(ask: Any, _listing: ListPage, is_own: bool) -> Hashable:
    is_theirs = ask.audience is Audience.ORGANISATION and not is_own
    return None if is_theirs else ask.audience


# what is read of an ask for a column, by its name: of what its owner plans, nothing for others
_VALUES: dict[str, Callable[[Any, ListPage, bool], Hashable]] = {
    "status": lambda ask, _, own: ask.status,
    "result": lambda ask, _, own: ask.result,
    "sent": lambda ask, _, own: ask.submitted_on,
    "contact": lambda ask, _, own: ask.last_contact_on,
    "flags": lambda ask, _, own: causes_in(ask.causes),
    "targets": _targets,
    "places": lambda ask, listing, own: tuple(
        (place.country, place.region) for place in listing.places.get(ask.id, ())
    ),
    "assignee": lambda ask, listing, own: (
        listing.people.get(ask.assignee_id, "nobody") if own else ""
    ),
    "next": lambda ask, _, own: ask.next_action if own else "",
    "due": _due,
    "tags": lambda ask, listing, own: tuple(
        (tag, with_query(tag=tag)) for tag in listing.tags.get(ask.id, ())
    ),
    "audience": _audience,
    "owner": lambda ask, listing, own: listing.owners[ask.organisation_id],
    "updated": lambda ask, _, own: ask.updated_at.date(),
}


class FiltersShown(NamedTuple):
    """What the filters above the list show: what the address says, and what can be chosen."""

    args: tuple[tuple[str, str], ...]
    sort: str
    then: str
    columns: tuple[str, ...]
    more_open: bool
    edits: bool
    at: str
    export_at: str
    agencies: Pairs
    countries: Pairs
    people: Pairs  # to whom an ask can be assigned, oneself as such
    orders: Pairs
    offered: Pairs
    said: Pairs  # what narrows and orders the list, in words


def choices_for(viewer: Viewer) -> Choices:
    """What the filters of the list offer a viewer, with its words."""
    colleagues = accounts.names_of_colleagues(viewer) if viewer.edits else {}
    return {
        "agency": agencies.names(short=True),
        "country": countries(),
        "assignee": PEOPLE | {str(key): name for key, name in colleagues.items()},
        "sort": {name: order.label for name, order in orders_for(viewer).items()},
        "columns": {name: column.label for name, column in offered(viewer).items()},
    }


def filters_shown(listing: ListPage, viewer: Viewer) -> FiltersShown:
    """The filters above a page of the list, as the present address sets them."""
    there = queries.countries(viewer)
    args = [(k, v) for k, v in request.args.items(multi=True) if k != "cursor"]
    filters = [(k, v) for k, v in args if k in NAMES]
    export_at = with_parts(url_for("exports.index"), filters)
    choices, own = choices_for(viewer), str(viewer.user_id)
    return FiltersShown(
        tuple(dict(reversed(args)).items()),  # of several of a name the first
        listing.sort,
        listing.then,
        listing.columns,
        any(request.args.get(name) for name in UNDER_MORE),
        viewer.edits,
        url_for("recommendations.index"),
        "" if viewer.is_anonymous else export_at,
        tuple(choices["agency"].items()),
        tuple((code, name) for code, name in countries().items() if code in there),
        tuple((k, v) for k, v in choices["assignee"].items() if k != own) if viewer.edits else (),
        tuple(choices["sort"].items()),
        tuple(choices["columns"].items()),
        tuple(in_words(args, choices)) if args else (),
    )


def init_app(app: Flask) -> None:
    """Give templates `ask_rows(listing, ticks)`, the rows with boxes to tick or not, and
    `ask_filters(listing)`."""
    row = drawn_once(app, "partials/ask_row.html", "row", MOST_ROWS, COLUMNS, NUMERIC)
    filters = drawn_once(app, "partials/ask_filters.html", "filters", MOST_FILTERS, DUE)

    def ask_rows(listing: ListPage, ticks: bool) -> Markup:
        at = url_for("recommendations.index") + "/"
        return Markup("").join(row(shown, at, ticks) for shown in rows_shown(listing, current()))

    def ask_filters(listing: ListPage) -> Markup:
        return filters(filters_shown(listing, current()))

    app.jinja_env.globals |= {"ask_rows": ask_rows, "ask_filters": ask_filters}
