"""How a form is saved: try the action, put every problem at its field, commit once."""

from collections.abc import Callable
from typing import TypeVar

from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField

from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.web.forms import BaseForm, find_field

T = TypeVar("T")


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
