"""Forgetting a person or a target for good, on request: what names them is deleted, what was done
stays. The history keeps its chain, since that holds digests of its texts and not the texts.

Only at the machine, with a preview first. What others wrote into texts of their own (the title of
an ask, a citation) is told and left, wherever it stands: a person must judge it.
"""

import json
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from sqlalchemy import (
    JSON,
    ColumnElement,
    Delete,
    Enum,
    Select,
    String,
    Text,
    and_,
    cast,
    delete,
    exists,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import selectinload

from tracker.accounts import queries as accounts
from tracker.accounts.models import (
    Invitation,
    LoginFailure,
    LoginSession,
    RecoveryCode,
    SecondFactor,
    Token,
    User,
)
from tracker.accounts.permissions import Role
from tracker.accounts.viewer import MACHINE
from tracker.casework.models import BulkRow, SavedView
from tracker.core.db import Base, db
from tracker.core.errors import Refused, Unknown
from tracker.core.terms import question
from tracker.history import actions as history
from tracker.history.models import HistoryEvent, HistoryPayload, HistorySubject
from tracker.history.names import ERASINGS
from tracker.notifications.models import Mail, MailKind, Notice, NoticeChoice, Watch
from tracker.recommendations.models import Recommendation
from tracker.records import actions as records
from tracker.records.models import AudienceColumns, Grant, Record
from tracker.records.queries import matching
from tracker.search import actions as search
from tracker.targets.merged import with_merged
from tracker.targets.models import Target

NAMELESS = "Erased"
SURE = 6  # letters and digits that hardly stand anywhere by chance
CHUNK = 500
MOST_TOLD = 500


@dataclass(frozen=True)
class Preview:
    """What erasing would delete, by kind; and where whom it is about may still be named: records by
    reference, and whatever else by the name of its table."""

    deleted: dict[str, int]
    named_in: list[str]


def preview_person(email: str) -> Preview:
    """What erasing an account would do. Raises `Unknown`."""
    user = _user(email)
    counts = {what: _count(statement) for what, statement in _of_person(user).items()}
    counts["texts of the history"] = len(_texts_of_person(user))
    return Preview(counts, _named_in([*_telling([user.name]), user.email]))


def erase_person(email: str) -> None:
    """Close an account and delete what names its person. What they recorded stays, by “Erased”.
    Raises `Unknown`, and `Refused` for the last admin."""
    user = _user(email)
    if user.role is Role.ADMIN and user.active and accounts.count_admins() < 2:
        raise Refused("This is the only admin. Make another account an admin first.")
    texts = _delete_texts(_texts_of_person(user))
    for statement in _of_person(user).values():
        db.session.execute(statement.execution_options(synchronize_session=False))
    mine = Recommendation.assignee_id == user.id
    free = update(Recommendation).where(mine).values(assignee_id=None)
    db.session.execute(free.execution_options(synchronize_session=False))
    user.email, user.name = f"erased-{secrets.token_hex(8)}@erased.invalid", NAMELESS
    user.password, user.active = None, False
    user.fs_uniquifier = secrets.token_hex(32)
    body = {"after": {"id": user.id}, "texts": texts}
    history.record("user.erased", actor_id=None, body=body)


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
    found = [ref for ref in _named_in(names, _words_of(targets)) if ref not in own]
    return Preview(counts, [each for each in found if each != BULK])


def erase_target(reference: str) -> None:
    """Delete every name, identifier and note of a target and of those merged into it, which are the
    same party, and the texts of their history. Links stay: an ask about somebody who is erased is
    still an ask. Raises `Unknown`."""
    targets = _targets(reference)
    texts = _delete_texts(_texts_about(targets))
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


def forget_on_disk() -> bool:
    """Have the database give back the room of what was deleted, which still holds it; whether it
    could: it needs a moment in which nobody else has it."""
    raw = db.engine.raw_connection()
    try:
        connection: Any = raw.driver_connection
        if db.engine.dialect.name == "postgresql":
            connection.autocommit = True
        connection.execute("VACUUM")
        if db.engine.dialect.name == "sqlite":
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except db.engine.dialect.loaded_dbapi.Error:
        return False
    finally:
        raw.invalidate()
    return True


def _forget(target: Target) -> None:
    target.names.clear()
    target.identifiers.clear()
    target.name, target.sort_name = NAMELESS, NAMELESS.lower()
    target.position = target.note = target.country = target.region = ""
    target.born_on = None
    records.touch(target)
    db.session.flush()
    records.index_terms(target)


_IS_WAITING = (Mail.kind == MailKind.NOTICE, Mail.body != "")


def _count_of_waiting() -> Select[int]:
    return select(func.count(Mail.id)).where(*_IS_WAITING)


def _of_person(user: User) -> dict[str, Delete]:
    """What names or serves the person, in an order in which it can be deleted."""
    email = user.email.lower()
    own_mail = or_(Mail.user_id == user.id, func.lower(Mail.recipient) == email)
    return {
        "log-ins": delete(LoginSession).where(LoginSession.user_id == user.id),
        "failed log-ins": delete(LoginFailure).where(LoginFailure.user_id == user.id),
        "second factors": delete(SecondFactor).where(SecondFactor.user_id == user.id),
        "recovery codes": delete(RecoveryCode).where(RecoveryCode.user_id == user.id),
        "feed addresses and tokens": delete(Token).where(Token.user_id == user.id),
        "invitations": delete(Invitation).where(func.lower(Invitation.email) == email),
        "notices": delete(Notice).where(Notice.user_id == user.id),
        "choices of notices": delete(NoticeChoice).where(NoticeChoice.user_id == user.id),
        "watches": delete(Watch).where(Watch.user_id == user.id),
        "mails": delete(Mail).where(own_mail),
        "leaves to see records": delete(Grant).where(Grant.user_id == user.id),
        "saved views of their own": delete(SavedView).where(
            SavedView.owner_id == user.id, ~SavedView.is_shared
        ),
    }


def _texts_about(targets: Sequence[Target]) -> list[int]:
    """The events whose texts tell what happened to some targets, or name them otherwise."""
    ids = [target.id for target in targets]
    about = select(HistorySubject.event_id).where(HistorySubject.record_id.in_(ids))
    own = _events(HistoryPayload.event_id.in_(about))
    return sorted({*(key for key, _ in own), *_naming(_words_of(targets))})


def _texts_of_person(user: User) -> list[int]:
    """The events whose texts tell of a person's log-ins, or hold their address or full name."""
    said = [user.email, *([user.name] if " " in user.name.strip() else [])]
    own = _events(HistoryPayload.event_id.in_(_of_accounts(user.id)))
    return sorted({*(key for key, _ in own), *_naming(said)})


def _naming(words: Sequence[str]) -> Iterator[int]:
    """The events whose texts hold one of some words."""
    for event_id, body in _events(_holds(HistoryPayload.body, words)):
        if _says(json.loads(body), words):
            yield event_id


def _events(holds: ColumnElement[bool]) -> list[tuple[int, str]]:
    """What told of an erasing before stays, since the chain is proved by it."""
    statement = (
        select(HistoryPayload.event_id, HistoryPayload.body)
        .join(HistoryEvent, HistoryEvent.id == HistoryPayload.event_id)
        .where(holds, HistoryEvent.name.not_in(ERASINGS))
    )
    return [(row.event_id, row.body) for row in db.session.execute(statement)]


def _says(value: Any, words: Sequence[str]) -> bool:
    """Whether a text within a value holds one of some words, short ones as whole words."""
    if isinstance(value, dict):
        return any(_says(inner, words) for inner in value.values())
    if isinstance(value, list):
        return any(_says(inner, words) for inner in value)
    return isinstance(value, str) and any(_stands_in(value, word) for word in words)


def _stands_in(text: str, word: str) -> bool:
    if len(word) >= SURE or not word.isascii():
        return word.lower() in text.lower()  # with whatever a language puts before or behind it
    whole = rf"(?<!\w){re.escape(word)}(?!\w)"
    return re.search(whole, text, re.IGNORECASE) is not None


def _delete_texts(event_ids: Sequence[int]) -> list[int]:
    """Delete the texts of some events, which the history is then to tell."""
    for place in range(0, len(event_ids), CHUNK):
        chunk = HistoryPayload.event_id.in_(event_ids[place : place + CHUNK])
        gone = delete(HistoryPayload).where(chunk)
        db.session.execute(gone.execution_options(synchronize_session=False))
    return list(event_ids)


def _of_bulk(targets: Sequence[Target]) -> list[BulkRow]:
    """What asks said before and after they were changed together, where it names some targets: that
    change cannot be taken back there any more."""
    words = _words_of(targets)
    sides = (cast(BulkRow.before, Text), cast(BulkRow.after, Text))
    statement = select(BulkRow).where(or_(*(_holds(side, words) for side in sides)))
    rows = db.session.scalars(statement).all()
    return [row for row in rows if _says([row.before, row.after], words)]


def _words_of(targets: Sequence[Target]) -> list[str]:
    """The names of some targets, and their identifiers that are long enough to be theirs alone."""
    values = (each.value for one in targets for each in one.identifiers)
    return [*_names_of(targets), *(value for value in values if len(value) >= SURE)]


def _names_of(targets: Sequence[Target]) -> list[str]:
    names = [each for one in targets for each in (one.name, *(name.text for name in one.names))]
    return _telling(names)


def _telling(names: Iterable[str]) -> list[str]:
    """Those of some names that are more than a letter: one stands in every text."""
    return list(dict.fromkeys(name for name in names if len(name) > 1 or not name.isascii()))


def _holds(text: Any, names: Sequence[str]) -> ColumnElement[bool]:
    """That a text holds one of some names, in capitals or not, also as JSON writes them."""
    written = {
        form.lower()
        for name in names
        for form in (name, json.dumps(name, ensure_ascii=False)[1:-1], json.dumps(name)[1:-1])
    }
    return or_(
        false(), *(func.lower(text).contains(form, autoescape=True) for form in sorted(written))
    )


def _of_accounts(user_id: int) -> Select[Any]:
    """What a person did to their own account, and that logging in to it failed: it names devices,
    factors and networks."""
    named = [HistoryEvent.name.startswith(f"{kind}.") for kind in ("user", "token", "watch")]
    own = and_(HistoryEvent.actor_id == user_id, or_(*named))
    slowed = (
        select(HistoryPayload.event_id)
        .join(HistoryEvent, HistoryEvent.id == HistoryPayload.event_id)
        .where(HistoryEvent.name == "user.slowed")
        .where(HistoryPayload.body.contains(f'"person":{user_id}}}'))
    )
    return select(HistoryEvent.id).where(or_(own, HistoryEvent.id.in_(slowed)))


def _count(statement: Delete) -> int:
    """How many rows a deletion would take."""
    counted = select(func.count()).select_from(statement.table)
    if statement.whereclause is not None:
        counted = counted.where(statement.whereclause)
    return db.session.scalar(counted) or 0


def _named_in(names: list[str], words: Sequence[str] = ()) -> list[str]:
    """Where one of the names, or of some further words, stands in a text: the references of
    records, and the names of tables whose rows belong to none."""
    asked = [terms for name in names if (terms := question(name, half_typed=False))]
    if not asked:
        return []
    names = [*names, *map(quote_plus, names), *words]  # in the address of a saved view too
    hits = select(Record.reference).where(Record.id.in_(matching(*asked)))
    found, others = set(db.session.scalars(hits.limit(MOST_TOLD))), list[str]()
    for mapper in Base.registry.mappers:
        model = mapper.class_
        columns = mapper.local_table.columns
        texts = [cast(c, Text) if isinstance(c.type, JSON) else c for c in columns if _is_text(c)]
        if model.__tablename__ in ELSEWHERE or not texts:
            continue
        holds = or_(*(_holds(text, names) for text in texts))
        if issubclass(model, AudienceColumns):
            of_record = select(Record.reference).join(model, model.record_key() == Record.id)
            found |= set(db.session.scalars(of_record.where(holds).limit(MOST_TOLD)))
        elif db.session.scalar(select(exists().where(holds).select_from(model))):
            others.append(model.__tablename__.replace("_", " "))
    return [*sorted(found), *sorted(others)]


BULK = BulkRow.__tablename__.replace("_", " ")
# what is told by itself, deleted, or found by its terms
ELSEWHERE = {
    *("history_payloads", "search_text", "outbox", "users"),
    *("targets", "target_names", "target_identifiers"),
}


def _is_text(column: Any) -> bool:
    return isinstance(column.type, (String, Text, JSON)) and not isinstance(column.type, Enum)


def _user(email: str) -> User:
    user = accounts.user_by_email(email)
    if user is None:
        raise Unknown(f"No account has the address {email}.")
    return user


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
