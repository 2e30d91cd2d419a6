"""Recording of events. They are joined to the chain in the moment of the commit."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import event, insert, select, update
from sqlalchemy.orm import Session

from tracker.core.db import db
from tracker.core.now import now
from tracker.history import chain
from tracker.history.models import HistoryChain, HistoryEvent, HistoryPayload, HistorySubject
from tracker.history.names import EVENTS

MAIN = "main"
READS = "reads"  # who read what is restricted: a chain of its own, since it is no change
_PENDING = "history.pending"


@dataclass(frozen=True)
class _Pending:
    at: datetime
    actor_id: int | None
    name: str
    record_ids: frozenset[int]
    body: str
    chain: str = MAIN


class Change(NamedTuple):
    """An event of the main chain that is about to be committed."""

    event_id: int
    name: str
    actor_id: int | None
    body: str


_tell: list[Callable[[Sequence[Change]], None]] = []


def tell_of_changes(listener: Callable[[Sequence[Change]], None]) -> None:
    """Have `listener` called with the changes of each transaction, as its last act: what it writes
    is committed with them, or taken back with them."""
    if listener not in _tell:
        _tell.append(listener)


def record(
    name: str,
    *,
    actor_id: int | None,
    records: Iterable[int] = (),
    body: Mapping[str, object] | None = None,
) -> None:
    """Say that `name` happened, to be kept with the change when it commits.

    `actor_id` is nothing for a machine's doing; `records` are the ids of the records concerned;
    `body` is what a reader sees: `before` and `after` by field, a `note`, a `reason`. It names
    other records by their reference only, so that a reader learns no hidden name.
    """
    if name not in EVENTS:
        raise KeyError(name)
    _keep(_Pending(now(), actor_id, name, frozenset(records), chain.canonical(body or {})))


def difference(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, Any]:
    """What an event says of the fields that are others after an act: `before` and `after` of these
    alone; nothing, where none is."""
    changed = [field for field in after if after[field] != before[field]]
    if not changed:
        return {}
    return {
        "before": {field: before[field] for field in changed},
        "after": {field: after[field] for field in changed},
    }


def record_read(record_id: int, *, actor_id: int) -> None:
    """Say that somebody reads a record of which reads are kept."""
    body = chain.canonical({})
    _keep(_Pending(now(), actor_id, "record.read", frozenset({record_id}), body, READS))


def _keep(pending: _Pending) -> None:
    if not db.session.in_transaction():
        db.session.begin()  # so that a rollback takes the entry back, whatever comes first
    db.session.info.setdefault(_PENDING, []).append(pending)


def keep_others_out() -> None:
    """Have nobody else join the chain until this transaction ends: for what writes down outside of
    it what changes are told by."""
    _head(db.session, MAIN)


@event.listens_for(Session, "before_commit")
def _join(session: Session) -> None:
    """Join what is pending to the chain, as the last act of the transaction: its head is locked
    for the shortest time, and never before another row, so writers cannot deadlock over it."""
    if session.in_nested_transaction():  # a savepoint ends, and the transaction goes on
        return
    pending: list[_Pending] = session.info.pop(_PENDING, [])
    if pending:
        session.flush()
        # always in this order, so that two writers cannot each hold the head the other waits for
        changes = _append(session, MAIN, [item for item in pending if item.chain == MAIN])
        _append(session, READS, [item for item in pending if item.chain == READS])
        for listener in _tell if changes else ():
            listener(changes)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.info.pop(_PENDING, None)


def _append(session: Session, name: str, pending: list[_Pending]) -> list[Change]:
    if not pending:
        return []
    length, digest = _head(session, name)
    rows: list[dict[str, Any]] = []
    payloads: list[dict[str, Any]] = []
    for position, item in enumerate(pending, length + 1):
        salt = os.urandom(16)
        row = _row(item, position, digest, chain.payload_digest(salt, item.body))
        digest = row["digest"]
        rows.append(row)
        payloads.append({"salt": salt, "body": item.body})
    session.execute(insert(HistoryEvent), rows)
    ids = session.scalars(
        select(HistoryEvent.id)
        .where(HistoryEvent.chain == name, HistoryEvent.position > length)
        .order_by(HistoryEvent.position)
    ).all()
    joined = list(zip(ids, pending, strict=True))
    kept = zip(ids, payloads, strict=True)
    session.execute(
        insert(HistoryPayload), [{"event_id": event_id, **each} for event_id, each in kept]
    )
    subjects = [
        {"event_id": event_id, "record_id": record_id}
        for event_id, item in joined
        for record_id in sorted(item.record_ids)
    ]
    if subjects:
        session.execute(insert(HistorySubject), subjects)
    new_head = {"length": length + len(rows), "head": digest}
    session.execute(update(HistoryChain).where(HistoryChain.name == name).values(new_head))
    return [Change(event_id, item.name, item.actor_id, item.body) for event_id, item in joined]


def _row(item: _Pending, position: int, before: str, payload: str) -> dict[str, Any]:
    """An event as it joins its chain at a position, behind the digest that came `before`."""
    said: dict[str, Any] = {
        "position": position,
        "at": item.at,
        "actor_id": item.actor_id,
        "name": item.name,
    }
    digest = chain.event_digest(before, **said, record_ids=item.record_ids, payload=payload)
    return {**said, "chain": item.chain, "payload_digest": payload, "digest": digest}


def _head(session: Session, name: str) -> tuple[int, str]:
    """The length and the last digest of a chain, locked until the commit; a new one begins."""
    head = session.execute(
        select(HistoryChain.length, HistoryChain.head)
        .where(HistoryChain.name == name)
        .with_for_update()
    ).one_or_none()
    if head is not None:
        return head.length, head.head
    session.execute(insert(HistoryChain).values(name=name, length=0, head=chain.START))
    return 0, chain.START
