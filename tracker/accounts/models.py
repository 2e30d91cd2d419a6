"""Tables of organisations and people."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from flask_security import UserMixin
from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.permissions import Role
from tracker.core.db import Base, Keyed
from tracker.core.now import now
from tracker.core.types import word


class Organisation(Base, Keyed):
    """A group whose people share records by default."""

    __tablename__ = "organisations"

    name: Mapped[str] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    titles_in_mail: Mapped[bool] = mapped_column(default=False)  # of its records, in notices


class User(Base, Keyed, UserMixin):
    """A person with an account; belongs to one organisation and has one role."""

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[Role] = mapped_column(word(Role))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    # of somebody who changed organisation: until when they were elsewhere, and where, if they moved
    # but once
    came_from_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    came_at: Mapped[datetime | None]
    # the desk says what is new since the visit before this one
    visit_started_at: Mapped[datetime | None]
    previous_visit_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship(
        lazy="joined", innerjoin=True, foreign_keys=[organisation_id]
    )

    # Flask-Security asks for it; our permissions hang on `role` alone
    roles: ClassVar[list[str]] = []  # type: ignore[misc, assignment]


class FactorState(StrEnum):
    """How a log-in stands with the second factor."""

    NONE = "none"  # the account has none
    AWAITED = "awaited"  # the password was right; this is no log-in yet
    GIVEN = "given"


class LoginSession(Base, Keyed):
    """A log-in that has not ended: somebody's browser. Of the cookie's secret it has the digest."""

    __tablename__ = "login_sessions"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    device: Mapped[str] = mapped_column(String(60))
    started_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    # when the password was last given
    confirmed_at: Mapped[datetime]
    second_factor: Mapped[FactorState] = mapped_column(
        word(FactorState), default=FactorState.NONE, server_default=FactorState.NONE.value
    )


class Invitation(Base, Keyed):
    """Somebody who may make an account: which, and the digest of the code that shows it."""

    __tablename__ = "invitations"

    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[Role] = mapped_column(word(Role))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    invited_at: Mapped[datetime] = mapped_column(default=now)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)


class TokenScope(StrEnum):
    """What a token opens."""

    FEED = "feed"  # the calendar and the changes, at an address
    READ = "read"  # the JSON interface
    WRITE = "write"  # the same, and changes by way of it


class Token(Base, Keyed):
    """A secret that stands for a person without a log-in: of it, the digest."""

    __tablename__ = "tokens"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    label: Mapped[str] = mapped_column(String(60))
    scope: Mapped[TokenScope] = mapped_column(word(TokenScope))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class FactorKind(StrEnum):
    """What shows, beside the password, that it is the person."""

    PASSKEY = "passkey"
    TOTP = "totp"


class SecondFactor(Base, Keyed):
    """A passkey, or an app that shows codes."""

    __tablename__ = "second_factors"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    kind: Mapped[FactorKind] = mapped_column(word(FactorKind))
    label: Mapped[str] = mapped_column(String(60))
    added_at: Mapped[datetime] = mapped_column(default=now)
    last_used_at: Mapped[datetime | None]
    # of a passkey: its name among all, base64url; of an app: nothing
    credential_id: Mapped[str | None] = mapped_column(String(1400), unique=True)
    # of a passkey: its public key, base64url; of an app: its secret, encrypted
    key: Mapped[str] = mapped_column(String(2000))
    # of a passkey: how often it says that it signed; of an app: the step of the last code taken
    counter: Mapped[int] = mapped_column(BigInteger, default=0)


class RecoveryCode(Base, Keyed):
    """A code to get in with once, where no factor is at hand: its digest."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("user_id", "digest"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    digest: Mapped[str] = mapped_column(String(64))


class LoginFailure(Base, Keyed):
    """A log-in that failed: for which account, if there is one, and from which network."""

    __tablename__ = "login_failures"
    __table_args__ = (Index("ix_login_failures_pair_at", "pair", "at"),)

    pair: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    network: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(index=True)
