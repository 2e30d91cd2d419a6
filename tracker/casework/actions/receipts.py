"""What is known later of a letter: that it was sent, received, and what it supplements."""

from collections.abc import Sequence

from sqlalchemy import select

from tracker.accounts.viewer import MACHINE, Viewer
from tracker.casework.actions.sending import carried, require_standing, send, sent_by_hand, undated
from tracker.casework.actions.settle import settle
from tracker.casework.actions.supplements import supplemented, supplements_another
from tracker.casework.inputs import ReceiptInput
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.intake import Intake
from tracker.core.now import today
from tracker.correspondence import queries as letters
from tracker.correspondence.models import (
    Letter,
)
from tracker.history import actions as history
from tracker.recommendations.models import Recommendation
from tracker.records import actions as records
from tracker.records.models import Record
from tracker.records.queries import may_edit, reference_of
from tracker.records.readers import Owned, seen_by_all


def record_receipt(viewer: Viewer, letter: Letter, given: ReceiptInput, seen_version: int) -> None:
    """Record when a letter was received, how that is known, whether it supplements an earlier one,
    and whether the day by which it asks for a reply stands in it; and of one that was not sent yet,
    when it was. The clocks of its asks follow. Raises `Refused`, `NotAllowed` or `Stale`."""
    records.require_edit(letter, viewer)
    require_standing(letter)
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
        send(viewer, letter, asks)
    after = _receipt(letter)
    others = {name for name in after if after[name] != before[name]}
    if not others and letter.supplements_id == earlier:
        return
    if others - {"supplements"} or supplements_another(letter, earlier):
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
    if supplements_another(unseen, further):
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


def _sent_on(
    viewer: Viewer, letter: Letter, given: ReceiptInput, intake: Intake
) -> PartialDate | None:
    missing = "No day of its sending is on record. Say when it was: 2023-10-23, 2023-10 or 2023."
    sent = intake.past("sent_on", given.sent_on, today=today(), missing=missing)
    written = letter.written_on
    if sent and written and sent.latest < written.earliest:
        intake.refuse("sent_on", f"It cannot be sent before it was written, {written.shown}.")
    asked = letter.reply_requested_by
    if sent and asked and asked.latest <= sent.earliest:
        intake.refuse("sent_on", f"It asks for a reply by {asked.shown}: it went before that day.")
    known = letters.asks_of(viewer, [letter.id])[letter.id]
    for ask, contact in sent_by_hand(letter):
        if ask in known and sent and contact.happened_on and contact.happened_on != sent:
            day = contact.happened_on.when
            problem = f"“{ask.title}” is on record as sent {day}. Give that day, or void it first."
            intake.refuse("sent_on", problem)
    first = _first_contact(viewer, known) if sent and undated(letter) else None
    if sent and first and first.latest < sent.earliest:
        problem = f"A contact of {first.shown} is on record: it went on that day or before."
        intake.refuse("sent_on", problem)
    return sent


def _first_contact(viewer: Viewer, asks: Sequence[Recommendation]) -> PartialDate | None:
    found = letters.contacts_of(viewer, [ask.id for ask in asks]).values()
    met = (contact for held in found for contact in held if contact.voided_at is None)
    return min((contact.happened_on for contact in met if contact.happened_on), default=None)


def unsend(viewer: Viewer, letter: Letter) -> bool:
    """A letter whose sending was entered in error, and void for all its asks, has not gone out:
    when it does, that is said on its page. Whether it was taken for sent."""
    standing = letters.sendings_by(letter.id)
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
