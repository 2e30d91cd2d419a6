"""Stacked columns: heights that add up, round gridlines, and nothing where there is nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.strategies import STEADY
from tracker.dashboards.charts import Columns
from tracker.recommendations.models import Result

FULL, PART, RELATED = Result.IN_FULL, Result.IN_PART, Result.RELATED
REFUSED, NOTHING = Result.DECLINED, Result.NONE_KNOWN
Data = dict[str, dict[Result, int]]

DATA = st.dictionaries(
    st.integers(2000, 2030).map(str),
    st.dictionaries(st.sampled_from(Result), st.integers(0, 300)),
    max_size=8,
)


def _pixels_per_ask(chart: Columns) -> float:
    value, y = chart.lines[-1]
    return (chart.base - y) / value


@pytest.mark.parametrize(
    ("most", "lines"),
    [
        (0, [1]),
        (1, [1]),
        (4, [1, 2, 3, 4]),
        (5, [1, 2, 3, 4, 5]),
        (6, [2, 4, 6]),
        (10, [2, 4, 6, 8, 10]),
        (11, [5, 10, 15]),
        (25, [5, 10, 15, 20, 25]),
        (26, [10, 20, 30]),
        (50, [10, 20, 30, 40, 50]),
        (51, [20, 40, 60]),
        (101, [50, 100, 150]),
        (251, [100, 200, 300]),
        (999, [200, 400, 600, 800, 1000]),
        (10_000, [2000, 4000, 6000, 8000, 10_000]),
    ],
)
def test_gridlines_stand_at_round_numbers_up_to_the_highest_column(
    most: int, lines: list[int]
) -> None:
    chart = Columns.of({"2023": {NOTHING: most}})
    assert [value for value, _ in chart.lines] == lines


@STEADY
@given(st.integers(1, 10_000_000))
def test_there_are_few_gridlines_at_equal_round_distances(most: int) -> None:
    values = [value for value, _ in Columns.of({"2023": {NOTHING: most}}).lines]
    step = values[0]
    assert 1 <= len(values) <= 5
    assert values == [step * n for n in range(1, len(values) + 1)]
    assert values[-1] - step < most <= values[-1]
    assert str(step).rstrip("0") in ("1", "2", "5")


def test_gridlines_stand_at_equal_heights_below_the_top() -> None:
    chart = Columns.of({"2023": {NOTHING: 5}})
    heights = [y for _, y in chart.lines]
    assert heights == sorted(heights, reverse=True)
    assert len({heights[n] - heights[n + 1] for n in range(4)}) == 1
    assert 0 < heights[-1] < heights[0] < chart.base


def test_marks_stand_on_one_another_in_an_order_that_never_changes() -> None:
    counts = {NOTHING: 1, REFUSED: 2, RELATED: 3, PART: 4, FULL: 5}
    (column,) = Columns.of({"2023": counts}).columns
    assert [mark.result for mark in column.marks] == [FULL, PART, RELATED, REFUSED, NOTHING]
    assert [mark.count for mark in column.marks] == [5, 4, 3, 2, 1]
    assert column.total == 15


def test_a_result_that_did_not_occur_has_no_mark() -> None:
    (column,) = Columns.of({"2023": {FULL: 0, NOTHING: 3}}).columns
    assert [mark.result for mark in column.marks] == [NOTHING]


@STEADY
@given(DATA)
def test_counts_and_heights_add_up(data: Data) -> None:
    chart = Columns.of(data)
    assert [column.label for column in chart.columns] == list(data)
    scale = _pixels_per_ask(chart)
    for column, counts in zip(chart.columns, data.values(), strict=True):
        assert column.total == sum(counts.values()) == sum(mark.count for mark in column.marks)
        assert abs((chart.base - column.top) - scale * column.total) <= 1
        for below, mark in enumerate(column.marks):
            assert mark.height >= 1
            # each of those below may have taken a pixel that its count would not
            assert abs(mark.height - scale * mark.count) <= 3 + below


@STEADY
@given(DATA)
def test_every_column_lies_between_its_neighbours_and_within_the_chart(data: Data) -> None:
    chart = Columns.of(data)
    edge = 0.0
    for column in chart.columns:
        assert column.x > edge
        edge = column.x + column.width
        assert chart.lines[-1][1] <= column.top <= chart.base
    assert edge < 100


def test_marks_neither_overlap_nor_leave_their_column() -> None:
    (column,) = Columns.of({"2023": {FULL: 3, PART: 3, NOTHING: 4}}).columns
    floor: float = Columns.of({"2023": {FULL: 10}}).base
    for mark in column.marks:
        assert mark.y + mark.height <= floor
        floor = mark.y
    assert floor >= column.top


@pytest.mark.parametrize("counts", [{FULL: 1, NOTHING: 999}, {FULL: 1, PART: 1, NOTHING: 998}])
def test_even_the_smallest_mark_stands_above_the_ground_line(counts: dict[Result, int]) -> None:
    chart = Columns.of({"2023": counts})
    assert all(mark.y + mark.height <= chart.base for mark in chart.columns[0].marks)


def test_the_smallest_marks_do_not_hide_one_another() -> None:
    chart = Columns.of({"2023": {FULL: 1, PART: 1, RELATED: 1, NOTHING: 997}})
    floor: float = chart.base
    for mark in chart.columns[0].marks:
        assert mark.y + mark.height <= floor
        floor = mark.y


def test_columns_share_one_scale() -> None:
    chart = Columns.of({"2022": {FULL: 10}, "2023": {FULL: 5}})
    tall, short = chart.columns
    assert chart.base - tall.top == 2 * (chart.base - short.top)


def test_without_data_there_are_no_columns_and_still_a_line() -> None:
    chart = Columns.of({})
    assert chart.columns == ()
    assert [value for value, _ in chart.lines] == [1]


def test_a_year_without_asks_keeps_its_place() -> None:
    chart = Columns.of({"2022": {}, "2023": {FULL: 2}})
    assert [(column.label, column.total, column.marks == ()) for column in chart.columns] == [
        ("2022", 0, True),
        ("2023", 2, False),
    ]
    assert chart.columns[0].top == chart.base
