"""What section 1263(d) says of a letter: of one on record, and of one that is still being typed."""

from dataclasses import dataclass, replace
from datetime import timedelta

from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies
from tracker.agencies.models import Agency
from tracker.casework.inputs import AskInput, LetterInput
from tracker.clocks import gathering
from tracker.clocks.choice import Start, choose, due_day
from tracker.clocks.in_law import day_of_receipt
from tracker.clocks.models import ClockKind
from tracker.clocks.section_1263d import (
    CITATION,
    COMMITTEES,
    Request,
    Signer,
    explain_failings,
    failings,
    is_to_president,
)
from tracker.core.dates import PartialDate, show_day
from tracker.core.references import well_formed
from tracker.correspondence import queries as letters
from tracker.recommendations.instruments import Instrument


@dataclass(frozen=True)
class Verdict:
    """Whether an ask of a letter is a request that starts the 120 days, and why not."""

    title: str
    qualifies: bool
    text: str


def verdicts(viewer: Viewer, given: LetterInput) -> list[Verdict]:
    """What the law would say of each ask of a letter as it is typed. Nothing is kept."""
    typed = [*(a.agency for a in given.addressees), *(s.body for s in given.signatories)]
    bodies = agencies.by_names(typed)
    return [_verdict(viewer, given, ask, bodies) for ask in given.asks]


def _verdict(
    viewer: Viewer, given: LetterInput, ask: AskInput, bodies: dict[str, Agency]
) -> Verdict:
    to = [a for a in given.addressees if not a.is_copy]
    signers = []
    for signatory in given.signatories:
        body = bodies.get(signatory.body)
        signers.append(
            Signer(
                role=signatory.role,
                body=_name(signatory.body, bodies),
                is_committee=bool(body and body.is_magnitsky_committee),
                chamber=body.chamber if body else signatory.chamber,
            )
        )
    request = Request(
        instrument=ask.instrument,
        ground=ask.ground,
        addressed_to=tuple(filter(None, (a.office_title or _name(a.agency, bodies) for a in to))),
        to_president=any(is_to_president(bodies.get(a.agency), a.office_title) for a in to),
        signers=tuple(signers),
    )
    request = replace(request, supplements=_supplemented(viewer, given.supplements, request))
    asked_of = range(len(given.addressees)) if ask.asked_of is None else ask.asked_of
    asked = [given.addressees[place] for place in asked_of if place < len(given.addressees)]
    is_put = any(
        is_to_president(bodies.get(a.agency), a.office_title) for a in asked if not a.is_copy
    )
    if failings(request) or not is_put:
        return Verdict(ask.title, False, explain_failings(request, put_to_president=is_put))
    return Verdict(
        ask.title, True, _qualifying(given.received_on, given.sent_on or given.written_on)
    )


def _name(typed: str, bodies: dict[str, Agency]) -> str:
    return bodies[typed].name if typed in bodies else typed


def _supplemented(viewer: Viewer, reference: str, request: Request) -> str:
    """The day of the earlier request, if it is one that qualifies on the same ground."""
    reference = reference.upper()
    earlier = letters.letter(viewer, reference) if well_formed([reference]) else None
    return gathering.supplemented(viewer, earlier, request.ground)


def _qualifying(received: PartialDate | None, sent: PartialDate | None) -> str:
    qualifies = f"It is a request under {CITATION} and {COMMITTEES}"
    day, note = day_of_receipt(received, sent)
    if day is None or not day.starts_clocks:
        return f"{qualifies}. Its 120 days start once a month or a day of receipt is recorded."
    start = Start(ClockKind.SECTION_1263D, day.earliest, Instrument.GLOBAL_MAGNITSKY)
    rule = choose(gathering.rules(), start)
    if rule is None:
        return f"{qualifies}, of a day on which the law was not in force."
    due = due_day(rule, day.earliest, "US")
    how = note or "received"
    if received is None:
        how = "sent; the day of receipt counts once it is recorded"
    return (
        f"{qualifies}. Day 0 is {day.shown} ({how.rstrip('.')}); {rule.length} calendar days "
        f"give {show_day(due)}; late from {show_day(due + timedelta(days=1))}."
    )
