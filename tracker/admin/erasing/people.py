"""Forgetting a person: the account is closed, and what names its person deleted."""

import json
import secrets
from typing import Any

from sqlalchemy import Delete, Select, and_, delete, func, or_, select

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
from tracker.admin.erasing.texts import (
    NAMELESS,
    Preview,
    delete_texts,
    events_that,
    named_in,
    telling,
    texts_naming,
)
from tracker.casework.actions.leaving import leave
from tracker.casework.models import SavedView
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.history import actions as history
from tracker.history.models import HistoryEvent, HistoryPayload
from tracker.notifications.models import Mail, Notice, NoticeChoice, Watch
from tracker.records.models import Grant


def preview_person(email: str) -> Preview:
    """What erasing an account would do. Raises `Unknown`."""
    user = accounts.known_user(email)
    counts = {what: _count(statement) for what, statement in _of_person(user).items()}
    counts["texts of the history"] = len(_texts_of_person(user))
    return Preview(counts, named_in([*telling(_names(user)), user.email]))


def erase_person(email: str) -> None:
    """Close an account and delete what names its person. What they recorded stays, by “Erased”.
    Raises `Unknown`, and `Refused` for the last admin."""
    user = accounts.known_user(email)
    if user.role is Role.ADMIN and user.active and accounts.count_admins() < 2:
        raise Refused("This is the only admin. Make another account an admin first.")
    texts = delete_texts(_texts_of_person(user))
    leave(user)
    for statement in _of_person(user).values():
        db.session.execute(statement.execution_options(synchronize_session=False))
    user.email, user.name = f"erased-{secrets.token_hex(8)}@erased.invalid", NAMELESS
    user.password, user.active = None, False
    user.fs_uniquifier = secrets.token_hex(32)
    body = {"after": {"id": user.id}, "texts": texts}
    history.record("user.erased", actor_id=None, body=body)


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


def _texts_of_person(user: User) -> list[int]:
    """The events whose texts tell of a person's log-ins, or hold their address or full name."""
    said = [user.email, *(name for name in _names(user) if " " in name.strip())]
    own = events_that(HistoryPayload.event_id.in_(_of_accounts(user.id)))
    return sorted({*(key for key, _ in own), *texts_naming(said)})


def _names(user: User) -> list[str]:
    """What the person is called, and was before."""
    renamed = select(HistoryPayload.body).join(
        HistoryEvent, HistoryEvent.id == HistoryPayload.event_id
    )
    own = renamed.where(HistoryEvent.name == "user.renamed", HistoryEvent.actor_id == user.id)
    before = [json.loads(body)["before"]["name"] for body in db.session.scalars(own)]
    return list(dict.fromkeys([user.name, *before]))


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
