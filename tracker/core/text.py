"""Cleaning of everything that a person or a file types into us."""

import unicodedata

# Left-to-right and right-to-left overrides make a name read as another; no script needs them.
OVERRIDES = "\u202d\u202e"
_OPENING = {"\u202a": "\u202c", "\u202b": "\u202c"} | dict.fromkeys("\u2066\u2067\u2068", "\u2069")
_CLOSING = frozenset(_OPENING.values())


class BadText(ValueError):
    """A text that cannot be kept; the message says what to do."""


def clean(text: str, *, multiline: bool = False) -> str:
    """Normalise (NFC), trim, and fold white space; refuse what no database or reader can bear.

    A single-line text has its line breaks and tabs turned into spaces. Raises `BadText` for control
    characters, lone surrogates, damaged characters and unbalanced or overriding direction marks.
    """
    for character in text:
        _refuse_bad(character)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "")
    text = text.replace("\u2028", "\n").replace("\u2029", "\n")
    text = unicodedata.normalize("NFC", text)  # last, since what goes may part what composes
    lines = [" ".join(line.split()) for line in text.split("\n")]
    for line in lines:
        _check_direction(line)
    if not multiline:
        return " ".join(line for line in lines if line)
    return "\n".join(lines).strip("\n")


def _refuse_bad(character: str) -> None:
    code = ord(character)
    if code < 0x20 and character not in "\t\n\r":
        raise BadText(f"The text holds a control character (U+{code:04X}). Type it anew.")
    if 0x7F <= code < 0xA0 and code != 0x85:
        raise BadText(f"The text holds a control character (U+{code:04X}). Type it anew.")
    if 0xD800 <= code <= 0xDFFF or character == "\ufffd":
        raise BadText("A character of the text was damaged on its way. Type it anew.")
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
        raise BadText(f"The text holds U+{code:04X}, which is no character. Type it anew.")
    if character in OVERRIDES:
        raise BadText(
            "The text holds an invisible mark that reverses its direction (U+202D or U+202E). "
            "Type it anew, without pasting."
        )


def _check_direction(line: str) -> None:
    """Direction marks that Arabic or Hebrew quotations bring along must close where they open."""
    waiting: list[str] = []
    for character in line:
        if character in _OPENING:
            waiting.append(_OPENING[character])
        elif character in _CLOSING and (not waiting or waiting.pop() != character):
            waiting.append("unopened")
            break
    if waiting:
        raise BadText(
            "The text holds an invisible direction mark without its partner. "
            "Type it anew, without pasting."
        )
