"""References: random, so that a gap tells nobody how much is hidden."""

import re
from itertools import pairwise

import pytest

from tracker.core.references import ALPHABET, PATTERN, new_reference

MANY = [new_reference("R") for _ in range(2000)]


@pytest.mark.parametrize("letter", ["R", "L", "T", "S", "C"])
def test_a_reference_is_a_letter_and_eight_crockford_characters(letter: str) -> None:
    reference = new_reference(letter)
    assert re.fullmatch(rf"{letter}-[0-9A-HJKMNP-TV-Z]{{8}}", reference)
    assert re.fullmatch(PATTERN, reference)


def test_letters_that_are_misread_are_not_used() -> None:
    assert len(set(ALPHABET)) == 32
    assert set("ILOU").isdisjoint(ALPHABET)


@pytest.mark.parametrize(
    "text",
    [
        "R-6X4Z14C",
        "R-6X4Z14C22",
        "R6X4Z14C2",
        "X-6X4Z14C2",
        "r-6x4z14c2",
        "R-6X4Z14CI",
        "R-6X4Z14CU",
    ],
)
def test_what_is_no_reference_is_not_taken_for_one(text: str) -> None:
    assert not re.fullmatch(PATTERN, text)


def test_references_do_not_repeat() -> None:
    assert len(set(MANY)) == len(MANY)


def test_references_do_not_count_up() -> None:
    assert sorted(MANY) != MANY
    ascents = sum(one < next_one for one, next_one in pairwise(MANY))
    assert 800 < ascents < 1200


def test_every_place_of_a_reference_takes_every_character() -> None:
    for place in range(2, 10):
        assert {reference[place] for reference in MANY} == set(ALPHABET)
