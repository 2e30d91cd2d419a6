"""Which clocks an ask has: pure decisions over facts, so that all can be recomputed at any time.

`derive` gives every clock that follows from what is known: those that run, those that ended, and
those that did not start, with the reason. Nothing here reads the database or the system time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from tracker.clocks.calendars import is_holiday_in
from tracker.clocks.models import Basis, Cause, ClockKind, ClockState, Unit
from tracker.clocks.section_1263d import Request, explain_failings, failings
from tracker.core.dates import PartialDate, add_days, add_months
from tracker.correspondence.models import LetterKind, Substance
from tracker.correspondence.rules import (
    ACKNOWLEDGES,
    ANSWERS,
    OURS,
    RESETS_SILENCE,
    ContactFact,
)
from tracker.recommendations.instruments import FACTS, Instrument
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
KEEPS_PROMISE = frozenset({Substance.SUBSTANTIVE, Substance.MEETING, Substance.PROMISE})
ANSWERS_QUESTION = OURS | {Substance.MEETING}
DECIDES = frozenset({Substance.SUBSTANTIVE})  # a question or a promise is no vote
TOO_VAGUE = "The date is known only to the year; a clock starts from a month or a day."
RECEIPT_UNKNOWN = "The day of receipt is not recorded; it is counted from the day of sending."


@dataclass(frozen=True)
class RuleFact:
    """A clock rule, as the choice reads it."""

    id: int
    kind: ClockKind
    length: int
    unit: Unit
    basis: Basis
    valid_from: date
    valid_until: date | None = None
    instrument: Instrument | None = None
    jurisdiction: str = ""
    agency_id: int | None = None
    channel: str = ""
    status: Status | None = None
    lead_days: int = 0
    warn_day: int | None = None


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


@dataclass(frozen=True)
class LetterFact:
    """A letter that carries the ask."""

    kind: LetterKind
    channel: str
    received_on: PartialDate | None
    reply_requested_by: PartialDate | None  # only where a person confirmed it
    request: Request


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


@dataclass(frozen=True)
class ClockSpec:
    """A clock as it follows from the facts. `late_on` is its first late day, if it gets there."""

    kind: ClockKind
    basis: Basis
    start_key: str
    state: ClockState
    started_on: PartialDate | None = None
    warn_on: date | None = None
    due_on: date | None = None
    late_on: date | None = None
    ended_on: date | None = None
    rule_id: int | None = None
    agency_id: int | None = None
    contact_id: int | None = None
    note: str = ""

    @property
    def cause(self) -> Cause:
        """What it is stale for once it is late."""
        return CAUSE_OF[self.kind]

    @property
    def key(self) -> tuple[ClockKind, int | None, str]:
        """By which the same clock is known again."""
        return self.kind, self.agency_id, self.start_key

    def flag_day(self, today: date) -> date | None:
        """The day from which it is flagged, if it was late by `today` and by the day of its end."""
        if self.late_on is None or self.late_on > today:
            return None
        return self.late_on if self.ended_on is None or self.late_on <= self.ended_on else None


def choose(
    rules: Iterable[RuleFact],
    kind: ClockKind,
    day: date,
    *,
    instrument: Instrument,
    jurisdiction: str = "",
    agency_id: int | None = None,
    channel: str = "",
    status: Status | None = None,
) -> RuleFact | None:
    """The most specific rule in force on `day`: an agency before an instrument before a
    jurisdiction before a channel before a status; of equals, the latest."""
    fitting = [
        rule
        for rule in rules
        if rule.kind is kind
        and rule.valid_from <= day
        and (rule.valid_until is None or day <= rule.valid_until)
        and rule.agency_id in (None, agency_id)
        and rule.instrument in (None, instrument)
        and rule.jurisdiction in ("", jurisdiction)
        and rule.channel in ("", channel)
        and rule.status in (None, status)
    ]
    return max(fitting, key=_specificity, default=None)


def _specificity(rule: RuleFact) -> tuple[bool, bool, bool, bool, bool, date, int]:
    return (
        rule.agency_id is not None,
        rule.instrument is not None,
        bool(rule.jurisdiction),
        bool(rule.channel),
        rule.status is not None,
        rule.valid_from,
        rule.id,
    )


def due_day(rule: RuleFact, start: date, jurisdiction: str) -> date:
    """Day N of a term that has `start` as its day 0, less the rule's lead."""
    if rule.unit is Unit.MONTHS:
        end = add_months(start, rule.length)
    else:
        end = add_days(
            start,
            rule.length,
            business=rule.unit is Unit.BUSINESS_DAYS,
            is_holiday=is_holiday_in(jurisdiction),
        )
    return end - timedelta(days=rule.lead_days)


