"""Log-ins that last: each is a row, so that it can be seen, ended, and is over in every copy of its
cookie at once.

The cookie holds a secret of 256 bits, the database its SHA-256. Limits follow OWASP ASVS 5.0, 7.3.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, delete, select, update

from tracker.accounts import factors
from tracker.accounts.models import FactorState, LoginSession, User
from tracker.accounts.secret_words import digest, new_token
from tracker.core.db import db, try_to_note
from tracker.core.now import now
from tracker.core.unchanged import note_head
from tracker.history import actions as history
from tracker.history.actions import MAIN
from tracker.history.models import HistoryChain

IDLE = timedelta(hours=12)  # since its last use
ABSOLUTE = timedelta(days=7)  # since the log-in
AWAITED_FOR = timedelta(minutes=10)  # how long the second factor may take
NOTED_EVERY = timedelta(minutes=5)  # a use so soon after the last one is not written down


def _used_since(last: Any, first: Any) -> ColumnElement[bool]:
    return and_(LoginSession.last_used_at > last, LoginSession.started_at > first)


class Held(NamedTuple):
    """A log-in, as every request looks at it."""

    id: int
    second_factor: FactorState
    started_at: datetime
    last_used_at: datetime
    confirmed_at: datetime

    @property
    def is_awaited(self) -> bool:
        """The second factor is still to come: nobody is logged in by it."""
        return self.second_factor is FactorState.AWAITED


# built once, since every request asks it
_HEAD = select(HistoryChain.head).where(HistoryChain.name == MAIN).scalar_subquery()
_OF_THE_COOKIE = (
    select(User, _HEAD, *(getattr(LoginSession, name) for name in Held._fields))
    .join(LoginSession, LoginSession.user_id == User.id)
    .where(
        LoginSession.digest == bindparam("digest"),
        User.fs_uniquifier == bindparam("key"),
        User.active,
        _used_since(bindparam("used"), bindparam("started")),
    )
)


def start(user: User, device: str) -> str:
    """Keep that a person gave the right password, and return the secret for the cookie. It is a
    log-in, unless the account has a second factor: then that is awaited. What is over of the same
    person is cleared away."""
    moment = now()
    secret = new_token()
    over = delete(LoginSession).where(LoginSession.user_id == user.id, ~lasts(moment))
    db.session.execute(over.execution_options(synchronize_session=False))
    awaited = factors.has_any(user.id)
    db.session.add(
        LoginSession(
            user_id=user.id,
            digest=digest(secret),
            device=device,
            started_at=moment,
            last_used_at=moment,
            confirmed_at=moment,
            second_factor=FactorState.AWAITED if awaited else FactorState.NONE,
        )
    )
    if not awaited:
        history.record("user.logged_in", actor_id=user.id, body={"after": {"device": device}})
    return secret


def complete(log_in: LoginSession) -> str:
    """Let a log-in begin whose second factor was given, with a new secret for its cookie."""
    secret, moment = new_token(), now()
    log_in.digest, log_in.second_factor = digest(secret), FactorState.GIVEN
    log_in.started_at = log_in.last_used_at = log_in.confirmed_at = moment
    body = {"after": {"device": log_in.device}}
    history.record("user.logged_in", actor_id=log_in.user_id, body=body)
    return secret


def note_factor(session_id: int) -> None:
    """Keep that the second factor was given in a log-in that began without one."""
    given = update(LoginSession).where(LoginSession.id == session_id)
    given = given.values(second_factor=FactorState.GIVEN)
    db.session.execute(given.execution_options(synchronize_session=False))


def find(key: str, secret: str) -> tuple[User, Held] | None:
    """Whose log-in it is, and which: by the account's key and the cookie's secret, in a statement.
    Nothing for one that was ended, is past a limit, or whose account is closed. Of one whose second
    factor is still awaited its `second_factor` says so: nobody is logged in by it."""
    moment = now()
    given: dict[str, Any] = {"digest": digest(secret), "key": key}
    given |= {"used": moment - IDLE, "started": moment - ABSOLUTE}
    row = db.session.execute(_OF_THE_COOKIE, given).one_or_none()
    note_head(row[1] if row else None)
    if row is None:
        return None
    user, _, *held = row
    log_in = Held(*held)
    is_late = log_in.is_awaited and log_in.started_at <= moment - AWAITED_FOR
    return None if is_late else (user, log_in)


def note_use(session_id: int) -> None:
    """Write down that it is used now, in a transaction that waits for no writer: where it cannot
    be had, the next use is noted."""
    try_to_note(
        update(LoginSession).where(LoginSession.id == session_id).values(last_used_at=now())
    )


def confirm(session_id: int, user_id: int) -> None:
    """Keep that the password was given again."""
    fresh = update(LoginSession).where(LoginSession.id == session_id).values(confirmed_at=now())
    db.session.execute(fresh.execution_options(synchronize_session=False))
    history.record("user.confirmed", actor_id=user_id)


def lasting(user_ids: Collection[int]) -> list[LoginSession]:
    """The log-ins of people that are not over, last used first."""
    return list(
        db.session.scalars(
            select(LoginSession)
            .where(
                LoginSession.user_id.in_(user_ids),
                LoginSession.second_factor != FactorState.AWAITED,
                lasts(now()),
            )
            .order_by(LoginSession.last_used_at.desc(), LoginSession.id.desc())
        )
    )


def log_out(user_id: int, secret: str) -> None:
    """End a log-in by its own secret; one that has ended meanwhile is no matter."""
    if _end(user_id, LoginSession.digest == digest(secret)):
        history.record("user.logged_out", actor_id=user_id)


def end(user_id: int, session_id: int, *, actor_id: int | None) -> int:
    """End one log-in of a person; 0 for one that is over, or another person's."""
    return _end_told(user_id, LoginSession.id == session_id, actor_id)


def end_all(user_id: int, *, actor_id: int | None, but: int | None = None) -> int:
    """End every log-in of a person, save perhaps the present one; how many there were."""
    return _end_told(user_id, LoginSession.id != (but or 0), actor_id)


def _end_told(user_id: int, which: ColumnElement[bool], actor_id: int | None) -> int:
    ended = _end(user_id, which)
    if ended:
        body = {"after": {"person": user_id, "count": ended}}
        history.record("user.session_ended", actor_id=actor_id, body=body)
    return ended


def _end(user_id: int, which: ColumnElement[bool]) -> int:
    ended = db.session.scalars(
        delete(LoginSession)
        .where(LoginSession.user_id == user_id, which)
        .returning(LoginSession.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(ended)


def lasts(moment: datetime) -> ColumnElement[bool]:
    """Whether a log-in is within its limits at a moment."""
    return _used_since(moment - IDLE, moment - ABSOLUTE)
