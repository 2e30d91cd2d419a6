"""The base of all forms: texts are taken as they are typed, checked by the actions, and problems
come back to the fields."""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    Field,
    FieldList,
    FileField,
    Form,
    FormField,
    HiddenField,
    PasswordField,
    SelectField,
    StringField,
)
from wtforms.validators import ValidationError
from wtforms.widgets import TextInput

from tracker.core.countries import Place, parse_places
from tracker.core.dates import BadDate, PartialDate


class BaseForm(FlaskForm):  # type: ignore[misc]
    """A form protected against forgery. Its text fields keep every character typed."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        locales = False

    @property
    def gives_again(self) -> bool:
        """Whether it has a field that no browser fills again: a password, or a file."""
        return any(isinstance(field, (PasswordField, FileField)) for field in self)

    def problems(self) -> list[tuple[str, str]]:
        """Each problem with the id of its field, for the summary on top of the page."""
        own = [("", str(error)) for error in self.form_errors]
        return own + list(_problems(self))

    def take(self, problems: dict[str, str]) -> None:
        """Put problems that an action found at their fields; what has no field stands on top."""
        for path, message in problems.items():
            field = find_field(self, path)
            if field is None or isinstance(field, FormField):
                self.form_errors.append(message)
            else:
                field.errors = [*field.errors, message]


def find_field(form: Form, path: str) -> Field | None:
    """The field at a path such as `asks-0-targets-1-name`; numbers count the entries shown."""
    found: Any = form
    for part in path.split("-"):
        if isinstance(found, FormField):
            found = found.form
        if isinstance(found, FieldList):
            entries = found.entries
            found = entries[int(part)] if part.isdigit() and int(part) < len(entries) else None
        elif isinstance(found, Form) and part in found:
            found = found[part]
        else:
            found = None
        if found is None:
            return None
    return found if isinstance(found, Field) else None


def _problems(form: Form, way: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Each with the way to it in words: “Ask 2, target 1, name: …”."""
    for field in form:
        if isinstance(field, FormField):
            yield from _problems(field.form, way)
        elif isinstance(field, FieldList):
            yield from _told(field, way, [e for e in field.errors if isinstance(e, str)])
            for number, entry in enumerate(field.entries, 1):
                row = (*way, f"{field.description or field.label.text} {number}")
                if isinstance(entry, FormField):
                    yield from _problems(entry.form, row)
                else:
                    yield from _told(entry, row, entry.errors)
        else:
            yield from _told(field, (*way, field.label.text), field.errors)


def _told(field: Field, way: tuple[str, ...], errors: Iterable[str]) -> Iterator[tuple[str, str]]:
    said = ", ".join([*way[:1], *(step[0].lower() + step[1:] for step in way[1:])])
    for error in errors:
        yield field.id, f"{said}: {error}" if said else error


def described(field: Field, help_text: str = "") -> dict[str, str]:
    """The attributes by which a control points to its help and its error, for whoever cannot see
    that they stand beside it."""
    ids = [f"{field.id}-help"] if help_text else []
    told = sum(isinstance(error, str) for error in field.errors)
    ids += [f"{field.id}-error{number if number > 1 else ''}" for number in range(1, told + 1)]
    found = {"aria-describedby": " ".join(ids)} if ids else {}
    return found | ({"aria-invalid": "true"} if field.errors else {})


def text_of(field: Field) -> str:
    """What was typed, never nothing."""
    return field.data or ""


def offered(field: SelectField) -> set[str]:
    """The values that a choice offers."""
    return {value for value, *_ in field.iter_choices()}


class WordField(SelectField):
    """A choice among the members of an enum; `empty` is the label of choosing none. Where a page
    does not show it, as for a target on record, it is not sent, and no word is chosen."""

    def __init__(
        self,
        label: str,
        enum: type[StrEnum],
        *,
        labels: dict[Any, str],
        empty: str | None = None,
        **more: Any,
    ) -> None:
        self.enum = enum
        none = {} if empty is None else {"": empty}
        choices = none | {member.value: label for member, label in labels.items()}
        super().__init__(label, choices=choices, **more)

    def pre_validate(self, form: Any) -> None:
        if self.raw_data and self.data not in offered(self):
            raise ValidationError("Choose one from the list.")

    @property
    def word(self) -> Any:
        """The member chosen, or nothing; what is none, `pre_validate` refuses."""
        return next((member for member in self.enum if member.value == self.data), None)


class VersionField(HiddenField):
    """The version of the record that a form was filled from; a new record has none."""

    @property
    def number(self) -> int:
        """The version, or 0, which no record has, where none can be read."""
        return int(str(self.data)) if _is_number(self.data) else 0

    def pre_validate(self, form: Any) -> None:
        if self.raw_data and self.data and not _is_number(self.data):
            raise ValidationError("The form was damaged on its way. Load its page again.")

    def show(self, version: int) -> None:
        """Have the form speak of that version from now on, whatever was sent."""
        self.data, self.raw_data = str(version), None


def _is_number(typed: object) -> bool:
    text = str(typed)
    return text.isascii() and text.isdecimal() and len(text) < 10


class PartialDateField(StringField):
    """A date as it is known. What was typed stays, also where it is no date."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist else ""

    def process_data(self, value: Any) -> None:
        self.data = str(value) if value else ""

    def pre_validate(self, form: Any) -> None:
        try:
            _ = self.date
        except BadDate as problem:
            raise ValidationError(str(problem)) from None

    @property
    def date(self) -> PartialDate | None:
        """The date typed, or nothing. Raises `BadDate`."""
        return PartialDate.parse(self.data) if self.data and self.data.strip() else None


class DayField(DateField):
    """A full day, typed or picked."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.raw_data = valuelist
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            day = PartialDate.parse(valuelist[0])
        except BadDate as problem:
            raise ValueError(str(problem)) from None
        if day.day is None:
            raise ValueError("Give the full day, as 2023-10-23.")
        self.data = day.earliest

    @property
    def date(self) -> date | None:
        """The day, or nothing."""
        return self.data


class PlacesField(StringField):
    """Countries, each with a region where one is meant: `China (Tibet); Iran`."""

    def process_data(self, value: Any) -> None:
        places = (value,) if isinstance(value, Place) else value or ()
        self.data = "; ".join(place.typed for place in places)

    def pre_validate(self, form: Any) -> None:
        try:
            _ = self.places
        except ValueError as problem:
            raise ValidationError(str(problem)) from None

    @property
    def places(self) -> tuple[Place, ...]:
        """The places typed. Raises `ValueError`."""
        return parse_places(self.data or "")


class PlaceField(PlacesField):
    """One country, with a region where one is meant."""

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        if len(self.places) > 1:
            raise ValidationError("Name one country here.")

    @property
    def place(self) -> Place | None:
        """The place typed, if there is one. Raises `ValueError`."""
        return next(iter(self.places), None)


def lines(text: str | None) -> tuple[str, ...]:
    """The lines of a text that hold something."""
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())
