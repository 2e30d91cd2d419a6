"""Tables of the asks and all that belongs to one ask alone."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from tracker.accounts.models import User
from tracker.agencies.models import Agency
from tracker.core.countries import Place
from tracker.core.dates import PartialDate
from tracker.core.db import Base, Keyed
from tracker.core.now import now
from tracker.core.terms import Texts
from tracker.core.types import sortable, word
from tracker.recommendations.instruments import Instrument
from tracker.records.models import HangsOnRecord, RecordMixin
from tracker.targets.models import Target


class Status(StrEnum):
    """The life cycle of an ask."""

    DRAFT = "draft"
    VETTING = "vetting"
    READY = "ready"
    SUBMITTED = "submitted"
    ACKNOWLEDGED = "acknowledged"
    UNDER_REVIEW = "under_review"
    CLOSED = "closed"

    @property
    def place(self) -> int:
        """How far it is in the life cycle."""
        return list(Status).index(self)


BEFORE_SENDING = (Status.DRAFT, Status.VETTING, Status.READY)
AFTER_SENDING = (Status.SUBMITTED, Status.ACKNOWLEDGED, Status.UNDER_REVIEW)


class ClosureReason(StrEnum):
    """Why an ask was closed."""

    ACTED_IN_FULL = "acted_in_full"
    ACTED_IN_PART = "acted_in_part"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    MOOT = "moot"


class Ground(StrEnum):
    """The ground of a Global Magnitsky ask: who must sign under section 1263(d) hangs on it."""

    HUMAN_RIGHTS = "human_rights"
    CORRUPTION = "corruption"


class Seeks(StrEnum):
    """Whether a measure is asked for, or its end."""

    ADDITION = "addition"
    REMOVAL = "removal"


class AddresseeState(StrEnum):
    """What came back from one addressee; follows from contacts and outcomes by one rule."""

    NOT_SENT = "not_sent"
    AWAITING = "awaiting"
    ACKNOWLEDGED = "acknowledged"
    REPLIED = "replied"
    DECLINED = "declined"
    ACTED = "acted"


class OutcomeKind(StrEnum):
    """What followed, for one target and one authority."""

    LISTED_AS_ASKED = "listed_as_asked"
    LISTED_OTHER_AUTHORITY = "listed_other_authority"
    LISTED_BY_ALLY = "listed_by_ally"
    LISTED_RELATED_PARTY = "listed_related_party"
    RULE_ISSUED = "rule_issued"
    OTHER_ACTION = "other_action"
    DECLINED = "declined"
    CONFIDENTIAL = "confidential"
    REVERSED = "reversed"


class Attribution(StrEnum):
    """How an outcome is tied to the ask: what followed an ask is not caused by it."""

    COINCIDENT = "coincident"
    CITED = "cited"
    CLAIMED = "claimed"


class Result(StrEnum):
    """What an ask's outcomes come to; computed in one place, `outcomes.result`."""

    NONE_KNOWN = "none_known"
    IN_FULL = "acted_in_full"
    IN_PART = "acted_in_part"
    RELATED = "related_action"
    REVERSED = "reversed"
    DECLINED = "declined"


class Judgement(StrEnum):
    """A person's judgement of how far an ask on a class was met."""

    IN_FULL = "in_full"
    IN_PART = "in_part"


class ControlType(StrEnum):
    """What an export control would attach to."""

    ITEM = "item"
    END_USE = "end_use"
    END_USER = "end_user"
    IS_INFORMED = "is_informed"
    LICENCE_POLICY = "licence_policy"


class EccnStatus(StrEnum):
    """How sure the classification is."""

    KNOWN = "known"
    SUSPECTED = "suspected"
    EAR99 = "ear99"
    UNKNOWN = "unknown"


def _place(context: DefaultExecutionContext) -> int:
    """The place of an ask that is inserted past the model."""
    given = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return Status(given["status"]).place


