"""Reading the chain: one record's events, and the proof that nothing was altered."""

import json
from collections.abc import Collection, Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.core.db import db
from tracker.history import chain
from tracker.history.actions import MAIN, READS
from tracker.history.models import HistoryChain, HistoryEvent, HistoryPayload, HistorySubject
from tracker.history.names import ERASINGS, EVENTS


@dataclass(frozen=True)
class Entry:
    """One event as a reader sees it; `body` is empty where its text `is_erased`."""

    id: int
    at: datetime
    actor_id: int | None
    name: str
    body: dict[str, Any]
    is_erased: bool = False

    @property
    def title(self) -> str:
        """The event's words."""
        return EVENTS.get(self.name, self.name)


@dataclass(frozen=True)
class Verdict:
    """The result of a check of a chain; `problem` names the first entry that does not fit."""

    chain: str
    length: int
    head: str
    problem: str | None


def of_record(
    record_id: int, *, since: datetime | None, before: int | None = None, limit: int = 500
) -> list[Entry]:
    """The newest `limit` events of a record, newest first, from `since` on if that is given, and of
    those that are older than the event `before`.

    The caller has found the record through `visible()`, and knows since when the reader may see it.
    """
    statement = (
        select(HistoryEvent, HistoryPayload.body)
        .join(HistorySubject, HistorySubject.event_id == HistoryEvent.id)
        .outerjoin(HistoryPayload, HistoryPayload.event_id == HistoryEvent.id)
        .where(HistorySubject.record_id == record_id, HistoryEvent.chain == MAIN)
        .order_by(HistoryEvent.id.desc())
        .limit(limit)
    )
    if since is not None:
        statement = statement.where(HistoryEvent.at >= since)
    if before is not None:
        statement = statement.where(HistoryEvent.id < before)
    return [_entry(event, body) for event, body in db.session.execute(statement)]


def entries(event_ids: Collection[int]) -> list[Entry]:
    """Some events, in one statement."""
    statement = (
        select(HistoryEvent, HistoryPayload.body)
        .outerjoin(HistoryPayload, HistoryPayload.event_id == HistoryEvent.id)
        .where(HistoryEvent.id.in_(event_ids))
    )
    return [_entry(event, body) for event, body in db.session.execute(statement)]


def _entry(event: HistoryEvent, body: str | None) -> Entry:
    found = {} if body is None else json.loads(body)
    return Entry(event.id, event.at, event.actor_id, event.name, found, is_erased=body is None)


@dataclass(frozen=True)
class Read:
    """Somebody read a record, on that day for the first time at that moment."""

    at: datetime
    actor_id: int


def reads_of(record_id: int, since: datetime | None, limit: int = 500) -> list[Read]:
    """The newest reads of a record since a moment, or all, newest first. The caller knows that the
    viewer may."""
    statement = (
        select(HistoryEvent.at, HistoryEvent.actor_id)
        .join(HistorySubject, HistorySubject.event_id == HistoryEvent.id)
        .where(
            HistorySubject.record_id == record_id,
            HistoryEvent.chain == READS,
            HistoryEvent.actor_id.is_not(None),
            *([HistoryEvent.at >= since] if since else []),
        )
        .order_by(HistoryEvent.id.desc())
        .limit(limit)
    )
    return [Read(at, actor_id or 0) for at, actor_id in db.session.execute(statement)]


def read_since(record_ids: Collection[int], actor_id: int, since: datetime) -> set[int]:
    """Of some records, those of which somebody's reading is kept already, since a moment."""
    statement = (
        select(HistorySubject.record_id)
        .join(HistoryEvent, HistoryEvent.id == HistorySubject.event_id)
        .where(
            HistorySubject.record_id.in_(record_ids),
            HistoryEvent.chain == READS,
            HistoryEvent.actor_id == actor_id,
            HistoryEvent.at >= since,
        )
    )
    return set(db.session.scalars(statement))


@dataclass(frozen=True)
class Head:
    """How far the chain of changes has come, and its last digest, another after every change."""

    length: int
    digest: str


def head() -> Head:
    """The head of the chain of changes."""
    statement = select(HistoryChain.length, HistoryChain.head).where(HistoryChain.name == MAIN)
    found = db.session.execute(statement).one_or_none()
    return Head(*found) if found else Head(0, "")


def goes_on_from(before: Head) -> bool:
    """Whether the chain goes on from a head that was read earlier; it does not where another
    database was put in its place."""
    then = select(HistoryEvent.digest).where(
        HistoryEvent.chain == MAIN, HistoryEvent.position == before.length
    )
    return db.session.scalar(then) == before.digest


