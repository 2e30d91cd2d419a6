"""Recording a letter with all its asks, in one act."""

from collections.abc import Sequence

from sqlalchemy import select

from tracker.accounts.viewer import MACHINE, Viewer
from tracker.agencies import queries as agencies
from tracker.casework.actions import spans
from tracker.casework.actions.addressees import Addressed, addressed
from tracker.casework.actions.asks import check_sources, cite_all, new_ask
from tracker.casework.actions.settle import settle
from tracker.casework.actions.status import record_change, status_of
from tracker.casework.inputs import AskInput, LetterInput, ReceiptInput, SignatoryInput
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.intake import Intake
from tracker.core.names import romanise
from tracker.core.now import today
from tracker.core.references import well_formed
from tracker.correspondence import actions as correspondence
from tracker.correspondence import queries as letters
from tracker.correspondence.models import (
    Contact,
    ContactRecommendation,
    Letter,
    LetterAddressee,
    LetterKind,
    LetterRecommendation,
    Signatory,
    Substance,
)
from tracker.history import actions as history
from tracker.recommendations.models import BEFORE_SENDING, Recommendation, Status
from tracker.recommendations.workflow import Change
from tracker.records import actions as records
from tracker.records.models import Kind, Record
from tracker.records.queries import Owned, may_edit, reference_of, seen_by_all

MOST_ASKS, MOST_SIGNATORIES = 30, 200
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
        intake.refuse("asks", f"Up to {MOST_ASKS} asks a letter.")
    asks = _asks(viewer, given, bodies, intake)
    intake.done()
    records.begin(letter, viewer, Kind.LETTER)
    db.session.flush()
    records.index_terms(letter)
    cite_all(viewer, letter, given.sources)
    for ask, said in zip(asks, given.asks, strict=True):
        cite_all(viewer, ask, given.sources)
        cite_all(viewer, ask, said.sources)
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


def record_receipt(viewer: Viewer, letter: Letter, given: ReceiptInput, seen_version: int) -> None:
    """Record when a letter was received, how that is known, whether it supplements an earlier one,
    and whether the day by which it asks for a reply stands in it; and of one that was not sent yet,
    when it was. The clocks of its asks follow. Raises `Refused`, `NotAllowed` or `Stale`."""
    records.require_edit(letter, viewer)
    intake = Intake()
    before, was_sent = _receipt(letter), letter.is_sent
    sent_on = letter.sent_on if was_sent else _sent_on(viewer, letter, given, intake)
    day = intake.past("received_on", given.received_on, today=today())
    if day and sent_on and day.latest < sent_on.earliest:
        sent = sent_on.shown
        intake.refuse("received_on", f"It cannot be received before it was sent, {sent}.")
    missing = "Say how it is known: a receipt, a tracking number, their own word." if day else ""
    proof = intake.text(
        "received_proof", given.received_proof, Letter.received_proof, missing=missing
    )
    supplements_id = supplemented(viewer, given.supplements, letter, intake, sent_on)
    if not given.supplements and not reference_of(viewer, letter.supplements_id):
        supplements_id = letter.supplements_id  # nobody removes what they cannot see
    intake.done()
    records.require_current(letter, seen_version)
    cut = _open_circle(viewer, letter, supplements_id)
    earlier = letter.supplements_id
    letter.sent_on = sent_on
    letter.received_on, letter.received_proof = day, proof
    letter.supplements_id = supplements_id
    if letter.reply_requested_by is not None:
        letter.reply_date_confirmed = given.reply_date_confirmed
    db.session.flush()
    db.session.expire(letter, ["supplements"])
    asks = carried(letter)
    if not was_sent:
        _send(viewer, letter, asks)
    after = _receipt(letter)
    others = {name for name in after if after[name] != before[name]}
    if not others and letter.supplements_id == earlier:
        return
    if others - {"supplements"} or _supplements_another(letter, earlier):
        records.touch(letter)
    history.record(
        "letter.received",
        actor_id=viewer.user_id,
        records=[letter.id, *(ask.id for ask in asks)],
        body={"before": before, "after": after},
    )
    settle(asks, viewer)
    if cut is not None:
        settle(carried(cut), MACHINE)


