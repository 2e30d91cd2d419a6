"""Tables of sources and their uses."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, LargeBinary, String, or_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.dates import PartialDate
from tracker.core.db import Base, Keyed
from tracker.core.now import now
from tracker.core.terms import Texts
from tracker.core.types import sortable, word
from tracker.records.models import HangsOnRecord, RecordMixin
from tracker.sources.filetypes import FileType


class Source(Base, RecordMixin):
    """A document, article or statement that records cite."""

    __tablename__ = "sources"
    __table_args__ = (
        Index("ix_sources_listing", "sort_title", "id", "audience", "organisation_id"),
        Index("ix_sources_updated", "updated_at", "id", "audience", "organisation_id"),
        CheckConstraint(
            "NOT is_protected OR audience IN ('named', 'organisation')", name="protected_is_narrow"
        ),
    )

    title: Mapped[str] = mapped_column(String(300))
    sort_title: Mapped[str] = mapped_column(sortable(80))
    publisher: Mapped[str] = mapped_column(String(200), default="")
    published_on: Mapped[PartialDate | None] = mapped_column(nullable=False)
    url: Mapped[str] = mapped_column(String(2000), default="")
    note: Mapped[str] = mapped_column(String(2000), default="")
    # a source at risk: its title is an opaque reference, and its identity is kept elsewhere
    is_protected: Mapped[bool] = mapped_column(default=False)
    kept_where: Mapped[str] = mapped_column(String(500), default="")

    @property
    def is_published(self) -> bool:
        """Anybody can read it: it has an address, and is not at risk."""
        return bool(self.url) and not self.is_protected

    @classmethod
    def reads_are_kept(cls) -> ColumnElement[bool]:
        return or_(super().reads_are_kept(), cls.is_protected)

    @property
    def is_read_kept(self) -> bool:
        return self.is_protected or super().is_read_kept

    def texts(self) -> Texts:
        return Texts((self.title, self.publisher), (self.url,))


class SourceUse(Base):
    """A record cites a source, for something."""

    __tablename__ = "source_uses"
    __table_args__ = (Index(None, "source_id", "record_id"),)

    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    shows: Mapped[str] = mapped_column(String(500), default="")  # what it is cited for
    voided_at: Mapped[datetime | None]  # it was cited in error
    void_reason: Mapped[str] = mapped_column(String(500), default="")

    source: Mapped[Source] = relationship(lazy="raise_on_sql")


class Attachment(Base, Keyed, HangsOnRecord):
    """A file that belongs to a source; its bytes are in pieces of their own, so that no list of
    files reads them."""

    __tablename__ = "attachments"
    hangs_on = "source_id"

    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))  # as it came, in any script
    file_type: Mapped[FileType] = mapped_column(word(FileType))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    # the copy that others get: the same as the original's where it is that, nothing for none
    shared_size: Mapped[int | None]
    shared_sha256: Mapped[str | None] = mapped_column(String(64))
    added_at: Mapped[datetime] = mapped_column(default=now)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    voided_at: Mapped[datetime | None]  # it was added in error; its bytes are gone
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    void_reason: Mapped[str] = mapped_column(String(500), default="")

    @property
    def is_shared(self) -> bool:
        """Others than the owner's people get a copy."""
        return self.shared_sha256 is not None

    @property
    def is_stripped(self) -> bool:
        """The copy that others get is another one than the original."""
        return self.is_shared and self.shared_sha256 != self.sha256


class AttachmentPiece(Base):
    """A part of the bytes of a file, of the original or of the copy for others. Small enough that
    downloads and backups hold a few at a time, whatever the size of the file."""

    __tablename__ = "attachment_pieces"

    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachments.id"), primary_key=True)
    is_copy: Mapped[bool] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)
