"""The key row of every record, the mixins that make a table one, and who may see what."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text
from sqlalchemy.orm import (
    InstrumentedAttribute,
    Mapped,
    declared_attr,
    mapped_column,
    relationship,
)

from tracker.accounts.models import Organisation
from tracker.core.db import Base, Keyed
from tracker.core.now import now
from tracker.core.terms import Texts
from tracker.core.types import BigId, sortable, word


class Kind(StrEnum):
    """What a record is; the value is the letter of its reference."""

    RECOMMENDATION = "R"
    LETTER = "L"
    TARGET = "T"
    SOURCE = "S"
    CONTACT = "C"


TABLES = {
    Kind.RECOMMENDATION: "recommendations",
    Kind.LETTER: "letters",
    Kind.TARGET: "targets",
    Kind.SOURCE: "sources",
    Kind.CONTACT: "contacts",
}


class Audience(StrEnum):
    """Who may see a record, from the narrowest on."""

    NAMED = "named"
    ORGANISATION = "organisation"
    COALITION = "coalition"
    PUBLIC = "public"

    @property
    def width(self) -> int:
        """The place in the order from narrow to wide."""
        return list(Audience).index(self)


class Record(Base, Keyed):
    """The key row: what grants, watches, search text and history point to."""

    __tablename__ = "records"

    kind: Mapped[Kind] = mapped_column(word(Kind))
    reference: Mapped[str] = mapped_column(sortable(10), unique=True)


class Grant(Base):
    """A named person's leave to see a record whose audience is `named`."""

    __tablename__ = "grants"
    __table_args__ = (Index(None, "user_id", "record_id"),)

    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    granted_at: Mapped[datetime] = mapped_column(default=now)


class AudienceSpan(Base, Keyed):
    """Which audience a record had, from when until when; newcomers read its history from there."""

    __tablename__ = "audience_spans"
    __table_args__ = (Index(None, "record_id", "from_at"),)

    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"))
    audience: Mapped[Audience] = mapped_column(word(Audience))
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]


class SearchText(Base):
    """The terms by which search finds a record, one space between them. Who may see the record, may
    find it by any of them. Its full-text index, another for each database, is made by a migration
    and known to no model: on SQLite the table `search_index`, which triggers keep in step; on
    PostgreSQL one for each kind."""

    __tablename__ = "search_text"

    record_id: Mapped[int] = mapped_column(
        ForeignKey("records.id", ondelete="CASCADE"), primary_key=True
    )
    terms: Mapped[str] = mapped_column(Text)
    kind: Mapped[Kind] = mapped_column(word(Kind))


class AudienceColumns:
    """Owner and audience, on the record's own row and copied onto rows that hang on it."""

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    audience: Mapped[Audience] = mapped_column(word(Audience))

    @classmethod
    def record_key(cls) -> InstrumentedAttribute[int]:
        """The column that points to `records`."""
        raise NotImplementedError


class RecordMixin(AudienceColumns):
    """A table of records: shares its key with `records`, and can be found, shared and edited."""

    id: Mapped[int] = mapped_column(BigId, ForeignKey("records.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        # two transactions that read the same version cannot both write: the later one is refused
        return {"version_id_col": cls.version, "version_id_generator": False}

    @declared_attr
    def record(cls) -> Mapped[Record]:
        # unnested: behind an outer join SQLite would first gather the whole table for the inner one
        return relationship(Record, lazy="joined", innerjoin="unnested")  # type: ignore[arg-type]

    @declared_attr
    def organisation(cls) -> Mapped[Organisation]:
        return relationship(Organisation, lazy="raise_on_sql", innerjoin=True)

    @property
    def reference(self) -> str:
        """The name by which people and links call the record."""
        return self.record.reference

    @classmethod
    def reads_are_kept(cls) -> ColumnElement[bool]:
        """Whether it is written down who reads the record."""
        return cls.audience == Audience.NAMED

    @property
    def is_read_kept(self) -> bool:
        """The same of one that is loaded."""
        return self.audience is Audience.NAMED

    def texts(self) -> Texts:
        """What search finds the record by: only what everybody may read who may see the record, so
        never the names of other records."""
        return Texts()

    @classmethod
    def record_key(cls) -> InstrumentedAttribute[int]:
        return cls.id


class HangsOnRecord(AudienceColumns):
    """A row that belongs to one record and carries copies of its owner and audience, so that a
    figure over such rows reads one table. `records.actions` keeps the copies in step."""

    hangs_on: ClassVar[str]  # the column that holds the record's id

    @classmethod
    def record_key(cls) -> InstrumentedAttribute[int]:
        found: InstrumentedAttribute[int] = getattr(cls, cls.hangs_on)
        return found


class RecordTag(Base, HangsOnRecord):
    """A tag (a campaign, as a rule) on a record."""

    __tablename__ = "record_tags"
    __table_args__ = (Index(None, "tag", "record_id"),)
    hangs_on = "record_id"

    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(60), primary_key=True)
