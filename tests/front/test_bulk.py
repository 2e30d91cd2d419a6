"""Several asks changed in one act: a preview, one POST, and one act that takes all of it back."""

import re

import pytest
from flask import Flask

from tests.front.support import (
    Sitting,
    entries,
    nothing_changes,
    problems,
    record_ask,
    record_contact,
    record_draft,
    row_of,
    rows,
    save,
    section,
    send,
    share,
    titles_on,
    where,
    words,
)
from tests.support.factories import make
from tests.support.people import Person, be_logged_in, words_of
from tracker.accounts import queries as accounts
from tracker.accounts.models import Organisation
from tracker.accounts.permissions import Role
from tracker.casework import actions
from tracker.core.db import transaction
from tracker.core.now import today

BULK = "/recommendations/bulk"


def _bulk(person: Person, *asks: str) -> Sitting:
    query = "&".join(f"ask={ask.rpartition('/')[2]}" for ask in asks)
    return Sitting(person, f"{BULK}?{query}")


def _drafts(person: Person, *titles: str) -> list[str]:
    return [record_draft(person, {"title": title}) for title in titles]


def _columns(person: Person, title: str) -> dict[str, str]:
    """What the list shows of the ask of that title."""
    page = person.get(f"/recommendations?q={title}&columns=status,assignee,next,due,tags")
    (row,) = [row for row in rows(page) if row[""].startswith(title)]
    return row


def _history(person: Person, ask: str) -> list[str]:
    return entries(person.get(f"{ask}/history"))


CHANGE = {
    "add_tags": "Spring, spring ,tibet",
    "next_action": "Call the desk",
    "next_action_on": "2030-01-31",
    "to": "vetting",
    "reason": "We agreed on it",
}


def test_a_change_is_previewed_made_told_and_taken_back(
    app: Flask, staff: Person, colleague: Person
) -> None:
    asks = _drafts(staff, "First", "Second")
    save(staff, f"{asks[1]}/edit", {"tags": "old, tibet"})
    form = _bulk(staff, *asks).type({**CHANGE, "assignee": str(colleague.viewer.user_id)})
    form.type({"remove_tags": "old"})
    with nothing_changes(app):
        form.press("preview")
    said = section(form.page, "preview")
    assert "2 asks change. Nothing is written yet." in said
    assert "Assigned to nobody → Colleague" in said
    assert "Status Draft → Vetting" in said
    assert "Tags old, tibet → spring, tibet" in said
    assert (
        "<del><bdi>old, tibet</bdi></del> → <ins><bdi>spring, tibet</bdi></ins>" in form.page.text
    )
    assert "<title>Preview: Change several asks" in form.page.text
    assert '<h2 id="preview" tabindex="-1" autofocus>' in form.page.text
    done = form.save()
    page = staff.get(done)
    assert "2 asks were changed together" in words_of(page)
    assert "Why: We agreed on it" in words_of(page)
    for title in ("First", "Second"):
        row = _columns(staff, title)
        assert (row["Status"], row["Assigned to"]) == ("Vetting", "Colleague")
        assert (row["Next action"], row["Due"]) == ("Call the desk", "31 Jan 2030")
        assert row["Tags"] == "spring tibet"
    for ask in asks:
        told = _history(staff, ask)[:3]
        assert all("Changed together with other asks" in entry for entry in told)
        assert all("We agreed on it" in entry for entry in told)
        assert done in staff.get(f"{ask}/history").text
        assert done not in colleague.get(f"{ask}/history").text
    taken = staff.get(where(send(staff, done, {})))
    assert "Taken back on" in words_of(taken)
    assert "Not put back" not in words_of(taken)
    for title, tags in (("First", "–"), ("Second", "old tibet")):
        row = _columns(staff, title)
        assert (row["Status"], row["Assigned to"]) == ("Draft", "nobody")
        assert (row["Next action"], row["Due"], row["Tags"]) == ("–", "–", tags)
    assert "was taken back" in _history(staff, asks[0])[0]
    assert "Take the change back" not in taken.text
    again = staff.post(done)
    assert again.status_code == 422
    assert "was taken back already" in words_of(again)


