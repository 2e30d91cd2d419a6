"""Gathering of the facts that clocks follow from, for any number of asks in a fixed number of
statements. It reads for the machine: what is computed here is shown only through `visible()`."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, replace

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from tracker.accounts.viewer import Viewer
from tracker.agencies.models import Agency, AgencyKind
from tracker.clocks.choice import RuleFact
from tracker.clocks.facts import ActFact, AddresseeFact, AskFacts, LetterFact, SpanFact
from tracker.clocks.models import ActKind, ClockAct, ClockRule
from tracker.clocks.section_1263d import (
    UNTOLD_DAY,
    Request,
    Signer,
    failings,
    is_to_president,
)
from tracker.core.db import IDS, db
from tracker.correspondence.models import (
    Contact,
    ContactRecommendation,
    Letter,
    LetterAddressee,
    LetterRecommendation,
    Signatory,
    Substance,
)
from tracker.correspondence.queries import contact_facts
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import Addressee, Ground, Recommendation, StatusSpan
from tracker.records.queries import reference_of
from tracker.records.readers import Owned, seen_by_all

# who receives a request of the End-User Review Committee: itself, or Commerce, which chairs it
REVIEW_COMMITTEE = ("end-user-review-committee", "bureau-of-industry-and-security", "commerce")


# of letters that are requests in law, on which grounds
Grounds = Mapping[int, Collection[Ground | None]]


def gather(asks: Sequence[Recommendation]) -> dict[int, AskFacts]:
    """The facts of each ask, by its id."""
    ids = [ask.id for ask in asks]
    found, addressees, letters = spans(ids), _addressees(ids), _letters(ids)
    contacts, acts = contact_facts(ids), _acts(ids)
    earlier = _earlier([letter for own in letters.values() for letter in own])
    grounds = _requests(earlier) if earlier else {}
    told = _told(asks, letters, earlier)
    return {
        ask.id: AskFacts(
            instrument=ask.instrument,
            seeks=ask.seeks,
            newest_conduct_on=ask.newest_conduct_on,
            spans=tuple(found[ask.id]),
            addressees=tuple(addressees[ask.id]),
            contacts=tuple(contacts[ask.id]),
            letters={
                letter.id: _letter_fact(letter, ask, earlier, grounds, told)
                for letter in letters[ask.id]
            },
            acts=tuple(acts[ask.id]),
        )
        for ask in asks
    }


def rules() -> list[RuleFact]:
    """Every clock rule, past and present."""
    return [rule_fact(rule) for rule in db.session.scalars(select(ClockRule))]


def rule_fact(rule: ClockRule) -> RuleFact:
    """A clock rule, as the choice reads it."""
    return RuleFact(**{field.name: getattr(rule, field.name) for field in fields(RuleFact)})


def _acts(ids: list[int]) -> dict[int, list[ActFact]]:
    """What people did to clocks; that they let one rest changes nothing of it."""
    found: dict[int, list[ActFact]] = defaultdict(list)
    for act in db.session.scalars(_ACTS, {"ids": ids}):
        found[act.recommendation_id].append(
            ActFact(act.act, act.kind, act.agency_id, act.start_key, act.from_on, act.until_on)
        )
    return found


_ACTS = (
    select(ClockAct)
    .where(ClockAct.recommendation_id.in_(IDS), ClockAct.act != ActKind.SNOOZE)
    .order_by(ClockAct.id)
)


def spans(ids: Collection[int] | Select[int]) -> dict[int, list[SpanFact]]:
    """The spans of the life cycle that stand, by ask."""
    found: dict[int, list[SpanFact]] = defaultdict(list)
    for span in db.session.scalars(
        select(StatusSpan)
        .where(StatusSpan.recommendation_id.in_(ids), StatusSpan.voided_at.is_(None))
        .order_by(StatusSpan.id)
    ):
        found[span.recommendation_id].append(
            SpanFact(span.id, span.status, span.from_on, span.until_on)
        )
    return found


def _addressees(ids: list[int]) -> dict[int, list[AddresseeFact]]:
    found: dict[int, list[AddresseeFact]] = defaultdict(list)
    for recommendation_id, office_title, agency in db.session.execute(_ADDRESSEES, {"ids": ids}):
        found[recommendation_id].append(
            AddresseeFact(
                agency.id,
                agency.jurisdiction,
                any(is_to_president(agency, title) for title in office_title.split("; ")),
                agency.slug in REVIEW_COMMITTEE,
            )
        )
    return found


_ADDRESSEES = (
    select(Addressee.recommendation_id, Addressee.office_title, Agency)
    .join(Agency, Agency.id == Addressee.agency_id)
    .where(Addressee.recommendation_id.in_(IDS))
    .order_by(Addressee.position)
)

_PARTS = (
    selectinload(Letter.signatories).selectinload(Signatory.body),
    selectinload(Letter.addressees).selectinload(LetterAddressee.agency),
)


def _letters(ids: list[int]) -> dict[int, list[Letter]]:
    found: dict[int, list[Letter]] = defaultdict(list)
    for recommendation_id, letter in db.session.execute(_LETTERS, {"ids": ids}):
        found[recommendation_id].append(letter)
    return found


_LETTERS = (
    select(LetterRecommendation.recommendation_id, Letter)
    .join(Letter, Letter.id == LetterRecommendation.letter_id)
    .where(LetterRecommendation.recommendation_id.in_(IDS), Letter.voided_at.is_(None))
    .options(*_PARTS)
    .order_by(Letter.id)
)


def _earlier(letters: Collection[Letter]) -> dict[int, Letter]:
    """The letters that some narrow or repeat, and those that these do, and so on; by id. As many
    statements as the longest chain has links."""
    found: dict[int, Letter] = {}
    wanted = {letter.supplements_id for letter in letters} - {None}
    while wanted:
        statement = select(Letter).where(Letter.id.in_(wanted)).options(*_PARTS)
        found |= {letter.id: letter for letter in db.session.scalars(statement)}
        wanted = {letter.supplements_id for letter in found.values()} - {None} - found.keys()
    return found


def _told(
    asks: Sequence[Recommendation],
    letters: Mapping[int, Sequence[Letter]],
    earlier: Mapping[int, Letter],
) -> set[tuple[int, int]]:
    """Asks with those of their letters, and of the earlier ones, that all their readers see."""
    of_asks = {letter.id: letter for own in letters.values() for letter in own}
    chains = {key: _chain(letter, earlier) for key, letter in of_asks.items()}
    pairs = {
        (ask.id, each.id): (Owned.of(ask), Owned.of(each))
        for ask in asks
        for letter in letters[ask.id]
        for each in chains[letter.id]
    }
    return seen_by_all(list(pairs.values()))


def _chain(letter: Letter, earlier: Mapping[int, Letter]) -> list[Letter]:
    """A letter, the one that it narrows or repeats, and so on."""
    found = [letter]
    while (above := earlier.get(found[-1].supplements_id or 0)) and above not in found:
        found.append(above)
    return found


def _letter_fact(
    letter: Letter,
    ask: Recommendation,
    earlier: Mapping[int, Letter],
    grounds: Grounds,
    told: Collection[tuple[int, int]],
) -> LetterFact:
    return LetterFact(
        kind=letter.kind,
        channel=letter.channel,
        received_on=letter.received_on,
        reply_requested_by=letter.reply_requested_by if letter.reply_date_confirmed else None,
        request=replace(
            request_of(letter, ask), supplements=_supplemented(letter, ask, earlier, grounds, told)
        ),
        is_told=(ask.id, letter.id) in told,
    )


def _supplemented(
    letter: Letter,
    ask: Recommendation,
    earlier: Mapping[int, Letter],
    grounds: Grounds,
    told: Collection[tuple[int, int]],
) -> str:
    """The day of the request whose clock runs on where a letter supplements it, if all readers of
    the ask see that one. Nothing, where there is none."""
    above = earlier.get(letter.supplements_id or 0)
    first = _first_request(above, ask.ground, earlier, grounds)
    return _day_told(first, first is not None and (ask.id, first.id) in told)


def supplemented(viewer: Viewer, letter: Letter | None, ground: Ground | None) -> str:
    """The same for a letter that is to supplement this one, with an ask on a ground."""
    if letter is None:
        return ""
    earlier = {letter.id: letter, **_earlier([letter])}
    first = _first_request(letter, ground, earlier, _requests(earlier))
    return _day_told(first, bool(first and reference_of(viewer, first.id)))


def _day_told(first: Letter | None, is_told: bool) -> str:
    if first is None:
        return ""
    return day_of_request(first) if is_told else UNTOLD_DAY


def _first_request(
    letter: Letter | None, ground: Ground | None, earlier: Mapping[int, Letter], grounds: Grounds
) -> Letter | None:
    """Of a letter and all that it supplements in turn, the first that began a clock in law."""
    first, seen = None, set()
    while letter is not None and letter.id not in seen:
        seen.add(letter.id)
        if any(ground in (None, other) or other is None for other in grounds.get(letter.id, ())):
            first = letter
        letter = earlier.get(letter.supplements_id or 0)
    return first


def _requests(letters: Mapping[int, Letter]) -> Grounds:
    """Of some letters those that are requests under section 1263(d) which were made: with an ask
    for Global Magnitsky that is put to the President and went out with the letter; and on which
    grounds."""
    found: dict[int, set[Ground | None]] = defaultdict(set)
    rows = db.session.execute(
        select(Contact.letter_id, Recommendation.ground, Addressee.office_title, Agency)
        .join(ContactRecommendation, ContactRecommendation.contact_id == Contact.id)
        .join(Recommendation, Recommendation.id == ContactRecommendation.recommendation_id)
        .join(Addressee, Addressee.recommendation_id == Recommendation.id)
        .join(Agency, Agency.id == Addressee.agency_id)
        .where(
            Contact.letter_id.in_(letters),
            Contact.substance == Substance.SUBMISSION,
            Contact.voided_at.is_(None),
            Recommendation.instrument == Instrument.GLOBAL_MAGNITSKY,
            Agency.kind == AgencyKind.HEAD_OF_STATE,
        )
    )
    for letter_id, ground, titles, agency in rows:
        letter = letters[letter_id or 0]
        is_put = any(is_to_president(agency, title) for title in titles.split("; "))
        what = request_of_letter(letter, Instrument.GLOBAL_MAGNITSKY, ground)
        if is_put and not letter.voided_at and not failings(what):
            found[letter.id].add(ground)
    return found


def day_of_request(letter: Letter) -> str:
    """The day of a request, as pages write it: that of its receipt, where it is known."""
    day = letter.received_on or letter.sent_on
    return day.shown if day else "an unknown day"


def request_of(letter: Letter, ask: Recommendation) -> Request:
    """The letter as section 1263(d) reads it, for one of its asks."""
    return request_of_letter(letter, ask.instrument, ask.ground)


def request_of_letter(letter: Letter, instrument: Instrument, ground: Ground | None) -> Request:
    """The letter as section 1263(d) reads it, for an ask under an instrument on a ground."""
    to = [addressee for addressee in letter.addressees if not addressee.is_copy]
    return Request(
        instrument=instrument,
        ground=ground,
        addressed_to=tuple(a.office_title or a.agency.name for a in to),
        to_president=any(is_to_president(a.agency, a.office_title) for a in to),
        signers=tuple(
            Signer(
                role=signatory.role,
                body=signatory.body.name if signatory.body else signatory.body_text,
                is_committee=bool(signatory.body and signatory.body.is_magnitsky_committee),
                chamber=signatory.body.chamber if signatory.body else signatory.chamber,
            )
            for signatory in letter.signatories
        ),
    )
