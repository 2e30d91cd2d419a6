"""Canaries: words that stand in every text of records of each audience, by which it is told where a
text came out. What is planted follows from the tables: a model or a column that is added gets its
canaries without anybody adding it here."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from flask import Flask
from sqlalchemy import (
    JSON,
    Column,
    Enum,
    LargeBinary,
    RowMapping,
    String,
    Table,
    UniqueConstraint,
    func,
    inspect,
    select,
    update,
)

from tests.inside.samples import ask_of, record_case, writing
from tests.support.factories import SOME_TIME, make
from tests.support.people import Person
from tracker import wiring
from tracker.accounts.models import User
from tracker.accounts.permissions import Role
from tracker.accounts.viewer import Viewer
from tracker.casework import actions
from tracker.casework.inputs import NextInput
from tracker.clocks.models import Cause, Clock, ClockKind, ClockRule
from tracker.core.db import Base, db
from tracker.core.now import now, today
from tracker.correspondence.models import Contact, ContactRecommendation
from tracker.history import actions as history
from tracker.history.models import HistoryPayload
from tracker.recommendations.models import Outcome
from tracker.records import actions as records
from tracker.records.models import (
    Audience,
    AudienceColumns,
    AudienceSpan,
    Grant,
    Record,
    RecordMixin,
)
from tracker.search.actions import reindex

wiring.register_models()

MARK = "quok"
NONE_YET = "T-00000000"
CANARY = re.compile(rf"{MARK}([a-z]{{2}})([a-z]{{2}})")
SHORTEST = 12  # characters: what is shorter holds codes, such as that of a country, and no text

MODELS: dict[str, type[Base]] = {
    mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers
}
RECORDS = {name: model for name, model in MODELS.items() if issubclass(model, RecordMixin)}
KEYS = "records"
PEOPLE = "users"
# An outcome is about its target, and is kept from whoever may not see that; what else points to a
# record is shown without it.
ABOUT = (Outcome.__tablename__, "target_id")
# what an organisation does next it tells nobody else, whoever sees the record
OWN_AFFAIRS = {"recommendations.next_action"}
# admins look after the accounts of people
ACCOUNTS = {"login_sessions", "second_factors", "recovery_codes"}


@dataclass(frozen=True)
class Cell:
    """Whose a record is and whom it is shown to."""

    organisation_id: int
    audience: Audience
    named: frozenset[int] = frozenset()

    def is_seen_by(self, viewer: Viewer) -> bool:
        """The table of roles, written down once more and not taken from the program."""
        if self.audience is Audience.PUBLIC:
            return True
        if self.audience is Audience.COALITION:
            return viewer.user_id is not None
        if self.audience is Audience.NAMED:
            return viewer.user_id in self.named
        of_house = viewer.organisation_id == self.organisation_id
        return of_house and viewer.role in (Role.STAFF, Role.ADMIN)


class Own(StrEnum):
    """Whether something is the owner's own affair, and whose of theirs."""

    NO = "no"
    HOUSE = "house"
    EDITORS = "editors"
    ACCOUNT = "account"  # of a person, and of admins


@dataclass(frozen=True)
class Group:
    """Who may read a canary: whoever sees all these cells, is that person, if one is named, and
    belongs to the owner, if it is the owner's own affair."""

    cells: frozenset[Cell] = frozenset()
    person_id: int | None = None
    own: Own = Own.NO

    def is_read_by(self, viewer: Viewer) -> bool:
        """Whether the viewer is one of them."""
        if self.own is Own.ACCOUNT:
            return viewer.user_id == self.person_id or viewer.role is Role.ADMIN
        if self.person_id not in (None, viewer.user_id):
            return False
        owners = {cell.organisation_id for cell in self.cells}
        if self.own is not Own.NO and owners != {viewer.organisation_id}:
            return False
        if self.own is Own.EDITORS and not viewer.edits:
            return False
        return all(cell.is_seen_by(viewer) for cell in self.cells)


