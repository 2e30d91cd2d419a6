"""Public holidays by jurisdiction, for rules that count business days."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

import holidays

# Those of the government that is waited for: US federal holidays, the bank holidays of England,
# Canada's federal ones, Australia's national ones. The EU institutions have no calendar here, so
# that a business day there is a weekday.
KNOWN: dict[str, dict[str, Any]] = {
    "US": {},
    "GB": {"subdiv": "ENG"},
    "CA": {"categories": ("public", "government")},
    "AU": {},
}


@lru_cache(maxsize=8)
def _calendar(jurisdiction: str) -> holidays.HolidayBase:
    return holidays.country_holidays(jurisdiction, **KNOWN[jurisdiction])


def is_holiday_in(jurisdiction: str) -> Callable[[date], bool]:
    """The test whether a day is a public holiday there; never, where no calendar is known."""
    if jurisdiction not in KNOWN:
        return lambda day: False
    calendar = _calendar(jurisdiction)
    return lambda day: day in calendar
