"""Addresses in templates are those that Flask makes, though each is made once."""

from typing import Any

import pytest
from flask import Flask, render_template_string, url_for

ADDRESS = "{{ url_for(endpoint, **values) }}"
ENDPOINTS: list[tuple[str, dict[str, Any]]] = [
    ("recommendations.index", {}),
    ("recommendations.index", {"tag": "a&b=c"}),
    ("recommendations.index", {"view": 1}),
    ("recommendations.index", {"view": "1"}),
    ("recommendations.index", {"view": True}),
    ("recommendations.index", {"tag": None}),
    ("recommendations.index", {"_anchor": "main"}),
    ("recommendations.index", {"_external": True}),
    ("recommendations.show", {"reference": "R-6X4Z14C2"}),
    (".index", {}),
    (".new", {}),
]
PLACES = ["/recommendations", "/letters", "/targets"]


@pytest.mark.parametrize("root", ["", "/tracker"])
def test_an_address_is_what_flask_makes_wherever_it_stands(app: Flask, root: str) -> None:
    for _ in range(2):  # the second time it is kept
        for place in PLACES:
            with app.test_request_context(place, environ_overrides={"SCRIPT_NAME": root}):
                for endpoint, values in ENDPOINTS:
                    made = render_template_string(ADDRESS, endpoint=endpoint, values=values)
                    plain = url_for(endpoint, **values)
                    assert made.replace("&amp;", "&") == plain, (place, endpoint, values)
                    assert plain.startswith((f"{root}/", "http"))
