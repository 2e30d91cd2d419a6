"""Addresses in templates. A page holds dozens, most of them on every page: each is made once."""

from functools import lru_cache
from typing import Any

from flask import Flask, has_request_context, request, url_for

MOST = 8192
Values = tuple[tuple[str, Any], ...]
_PLAIN = (str, int)


def init_app(app: Flask) -> None:
    """Give templates a `url_for` that keeps what it made. What an address of ours is made of is
    what it is found by: the path that the program is under, the blueprint of the page where an
    endpoint is named as its neighbour, and the values."""

    @lru_cache(maxsize=MOST)
    def made(_root: str, _neighbour: str, endpoint: str, values: Values) -> str:
        return url_for(endpoint, **dict(values))

    def address(endpoint: str, **values: Any) -> str:
        is_plain = all(type(v) in _PLAIN and k[0] != "_" for k, v in values.items())
        if not is_plain or not has_request_context():
            return url_for(endpoint, **values)
        neighbour = request.blueprint or "" if endpoint[0] == "." else ""
        return made(request.script_root, neighbour, endpoint, tuple(values.items()))

    app.jinja_env.globals["url_for"] = address
