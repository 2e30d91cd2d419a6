"""What two people do at once beside the same form, and what is sent twice."""

import pytest

from tests.front.support import (
    LETTER,
    Sitting,
    Typed,
    asks_on,
    assert_problems,
    nothing_changes,
    problems,
    record_ask,
    record_contact,
    record_letter,
    rows,
    save,
    send,
    share,
    where,
    words,
)
from tests.front.test_merging import merge, target
from tests.support.people import Person, admin_beside, words_of


def _status(person: Person, ask: str) -> str:
    return next(iter(rows(person.get(f"/recommendations?q={ask.rpartition('/')[2]}"))))["Status"]


def test_a_status_that_cannot_follow_any_more_gives_way_to_no_other(
    staff: Person, colleague: Person
) -> None:
    letter = record_letter(staff)
    (ask,) = asks_on(staff.get(letter))
    form = Sitting(staff, f"{ask}/status").type({"to": "acknowledged", "note": "They wrote back."})
    where(send(colleague, f"{letter}/void", {"reason": "It never went out.", "asks": "unsent"}))
    answer = form.send()
    assert answer.status_code == 409
    said = words_of(answer)
    assert "The status was changed before yours" in said
    assert "It is now Draft" in said
    assert "They wrote back." in answer.text
    assert form.fields["to"] == [""]
    with nothing_changes(staff.app):
        assert_problems(form.send(), {"to": "Choose one from the list."})
    assert _status(staff, ask) == "Draft"


def test_a_status_that_holds_already_gives_way_to_no_other(
    staff: Person, colleague: Person
) -> None:
    ask = record_ask(staff)
    closing = {"to": "closed", "closure_reason": "moot", "reason": "Over."}
    save(staff, f"{ask}/status", closing)
    reopening = {"to": "submitted", "reason": "New facts."}
    form = Sitting(staff, f"{ask}/status").type(reopening)
    save(colleague, f"{ask}/status", reopening)
    answer = form.send()
    assert answer.status_code == 409
    assert "It is now Submitted" in words_of(answer)
    with nothing_changes(staff.app):
        assert problems(form.send()).keys() == {"to"}
    assert _status(staff, ask) == "Submitted"


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("{ask}/next", {"next_action": "Call", "next_action_on": "2030-01-31"}),
        ("{ask}/edit", {"title": "Another title"}),
        ("{letter}/edit", {"title": "Another letter"}),
    ],
)
def test_a_change_that_is_sent_twice_is_saved_once(staff: Person, path: str, typed: Typed) -> None:
    letter = record_letter(staff)
    (ask,) = asks_on(staff.get(letter))
    path = path.format(ask=ask, letter=letter)
    form = Sitting(staff, path).type(typed)
    first = form.send_once()
    assert first.status_code == 303
    with nothing_changes(staff.app):
        assert where(form.send_once()) == first.headers["Location"]


@pytest.mark.parametrize(
    ("path", "typed", "field", "said"),
    [
        (
            "/contacts/new?ask={reference}",
            {"substance": "question", "happened_on": "2023-11-10", "agencies": "state"},
            "happened_on",
            "A contact of this kind and day is on record: C-",
        ),
        (
            "{ask}/outcomes/new",
            {"kind": "other_action", "authority": "state", "citation": "88 FR 1"},
            "kind",
            "This outcome is on record already",
        ),
        (
            "{letter}/asks/new",
            {"title": "One more", "targets-0-name": "Zhang Hongbo"},
            "title",
            "An open ask of this title and instrument is on record: R-",
        ),
        (
            "/recommendations/new",
            {"title": "One more", "targets-0-name": "Zhang Hongbo", "addressees-0-agency": "State"},
            "title",
            "An open ask of this title and instrument is on record: R-",
        ),
    ],
)
def test_what_is_recorded_twice_is_asked_about_once(
    staff: Person, path: str, typed: Typed, field: str, said: str
) -> None:
    letter = record_letter(staff)
    (ask,) = asks_on(staff.get(letter))
    path = path.format(ask=ask, letter=letter, reference=ask.rpartition("/")[2])
    form = Sitting(staff, path).type(typed)
    where(form.send_once())
    with nothing_changes(staff.app):
        answer = form.send_once()
    assert said in problems(answer)[field]
    where(form.send_once() if len(problems(answer)) == 1 else form.send())


@pytest.mark.parametrize(
    "other", [{"happened_on": "2023-11-11"}, {"substance": "meeting"}, {"agencies": "treasury"}]
)
def test_another_day_another_kind_or_another_body_is_no_repetition(
    staff: Person, other: Typed
) -> None:
    letter = Sitting(staff, "/letters/new").type(LETTER).press("add:addressees")
    (ask,) = asks_on(staff.get(letter.type({"addressees-1-agency": "Treasury"}).save()))
    record_contact(staff, ask, "question", "2023-11-10", agencies=["state"])
    form = Sitting(staff, f"/contacts/new?ask={ask.rpartition('/')[2]}")
    form.type({"substance": "question", "happened_on": "2023-11-10", "agencies": "state"})
    assert form.type(other).send_once().status_code == 303


