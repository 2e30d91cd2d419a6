"""What search compares: the terms of a text in any script, and what a person types as a question.

The terms are made here and not by either database's own parser, which do not agree with each other
and do not find 公安 in 西藏自治区公安厅. A term holds letters, marks and figures only.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice

from anyascii import anyascii
from pypinyin import Style, lazy_pinyin

from tracker.core.names import fold, has_han

LONGEST = 60  # characters of a term; PostgreSQL takes 2,046 bytes
MOST_BYTES = 300_000  # of all terms of a record; PostgreSQL takes 1 MB
LONGEST_JOINED = 4  # syllables or words written as one: Yingjie, gonganting
# Han, kana, Thai, Lao, Myanmar, Khmer: written without spaces, so that a part is found by pairs
_UNSPACED = (
    (0x3005, 0x3007),
    (0x3040, 0x30FF),
    (0x31F0, 0x31FF),
    (0x3400, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3134F),
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
)


@dataclass(frozen=True)
class Texts:
    """What a record can be found by: names and titles, which are read out in Latin letters too,
    and prose, which is not."""

    names: tuple[str, ...] = ()
    prose: tuple[str, ...] = ()


@dataclass(frozen=True)
class Term:
    """A term that is looked for, or the beginning of one."""

    text: str
    is_beginning: bool = False


@dataclass(frozen=True)
class Question:
    """What was typed: every word must fit, in one of its spellings, of which all terms must."""

    words: tuple[tuple[tuple[Term, ...], ...], ...]

    def fits(self, terms: Collection[str]) -> bool:
        """Whether terms answer the question; what both databases do with an index."""
        return all(any(all(map(_in(terms), terms_)) for terms_ in word) for word in self.words)

    def touches(self, terms: Collection[str]) -> bool:
        """Whether terms answer at least one of its words."""
        return any(Question((word,)).fits(terms) for word in self.words)

    def as_fts5(self) -> str:
        """The question for SQLite's `MATCH`, every term quoted."""
        return self._written(" AND ", " OR ", lambda t: f'"{t.text}"' + "*" * t.is_beginning)

    def as_tsquery(self) -> str:
        """The question for PostgreSQL, to be cast and not parsed, every term quoted."""
        return self._written(" & ", " | ", lambda t: f"'{t.text}'" + ":*" * t.is_beginning)

    def _written(self, every: str, either: str, write: Callable[[Term], str]) -> str:
        return every.join(
            f"({either.join(f'({every.join(map(write, spelling))})' for spelling in word)})"
            for word in self.words
        )


def _in(terms: Collection[str]) -> Callable[[Term], bool]:
    return lambda term: (
        any(t.startswith(term.text) for t in terms) if term.is_beginning else term.text in terms
    )


def terms_of(texts: Texts) -> list[str]:
    """The terms of a record, each once, those of its names first; what is too much is left out."""
    found: dict[str, None] = {}
    size = 0
    for term in _all_terms(texts):
        if term in found:
            continue
        size += len(term.encode()) + 1
        if size > MOST_BYTES:
            break
        found[term] = None
    return list(found)


def question(typed: str, *, half_typed: bool = True) -> Question | None:
    """What a person looks for; nothing where no letter or figure was typed. The last word may be
    half typed, unless the text is a whole name."""
    runs = [run for word in fold(typed).split() for run in _runs(word)]
    last = len(runs) - 1
    spelt = (_spellings(run, half_typed and place == last) for place, run in enumerate(runs))
    return Question(tuple(spelt)) if runs else None


def _all_terms(texts: Texts) -> Iterator[str]:
    for name in texts.names:
        words = fold(name).split()
        for word in words:
            yield from _written_terms(word)
        yield from _read_terms(words)
    for text in texts.prose:
        for word in fold(text).split():
            yield from _written_terms(word)


def _written_terms(word: str) -> Iterator[str]:
    """A word as it is written; where its script has no spaces, every pair of its letters and the
    last letter, so that each single one begins a term."""
    for run in _runs(word):
        if _is_unspaced(run[0]):
            yield from _pairs(run)
            yield run[-1]
        else:
            yield run[:LONGEST]


def _read_terms(words: Iterable[str]) -> Iterator[str]:
    """A name as it is read in Latin letters, neighbours also written as one."""
    units = [unit for word in words for run in _runs(word) for unit in _units(run)]
    for start in range(len(units)):
        for length in range(1, LONGEST_JOINED + 1):
            part = units[start : start + length]
            if len(part) == length and _may_join(part, units):
                yield "".join(text for text, _ in part)[:LONGEST]


def _may_join(part: list[tuple[str, bool]], units: list[tuple[str, bool]]) -> bool:
    """Syllables of Han are joined as people do; words in pairs, short names as a whole."""
    all_syllables = all(is_syllable for _, is_syllable in part)
    return len(part) <= 2 or all_syllables or len(part) == len(units)


def _units(run: str) -> Iterator[tuple[str, bool]]:
    """The syllables of Han as they are read, or a word of another script; which of both it is."""
    if has_han(run):
        for syllable in lazy_pinyin(run, style=Style.NORMAL):
            if text := _latin(syllable):
                yield text, True
    elif text := _latin(run):
        yield text, False


def _latin(text: str) -> str:
    return fold(anyascii(text)).replace(" ", "")


def _spellings(run: str, is_last: bool) -> tuple[tuple[Term, ...], ...]:
    """The ways in which a word may stand on record, the last word being perhaps still typed."""
    if _is_unspaced(run[0]):
        written = [Term(pair) for pair in _pairs(run)] or [Term(run, is_beginning=True)]
        readings = [text for text, _ in _units(run)] if len(run) > 1 else []
    else:
        written = [Term(run[:LONGEST], is_last)]
        readings = [text for text, _ in _units(run)]
    found = [tuple(written)]
    half_typed = is_last and not has_han(run)  # a character is typed as a whole
    if readings:
        found.append((Term("".join(readings)[:LONGEST], half_typed),))
    if 2 < len(readings) <= LONGEST_JOINED:  # the given name first
        found.append((Term("".join([*readings[1:], readings[0]])),))
    return tuple(dict.fromkeys(found))


def _pairs(run: str) -> Iterator[str]:
    return (first + second for first, second in zip(run, islice(run, 1, None), strict=False))


def _runs(word: str) -> Iterator[str]:
    for _, letters in groupby(word, key=_is_unspaced):
        yield "".join(letters)


def _is_unspaced(letter: str) -> bool:
    code = ord(letter)
    return any(first <= code <= last for first, last in _UNSPACED)


LAST = "\U0010ffff"  # sorts after every character that a name can hold


def closeness(typed: str, typed_latin: str, name: str, latin: str) -> int:
    """How close a name, folded and in Latin letters, is to what was typed, likewise: 0 it is the
    name, 1 the name begins so, 2 it has all of the words, 3 none of these."""
    typed_read, read = typed_latin.replace(" ", ""), latin.replace(" ", "")  # wu ying jie
    if typed == name or typed_read == read:
        return 0
    if name.startswith(typed) or read.startswith(typed_read):
        return 1
    words = {*name.split(), *latin.split()}
    has_all = all(any(w.startswith(word) for w in words) for word in typed.split())
    return 2 if has_all or typed in name else 3
