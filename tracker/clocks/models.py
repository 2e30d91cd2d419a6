"""Tables of clock rules, clocks, and what people did to clocks."""

from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.agencies.models import Agency
from tracker.core.dates import PartialDate, show_day
from tracker.core.db import Base, Keyed
from tracker.core.now import now, today
from tracker.core.types import word
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import HangsOnRecommendation, Status

# the rows that partial indexes hold; queries say the same
CURRENT = "superseded_at IS NULL"
EVER_FLAGGED = f"flagged_on IS NOT NULL AND {CURRENT}"
IN_FORCE = f"state = 'running' AND {EVER_FLAGGED}"
SNOOZED = f"snoozed_until IS NOT NULL AND {IN_FORCE}"
TO_FLAG = f"state = 'running' AND flagged_on IS NULL AND {CURRENT}"

RECEIPT_UNKNOWN = "The day of receipt is not recorded; it is counted from the day of sending."
NAMED_MONTH = "A month was named, and no day: it runs to the last one."


class Cause(StrEnum):
    """Why an ask is stale; in the order of gravity."""

    STATUTORY_OVERDUE = "statutory_overdue"
    RESPONSE_OVERDUE = "response_overdue"
    PROMISE_PASSED = "promise_passed"
    OURS_TO_ANSWER = "ours_to_answer"
    SILENT = "silent"
    UNACKNOWLEDGED = "unacknowledged"
    UNSENT = "unsent"
    EVIDENCE_AGEING = "evidence_ageing"


class Basis(StrEnum):
    """What a clock rests on. Law binds the agency; a house norm binds only us."""

    STATUTE = "statute"
    REGULATION = "regulation"
    LETTER = "letter"
    PROMISE = "promise"
    HOUSE = "house"


LAW = frozenset({Basis.STATUTE, Basis.REGULATION})


class ClockKind(StrEnum):
    """What a clock measures."""

    SECTION_1263D = "section_1263d"
    ERC_REMOVAL = "erc_removal"
    ERC_VOTE = "erc_vote"
    REPLY_REQUESTED = "reply_requested"
    PROMISE = "promise"
    ANSWER = "answer"
    SILENCE = "silence"
    ACKNOWLEDGEMENT = "acknowledgement"
    DRAFTING = "drafting"
    VETTING = "vetting"
    EVIDENCE = "evidence"


class Unit(StrEnum):
    """In what a rule counts."""

    CALENDAR_DAYS = "calendar_days"
    BUSINESS_DAYS = "business_days"
    MONTHS = "months"


class ClockState(StrEnum):
    """How a clock stands. A flag is a running clock past its day, not a state of its own."""

    NOT_STARTED = "not_started"
    RUNNING = "running"
    MET = "met"
    CLOSED = "closed"  # the ask was closed while it ran
    VOID = "void"


class ActKind(StrEnum):
    """What a person can do to a clock."""

    SNOOZE = "snooze"
    EXTEND = "extend"
    MEET = "meet"
    VOID = "void"


# what a rule is for; rules of one scope are versions of each other
SCOPE = ("kind", "instrument", "jurisdiction", "agency_id", "channel", "status")
scope_of = attrgetter(*SCOPE)


class ClockRule(Base, Keyed):
    """How long a clock of one kind runs, on what basis. The most specific rule in force on the
    clock's first day holds; empty columns stand for "any"."""

    __tablename__ = "clock_rules"
    __table_args__ = (
        Index(None, "kind", "valid_from"),
        CheckConstraint("length BETWEEN 0 AND 3660", name="sane_length"),
    )

    kind: Mapped[ClockKind] = mapped_column(word(ClockKind))
    instrument: Mapped[Instrument | None] = mapped_column(word(Instrument))
    jurisdiction: Mapped[str] = mapped_column(String(2), default="")
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    channel: Mapped[str] = mapped_column(String(20), default="")
    status: Mapped[Status | None] = mapped_column(word(Status))
    length: Mapped[int] = mapped_column()
    unit: Mapped[Unit] = mapped_column(word(Unit))
    # the flag comes this many days before the end of the term (evidence: before it is five years)
    lead_days: Mapped[int] = mapped_column(default=0)
    warn_day: Mapped[int | None]
    basis: Mapped[Basis] = mapped_column(word(Basis))
    citation: Mapped[str] = mapped_column(String(200))
    citation_url: Mapped[str] = mapped_column(String(500), default="")
    sentence: Mapped[str] = mapped_column(String(500))  # the rule in words, as pages quote it
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    # who entered this version here, and why; the rules that came with the program have neither
    recorded_at: Mapped[datetime | None]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")
    end_reason: Mapped[str] = mapped_column(String(500), default="")

    agency: Mapped[Agency | None] = relationship(lazy="raise_on_sql")

    @property
    def is_law(self) -> bool:
        """A statute or a regulation: it binds the agency, and nobody here can change it."""
        return self.basis in LAW