@dataclass
class World:
    """Records of one cell, one of each kind, and a row of each part."""

    maker: Person
    cell: Cell
    records: dict[str, int] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)


def texts_of(table: Table) -> list[Column[Any]]:
    """The columns of a table that hold text: no words of a list, no keys, no codes, nothing by
    which a row is told from all others."""
    unique = {
        column.name
        for rule in table.constraints
        if isinstance(rule, UniqueConstraint) and len(rule.columns) == 1
        for column in rule.columns
    }
    return [
        column
        for column in table.columns
        if isinstance(column.type, (String, JSON))
        and not isinstance(column.type, (Enum, LargeBinary))
        and not column.foreign_keys
        and column.name not in unique
        and (getattr(column.type, "length", None) or SHORTEST) >= SHORTEST
    ]


def pointers(table: Table, *, required: bool) -> dict[str, str]:
    """The columns of a table that point to others, by name, with the table that they point to."""
    return {
        column.name: key.column.table.name
        for column in table.columns
        for key in column.foreign_keys
        if column.nullable is not required
    }


def leads_to(name: str) -> set[str]:
    """Whether the rows of a table belong to records or to people, or to neither."""
    if name == KEYS or name in RECORDS:
        return {KEYS}
    if name == PEOPLE:
        return {PEOPLE}
    table = Base.metadata.tables[name]
    above = set(pointers(table, required=True).values()) - {name, "organisations"}
    return set().union(*map(leads_to, above))


