"""The one reader of the system time."""

from datetime import UTC, date, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The present day in UTC; clocks count in such days."""
    return now().date()
