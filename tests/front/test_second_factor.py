"""The second factor: after a password, before any page; each code once; kept by a new password."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from html import unescape
from threading import Barrier

import pyotp
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests.front.support import nothing_changes
from tests.inside.samples import reading, writing
from tests.support.people import Person, add_person, log_in, token_on, words_of
from tracker.accounts import actions, factors, lockout, passwords, queries, totp
from tracker.accounts.models import LoginSession, RecoveryCode, SecondFactor
from tracker.accounts.permissions import Role
from tracker.core.db import db
from tracker.core.now import now
from tracker.history.models import HistoryEvent
from tracker.web.sealing import sealed_key

HERE = "/login/second-factor"
OWN = "/account/second-factor"
CODE = re.compile(r"<code>([0-9a-z]{4}(?:-[0-9a-z]{4}){5})</code>")


def demand(app: Flask, whom: str, patch: pytest.MonkeyPatch) -> None:
    settings = replace(app.extensions["tracker.settings"], require_mfa=whom)
    patch.setitem(app.extensions, "tracker.settings", settings)


@pytest.fixture
def demanded(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Who edits must have a second factor."""
    demand(app, "editors", monkeypatch)
    return app


def add_app(person: Person) -> tuple[str, list[str]]:
    """An app added through its page: its secret, and the recovery codes of the first."""
    page = person.get(f"{OWN}/app")
    secret = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page.text)
    sealed = re.search(r'name="secret"[^>]*value="([^"]+)"', page.text)
    assert secret
    assert sealed
    plain = secret[1].replace(" ", "")
    sent = {"label": "My phone", "secret": sealed[1], "code": code_of(plain)}
    answer = person.post(f"{OWN}/app", sent)
    assert answer.status_code in (200, 303), words_of(answer)
    return plain, CODE.findall(unescape(answer.text))


