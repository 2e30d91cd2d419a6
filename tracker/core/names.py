"""Names in every script: folded for comparison, and read out in Latin letters."""

import unicodedata
from functools import lru_cache

from anyascii import anyascii
from pypinyin import Style, lazy_pinyin

# Marks that a reader may leave out. Tibetan, Thai or Devanagari vowel signs are letters, and stay;
# so do the marks that make another sound of a Japanese one.
_LOOSE_MARK_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "HEBREW", "ARABIC", "COMBINING")
_VOICING_MARKS = "\u3099\u309a"


def fold(text: str) -> str:
    """Lower case, no accents, no punctuation, single spaces: `WÚ, Yīngjié` gives `wu yingjie`."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(_fold_character(character) for character in folded)
    return unicodedata.normalize("NFC", " ".join(kept.split()))


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if character in _VOICING_MARKS:
        return character
    category = unicodedata.category(character)
    if category == "Mn" and unicodedata.name(character, "").startswith(_LOOSE_MARK_SCRIPTS):
        return ""
    if character in "'’ʼ‘`":
        return ""
    if category[0] in "PZSC":
        return " "
    return character


def romanise(text: str) -> str:
    """The folded name in Latin letters: Han read as pinyin, all else by a table; `吴英杰` gives
    `wu ying jie`. The result is for finding, never for showing."""
    read = lazy_pinyin(text, style=Style.NORMAL) if has_han(text) else [text]
    return fold(anyascii(" ".join(read)))


def has_han(text: str) -> bool:
    """Whether any character is a Han ideograph."""
    return any(_is_han(character) for character in text)


def _is_han(character: str) -> bool:
    code = ord(character)
    return 0x3400 <= code <= 0x9FFF or 0x20000 <= code <= 0x3134F or 0xF900 <= code <= 0xFAFF


_SCRIPTS = (
    ("LATIN", "Latn"),
    ("CJK UNIFIED", "Hani"),
    ("CJK COMPATIBILITY IDEOGRAPH", "Hani"),
    ("TIBETAN", "Tibt"),
    ("ARABIC", "Arab"),
    ("CYRILLIC", "Cyrl"),
    ("GREEK", "Grek"),
    ("HEBREW", "Hebr"),
    ("HANGUL", "Hang"),
    ("HIRAGANA", "Jpan"),
    ("KATAKANA", "Jpan"),
    ("DEVANAGARI", "Deva"),
    ("BENGALI", "Beng"),
    ("MYANMAR", "Mymr"),
    ("KHMER", "Khmr"),
    ("THAI", "Thai"),
    ("GEORGIAN", "Geor"),
    ("ARMENIAN", "Armn"),
    ("ETHIOPIC", "Ethi"),
    ("MONGOLIAN", "Mong"),
)


def script_of(text: str) -> str:
    """The ISO 15924 code of the script that most letters of `text` are in, or `Zyyy` for none."""
    counts: dict[str, int] = {}
    for character in unicodedata.normalize("NFKC", text):  # wide and narrow forms as plain ones
        if not character.isalpha():
            continue
        name = unicodedata.name(character, "")
        code = next((code for prefix, code in _SCRIPTS if name.startswith(prefix)), "Zzzz")
        counts[code] = counts.get(code, 0) + 1
    return max(counts, key=counts.__getitem__) if counts else "Zyyy"


_LANGUAGES = {
    "Hani": "zh",
    "Tibt": "bo",
    "Arab": "und-Arab",  # Uyghur, Persian or Arabic
    "Cyrl": "und-Cyrl",
    "Jpan": "ja",
    "Hang": "ko",
}


def language_hint(script: str) -> str | None:
    """A `lang` value that makes a browser choose a fitting face for the script, if one is known."""
    return _LANGUAGES.get(script)
