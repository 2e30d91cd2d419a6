"""Clocks that stand on a statute or a regulation."""

from collections.abc import Collection
from datetime import date

from tracker.clocks.facts import ClockSpec, LetterFact
from tracker.clocks.making import Making
from tracker.clocks.models import RECEIPT_UNKNOWN, Basis, ClockKind
from tracker.clocks.section_1263d import UNTOLD_LETTER, explain_failings, failings
from tracker.clocks.sequence import after_the_letter, day_of, first_after
from tracker.core.dates import PartialDate
from tracker.correspondence.models import LetterKind, Substance
from tracker.correspondence.rules import ContactFact
from tracker.recommendations.instruments import FACTS, Instrument
from tracker.recommendations.models import Seeks

ELSEWHERE = (
    "30 days from the day on which the committee receives the request; the letter went neither to "
    "it nor to Commerce, which chairs it."
)
RECEIPT_NOT_RECORDED = (
    "30 days from the day on which the committee receives the request; that day is not recorded."
)
NO_PROPOSAL = (
    "30 days from the circulation of a proposal. Only a member agency proposes, and none has said "
    "that a proposal circulates; an advocate's letter starts none."
)

Sent = tuple[ContactFact, LetterFact]


def in_law(making: Making) -> list[ClockSpec]:
    """The clocks of the President's answer to committees, and of the End-User Review Committee."""
    letters = making.facts.letters
    sent = [
        (contact, letters[contact.letter_id])
        for contact in making.contacts
        if contact.substance is Substance.SUBMISSION and contact.letter_id in letters
    ]
    return [*_section_1263d(making, sent), *_review_committee(making, sent)]


def _section_1263d(making: Making, sent: list[Sent]) -> list[ClockSpec]:
    """The first qualifying letter that is received starts the clock; a narrower second one does not
    reset it. Until its receipt is recorded it counts from the day of sending, and says so."""
    if FACTS[making.facts.instrument].jurisdiction not in ("US", None):
        return []
    president = next((a for a in making.facts.addressees if a.is_president), None)
    qualifying = [each for each in sent if president and not failings(each[1].request)]
    if president and qualifying:
        contact, letter = min(qualifying, key=_receipt_first)
        day, note = day_of_receipt(letter.received_on, contact.on)
        return making.term(
            ClockKind.SECTION_1263D,
            f"contact-{contact.id}",
            day,
            ended=day_of(_decision(making, contact, {president.agency_id})),
            addressee=president,
            contact=contact,
            note=note,
        )
    asks_for_it = making.facts.instrument is Instrument.GLOBAL_MAGNITSKY
    return [
        making.not_started(
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


def _review_committee(making: Making, sent: list[Sent]) -> list[ClockSpec]:
    if making.facts.instrument is not Instrument.ENTITY_LIST:
        return []
    found = _vote(making) if sent or any(c.proposed_on for c in making.contacts) else []
    if making.facts.seeks is Seeks.REMOVAL and sent:
        found += _removal(making, sent)
    return found


def _removal(making: Making, sent: list[Sent]) -> list[ClockSpec]:
    """The committee's answer to a request for removal, from the day on which it receives it."""
    committee = {a.agency_id for a in making.facts.addressees if a.is_committee}
    to_it = [each for each in sent if each[0].agency_ids & committee]
    contact, letter = min(to_it, key=_receipt_first) if to_it else sent[0]
    start_key = f"contact-{contact.id}"
    if not to_it or letter.received_on is None:
        why = RECEIPT_NOT_RECORDED if to_it else ELSEWHERE
        return [
            making.not_started(
                ClockKind.ERC_REMOVAL, Basis.REGULATION, start_key, why, contact=contact
            )
        ]
    day, note = day_of_receipt(letter.received_on, contact.on)
    return making.term(
        ClockKind.ERC_REMOVAL,
        start_key,
        day,
        ended=day_of(_decision(making, contact, contact.agency_ids)),
        contact=contact,
        note=note,
    )


def _vote(making: Making) -> list[ClockSpec]:
    """The committee's vote on each proposal, of which only an agency knows. It is met by what is
    marked as its decision, whichever body tells of it; the President's is another one."""
    proposals = _proposals(making)
    if not proposals:
        return [making.not_started(ClockKind.ERC_VOTE, Basis.REGULATION, "committee", NO_PROPOSAL)]
    return [spec for told in proposals for spec in _vote_on(making, told)]


def _proposals(making: Making) -> list[ContactFact]:
    """Who told first of each proposal; two of one day are one."""
    told: dict[PartialDate, ContactFact] = {}
    for contact in making.contacts:
        if contact.proposed_on:
            told.setdefault(contact.proposed_on, contact)
    return list(told.values())


def _vote_on(making: Making, told: ContactFact) -> list[ClockSpec]:
    """The vote may come before anybody tells of the proposal, and not before it circulates."""
    proposed = told.proposed_on
    assert proposed is not None
    presidents = {a.agency_id for a in making.facts.addressees if a.is_president}
    decided = (
        c.on.earliest
        for c in making.contacts
        if c.is_determination
        and c.agency_ids - presidents
        and c.on is not None
        and c.on.latest >= proposed.earliest
    )
    return making.term(
        ClockKind.ERC_VOTE,
        f"contact-{told.id}",
        proposed,
        ended=min(decided, default=None),
        contact=told,
    )


def _decision(making: Making, after: ContactFact, bodies: Collection[int]) -> ContactFact | None:
    """The first contact after the letter that is the decision in law of one of the bodies."""
    marked = [
        c
        for c in making.contacts
        if c == after or (c.is_determination and not c.agency_ids.isdisjoint(bodies))
    ]
    return first_after(after_the_letter(marked), after, frozenset(Substance))


def _receipt_first(each: Sent) -> tuple[bool, bool, date]:
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
