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
    calendar = _calendar(jurisdiction)
    return lambda day: day in calendar


def holidays_within(jurisdiction: str, start: date, end: date) -> list[tuple[date, str]]:
    """The public holidays that a term from `start` to `end` skips, with their names; those on a
    weekend skip nothing."""
    if not is_known(jurisdiction):
        return []
    calendar = _calendar(jurisdiction)
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return [(day, calendar[day]) for day in days if day.weekday() < 5 and day in calendar]
