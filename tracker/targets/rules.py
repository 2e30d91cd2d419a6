"""When two names are likely one, as a pure decision."""

from tracker.core.names import romanise
from tracker.core.terms import Texts, question, terms_of

SHORTEST_WITH_SLIP = 6  # letters, as read; of shorter names one letter makes another


def are_alike(name: str, other: str) -> bool:
    """Whether two names may well be one: the same words in any script and order, or but for one
    letter the same as they are read."""
    return _answer_each_other(name, other) or _differ_by_a_letter(_read(name), _read(other))


def _answer_each_other(name: str, other: str) -> bool:
    asked, back = question(name, half_typed=False), question(other, half_typed=False)
    if asked is None or back is None:
        return False
    return asked.fits(terms_of(Texts((other,)))) and back.fits(terms_of(Texts((name,))))


def _read(name: str) -> str:
    return romanise(name).replace(" ", "")


def _differ_by_a_letter(name: str, other: str) -> bool:
    """Whether at most one letter was changed, left out or put in."""
    short, long = sorted((name, other), key=len)
    if len(short) < SHORTEST_WITH_SLIP or len(long) - len(short) > 1:
        return False
    same = next(
        (i for i, pair in enumerate(zip(short, long, strict=False)) if len(set(pair)) > 1), None
    )
    if same is None:
        return True
    return short[same + (len(short) == len(long)) :] == long[same + 1 :]
