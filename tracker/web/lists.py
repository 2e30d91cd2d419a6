"""Filters and sorting that live in the address, so that a link shares a view."""

from collections.abc import Container, Mapping
from enum import StrEnum
from typing import TypeVar

from flask import abort, request

from tracker.core.text import BadText, clean
from tracker.web.paging import Order

E = TypeVar("E", bound=StrEnum)
LONGEST = 200
SWITCHED = dict.fromkeys(("1", "yes", "true", "on"), True)
SWITCHED |= dict.fromkeys(("", "0", "no", "false", "off"), False)


def refuse_repeated(*, but: Container[str] = ()) -> None:
    """Refuse an address that names something twice, of which only one could hold."""
    for name, values in request.args.lists():
        if len(values) > 1 and name not in but:
            abort(400, f"“{name[:40]}” stands twice in the address. Choose one of its values.")


def chosen_order(orders: Mapping[str, Order]) -> tuple[Order, str]:
    """The sorting that the address asks for, and its name; without one, the first offered."""
    name = request.args.get("sort") or next(iter(orders))
    if name not in orders:
        abort(400, f"This list cannot be sorted by “{name[:40]}”. Choose one of its sortings.")
    return orders[name], name


def chosen_word(name: str, enum: type[E]) -> E | None:
    """The member of an enum that the address asks for, if it does."""
    value = request.args.get(name)
    if not value:
        return None
    try:
        return enum(value)
    except ValueError:
        known = ", ".join(enum)
        abort(400, f"“{value[:40]}” is no {name} that we know. Choose one of: {known}.")


def chosen_text(name: str) -> str:
    """A clean text that the address, or the search box of a form, asks for, or nothing."""
    value = request.values.get(name, "")
    try:
        text = clean(value)
    except BadText as problem:
        abort(400, str(problem))
    if len(text) > LONGEST:
        abort(400, f"The text to look for is too long: {LONGEST} characters at the most.")
    return text


def chosen_switch(name: str) -> bool:
    """Whether the address switches something on."""
    value = request.args.get(name, "")
    if value not in SWITCHED:
        abort(400, f"{name} is on or off: write {name}=1, or leave it out.")
    return SWITCHED[value]
