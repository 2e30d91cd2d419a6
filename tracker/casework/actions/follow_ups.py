"""The text of follow-up letters, and the template from which they are drafted."""

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from tracker.accounts.permissions import Permission
from tracker.accounts.viewer import Viewer
from tracker.casework.actions.contacts import NO_TEXT
from tracker.casework.letter_template import problem_with
from tracker.casework.models import LetterTemplate
from tracker.core.db import db
from tracker.core.errors import Stale
from tracker.core.intake import Intake
from tracker.core.now import now
from tracker.correspondence.models import Contact
from tracker.history import actions as history


def own_template(viewer: Viewer) -> LetterTemplate | None:
    """The template of the viewer's own organisation, if it has one."""
    return db.session.scalar(_own(viewer))


def _own(viewer: Viewer) -> Select[LetterTemplate]:
    return select(LetterTemplate).where(LetterTemplate.organisation_id == viewer.organisation_id)


def checked_letter(text: str) -> str:
    """The text of a letter, clean and not too long to be kept. Raises `Refused`."""
    intake = Intake()
    letter = intake.text("sent_text", text, Contact.sent_text, missing=NO_TEXT, multiline=True)
    intake.done()
    return letter


def change_template(viewer: Viewer, text: str, seen_version: int) -> LetterTemplate:
    """Give the viewer's organisation another template; `seen_version` is 0 where it had none of its
    own. Raises `Refused`, `NotAllowed` or `Stale`."""
    viewer.require(Permission.EDIT)
    assert viewer.organisation_id is not None
    intake = Intake()
    missing = "The template is empty. Write one, or put back that of the program."
    text = intake.text("text", text, LetterTemplate.text, missing=missing, multiline=True)
    if problem := problem_with(text):
        intake.refuse("text", problem)
    intake.done()
    template = db.session.scalar(_own(viewer).execution_options(populate_existing=True))
    if (template.version if template else 0) != seen_version:
        raise Stale
    before = template.text if template else ""
    if template and text == before:
        return template
    if template is None:
        template = LetterTemplate(organisation_id=viewer.organisation_id, text=text, version=1)
        db.session.add(template)
    else:
        template.text, template.version, template.updated_at = text, seen_version + 1, now()
    try:
        db.session.flush()
    except IntegrityError:  # a colleague made the first one at the same moment
        raise Stale from None
    history.record(
        "letter_template.changed",
        actor_id=viewer.user_id,
        body={"before": {"text": before}, "after": {"text": text}},
    )
    return template
