"""A small form, sent as a person would: what it held, what its answer holds, what was saved."""

from typing import Any

from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.inside.samples import CaseFile, ask_of, reading
from tests.support.people import Person, form_of, words_of
from tracker.core.db import db
from tracker.history.models import HistoryEvent

TYPED = "Write to them again, and ask for a meeting"


def next_step(case: CaseFile) -> str:
    """Where the form is."""
    return f"/recommendations/{case.ask}/next"


def filled(page: TestResponse, **typed: str) -> dict[str, Any]:
    """What a browser would send after somebody typed into a page's form."""
    return {**form_of(page), **typed}


def kept(page: TestResponse) -> bool:
    """Whether the page still holds what was typed, both to be seen and to be sent again."""
    return TYPED in words_of(page) and form_of(page).get("next_action") == [TYPED]


def saved(app: Flask, staff: Person, case: CaseFile) -> str:
    """What is on record."""
    with reading(app):
        return ask_of(staff.viewer, case.ask).next_action


def events(app: Flask) -> int:
    """How many entries the history has."""
    with reading(app):
        return db.session.scalar(select(func.count()).select_from(HistoryEvent)) or 0
