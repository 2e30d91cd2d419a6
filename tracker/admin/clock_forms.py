"""The forms of clock rules."""

from typing import Any

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from tracker.agencies.models import Agency
from tracker.casework import words
from tracker.clocks.models import ClockKind, Unit
from tracker.clocks.ruling import HOUSE_KINDS, Scope, Terms
from tracker.correspondence.models import Channel
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import AFTER_SENDING, Status
from tracker.web.forms import DayField, WordField, offered, text_of
from tracker.web.previewing import SeenForm


class NumberField(StringField):
    """A whole number, or nothing. What was typed stays, also where it is none."""

    def process_data(self, value: Any) -> None:
        self.data = "" if value is None else str(value)

    def pre_validate(self, form: Any) -> None:
        typed = text_of(self).strip()
        if typed and self.number is None:
            raise ValidationError("Write a whole number, as 60.")

    @property
    def number(self) -> int | None:
        """The number typed."""
        typed = text_of(self).strip()
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 7 else None


class ReasonForm(SeenForm):
    """A change of a rule, with its reason."""

    reason = TextAreaField("Why")


class VersionForm(ReasonForm):
    """What a version of a rule says. Of a law only the day of warning is asked."""

    length = NumberField("Length")
    unit = WordField("Counted in", Unit, labels=words.UNIT)
    lead_days = NumberField("Told ahead by")
    warn_day = NumberField("Warn on day")
    sentence = StringField("The rule in a sentence")
    citation = StringField("Rests on")
    citation_url = StringField("Web address")
    valid_from = DayField("In force from")

    def terms(self) -> Terms:
        """The version as typed."""
        return Terms(
            valid_from=self.valid_from.date,
            reason=text_of(self.reason),
            length=self.length.number,
            unit=self.unit.word or Unit.CALENDAR_DAYS,
            lead_days=self.lead_days.number,
            warn_day=self.warn_day.number,
            citation=text_of(self.citation),
            citation_url=text_of(self.citation_url).strip(),
            sentence=text_of(self.sentence),
        )


class RuleForm(VersionForm):
    """A new house norm."""

    kind = WordField(
        "Clock",
        ClockKind,
        labels={kind: label for kind, label in words.CLOCK.items() if kind in HOUSE_KINDS},
    )
    instrument = WordField("Instrument", Instrument, labels=words.INSTRUMENT, empty="Any")
    jurisdiction = SelectField("Jurisdiction")
    agency = SelectField("Body")
    channel = WordField("Letter sent by", Channel, labels=words.CHANNEL, empty="Any")
    status = WordField(
        "Status of the ask",
        Status,
        labels={status: words.STATUS[status] for status in AFTER_SENDING},
        empty="Any",
    )

    def scope(self, agency: Agency | None) -> Scope:
        """What it is for, as chosen."""
        place = text_of(self.jurisdiction)
        return Scope(
            kind=self.kind.word or ClockKind.SILENCE,
            instrument=self.instrument.word,
            jurisdiction=place if place in offered(self.jurisdiction) else "",
            agency=agency,
            channel=self.channel.word,
            status=self.status.word,
        )


class EndForm(ReasonForm):
    """The end of a rule."""

    last_day = DayField("Its last day")
