"""Recording a letter with all its asks, in one act."""

from collections.abc import Sequence

from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies
from tracker.casework.actions.asks import begin_status, cite_all, new_ask
from tracker.casework.actions.settle import settle
from tracker.casework.inputs import AddresseeInput, AskInput, LetterInput, SignatoryInput
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.intake import Intake
from tracker.core.names import romanise
from tracker.core.now import today
from tracker.correspondence import actions as correspondence
from tracker.correspondence.models import (
    Letter,
    LetterAddressee,
    LetterKind,
    LetterRecommendation,
    Signatory,
    Substance,
)
from tracker.history import actions as history
from tracker.recommendations.models import Recommendation, Status
from tracker.records import actions as records
from tracker.records.models import Kind

MOST_ASKS, MOST_SIGNATORIES, MOST_ADDRESSEES = 30, 200, 40
# a report or a statement may be put to nobody in particular
MAY_LACK_ADDRESSEE = (LetterKind.REPORT, LetterKind.STATEMENT)


def record_letter(viewer: Viewer, given: LetterInput) -> Letter:
    """Record a letter, its signatories and addressees, and each of its asks as a recommendation.

    If it was sent, the asks are submitted on that day and their clocks start; otherwise they are
    drafts from today on. Raises `Refused` with every problem at its field; nothing is then kept.
    """
    intake = Intake()
    letter = _letter(given, intake)
    letter.signatories = _signatories(given.signatories, intake)
    letter.addressees = _addressees(given, intake)
    if not given.asks:
        intake.refuse("asks", "A letter asks for something: add at least one ask.")
    if len(given.asks) > MOST_ASKS:
        intake.refuse("asks", f"Up to {MOST_ASKS} asks a letter.")
    asks = _asks(viewer, given, intake)
    intake.done()
    records.begin(letter, viewer, Kind.LETTER)
    db.session.flush()
    cite_all(viewer, letter, given.sources, intake)
    for position, (ask, said) in enumerate(zip(asks, given.asks, strict=True)):
        cite_all(viewer, ask, given.sources, intake)
        cite_all(viewer, ask, said.sources, intake.under(f"asks-{position}"))
    intake.done()
    db.session.add_all(
        LetterRecommendation(letter_id=letter.id, recommendation_id=ask.id, position=position)
        for position, ask in enumerate(asks)
    )
    _begin(viewer, letter, asks, sent=given.is_sent)
    history.record(
        "letter.recorded",
        actor_id=viewer.user_id,
        records=[letter.id],
        body={"after": _snapshot(letter, asks)},
    )
    settle(asks)
    return letter


def _begin(viewer: Viewer, letter: Letter, asks: Sequence[Recommendation], *, sent: bool) -> None:
    for ask in asks:
        if sent:
            begin_status(ask, Status.SUBMITTED, letter.sent_on, viewer)
        else:
            begin_status(ask, Status.DRAFT, PartialDate.of(today()), viewer)
    if sent:
        correspondence.add_contact(
            viewer,
            asks=asks,
            agency_ids=[a.agency_id for a in letter.addressees if not a.is_copy],
            substance=Substance.SUBMISSION,
            happened_on=letter.sent_on,
            channel=letter.channel,
            letter=letter,
        )


def _letter(given: LetterInput, intake: Intake) -> Letter:
    day = today()
    letter = Letter(
        title=intake.text(
            "title", given.title, Letter.title, missing="Give the letter a title in one line."
        ),
        kind=given.kind,
        channel=given.channel,
        on_behalf_of=intake.text("on_behalf_of", given.on_behalf_of, Letter.on_behalf_of),
        written_on=intake.past("written_on", given.written_on, today=day),
        sent_on=None,
        received_on=intake.past("received_on", given.received_on, today=day),
        received_proof=intake.text("received_proof", given.received_proof, Letter.received_proof),
        reply_requested_by=given.reply_requested_by,
        reply_date_confirmed=given.reply_date_confirmed and given.reply_requested_by is not None,
        note=intake.text("note", given.note, Letter.note, multiline=True),
        version=1,
    )
    letter.sort_title = romanise(letter.title)[:80]
    if given.is_sent:
        letter.sent_on = intake.past("sent_on", given.sent_on or given.written_on, today=day)
    elif given.sent_on or given.received_on:
        intake.refuse("is_sent", "It has a day of sending or receipt: say that it was sent.")
    _check_order(given, letter, intake)
    return letter