def carried(letter: Letter) -> Sequence[Recommendation]:
    """All asks of a letter: for recomputing, not for showing."""
    return db.session.scalars(
        select(Recommendation)
        .join(LetterRecommendation, LetterRecommendation.recommendation_id == Recommendation.id)
        .where(LetterRecommendation.letter_id == letter.id)
        .order_by(LetterRecommendation.position)
    ).all()


def _open_circle(viewer: Viewer, letter: Letter, above: int | None) -> Letter | None:
    """Where a letter that is to be supplemented comes back to this one by a way that the viewer
    cannot know of, the first step that they do not see makes way, if it is their house's; who sees
    it reads so in the history. The letter whose step it was, or nothing."""
    unseen: Letter | None = None
    seen = set[int]()
    while above is not None and above != letter.id and above not in seen:
        seen.add(above)
        step = db.session.get_one(Letter, above)
        if unseen is None and not reference_of(viewer, step.supplements_id):
            unseen = step if may_edit(step, viewer) else None
        above = step.supplements_id
    if above != letter.id or unseen is None:
        return None
    before, further = _receipt(unseen), unseen.supplements_id
    unseen.supplements_id = None
    if _supplements_another(unseen, further):
        records.touch(unseen)
    history.record(
        "letter.received",
        actor_id=viewer.user_id,
        records=[unseen.id],
        body={"before": before, "after": _receipt(unseen)},
    )
    db.session.flush()
    db.session.expire(unseen, ["supplements"])
    return unseen


def _supplements_another(letter: Letter, earlier: int | None) -> bool:
    """Whether a letter supplements another one now, as far as all its readers see which."""
    wanted = {key for key in (earlier, letter.supplements_id) if key is not None}
    if earlier == letter.supplements_id:
        return False
    found = db.session.scalars(select(Letter).where(Letter.id.in_(wanted)))
    return bool(seen_by_all([(Owned.of(letter), Owned.of(other)) for other in found]))


def _sent_on(
    viewer: Viewer, letter: Letter, given: ReceiptInput, intake: Intake
) -> PartialDate | None:
    missing = "It was not sent yet. Say when it was: 2023-10-23, 2023-10 or 2023."
    sent = intake.past("sent_on", given.sent_on, today=today(), missing=missing)
    written = letter.written_on
    if sent and written and sent.latest < written.earliest:
        intake.refuse("sent_on", f"It cannot be sent before it was written, {written.shown}.")
    asked = letter.reply_requested_by
    if sent and asked and asked.latest <= sent.earliest:
        intake.refuse("sent_on", f"It asks for a reply by {asked.shown}: it went before that day.")
    known = letters.asks_of(viewer, [letter.id])[letter.id]
    for ask, contact in _sent_by_hand(letter):
        if ask in known and sent and contact.happened_on and contact.happened_on != sent:
            day = contact.happened_on.shown
            problem = (
                f"“{ask.title}” is on record as sent on {day}. Give that day, or void it first."
            )
            intake.refuse("sent_on", problem)
    return sent


def _sent_by_hand(letter: Letter) -> list[tuple[Recommendation, Contact]]:
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


def _send(viewer: Viewer, letter: Letter, asks: Sequence[Recommendation]) -> None:
    """A letter went out: its asks with it, unless they were said to have gone already, which is
    then by this letter; one that the sender does not see may have gone on another day."""
    for _, contact in _sent_by_hand(letter):
        if contact.happened_on in (None, letter.sent_on):
            contact.letter_id = letter.id
            records.touch(contact)
    db.session.flush()
    sent = spans.sent_among([ask.id for ask in asks])
    for ask in asks:
        if ask.status in BEFORE_SENDING:
            was, change = status_of(ask), Change(Status.SUBMITTED, letter.sent_on)
            records.touch(ask)
            spans.take_steps(viewer, [(ask, change, None)])
            record_change(viewer, ask, was, change)
    going = [ask for ask in asks if ask.id not in sent and ask.is_open]
    seen = letters.asks_of(viewer, [letter.id])[letter.id]
    # what some of it says of an ask that the sender does not see is kept from them, and no more
    for group in ([a for a in going if a in seen], [a for a in going if a not in seen]):
        if group:
            _submit(viewer, letter, group)


