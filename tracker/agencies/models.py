"""Tables of bodies, interagency membership, offices and who held them."""

from datetime import date
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.db import Base, Keyed
from tracker.core.types import word


class AgencyKind(StrEnum):
    """What a body is; the President's office alone can receive a section 1263(d) request."""

    HEAD_OF_STATE = "head_of_state"
    DEPARTMENT = "department"
    BUREAU = "bureau"
    INTERAGENCY = "interagency"
    COMMITTEE = "committee"
    LEGISLATURE = "legislature"
    GOVERNMENT = "government"
    OTHER = "other"


class Chamber(StrEnum):
    """The chamber of a legislature."""

    SENATE = "senate"
    HOUSE = "house"


class MemberRole(StrEnum):
    """A body's part in an interagency body."""

    CHAIR = "chair"
    MEMBER = "member"
    WHERE_APPROPRIATE = "where_appropriate"


class Agency(Base, Keyed):
    """A body that can be written to, or that decides. Bodies are public: every reader sees them."""

    __tablename__ = "agencies"

    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(160), unique=True)
    short_name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[AgencyKind] = mapped_column(word(AgencyKind))
    jurisdiction: Mapped[str] = mapped_column(String(2))  # ISO 3166, or EU
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    chamber: Mapped[Chamber | None] = mapped_column(word(Chamber))
    # one of the four committees of 22 U.S.C. 10102(j)
    is_magnitsky_committee: Mapped[bool] = mapped_column(default=False)
    role: Mapped[str] = mapped_column(String(300), default="")  # what it decides, in a sentence
    citation: Mapped[str] = mapped_column(String(200), default="")

    parent: Mapped["Agency | None"] = relationship(remote_side="Agency.id", lazy="raise_on_sql")
    names: Mapped[list["AgencyName"]] = relationship(
        back_populates="agency", lazy="raise_on_sql", cascade="all, delete-orphan"
    )
    offices: Mapped[list["Office"]] = relationship(
        back_populates="agency", lazy="raise_on_sql", order_by="Office.id"
    )


class AgencyName(Base, Keyed):
    """A name by which letters and spreadsheets call a body, folded for comparison."""

    __tablename__ = "agency_names"
    __table_args__ = (UniqueConstraint("folded"),)

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    folded: Mapped[str] = mapped_column(String(160))

    agency: Mapped[Agency] = relationship(back_populates="names", lazy="raise_on_sql")


class AgencyMembership(Base):
    """A body's seat on an interagency body."""

    __tablename__ = "agency_memberships"

    body_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    role: Mapped[MemberRole] = mapped_column(word(MemberRole))

    member: Mapped[Agency] = relationship(foreign_keys=[member_id], lazy="raise_on_sql")


class Office(Base, Keyed):
    """A post in a body that letters are addressed to."""

    __tablename__ = "offices"
    __table_args__ = (UniqueConstraint("agency_id", "title"),)

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    title: Mapped[str] = mapped_column(String(160))

    agency: Mapped[Agency] = relationship(back_populates="offices", lazy="raise_on_sql")
    holders: Mapped[list["OfficeHolder"]] = relationship(
        lazy="raise_on_sql", order_by="OfficeHolder.held_from"
    )


class OfficeHolder(Base, Keyed):
    """Who held an office, from which day to which."""

    __tablename__ = "office_holders"
    __table_args__ = (
        UniqueConstraint("office_id", "held_from"),
        Index(None, "folded"),
    )

    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    name: Mapped[str] = mapped_column(String(160))
    folded: Mapped[str] = mapped_column(String(160))
    held_from: Mapped[date] = mapped_column(Date)
    held_until: Mapped[date | None] = mapped_column(Date)

    office: Mapped[Office] = relationship(lazy="raise_on_sql", viewonly=True)

    def held_on(self, day: date) -> bool:
        """Whether the person held the office on that day, both ends included."""
        return self.held_from <= day and (self.held_until is None or day <= self.held_until)
