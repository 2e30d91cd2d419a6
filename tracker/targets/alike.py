"""Finding targets on record that may be one with those that somebody is about to record."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import selectinload

from tracker.accounts.viewer import Viewer
from tracker.core.db import db
from tracker.core.names import fold, romanise
from tracker.core.terms import LAST, Question, question
from tracker.records.queries import matching, visible
from tracker.targets.merged import standing
from tracker.targets.models import Target, TargetName
from tracker.targets.queries import Found
from tracker.targets.rules import are_alike

MOST_NAMES, MOST_CANDIDATES = 60, 300
MOST_WORDS_WITH_SLIP = 6


def alike(viewer: Viewer, names: Iterable[str]) -> dict[str, list[Found]]:
    """For each name the targets that the viewer may see and that may well go by it, if there are
    any. A target that is kept from the viewer is not hinted at."""
    wanted = [name for name in dict.fromkeys(names) if fold(name)][:MOST_NAMES]
    if not wanted:
        return {}
    candidates = _candidates(viewer, wanted)
    stands_for = standing(viewer, candidates)
    found: dict[str, list[Found]] = {}
    for name in wanted:
        hits = {
            stands_for[target.id].id: Found(stands_for[target.id], known.text)
            for target in candidates
            for known in target.names
            if are_alike(name, known.text)
        }
        if hits:
            found[name] = list(hits.values())
    return found


def _candidates(viewer: Viewer, names: Sequence[str]) -> list[Target]:
    """Visible targets of which a name holds all words of one of the names but perhaps one, or
    begins as it does."""
    questions = [asked for name in names for asked in _questions(name)]
    begins = [_begins(romanise(name)) for name in names]
    fitting = select(TargetName.target_id).where(or_(*begins))
    statement = (
        select(Target)
        .where(or_(Target.id.in_(matching(*questions, among=Target)), Target.id.in_(fitting)))
        .options(selectinload(Target.names))
        .order_by(Target.id)
        .limit(MOST_CANDIDATES)
    )
    return list(db.session.scalars(visible(statement, Target, viewer)))


def _questions(name: str) -> Iterator[Question]:
    asked = question(name, half_typed=False)
    if asked is None:
        return
    yield asked
    words = asked.words
    if 1 < len(words) <= MOST_WORDS_WITH_SLIP:
        for place in range(len(words)):
            yield Question(words[:place] + words[place + 1 :])


def _begins(read: str) -> ColumnElement[bool]:
    """Names that begin, as they are read, with the first half of a name."""
    half = read[: max(3, len(read) // 2)]
    return and_(TargetName.latin >= half, TargetName.latin < half + LAST)