class Recommendation(Base, RecordMixin):
    """An ask: one instrument, asked of some bodies, about some targets."""

    __tablename__ = "recommendations"
    __table_args__ = (
        # listings: the order first, the audience in the index, so that a page reads only its rows
        Index("ix_recommendations_updated", "updated_at", "id", "audience", "organisation_id"),
        Index(
            "ix_recommendations_submitted",
            "submitted_on",
            "id",
            "audience",
            "organisation_id",
            "result",
        ),
        Index("ix_recommendations_contact", "last_contact_on", "id", "audience", "organisation_id"),
        Index("ix_recommendations_place", "place", "id", "audience", "organisation_id"),
        Index("ix_recommendations_title", "sort_title", "id", "audience", "organisation_id"),
        Index(
            "ix_recommendations_status_updated",
            "status",
            "updated_at",
            "id",
            "audience",
            "organisation_id",
        ),
        Index(
            "ix_recommendations_instrument_updated",
            "instrument",
            "updated_at",
            "id",
            "audience",
            "organisation_id",
        ),
        # figures: what is grouped by, in its order, then the audience; nothing else is read
        Index(
            "ix_recommendations_figures",
            "status",
            "instrument",
            "result",
            "audience",
            "organisation_id",
        ),
        Index("ix_recommendations_result", "result", "audience", "organisation_id"),
        Index("ix_recommendations_assignee", "assignee_id", "next_action_on"),
        CheckConstraint(
            "(status = 'closed') = (closure_reason IS NOT NULL)", name="closed_with_reason"
        ),
    )

    instrument: Mapped[Instrument] = mapped_column(word(Instrument))
    seeks: Mapped[Seeks] = mapped_column(word(Seeks), default=Seeks.ADDITION)
    title: Mapped[str] = mapped_column(String(200))
    sort_title: Mapped[str] = mapped_column(sortable(80))
    request: Mapped[str] = mapped_column(String(4000), default="")  # in its own words
    legal_basis: Mapped[str] = mapped_column(String(300), default="")
    ground: Mapped[Ground | None] = mapped_column(word(Ground))
    abuse: Mapped[str] = mapped_column(String(2000), default="")
    newest_conduct_on: Mapped[PartialDate | None] = mapped_column(nullable=False)
    status: Mapped[Status] = mapped_column(word(Status))
    # the place of the status in the life cycle, by which lists are sorted; it follows the status
    place: Mapped[int] = mapped_column(SmallInteger, default=_place)
    closure_reason: Mapped[ClosureReason | None] = mapped_column(word(ClosureReason))
    result: Mapped[Result] = mapped_column(word(Result), default=Result.NONE_KNOWN)
    judgement: Mapped[Judgement | None] = mapped_column(word(Judgement))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    submitted_on: Mapped[PartialDate | None] = mapped_column(nullable=False)
    last_contact_on: Mapped[PartialDate | None] = mapped_column(nullable=False)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    next_action: Mapped[str] = mapped_column(String(300), default="")
    next_action_on: Mapped[date | None] = mapped_column(Date)
    # what is done next is the owner's own affair: it has a version of its own
    plan_version: Mapped[int] = mapped_column(default=1)

    decided_by: Mapped[Agency | None] = relationship(lazy="raise_on_sql")
    assignee: Mapped[User | None] = relationship(foreign_keys=[assignee_id], lazy="raise_on_sql")
    addressees: Mapped[list["Addressee"]] = relationship(
        lazy="raise_on_sql",
        order_by="Addressee.position, Addressee.id",
        cascade="all, delete-orphan",
    )
    target_links: Mapped[list["RecommendationTarget"]] = relationship(
        lazy="raise_on_sql",
        order_by="RecommendationTarget.position, RecommendationTarget.target_id",
        cascade="all, delete-orphan",
    )
    places: Mapped[list["RecommendationPlace"]] = relationship(
        lazy="raise_on_sql",
        order_by="RecommendationPlace.position, RecommendationPlace.id",
        cascade="all, delete-orphan",
    )
    controls: Mapped[list["ControlledItem"]] = relationship(
        lazy="raise_on_sql",
        order_by="ControlledItem.position, ControlledItem.id",
        cascade="all, delete-orphan",
    )

    @validates("status")
    def _keep_place(self, _name: str, status: Status) -> Status:
        self.place = status.place
        return status

    @property
    def is_unsent(self) -> bool:
        """In preparation: nobody has been sent it."""
        return self.status in BEFORE_SENDING

    @property
    def is_open(self) -> bool:
        """Not closed: somebody still waits."""
        return self.status is not Status.CLOSED

    def texts(self) -> Texts:
        # not of its targets: a reader of the ask may not see them all
        sent_to = (name for row in self.addressees for name in (row.official, row.office_title))
        items = (text for item in self.controls for text in item.texts())
        regions = (row.region for row in self.places)
        return Texts(
            (self.title, *sent_to), (self.request, self.legal_basis, self.abuse, *regions, *items)
        )


