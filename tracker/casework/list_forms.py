"""The forms of the list of asks: a change of several at once, and a saved view."""

import hashlib

from wtforms import BooleanField, HiddenField, SelectField, StringField

from tracker.casework import words
from tracker.casework.actions.bulk_plan import BulkInput
from tracker.casework.rows import date_or_none
from tracker.recommendations.models import ClosureReason, Status
from tracker.sources.actions import SourceInput
from tracker.web.forms import BaseForm, DayField, PartialDateField, WordField, offered, text_of

NOBODY = "none"
LEAVE = "Leave as it is"


class BulkForm(BaseForm):
    """What is to change on several asks; what is left empty stays as it is."""

    assignee = SelectField("Assigned to")
    add_tags = StringField("Add tags")
    remove_tags = StringField("Remove tags")
    next_action = StringField("Next action")
    next_action_on = DayField("By")
    clear_next = BooleanField("Clear the next action and its day")
    to = WordField("Status", Status, labels=words.STATUS, empty=LEAVE)
    on = PartialDateField("Since")
    closure_reason = WordField(
        "Closed as", ClosureReason, labels=words.CLOSURE, empty="Not being closed"
    )
    source_url = StringField("Web address of the source")
    source_title = StringField("Title of the source")
    reason = StringField("Why")
    seen_version = HiddenField()  # a digest of what the preview showed

    def given(self) -> BulkInput:
        """The change as typed."""
        known = self.assignee.data if self.assignee.data in offered(self.assignee) else ""
        return BulkInput(
            assigns=bool(known),
            assignee_id=int(known) if known and known != NOBODY else None,
            add_tags=_tags(self.add_tags),
            remove_tags=_tags(self.remove_tags),
            next_action=text_of(self.next_action),
            next_action_on=self.next_action_on.date,
            clears_next=self.clear_next.data,
            to=self.to.word,
            on=date_or_none(self.on),
            closure_reason=self.closure_reason.word,
            source=SourceInput(
                title=text_of(self.source_title), url=text_of(self.source_url).strip()
            ),
            reason=text_of(self.reason),
        )


def _tags(field: StringField) -> tuple[str, ...]:
    return tuple(tag for tag in text_of(field).split(",") if tag.strip())


def digest(given: BulkInput) -> str:
    """What stands for a change that was previewed: another change has another one."""
    return hashlib.sha256(repr(given).encode()).hexdigest()[:32]


class ViewForm(BaseForm):
    """A saved view: its name, and who has it."""

    name = StringField("Name")
    is_shared = BooleanField("Share it with your organisation")


class DeleteForm(BaseForm):
    """Nothing to type: the button says it."""
