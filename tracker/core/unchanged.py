"""What every page needs and hardly ever changes is read once, and kept until the history goes on:
each change is an entry of its chain, so that with another head all is read anew."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import g, has_request_context

from tracker.core.db import is_writing

P = ParamSpec("P")
T = TypeVar("T")
MOST = 512  # readers with what they asked for, some kilobytes each


def note_head(digest: str | None) -> None:
    """Keep for the rest of the request what the head of the history's chain was at its beginning,
    read before all else: what is read later is as new, or newer."""
    g.history_head = digest


def kept_while_unchanged(read: Callable[P, T]) -> Callable[P, T]:
    """Keep what a function reads for what it is given, such as the viewer, as long as the head of
    the history is the same. What it returns is shared between requests: plain data, and never
    changed. A request that writes, and one that knows no head, reads it itself."""
    kept: tuple[str, dict[Any, T]] = ("", {})

    @wraps(read)
    def found(*given: P.args, **named: P.kwargs) -> T:
        nonlocal kept
        head = g.get("history_head") if has_request_context() and not is_writing() else None
        if not head:
            return read(*given, **named)
        present = kept  # by this name, since a thread beside may put another head's in its place
        if present[0] != head or len(present[1]) >= MOST:
            present = kept = (head, {})
        known, key = present[1], (given, *named.items())
        if key in known:
            return known[key]
        known[key] = value = read(*given, **named)
        return value

    def cache_clear() -> None:
        nonlocal kept
        kept = ("", {})

    found.cache_clear = cache_clear  # type: ignore[attr-defined]
    return found
