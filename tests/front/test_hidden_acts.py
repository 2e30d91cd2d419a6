"""No act gives what was not shown to be given, and none leaves behind what is over."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from tests.front.support import (
    Sitting,
    asks_on,
    further_ask,
    links,
    record_contact,
    record_draft,
    record_letter,
    rows,
    save,
    share,
    where,
)
from tests.front.test_hidden_changes import Case, case, clock
from tests.front.test_hidden_words import (
    LISTED,
    MADE,
    _contacts,
    _move,
    _of,
    outcome_on_a_hidden_duplicate,
)
from tests.front.test_merging import ask_about, merge
from tests.front.test_merging import target as record_target
from tests.front.test_notices import box, go_out
from tests.front.test_section_1263d import _typed
from tests.inside.mail_server import Letterbox
from tests.inside.samples import ask_of
from tests.support.people import Person, arrive, be_logged_in, words_of
from tracker.accounts.permissions import Role
from tracker.casework.actions.settle import settle
from tracker.core.db import transaction

__all__ = ["box", "case", "clock"]


# ---- sources


def _two_asks(person: Person) -> tuple[str, str, str]:
    cited = {"sources-0-title": "Notes of a talk"}
    one = record_draft(person, {"title": "One", **cited})
    two = record_draft(person, {"title": "Two", "targets-0-name": "Another", **cited})
    (path,) = {p for p in links(person.get(one)) if p.startswith("/sources/S-")}
    return one, two, path


def test_what_a_hidden_ask_cites_is_not_widened_by_who_kept_it(
    clock: time_machine.Traveller, staff: Person, colleague: Person, partner: Person
) -> None:
    one, two, path = _two_asks(colleague)
    share(colleague, path, "named")
    clock.shift(timedelta(minutes=1))
    share(staff, one, "named")
    share(colleague, two, "named", people=partner.email)
    typed = {"audience": "named", "people": partner.email, "reason": "For a partner."}
    Sitting(colleague, f"{path}/audience").type(typed).send()
    assert partner.get(path).status_code == 404


def test_a_source_follows_one_ask_also_where_it_keeps_clear_of_another(
    clock: time_machine.Traveller, staff: Person, colleague: Person
) -> None:
    third = arrive(staff.app, "third@example.org", Role.STAFF, "Highland Group")
    one, two, path = _two_asks(colleague)
    share(colleague, path, "named", people=third.email)
    for person, ask in ((staff, one), (colleague, two)):
        clock.shift(timedelta(minutes=1))
        share(person, ask, "named")
    assert third.get(two).status_code == 404
    assert "Notes of a talk" in words_of(colleague.get(two))
    assert third.get(path).status_code == 404


# ---- what is shown before it is shared


def _contact_of_two(staff: Person, people: str) -> tuple[str, str]:
    letter = record_letter(staff, further_ask(1, "A second ask", "Another"))
    one, two = asks_on(staff.get(letter))
    share(staff, one, "named", people=people)
    both = [_of(one), _of(two)]
    record_contact(staff, one, "acknowledgement", "2024-01-10", asks=both, summary="Canary words")
    return one, two


def _preview(person: Person, path: str, **typed: str) -> str:
    form = Sitting(person, f"{path}/audience").type({**typed, "reason": "For them."})
    return words_of(form.send_once())


def test_what_opens_to_somebody_who_is_named_elsewhere_is_shown_before(
    clock: time_machine.Traveller, staff: Person, partner: Person
) -> None:
    one, two = _contact_of_two(staff, partner.email)
    assert "Canary" not in words_of(partner.get(one))
    assert "Canary" in _preview(staff, two, audience="coalition")
    share(staff, two)
    assert "Canary" in words_of(partner.get(one))


def test_what_opens_to_one_of_several_named_people_is_shown_before(
    clock: time_machine.Traveller, staff: Person, partner: Person
) -> None:
    third = arrive(staff.app, "third@example.org", Role.PARTNER, "Third Group")
    _, two = _contact_of_two(staff, third.email)
    both = f"{partner.email}\n{third.email}"
    assert "Canary" in _preview(staff, two, audience="named", people=both)
    share(staff, two, "named", people=both)
    assert "Canary" not in words_of(partner.get(two))
    assert "Canary" in words_of(third.get(two))


def test_the_outcomes_that_open_with_a_target_are_shown_before(
    clock: time_machine.Traveller, staff: Person, partner: Person
) -> None:
    hidden = record_target(staff, "Adam the Hidden")
    ask = ask_about(staff, hidden, "Sanction him")
    share(staff, ask, "named", people=partner.email)
    save(staff, f"{ask}/status", {"to": "submitted", "on": "2024-06-03"})
    typed = {**LISTED, "target": _of(hidden), "citation": "89 FR 1", "note": "Canary words"}
    Sitting(staff, f"{ask}/outcomes/new").type(typed).save()
    assert "Canary" not in words_of(partner.get(ask))
    assert "Canary" in _preview(staff, hidden, audience="coalition")
    share(staff, hidden)
    assert "Canary" in words_of(partner.get(ask))


def test_a_target_is_shown_by_the_name_that_the_new_readers_will_see(
    clock: time_machine.Traveller, staff: Person
) -> None:
    duplicate, stands = record_target(staff, "Adam the Second"), record_target(staff, "Adam")
    ask = ask_about(staff, duplicate, "Sanction him")
    share(staff, duplicate)
    merge(staff, duplicate, stands)
    shown = _preview(staff, ask, audience="coalition")
    assert "Targets Adam the Second" in shown


def test_taking_back_gives_no_tag_to_who_came_since(
    clock: time_machine.Traveller, staff: Person, partner: Person
) -> None:
    ask = record_draft(staff)
    path = f"/recommendations/bulk?ask={_of(ask)}"
    Sitting(staff, path).type({"add_tags": "canary"}).press("preview").save()
    form = Sitting(staff, path).type({"remove_tags": "canary", "add_tags": "urgent"})
    done = where(form.press("preview").send())
    clock.shift(timedelta(minutes=1))
    share(staff, ask)
    page = save(staff, done, {})
    assert "tags that were taken off stay off" in words_of(page)
    assert "canary" not in words_of(partner.get(ask))
    assert "urgent" not in words_of(partner.get(ask))


# ---- looking back, and people


def test_an_outcome_on_what_was_a_hidden_duplicate_is_not_seen_by_looking_back(
    clock: time_machine.Traveller, staff: Person, partner: Person
) -> None:
    ask, duplicate, path = outcome_on_a_hidden_duplicate(staff)
    past = f"{ask}?as_of=2024-06-03&known_at=2024-06-03"
    clock.shift(timedelta(days=1))
    be_logged_in(staff)
    save(staff, path, {"reason": "Another person."})
    clock.shift(timedelta(days=1))
    be_logged_in(staff)
    share(staff, duplicate)
    be_logged_in(partner)
    assert "Listed as asked" not in words_of(partner.get(past))


@pytest.mark.parametrize(
    "houses",
    [("Lowland Group", "Partner Group"), ("Lowland Group", "Highland Group")],
    ids=["on", "back"],
)
def test_who_moved_twice_is_told_to_have_been_nowhere_else(
    clock: time_machine.Traveller,
    staff: Person,
    other_staff: Person,
    partner: Person,
    houses: tuple[str, ...],
) -> None:
    ask = record_draft(staff)
    share(staff, ask)
    for house in houses:
        clock.shift(timedelta(minutes=1))
        _move(staff, house, Role.STAFF)
    for person in (partner, other_staff):
        text = words_of(person.get(f"{ask}/history"))
        assert "Somebody who has moved since" in text
        assert "Somebody at Lowland" not in text
        assert "shared Staff" not in text


def test_whom_an_ask_was_given_to_is_named_to_their_colleagues_of_then(
    clock: time_machine.Traveller, staff: Person, colleague: Person, other_staff: Person
) -> None:
    ask = record_draft(staff)
    who = str(staff.viewer.user_id)
    save(staff, f"{ask}/next", {"next_action": "Call", "assignee": who})
    clock.shift(timedelta(minutes=1))
    _move(staff, "Lowland Group", Role.STAFF)
    text = words_of(colleague.get(f"{ask}/history"))
    assert "Assigned to Staff" in text
    assert "Lowland" not in text


# ---- what follows


def test_a_letter_that_did_not_go_out_stops_the_clocks_of_all_its_asks(
    clock: time_machine.Traveller, staff: Person, colleague: Person
) -> None:
    law = {"instrument": "global_magnitsky", "ground": str(MADE.ground)}
    more: dict[str, Any] = dict(further_ask(1, "The hidden one", "Another", **law))
    more["asks-1-asked_of"] = [str(number) for number in range(len(MADE.to))]
    unsent: dict[str, Any] = {
        "sent_on": "",
        "is_sent": None,
        "received_on": "",
        "received_proof": "",
    }
    letter = where(_typed(staff, MADE, title="Both", **unsent, **more).send())
    shown, hidden = asks_on(staff.get(letter))
    share(staff, hidden, "named")
    day = {"sent_on": "2018-10-10", "received_on": "2018-10-10", "received_proof": "Stamped"}
    save(colleague, f"{letter}/receipt", day)
    (void,) = _contacts(colleague, shown)
    save(colleague, void, {"reason": "It did not go out."})
    before = words_of(staff.get(f"{hidden}/clocks"))
    with staff.app.app_context(), transaction():
        settle([ask_of(staff.viewer, _of(hidden))])
    assert before == words_of(staff.get(f"{hidden}/clocks"))


def test_the_clocks_of_a_letter_that_supplements_nothing_any_more_follow_at_once(
    clock: time_machine.Traveller, staff: Person, colleague: Person
) -> None:
    letters = []
    for number in (1, 2, 3):
        source = {"sources-0-url": f"https://example.org/{number}", "sources-0-title": "A text"}
        ask = {"asks-0-targets-0-name": f"Person {number}", "asks-0-title": f"Ask {number}"}
        more = {"title": f"Letter {number}", "received_proof": "Stamped", **source, **ask}
        letters.append(where(_typed(staff, MADE, **more).send()))
    one, hidden, three = letters
    save(staff, f"{hidden}/receipt", {"supplements": _of(three)})
    save(staff, f"{one}/receipt", {"supplements": _of(hidden)})
    (path,) = asks_on(staff.get(one))
    assert "it supplements the request" in words_of(staff.get(f"{path}/clocks"))
    for each in (hidden, *asks_on(staff.get(hidden))):
        share(staff, each, "named")
    save(colleague, f"{three}/receipt", {"supplements": _of(one)})
    assert "it supplements the request" not in words_of(staff.get(f"{path}/clocks"))


def test_what_is_due_is_noted_for_nobody_who_does_not_see_it(
    case: Case, partner: Person, admin: Person, box: Letterbox
) -> None:
    share(case.staff, case.hidden, "named")

    def told() -> set[str]:
        return {row["Counts"] for row in rows(admin.get("/admin/jobs"), "ledger")}

    for _ in range(2):
        go_out(partner.app, box)
    known = told()
    case.wait()
    who = str(case.colleague.viewer.user_id)
    plan = {"assignee": who, "next_action": "Call", "next_action_on": "2024-06-03"}
    save(case.staff, f"{case.hidden}/next", plan)
    assert case.colleague.get(case.hidden).status_code == 404
    assert go_out(partner.app, box) == []
    assert told() == known
