"""What is kept from a reader is told nowhere on what they see: no reason, no day, no count, and no
companion."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask

from tests.front.support import (
    Sitting,
    asks_on,
    facts_of,
    further_ask,
    links,
    options,
    record_contact,
    record_draft,
    record_letter,
    rows,
    save,
    section,
    share,
    where,
)
from tests.front.test_hidden_changes import (
    TOKEN,
    Case,
    case,
    clock,
    contact,
    letters_by,
    outcome_void,
    target,
    token_of,
)
from tests.front.test_merging import ask_about, merge
from tests.front.test_merging import target as record_target
from tests.front.test_notices import box, choose, go_out
from tests.front.test_section_1263d import CASES, _typed
from tests.inside.mail_server import Letterbox
from tests.support.people import Person, be_logged_in, words_of
from tracker.accounts import queries as accounts
from tracker.accounts.permissions import Role
from tracker.casework import actions
from tracker.casework.listing import ORDERS
from tracker.clocks.section_1263d import UNTOLD_DAY
from tracker.core.db import transaction
from tracker.core.now import now
from tracker.web import paging

__all__ = ["box", "case", "clock"]

MADE = CASES["Corker and Menendez"]
LISTED = {"kind": "listed_as_asked", "authority": "treasury", "effective_on": "2024-06-03"}
TWO_ASKS = {"sent_on": "", "is_sent": None, **further_ask(1, "The hidden one", "Another")}


def _of(path: str) -> str:
    return path.rpartition("/")[2]


def _contacts(person: Person, ask: str) -> set[str]:
    return set(re.findall(r"/contacts/C-\w{8}/void", person.get(ask).text))


# ---- letters


def _two_requests(staff: Person) -> tuple[str, str]:
    first = where(_typed(staff, MADE, title="Sent before", received_proof="Stamped").send())
    later = {"title": "Shown", "written_on": "2018-11-11", "received_on": "2018-11-11"}
    other = {"asks-0-targets-0-name": "Another person", "asks-0-title": "Determine again"}
    second = where(_typed(staff, MADE, received_proof="Stamped", **later, **other).send())
    return first, second


@pytest.mark.parametrize("reader", ["partner", "colleague"])
def test_the_clock_in_law_tells_no_day_of_a_hidden_request(
    clock: time_machine.Traveller,
    staff: Person,
    colleague: Person,
    partner: Person,
    reader: str,
) -> None:
    first, second = _two_requests(staff)
    (ask,) = asks_on(staff.get(second))
    person = {"partner": partner, "colleague": colleague}[reader]
    save(staff, f"{second}/receipt", {"supplements": _of(first)})
    if reader == "partner":
        share(staff, ask)
        share(staff, second)
    else:
        assert "10 Oct 2018" in words_of(colleague.get(second))
        for path in (*asks_on(staff.get(first)), first):
            share(staff, path, "named")
    assert person.get(first).status_code == 404
    head = {"Authorization": f"Bearer {token_of(person)}"}
    item = person.app.test_client().get(f"/api/v1/recommendations/{_of(ask)}", headers=head)
    told = [words_of(person.get(path)) for path in (second, ask, f"{ask}/clocks")]
    for text in (*told, item.text):
        assert "10 Oct 2018" not in text
    assert f"it supplements the request of {UNTOLD_DAY}" in told[0]
    share(staff, first, "coalition" if reader == "partner" else "organisation")
    assert "it supplements the request of 10 Oct 2018" in words_of(person.get(f"{ask}/clocks"))


def test_whom_a_hidden_letter_names_is_not_told_by_the_clocks_of_its_asks(
    staff: Person, partner: Person, colleague: Person
) -> None:
    """Neither when it is shared, nor after a later change of the letter."""
    signed = {"signatories-0-role": "chair", "signatories-0-body": "A Plain Committee"}
    letter = record_letter(staff, signed)
    (ask,) = asks_on(staff.get(letter))
    for page in (staff.get(f"{ask}/clocks"), staff.get(letter)):
        assert "(it is signed for: A Plain Committee)" in words_of(page)
    share(staff, ask)
    edit = Sitting(staff, f"{letter}/edit")
    edit.type({"signatories-0-body": "A Secret Committee"}).save()
    for path in (ask, f"{ask}/clocks"):
        said = words_of(partner.get(path))
        assert "A Plain Committee" not in said
        assert "A Secret Committee" not in said
    assert "the letter does not meet its conditions" in words_of(partner.get(f"{ask}/clocks"))
    assert "(it is signed for: A Secret Committee)" in words_of(staff.get(letter))
    share(staff, letter, "named")
    assert "A Secret Committee" not in words_of(colleague.get(f"{ask}/clocks"))


def test_the_verdict_on_a_letter_tells_no_day_of_a_hidden_request(
    clock: time_machine.Traveller, staff: Person, colleague: Person
) -> None:
    first, second = _two_requests(staff)
    save(staff, f"{second}/receipt", {"supplements": _of(first)})
    for path in (*asks_on(staff.get(first)), first):
        share(staff, path, "named")
    later = {"title": "Third", "written_on": "2018-12-12", "received_on": "2018-12-12"}
    form = _typed(colleague, MADE, received_proof="Stamped", supplements=_of(second), **later)
    text = words_of(form.press("check").page)
    assert f"it supplements the request of {UNTOLD_DAY}" in text
    assert "10 Oct 2018" not in text


def test_why_a_hidden_letter_is_void_is_not_told_on_its_asks(
    clock: time_machine.Traveller, staff: Person, partner: Person
) -> None:
    letter = record_letter(staff)
    (ask,) = asks_on(staff.get(letter))
    share(staff, ask)
    save(staff, f"{letter}/void", {"reason": "Canary of the letter"})
    assert "Canary" in words_of(staff.get(letter))
    for page in (ask, f"{ask}/history"):
        assert "Canary" not in words_of(partner.get(page))


@pytest.mark.parametrize("is_beside", [False, True], ids=["alone", "beside a hidden ask"])
def test_a_letter_is_unsent_whatever_hidden_ask_went_with_it(
    clock: time_machine.Traveller, staff: Person, colleague: Person, is_beside: bool
) -> None:
    typed = TWO_ASKS if is_beside else {"sent_on": "", "is_sent": None}
    letter = record_letter(staff, typed)
    shown, *hidden = asks_on(staff.get(letter))
    for path in hidden:
        share(staff, path, "named")
    save(colleague, f"{letter}/receipt", {"sent_on": "2024-06-01"})
    (void,) = _contacts(colleague, shown)
    save(colleague, void, {"reason": "It did not go out."})
    assert facts_of(colleague.get(letter))["Sent"] == "not sent"
    pages = (letter, f"{letter}/history")
    known = [TOKEN.sub("", colleague.get(path).text) for path in pages]
    clock.shift(timedelta(minutes=1))
    for path in hidden:
        (other,) = _contacts(staff, path) - {void}
        save(staff, other, {"reason": "Neither."})
    assert [TOKEN.sub("", colleague.get(path).text) for path in pages] == known


def test_a_circle_that_somebody_closes_unseen_is_opened_where_they_do_not_see(
    clock: time_machine.Traveller, staff: Person, colleague: Person
) -> None:
    letters = one, hidden, three = letters_by(staff, staff, staff)
    save(staff, f"{hidden}/receipt", {"supplements": _of(three)})
    save(staff, f"{one}/receipt", {"supplements": _of(hidden)})
    share(staff, hidden, "named")
    save(colleague, f"{three}/receipt", {"supplements": _of(one)})
    assert _of(hidden) not in colleague.get(f"{one}/history").text
    assert _of(hidden) in staff.get(f"{one}/history").text
    for path in letters:
        save(staff, f"{path}/receipt", {"received_on": "2024-06-03", "received_proof": "Stamped"})


# ---- targets


def test_the_ledger_tells_nothing_of_a_class_that_few_see(
    clock: time_machine.Traveller, staff: Person, partner: Person
) -> None:
    group = record_target(staff, "The officials of X", kind="class")
    member = record_target(staff, "Adam")
    ask = ask_about(staff, group, "Sanction them")
    save(staff, group, {"name": _of(member)})
    save(staff, f"{ask}/status", {"to": "submitted", "on": "2024-06-03"})
    typed = {**LISTED, "citation": "89 FR 1", "target": _of(member)}
    Sitting(staff, f"{ask}/outcomes/new").type(typed).save()
    for path in (ask, member):
        share(staff, path)
    text = section(partner.get(ask), "targets")
    assert "Adam person, named by an outcome" in text
    assert "member" not in text


def outcome_on_a_hidden_duplicate(staff: Person) -> tuple[str, str, str]:
    """An ask with an outcome on a target that its other readers do not see, though they see the one
    that stands for it: the ask, the duplicate, and where the outcome is made void."""
    shown, duplicate = record_target(staff, "Adam"), record_target(staff, "Adam the Hidden")
    ask = ask_about(staff, duplicate, "Sanction both", record_target(staff, "Boris"))
    for path in (ask, shown):
        share(staff, path)
    save(staff, f"{ask}/status", {"to": "submitted", "on": "2024-06-03"})
    merge(staff, duplicate, shown)
    form = Sitting(staff, f"{ask}/outcomes/new")
    (choice,) = set(options(form.page, "target")) & {_of(shown), _of(duplicate)}
    form.type({**LISTED, "target": choice, "citation": "89 FR 1"}).save()
    (void,) = {p for p in links(staff.get(ask)) if re.search(r"/outcomes/.*void", p)}
    return ask, duplicate, void


def test_an_outcome_on_a_hidden_duplicate_is_void_without_a_trace(
    clock: time_machine.Traveller, staff: Person, partner: Person
) -> None:
    ask, _, void = outcome_on_a_hidden_duplicate(staff)
    known = TOKEN.sub("", partner.get(ask).text)
    assert "Listed as asked" not in known
    clock.shift(timedelta(minutes=1))
    save(staff, void, {"reason": "Another person."})
    assert TOKEN.sub("", partner.get(ask).text) == known


def test_an_outcome_for_a_target_that_all_see_goes_to_no_hidden_duplicate(
    clock: time_machine.Traveller, staff: Person, partner: Person
) -> None:
    duplicate, stands = record_target(staff, "Adam the Hidden"), record_target(staff, "Adam")
    ask = ask_about(staff, duplicate, "Sanction him", stands)
    for path in (ask, stands):
        share(staff, path)
    save(staff, f"{ask}/status", {"to": "submitted", "on": "2024-06-03"})
    merge(staff, duplicate, stands)
    typed = {**LISTED, "target": _of(stands), "citation": "89 FR 1"}
    Sitting(staff, f"{ask}/outcomes/new").type(typed).save()
    assert "Listed as asked" in section(partner.get(ask), "targets")


def test_a_member_by_its_duplicate_is_taken_back(
    clock: time_machine.Traveller, staff: Person
) -> None:
    group = record_target(staff, "The officials", kind="class")
    member, stands = record_target(staff, "Adam"), record_target(staff, "Adam the First")
    save(staff, group, {"name": _of(member)})
    merge(staff, member, stands)
    assert "Adam the First" in section(staff.get(group), "members")
    page = save(staff, f"{group}/members/void", {"which": _of(stands), "reason": "Another"})
    assert "No member is named yet." in section(page, "members")


# ---- sources, reads, changes of several asks


def test_nobody_gets_at_a_source_by_narrowing_what_cites_it(
    clock: time_machine.Traveller, staff: Person, colleague: Person, admin: Person
) -> None:
    source = {"sources-0-title": "Notes of a talk"}
    one = record_draft(colleague, {"title": "One", **source})
    two = record_draft(staff, {"title": "Two", "targets-0-name": "Another", **source})
    (path,) = {p for p in links(colleague.get(one)) if p.startswith("/sources/S-")}
    for person, ask in ((staff, one), (admin, two)):
        clock.shift(timedelta(minutes=1))
        share(person, ask, "named", reason="A canary of theirs")
    assert "Notes of a talk" in words_of(staff.get(path))
    for person in (colleague, admin):
        assert person.get(path).status_code == 404
        assert "Notes of a talk" not in words_of(person.get(two))


@pytest.mark.parametrize("address", ["", "https://example.org/an-article"])
def test_what_somebody_keeps_to_themselves_is_given_to_nobody_by_another_act(
    clock: time_machine.Traveller, staff: Person, colleague: Person, address: str
) -> None:
    cited = {"sources-0-url": address, "sources-0-title": "Notes of a talk"}
    one = record_draft(colleague, {"title": "One", **cited})
    two = record_draft(colleague, {"title": "Two", "targets-0-name": "Another", **cited})
    (path,) = {p for p in links(colleague.get(one)) if p.startswith("/sources/S-")}
    assert path in links(colleague.get(two))
    share(colleague, path, "named")
    clock.shift(timedelta(minutes=1))
    share(staff, one, "named")
    assert "Notes of a talk" not in words_of(staff.get(one))
    assert "Notes of a talk" not in words_of(staff.get("/sources"))
    assert "Notes of a talk" in words_of(colleague.get(two))


def test_who_left_gets_no_source_back(
    clock: time_machine.Traveller, staff: Person, colleague: Person, partner: Person
) -> None:
    ask = record_draft(colleague, {"title": "One", "sources-0-title": "Notes of a talk"})
    (path,) = {p for p in links(colleague.get(ask)) if p.startswith("/sources/S-")}
    _move(colleague, "Partner Group", Role.PARTNER)
    share(staff, ask, "named", people=partner.email)
    assert colleague.get(path).status_code == 404


# ---- people who went elsewhere


def _move(person: Person, house: str, role: Role) -> None:
    with person.app.app_context(), transaction():
        user = accounts.user_by_id(person.viewer.user_id or 0)
        owner = accounts.organisation_by_name(house)
        assert user is not None
        assert owner is not None
        actions.change_user(user, role, owner)
    be_logged_in(person)


def test_saved_views_stay_with_the_house_where_they_were_made(
    staff: Person, colleague: Person, other_staff: Person
) -> None:
    at = "/recommendations/views"
    Sitting(staff, f"{at}/new?q=Secret").type({"name": "A plan", "is_shared": "y"}).save()
    (edit,) = {path for path in links(staff.get(at)) if path.endswith("/edit")}
    _move(staff, "Lowland Group", Role.STAFF)
    assert staff.get(edit).status_code == 404
    assert "A plan" not in words_of(staff.get("/recommendations"))
    assert "A plan" in words_of(colleague.get("/recommendations"))


def test_what_somebody_did_is_told_as_of_where_they_were(
    clock: time_machine.Traveller,
    staff: Person,
    colleague: Person,
    other_staff: Person,
    partner: Person,
) -> None:
    ask = record_draft(staff)
    share(staff, ask)
    clock.shift(timedelta(minutes=1))
    _move(staff, "Lowland Group", Role.STAFF)
    for person in (other_staff, partner):
        text = words_of(person.get(f"{ask}/history"))
        assert "Somebody at Highland Group" in text
        assert "Staff" not in text
        assert "Somebody at Lowland Group" not in text
    assert "Staff" in words_of(colleague.get(f"{ask}/history"))
    mine = record_draft(staff, {"title": "At the new one", "targets-0-name": "Another"})
    assert "Staff" in words_of(other_staff.get(f"{mine}/history"))


def test_what_was_planned_stays_with_the_house_that_planned_it(
    case: Case, other_staff: Person
) -> None:
    path = f"/recommendations/bulk?ask={_of(case.shown)}"
    form = Sitting(case.staff, path).type({"next_action": "Call the minister"}).press("preview")
    done = where(form.send())
    assert "Call the minister" in words_of(case.staff.get(done))
    _move(case.staff, "Lowland Group", Role.STAFF)
    assert "Call the minister" not in words_of(case.staff.get(done))


def test_another_house_is_not_named_for_a_clock_that_its_hidden_letter_moves(
    clock: time_machine.Traveller, staff: Person, other_staff: Person, partner: Person
) -> None:
    first = where(_typed(other_staff, MADE, title="Sent before", received_proof="Stamped").send())
    share(other_staff, first)
    later = {"title": "Shown", "written_on": "2018-11-11", "received_on": "2018-11-11"}
    other = {"asks-0-targets-0-name": "Another person", "asks-0-title": "Determine again"}
    second = where(_typed(staff, MADE, received_proof="Stamped", **later, **other).send())
    save(staff, f"{second}/receipt", {"supplements": _of(first)})
    (ask,) = asks_on(staff.get(second))
    share(other_staff, first, "organisation")
    for path in (ask, second):
        share(staff, path)
    clock.shift(timedelta(minutes=1))
    save(other_staff, f"{first}/void", {"reason": "Never."})
    for person in (staff, partner):
        text = words_of(person.get(f"{ask}/history"))
        assert "Clocks computed anew the program itself" in text
        assert "Lowland" not in text


def test_no_house_opens_a_circle_of_another_one(
    clock: time_machine.Traveller, staff: Person, other_staff: Person
) -> None:
    one, hidden, three = letters_by(other_staff, other_staff, staff)
    for person, path in ((other_staff, one), (other_staff, hidden), (staff, three)):
        share(person, path)
    save(other_staff, f"{hidden}/receipt", {"supplements": _of(three)})
    save(other_staff, f"{one}/receipt", {"supplements": _of(hidden)})
    share(other_staff, hidden, "organisation")
    save(staff, f"{three}/receipt", {"supplements": _of(one)})
    assert _of(hidden) in words_of(other_staff.get(one))
    save(other_staff, f"{one}/receipt", {"received_on": "2024-06-03", "received_proof": "Stamped"})


# ---- looking back


def test_what_was_void_before_somebody_came_is_not_seen_by_looking_back(
    case: Case, partner: Person
) -> None:
    target(case)
    typed = {**LISTED, "effective_on": "2024-03-01", "citation": "89 FR 1"}
    form = Sitting(case.staff, f"{case.shown}/outcomes/new").type(typed)
    form.type({"target": _of(case.unseen_target)}).save()
    share(case.staff, case.hidden, "named")
    record_contact(case.staff, case.shown, "form_letter", "2024-02-10", asks=case.both())
    for step in (outcome_void, lambda case: share(case.staff, case.unseen_target)):
        case.clock.shift(timedelta(days=1))
        be_logged_in(case.staff)
        step(case)
    share(case.staff, case.hidden)
    be_logged_in(partner)
    page = partner.get(f"{case.shown}?as_of=2024-06-03&known_at=2024-06-03")
    assert page.status_code == 200
    assert "89 FR 1" not in words_of(page)
    assert "Listed as asked" not in words_of(page)
    assert "10 Feb 2024" not in words_of(page)


def test_who_is_named_later_reads_nothing_of_who_read_it_before(
    clock: time_machine.Traveller, staff: Person, colleague: Person, partner: Person
) -> None:
    ask = record_draft(staff)
    share(staff, ask, "named", people=partner.email)
    partner.get(ask)
    clock.shift(timedelta(days=3))
    for person in (staff, colleague):
        be_logged_in(person)
    assert "3 June 2024" in words_of(staff.get(f"{ask}/history")).partition("Who has read")[2]
    share(staff, ask, "named", people=colleague.email)
    text = words_of(colleague.get(f"{ask}/history"))
    assert "You read it from 6 June 2024" in text
    assert "3 June 2024" not in text.partition("Who has read")[2]


def test_a_change_of_several_asks_tells_nobody_else_of_the_others(
    case: Case, partner: Person
) -> None:
    share(case.staff, case.hidden, "named")
    path = f"/recommendations/bulk?ask={_of(case.shown)}&ask={_of(case.hidden)}"
    Sitting(case.staff, path).type({"add_tags": "urgent"}).press("preview").save()
    assert "together with other asks" in words_of(case.staff.get(f"{case.shown}/history"))
    text = words_of(partner.get(f"{case.shown}/history"))
    assert "urgent" in text
    assert "other asks" not in text


# ---- admins


@pytest.mark.parametrize("kind", ["a change, at once", "a change, in the morning", "an assignment"])
def test_admins_see_no_mail_and_no_count_of_what_is_told_to_nobody(
    case: Case, partner: Person, admin: Person, box: Letterbox, kind: str
) -> None:
    if kind == "a change, at once":
        choose(partner)
    partner.post(f"/watch/{_of(case.shown)}")
    share(case.staff, case.hidden, "named")

    def told() -> tuple[str, set[str]]:
        counts = {row["Counts"] for row in rows(admin.get("/admin/jobs"), "ledger")}
        return TOKEN.sub("", admin.get("/admin/mail").text), counts

    for _ in range(2):
        go_out(partner.app, box)
    known = told()
    case.wait()
    if kind == "an assignment":
        save(case.staff, f"{case.hidden}/next", {"assignee": str(case.colleague.viewer.user_id)})
    else:
        contact(case)
    assert go_out(partner.app, box) == []
    assert told() == known


def test_the_place_in_a_list_is_as_long_whatever_the_number_of_its_record(app: Flask) -> None:
    order = ORDERS["-updated"]
    with app.app_context():
        places = {
            len(paging._encode("f", SimpleNamespace(id=key, updated_at=now()), order))
            for key in (1, 999_999)
        }
    assert len(places) == 1


def test_a_follow_up_names_no_letter_that_fewer_see_than_the_ask(
    clock: time_machine.Traveller, staff: Person, colleague: Person
) -> None:
    letter = record_letter(staff, {"title": "A letter of few"})
    (ask,) = asks_on(staff.get(letter))
    assert "A letter of few" in words_of(staff.get(f"{ask}/follow-up"))
    share(staff, letter, "named")
    Sitting(staff, f"{ask}/follow-up").save()
    assert "A letter of few" not in words_of(colleague.get(ask))
