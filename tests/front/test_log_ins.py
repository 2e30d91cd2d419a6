"""Log-ins that last are seen and ended, in every copy of the cookie; those that fail are slowed."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.front.support import FORM, Sitting, Typed, nothing_changes
from tests.inside.samples import reading, record_case, writing
from tests.support.people import PASSWORD, Person, add_person, log_in, token_on, words_of
from tracker import create_app
from tracker.accounts import actions, lockout, queries, sessions
from tracker.accounts.models import LoginSession, User
from tracker.accounts.permissions import Role
from tracker.core.db import db
from tracker.core.now import now
from tracker.history.models import HistoryEvent
from tracker.records.models import Audience
from tracker.web.sealing import sealed_key

ELSEWHERE = {"REMOTE_ADDR": "198.51.100.7"}
FIREFOX = {
    "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
}


def copy_of(person: Person) -> Person:
    """Somebody who has a copy of a person's cookie."""
    thief = Person(person.app, person.email, person.app.test_client(), person.viewer)
    name = person.app.config["SESSION_COOKIE_NAME"]
    cookie = person.client.get_cookie(name)
    assert cookie is not None
    thief.client.set_cookie(name, cookie.value)
    assert thief.get("/recommendations").status_code == 200
    return thief


def is_in(person: Person) -> bool:
    return person.get("/recommendations").status_code == 200


def beside(person: Person, **more: Any) -> Person:
    """The same person with another browser."""
    other = Person(person.app, person.email, person.app.test_client(), person.viewer)
    assert log_in(other, **more).status_code == 302
    return other


def account_of(person: Person) -> User:
    user = queries.user_by_email(person.email)
    assert user is not None
    return user


def close_it(admin: Person, person: Person) -> None:
    assert admin.post(f"/admin/users/{person.viewer.user_id}/close").status_code == 303


def change_role(admin: Person, person: Person) -> None:
    sent = {"role": "partner", "organisation": str(person.viewer.organisation_id)}
    assert admin.post(f"/admin/users/{person.viewer.user_id}", sent).status_code == 303


def change_organisation(admin: Person, person: Person) -> None:
    with writing(admin.app):
        other = actions.add_organisation("Another Group").id
    sent = {"role": "staff", "organisation": str(other)}
    assert admin.post(f"/admin/users/{person.viewer.user_id}", sent).status_code == 303


def end_by_admin(admin: Person, person: Person) -> None:
    assert admin.post(f"/admin/users/{person.viewer.user_id}/end-sessions").status_code == 303


def leave(_admin: Person, person: Person) -> None:
    assert person.post("/logout").status_code == 302


def disable_by_command(admin: Person, person: Person) -> None:
    with writing(admin.app):
        actions.disable_user(account_of(person))


@pytest.mark.parametrize(
    "act",
    [leave, close_it, disable_by_command, change_role, change_organisation, end_by_admin],
)
def test_a_copy_of_the_cookie_is_worth_nothing_once_the_log_in_is_over(
    staff: Person, admin: Person, act: Callable[[Person, Person], None]
) -> None:
    thief = copy_of(staff)
    act(admin, staff)
    assert not is_in(thief)
    assert not is_in(staff)
    assert is_in(admin)


def test_the_account_says_where_one_is_logged_in_and_ends_one(staff: Person) -> None:
    other = beside(staff, environ_overrides=FIREFOX)
    page = staff.get("/account")
    assert "Firefox on Linux" in words_of(page)
    ends = re.findall(r'action="(/account/sessions/[\w-]+/end)"', page.text)
    assert len(ends) == 1
    assert staff.post(ends[0]).status_code == 303
    assert is_in(staff)
    assert not is_in(other)
    again = staff.client.post(ends[0], data={"csrf_token": staff.token()}, follow_redirects=True)
    assert "over already" in words_of(again)


def test_all_others_are_ended_at_once(staff: Person) -> None:
    others = [beside(staff) for _ in range(3)]
    assert staff.post("/account/sessions/end-others").status_code == 303
    assert is_in(staff)
    assert not any(is_in(other) for other in others)


def test_nobody_ends_the_log_in_of_another(staff: Person, other_staff: Person) -> None:
    with reading(staff.app):
        [theirs] = sessions.lasting([other_staff.viewer.user_id or 0])
        key = sealed_key("log_in", theirs.id)
    assert staff.post(f"/account/sessions/{key}/end").status_code == 303
    assert is_in(other_staff)


