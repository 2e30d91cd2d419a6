"""Lists and single records. A hidden record and a missing one answer the same 404."""

import json
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, abort, request
from sqlalchemy import Select

from tracker.agencies import queries as agencies
from tracker.agencies.models import Agency
from tracker.casework import listing
from tracker.casework.list_words import NAMES
from tracker.casework.reading import note_reads_of
from tracker.core.db import db
from tracker.core.now import today
from tracker.correspondence.models import Contact, Letter
from tracker.dashboards.statistics import statistics as count
from tracker.exchange import export_json
from tracker.recommendations.models import Recommendation
from tracker.records.models import Record, RecordMixin
from tracker.schemas import shapes
from tracker.sources.models import Source
from tracker.targets.models import Target
from tracker.web.lists import refuse_repeated
from tracker.web.paging import PAGE_SIZE, Order, fetch
from tracker.web.policy import Policy, policy
from tracker.web.settings import settings
from tracker.web.viewer import current

api = Blueprint("api", __name__, url_prefix="/api/v1")

MOST = 200  # items at a time
LETTERS = Order("Written last", Letter.written_on, Letter.id, descending=True)
TARGETS = Order("Name", Target.sort_name, Target.id)
SOURCES = Order("Title", Source.sort_title, Source.id)
BODIES = Order("Name", Agency.name, Agency.id)
PAGING = ("cursor", "limit")
Item = dict[str, Any]
# the items of some records, and the further records whose words stand in them
Items = Callable[[Sequence[Any]], tuple[list[Item], Sequence[RecordMixin]]]


@api.get("/recommendations")
@policy(Policy.READER)
def recommendations() -> Response:
    """Asks, by the filters and sortings of the list's page."""
    order, _, _ = listing.chosen_sorting(current())
    asks = export_json.visible_asks(current()).options(*export_json.PARTS_OF_ASK)
    statement = listing.narrowed_by_address(asks, current())
    return _list(statement, order, _asks, Recommendation, takes=NAMES)


@api.get("/recommendations/<ref:reference>")
@policy(Policy.READER)
def recommendation(reference: str) -> Response:
    """An ask."""
    found = export_json.visible_asks(current()).options(*export_json.PARTS_OF_ASK)
    return _item(found, Recommendation, reference, _asks)


@api.get("/letters")
@policy(Policy.READER)
def letters() -> Response:
    """Letters, the one that was written last first."""
    return _sorted(export_json.visible_letters(current()), LETTERS, _letters, Letter)


@api.get("/letters/<ref:reference>")
@policy(Policy.READER)
def letter(reference: str) -> Response:
    """A letter."""
    return _item(export_json.visible_letters(current()), Letter, reference, _letters)


@api.get("/targets")
@policy(Policy.READER)
def targets() -> Response:
    """Targets, by name."""
    return _sorted(export_json.visible_targets(current()), TARGETS, _targets, Target)


@api.get("/targets/<ref:reference>")
@policy(Policy.READER)
def target(reference: str) -> Response:
    """A target."""
    found = export_json.visible_targets(current())
    return _item(found, Target, reference, _targets)


@api.get("/sources")
@policy(Policy.READER)
def all_sources() -> Response:
    """Sources, by title."""
    return _sorted(export_json.visible_sources(current()), SOURCES, _sources, Source)


@api.get("/sources/<ref:reference>")
@policy(Policy.READER)
def source(reference: str) -> Response:
    """A source."""
    return _item(export_json.visible_sources(current()), Source, reference, _sources)


@api.get("/agencies")
@policy(Policy.READER)
def all_agencies() -> Response:
    """Bodies, by name."""
    _take_only(PAGING)
    page = fetch(agencies.listing(), BODIES, request.args.get("cursor"), _limit())
    return _json({"items": [shapes.agency(row) for row in page.rows], "next": page.later})


@api.get("/agencies/<slug:slug>")
@policy(Policy.READER)
def agency(slug: str) -> Response:
    """A body."""
    _take_only(())
    found = db.session.scalar(agencies.listing().where(Agency.slug == slug))
    return _json(shapes.agency(found)) if found else abort(404)


