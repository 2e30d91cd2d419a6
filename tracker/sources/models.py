"""Tables of sources and their uses."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.dates import PartialDate
from tracker.core.db import Base
from tracker.core.terms import Texts
from tracker.core.types import sortable
from tracker.records.models import RecordMixin


class Source(Base, RecordMixin):
    """A document, article or statement that records cite."""

    __tablename__ = "sources"
    __table_args__ = (
        Index("ix_sources_listing", "sort_title", "id", "audience", "organisation_id"),
    )

    title: Mapped[str] = mapped_column(String(300))
    sort_title: Mapped[str] = mapped_column(sortable(80))
    publisher: Mapped[str] = mapped_column(String(200), default="")
    published_on: Mapped[PartialDate | None] = mapped_column(nullable=False)
    url: Mapped[str] = mapped_column(String(2000), default="")
    note: Mapped[str] = mapped_column(String(2000), default="")
    # a source at risk: only an opaque reference is kept here, and where its identity is kept
    is_protected: Mapped[bool] = mapped_column(default=False)

    @property
    def is_published(self) -> bool:
        """Anybody can read it: it has an address, and is not at risk."""
        return bool(self.url) and not self.is_protected

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
