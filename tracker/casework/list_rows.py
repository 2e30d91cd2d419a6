"""The rows of the list of asks: all that each shows as plain data, and the row drawn from that.

A list is opened again and again, and most of its rows are then as they were: a row is drawn once
for what it shows, and the same words need no drawing again. Nothing can be out of date or go to
another reader by it, since what is shown is what the drawn row is found by."""

from collections.abc import Callable, Hashable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from flask import Flask
from markupsafe import Markup

from tracker.accounts.viewer import Viewer
from tracker.casework.columns import COLUMNS, NUMERIC
from tracker.casework.listing import ListPage
from tracker.core.now import today
from tracker.recommendations.instruments import Instrument
from tracker.records.models import Audience
from tracker.web.filters import with_query

MOST = 2048  # rows that a process keeps, about a kilobyte each
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
    values = [(name, _VALUES[name]) for name in listing.columns]
    for ask in listing.page.rows:
        is_own = ask.organisation_id == viewer.organisation_id
        yield RowShown(
            ask.reference,
            ask.title,
            ask.instrument,
            listing.bodies.get(ask.id, ""),
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
    "flags": lambda ask, listing, own: listing.flags.get(ask.id, ()),
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


def init_app(app: Flask) -> None:
    """Give templates `ask_row(row, at, ticks)`: a row of the list, of which links lead to what is
    below the address `at`, with a box to tick or not."""

    @lru_cache(maxsize=MOST)
    def ask_row(row: RowShown, at: str, ticks: bool) -> Markup:
        drawing: Any = app.jinja_env.get_template("partials/ask_row.html").module
        drawn: Markup = drawing.row(row, at, ticks, COLUMNS, NUMERIC)
        return drawn

    app.jinja_env.globals["ask_row"] = ask_row
