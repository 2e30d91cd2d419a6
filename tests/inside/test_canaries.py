"""No side doors: a word that stands in a text of records of one audience comes out nowhere before
anybody else, and what is kept from a reader moves nothing of what they see.

Every route, model, column, module of queries and form is found, none is listed: what is added is
tried without anybody adding it here.
"""

import importlib
import logging
import pkgutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from types import FunctionType
from typing import Any

import pytest
import time_machine
from flask import Flask, g
from sqlalchemy import delete, select, true, update

import tracker
from tests.inside.crawling import REFERENCE, Book, Reader, further, leaks
from tests.inside.planting import CANARY, MODELS, Group, Planter, texts_of
from tests.inside.samples import reading
from tests.inside.test_policy import create_app_like
from tests.support import databases
from tests.support.people import Person, add_person, arrive
from tracker.accounts.models import Organisation, User
from tracker.accounts.permissions import Role
from tracker.accounts.viewer import Viewer
from tracker.clocks import past
from tracker.core.db import Base, built_once, db
from tracker.core.now import today
from tracker.feeds import changes as feeds
from tracker.history import queries as history
from tracker.history.actions import MAIN, Change
from tracker.history.models import HistoryEvent, HistoryPayload
from tracker.notifications import choices, collecting, digests, outbox
from tracker.notifications import titles as mail_titles
from tracker.notifications.models import HowOften, Mail, Notice, NoticeKind
from tracker.records import queries
from tracker.records.models import Audience, Record

# tables with texts that belong to no record and to nobody
NOBODYS = {
    *("agencies", "offices", "office_holders", "clock_rules"),  # public
    *("job_runs", "heartbeats"),  # the machine's own
    *("history_chains", "history_events"),  # names of events and digests
    "history_payloads",  # planted through the actions that write it
    *("invitations", "outbox"),  # of admins and of who gets the mail
    "notice_marks",  # the machine's own
    "letter_templates",  # of the staff of an organisation, whatever they see
    "login_failures",  # digests and networks, of admins only
    "users",  # of whom colleagues know the names
}
DAY = "2024-03-01T12:00:00+00:00"


@dataclass
class Planted:
    """The worlds and all who read in them, and what some of them saw before there was anything
    that is kept from them."""

    app: Flask
    open_app: Flask  # the same with the public dashboard
    planter: Planter
    readers: dict[str, Reader] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)
    of_open: list[str] = field(default_factory=list)  # of what the coalition sees, and of no record
    before: dict[str, dict[str, str]] = field(default_factory=dict)
    known: dict[str, dict[str, str]] = field(default_factory=dict)  # looked at already
    pages: dict[str, dict[str, str]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    def crawl(self, name: str) -> dict[str, str]:
        """All that a reader is shown."""
        if name not in self.pages:
            addresses = dict.fromkeys([*self.addresses, *self.before.get(name, {})])
            known = self.known.get(name, {})
            fresh = [each for each in addresses if each not in known and each.startswith("/")]
            self.pages[name] = known | dict(self.readers[name].pages(fresh))
        return self.pages[name]


class Listening(logging.Handler):
    """Whatever is logged."""

    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self.said = said

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(logging.Formatter().format(record))


OF_ACCOUNTS = ("/account", "/admin", "/login", "/verify")
OWN_FEEDS = "/account/feeds"  # says when each was used last
OWNER, OTHER, PARTNERS = "Highland Group", "Lowland Group", "Partner Group"
PEOPLE = {
    "the owner's staff": ("staff", Role.STAFF, OWNER),
    "the owner's admin": ("admin", Role.ADMIN, OWNER),
    "the owner's partner": ("helper", Role.PARTNER, OWNER),
    "another's staff": ("other", Role.STAFF, OTHER),
    "a stranger": ("stranger", Role.ADMIN, "Island Group"),
    "a named partner": ("named", Role.PARTNER, PARTNERS),
}
READERS = (*PEOPLE, "nobody", "nobody, before the public dashboard")


@pytest.fixture(scope="module", params=databases.KINDS)
def planted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Planted]:
    folder = tmp_path_factory.mktemp("canaries")
    app = databases.make_app(request.param, folder, f"canaries_{databases.worker()}")
    open_app = create_app_like(app, public_dashboard=True)
    open_app.config["PROPAGATE_EXCEPTIONS"] = False
    with time_machine.travel(DAY):
        found = Planted(app, open_app, Planter(app))
        listening = Listening(found.log)
        logging.getLogger().addHandler(listening)
        plant(found)
        yield found
        logging.getLogger().removeHandler(listening)
    for each in (app, open_app):
        with each.app_context():
            db.engine.dispose()


