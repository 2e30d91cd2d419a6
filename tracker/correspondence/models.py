"""Tables of letters and contacts."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.agencies.models import Agency, Chamber
from tracker.core.dates import PartialDate
from tracker.core.db import Base, Keyed
from tracker.core.terms import Texts
from tracker.core.types import sortable, word
from tracker.recommendations.models import Recommendation
from tracker.records.models import RecordMixin

SUPPLEMENTS = "supplements_id IS NOT NULL"


class LetterKind(StrEnum):
    """What carries the asks."""

    CONGRESSIONAL = "congressional"
    ORGANISATIONS = "organisations"
    SUBMISSION = "submission"  # a dossier or case file
    REPORT = "report"
    STATEMENT = "statement"


class SignatoryRole(StrEnum):
    """In which role a person signed; the section 1263(d) clock hangs on it."""

    CHAIR = "chair"
    COCHAIR = "cochair"
    RANKING_MEMBER = "ranking_member"
    MEMBER = "member"
    OTHER = "other"


class Direction(StrEnum):
    """Who got in touch with whom."""

    OURS = "ours"
    THEIRS = "theirs"
    BOTH = "both"


class Substance(StrEnum):
    """What a contact amounts to."""

    SUBMISSION = "submission"  # our letter with the ask
    FOLLOW_UP = "follow_up"
    ACKNOWLEDGEMENT = "acknowledgement"
    FORM_LETTER = "form_letter"
    SUBSTANTIVE = "substantive"
    QUESTION = "question"
    PROMISE = "promise"
    MEETING = "meeting"

    @property
    def direction(self) -> Direction:
        """Who acts in a contact of this kind."""
        if self in (Substance.SUBMISSION, Substance.FOLLOW_UP):
            return Direction.OURS
        return Direction.BOTH if self is Substance.MEETING else Direction.THEIRS


class Channel(StrEnum):
    """How a contact came about."""

    LETTER = "letter"
    EMAIL = "email"
    PORTAL = "portal"
    PHONE = "phone"
    MEETING = "meeting"
    PUBLIC = "public"  # a public statement or report
    UNKNOWN = "unknown"


class Letter(Base, RecordMixin):
    """A letter, dossier, report or statement that carries one or more asks."""

    __tablename__ = "letters"
    __table_args__ = (
        Index("ix_letters_listing", "written_on", "id", "audience", "organisation_id", "voided_at"),
        Index("ix_letters_updated", "updated_at", "id", "audience", "organisation_id"),
        Index(
            "ix_letters_supplements_id",
            "supplements_id",
            sqlite_where=text(SUPPLEMENTS),
            postgresql_where=text(SUPPLEMENTS),
        ),
    )

    title: Mapped[str] = mapped_column(String(200))
    sort_title: Mapped[str] = mapped_column(sortable(80))
    kind: Mapped[LetterKind] = mapped_column(word(LetterKind))
    channel: Mapped[Channel] = mapped_column(word(Channel), default=Channel.LETTER)
    on_behalf_of: Mapped[str] = mapped_column(String(300), default="")
    written_on: Mapped[PartialDate | None] = mapped_column(nullable=False)
    sent_on: Mapped[PartialDate | None] = mapped_column(nullable=False)
    received_on: Mapped[PartialDate | None] = mapped_column(nullable=False)
    received_proof: Mapped[str] = mapped_column(String(300), default="")
    reply_requested_by: Mapped[PartialDate | None] = mapped_column(nullable=False)
    # a person has read the date in the letter itself; a computed one starts nothing
    reply_date_confirmed: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(String(4000), default="")
    # the earlier letter whose request it narrows or repeats: it starts no clock in law of its own
    supplements_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id"))
    voided_at: Mapped[datetime | None]  # it was entered in error
    void_reason: Mapped[str] = mapped_column(String(500), default="")

    supplements: Mapped["Letter | None"] = relationship(
        lazy="raise_on_sql", remote_side="Letter.id"
    )
    signatories: Mapped[list["Signatory"]] = relationship(
        lazy="raise_on_sql",
        order_by="Signatory.position, Signatory.id",
        cascade="all, delete-orphan",
    )
    addressees: Mapped[list["LetterAddressee"]] = relationship(
        lazy="raise_on_sql",
        order_by="LetterAddressee.position, LetterAddressee.id",
        cascade="all, delete-orphan",
    )

    @property
    def is_sent(self) -> bool:
        """Whether it has left the house."""
        return self.sent_on is not None

    def texts(self) -> Texts:
        signed = (name for row in self.signatories for name in (row.name, row.body_text))
        sent_to = (name for row in self.addressees for name in (row.official, row.office_title))
        return Texts((self.title, self.on_behalf_of, *signed, *sent_to))


class Signatory(Base, Keyed):
    """Who signed a letter, in which role, of which body."""

    __tablename__ = "signatories"
    __table_args__ = (Index(None, "letter_id", "position"),)

    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[SignatoryRole] = mapped_column(word(SignatoryRole))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    body_text: Mapped[str] = mapped_column(String(200), default="")
    chamber: Mapped[Chamber | None] = mapped_column(word(Chamber))

    body: Mapped[Agency | None] = relationship(lazy="raise_on_sql")


class LetterAddressee(Base, Keyed):
    """To whom a letter is addressed, as the letter names them."""

    __tablename__ = "letter_addressees"
    __table_args__ = (Index(None, "letter_id", "position"),)

    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"))
    position: Mapped[int]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    official: Mapped[str] = mapped_column(String(200), default="")
    office_title: Mapped[str] = mapped_column(String(200), default="")
    is_copy: Mapped[bool] = mapped_column(default=False)

    agency: Mapped[Agency] = relationship(lazy="raise_on_sql")


class LetterRecommendation(Base):
    """A letter carries an ask."""

    __tablename__ = "letter_recommendations"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(
        ForeignKey("recommendations.id"), primary_key=True, index=True
    )
    position: Mapped[int]

    letter: Mapped[Letter] = relationship(lazy="raise_on_sql")
    recommendation: Mapped[Recommendation] = relationship(lazy="raise_on_sql")


class Contact(Base, RecordMixin):
    """One getting in touch, in either direction; it may concern several asks and agencies, and is
    shown only to those who may see all of its asks."""

    __tablename__ = "contacts"
    __table_args__ = (
        Index("ix_contacts_listing", "happened_on", "id", "audience", "organisation_id"),
    )

    happened_on: Mapped[PartialDate | None] = mapped_column(nullable=False)
    direction: Mapped[Direction] = mapped_column(word(Direction))
    substance: Mapped[Substance] = mapped_column(word(Substance))
    channel: Mapped[Channel] = mapped_column(word(Channel))
    summary: Mapped[str] = mapped_column(String(4000), default="")
    # of a letter of ours that was drafted here: what it said when it was sent, for its owner's eyes
    sent_text: Mapped[str] = mapped_column(String(8000), default="")
    # the day by which they said that they would reply or decide
    promised_on: Mapped[PartialDate | None] = mapped_column(nullable=False)
    # the President's determination under 22 U.S.C. 10102(d), or the End-User Review Committee's
    # decision under 15 CFR part 744, Supp. 5
    is_determination: Mapped[bool] = mapped_column(default=False)
    # since when a proposal circulates in the committee, where an agency says so
    proposed_on: Mapped[PartialDate | None] = mapped_column(nullable=False)
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id"), index=True)
    voided_at: Mapped[datetime | None]
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    void_reason: Mapped[str] = mapped_column(String(500), default="")

    letter: Mapped[Letter | None] = relationship(lazy="raise_on_sql")

    def texts(self) -> Texts:
        return Texts(prose=(self.summary,))


class ContactRecommendation(Base):
    """A contact concerns an ask."""

    __tablename__ = "contact_recommendations"

    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(
        ForeignKey("recommendations.id"), primary_key=True, index=True
    )


class ContactAgency(Base):
    """A contact was with an agency."""

    __tablename__ = "contact_agencies"

    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), primary_key=True, index=True)
