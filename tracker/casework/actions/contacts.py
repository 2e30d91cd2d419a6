"""Recording what agencies said and what we said to them."""

from collections.abc import Sequence

from sqlalchemy import select

from tracker.accounts.viewer import MACHINE, Viewer
from tracker.agencies.models import Agency, AgencyKind
from tracker.casework.actions.receipts import unsend
from tracker.casework.actions.sending import carried
from tracker.casework.actions.settle import settle
from tracker.casework.actions.spans import sent_among
from tracker.casework.actions.status import reopen_unfounded
from tracker.casework.actions.unsending import unsend_asks
from tracker.casework.inputs import ContactInput
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.core.intake import Intake
from tracker.core.now import today
from tracker.correspondence import actions as correspondence
from tracker.correspondence.models import (
    Contact,
    ContactRecommendation,
    Direction,
    Letter,
    Substance,
)
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import Addressee, Recommendation
from tracker.records import actions as records
from tracker.sources import actions as sources

NO_TEXT = "The letter is empty. Write it, or draft it anew."

SENDING_VOID = "The contact by which it was sent was voided."


def record_contact(
    viewer: Viewer,
    asks: Sequence[Recommendation],
    given: ContactInput,
    *,
    with_its_text: bool = False,
) -> Contact:
    """Record a contact about one or more asks; it settles every addressee and clock that it
    touches. A letter that was drafted here is recorded `with_its_text`. Raises `Refused` or
    `NotAllowed`."""
    intake = Intake()
    for ask in asks:
        records.require_edit(ask, viewer)
    _check(asks, given, intake)
    summary = intake.text("summary", given.summary, Contact.summary, multiline=True)
    missing = NO_TEXT if with_its_text else ""
    sent_text = intake.text(
        "sent_text", given.sent_text, Contact.sent_text, missing=missing, multiline=True
    )
    if not given.source.is_blank:
        sources.check(given.source, intake.under("source", "_"))
    intake.done()
    contact = correspondence.add_contact(
        viewer,
        asks=asks,
        agency_ids=given.agency_ids,
        substance=given.substance,
        happened_on=given.happened_on,
        channel=given.channel,
        summary=summary,
        sent_text=sent_text,
        promised_on=given.promised_on,
        is_determination=given.is_determination,
        proposed_on=given.proposed_on,
    )
    if not given.source.is_blank:
        sources.cite(viewer, contact, given.source, intake)
    records.touch_together(asks, beside=contact)
    settle(asks, viewer)
    return contact


def void_contact(viewer: Viewer, contact: Contact, reason: str) -> None:
    """Void a contact that was entered in error; all that followed from it is recomputed. Raises
    `Refused` or `NotAllowed`."""
    records.require_edit(contact, viewer)
    intake = Intake()
    reason = intake.text(
        "reason", reason, Contact.void_reason, missing="Say in a sentence what was wrong."
    )
    if contact.voided_at is not None:
        intake.refuse("reason", "It is void already.")
    intake.done()
    correspondence.void_contact(viewer, contact, reason)
    others: list[Recommendation] = []
    letter = db.session.get(Letter, contact.letter_id) if contact.letter_id else None
    if letter is not None and contact.substance is Substance.SUBMISSION:
        db.session.flush()
        if unsend(viewer, letter):
            # the clocks of all its asks rest on its receipt; who acted is told on these alone
            others = list(carried(letter))
    asks = db.session.scalars(
        select(Recommendation)
        .join(ContactRecommendation, ContactRecommendation.recommendation_id == Recommendation.id)
        .where(ContactRecommendation.contact_id == contact.id)
    ).all()
    unsent: Sequence[Recommendation] = ()
    if contact.substance is Substance.SUBMISSION:
        sent = sent_among([ask.id for ask in asks])
        unsent = unsend_asks(viewer, [ask for ask in asks if ask.id not in sent], SENDING_VOID)
    records.touch_together(unsent)
    records.touch_together([ask for ask in asks if ask not in unsent], beside=contact)
    settle(asks, viewer)
    if others := [ask for ask in others if ask not in asks]:
        settle(others, MACHINE)
    reopen_unfounded(viewer, asks, None, SENDING_VOID)


