"""Everything that a reader can be shown: every page, under every address that its links, forms and
fields lead to, with the export and the figures; and what of it stands outside its audience."""

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlsplit

from flask import Flask
from sqlalchemy import Integer, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.inside.planting import CANARY, MARK, MODELS, RECORDS, Cell, Planter, World
from tests.inside.samples import reading, writing
from tests.support.forms import fields, tags
from tests.support.people import Person
from tracker.accounts import queries, tokens
from tracker.accounts.models import TokenScope
from tracker.accounts.permissions import Permission
from tracker.accounts.viewer import Viewer
from tracker.core.db import Base, db
from tracker.core.now import today
from tracker.core.references import PATTERN
from tracker.dashboards.past import past_figures
from tracker.dashboards.statistics import statistics
from tracker.exchange import export_json
from tracker.web.converters import (
    KeyConverter,
    NumberConverter,
    ReferenceConverter,
    SignedConverter,
    SlugConverter,
    TokenConverter,
)

REFERENCE = re.compile(PATTERN)
TOKEN = re.compile(r'name="csrf_token"[^>]*>')
TIME = re.compile(r"\b\d\d:\d\d UTC")
BUTTON = re.compile(r'<button[^>]*name="op" value="([^"]*)"')
HEADERS = ("Location", "Content-Disposition", "Content-Type", "Link", "ETag")
OF_A_SORT = 2
SECRET = (TokenConverter, SignedConverter)
STAMP = re.compile(r"DTSTAMP:\S+")
SLUGS = ("treasury", "state")
PAST_DAY = date(2024, 2, 1)


@dataclass(frozen=True)
class Leak:
    """Something that a reader was shown and may not see."""

    reader: str
    address: str
    what: str


@dataclass
class Reader:
    """Somebody who goes through all pages."""

    name: str
    person: Person
    _token: str = ""
    _feed: str = ""
    _of_api: str = field(default="", init=False)

    def __post_init__(self) -> None:
        # before anything is compared: making a token is an event of the history
        if self.viewer.user_id is not None:
            self._of_api = self._made(TokenScope.READ)

    @property
    def viewer(self) -> Viewer:
        """On whose behalf pages are shown to them."""
        return self.person.viewer

    def open(self, address: str) -> str:
        """What a page says, with its headers."""
        return shown(self.person.client.get(address, headers=self._token_for(address)))

    def _token_for(self, address: str) -> dict[str, str]:
        """What a program of the reader's sends; people come with their cookie."""
        if not address.startswith("/api/") or not self._of_api:
            return {}
        return {"Authorization": f"Bearer {self._of_api}"}

    def _made(self, scope: TokenScope) -> str:
        with writing(self.person.app):
            user = queries.user_by_id(self.viewer.user_id or 0)
            return tokens.make(user, "Crawl", scope, "365")[1]

    def pages(self, addresses: Iterable[str]) -> Iterator[tuple[str, str]]:
        """All that is shown under some addresses and on the further pages of lists, the export and
        the figures; one after the other, so that whoever has seen enough can stop."""
        yield from self.figures().items()
        waiting = list(dict.fromkeys(addresses))
        known = set(waiting)
        for address in waiting:
            page = self.open(address)
            yield address, page
            if "cursor=" in page:
                fresh = [link for link in links(page) if "cursor=" in link and link not in known]
                waiting += fresh
                known.update(fresh)

    def sent(self, addresses: Iterable[str]) -> Iterator[tuple[str, str]]:
        """What comes of forms that are sent without saving: each button that shows the form again,
        a version that is no longer the present one, and names that may be on record already."""
        for address in addresses:
            page = self.open(address)
            typed = fields(page)
            if "<form" not in page or not typed:
                continue
            typed["csrf_token"] = [self.token]
            if "version" in typed:
                yield self._send(address, typed | {"version": ["999"]})
            asked = {name: [MARK] if values == [""] else values for name, values in typed.items()}
            for op in BUTTON.findall(page):
                yield self._send(address, asked | {"op": [op]})

    def _send(self, address: str, typed: dict[str, list[str]]) -> tuple[str, str]:
        answer = self.person.client.post(address, data=typed)
        return f"{address} sent with {typed.get('op', '')}", shown(answer)

    def told_of_doubles(self, names: Sequence[str]) -> Iterator[tuple[str, str]]:
        """What is said when a target of these names is to be recorded; the first of them is one
        that everybody sees, so that the form is shown again and not saved."""
        typed = {"name": [names[0]], "other_names": ["\n".join(names)], "kind": ["person"]}
        address, page = self._send("/targets/new", typed | {"csrf_token": [self.token]})
        yield f"{address}: {names}", page

    def sees_another(self, known: Mapping[str, str], address: str, page: str) -> bool:
        """Whether a page is not as it was known; one that is another each time does not count."""
        if known[address] == page:
            return False
        return not address.startswith("/") or self.open(address) == page

    @property
    def token(self) -> str:
        """A token for the forms of the reader."""
        if not self._token:
            self._token = self.person.token()
        return self._token

    def figures(self) -> dict[str, str]:
        """The export and the figures of the commands."""
        if self.viewer.user_id is None:
            return {}
        with reading(self.person.app):
            found = {
                "stats": json.dumps(statistics(self.viewer, today())),
                "stats of a past day": json.dumps(
                    past_figures(self.viewer, PAST_DAY).as_dict(self.viewer)
                ),
            }
            if self.viewer.may(Permission.EXPORT):
                out = io.StringIO()
                export_json.export(self.viewer, out, today(), "https://example.org")
                found["export"] = out.getvalue()
        return found | self.feeds()

    def feeds(self) -> dict[str, str]:
        """What the reader's own address of feeds opens."""
        if not self._feed:
            self._feed = self._made(TokenScope.FEED)
        feeds = ("deadlines.ics", "changes.atom")
        pages = {each: self.open(f"/feeds/{self._feed}/{each}") for each in feeds}
        assert all(page.startswith("200") for page in pages.values())
        return {name: STAMP.sub("", page) for name, page in pages.items()}


