"""What search compares, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.terms import LONGEST, MOST_BYTES, Question, Texts, question, terms_of

# public names, as lists and reports have them
BUREAU = "西藏自治区公安厅"
WU = "吴英杰"


def asked(typed: str) -> Question:
    found = question(typed)
    assert found is not None, typed
    return found


def finds(typed: str, *names: str, prose: str = "") -> bool:
    return asked(typed).fits(terms_of(Texts(names, (prose,))))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("公安", BUREAU),
        ("西藏", BUREAU),
        ("公安厅", BUREAU),
        ("厅", BUREAU),
        ("公", BUREAU),
        ("xizang", BUREAU),
        ("gonganting", BUREAU),
        ("xizang gongan", BUREAU),
        (WU, WU),
        ("wu yingjie", WU),
        ("Wu Ying Jie", WU),
        ("WU, Yingjie", WU),
        ("yingjie wu", WU),
        ("wuyingjie", WU),
        ("wu yingj", WU),
        ("wu yingjie", "WU, Yingjie"),
        ("yingj", "WU, Yingjie"),
        ("Wú Yīngjié", "WU, Yingjie"),
        (WU, "WU, Yingjie"),
        (WU, "Wu Yingjie"),
        (WU, "Yingjie Wu"),
        (WU, "Wu Ying Jie"),
        ("བོད་ལྗོངས", "བོད་རང་སྐྱོང་ལྗོངས།"),
        ("བོད", "བོད་རང་སྐྱོང་ལྗོངས།"),
        ("محمد", "محمد بن سلمان"),
        ("بن سلم", "محمد بن سلمان"),
        ("مُحَمَّد", "محمد بن سلمان"),
        ("قادىروف", "رامزان قادىروف"),
        ("Кадыров", "Рамзан Кадыров"),
        ("kadyrov", "Рамзан Кадыров"),
        ("Кадыров", "Ramzan Kadyrov"),
        ("김정", "김정은"),
        ("กรุงเทพ", "สำนักงานกรุงเทพมหานคร"),
        ("とうきょう", "とうきょうと"),
        ("soren", "Søren Ødegård"),
        ("Ødegård", "Soren Odegard"),
        ("obrien", "O'Brien"),
        ("al assad", "al-Assad"),
        ("alassad", "al-Assad"),
        ("R-6X4Z14C2", "R-6X4Z14C2"),
        ("6x4z", "R-6X4Z14C2"),
        ("e12 345", "E12-345678"),
    ],
)
def test_a_name_is_found(typed: str, name: str) -> None:
    assert finds(typed, name)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("wu yingjie", "Wu Yingling"),
        ("wu yingjie", "Yingjie Zhang"),
        ("wu ying jie x", WU),
        ("公安", "安公"),
        ("李", "Li"),
        ("fo", "of"),
        ("wu yi jie", "Wu Yingjie"),  # only the last word may be half typed
        (WU, "Wang Yingjie"),
        ("محمد", "احمد"),
    ],
)
def test_another_name_is_not_found(typed: str, name: str) -> None:
    assert not finds(typed, name)


def test_prose_is_found_as_it_is_written_and_not_as_it_is_read() -> None:
    assert finds("公安", prose="西藏的公安采集了样本")
    assert finds("samples", prose="DNA-samples, from children")
    assert not finds("gongan", prose="西藏的公安采集了样本")


@pytest.mark.parametrize("typed", ["", "   ", "---", "*", '"', "' OR '", "()&|!<->:*"])
def test_signs_alone_ask_nothing(typed: str) -> None:
    found = question(typed)
    assert found is None or found.fits(["or"])


def test_operators_are_words_like_others() -> None:
    assert asked("NEAR(a b) OR c*").as_fts5() == (
        '(("near")) AND (("a")) AND (("b")) AND (("or")) AND (("c"*))'
    )
    assert asked("a & !b:*").as_tsquery() == "(('a')) & (('b':*))"


@given(st.text(max_size=200))
def test_terms_hold_nothing_that_parts_or_quotes_them(text: str) -> None:
    terms = terms_of(Texts((text,), (text,)))
    for term in terms:
        assert 0 < len(term) <= LONGEST
        assert not set(term) & set(" \t\n\x00'\"\\:*&|!()<>")
        assert not any(letter.isascii() and not letter.isalnum() for letter in term)
        assert term == term.lower() or not term.isascii()
    found = question(text)
    assert (found is None) == (not terms)


@given(st.text(min_size=1, max_size=100))
def test_every_name_finds_itself(name: str) -> None:
    found = question(name)
    assert found is None or found.fits(terms_of(Texts((name,))))


def test_what_is_too_much_for_an_index_is_left_out_and_the_names_are_not() -> None:
    long = " ".join(f"word{number}" for number in range(100_000))
    terms = terms_of(Texts((WU,), (long,)))
    assert {"吴英", "wuyingjie", "word0"} <= set(terms)
    assert len(" ".join(terms).encode()) <= MOST_BYTES
