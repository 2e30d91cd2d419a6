"""Tables of how people work the list of asks: views that they saved, changes of several asks in
one act, and the template of their follow-up letters."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.db import Base, Keyed
from tracker.core.now import now
from tracker.core.types import BigId


def random_key() -> int:
    """A key that tells nobody how many there are."""
    return 1 + secrets.randbelow(10**15 - 1)


class SavedView(Base):
    """The filters, sorting and columns of a list, under a name. It is an address and nothing more:
    what it shows is found anew for whoever opens it."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=random_key)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    query: Mapped[str] = mapped_column(String(2000))
    is_shared: Mapped[bool] = mapped_column(default=False)  # with the owner's organisation
    created_at: Mapped[datetime] = mapped_column(default=now)


class BulkChange(Base):
    """Several asks changed by one person in one act."""

    __tablename__ = "bulk_changes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=random_key)
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    reason: Mapped[str] = mapped_column(String(500), default="")
    undone_at: Mapped[datetime | None]

    rows: Mapped[list["BulkRow"]] = relationship(
        lazy="raise_on_sql", order_by="BulkRow.position", cascade="all, delete-orphan"
    )


class BulkRow(Base):
    """What a bulk change did to one ask: the changed fields as they were and as they became; or why
    it was left as it was, or could not be put back."""

    __tablename__ = "bulk_change_rows"

    bulk_id: Mapped[int] = mapped_column(ForeignKey("bulk_changes.id"), primary_key=True)
    record_id: Mapped[int] = mapped_column(
        ForeignKey("recommendations.id"), primary_key=True, index=True
    )
    position: Mapped[int]
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    # what a change of status made, which its undoing voids
    span_id: Mapped[int | None] = mapped_column(ForeignKey("status_spans.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    left_why: Mapped[str] = mapped_column(String(1000), default="")
    kept_why: Mapped[str] = mapped_column(String(1000), default="")


class LetterTemplate(Base, Keyed):
    """An organisation's own wording of follow-up letters, with placeholders. An organisation
    without one has that which comes with the program."""

    __tablename__ = "letter_templates"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), unique=True)
    text: Mapped[str] = mapped_column(String(4000))
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(default=now)

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}
