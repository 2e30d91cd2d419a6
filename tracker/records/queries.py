"""The one filter that decides what a viewer may see."""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    bindparam,
    case,
    column,
    false,
    literal_column,
    select,
    table,
    text,
    true,
)

from tracker.accounts.permissions import Role
from tracker.accounts.viewer import Viewer
from tracker.core.db import BY_VALUE, IDS, Base, built_once, db, grouped
from tracker.core.terms import Question
from tracker.records.models import (
    TABLES,
    Audience,
    AudienceColumns,
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
    rules: dict[str, ColumnElement[bool]] = {each.value: true() for each in open_to(viewer)}
    if not viewer.is_anonymous:
        # asked of each record: of all that is named for somebody PostgreSQL knows not how many they
        # are when it plans for anybody, and would plan a page's statements anew each time
        key = entity.record_key()
        granted = select(Grant.record_id).where(
            Grant.user_id == viewer.user_id, Grant.record_id == key
        )
        rules[Audience.NAMED.value] = key.in_(granted.correlate_except(Grant))
    if shares_own(viewer):
        rules[Audience.ORGANISATION.value] = entity.organisation_id == viewer.organisation_id
    return case(rules, value=entity.audience, else_=false())


def open_to(viewer: Viewer) -> tuple[Audience, ...]:
    """The audiences of which every such viewer is one, whoever owns the record."""
    return (Audience.PUBLIC,) if viewer.is_anonymous else OPEN_TO_COALITION


def shares_own(viewer: Viewer) -> bool:
    """Whether the viewer is one of those to whom an organisation shows its own records."""
    return viewer.role in SHARING_OWN


def sees_all_of(viewer: Viewer, organisation_id: int, audience: Audience) -> bool:
    """Whether the viewer sees whatever an organisation shows to an audience. What is shown to named
    people is seen by those named: see `granted_to`."""
    if viewer.is_machine:
        return True
    if audience is Audience.ORGANISATION:
        return shares_own(viewer) and organisation_id == viewer.organisation_id
    return audience in open_to(viewer)


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


def may_edit(row: AudienceColumns, viewer: Viewer) -> bool:
    """Whether a viewer who sees the row may also change it: staff, of their own organisation."""
    return viewer.edits and row.organisation_id == viewer.organisation_id


def referred(
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


def matching(*questions: Question, among: type[RecordMixin] | None = None) -> Select[int]:
    """The ids of all records, or those of one table, whose terms answer one of some questions, for
    use inside a query that is narrowed by `visible`: it asks nobody's leave itself."""
    if db.engine.dialect.name == "sqlite":
        index = table(_INDEX, column("rowid"))
        fits = literal_column(_INDEX).op("MATCH")(
            " OR ".join(f"({q.as_fts5()})" for q in questions)
        )
        return select(index.c.rowid).where(fits)
    either = " | ".join(f"({q.as_tsquery()})" for q in questions)
    asked: BindParameter[str] = bindparam("asked", either, unique=True)
    kinds = (kind for kind, model in _models().items() if among in (None, model))
    rules = (f"kind = '{kind.value}' AND {_ASKED}" for kind in kinds)
    rule = text(f"({' OR '.join(rules)} {BY_VALUE})")
    # OFFSET 0: of the index before all else. Where few rows are wanted PostgreSQL would try one
    # record after another, in the hope of meeting them soon, and a rare word is in none of them
    return select(SearchText.record_id).where(rule.bindparams(asked)).offset(literal_column("0"))


_INDEX = "search_index"
# as the indexes have it, one for each kind, so that they are used: in one index of all, a word that
# is common among other records would be looked for row by row. Neither side goes through a parser
# of PostgreSQL's
_ASKED = "array_to_tsvector(string_to_array(terms, ' ')) @@ CAST(:asked AS tsquery)"


def visible_references(viewer: Viewer, references: Iterable[str]) -> set[str]:
    """Those of the references that lead to a record which the viewer may see."""
    wanted, found = set(references), set()
    for model in models_of({reference[0] for reference in wanted}):
        found |= {reference for reference, *_ in referred(model, viewer, wanted)}
    return found


def models_of(letters: set[str]) -> list[type[RecordMixin]]:
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
    models = models_of({kind.value for kind in Kind})
    return {record_id for model in models for record_id in db.session.scalars(_kept(model, viewer))}


def _kept(model: type[RecordMixin], viewer: Viewer) -> Select[int]:
    return visible(select(model.id).where(model.reads_are_kept()), model, viewer)


def restricted(viewer: Viewer, reference: str) -> int | None:
    """The id of the record of that reference, if the viewer may see it and who reads it is to be
    written down."""
    for model in models_of({reference[0]}):
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
