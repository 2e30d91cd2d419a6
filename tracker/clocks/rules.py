"""Which clocks an ask has: pure decisions over facts, so that all can be recomputed at any time.

`derive` gives every clock that follows from what is known: those that run, those that ended, and
those that did not start, with the reason. Nothing here reads the database or the system time.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from tracker.clocks.choice import RuleFact, Start, choose, due_day, warning_day
from tracker.clocks.cutting import Cutting
from tracker.clocks.facts import (
    AddresseeFact,
    AskFacts,
    ClockSpec,
    Key,
    LetterFact,
    closings_of,
    status_on,
)
from tracker.clocks.models import (
    LAW,
    NAMED_MONTH,
    RECEIPT_UNKNOWN,
    ActKind,
    Basis,
    ClockKind,
    ClockState,
)
from tracker.clocks.section_1263d import UNTOLD_LETTER, explain_failings, failings
from tracker.core.dates import PartialDate, add_months
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

STATUS_OF = {ClockKind.DRAFTING: Status.DRAFT, ClockKind.VETTING: Status.VETTING}
KEEPS_PROMISE = frozenset({Substance.SUBSTANTIVE, Substance.MEETING, Substance.PROMISE})
ANSWERS_QUESTION = OURS | {Substance.MEETING}
RECENT_MONTHS = 60
# designations are announced together about Human Rights Day, 10 December
DECEMBER_ROUNDS = frozenset(
    {
        Instrument.GLOBAL_MAGNITSKY,
        Instrument.VISA_7031C,
        Instrument.VISA_212A3C,
        Instrument.UK_GHR,
        Instrument.EU_GHR,
        Instrument.CA_JVCFOA,
        Instrument.CA_SEMA,
        Instrument.AU_THEMATIC,
    }
)
TOO_VAGUE = "The date is known only to the year; a clock starts from a month or a day."
NAMED_YEAR = "The day named is known only to the year; a clock runs to a month or a day."
UNKNOWN_DAY = "The day on which it would start is not recorded."


def derive(facts: AskFacts, rules: Sequence[RuleFact]) -> list[ClockSpec]:
    """Every clock of the ask: running, ended, and not started with the reason."""
    by_key: dict[Key, ClockSpec] = {}
    for spec in _Deriver(facts, rules).all():
        by_key.setdefault(spec.key, spec)
    return list(by_key.values())


class _Deriver:
    """The derivation of one ask; a class only so that facts and rules are at hand."""

    def __init__(self, facts: AskFacts, rules: Sequence[RuleFact]) -> None:
        self.facts = facts
        self.rules = rules
        self.contacts = _in_order(facts.contacts)
        self.closings = closings_of(facts.spans)

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
        kinds = {status: kind for kind, status in STATUS_OF.items()}
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
        newest = self.facts.newest_conduct_on
        if newest is None:
            return []
        begun = min((s.from_on.earliest for s in self.facts.spans if s.from_on), default=date.min)
        found = [  # an ask is not stale before there is one
            replace(spec, late_on=max(spec.late_on, begun)) if spec.late_on else spec
            for spec in self.term(ClockKind.EVIDENCE, f"conduct-{newest}", newest)
        ]
        if self.facts.instrument not in DECEMBER_ROUNDS:
            return found
        remind_on = september_before(add_months(newest.earliest, RECENT_MONTHS))
        return [replace(spec, warn_on=remind_on) if spec.due_on else spec for spec in found]

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
        """From each day with a contact that counts to the next. While a question of theirs waits
        for us, they are not the silent ones, whatever else they send. Of several on a day it is the
        first that counts, so that a further one makes no other clock."""
        counted = [c for c in own if c.substance in RESETS_SILENCE]
        question_waits = False
        found: list[ClockSpec] = []
        for day, of_day in groupby(counted, key=lambda c: c.on):
            contact = None
            for last in of_day:
                if last.substance is Substance.QUESTION:
                    question_waits = True
                elif last.substance in ANSWERS_QUESTION:
                    question_waits = False
                contact = None if question_waits else contact or last
            following = _first_after(own, last, RESETS_SILENCE)
            vague = day is None or not day.starts_clocks
            if contact is None or (vague and following):
                continue
            found += self.term(
                ClockKind.SILENCE,
                f"day-{day or ''}",
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
                    letter.reply_requested_by,
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
                    contact.promised_on,
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
        """The first qualifying letter that is received starts the clock; a narrower second one
        does not reset it. Until its receipt is recorded it counts from the day of sending, and says
        so."""
        if FACTS[self.facts.instrument].jurisdiction not in ("US", None):
            return []
        president = next((a for a in self.facts.addressees if a.is_president), None)
        qualifying = [each for each in sent if president and not failings(each[1].request)]
        if president and qualifying:
            contact, letter = min(qualifying, key=_receipt_first)
            day, note = day_of_receipt(letter.received_on, contact.on)
            return self.term(
                ClockKind.SECTION_1263D,
                f"contact-{contact.id}",
                day,
                ended=_day_of(self.decision(contact, {president.agency_id})),
                addressee=president,
                contact=contact,
                note=note,
            )
        asks_for_it = self.facts.instrument is Instrument.GLOBAL_MAGNITSKY
        return [
            self.not_started(
                ClockKind.SECTION_1263D,
                Basis.STATUTE,
                f"contact-{contact.id}",
                explain_failings(letter.request, put_to_president=president is not None)
                if letter.is_told
                else UNTOLD_LETTER,
                contact=contact,
            )
            for contact, letter in sent
            if asks_for_it or letter.kind is LetterKind.CONGRESSIONAL
        ]

    def decision(self, after: ContactFact, bodies: Collection[int]) -> ContactFact | None:
        """The first contact after the letter that is the decision in law of one of the bodies."""
        marked = [
            c
            for c in self.contacts
            if c == after or (c.is_determination and not c.agency_ids.isdisjoint(bodies))
        ]
        return _first_reply(marked, after, frozenset(Substance))

    def review_committee(self, sent: list[tuple[ContactFact, LetterFact]]) -> list[ClockSpec]:
        if self.facts.instrument is not Instrument.ENTITY_LIST:
            return []
        vote = self.vote() if sent or any(c.proposed_on for c in self.contacts) else []
        if self.facts.seeks is not Seeks.REMOVAL or not sent:
            return vote
        committee = {a.agency_id for a in self.facts.addressees if a.is_committee}
        to_it = [each for each in sent if each[0].agency_ids & committee]
        if not to_it:
            why = (
                "30 days from the day on which the committee receives the request; the letter went "
                "neither to it nor to Commerce, which chairs it."
            )
            return [
                *vote,
                self.not_started(
                    ClockKind.ERC_REMOVAL,
                    Basis.REGULATION,
                    f"contact-{sent[0][0].id}",
                    why,
                    contact=sent[0][0],
                ),
            ]
        contact, letter = min(to_it, key=_receipt_first)
        if letter.received_on is None:
            return [
                *vote,
                self.not_started(
                    ClockKind.ERC_REMOVAL,
                    Basis.REGULATION,
                    f"contact-{contact.id}",
                    "30 days from the day on which the committee receives the request; that day "
                    "is not recorded.",
                    contact=contact,
                ),
            ]
        day, note = day_of_receipt(letter.received_on, contact.on)
        return [
            *vote,
            *self.term(
                ClockKind.ERC_REMOVAL,
                f"contact-{contact.id}",
                day,
                ended=_day_of(self.decision(contact, contact.agency_ids)),
                contact=contact,
                note=note,
            ),
        ]

    def vote(self) -> list[ClockSpec]:
        """The committee's vote on each proposal, of which only an agency knows. It is met by what
        is marked as its decision, whichever body tells of it; the President's is another one."""
        if not any(c.proposed_on for c in self.contacts):
            return [
                self.not_started(
                    ClockKind.ERC_VOTE,
                    Basis.REGULATION,
                    "committee",
                    "30 days from the circulation of a proposal. Only a member agency proposes, "
                    "and none has said that a proposal circulates; an advocate's letter starts "
                    "none.",
                )
            ]
        return [spec for first in self._proposals() for spec in self._vote_on(first)]

    def _proposals(self) -> list[ContactFact]:
        """Who told first of each proposal; two of one day are one."""
        told: dict[PartialDate, ContactFact] = {}
        for contact in self.contacts:
            if contact.proposed_on:
                told.setdefault(contact.proposed_on, contact)
        return list(told.values())

    def _vote_on(self, told: ContactFact) -> list[ClockSpec]:
        """The vote may come before anybody tells of the proposal, and not before it circulates."""
        proposed = told.proposed_on
        assert proposed is not None
        presidents = {a.agency_id for a in self.facts.addressees if a.is_president}
        decided = (
            c.on.earliest
            for c in self.contacts
            if c.is_determination
            and c.agency_ids - presidents
            and c.on is not None
            and c.on.latest >= proposed.earliest
        )
        return self.term(
            ClockKind.ERC_VOTE,
            f"contact-{told.id}",
            proposed,
            ended=min(decided, default=None),
            contact=told,
        )

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
        begins = Start(
            kind,
            start.earliest if start else date.max,
            self.facts.instrument,
            jurisdiction=jurisdiction,
            agency_id=addressee.agency_id if addressee else None,
            channel=letter.channel if letter else "",
            status=status or (status_on(self.facts.spans, start.earliest) if start else None),
        )
        rule = choose(self.rules, begins)
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
            return [replace(spec, state=ClockState.NOT_STARTED, note=UNKNOWN_DAY)]
        if not start.starts_clocks:
            return [replace(spec, state=ClockState.NOT_STARTED, note=TOO_VAGUE)]
        day = start.earliest
        spec = replace(
            spec,
            due_on=due_day(rule, day, jurisdiction),
            warn_on=warning_day(rule, day, jurisdiction),
        )
        return self.pieces(spec, day, ended)

    def fixed(
        self,
        kind: ClockKind,
        basis: Basis,
        contact: ContactFact,
        due: PartialDate,
        *,
        ended: date | None,
        addressee: AddresseeFact,
    ) -> list[ClockSpec]:
        """A clock whose day somebody named; of a month, its last day."""
        spec = ClockSpec(
            kind=kind,
            basis=basis,
            start_key=f"contact-{contact.id}",
            state=ClockState.RUNNING,
            started_on=contact.on,
            due_on=due.latest,
            agency_id=addressee.agency_id,
            contact_id=contact.id,
            note="" if due.day else NAMED_MONTH,
        )
        if contact.on is None:
            return [replace(spec, state=ClockState.NOT_STARTED, due_on=None, note=UNKNOWN_DAY)]
        if not (contact.on.starts_clocks and due.starts_clocks):
            note = NAMED_YEAR if contact.on.starts_clocks else TOO_VAGUE
            return [replace(spec, state=ClockState.NOT_STARTED, due_on=None, note=note)]
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
        rule = choose(self.rules, Start(kind, day, self.facts.instrument))
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
        """The clock, cut where the ask was closed, and where it was extended when it was late
        already. After a reopening the same clock goes on, and is late again from that day."""
        acts = [act for act in self.facts.acts if act.key == spec.key]
        if void := next((act for act in acts if act.act is ActKind.VOID), None):
            return [replace(spec, state=ClockState.VOID, warn_on=None, ended_on=void.on)]
        met = [act.on for act in acts if act.act is ActKind.MEET]
        ended = min([*met, ended] if ended else met, default=None)
        if ended is not None and ended <= start:
            # a term of the law was met, if on its first day; one of ours never was one
            met_at_once = replace(spec, state=ClockState.MET, warn_on=None, ended_on=start)
            return [met_at_once] if spec.basis in LAW else []
        cutting = Cutting(spec, start)
        extensions = [(act.on, act.until) for act in acts if act.act is ActKind.EXTEND]
        for on, until, is_closing in sorted(
            [
                *((*closing, True) for closing in self.closings),
                *((*extension, False) for extension in extensions),
            ],
            key=lambda cut: (cut[0], cut[2], cut[1] or date.max),
        ):
            if ended is not None and ended <= on:
                break
            if not is_closing:
                cutting.extend(on, until)
            elif until is None:
                return cutting.close(on)
            elif until > start:
                cutting.close(on)
                cutting.resume(max(on, until))
        return cutting.end(ended)


def _receipt_first(each: tuple[ContactFact, LetterFact]) -> tuple[bool, bool, date]:
    """The order in which letters are taken: by the day of receipt, as far as it is known; what has
    none, by its day of sending after these."""
    contact, letter = each
    day, _ = day_of_receipt(letter.received_on, contact.on)
    is_vague = day is None or not day.starts_clocks
    return is_vague, letter.received_on is None, day.earliest if day else date.max


def day_of_receipt(
    received: PartialDate | None, sent: PartialDate | None
) -> tuple[PartialDate | None, str]:
    """Day 0 of a term in law, and what is to be said of it: nothing is received before it is
    sent, so that of a month or a year the day of sending is the earliest."""
    if received is None:
        return sent, RECEIPT_UNKNOWN
    if sent is None or not received.earliest < sent.earliest <= received.latest:
        return received, ""
    return sent, f"It was received in {received.shown}, and not before it was sent."


def september_before(old_on: date) -> date:
    """When to remind of evidence that is too old from a day on: the first of September before the
    last December round in which it is not."""
    is_after_the_round = old_on > date(old_on.year, 12, 10)
    return date(old_on.year if is_after_the_round else old_on.year - 1, 9, 1)


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
