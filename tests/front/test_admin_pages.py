"""Organisations and settings: for admins, and without anybody's records or secrets."""

import pytest
from flask import Flask

from tests.front.support import assert_problems, facts_of, nothing_changes, rows
from tests.support.people import Person, words_of


def test_an_organisation_is_added_and_counted(
    admin: Person, staff: Person, partner: Person
) -> None:
    answer = admin.post("/admin/organisations", {"name": "  A new   group བོད "})
    assert answer.status_code == 303
    found = {row[""]: row for row in rows(admin.get("/admin/organisations"))}
    assert found["A new group བོད"]["Open accounts"] == "0"
    assert found["Highland Group"]["Open accounts"] == "2"
    assert found["Highland Group"]["Who edit"] == "2"
    assert found["Partner Group"]["Who edit"] == "0"
    invited = {"email": "n@example.org", "role": "staff"}
    assert "A new group" in admin.get("/admin/users/invite").text
    assert admin.post("/admin/users/invite", invited).status_code == 422


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "1 to 120"),
        ("x" * 121, "1 to 120"),
        ("Highland Group", "already"),
        ("a\x00b", "control character"),
    ],
)
def test_a_name_that_cannot_be_is_told(app: Flask, admin: Person, name: str, said: str) -> None:
    with nothing_changes(app):
        page = admin.post("/admin/organisations", {"name": name})
    assert_problems(page, {"name": said})


def test_the_settings_are_shown_without_their_secrets(app: Flask, admin: Person) -> None:
    page = words_of(admin.get("/admin/settings"))
    assert "TRACKER_REQUIRE_MFA none" in page
    assert app.extensions["tracker.settings"].secret_key not in page
    assert "TRACKER_SECRET_KEY ********" in page


def test_the_settings_say_how_long_what_is_kept(admin: Person) -> None:
    facts = facts_of(admin.get("/admin/settings"))
    kept = {what: said for what, said in facts.items() if not what.startswith("TRACKER_")}
    assert kept == {
        "A log-in after its last use": "12 hours",
        "A log-in in all": "7 days",
        "Failed log-ins": "30 days",
        "An open invitation": "7 days",
        "Invitations that are over": "90 days",
        "That a mail was sent; its text goes at once": "90 days",
        "Runs of the jobs that run every few minutes": "2 days",
        "Nightly backups": "14 days; after a pause as many of before",
        "Records and their history": "until they are erased",
    }


@pytest.mark.parametrize("path", ["/admin/organisations", "/admin/settings", "/admin/mail"])
def test_they_are_for_admins(staff: Person, partner: Person, path: str) -> None:
    assert staff.get(path).status_code == 403
    assert partner.get(path).status_code == 403
