"""Tokens: secrets that stand for a person where nobody can log in, as in a calendar or a script.

256 bits, kept as a digest. What one opens is decided at each use: by the account as it is then.
"""

from datetime import timedelta

from sqlalchemy import delete, select, update

from tracker.accounts.models import Token, TokenScope, User
from tracker.accounts.secret_words import digest, new_token
from tracker.core.db import db, try_to_note
from tracker.core.errors import Refused
from tracker.core.now import now
from tracker.core.text import BadText, clean
from tracker.history import actions as history

MOST = 20  # of one person
LASTS = {"90": "90 days", "365": "A year", "30": "30 days"}  # days
NOTED_EVERY = timedelta(minutes=5)


def make(user: User, label: str, scope: TokenScope, days: str) -> tuple[Token, str]:
    """A token, and its secret, which is shown this once. Raises `Refused` for a bad name or time,
    or too many."""
    problems = {}
    try:
        label = clean(label)
    except BadText as problem:
        problems["label"] = str(problem)
    if not 0 < len(label) <= 60:
        problems.setdefault("label", "Give it a name of 1 to 60 characters, by what it is for.")
    if days not in LASTS:
        problems["days"] = "Choose how long it lasts."
    if problems:
        raise Refused(problems)
    if len(of(user.id)) >= MOST:
        raise Refused(f"A person has at most {MOST} of these. Withdraw one first.")
    secret = new_token()
    token = Token(
        user_id=user.id,
        label=label,
        scope=scope,
        digest=digest(secret),
        expires_at=now() + timedelta(days=int(days)),
    )
    db.session.add(token)
    db.session.flush()
    body = {"after": {"id": token.id, "scope": scope, "label": label}}
    history.record("token.made", actor_id=user.id, body=body)
    return token, secret


def of(user_id: int) -> list[Token]:
    """A person's tokens that are not over, newest first."""
    lasting = select(Token).where(Token.user_id == user_id, Token.expires_at > now())
    return list(db.session.scalars(lasting.order_by(Token.id.desc())))


def all_of_api() -> list[tuple[Token, User]]:
    """Everybody's tokens for the JSON interface that are not over, with their owners, oldest
    first."""
    statement = (
        select(Token, User)
        .join(User, User.id == Token.user_id)
        .where(Token.scope != TokenScope.FEED, Token.expires_at > now(), User.active)
        .order_by(Token.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def find(secret: str, *scopes: TokenScope) -> User | None:
    """Whom a secret stands for now; nobody for one that is withdrawn, over, of other scopes, or of
    a closed account. Its use is written down once in five minutes, if that need not wait."""
    row = db.session.execute(
        select(User, Token)
        .join(Token, Token.user_id == User.id)
        .where(
            Token.digest == digest(secret),
            Token.scope.in_(scopes),
            Token.expires_at > now(),
            User.active,
        )
    ).one_or_none()
    if row is None:
        return None
    user, token = row
    if token.last_used_at is None or now() - token.last_used_at > NOTED_EVERY:
        try_to_note(update(Token).where(Token.id == token.id).values(last_used_at=now()))
    return user


def withdraw(user_id: int, token_id: int, *, actor_id: int | None) -> bool:
    """Make a person's token worthless; whether there was one."""
    gone = db.session.scalars(
        delete(Token)
        .where(Token.id == token_id, Token.user_id == user_id)
        .returning(Token.id)
        .execution_options(synchronize_session=False)
    ).all()
    if gone:
        body = {"after": {"person": user_id, "id": token_id}}
        history.record("token.withdrawn", actor_id=actor_id, body=body)
    return bool(gone)
