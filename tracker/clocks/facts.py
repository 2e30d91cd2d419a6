"""Gathering of the facts that clocks follow from, for any number of asks in a fixed number of
statements. It reads for the machine: what is computed here is shown only through `visible()`."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from tracker.agencies.models import Agency, AgencyKind
from tracker.clocks.models import ClockRule
from tracker.clocks.rules import AddresseeFact, AskFacts, LetterFact, RuleFact, SpanFact
from tracker.clocks.section_1263d import Request, Signer
from tracker.core.db import db
from tracker.correspondence.models import (
    Letter,
    LetterAddressee,
    LetterRecommendation,
    Signatory,
)
from tracker.correspondence.queries import contact_facts
from tracker.recommendations.models import Addressee, Recommendation, StatusSpan


def gather(asks: Sequence[Recommendation]) -> dict[int, AskFacts]:
    """The facts of each ask, by its id."""
    ids = [ask.id for ask in asks]
    spans, addressees, letters = _spans(ids), _addressees(ids), _letters(ids)
    contacts = contact_facts(ids)
    return {
        ask.id: AskFacts(
            instrument=ask.instrument,
            seeks=ask.seeks,
            newest_conduct_on=ask.newest_conduct_on,
            spans=tuple(spans[ask.id]),
            addressees=tuple(addressees[ask.id]),
            contacts=tuple(contacts[ask.id]),
            letters={letter.id: _letter_fact(letter, ask) for letter in letters[ask.id]},
        )
        for ask in asks
    }


def rules() -> list[RuleFact]:
    """Every clock rule, past and present."""
    return [
        RuleFact(
            id=rule.id,
            kind=rule.kind,
            length=rule.length,
            unit=rule.unit,
            basis=rule.basis,
            valid_from=rule.valid_from,
            valid_until=rule.valid_until,
            instrument=rule.instrument,
            jurisdiction=rule.jurisdiction,
            agency_id=rule.agency_id,
            channel=rule.channel,
            status=rule.status,
            lead_days=rule.lead_days,
            warn_day=rule.warn_day,
        )
        for rule in db.session.scalars(select(ClockRule))
    ]


def _spans(ids: list[int]) -> dict[int, list[SpanFact]]:
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
    statement = (
        select(Addressee.recommendation_id, Agency)
        .join(Agency, Agency.id == Addressee.agency_id)
        .where(Addressee.recommendation_id.in_(ids))
        .order_by(Addressee.position)
    )
    for recommendation_id, agency in db.session.execute(statement):
        found[recommendation_id].append(
            AddresseeFact(
                agency.id,
                agency.jurisdiction,
                agency.kind is AgencyKind.HEAD_OF_STATE and agency.jurisdiction == "US",
            )
        )
    return found


def _letters(ids: list[int]) -> dict[int, list[Letter]]:
    found: dict[int, list[Letter]] = defaultdict(list)
    statement = (
        select(LetterRecommendation.recommendation_id, Letter)
        .join(Letter, Letter.id == LetterRecommendation.letter_id)
        .where(LetterRecommendation.recommendation_id.in_(ids), Letter.voided_at.is_(None))
        .options(
            selectinload(Letter.signatories).selectinload(Signatory.body),
            selectinload(Letter.addressees).selectinload(LetterAddressee.agency),
        )
        .order_by(Letter.id)
    )
    for recommendation_id, letter in db.session.execute(statement):
        found[recommendation_id].append(letter)
    return found


def _letter_fact(letter: Letter, ask: Recommendation) -> LetterFact:
    return LetterFact(
        kind=letter.kind,
        channel=letter.channel,
        received_on=letter.received_on,
        reply_requested_by=letter.reply_requested_by if letter.reply_date_confirmed else None,
        request=request_of(letter, ask),
    )


def request_of(letter: Letter, ask: Recommendation) -> Request:
    """The letter as section 1263(d) reads it."""
    to = [addressee for addressee in letter.addressees if not addressee.is_copy]
    return Request(
        instrument=ask.instrument,
        ground=ask.ground,
        addressed_to=tuple(a.office_title or a.agency.name for a in to),
        to_president=any(
            a.agency.kind is AgencyKind.HEAD_OF_STATE and a.agency.jurisdiction == "US" for a in to
        ),
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
