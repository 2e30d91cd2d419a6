"""Bodies and who holds their offices, as an admin keeps them."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from tests.front.support import (
    Sitting,
    assert_problems,
    links,
    nothing_changes,
    record_ask,
    rows,
    save,
    send,
    travel,
)
from tests.support.people import Person, words_of
from tracker.core.db import db
from tracker.history.models import HistoryPayload

STATE = "/agencies/state/offices"


def holders(person: Person, body: str = "state") -> list[tuple[str, str, str]]:
    """Who held the offices of a body, as its page says."""
    found = rows(person.get(f"/agencies/{body}"))
    return [(row[""], row["From"], row["Until"]) for row in found if "Until" in row]


def test_a_new_holder_is_entered_and_letters_go_to_them(
    staff: Person, admin: Person, on_day: Callable[[str], None]
) -> None:
    ask = record_ask(staff, {"addressees-0-official": "Antony J. Blinken"})
    travel(on_day, "2026-11-30", staff, admin)
    save(
        admin,
        STATE,
        {"office": "secretary of state", "name": "Jane Q. Doe", "held_from": "2026-11-02"},
    )
    assert holders(staff)[:2] == [
        ("Jane Q. Doe", "2 Nov 2026", "in office"),
        ("Marco Rubio", "21 Jan 2025", "2 Nov 2026"),
    ]
    letter = Sitting(staff, f"{ask}/follow-up?agency=state")
    assert letter.fields["sent_text"][0].startswith("Jane Q. Doe\nSecretary of State\n")
    assert "\nDear Secretary Doe,\n" in letter.fields["sent_text"][0]
    offered = staff.get("/agencies/suggest?q=doe").get_json()
    assert [hit["official"] for hit in offered] == ["Jane Q. Doe"]


def test_an_office_that_had_no_holder_gets_one(staff: Person, admin: Person) -> None:
    new = {"office": "National Security Adviser", "name": "A person", "held_from": "2025-05-01"}
    save(admin, "/agencies/president/offices", new)
    assert ("A person", "1 May 2025", "in office") in holders(staff, "president")


@pytest.mark.parametrize(
    ("typed", "problems"),
    [
        ({"held_from": "2024-02-01"}, {"held_from": "Antony J. Blinken is on record from"}),
        ({"held_from": "2021-01-26"}, {"held_from": "Antony J. Blinken is on record from"}),
        (
            {"held_from": "2025-03-01", "held_until": "2025-03-10"},
            {"held_from": "Marco Rubio is on record from 21 Jan 2025, and holds it."},
        ),
        (
            {"held_from": "2023-05-05", "held_until": "2023-05-05"},
            {"held_from": "Antony J. Blinken is on record from"},
        ),
        ({"held_until": "2024-01-01"}, {"held_until": "Give a day from 1 Dec 2025 on"}),
        ({"held_from": "2025"}, {"held_from": "Give the full day"}),
        ({"held_from": ""}, {"held_from": "Give the first day in office."}),
        ({"held_from": "2150-01-01"}, {"held_from": "This day has not come yet"}),
        ({"name": "—"}, {"name": "Write the name with letters"}),
        ({"name": "", "office": ""}, {"name": "Write the name.", "office": "Write the title"}),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    admin: Person, typed: dict[str, str], problems: dict[str, str]
) -> None:
    good = {"office": "Secretary of State", "name": "Somebody", "held_from": "2025-12-01"}
    with nothing_changes(admin.app):
        assert_problems(send(admin, STATE, {**good, **typed}), problems)


def test_a_holder_is_corrected_and_one_entered_in_error_taken_off(admin: Person) -> None:
    save(admin, STATE, {"office": "Spokesperson", "name": "Somebdy", "held_from": "2025-12-01"})
    (path,) = {
        link
        for link in links(admin.get(STATE))
        if link.startswith(f"{STATE}/") and "Somebdy" in words_of(admin.get(link))
    } - {link for link in links(admin.get(STATE)) if link.endswith("/remove")}
    save(admin, path, {"name": "Somebody", "held_until": "2025-12-05"})
    assert ("Somebody", "1 Dec 2025", "5 Dec 2025") in holders(admin)
    with nothing_changes(admin.app):
        save(admin, path, {})
        assert_problems(send(admin, f"{path}/remove", {}), {"reason": "Say in a sentence"})
    save(admin, f"{path}/remove", {"reason": "It was another body's."})
    assert "Spokesperson" not in words_of(admin.get(STATE)), "a title without a holder goes too"
    assert "Somebody" not in words_of(admin.get("/agencies/state"))
    assert admin.get(path).status_code == 404
    assert admin.get(path.replace("state", "commerce")).status_code == 404


def test_a_body_is_renamed_and_still_found_by_the_name_before(staff: Person, admin: Person) -> None:
    new = {"name": "U.S. Department of Trade", "short_name": "Trade"}
    save(admin, "/agencies/commerce/names", new)
    assert "U.S. Department of Trade" in words_of(staff.get("/agencies"))
    found = staff.get("/agencies/suggest?q=Commerce").get_json()
    assert "U.S. Department of Trade" in [hit["value"] for hit in found]
    record_ask(staff, {"addressees-0-agency": "U.S. Department of Commerce"})
    with nothing_changes(admin.app):
        save(admin, "/agencies/commerce/names", new)
        answer = send(admin, "/agencies/commerce/names", {"name": "Treasury Department"})
        assert_problems(answer, {"name": "There is a body of that name already"})


def test_only_an_admin_keeps_offices_and_names(staff: Person, partner: Person) -> None:
    paths = (STATE, "/agencies/state/names", f"{STATE}/1", f"{STATE}/1/remove")
    for person in (staff, partner):
        assert not set(paths) & set(links(person.get("/agencies/state")))
        for path in paths:
            assert person.get(path).status_code == 403, path


def test_who_held_an_office_for_a_while_stands_between_the_others(admin: Person) -> None:
    between = {"office": "Secretary of State", "name": "An acting one"}
    save(admin, STATE, {**between, "held_from": "2018-03-31", "held_until": "2018-04-26"})
    assert holders(admin)[-3:] == [
        ("Michael R. Pompeo", "26 Apr 2018", "20 Jan 2021"),
        ("An acting one", "31 Mar 2018", "26 Apr 2018"),
        ("Rex Tillerson", "1 Feb 2017", "31 Mar 2018"),
    ]


def test_the_history_says_of_both_that_one_followed_the_other(admin: Person) -> None:
    new = {"office": "Secretary of State", "name": "Jane Q. Doe", "held_from": "2026-01-02"}
    save(admin, STATE, new)
    with admin.app.app_context():
        bodies = db.session.scalars(select(HistoryPayload.body)).all()
    assert any('"held_until":"2026-01-02"' in body and "Marco Rubio" in body for body in bodies)
