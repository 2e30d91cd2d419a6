"""How letters go out: their asks with them, and what says so."""

from collections.abc import Sequence

from sqlalchemy import select

from tracker.accounts.viewer import Viewer
from tracker.casework.actions import spans
from tracker.casework.actions.status import record_change, status_of
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.core.now import today
from tracker.correspondence import actions as correspondence
from tracker.correspondence import queries as letters
from tracker.correspondence.models import (
    Contact,
    ContactRecommendation,
    Letter,
    LetterRecommendation,
    Substance,
)
from tracker.recommendations.models import BEFORE_SENDING, Recommendation, Status
from tracker.recommendations.workflow import Change
from tracker.records import actions as records


def carried(letter: Letter) -> Sequence[Recommendation]:
    """All asks of a letter: for recomputing, not for showing."""
    return db.session.scalars(
        select(Recommendation)
        .join(LetterRecommendation, LetterRecommendation.recommendation_id == Recommendation.id)
        .where(LetterRecommendation.letter_id == letter.id)
        .order_by(LetterRecommendation.position)
    ).all()


def require_standing(letter: Letter) -> None:
    """Raise `Refused` for a letter that is void."""
    if letter.voided_at is not None:
        raise Refused("This letter is void: it stays as it was entered.")


def begin(viewer: Viewer, letter: Letter, asks: Sequence[Recommendation], *, sent: bool) -> None:
    """Asks of a letter begin with it: submitted on the day of its sending, or drafts from today."""
    drafts = Change(Status.DRAFT, PartialDate.of(today()))
    change = Change(Status.SUBMITTED, letter.sent_on) if sent else drafts
    spans.take_steps(viewer, [(ask, change, None) for ask in asks])
    if sent:
        _submit(viewer, letter, asks)


def _submit(viewer: Viewer, letter: Letter, asks: Sequence[Recommendation]) -> None:
    correspondence.add_contact(
        viewer,
        asks=asks,
        agency_ids=[a.agency_id for a in letter.addressees if not a.is_copy],
        substance=Substance.SUBMISSION,
        happened_on=letter.sent_on,
        channel=letter.channel,
        letter=letter,
    )


def send(viewer: Viewer, letter: Letter, asks: Sequence[Recommendation]) -> None:
    """A letter went out: its asks with it, unless they were said to have gone already, which is
    then by this letter; one that the sender does not see may have gone on another day."""
    for _, contact in sent_by_hand(letter):
        if contact.happened_on in (None, letter.sent_on):
            contact.letter_id = letter.id
            records.touch(contact)
    db.session.flush()
    _date_sending(letter)
    sent = spans.sent_among([ask.id for ask in asks])
    ready = [ask for ask in asks if ask.status in BEFORE_SENDING]
    before, change = [status_of(ask) for ask in ready], Change(Status.SUBMITTED, letter.sent_on)
    records.touch_together(ready)
    spans.take_steps(viewer, [(ask, change, None) for ask in ready])
    for ask, was in zip(ready, before, strict=True):
        record_change(viewer, ask, was, change)
    going = [ask for ask in asks if ask.id not in sent and ask.is_open]
    seen = letters.asks_of(viewer, [letter.id])[letter.id]
    # what some of it says of an ask that the sender does not see is kept from them, and no more
    for group in ([a for a in going if a in seen], [a for a in going if a not in seen]):
        if group:
            _submit(viewer, letter, group)


def sent_by_hand(letter: Letter) -> list[tuple[Recommendation, Contact]]:
    """The asks of a letter that were said to be sent, by no letter, with what says so."""
    rows = db.session.execute(
        select(Recommendation, Contact)
        .join(ContactRecommendation, ContactRecommendation.recommendation_id == Recommendation.id)
        .join(Contact, Contact.id == ContactRecommendation.contact_id)
        .join(LetterRecommendation, LetterRecommendation.recommendation_id == Recommendation.id)
        .where(
            LetterRecommendation.letter_id == letter.id,
            Contact.substance == Substance.SUBMISSION,
            Contact.letter_id.is_(None),
            Contact.voided_at.is_(None),
        )
    )
    return [(ask, contact) for ask, contact in rows]


def _date_sending(letter: Letter) -> None:
    """What went by a letter on a day that was not known went on the day that is known now."""
    contacts = undated(letter)
    for contact in contacts:
        contact.happened_on = letter.sent_on
        records.touch(contact)
    about = select(ContactRecommendation.recommendation_id).where(
        ContactRecommendation.contact_id.in_([contact.id for contact in contacts])
    )
    spans.date_sending(db.session.scalars(about).all(), letter.sent_on)


def undated(letter: Letter) -> Sequence[Contact]:
    """The sendings by a letter of which no day is on record."""
    sendings = letters.sendings_by(letter.id)
    return db.session.scalars(sendings.where(Contact.happened_on == "")).all()
