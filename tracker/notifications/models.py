"""The outbox: mail that was written in the same transaction as what it tells of."""

from datetime import date, datetime
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


class NoticeKind(StrEnum):
    """What a notice tells of."""

    FLAG = "flag"  # an ask of mine went stale
    ASSIGNED = "assigned"  # an ask was given to me
    NEXT_ACTION = "next_action"  # the day of a next action of mine has come
    CHANGE = "change"  # a record that I watch was changed


class HowOften(StrEnum):
    """When notices of a kind go out."""

    NEVER = "never"
    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"


class NoticeChoice(Base):
    """What a person wants to be told, how often, and where their morning is; who never chose has
    the defaults."""

    __tablename__ = "notice_choices"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    flag: Mapped[HowOften] = mapped_column(word(HowOften, check="flag"), default=HowOften.DAILY)
    assigned: Mapped[HowOften] = mapped_column(
        word(HowOften, check="assigned"), default=HowOften.AT_ONCE
    )
    next_action: Mapped[HowOften] = mapped_column(
        word(HowOften, check="next_action"), default=HowOften.DAILY
    )
    change: Mapped[HowOften] = mapped_column(word(HowOften, check="change"), default=HowOften.DAILY)
    time_zone: Mapped[str] = mapped_column(String(60), default="UTC")


class Watch(Base):
    """A record of which a person wants to be told when it changes."""

    __tablename__ = "watches"
    __table_args__ = (Index(None, "record_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(default=now)


class Notice(Base, Keyed):
    """A thing that one person is to be told, once; with its mail, once that is written."""

    __tablename__ = "notices"
    __table_args__ = (UniqueConstraint("user_id", "about"), Index(None, "mail_id", "user_id"))

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[NoticeKind] = mapped_column(word(NoticeKind))
    about: Mapped[str] = mapped_column(String(80))
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), index=True)
    said: Mapped[str] = mapped_column(String(200))  # no name and no title: it goes into mail
    noted_at: Mapped[datetime] = mapped_column(default=now)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id", ondelete="SET NULL"))


class NoticeMark(Base):
    """Up to which day something has been looked through for notices."""

    __tablename__ = "notice_marks"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    day: Mapped[date]


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
    # its text went to the server: until the answer is kept, nobody knows whether the server has it
    handed_over_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(String(300), default="")
