"""Column types that keep what Python knows: aware UTC times, partial dates, bounded words."""

from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Integer, String
from sqlalchemy.types import TypeDecorator

from tracker.core.dates import PartialDate

# 64 bits on PostgreSQL; SQLite's rowid needs the plain name.
BigId = BigInteger().with_variant(Integer, "sqlite")


def sortable(length: int) -> String:
    """A text that is sorted and compared by code point on either database."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """Aware times only, in UTC; SQLite would hand them back naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PartialDateType(TypeDecorator[PartialDate]):
    """`2019`, `2019-12` or `2019-12-03`; an unknown date is the empty text.

    Read as text these sort by the earliest day they can mean, also against a full ISO day, so one
    indexed column serves for showing, sorting, counting and paging, without a NULL in its way.
    """

    impl = String(10)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(
            String(10, collation="C") if dialect.name == "postgresql" else String(10)
        )

    def process_bind_param(self, value: PartialDate | str | None, dialect: Dialect) -> str:
        return "" if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> PartialDate | None:
        return _known_date(value) if value else None

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return String(10) if isinstance(value, str) else self


@lru_cache(maxsize=8192)
def _known_date(text: str) -> PartialDate:
    """The date of a column's text; lists hold the same few again and again."""
    return PartialDate.parse(text)


def word(enum: type[StrEnum], *, check: str | None = None) -> Enum:
    """An enum stored as its value, held to it by a CHECK on either database; of several columns of
    a table with the same one, each names its `check`."""
    return Enum(
        enum,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
        name=check or _snake(enum.__name__),
    )


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
