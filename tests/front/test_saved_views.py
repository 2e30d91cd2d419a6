"""Views of the list that people save: an address under a name, own or shared."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import update

from tests.front.support import (
    assert_problems,
    nothing_changes,
    record_draft,
    rows,
    save,
    send,
    share,
    titles_on,
    where,
    words,
)
from tests.support.people import Person, words_of
from tracker.casework.models import SavedView
from tracker.core.db import db, transaction

VIEWS = "/recommendations/views"
QUERY = "status=draft&assignee=me&sort=title&then=-updated&columns=status,tags"


def _save(person: Person, name: str, query: str = QUERY, **more: str) -> str:
    """A view saved through its form: its link."""
    return where(send(person, f"{VIEWS}/new?{query}", {"name": name, **more}))


def _tabs(person: Person) -> dict[str, str]:
    """The views beside the filters, with their links."""
    page = person.get("/recommendations").text
    nav = re.search(r'<nav class="views[^>]*>(.*?)</nav>', page, re.S)
    found = re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', nav[1]) if nav else []
    return {words(name): link.replace("&amp;", "&") for link, name in found}


def _own(person: Person, name: str, what: str) -> str:
    """The address at which one's view of that name is changed."""
    page = person.get(VIEWS).text
    row = next(part for part in page.split("<tr") if name in part)
    (found,) = re.findall(rf'href="({VIEWS}/\d+/{what})"', row)
    return str(found)


def test_a_view_is_one_link_with_filters_sorting_and_columns(staff: Person) -> None:
    record_draft(staff, {"title": "Mine"})
    page = staff.get(f"/recommendations?{QUERY}&cursor=")
    page = staff.get(page.headers["Location"])
    (link,) = [a for a in re.findall(r'href="([^"]*)"', page.text) if a.startswith(f"{VIEWS}/new")]
    assert parse_qs(urlsplit(link.replace("&amp;", "&")).query) == parse_qs(QUERY)
    address = _save(staff, "  My   drafts ")
    assert address.startswith(f"/recommendations?{QUERY}&view=")
    assert _tabs(staff)["My drafts"] == address
    page = staff.get(address)
    assert page.status_code == 200
    assert titles_on(page) == []
    assert re.search(r'aria-current="page">My drafts</a>', page.text)
    assert "Save this view" not in page.text
    assert '<option value="-updated" selected>' in page.text


def test_a_shared_view_is_evaluated_for_whoever_opens_it(
    staff: Person, colleague: Person, admin: Person, other_staff: Person, partner: Person
) -> None:
    ask = record_draft(staff, {"title": "For the colleague"})
    save(staff, f"{ask}/next", {"assignee": str(colleague.viewer.user_id)})
    link = _save(staff, "Assigned to whoever looks", "assignee=me", is_shared="y")
    own = _save(staff, "Only mine", "status=draft")
    assert titles_on(staff.get(link)) == []
    assert titles_on(colleague.get(link)) == ["For the colleague"]
    for person in (colleague, admin):
        tabs = _tabs(person)
        assert "Assigned to whoever looks" in tabs
        assert "Only mine" not in tabs
        assert "Only mine" not in person.get(VIEWS).text
        assert "Only mine" not in words_of(person.get(own))
        assert not re.findall(rf"{VIEWS}/\d+/(edit|delete)", person.get(VIEWS).text)
    assert "Assigned to whoever looks" not in _tabs(other_staff)
    assert titles_on(other_staff.get(link)) == []
    assert partner.get(VIEWS).status_code == 403
    assert _tabs(partner) == {}
    assert titles_on(partner.get(own)) == []


def test_a_view_reveals_nothing_that_it_shows(staff: Person, other_staff: Person) -> None:
    record_draft(staff, {"title": "Kept"})
    share(staff, record_draft(staff, {"title": "Shared"}))
    link = _save(staff, "Drafts", "status=draft&sort=title", is_shared="y")
    assert titles_on(staff.get(link)) == ["Kept", "Shared"]
    assert titles_on(other_staff.get(link)) == ["Shared"]


def test_a_view_is_renamed_shared_and_deleted_by_its_owner_alone(
    app: Flask, staff: Person, colleague: Person, admin: Person
) -> None:
    _save(staff, "First", is_shared="y")
    edit, delete = _own(staff, "First", "edit"), _own(staff, "First", "delete")
    with nothing_changes(app):
        for person in (colleague, admin):
            for path in (edit, delete):
                assert person.get(path).status_code == 404
                assert person.post(path, {"name": "Theirs"}).status_code == 404
    save(staff, edit, {"name": "Second", "is_shared": None})
    assert "Second" in _tabs(staff)
    assert "First" not in _tabs(staff)
    assert "Second" not in _tabs(colleague)
    row = rows(staff.get(VIEWS))[0]
    assert (row["Made by"], row["Who has it"]) == ("You", "Only you")
    save(staff, delete, {})
    assert "Second" not in _tabs(staff)
    assert "No view is saved yet." in words_of(staff.get(VIEWS))
    assert staff.get(edit).status_code == 404


def test_a_name_is_asked_for_and_taken_once(app: Flask, staff: Person, colleague: Person) -> None:
    _save(staff, "Drafts")
    path = f"{VIEWS}/new?{QUERY}"
    with nothing_changes(app):
        assert_problems(send(staff, path, {"name": " "}), {"name": "Give the view a name."})
        taken = {"name": "You have a view of this name."}
        assert_problems(send(staff, path, {"name": "Drafts"}), taken)
    _save(staff, "Others")
    with nothing_changes(app):
        answer = send(staff, _own(staff, "Others", "edit"), {"name": "Drafts"})
        assert_problems(answer, taken)
    assert _save(colleague, "Drafts")
    save(staff, _own(staff, "Drafts", "edit"), {"name": "Drafts", "is_shared": "y"})


def test_what_is_no_view_is_not_saved(app: Flask, staff: Person) -> None:
    with nothing_changes(app):
        for query in ("status=x", "columns=x", "sort=x", "then=x", "assignee=99", "agency=x"):
            assert staff.get(f"{VIEWS}/new?{query}").status_code == 400, query
    link = _save(staff, "Kept", "status=draft&cursor=x&evil=1&_external=1&endpoint=x")
    assert link.partition("&view=")[0] == "/recommendations?status=draft"


@pytest.mark.parametrize("query", ["agency=ministry-of-nothing", "columns=forgotten", "sort=size"])
def test_a_view_that_is_no_longer_valid_says_so(
    app: Flask, staff: Person, colleague: Person, query: str
) -> None:
    link = _save(staff, "Old one", is_shared="y")
    with app.app_context(), transaction():
        db.session.execute(update(SavedView).values(query=query))
    link = _tabs(staff)["Old one"]
    for person in (staff, colleague):
        page = person.get(link)
        assert page.status_code == 400
        said = words_of(page)
        assert "The view “Old one” no longer works" in said
        assert "Choose " in said
        assert "Show the whole list" in said
        assert ("delete this view" in said) is (person is staff)
    assert "no longer works" not in words_of(staff.get(f"/recommendations?{query}"))
    assert staff.get(VIEWS).status_code == 200
