"""Pages by key: the next page begins after the last row seen, so any depth costs the same."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from flask import abort
from sqlalchemy import ColumnElement, Date, Integer, Select, and_, bindparam, or_
from sqlalchemy.orm import InstrumentedAttribute

from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.types import PartialDateType, UtcDateTime
from tracker.web.sealing import seal, unseal

PAGE_SIZE = 50
Row = TypeVar("Row")


@dataclass(frozen=True)
class Order:
    """A sorting by one column, or by that of `then` where it ties, and last by the key. `label` is
    what a person chooses; `value` tells what a row has where the column is a computed one, which
    is then never nothing."""

    label: str
    column: InstrumentedAttribute[Any] | ColumnElement[Any]
    key: InstrumentedAttribute[Any]
    descending: bool = False
    value: Callable[[Any], Any] | None = None
    then: "Order | None" = None

    @property
    def parts(self) -> tuple["Order", ...]:
        """The sortings one after the other, without the key."""
        return (self, *(self.then.parts if self.then else ()))

    def of(self, row: Any) -> Any:
        """What a row is sorted by."""
        return self.value(row) if self.value else getattr(row, str(self.column.key))


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
    return _page(
        statement, order, cursor, size, lambda limited: db.session.scalars(limited).unique()
    )


def fetch_rows(
    statement: Select[*tuple[Any, ...]], order: Order, cursor: str | None, size: int = PAGE_SIZE
) -> Page[Any]:
    """The same of a statement of columns: rows that have what they are sorted by."""
    return _page(statement, order, cursor, size, db.session.execute)


def _page(
    statement: Select[*tuple[Any, ...]],
    order: Order,
    cursor: str | None,
    size: int,
    run: Callable[[Any], Iterable[Any]],
) -> Page[Any]:
    back, values, key = _decode(cursor, order) if cursor else (False, [], 0)
    columns = [(part.column, part.descending != back) for part in order.parts]
    columns.append((order.key, order.descending != back))
    if cursor:
        # bound by their types also where they stand for no date
        bounds = [
            bindparam(None, v, c.type) for v, (c, _) in zip([*values, key], columns, strict=True)
        ]
        statement = statement.where(*_beyond(columns, bounds))
    statement = statement.order_by(*(c.desc() if falling else c.asc() for c, falling in columns))
    rows = list(run(statement.limit(size + 1)))
    more, rows = len(rows) > size, rows[:size]
    if back:
        rows.reverse()
    before, after = (more, True) if back else (cursor is not None, more)
    return Page(
        rows,
        earlier=_encode("b", rows[0], order) if rows and before else None,
        later=_encode("f", rows[-1], order) if rows and after else None,
    )


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
    return seal(json.dumps([direction, place, f"{getattr(row, order.key.key):019}"]))


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def _decode(cursor: str, order: Order) -> tuple[bool, list[Any], int]:
    try:
        direction, place, key = json.loads(unseal(cursor))
        texts = place if order.then and isinstance(place, list) else [place]
        if direction not in ("f", "b") or len(texts) != len(order.parts):
            raise ValueError(cursor)
        if not isinstance(key, str) or not 0 < int(key) < 2**62:
            raise ValueError(cursor)
        values = [_value(text, part) for text, part in zip(texts, order.parts, strict=True)]
        return direction == "b", values, int(key)
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
