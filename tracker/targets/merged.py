"""Which target stands for which, where duplicates were merged.

A duplicate points to the target that stands for it, and no link moves. The way up ends at a target
that the viewer may not see: for them the one before it stands for itself, so that nobody learns of
a target that is kept from them.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, literal, or_, select
from sqlalchemy.orm import aliased, selectinload

from tracker.accounts.viewer import MACHINE, Viewer
from tracker.core.db import IDS, built_once, db, grouped
from tracker.core.errors import Refused
from tracker.records.queries import audience_rule
from tracker.records.readers import Owned
from tracker.targets.models import Target

LONGEST_WAY = 20  # merges of merges; a bound for the database, not for people


@cache
def _alias(part: str) -> type[Target]:
    """Targets in a part of a statement, always the same object: a rule is kept by what it is of."""
    return aliased(Target, name=part)


def stands(viewer: Viewer) -> ColumnElement[bool]:
    """The condition that a target stands for itself, as far as the viewer may know."""
    survivor = _alias("survivor")
    seen = exists().where(survivor.id == Target.merged_into_id, audience_rule(survivor, viewer))
    return or_(Target.merged_into_id.is_(None), ~seen)


def standing(viewer: Viewer, found: Iterable[Target]) -> dict[int, Target]:
    """For each target, by its id, the one that stands for it: mostly itself. Names are loaded."""
    result = {target.id: target for target in found}
    merged = [target.id for target in result.values() if target.merged_into_id is not None]
    if not merged:
        return result
    base = select(Target.id.label("origin"), Target.id.label("at"), literal(0).label("steps"))
    way = _upward(viewer, base.where(Target.id.in_(merged)))
    statement = (
        select(way.c.origin, Target)
        .join(way, way.c.at == Target.id)
        .options(selectinload(Target.names))
        .order_by(way.c.origin, way.c.steps)
    )
    return result | dict(db.session.execute(statement).all())


def require_standing(viewer: Viewer, target: Target) -> None:
    """Raise `Refused` for a target for which another stands that the viewer sees."""
    survivor = standing(viewer, [target])[target.id]
    if survivor is not target:
        raise Refused(
            f"This target is merged: {survivor.name} ({survivor.reference}) stands for it. Change "
            "that one, or take the merge back first."
        )


def ways_up(target_ids: Iterable[int]) -> dict[int, list[Owned]]:
    """The way from each merged target up to the last that stands for it, nearest first, whoever may
    see the steps: for computing what an ask came to, not for showing."""
    found: dict[int, list[Owned]] = defaultdict(list)
    for origin, *owned in db.session.execute(_ways_up(), {"ids": list(target_ids)}):
        found[origin].append(Owned(*owned))
    return found


@built_once
def _ways_up() -> Select[*tuple[Any, ...]]:
    base = select(Target.id.label("origin"), Target.id.label("at"), literal(0).label("steps"))
    way = _upward(MACHINE, base.where(Target.id.in_(IDS), Target.merged_into_id.is_not(None)))
    return (
        select(way.c.origin, Target.id, Target.audience, Target.organisation_id)
        .join(way, way.c.at == Target.id)
        .where(way.c.steps > 0)
        .order_by(way.c.origin, way.c.steps)
    )


def _upward(viewer: Viewer, base: Select[int, int, int]):  # type: ignore[no-untyped-def]
    """The way from merged targets up to those that stand for them, step by step."""
    way = base.cte("way", recursive=True)
    lower, upper = _alias("lower"), _alias("upper")
    step = (
        select(way.c.origin, upper.id, way.c.steps + 1)
        .join(lower, lower.id == way.c.at)
        .join(upper, upper.id == lower.merged_into_id)
        .where(audience_rule(upper, viewer), way.c.steps < LONGEST_WAY)
    )
    return way.union_all(step)


def with_survivors(viewer: Viewer, ids: Select[int]) -> Select[int]:
    """These targets, which the viewer may see, and those that stand for them, in a query."""
    merged = select(Target.id.label("id")).where(
        Target.id.in_(ids), Target.merged_into_id.is_not(None)
    )
    up = merged.cte("up", recursive=True)
    lower, upper = _alias("lower"), _alias("upper")
    up = up.union(
        select(upper.id)
        .join(lower, lower.merged_into_id == upper.id)
        .join(up, up.c.id == lower.id)
        .where(audience_rule(upper, viewer))
    )
    return select(Target.id).where(or_(Target.id.in_(ids), Target.id.in_(select(up.c.id))))


def with_merged(viewer: Viewer, ids: Select[int]) -> Select[int]:
    """These targets and those that the viewer may see that were merged into them, in a query."""
    down = families(viewer, ids)
    return select(down.c.id)


def families(viewer: Viewer, ids: Select[int]):  # type: ignore[no-untyped-def]
    """Targets, as `root`, each with itself and the visible ones merged into it, as `id`."""
    base = select(Target.id.label("root"), Target.id.label("id")).where(Target.id.in_(ids))
    down = base.cte("down", recursive=True)
    duplicate, link = _alias("duplicate"), _alias("link")
    # looked up by key: given a join, SQLite reads all targets at each step, to filter them by it
    merged = select(link.id).where(link.merged_into_id == down.c.id).correlate(down)
    step = (
        select(down.c.root, duplicate.id)
        .join(down, duplicate.id.in_(merged))
        .where(audience_rule(duplicate, viewer))
    )
    return down.union(step)


def merged_under(viewer: Viewer, target_ids: Iterable[int]) -> dict[int, list[Target]]:
    """The targets that were merged into others, by those, as far as the viewer may see them."""
    return grouped(_under(viewer), target_ids)


@built_once
def _under(viewer: Viewer) -> Select[int, Target]:
    down = families(viewer, select(Target.id).where(Target.id.in_(IDS)))
    return (
        select(down.c.root, Target)
        .join(down, down.c.id == Target.id)
        .where(down.c.root != down.c.id)
        .options(selectinload(Target.names))
        .order_by(down.c.root, Target.sort_name, Target.id)
    )
