"""The contacts of an ask in order, and which of them answers which."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from tracker.correspondence.models import Substance
from tracker.correspondence.rules import ContactFact


def in_order(contacts: Sequence[ContactFact]) -> list[ContactFact]:
    """Contacts by their day, the undated first; of one day, letters with the ask before all else,
    the others as they were recorded."""
    return sorted(
        contacts,
        key=lambda c: (str(c.on or ""), c.substance is not Substance.SUBMISSION, c.id),
    )


def first_after(
    own: Sequence[ContactFact], contact: ContactFact, kinds: frozenset[Substance]
) -> ContactFact | None:
    """The first contact of one of `kinds` that follows `contact` in order and is dated."""
    later = own[own.index(contact) + 1 :]
    return next((c for c in later if c.substance in kinds and c.on is not None), None)


def first_reply(
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
    return first_after(own, letter, kinds)


def day_of(contact: ContactFact | None) -> date | None:
    """The earliest day of a contact, if there is one and it is dated."""
    return contact.on.earliest if contact and contact.on else None


def after_the_letter(own: Sequence[ContactFact]) -> list[ContactFact]:
    """Contacts in order, where what is known to the month or the year of our first letter comes
    after it, on its day at the earliest: a reply cannot come before the letter."""
    first = next((c for c in own if c.substance is Substance.SUBMISSION and c.on), None)
    if first is None or first.on is None:
        return list(own)
    place = own.index(first)
    late = [c for c in own[:place] if c.on and c.on.latest >= first.on.earliest]
    before = [c for c in own[:place] if c not in late]
    moved = [replace(c, on=first.on) if c.on and c.on.starts_clocks else c for c in late]
    return [*before, first, *moved, *own[place + 1 :]]
