"""Bulk inserts of a made-up population, its history joined to the chain."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import func, insert, select, text, update

from tests.benchmarks.population import Batch, Drawing, Event, House, Row
from tracker.accounts.models import Organisation, User
from tracker.accounts.permissions import Role
from tracker.agencies.models import Agency
from tracker.clocks.models import ClockRule
from tracker.core.db import Base, db, refresh_statistics, transaction
from tracker.core.now import today
from tracker.history import chain
from tracker.history.models import HistoryChain, HistoryEvent, HistoryPayload, HistorySubject
from tracker.recommendations.models import Outcome
from tracker.records.models import Record

ORGANISATIONS, PEOPLE, BODIES = 12, 4, 14
ASKS_AT_ONCE = 2000
MAIN = "main"


def group(number: int) -> str:
    """The name of an organisation of the population."""
    return f"Group {number}"


def populate(asks: int, seed: int = 1) -> None:
    """Fill the database with so many asks and all that belongs to them; the same seed fills it with
    the same. Reference data must be there; what else is there stays. Commits as it goes."""
    with transaction():
        house = _house()
    first = max(_highest(Record), _highest(Outcome)) + 1
    drawing = Drawing(house, seed, first)
    for done in range(0, asks, ASKS_AT_ONCE):
        batch = drawing.letters(min(ASKS_AT_ONCE, asks - done))
        with transaction():
            _insert(batch)
            _join(batch.events, seed)
    with transaction():
        _set_sequences()
    db.session.close()
    refresh_figures()


def _house() -> House:
    names = [group(number) for number in range(1, ORGANISATIONS + 1)]
    known = set(db.session.scalars(select(Organisation.name)))
    for name in names:
        if name not in known:
            db.session.add(Organisation(name=name))
    db.session.flush()
    ids = list(
        db.session.scalars(
            select(Organisation.id).where(Organisation.name.in_(names)).order_by(Organisation.id)
        )
    )
    people: dict[int, list[int]] = {}
    for organisation in ids:
        users = [
            User(
                email=f"person{place}.group{organisation}@example.org",
                name=f"Person {place}",
                active=True,
                fs_uniquifier=f"population-{organisation}-{place}",
                role=Role.STAFF,
                organisation_id=organisation,
            )
            for place in range(PEOPLE)
        ]
        db.session.add_all(users)
        db.session.flush()
        people[organisation] = [user.id for user in users]
    bodies = db.session.scalars(select(Agency.id).order_by(Agency.id).limit(BODIES))
    rules = dict(
        db.session.execute(
            select(ClockRule.kind, func.min(ClockRule.id)).group_by(ClockRule.kind)
        ).all()
    )
    return House(ids, people, list(bodies), rules, today())


def _highest(model: Any) -> int:
    return int(db.session.scalar(select(func.max(model.id))) or 0)


def _insert(batch: Batch) -> None:
    for table in Base.metadata.sorted_tables:
        if rows := batch.rows.get(table.name):
            bulk(table, rows)


def bulk(table: Any, rows: list[Row]) -> None:
    """Many rows at once: by Core's executemany, on PostgreSQL by COPY, which is ten times as fast
    there. What the rows leave open takes the defaults of the columns in either case."""
    connection = db.session.connection()
    if connection.dialect.name != "postgresql":
        connection.execute(insert(table), rows)
        return
    columns = [c for c in table.columns if c.name in rows[0] or c.default is not None]
    turn = [_to_driver(column, connection.dialect) for column in columns]
    names = ", ".join(f'"{column.name}"' for column in columns)
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([each(row) for each in turn])


def _to_driver(column: Any, dialect: Any) -> Callable[[Row], Any]:
    """How a column's value is got from a row, as the driver takes it."""
    process = column.type.dialect_impl(dialect).bind_processor(dialect) or (lambda value: value)
    name, default = column.name, column.default
    given = (lambda: default.arg(None)) if default and default.is_callable else None
    plain = default.arg if default is not None and default.is_scalar else None

    def turn(row: Row) -> Any:
        if name in row:
            return process(row[name])
        return process(given() if given else plain)

    return turn


def _join(events: Sequence[Event], seed: int) -> None:
    """Join events to the chain, in their order, as `history.record` would."""
    kept = db.session.get(HistoryChain, MAIN)
    if kept is None:
        kept = HistoryChain(name=MAIN, length=0, head=chain.START)
        db.session.add(kept)
        db.session.flush()
    number, length, digest = _highest(HistoryEvent), kept.length, kept.head
    links, payloads, subjects = [], [], []
    for item in events:
        number, length = number + 1, length + 1
        salt = hashlib.sha256(f"{seed}-{length}".encode()).digest()[:16]
        body = chain.canonical(item.body)
        payload = chain.payload_digest(salt, body)
        digest = chain.event_digest(
            digest,
            position=length,
            at=item.at,
            actor_id=item.actor_id,
            name=item.name,
            record_ids=item.record_ids,
            payload=payload,
        )
        links.append(
            {
                "id": number,
                "chain": MAIN,
                "position": length,
                "at": item.at,
                "actor_id": item.actor_id,
                "name": item.name,
                "payload_digest": payload,
                "digest": digest,
            }
        )
        payloads.append({"event_id": number, "salt": salt, "body": body})
        subjects += [{"event_id": number, "record_id": record} for record in item.record_ids]
    for model, rows in (
        (HistoryEvent, links),
        (HistoryPayload, payloads),
        (HistorySubject, subjects),
    ):
        bulk(model.__table__, rows)
    db.session.execute(update(HistoryChain).values(length=length, head=digest))


def _set_sequences() -> None:
    """PostgreSQL counts on from its own sequences, which know nothing of ids that were given."""
    if db.engine.dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        if "id" in table.columns:
            name = f"pg_get_serial_sequence('{table.name}', 'id')"
            last = f"(SELECT coalesce(max(id), 1) FROM {table.name})"
            db.session.execute(text(f"SELECT setval({name}, {last}) WHERE {name} IS NOT NULL"))


def refresh_figures() -> None:
    """What the planner knows of the rows: SQLite as the nightly job leaves it, PostgreSQL as its
    own housekeeping does, which would come a minute later."""
    refresh_statistics()
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    db.engine.dispose()
