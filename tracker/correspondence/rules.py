"""What came back from an addressee: one rule over contacts and outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.core.dates import PartialDate
from tracker.correspondence.models import Substance
from tracker.recommendations.models import AddresseeState, OutcomeKind

# Receipt was confirmed by any of these; an answer is more than that.
ACKNOWLEDGES = frozenset(
    {
        Substance.ACKNOWLEDGEMENT,
        Substance.FORM_LETTER,
        Substance.SUBSTANTIVE,
        Substance.QUESTION,
        Substance.PROMISE,
        Substance.MEETING,
    }
)
ANSWERS = ACKNOWLEDGES - {Substance.ACKNOWLEDGEMENT, Substance.FORM_LETTER}
OURS = frozenset({Substance.SUBMISSION, Substance.FOLLOW_UP})
# A form letter says nothing: it confirms receipt, and silence goes on.
RESETS_SILENCE = frozenset(Substance) - {Substance.FORM_LETTER}

ACTS = frozenset(OutcomeKind) - {
    OutcomeKind.DECLINED,
    OutcomeKind.CONFIDENTIAL,
    OutcomeKind.LISTED_BY_ALLY,
}


@dataclass(frozen=True)
class ContactFact:
    """A contact that stands, as the rules read it."""

    id: int
    on: PartialDate | None
    substance: Substance
    agency_ids: frozenset[int]
    promised_on: PartialDate | None = None
    is_determination: bool = False
    letter_id: int | None = None
    proposed_on: PartialDate | None = None


@dataclass(frozen=True)
class Standing:
    """How an addressee stands: the state, and the first or last day of each thing."""

    state: AddresseeState
    asked_on: PartialDate | None
    acknowledged_on: PartialDate | None
    answered_on: PartialDate | None
    last_contact_on: PartialDate | None


def in_order(contacts: Sequence[ContactFact]) -> list[ContactFact]:
    """Contacts by their day, the undated first; of one day, ours before theirs."""
    return sorted(contacts, key=lambda c: (str(c.on or ""), c.substance not in OURS, c.id))


def standing(
    contacts: Sequence[ContactFact], agency_id: int, outcome_kinds: Sequence[OutcomeKind]
) -> Standing:
    """How one addressee stands, from the contacts of the ask and the kinds of outcome of its
    authority that are credited to the ask."""
    own = [c for c in in_order(contacts) if agency_id in c.agency_ids]
    asked = [c for c in own if c.substance in OURS]
    since = [c for c in own if _may_answer(c, asked)]
    acknowledged = [c for c in since if c.substance in ACKNOWLEDGES]
    answered = [c for c in since if c.substance in ANSWERS]
    days = [c.on for c in own if c.on is not None and c.substance in RESETS_SILENCE]
    if any(kind in ACTS for kind in outcome_kinds):
        state = AddresseeState.ACTED
    elif OutcomeKind.DECLINED in outcome_kinds:
        state = AddresseeState.DECLINED
    elif answered:
        state = AddresseeState.REPLIED
    elif acknowledged:
        state = AddresseeState.ACKNOWLEDGED
    else:
        state = AddresseeState.AWAITING if asked else AddresseeState.NOT_SENT
    return Standing(
        state,
        asked_on=asked[0].on if asked else None,
        acknowledged_on=acknowledged[0].on if acknowledged else None,
        answered_on=answered[0].on if answered else None,
        last_contact_on=max(days, default=None),
    )


def _may_answer(contact: ContactFact, asked: Sequence[ContactFact]) -> bool:
    """Whether a contact may have come after the first time that we asked. A body that we never
    wrote to answers by what it sends, and not by having met us."""
    if not asked:
        return contact.substance is not Substance.MEETING
    first = asked[0].on
    return first is None or contact.on is None or contact.on.latest >= first.earliest
