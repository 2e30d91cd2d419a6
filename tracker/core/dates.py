"""Dates as they are known: a year, a month or a day (`2019`, `2019-12`, `2019-12-03`)."""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, total_ordering

FIRST_YEAR, LAST_YEAR = 1800, 2199
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")

_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_DAY_FIRST = re.compile(r"(?:(\d{1,2})\.? )?([a-z]{3,9})\.? (\d{4})")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.? (\d{1,2}), ?(\d{4})")


class BadDate(ValueError):
    """A text that names no date; the message says what to write instead."""


@total_ordering
@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to the year, the month or the day. Ordered and counted by its earliest day."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Read `2019`, `2019-12`, `2019-12-03`, `3 Dec 2019`, `Dec 2019` or `December 3, 2019`.

        Raises `BadDate`, whose message says what is wrong and what to write.
        """
        words = " ".join(text.lower().split())
        if found := _ISO.fullmatch(words):
            year, month, day = (int(part) if part else None for part in found.groups())
        elif found := _DAY_FIRST.fullmatch(words):
            day_word, name, year_word = found.groups()
            year, month, day = int(year_word), _month(name), int(day_word) if day_word else None
        elif found := _MONTH_FIRST.fullmatch(words):
            name, day_word, year_word = found.groups()
            year, month, day = int(year_word), _month(name), int(day_word)
        else:
            raise BadDate(
                "Write the date as 2023-10-23, or as 2023-10 or 2023 if no more is known."
            )
        assert year is not None
        _check(year, month, day)
        return cls(year, month, day)

    @classmethod
    def of(cls, day: date) -> "PartialDate":
        """The partial date that knows everything: a day."""
        return cls(day.year, day.month, day.day)

    @property
    def earliest(self) -> date:
        """The first day that this can mean; by it we sort and count."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last day that this can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @property
    def starts_clocks(self) -> bool:
        """A clock does not start from a date vaguer than a month."""
        return self.month is not None

    @property
    def shown(self) -> str:
        """As a person reads it: `3 Dec 2019`, `Dec 2019`, `2019`."""
        return _shown(self.year, self.month, self.day)

    @property
    def when(self) -> str:
        """In a sentence: `on 3 Dec 2019`, `in Dec 2019`, `in 2019`."""
        return f"{'on' if self.day else 'in'} {self.shown}"

    def __str__(self) -> str:
        text = f"{self.year:04d}"
        if self.month:
            text += f"-{self.month:02d}"
        if self.day:
            text += f"-{self.day:02d}"
        return text

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, PartialDate):
            return NotImplemented
        return str(self) < str(other)


@lru_cache(maxsize=4096)  # lists show the same few hundred days again and again
def _shown(year: int, month: int | None, day: int | None) -> str:
    parts = [str(day) if day else "", MONTHS[month - 1] if month else ""]
    return " ".join([*(part for part in parts if part), str(year)])


def show_day(day: date) -> str:
    """`3 Dec 2019`: the way every page writes a day."""
    return _shown(day.year, day.month, day.day)


def in_days(count: int) -> str:
    """`1 day`, `1,827 days`."""
    return f"{count:,} day" if count == 1 else f"{count:,} days"


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` later; the month's last day where it has no such day."""
    years, month0 = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month0 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def add_days(day: date, days: int, *, business: bool, is_holiday: Callable[[date], bool]) -> date:
    """Day 0 is `day`; the result is day `days`, counting calendar or business days."""
    if not business:
        return day + timedelta(days=days)
    while days:
        day += timedelta(days=1)
        if day.weekday() < 5 and not is_holiday(day):
            days -= 1
    return day


def _month(name: str) -> int:
    for number, full in enumerate(calendar.month_name):
        if number and full.lower().startswith(name):
            return number
    if name == "sept":
        return 9
    raise BadDate(f"“{name}” is no month. Write the date as 2023-10-23, or 2023-10.")


def _check(year: int, month: int | None, day: int | None) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        bound = f"from {FIRST_YEAR} on" if year < FIRST_YEAR else f"up to {LAST_YEAR}"
        raise BadDate(f"The year {year} is out of range. Write one {bound}.")
    if month is None:
        return
    if not 1 <= month <= 12:
        raise BadDate(
            f"Month {month} does not exist. Write {year}-10, or {year} if the month is not known."
        )
    days = calendar.monthrange(year, month)[1]
    if day is not None and not 1 <= day <= days:
        raise BadDate(
            f"Day {day} does not exist in {calendar.month_name[month]} {year}. "
            f"Write {year}-{month:02d}-{days}, or {year}-{month:02d} if the day is not known."
        )
