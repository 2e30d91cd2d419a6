"""Dates as they are known: what is read, what is refused, how they order, and counting of days."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.rules.strategies import STEADY, partial_dates
from tracker.core.dates import BadDate, PartialDate, add_days, add_months, show_day

DATE_IN_WORDS = re.compile(r"\d{4}(?:-\d{2}){0,2}")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2019", "2019"),
        ("2019-12", "2019-12"),
        ("2019-1", "2019-01"),
        ("2019-12-03", "2019-12-03"),
        ("2019-1-3", "2019-01-03"),
        ("  2019-12-03 \n", "2019-12-03"),
        ("3 Dec 2019", "2019-12-03"),
        ("03 Dec 2019", "2019-12-03"),
        ("3. Dec 2019", "2019-12-03"),
        ("3 Dec. 2019", "2019-12-03"),
        ("3 DECEMBER 2019", "2019-12-03"),
        ("3  Dec\t2019", "2019-12-03"),
        ("Dec 2019", "2019-12"),
        ("Dec. 2019", "2019-12"),
        ("december 2019", "2019-12"),
        ("Dec 3, 2019", "2019-12-03"),
        ("Dec. 3, 2019", "2019-12-03"),
        ("December 3, 2019", "2019-12-03"),
        ("December 3,2019", "2019-12-03"),
        ("Jan 2019", "2019-01"),
        ("Feb 2019", "2019-02"),
        ("Mar 2019", "2019-03"),
        ("March 2019", "2019-03"),
        ("Apr 2019", "2019-04"),
        ("May 2019", "2019-05"),
        ("Jun 2019", "2019-06"),
        ("June 2019", "2019-06"),
        ("Jul 2019", "2019-07"),
        ("July 2019", "2019-07"),
        ("Aug 2019", "2019-08"),
        ("Sep 2019", "2019-09"),
        ("Sept 2019", "2019-09"),
        ("5 Sept. 2024", "2024-09-05"),
        ("Oct 2019", "2019-10"),
        ("Nov 2019", "2019-11"),
        ("29 Feb 2024", "2024-02-29"),
        ("2000-02-29", "2000-02-29"),
        ("1800", "1800"),
        ("2199-12-31", "2199-12-31"),
    ],
)
def test_a_date_is_read_as_people_write_it(typed: str, kept: str) -> None:
    assert str(PartialDate.parse(typed)) == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "2023-10-23"),
        ("   ", "2023-10-23"),
        ("yesterday", "2023-10-23"),
        ("03/12/2019", "2023-10-23"),
        ("12/2019", "2023-10-23"),
        ("20191203", "2023-10-23"),
        ("19", "2023-10-23"),
        ("-2019", "2023-10-23"),
        ("2019-", "2023-10-23"),
        ("2019-12-", "2023-10-23"),
        ("2019-12-03-04", "2023-10-23"),
        ("2019-12-03T10:00", "2023-10-23"),
        ("2019-12-03 or 2019-12-04", "2023-10-23"),
        ("circa 2019", "“circa”"),
        ("3 Dez 2019", "“dez”"),
        ("Smarch 13, 2019", "“smarch”"),
        ("3 Decembers 2019", "“decembers”"),
        ("2019-13", "Month 13"),
        ("2019-00", "Month 0"),
        ("2019-13-01", "Month 13"),
        ("2019-12-00", "Day 0"),
        ("0 Dec 2019", "Day 0"),
        ("2019-12-32", "December 2019"),
        ("31 Nov 2019", "November 2019"),
        ("Nov 31, 2019", "November 2019"),
        ("2019-02-29", "2019-02-28"),
        ("29 Feb 2019", "2019-02 if the day is not known"),
        ("1900-02-29", "1900-02-28"),
        ("1799", "1799 is out of range"),
        ("0001-01-01", "from 1800 on"),
        ("2200", "2200 is out of range"),
        ("2200-01-01", "2200 is out of range"),
    ],
)
def test_what_is_no_date_is_refused_with_what_to_write(typed: str, said: str) -> None:
    with pytest.raises(BadDate) as refusal:
        PartialDate.parse(typed)
    message = str(refusal.value)
    assert said in message
    suggestions = DATE_IN_WORDS.findall(message.partition("Write ")[2])
    assert suggestions, message
    for suggestion in suggestions:
        PartialDate.parse(suggestion)


def test_a_year_too_late_is_told_the_last_year_that_there_is() -> None:
    with pytest.raises(BadDate, match="2199"):
        PartialDate.parse("3023")


@pytest.mark.parametrize(
    ("text", "shown", "earliest", "latest", "starts_clocks"),
    [
        ("2019", "2019", "2019-01-01", "2019-12-31", False),
        ("2019-12", "Dec 2019", "2019-12-01", "2019-12-31", True),
        ("2019-02", "Feb 2019", "2019-02-01", "2019-02-28", True),
        ("2024-02", "Feb 2024", "2024-02-01", "2024-02-29", True),
        ("2019-12-03", "3 Dec 2019", "2019-12-03", "2019-12-03", True),
        ("2019-06-30", "30 June 2019", "2019-06-30", "2019-06-30", True),
        ("2024-09-05", "5 Sept 2024", "2024-09-05", "2024-09-05", True),
    ],
)
def test_a_date_is_shown_as_known_and_bounded_by_the_days_it_can_mean(
    text: str, shown: str, earliest: str, latest: str, starts_clocks: bool
) -> None:
    parsed = PartialDate.parse(text)
    assert parsed.shown == shown
    assert parsed.earliest == date.fromisoformat(earliest)
    assert parsed.latest == date.fromisoformat(latest)
    assert parsed.starts_clocks is starts_clocks


def test_a_day_is_shown_without_a_leading_zero() -> None:
    assert show_day(date(2023, 10, 3)) == "3 Oct 2023"


def test_dates_sort_by_the_earliest_day_they_can_mean() -> None:
    in_order = ["2018-12-31", "2019", "2019-01", "2019-01-01", "2019-01-02", "2019-02", "2020"]
    shuffled = [PartialDate.parse(text) for text in (*in_order[3:], *in_order[:3])]
    assert [str(d) for d in sorted(shuffled)] == in_order


def test_a_date_is_not_compared_with_what_is_no_date() -> None:
    with pytest.raises(TypeError):
        _ = PartialDate(2019) < "2019"


@STEADY
@given(partial_dates())
def test_what_is_stored_and_what_is_shown_are_read_back_the_same(known: PartialDate) -> None:
    assert PartialDate.parse(str(known)) == known
    assert PartialDate.parse(known.shown) == known


@STEADY
@given(partial_dates(2018, 2020), partial_dates(2018, 2020))
def test_the_order_of_texts_is_the_order_of_earliest_days(
    one: PartialDate, other: PartialDate
) -> None:
    if one.earliest != other.earliest:
        assert (str(one) < str(other)) == (one.earliest < other.earliest)
    assert (one < other) == (str(one) < str(other))
    assert (one <= other) == (not other < one)
    assert one.earliest <= one.latest


@STEADY
@given(partial_dates(2019, 2019), st.dates(date(2018, 12, 30), date(2020, 1, 2)))
def test_a_partial_date_sorts_among_full_days_by_its_earliest_day(
    known: PartialDate, day: date
) -> None:
    assert (str(known) <= day.isoformat()) == (known.earliest <= day)


@STEADY
@given(st.dates(date(1800, 1, 1), date(2199, 12, 31)))
def test_a_full_day_means_that_day_alone(day: date) -> None:
    known = PartialDate.of(day)
    assert known.earliest == known.latest == day
    assert str(known) == day.isoformat()


@STEADY
@given(
    st.text()
    | st.text(alphabet="0123456789-/., 三٣०ADEJNOVabcdejnotv", max_size=16)
    | st.from_regex(r"\d{1,4}-\d{1,3}-\d{1,3}", fullmatch=True)
    | st.from_regex(r"\d{1,2}\.? [A-Za-z]{3,9}\.? \d{4}", fullmatch=True)
)
@example("٢٠١٩-٠٢-٣٠")
@example("İan 2019")
def test_any_text_is_a_date_or_a_bad_date(text: str) -> None:
    try:
        known = PartialDate.parse(text)
    except BadDate:
        return
    assert 1800 <= known.earliest.year <= known.latest.year <= 2199


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2023-10-23", 0, "2023-10-23"),
        ("2023-10-23", 1, "2023-11-23"),
        ("2023-10-23", 3, "2024-01-23"),
        ("2023-12-01", 1, "2024-01-01"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-08-31", 1, "2023-09-30"),
        ("2020-02-29", 60, "2025-02-28"),
        ("2022-09-05", 60, "2027-09-05"),
        ("2023-11-30", 13, "2024-12-30"),
    ],
)
def test_months_are_counted_to_the_same_day_or_the_last(start: str, months: int, end: str) -> None:
    assert add_months(date.fromisoformat(start), months) == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("start", "days", "business", "end"),
    [
        ("2023-10-23", 30, False, "2023-11-22"),
        ("2024-02-28", 1, False, "2024-02-29"),
        ("2023-02-28", 1, False, "2023-03-01"),
        ("2023-10-23", 0, False, "2023-10-23"),
        ("2023-10-23", 0, True, "2023-10-23"),
        ("2023-10-21", 0, True, "2023-10-21"),
        ("2023-10-23", 4, True, "2023-10-27"),
        ("2023-10-23", 5, True, "2023-10-30"),
        ("2023-10-21", 1, True, "2023-10-23"),
        ("2023-10-27", 1, True, "2023-10-30"),
        # 1, 2 and 6 November are holidays below: Wednesday, Thursday and Monday
        ("2023-10-31", 1, True, "2023-11-03"),
        ("2023-10-31", 2, True, "2023-11-07"),
        ("2023-11-01", 1, True, "2023-11-03"),
    ],
)
def test_day_n_is_counted_from_day_zero(start: str, days: int, business: bool, end: str) -> None:
    holidays = {date(2023, 11, 1), date(2023, 11, 2), date(2023, 11, 6)}
    counted = add_days(
        date.fromisoformat(start), days, business=business, is_holiday=holidays.__contains__
    )
    assert counted == date.fromisoformat(end)


def test_holidays_do_not_matter_to_calendar_days() -> None:
    assert add_days(date(2023, 12, 24), 2, business=False, is_holiday=lambda day: True) == date(
        2023, 12, 26
    )


@STEADY
@given(
    st.dates(date(2000, 1, 1), date(2050, 1, 1)),
    st.integers(1, 60),
    st.sets(st.dates(date(2000, 1, 1), date(2050, 1, 1)), max_size=5),
)
def test_business_day_n_is_a_working_day_with_n_working_days_up_to_it(
    start: date, days: int, holidays: set[date]
) -> None:
    end = add_days(start, days, business=True, is_holiday=holidays.__contains__)
    passed = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    working = [day for day in passed if day.isoweekday() <= 5 and day not in holidays]
    assert len(working) == days
    assert working[-1] == end
