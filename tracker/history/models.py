"""Tables of the history: chains, events, the records they concern, and their texts."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.db import Base, Keyed


class HistoryChain(Base):
    """The head of a chain: where the next event is joined on."""

    __tablename__ = "history_chains"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    length: Mapped[int]
    head: Mapped[str] = mapped_column(String(64))


class HistoryEvent(Base, Keyed):
    """One link: who did what, when, to which records. It holds no text that could need erasing."""

    __tablename__ = "history_events"
    __table_args__ = (UniqueConstraint("chain", "position"),)

    chain: Mapped[str] = mapped_column(ForeignKey("history_chains.name"))
    position: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    payload_digest: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))

    payload: Mapped["HistoryPayload | None"] = relationship(lazy="raise", viewonly=True)


class HistorySubject(Base):
    """A record that an event concerns; its history is read through this."""

    __tablename__ = "history_subjects"
    __table_args__ = (Index(None, "record_id", "event_id"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("history_events.id"), primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), primary_key=True)


class HistoryPayload(Base):
    """What an event says, with the salt of its digest. Deleting the row erases the text for good;
    the chain still verifies, since it holds only the digest."""

    __tablename__ = "history_payloads"

    event_id: Mapped[int] = mapped_column(ForeignKey("history_events.id"), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    body: Mapped[str] = mapped_column(Text)
