"""Filters, tests and values that templates share."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask, current_app, request, url_for
from jinja2 import StrictUndefined
from jinja2.runtime import Context
from markupsafe import Markup, escape

from tracker.core.countries import country_name, jurisdiction_name
from tracker.core.dates import MONTHS, BadDate, PartialDate, show_day
from tracker.core.names import language_hint, script_of
from tracker.core.now import today
from tracker.core.references import well_formed
from tracker.web import navigation, viewer
from tracker.web.forms import described
from tracker.web.settings import settings

_DAY = re.compile(r"\d{4}-\d\d(-\d\d)?")
_PAGES = {
    "R": "recommendations.show",
    "L": "letters.show",
    "T": "targets.show",
    "S": "sources.show",
}


class _Context(Context):
    """All templates draw on the same globals. Jinja compares their names at every import, for those
    that were loaded with others of their own."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.globals_keys = set()


def init_app(app: Flask) -> None:
    """Make the filters known to Jinja."""
    app.jinja_env.context_class = _Context
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters |= {
        "day": show,
        "moment": moment,
        "number": number,
        "country": country_name,
        "jurisdiction": jurisdiction_name,
        "name": in_its_script,
        "host": host,
        "size": size,
        "kept": kept,
    }
    app.jinja_env.globals |= {
        "options": options,
        "asset": asset,
        "described": described,
        "with_query": with_query,
        "with_parts": with_parts,
        "plural": plural,
        "is_current": navigation.is_current,
    }
    app.context_processor(_shared)


def _shared() -> dict[str, Any]:
    present = viewer.current()
    return {
        "viewer": present,
        "nav": navigation.entries(present, public=settings().public_dashboard),
        "today": today(),
        "base_url": settings().base_url,
        "is_demo": settings().demo,
    }


def show(value: date | PartialDate | None) -> str:
    """A day as every page writes it: `3 Dec 2019`, `Dec 2019`, `2019`."""
    if value is None:
        return "not known"
    return value.shown if isinstance(value, PartialDate) else show_day(value)


def moment(value: datetime | None) -> str:
    """A time of day in the zone of the installation: `3 Dec 2019, 14:05 UTC`."""
    if value is None:
        return "not known"
    local = value.astimezone(ZoneInfo(settings().timezone))
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}, {local:%H:%M %Z}"


def number(value: float) -> str:
    """A figure with its thousands parted."""
    return f"{value:,}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 ask`, `2 asks`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def in_its_script(text: str) -> Markup:
    """A name, marked with its language and direction where it is not in Latin letters."""
    if text.isascii():  # most are, and lists hold hundreds
        return escape(text)
    script = script_of(text)
    if script in ("Latn", "Zyyy"):
        return escape(text)
    language = language_hint(script)
    marked = Markup(' lang="{}"').format(language) if language else Markup("")
    return Markup("<bdi{}>{}</bdi>").format(marked, text)


def options(choices: Mapping[Any, Any], chosen: object) -> Markup:
    """The options of a list by their values, each a word or something with a label. They are drawn
    once: the longest lists are the same on every page, but for the one that is chosen."""
    drawn = _options(tuple((str(k), getattr(word, "label", word)) for k, word in choices.items()))
    value = Markup('value="{}"').format(chosen)
    return drawn.replace(value, value + Markup(" selected"), 1) if chosen else drawn


@lru_cache(maxsize=256)
def _options(pairs: tuple[tuple[str, str], ...]) -> Markup:
    drawn = Markup('<option value="{}">{}</option>')
    return Markup("").join(drawn.format(value, word) for value, word in pairs)


def host(url: str) -> str:
    """The host of a web address, for showing."""
    return url.partition("://")[2].partition("/")[0].removeprefix("www.")


def size(octets: int) -> str:
    """How large a file is: `1.4 MB`, `12 kB`."""
    if octets >= 1024 * 1024:
        return f"{octets / 1024 / 1024:.1f} MB"
    return f"{-(-octets // 1024)} kB"


def with_query(**changes: Any) -> str:
    """The present address with some of its parameters changed; nothing removes one."""
    query = {k: v for k, v in request.args.to_dict(flat=False).items() if k != "cursor"}
    for key, value in changes.items():
        if value is None or value == "":
            query.pop(key, None)
        else:
            query[key] = [str(value)]
    # not through url_for, for which some names that anybody can type mean something
    path = url_for(request.endpoint or "desk.home", **(request.view_args or {}))
    return with_parts(path, [(k, v) for k, values in query.items() for v in values])


def with_parts(path: str, parts: Iterable[tuple[str, str]]) -> str:
    """An address with parameters; the commas of a list stay readable."""
    query = urlencode(list(parts), safe=",")
    return f"{path}?{query}" if query else path


@lru_cache(maxsize=32)
def _stamp(name: str) -> str:
    path = Path(__file__).resolve().parent.parent / "static" / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a file of ours, with its content's stamp, so that caches may keep it."""
    return f"{request.script_root}{current_app.static_url_path}/{name}?v={_stamp(name)}"


def kept(value: Any) -> Any:
    """A value as the history keeps it, for a reader: days as pages write them, a reference as a
    link, what anybody typed as it stands."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        return value
    if _DAY.fullmatch(value):
        with suppress(BadDate):  # somebody's words that look like one
            return PartialDate.parse(value).shown
    if well_formed([value]) and value[0] in _PAGES:
        return Markup('<a class="ref" href="{}">{}</a>').format(
            url_for(_PAGES[value[0]], reference=value), value
        )
    return value