def code_of(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(now() + timedelta(seconds=30 * steps))


def half_way(person: Person) -> Person:
    """The same person with another browser, the password given and nothing more."""
    other = Person(person.app, person.email, person.app.test_client(), person.viewer)
    assert log_in(other).status_code == 302
    return other


def give(person: Person, code: str, where: str = "") -> TestResponse:
    page = person.get(f"{HERE}{where}")
    sent = {"code": code, "csrf_token": token_on(page)}
    return person.client.post(f"{HERE}{where}", data=sent)


def is_in(person: Person) -> bool:
    return person.get("/recommendations").status_code == 200


@pytest.fixture
def later() -> Iterator[None]:
    """A minute after the app was added, when it shows another code."""
    with time_machine.travel(now() + timedelta(minutes=2)):
        yield


def test_a_password_alone_opens_nothing_once_there_is_a_second_factor(staff: Person) -> None:
    secret, codes = add_app(staff)
    assert len(set(codes)) == factors.CODES
    assert is_in(staff)
    other = half_way(staff)
    for path in ("/", "/recommendations", "/account", "/recommendations/new", OWN):
        asked = other.get(path)
        assert asked.status_code == 302, path
        assert asked.headers["Location"].startswith(HERE), path
    token = token_on(other.get(HERE))
    assert other.client.post("/letters/new", data={"csrf_token": token}).status_code == 401
    with time_machine.travel(now() + timedelta(minutes=2)):
        answer = give(other, code_of(secret), "?next=/letters")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/letters")
        assert is_in(other)


def test_the_secret_of_the_cookie_is_another_one_once_the_log_in_has_begun(staff: Person) -> None:
    secret, _ = add_app(staff)
    other = half_way(staff)
    name = other.app.config["SESSION_COOKIE_NAME"]
    before = other.client.get_cookie(name)
    assert before is not None
    with time_machine.travel(now() + timedelta(minutes=2)):
        assert give(other, code_of(secret)).status_code == 303
        thief = Person(other.app, other.email, other.app.test_client())
        thief.client.set_cookie(name, before.value)
        assert not is_in(thief)
        assert thief.get(HERE).status_code == 302


def test_a_code_is_taken_once(staff: Person) -> None:
    secret, _ = add_app(staff)
    first, second = half_way(staff), half_way(staff)
    with time_machine.travel(now() + timedelta(minutes=2)):
        code = code_of(secret)
        assert give(first, code).status_code == 303
        again = give(second, code)
        assert again.status_code == 422
        assert "taken before" in words_of(again)
        assert not is_in(second)
        # nor is one of before it, which the tolerance would let in
        assert give(second, code_of(secret, -1)).status_code == 422
        assert give(second, code_of(secret, 1)).status_code == 303


def test_the_code_that_added_the_app_opens_nothing(staff: Person) -> None:
    with time_machine.travel(now(), tick=False):
        secret, _ = add_app(staff)
        assert give(half_way(staff), code_of(secret)).status_code == 422


@pytest.mark.parametrize("steps", [-2, 2, 20])
@pytest.mark.usefixtures("later")
def test_a_code_of_another_moment_is_refused(staff: Person, steps: int) -> None:
    secret, _ = add_app(staff)
    with time_machine.travel(now() + timedelta(minutes=5), tick=False):
        assert give(half_way(staff), code_of(secret, steps)).status_code == 422


@pytest.mark.parametrize(
    "typed",
    ["", "12345", "abcdef", "１２３４５６", "0" * 61, "x\x00y", "' or 1=1 --", "\u202e123456"],
)
def test_what_is_no_code_is_refused(staff: Person, typed: str) -> None:
    add_app(staff)
    other = half_way(staff)
    assert give(other, typed).status_code == 422
    assert not is_in(other)


def test_a_recovery_code_opens_once_however_it_is_typed(staff: Person) -> None:
    _, codes = add_app(staff)
    typed = codes[0].upper().replace("-", " ").replace("0", "O").replace("1", "l")
    assert give(half_way(staff), typed).status_code == 303
    assert give(half_way(staff), codes[0]).status_code == 422
    assert f"Recovery codes {factors.CODES - 1}" in words_of(staff.get(OWN))
    with reading(staff.app):
        kept = db.session.scalars(select(RecoveryCode.digest)).all()
        assert not set(kept) & set(codes)


def test_new_recovery_codes_make_the_old_ones_void(staff: Person) -> None:
    _, old = add_app(staff)
    new = CODE.findall(staff.post(f"{OWN}/codes").text)
    assert len(new) == factors.CODES
    assert give(half_way(staff), old[3]).status_code == 422
    assert give(half_way(staff), new[3]).status_code == 303


def test_codes_of_another_person_open_nothing(staff: Person, colleague: Person) -> None:
    _, codes = add_app(staff)
    secret, _ = add_app(colleague)
    other = half_way(staff)
    with time_machine.travel(now() + timedelta(minutes=2)):
        fresh = half_way(staff)
        assert give(fresh, code_of(secret)).status_code == 422
    assert give(half_way(colleague), codes[0]).status_code == 422
    assert not is_in(other)


def test_five_wrong_codes_slow_as_wrong_passwords_do(staff: Person) -> None:
    _, codes = add_app(staff)
    other = half_way(staff)
    for _ in range(lockout.MOST):
        assert give(other, "000000").status_code == 422
    assert "five times within a minute" in words_of(give(other, codes[0]))
    assert log_in(other).status_code == 429
    with time_machine.travel(now() + timedelta(seconds=61)):
        assert give(other, codes[0]).status_code == 303


def test_the_second_factor_may_take_ten_minutes(staff: Person) -> None:
    _, codes = add_app(staff)
    other = half_way(staff)
    with time_machine.travel(now() + timedelta(minutes=9)):
        assert other.get(HERE).status_code == 200
    with time_machine.travel(now() + timedelta(minutes=11)):
        asked = other.get(f"{HERE}?next=/letters")
        assert asked.headers["Location"] == "/login?next=/letters"
        assert give(half_way(staff), codes[0]).status_code == 303


def test_a_log_in_that_awaits_its_factor_is_none_in_any_list_and_ends_as_one(
    staff: Person,
) -> None:
    add_app(staff)
    half_way(staff)
    assert "Where you are logged in 1" in words_of(staff.get("/account"))
    waiting = half_way(staff)
    new = {"password": "seven quiet herons paint", "again": "seven quiet herons paint"}
    assert staff.post("/account/password", new).status_code == 303
    assert waiting.get(HERE).headers["Location"] == "/login"


def test_going_back_to_the_password_forgets_who_was_half_way(staff: Person) -> None:
    add_app(staff)
    other = half_way(staff)
    sent = {"csrf_token": token_on(other.get(HERE))}
    assert other.client.post(f"{HERE}/cancel", data=sent).headers["Location"] == "/login"
    assert other.get(HERE).headers["Location"] == "/login"
    with reading(staff.app):
        assert len(db.session.scalars(select(LoginSession.id)).all()) == 1


def test_a_new_password_keeps_the_factors(staff: Person, app: Flask) -> None:
    secret, _ = add_app(staff)
    with writing(app):
        user = queries.user_by_email(staff.email)
        assert user is not None
        new_hash = passwords.hashed("seven quiet herons paint", user.email)
        actions.change_password(user, new_hash, actor_id=None)
    other = Person(app, staff.email, app.test_client())
    assert log_in(other, "seven quiet herons paint").status_code == 302
    assert not is_in(other)
    with time_machine.travel(now() + timedelta(minutes=2)):
        assert give(other, code_of(secret)).status_code == 303


def only_factor() -> str:
    """The key of the one factor on record, as addresses have it."""
    [key] = db.session.scalars(select(SecondFactor.id)).all()
    return sealed_key("factor", key)


def test_adding_and_removing_a_factor_ends_every_other_log_in(staff: Person) -> None:
    other = half_way(staff)
    assert is_in(other)
    add_app(staff)
    assert not is_in(other)
    with reading(staff.app):
        key = only_factor()
    with time_machine.travel(now() + timedelta(minutes=2)):
        assert staff.post(f"{OWN}/{key}/remove").status_code == 303
        assert is_in(staff)
    with reading(staff.app):
        assert db.session.scalars(select(RecoveryCode.id)).all() == []


def test_factors_are_changed_by_who_gave_the_password_of_late(staff: Person) -> None:
    add_app(staff)
    with reading(staff.app):
        remove = f"/{only_factor()}/remove"
    later = now() + timedelta(minutes=16)
    with time_machine.travel(later), nothing_changes(staff.app, "login_sessions"):
        for path in ("", "/app", "/passkey"):
            assert "/account/confirm" in staff.get(OWN + path).headers["Location"]
        for path in (remove, "/codes", "/app", "/passkey"):
            assert staff.post(OWN + path).status_code == 401


def test_nobody_removes_anothers_factor(staff: Person, colleague: Person) -> None:
    add_app(staff)
    with reading(staff.app):
        key = only_factor()
    with nothing_changes(staff.app):
        assert colleague.post(f"{OWN}/{key}/remove").status_code == 303
        assert colleague.post(f"{OWN}/codes").status_code == 422


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"code": "000000"}, "not the code of this moment"),
        ({"code": ""}, "Type the six digits"),
        ({"label": ""}, "Give it a name"),
        ({"label": "x" * 61}, "at most 60"),
        ({"label": "My\u202ephone"}, "reverses its direction"),
        ({"label": "My\x00phone"}, "control character"),
        ({"secret": "forged"}, "open too long"),
        ({"secret": ""}, "open too long"),
    ],
)
def test_an_app_that_is_not_proven_is_not_added(
    staff: Person, changed: dict[str, str], said: str
) -> None:
    page = staff.get(f"{OWN}/app")
    sealed = re.search(r'name="secret"[^>]*value="([^"]+)"', page.text)
    secret = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page.text)
    assert sealed
    assert secret
    sent = {"label": "My phone", "secret": sealed[1], "code": code_of(secret[1].replace(" ", ""))}
    with nothing_changes(staff.app):
        answer = staff.post(f"{OWN}/app", {**sent, **changed})
    assert answer.status_code == 422
    assert said in words_of(answer)
    if "secret" not in changed:  # the picture that was scanned stays good
        assert secret[0] in answer.text


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "null", "x" * 30_000, '{"id": 1}', "\x00", "[" * 19_000]
)
def test_what_no_passkey_answered_is_refused(staff: Person, answer: str) -> None:
    said = "did not answer as it should"
    with nothing_changes(staff.app):
        page = staff.post(f"{OWN}/passkey", {"label": "Key", "passkey": answer})
    assert page.status_code == 422
    assert said in words_of(page)
    add_app(staff)
    other = half_way(staff)
    sent = {"passkey": answer, "csrf_token": token_on(other.get(HERE))}
    refused = other.client.post(HERE, data=sent)
    assert refused.status_code == 422
    assert said in words_of(refused)
    assert not is_in(other)