def test_the_rule_is_checked_for_each_ask_and_the_refused_are_named(
    app: Flask, staff: Person
) -> None:
    (draft,) = _drafts(staff, "Unsent")
    sent = record_ask(staff, {"sent_on": "2023-10-24", "asks-0-title": "Sent"})
    form = _bulk(staff, draft, sent).type({"to": "ready", "assignee": "none"}).press("preview")
    said = section(form.page, "preview")
    assert "1 ask changes, 1 is refused" in said
    (refused,) = [row for row in rows(form.page, "preview") if "Why it is refused" in row]
    assert refused[""].startswith("Sent R-")
    assert "A letter with this ask was sent." in refused["Why it is refused"]
    page = staff.get(form.save())
    assert section(page, "left").startswith("Left as they were 1")
    assert "A letter with this ask was sent." in section(page, "left")
    assert _columns(staff, "Unsent")["Status"] == "Ready"
    assert _columns(staff, "Sent")["Status"] == "Submitted"
    assert "Changed together" not in words_of(staff.get(f"{sent}/history"))
    form = _bulk(staff, sent).type({"to": "draft"}).press("preview")
    assert "0 asks change, 1 is refused" in section(form.page, "preview")
    assert "Change 0" not in form.text
    with nothing_changes(app):
        assert "none would change now" in " ".join(problems(form.send()).values())


def test_submitting_together_records_the_sending_and_starts_the_clocks(staff: Person) -> None:
    asks = _drafts(staff, "First", "Second")
    form = _bulk(staff, *asks).type({"to": "submitted"}).press("preview")
    done = form.save()
    for ask in asks:
        page = staff.get(ask)
        assert "Letter sent" in words_of(page)
        assert "Silence" in words_of(staff.get(f"{ask}/clocks"))
    send(staff, done, {})
    page = staff.get(done)
    assert "Taken back on" in words_of(page)
    assert "Not put back" not in words_of(page)
    assert _columns(staff, "First")["Status"] == "Draft"
    assert "Silence" not in words_of(staff.get(f"{asks[0]}/clocks"))


def test_what_somebody_changed_after_the_preview_is_left_and_named(
    staff: Person, colleague: Person
) -> None:
    asks = _drafts(staff, "First", "Second")
    form = _bulk(staff, *asks).type({"next_action": "Call"}).press("preview")
    save(colleague, f"{asks[0]}/next", {"next_action": "Write"})
    page = staff.get(form.save())
    assert "1 ask was changed together" in words_of(page)
    assert "First" in section(page, "left")
    assert "Somebody changed it after the preview" in section(page, "left")
    assert _columns(staff, "First")["Next action"] == "Write"
    assert _columns(staff, "Second")["Next action"] == "Call"


def test_taking_back_leaves_what_somebody_changed_since(staff: Person, colleague: Person) -> None:
    asks = _drafts(staff, "First", "Second")
    save(staff, f"{asks[0]}/edit", {"tags": "kept, gone"})
    form = _bulk(staff, *asks).type({"next_action": "Call", "add_tags": "new"})
    form.type({"remove_tags": "gone", "to": "vetting"}).press("preview")
    done = form.save()
    save(colleague, f"{asks[0]}/next", {"next_action": "Write"})
    save(colleague, f"{asks[0]}/edit", {"tags": "kept, new, later"})
    save(colleague, f"{asks[1]}/status", {"to": "ready"})
    send(staff, done, {})
    kept = section(staff.get(done), "kept")
    assert "Somebody changed the next action since." in kept
    assert "The status stays: somebody changed it since." in kept
    first, second = _columns(staff, "First"), _columns(staff, "Second")
    assert (first["Status"], first["Next action"]) == ("Draft", "Write")
    assert first["Tags"] == "gone kept later"
    assert (second["Status"], second["Next action"], second["Tags"]) == ("Ready", "–", "–")


def test_taking_back_gives_no_ask_to_somebody_who_left(
    app: Flask, staff: Person, colleague: Person
) -> None:
    (ask,) = _drafts(staff, "First")
    who = str(colleague.viewer.user_id)
    save(staff, f"{ask}/next", {"assignee": who, "next_action": "Our plan"})
    mine = {"assignee": str(staff.viewer.user_id)}
    done = _bulk(staff, ask).type(mine).press("preview").save()
    with app.app_context(), transaction():
        user = accounts.user_by_id(colleague.viewer.user_id or 0)
        assert user is not None
        actions.change_user(user, Role.STAFF, make(Organisation))
    send(staff, done, {})
    assert "Whoever had it is no colleague any more." in section(staff.get(done), "kept")
    assert _columns(staff, "First")["Assigned to"] == "Staff"
    be_logged_in(colleague)
    assert "Our plan" not in colleague.get("/").text