def test_each_log_in_has_a_secret_of_its_own_of_which_only_the_digest_is_kept(
    staff: Person,
) -> None:
    other = beside(staff)
    secrets = set()
    for person in (staff, other):
        with person.client.session_transaction() as cookie:
            secrets.add(cookie["log_in"])
    assert len(secrets) == 2
    with reading(staff.app):
        rows = db.session.scalars(select(LoginSession)).all()
        assert len(rows) == 2
        assert not secrets & {row.digest for row in rows}


def test_a_log_in_after_another_leaves_the_old_secret_behind(staff: Person) -> None:
    with staff.client.session_transaction() as cookie:
        old = cookie["log_in"]
    staff.post("/logout")
    assert log_in(staff).status_code == 302
    with staff.client.session_transaction() as cookie:
        assert cookie["log_in"] != old


@pytest.mark.parametrize(
    ("after", "uses", "lasts"),
    [
        (sessions.IDLE - timedelta(minutes=1), (), True),
        (sessions.IDLE + timedelta(minutes=1), (), False),
        (sessions.IDLE + timedelta(hours=6), (timedelta(hours=8),), True),
        (
            sessions.ABSOLUTE - timedelta(minutes=1),
            tuple(timedelta(hours=8 * n) for n in range(1, 21)),
            True,
        ),
        (
            sessions.ABSOLUTE + timedelta(minutes=1),
            tuple(timedelta(hours=8 * n) for n in range(1, 21)),
            False,
        ),
    ],
)
def test_a_log_in_ends_by_itself(
    staff: Person, after: timedelta, uses: tuple[timedelta, ...], lasts: bool
) -> None:
    begun = now()
    for use in uses:
        with time_machine.travel(begun + use):
            assert is_in(staff)
    with time_machine.travel(begun + after):
        assert is_in(staff) is lasts


def fail(person: Person, times: int, **more: Any) -> list[int]:
    return [log_in(person, "a wrong password", **more).status_code for _ in range(times)]


def newcomer(app: Flask) -> Person:
    return add_person(app, "somebody@example.org", Role.STAFF, "Highland Group")


def test_five_failures_slow_the_account_from_that_network_alone(app: Flask, admin: Person) -> None:
    person = newcomer(app)
    assert fail(person, lockout.MOST) == [200] * lockout.MOST
    slowed = log_in(person)
    assert slowed.status_code == 429
    assert int(slowed.headers["Retry-After"]) == 60
    assert "Too many tries from here" in words_of(slowed)
    assert not is_in(person)
    # the person from elsewhere, and another person from here, are let in
    elsewhere = Person(app, person.email, app.test_client())
    assert log_in(elsewhere, environ_overrides=ELSEWHERE).status_code == 302
    neighbour = add_person(app, "neighbour@example.org", Role.STAFF, "Highland Group")
    assert log_in(neighbour).status_code == 302
    page = words_of(admin.get("/admin/users"))
    assert "somebody@example.org 127.0.0.0/24 5" in page
    with time_machine.travel(now() + timedelta(seconds=61)):
        assert log_in(person).status_code == 302


def test_an_address_without_account_is_slowed_alike(app: Flask, admin: Person) -> None:
    stranger = Person(app, "nobody@example.org", app.test_client())
    assert fail(stranger, lockout.MOST + 1) == [200] * lockout.MOST + [429]
    page = words_of(admin.get("/admin/users"))
    assert "Addresses without an account 127.0.0.0/24 5" in page
    assert "nobody@example.org" not in page


def test_an_old_failure_is_forgotten(app: Flask) -> None:
    person = newcomer(app)
    fail(person, 1)
    with time_machine.travel(now() + lockout.KEPT + timedelta(days=1)):
        fail(person, 1)
        with reading(app):
            [kept] = lockout.failures(now() - 2 * lockout.KEPT)
            assert kept.times == 1


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_network_is_what_one_subscriber_has(address: str | None, network: str) -> None:
    assert lockout.network_of(address) == network


def test_log_ins_are_in_the_history(app: Flask) -> None:
    person = newcomer(app)
    fail(person, lockout.MOST)
    with time_machine.travel(now() + timedelta(minutes=2)):
        log_in(person)
        person.post("/logout")
    with reading(app):
        told = db.session.scalars(select(HistoryEvent.name).order_by(HistoryEvent.position)).all()
    assert told[-3:] == ["user.slowed", "user.logged_in", "user.logged_out"]


def test_a_changed_role_is_what_the_next_log_in_has(staff: Person, admin: Person) -> None:
    change_role(admin, staff)
    assert log_in(staff).status_code == 302
    assert staff.get("/recommendations/new").status_code == 403


