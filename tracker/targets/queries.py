"""Finding targets, always on behalf of a viewer."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.accounts.viewer import Viewer
from tracker.core.db import db
from tracker.core.names import fold, romanise
from tracker.core.references import well_formed
from tracker.records.models import Record
from tracker.records.queries import visible
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
        select(Target).where(Target.merged_into_id.is_(None)).options(selectinload(Target.names)),
        Target,
        viewer,
    )


def members(viewer: Viewer, class_id: int) -> list[Target]:
    """The named members of a class that the viewer may see."""
    return members_of(viewer, [class_id])[class_id]


def members_of(viewer: Viewer, class_ids: Iterable[int]) -> dict[int, list[Target]]:
    """The named members of classes that the viewer may see, by class."""
    statement = (
        select(TargetRelation.from_id, Target)
        .join(Target, TargetRelation.to_id == Target.id)
        .where(
            TargetRelation.from_id.in_(list(class_ids)), TargetRelation.kind == RelationKind.MEMBER
        )
        .options(selectinload(Target.names))
        .order_by(Target.sort_name, Target.id)
    )
    found: dict[int, list[Target]] = defaultdict(list)
    for class_id, member in db.session.execute(visible(statement, Target, viewer)):
        found[class_id].append(member)
    return found


def classes_of(viewer: Viewer, target_id: int) -> list[Target]:
    """The classes that a target is a named member of, as far as the viewer may see them."""
    statement = (
        select(Target)
        .join(TargetRelation, TargetRelation.from_id == Target.id)
        .where(TargetRelation.to_id == target_id, TargetRelation.kind == RelationKind.MEMBER)
        .order_by(Target.sort_name, Target.id)
    )
    return list(db.session.scalars(visible(statement, Target, viewer)))


def named(viewer: Viewer, text: str) -> Select[int]:
    """The ids of visible targets that any name in any script fits, for use inside a query."""
    folded, latin = fold(text), romanise(text)
    statement = (
        select(Target.id)
        .join(TargetName, TargetName.target_id == Target.id)
        .where(
            or_(
                TargetName.folded.like(_inside(folded), escape="\\"),
                TargetName.latin.like(_inside(latin), escape="\\"),
            )
            if folded or latin
            else TargetName.folded == ""
        )
    )
    return visible(statement, Target, viewer)


def suggest(viewer: Viewer, text: str, limit: int = 8) -> list[Found]:
    """Targets of which a name begins with, or holds, what was typed, in any script."""
    folded, latin = fold(text), romanise(text)
    if not folded and not latin:
        return []
    statement = (
        select(Target, TargetName.text, TargetName.folded, TargetName.latin)
        .join(TargetName, TargetName.target_id == Target.id)
        .where(
            Target.merged_into_id.is_(None),
            or_(
                TargetName.folded.like(_inside(folded or latin), escape="\\"),
                TargetName.latin.like(_inside(latin or folded), escape="\\"),
            ),
        )
        .options(selectinload(Target.names))
        .order_by(Target.sort_name, Target.id)
        .limit(limit * 8)
    )
    found: dict[int, tuple[bool, Found]] = {}
    for target, matched, name_folded, name_latin in db.session.execute(
        visible(statement, Target, viewer)
    ):
        starts = name_folded.startswith(folded) or name_latin.startswith(latin)
        if target.id not in found or (starts and not found[target.id][0]):
            found[target.id] = (starts, Found(target, matched))
    ranked = sorted(found.values(), key=lambda item: not item[0])
    return [item for _, item in ranked[:limit]]


def _inside(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def visible_ids(viewer: Viewer, ids: Iterable[int]) -> set[int]:
    """Those of the targets that the viewer may see."""
    statement = select(Target.id).where(Target.id.in_(list(ids)))
    return set(db.session.scalars(visible(statement, Target, viewer)))
