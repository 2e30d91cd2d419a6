"""The part of a text that a result of the search shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.terms import question
from tracker.search.excerpts import LENGTH, excerpt

LONG = "They wrote that nothing new has come up since. " * 6


@pytest.mark.parametrize(
    ("text", "typed", "shown"),
    [
        ("A short word.", "word", "A short word."),
        ("A short word\n\nof two lines.", "lines", "A short word of two lines."),
        ("Nothing fits.", "other", "Nothing fits."),
        (LONG, "nothing", LONG[:LENGTH] + " …"),  # as near the beginning as it stands
        (LONG, "other", LONG[:LENGTH] + " …"),
        (f"{LONG}The licence was refused.", "refu", "since. The licence was refused."),
        (f"{LONG}西藏自治区公安厅没有回答。", "公安", "since. 西藏自治区公安厅没有回答。"),
        (f"{LONG}བོད་རང་སྐྱོང་ལྗོངས།", "བོད", "since. བོད་རང་སྐྱོང་ལྗོངས།"),
    ],
)
def test_the_words_around_what_was_looked_for_are_shown(text: str, typed: str, shown: str) -> None:
    asked = question(typed)
    assert asked is not None
    assert excerpt(text, asked).endswith(shown)
    assert excerpt(text, asked).startswith("… ") is not shown.startswith(text[:5])


@given(st.text(max_size=1000), st.text(min_size=1, max_size=20))
def test_an_excerpt_is_a_part_of_the_text_and_not_too_long(text: str, typed: str) -> None:
    asked = question(typed)
    if asked is not None:
        part = excerpt(text, asked).removeprefix("… ").removesuffix(" …")
        assert part in " ".join(text.split())
        assert len(part) <= LENGTH
