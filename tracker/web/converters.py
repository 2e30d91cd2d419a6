"""Parts of addresses that are held to what they can be, before any view or database sees them."""

from flask import Flask
from werkzeug.routing import BaseConverter

from tracker.core.references import PATTERN


class ReferenceConverter(BaseConverter):
    """A record's reference, in either case: `R-6X4Z14C2`."""

    regex = f"(?i:{PATTERN})"

    def to_python(self, value: str) -> str:
        return value.upper()


class SlugConverter(BaseConverter):
    """A body's slug."""

    regex = "[a-z0-9][a-z0-9-]{0,59}"


class NumberConverter(BaseConverter):
    """A key that any database can hold."""

    regex = "[1-9][0-9]{0,14}"

    def to_python(self, value: str) -> int:
        return int(value)


class TokenConverter(BaseConverter):
    """A secret of 256 bits in an address."""

    regex = "[A-Za-z0-9_-]{43}"


class SignedConverter(BaseConverter):
    """A value that was signed with the instance's key, for an address."""

    regex = r"[A-Za-z0-9_.-]{10,200}"


def init_app(app: Flask) -> None:
    """Make `<ref:…>`, `<slug:…>`, `<number:…>`, `<token:…>` and `<signed:…>`
    known to the routes."""
    app.url_map.converters["ref"] = ReferenceConverter
    app.url_map.converters["slug"] = SlugConverter
    app.url_map.converters["number"] = NumberConverter
    app.url_map.converters["token"] = TokenConverter
    app.url_map.converters["signed"] = SignedConverter