def _check_order(given: LetterInput, letter: Letter, intake: Intake) -> None:
    written, sent, received = letter.written_on, letter.sent_on, letter.received_on
    if written and sent and sent.latest < written.earliest:
        intake.refuse("sent_on", f"It cannot be sent before it was written, {written.shown}.")
    if sent and received and received.latest < sent.earliest:
        intake.refuse("received_on", f"It cannot be received before it was sent, {sent.shown}.")
    asked = letter.reply_requested_by
    start = sent or written
    if asked and start and asked.latest <= start.earliest:
        intake.refuse("reply_requested_by", f"Give a day after the letter was sent, {start.shown}.")


def _signatories(given: Sequence[SignatoryInput], intake: Intake) -> list[Signatory]:
    if len(given) > MOST_SIGNATORIES:
        intake.refuse("signatories", f"Up to {MOST_SIGNATORIES} signatories.")
    rows = []
    for position, signatory in enumerate(given[:MOST_SIGNATORIES]):
        under = intake.under(f"signatories-{position}")
        body_text = under.text("body", signatory.body, Signatory.body_text)
        body = agencies.by_name(body_text) if body_text else None
        rows.append(
            Signatory(
                position=position,
                name=under.text("name", signatory.name, Signatory.name, missing="Who signed?"),
                role=signatory.role,
                body=body,
                body_text="" if body else body_text,
                chamber=body.chamber if body and body.chamber else signatory.chamber,
            )
        )
    return rows


def _addressees(given: LetterInput, intake: Intake) -> list[LetterAddressee]:
    real = [a for a in given.addressees if not a.is_copy]
    if not real and given.kind not in MAY_LACK_ADDRESSEE:
        intake.refuse("addressees", "Say to whom the letter is addressed.")
    if len(given.addressees) > MOST_ADDRESSEES:
        intake.refuse("addressees", f"Up to {MOST_ADDRESSEES} addressees.")
    return [
        _addressee(addressee, position, intake.under(f"addressees-{position}"))
        for position, addressee in enumerate(given.addressees[:MOST_ADDRESSEES])
    ]


def _addressee(given: AddresseeInput, position: int, intake: Intake) -> LetterAddressee:
    return LetterAddressee(
        position=position,
        agency_id=given.agency_id,
        official=intake.text("official", given.official, LetterAddressee.official),
        office_title=intake.text("office_title", given.office_title, LetterAddressee.office_title),
        is_copy=given.is_copy,
    )


def _asks(viewer: Viewer, given: LetterInput, intake: Intake) -> list[Recommendation]:
    asks = []
    for position, ask in enumerate(given.asks[:MOST_ASKS]):
        under = intake.under(f"asks-{position}")
        made = new_ask(viewer, ask, _asked_of(given, ask, under), under)
        if made is not None:
            asks.append(made)
    return asks


def _asked_of(given: LetterInput, ask: AskInput, intake: Intake) -> list[AddresseeInput]:
    if ask.asked_of is None:
        return list(given.addressees)
    chosen = [a for i, a in enumerate(given.addressees) if i in ask.asked_of]
    if given.addressees and not chosen:
        intake.refuse("asked_of", "Choose whom this is asked of.")
    return chosen


def _snapshot(letter: Letter, asks: Sequence[Recommendation]) -> dict[str, object]:
    return {
        "title": letter.title,
        "kind": letter.kind,
        "written_on": str(letter.written_on or ""),
        "sent_on": str(letter.sent_on or ""),
        "received_on": str(letter.received_on or ""),
        "signatories": [s.name for s in letter.signatories],
        "asks": [ask.reference for ask in asks],
    }