@pytest.mark.parametrize("other", [{"instrument": "entity_list"}, {"citation": "89 FR 2"}])
def test_another_outcome_of_a_day_that_nobody_knows_is_no_repetition(
    staff: Person, other: Typed
) -> None:
    ask = record_ask(staff)
    first = {"kind": "other_action", "authority": "state", "citation": "88 FR 1"}
    for typed in (first, {**first, **other}):
        form = Sitting(staff, f"{ask}/outcomes/new").type(typed)
        assert form.send_once().status_code == 303


def test_a_letter_is_told_of_each_that_it_may_be(staff: Person) -> None:
    for day in ("2023-10-23", "2023-10-24"):
        record_letter(staff, {"written_on": day})
    form = Sitting(staff, "/letters/new").type({**LETTER, "written_on": "2023-10-23"})
    assert "A letter of this title and day is on record" in problems(form.send_once())["title"]
    form.type({"written_on": "2023-10-24"})
    assert "A letter of this title and day is on record" in problems(form.send_once())["title"]
    where(form.send_once())


def test_who_may_see_it_is_not_undone_by_who_comes_second(
    staff: Person, colleague: Person, admin: Person, other_staff: Person
) -> None:
    ask = record_ask(staff)
    share(staff, ask, "named", people=colleague.email)
    same = Sitting(staff, f"{ask}/audience").type({"reason": "As before."})
    more = Sitting(staff, f"{ask}/audience")
    more.type({"people": f"{colleague.email}\n{other_staff.email}", "reason": "She too."})
    share(colleague, ask, "named", people=f"{staff.email}\n{admin.email}")
    with nothing_changes(staff.app):
        assert same.send().status_code == 303
        assert more.send().status_code == 409
    assert admin.get(ask).status_code == 200
    clash = words(more.text.partition("What both changed")[2].partition("</table>")[0])
    clash = clash.replace(" ", "")  # what differs is marked
    assert admin.email in clash
    assert other_staff.email in clash
    assert more.fields["people"] == [f"{colleague.email}\n{other_staff.email}"]


def test_who_may_see_it_is_chosen_where_both_changed_it(
    staff: Person, colleague: Person, admin: Person
) -> None:
    ask = record_ask(staff)
    form = Sitting(staff, f"{ask}/audience").type({"audience": "coalition", "reason": "Wider."})
    share(colleague, ask, "named", people=staff.email)
    answer = form.send()
    assert answer.status_code == 409
    clash = words(answer.text.partition('<table class="table')[2].partition("</table>")[0])
    assert "Who may see it" in clash
    assert "Keep mine" in clash
    assert admin.get(ask).status_code == 404
    form.save()
    assert admin.get(ask).status_code == 200


def test_a_void_letter_takes_no_receipt(staff: Person, colleague: Person) -> None:
    letter = record_letter(staff)
    receipt = {"received_on": "2023-10-26", "received_proof": "A receipt of the post"}
    form = Sitting(staff, f"{letter}/receipt").type(receipt)
    where(send(colleague, f"{letter}/void", {"reason": "It never went out.", "asks": "unsent"}))
    with nothing_changes(staff.app):
        answers = [form.send_once()]
        answers += [staff.get(f"{letter}/{page}") for page in ("receipt", "edit", "asks/new")]
    for answer in answers:
        assert answer.status_code == 422
        assert "This letter is void: it stays as it was entered." in words_of(answer)


def test_a_merged_target_takes_no_change(staff: Person, colleague: Person) -> None:
    one, other = target(staff, "Wu Yingjie"), target(staff, "Zhang Hongbo")
    form = Sitting(staff, f"{one}/edit").type({"note": "A note"})
    merge(colleague, one, other)
    with nothing_changes(staff.app):
        answer = form.send()
    assert answer.status_code == 422
    assert f"({other.rpartition('/')[2]}) stands for it" in words_of(answer)
    assert staff.get(f"{one}/edit").status_code == 422
    assert f'href="{one}/edit"' not in staff.get(one).text


def test_a_merged_class_names_no_member(staff: Person, colleague: Person) -> None:
    one, other = (target(staff, f"Officials of {place}", kind="class") for place in ("A", "B"))
    member = target(staff, "Wu Yingjie").rpartition("/")[2]
    form = Sitting(staff, one).type({"name": member})
    merge(colleague, one, other)
    with nothing_changes(staff.app):
        answer = form.send_once()
    assert answer.status_code == 422
    assert "stands for it" in words_of(answer)
    assert "Name a member" not in words_of(staff.get(one))


@pytest.mark.parametrize("seen", ["", "{}"])
def test_a_form_that_lost_what_its_person_saw_overwrites_nothing(
    staff: Person, colleague: Person, partner: Person, seen: str
) -> None:
    ask = record_ask(staff)
    share(staff, ask, "named")
    form = Sitting(staff, f"{ask}/audience").type({"reason": "As before.", "seen": seen})
    share(staff, ask, "coalition")
    assert form.send_once().status_code == 409
    assert partner.get(ask).status_code == 200


def test_who_renames_a_body_second_sees_the_first(staff: Person) -> None:
    admin = admin_beside(staff)
    path = "/agencies/treasury/names"
    form = Sitting(admin, path).type({"short_name": "USDT"})
    save(admin, path, {"name": "Treasury of the United States"})
    with nothing_changes(admin.app):
        answer = form.send()
    assert answer.status_code == 409
    assert "taken over below: Full name" in words_of(answer)
    form.save()
    now = Sitting(admin, path).fields
    assert (now["name"], now["short_name"]) == (["Treasury of the United States"], ["USDT"])