def shown(answer: TestResponse) -> str:
    """All that an answer says, less the token of its forms and the time of day."""
    head = "".join(f"{name}: {value}\n" for name, value in answer.headers if name in HEADERS)
    text = f"{answer.status_code}\n{head}\n{TOKEN.sub('', _text_of(answer))}"
    answer.close()
    return TIME.sub("", text)


def _text_of(answer: TestResponse) -> str:
    """The text of a page, or of a letter that is downloaded."""
    if not zipfile.is_zipfile(io.BytesIO(answer.data)):
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        return "\n".join(file.read(name).decode("utf-8", "replace") for name in file.namelist())


def links(page: str) -> Iterator[str]:
    """Where the links of a page lead within the program, and what its forms ask for."""
    action = ""
    select_name = ""
    for tag, given, _ in tags(page, "a|form|input|select|option"):
        name = given.get("name", "")
        if tag == "a" and given.get("href", "").startswith("/"):
            yield given["href"].partition("#")[0]
        elif tag == "form":
            is_get = given.get("method", "get").lower() == "get"
            action = given.get("action", "") if is_get else ""
        elif tag == "/form":
            action = ""
        elif not action.startswith("/"):
            continue
        elif tag == "select":
            select_name = name
        elif tag == "option" and select_name:
            yield f"{action}?{select_name}={quote_plus(given.get('value', ''))}"
        elif tag == "input" and name:
            is_text = given.get("type", "text") in ("text", "search")
            yield f"{action}?{name}={MARK if is_text else quote_plus(given.get('value', ''))}"


def leaks(planter: Planter, reader: Reader, address: str, page: str) -> Iterator[Leak]:
    """What stands on a page that the reader may not see; what the address asked for by its name and
    was given back is none."""
    for canary in {found[0]: found for found in CANARY.finditer(page.lower())}.values():
        group, column = planter.meaning(canary)
        if not group.is_read_by(reader.viewer) and canary[0] not in address.lower():
            yield Leak(reader.name, address, f"{column} of {group}")
    for reference in set(REFERENCE.findall(page)):
        cell = planter.references.get(reference)
        if cell and not cell.is_seen_by(reader.viewer) and reference not in address:
            yield Leak(reader.name, address, f"{reference} of {cell}")


# ---- the addresses


