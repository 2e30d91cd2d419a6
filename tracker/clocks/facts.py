"""The facts that the clocks of an ask follow from, and a clock as it follows: plain data."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from tracker.clocks.models import ActKind, Basis, Cause, ClockKind, ClockState
from tracker.clocks.section_1263d import Request
from tracker.core.dates import PartialDate
from tracker.correspondence.models import LetterKind
from tracker.correspondence.rules import ContactFact
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import Seeks, Status

CAUSE_OF = {
    ClockKind.SECTION_1263D: Cause.STATUTORY_OVERDUE,
    ClockKind.ERC_REMOVAL: Cause.STATUTORY_OVERDUE,
    ClockKind.ERC_VOTE: Cause.STATUTORY_OVERDUE,
    ClockKind.REPLY_REQUESTED: Cause.RESPONSE_OVERDUE,
    ClockKind.PROMISE: Cause.PROMISE_PASSED,
    ClockKind.ANSWER: Cause.OURS_TO_ANSWER,
    ClockKind.SILENCE: Cause.SILENT,
    ClockKind.ACKNOWLEDGEMENT: Cause.UNACKNOWLEDGED,
    ClockKind.DRAFTING: Cause.UNSENT,
    ClockKind.VETTING: Cause.UNSENT,
    ClockKind.EVIDENCE: Cause.EVIDENCE_AGEING,
}
# a clock's kind, its addressee, and what started it: by these the same one is known again
Key = tuple[ClockKind, int | None, str]


@dataclass(frozen=True)
class SpanFact:
    """A span of the life cycle."""

    id: int
    status: Status
    from_on: PartialDate | None
    until_on: PartialDate | None


@dataclass(frozen=True)
class AddresseeFact:
    """A body that the ask was put to."""

    agency_id: int
    jurisdiction: str
    is_president: bool
    is_committee: bool = False  # it receives what is asked of the End-User Review Committee


@dataclass(frozen=True)
class LetterFact:
    """A letter that carries the ask."""

    kind: LetterKind
    channel: str
    received_on: PartialDate | None
    reply_requested_by: PartialDate | None  # only where a person confirmed it
    request: Request
    is_told: bool = True  # all readers of the ask see the letter


@dataclass(frozen=True)
class ActFact:
    """What a person did to a clock on a day: moved its end to another day, said on which day it was
    met, or that it never was one."""

    act: ActKind
    kind: ClockKind
    agency_id: int | None
    start_key: str
    on: date
    until: date | None = None

    @property
    def key(self) -> Key:
        """The clock that it was done to, all pieces of it."""
        return self.kind, self.agency_id, self.start_key.partition("/")[0]


@dataclass(frozen=True)
class AskFacts:
    """All that the clocks of one ask follow from."""

    instrument: Instrument
    seeks: Seeks
    newest_conduct_on: PartialDate | None
    spans: tuple[SpanFact, ...] = ()
    addressees: tuple[AddresseeFact, ...] = ()
    contacts: tuple[ContactFact, ...] = ()
    letters: dict[int, LetterFact] = field(default_factory=dict)
    acts: tuple[ActFact, ...] = ()  # in the order in which they were done


@dataclass(frozen=True)
class ClockSpec:
    """A clock as it follows from the facts. `late_on` is its first late day, if it gets there;
    `first_due_on` is its due day before it was extended, and `extended_on` the day on which one
    that was late already was: it goes on in a clock of its own."""

    kind: ClockKind
    basis: Basis
    start_key: str
    state: ClockState
    started_on: PartialDate | None = None
    warn_on: date | None = None
    due_on: date | None = None
    first_due_on: date | None = None
    late_on: date | None = None
    ended_on: date | None = None
    extended_on: date | None = None
    rule_id: int | None = None
    agency_id: int | None = None
    contact_id: int | None = None
    note: str = ""

    @property
    def cause(self) -> Cause:
        """What it is stale for once it is late."""
        return CAUSE_OF[self.kind]

    @property
    def key(self) -> Key:
        """By which the same clock is known again."""
        return self.kind, self.agency_id, self.start_key

    def flag_day(self, today: date) -> date | None:
        """The day from which it is flagged, if it was late by `today` and by the day of its end."""
        if self.late_on is None or self.late_on > today:
            return None
        return self.late_on if self.ended_on is None or self.late_on <= self.ended_on else None


def status_on(spans: Iterable[SpanFact], day: date) -> Status | None:
    """The status that an ask had at the end of a day, as far as its spans tell."""
    held = [
        (span.from_on.earliest, span.id, span.status)
        for span in spans
        if span.from_on
        and span.from_on.earliest <= day
        and (span.until_on is None or day < span.until_on.earliest)
    ]
    return max(held)[2] if held else None


def closings_of(spans: Iterable[SpanFact]) -> list[tuple[date, date | None]]:
    """When the ask was closed, and until when; of one day, the closing that lasts comes last."""
    found = [
        (span.from_on.earliest, span.until_on.earliest if span.until_on else None)
        for span in spans
        if span.status is Status.CLOSED and span.from_on is not None
    ]
    return sorted(found, key=lambda closing: (closing[0], closing[1] or date.max))