@pytest.mark.parametrize(
    ("whom", "role", "must"),
    [
        ("none", Role.ADMIN, False),
        ("editors", Role.PARTNER, False),
        ("editors", Role.STAFF, True),
        ("editors", Role.ADMIN, True),
        ("all", Role.PARTNER, True),
    ],
)
def test_who_must_have_a_second_factor_comes_no_further_without(
    app: Flask, monkeypatch: pytest.MonkeyPatch, whom: str, role: Role, must: bool
) -> None:
    demand(app, whom, monkeypatch)
    person = add_person(app, "somebody@example.org", role, "Highland Group")
    log_in(person)
    asked = person.get("/recommendations")
    if not must:
        assert asked.status_code == 200
        return
    assert asked.headers["Location"] == OWN
    assert person.get("/account").status_code == 200
    if role is not Role.PARTNER:
        assert person.post("/letters/new").status_code == 403
    add_app(person)
    assert is_in(person)


def test_who_must_have_one_keeps_the_last(demanded: Flask) -> None:
    person = add_person(demanded, "somebody@example.org", Role.STAFF, "Highland Group")
    log_in(person)
    add_app(person)
    with reading(demanded):
        key = only_factor()
    assert "Add another one first" in words_of(person.get(OWN))
    assert person.post(f"{OWN}/{key}/remove").status_code == 422
    add_app(person)
    assert person.post(f"{OWN}/{key}/remove").status_code == 303


