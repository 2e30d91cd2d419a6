"""Parts of addresses that are held to what they can be, before any view or database sees them."""

from flask import Flask
from werkzeug.routing import BaseConverter, Map, ValidationError

from tracker.core.references import PATTERN
from tracker.web.sealing import seal_key_by, unseal_by


class ReferenceConverter(BaseConverter):
    """A record's reference, in either case: `R-6X4Z14C2`."""

    regex = f"(?i:{PATTERN})"

    def to_python(self, value: str) -> str:
        return value.upper()


class SlugConverter(BaseConverter):
    """A body's slug."""

    regex = "[a-z0-9][a-z0-9-]{0,59}"


class NumberConverter(BaseConverter):
    """A number that any database can hold."""

    regex = "[1-9][0-9]{0,14}"

    def to_python(self, value: str) -> int:
        return int(value)


class KeyConverter(BaseConverter):
    """The key of a row of a kind, sealed: nobody counts by it the rows that they do not see."""

    regex = "[A-Za-z0-9_-]{42}"
    secret_key = ""

    def __init__(self, url_map: Map, kind: str) -> None:
        super().__init__(url_map)
        self.kind = kind

    def to_python(self, value: str) -> int:
        try:
            return int(unseal_by(self.secret_key, value, self.kind))
        except ValueError:
            raise ValidationError from None

    def to_url(self, value: int) -> str:
        return seal_key_by(self.secret_key, self.kind, int(value))


class TokenConverter(BaseConverter):
    """A secret of 256 bits in an address."""

    regex = "[A-Za-z0-9_-]{43}"


class SignedConverter(BaseConverter):
    """A value that was signed with the instance's key, for an address."""

    regex = r"[A-Za-z0-9_.-]{10,200}"


def init_app(app: Flask) -> None:
    """Make `<ref:…>`, `<slug:…>`, `<number:…>`, `<key(kind):…>`, `<token:…>` and `<signed:…>`
    known to the routes."""
    app.url_map.converters["ref"] = ReferenceConverter
    app.url_map.converters["slug"] = SlugConverter
    app.url_map.converters["number"] = NumberConverter
    own = {"secret_key": app.config["SECRET_KEY"]}
    app.url_map.converters["key"] = type("OwnKeyConverter", (KeyConverter,), own)
    app.url_map.converters["token"] = TokenConverter
    app.url_map.converters["signed"] = SignedConverter