def test_an_account_is_opened_again(staff: Person, admin: Person) -> None:
    close_it(admin, staff)
    assert log_in(staff).status_code == 200
    assert admin.post(f"/admin/users/{staff.viewer.user_id}/open").status_code == 303
    assert log_in(staff).status_code == 302


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"role": "staff"}, "Nothing is changed"),
        ({"role": "queen"}, "Choose one from the list"),
        ({"role": "partner", "organisation": "999999"}, "Choose one from the list"),
        ({"role": "partner", "organisation": "x" * 5000}, "Choose one from the list"),
    ],
)
def test_a_change_that_is_none_is_told_at_its_field(
    staff: Person, admin: Person, sent: dict[str, str], said: str
) -> None:
    whole = {"organisation": str(staff.viewer.organisation_id), **sent}
    answer = admin.post(f"/admin/users/{staff.viewer.user_id}", whole)
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert is_in(staff)


def test_an_admin_neither_closes_nor_changes_the_own_account(admin: Person) -> None:
    own = f"/admin/users/{admin.viewer.user_id}"
    assert "your own account" in words_of(admin.get(own))
    sent = {"role": "staff", "organisation": str(admin.viewer.organisation_id)}
    assert admin.post(own, sent).status_code == 422
    assert admin.post(f"{own}/close").status_code == 422
    assert is_in(admin)


def test_the_last_admin_stays(app: Flask, admin: Person) -> None:
    with app.app_context():
        user = account_of(admin)
        with pytest.raises(Exception, match="only admin"):
            actions.disable_user(user)
        with pytest.raises(Exception, match="only admin"):
            actions.change_user(user, Role.STAFF, user.organisation)
        db.session.rollback()


def test_an_account_that_is_not_there_is_a_page_that_is_not_there(admin: Person) -> None:
    assert admin.get("/admin/users/999999999").status_code == 404
    assert admin.post("/admin/users/999999999/close").status_code == 404


LATER = timedelta(minutes=16)


def confirm(person: Person, password: str = PASSWORD, where: str = "") -> TestResponse:
    return person.post(f"/account/confirm{where}", {"password": password})


def test_changing_an_account_asks_for_the_password_again_after_a_while(
    staff: Person, admin: Person
) -> None:
    theirs = f"/admin/users/{staff.viewer.user_id}"
    with time_machine.travel(now() + LATER):
        asked = admin.get(theirs)
        assert asked.status_code == 302
        assert asked.headers["Location"] == f"/account/confirm?next={theirs}"
        sent = {"role": "partner", "organisation": str(staff.viewer.organisation_id)}
        stale = admin.post(theirs, sent)
        assert stale.status_code == 401
        assert "Confirm that it is you" in words_of(stale)
        assert 'name="role" aria-hidden="true">\npartner<' in stale.text
        assert is_in(staff)
        answer = confirm(admin, where=f"?next={theirs}")
        assert (answer.status_code, answer.headers["Location"]) == (303, theirs)
        assert admin.get(theirs).status_code == 200
        assert admin.post(theirs, sent).status_code == 303
    with time_machine.travel(now() + 2 * LATER):
        assert admin.get(theirs).status_code == 302


def test_confirming_takes_the_right_password_alone_and_is_slowed_as_logging_in_is(
    staff: Person,
) -> None:
    assert confirm(staff, "").status_code == 422
    assert confirm(staff, "x" * 2000).status_code == 422
    for _ in range(lockout.MOST):
        assert "not your password" in words_of(confirm(staff, "a wrong password"))
    assert "five times within a minute" in words_of(confirm(staff))
    assert log_in(Person(staff.app, staff.email, staff.app.test_client())).status_code == 429
    with time_machine.travel(now() + timedelta(seconds=61)):
        assert "Confirmed" in words_of(confirm(staff))


def test_confirming_leads_to_no_other_site(staff: Person) -> None:
    assert confirm(staff, where="?next=//evil.example").status_code == 400


def test_widening_asks_again_and_narrowing_does_not(staff: Person, partner: Person) -> None:
    with writing(staff.app):
        case = record_case(staff.viewer, Audience.COALITION)
    page = f"/recommendations/{case.ask}/audience"
    published = {"audience": "public", "together": [case.source, case.letter]}

    def shared(typed: Typed) -> TestResponse:
        return Sitting(staff, page).type(typed).send()

    with time_machine.travel(now() + LATER):
        wider = shared({**published, "reason": "It is published."})
        assert wider.status_code == 401
        assert "It is published." in wider.text
        narrower = {"audience": "organisation", "reason": "Somebody is in danger."}
        assert shared(narrower).status_code == 303
        named = {"audience": "named", "people": partner.email, "reason": "For one."}
        assert shared(named).status_code == 401
        again = {"audience": "coalition", "reason": "It is over."}
        assert shared(again).status_code == 401
        assert confirm(staff).status_code == 200
        assert shared(again).status_code == 303


