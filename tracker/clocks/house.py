"""Clocks that stand on a norm of ours, or on a day that somebody named."""

from dataclasses import replace
from datetime import date
from itertools import groupby

from tracker.clocks.facts import AddresseeFact, ClockSpec
from tracker.clocks.making import Making
from tracker.clocks.models import Basis, ClockKind, ClockState
from tracker.clocks.sequence import after_the_letter, day_of, first_after
from tracker.core.dates import PartialDate, add_months
from tracker.correspondence.models import Substance
from tracker.correspondence.rules import (
    ACKNOWLEDGES,
    ANSWERS,
    OURS,
    RESETS_SILENCE,
    ContactFact,
)
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import Status

STATUS_OF = {ClockKind.DRAFTING: Status.DRAFT, ClockKind.VETTING: Status.VETTING}
KIND_OF = {status: kind for kind, status in STATUS_OF.items()}
KEEPS_PROMISE = frozenset({Substance.SUBSTANTIVE, Substance.MEETING, Substance.PROMISE})
ANSWERS_QUESTION = OURS | {Substance.MEETING}
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


def unsent(making: Making) -> list[ClockSpec]:
    """The norms before sending. What was closed before it was sent has not met them: its clock
    ended with the ask."""
    closed_on = {closed_from for closed_from, _ in making.closings}
    return [
        replace(spec, state=ClockState.CLOSED) if spec.ended_on in closed_on else spec
        for span in making.facts.spans
        if span.status in KIND_OF
        for spec in making.term(
            KIND_OF[span.status],
            f"span-{span.id}",
            span.from_on,
            ended=span.until_on.earliest if span.until_on else None,
            status=span.status,
        )
    ]


def evidence(making: Making) -> list[ClockSpec]:
    """How long evidence is recent; for the December rounds, with a reminder in September."""
    newest = making.facts.newest_conduct_on
    if newest is None:
        return []
    begun = min((s.from_on.earliest for s in making.facts.spans if s.from_on), default=date.min)
    found = [  # an ask is not stale before there is one
        replace(spec, late_on=max(spec.late_on, begun)) if spec.late_on else spec
        for spec in making.term(ClockKind.EVIDENCE, f"conduct-{newest}", newest)
    ]
    if making.facts.instrument not in DECEMBER_ROUNDS:
        return found
    lengths = {rule.id: rule.length for rule in making.rules}

    def remind_on(spec: ClockSpec) -> date | None:
        day = september_before(add_months(newest.earliest, lengths[spec.rule_id or 0]))
        return day if day > newest.latest else None  # a short norm leaves no round to remind of

    return [replace(spec, warn_on=remind_on(spec)) if spec.due_on else spec for spec in found]


def september_before(old_on: date) -> date:
    """When to remind of evidence that is too old from a day on: the first of September before the
    last December round in which it is not."""
    is_after_the_round = old_on > date(old_on.year, 12, 10)
    return date(old_on.year if is_after_the_round else old_on.year - 1, 9, 1)


def with_addressee(making: Making, addressee: AddresseeFact) -> list[ClockSpec]:
    """What runs between us and one of the bodies asked."""
    own = after_the_letter([c for c in making.contacts if addressee.agency_id in c.agency_ids])
    return [
        *_acknowledgement(making, addressee, own),
        *_silence(making, addressee, own),
        *_reply_requested(making, addressee, own),
        *_promises(making, addressee, own),
        *_answers(making, addressee, own),
    ]


def _acknowledgement(
    making: Making, addressee: AddresseeFact, own: list[ContactFact]
) -> list[ClockSpec]:
    return [
        spec
        for contact in own
        if contact.substance is Substance.SUBMISSION
        for spec in making.term(
            ClockKind.ACKNOWLEDGEMENT,
            f"contact-{contact.id}",
            contact.on,
            ended=day_of(first_after(own, contact, ACKNOWLEDGES)),
            addressee=addressee,
            contact=contact,
        )
    ]


def _silence(making: Making, addressee: AddresseeFact, own: list[ContactFact]) -> list[ClockSpec]:
    """From each day with a contact that counts to the next. While a question of theirs waits for
    us, they are not the silent ones, whatever else they send. Of several on a day it is the first
    that counts, so that a further one makes no other clock."""
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
        following = first_after(own, last, RESETS_SILENCE)
        vague = day is None or not day.starts_clocks
        if contact is None or (vague and following):
            continue
        found += making.term(
            ClockKind.SILENCE,
            f"day-{day or ''}",
            contact.on,
            ended=day_of(following),
            addressee=addressee,
            contact=contact,
        )
    return found


def _reply_requested(
    making: Making, addressee: AddresseeFact, own: list[ContactFact]
) -> list[ClockSpec]:
    found: list[ClockSpec] = []
    for contact in own:
        letter = making.facts.letters.get(contact.letter_id or 0)
        if contact.substance in OURS and letter and letter.reply_requested_by:
            found += making.fixed(
                ClockKind.REPLY_REQUESTED,
                Basis.LETTER,
                contact,
                letter.reply_requested_by,
                ended=day_of(first_after(own, contact, ANSWERS)),
                addressee=addressee,
            )
    return found


def _promises(making: Making, addressee: AddresseeFact, own: list[ContactFact]) -> list[ClockSpec]:
    found: list[ClockSpec] = []
    for contact in own:
        if contact.substance is Substance.PROMISE and contact.promised_on:
            found += making.fixed(
                ClockKind.PROMISE,
                Basis.PROMISE,
                contact,
                contact.promised_on,
                ended=day_of(first_after(own, contact, KEEPS_PROMISE)),
                addressee=addressee,
            )
    return found


def _known_as(recorded: PartialDate | None, counted: PartialDate | None) -> str:
    """Why a contact is counted from another day than the one on record."""
    if recorded is None or recorded == counted:
        return ""
    return f"Known as {recorded.shown}: counted from the day of our letter, which it followed."


def _answers(making: Making, addressee: AddresseeFact, own: list[ContactFact]) -> list[ClockSpec]:
    """Ours to a question of theirs."""
    recorded = {c.id: c.on for c in making.contacts}
    return [
        spec
        for contact in own
        if contact.substance is Substance.QUESTION
        for spec in making.term(
            ClockKind.ANSWER,
            f"contact-{contact.id}",
            contact.on,
            ended=day_of(first_after(own, contact, ANSWERS_QUESTION)),
            addressee=addressee,
            contact=contact,
            note=_known_as(recorded[contact.id], contact.on),
        )
    ]