def plant(found: Planted) -> None:
    """The widest audience first: for each of some readers there is a moment at which all that is on
    record is theirs to see, and what they see then must never change."""
    app, planter, readers = found.app, found.planter, found.readers
    for name, (who, role, organisation) in PEOPLE.items():
        person = arrive(app, f"{who}@example.org", role, organisation)
        readers[name] = Reader(name, person)
    absent = [
        add_person(app, f"absent@{who}.example.org", Role.STAFF, who.title() + " Group")
        for who in ("highland", "lowland")
    ]
    planter.plant_people(person.viewer.user_id or 0 for person in absent)
    readers["nobody"] = Reader("nobody", Person(found.open_app, "", found.open_app.test_client()))
    closed = "nobody, before the public dashboard"
    readers[closed] = Reader(closed, Person(app, "", app.test_client()))
    owner, admin = readers["the owner's staff"], readers["the owner's admin"]
    book = Book(app, [owner, admin])
    makers = [owner.person, readers["another's staff"].person]
    named = [readers["a named partner"].viewer.user_id or 0]
    for audience in (Audience.PUBLIC, Audience.COALITION, Audience.ORGANISATION, Audience.NAMED):
        for maker in makers:
            if maker is owner.person or audience in (Audience.COALITION, Audience.ORGANISATION):
                planter.plant(maker, audience, named)
        found.open_app.extensions.pop("tracker.figures", None)
        if audience is Audience.PUBLIC:
            assert book.learn(planter.worlds[0]) == []
            remember(found, book, "nobody")
        if audience is Audience.COALITION:
            remember(found, book, "a stranger")
    planter.name_in_histories()
    shared = [world for world in planter.worlds if world.cell.audience is Audience.COALITION]
    found.of_open = [a for a in book.addresses(shared) if not a.startswith(OF_ACCOUNTS)]
    addresses = book.addresses(planter.worlds)
    for reader in (owner, admin):
        found.known[reader.name] = dict(reader.pages(addresses))
        addresses = [*addresses, *led_to(found, found.known[reader.name])]
    found.addresses = addresses


def remember(found: Planted, book: Book, name: str) -> None:
    """What a reader sees while all that is on record is theirs to see."""
    reader = found.readers[name]
    pages = dict(reader.pages(book.addresses(found.planter.worlds)))
    found.before[name] = pages | dict(reader.pages(led_to(found, pages)))


def led_to(found: Planted, pages: dict[str, str]) -> list[str]:
    """The addresses that links and forms of pages lead to besides. On PostgreSQL, where the
    statements are the same, only those that name a record."""
    links = further(found.planter, pages)
    if databases.kind_of(found.app) == "sqlite":
        return links
    return [link for link in links if REFERENCE.search(link.partition("?")[2])]


def test_every_text_of_every_model_carries_a_canary(planted: Planted) -> None:
    with_texts = {name for name in MODELS if texts_of(Base.metadata.tables[name])}
    assert with_texts - planted.planter.models == NOBODYS


@pytest.mark.parametrize("name", READERS)
def test_nobody_comes_upon_a_canary_outside_its_audience(planted: Planted, name: str) -> None:
    reader = planted.readers[name]
    found = [
        leak
        for address, page in planted.crawl(name).items()
        for leak in leaks(planted.planter, reader, address, page)
    ]
    assert found == []


def test_readers_come_upon_the_canaries_of_what_they_see(planted: Planted) -> None:
    """Or all the other tests could pass where nothing is shown at all."""
    missed = []
    for world in planted.planter.worlds:
        for name, reader in planted.readers.items():
            if not world.cell.is_seen_by(reader.viewer) or name.endswith("dashboard"):
                continue
            pages = planted.crawl(name)
            text = "\n".join(pages.values())
            words = {found[0] for found in CANARY.finditer(text.lower())}
            columns = {
                column
                for word in words
                for found in [CANARY.fullmatch(word)]
                if found
                for group, column in [planted.planter.meaning(found)]
                if group.cells == {world.cell}
            }
            if len(columns) < 20 or not set(world.references.values()) & set(
                REFERENCE.findall(text)
            ):
                missed.append((name, world.cell, columns))
    assert missed == []


