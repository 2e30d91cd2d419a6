"""Parts of pages that are drawn once for what they show.

Pages are opened again and again, and most of their parts are then as they were. Nothing can be out
of date or go to another reader by it, since what is shown is what the drawn part is found by."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

from flask import Flask
from markupsafe import Markup


def drawn_once(
    app: Flask, template: str, macro: str, most: int, *always: Any
) -> Callable[..., Markup]:
    """A macro, of which a process keeps what it drew `most` times. It may use nothing but what it
    is given, save what is `always` the same."""

    @lru_cache(maxsize=most)
    def draw(*shown: Hashable) -> Markup:
        module = app.jinja_env.get_template(template).module
        drawn: Markup = getattr(module, macro)(*shown, *always)
        return drawn

    return draw
