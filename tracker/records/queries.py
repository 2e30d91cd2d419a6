"""The one filter that decides what a viewer may see."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    column,
    exists,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    text,
    true,
    union_all,
)

from tracker.accounts.models import Organisation, User
from tracker.accounts.permissions import Role
from tracker.accounts.viewer import Viewer
from tracker.core.db import BY_VALUE, IDS, Base, built_once, db, grouped
from tracker.core.terms import Question
from tracker.history.models import HistoryEvent, HistorySubject
from tracker.history.names import OF_EACH, OF_THE_LETTER
from tracker.records.models import (
    TABLES,
    Audience,
    AudienceColumns,
    AudienceSpan,
    Grant,
    Kind,
    Record,
    RecordMixin,
    RecordTag,
    SearchText,
)

S = TypeVar("S", bound=Select[*tuple[Any, ...]])
OPEN_TO_COALITION = (Audience.COALITION, Audience.PUBLIC)
SHARING_OWN = (Role.STAFF, Role.ADMIN)  # to whom an organisation shows its own records
NEVER = datetime.max.replace(tzinfo=UTC)
_REFERENCES: BindParameter[list[str]] = bindparam("references", expanding=True)


def visible(statement: S, entity: type[AudienceColumns], viewer: Viewer) -> S:
    """`statement`, narrowed to rows of `entity` that `viewer` may see. Every read of records goes
    through here; there is no other audience filter."""
    return statement.where(audience_rule(entity, viewer))  # type: ignore[arg-type]


@lru_cache(maxsize=4096)  # a page asks for the same few a dozen times
def audience_rule(entity: type[AudienceColumns], viewer: Viewer) -> ColumnElement[bool]:
    """The condition behind `visible`: the audience table of the roles, as SQL.

    A CASE, not an OR: most rows pass it, so no planner should look rows up by their audience; it is
    checked on the way, in whatever index a statement walks.
    """
    if viewer.is_machine:
        return true()
    rules: dict[str, ColumnElement[bool]] = {each.value: true() for each in _open_to(viewer)}
    if not viewer.is_anonymous:
        granted = select(Grant.record_id).where(Grant.user_id == viewer.user_id)
        rules[Audience.NAMED.value] = entity.record_key().in_(granted)
    if _shares_own(viewer):
        rules[Audience.ORGANISATION.value] = entity.organisation_id == viewer.organisation_id
    return case(rules, value=entity.audience, else_=false())


def _open_to(viewer: Viewer) -> tuple[Audience, ...]:
    """The audiences of which every such viewer is one, whoever owns the record."""
    return (Audience.PUBLIC,) if viewer.is_anonymous else OPEN_TO_COALITION


def _shares_own(viewer: Viewer) -> bool:
    """Whether the viewer is one of those to whom an organisation shows its own records."""
    return viewer.role in SHARING_OWN


def sees_all_of(viewer: Viewer, organisation_id: int, audience: Audience) -> bool:
    """Whether the viewer sees whatever an organisation shows to an audience. What is shown to named
    people is seen by those named: see `granted_to`."""
    if viewer.is_machine:
        return True
    if audience is Audience.ORGANISATION:
        return _shares_own(viewer) and organisation_id == viewer.organisation_id
    return audience in _open_to(viewer)


def knows_plans_of(viewer: Viewer, organisation_id: int) -> bool:
    """Whether the viewer is told what an organisation does next with its records: its own staff and
    admin are, and no partner, not even of its own."""
    return sees_all_of(viewer, organisation_id, Audience.ORGANISATION)


def granted_to(viewer: Viewer) -> list[int]:
    """The ids of the records that are shown to named people, the viewer one of them."""
    if viewer.user_id is None:
        return []
    statement = select(Grant.record_id).where(Grant.user_id == viewer.user_id)
    return list(db.session.scalars(statement))


class Owned(NamedTuple):
    """A record, as far as its readers hang on it."""

    id: int
    audience: Audience
    organisation_id: int

    @classmethod
    def of(cls, row: RecordMixin) -> "Owned":
        """What its readers hang on, of a record that is at hand."""
        return cls(row.id, row.audience, row.organisation_id)


def seen_by_all(pairs: Collection[tuple[Owned, Owned]]) -> set[tuple[int, int]]:
    """Of pairs of records those of which whoever sees the first sees the second too, by their ids;
    in two statements at the most, for records of named people alone."""
    found, asked = set(), []
    for row, other in pairs:
        if other.audience in OPEN_TO_COALITION:
            is_seen = row.audience.width <= other.audience.width
        elif row.audience is Audience.NAMED:
            asked.append((row, other))
            continue
        else:
            is_seen = (row.audience, row.organisation_id) == (
                other.audience,
                other.organisation_id,
            )
        if is_seen:
            found.add((row.id, other.id))
    return found | _seen_by_all_named(asked)


def _seen_by_all_named(pairs: Sequence[tuple[Owned, Owned]]) -> set[tuple[int, int]]:
    if not pairs:
        return set()
    people: dict[int, set[int]] = defaultdict(set)
    ids = {each.id for pair in pairs for each in pair}
    named = select(Grant.record_id, Grant.user_id).where(Grant.record_id.in_(ids))
    for record_id, user_id in db.session.execute(named):
        people[record_id].add(user_id)
    own = select(User.organisation_id, User.id).where(
        User.organisation_id.in_({other.organisation_id for _, other in pairs}),
        User.role.in_(SHARING_OWN),
    )
    houses: dict[int, set[int]] = defaultdict(set)
    for organisation_id, user_id in db.session.execute(own):
        houses[organisation_id].add(user_id)
    return {
        (row.id, other.id)
        for row, other in pairs
        if people[row.id]
        <= (people[other.id] if other.audience is Audience.NAMED else houses[other.organisation_id])
    }


def named_among(user_ids: Collection[int]) -> list[User]:
    """Those of some people who are named for anything at all."""
    named = select(Grant.user_id).where(Grant.user_id.in_(user_ids))
    statement = select(User).where(User.id.in_(named)).order_by(User.id)
    return list(db.session.scalars(statement))


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


def may_edit(row: AudienceColumns, viewer: Viewer) -> bool:
    """Whether a viewer who sees the row may also change it: staff, of their own organisation."""
    return viewer.edits and row.organisation_id == viewer.organisation_id


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
    for model in _models_of({reference[0] for reference in wanted}):
        for reference, record_id, organisation_id in _referred(model, viewer, wanted):
            names[record_id], owners[record_id] = reference, organisation_id
    since = _shared_since(owners, viewer)
    return {names[record_id]: moment for record_id, moment in since.items()}


def _referred(
    model: type[RecordMixin], viewer: Viewer, references: Iterable[str]
) -> Iterable[Sequence[Any]]:
    """The records of some references that the viewer may see, with id and organisation."""
    statement = _of_references(model, viewer)  # type: ignore[arg-type]
    return db.session.execute(statement, {"references": list(references)})


@built_once
def _of_references(model: type[RecordMixin], viewer: Viewer) -> Select[str, int, int]:
    statement = (
        select(Record.reference, model.id, model.organisation_id)
        .join(Record, Record.id == model.id)
        .where(Record.reference.in_(_REFERENCES))
    )
    return visible(statement, model, viewer)


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
    own = _shares_own(viewer) and organisation_id == viewer.organisation_id
    return (*_open_to(viewer), Audience.ORGANISATION) if own else _open_to(viewer)


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
        literal(_shares_own(viewer)), entity.organisation_id == (viewer.organisation_id or 0)
    )
    is_narrow = AudienceSpan.audience.not_in(_open_to(viewer)) & ~and_(
        is_own, AudienceSpan.audience == Audience.ORGANISATION
    )
    closed = exists().where(
        AudienceSpan.record_id == entity.record_key(),
        or_(AudienceSpan.until_at.is_(None), AudienceSpan.until_at > before),
        is_narrow,
        ~named.where(Grant.granted_at <= AudienceSpan.from_at).correlate_except(Grant),
    )
    return or_(named.where(Grant.granted_at < before), ~closed)


def matching(*questions: Question) -> Select[int]:
    """The ids of all records whose terms answer one of some questions, for use inside a query that
    is narrowed by `visible`: it asks nobody's leave itself."""
    if db.engine.dialect.name == "sqlite":
        index = table(_INDEX, column("rowid"))
        fits = literal_column(_INDEX).op("MATCH")(
            " OR ".join(f"({q.as_fts5()})" for q in questions)
        )
        return select(index.c.rowid).where(fits)
    either = " | ".join(f"({q.as_tsquery()})" for q in questions)
    asked: BindParameter[str] = bindparam("asked", either, unique=True)
    return select(SearchText.record_id).where(text(_ASKED).bindparams(asked))