@pytest.mark.parametrize("name", ["a stranger", "nobody"])
def test_what_is_kept_from_a_reader_changes_no_page_count_or_order(
    planted: Planted, name: str
) -> None:
    pages = planted.crawl(name)
    before = planted.before[name]
    assert len(before) > 100
    reader = planted.readers[name]
    changed = [a for a in before if reader.sees_another(before, a, pages[a])]
    assert [a for a in changed if a != OWN_FEEDS] == []


def names_of_targets(planter: Planter) -> list[str]:
    """The name of a target of each world."""
    groups = [Group(frozenset({world.cell})) for world in planter.worlds]
    return [planter.word(group, "target_names.text") for group in groups]


@pytest.mark.parametrize("name", ["the owner's admin", "another's staff", "a stranger"])
def test_forms_that_are_shown_again_tell_nothing_of_what_is_hidden(
    planted: Planted, name: str
) -> None:
    reader, planter = planted.readers[name], planted.planter
    with reading(planted.app):
        before = history.head()
    pages = dict(reader.sent(planted.of_open))
    names = names_of_targets(planter)
    pages |= dict(reader.told_of_doubles(names))
    assert [leak for a, page in pages.items() for leak in leaks(planter, reader, a, page)] == []
    assert [address for address, page in pages.items() if page.startswith("500")] == []
    if name == "the owner's admin":
        assert any(page.startswith("409") for page in pages.values())
    public = planter.worlds[0].references["targets"]
    assert any(page.startswith("422") and public in page for page in pages.values())
    with reading(planted.app):
        assert history.head() == before


@pytest.mark.parametrize("name", PEOPLE)
def test_mail_says_nothing_of_what_records_hold(planted: Planted, name: str) -> None:
    reader = planted.readers[name]
    with planted.app.app_context():
        g.writing = True
        db.session.execute(
            delete(Notice)
        )  # what was planted in their texts, the program wrote never
        references = [r for world in planted.planter.worlds for r in world.references.values()]
        for reference in sorted(queries.visible_references(reader.viewer, references)):
            choices.watch(reader.viewer, reference)
        choices.choose(
            reader.viewer.user_id or 0, dict.fromkeys(NoticeKind, HowOften.AT_ONCE), "UTC"
        )
        db.session.flush()
        collecting.note_changes(all_changes())
        digests.send(today())
        mails = db.session.scalars(select(Mail).where(Mail.user_id == reader.viewer.user_id)).all()
        said = [mail.subject + mail.body for mail in mails if outbox.why_not(mail) is None]
        assert any(reference in text for text in said for reference in references)
        for text in said:
            assert not CANARY.search(text.lower())
            assert list(leaks(planted.planter, reader, "mail", text)) == []
        db.session.rollback()


def all_changes() -> list[Change]:
    """All that has happened, as the moment told it in which it was committed."""
    of_changes = (
        select(HistoryEvent.id, HistoryEvent.name, HistoryEvent.actor_id, HistoryPayload.body)
        .join(HistoryPayload, HistoryPayload.event_id == HistoryEvent.id)
        .where(HistoryEvent.chain == MAIN)
        .order_by(HistoryEvent.position)
    )
    return [Change(*row) for row in db.session.execute(of_changes)]


def test_nothing_of_a_record_stands_in_the_log(planted: Planted) -> None:
    for name in READERS:
        planted.crawl(name)
    assert [line for line in planted.log if CANARY.search(line) or "quok" in line] == []


# ---- the crawl finds what it is there to find


def modules_with(name: str) -> list[Any]:
    """Every module of the program that knows `visible` or the rule behind it by that name."""
    found = []
    for info in pkgutil.walk_packages(tracker.__path__, "tracker."):
        if "migrations" not in info.name and not info.name.endswith("__main__"):
            module = importlib.import_module(info.name)
            if getattr(module, name, None) is getattr(queries, name):
                found.append(module)
    return found


def asks_of_a_past_day(viewer: Viewer, ids: set[int]) -> set[int]:
    day = past.PastDay(today())
    return set(past.spans_on(viewer, ids, day)) | set(past.flags_on(viewer, ids, day))


