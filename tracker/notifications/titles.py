"""The titles that mail may carry: of organisations that let them, and none that names a target of
its record."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, union_all

from tracker.accounts.models import Organisation
from tracker.accounts.viewer import Viewer
from tracker.core.db import db
from tracker.core.names import fold
from tracker.correspondence.models import Letter, LetterRecommendation
from tracker.recommendations.models import Recommendation, RecommendationTarget
from tracker.records.models import Audience
from tracker.records.queries import visible
from tracker.sources.models import Source, SourceUse
from tracker.targets.models import Target, TargetKind, TargetName

WITH_TITLES: tuple[Any, ...] = (Recommendation, Letter, Source)
APOSTROPHE = re.compile("['’]")
SHORTEST = 3  # letters of a part of a person's name that hardly stands in a title by chance


def titles(viewer: Viewer, record_ids: Iterable[int]) -> dict[int, str]:
    """The titles of those of some records that the viewer sees and mail may carry, by record."""
    ids = set(record_ids)
    found = (
        visible(
            select(model.id, model.title)
            .join(Organisation, Organisation.id == model.organisation_id)
            .where(model.id.in_(ids), Organisation.titles_in_mail)
            .where(model.audience != Audience.NAMED),
            model,
            viewer,
        )
        for model in WITH_TITLES
    )
    titled = {row.id: row.title for row in db.session.execute(union_all(*found))}
    names = _names_of_targets(titled)
    return {
        key: title
        for key, title in titled.items()
        if not any(names_target(title, folded, kind) for folded, kind in names.get(key, ()))
    }


def names_target(title: str, folded: str, kind: TargetKind) -> bool:
    """Whether a title names a target by a name of it: of a person also by a part of the name."""
    said = f"{fold(title)} {fold(APOSTROPHE.sub(' ', title))}"  # Li’s is of Li; O’Brien is one word
    if not folded.isascii():
        return folded in said
    parts = folded.split() if kind is TargetKind.PERSON else []
    told = [folded, *(part for part in parts if len(part) >= SHORTEST)]
    return any(f" {name} " in f" {said} " for name in told if name)


def _names_of_targets(record_ids: Iterable[int]) -> dict[int, list[tuple[str, TargetKind]]]:
    """The names of the targets of asks, and of the asks of letters and sources, whoever sees these:
    for leaving out, not for showing. In one statement."""
    ids, target = list(record_ids), RecommendationTarget.target_id.label("target_id")
    ask = RecommendationTarget.recommendation_id
    carried = LetterRecommendation.recommendation_id == ask
    pairs = union_all(
        select(ask.label("record_id"), target).where(ask.in_(ids)),
        select(LetterRecommendation.letter_id, target)
        .join(RecommendationTarget, carried)
        .where(LetterRecommendation.letter_id.in_(ids)),
        select(SourceUse.source_id, target)
        .join(RecommendationTarget, ask == SourceUse.record_id)
        .where(SourceUse.source_id.in_(ids)),
        select(SourceUse.source_id, target)
        .join(LetterRecommendation, LetterRecommendation.letter_id == SourceUse.record_id)
        .join(RecommendationTarget, carried)
        .where(SourceUse.source_id.in_(ids)),
    ).subquery()
    rows = db.session.execute(
        select(pairs.c.record_id, TargetName.folded, Target.kind)
        .join(TargetName, TargetName.target_id == pairs.c.target_id)
        .join(Target, Target.id == pairs.c.target_id)
        .distinct()
    )
    found: dict[int, list[tuple[str, TargetKind]]] = defaultdict(list)
    for record_id, folded, kind in rows:
        found[record_id].append((folded, kind))
    return found
