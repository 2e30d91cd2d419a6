"""Words with their shapes: each is drawn once by its macro, and then shown again and again, since a
list holds hundreds of them."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Protocol

from flask import Flask
from markupsafe import Markup

TEMPLATE = "components/shapes.html"


class HasCause(Protocol):
    """A clock, or a row that says why an ask is flagged."""

    cause: Any


def init_app(app: Flask) -> None:
    """Give templates `badge('status', value)`, and so on for the other macros of one value; and
    `flag_badges(clocks)`."""

    @cache
    def badge(macro: str, value: Any) -> Markup:
        draw: Callable[[Any], Markup]
        draw = getattr(app.jinja_env.get_template(TEMPLATE).module, macro)
        return draw(value)

    def flag_badges(clocks: Iterable[HasCause]) -> Markup:
        return badge("flags", tuple(dict.fromkeys(clock.cause for clock in clocks)))

    app.jinja_env.globals |= {"badge": badge, "flag_badges": flag_badges}
