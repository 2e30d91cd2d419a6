"""The titles that mail may carry: of organisations that let them, and none that names a target of
its record which the reader sees. What the reader does not see decides nothing, or a title that is
missing would tell of it."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import CompoundSelect, select, union_all

from tracker.accounts.models import Organisation
from tracker.accounts.viewer import Viewer
from tracker.core.db import db
from tracker.core.names import romanise
from tracker.correspondence.models import ContactRecommendation, Letter, LetterRecommendation
from tracker.recommendations.models import Recommendation, RecommendationTarget
from tracker.records.models import Audience
from tracker.records.queries import visible
from tracker.sources.models import Source, SourceUse
from tracker.targets.merged import merged_under, standing
from tracker.targets.models import Target, TargetKind
from tracker.targets.queries import load_names, members_of

WITH_TITLES: tuple[Any, ...] = (Recommendation, Letter, Source)
SHORTEST = 3  # letters of a part of a person's name that hardly stands in a title by chance
APOSTROPHE, WORD = re.compile("['’]"), re.compile(r"\w+")


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
    names = _names_of_targets(viewer, titled)
    return {
        key: title
        for key, title in titled.items()
        if not any(names_target(title, name, kind) for name, kind in names.get(key, ()))
    }


def names_target(title: str, name: str, kind: TargetKind) -> bool:
    """Whether a title names a target by a name of it, in whatever script either is: of a person
    also by a part of the name, one of two letters where it stands as a name is written."""
    spaced = APOSTROPHE.sub(" ", title)  # Li’s is of Li; O’Brien is one word
    said, named = f"{romanise(title)} {romanise(spaced)}", romanise(name)
    whole = named.replace(" ", "")
    if f" {named} " in f" {said} " or (len(whole) > SHORTEST and whole in said.replace(" ", "")):
        return True
    if kind is not TargetKind.PERSON:
        return False
    parts, short = named.split(), WORD.findall(name)
    return any(part in said.split() for part in parts if len(part) >= SHORTEST) or any(
        part in WORD.findall(spaced) for part in short if len(part) == 2 and part[0].isupper()
    )


def _names_of_targets(
    viewer: Viewer, record_ids: Iterable[int]
) -> dict[int, list[tuple[str, TargetKind]]]:
    """The names of the targets of asks, and of the asks of letters, sources and their contacts: as
    far as the viewer sees them, with the named members of classes, and all that was merged with any
    of these. In a fixed number of statements."""
    linked: dict[int, set[int]] = defaultdict(set)
    for record_id, target_id in db.session.execute(_targets_of(list(record_ids))):
        linked[record_id].add(target_id)
    ids = set().union(*linked.values())
    own = visible(select(Target).where(Target.id.in_(ids)), Target, viewer)
    stands = standing(viewer, db.session.scalars(own))
    members = members_of(viewer, ids | {target.id for target in stands.values()})
    named = {
        record_id: {
            *(stands[key] for key in keys if key in stands),
            *(one for key in keys if key in stands for one in members.get(key, ())),
            *(one for key in keys if key in stands for one in members.get(stands[key].id, ())),
        }
        for record_id, keys in linked.items()
    }
    survivors = set().union(*named.values())
    load_names(survivors)
    merged = merged_under(viewer, [target.id for target in survivors])
    return {
        record_id: [
            (name.text, each.kind)
            for target in found
            for each in (target, *merged.get(target.id, ()))
            for name in each.names
        ]
        for record_id, found in named.items()
    }


def _targets_of(ids: list[int]) -> CompoundSelect[int, int]:
    """The targets that records are about, whoever may see them: of asks, letters and sources."""
    target = RecommendationTarget.target_id.label("target_id")
    ask, cites = RecommendationTarget.recommendation_id, SourceUse.source_id.in_(ids)
    carried = LetterRecommendation.recommendation_id == ask
    of_source = select(SourceUse.source_id, target)
    return union_all(
        select(ask.label("record_id"), target).where(ask.in_(ids)),
        select(LetterRecommendation.letter_id, target)
        .join(RecommendationTarget, carried)
        .where(LetterRecommendation.letter_id.in_(ids)),
        of_source.join(RecommendationTarget, ask == SourceUse.record_id).where(cites),
        of_source.join(LetterRecommendation, LetterRecommendation.letter_id == SourceUse.record_id)
        .join(RecommendationTarget, carried)
        .where(cites),
        of_source.join(
            ContactRecommendation, ContactRecommendation.contact_id == SourceUse.record_id
        )
        .join(RecommendationTarget, ContactRecommendation.recommendation_id == ask)
        .where(cites),
    )
