"""The forms of follow-up letters and of their template."""

from typing import Any

from wtforms import HiddenField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import ValidationError

from tracker.casework import words
from tracker.casework.forms import ToldField
from tracker.casework.inputs import ContactInput
from tracker.casework.rows import date_or_none
from tracker.correspondence.models import Channel, Substance
from tracker.web.forms import BaseForm, PartialDateField, WordField, text_of
from tracker.web.merging import RecordForm


class FollowUpForm(BaseForm):
    """A follow-up letter to one body. `shown` is the body for which the text was drafted."""

    told = ToldField()
    shown = HiddenField()
    agency = SelectField("To whom", validate_choice=False)
    asks = SelectMultipleField("About which asks", validate_choice=False)
    sent_text = TextAreaField("The letter")
    happened_on = PartialDateField("Sent on")
    channel = WordField("How it was sent", Channel, labels=words.CHANNEL)

    def validate_agency(self, field: Any) -> None:
        """One of the bodies, and that to which the text below is written."""
        if field.data not in field.choices:
            raise ValidationError("Choose one of the bodies that the ask was put to.")
        if self.shown.data != field.data:
            raise ValidationError(
                "The letter below was drafted for another body. Draft it anew, or choose that one."
            )

    def validate_asks(self, field: Any) -> None:
        """Some of those that were put to the body."""
        if not set(field.data or ()) <= set(field.choices):
            raise ValidationError("Choose among the asks that were put to this body.")

    def given(self, agency_id: int) -> ContactInput:
        """The letter as sent."""
        return ContactInput(
            substance=Substance.FOLLOW_UP,
            happened_on=date_or_none(self.happened_on),
            agency_ids=(agency_id,),
            channel=self.channel.word or Channel.LETTER,
            sent_text=text_of(self.sent_text),
        )


class TemplateForm(RecordForm):
    """The template of an organisation's follow-up letters."""

    text = TextAreaField("Template")
