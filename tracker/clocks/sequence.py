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


def day_of(contact: ContactFact | None) -> date | None:
    """The earliest day of a contact, if there is one and it is dated."""
    return contact.on.earliest if contact and contact.on else None


def after_the_letter(own: Sequence[ContactFact]) -> list[ContactFact]:
    """Contacts in order, where what is known to the month or the year of our first letter comes
    after it, on its day at the earliest: a reply cannot come before the letter. What came before a
    letter of an unknown day nobody can say."""
    first = next((c for c in own if c.substance is Substance.SUBMISSION), None)
    if first is None or first.on is None:
        return list(own)
    place = own.index(first)
    late = [c for c in own[:place] if c.on and c.on.latest >= first.on.earliest]
    before = [c for c in own[:place] if c not in late]
    moved = [replace(c, on=first.on) if c.on and c.on.starts_clocks else c for c in late]
    return [*before, first, *moved, *own[place + 1 :]]
