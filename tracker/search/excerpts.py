"""The part of a text in which stands what was looked for."""

import re

from tracker.core.terms import Question, Texts, terms_of

LENGTH = 200  # characters
BEFORE = 60  # of these at most, before the first word that answers
_WORD = re.compile(r"[^\s,;:.!?\u3001\u3002\uff0c\uff1b\uff1a\uff01\uff1f]+")


def excerpt(text: str, asked: Question) -> str:
    """Some `LENGTH` characters of a text around the first word that answers, on one line, with a
    mark where something is left out; its beginning, where none of its words does by itself."""
    text = " ".join(text.split())
    words = list(_WORD.finditer(text))
    answers = (word for word in words if asked.touches(terms_of(Texts(prose=(word[0],)))))
    first = next(answers, None)
    start = 0
    if first is not None and first.start() > BEFORE and len(text) > LENGTH:
        start = next(w.start() for w in words if w.start() >= first.start() - BEFORE)
    part = text[start : start + LENGTH]
    return f"{'… ' if start else ''}{part}{' …' if start + LENGTH < len(text) else ''}"