class HangsOnRecommendation(HangsOnRecord):
    """A row of one ask, with the ask's audience."""

    hangs_on = "recommendation_id"


class RecommendationPlace(Base, Keyed, HangsOnRecommendation):
    """A country, and a region of it, that an ask concerns."""

    __tablename__ = "recommendation_places"
    __table_args__ = (
        UniqueConstraint("recommendation_id", "country", "region"),
        Index(
            "ix_recommendation_places_figures",
            "country",
            "region",
            "recommendation_id",
            "audience",
            "organisation_id",
        ),
    )

    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendations.id"))
    position: Mapped[int]
    country: Mapped[str] = mapped_column(String(2))
    region: Mapped[str] = mapped_column(String(120), default="")

    @property
    def place(self) -> Place:
        """The country with its region."""
        return Place(self.country, self.region)


class RecommendationTarget(Base):
    """An ask is about a target. Whether a reader sees the target is the target's own affair."""

    __tablename__ = "recommendation_targets"

    recommendation_id: Mapped[int] = mapped_column(
        ForeignKey("recommendations.id"), primary_key=True
    )
    target_id: Mapped[int] = mapped_column(ForeignKey("targets.id"), primary_key=True, index=True)
    position: Mapped[int]

    target: Mapped[Target] = relationship(lazy="raise_on_sql")


class Addressee(Base, Keyed, HangsOnRecommendation):
    """A body that an ask was put to, and what came of it there. Only who was written to can be
    silent; who decides is another field."""

    __tablename__ = "addressees"
    __table_args__ = (
        UniqueConstraint("recommendation_id", "agency_id"),
        Index(
            "ix_addressees_figures",
            "agency_id",
            "recommendation_id",
            "audience",
            "organisation_id",
            "state",
            "acknowledged_on",
            "answered_on",
        ),
    )

    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendations.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    position: Mapped[int]
    official: Mapped[str] = mapped_column(String(300), default="")  # as the letter names them
    office_title: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[AddresseeState] = mapped_column(
        word(AddresseeState), default=AddresseeState.NOT_SENT
    )
    asked_on: Mapped[PartialDate | None] = mapped_column(nullable=False)
    acknowledged_on: Mapped[PartialDate | None] = mapped_column(nullable=False)
    answered_on: Mapped[PartialDate | None] = mapped_column(nullable=False)
    last_contact_on: Mapped[PartialDate | None] = mapped_column(nullable=False)

    agency: Mapped[Agency] = relationship(lazy="raise_on_sql")

    @property
    def is_asked(self) -> bool:
        """We wrote to the body, on a day that is known or not, or it wrote to us."""
        return self.state is not AddresseeState.NOT_SENT


