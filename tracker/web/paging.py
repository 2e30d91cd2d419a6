"""Pages by key: the next page begins after the last row seen, so any depth costs the same."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, NamedTuple, TypeVar

from flask import abort
from sqlalchemy import ColumnElement, Date, Integer, Select, Subquery, and_, bindparam, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.types import PartialDateType, UtcDateTime
from tracker.web.sealing import seal, unseal

PAGE_SIZE = 50
Row = TypeVar("Row")
S = TypeVar("S", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True)
class Order:
    """A sorting by one column, or by that of `then` where it ties, and last by the key. `label` is
    what a person chooses; `value` tells what a row has where the column is a computed one, which
    is then never nothing, and is computed of what it `reads`."""

    label: str
    column: InstrumentedAttribute[Any] | ColumnElement[Any]
    key: InstrumentedAttribute[Any]
    descending: bool = False
    value: Callable[[Any], Any] | None = None
    reads: str = ""
    then: "Order | None" = None

    @property
    def parts(self) -> tuple["Order", ...]:
        """The sortings one after the other, without the key."""
        return (self, *(self.then.parts if self.then else ()))

    def of(self, row: Any) -> Any:
        """What a row is sorted by."""
        return self.value(row) if self.value else getattr(row, self.attribute)

    @property
    def attribute(self) -> str:
        """What a row must have read to say what it is sorted by."""
        return self.reads or str(self.column.key)


class Place(NamedTuple):
    """Where a page lies: behind a row, or before it, of which this holds what it is sorted by and
    the key; without one at the top."""

    back: bool = False
    beside: tuple[Any, ...] = ()

    @property
    def bounds(self) -> dict[str, Any]:
        """The row as the parameters of a statement."""
        return {f"bound{i}": value for i, value in enumerate(self.beside)}


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and where to go on."""

    rows: Sequence[Row]
    earlier: str | None
    later: str | None


def fetch(
    statement: Select[Row], order: Order, cursor: str | None, size: int = PAGE_SIZE
) -> Page[Row]:
    """The page that a cursor points to; without one, the first. A cursor that is none is a 400."""
    place = place_of(cursor, order)
    columns = _columns(order, place.back)
    statement = _from(statement, columns, bool(place.beside)).order_by(*_sorted(columns))
    found = db.session.scalars(statement.limit(size + 1), place.bounds).unique()
    return page_of(found, order, place, size)


def place_of(cursor: str | None, order: Order) -> Place:
    """Where the page lies that a cursor points to. A cursor that is none is a 400."""
    return _decode(cursor, order) if cursor else Place()


def rows_at(
    statement: Select[*tuple[Any, ...]],
    order: Order,
    *,
    back: bool,
    is_beside: bool,
    more: Callable[[Subquery], Iterable[ColumnElement[Any]]],
    size: int = PAGE_SIZE,
) -> Select[*tuple[Any, ...]]:
    """A page's rows, and one further on, as a statement that takes the `bounds` of a place: the
    columns of `statement`, and what `more` finds for the rows of the page alone."""
    columns = _columns(order, back)
    shown = [column.key for column in statement.selected_columns]
    sorting = [column.label(f"by{i}") for i, (column, _) in enumerate(columns)]
    inside = _from(statement, columns, is_beside).order_by(*_sorted(columns))
    page = inside.add_columns(*sorting).limit(size + 1).subquery("page")
    again = [(page.c[f"by{i}"], falling) for i, (_, falling) in enumerate(columns)]
    whole = select(*(page.c[key] for key in shown if key), *more(page))
    return whole.order_by(*_sorted(again))


def page_of(found: Iterable[Any], order: Order, place: Place, size: int = PAGE_SIZE) -> Page[Any]:
    """The page of rows that were found at a place, one more than it holds if it goes on."""
    rows = list(found)
    more, rows = len(rows) > size, rows[:size]
    if place.back:
        rows.reverse()
    before, after = (more, True) if place.back else (bool(place.beside), more)
    return Page(
        rows,
        earlier=_encode("b", rows[0], order) if rows and before else None,
        later=_encode("f", rows[-1], order) if rows and after else None,
    )


def _columns(order: Order, back: bool) -> list[tuple[ColumnElement[Any], bool]]:
    """The columns that rows are sorted by, the key last, each with whether it falls."""
    columns: list[tuple[Any, bool]] = [(p.column, p.descending != back) for p in order.parts]
    return [*columns, (order.key, order.descending != back)]


def _sorted(columns: Iterable[tuple[ColumnElement[Any], bool]]) -> list[ColumnElement[Any]]:
    return [column.desc() if falling else column.asc() for column, falling in columns]


def _from(statement: S, columns: Sequence[tuple[Any, bool]], is_beside: bool) -> S:
    """The statement from the row on that its bounds name."""
    if not is_beside:
        return statement
    # bound by their types also where they stand for no date
    bounds = [bindparam(f"bound{i}", type_=c.type) for i, (c, _) in enumerate(columns)]
    return statement.where(*_beyond(columns, bounds))


def _beyond(
    columns: Sequence[tuple[Any, bool]], bounds: Sequence[Any]
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The rows after a given one: further on in the first column, or level there and further on in
    the next. A plain bound lets either planner start in the index at the right place."""
    ways: list[ColumnElement[bool]] = []
    level: list[ColumnElement[bool]] = []
    for (column, falling), bound in zip(columns, bounds, strict=True):
        ways.append(and_(*level, column < bound if falling else column > bound))
        level.append(column == bound)
    (first, falls), start = columns[0], bounds[0]
    return or_(*ways), first <= start if falls else first >= start


def _encode(direction: str, row: Any, order: Order) -> str:
    texts = [_text(part.of(row)) for part in order.parts]
    place = texts if order.then else texts[0]
    # sealed, and as long whichever it is: keys number the records of all, also of those that the
    # reader does not see
    text = json.dumps([direction, place, f"{getattr(row, order.key.key):019}"])
    return seal(text, _list_of(order))


def _list_of(order: Order) -> str:
    """What tells one list from another: a link to a page of one leads nowhere in another."""
    return " ".join([str(order.key), *(part.label for part in order.parts)])


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def _decode(cursor: str, order: Order) -> Place:
    try:
        direction, place, key = json.loads(unseal(cursor, _list_of(order)))
        texts = place if order.then and isinstance(place, list) else [place]
        if direction not in ("f", "b") or len(texts) != len(order.parts):
            raise ValueError(cursor)
        if not isinstance(key, str) or not 0 < int(key) < 2**62:
            raise ValueError(cursor)
        values = [_value(text, part) for text, part in zip(texts, order.parts, strict=True)]
        return Place(direction == "b", (*values, int(key)))
    except (ValueError, TypeError, RecursionError):
        abort(400, "The link to this page of the list is damaged. Start the list from its top.")


def _value(text: Any, order: Order) -> Any:
    if not isinstance(text, str) or "\x00" in text or len(text) > 400:
        raise ValueError(text)
    kind = order.column.type
    if isinstance(kind, UtcDateTime):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError(text)
        return moment
    if isinstance(kind, PartialDateType):
        return PartialDate.parse(text) if text else None
    if isinstance(kind, Date):
        return date.fromisoformat(text)
    if isinstance(kind, Integer):
        return _small(int(text))
    text.encode()  # a lone surrogate is no text
    return text


def _small(number: int) -> int:
    if abs(number) >= 2**31:
        raise ValueError(number)
    return number
