"""Correcting what is on record of a letter."""

from collections.abc import Sequence
from typing import Any

from tracker.accounts.viewer import Viewer
from tracker.casework.actions.letters import (
    MAY_LACK_ADDRESSEE,
    check_reply_date,
    fill,
    signatories_of,
)
from tracker.casework.actions.sending import carried, require_standing
from tracker.casework.actions.settle import settle
from tracker.casework.inputs import LetterInput
from tracker.casework.telling import NOTE
from tracker.core.db import db
from tracker.core.intake import Intake
from tracker.correspondence.models import Letter, Signatory
from tracker.history import actions as history
from tracker.records import actions as records


def change_letter(viewer: Viewer, letter: Letter, given: LetterInput, seen_version: int) -> None:
    """Change what is on record of a letter: its words, its date, who signed, and the day by which
    it asks for a reply. Its sending and receipt, its asks and whom they are put to have pages of
    their own. The clocks of its asks follow. The note is for colleagues: it makes no version that
    others see. `letter` is loaded with its parts. Raises `Refused`, `NotAllowed`, or `Stale` where
    somebody saved in the meantime."""
    records.require_edit(letter, viewer)
    require_standing(letter)
    records.require_current(letter, seen_version)
    before = _snapshot(letter)
    intake = Intake()
    _check(letter, given, intake)
    signatories = signatories_of(given.signatories, intake)
    intake.done()
    fill(letter, given, intake)
    if _told(signatories) != before["signatories"]:
        _keep_chambers(letter.signatories, signatories)
        letter.signatories = signatories
    db.session.flush()
    records.index_terms(letter)
    body = history.difference(before, _snapshot(letter))
    changed = body.get("after", {}).keys()
    if changed:
        history.record("letter.changed", actor_id=viewer.user_id, records=[letter.id], body=body)
    if changed - {NOTE}:
        records.touch(letter)
    settle(carried(letter), viewer)


def _check(letter: Letter, given: LetterInput, intake: Intake) -> None:
    trial = Letter(sent_on=letter.sent_on)  # what is refused must not reach the row
    fill(trial, given, intake)
    check_reply_date(trial, intake)
    written, sent = trial.written_on, letter.sent_on
    if written and sent and sent.latest < written.earliest:
        intake.refuse(
            "written_on",
            f"It is on record as sent {sent.when}. If that is wrong, void the sending on the "
            "page of an ask first, and say on the letter's page when it was sent.",
        )
    if not letter.addressees and given.kind not in MAY_LACK_ADDRESSEE:
        intake.refuse("kind", "It is addressed to nobody, as only a report or a statement is.")


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
        "signatories": _told(letter.signatories),
        NOTE: letter.note,
    }


def _told(signatories: Sequence[Signatory]) -> list[str]:
    each = ((row.name, row.role.replace("_", " "), body_of(row)) for row in signatories)
    return [", ".join(filter(None, parts)) for parts in each]


def body_of(row: Signatory) -> str:
    """The body that somebody signed for, as a form shows it."""
    return row.body.name if row.body else row.body_text
