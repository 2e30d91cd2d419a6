"""Test people, and how one goes through the front door."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.forms import fields
from tracker.accounts import actions, queries, sessions
from tracker.accounts.permissions import Role
from tracker.accounts.viewer import Viewer
from tracker.core.db import db, transaction
from tracker.signin.sessions import SECRET

PASSWORD = "correct horse battery"
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Person:
    """Somebody with an account and, once logged in, a browser without script."""

    app: Flask
    email: str
    client: FlaskClient
    viewer: Viewer = field(default_factory=Viewer)

    def get(self, path: str, **more: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(path, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form, with the token that its page carries."""
        sent = {"csrf_token": self.token(), **(data or {})}
        return self.client.post(path, data=sent, **more)

    def token(self) -> str:
        """A token for forms of this session."""
        return token_on(self.client.get("/account/confirm"))


def token_on(page: TestResponse) -> str:
    """The token that a page's form carries."""
    found = _TOKEN.search(page.text)
    assert found, page.text[:500]
    return found[1]


def add_person(
    app: Flask, email: str, role: Role, organisation: str, *, name: str | None = None
) -> Person:
    """Make an account (and its organisation, if there is none) in the ordinary way."""
    with app.app_context():
        with transaction():
            owner = queries.organisation_by_name(organisation)
            if owner is None:
                owner = actions.add_organisation(organisation)
            user = actions.add_user(
                email,
                name=name or email.partition("@")[0].title(),
                password=PASSWORD,
                role=role,
                organisation=owner,
            )
        viewer = Viewer.of(user)
        db.session.rollback()
    return Person(app, email, app.test_client(), viewer)


def log_in(person: Person, password: str = PASSWORD, **more: Any) -> TestResponse:
    """Log in through the form."""
    page = person.client.get("/login", **more)
    sent = {"email": person.email, "password": password, "csrf_token": token_on(page)}
    return person.client.post("/login", data=sent, **more)


def arrive(app: Flask, email: str, role: Role, organisation: str) -> Person:
    """Make an account and log in."""
    person = add_person(app, email, role, organisation)
    be_logged_in(person)
    return person


def be_logged_in(person: Person) -> None:
    """Have the cookie and the row of a log-in, as the form makes them, without its pages."""
    with person.app.app_context(), transaction():
        user = queries.user_by_email(person.email)
        assert user is not None
        held = {"_user_id": user.fs_uniquifier, SECRET: sessions.start(user, "Firefox on Linux")}
    with person.client.session_transaction() as cookie:
        cookie.update(held)


def admin_beside(person: Person) -> Person:
    """An admin of the first organisation, logged in beside somebody."""
    email = "admin@example.org"
    with person.app.app_context():
        user = queries.user_by_email(email)
        viewer = Viewer.of(user) if user else None
        db.session.rollback()
    if viewer is None:
        return arrive(person.app, email, Role.ADMIN, "Highland Group")
    admin = Person(person.app, email, person.app.test_client(), viewer)
    be_logged_in(admin)
    return admin


def words_of(page: TestResponse) -> str:
    """The text of a page without its markup."""
    body = re.sub(r"<(script|style|svg).*?</\1>", " ", page.text, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def form_of(page: TestResponse) -> dict[str, list[str]]:
    """The fields of the page's main form with their values, as a browser would send them."""
    return fields(page.text)
