"""What the property tests draw: dates as they are known, and the settings that they share."""

import calendar
from datetime import date

from hypothesis import settings
from hypothesis import strategies as st

from tracker.core.dates import FIRST_YEAR, LAST_YEAR, PartialDate

# the same examples on every machine and every run, and no clock that a busy machine could miss
STEADY = settings(max_examples=60, deadline=None, derandomize=True, database=None)


@st.composite
def partial_dates(
    draw: st.DrawFn, first: int = FIRST_YEAR, last: int = LAST_YEAR, *, exact: bool = False
) -> PartialDate:
    """A date known to the year, the month or the day (or, if `exact`, always to the day)."""
    year = draw(st.integers(first, last))
    month = draw(st.integers(1, 12) if exact else st.none() | st.integers(1, 12))
    if month is None:
        return PartialDate(year)
    days = st.integers(1, calendar.monthrange(year, month)[1])
    return PartialDate(year, month, draw(days if exact else st.none() | days))


def days(first: date, last: date) -> st.SearchStrategy[date]:
    """A day between two days, both included."""
    return st.dates(first, last)
