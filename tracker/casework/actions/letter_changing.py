"""Correcting what is on record of a letter."""

from collections.abc import Mapping, Sequence
from typing import Any

from tracker.accounts.viewer import Viewer
from tracker.casework.actions.letters import MAY_LACK_ADDRESSEE, carried, signatories_of
from tracker.casework.actions.settle import settle
from tracker.casework.inputs import LetterInput
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.core.intake import Intake
from tracker.core.names import romanise
from tracker.core.now import today
from tracker.correspondence.models import Letter, Signatory
from tracker.history import actions as history
from tracker.records import actions as records


def change_letter(viewer: Viewer, letter: Letter, given: LetterInput, seen_version: int) -> None:
    """Change what is on record of a letter: its words, its date, who signed, and the day by which
    it asks for a reply. Its sending and receipt, its asks and whom they are put to have pages of
    their own. The clocks of its asks follow. `letter` is loaded with its parts. Raises `Refused`,
    `NotAllowed`, or `Stale` where somebody saved in the meantime."""
    records.require_edit(letter, viewer)
    records.require_current(letter, seen_version)
    if letter.voided_at is not None:
        raise Refused("This letter is void: it stays as it was entered.")
    before = _snapshot(letter)
    intake = Intake()
    values = _values(letter, given, intake)
    signatories = signatories_of(given.signatories, intake)
    intake.done()
    for name, value in values.items():
        setattr(letter, name, value)
    letter.sort_title = romanise(letter.title)[:80]
    if _told(signatories) != before["signatories"]:
        _keep_chambers(letter.signatories, signatories)
        letter.signatories = signatories
    db.session.flush()
    records.index_terms(letter)
    after = _snapshot(letter)
    changed = [field for field in after if after[field] != before[field]]
    if changed:
        history.record(
            "letter.changed",
            actor_id=viewer.user_id,
            records=[letter.id],
            body={
                "before": {field: before[field] for field in changed},
                "after": {field: after[field] for field in changed},
            },
        )
        records.touch(letter)
    settle(carried(letter), viewer)


def _values(letter: Letter, given: LetterInput, intake: Intake) -> Mapping[str, Any]:
    missing = "Give the letter a title in one line."
    written = intake.past("written_on", given.written_on, today=today())
    _check_days(letter, written, given.reply_requested_by, intake)
    if not letter.addressees and given.kind not in MAY_LACK_ADDRESSEE:
        intake.refuse("kind", "It is addressed to nobody, as only a report or a statement is.")
    return {
        "title": intake.text("title", given.title, Letter.title, missing=missing),
        "kind": given.kind,
        "on_behalf_of": intake.text("on_behalf_of", given.on_behalf_of, Letter.on_behalf_of),
        "written_on": written,
        "reply_requested_by": given.reply_requested_by,
        "reply_date_confirmed": given.reply_date_confirmed and bool(given.reply_requested_by),
        "note": intake.text("note", given.note, Letter.note, multiline=True),
    }


def _check_days(
    letter: Letter, written: PartialDate | None, asked: PartialDate | None, intake: Intake
) -> None:
    sent = letter.sent_on
    if written and sent and sent.latest < written.earliest:
        intake.refuse(
            "written_on",
            f"It is on record as sent on {sent.shown}. If that is wrong, void the sending on the "
            "page of an ask first, and say on the letter's page when it was sent.",
        )
    start = sent or written
    if asked and start and asked.latest <= start.earliest:
        intake.refuse("reply_requested_by", f"Give a day after the letter was sent, {start.shown}.")


def _keep_chambers(before: Sequence[Signatory], now: Sequence[Signatory]) -> None:
    """No form asks for the chamber of whoever signed for a body that is not known here: it stays
    with the same person of the same body."""
    known = {(row.name, row.body_text): row.chamber for row in before}
    for row in now:
        row.chamber = row.chamber or known.get((row.name, row.body_text))


def _snapshot(letter: Letter) -> dict[str, Any]:
    return {
        "title": letter.title,
        "kind": letter.kind,
        "on_behalf_of": letter.on_behalf_of,
        "written_on": str(letter.written_on or ""),
        "reply_requested_by": str(letter.reply_requested_by or ""),
        "reply_date_confirmed": letter.reply_date_confirmed,
        "note": letter.note,
        "signatories": _told(letter.signatories),
    }


def _told(signatories: Sequence[Signatory]) -> list[str]:
    return [
        ", ".join(filter(None, (row.name, row.role.replace("_", " "), body_of(row))))
        for row in signatories
    ]


def body_of(row: Signatory) -> str:
    """The body that somebody signed for, as a form shows it."""
    return row.body.name if row.body else row.body_text