_INDEX = "search_index"
# as the index has it, so that it is used; neither side goes through a parser of PostgreSQL's
_ASKED = f"array_to_tsvector(string_to_array(terms, ' ')) @@ CAST(:asked AS tsquery) {BY_VALUE}"


def visible_references(viewer: Viewer, references: Iterable[str]) -> set[str]:
    """Those of the references that lead to a record which the viewer may see."""
    wanted, found = set(references), set()
    for model in _models_of({reference[0] for reference in wanted}):
        found |= {reference for reference, *_ in _referred(model, viewer, wanted)}
    return found


def _models_of(letters: set[str]) -> list[type[RecordMixin]]:
    """The tables of the kinds of records with these letters."""
    models = _models()
    return [models[kind] for kind in Kind if kind.value in letters]


@cache
def _models() -> dict[Kind, type[RecordMixin]]:
    """The table of each kind of record; asked for once all are there."""
    by_table = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
    return {kind: by_table[TABLES[kind]] for kind in Kind}


def tags_of(viewer: Viewer, record_ids: Iterable[int]) -> dict[int, list[str]]:
    """The tags of records, by record."""
    return grouped(_tags(viewer), record_ids)


@built_once
def _tags(viewer: Viewer) -> Select[int, str]:
    statement = select(RecordTag.record_id, RecordTag.tag).where(RecordTag.record_id.in_(IDS))
    return visible(statement, RecordTag, viewer).order_by(RecordTag.record_id, RecordTag.tag)


