"""Cleaning of text: what is kept in every script, what is folded, what is refused."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.rules.strategies import STEADY
from tracker.core.text import BadText, clean

RLI, PDI = "\u2067", "\u2069"
LRE, RLE, PDF = "\u202a", "\u202b", "\u202c"
LRO, RLO = "\u202d", "\u202e"

# what breaks cleaners, drawn more often than chance would
AWKWARD = st.text(
    alphabet="ab \t\n\r\x0b\x85\xa0\u3000\u2028\u2029\ufeff\u0301\u0327e\u00e9ཀིالـ三한"
    + RLI
    + PDI
    + RLE
    + PDF,
    max_size=12,
)
ANYTHING = st.text(alphabet=st.characters(exclude_categories=()), max_size=20)


@pytest.mark.parametrize(
    "text",
    [
        "བོད་རང་སྐྱོང་ལྗོངས།",
        "西藏自治区公安厅",
        "𠀋𠮷",
        "محمد بن سلمان",
        f"{RLI}محمد{PDI}",
        f"said {RLE}محمد{PDF} twice",
        f"{RLI}outer {LRE}inner{PDF} outer{PDI}",
        "\u200eWU\u200f, Yingjie",
        "نیم\u200cفاصله",
        "👩‍👩‍👧 🏳️‍🌈",
        "O’Brien – “Entity List”",
        "Владимир",
        "ᠮᠣᠩᠭᠣᠯ",
        "한국",
        "C++ & <b>not markup</b> ~ {}",
    ],
)
def test_a_name_in_any_script_is_kept_as_it_is(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Wu  Yingjie ", "Wu Yingjie"),
        ("Wu\tYingjie", "Wu Yingjie"),
        ("Wu\u00a0Yingjie\u3000", "Wu Yingjie"),
        ("Wu\nYingjie", "Wu Yingjie"),
        ("Wu\r\n\r\nYingjie", "Wu Yingjie"),
        ("Wu\u2028Yingjie\u2029", "Wu Yingjie"),
        ("Wu\x85Yingjie", "Wu Yingjie"),
        ("\ufeffWu", "Wu"),
        ("W\ufeffu", "Wu"),
        ("Yi\u0304ngjie\u0301", "Yīngjié"),
        ("한국", "한국"),
        ("\u212b", "\u00c5"),
        ("", ""),
        (" \n\t ", ""),
    ],
)
def test_a_line_is_normalised_and_its_white_space_folded(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("one\ntwo", "one\ntwo"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("one\u2028two\u2029three", "one\ntwo\nthree"),
        ("\n\n  one \t two  \n\n three\n \n", "one two\n\nthree"),
    ],
)
def test_a_longer_text_keeps_its_lines(typed: str, kept: str) -> None:
    assert clean(typed, multiline=True) == kept


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("\x00", "U+0000"),
        ("\x07", "U+0007"),
        ("\x08", "U+0008"),
        ("\x0b", "U+000B"),
        ("\x0c", "U+000C"),
        ("\x1b", "U+001B"),
        ("\x1f", "U+001F"),
        ("\x7f", "U+007F"),
        ("\x80", "U+0080"),
        ("\x9b", "U+009B"),
        ("\x9f", "U+009F"),
        (chr(0xD800), "damaged"),
        (chr(0xDBFF), "damaged"),
        (chr(0xDC00), "damaged"),
        (chr(0xDFFF), "damaged"),
        ("\N{REPLACEMENT CHARACTER}", "damaged"),
        ("\ufdd0", "U+FDD0"),
        ("\ufdef", "U+FDEF"),
        ("\ufffe", "U+FFFE"),
        ("\uffff", "U+FFFF"),
        ("\U0001fffe", "U+1FFFE"),
        ("\U0010ffff", "U+10FFFF"),
        (LRO, "U+202D"),
        (RLO, "U+202E"),
        (f"{RLO}x{PDF}", "U+202E"),
    ],
)
@pytest.mark.parametrize("multiline", [False, True])
def test_what_no_database_or_reader_can_bear_is_refused(
    bad: str, said: str, multiline: bool
) -> None:
    with pytest.raises(BadText, match="Type it anew") as refusal:
        clean(f"Wu {bad} Yingjie", multiline=multiline)
    assert said in str(refusal.value)


@pytest.mark.parametrize("good", ["\ud7ff", "\ue000", "\ufdcf", "\ufdf0", "\ufffc", "\xa1"])
def test_the_neighbours_of_what_is_refused_are_kept(good: str) -> None:
    assert clean(f"x{good}x") == f"x{good}x"


@pytest.mark.parametrize(
    "text",
    [
        f"{RLI}محمد",
        f"محمد{PDI}",
        f"{RLE}محمد",
        f"محمد{PDF}",
        f"{RLI}محمد{PDF}",
        f"{RLE}محمد{PDI}",
        f"{RLI}a{RLE}b{PDI}c{PDF}",
        f"{RLI}a{RLI}b{PDI}",
        f"{PDI}{RLI}",
        f"{RLI}a{PDI}{PDI}",
        f"{RLI}first line\nsecond line{PDI}",
    ],
)
@pytest.mark.parametrize("multiline", [False, True])
def test_a_direction_mark_without_its_partner_is_refused(text: str, multiline: bool) -> None:
    with pytest.raises(BadText, match="without its partner"):
        clean(text, multiline=multiline)


@STEADY
@given(AWKWARD | ANYTHING, st.booleans())
@example("e\ufeff\u0301", False)
def test_cleaning_twice_changes_nothing_more(text: str, multiline: bool) -> None:
    try:
        once = clean(text, multiline=multiline)
    except BadText:
        return
    assert clean(once, multiline=multiline) == once


@STEADY
@given(AWKWARD | ANYTHING, st.booleans())
def test_any_text_is_refused_or_fit_to_be_stored_and_read(text: str, multiline: bool) -> None:
    try:
        kept = clean(text, multiline=multiline)
    except BadText:
        return
    assert kept.encode("utf-8").decode("utf-8") == kept
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in kept if c != "\n")
    assert kept == kept.strip()
    assert "  " not in kept
    assert multiline or "\n" not in kept


@STEADY
@given(AWKWARD)
def test_only_white_space_marks_and_composition_change(text: str) -> None:
    def essence(of: str) -> str:
        bare = "".join(of.replace("\ufeff", "").split())
        return unicodedata.normalize("NFD", bare)

    try:
        kept = clean(text)
    except BadText:
        return
    assert essence(kept) == essence(text)
