"""Recording a letter with all its asks, in one act."""

from collections.abc import Sequence

from sqlalchemy import func, select

from tracker.accounts.viewer import MACHINE, Viewer
from tracker.agencies import queries as agencies
from tracker.casework.actions.addressees import Addressed, addressed
from tracker.casework.actions.asks import check_sources, cite_all, new_ask
from tracker.casework.actions.sending import begin, carried, require_standing
from tracker.casework.actions.settle import settle
from tracker.casework.actions.supplements import supplemented
from tracker.casework.inputs import AskInput, LetterInput, SignatoryInput
from tracker.core.db import db
from tracker.core.intake import Intake
from tracker.core.names import romanise
from tracker.core.now import today
from tracker.correspondence import queries as letters
from tracker.correspondence.models import (
    Letter,
    LetterAddressee,
    LetterKind,
    LetterRecommendation,
    Signatory,
)
from tracker.history import actions as history
from tracker.recommendations.models import Recommendation
from tracker.records import actions as records
from tracker.records.models import Kind

MOST_ASKS, MOST_SIGNATORIES = 30, 200
TOO_MANY_ASKS = (
    f"A letter can carry at most {MOST_ASKS} asks: remove some, or record a second letter."
)
# a report or a statement may be put to nobody in particular
MAY_LACK_ADDRESSEE = (LetterKind.REPORT, LetterKind.STATEMENT)


def record_letter(viewer: Viewer, given: LetterInput) -> Letter:
    """Record a letter, its signatories and addressees, and each of its asks as a recommendation.

    If it was sent, the asks are submitted on that day and their clocks start; otherwise they are
    drafts from today on. Raises `Refused` with every problem at its field; nothing is then kept.
    """
    intake = Intake()
    letter = _letter(given, intake)
    letter.supplements_id = supplemented(viewer, given.supplements, letter, intake, letter.sent_on)
    letter.signatories = signatories_of(given.signatories, intake)
    bodies = _bodies(given, intake)
    letter.addressees = _addressees(bodies)
    check_sources(given.sources, intake)
    if not given.asks:
        intake.refuse("asks", "A letter asks for something: add at least one ask.")
    if len(given.asks) > MOST_ASKS:
        intake.refuse("asks", TOO_MANY_ASKS)
    asks = _asks(viewer, given, bodies, intake)
    intake.done()
    records.begin(letter, viewer, Kind.LETTER)
    db.session.flush()
    records.index_terms(letter)
    cite_all(viewer, [letter, *asks], given.sources)
    for ask, said in zip(asks, given.asks, strict=True):
        cite_all(viewer, [ask], said.sources)
    db.session.add_all(
        LetterRecommendation(letter_id=letter.id, recommendation_id=ask.id, position=position)
        for position, ask in enumerate(asks)
    )
    begin(viewer, letter, asks, sent=given.is_sent)
    history.record(
        "letter.recorded",
        actor_id=viewer.user_id,
        records=[letter.id],
        body={"after": _snapshot(letter, asks)},
    )
    settle(asks)
    return letter


def add_to_letter(viewer: Viewer, letter: Letter, given: AskInput) -> Recommendation:
    """Record one more ask of a letter on record: it went with the letter, or is a draft with it.
    `letter` is loaded with its parts. Raises `Refused` with every problem at its field, or
    `NotAllowed`."""
    records.require_edit(letter, viewer)
    require_standing(letter)
    intake = Intake()
    standing = carried(letter)
    if len(standing) >= MOST_ASKS:
        intake.refuse(
            "title", f"The letter carries {MOST_ASKS} asks, the most: record a second one."
        )
    check_sources(given.sources, intake)
    bodies = [body for body in addressed(given.addressees, intake) if body]
    written_to = {row.agency_id for row in letter.addressees if not row.is_copy}
    asked = {body.agency_id for body in bodies if not body.is_copy}
    if asked - written_to:
        intake.refuse("addressees", "The letter was not written to all of these bodies.")
    if written_to and not asked:
        intake.refuse("addressees", "Say of whom this is asked.")
    ask = new_ask(viewer, given, bodies, intake)
    intake.done()
    assert ask is not None
    cite_all(viewer, [ask], given.sources)
    before = [one.reference for one in standing]
    place = _next_place(letter)
    link = LetterRecommendation(letter_id=letter.id, recommendation_id=ask.id, position=place)
    db.session.add(link)
    begin(viewer, letter, [ask], sent=letters.has_gone(MACHINE, letter))
    records.touch(letter, beside=ask)
    history.record(
        "letter.changed",
        actor_id=viewer.user_id,
        records=[letter.id],
        body={"before": {"asks": before}, "after": {"asks": [*before, ask.reference]}},
    )
    settle([ask])
    return ask


