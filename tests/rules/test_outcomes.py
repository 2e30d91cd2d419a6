"""What the outcomes of an ask come to: in full, in part, related, declined or nothing known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.facts import known
from tests.rules.strategies import STEADY, partial_dates
from tracker.core.dates import PartialDate
from tracker.recommendations.models import Judgement, OutcomeKind, Result, Seeks
from tracker.recommendations.outcomes import (
    NotCredited,
    OutcomeFact,
    acts_of,
    is_before,
    result,
    why_not_credited,
)
from tracker.targets.models import TargetKind

ASKED = known("2023-10-23")
LISTED = OutcomeKind.LISTED_AS_ASKED
OTHER_LIST = OutcomeKind.LISTED_OTHER_AUTHORITY
ALLY = OutcomeKind.LISTED_BY_ALLY
RELATED_PARTY = OutcomeKind.LISTED_RELATED_PARTY
RULE = OutcomeKind.RULE_ISSUED
OTHER_ACTION = OutcomeKind.OTHER_ACTION
DECLINED = OutcomeKind.DECLINED
CONFIDENTIAL = OutcomeKind.CONFIDENTIAL
REVERSED = OutcomeKind.REVERSED

NAMED = {1: TargetKind.PERSON, 2: TargetKind.PUBLIC_BODY}
ONE = {1: TargetKind.PERSON}
WITH_CLASS = {1: TargetKind.PERSON, 2: TargetKind.CLASS}
CLASS_ALONE = {2: TargetKind.CLASS}
OFAC, LONDON = 31, 32


def _outcome(kind: OutcomeKind, target: int | None = 1, on: str = "2024-02-01") -> OutcomeFact:
    return OutcomeFact(kind, target, known(on))


def test_the_kinds_of_outcome_are_those_of_the_domain() -> None:
    assert [kind.value for kind in OutcomeKind] == [
        "listed_as_asked",
        "listed_other_authority",
        "listed_by_ally",
        "listed_related_party",
        "rule_issued",
        "other_action",
        "declined",
        "confidential",
        "reversed",
    ]


@pytest.mark.parametrize(
    ("targets", "outcomes", "comes_to"),
    [
        (NAMED, [], Result.NONE_KNOWN),
        (ONE, [(LISTED, 1)], Result.IN_FULL),
        (ONE, [(RULE, 1)], Result.IN_FULL),
        (NAMED, [(LISTED, 1), (LISTED, 2)], Result.IN_FULL),
        (NAMED, [(LISTED, 1), (RULE, 2)], Result.IN_FULL),
        (NAMED, [(LISTED, 1), (LISTED, 1)], Result.IN_PART),
        (NAMED, [(LISTED, 1)], Result.IN_PART),
        (NAMED, [(LISTED, None)], Result.IN_PART),
        (NAMED, [(LISTED, 1), (OTHER_LIST, 2)], Result.IN_PART),
        (NAMED, [(LISTED, 1), (ALLY, 2)], Result.IN_PART),
        (NAMED, [(LISTED, 1), (DECLINED, 2)], Result.IN_PART),
        (ONE, [(OTHER_LIST, 1)], Result.IN_PART),
        (ONE, [(OTHER_LIST, 1), (LISTED, 1)], Result.IN_FULL),
        (ONE, [(ALLY, 1)], Result.RELATED),
        (ONE, [(RELATED_PARTY, None)], Result.RELATED),
        (ONE, [(OTHER_ACTION, None)], Result.RELATED),
        (ONE, [(DECLINED, None), (ALLY, 1)], Result.RELATED),
        (ONE, [(DECLINED, 1)], Result.DECLINED),
        (ONE, [(DECLINED, 1), (CONFIDENTIAL, 1)], Result.DECLINED),
        (ONE, [(CONFIDENTIAL, 1)], Result.NONE_KNOWN),
        (ONE, [(REVERSED, 1)], Result.NONE_KNOWN),
        (WITH_CLASS, [(LISTED, 1)], Result.IN_PART),
        (WITH_CLASS, [(LISTED, 1), (LISTED, 2)], Result.IN_PART),
        (CLASS_ALONE, [(LISTED, 2)], Result.IN_PART),
        (CLASS_ALONE, [(RULE, None)], Result.IN_PART),
        ({}, [(RULE, None)], Result.IN_PART),
    ],
)
def test_outcomes_come_to_one_result(
    targets: dict[int, TargetKind],
    outcomes: list[tuple[OutcomeKind, int | None]],
    comes_to: Result,
) -> None:
    facts = [_outcome(kind, target) for kind, target in outcomes]
    assert result(targets, facts, ASKED, None) is comes_to
    assert result(targets, facts[::-1], ASKED, None) is comes_to


@pytest.mark.parametrize("kind", [LISTED, RULE, OTHER_LIST])
@pytest.mark.parametrize(
    ("judgement", "comes_to"),
    [
        (None, Result.IN_PART),
        (Judgement.IN_PART, Result.IN_PART),
        (Judgement.IN_FULL, Result.IN_FULL),
    ],
)
def test_for_a_class_in_full_is_a_persons_judgement(
    kind: OutcomeKind, judgement: Judgement | None, comes_to: Result
) -> None:
    assert result(CLASS_ALONE, [_outcome(kind, None)], ASKED, judgement) is comes_to
    assert result(WITH_CLASS, [_outcome(kind, 1)], ASKED, judgement) is comes_to


@pytest.mark.parametrize("judgement", list(Judgement))
@pytest.mark.parametrize(
    ("kinds", "comes_to"),
    [
        ([], Result.NONE_KNOWN),
        ([DECLINED], Result.DECLINED),
        ([ALLY], Result.RELATED),
        ([CONFIDENTIAL], Result.NONE_KNOWN),
    ],
)
def test_a_judgement_makes_nothing_out_of_nothing(
    kinds: list[OutcomeKind], comes_to: Result, judgement: Judgement
) -> None:
    facts = [_outcome(kind, None) for kind in kinds]
    assert result(CLASS_ALONE, facts, ASKED, judgement) is comes_to


@pytest.mark.parametrize(
    ("listed", "judgement", "comes_to"),
    [
        ([1], Judgement.IN_FULL, Result.IN_PART),
        ([1, 2], Judgement.IN_PART, Result.IN_FULL),
    ],
)
def test_where_all_targets_are_named_a_judgement_changes_nothing(
    listed: list[int], judgement: Judgement, comes_to: Result
) -> None:
    facts = [_outcome(LISTED, target) for target in listed]
    assert result(NAMED, facts, ASKED, judgement) is comes_to


@pytest.mark.parametrize(
    ("judgement", "comes_to"),
    [
        (None, Result.IN_PART),
        (Judgement.IN_PART, Result.IN_PART),
        (Judgement.IN_FULL, Result.IN_FULL),
    ],
)
def test_where_an_outcome_names_no_target_a_person_judges(
    judgement: Judgement | None, comes_to: Result
) -> None:
    assert result(NAMED, [_outcome(LISTED, None)], ASKED, judgement) is comes_to
    assert result({}, [_outcome(RULE, None)], ASKED, judgement) is comes_to


@pytest.mark.parametrize(
    ("outcome_on", "asked_on", "before"),
    [
        ("2023-10-22", "2023-10-23", True),
        ("2023-10-23", "2023-10-23", False),
        ("2023-10-24", "2023-10-23", False),
        ("2022-12-09", "2023-10-23", True),
        ("2022", "2023-10-23", True),
        ("2023", "2023-10-23", False),
        ("2023-09", "2023-10-23", True),
        ("2023-10", "2023-10-23", False),
        ("2023-09-30", "2023-10", True),
        ("2023-10-01", "2023-10", False),
        ("2022-12-31", "2023", True),
        ("2023-01-01", "2023", False),
        ("", "2023-10-23", False),
        ("2022-12-09", "", False),
        ("", "", False),
    ],
)
def test_an_outcome_is_before_the_ask_only_if_it_certainly_was(
    outcome_on: str, asked_on: str, before: bool
) -> None:
    assert is_before(known(outcome_on), known(asked_on)) is before


@pytest.mark.parametrize("kind", [k for k in OutcomeKind if k is not REVERSED])
def test_what_came_before_the_ask_is_not_credited_to_it(kind: OutcomeKind) -> None:
    """The designations of 9 Dec 2022 did not follow from the letter of 23 Oct 2023."""
    assert result(ONE, [_outcome(kind, 1, "2022-12-09")], ASKED, None) is Result.NONE_KNOWN


def test_one_target_listed_before_and_one_after_is_in_part() -> None:
    outcomes = [_outcome(LISTED, 1, "2022-12-09"), _outcome(LISTED, 2, "2024-02-01")]
    assert result(NAMED, outcomes, ASKED, None) is Result.IN_PART


@pytest.mark.parametrize(
    ("listed_on", "reversed_on", "comes_to"),
    [
        ("2024-02-01", "2025-01-01", Result.REVERSED),
        ("2024-02-01", "2024-02-01", Result.REVERSED),
        ("2024-02-01", "2024-02", Result.REVERSED),
        ("2024-02-01", "2024", Result.REVERSED),
        ("2024", "2024-03", Result.REVERSED),
        ("2024-02-01", "", Result.REVERSED),
        ("", "2024-02-01", Result.REVERSED),
        ("2024-02-01", "2024-01-31", Result.IN_FULL),
        ("2024-02-01", "2023", Result.IN_FULL),
        ("2025-03", "2025-02", Result.IN_FULL),
    ],
)
def test_what_was_reversed_later_counts_no_more(
    listed_on: str, reversed_on: str, comes_to: Result
) -> None:
    outcomes = [_outcome(LISTED, 1, listed_on), _outcome(REVERSED, 1, reversed_on)]
    assert result(ONE, outcomes, ASKED, None) is comes_to


@pytest.mark.parametrize("kind", [LISTED, RULE, OTHER_LIST, ALLY])
def test_a_reversal_takes_back_a_listing_of_any_kind(kind: OutcomeKind) -> None:
    outcomes = [_outcome(kind, 1), _outcome(REVERSED, 1, "2025-01-01")]
    assert result(ONE, outcomes, ASKED, None) is Result.REVERSED


@pytest.mark.parametrize(
    ("more", "comes_to"),
    [
        ([], Result.REVERSED),
        ([(CONFIDENTIAL, "2025-02-01")], Result.REVERSED),
        ([(DECLINED, "2025-02-01")], Result.DECLINED),
        ([(OTHER_ACTION, "2025-02-01")], Result.RELATED),
        ([(LISTED, "2025-02-01")], Result.IN_FULL),
    ],
)
def test_what_came_to_nothing_is_not_what_never_came(
    more: list[tuple[OutcomeKind, str]], comes_to: Result
) -> None:
    """A company was listed after an ask, and taken off after another: no ask without action."""
    outcomes = [_outcome(LISTED, 1, "2024-02-26"), _outcome(REVERSED, 1, "2024-10-21")]
    outcomes += [_outcome(kind, 1, on) for kind, on in more]
    assert result(ONE, outcomes, ASKED, None) is comes_to


def test_what_was_reversed_before_the_ask_is_no_action_on_it() -> None:
    for reversed_on in ("2021-01", "2024"):
        outcomes = [_outcome(LISTED, 1, "2020-12"), _outcome(REVERSED, 1, reversed_on)]
        assert result(ONE, outcomes, ASKED, None) is Result.NONE_KNOWN


def test_a_reversal_takes_back_the_listing_of_its_own_target_alone() -> None:
    outcomes = [_outcome(LISTED, 1), _outcome(LISTED, 2), _outcome(REVERSED, 2, "2025-01-01")]
    assert result(NAMED, outcomes, ASKED, None) is Result.IN_PART


@pytest.mark.parametrize(
    ("removed_by", "comes_to"),
    [(OFAC, Result.RELATED), (LONDON, Result.IN_FULL), (None, Result.REVERSED)],
)
def test_a_reversal_takes_back_the_listing_of_its_own_authority_alone(
    removed_by: int | None, comes_to: Result
) -> None:
    """One whose authority is not on record takes back whatever the target was listed for."""
    then, later = known("2024-02-01"), known("2025-01-01")
    outcomes = [
        OutcomeFact(LISTED, 1, then, authority_id=OFAC),
        OutcomeFact(ALLY, 1, then, authority_id=LONDON),
        OutcomeFact(REVERSED, 1, later, authority_id=removed_by),
    ]
    assert result(ONE, outcomes, ASKED, None) is comes_to


def test_a_listing_after_a_reversal_counts_again() -> None:
    outcomes = [
        _outcome(LISTED, 1, "2024-02-01"),
        _outcome(REVERSED, 1, "2025-01-01"),
        _outcome(LISTED, 1, "2025-06-01"),
    ]
    assert result(ONE, outcomes, ASKED, None) is Result.IN_FULL


def test_a_refusal_shows_again_once_what_followed_it_was_reversed() -> None:
    outcomes = [
        _outcome(DECLINED, 1, "2024-01-01"),
        _outcome(LISTED, 1, "2024-02-01"),
        _outcome(REVERSED, 1, "2025-01-01"),
    ]
    assert result(ONE, outcomes, ASKED, None) is Result.DECLINED


@pytest.mark.parametrize(
    ("targets", "outcomes", "comes_to"),
    [
        (ONE, [(REVERSED, 1)], Result.IN_FULL),
        (NAMED, [(REVERSED, 1)], Result.IN_PART),
        (CLASS_ALONE, [(REVERSED, None)], Result.IN_PART),
        (ONE, [(LISTED, 1)], Result.NONE_KNOWN),
        (ONE, [(OTHER_LIST, 1)], Result.NONE_KNOWN),
        (ONE, [(LISTED, 1), (REVERSED, 1)], Result.IN_FULL),
        (ONE, [(OTHER_ACTION, None)], Result.RELATED),
        (ONE, [(DECLINED, 1)], Result.DECLINED),
    ],
)
def test_where_the_end_of_a_measure_is_asked_for_a_reversal_is_as_asked(
    targets: dict[int, TargetKind],
    outcomes: list[tuple[OutcomeKind, int | None]],
    comes_to: Result,
) -> None:
    facts = [_outcome(kind, target) for kind, target in outcomes]
    assert result(targets, facts, ASKED, None, Seeks.REMOVAL) is comes_to
    for fact in facts:
        why = why_not_credited(fact, facts, ASKED, Seeks.REMOVAL)
        assert why is (NotCredited.OTHER_WAY if fact.kind in (LISTED, OTHER_LIST) else None)


@pytest.mark.parametrize(
    ("seeks", "outcomes", "on"),
    [
        (Seeks.ADDITION, [(LISTED, "2022-12-09"), (LISTED, "2024-02-01")], "2024-02-01"),
        (Seeks.ADDITION, [(RELATED_PARTY, "2024-03-01"), (ALLY, "2024-02-01")], "2024-02-01"),
        (Seeks.ADDITION, [(DECLINED, "2024-02-01"), (CONFIDENTIAL, "2024-02-02")], None),
        (Seeks.ADDITION, [(LISTED, "2024-02-01"), (REVERSED, "2024-03-01")], None),
        (Seeks.REMOVAL, [(LISTED, "2024-02-01"), (REVERSED, "2024-03-01")], "2024-03-01"),
    ],
)
def test_the_first_action_is_of_what_is_credited(
    seeks: Seeks, outcomes: list[tuple[OutcomeKind, str]], on: str | None
) -> None:
    facts = [_outcome(kind, 1, day) for kind, day in outcomes]
    days = [act.effective_on for act in acts_of(facts, ASKED, seeks)]
    assert min(filter(None, days), default=None) == (known(on) if on else None)


RANK = {
    Result.NONE_KNOWN: 0,
    Result.DECLINED: 1,
    Result.RELATED: 2,
    Result.IN_PART: 3,
    Result.IN_FULL: 4,
}
DATES = st.none() | partial_dates(2022, 2025)
OUTCOMES = st.lists(
    st.builds(OutcomeFact, st.sampled_from(OutcomeKind), st.sampled_from([None, 1, 2]), DATES),
    max_size=6,
)
TARGETS = st.sampled_from([NAMED, ONE, WITH_CLASS, CLASS_ALONE])


@STEADY
@given(TARGETS, OUTCOMES, st.sampled_from(OutcomeKind), DATES, st.sampled_from([None, 1, 2]))
def test_one_more_outcome_takes_nothing_back_unless_it_is_a_reversal(
    targets: dict[int, TargetKind],
    outcomes: list[OutcomeFact],
    kind: OutcomeKind,
    on: PartialDate | None,
    target: int | None,
) -> None:
    before = RANK[result(targets, outcomes, ASKED, None)]
    after = RANK[result(targets, [*outcomes, OutcomeFact(kind, target, on)], ASKED, None)]
    assert after <= before if kind is REVERSED else after >= before


@STEADY
@given(TARGETS, OUTCOMES, st.sampled_from([None, *Judgement]))
def test_the_order_of_entry_and_entering_twice_change_nothing(
    targets: dict[int, TargetKind], outcomes: list[OutcomeFact], judgement: Judgement | None
) -> None:
    comes_to = result(targets, outcomes, ASKED, judgement)
    assert result(targets, outcomes[::-1], ASKED, judgement) is comes_to
    assert result(targets, outcomes * 2, ASKED, judgement) is comes_to


@STEADY
@given(TARGETS, OUTCOMES, partial_dates(2022, 2025), partial_dates(2022, 2025))
def test_asking_later_earns_no_more_credit(
    targets: dict[int, TargetKind],
    outcomes: list[OutcomeFact],
    one: PartialDate,
    other: PartialDate,
) -> None:
    earlier, later = sorted((one, other))
    kept = [outcome for outcome in outcomes if outcome.kind is not REVERSED]
    assert RANK[result(targets, kept, later, None)] <= RANK[result(targets, kept, earlier, None)]
