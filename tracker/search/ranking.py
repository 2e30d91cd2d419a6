"""Which of the records that answer a question stand first: the one of that reference, then those of
which the name is what was typed, begins so, or has all of its words, and last those that answer by
their other texts.

What comes first is read from indexes of the names; of the rest a bounded number is looked at, so
that a word that fits everything costs no more than another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from tracker.accounts.viewer import Viewer
from tracker.core.db import db
from tracker.core.names import fold, romanise
from tracker.core.references import well_formed
from tracker.core.terms import LAST, Question, closeness
from tracker.correspondence.models import Contact
from tracker.records.models import Record, RecordMixin
from tracker.records.queries import matching, visible
from tracker.targets import queries as targets
from tracker.targets.models import Target, TargetName

MOST = 200


@dataclass(frozen=True)
class Ranked:
    """The ids of what answers, the closest first; `cut` says that there is more than was looked
    at."""

    ids: list[int]
    cut: bool


def by_title(viewer: Viewer, model: Any, typed: str, asked: Question, *conditions: Any) -> Ranked:
    """The records of a model with titles that answer and fit some conditions."""
    read = visible(
        select(model.id, model.title, model.sort_title).where(*conditions), model, viewer
    )
    latin = romanise(typed)[:80]
    beginning = read.where(model.sort_title >= latin, model.sort_title < latin + LAST)
    fitting = matching(asked, among=model)
    parts = [
        referred(read, model, typed),
        beginning.order_by(model.sort_title, model.id).limit(MOST),
        read.where(model.id.in_(fitting)).order_by(model.id.desc()).limit(MOST + 1),
    ]
    first, begins, answers = (db.session.execute(part).all() for part in parts)
    rows = [(key, fold(title), sort_title) for key, title, sort_title in [*begins, *answers]]
    ids = [*(row.id for row in first), *closest_first(typed, rows)]
    return Ranked(list(dict.fromkeys(ids))[:MOST], len(answers) > MOST)


def newest_contacts(viewer: Viewer, asked: Question) -> Ranked:
    """The contacts in which was said what is asked for, the latest day first."""
    answers = select(Contact.id, Contact.happened_on).where(
        Contact.id.in_(matching(asked, among=Contact)), Contact.voided_at.is_(None)
    )
    read = visible(answers, Contact, viewer).order_by(Contact.id.desc()).limit(MOST + 1)
    rows = db.session.execute(read).all()
    newest = sorted(rows[:MOST], key=lambda row: (str(row.happened_on or ""), row.id))
    return Ranked([row.id for row in reversed(newest)], len(rows) > MOST)


def ranked_targets(viewer: Viewer, typed: str, asked: Question) -> Ranked:
    """The targets of which a name or an identifier answers. One that was merged is found by its own
    names, and shown as the one that stands for it."""
    read = visible(select(Target.id), Target, viewer)
    names = (
        select(Target.id, TargetName.folded, TargetName.latin)
        .join(TargetName, TargetName.target_id == Target.id)
        .order_by(TargetName.id)
    )
    fitting = matching(asked, among=Target)
    answers = read.where(Target.id.in_(fitting)).order_by(Target.id.desc()).limit(MOST + 1)
    answering = db.session.scalars(answers).all()
    begins = targets.beginning(viewer, fold(typed), MOST)
    ids = list(dict.fromkeys([*begins, *answering]))
    rows = db.session.execute(visible(names.where(Target.id.in_(ids)), Target, viewer)).all()
    first = db.session.scalars(referred(read, Target, typed)).all()
    closest = [
        *first,
        *closest_first(typed, [(key, name, latin) for key, name, latin in rows]),
        *ids,
    ]
    stands_for = targets.standing_ids(viewer, ids)
    found = dict.fromkeys(stands_for.get(key, key) for key in closest)
    return Ranked(list(found)[:MOST], len(answering) > MOST)


def referred(read: Select[Any], model: type[RecordMixin], typed: str) -> Select[Any]:
    """Those of which the reference was typed."""
    wanted = well_formed([typed.strip().upper()])
    return read.where(model.id.in_(select(Record.id).where(Record.reference.in_(wanted))))


def closest_first(typed: str, rows: Iterable[tuple[int, str, str]]) -> list[int]:
    """Ids of (id, name, name in Latin letters), the closest to what was typed first; of those
    equally close, the shorter name first, as less of it was not asked for."""
    written, latin = fold(typed), romanise(typed)
    ranked = sorted(
        (closeness(written, latin, name, read), len(name), read, key) for key, name, read in rows
    )
    return [key for *_, key in ranked]