def readers(audience: Audience, organisation_id: int) -> list[tuple[str, int]]:
    """Who an audience is, counted: the organisations and how many active people of each."""
    statement = _people_of(audience, organisation_id).with_only_columns(
        Organisation.name, func.count(User.id)
    )
    counts = db.session.execute(statement.group_by(Organisation.name).order_by(Organisation.name))
    return [(name, count) for name, count in counts]


def readers_of(row: RecordMixin) -> dict[int, str]:
    """The organisations of the active people whose audience a record is for, by person."""
    people = _people_of(row.audience, row.organisation_id)
    if row.audience is Audience.NAMED:
        named = select(Grant.user_id).where(Grant.record_id == row.id)
        people = _active_people().where(User.id.in_(named))
    return {row[0]: row[1] for row in db.session.execute(people)}


def _active_people() -> Select[int, str]:
    people = select(User.id, Organisation.name)
    return people.join(Organisation, Organisation.id == User.organisation_id).where(User.active)


def _people_of(audience: Audience, organisation_id: int) -> Select[int, str]:
    """Whom an audience is of; nobody, where each is named for each record."""
    if audience is Audience.ORGANISATION:
        return _active_people().where(
            Organisation.id == organisation_id, User.role.in_(SHARING_OWN)
        )
    return _active_people().where(false()) if audience is Audience.NAMED else _active_people()


def reference_of(viewer: Viewer, record_id: int | None) -> str:
    """The reference of a record, if there is one that the viewer may see; or nothing."""
    return "" if record_id is None else references_of(viewer, [record_id]).get(record_id, "")


def references_of(viewer: Viewer, record_ids: Iterable[int]) -> dict[int, str]:
    """The references of those records that the viewer may see, by record; in a fixed number of
    statements for each kind of record."""
    statement = select(Record.id, Record.reference).where(Record.id.in_(list(record_ids)))
    found = {row.id: row.reference for row in db.session.execute(statement)}
    shown = visible_references(viewer, found.values())
    return {key: reference for key, reference in found.items() if reference in shown}


def restricted_ids(viewer: Viewer) -> set[int]:
    """The ids of the records that the viewer may see of which it is written down who reads them."""
    models = _models_of({kind.value for kind in Kind})
    return {record_id for model in models for record_id in db.session.scalars(_kept(model, viewer))}


def _kept(model: type[RecordMixin], viewer: Viewer) -> Select[int]:
    return visible(select(model.id).where(model.reads_are_kept()), model, viewer)


def restricted(viewer: Viewer, reference: str) -> int | None:
    """The id of the record of that reference, if the viewer may see it and who reads it is to be
    written down."""
    for model in _models_of({reference[0]}):
        statement = _restricted(model, viewer)  # type: ignore[arg-type]
        return db.session.scalar(statement, {"reference": reference})
    return None


@built_once
def _restricted(model: type[RecordMixin], viewer: Viewer) -> Select[int]:
    statement = (
        select(model.id)
        .join(Record, Record.id == model.id)
        .where(Record.reference == bindparam("reference"), model.reads_are_kept())
    )
    return visible(statement, model, viewer)