class ControlledItem(Base, Keyed):
    """What an export-control ask names: the technology, its supplier, its user and use."""

    __tablename__ = "controlled_items"
    __table_args__ = (Index(None, "recommendation_id", "position"),)

    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendations.id"))
    position: Mapped[int]
    control_type: Mapped[ControlType] = mapped_column(word(ControlType))
    technology: Mapped[str] = mapped_column(String(500))
    models: Mapped[str] = mapped_column(String(500), default="")
    supplier: Mapped[str] = mapped_column(String(300), default="")
    eccn: Mapped[str] = mapped_column(String(20), default="")
    eccn_status: Mapped[EccnStatus] = mapped_column(word(EccnStatus), default=EccnStatus.UNKNOWN)
    destination_country: Mapped[str] = mapped_column(String(2), default="")
    destination_region: Mapped[str] = mapped_column(String(120), default="")
    end_user: Mapped[str] = mapped_column(String(300), default="")
    end_use: Mapped[str] = mapped_column(String(500), default="")
    reason_for_control: Mapped[str] = mapped_column(String(300), default="")
    licence_policy: Mapped[str] = mapped_column(String(300), default="")
    diversion_evidence: Mapped[str] = mapped_column(String(2000), default="")

    def texts(self) -> tuple[str, ...]:
        """What search finds its ask by."""
        named = (self.technology, self.models, self.supplier, self.eccn, self.end_user)
        return (*named, self.end_use, self.destination_region, self.diversion_evidence)


class StatusSpan(Base, Keyed, HangsOnRecommendation):
    """An ask had a status from a day on, until a day. Days are of the event, not of its entry."""

    __tablename__ = "status_spans"
    __table_args__ = (
        Index(None, "recommendation_id", "from_on"),
        Index(None, "audience", "organisation_id", "status", "from_on", "until_on"),
    )

    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendations.id"))
    status: Mapped[Status] = mapped_column(word(Status))
    from_on: Mapped[PartialDate | None] = mapped_column(nullable=False)
    until_on: Mapped[PartialDate | None] = mapped_column(nullable=False)
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]  # when its end was recorded
    note: Mapped[str] = mapped_column(String(2000), default="")
    reason: Mapped[str] = mapped_column(String(2000), default="")
    source_id: Mapped[int | None] = mapped_column(ForeignKey("sources.id"))
    closure_reason: Mapped[ClosureReason | None] = mapped_column(word(ClosureReason))
    voided_at: Mapped[datetime | None]  # it was entered in error, and never held
    void_reason: Mapped[str] = mapped_column(String(500), default="")


class Outcome(Base, Keyed, HangsOnRecommendation):
    """What followed, for one target (or for the ask as a whole) at one authority."""

    __tablename__ = "outcomes"
    __table_args__ = (
        Index(None, "recommendation_id"),
        Index(None, "audience", "organisation_id", "effective_on", "kind"),
        Index(None, "target_id"),
    )

    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendations.id"))
    target_id: Mapped[int | None] = mapped_column(ForeignKey("targets.id"))
    authority_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    actor: Mapped[str] = mapped_column(String(200), default="")  # who acted, where no body did
    kind: Mapped[OutcomeKind] = mapped_column(word(OutcomeKind))
    instrument: Mapped[Instrument | None] = mapped_column(word(Instrument))
    effective_on: Mapped[PartialDate | None] = mapped_column(nullable=False)
    attribution: Mapped[Attribution] = mapped_column(
        word(Attribution), default=Attribution.COINCIDENT
    )
    note: Mapped[str] = mapped_column(String(2000), default="")
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(String(500), default="")

    authority: Mapped[Agency | None] = relationship(lazy="raise_on_sql")
    target: Mapped[Target | None] = relationship(lazy="raise_on_sql")
    citations: Mapped[list["OutcomeCitation"]] = relationship(
        lazy="raise_on_sql", order_by="OutcomeCitation.id", cascade="all, delete-orphan"
    )


class OutcomeCitation(Base, Keyed):
    """One listing may stand on several lists: it is one outcome with several citations."""

    __tablename__ = "outcome_citations"

    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcomes.id"), index=True)
    citation: Mapped[str] = mapped_column(String(300), default="")  # list identifier or 84 FR 54004
    url: Mapped[str] = mapped_column(String(2000), default="")
