"""The outbox: mail that was written in the same transaction as what it tells of."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core.db import Base, Keyed
from tracker.core.now import now
from tracker.core.types import word


class MailKind(StrEnum):
    """What a mail tells of."""

    INVITATION = "invitation"
    NOTICE = "notice"


class MailState(StrEnum):
    """How a mail stands."""

    WAITING = "waiting"
    SENDING = "sending"  # a process has it; until `next_try_at`, nobody else takes it
    SENT = "sent"
    DROPPED = "dropped"  # it was not true any more, or not for its reader
    DEAD = "dead"  # it was tried for long, or refused for good


class Mail(Base, Keyed):
    """A mail to one person. `about` names what it tells of: of that, nobody gets a second one."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(None, "state", "next_try_at"),
        UniqueConstraint("about", "recipient"),
    )

    kind: Mapped[MailKind] = mapped_column(word(MailKind))
    about: Mapped[str] = mapped_column(String(120))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(String(320), unique=True)
    state: Mapped[MailState] = mapped_column(word(MailState), default=MailState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    written_at: Mapped[datetime] = mapped_column(default=now)
    next_try_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(String(300), default="")