def unsend(viewer: Viewer, letter: Letter) -> bool:
    """A letter whose sending was entered in error, and void for all its asks, has not gone out:
    when it does, that is said on its page. Whether it was taken for sent."""
    standing = select(Contact).where(
        Contact.letter_id == letter.id,
        Contact.substance == Substance.SUBMISSION,
        Contact.voided_at.is_(None),
    )
    # what not all its readers see neither keeps it sent nor unsends it
    pairs = [(Owned.of(letter), Owned.of(contact)) for contact in db.session.scalars(standing)]
    if not letter.is_sent or seen_by_all(pairs):
        return False
    before = _receipt(letter)
    records.touch(letter)
    letter.sent_on = letter.received_on = None
    letter.received_proof = ""
    history.record(
        "letter.unsent",
        actor_id=viewer.user_id,
        records=[letter.id],
        body={"before": before, "after": _receipt(letter)},
    )
    return True


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


def _receipt(letter: Letter) -> dict[str, object]:
    reference = db.session.scalar(
        select(Record.reference).where(Record.id == (letter.supplements_id or 0))
    )
    return {
        "received_on": str(letter.received_on or ""),
        "received_proof": letter.received_proof,
        "supplements": reference or "",
        "sent_on": str(letter.sent_on or ""),
        "reply_date_confirmed": letter.reply_date_confirmed,
    }


def supplemented(
    viewer: Viewer, reference: str, letter: Letter, intake: Intake, sent_on: PartialDate | None
) -> int | None:
    """The id of the earlier letter that one, sent on a day, narrows or repeats."""
    reference = intake.text("supplements", reference, Record.reference).upper()
    if not reference:
        return None
    earlier = letters.letter(viewer, reference) if well_formed([reference]) else None
    if earlier is None or earlier.id == letter.id:
        intake.refuse("supplements", "No other letter of that reference is on record.")
    elif earlier.voided_at:
        intake.refuse("supplements", "That letter is void: it was entered in error.")
    elif _comes_before(sent_on, earlier):
        intake.refuse("supplements", "That letter was not sent before this one.")
    elif earlier.id != letter.supplements_id and letter.id in _chain_of(viewer, earlier):
        intake.refuse("supplements", "That letter supplements this one already.")
    else:
        return earlier.id
    return None


def _comes_before(sent: PartialDate | None, other: Letter) -> bool:
    """Whether a letter certainly went before another, or the other did not go at all."""
    other_sent = other.sent_on
    if other_sent is None:
        return True
    return sent is not None and sent.latest < other_sent.earliest


def _chain_of(viewer: Viewer, letter: Letter) -> set[int]:
    """The ids of the letters that one supplements, and that these do, and so on, as far as the
    viewer may know."""
    found: set[int] = set()
    following = letter.supplements_id
    while following not in found and reference_of(viewer, following):
        assert following is not None
        found.add(following)
        following = db.session.scalar(select(Letter.supplements_id).where(Letter.id == following))
    return found


def _begin(viewer: Viewer, letter: Letter, asks: Sequence[Recommendation], *, sent: bool) -> None:
    for ask in asks:
        if sent:
            spans.begin(viewer, ask, Status.SUBMITTED, letter.sent_on)
        else:
            spans.begin(viewer, ask, Status.DRAFT, PartialDate.of(today()))
    if sent:
        _submit(viewer, letter, asks)


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
        intake.refuse("is_sent", "It has a day of sending or receipt: say that it was sent.")
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
        intake.refuse("signatories", f"Up to {MOST_SIGNATORIES} signatories.")
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