def test_what_was_sent_by_mistake_was_never_sent_unless_something_came_back(
    staff: Person, colleague: Person
) -> None:
    asks = _drafts(staff, "First", "Second")
    done = _bulk(staff, *asks).type({"to": "submitted"}).press("preview").save()
    assert [_columns(staff, title)["Status"] for title in ("First", "Second")] == ["Submitted"] * 2
    record_contact(colleague, asks[1], "acknowledgement", today().isoformat())
    send(staff, done, {})
    kept = section(staff.get(done), "kept")
    assert "The status stays: something that rests on it was recorded since." in kept
    assert _columns(staff, "First")["Status"] == "Draft"
    assert _columns(staff, "Second")["Status"] == "Submitted"
    page = staff.get(asks[0])
    assert "Submitted void: A change of" in section(page, "chron")
    assert "Letter sent void: A change of" in section(page, "chron")
    assert row_of(page, "addressees", "State")["State"] == "Not sent"
    assert "Status voided" in _history(staff, asks[0])[0]


def test_closing_needs_its_reason_and_goes_back_by_reopening(staff: Person) -> None:
    asks = _drafts(staff, "First", "Second")
    closing = {"to": "closed", "closure_reason": "moot"}
    form = _bulk(staff, *asks).type(closing).press("preview")
    assert "Say in a sentence why the ask is closed so." in section(form.page, "preview")
    done = form.type({"reason": "The office is gone"}).press("preview").save()
    assert _columns(staff, "First")["Status"] == "Closed"
    send(staff, done, {})
    assert "Not put back" not in words_of(staff.get(done))
    assert _columns(staff, "First")["Status"] == "Draft"
    assert "was taken back" in words_of(staff.get(asks[0] + "/history"))


def test_the_next_action_is_moved_cleared_and_needs_words_for_a_day(staff: Person) -> None:
    asks = _drafts(staff, "First", "Second")
    save(staff, f"{asks[0]}/next", {"next_action": "Call", "next_action_on": "2030-01-01"})
    form = _bulk(staff, *asks).type({"next_action_on": "2030-02-02"}).press("preview")
    assert "It has no next action" in section(form.page, "preview")
    form.save()
    assert _columns(staff, "First")["Due"] == "2 Feb 2030"
    assert _columns(staff, "Second")["Due"] == "–"
    _bulk(staff, *asks).type({"clear_next": "y"}).press("preview").save()
    row = _columns(staff, "First")
    assert (row["Next action"], row["Due"]) == ("–", "–")


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({}, "", "Say what is to change."),
        ({"add_tags": "a", "remove_tags": "A"}, "remove_tags", "cannot be added and removed"),
        ({"clear_next": "y", "next_action": "Call"}, "clear_next", "Either clear"),
        ({"closure_reason": "moot"}, "closure_reason", "Set the status to closed"),
        ({"add_tags": ",".join(map(str, range(21)))}, "add_tags", "At most 20 tags"),
        ({"next_action_on": "soon"}, "next_action_on", ""),
        ({"to": "ready", "on": "yesterday"}, "on", ""),
    ],
)
def test_what_makes_no_change_is_told_at_its_field(
    app: Flask, staff: Person, typed: dict[str, str], field: str, said: str
) -> None:
    form = _bulk(staff, *_drafts(staff, "First")).type(typed)
    with nothing_changes(app):
        for op in ({"op": "preview"}, {}):
            page = staff.client.post(BULK, data={**form.fields, **op})
            assert page.status_code == 422, op
            assert said in problems(page)[field], op


def test_nothing_is_changed_that_the_preview_did_not_show(app: Flask, staff: Person) -> None:
    form = _bulk(staff, *_drafts(staff, "First"))
    with nothing_changes(app):
        form.type({"next_action": "Call"})
        assert "not what the preview showed" in " ".join(problems(form.send()).values())
        form.press("preview").type({"next_action": "Write"})
        assert "not what the preview showed" in " ".join(problems(form.send()).values())
    assert "none → Write" in section(form.press("preview").page, "preview")
    form.save()
    assert _columns(staff, "First")["Next action"] == "Write"


