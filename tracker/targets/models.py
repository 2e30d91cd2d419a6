"""Tables of targets, their names, identifiers and relations."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.countries import Place
from tracker.core.dates import PartialDate
from tracker.core.db import Base, Keyed
from tracker.core.terms import Texts
from tracker.core.types import sortable, word
from tracker.records.models import RecordMixin

MERGED = "merged_into_id IS NOT NULL"


class TargetKind(StrEnum):
    """What a target is. A class is described, not named: "officials responsible for …"."""

    PERSON = "person"
    ORGANISATION = "organisation"
    COMPANY = "company"
    PUBLIC_BODY = "public_body"
    CLASS = "class"


class NameKind(StrEnum):
    """What a name is to its target."""

    PRIMARY = "primary"
    ORIGINAL = "original"  # in the script of the place
    ALIAS = "alias"
    WEAK = "weak"  # too common to identify by itself


class RelationKind(StrEnum):
    """How one target stands to another."""

    MEMBER = "member"  # a named member of a class
    PART = "part"
    SUBSIDIARY = "subsidiary"
    OFFICER = "officer"


class Target(Base, RecordMixin):
    """A person, body or class that asks are about."""

    __tablename__ = "targets"
    __table_args__ = (
        Index("ix_targets_listing", "sort_name", "id", "audience", "organisation_id"),
        Index("ix_targets_updated", "updated_at", "id", "audience", "organisation_id"),
        # most stand for themselves: an index of all would draw the planner away from the listing
        Index(
            "ix_targets_merged_into_id",
            "merged_into_id",
            sqlite_where=text(MERGED),
            postgresql_where=text(MERGED),
        ),
    )

    kind: Mapped[TargetKind] = mapped_column(word(TargetKind))
    name: Mapped[str] = mapped_column(String(300))
    sort_name: Mapped[str] = mapped_column(sortable(80))
    position: Mapped[str] = mapped_column(String(300), default="")
    born_on: Mapped[PartialDate | None] = mapped_column(nullable=False)
    country: Mapped[str] = mapped_column(String(2), default="")
    region: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(String(4000), default="")
    # a duplicate points to the record that stands for both; no link moves, so it can be taken back
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("targets.id"))

    names: Mapped[list["TargetName"]] = relationship(
        lazy="raise_on_sql", order_by="TargetName.id", cascade="all, delete-orphan"
    )
    identifiers: Mapped[list["TargetIdentifier"]] = relationship(
        lazy="raise_on_sql", order_by="TargetIdentifier.id", cascade="all, delete-orphan"
    )

    @property
    def place(self) -> Place | None:
        """Where the target is, if known."""
        return Place(self.country, self.region) if self.country else None

    def texts(self) -> Texts:
        names = (self.name, *(name.text for name in self.names))
        return Texts(names, (self.position, self.region, *(i.value for i in self.identifiers)))


class TargetName(Base, Keyed):
    """One name of a target, as written, with the forms that finding compares."""

    __tablename__ = "target_names"
    __table_args__ = (
        UniqueConstraint("target_id", "text"),
        Index(None, "folded"),
        Index(None, "latin"),
    )

    target_id: Mapped[int] = mapped_column(ForeignKey("targets.id"))
    text: Mapped[str] = mapped_column(String(300))
    kind: Mapped[NameKind] = mapped_column(word(NameKind))
    script: Mapped[str] = mapped_column(String(4))  # ISO 15924
    folded: Mapped[str] = mapped_column(sortable(600))
    latin: Mapped[str] = mapped_column(sortable(2000))


class TargetIdentifier(Base, Keyed):
    """A passport, registration or other number of a target."""

    __tablename__ = "target_identifiers"
    __table_args__ = (UniqueConstraint("target_id", "kind", "value"),)

    target_id: Mapped[int] = mapped_column(ForeignKey("targets.id"))
    kind: Mapped[str] = mapped_column(String(60))
    value: Mapped[str] = mapped_column(String(120))
    country: Mapped[str] = mapped_column(String(2), default="")


class TargetRelation(Base):
    """A link between two targets, such as a class and a member named later."""

    __tablename__ = "target_relations"

    from_id: Mapped[int] = mapped_column(ForeignKey("targets.id"), primary_key=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("targets.id"), primary_key=True, index=True)
    kind: Mapped[RelationKind] = mapped_column(word(RelationKind), primary_key=True)
    since: Mapped[PartialDate | None] = mapped_column(nullable=False)
    voided_at: Mapped[datetime | None]  # it was named in error
    void_reason: Mapped[str] = mapped_column(String(500), default="")