def further(planter: Planter, pages: Mapping[str, str]) -> list[str]:
    """What links and forms of pages ask for besides, of each sort a few; those that name records
    of another audience are of another sort."""
    counted = Counter[tuple[str, frozenset[str], frozenset[Cell | None]]]()
    found = []
    for link in dict.fromkeys(link for page in pages.values() for link in links(page)):
        parts = urlsplit(link)
        names = frozenset(parse_qs(parts.query, keep_blank_values=True))
        cells = frozenset(planter.references.get(ref) for ref in REFERENCE.findall(parts.query))
        sort = REFERENCE.sub("", parts.path), names, cells
        counted[sort] += 1
        if counted[sort] <= OF_A_SORT and "cursor" not in names and link not in pages:
            found.append(link)
    return found


def of_ours(app: Flask) -> list[Rule]:
    """The routes of our own that can be looked at; those with a secret in their address each reader
    opens by the own one, or by the one in the own mail."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not any(isinstance(part, SECRET) for part in rule._converters.values())
        and str(app.view_functions[rule.endpoint].__module__).startswith(("tracker", "flask_sec"))
    ]


@dataclass
class Book:
    """The addresses of all pages about some worlds."""

    app: Flask
    owners: Sequence[Reader]  # who between them come to every page
    fits: dict[str, tuple[str, ...] | None] = field(default_factory=dict)
    looking: dict[str, bool] = field(default_factory=dict)  # whether a page looks for a word

    def learn(self, world: World) -> list[str]:
        """Find out of what the pages are about which a route with parts shows; the routes of which
        none was found."""
        for rule in of_ours(self.app):
            choices = product(*(self._candidates(rule, name) for name in sorted(rule.arguments)))
            self.fits[rule.rule] = next(
                (
                    parts
                    for parts in choices
                    if not parts
                    or any(self._opens(each, rule, world, parts) for each in self.owners)
                ),
                None,
            )
        return [rule for rule, parts in self.fits.items() if parts is None]

    def _opens(self, reader: Reader, rule: Rule, world: World, parts: tuple[str, ...]) -> bool:
        return reader.open(self._address(rule, world, parts))[:3] in ("200", "302")

    def _candidates(self, rule: Rule, name: str) -> list[str]:
        """What a part of an address can be filled with, the likeliest first."""
        converter = rule._converters[name]
        near = {*rule.rule.split("/"), rule.endpoint.partition(".")[0]}
        if isinstance(converter, ReferenceConverter):
            return sorted(RECORDS, key=lambda each: each not in near)
        if isinstance(converter, SlugConverter):
            return list(SLUGS)
        if isinstance(converter, (NumberConverter, KeyConverter)):
            tables = Base.metadata.tables
            numbered = (
                each
                for each in MODELS
                if each not in RECORDS
                and len(tables[each].primary_key) == 1
                and isinstance(next(iter(tables[each].primary_key)).type, Integer)
            )
            return sorted(numbered, key=lambda each: each not in near)
        raise AssertionError(f"teach this test what to put for {type(converter).__name__}")

    def _address(self, rule: Rule, world: World, parts: tuple[str, ...]) -> str:
        given = {}
        for name, part in zip(sorted(rule.arguments), parts, strict=True):
            if part in SLUGS:
                given[name] = part
            elif part in RECORDS:
                given[name] = world.references[part]
            elif part == "attachments":
                given[name] = "1"  # numbered within its source
            else:
                given[name] = world.parts.get(part) or self._first_key(part)
        built = rule.build(given)
        assert built is not None
        return built[1]

    def addresses(self, worlds: Sequence[World]) -> list[str]:
        """The addresses of all pages about some worlds, and those that a word can be asked at."""
        plain, asked = [], []
        for rule in of_ours(self.app):
            parts = self.fits[rule.rule]
            if parts:
                plain += [self._address(rule, world, parts) for world in worlds]
            else:
                plain.append(rule.rule)
                asked += [f"{rule.rule}?q={word}" for word in self._words(rule, worlds[-1])]
        return list(dict.fromkeys([*plain, *asked]))

    def _words(self, rule: Rule, world: World) -> list[str]:
        """What is looked for on a page, if it looks for anything."""
        owner, path = self.owners[0], rule.rule
        if path not in self.looking:
            plain, again = owner.open(path), owner.open(path)
            self.looking[path] = plain == again and owner.open(f"{path}?q=a+word") != plain
        if not self.looking[path]:
            return []
        return [MARK, world.references["recommendations"], world.references["targets"]]

    def _first_key(self, name: str) -> Any:
        """The key of any row of a table, or one that none has."""
        [key] = Base.metadata.tables[name].primary_key
        with reading(self.app):
            return db.session.scalar(select(key).limit(1)) or 1
