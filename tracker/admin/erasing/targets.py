"""Forgetting a target, with all that were merged into it."""

from collections.abc import Sequence

from sqlalchemy import Select, Text, cast, func, or_, select, update
from sqlalchemy.orm import selectinload

from tracker.accounts.viewer import MACHINE
from tracker.admin.erasing.texts import (
    BULK,
    NAMELESS,
    SURE,
    Preview,
    delete_texts,
    events_that,
    holding,
    named_in,
    says,
    telling,
    texts_naming,
)
from tracker.casework.models import BulkRow
from tracker.core.db import db
from tracker.core.errors import Unknown
from tracker.history import actions as history
from tracker.history.models import HistoryPayload, HistorySubject
from tracker.notifications.models import Mail, MailKind
from tracker.records import actions as records
from tracker.records.models import Record
from tracker.search import actions as search
from tracker.targets.merged import with_merged
from tracker.targets.models import Target

_IS_WAITING = (Mail.kind == MailKind.NOTICE, Mail.body != "")


def preview_target(reference: str) -> Preview:
    """What erasing a target would do, with all that were merged into it. Raises `Unknown`."""
    targets = _targets(reference)
    counts = {
        "targets": len(targets),
        "names": sum(len(target.names) for target in targets),
        "identifiers": sum(len(target.identifiers) for target in targets),
        "texts of the history": len(_texts_about(targets)),
        "texts kept for taking changes of several asks back": len(_of_bulk(targets)),
        "texts of mail that waits": db.session.scalar(_count_of_waiting()) or 0,
    }
    names = _names_of(targets)
    own = {target.reference for target in targets}
    found = [ref for ref in named_in(names, _words_of(targets)) if ref not in own]
    return Preview(counts, [each for each in found if each != BULK])


def erase_target(reference: str) -> None:
    """Delete every name, identifier and note of a target and of those merged into it, which are the
    same party, and the texts of their history. Links stay: an ask about somebody who is erased is
    still an ask. Raises `Unknown`."""
    targets = _targets(reference)
    texts = delete_texts(_texts_about(targets))
    for row in _of_bulk(targets):
        db.session.delete(row)
    # a title in it may name the target; the text is made anew when the mail goes
    forget = update(Mail).where(*_IS_WAITING).values(subject="Notices", body="")
    db.session.execute(forget.execution_options(synchronize_session=False))
    for target in targets:
        _forget(target)
    search.forget_deleted()
    own = [target.id for target in targets]
    history.record("target.erased", actor_id=None, records=own, body={"texts": texts})


def _forget(target: Target) -> None:
    target.names.clear()
    target.identifiers.clear()
    target.name, target.sort_name = NAMELESS, NAMELESS.lower()
    target.position = target.note = target.country = target.region = ""
    target.born_on = None
    records.touch(target)
    db.session.flush()
    records.index_terms(target)


def _count_of_waiting() -> Select[int]:
    return select(func.count(Mail.id)).where(*_IS_WAITING)


def _texts_about(targets: Sequence[Target]) -> list[int]:
    """The events whose texts tell what happened to some targets, or name them otherwise."""
    ids = [target.id for target in targets]
    about = select(HistorySubject.event_id).where(HistorySubject.record_id.in_(ids))
    own = events_that(HistoryPayload.event_id.in_(about))
    return sorted({*(key for key, _ in own), *texts_naming(_words_of(targets))})


def _of_bulk(targets: Sequence[Target]) -> list[BulkRow]:
    """What asks said before and after they were changed together, where it names some targets: that
    change cannot be taken back there any more."""
    words = _words_of(targets)
    sides = (cast(BulkRow.before, Text), cast(BulkRow.after, Text))
    statement = select(BulkRow).where(or_(*(holding(side, words) for side in sides)))
    rows = db.session.scalars(statement).all()
    return [row for row in rows if says([row.before, row.after], words)]


def _words_of(targets: Sequence[Target]) -> list[str]:
    """The names of some targets, and their identifiers that are long enough to be theirs alone."""
    values = (each.value for one in targets for each in one.identifiers)
    return [*_names_of(targets), *(value for value in values if len(value) >= SURE)]


def _names_of(targets: Sequence[Target]) -> list[str]:
    names = [each for one in targets for each in (one.name, *(name.text for name in one.names))]
    return telling(names)


def _targets(reference: str) -> Sequence[Target]:
    """The target and all that were merged into it, whoever recorded them; itself first."""
    own = select(Record.id).where(Record.reference == reference.upper())
    found = db.session.scalars(
        select(Target)
        .where(Target.id.in_(with_merged(MACHINE, own)))
        .options(selectinload(Target.names), selectinload(Target.identifiers))
        .order_by(Target.id.in_(own).desc(), Target.id)
    ).all()
    if not found:
        raise Unknown(f"There is no target {reference}.")
    return found
