"""A letter that narrows or repeats an earlier one, whose clock runs on."""

from sqlalchemy import select

from tracker.accounts.viewer import Viewer
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.intake import Intake
from tracker.core.references import well_formed
from tracker.correspondence import queries as letters
from tracker.correspondence.models import Letter
from tracker.records.models import Record
from tracker.records.queries import reference_of
from tracker.records.readers import Owned, seen_by_all


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


def supplements_another(letter: Letter, earlier: int | None) -> bool:
    """Whether a letter supplements another one now, as far as all its readers see which."""
    wanted = {key for key in (earlier, letter.supplements_id) if key is not None}
    if earlier == letter.supplements_id:
        return False
    found = db.session.scalars(select(Letter).where(Letter.id.in_(wanted)))
    return bool(seen_by_all([(Owned.of(letter), Owned.of(other)) for other in found]))


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