def test_an_admin_takes_lost_factors_away(staff: Person, admin: Person) -> None:
    add_app(staff)
    theirs = f"/admin/users/{staff.viewer.user_id}"
    assert "My phone" in words_of(admin.get(theirs))
    assert admin.post(f"{theirs}/reset-factors").status_code == 303
    assert not is_in(staff)
    assert log_in(staff).status_code == 302
    assert is_in(staff)
    assert admin.post(f"{theirs}/reset-factors").status_code == 422
    assert admin.post(f"/admin/users/{admin.viewer.user_id}/reset-factors").status_code == 422


def test_an_app_is_added_once_though_its_form_comes_twice(staff: Person, app: Flask) -> None:
    page = staff.get(f"{OWN}/app")
    secret = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page.text)
    sealed = re.search(r'name="secret"[^>]*value="([^"]+)"', page.text)
    assert secret
    assert sealed
    code = code_of(secret[1].replace(" ", ""))
    sent = {"label": "My phone", "secret": sealed[1], "code": code}
    assert staff.post(f"{OWN}/app", sent).status_code == 200
    answer = staff.post(f"{OWN}/app", sent)
    assert answer.status_code == 422
    assert "This app is added already." in words_of(answer)
    with reading(app):
        assert len(db.session.scalars(select(SecondFactor)).all()) == 1


def test_of_many_codes_at_once_no_more_are_looked_at_than_one_after_the_other(
    staff: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_app(staff)
    browsers = [half_way(staff) for _ in range(8)]
    looked_at: list[str] = []
    together = Barrier(len(browsers))

    def look(_user: object, code: str, _key: str) -> bool:
        looked_at.append(code)
        return False

    def guess(browser: Person) -> int:
        token = token_on(browser.get(HERE))
        together.wait(10)
        return browser.client.post(HERE, data={"code": "123456", "csrf_token": token}).status_code

    monkeypatch.setattr(factors, "use_app", look)
    with ThreadPoolExecutor(len(browsers)) as pool:
        assert set(pool.map(guess, browsers)) == {422}
    assert len(looked_at) == lockout.MOST


def test_new_recovery_codes_end_every_other_log_in(staff: Person, app: Flask) -> None:
    secret, _ = add_app(staff)
    with time_machine.travel(now() + timedelta(minutes=1)):
        other = half_way(staff)
        give(other, code_of(secret))
        assert other.get("/recommendations").status_code == 200
        staff.post(f"{OWN}/codes")
        assert other.get("/recommendations").status_code == 302
        assert staff.get("/recommendations").status_code == 200


def test_it_is_all_in_the_history(staff: Person, app: Flask) -> None:
    _, codes = add_app(staff)
    give(half_way(staff), codes[0])
    staff.post(f"{OWN}/codes")
    with reading(app):
        told = db.session.scalars(select(HistoryEvent.name).order_by(HistoryEvent.position)).all()
    for name in ("user.factor_added", "user.codes_made", "user.code_used"):
        assert name in told
    # the password alone was no log-in
    ends = ["user.logged_in", "user.codes_made", "user.session_ended"]
    assert told[-4:] == ["user.code_used", *ends]


def test_a_stolen_database_holds_no_secret_of_an_app(staff: Person, app: Flask) -> None:
    secret, _ = add_app(staff)
    with reading(app):
        [kept] = db.session.scalars(select(SecondFactor.key)).all()
        assert secret not in kept
        assert totp.unseal(kept, "another key of thirty-two letters") is None
        assert totp.unseal(kept, app.extensions["tracker.settings"].secret_key) == secret


def test_an_app_whose_secret_cannot_be_read_any_more_leaves_the_recovery_codes(
    staff: Person, app: Flask
) -> None:
    secret, codes = add_app(staff)
    with writing(app):
        db.session.execute(update(SecondFactor).values(key="of another instance"))
    with time_machine.travel(now() + timedelta(minutes=2)):
        other = half_way(staff)
        assert give(other, code_of(secret)).status_code == 422
        assert give(other, codes[0]).status_code == 303


def test_known_and_unknown_addresses_with_and_without_factors_get_the_same_answer(
    staff: Person, colleague: Person, app: Flask
) -> None:
    add_app(staff)
    answers = set()
    for email in (staff.email, colleague.email, "nobody@example.org"):
        stranger = Person(app, email, app.test_client())
        answer = log_in(stranger, "a wrong password")
        answers.add((answer.status_code, words_of(answer).replace(email, "")))
    assert len(answers) == 1