def _next_place(letter: Letter) -> int:
    last = select(func.max(LetterRecommendation.position)).where(
        LetterRecommendation.letter_id == letter.id
    )
    found = db.session.scalar(last)
    return 0 if found is None else found + 1


def _letter(given: LetterInput, intake: Intake) -> Letter:
    day = today()
    letter = Letter(
        channel=given.channel,
        sent_on=None,
        received_on=intake.past("received_on", given.received_on, today=day),
        received_proof=intake.text("received_proof", given.received_proof, Letter.received_proof),
        version=1,
    )
    fill(letter, given, intake)
    if given.is_sent:
        letter.sent_on = intake.past("sent_on", given.sent_on, today=day) or letter.written_on
    elif given.sent_on or given.received_on:
        intake.refuse(
            "is_sent",
            "There is a day of sending or receipt: tick that it was sent, or clear the day.",
        )
    written, sent, received = letter.written_on, letter.sent_on, letter.received_on
    if written and sent and sent.latest < written.earliest:
        intake.refuse("sent_on", f"It cannot be sent before it was written, {written.shown}.")
    if sent and received and received.latest < sent.earliest:
        intake.refuse("received_on", f"It cannot be received before it was sent, {sent.shown}.")
    check_reply_date(letter, intake)
    return letter


def fill(letter: Letter, given: LetterInput, intake: Intake) -> None:
    """What a letter says of itself, without its sending and receipt; problems at the fields."""
    letter.title = intake.text(
        "title", given.title, Letter.title, missing="Give the letter a title in one line."
    )
    letter.sort_title = romanise(letter.title)[:80]
    letter.kind = given.kind
    letter.on_behalf_of = intake.text("on_behalf_of", given.on_behalf_of, Letter.on_behalf_of)
    letter.written_on = intake.past("written_on", given.written_on, today=today())
    letter.reply_requested_by = given.reply_requested_by
    letter.reply_date_confirmed = given.reply_date_confirmed and bool(given.reply_requested_by)
    letter.note = intake.text("note", given.note, Letter.note, multiline=True)


def check_reply_date(letter: Letter, intake: Intake) -> None:
    """A letter asks for a reply by a day after it went."""
    asked = letter.reply_requested_by
    start = letter.sent_on or letter.written_on
    if asked and start and asked.latest <= start.earliest:
        intake.refuse("reply_requested_by", f"Give a day after the letter was sent, {start.shown}.")


def signatories_of(given: Sequence[SignatoryInput], intake: Intake) -> list[Signatory]:
    """Who signed, as rows of a letter; problems noted at each."""
    if len(given) > MOST_SIGNATORIES:
        intake.refuse("signatories", f"At most {MOST_SIGNATORIES} signatories: remove some.")
    rows = []
    bodies = agencies.by_names(signatory.body for signatory in given[:MOST_SIGNATORIES])
    for position, signatory in enumerate(given[:MOST_SIGNATORIES]):
        under = intake.under(f"signatories-{position}")
        body_text = under.text("body", signatory.body, Signatory.body_text)
        body = bodies.get(signatory.body)
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


def _bodies(given: LetterInput, intake: Intake) -> list[Addressed | None]:
    if all(a.is_copy for a in given.addressees) and given.kind not in MAY_LACK_ADDRESSEE:
        intake.refuse("addressees", "Say to whom the letter is addressed.")
    return addressed(given.addressees, intake)


def _addressees(bodies: Sequence[Addressed | None]) -> list[LetterAddressee]:
    return [
        LetterAddressee(
            position=position,
            agency_id=body.agency_id,
            official=body.official,
            office_title=body.office_title,
            is_copy=body.is_copy,
        )
        for position, body in enumerate(body for body in bodies if body)
    ]


def _asks(
    viewer: Viewer, given: LetterInput, bodies: Sequence[Addressed | None], intake: Intake
) -> list[Recommendation]:
    asks = []
    for position, ask in enumerate(given.asks[:MOST_ASKS]):
        under = intake.under(f"asks-{position}")
        check_sources(ask.sources, under)
        made = new_ask(viewer, ask, _asked_of(bodies, ask, under), under)
        if made is not None:
            asks.append(made)
    return asks


def _asked_of(bodies: Sequence[Addressed | None], ask: AskInput, intake: Intake) -> list[Addressed]:
    if ask.asked_of is not None and bodies and not ask.asked_of:
        intake.refuse("asked_of", "Choose whom this is asked of.")
    return [
        body
        for position, body in enumerate(bodies)
        if body and (ask.asked_of is None or position in ask.asked_of)
    ]


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