class Clock(Base, Keyed, HangsOnRecommendation):
    """A term that runs on one ask, for one addressee, from one event.

    A row says what is known. When more becomes known (a contact found later, a rule changed), the
    row is superseded by another: so both "what had happened by a day" and "what was known on a day"
    can be read from rows. The flag is the span from `flagged_on` to `ended_on`.
    """

    __tablename__ = "clocks"
    __table_args__ = (
        Index(
            "ix_clocks_current",
            "recommendation_id",
            sqlite_where=text(CURRENT),
            postgresql_where=text(CURRENT),
        ),
        # what was known on a past day, and all clocks of an ask that is shared
        Index("ix_clocks_recommendation_id", "recommendation_id"),
        # the sweep reads what is due and not yet flagged, and nothing else
        Index(
            "ix_clocks_to_flag",
            "late_on",
            sqlite_where=text(TO_FLAG),
            postgresql_where=text(TO_FLAG),
        ),
        # the figures of the stale page and the dashboards
        Index(
            "ix_clocks_flagged",
            "cause",
            "recommendation_id",
            "agency_id",
            "audience",
            "organisation_id",
            "flagged_on",
            sqlite_where=text(IN_FORCE),
            postgresql_where=text(IN_FORCE),
        ),
        # whom a night's flags concern, and what is new since somebody's last day
        Index(
            "ix_clocks_fresh",
            "flagged_at",
            sqlite_where=text(IN_FORCE),
            postgresql_where=text(IN_FORCE),
        ),
        Index(
            "ix_clocks_late_spans",
            "ended_on",
            "flagged_on",
            sqlite_where=text(EVER_FLAGGED),
            postgresql_where=text(EVER_FLAGGED),
        ),
        Index(
            "ix_clocks_snoozed",
            "snoozed_until",
            sqlite_where=text(SNOOZED),
            postgresql_where=text(SNOOZED),
        ),
        Index("ix_clocks_ended", "ended_at"),
    )

    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendations.id"))
    kind: Mapped[ClockKind] = mapped_column(word(ClockKind))
    cause: Mapped[Cause] = mapped_column(word(Cause))
    basis: Mapped[Basis] = mapped_column(word(Basis))
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("clock_rules.id"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    # what started it, so that the same clock is known again when all is recomputed
    start_key: Mapped[str] = mapped_column(String(60))
    state: Mapped[ClockState] = mapped_column(word(ClockState))
    started_on: Mapped[PartialDate | None] = mapped_column(nullable=False)
    warn_on: Mapped[date | None] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    # the due day before it was extended
    first_due_on: Mapped[date | None] = mapped_column(Date)
    # the first late day: after the due day, or the day on which a closed ask was reopened
    late_on: Mapped[date | None] = mapped_column(Date)
    flagged_on: Mapped[date | None] = mapped_column(Date)
    flagged_at: Mapped[datetime | None]
    ended_on: Mapped[date | None] = mapped_column(Date)
    ended_at: Mapped[datetime | None]
    # the day on which it was extended when it was late already: it goes on in another row
    extended_on: Mapped[date | None] = mapped_column(Date)
    snoozed_until: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(String(1000), default="")  # why it did not start, or ended
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    superseded_at: Mapped[datetime | None]

    rule: Mapped[ClockRule | None] = relationship(lazy="raise_on_sql")
    agency: Mapped[Agency | None] = relationship(lazy="raise_on_sql")

    @property
    def is_from_sending(self) -> bool:
        """A clock that the law counts from receipt, of which no day is recorded."""
        return self.note == RECEIPT_UNKNOWN

    @property
    def is_flagged(self) -> bool:
        """The flag holds today; one of a day to come was set while the machine's clock was ahead.
        The same as `tracker.clocks.queries.IS_FLAGGED`."""
        return (
            self.state is ClockState.RUNNING
            and self.flagged_on is not None
            and self.flagged_on <= today()
            and self.superseded_at is None
        )

    @property
    def named_day(self) -> str:
        """The day that it came to before any extension, no more exact than it was named."""
        assert self.due_on is not None
        day = self.first_due_on or self.due_on
        if self.note == NAMED_MONTH:
            return f"the end of {PartialDate(day.year, day.month).shown}"
        return show_day(day)


class ClockAct(Base, Keyed, HangsOnRecommendation):
    """A person snoozed, extended, met or voided a clock, for a reason."""

    __tablename__ = "clock_acts"
    __table_args__ = (Index(None, "recommendation_id"),)

    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendations.id"))
    act: Mapped[ActKind] = mapped_column(word(ActKind))
    kind: Mapped[ClockKind] = mapped_column(word(ClockKind))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    start_key: Mapped[str] = mapped_column(String(60))
    from_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(500))
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
