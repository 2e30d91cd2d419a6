"""Pages by key: the next page begins after the last row seen, so any depth costs the same."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from flask import abort
from sqlalchemy import Select, and_, bindparam, or_
from sqlalchemy.orm import InstrumentedAttribute

from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.types import PartialDateType, UtcDateTime

PAGE_SIZE = 50
Row = TypeVar("Row")


@dataclass(frozen=True)
class Order:
    """A sorting by one column, ties broken by the key. `label` is what a person chooses."""

    label: str
    column: InstrumentedAttribute[Any]
    key: InstrumentedAttribute[Any]
    descending: bool = False


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
    back, value, key = _decode(cursor, order) if cursor else (False, None, None)
    falling = order.descending != back
    column, tie = order.column, order.key
    if cursor:
        value = bindparam(None, value, column.type)  # also where it stands for no date
        beyond = column < value if falling else column > value
        tied = tie < key if falling else tie > key
        statement = statement.where(or_(beyond, and_(column == value, tied)))
        # a plain bound lets either planner start in the index at the right place
        statement = statement.where(column <= value if falling else column >= value)
    columns = (column, tie)
    statement = statement.order_by(*((c.desc() if falling else c.asc()) for c in columns))
    rows = list(db.session.scalars(statement.limit(size + 1)).unique())
    more, rows = len(rows) > size, rows[:size]
    if back:
        rows.reverse()
    before, after = (more, True) if back else (cursor is not None, more)
    return Page(
        rows,
        earlier=_encode("b", rows[0], order) if rows and before else None,
        later=_encode("f", rows[-1], order) if rows and after else None,
    )


def _encode(direction: str, row: Any, order: Order) -> str:
    value = getattr(row, order.column.key)
    text = value.isoformat() if isinstance(value, datetime) else str(value or "")
    packed = json.dumps([direction, text, getattr(row, order.key.key)], ensure_ascii=False)
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def _decode(cursor: str, order: Order) -> tuple[bool, Any, int]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        direction, text, key = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        if direction not in ("f", "b") or not isinstance(text, str) or not isinstance(key, int):
            raise ValueError(cursor)
        if not 0 < key < 2**62 or "\x00" in text or len(text) > 400:
            raise ValueError(cursor)
        return direction == "b", _value(text, order), key
    except (ValueError, TypeError, RecursionError):
        abort(400, "The link to this page of the list is damaged. Start the list from its top.")


def _value(text: str, order: Order) -> Any:
    kind = order.column.type
    if isinstance(kind, UtcDateTime):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError(text)
        return moment
    if isinstance(kind, PartialDateType):
        return PartialDate.parse(text) if text else None
    text.encode()  # a lone surrogate is no text
    return text
