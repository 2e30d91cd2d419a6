"""How a form is saved: try the action, put every problem at its field, commit once."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, SelectField, SelectMultipleField

from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.web.forms import BaseForm, find_field

T = TypeVar("T")
# label, what is on record now, what was typed
Clashes = Sequence[tuple[str, str, str]]


def attempt(form: BaseForm, act: Callable[[], T]) -> T | None:
    """The result of `act`, committed; or nothing, with all problems at their fields and nothing
    changed.

    The action is tried also where the form itself has problems, so that a person sees all of them
    at once; what it did is then taken back.
    """
    good = form.validate()
    try:
        result = act()
        good = good and not has_errors(form)
    except Refused as refusal:
        form.take({p: m for p, m in refusal.problems.items() if not _has_error_at(form, p)})
        good = False
    if not good:
        db.session.rollback()
        return None
    db.session.commit()
    return result


def has_errors(form: Form) -> bool:
    """Whether any field, in rows too, has a problem."""
    return any(_field_has_errors(field) for field in form) or bool(form.form_errors)


def _field_has_errors(field: object) -> bool:
    if isinstance(field, FormField):
        return has_errors(field.form)
    if isinstance(field, FieldList):
        own = [error for error in field.errors if isinstance(error, str)]
        return bool(own) or any(_field_has_errors(entry) for entry in field.entries)
    return bool(getattr(field, "errors", None))


def _has_error_at(form: FlaskForm, path: str) -> bool:
    """Whether the field at the path, or a row of it, has a problem already: the first one counts,
    since a second may only follow from it."""
    field = find_field(form, path)
    return field is not None and _field_has_errors(field)


def conflict(ours: BaseForm, fresh: BaseForm) -> Clashes:
    """Somebody saved first: what differs between the record as it is now, in a form filled from it
    alone, and what was typed. Saved again, what was typed holds."""
    ours.version.show(fresh.version.number)
    return list(_differences(fresh, ours))


def _differences(theirs: Form, ours: Form) -> Iterator[tuple[str, str, str]]:
    fields: dict[str, Any] = ours._fields
    for name, field in theirs._fields.items():
        other = fields.get(name)
        if name in ("csrf_token", "version", "told") or other is None:
            continue
        if isinstance(field, FormField):
            yield from _differences(field.form, other.form)
        elif isinstance(field, FieldList):
            yield from _row_differences(field, other)
        elif _shown(field) != _shown(other):
            yield field.label.text, _shown(field), _shown(other)


def _row_differences(theirs: Any, ours: Any) -> list[tuple[str, str, str]]:
    now, typed = ([_shown(entry) for entry in rows.entries] for rows in (theirs, ours))
    if now == typed:
        return []
    return [(theirs.label.text, "\n".join(now), "\n".join(typed))]


def _shown(field: object) -> str:
    if isinstance(field, FormField):
        parts = (_shown(part) for part in field.form if part.type != "CSRFTokenField")
        return ", ".join(part for part in parts if part)
    if isinstance(field, FieldList):
        return "; ".join(_shown(entry) for entry in field.entries)
    data = getattr(field, "data", None)
    if isinstance(field, SelectField) and not isinstance(field, SelectMultipleField):
        labels = {value: label for value, label, *_ in field.iter_choices()}
        return labels.get(data, data or "")
    if isinstance(data, (list, tuple)):
        return ", ".join(str(item) for item in data)
    return "" if data is None else str(data)