def derive(facts: AskFacts, rules: Sequence[RuleFact]) -> list[ClockSpec]:
    """Every clock of the ask: running, ended, and not started with the reason."""
    by_key: dict[tuple[ClockKind, int | None, str], ClockSpec] = {}
    for spec in _Deriver(facts, rules).all():
        by_key.setdefault(spec.key, spec)
    return list(by_key.values())


class _Deriver:
    """The derivation of one ask; a class only so that facts and rules are at hand."""

    def __init__(self, facts: AskFacts, rules: Sequence[RuleFact]) -> None:
        self.facts = facts
        self.rules = rules
        self.contacts = _in_order(facts.contacts)
        self.closings = _closings(facts.spans)

    def all(self) -> list[ClockSpec]:
        found = [*self.unsent(), *self.evidence(), *self.in_law()]
        for addressee in self.facts.addressees:
            own = [c for c in self.contacts if addressee.agency_id in c.agency_ids]
            found += self.acknowledgement(addressee, own)
            found += self.silence(addressee, own)
            found += self.reply_requested(addressee, own)
            found += self.promises(addressee, own)
            found += self.answers(addressee, own)
        return found

    # ---- house norms before sending, and on evidence

    def unsent(self) -> list[ClockSpec]:
        """What was closed before it was sent has not met the norm: its clock ended with the ask."""
        kinds = {Status.DRAFT: ClockKind.DRAFTING, Status.VETTING: ClockKind.VETTING}
        closed_on = {closed_from for closed_from, _ in self.closings}
        return [
            replace(spec, state=ClockState.CLOSED) if spec.ended_on in closed_on else spec
            for span in self.facts.spans
            if span.status in kinds
            for spec in self.term(
                kinds[span.status],
                f"span-{span.id}",
                span.from_on,
                ended=span.until_on.earliest if span.until_on else None,
                status=span.status,
            )
        ]

    def evidence(self) -> list[ClockSpec]:
        if self.facts.newest_conduct_on is None:
            return []
        return self.term(ClockKind.EVIDENCE, "conduct", self.facts.newest_conduct_on)

    # ---- per addressee

    def acknowledgement(self, addressee: AddresseeFact, own: list[ContactFact]) -> list[ClockSpec]:
        return [
            spec
            for contact in own
            if contact.substance is Substance.SUBMISSION
            for spec in self.term(
                ClockKind.ACKNOWLEDGEMENT,
                f"contact-{contact.id}",
                contact.on,
                ended=_day_of(_first_reply(own, contact, ACKNOWLEDGES)),
                addressee=addressee,
                contact=contact,
            )
        ]

    def silence(self, addressee: AddresseeFact, own: list[ContactFact]) -> list[ClockSpec]:
        """From each contact that counts to the next. While a question of theirs waits for us, they
        are not the silent ones, whatever else they send."""
        counted = [c for c in own if c.substance in RESETS_SILENCE]
        question_waits = False
        found: list[ClockSpec] = []
        for contact in counted:
            if contact.substance is Substance.QUESTION:
                question_waits = True
            elif contact.substance in ANSWERS_QUESTION:
                question_waits = False
            following = _first_after(own, contact, RESETS_SILENCE)
            vague = contact.on is None or not contact.on.starts_clocks
            if question_waits or (vague and following):
                continue
            found += self.term(
                ClockKind.SILENCE,
                f"contact-{contact.id}",
                contact.on,
                ended=_day_of(following),
                addressee=addressee,
                contact=contact,
            )
        return found

    def reply_requested(self, addressee: AddresseeFact, own: list[ContactFact]) -> list[ClockSpec]:
        found: list[ClockSpec] = []
        for contact in own:
            letter = self.facts.letters.get(contact.letter_id or 0)
            if contact.substance in OURS and letter and letter.reply_requested_by:
                found += self.fixed(
                    ClockKind.REPLY_REQUESTED,
                    Basis.LETTER,
                    contact,
                    letter.reply_requested_by.latest,
                    ended=_day_of(_first_reply(own, contact, ANSWERS)),
                    addressee=addressee,
                )
        return found

    def promises(self, addressee: AddresseeFact, own: list[ContactFact]) -> list[ClockSpec]:
        found: list[ClockSpec] = []
        for contact in own:
            if contact.substance is Substance.PROMISE and contact.promised_on:
                found += self.fixed(
                    ClockKind.PROMISE,
                    Basis.PROMISE,
                    contact,
                    contact.promised_on.latest,
                    ended=_day_of(_first_after(own, contact, KEEPS_PROMISE)),
                    addressee=addressee,
                )
        return found

    def answers(self, addressee: AddresseeFact, own: list[ContactFact]) -> list[ClockSpec]:
        return [
            spec
            for contact in own
            if contact.substance is Substance.QUESTION
            for spec in self.term(
                ClockKind.ANSWER,
                f"contact-{contact.id}",
                contact.on,
                ended=_day_of(_first_after(own, contact, ANSWERS_QUESTION)),
                addressee=addressee,
                contact=contact,
            )
        ]

    # ---- in law

    def in_law(self) -> list[ClockSpec]:
        sent = [
            (contact, self.facts.letters[contact.letter_id])
            for contact in self.contacts
            if contact.substance is Substance.SUBMISSION and contact.letter_id in self.facts.letters
        ]
        return [*self.section_1263d(sent), *self.review_committee(sent)]

    def section_1263d(self, sent: list[tuple[ContactFact, LetterFact]]) -> list[ClockSpec]:
        """The first qualifying letter starts the clock; a narrower second one does not reset it."""
        if FACTS[self.facts.instrument].jurisdiction != "US":
            return []
        president = next((a for a in self.facts.addressees if a.is_president), None)
        for contact, letter in sent:
            if president and not failings(letter.request):
                return self.term(
                    ClockKind.SECTION_1263D,
                    f"contact-{contact.id}",
                    letter.received_on or contact.on,
                    ended=_day_of(self.determination(contact, president)),
                    addressee=president,
                    contact=contact,
                    note="" if letter.received_on else RECEIPT_UNKNOWN,
                )
        asks_for_it = self.facts.instrument is Instrument.GLOBAL_MAGNITSKY
        return [
            self.not_started(
                ClockKind.SECTION_1263D,
                Basis.STATUTE,
                f"contact-{contact.id}",
                explain_failings(letter.request, put_to_president=president is not None),
                contact=contact,
            )
            for contact, letter in sent
            if asks_for_it or letter.kind is LetterKind.CONGRESSIONAL
        ]

    def determination(self, after: ContactFact, president: AddresseeFact) -> ContactFact | None:
        """The first determination of the President's after the letter."""
        marked = [
            c
            for c in self.contacts
            if c == after or (c.is_determination and president.agency_id in c.agency_ids)
        ]
        return _first_reply(marked, after, frozenset(Substance))

    def review_committee(self, sent: list[tuple[ContactFact, LetterFact]]) -> list[ClockSpec]:
        if self.facts.instrument is not Instrument.ENTITY_LIST or not sent:
            return []
        contact, letter = sent[0]
        vote = self.not_started(
            ClockKind.ERC_VOTE,
            Basis.REGULATION,
            "committee",
            "30 days from the circulation of a proposal. Only a member agency proposes, and none "
            "has said that a proposal circulates; an advocate's letter starts none.",
        )
        if self.facts.seeks is not Seeks.REMOVAL:
            return [vote]
        if letter.received_on is None:
            return [
                vote,
                self.not_started(
                    ClockKind.ERC_REMOVAL,
                    Basis.REGULATION,
                    f"contact-{contact.id}",
                    "30 days from the day on which the committee receives the request; that day "
                    "is not recorded.",
                    contact=contact,
                ),
            ]
        asked = [c for c in self.contacts if c.agency_ids & contact.agency_ids]
        return [
            vote,
            *self.term(
                ClockKind.ERC_REMOVAL,
                f"contact-{contact.id}",
                letter.received_on,
                ended=_day_of(_first_reply(asked, contact, DECIDES)),
                contact=contact,
            ),
        ]

    # ---- making of clocks

    def term(
        self,
        kind: ClockKind,
        start_key: str,
        start: PartialDate | None,
        *,
        ended: date | None = None,
        addressee: AddresseeFact | None = None,
        contact: ContactFact | None = None,
        status: Status | None = None,
        note: str = "",
    ) -> list[ClockSpec]:
        """A clock whose length a rule gives."""
        jurisdiction = addressee.jurisdiction if addressee else ""
        letter = self.facts.letters.get(contact.letter_id or 0) if contact else None
        rule = choose(
            self.rules,
            kind,
            start.earliest if start else date.max,
            instrument=self.facts.instrument,
            jurisdiction=jurisdiction,
            agency_id=addressee.agency_id if addressee else None,
            channel=letter.channel if letter else "",
            status=status,
        )
        if rule is None:
            return []
        spec = ClockSpec(
            kind=kind,
            basis=rule.basis,
            start_key=start_key,
            state=ClockState.RUNNING,
            started_on=start,
            rule_id=rule.id,
            agency_id=addressee.agency_id if addressee else None,
            contact_id=contact.id if contact else None,
            note=note,
        )
        if start is None:
            why = "The day on which it would start is not recorded."
            return [replace(spec, state=ClockState.NOT_STARTED, note=why)]
        if not start.starts_clocks:
            return [replace(spec, state=ClockState.NOT_STARTED, note=TOO_VAGUE)]
        day = start.earliest
        spec = replace(
            spec,
            due_on=due_day(rule, day, jurisdiction),
            warn_on=day + timedelta(days=rule.warn_day) if rule.warn_day else None,
        )
        return self.pieces(spec, day, ended)

    def fixed(
        self,
        kind: ClockKind,
        basis: Basis,
        contact: ContactFact,
        due: date,
        *,
        ended: date | None,
        addressee: AddresseeFact,
    ) -> list[ClockSpec]:
        """A clock whose day somebody named."""
        spec = ClockSpec(
            kind=kind,
            basis=basis,
            start_key=f"contact-{contact.id}",
            state=ClockState.RUNNING,
            started_on=contact.on,
            due_on=due,
            agency_id=addressee.agency_id,
            contact_id=contact.id,
        )
        if contact.on is None or not contact.on.starts_clocks:
            return [replace(spec, state=ClockState.NOT_STARTED, due_on=None, note=TOO_VAGUE)]
        return self.pieces(spec, contact.on.earliest, ended)

    def not_started(
        self,
        kind: ClockKind,
        basis: Basis,
        start_key: str,
        note: str,
        contact: ContactFact | None = None,
    ) -> ClockSpec:
        day = contact.on.earliest if contact and contact.on else date.max
        rule = choose(self.rules, kind, day, instrument=self.facts.instrument)
        return ClockSpec(
            kind=kind,
            basis=basis,
            start_key=start_key,
            state=ClockState.NOT_STARTED,
            rule_id=rule.id if rule else None,
            contact_id=contact.id if contact else None,
            note=note,
        )

    def pieces(self, spec: ClockSpec, start: date, ended: date | None) -> list[ClockSpec]:
        """The clock, cut where the ask was closed; after a reopening the same clock goes on, and is
        late again from the day of the reopening."""
        if ended is not None and ended <= start:
            return []
        assert spec.due_on is not None
        found: list[ClockSpec] = []
        running_since, resumed = start, None

        def piece(end: date | None, state: ClockState) -> ClockSpec:
            assert spec.due_on is not None
            late = spec.due_on + timedelta(days=1)
            return replace(
                spec,
                start_key=spec.start_key + (f"/{len(found) + 1}" if found else ""),
                state=state,
                ended_on=end,
                late_on=max(late, resumed) if resumed else late,
            )

        for closed_from, closed_until in self.closings:
            if ended is not None and ended <= closed_from:
                break
            if closed_until is not None and closed_until <= start:
                continue
            if running_since < closed_from:
                found.append(piece(closed_from, ClockState.CLOSED))
            if closed_until is None:
                return found
            running_since = resumed = max(start, closed_from, closed_until)
        if ended is not None and resumed is not None and ended <= resumed:
            return found
        state = ClockState.RUNNING if ended is None else ClockState.MET
        return [*found, piece(ended, state)]


