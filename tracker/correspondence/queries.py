"""Reading letters and contacts, on behalf of a viewer; and contacts as facts, for the rules."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Select, String, cast, false, func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from tracker.accounts.viewer import Viewer
from tracker.agencies.models import Agency
from tracker.core.dates import PartialDate
from tracker.core.db import IDS, built_once, db, grouped
from tracker.core.terms import question
from tracker.correspondence.models import (
    Contact,
    ContactAgency,
    ContactRecommendation,
    Direction,
    Letter,
    LetterAddressee,
    LetterKind,
    LetterRecommendation,
    Signatory,
    Substance,
)
from tracker.correspondence.rules import ContactFact
from tracker.recommendations.models import Recommendation
from tracker.records.models import Record
from tracker.records.queries import matching, visible


def letter(viewer: Viewer, reference: str) -> Letter | None:
    """The letter of that reference, if the viewer may see it; with signatories and addressees."""
    statement = (
        select(Letter)
        .join(Record, Record.id == Letter.id)
        .where(Record.reference == reference)
        .options(
            selectinload(Letter.signatories).selectinload(Signatory.body),
            selectinload(Letter.addressees).selectinload(LetterAddressee.agency),
            joinedload(Letter.organisation),
        )
    )
    return db.session.scalar(visible(statement, Letter, viewer))


def letters(viewer: Viewer, *, void: bool = False) -> Select[Letter]:
    """The letters that the viewer may see and that stand, or those that are void, to be paged."""
    statement = (
        select(Letter)
        .where(Letter.voided_at.is_not(None) if void else Letter.voided_at.is_(None))
        .options(
            selectinload(Letter.addressees).selectinload(LetterAddressee.agency),
            selectinload(Letter.signatories),
        )
    )
    return visible(statement, Letter, viewer)


def narrowed(statement: Select[Letter], text: str, kind: LetterKind | None) -> Select[Letter]:
    """Letters of a kind, or of any, in which the words of a text stand: in the title, in whose name
    it went, or among who signed and who is written to."""
    if kind is not None:
        statement = statement.where(Letter.kind == kind)
    if not text:
        return statement
    asked = question(text)
    return statement.where(Letter.id.in_(matching(asked, among=Letter)) if asked else false())


def among(viewer: Viewer, letter_ids: Collection[int], limit: int) -> tuple[int, list[Letter]]:
    """How many of some letters stand and may be seen, and those of them that were recorded last."""
    known = letters(viewer).where(Letter.id.in_(letter_ids))
    count = db.session.scalar(select(func.count()).select_from(known.subquery()))
    return count or 0, list(db.session.scalars(known.order_by(Letter.id.desc()).limit(limit)))


def same(viewer: Viewer, title: str, written_on: PartialDate | None) -> Letter | None:
    """A letter of that title and day that stands and that the viewer may see, the oldest one."""
    statement = (
        select(Letter)
        .where(
            func.lower(Letter.title) == title.lower(),
            Letter.written_on == (written_on or ""),
            Letter.voided_at.is_(None),
        )
        .order_by(Letter.id)
        .limit(1)
    )
    return db.session.scalar(visible(statement, Letter, viewer))


def letters_of(
    viewer: Viewer, recommendation_ids: Iterable[int], *, also_void: bool = False
) -> dict[int, list[Letter]]:
    """The letters that carry asks, by ask, as far as the viewer may see them."""
    return grouped(_letters_of(viewer, also_void), recommendation_ids)


@built_once
def _letters_of(viewer: Viewer, also_void: bool) -> Select[int, Letter]:
    statement = (
        select(LetterRecommendation.recommendation_id, Letter)
        .join(Letter, Letter.id == LetterRecommendation.letter_id)
        .where(LetterRecommendation.recommendation_id.in_(IDS))
        .order_by(Letter.written_on, Letter.id)
    )
    if not also_void:
        statement = statement.where(Letter.voided_at.is_(None))
    return visible(statement, Letter, viewer)


def asks_of(viewer: Viewer, letter_ids: Iterable[int]) -> dict[int, list[Recommendation]]:
    """The asks that letters carry, by letter, as far as the viewer may see them."""
    return grouped(_asks_of(viewer), letter_ids)


@built_once
def _asks_of(viewer: Viewer) -> Select[int, Recommendation]:
    statement = (
        select(LetterRecommendation.letter_id, Recommendation)
        .join(Recommendation, Recommendation.id == LetterRecommendation.recommendation_id)
        .where(LetterRecommendation.letter_id.in_(IDS))
        .order_by(LetterRecommendation.position, Recommendation.id)
    )
    return visible(statement, Recommendation, viewer)


def addressed_to(viewer: Viewer, letter_ids: Iterable[int], agency_id: int) -> set[int]:
    """Those of the letters that are addressed to an agency, as far as the viewer may see them."""
    statement = (
        select(Letter.id)
        .join(LetterAddressee, LetterAddressee.letter_id == Letter.id)
        .where(
            Letter.id.in_(list(letter_ids)),
            LetterAddressee.agency_id == agency_id,
            LetterAddressee.is_copy.is_(False),
        )
    )
    return set(db.session.scalars(visible(statement, Letter, viewer)))


def contact(viewer: Viewer, reference: str) -> Contact | None:
    """The contact of that reference, if the viewer may see it."""
    statement = (
        select(Contact).join(Record, Record.id == Contact.id).where(Record.reference == reference)
    )
    return db.session.scalar(visible(statement, Contact, viewer))


def contacts(viewer: Viewer) -> Select[Contact]:
    """The contacts that the viewer may see and that stand."""
    return visible(select(Contact).where(Contact.voided_at.is_(None)), Contact, viewer)


def contacts_among(
    viewer: Viewer, contact_ids: Collection[int], limit: int
) -> tuple[int, list[Contact]]:
    """How many of some contacts stand and may be seen, and those of them that were recorded
    last."""
    known = contacts(viewer).where(Contact.id.in_(contact_ids))
    count = db.session.scalar(select(func.count()).select_from(known.subquery()))
    return count or 0, list(db.session.scalars(known.order_by(Contact.id.desc()).limit(limit)))


def contacts_of(viewer: Viewer, recommendation_ids: Iterable[int]) -> dict[int, list[Contact]]:
    """The contacts about asks, by ask, oldest first, voided ones too; as far as visible."""
    return grouped(_contacts_of(viewer), recommendation_ids)


@built_once
def _contacts_of(viewer: Viewer) -> Select[int, Contact]:
    statement = (
        select(ContactRecommendation.recommendation_id, Contact)
        .join(Contact, Contact.id == ContactRecommendation.contact_id)
        .where(ContactRecommendation.recommendation_id.in_(IDS))
        .options(joinedload(Contact.letter))
        .order_by(Contact.happened_on, Contact.id)
    )
    return visible(statement, Contact, viewer)


class Met(NamedTuple):
    """A contact, the keys of the bodies that it was with, in no order, and how many asks it is
    about; whoever sees it sees them all."""

    contact: Contact
    agency_ids: frozenset[int]
    asks: int


def contacts_about(viewer: Viewer, recommendation_id: int) -> list[Met]:
    """The contacts about an ask with their bodies, oldest first, voided ones too, in a statement;
    as far as visible."""
    rows = db.session.execute(_contacts_about(viewer), {"ids": [recommendation_id]})
    return [
        Met(contact, frozenset(map(int, (keys or "").split())), count)
        for _, contact, keys, count in rows
    ]


@built_once
def _contacts_about(viewer: Viewer) -> Select[int, Contact, str, int]:
    keys = func.aggregate_strings(cast(ContactAgency.agency_id, String), " ")
    met = select(keys).where(ContactAgency.contact_id == Contact.id)
    bodies = met.correlate(Contact).scalar_subquery()
    concerned = aliased(ContactRecommendation)
    about = select(func.count()).where(concerned.contact_id == Contact.id)
    return _contacts_of(viewer).add_columns(bodies, about.correlate(Contact).scalar_subquery())


def recent_replies(viewer: Viewer, limit: int) -> list[Contact]:
    """What came from agencies last, newest first."""
    statement = (
        contacts(viewer)
        .where(Contact.direction != Direction.OURS)
        .order_by(Contact.happened_on.desc(), Contact.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def same_contact(
    viewer: Viewer,
    recommendation_ids: Collection[int],
    agency_ids: Collection[int],
    substance: Substance,
    happened_on: PartialDate | None,
) -> Contact | None:
    """A contact of that kind and day with one of the bodies about one of some asks; one that stands
    and that the viewer may see, the oldest."""
    concerned = select(ContactRecommendation.contact_id).where(
        ContactRecommendation.recommendation_id.in_(recommendation_ids)
    )
    met = select(ContactAgency.contact_id).where(ContactAgency.agency_id.in_(agency_ids))
    statement = (
        select(Contact)
        .where(
            Contact.id.in_(concerned),
            Contact.id.in_(met),
            Contact.substance == substance,
            Contact.happened_on == (happened_on or ""),
            Contact.voided_at.is_(None),
        )
        .order_by(Contact.id)
        .limit(1)
    )
    return db.session.scalar(visible(statement, Contact, viewer))


def sendings_by(letter_id: int) -> Select[Contact]:
    """The contacts by which a letter went out, those that stand; for computing, not for showing."""
    return select(Contact).where(Contact.letter_id == letter_id, *_STANDING_SENDING)


_STANDING_SENDING = (Contact.substance == Substance.SUBMISSION, Contact.voided_at.is_(None))


def has_gone(viewer: Viewer, letter: Letter) -> bool:
    """Whether a letter went out, on a day that is known or not, as far as the viewer may know."""
    if letter.is_sent:
        return True
    found = visible(sendings_by(letter.id).with_only_columns(Contact.id), Contact, viewer)
    return db.session.scalar(found.limit(1)) is not None


def gone(viewer: Viewer, letters: Iterable[Letter]) -> set[int]:
    """The ids of those of some letters that went out, in one statement; else as `has_gone`."""
    found = {letter.id: letter.is_sent for letter in letters}
    undated = [key for key, is_sent in found.items() if not is_sent]
    sendings = select(Contact.letter_id).where(Contact.letter_id.in_(undated), *_STANDING_SENDING)
    known = db.session.scalars(visible(sendings, Contact, viewer)) if undated else ()
    return {key for key, is_sent in found.items() if is_sent} | {key for key in known if key}


def asks_of_contacts(viewer: Viewer, contact_ids: Iterable[int]) -> dict[int, list[Recommendation]]:
    """The asks that contacts concern, by contact, as far as the viewer may see them."""
    statement = (
        select(ContactRecommendation.contact_id, Recommendation)
        .join(Recommendation, Recommendation.id == ContactRecommendation.recommendation_id)
        .where(ContactRecommendation.contact_id.in_(IDS))
        .order_by(Recommendation.sort_title, Recommendation.id)
    )
    return grouped(visible(statement, Recommendation, viewer), contact_ids)


def agencies_of(contact_ids: Iterable[int]) -> dict[int, list[int]]:
    """The ids of the agencies that contacts were with; the contacts were found as the viewer."""
    return grouped(_AGENCIES_OF, contact_ids)


_AGENCIES_OF = (
    select(ContactAgency.contact_id, ContactAgency.agency_id)
    .where(ContactAgency.contact_id.in_(IDS))
    .order_by(ContactAgency.agency_id)
)


def bodies_met(contact_ids: Iterable[int]) -> dict[int, list[Agency]]:
    """The same as bodies, by name."""
    return grouped(_BODIES_MET, contact_ids)


_BODIES_MET = (
    select(ContactAgency.contact_id, Agency)
    .join(Agency, Agency.id == ContactAgency.agency_id)
    .where(ContactAgency.contact_id.in_(IDS))
    .order_by(Agency.name, Agency.id)
)


_STANDING = (
    select(ContactRecommendation.recommendation_id, Contact)
    .join(Contact, Contact.id == ContactRecommendation.contact_id)
    .where(ContactRecommendation.recommendation_id.in_(IDS), Contact.voided_at.is_(None))
    .order_by(Contact.id)
)


def contact_facts(recommendation_ids: Sequence[int]) -> dict[int, list[ContactFact]]:
    """The contacts that stand, by ask, as the rules read them: for computing, not for showing."""
    rows = db.session.execute(_STANDING, {"ids": list(recommendation_ids)}).all()
    agencies = agencies_of({one.id for _, one in rows})
    found: dict[int, list[ContactFact]] = defaultdict(list)
    for recommendation_id, one in rows:
        found[recommendation_id].append(
            ContactFact(
                id=one.id,
                on=one.happened_on,
                substance=one.substance,
                agency_ids=frozenset(agencies[one.id]),
                promised_on=one.promised_on,
                is_determination=one.is_determination,
                letter_id=one.letter_id,
                proposed_on=one.proposed_on,
            )
        )
    return found