def test_records_of_others_in_a_forged_form_are_not_there(
    app: Flask, staff: Person, other_staff: Person
) -> None:
    (own,) = _drafts(staff, "Own")
    hidden = record_draft(other_staff, {"title": "Theirs, hidden"})
    seen = record_draft(other_staff, {"title": "Theirs, shared"})
    share(other_staff, seen)
    page = _bulk(staff, own, hidden, seen).page
    assert "Change 1 ask" in words_of(page)
    assert "Theirs" not in page.text
    with nothing_changes(app):
        for other in (hidden, seen, "/recommendations/R-00000000"):
            form = _bulk(staff, own).type({"next_action": "Call"}).press("preview")
            form.fields["ask_state"].append(f"{other.rpartition('/')[2]}.1.1")
            answer = form.send()
            assert "1 of the chosen asks are not there" in " ".join(problems(answer).values())
            assert "Theirs" not in answer.text
    assert "next_action" in form.fields
    assert where(form.press("preview").send()).startswith(f"{BULK}/")


def test_all_that_match_are_chosen_of_ones_own(staff: Person, other_staff: Person) -> None:
    _drafts(staff, "Match one", "Match two", "Other")
    share(other_staff, record_draft(other_staff, {"title": "Match theirs"}))
    page = staff.get("/recommendations?q=match")
    assert len(titles_on(page)) == 3
    assert len(re.findall(r'type="checkbox" name="ask"', page.text)) == 2
    form = Sitting(staff, f"{BULK}?q=match&all=1")
    assert "Change 2 asks" in words_of(form.page)
    assert "Match theirs" not in form.text
    page = staff.get(form.type({"add_tags": "x"}).press("preview").save())
    assert "2 asks were changed together" in words_of(page)
    assert titles_on(staff.get("/recommendations?tag=x&sort=title")) == ["Match one", "Match two"]
    assert "No ask is chosen" in words_of(staff.get(f"{BULK}?q=nothing+such&all=1"))
    assert staff.get(f"{BULK}?all=1&status=none").status_code == 400


def test_only_so_many_are_changed_at_once(staff: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("views.bulk", "actions.bulk"):
        monkeypatch.setattr(f"tracker.casework.{module}.MOST", 2)
    asks = _drafts(staff, "One", "Two", "Three")
    form = Sitting(staff, f"{BULK}?all=1&sort=title")
    assert "More than 2 match. These are the first 2" in words_of(form.page)
    assert len(form.fields["ask_state"]) == 2
    assert re.findall(r"Three|Two|One", section(form.page, "chosen")) == ["One", "Three"]
    form.type({"next_action": "Call"}).press("preview")
    form.fields["ask_state"].append(f"{asks[1].rpartition('/')[2]}.1.1")
    assert "At most 2 asks at once" in " ".join(problems(form.send()).values())


def test_a_change_is_there_for_whoever_made_it_alone(
    staff: Person, colleague: Person, admin: Person, other_staff: Person, partner: Person
) -> None:
    form = _bulk(staff, *_drafts(staff, "First")).type({"next_action": "Call"}).press("preview")
    done = form.save()
    for person, code in ((colleague, 404), (admin, 404), (other_staff, 404), (partner, 403)):
        assert person.get(done).status_code == code
        assert person.post(done).status_code == code
    assert _columns(staff, "First")["Next action"] == "Call"
    assert words("Call") in _history(staff, staff_ask(staff))[0]


def staff_ask(person: Person) -> str:
    """The address of the only ask on record."""
    found = re.search(r'href="(/recommendations/R-\w{8})"', person.get("/recommendations").text)
    assert found
    return found[1]


def test_an_ask_closed_to_its_changer_since_is_not_put_back_and_not_named(
    staff: Person, colleague: Person
) -> None:
    (ask,) = _drafts(staff, "A secret by now")
    done = _bulk(colleague, ask).type({"next_action": "Call"}).press("preview").save()
    share(staff, ask, audience="named", people="staff@example.org")
    page = colleague.get(done)
    assert "A secret by now" not in page.text
    assert "An ask that is no longer open to you" in words_of(page)
    send(colleague, done, {})
    assert "not there any more, or not open to you" in words_of(colleague.get(done))
    assert _columns(staff, "A secret by now")["Next action"] == "Call"
