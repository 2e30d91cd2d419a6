"""The median wait, in which the unanswered count too, against examples worked out elsewhere."""

from fractions import Fraction
from math import log, sqrt
from random import Random
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.strategies import STEADY
from tracker.dashboards.timeliness import Timeliness, median_wait

ANSWERED, WAITING = True, False
Waits = list[tuple[int, bool]]

# Freireich and others (1963), weeks of remission: the data of most textbooks on survival
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
TREATED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
TREATED_WAITING = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]


def _by_hand(waits: Waits) -> tuple[int | None, int | None, int | None]:
    """Median and interval by exact fractions and by inverting the test of Brookmeyer and Crowley.

    A day belongs to the interval if the hypothesis that half are still waiting on it is not
    refused, log-log transformed. Days on which nobody or everybody waits allow no such test.
    """
    quantile = NormalDist().inv_cdf(0.975)
    share, sum_of_terms = Fraction(1), Fraction(0)
    median = low = high = None
    for day in sorted({wait for wait, ended in waits if ended}):
        at_risk = sum(wait >= day for wait, _ in waits)
        ended = sum(wait == day and done for wait, done in waits)
        share *= Fraction(at_risk - ended, at_risk)
        if median is None and share <= Fraction(1, 2):
            median = day
        if share == 0:
            break
        sum_of_terms += Fraction(ended, at_risk * (at_risk - ended))
        deviation = sqrt(sum_of_terms) / abs(log(share))
        score = (log(-log(share)) - log(-log(0.5))) / deviation
        low = day if low is None and score >= -quantile else low
        high = day if high is None and score >= quantile else high
    return median, low, high


def _of(waits: Waits) -> tuple[int | None, int | None, int | None]:
    found = median_wait(waits)
    return found.median_days, found.low, found.high


def test_the_textbooks_control_group() -> None:
    waits = [(weeks, ANSWERED) for weeks in PLACEBO]
    assert median_wait(waits) == Timeliness(21, 21, 8, 4, 11)
    assert _by_hand(waits) == (8, 4, 11)


def test_the_textbooks_treated_group_whose_upper_limit_is_not_reached() -> None:
    waits = [(w, ANSWERED) for w in TREATED] + [(w, WAITING) for w in TREATED_WAITING]
    assert median_wait(waits) == Timeliness(21, 9, 23, 13, None)
    assert _by_hand(waits) == (23, 13, None)


def test_a_small_example_step_by_step() -> None:
    """4/5 wait after day 5; of three left after day 8 one is answered on day 12: 8/15 wait; of
    two one on day 20: 4/15 wait, which is less than half."""
    waits = [(5, ANSWERED), (8, WAITING), (12, ANSWERED), (20, ANSWERED), (30, WAITING)]
    found = median_wait(waits)
    assert (found.n, found.events, found.median_days) == (5, 3, 20)
    assert (found.low, found.high) == _by_hand(waits)[1:]


def test_leaving_out_the_unanswered_would_have_flattered_the_agency() -> None:
    answered = [(10, ANSWERED), (20, ANSWERED), (30, ANSWERED)]
    waiting = [(100, WAITING)] * 3
    assert median_wait(answered).median_days == 20
    assert median_wait([*answered, *waiting]).median_days == 30
    assert median_wait([*answered, *waiting, (100, WAITING)]).median_days is None


def test_without_waits_there_is_nothing_to_say() -> None:
    assert median_wait([]) == Timeliness(0, 0, None, None, None)


def test_without_answers_the_median_is_not_reached() -> None:
    waits = [(400, WAITING), (90, WAITING)]
    assert median_wait(waits) == Timeliness(2, 0, None, None, None)


@pytest.mark.parametrize(
    ("days", "median"), [([7], 7), ([1, 2], 1), ([1, 2, 3], 2), ([5, 5, 5, 9], 5), ([0, 0], 0)]
)
def test_where_all_were_answered_it_is_the_day_by_which_half_were(
    days: list[int], median: int
) -> None:
    found = median_wait([(wait, ANSWERED) for wait in days])
    assert (found.n, found.events, found.median_days) == (len(days), len(days), median)


@pytest.mark.parametrize("days", [[7], [3, 3, 3], [1, 2, 3, 4]])
def test_a_handful_of_answers_sets_no_upper_limit(days: list[int]) -> None:
    """A day on which nobody waits any more has no variance, and so bounds nothing."""
    assert median_wait([(wait, ANSWERED) for wait in days]).high is None


def test_who_still_waits_on_the_day_of_an_answer_counts_among_those_at_risk() -> None:
    assert _of([(10, WAITING), (10, ANSWERED), (20, WAITING)])[0] is None
    assert _of([(9, WAITING), (10, ANSWERED), (20, WAITING)])[0] == 10


def test_a_half_that_rounding_would_miss_is_still_a_half() -> None:
    """8/10, then 6/8 of them, then 5/6 of them: one half, which floating numbers put just above."""
    waits = [(0, ANSWERED)] * 2 + [(1, ANSWERED)] * 2 + [(2, ANSWERED)] + [(2, WAITING)] * 5
    assert median_wait(waits).median_days == 2


def test_answers_of_one_day_are_one_step() -> None:
    together = median_wait([(10, ANSWERED)] * 4 + [(90, WAITING)] * 4)
    assert (together.median_days, together.events) == (10, 4)
    assert median_wait([(10, ANSWERED)] * 4 + [(90, WAITING)] * 5).median_days is None


WAITS = st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=30)


@STEADY
@given(WAITS)
def test_median_and_interval_agree_with_exact_arithmetic(waits: Waits) -> None:
    """With one wait that outlasts all, so that the share never comes down to nothing."""
    waits = [*waits, (50, WAITING)]
    assert _of(waits) == _by_hand(waits)


@STEADY
@given(WAITS, st.randoms(use_true_random=False))
def test_the_order_of_waits_does_not_matter(waits: Waits, random: Random) -> None:
    shuffled = list(waits)
    random.shuffle(shuffled)
    assert median_wait(iter(shuffled)) == median_wait(waits)


@STEADY
@given(WAITS)
def test_the_interval_holds_the_median(waits: Waits) -> None:
    found = median_wait(waits)
    if found.median_days is not None:
        assert found.low is None or found.low <= found.median_days
        assert found.high is None or found.high >= found.median_days


@STEADY
@given(WAITS)
def test_one_more_that_waits_for_ever_never_shortens_the_median(waits: Waits) -> None:
    before, after = _of(waits)[0], _of([*waits, (10_000, WAITING)])[0]
    assert after is None or (before is not None and after >= before)


def test_the_shape_is_the_one_that_scripts_rely_on() -> None:
    assert median_wait([(10, ANSWERED)] * 30 + [(90, WAITING)]).as_dict() == {
        "n": 31,
        "events": 30,
        "median_days": 10,
        "low": 10,
        "high": 10,
    }
