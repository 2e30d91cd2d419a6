"""The forms for bodies that the reference data does not have, and for who holds an office."""

from wtforms import SelectField, StringField, TextAreaField

from tracker.agencies.models import AgencyKind
from tracker.agencies.offices import HolderInput
from tracker.agencies.words import KIND
from tracker.core.countries import countries
from tracker.web.forms import BaseForm, DayField, WordField, text_of
from tracker.web.merging import MergingForm

KINDS = {kind: words for kind, words in KIND.items() if kind is not AgencyKind.HEAD_OF_STATE}


class AgencyForm(BaseForm):
    """A body to write to."""

    name = StringField("Full name")
    short_name = StringField("Short name")
    kind = WordField("Kind", AgencyKind, labels=KINDS)
    jurisdiction = SelectField("Country")

    def offer_countries(self) -> None:
        """Fill the choice of countries."""
        none = {"": "Choose a country"}
        self.jurisdiction.choices = none | {"EU": "European Union"} | countries()


class NamesForm(MergingForm):
    """The names of a body."""

    name = StringField("Full name")
    short_name = StringField("Short name")


class HolderForm(MergingForm):
    """Who holds an office."""

    name = StringField("Name")
    held_from = DayField("First day in office")
    held_until = DayField("Last day in office")

    def given(self) -> HolderInput:
        """The holder as typed."""
        return HolderInput(text_of(self.name), self.held_from.date, self.held_until.date)


class NewHolderForm(HolderForm):
    """Who holds which office."""

    office = StringField("Office")


class RemovalForm(BaseForm):
    """Why something is taken off."""

    reason = TextAreaField("What was wrong")
