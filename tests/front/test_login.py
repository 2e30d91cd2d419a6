"""Logging in and out."""

from typing import Any

import flask_security.core
import flask_security.forms
import pytest
from flask import Flask

from tests.support.people import PASSWORD, Person, add_person, log_in, token_on, words_of
from tracker.accounts import actions, queries
from tracker.accounts.permissions import Role
from tracker.core.db import transaction


@pytest.fixture
def person(app: Flask) -> Person:
    return add_person(app, "somebody@example.org", Role.STAFF, "Highland Group")


def test_the_right_password_opens_the_desk(person: Person) -> None:
    answer = log_in(person)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"
    assert "Desk" in words_of(person.get("/"))


def test_known_and_unknown_addresses_get_the_same_answer(app: Flask, person: Person) -> None:
    stranger = Person(app, "nobody@example.org", app.test_client())
    known, unknown = log_in(person, "a wrong password"), log_in(stranger, "a wrong password")
    assert known.status_code == unknown.status_code
    said = "The address or the password is not right"
    assert said in words_of(known)
    assert said in words_of(unknown)


def test_logging_out_ends_the_session(person: Person) -> None:
    log_in(person)
    assert person.post("/logout").status_code == 302
    assert person.get("/").status_code == 302


def test_a_get_does_not_log_out(person: Person) -> None:
    log_in(person)
    assert person.get("/logout").status_code == 405
    assert person.get("/").status_code == 200


def test_closing_an_account_ends_its_sessions(app: Flask, person: Person) -> None:
    log_in(person)
    with app.app_context(), transaction():
        user = queries.user_by_email(person.email)
        assert user is not None
        actions.disable_user(user)
    assert person.get("/recommendations").status_code == 302
    assert log_in(person).status_code != 302


def test_a_page_asked_for_comes_after_logging_in(person: Person) -> None:
    answer = person.get("/recommendations?status=draft")
    assert answer.status_code == 302
    there = answer.headers["Location"]
    assert there.startswith("/login?next=")
    page = person.get(there)
    sent = {"email": person.email, "password": PASSWORD, "csrf_token": token_on(page)}
    answer = person.client.post(there, data=sent)
    assert answer.headers["Location"] == "/recommendations?status=draft"


@pytest.mark.parametrize(
    "evil",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "\\\\evil.example",
        "/%09/evil.example",
        "javascript:alert(1)",
        "/no-such-page",
        "http:evil.example",
    ],
)
def test_an_evil_next_is_refused(person: Person, evil: str) -> None:
    assert person.get("/login", query_string={"next": evil}).status_code == 400
    token = token_on(person.get("/login"))
    sent = {"email": person.email, "password": PASSWORD, "csrf_token": token, "next": evil}
    answer = person.client.post("/login", data=sent)
    assert answer.status_code == 400
    assert person.get("/").status_code == 302


def test_a_form_without_a_token_does_not_log_in(person: Person) -> None:
    sent = {"email": person.email, "password": PASSWORD}
    assert person.client.post("/login", data=sent).status_code == 400
    assert person.get("/").status_code == 302


def test_known_unknown_and_closed_addresses_cost_one_computation_of_a_hash_each(
    app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = add_person(app, "closed@example.org", Role.STAFF, "Highland Group")
    with app.app_context(), transaction():
        user = queries.user_by_email(closed.email)
        assert user is not None
        actions.disable_user(user)
    done: list[str] = []
    for module, name in (
        (flask_security.forms, "hash_password"),
        (flask_security.core, "verify_and_update_password"),
    ):
        computed = vars(module)[name]

        def counted(*given: Any, computed: Any = computed) -> Any:
            done.append(given[0])
            return computed(*given)

        monkeypatch.setattr(module, name, counted)
    stranger = Person(app, "nobody@example.org", app.test_client())
    for somebody in (person, stranger, closed):
        for password in ("a wrong password", PASSWORD):
            if somebody is person and password == PASSWORD:
                continue
            done.clear()
            assert log_in(somebody, password).status_code == 200
            assert done == [password], somebody.email