def _closings(spans: Sequence[SpanFact]) -> list[tuple[date, date | None]]:
    """When the ask was closed, and until when; of one day, the closing that lasts comes last."""
    found = [
        (span.from_on.earliest, span.until_on.earliest if span.until_on else None)
        for span in spans
        if span.status is Status.CLOSED and span.from_on is not None
    ]
    return sorted(found, key=lambda closing: (closing[0], closing[1] or date.max))


def _in_order(contacts: Sequence[ContactFact]) -> list[ContactFact]:
    """Contacts by their day, the undated first; of one day, letters with the ask before all else,
    the others as they were recorded."""
    return sorted(
        contacts,
        key=lambda c: (str(c.on or ""), c.substance is not Substance.SUBMISSION, c.id),
    )


def _first_after(
    own: Sequence[ContactFact], contact: ContactFact, kinds: frozenset[Substance]
) -> ContactFact | None:
    """The first contact of one of `kinds` that follows `contact` in order and is dated."""
    later = own[own.index(contact) + 1 :]
    return next((c for c in later if c.substance in kinds and c.on is not None), None)


def _first_reply(
    own: Sequence[ContactFact], letter: ContactFact, kinds: frozenset[Substance]
) -> ContactFact | None:
    """The first contact of one of `kinds` that answers a letter of ours. One known only to the
    month or the year of our first letter answers it, though its earliest day comes before."""
    before = own[: own.index(letter)]
    is_first = not any(c.substance is Substance.SUBMISSION for c in before)
    for contact in before:
        may_follow = contact.on and letter.on and contact.on.latest >= letter.on.earliest
        if is_first and may_follow and contact.substance in kinds:
            return contact
    return _first_after(own, letter, kinds)


def _day_of(contact: ContactFact | None) -> date | None:
    return contact.on.earliest if contact and contact.on else None
