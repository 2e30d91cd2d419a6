"""Where texts name somebody: in the history, in records, in whatever else is kept."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from sqlalchemy import (
    JSON,
    ColumnElement,
    Enum,
    String,
    Text,
    cast,
    delete,
    exists,
    false,
    func,
    or_,
    select,
)

from tracker.casework.models import BulkRow
from tracker.core.db import Base, db
from tracker.core.terms import question
from tracker.history.models import HistoryEvent, HistoryPayload
from tracker.history.names import ERASINGS
from tracker.records.models import AudienceColumns, Record
from tracker.records.queries import matching

NAMELESS = "Erased"
SURE = 6  # letters and digits that hardly stand anywhere by chance
CHUNK = 500
MOST_TOLD = 500
BULK = BulkRow.__tablename__.replace("_", " ")
# what is told by itself, deleted, or found by its terms
ELSEWHERE = {
    *("history_payloads", "search_text", "outbox", "users"),
    *("targets", "target_names", "target_identifiers"),
}


@dataclass(frozen=True)
class Preview:
    """What erasing would delete, by kind; and where whom it is about may still be named: records by
    reference, and whatever else by the name of its table."""

    deleted: dict[str, int]
    named_in: list[str]


def texts_naming(words: Sequence[str]) -> Iterator[int]:
    """The events whose texts hold one of some words."""
    for event_id, body in events_that(holding(HistoryPayload.body, words)):
        if says(json.loads(body), words):
            yield event_id


def events_that(holds: ColumnElement[bool]) -> list[tuple[int, str]]:
    """What told of an erasing before stays, since the chain is proved by it."""
    statement = (
        select(HistoryPayload.event_id, HistoryPayload.body)
        .join(HistoryEvent, HistoryEvent.id == HistoryPayload.event_id)
        .where(holds, HistoryEvent.name.not_in(ERASINGS))
    )
    return [(row.event_id, row.body) for row in db.session.execute(statement)]


def delete_texts(event_ids: Sequence[int]) -> list[int]:
    """Delete the texts of some events, which the history is then to tell."""
    for place in range(0, len(event_ids), CHUNK):
        chunk = HistoryPayload.event_id.in_(event_ids[place : place + CHUNK])
        gone = delete(HistoryPayload).where(chunk)
        db.session.execute(gone.execution_options(synchronize_session=False))
    return list(event_ids)


def says(value: Any, words: Sequence[str]) -> bool:
    """Whether a text within a value holds one of some words, short ones as whole words."""
    if isinstance(value, dict):
        return any(says(inner, words) for inner in value.values())
    if isinstance(value, list):
        return any(says(inner, words) for inner in value)
    return isinstance(value, str) and any(_stands_in(value, word) for word in words)


def _stands_in(text: str, word: str) -> bool:
    if len(word) >= SURE or not word.isascii():
        return word.lower() in text.lower()  # with whatever a language puts before or behind it
    whole = rf"(?<!\w){re.escape(word)}(?!\w)"
    return re.search(whole, text, re.IGNORECASE) is not None


def telling(names: Iterable[str]) -> list[str]:
    """Those of some names that are more than a letter: one stands in every text."""
    return list(dict.fromkeys(name for name in names if len(name) > 1 or not name.isascii()))


def holding(text: Any, names: Sequence[str]) -> ColumnElement[bool]:
    """That a text holds one of some names, in capitals or not, also as JSON writes them."""
    written = {
        form.lower()
        for name in names
        for form in (name, json.dumps(name, ensure_ascii=False)[1:-1], json.dumps(name)[1:-1])
    }
    return or_(
        false(), *(func.lower(text).contains(form, autoescape=True) for form in sorted(written))
    )


def named_in(names: list[str], words: Sequence[str] = ()) -> list[str]:
    """Where one of the names, or of some further words, stands in a text: the references of
    records, and the names of tables whose rows belong to none."""
    asked = [terms for name in names if (terms := question(name, half_typed=False))]
    if not asked:
        return []
    names = [*names, *map(quote_plus, names), *words]  # in the address of a saved view too
    hits = select(Record.reference).where(Record.id.in_(matching(*asked)))
    found, others = set(db.session.scalars(hits.limit(MOST_TOLD))), list[str]()
    for mapper in Base.registry.mappers:
        model = mapper.class_
        columns = mapper.local_table.columns
        texts = [cast(c, Text) if isinstance(c.type, JSON) else c for c in columns if _is_text(c)]
        if model.__tablename__ in ELSEWHERE or not texts:
            continue
        holds = or_(*(holding(text, names) for text in texts))
        if issubclass(model, AudienceColumns):
            of_record = select(Record.reference).join(model, model.record_key() == Record.id)
            found |= set(db.session.scalars(of_record.where(holds).limit(MOST_TOLD)))
        elif db.session.scalar(select(exists().where(holds).select_from(model))):
            others.append(model.__tablename__.replace("_", " "))
    return [*sorted(found), *sorted(others)]


def _is_text(column: Any) -> bool:
    return isinstance(column.type, (String, Text, JSON)) and not isinstance(column.type, Enum)