@dataclass
class Planter:
    """What was planted, and who may read it."""

    app: Flask
    worlds: list[World] = field(default_factory=list)
    cells: dict[int, Cell] = field(default_factory=dict)  # by the id of the record
    references: dict[str, Cell] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)  # by reference
    groups: list[Group] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    counts: Counter[tuple[str, Group]] = field(default_factory=Counter)
    filled: set[tuple[str, tuple[Any, ...]]] = field(default_factory=set)
    models: set[str] = field(default_factory=set)

    # ---- words

    def word(self, group: Group, column: str) -> str:
        """The canary of a column for a group of readers."""
        return MARK + _letters(_place(self.groups, group)) + _letters(_place(self.columns, column))

    def meaning(self, found: re.Match[str]) -> tuple[Group, str]:
        """Who may read a canary, and where it was planted."""
        return self.groups[_number(found[1])], self.columns[_number(found[2])]

    # ---- records

    def plant(self, maker: Person, audience: Audience, named: Iterable[int] = ()) -> None:
        """Records of one audience, linked with all that were planted before."""
        who = {maker.viewer.user_id or 0, *named} if audience is Audience.NAMED else set()
        cell = Cell(maker.viewer.organisation_id or 0, audience, frozenset(who))
        world = World(maker, cell)
        with writing(self.app):
            self._record(world)
        with writing(self.app):
            self._complete(world)
            self.worlds.append(world)
            for other in self.worlds:
                self._link(world, other)
                if other is not world:
                    self._link(other, world)
            db.session.flush()
            self._read_cells()
            self._fill()
            names = {key: reference for reference, key in self.keys.items()}
            world.references = {name: names[key] for name, key in world.records.items()}
            db.session.expire_all()
            reindex()
        self.app.extensions.pop("tracker.figures", None)  # these rows came past the history

    def plant_people(self, user_ids: Iterable[int]) -> None:
        """What belongs to people and to no record, for some who never come."""
        with writing(self.app):
            for user_id in user_ids:
                for name, model in MODELS.items():
                    if model is not User and leads_to(name) == {PEOPLE}:
                        table = Base.metadata.tables[name]
                        given = pointers(table, required=True)
                        keys = {c: user_id for c, to in given.items() if to == PEOPLE}
                        make(model, **keys)
            self._fill()

    def _record(self, world: World) -> None:
        """A case through the actions; what its history says from before it was shared is read by
        the owner alone, and what it says after by whoever sees it."""
        viewer, seen = world.maker.viewer, frozenset({world.cell})
        was = self.word(Group(seen, own=Own.EDITORS), "history before it was shared")
        case = record_case(viewer, world.cell.audience, was)
        ask = ask_of(viewer, case.ask)
        records.set_tags(viewer, ask, [self.word(Group(seen), "history")])
        ids = dict(db.session.execute(select(Record.reference, Record.id)).all())
        rooms = ("recommendations", "letters", "targets", "contacts", "sources")
        world.records = {room: ids[ref] for room, ref in zip(rooms, case.references, strict=True)}
        # the history of a record that everybody sees may name one that few do
        after = {"targets": [NONE_YET]}
        history.record(
            "recommendation.changed",
            actor_id=viewer.user_id,
            records=[ask.id],
            body={"after": after},
        )
        day = today() + timedelta(days=5)
        plans = self.word(Group(seen, own=Own.HOUSE), "history of what is done next")
        actions.set_next(viewer, ask, NextInput(viewer.user_id, plans, day), ask.plan_version)
        self._name(world)

    def _name(self, world: World) -> None:
        """Name the people of a cell on its records."""
        for record_id in world.records.values():
            for user_id in world.cell.named:
                if db.session.get(Grant, (record_id, user_id)) is None:
                    make(Grant, record_id=record_id, user_id=user_id, granted_at=now())

    def _complete(self, world: World) -> None:
        """A record of each kind, a row of each part, and flags for the lists of what is late."""
        for name, model in RECORDS.items():
            if name not in world.records:
                world.records[name] = self._another(world, model)
        for name in MODELS:
            if KEYS in leads_to(name) and name not in (KEYS, *RECORDS):
                self._part(world, name)
        for name in MODELS:
            if leads_to(name) == {PEOPLE} and name not in (PEOPLE, *world.parts):
                known = self._of_maker(world, name, MODELS[name])
                if known is not None:
                    world.parts[name] = _key_of(known)
        ask = {"recommendation_id": world.records["recommendations"], "rule_id": _a_rule()}
        day = today()
        make(Clock, **ask, cause=Cause.SILENT, flagged_on=day - timedelta(days=9), flagged_at=now())
        soon = {"due_on": day + timedelta(days=9), "late_on": day + timedelta(days=10)}
        make(Clock, **ask, **soon, warn_on=day - timedelta(days=1))
        # what points to a record is there before the record is, so that the pages which show it
        # change only if they show the record too
        for name, column, _ in _weak_pointers():
            for narrow in (Audience.ORGANISATION, Audience.NAMED):
                world.parts[_slot(name, column, narrow)] = (
                    self._another(world, MODELS[name])
                    if name in RECORDS
                    else _key_of(self._made(world, name))
                )
        self._name(world)

    def _another(self, world: World, model: type[Base], **more: Any) -> int:
        """One more record of a kind."""
        cell = world.cell
        made: Any = make(
            model, organisation_id=cell.organisation_id, audience=cell.audience, **more
        )
        make(AudienceSpan, record_id=made.id, audience=cell.audience, from_at=SOME_TIME)
        for user_id in cell.named:
            make(Grant, record_id=made.id, user_id=user_id, granted_at=now())
        if isinstance(made, Contact):
            ask_id = world.records["recommendations"]
            make(ContactRecommendation, contact_id=made.id, recommendation_id=ask_id)
        return int(made.id)

    def _part(self, world: World, name: str) -> Any:
        """The row of a part that belongs to a world, made where it is not there yet."""
        if name in RECORDS:
            return world.records[name]
        if name == KEYS:
            return world.records["recommendations"]
        if name not in world.parts:
            found = self._standing(world, name) or self._made(world, name)
            world.parts[name] = _key_of(found)
            for column, to in pointers(Base.metadata.tables[name], required=True).items():
                if leads_to(to) == {PEOPLE} and to != PEOPLE:
                    world.parts[to] = getattr(found, column)
        return world.parts[name]

    def _standing(self, world: World, name: str) -> Base | None:
        """A row of a part that is there already."""
        table, model = Base.metadata.tables[name], MODELS[name]
        own = [
            table.columns[column].in_(world.records.values())
            for column, to in pointers(table, required=True).items()
            if to in (KEYS, *RECORDS)
        ]
        return db.session.scalars(select(model).where(*own).limit(1)).first() if own else None

    def _of_maker(self, world: World, name: str, model: type[Base]) -> Base | None:
        """A row that belongs to whoever makes the records, if there is one."""
        own = [
            Base.metadata.tables[name].columns[column] == world.maker.viewer.user_id
            for column, to in pointers(Base.metadata.tables[name], required=True).items()
            if to == PEOPLE
        ]
        return db.session.scalars(select(model).where(*own).limit(1)).first()

    def _made(self, world: World, name: str) -> Base:
        """A row of a part, of the factory that every model has."""
        table = Base.metadata.tables[name]
        given: dict[str, Any] = {}
        for column, to in pointers(table, required=True).items():
            if to == PEOPLE:
                given[column] = world.maker.viewer.user_id
            elif to == "organisations":
                given[column] = world.cell.organisation_id
            elif leads_to(to):
                given[column] = self._part(world, to)
        if issubclass(MODELS[name], AudienceColumns):
            given["audience"] = world.cell.audience
        if name == Clock.__tablename__:
            given["rule_id"] = _a_rule()
        return make(MODELS[name], **given)

    def name_in_histories(self) -> None:
        """Have the histories of all worlds name the narrowest target."""
        reference = self.worlds[-1].references["targets"]
        with writing(self.app):
            body = func.replace(HistoryPayload.body, NONE_YET, reference)
            db.session.execute(update(HistoryPayload).values(body=body))

    # ---- links

    def _link(self, world: World, other: World) -> None:
        """Everything of one world that can point to something of the other."""
        for name in MODELS:
            table = Base.metadata.tables[name]
            ends = {
                column: to
                for column, to in pointers(table, required=True).items()
                if to in (KEYS, *RECORDS)
            }
            if len(ends) != 2 or issubclass(MODELS[name], AudienceColumns):
                continue
            (first, one), (second, two) = ends.items()
            if one == KEYS:
                for room in ("recommendations", "letters"):
                    self._tie(name, {first: world.records[room], second: other.records[two]})
            elif name != ContactRecommendation.__tablename__ or _may_concern(world, other):
                self._tie(name, {first: world.records[one], second: other.records[two]})
        outcome = {"recommendation_id": world.records["recommendations"]}
        make(Outcome, **outcome, target_id=other.records["targets"])
        if world.cell.organisation_id != other.cell.organisation_id:
            return
        for name, column, to in _weak_pointers():
            key = world.parts.get(_slot(name, column, other.cell.audience))
            if key is not None and key != other.records[to]:
                row = db.session.get(MODELS[name], key)
                setattr(row, column, other.records[to])

    def _tie(self, name: str, ends: dict[str, int]) -> None:
        model = MODELS[name]
        known = [getattr(model, column) == key for column, key in ends.items()]
        if (
            len(set(ends.values())) == 2
            and not db.session.scalars(select(model).where(*known)).first()
        ):
            make(model, **ends)

    # ---- texts

    def _read_cells(self) -> None:
        named: dict[int, set[int]] = {}
        for record_id, user_id in db.session.execute(select(Grant.record_id, Grant.user_id)):
            named.setdefault(record_id, set()).add(user_id)
        for model in RECORDS.values():
            table: Any = model
            found = select(table.id, table.organisation_id, table.audience, Record.reference)
            for key, owner, audience, reference in db.session.execute(
                found.join(Record, Record.id == table.id)
            ):
                is_named = audience is Audience.NAMED
                who = frozenset(named.get(key, ())) if is_named else frozenset()
                self.cells[key] = self.references[reference] = Cell(owner, audience, who)
                self.keys[reference] = key

    def _fill(self) -> None:
        """Put canaries into every text of every row that has none yet."""
        for name, model in MODELS.items():
            table = Base.metadata.tables[name]
            columns = texts_of(table)
            if not columns or not leads_to(name):
                continue
            for row in db.session.execute(select(table).order_by(*table.primary_key)).mappings():
                key = {column.name: row[column.name] for column in table.primary_key}
                group = self._group_of(model, row)
                if (name, tuple(key.values())) in self.filled or group is None:
                    continue
                number = self.counts[name, group] = self.counts[name, group] + 1
                values = {
                    column.name: planted(row[column.name], self._word_at(group, column), number)
                    for column in columns
                }
                own = [table.columns[part] == value for part, value in key.items()]
                db.session.execute(table.update().where(*own).values(values))
                self.filled.add((name, tuple((key | values)[part] for part in key)))
                self.models.add(name)

    def _word_at(self, group: Group, column: Column[Any]) -> str:
        whose = f"{column.table.name}.{column.name}"
        if whose in OWN_AFFAIRS:
            group = replace(group, own=Own.HOUSE)
        if column.table.name in ACCOUNTS:
            group = replace(group, own=Own.ACCOUNT)
        return self.word(group, whose)

    def _group_of(self, model: type[Base], row: RowMapping) -> Group | None:
        """Who may read the texts of a row; none for what is everybody's."""
        if issubclass(model, AudienceColumns):
            return Group(frozenset({self.cells[row[model.record_key().key]]}))
        cells, person = set[Cell](), None
        table = Base.metadata.tables[model.__tablename__]
        for column, to in pointers(table, required=True).items():
            if to in (KEYS, *RECORDS):
                cells.add(self.cells[row[column]])
            elif to == PEOPLE:
                person = row[column]
            elif leads_to(to):
                above = Base.metadata.tables[to]
                [key] = above.primary_key
                statement = select(above).where(key == row[column])
                found = db.session.execute(statement).mappings().one()
                upper = self._group_of(MODELS[to], found)
                if upper is not None:
                    cells |= upper.cells
                    person = upper.person_id if person is None else person
        return Group(frozenset(cells), person) if cells or person is not None else None


