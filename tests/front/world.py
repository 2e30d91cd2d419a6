"""One record of each kind that the coalition sees, and one of each that only its owner does."""

import re
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule

from tests.front.support import (
    Sitting,
    asks_on,
    links,
    options,
    record_contact,
    record_letter,
    save,
    send,
    share,
    where,
)
from tests.support.people import Person, add_person
from tracker.accounts.permissions import Role
from tracker.web.converters import KeyConverter

CANARY = "cassowary"  # stands in every text that no other organisation may read
OF_LIBRARIES = ("security", "static", "bootstrap")
OF_PROGRAMS = "api."  # opened by tokens: see test_api


@dataclass(frozen=True)
class Records:
    """The addresses of the pages of some records of one owner."""

    ask: str
    letter: str
    target: str
    group: str
    contact: str  # the page on which it is voided
    outcome: str
    bulk: str  # a change of the ask together with others
    view: str  # a saved view of the list, without what is done with it
    user: int  # an account of the owner's organisation
    source: str
    file: int  # of the source

    @property
    def references(self) -> dict[str, str]:
        """Their references, by the letter of their kind."""
        return {
            reference[0]: reference
            for path in (self.group, self.ask, self.letter, self.target, self.contact, self.source)
            for reference in [path.split("/")[2]]
        }


@dataclass(frozen=True)
class World:
    """What the coalition sees, what it does not, and the target kept from an ask that it sees."""

    seen: Records
    hidden: Records
    kept: str


def make_world(staff: Person) -> World:
    """Both kinds of records, made through the pages."""
    another = {"asks-0-targets-1-name": f"{CANARY} kept", "asks-0-targets-1-kind": "person"}
    seen = _records(staff, "Open", another)
    kept = _target(staff, seen.ask, f"{CANARY} kept")
    sources = [ref for ref in _together(staff, seen.ask) if ref[0] in "SL"]
    share(staff, seen.ask, together=[*sources, seen.target.rpartition("/")[2]])
    share(staff, seen.group)
    return World(seen, _records(staff, CANARY, {}), kept)


def _records(staff: Person, word: str, more: dict[str, str]) -> Records:
    letter = record_letter(
        staff,
        {
            "title": f"{word} letter",
            "note": f"{CANARY} note",
            "on_behalf_of": f"{word} commission",
            "signatories-0-name": f"{word} signatory",
            "addressees-0-official": f"{word} official",
            "asks-0-title": f"{word} ask",
            "asks-0-request": f"{word} request",
            "asks-0-abuse": f"{word} abuse",
            "asks-0-places": "China (Tibet)" if word == "Open" else f"Iran ({word})",
            "asks-0-targets-0-name": f"{word} target",
            "sources-0-title": f"{word} source",
            "sources-0-url": f"https://{word}.example.org/",
            **more,
        },
    )
    ask = asks_on(staff.get(letter))[0]
    save(staff, f"{ask}/edit", {"tags": f"{word} tag"})
    said = record_contact(staff, ask, "acknowledgement", "2023-11-01", summary=f"{word} reply")
    save(staff, f"{ask}/status", {"to": "acknowledged", "on": "2023-11-01"})
    contact = next(link for link in links(said) if link.startswith("/contacts/C-"))
    target = _target(staff, ask, f"{word} target")
    outcome = {"kind": "other_action", "authority": "state", "citation": f"{word} citation"}
    page = save(staff, f"{ask}/outcomes/new", {**outcome, "note": f"{word} outcome"})
    (void,) = [link for link in links(page) if "/outcomes/" in link and link.endswith("/void")]
    outcome_path = void.removesuffix("/void")
    group = where(send(staff, "/targets/new", {"name": f"{word} class", "kind": "class"}))
    member = where(send(staff, "/targets/new", {"name": f"{word} member", "kind": "person"}))
    if word == "Open":
        share(staff, member)
    save(staff, group, {"name": f"{word} member"})
    bulk, view = _bulk(staff, ask), _view(staff, word)
    user, source = _account(staff, word), _source(staff, ask)
    file = _file(staff, source, f"{word}.txt")
    return Records(
        ask, letter, target, group, contact, outcome_path, bulk, view, user, source, file
    )


def _source(staff: Person, ask: str) -> str:
    (found,) = {link for link in links(staff.get(ask)) if link.startswith("/sources/S-")}
    return found


def _file(staff: Person, source: str, name: str) -> int:
    form = Sitting(staff, f"{source}/attachments/new").choose_file(name, b"What was said.")
    page = staff.get(form.save())
    (link,) = {link for link in links(page) if re.search(r"/attachments/\d", link)}
    return int(link.rpartition("/")[2])


def _account(staff: Person, word: str) -> int:
    email = "open@example.org" if word == "Open" else "hidden@example.org"
    person = add_person(staff.app, email, Role.STAFF, staff.viewer.organisation)
    assert person.viewer.user_id is not None
    return person.viewer.user_id


def _bulk(staff: Person, ask: str) -> str:
    sitting = Sitting(staff, f"/recommendations/bulk?ask={ask.rpartition('/')[2]}")
    return sitting.type({"next_action": f"{CANARY} next"}).press("preview").save()


def _view(staff: Person, word: str) -> str:
    typed = {"name": f"{CANARY} view of {word}"}
    where(send(staff, "/recommendations/views/new?status=draft", typed))
    found = [link for link in links(staff.get("/recommendations/views")) if link.endswith("/edit")]
    return found[-1].removesuffix("/edit")


def _target(staff: Person, ask: str, name: str) -> str:
    (found,) = {
        link
        for link in links(staff.get(ask))
        if link.startswith("/targets/T-") and f"<h1>{name}</h1>" in staff.get(link).text
    }
    return found


def _together(staff: Person, path: str) -> list[str]:
    return options(staff.get(f"{path}/audience"), "together")


def rules_of(app: Flask, method: str) -> list[Rule]:
    """The routes of our own pages that take a method."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ())
        and not rule.endpoint.startswith((*OF_LIBRARIES, OF_PROGRAMS))
    ]


def first_row(rule: Rule, path: str) -> str:
    """The address with the first row of whatever the route has a key for."""
    key = rule._converters.get("key")
    return re.sub(r"<key[^>]*>", key.to_url(1), path) if isinstance(key, KeyConverter) else path


def address(rule: Rule, references: dict[str, str]) -> str:
    """The address of a route, for the records with these references."""
    path = rule.rule
    kind = {"letters": "L", "recommendations": "R", "targets": "T", "contacts": "C"}
    kind["watch"] = "R"
    kind["sources"] = "S"
    room = path.split("/")[1]
    path = path.replace("<ref:reference>", references.get(kind.get(room, ""), ""))
    path = first_row(rule, path)
    path = path.replace("<token:secret>", "x" * 43).replace("<signed:signed>", "x" * 43)
    return path.replace("<slug:slug>", "state").replace("<number:key>", "1")