@pytest.mark.parametrize("typed", ["x\x00y", "\ud800", "\u202e", "' or 1=1 --"])
def test_confirming_takes_no_harm_from_what_is_typed(staff: Person, typed: str) -> None:
    body = {"csrf_token": staff.token(), "password": typed.encode("utf-8", "surrogatepass")}
    answer = staff.client.post("/account/confirm", data=urlencode(body), content_type=FORM)
    assert answer.status_code in (400, 415, 422)


NEW = "seven quiet herons paint"


def change(person: Person, new: str, again: str | None = None) -> TestResponse:
    return person.post(
        "/account/password", {"password": new, "again": new if again is None else again}
    )


def test_a_new_password_ends_every_other_log_in_and_the_old_one_opens_nothing(
    staff: Person,
) -> None:
    other = beside(staff)
    assert change(staff, NEW).status_code == 303
    assert is_in(staff)
    assert not is_in(other)
    assert log_in(other).status_code == 200
    assert log_in(other, NEW).status_code == 302


def test_a_password_is_changed_by_who_gave_the_old_one_of_late(staff: Person) -> None:
    with time_machine.travel(now() + LATER):
        assert change(staff, NEW).status_code == 401
        assert "/account/confirm" in staff.get("/account/password").headers["Location"]
    assert log_in(Person(staff.app, staff.email, staff.app.test_client())).status_code == 302


@pytest.mark.parametrize(
    ("new", "again", "said"),
    [
        ("", None, "Type a new password"),
        ("14 characters.", None, "15 characters or more"),
        ("x" * 1001, None, "at most 1000 characters"),
        ("passwordpassword", None, "soon guessed"),
        ("qwertyuiopasdfgh", None, "soon guessed"),
        ("Password12345678", None, "soon guessed"),
        ("staffstaffstaffstaff", None, "soon guessed"),
        ("seven quiet \x00 herons", None, "no keyboard types"),
        (NEW, f"{NEW}s", "The two differ"),
        (NEW, "", "The two differ"),
    ],
)
def test_a_bad_password_is_told_at_its_field(
    staff: Person, new: str, again: str | None, said: str
) -> None:
    answer = change(staff, new, again)
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert "nothing you typed is lost" not in words_of(answer)  # the fields come back empty
    assert log_in(Person(staff.app, staff.email, staff.app.test_client())).status_code == 302


def test_no_signed_token_stands_for_anybody(app: Flask, staff: Person) -> None:
    with reading(app):
        token = account_of(staff).get_auth_token()
    stranger = app.test_client()
    asked: list[dict[str, Any]] = [
        {"headers": {"Authentication-Token": token}},
        {"query_string": {"auth_token": token}},
        {"json": {"auth_token": token}},
        {"auth": (staff.email, PASSWORD)},
    ]
    for given in asked:
        answer = stranger.get("/account", **given)
        assert answer.status_code == 302
        assert "/login" in answer.headers["Location"]


def test_only_the_form_logs_anybody_in(app: Flask, staff: Person, anonymous: Person) -> None:
    token = token_on(anonymous.get("/login"))
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    sent = {"email": staff.email, "password": PASSWORD}
    with nothing_changes(app):
        answer = anonymous.client.post("/login?include_auth_token", json=sent, headers=headers)
    assert answer.status_code == 415
    form = {**sent, "csrf_token": token}
    answer = anonymous.client.post("/login?include_auth_token", data=form, headers=headers)
    assert answer.status_code == 302
    assert "authentication_token" not in answer.text


@pytest.mark.parametrize("proxies", [0, 1])
def test_behind_a_proxy_each_comes_from_the_own_network(
    app: Flask, staff: Person, proxies: int
) -> None:
    other = create_app(replace(app.extensions["tracker.settings"], proxies=proxies))
    stranger, owner = (Person(other, staff.email, other.test_client()) for _ in range(2))
    # what a client claims itself comes before what the proxy adds
    here: dict[str, Any] = {"headers": {"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}}
    there: dict[str, Any] = {"headers": {"X-Forwarded-For": "198.51.100.7, 192.0.2.33"}}
    for _ in range(5):
        assert log_in(stranger, "not the password at all", **here).status_code == 200
    assert log_in(stranger, **here).status_code == 429
    assert log_in(owner, **there).status_code == (302 if proxies else 429)
    with other.app_context():
        db.engine.dispose()
