"""Finding targets, always on behalf of a viewer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, false, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from tracker.accounts.viewer import Viewer
from tracker.core.db import IDS, built_once, db, grouped
from tracker.core.names import fold
from tracker.core.references import well_formed
from tracker.core.terms import LAST, Question, Texts, question, terms_of
from tracker.records.models import Record
from tracker.records.queries import matching, visible
from tracker.targets.merged import standing, stands, with_merged, with_survivors
from tracker.targets.models import RelationKind, Target, TargetName, TargetRelation


@dataclass(frozen=True)
class Found:
    """A target that fits what was typed, with the name that fitted."""

    target: Target
    matched: str


def get(viewer: Viewer, reference: str) -> Target | None:
    """The target of that reference, if the viewer may see it; with names and identifiers."""
    statement = (
        select(Target)
        .join(Record, Record.id == Target.id)
        .where(Record.reference.in_(well_formed([reference])))
        .options(
            selectinload(Target.names),
            selectinload(Target.identifiers),
            joinedload(Target.organisation),
        )
    )
    return db.session.scalar(visible(statement, Target, viewer))


def load_names(found: Iterable[Target]) -> None:
    """Load the names of targets, by a statement that is built once."""
    by_key = {target.id: target for target in found}
    if by_key:
        names = grouped(_NAMES, by_key)
        for key, target in by_key.items():
            set_committed_value(target, "names", names[key])


_NAMES = (
    select(TargetName.target_id, TargetName)
    .where(TargetName.target_id.in_(IDS))
    .order_by(TargetName.id)
)


def by_id(viewer: Viewer, target_id: int | None) -> Target | None:
    """The target of that id, if there is one that the viewer may see."""
    return db.session.scalar(visible(select(Target).where(Target.id == target_id), Target, viewer))


def by_references(viewer: Viewer, references: Iterable[str]) -> dict[str, Target]:
    """Those of the targets that the viewer may see, by reference."""
    wanted = well_formed(references)
    if not wanted:
        return {}
    statement = (
        select(Target)
        .join(Record, Record.id == Target.id)
        .where(Record.reference.in_(wanted))
        .options(selectinload(Target.names), selectinload(Target.identifiers))
    )
    return {t.reference: t for t in db.session.scalars(visible(statement, Target, viewer))}


def listing(viewer: Viewer) -> Select[Target]:
    """All targets that the viewer may see and that stand for themselves, to be paged."""
    return visible(
        select(Target).where(stands(viewer)).options(selectinload(Target.names)), Target, viewer
    )


def members(viewer: Viewer, class_id: int) -> list[Target]:
    """The named members of a class that the viewer may see."""
    return members_of(viewer, [class_id]).get(class_id, [])


def members_of(viewer: Viewer, class_ids: Iterable[int]) -> dict[int, list[Target]]:
    """The named members of classes that the viewer may see, by class."""
    named = grouped(_members(viewer), class_ids)
    members = [member for own in named.values() for member in own]
    load_names(members)
    known = standing(viewer, members)
    return {
        class_id: list(dict.fromkeys(known[member.id] for member in own))
        for class_id, own in named.items()
    }


@built_once
def _members(viewer: Viewer) -> Select[int, Target]:
    statement = (
        select(TargetRelation.from_id, Target)
        .join(Target, TargetRelation.to_id == Target.id)
        .where(
            TargetRelation.from_id.in_(IDS),
            TargetRelation.kind == RelationKind.MEMBER,
            TargetRelation.voided_at.is_(None),
        )
        .order_by(Target.sort_name, Target.id)
    )
    return visible(statement, Target, viewer)


def classes_of(viewer: Viewer, target_id: int) -> list[Target]:
    """The classes that a target, or one merged into it, is a named member of, as far as the viewer
    may see them."""
    return list(db.session.scalars(_classes(viewer), {"ids": [target_id]}))


@built_once
def _classes(viewer: Viewer) -> Select[Target]:
    members = with_merged(viewer, select(Target.id).where(Target.id.in_(IDS)))
    statement = (
        select(Target)
        .join(TargetRelation, TargetRelation.from_id == Target.id)
        .where(
            TargetRelation.to_id.in_(members),
            TargetRelation.kind == RelationKind.MEMBER,
            TargetRelation.voided_at.is_(None),
        )
        .distinct()
        .order_by(Target.sort_name, Target.id)
    )
    return visible(statement, Target, viewer)


def answering(viewer: Viewer, asked: Question) -> Select[int]:
    """The ids of visible targets that answer a question, and of those that stand for them, for use
    inside a query."""
    found = select(Target.id).where(Target.id.in_(matching(asked, among=Target)))
    return with_survivors(viewer, visible(found, Target, viewer))


def named(viewer: Viewer, text: str) -> Select[int]:
    """The ids of visible targets that a name in any script fits, theirs or that of one which they
    were merged with, for use inside a query."""
    asked = question(text)
    if asked is None:
        return select(Target.id).where(false())
    return with_merged(viewer, answering(viewer, asked))


def suggest(viewer: Viewer, text: str, limit: int = 8) -> list[Found]:
    """Targets of which a name begins with what was typed, in any script, and then those that answer
    it in other ways."""
    asked = question(text)
    if asked is None:
        return []
    ids = beginning(viewer, fold(text), limit * MANY_NAMES)
    if len(ids) < limit:
        ids = list(dict.fromkeys([*ids, *_answering(viewer, asked, limit)]))
    found = _loaded(ids[:limit])
    known = standing(viewer, found)
    hits: dict[int, Found] = {}
    for target in found:
        hit = Found(known[target.id], _fitting_name(target, text, asked))
        hits.setdefault(hit.target.id, hit)
    return list(hits.values())


def meant(viewer: Viewer, reference: str, typed: str) -> Target | None:
    """The target that somebody chose by its reference; without one, that of which they typed the
    reference, or a whole name that no other target has. What fits but in part is not what they
    meant before they have seen it."""
    if reference.strip():
        return get(viewer, reference.strip().upper())
    name = fold(typed)
    fitting = [hit.target for hit in suggest(viewer, typed) if fold(hit.matched) == name]
    return get(viewer, typed.strip().upper()) or (fitting[0] if len(fitting) == 1 else None)


MANY_NAMES = 8  # of one target that may fit, so many are read for each that is wanted


def beginning(viewer: Viewer, typed: str, limit: int) -> list[int]:
    """The ids of targets of which a name begins so, the whole name first, then the others as an
    index of the names has them; `limit` names are read."""
    form = TargetName.latin if typed.isascii() else TargetName.folded
    statement = (
        select(Target.id)
        .join(TargetName, TargetName.target_id == Target.id)
        .where(form >= typed, form < typed + LAST)
        .order_by(form, TargetName.id)
        .limit(limit)
    )
    found = db.session.scalars(visible(statement, Target, viewer))
    return list(dict.fromkeys(found))


def _answering(viewer: Viewer, asked: Question, limit: int) -> list[int]:
    """The ids of targets that answer a question by a name or an identifier, the oldest first."""
    statement = (
        select(Target.id)
        .where(Target.id.in_(matching(asked, among=Target)))
        # + 0, so that what fits is sorted, and not met on a walk through all targets in this order
        .order_by(Target.id + 0)
        .limit(limit * 2)  # some of them may begin with it and be known already
    )
    return list(db.session.scalars(visible(statement, Target, viewer)))


def _loaded(ids: Sequence[int]) -> list[Target]:
    """Targets that were found as the viewer, with their names, in the order of their ids."""
    statement = select(Target).where(Target.id.in_(ids)).options(selectinload(Target.names))
    known = {target.id: target for target in db.session.scalars(statement)}
    return [known[key] for key in ids]


def _fitting_name(target: Target, typed: str, asked: Question) -> str:
    """The name that fits what was typed: the whole of it, or as it is written, or else as it is
    read; the target's own where several do."""
    texts = [target.name, *(name.text for name in target.names)]
    written = fold(typed)
    ranked = (
        [text for text in texts if fold(text) == written],
        [text for text in texts if fold(text).startswith(written)],
        [text for text in texts if written in fold(text)],
        [text for text in texts if asked.fits(terms_of(Texts((text,))))],
    )
    return next((found[0] for found in ranked if found), target.name)


def standing_ids(viewer: Viewer, ids: Iterable[int]) -> dict[int, int]:
    """Which target stands for each of those that were merged, by id, as far as the viewer may
    know."""
    merged = select(Target).where(Target.id.in_(list(ids)), Target.merged_into_id.is_not(None))
    found = db.session.scalars(merged).all()
    return {key: target.id for key, target in standing(viewer, found).items()}


def visible_ids(viewer: Viewer, ids: Iterable[int]) -> set[int]:
    """Those of the targets that the viewer may see."""
    statement = select(Target.id).where(Target.id.in_(list(ids)))
    return set(db.session.scalars(visible(statement, Target, viewer)))
