"""The parts of forms that can be repeated, each with what was typed into it, and how a form of such
parts grows and shrinks."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
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

from tracker.agencies import queries as agencies
from tracker.casework import words
from tracker.casework.inputs import (
    AddresseeInput,
    AskInput,
    ControlInput,
    SignatoryInput,
)
from tracker.core.references import well_formed
from tracker.correspondence.models import SignatoryRole
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import (
    ControlType,
    EccnStatus,
    Ground,
    Seeks,
)
from tracker.sources.actions import SourceInput
from tracker.targets.actions import TargetInput
from tracker.targets.models import TargetKind
from tracker.web.forms import (
    PartialDateField,
    PlaceField,
    PlacesField,
    WordField,
    lines,
    text_of,
)


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


class SourceFields(Form):
    """What is said of a source that is published, or of one at risk."""

    title = StringField("Title")
    url = StringField("Web address")
    publisher = StringField("Published by")
    published_on = PartialDateField("Published on")
    opaque = StringField("Opaque reference")
    kept_where = StringField("Where its identity is kept")

    def given(self) -> SourceInput:
        """The source as it was typed."""
        return SourceInput(
            title=text_of(self.title),
            url=text_of(self.url).strip(),
            publisher=text_of(self.publisher),
            published_on=date_or_none(self.published_on),
            opaque=text_of(self.opaque),
            kept_where=text_of(self.kept_where),
        )


class SourceRow(SourceFields, Row):
    """A source, with what it shows."""

    shows = StringField("What it shows")

    def given(self) -> SourceInput:
        """The source as it was typed, with what it is cited for."""
        return replace(super().given(), shows=text_of(self.shows))


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
        if typed := well_formed([text_of(self.name).strip().upper()]):
            return typed.pop()  # nobody is called by a reference
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
    targets = FieldList(FormField(TargetRow), "Targets", min_entries=1, description="Target")
    controls = FieldList(
        FormField(ControlRow), "Controlled items", min_entries=0, description="Controlled item"
    )
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


def decider_choices() -> dict[str, str]:
    """Every body that can decide, with the choice to leave it to the instrument; read once a
    request, however many asks its form holds."""
    if "decider_choices" not in g:
        g.decider_choices = {"": "Whoever decides on the instrument"} | agencies.names()
    return g.decider_choices  # type: ignore[no-any-return]


def date_or_none(field: PartialDateField) -> Any:
    """The date typed; nothing where it is none, which its field says once it is checked."""
    with suppress(ValueError):
        return field.date if not field.errors else None
    return None


def place_or_none(field: PlaceField) -> Any:
    """The place typed; nothing where it is none."""
    with suppress(ValueError):
        return field.place if not field.errors else None
    return None


def places_or_none(field: PlacesField) -> Any:
    """The places typed; none where they cannot be read."""
    with suppress(ValueError):
        return field.places if not field.errors else ()
    return ()