def _check(asks: Sequence[Recommendation], given: ContactInput, intake: Intake) -> None:
    if not asks:
        raise Refused({"asks": "Choose at least one ask that this is about."})
    if given.substance is Substance.SUBMISSION:
        intake.refuse("substance", "Sending an ask is recorded with its letter or its status.")
    intake.past(
        "happened_on",
        given.happened_on,
        today=today(),
        missing="Say when it was, as well as it is known: 2023-11-20, 2023-11 or 2023.",
    )
    _check_agencies(asks, given, intake)
    _check_order(asks, given, intake)
    _check_promise(given, intake)
    _check_proposal(asks, given, intake)


def _check_agencies(asks: Sequence[Recommendation], given: ContactInput, intake: Intake) -> None:
    if not given.agency_ids:
        intake.refuse("agencies", "Choose which of the bodies written to this was with.")
        return
    asked = {
        row.agency_id: row
        for row in db.session.scalars(
            select(Addressee).where(Addressee.recommendation_id.in_([ask.id for ask in asks]))
        )
    }
    if not set(given.agency_ids) <= asked.keys():
        intake.refuse("agencies", "Choose among the bodies that the asks are addressed to.")
    if given.is_determination:
        _check_decision(asks, given, intake)


def _check_decision(asks: Sequence[Recommendation], given: ContactInput, intake: Intake) -> None:
    """The law asks two bodies for a decision: the President (22 U.S.C. 10102(d)) and the End-User
    Review Committee (15 CFR part 744, Supp. 5), of which any other body may tell."""
    agencies = select(Agency.kind).where(Agency.id.in_(given.agency_ids))
    by_president = {kind is AgencyKind.HEAD_OF_STATE for kind in db.session.scalars(agencies)}
    instruments = {ask.instrument for ask in asks}
    if not (
        (True in by_president and Instrument.GLOBAL_MAGNITSKY in instruments)
        or (False in by_president and Instrument.ENTITY_LIST in instruments)
    ):
        intake.refuse(
            "is_determination",
            "Only the President's answer to a Global Magnitsky ask is such a decision, or the "
            "committee's on an Entity List ask.",
        )
    if given.substance is not Substance.SUBSTANTIVE:
        intake.refuse("is_determination", "For a decision, choose “Reply of substance” above.")


def _check_order(asks: Sequence[Recommendation], given: ContactInput, intake: Intake) -> None:
    if given.happened_on is None:
        return
    sent = sent_among([ask.id for ask in asks])
    for ask in asks:
        if ask.id not in sent and given.substance.direction is not Direction.BOTH:
            intake.refuse("asks", f"“{ask.title}” was not sent yet: record its sending first.")
        elif ask.submitted_on and given.happened_on.latest < ask.submitted_on.earliest:
            intake.refuse(
                "happened_on",
                f"“{ask.title}” was sent {ask.submitted_on.when}; this cannot be earlier.",
            )


def _check_promise(given: ContactInput, intake: Intake) -> None:
    if given.substance is Substance.PROMISE:
        if given.promised_on is None:
            intake.refuse("promised_on", "By which day did they promise it? As 2023-12-01.")
        elif given.happened_on and given.promised_on.latest <= given.happened_on.earliest:
            intake.refuse("promised_on", "The promised day must come after the promise.")
    elif given.promised_on is not None:
        intake.refuse("promised_on", "Only a promise has a promised day. Leave it empty.")


def _check_proposal(asks: Sequence[Recommendation], given: ContactInput, intake: Intake) -> None:
    """Only an agency knows of a proposal before the End-User Review Committee."""
    day = intake.past("proposed_on", given.proposed_on, today=today())
    if day is None:
        return
    if given.substance.direction is Direction.OURS or not any(
        ask.instrument is Instrument.ENTITY_LIST for ask in asks
    ):
        intake.refuse(
            "proposed_on", "Only an agency's word about an Entity List ask tells of a proposal."
        )
    elif given.happened_on and day.earliest > given.happened_on.latest:
        intake.refuse("proposed_on", "They cannot tell of a proposal before it circulates.")
