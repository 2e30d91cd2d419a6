"""Forms of what is done about one ask, and of what is taken back."""

from wtforms import (
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from tracker.casework import words
from tracker.casework.forms import ToldField
from tracker.casework.inputs import (
    Fate,
    NextInput,
    OutcomeInput,
)
from tracker.casework.rows import (
    SourceRow,
    date_or_none,
)
from tracker.clocks.models import ActKind
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import (
    Attribution,
    ClosureReason,
    Judgement,
    OutcomeKind,
    Status,
)
from tracker.sources.actions import SourceInput
from tracker.web.forms import (
    BaseForm,
    DayField,
    PartialDateField,
    VersionField,
    WordField,
    offered,
    text_of,
)
from tracker.web.merging import RecordForm


class StatusForm(RecordForm):
    """A change of status."""

    to = WordField(
        "New status",
        Status,
        labels=words.STATUS,
        validators=[InputRequired("Choose one from the list.")],
    )
    on = PartialDateField("Since when")
    note = TextAreaField("Note")
    reason = TextAreaField("Reason")
    closure_reason = WordField(
        "Closed as", ClosureReason, labels=words.CLOSURE, empty="Not being closed"
    )
    source_url = StringField("Web address of the source")
    source_title = StringField("Title of the source")

    def source(self) -> SourceInput:
        """The source given for it."""
        return SourceInput(title=text_of(self.source_title), url=text_of(self.source_url).strip())


class OutcomeForm(BaseForm):
    """What followed an ask."""

    told = ToldField()
    kind = WordField("What happened", OutcomeKind, labels=words.OUTCOME)
    target = SelectField("To whom")
    authority = SelectField("Whose act")
    actor = StringField("Or who else acted")
    instrument = WordField(
        "Under which instrument", Instrument, labels=words.INSTRUMENT, empty="Not recorded"
    )
    effective_on = PartialDateField("Effective on")
    attribution = WordField("Tie to the ask", Attribution, labels=words.ATTRIBUTION)
    citation = StringField("Identifier or citation")
    url = StringField("Web address")
    note = TextAreaField("Note")
    judgement = WordField(
        "How far is the ask met now", Judgement, labels=words.JUDGEMENT, empty="Not judged"
    )

    def given(self) -> OutcomeInput:
        """The outcome as typed."""
        return OutcomeInput(
            kind=self.kind.word or OutcomeKind.OTHER_ACTION,
            target=self.target.data or None,
            authority=self.authority.data or None,
            actor=text_of(self.actor),
            instrument=self.instrument.word,
            effective_on=date_or_none(self.effective_on),
            attribution=self.attribution.word or Attribution.COINCIDENT,
            citation=text_of(self.citation),
            url=text_of(self.url).strip(),
            note=text_of(self.note),
            judgement=self.judgement.word,
        )


class CitationForm(BaseForm):
    """What else says of an outcome that it came about."""

    citation = StringField("Identifier or citation")
    url = StringField("Web address")


class NextForm(RecordForm):
    """Who does what next."""

    assignee = SelectField("Assigned to")
    next_action = StringField("Next action")
    next_action_on = DayField("By")

    def given(self) -> NextInput:
        """The next step as typed."""
        known = self.assignee.data if self.assignee.data in offered(self.assignee) else ""
        return NextInput(
            int(known) if known else None, text_of(self.next_action), self.next_action_on.date
        )


class SnoozeForm(BaseForm):
    """Let flags rest until a day."""

    clocks = SelectMultipleField("Which flags", validate_choice=False)
    until = DayField("Until")
    reason = StringField("Why it can wait")


class ClockForm(BaseForm):
    """Do something to clocks. They are shown as boxes; so is what can be done."""

    # the sections of its page have the ids clocks-1, clocks-2
    clocks = SelectMultipleField("Which clocks", id="chosen", validate_choice=False)
    act = WordField(
        "What to do",
        ActKind,
        labels=words.CLOCK_ACT,
        validators=[InputRequired("Choose what to do.")],
    )
    until = DayField("Day")
    reason = StringField("Why")


class VoidForm(BaseForm):
    """Take back what was entered in error."""

    reason = StringField("What was wrong")


class VoidOneForm(VoidForm):
    """Take back one of several things that were entered, by its reference."""

    which = SelectField("What")


class VoidLetterForm(VoidForm):
    """Take back a whole letter, and say what becomes of its asks."""

    asks = WordField("What becomes of its asks", Fate, labels=words.FATE)


class VoidStatusForm(VoidForm):
    """Take back the last change of status, as the person saw it."""

    version = VersionField()


class EvidenceForm(BaseForm, SourceRow):
    """A further piece of evidence."""