def subjects_since(before: Head) -> set[int]:
    """The ids of all records that events after a head concern."""
    statement = (
        select(HistorySubject.record_id)
        .join(HistoryEvent, HistoryEvent.id == HistorySubject.event_id)
        .where(HistoryEvent.chain == MAIN, HistoryEvent.position > before.length)
    )
    return set(db.session.scalars(statement.distinct()))


def first_since(before: Head, name: str | None = None) -> datetime | None:
    """When the first event after a head was recorded, or the first of a name, if there was one."""
    statement = select(func.min(HistoryEvent.at)).where(
        HistoryEvent.chain == MAIN, HistoryEvent.position > before.length
    )
    if name is not None:
        statement = statement.where(HistoryEvent.name == name)
    return db.session.scalar(statement)


def verify(session: Session | None = None) -> list[Verdict]:
    """Recompute every chain from its start, of our database or of one that a session is over.
    Streams, so that its memory does not grow."""
    session = session or db.session
    heads = {head.name: head for head in session.scalars(select(HistoryChain))}
    known = session.scalars(select(HistoryEvent.chain).distinct())
    erased = _erased(session)
    verdicts = []
    for name in sorted({*heads, *known}):
        head = heads.get(name)
        if head is None:
            verdicts.append(Verdict(name, 0, "", "its head is gone: nothing says how long it was"))
        else:
            verdicts.append(_verify(session, name, head.length, head.head, erased))
    return verdicts


@dataclass(frozen=True)
class _Erased:
    """The events whose texts were erased, as the history says itself: these, and whatever came
    before an erasing of the time when erasings did not list them."""

    ids: set[int]
    before: int

    def __contains__(self, event_id: int) -> bool:
        return event_id in self.ids or event_id < self.before


def _erased(session: Session) -> _Erased:
    rows = session.execute(
        select(HistoryEvent.id, HistoryPayload.body)
        .join(HistoryPayload, HistoryPayload.event_id == HistoryEvent.id)
        .where(HistoryEvent.name.in_(ERASINGS))
    )
    found = {event_id: json.loads(body).get("texts") for event_id, body in rows}
    ids = {key for texts in found.values() for key in texts or ()}
    return _Erased(ids, max((key for key, texts in found.items() if texts is None), default=0))


def _verify(session: Session, name: str, length: int, head: str, erased: _Erased) -> Verdict:
    digest, position = chain.START, 0
    with closing(_links(session, name)) as links:
        for event, record_ids, salt, body in links:
            position += 1
            found = _problem(event, digest, position, record_ids, salt, body)
            if found is None and body is None and event.id not in erased:
                found = "its text is gone, and no erasing tells of it"
            if found is None and position > length:
                found = f"past the end, {length} were written"
            if found:
                return Verdict(name, length, head, f"entry {position}: {found}")
            digest = event.digest
    if position < length:
        return Verdict(name, length, head, f"entry {position + 1}: cut off, {length} were written")
    if digest != head:
        return Verdict(name, length, head, f"entry {position}: not the head that was kept")
    return Verdict(name, length, head, None)


def _problem(
    event: HistoryEvent,
    previous: str,
    position: int,
    record_ids: list[int],
    salt: bytes | None,
    body: str | None,
) -> str | None:
    if event.position != position:
        return f"missing, the next one present is {event.position}"
    expected = chain.event_digest(
        previous,
        position=event.position,
        at=event.at,
        actor_id=event.actor_id,
        name=event.name,
        record_ids=record_ids,
        payload=event.payload_digest,
    )
    if expected != event.digest:
        return "edited or out of order"
    if salt is None or body is None:
        return None  # the text was erased; its digest stands
    edited = chain.payload_digest(salt, body) != event.payload_digest
    return "its text was edited" if edited else None


def _links(
    session: Session, name: str
) -> Generator[tuple[HistoryEvent, list[int], bytes | None, str | None], None, None]:
    statement = (
        select(HistoryEvent, HistoryPayload.salt, HistoryPayload.body, HistorySubject.record_id)
        .outerjoin(HistoryPayload, HistoryPayload.event_id == HistoryEvent.id)
        .outerjoin(HistorySubject, HistorySubject.event_id == HistoryEvent.id)
        .where(HistoryEvent.chain == name)
        .order_by(HistoryEvent.position, HistorySubject.record_id)
        .execution_options(yield_per=1000)
    )
    # a reader that stops at the first problem leaves no cursor open behind it
    with session.execute(statement) as rows:
        for _, group in groupby(rows, key=lambda row: row[0].id):
            links = list(group)
            event, salt, body, _ = links[0]
            yield event, [row[3] for row in links if row[3] is not None], salt, body