@api.get("/statistics")
@policy(Policy.READER)
def statistics() -> Response:
    """The figures of what the token's owner sees."""
    _take_only(())
    return _json(count(current(), today()))


def _asks(rows: Sequence[Recommendation]) -> tuple[list[Item], list[Contact]]:
    day, base_url = today(), settings().base_url
    asks = list(export_json.parts_of(current(), rows))
    items = [shapes.recommendation(parts, day, base_url) for parts in asks]
    return items, [contact for parts in asks for contact in parts.contacts]


def _letters(rows: Sequence[Letter]) -> tuple[list[Item], list[RecordMixin]]:
    return list(export_json.letter_items(current(), rows)), []


def _targets(rows: Sequence[Target]) -> tuple[list[Item], list[RecordMixin]]:
    return list(export_json.target_items(current(), rows)), []


def _sources(rows: Sequence[Source]) -> tuple[list[Item], list[RecordMixin]]:
    return [shapes.source(row) for row in rows], []


def _sorted(
    statement: Select[Any], usual: Order, items: Items, model: type[RecordMixin]
) -> Response:
    """A page in the usual order, or what changed last at the end: only that can be read to its end
    while others change what is in it."""
    by = request.args.get("sort", "")
    if by not in ("", "updated"):
        abort(400, "sort is “updated”, or is left out.")
    order = Order("Changed", model.updated_at, model.record_key()) if by else usual
    return _list(statement, order, items, model, takes=frozenset({"sort"}))


def _list(
    statement: Select[Any],
    order: Order,
    items: Items,
    model: type[RecordMixin],
    *,
    takes: frozenset[str] = frozenset(),
) -> Response:
    """A page of records, those changed since a moment or all; what the list does not take besides
    is refused, so that no script takes all for some."""
    _take_only({*takes, "updated_since", *PAGING})
    since = _moment("updated_since")
    if since:
        statement = statement.where(model.updated_at >= since)
    page = fetch(statement, order, request.args.get("cursor"), _limit())
    return _json({"items": _given(page.rows, items), "next": page.later})


def _take_only(names: Collection[str]) -> None:
    refuse_repeated()
    unknown = sorted(set(request.args) - set(names))
    if unknown:
        known = ", ".join(sorted(names)) or "nothing"
        abort(400, f"“{unknown[0][:40]}” is not taken here. Taken is: {known}.")


def _given(rows: Sequence[RecordMixin], items: Items) -> list[Item]:
    """The items of some records. Who is given what is restricted is kept of just what stands in
    them, before anybody has it."""
    made, further = items(rows)
    note_reads_of(current(), [*rows, *further])
    return made


def _item(
    statement: Select[Any], model: type[RecordMixin], reference: str, items: Items
) -> Response:
    """The record of that reference, among what the statement narrows to what the viewer sees."""
    _take_only(())
    own = statement.join(Record, Record.id == model.record_key())
    one = own.where(Record.reference == reference)
    found = fetch(one, _by_key(model), None, 1).rows
    return _json(_given(found, items)[0]) if found else abort(404)


def _by_key(model: Any) -> Order:
    return Order("", model.id, model.id)


def _limit() -> int:
    typed = request.args.get("limit", str(PAGE_SIZE))
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 5 and 0 < int(typed) <= MOST):
        abort(400, f"limit is a number from 1 to {MOST}.")
    return int(typed)


def _moment(name: str) -> datetime | None:
    typed = request.args.get(name)
    if not typed:
        return None
    wanted = f"{name} is a time with its zone, as 2024-03-01T12:00:00Z."
    try:
        found = datetime.fromisoformat(typed.upper())
        return found.astimezone(UTC) if found.tzinfo else abort(400, wanted)
    except (ValueError, OverflowError):
        abort(400, wanted)


def _json(told: Any) -> Response:
    return Response(json.dumps(told, ensure_ascii=False), mimetype="application/json")
