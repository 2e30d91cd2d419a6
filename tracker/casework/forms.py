"""The forms of casework. They hold what was typed; what it means, and what is wrong with it, the
actions say."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import g
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, ValidationError

from tracker.agencies import queries as agencies
from tracker.casework import words
from tracker.casework.inputs import (
    AddresseeInput,
    AskInput,
    ContactInput,
    ControlInput,
    LetterInput,
    NextInput,
    OutcomeInput,
    SignatoryInput,
)
from tracker.core.names import fold
from tracker.correspondence.models import Channel, LetterKind, SignatoryRole, Substance
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import (
    Attribution,
    ClosureReason,
    ControlType,
    EccnStatus,
    Ground,
    Judgement,
    OutcomeKind,
    Seeks,
    Status,
)
from tracker.records.models import Audience
from tracker.sources.actions import SourceInput
from tracker.targets.actions import TargetInput
from tracker.targets.models import TargetKind
from tracker.web.forms import (
    BaseForm,
    DayField,
    PartialDateField,
    PlaceField,
    PlacesField,
    VersionField,
    WordField,
    lines,
    offered,
    text_of,
)
from tracker.web.merging import RecordForm


class Row(Form):
    """A part of a form that can be repeated."""

    class Meta:
        locales = False
        csrf = False

    @property
    def is_blank(self) -> bool:
        """Nothing was typed into it, or into the rows inside it. A choice alone is nothing: every
        row begins with one."""
        return not any(_holds_text(field) for field in self)


def _holds_text(field: Field) -> bool:
    if isinstance(field, FieldList):
        return any(not entry.form.is_blank for entry in field)
    if isinstance(field, (SelectField, SelectMultipleField, BooleanField)):
        return False
    return bool((field.data or "").strip())


class SourceRow(Row):
    """A source, with what it shows."""

    title = StringField("Title")
    url = StringField("Web address")
    publisher = StringField("Published by")
    published_on = PartialDateField("Published on")
    shows = StringField("What it shows")

    def given(self) -> SourceInput:
        """The source as it was typed."""
        return SourceInput(
            title=text_of(self.title),
            url=text_of(self.url).strip(),
            publisher=text_of(self.publisher),
            published_on=date_or_none(self.published_on),
            shows=text_of(self.shows),
        )


class SignatoryRow(Row):
    """A signatory."""

    name = StringField("Name")
    role = WordField("Signed as", SignatoryRole, labels=words.SIGNATORY_ROLE)
    body = StringField("Of which committee or body")

    def given(self) -> SignatoryInput:
        """The signatory as typed."""
        return SignatoryInput(
            name=text_of(self.name),
            role=self.role.word or SignatoryRole.MEMBER,
            body=text_of(self.body),
        )


class AddresseeRow(Row):
    """A body written to, and the person and office as the letter names them."""

    agency = StringField("Body")
    official = StringField("Name")
    office_title = StringField("Office")
    is_copy = BooleanField("Copy only")

    def given(self) -> AddresseeInput:
        """The addressee as typed."""
        return AddresseeInput(
            text_of(self.agency),
            text_of(self.official),
            text_of(self.office_title),
            self.is_copy.data,
        )


class TargetRow(Row):
    """A target: one on record, by its reference, or a new one."""

    ref = HiddenField()
    name = StringField("Name, or description of a class")
    kind = WordField("Kind", TargetKind, labels=words.TARGET_KIND)
    other_names = TextAreaField("Other names")
    place = PlaceField("Country")
    position = StringField("Position")

    def given(self) -> TargetInput | str:
        """The reference of a target on record, or the new target as typed."""
        if self.ref.data:
            return str(self.ref.data).strip().upper()
        return TargetInput(
            name=text_of(self.name),
            kind=self.kind.word or TargetKind.PERSON,
            other_names=lines(self.other_names.data),
            place=place_or_none(self.place),
            position=text_of(self.position),
        )


class ControlRow(Row):
    """A controlled item."""

    control_type = WordField("What is to be controlled", ControlType, labels=words.CONTROL_TYPE)
    technology = StringField("Technology")
    models = StringField("Models")
    supplier = StringField("Supplier or exporter")
    eccn = StringField("ECCN")
    eccn_status = WordField(
        "ECCN is", EccnStatus, labels=words.ECCN_STATUS, default=EccnStatus.UNKNOWN.value
    )
    destination = PlaceField("Destination: country and region")
    end_user = StringField("End user")
    end_use = StringField("End use")
    reason_for_control = StringField("Reason for control")
    licence_policy = StringField("Licence review policy asked for")
    diversion_evidence = TextAreaField("Evidence of diversion")

    def given(self) -> ControlInput:
        """The item as typed."""
        return ControlInput(
            control_type=self.control_type.word or ControlType.ITEM,
            technology=text_of(self.technology),
            models=text_of(self.models),
            supplier=text_of(self.supplier),
            eccn=text_of(self.eccn),
            eccn_status=self.eccn_status.word or EccnStatus.UNKNOWN,
            destination=place_or_none(self.destination),
            end_user=text_of(self.end_user),
            end_use=text_of(self.end_use),
            reason_for_control=text_of(self.reason_for_control),
            licence_policy=text_of(self.licence_policy),
            diversion_evidence=text_of(self.diversion_evidence),
        )


class AskFields(Row):
    """What one ask says; stands alone and inside a letter."""

    instrument = WordField("Instrument", Instrument, labels=words.INSTRUMENT)
    title = StringField("What it asks, in one line")
    request = TextAreaField("In its own words")
    seeks = WordField("It asks for", Seeks, labels=words.SEEKS)
    legal_basis = StringField("Legal basis it names")
    ground = WordField("Ground", Ground, labels=words.GROUND, empty="Not recorded")
    abuse = TextAreaField("The abuse, and its dates")
    newest_conduct_on = PartialDateField("Newest conduct cited")
    decided_by = SelectField("Decided by", validate_choice=True)
    places = PlacesField("Countries and regions")
    targets = FieldList(FormField(TargetRow), "Targets", min_entries=1)
    controls = FieldList(FormField(ControlRow), "Controlled items", min_entries=0)
    asked_of = SelectMultipleField("Asked of", validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decided_by.choices = decider_choices()

    def is_put_to_all(self, count: int) -> bool:
        """Whether it is asked of all of so many addressees; with two there is a choice."""
        return count < 2 or set(map(str, range(count))) <= set(self.asked_of.data or ())

    def positions(self, count: int) -> tuple[int, ...] | None:
        """Which of so many addressees it is asked of; nothing for all of them."""
        if self.is_put_to_all(count):
            return None
        return tuple(i for i in range(count) if str(i) in (self.asked_of.data or ()))

    def given(
        self,
        *,
        asked_of: tuple[int, ...] | None = None,
        addressees: tuple[AddresseeInput, ...] = (),
        sources: tuple[SourceInput, ...] = (),
        tags: tuple[str, ...] | None = None,
    ) -> AskInput:
        """The ask as typed."""
        return AskInput(
            instrument=self.instrument.word or Instrument.UNSPECIFIED,
            title=text_of(self.title),
            request=text_of(self.request),
            seeks=self.seeks.word or Seeks.ADDITION,
            legal_basis=text_of(self.legal_basis),
            ground=self.ground.word,
            abuse=text_of(self.abuse),
            newest_conduct_on=date_or_none(self.newest_conduct_on),
            decided_by=self.decided_by.data or None,
            places=places_or_none(self.places),
            targets=tuple(entry.form.given() for entry in self.targets),
            controls=tuple(entry.form.given() for entry in self.controls),
            asked_of=asked_of,
            addressees=addressees,
            sources=sources,
            tags=tags,
        )


class Growing:
    """What forms with repeated rows share."""

    def prune(self) -> None:
        """Drop the rows that hold nothing, so that what is left is what is given."""
        prune_rows(self, self.drop)  # type: ignore[arg-type]

    def drop(self, rows: "FieldList[Any]", position: int) -> None:
        """Drop a row; those behind it move up."""
        rows.pop_entry(position)  # type: ignore[call-arg]

    def pad(self) -> None:
        """Offer one empty row where a list has none."""
        for name in PADDED:
            if name in self and not self[name].entries:  # type: ignore[operator,index]
                self[name].append_entry()  # type: ignore[index]
        if "asks" in self:  # type: ignore[operator]
            for entry in self["asks"]:  # type: ignore[index]
                if not entry.form.targets.entries:
                    entry.form.targets.append_entry()


PADDED = ("signatories", "addressees", "asks", "targets", "sources")


def prune_rows(form: Form, drop: Callable[["FieldList[Any]", int], None]) -> None:
    """Drop blank rows, in rows too."""
    for rows in form:
        if isinstance(rows, FieldList):
            for position in reversed(range(len(rows.entries))):
                row = rows.entries[position].form
                prune_rows(row, drop)
                if row.is_blank:
                    drop(rows, position)


class ToldField(HiddenField):
    """The names, folded, of which it was said once that they may be on record already."""

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


class LetterForm(BaseForm, Growing):
    """A letter with its asks."""

    told = ToldField()
    title = StringField("Title")
    kind = WordField("Kind", LetterKind, labels=words.LETTER_KIND)
    on_behalf_of = StringField("On behalf of")
    written_on = PartialDateField("Date on the letter")
    is_sent = BooleanField("It was sent", default=True)
    sent_on = PartialDateField("Sent on")
    received_on = PartialDateField("Received on")
    received_proof = StringField("Proof of receipt")
    channel = WordField("Sent by", Channel, labels=words.CHANNEL)
    reply_requested_by = PartialDateField("It asks for a reply by")
    reply_date_confirmed = BooleanField("I have read this date in the letter itself")
    note = TextAreaField("Note")
    signatories = FieldList(FormField(SignatoryRow), "Signed by", min_entries=1)
    addressees = FieldList(FormField(AddresseeRow), "Addressed to", min_entries=1)
    asks = FieldList(FormField(AskFields), "What it asks", min_entries=1)
    sources = FieldList(FormField(SourceRow), "Where it can be read, and its evidence")

    def drop(self, rows: "FieldList[Any]", position: int) -> None:
        super().drop(rows, position)
        if rows is self.addressees:
            for ask in self.asks:
                ask.form.asked_of.data = without(ask.form.asked_of.data or (), position)

    def given(self) -> LetterInput:
        """The letter as typed."""
        count = len(self.addressees)
        return LetterInput(
            title=text_of(self.title),
            kind=self.kind.word or LetterKind.CONGRESSIONAL,
            written_on=date_or_none(self.written_on),
            is_sent=self.is_sent.data,
            sent_on=date_or_none(self.sent_on),
            received_on=date_or_none(self.received_on),
            received_proof=text_of(self.received_proof),
            channel=self.channel.word or Channel.LETTER,
            on_behalf_of=text_of(self.on_behalf_of),
            reply_requested_by=date_or_none(self.reply_requested_by),
            reply_date_confirmed=self.reply_date_confirmed.data,
            note=text_of(self.note),
            signatories=tuple(entry.form.given() for entry in self.signatories),
            addressees=tuple(entry.form.given() for entry in self.addressees),
            asks=tuple(
                entry.form.given(asked_of=entry.form.positions(count)) for entry in self.asks
            ),
            sources=tuple(entry.form.given() for entry in self.sources),
        )


def without(chosen: Sequence[str], position: int) -> list[str]:
    """Positions chosen of a list of which that one is dropped."""
    kept = (int(number) for number in chosen if number.isdecimal() and int(number) != position)
    return [str(number - (number > position)) for number in kept]


class AskForm(RecordForm, AskFields, Growing):
    """An ask by itself: a new one, or one on record."""

    told = ToldField()
    addressees = FieldList(FormField(AddresseeRow), "Addressed to", min_entries=1)
    sources = FieldList(FormField(SourceRow), "Evidence")
    tags = StringField("Tags")

    def given_alone(self) -> AskInput:
        """The ask as typed, with its addressees."""
        return self.given(
            addressees=tuple(entry.form.given() for entry in self.addressees),
            sources=tuple(entry.form.given() for entry in self.sources),
            tags=tuple(tag for tag in text_of(self.tags).split(",") if tag.strip()),
        )


class StatusForm(RecordForm):
    """A change of status."""

    to = WordField(
        "New status",
        Status,
        labels=words.STATUS,
        validators=[InputRequired("Choose one of the list.")],
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


class ContactForm(BaseForm):
    """A contact about one or more asks."""

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
    is_determination = BooleanField(
        "This is the determination that section 1263(d) requires of the President"
    )
    source_title = StringField("Title of the source")
    source_url = StringField("Web address of the source")

    def given(self, agency_ids: tuple[int, ...]) -> ContactInput:
        """The contact as typed."""
        return ContactInput(
            substance=self.substance.word or Substance.SUBSTANTIVE,
            happened_on=date_or_none(self.happened_on),
            agency_ids=agency_ids,
            channel=self.channel.word or Channel.UNKNOWN,
            summary=text_of(self.summary),
            promised_on=date_or_none(self.promised_on),
            is_determination=self.is_determination.data,
            source=SourceInput(
                title=text_of(self.source_title), url=text_of(self.source_url).strip()
            ),
        )


class OutcomeForm(BaseForm):
    """What followed an ask."""

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


class VoidForm(BaseForm):
    """Take back what was entered in error."""

    reason = StringField("What was wrong")


class VoidStatusForm(VoidForm):
    """Take back the last change of status, as the person saw it."""

    version = VersionField()


class EvidenceForm(BaseForm, SourceRow):
    """A further piece of evidence."""


class AudienceForm(BaseForm):
    """Who may see a record."""

    audience = WordField("Who may see it", Audience, labels=words.AUDIENCE)
    together = SelectMultipleField("Share together with it")
    people = TextAreaField("Named people")
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


def decider_choices() -> dict[str, str]:
    """Every body that can decide, with the choice to leave it to the instrument; read once a
    request, however many asks its form holds."""
    if "decider_choices" not in g:
        g.decider_choices = {"": "Whoever decides on the instrument"} | agencies.names()
    return g.decider_choices  # type: ignore[no-any-return]


def date_or_none(field: PartialDateField) -> Any:
    """The date typed; nothing where it is none, which its field then says."""
    return field.date if not field.errors else None


def place_or_none(field: PlaceField) -> Any:
    """The place typed; nothing where it is none."""
    return field.place if not field.errors else None


def places_or_none(field: PlacesField) -> Any:
    """The places typed; none where they cannot be read."""
    return field.places if not field.errors else ()
