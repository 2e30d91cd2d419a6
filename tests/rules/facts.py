"""Invented asks with their letters, contacts and spans, as the clock rules read them."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

from tracker.agencies.models import Chamber
from tracker.clocks.choice import RuleFact
from tracker.clocks.default_rules import RULES as DEFAULTS
from tracker.clocks.facts import ActFact, AddresseeFact, AskFacts, ClockSpec, LetterFact, SpanFact
from tracker.clocks.models import ClockKind, ClockState
from tracker.clocks.rules import derive
from tracker.clocks.section_1263d import Request, Signer
from tracker.core.dates import PartialDate
from tracker.correspondence.models import LetterKind, SignatoryRole, Substance
from tracker.correspondence.rules import ContactFact
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import Ground, Seeks, Status

STATE, TREASURY, COMMERCE, PRESIDENT, COMMITTEE = 1, 2, 3, 4, 5
LONDON, BRUSSELS, OTTAWA, CANBERRA = 11, 12, 13, 14
JURISDICTIONS = {LONDON: "GB", BRUSSELS: "EU", OTTAWA: "CA", CANBERRA: "AU"}
LETTER, SECOND_LETTER = 100, 200

_RULE_FIELDS = {field.name for field in fields(RuleFact)}
RULES: tuple[RuleFact, ...] = tuple(
    RuleFact(id=number, **{name: value for name, value in rule.items() if name in _RULE_FIELDS})
    for number, rule in enumerate(DEFAULTS, start=1)
)

SFRC = "Senate Committee on Foreign Relations"
BANKING = "Senate Committee on Banking, Housing, and Urban Affairs"
HFAC = "House Committee on Foreign Affairs"
HFSC = "House Committee on Financial Services"
CECC = "Congressional-Executive Commission on China"
CHAMBERS = {
    SFRC: Chamber.SENATE,
    BANKING: Chamber.SENATE,
    HFAC: Chamber.HOUSE,
    HFSC: Chamber.HOUSE,
}


def day(text: str) -> date:
    """A day, of its ISO form."""
    return date.fromisoformat(text)


def known(text: str) -> PartialDate | None:
    """A date as it is known, or nothing for an empty text."""
    return PartialDate.parse(text) if text else None


def contact(
    number: int, on: str, substance: Substance, *agencies: int, promised: str = "", **more: Any
) -> ContactFact:
    """A contact with the bodies given, or with State."""
    return ContactFact(
        id=number,
        on=known(on),
        substance=substance,
        agency_ids=frozenset(agencies or (STATE,)),
        promised_on=known(promised),
        **more,
    )


def sent(number: int, on: str, *agencies: int, letter: int | None = LETTER) -> ContactFact:
    """Our letter with the ask, going out."""
    return contact(number, on, Substance.SUBMISSION, *agencies, letter_id=letter)


def addressed_to(*agencies: int) -> tuple[AddresseeFact, ...]:
    """The bodies that the ask was put to."""
    return tuple(
        AddresseeFact(
            agency,
            JURISDICTIONS.get(agency, "US"),
            is_president=agency == PRESIDENT,
            is_committee=agency in (COMMITTEE, COMMERCE),
        )
        for agency in agencies
    )


def spans(*given: tuple[Status, str]) -> tuple[SpanFact, ...]:
    """A life cycle: each status with the day from which it held, until the next one began."""
    untils = [known(on) for _, on in given[1:]] + [None]
    return tuple(
        SpanFact(number, status, known(on), until)
        for number, ((status, on), until) in enumerate(zip(given, untils, strict=True), start=1)
    )


def signed(role: SignatoryRole, body: str) -> Signer:
    """A signatory for a body; the four committees are known by name."""
    return Signer(role, body, body in CHAMBERS, CHAMBERS.get(body))


def leaders(*committees: str) -> tuple[Signer, ...]:
    """The chair and the ranking member of each committee."""
    return tuple(
        signed(role, committee)
        for committee in committees
        for role in (SignatoryRole.CHAIR, SignatoryRole.RANKING_MEMBER)
    )


def request(
    *signers: Signer,
    instrument: Instrument = Instrument.GLOBAL_MAGNITSKY,
    ground: Ground | None = Ground.HUMAN_RIGHTS,
    to: tuple[str, ...] = ("President of the United States",),
    to_president: bool = True,
) -> Request:
    """A letter as section 1263(d) reads it."""
    return Request(instrument, ground, to, to_president, signers)


def to_a_secretary(instrument: Instrument = Instrument.GLOBAL_MAGNITSKY) -> Request:
    """A letter of two members to the Secretary of State, which starts no clock in law."""
    return request(
        signed(SignatoryRole.MEMBER, ""),
        signed(SignatoryRole.MEMBER, ""),
        instrument=instrument,
        to=("Secretary of State",),
        to_president=False,
    )


def letter(
    what: Request | None = None,
    *,
    kind: LetterKind = LetterKind.ORGANISATIONS,
    channel: str = "letter",
    received: str = "",
    reply_by: str = "",
) -> LetterFact:
    """A letter that carries the ask."""
    return LetterFact(kind, channel, known(received), known(reply_by), what or to_a_secretary())


def ask(
    *contacts: ContactFact,
    instrument: Instrument = Instrument.GLOBAL_MAGNITSKY,
    seeks: Seeks = Seeks.ADDITION,
    to: tuple[int, ...] = (STATE,),
    conduct: str = "",
    life: tuple[SpanFact, ...] = (),
    letters: dict[int, LetterFact] | None = None,
    acts: tuple[ActFact, ...] = (),
) -> AskFacts:
    """An ask of the bodies given, or of State."""
    return AskFacts(
        instrument=instrument,
        seeks=seeks,
        newest_conduct_on=known(conduct),
        spans=life,
        addressees=addressed_to(*to),
        contacts=contacts,
        letters={LETTER: letter()} if letters is None else letters,
        acts=acts,
    )


def later(facts: AskFacts, *contacts: ContactFact) -> AskFacts:
    """The same ask with further contacts on record."""
    return replace(facts, contacts=(*facts.contacts, *contacts))


def clocks(
    facts: AskFacts,
    kind: ClockKind,
    agency: int | None = None,
    rules: tuple[RuleFact, ...] = RULES,
) -> list[ClockSpec]:
    """The ask's clocks of a kind, of one body if one is given."""
    return [
        spec
        for spec in derive(facts, rules)
        if spec.kind is kind and agency in (None, spec.agency_id)
    ]


def the_clock(
    facts: AskFacts,
    kind: ClockKind,
    agency: int | None = None,
    rules: tuple[RuleFact, ...] = RULES,
) -> ClockSpec:
    """The only clock of its kind."""
    (spec,) = clocks(facts, kind, agency, rules)
    return spec


def running(
    facts: AskFacts, kind: ClockKind, agency: int | None = None, rules: tuple[RuleFact, ...] = RULES
) -> list[ClockSpec]:
    """The ask's clocks of a kind that run."""
    found = clocks(facts, kind, agency, rules)
    return [spec for spec in found if spec.state is ClockState.RUNNING]
