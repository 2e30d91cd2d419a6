"""Making a record's key row, and changing who may see it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, inspect, select, update

from tracker.accounts.models import User
from tracker.accounts.viewer import Viewer
from tracker.core.db import Base, db
from tracker.core.errors import NotAllowed, Stale
from tracker.core.intake import Intake
from tracker.core.now import now
from tracker.core.references import new_reference
from tracker.core.terms import Texts, terms_of
from tracker.core.together import insert_together
from tracker.history import actions as history
from tracker.records.models import (
    Audience,
    AudienceSpan,
    Grant,
    HangsOnRecord,
    Kind,
    Record,
    RecordMixin,
    RecordTag,
    SearchText,
)
from tracker.records.queries import SHARING_OWN, may_edit
from tracker.records.readers import Owned, seen_by_all

MOST_TAGS = 20


def new_record(kind: Kind) -> Record:
    """A fresh key row with a random reference."""
    record = Record(kind=kind, reference=new_reference(kind.value))
    db.session.add(record)
    db.session.flush()
    return record


def begin(row: RecordMixin, viewer: Viewer, kind: Kind) -> None:
    """Give a new row its key, its owner and the default audience: the owning organisation."""
    record = new_record(kind)
    _begin(row, record, viewer, Audience.ORGANISATION)
    db.session.add(AudienceSpan(record_id=record.id, audience=Audience.ORGANISATION, from_at=now()))


def begin_together(
    rows: Sequence[RecordMixin], viewer: Viewer, kind: Kind, audiences: Sequence[Audience]
) -> None:
    """As `begin`, for many new rows in a fixed number of statements; each with an audience that it
    takes from what it is about."""
    references = [new_reference(kind.value) for _ in rows]
    insert_together(Record, [{"kind": kind, "reference": ref} for ref in references])
    made = db.session.scalars(select(Record).where(Record.reference.in_(references)))
    by_reference = {record.reference: record for record in made}
    for row, reference, audience in zip(rows, references, audiences, strict=True):
        _begin(row, by_reference[reference], viewer, audience)
    at = now()
    spans = [
        {"record_id": row.id, "audience": row.audience, "from_at": at, "until_at": None}
        for row in rows
    ]
    insert_together(AudienceSpan, spans)


def _begin(row: RecordMixin, record: Record, viewer: Viewer, audience: Audience) -> None:
    row.record = record
    row.id = record.id
    row.organisation_id = _own_organisation(viewer)
    row.audience = audience
    row.created_by_id = viewer.user_id
    db.session.add(row)


def _own_organisation(viewer: Viewer) -> int:
    if viewer.organisation_id is None or not viewer.edits:
        raise NotAllowed("Only staff of an organisation can record things.")
    return viewer.organisation_id


def require_edit(row: RecordMixin, viewer: Viewer) -> None:
    """Raise `NotAllowed` unless the viewer may change the row."""
    if not may_edit(row, viewer):
        raise NotAllowed("Only staff of the organisation that owns this record can change it.")


def require_current(row: RecordMixin, seen_version: int) -> None:
    """Raise `Stale` where the person saw another version than the current one."""
    if seen_version != row.version:
        raise Stale


def touch(row: RecordMixin, *, beside: RecordMixin | None = None) -> None:
    """Count a change of a record that concerns another one `beside` it, or none."""
    touch_together([row], beside=beside)


def touch_together(rows: Sequence[RecordMixin], *, beside: RecordMixin | None = None) -> None:
    """Count a change of some records that concerns another one `beside` them, or none.

    All their readers see the version and the time of the last change: a change is counted where
    all of them are told of it, and not where it concerns what some do not see. In two statements
    at the most.
    """
    told = {row.id for row in rows}
    if beside is not None:
        pairs = seen_by_all([(Owned.of(row), Owned.of(beside)) for row in rows])
        told = {row_id for row_id, _ in pairs}
    for row in rows:
        if row.id in told:
            row.version += 1
            row.updated_at = now()


def copy_audience(row: HangsOnRecord, owner: RecordMixin) -> None:
    """Give a row that hangs on a record the copies of the record's owner and audience."""
    row.organisation_id = owner.organisation_id
    row.audience = owner.audience


def change_audience(
    viewer: Viewer,
    rows: Sequence[RecordMixin],
    audience: Audience,
    *,
    reason: str,
    named: Iterable[int] = (),
) -> None:
    """Widen or narrow who may see some records, at once and everywhere.

    `named` are the ids of the people for the audience `named`; the viewer is always one of them.
    Raises `Refused` without a reason, and for one too long.
    """
    intake = Intake()
    reason = intake.reason("reason", reason, "Say in a sentence why: it goes into the history.")
    intake.done()
    people = {viewer.user_id, *named}
    for row in rows:
        require_edit(row, viewer)
        give_audience(viewer, row, audience, people, reason)


