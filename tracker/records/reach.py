"""How far back somebody may read what happened to records, and which of it they are told."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    exists,
    literal,
    or_,
    select,
    true,
    union_all,
)

from tracker.accounts.viewer import Viewer
from tracker.core.db import IDS, db
from tracker.history.models import HistoryEvent, HistorySubject
from tracker.history.names import OF_EACH, OF_THE_LETTER
from tracker.records.models import Audience, AudienceColumns, AudienceSpan, Grant, Kind, Record
from tracker.records.queries import models_of, open_to, referred, shares_own
from tracker.records.readers import Owned

NEVER = datetime.max.replace(tzinfo=UTC)


def seen_since(record_id: int, organisation_id: int, viewer: Viewer) -> datetime | None:
    """From when on the viewer may read the record's history; nothing means from its start."""
    return _shared_since({record_id: organisation_id}, viewer)[record_id]


def open_before(viewer: Viewer, rows: Iterable[Owned], moment: datetime) -> set[int]:
    """Of records that the viewer sees those that have been theirs to see without a break since
    before a moment, by their ids; in two statements."""
    since = _shared_since({row.id: row.organisation_id for row in rows}, viewer)
    return {key for key, start in since.items() if start is None or start < moment}


def history_since(viewer: Viewer, references: Iterable[str]) -> dict[str, datetime | None]:
    """Of records that the viewer sees, since when they read the history of each, by reference; in a
    fixed number of statements for each kind of record."""
    names: dict[int, str] = {}
    owners: dict[int, int] = {}
    wanted = set(references)
    for model in models_of({reference[0] for reference in wanted}):
        for reference, record_id, organisation_id in referred(model, viewer, wanted):
            names[record_id], owners[record_id] = reference, organisation_id
    since = _shared_since(owners, viewer)
    return {names[record_id]: moment for record_id, moment in since.items()}


def _shared_since(owners: Mapping[int, int], viewer: Viewer) -> dict[int, datetime | None]:
    """From when on the viewer may read the history of records that they see, given with their
    organisations, in two statements: since when without a break each has been theirs to see, for
    earlier drafts keep what was taken out. Nothing means from its start; `NEVER`, that it is not
    theirs."""
    if viewer.is_machine or not owners:
        return dict.fromkeys(owners)
    ids = {"ids": list(owners)}
    granted = db.session.execute(_GRANTED, {**ids, "user_id": viewer.user_id})
    grants = {row.record_id: row.granted_at for row in granted}
    spans: dict[int, list[Any]] = defaultdict(list)
    for span in db.session.execute(_SPANS, ids):
        spans[span.record_id].append(span)
    return {
        record_id: _open_since(
            spans[record_id], grants.get(record_id), _wide_for(viewer, organisation_id)
        )
        for record_id, organisation_id in owners.items()
    }


_GRANTED = select(Grant.record_id, Grant.granted_at).where(
    Grant.record_id.in_(IDS), Grant.user_id == bindparam("user_id")
)


_SPANS = (
    select(AudienceSpan.record_id, AudienceSpan.audience, AudienceSpan.from_at)
    .where(AudienceSpan.record_id.in_(IDS))
    .order_by(AudienceSpan.record_id, AudienceSpan.from_at.desc(), AudienceSpan.id.desc())
)


def _wide_for(viewer: Viewer, organisation_id: int) -> tuple[Audience, ...]:
    """The audiences of an organisation's records of which the viewer is one."""
    own = shares_own(viewer) and organisation_id == viewer.organisation_id
    return (*open_to(viewer), Audience.ORGANISATION) if own else open_to(viewer)


def _open_since(
    spans: Sequence[Any], granted_at: datetime | None, wide: Collection[Audience]
) -> datetime | None:
    """Since when without a break a record has been open to somebody, by its spans, the newest
    first; nothing, where that is since its start and for one of the own house."""
    since = NEVER
    for span in spans:
        if span.audience in wide or (granted_at and granted_at <= span.from_at):
            since = span.from_at
        else:
            return granted_at if granted_at and granted_at < since else since
    return None if Audience.ORGANISATION in wide else since


def untold(viewer: Viewer, event_ids: Collection[int]) -> set[int]:
    """Of some events those that the viewer is not told of, since they concern a record that is kept
    from them, or was when it happened: what it says of the one would tell of the other."""
    if viewer.is_machine or not event_ids:
        return set()
    rows = db.session.execute(
        select(
            HistorySubject.event_id,
            HistoryEvent.at,
            HistoryEvent.name,
            Record.reference,
            Record.kind,
        )
        .join(HistoryEvent, HistoryEvent.id == HistorySubject.event_id)
        .join(Record, Record.id == HistorySubject.record_id)
        .where(HistorySubject.event_id.in_(event_ids))
    ).all()
    needed = [row for row in rows if row.name != OF_THE_LETTER or row.kind is Kind.LETTER]
    since = history_since(viewer, {row.reference for row in needed})
    told = {row for row in needed if is_told(since, row.reference, row.at)}
    known = {row.event_id for row in told if row.name == OF_EACH}
    return {row.event_id for row in needed if row not in told} - known


def is_told(since: Mapping[str, datetime | None], reference: str, at: datetime) -> bool:
    """Whether what happened to a record at a moment is told to somebody who reads histories since
    some moments, by reference."""
    if reference not in since:
        return False
    begins = since[reference]
    return begins is None or at >= begins


def was_open(
    entity: type[AudienceColumns], viewer: Viewer, before: datetime
) -> ColumnElement[bool]:
    """That a row's record has been the viewer's to see without a break since before a moment,
    inside a query that is narrowed by `visible`."""
    if viewer.is_machine:
        return true()
    named = exists().where(
        Grant.record_id == entity.record_key(), Grant.user_id == (viewer.user_id or 0)
    )
    is_own = and_(
        literal(shares_own(viewer)), entity.organisation_id == (viewer.organisation_id or 0)
    )
    is_narrow = AudienceSpan.audience.not_in(open_to(viewer)) & ~and_(
        is_own, AudienceSpan.audience == Audience.ORGANISATION
    )
    closed = exists().where(
        AudienceSpan.record_id == entity.record_key(),
        or_(AudienceSpan.until_at.is_(None), AudienceSpan.until_at > before),
        is_narrow,
        ~named.where(Grant.granted_at <= AudienceSpan.from_at).correlate_except(Grant),
    )
    return or_(named.where(Grant.granted_at < before), ~closed)


def shared_since(record_ids: Collection[int], moment: datetime) -> set[int]:
    """Of some records those that were given another audience, or to somebody by name, after a
    moment."""
    spans = select(AudienceSpan.record_id).where(
        AudienceSpan.record_id.in_(record_ids), AudienceSpan.from_at > moment
    )
    grants = select(Grant.record_id).where(
        Grant.record_id.in_(record_ids), Grant.granted_at > moment
    )
    return set(db.session.scalars(union_all(spans, grants)))
