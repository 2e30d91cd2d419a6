"""The form for a body that the reference data does not have."""

from wtforms import SelectField, StringField

from tracker.agencies.models import AgencyKind
from tracker.agencies.words import KIND
from tracker.core.countries import countries
from tracker.web.forms import BaseForm, WordField

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
