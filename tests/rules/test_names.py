"""Names in every script: folded for comparison, read out in Latin letters, told by their script."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.strategies import STEADY
from tracker.core.names import fold, has_han, language_hint, romanise, script_of


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("WU, Yingjie", "wu yingjie"),
        ("WÚ, Yīngjié", "wu yingjie"),
        ("Wu Yi\u0304ngjie\u0301", "wu yingjie"),
        ("  wu-yingjie. ", "wu yingjie"),
        ("O’Brien", "obrien"),
        ("O'Brien", "obrien"),
        ("Straße", "strasse"),
        ("İSTANBUL", "istanbul"),
        ("Łódź", "łodz"),
        ("Ḥasan al-Bannā", "hasan al banna"),
        ("ＷＵ　Ｙｉｎｇｊｉｅ", "wu yingjie"),
        ("Алексе\u0301й", "алексеи"),
        ("مُحَمَّد", "محمد"),
        ("أحمد", "احمد"),
        ("בֵּן", "בן"),
        ("吴英杰", "吴英杰"),
        ("", ""),
        ("…!", ""),
    ],
)
def test_a_name_is_folded_to_what_readers_take_for_the_same(name: str, folded: str) -> None:
    assert fold(name) == folded


@pytest.mark.parametrize(
    "name",
    [
        "བོད་རང་སྐྱོང་ལྗོངས།",
        "བཀྲ་ཤིས",
        "ชาย",
        "สมศักดิ์",
        "दिल्ली",
        "ကို",
        "ភ្នំពេញ",
    ],
)
def test_vowel_signs_that_are_letters_survive_folding(name: str) -> None:
    kept = [c for c in unicodedata.normalize("NFD", fold(name)) if c != " "]
    letters = [c for c in unicodedata.normalize("NFKD", name) if unicodedata.category(c)[0] in "LM"]
    assert kept == letters


def test_tibetan_names_that_differ_by_a_vowel_stay_apart() -> None:
    assert len({fold(name) for name in ("བད", "བིད", "བུད", "བེད", "བོད")}) == 5


def test_tibetan_syllables_become_words() -> None:
    assert fold("བཀྲ་ཤིས་") == "བཀྲ ཤིས"


def test_a_voiced_japanese_sound_is_a_letter_of_its_own() -> None:
    assert fold("ガ") != fold("カ")
    assert fold("ぱ") != fold("は")


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("吴英杰", "wu ying jie"),
        ("陈全国", "chen quan guo"),
        ("张洪波", "zhang hong bo"),
        ("WU, Yingjie", "wu yingjie"),
        ("吴英杰 (WU Yingjie)", "wu ying jie wu yingjie"),
        ("Владимир", "vladimir"),
        ("Straße", "strasse"),
    ],
)
def test_a_name_is_read_out_in_latin_letters(name: str, read: str) -> None:
    assert romanise(name) == read


@pytest.mark.parametrize("name", ["བཀྲ་ཤིས", "محمد", "한국", "ガンジー", "दिल्ली", "Ełk"])
def test_the_reading_of_a_name_in_any_script_is_plain_ascii(name: str) -> None:
    read = romanise(name)
    assert read
    assert read.isascii()
    assert read == read.lower().strip()


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("WU, Yingjie", "Latn"),
        ("Yīngjié", "Latn"),
        ("ＷＵ Ｙｉｎｇｊｉｅ", "Latn"),
        ("吴英杰", "Hani"),
        ("吴英杰 W", "Hani"),
        ("吴 Yingjie", "Latn"),
        ("𠮷", "Hani"),
        ("བོད་ལྗོངས།", "Tibt"),
        ("محمد", "Arab"),
        ("Владимир", "Cyrl"),
        ("Ελλάς", "Grek"),
        ("ירושלים", "Hebr"),
        ("한국", "Hang"),
        ("ガンジー", "Jpan"),
        ("ひらがな", "Jpan"),
        ("दिल्ली", "Deva"),
        ("মুজিব", "Beng"),
        ("မြန်မာ", "Mymr"),
        ("ភ្នំពេញ", "Khmr"),
        ("กรุงเทพ", "Thai"),
        ("საქართველო", "Geor"),
        ("Հայաստան", "Armn"),
        ("ኢትዮጵያ", "Ethi"),
        ("ᠮᠣᠩᠭᠣᠯ", "Mong"),
        ("1949-10-01", "Zyyy"),
        ("", "Zyyy"),
    ],
)
def test_a_text_is_told_by_the_script_of_most_of_its_letters(text: str, script: str) -> None:
    assert script_of(text) == script


def test_browsers_get_a_language_where_the_script_tells_one() -> None:
    assert [language_hint(s) for s in ("Hani", "Tibt", "Arab")] == ["zh", "bo", "und-Arab"]
    assert language_hint("Latn") is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [("吴英杰", True), ("Wu 吴", True), ("𠀋", True), ("Wu", False), ("བོད", False), ("", False)],
)
def test_han_characters_are_noticed(text: str, answer: bool) -> None:
    assert has_han(text) is answer


@STEADY
@given(st.text(max_size=12))
def test_folding_knows_neither_case_nor_composition(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert fold(unicodedata.normalize("NFD", text)) == folded
    assert fold(f"  {text}\t") == folded


@STEADY
@given(st.text(max_size=12))
def test_any_text_can_be_read_out_and_told_by_script(text: str) -> None:
    assert romanise(text).isascii()
    assert len(script_of(text)) == 4
