"""Joining: by invitation alone, once, in time, and with the address that was invited."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.front.support import nothing_changes
from tests.inside.samples import reading
from tests.support.people import Person, log_in, token_on, words_of
from tracker.accounts import queries
from tracker.accounts.models import Invitation
from tracker.core.db import db
from tracker.core.now import now, today
from tracker.history.models import HistoryEvent
from tracker.jobs import runner
from tracker.notifications import pruning
from tracker.notifications.models import Mail

NEW = "seven quiet herons paint"
WHO = "newcomer@example.org"


def invite(admin: Person, email: str = WHO, **more: str) -> tuple[TestResponse, str]:
    sent = {"email": email, "role": "staff", "organisation": str(admin.viewer.organisation_id)}
    page = admin.post("/admin/users/invite", {**sent, **more})
    code = re.search(r"[0-9a-z]{4}(?:-[0-9a-z]{4}){5}", words_of(page))
    return page, code[0] if code else ""


def join(app: Flask, code: str, **more: str) -> TestResponse:
    client = app.test_client()
    sent = {"email": WHO, "code": code, "name": "A newcomer", "password": NEW, "again": NEW}
    sent["csrf_token"] = token_on(client.get("/join"))
    return client.post("/join", data={**sent, **more})


def test_who_is_invited_joins_once(app: Flask, admin: Person) -> None:
    page, code = invite(admin)
    assert page.status_code == 200
    assert WHO in words_of(admin.get("/admin/users"))
    answer = join(app, code.upper().replace("-", " "), email=WHO.upper())
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    person = Person(app, WHO, app.test_client())
    assert log_in(person, NEW).status_code == 302
    assert person.get("/recommendations/new").status_code == 200
    assert "Highland Group" in words_of(person.get("/account"))
    again = join(app, code)
    assert again.status_code == 422
    assert "No open invitation" in words_of(again)
    with reading(app):
        told = db.session.scalars(select(HistoryEvent.name).order_by(HistoryEvent.position)).all()
    assert [n for n in told if "user.l" not in n][-3:] == [
        "user.invited",
        "user.added",
        "user.joined",
    ]


def test_the_mail_holds_a_path_and_a_code_and_no_link_that_logs_in(
    app: Flask, admin: Person
) -> None:
    _, code = invite(admin)
    with reading(app):
        mail = db.session.scalars(select(Mail)).one()
        invitation = db.session.scalars(select(Invitation)).one()
        assert mail.recipient == WHO
        assert code in mail.body
        [address] = re.findall(r"https?://\S+", mail.body)
        assert address.endswith("/join")
        assert code not in (invitation.digest, mail.subject)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"email": "somebody.else@example.org"}, "code"),
        ({"code": "0000-0000-0000-0000-0000-0000"}, "code"),
        ({"code": ""}, "code"),
        ({"email": ""}, "code"),
        ({"password": "short", "again": "short"}, "password"),
        ({"password": "passwordpassword", "again": "passwordpassword"}, "password"),
        ({"again": "another one of them"}, "again"),
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_the_invitation_stays_good(
    app: Flask, admin: Person, changed: dict[str, str], field: str
) -> None:
    _, code = invite(admin)
    with nothing_changes(app, "login_failures"):
        answer = join(app, **{"code": code, **changed})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert NEW not in answer.text
    assert join(app, code).status_code == 303


@pytest.mark.parametrize(
    "typed", [{"code": "x\x00y"}, {"email": "\u202ea@b.org"}, {"name": "\ud800"}, {"name": "a\x00"}]
)
def test_joining_takes_no_harm_from_what_is_typed(
    app: Flask, admin: Person, typed: dict[str, str]
) -> None:
    _, code = invite(admin)
    client = app.test_client()
    sent = {"email": WHO, "code": code, "name": "A newcomer", "password": NEW, "again": NEW}
    sent |= {"csrf_token": token_on(client.get("/join")), **typed}
    body = urlencode({k: v.encode("utf-8", "surrogatepass") for k, v in sent.items()})
    answer = client.post("/join", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (400, 422)


def test_a_code_is_good_for_seven_days(app: Flask, admin: Person) -> None:
    _, code = invite(admin)
    with time_machine.travel(now() + timedelta(days=7, minutes=1)):
        assert join(app, code).status_code == 422
    with time_machine.travel(now() + timedelta(days=6, hours=23)):
        assert join(app, code).status_code == 303


def test_a_second_invitation_makes_the_first_void(app: Flask, admin: Person) -> None:
    _, first = invite(admin)
    _, second = invite(admin, WHO.upper())
    assert join(app, first).status_code == 422
    assert join(app, second).status_code == 303


def test_an_invitation_is_withdrawn(app: Flask, admin: Person) -> None:
    _, code = invite(admin)
    with reading(app):
        key = db.session.scalars(select(Invitation.id)).one()
    assert admin.post(f"/admin/users/invitations/{key}/withdraw").status_code == 303
    assert join(app, code).status_code == 422
    assert "over already" in words_of(
        admin.client.get(admin.post(f"/admin/users/invitations/{key}/withdraw").headers["Location"])
    )


def test_wrong_codes_are_slowed_as_wrong_passwords_are(app: Flask, admin: Person) -> None:
    _, code = invite(admin)
    for _ in range(5):
        join(app, "0000-0000-0000-0000-0000-0000")
    assert "five times within a minute" in words_of(join(app, code))
    with time_machine.travel(now() + timedelta(seconds=61)):
        assert join(app, code).status_code == 303


def test_nobody_learns_who_has_an_account_or_an_invitation(
    app: Flask, admin: Person, staff: Person
) -> None:
    invite(admin)
    answers = set()
    for email in (WHO, staff.email, "nobody@example.org"):
        answer = join(app, "0000-0000-0000-0000-0000-0000", email=email)
        answers.add((answer.status_code, words_of(answer)))
    assert len(answers) == 1


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"email": "no address"}, "is not an e-mail address"),
        ({"email": ""}, "is not an e-mail address"),
        ({"email": "staff@example.org"}, "There is an account"),
        ({"role": "queen"}, "Choose one from the list"),
        ({"organisation": "999999"}, "Choose one from the list"),
        ({"email": "x" * 5000 + "@example.org"}, "is not an e-mail address"),
    ],
)
def test_an_invitation_that_cannot_be_is_told_at_its_field(
    app: Flask, admin: Person, staff: Person, sent: dict[str, str], said: str
) -> None:
    with nothing_changes(app):
        page, code = invite(admin, **sent)
    assert page.status_code == 422
    assert said in words_of(page)
    assert not code


def test_inviting_is_for_admins_who_gave_the_password_of_late(admin: Person, staff: Person) -> None:
    assert staff.get("/admin/users/invite").status_code == 403
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert invite(admin)[0].status_code == 401


def test_who_joined_belongs_where_they_were_invited(
    app: Flask, admin: Person, other_staff: Person
) -> None:
    _, code = invite(admin, role="partner", organisation=str(other_staff.viewer.organisation_id))
    assert join(app, code).status_code == 303
    with reading(app):
        user = queries.user_by_email(WHO)
        assert user is not None
        assert (user.role, user.organisation.name) == ("partner", "Lowland Group")


def test_the_code_of_an_invitation_that_is_over_waits_in_no_mail(app: Flask, admin: Person) -> None:
    _, void = invite(admin)
    _, standing = invite(admin)
    with app.app_context():
        figures = runner.run_by_hand(pruning.JOB, today(), dry_run=False).figures
    assert figures["mails_of_invitations"] == 1
    with reading(app):
        bodies = "".join(db.session.scalars(select(Mail.body)))
        told = db.session.scalars(select(HistoryEvent.name)).all()
    assert void not in bodies
    assert standing in bodies
    assert told.count("user.invitation_withdrawn") == 1