def give_audience(
    viewer: Viewer, row: RecordMixin, audience: Audience, people: Iterable[int | None], reason: str
) -> None:
    """Change the audience of a record to one that the caller has checked, for these people where
    they are named; with its history."""
    before = row.audience
    touch(row)
    since = set_audience(row, audience)
    set_grants(row.id, people if audience is Audience.NAMED else _of_the_house(row), since)
    history.record(
        "record.audience_changed",
        actor_id=viewer.user_id,
        records=[row.id],
        body={"before": {"audience": before}, "after": {"audience": audience}, "reason": reason},
    )


def set_audience(row: RecordMixin, audience: Audience) -> datetime:
    """Give a record an audience, begin its span, and keep the copies in step; the caller has
    checked that it may and records why. Returns from when on others may see it."""
    at = now()
    if row.audience is not audience:
        row.audience = audience
        _begin_span(row.id, audience, at)
        _copy_to_hanging(row)
    return at


def _begin_span(record_id: int, audience: Audience, at: datetime) -> None:
    db.session.execute(
        update(AudienceSpan)
        .where(AudienceSpan.record_id == record_id, AudienceSpan.until_at.is_(None))
        .values(until_at=at)
    )
    db.session.add(AudienceSpan(record_id=record_id, audience=audience, from_at=at))


def set_grants(record_id: int, user_ids: Iterable[int | None], since: datetime) -> None:
    """Name the people who may see a record of the audience `named`, from a moment on; nobody else
    may. Who was named before stays so since then."""
    wanted = {user_id for user_id in user_ids if user_id is not None}
    others = delete(Grant).where(Grant.record_id == record_id, Grant.user_id.not_in(wanted))
    db.session.execute(others)
    had = set(db.session.scalars(select(Grant.user_id).where(Grant.record_id == record_id)))
    db.session.add_all(
        Grant(record_id=record_id, user_id=user_id, granted_at=since) for user_id in wanted - had
    )


def _of_the_house(row: RecordMixin) -> Sequence[int]:
    """Those who are named for a record that its organisation sees too: they see it without a break,
    and keep its history from when they were named."""
    return db.session.scalars(
        select(Grant.user_id)
        .join(User, User.id == Grant.user_id)
        .where(Grant.record_id == row.id, User.organisation_id == row.organisation_id)
        .where(User.role.in_(SHARING_OWN))
    ).all()


def _copy_to_hanging(row: RecordMixin) -> None:
    db.session.flush()
    for mapper in Base.registry.mappers:
        model = mapper.class_
        if issubclass(model, HangsOnRecord) and _can_hang(model, row):
            db.session.execute(
                update(model).where(model.record_key() == row.id).values(audience=row.audience)
            )


def _can_hang(model: type[HangsOnRecord], row: RecordMixin) -> bool:
    """Whether the model points to the row's own table, or to the keys of all records."""
    columns = inspect(model).columns
    owners = {key.column.table for key in columns[model.hangs_on].foreign_keys}
    return bool(owners & {inspect(type(row)).local_table, inspect(Record).local_table})


def index_terms(row: RecordMixin) -> None:
    """Have search find a record by its present texts. Whatever changes them calls this after it."""
    terms = search_terms(row)
    standing = db.session.get(SearchText, row.id)
    if standing is None:
        db.session.add(SearchText(record_id=row.id, kind=row.record.kind, terms=terms))
    else:
        standing.terms = terms


def index_new(rows: Iterable[RecordMixin]) -> None:
    """The same of rows that search knows nothing of yet, in a statement."""
    terms = [
        {"record_id": row.id, "kind": row.record.kind, "terms": search_terms(row)} for row in rows
    ]
    insert_together(SearchText, terms)


def search_terms(row: RecordMixin) -> str:
    """The terms of a record as they are stored; its reference is one of its names."""
    texts = row.texts()
    return " ".join(terms_of(Texts((*texts.names, row.reference), texts.prose)))


def check_tags(tags: Iterable[str], intake: Intake) -> list[str]:
    """Tags cleaned, each once; one too long or too many of them are noted at `tags`."""
    wanted = {intake.text("tags", tag, RecordTag.tag).lower() for tag in tags} - {""}
    if len(wanted) > MOST_TAGS:
        intake.refuse("tags", f"At most {MOST_TAGS} tags: remove some.")
    return sorted(wanted)


def set_tags(viewer: Viewer, row: RecordMixin, wanted: list[str]) -> bool:
    """Replace a record's tags by these, which were checked; whether they are others by now."""
    before = list(
        db.session.scalars(
            select(RecordTag.tag).where(RecordTag.record_id == row.id).order_by(RecordTag.tag)
        )
    )
    if before == wanted:
        return False
    db.session.execute(delete(RecordTag).where(RecordTag.record_id == row.id))
    for tag in wanted:
        link = RecordTag(record_id=row.id, tag=tag)
        copy_audience(link, row)
        db.session.add(link)
    history.record(
        "record.tagged",
        actor_id=viewer.user_id,
        records=[row.id],
        body={"before": {"tags": before}, "after": {"tags": wanted}},
    )
    return True
