"""Bringing the index of search in step with the records, where it lacks some or was made by another
version. Day by day the actions that change a record's texts keep it so."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import delete, exists, select, text
from sqlalchemy.orm import selectinload

from tracker.core.db import db
from tracker.correspondence.models import Contact, Letter
from tracker.recommendations.models import Recommendation
from tracker.records import actions as records
from tracker.records.models import RecordMixin, SearchText
from tracker.sources.models import Source
from tracker.targets.models import Target

A_BATCH = 500
# what is searched, each with the parts that its texts are taken from
PARTS: dict[type[RecordMixin], tuple[Any, ...]] = {
    Recommendation: (
        Recommendation.addressees,
        Recommendation.places,
        Recommendation.controls,
    ),
    Target: (Target.names, Target.identifiers),
    Letter: (Letter.signatories, Letter.addressees),
    Source: (),
    Contact: (),
}


def index_missing() -> int:
    """Index every record that the index lacks; how many there were."""
    return sum(_index(model, ids) for model in PARTS for ids in _missing(model))


def reindex() -> int:
    """Make the index anew; how many records it holds."""
    db.session.execute(delete(SearchText))
    forget_deleted()
    return index_missing()


def forget_deleted() -> None:
    """Leave nothing of deleted words: SQLite's own index keeps marks of them until its parts are
    merged, so it is made anew of what there is."""
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("INSERT INTO search_index(search_index) VALUES ('rebuild')"))


def _missing(model: type[RecordMixin]) -> Iterator[Sequence[int]]:
    # by NOT EXISTS: given NOT IN and much to look through, PostgreSQL reads all of it for each row
    indexed = exists().where(SearchText.record_id == model.id)
    ids = db.session.scalars(select(model.id).where(~indexed).order_by(model.id)).all()
    for start in range(0, len(ids), A_BATCH):
        yield ids[start : start + A_BATCH]


def _index(model: type[RecordMixin], ids: Sequence[int]) -> int:
    """Index some records. Nobody reads them here: terms are found through `visible` alone."""
    parts = [selectinload(part) for part in PARTS[model]]
    rows = db.session.scalars(select(model).where(model.id.in_(ids)).options(*parts)).all()
    records.index_new(rows)
    for row in rows:
        db.session.expunge(row)
    return len(rows)
