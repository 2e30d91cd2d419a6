"""Adding letters and contacts to the record. What follows from them is `casework`'s to settle."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

from sqlalchemy import select

from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies_on_record
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.now import now
from tracker.core.together import insert_together, write_together
from tracker.correspondence.models import (
    Channel,
    Contact,
    ContactAgency,
    ContactRecommendation,
    Letter,
    Substance,
)
from tracker.history import actions as history
from tracker.recommendations.models import Recommendation
from tracker.records import actions as records
from tracker.records.models import Audience, Grant, Kind
from tracker.records.widths import Width, widths

# not the reason itself: asks and contacts have readers who do not see the letter
LETTER_VOID = "The letter that it was sent with was voided."


def add_contact(
    viewer: Viewer,
    *,
    asks: Sequence[Recommendation],
    agency_ids: Iterable[int],
    substance: Substance,
    happened_on: PartialDate | None,
    channel: Channel,
    summary: str = "",
    sent_text: str = "",
    promised_on: PartialDate | None = None,
    is_determination: bool = False,
    proposed_on: PartialDate | None = None,
    letter: Letter | None = None,
) -> Contact:
    """Add a contact about some asks with some agencies, all checked by the caller."""
    contact = Contact(
        substance=substance,
        direction=substance.direction,
        happened_on=happened_on,
        channel=channel,
        summary=summary,
        sent_text=sent_text,
        promised_on=promised_on,
        is_determination=is_determination,
        proposed_on=proposed_on,
        letter_id=letter.id if letter else None,
    )
    records.begin(contact, viewer, Kind.CONTACT)
    db.session.flush()
    with_whom = list(dict.fromkeys(agency_ids))
    db.session.add_all(
        ContactRecommendation(contact_id=contact.id, recommendation_id=ask.id) for ask in asks
    )
    db.session.add_all(
        ContactAgency(contact_id=contact.id, agency_id=agency_id) for agency_id in with_whom
    )
    records.index_new([contact])
    narrow({contact: [ask.id for ask in asks]})
    slugs = _slugs(with_whom)
    _tell(viewer, contact, asks, letter, [slugs[agency_id] for agency_id in with_whom])
    return contact


def _slugs(agency_ids: Iterable[int]) -> dict[int, str]:
    return {key: agency.slug for key, agency in agencies_on_record.by_ids(agency_ids).items()}


def _tell(
    viewer: Viewer,
    contact: Contact,
    asks: Sequence[Recommendation],
    letter: Letter | None,
    bodies: list[str],
) -> None:
    history.record(
        "contact.recorded",
        actor_id=viewer.user_id,
        records=[contact.id, *(ask.id for ask in asks)],
        body={
            "after": {
                "substance": contact.substance,
                "on": str(contact.happened_on or ""),
                "bodies": bodies,
                "is_determination": contact.is_determination,
                "promised_on": str(contact.promised_on or ""),
                "proposal_circulates_since": str(contact.proposed_on or ""),
                "letter": letter.reference if letter else "",
            }
        },
    )


def add_submissions(
    viewer: Viewer,
    sent: Sequence[tuple[Recommendation, PartialDate | None, str]],
    agencies: Mapping[int, Sequence[int]],
) -> dict[int, Contact]:
    """Add for each of some asks that it went out on a day, with a note, to the agencies given by
    ask; in a fixed number of statements. Returns the contacts by ask."""
    if not sent:
        return {}
    contacts = {
        ask.id: Contact(
            substance=Substance.SUBMISSION,
            direction=Substance.SUBMISSION.direction,
            happened_on=on,
            channel=Channel.UNKNOWN,
            summary=note,
            promised_on=None,
        )
        for ask, on, note in sent
    }
    audiences = [ask.audience for ask, _, _ in sent]
    records.begin_together(list(contacts.values()), viewer, Kind.CONTACT, audiences)
    db.session.add_all(
        ContactRecommendation(contact_id=contact.id, recommendation_id=ask_id)
        for ask_id, contact in contacts.items()
    )
    db.session.add_all(
        ContactAgency(contact_id=contact.id, agency_id=key)
        for ask_id, contact in contacts.items()
        for key in dict.fromkeys(agencies.get(ask_id, ()))
    )
    records.index_new(contacts.values())
    _name_readers({ask_id: contact.id for ask_id, contact in contacts.items()})
    slugs = _slugs({key for ask_id in contacts for key in agencies.get(ask_id, ())})
    for ask, _, _ in sent:
        bodies = [slugs[key] for key in dict.fromkeys(agencies.get(ask.id, ()))]
        _tell(viewer, contacts[ask.id], [ask], None, bodies)
    return contacts


def _name_readers(contact_of: Mapping[int, int]) -> None:
    """Let those who are named on an ask see the contact about it alone."""
    named = select(Grant.record_id, Grant.user_id).where(Grant.record_id.in_(contact_of))
    grants = [
        {"record_id": contact_of[ask_id], "user_id": user_id}
        for ask_id, user_id in db.session.execute(named)
    ]
    insert_together(Grant, grants)


def void_contact(viewer: Viewer, contact: Contact, reason: str) -> None:
    """Mark a contact as entered in error; it stays readable as such."""
    void_contacts(viewer, [contact], reason)


def void_contacts(viewer: Viewer, contacts: Sequence[Contact], reason: str) -> None:
    """Mark contacts as entered in error, in a fixed number of statements."""
    asks: dict[int, list[int]] = defaultdict(list)
    for contact_id, ask_id in db.session.execute(
        select(ContactRecommendation.contact_id, ContactRecommendation.recommendation_id).where(
            ContactRecommendation.contact_id.in_([contact.id for contact in contacts])
        )
    ):
        asks[contact_id].append(ask_id)
    for contact in contacts:
        contact.voided_at = now()
        contact.voided_by_id = viewer.user_id
        contact.void_reason = reason
        records.touch(contact)
        history.record(
            "contact.voided",
            actor_id=viewer.user_id,
            records=[contact.id, *asks[contact.id]],
            body={
                "before": {"substance": contact.substance, "on": str(contact.happened_on or "")},
                "reason": reason,
            },
        )
    write_together(contacts)


def void_letter(viewer: Viewer, letter: Letter, reason: str, *, fate: str) -> None:
    """Mark a letter as entered in error, with the contacts by which it went out; `fate` is what
    becomes of its asks, for the history. It stays readable as such."""
    letter.voided_at, letter.void_reason = now(), reason
    records.touch(letter)
    sent = select(Contact).where(Contact.letter_id == letter.id, Contact.voided_at.is_(None))
    void_contacts(viewer, db.session.scalars(sent).all(), LETTER_VOID)
    history.record(
        "letter.voided",
        actor_id=viewer.user_id,
        records=[letter.id],
        body={"before": {"title": letter.title}, "after": {"asks": fate}, "reason": reason},
    )


def narrow(contacts: Mapping[Contact, Sequence[int]]) -> None:
    """Make contacts as narrow as the narrowest of their asks, given by their ids, for the people
    common to all of them."""
    if not contacts:
        return
    ids = {key for own in contacts.values() for key in own}
    known = widths(ids, next(iter(contacts)).organisation_id)
    for contact, own in contacts.items():
        width = reduce(Width.within, (known[key] for key in own))
        since = records.set_audience(contact, width.audience)
        if width.audience is Audience.NAMED:
            records.set_grants(contact.id, width.people, since)