def planted(value: Any, word: str, number: int) -> Any:
    """A text with a canary in its place, another for each row, in the form that the text had."""
    if isinstance(value, dict):
        return {key: planted(item, word, number) for key, item in value.items()}
    if isinstance(value, list):
        return [planted(item, word, number) for item in value]
    if value is not None and not isinstance(value, str):
        return value
    text = word if number == 1 else f"{word} {number}"
    if (value or "").startswith("https://"):
        return f"https://example.org/{text.replace(' ', '/')}"
    return text


def _weak_pointers() -> list[tuple[str, str, str]]:
    """Table, column and what it points to, of all that may point to a record and need not;
    of rows of which a record can have several."""
    return [
        (name, column, to)
        for name in MODELS
        if KEYS in leads_to(name) and len(Base.metadata.tables[name].primary_key) == 1
        for column, to in pointers(Base.metadata.tables[name], required=False).items()
        if to in RECORDS and (name, column) != ABOUT
    ]


def _a_rule() -> int:
    """The rule of a clock that runs: it explains itself by it."""
    statement = select(ClockRule.id).where(ClockRule.kind == ClockKind.SILENCE)
    return db.session.scalars(statement.order_by(ClockRule.id)).first() or 0


def _slot(name: str, column: str, audience: Audience) -> str:
    return f"{name}.{column} to {audience}"


def _key_of(row: Any) -> Any:
    key = inspect(row).identity
    return key[0] if len(key) == 1 else key


def _may_concern(contact: World, ask: World) -> bool:
    """Whether a contact may be about an ask too: it is as narrow as the narrowest of its asks."""
    is_own = contact.cell.organisation_id == ask.cell.organisation_id
    return is_own and contact.cell.audience.width <= ask.cell.audience.width


def _place(known: list[Any], item: Any) -> int:
    if item not in known:
        known.append(item)
    return known.index(item)


def _letters(number: int) -> str:
    return chr(97 + number // 26) + chr(97 + number % 26)


def _number(letters: str) -> int:
    return (ord(letters[0]) - 97) * 26 + ord(letters[1]) - 97
