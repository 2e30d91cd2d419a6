"""Logging in and out."""

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import flask_security.core
import flask_security.forms
import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from tests.front.support import (
    assert_problems,
    elements,
    entries,
    nothing_changes,
    record_draft,
    save,
    send,
)
from tests.support.people import PASSWORD, Person, add_person, log_in, token_on, words_of
from tracker.accounts import actions, lockout, passwords, queries
from tracker.accounts.permissions import Role
from tracker.core.db import transaction
from tracker.core.now import now


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


def test_what_did_not_work_is_said_at_both_fields(person: Person) -> None:
    page = log_in(person, "not the password")
    [said] = [given["id"] for _, given in elements(page) if given.get("role") == "alert"]
    fields = {given.get("id"): given for _, given in elements(page)}
    for name in ("email", "password"):
        assert fields[name]["aria-describedby"] == said
        assert fields[name]["aria-invalid"] == "true"
        assert "aria-invalid" not in person.get("/login").text


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


EVIL = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "https://evil.example/",
    "\\\\evil.example",
    "/%09/evil.example",
    "javascript:alert(1)",
    "/no-such-page",
    "http:evil.example",
]


@pytest.mark.parametrize("evil", EVIL)
def test_an_evil_next_is_refused(person: Person, evil: str) -> None:
    assert person.get("/login", query_string={"next": evil}).status_code == 400
    token = token_on(person.get("/login"))
    sent = {"email": person.email, "password": PASSWORD, "csrf_token": token, "next": evil}
    answer = person.client.post("/login", data=sent)
    assert answer.status_code == 400
    assert person.get("/").status_code == 302


def test_a_good_next_hides_no_evil_one(person: Person) -> None:
    token = token_on(person.get("/login"))
    sent = {"email": person.email, "password": PASSWORD, "csrf_token": token, "next": "/stale"}
    assert person.client.post("/login?next=//evil.example", data=sent).status_code == 400


def test_a_password_of_composed_letters_logs_in_however_the_keyboard_makes_them(app: Flask) -> None:
    password = "Käsebrot schläft über Zürich и ёж"
    with app.app_context(), transaction():
        house = actions.add_organisation("Island Group")
        email = "ana@example.org"
        actions.add_user(email, name="Ana", password=password, role=Role.STAFF, organisation=house)
    for form in ("NFC", "NFD", "NFKD"):
        ana = Person(app, "ana@example.org", app.test_client())
        typed = unicodedata.normalize(form, password)
        assert log_in(ana, typed).status_code == 302
        with time_machine.travel(now() + timedelta(minutes=16)):
            assert confirm(ana, typed).status_code == 303


def confirm(person: Person, password: str) -> TestResponse:
    path = "/account/confirm?next=/account"
    return person.post(path, {"password": password})


@pytest.mark.parametrize(
    "password",
    [
        *("correcthorsebatterystaple", "correct horse battery staple", "Thisismypassword1"),
        *("advocacytracker1", "Advocacy Tracker 2026", "globalmagnitsky1", "islandgroup2026"),
        *(
            "йцукенгшщзхъфыв",
            "пароль123пароль123",
        ),
    ],
)
def test_what_anybody_would_try_here_is_no_password(password: str) -> None:
    told = passwords.problem_with(password, "ana@example.org", "Ana", "Island Group")
    assert told == passwords.SOON


def test_of_many_tries_at_once_no_more_are_looked_at_than_one_after_the_other(
    app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[int] = []
    together = Barrier(8)
    really = lockout.note_attempt

    def at_once(*given: str) -> int | None:
        found = really(*given)
        if found is not None:
            looked_at.append(found)
        return found

    def guess(_number: int) -> int:
        stranger = Person(app, person.email, app.test_client())
        page = stranger.get("/login")
        sent = {
            "email": person.email,
            "password": "wrong wrong wrong",
            "csrf_token": token_on(page),
        }
        together.wait(10)
        return stranger.client.post("/login", data=sent).status_code

    monkeypatch.setattr(lockout, "note_attempt", at_once)
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(guess, range(8)))
    assert codes.count(429) == 3
    assert len(looked_at) == lockout.MOST


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


def test_a_person_changes_their_name_also_beside_what_they_did_before(
    staff: Person, colleague: Person
) -> None:
    ask = record_draft(staff)
    save(staff, "/account/name", {"name": "Tenzin W."})
    assert "Tenzin W." in words_of(staff.get("/account"))
    told = " ".join(entries(colleague.get(f"{ask}/history")))
    assert "Tenzin W." in told
    assert "Staff" not in told
    with nothing_changes(staff.app):
        save(staff, "/account/name", {})
        taken = send(staff, "/account/name", {"name": "COLLEAGUE"})
        assert_problems(taken, {"name": "Somebody in your organisation has this name."})
        assert_problems(send(staff, "/account/name", {"name": " "}), {"name": "Give the person"})
