"""The forms of casework. They hold what was typed; what it means, and what is wrong with it, the
actions say."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import ValidationError

from tracker.casework import words
from tracker.casework.inputs import (
    AskInput,
    ContactInput,
    LetterInput,
    ReceiptInput,
)
from tracker.casework.rows import (
    AddresseeRow,
    AskFields,
    Growing,
    SignatoryRow,
    SourceFields,
    SourceRow,
    date_or_none,
    place_or_none,
)
from tracker.core.names import fold
from tracker.correspondence.models import Channel, LetterKind, Substance
from tracker.records.models import Audience
from tracker.sources.actions import SourceInput
from tracker.sources.attachments import MOST_BYTES, FileInput
from tracker.targets.actions import TargetInput
from tracker.targets.models import TargetKind
from tracker.web.forms import (
    BaseForm,
    PartialDateField,
    PlaceField,
    VersionField,
    WordField,
    lines,
    text_of,
)
from tracker.web.merging import MergingForm, RecordForm
from tracker.web.previewing import SeenForm


class ToldField(HiddenField):
    """Of what it was said once that it may be on record already: names and marks, folded."""

    def pre_validate(self, form: Any) -> None:
        if any(line != folded(line) for line in (self.data or "").splitlines()):
            raise ValidationError("The form was damaged on its way. Load its page again.")

    @property
    def names(self) -> tuple[str, ...]:
        """Those names."""
        return lines(self.data)

    def add(self, names: Iterable[str]) -> None:
        """Remember that it was said of these."""
        self.data = "\n".join(dict.fromkeys([*self.names, *names]))


def folded(name: str) -> str:
    """A name as the form remembers it."""
    return fold(name)[:200].strip()


class LetterFields(Form):
    """What a letter says of itself."""

    title = StringField("Title")
    kind = WordField("Kind", LetterKind, labels=words.LETTER_KIND)
    on_behalf_of = StringField("On behalf of")
    written_on = PartialDateField("Date on the letter")
    reply_requested_by = PartialDateField("It asks for a reply by")
    reply_date_confirmed = BooleanField("I have read this date in the letter itself")
    note = TextAreaField("Note")
    signatories = FieldList(
        FormField(SignatoryRow), "Signed by", min_entries=1, description="Signatory"
    )

    def given(self) -> LetterInput:
        """That as typed."""
        return LetterInput(
            title=text_of(self.title),
            kind=self.kind.word or LetterKind.CONGRESSIONAL,
            written_on=date_or_none(self.written_on),
            on_behalf_of=text_of(self.on_behalf_of),
            reply_requested_by=date_or_none(self.reply_requested_by),
            reply_date_confirmed=bool(self.reply_date_confirmed.data),
            note=text_of(self.note),
            signatories=tuple(entry.form.given() for entry in self.signatories),
        )


class LetterForm(BaseForm, LetterFields, Growing):
    """A letter with its asks."""

    told = ToldField()
    is_sent = BooleanField("It was sent", default=True)
    sent_on = PartialDateField("Sent on")
    received_on = PartialDateField("Received on")
    received_proof = StringField("Proof of receipt")
    channel = WordField("How it was sent", Channel, labels=words.CHANNEL)
    supplements = StringField("It supplements an earlier letter")
    addressees = FieldList(
        FormField(AddresseeRow), "Addressed to", min_entries=1, description="Addressee"
    )
    asks = FieldList(FormField(AskFields), "What it asks", min_entries=1, description="Ask")
    sources = FieldList(
        FormField(SourceRow), "Where it can be read, and its evidence", description="Source"
    )

    def drop(self, rows: "FieldList[Any]", position: int) -> None:
        super().drop(rows, position)
        if rows is self.addressees:
            for ask in self.asks:
                ask.form.asked_of.data = without(ask.form.asked_of.data or (), position)

    def given(self) -> LetterInput:
        """The letter as typed."""
        count = len(self.addressees)
        return replace(
            super().given(),
            is_sent=self.is_sent.data,
            sent_on=date_or_none(self.sent_on),
            received_on=date_or_none(self.received_on),
            received_proof=text_of(self.received_proof),
            channel=self.channel.word or Channel.LETTER,
            supplements=text_of(self.supplements).strip(),
            addressees=tuple(entry.form.given() for entry in self.addressees),
            asks=tuple(
                entry.form.given(asked_of=entry.form.positions(count)) for entry in self.asks
            ),
            sources=tuple(entry.form.given() for entry in self.sources),
        )


class LetterEditForm(RecordForm, LetterFields, Growing):
    """What is on record of a letter."""


class ReceiptForm(RecordForm):
    """When a letter was received."""

    sent_on = PartialDateField("Sent on")
    received_on = PartialDateField("Received on")
    received_proof = StringField("Proof of receipt")
    supplements = StringField("It supplements an earlier letter")
    reply_date_confirmed = BooleanField("I have read that day in the letter itself")

    def given(self) -> ReceiptInput:
        """The receipt as typed."""
        return ReceiptInput(
            date_or_none(self.received_on),
            text_of(self.received_proof),
            text_of(self.supplements).strip(),
            date_or_none(self.sent_on),
            bool(self.reply_date_confirmed.data),
        )


def without(chosen: Sequence[str], position: int) -> list[str]:
    """Positions chosen of a list of which that one is dropped."""
    kept = [place for place in map(row_number, chosen) if place not in (None, position)]
    return [str(place - (place > position)) for place in kept if place is not None]


def row_number(typed: str) -> int | None:
    """The position of a row as forms send it, or nothing."""
    is_one = typed.isascii() and typed.isdecimal() and len(typed) <= 3
    return int(typed) if is_one else None


class AskForm(RecordForm, AskFields, Growing):
    """An ask by itself: a new one, or one on record."""

    told = ToldField()
    addressees = FieldList(
        FormField(AddresseeRow), "Addressed to", min_entries=1, description="Addressee"
    )
    sources = FieldList(FormField(SourceRow), "Evidence", description="Source")
    tags = StringField("Tags")

    def given_alone(self) -> AskInput:
        """The ask as typed, with its addressees."""
        return self.given(
            addressees=tuple(entry.form.given() for entry in self.addressees),
            sources=tuple(entry.form.given() for entry in self.sources),
            tags=tuple(tag for tag in text_of(self.tags).split(",") if tag.strip()),
        )


class ContactForm(BaseForm):
    """A contact about one or more asks."""

    told = ToldField()
    substance = WordField(
        "What it amounts to",
        Substance,
        labels={s: label for s, label in words.SUBSTANCE.items() if s is not Substance.SUBMISSION},
    )
    happened_on = PartialDateField("When")
    channel = WordField("How", Channel, labels=words.CHANNEL)
    asks = SelectMultipleField("About which asks", validate_choice=False)
    agencies = SelectMultipleField("With whom", validate_choice=False)
    summary = TextAreaField("What was said")
    promised_on = PartialDateField("Promised by")
    is_determination = BooleanField("This is the decision for which the law sets a term")
    proposed_on = PartialDateField("A proposal has circulated since")
    source_title = StringField("Title of the source")
    source_url = StringField("Web address of the source")

    def _channel(self) -> Channel:
        """How it came; a meeting of which nothing else is said was one."""
        said: Channel = self.channel.word or Channel.UNKNOWN
        is_meeting = said is Channel.UNKNOWN and self.substance.word is Substance.MEETING
        return Channel.MEETING if is_meeting else said

    def given(self, agency_ids: tuple[int, ...]) -> ContactInput:
        """The contact as typed."""
        return ContactInput(
            substance=self.substance.word or Substance.SUBSTANTIVE,
            happened_on=date_or_none(self.happened_on),
            agency_ids=agency_ids,
            channel=self._channel(),
            summary=text_of(self.summary),
            promised_on=date_or_none(self.promised_on),
            is_determination=self.is_determination.data,
            proposed_on=date_or_none(self.proposed_on),
            source=SourceInput(
                title=text_of(self.source_title), url=text_of(self.source_url).strip()
            ),
        )


class FileForm(BaseForm):
    """A file for a source."""

    file = FileField("File")
    as_it_is = BooleanField("Others get the file as it is too")

    def given(self) -> FileInput:
        """The file as it was sent; no more of it is read than shows that it is too large."""
        sent = self.file.data
        if not isinstance(sent, FileStorage):
            return FileInput("", b"")
        content = sent.stream.read(MOST_BYTES + 1)
        return FileInput(sent.filename or "", content, self.as_it_is.data)


class AudienceForm(MergingForm, SeenForm):
    """Who may see a record."""

    audience = WordField("Who may see it", Audience, labels=words.AUDIENCE)
    together = SelectMultipleField("Share together with it")
    people = TextAreaField("Named people")
    kept = SelectMultipleField("Named already, of other organisations")
    reason = StringField("Why")


class TargetForm(RecordForm):
    """A target by itself."""

    told = ToldField()
    name = StringField("Name, or description of a class")
    kind = WordField("Kind", TargetKind, labels=words.TARGET_KIND)
    other_names = TextAreaField("Other names")
    place = PlaceField("Country")
    position = StringField("Position")
    born_on = PartialDateField("Born on")
    identifiers = TextAreaField("Identifiers")
    note = TextAreaField("Note")

    def given(self) -> TargetInput:
        """The target as typed."""
        return TargetInput(
            name=text_of(self.name),
            kind=self.kind.word or TargetKind.PERSON,
            other_names=lines(self.other_names.data),
            position=text_of(self.position),
            born_on=date_or_none(self.born_on),
            place=place_or_none(self.place),
            note=text_of(self.note),
            identifiers=tuple(_identifier(line) for line in lines(self.identifiers.data)),
        )


class SourceForm(RecordForm, SourceFields):
    """A source by itself."""

    note = TextAreaField("Note")

    def given(self) -> SourceInput:
        """The source as typed, with its note."""
        return replace(super().given(), note=text_of(self.note))


class MemberForm(BaseForm):
    """Name a member of a class."""

    ref = HiddenField()
    name = StringField("Name of the member")
    since = PartialDateField("Member since")


class MergeForm(BaseForm):
    """Which target stands for one that is a duplicate."""

    ref = HiddenField()
    name = StringField("The target that stands for both")
    reason = StringField("Why they are one")


class UnmergeForm(BaseForm):
    """Take a merge back: a button alone."""

    version = VersionField()


def _identifier(line: str) -> tuple[str, str]:
    kind, colon, value = line.partition(":")
    return (kind.strip(), value.strip()) if colon else ("", kind.strip())
