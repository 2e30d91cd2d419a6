"""Public holidays by jurisdiction, for rules that count business days."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import holidays

# Those of the government that is waited for: US federal holidays, the bank holidays of England,
# Canada's federal ones, those of Canberra. Of the EU institutions no calendar is at hand.
KNOWN: dict[str, dict[str, Any]] = {
    "US": {},
    "GB": {"subdiv": "ENG"},
    "CA": {"categories": ("public", "government")},
    "AU": {"subdiv": "ACT"},
}
THREE_DAYS = timedelta(days=3)


@lru_cache(maxsize=8)
def _calendar(jurisdiction: str) -> holidays.HolidayBase:
    return holidays.country_holidays(jurisdiction, **KNOWN[jurisdiction])


def is_known(jurisdiction: str) -> bool:
    """Whether the public holidays there are known, so that business days can be counted."""
    return jurisdiction in KNOWN


def is_holiday_in(jurisdiction: str) -> Callable[[date], bool]:
    """The test whether a day is a public holiday there; never, where no calendar is known."""
    if not is_known(jurisdiction):
        return lambda day: False
    return lambda day: _holiday(jurisdiction, day) is not None


def holidays_within(jurisdiction: str, start: date, end: date) -> list[tuple[date, str]]:
    """The public holidays that a term from `start` to `end` skips, with their names; those on a
    weekend skip nothing."""
    if not is_known(jurisdiction):
        return []
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    named = ((day, _holiday(jurisdiction, day)) for day in days if day.weekday() < 5)
    return [(day, name) for day, name in named if name is not None]


def _holiday(jurisdiction: str, day: date) -> str | None:
    """The name of the public holiday of a day, if it is one."""
    calendar = _calendar(jurisdiction)
    if jurisdiction == "CA" and calendar.get(day - THREE_DAYS) == "Good Friday":
        return "Easter Monday"  # Interpretation Act (R.S.C. 1985, c. I-21), s. 35(1)
    name: str | None = calendar.get(day)
    return name