def titles_in_mail(viewer: Viewer, ids: set[int]) -> set[int]:
    db.session.execute(update(Organisation).values(titles_in_mail=True))
    return set(mail_titles.titles(viewer, ids))


def changed_of_late(viewer: Viewer, _ids: set[int]) -> set[int]:
    changed = {row.reference for kind in feeds.FOLLOWED for row in feeds._newest(viewer, kind, 0)}
    return set(db.session.scalars(select(Record.id).where(Record.reference.in_(changed))))


# Of these modules pages ask only for what was found as their reader already, or narrow what they
# give once more, so that no page tells when they narrow nothing: they are asked themselves.
ASKED_FOR_ALL: dict[str, Callable[[Viewer, set[int]], set[int]]] = {
    "tracker.clocks.past": asks_of_a_past_day,
    "tracker.feeds.changes": changed_of_late,
    "tracker.notifications.titles": titles_in_mail,
}


@pytest.mark.parametrize("name", ASKED_FOR_ALL)
def test_a_module_that_is_asked_for_everything_gives_what_its_reader_may_see(
    planted: Planted, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer, answer = planted.readers["a stranger"].viewer, ASKED_FOR_ALL[name]
    with reading(planted.app):
        ids = set(planted.planter.cells)
        keys = planted.planter.keys
        seen = {keys[reference] for reference in queries.visible_references(viewer, keys)}
        people = set(db.session.scalars(select(User.id)))
        kept = answer(viewer, ids)
        assert kept < (people if name == "tracker.correspondence.actions" else seen)
        monkeypatch.setattr(importlib.import_module(name), "visible", lambda found, *_: found)
        forget_statements()
        assert kept < answer(viewer, ids)
    forget_statements()


MUTANTS = [
    (module, name)
    for name in ("visible", "audience_rule")
    for module in modules_with(name)
    if module.__name__ not in ASKED_FOR_ALL
]


@pytest.mark.parametrize(
    ("module", "name"), MUTANTS, ids=[f"{m.__name__}.{name}" for m, name in MUTANTS]
)
def test_a_module_that_forgets_to_narrow_is_found_out(
    planted: Planted, module: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers = [planted.readers[who] for who in ("a stranger", "the owner's admin")]
    for reader in readers:
        planted.crawl(reader.name)

    def not_narrowed(*given: Any) -> Any:
        return given[0] if name == "visible" else true()

    monkeypatch.setattr(module, name, not_narrowed)
    forget_statements()
    turns = zip_longest(*(everything(planted, reader) for reader in readers), fillvalue=())
    is_found_out = any(
        notices(planted, reader, *page)
        for turn in turns
        for reader, page in zip(readers, turn, strict=True)
        if page
    )
    forget_statements()
    assert is_found_out


KEEPING = (type(built_once(len)), FunctionType)


def forget_statements() -> None:
    """Have every module build anew the statements that it keeps, and read what it kept."""
    for name, module in list(sys.modules.items()):
        if name.startswith("tracker."):
            for value in list(vars(module).values()):
                if isinstance(value, KEEPING) and hasattr(value, "cache_clear"):
                    value.cache_clear()


def everything(planted: Planted, reader: Reader) -> Iterator[tuple[str, str]]:
    """All that a reader is shown, first what is likely to tell."""
    known = set(planted.addresses)
    named = [address for address in planted.addresses if "?ask=" in address]
    first = [*named, *(address for address in planted.of_open if address in known)]
    yield from reader.pages(first)
    yield from reader.told_of_doubles(names_of_targets(planted.planter))
    yield from reader.sent(address for address in first if "/" not in address[1:])
    yield from reader.pages(address for address in planted.addresses if address not in first)


def notices(planted: Planted, reader: Reader, address: str, page: str) -> bool:
    """Whether a page shows what it may not, or is another than it was."""
    known = planted.crawl(reader.name)
    if any(leaks(planted.planter, reader, address, page)):
        return True
    if address == OWN_FEEDS:  # is another whenever the crawl makes or uses a token
        return False
    return address in known and reader.sees_another(known, address, page)


@pytest.mark.parametrize("planted", ["sqlite"], indirect=True)
def test_where_nothing_is_forgotten_nothing_is_found(planted: Planted) -> None:
    reader = planted.readers["a stranger"]
    pages = everything(planted, reader)
    assert [page[0] for page in pages if notices(planted, reader, *page)] == []
