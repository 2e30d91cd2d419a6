"""The cookie's part of a log-in: which row of the database it stands for."""

from flask import Flask, g, request, session
from flask_login import user_logged_in, user_logged_out
from flask_security.utils import set_request_attr

from tracker.accounts import sessions
from tracker.accounts.models import FactorState, LoginSession, User
from tracker.core.db import db, transaction
from tracker.core.now import now
from tracker.signin.devices import device_of

SECRET = "log_in"  # noqa: S105


def init_app(app: Flask) -> None:
    """Ask the database of every cookie whether its log-in lasts."""
    app.login_manager.user_loader(_load)  # type: ignore[attr-defined]
    user_logged_in.connect(_start, app)
    user_logged_out.connect(_end, app)
    app.before_request(_note_use)


def present_id() -> int:
    """The id of the log-in that this request comes with; only for whoever has logged in."""
    return int(g.log_in_id)


def awaiting() -> tuple[User, LoginSession] | None:
    """Who gave the right password with this cookie and not yet the second factor."""
    found = _found(session.get("_user_id"))
    if found is None or not found[1].is_awaited:
        return None
    log_in = db.session.get(LoginSession, found[1].id)
    return (found[0], log_in) if log_in else None


def begin(log_in: LoginSession) -> None:
    """The second factor was given: the cookie gets the secret of a log-in."""
    session[SECRET] = sessions.complete(log_in)


def secret() -> str:
    """The secret that this request's cookie holds; empty without one."""
    return str(session.get(SECRET, ""))


def forget() -> None:
    """Let the cookie stand for nobody."""
    session.pop(SECRET, None)
    session.pop("_user_id", None)


def _found(key: str | None) -> tuple[User, sessions.Held] | None:
    held = session.get(SECRET)
    return sessions.find(key, held) if key and held else None


def _load(key: str | None) -> User | None:
    found = _found(key)
    if found is None:
        return None
    user, log_in = found
    if log_in.is_awaited:
        g.log_in_is_awaited = True
        return None
    g.second_factor_given = log_in.second_factor is FactorState.GIVEN
    g.log_in_id, g.log_in_used_at = log_in.id, log_in.last_used_at
    g.confirmed_at = log_in.confirmed_at
    # what Flask-Security asks of who comes with a session
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return user


def _start(_app: Flask, user: User) -> None:
    """A log-in is a new row and a new secret, whatever the cookie held before."""
    db.session.rollback()  # what was read to check the password must not keep this from writing
    with transaction():
        session[SECRET] = sessions.start(user, device_of(request.user_agent.string))


def _end(_app: Flask, user: User) -> None:
    held = session.pop(SECRET, None)
    user_id = getattr(user, "id", None)
    if held is None or user_id is None:
        return
    db.session.rollback()
    with transaction():
        sessions.log_out(user_id, held)


def _note_use() -> None:
    used_at = g.get("log_in_used_at")
    if used_at is not None and now() - used_at > sessions.NOTED_EVERY:
        sessions.note_use(present_id())
