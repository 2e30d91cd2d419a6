"""Correcting what is said of a source."""

import sys

import pytest

from tests.front.support import (
    Sitting,
    assert_problems,
    entries,
    facts_of,
    links,
    nothing_changes,
    options,
    record_draft,
    save,
    section,
    send,
    share,
    where,
)
from tests.support.people import Person, words_of

REPORT = {
    "sources-0-title": "A reprot",
    "sources-0-url": "https://example.org/reprot",
    "sources-0-published_on": "2023-10",
}
RIGHT = {"title": "A report", "url": "https://example.org/report", "publisher": "A commission"}


def source_of(person: Person, record: str) -> str:
    (found,) = {link for link in links(person.get(record)) if link.startswith("/sources/S-")}
    return found


@pytest.fixture
def ask(staff: Person) -> str:
    """An ask that rests on a source whose title and address were mistyped."""
    return record_draft(staff, REPORT)


def test_a_mistyped_source_is_corrected_wherever_it_is_cited(staff: Person, ask: str) -> None:
    source = source_of(staff, ask)
    page = save(staff, f"{source}/edit", {**RIGHT, "note": "Chapter 3"})
    assert "The change is saved." in words_of(page)
    facts = facts_of(page)
    assert (facts["Published by"], facts["Published"]) == ("A commission", "Oct 2023")
    assert facts["Note"] == "Chapter 3"
    for path in (ask, source, "/sources", "/search?q=report"):
        assert "A report" in words_of(staff.get(path)), path
        assert "reprot" not in words_of(staff.get(path)), path
    newest = entries(staff.get(f"{source}/history"))[0]
    assert "Source changed" in newest, newest
    assert "Title A reprot → A report" in newest, newest
    assert "Published on" not in newest, "what stayed is no change"


def test_a_source_saved_as_it_stood_is_no_change(staff: Person, ask: str) -> None:
    with nothing_changes(staff.app):
        save(staff, f"{source_of(staff, ask)}/edit", {})


def test_two_corrections_at_once_stand_side_by_side(
    staff: Person, colleague: Person, ask: str
) -> None:
    source = source_of(staff, ask)
    form = Sitting(staff, f"{source}/edit").type({"title": "Mine", "publisher": "Mine alone"})
    where(send(colleague, f"{source}/edit", {"title": "Theirs"}))
    with nothing_changes(staff.app):
        assert form.send().status_code == 409
    assert "Somebody else saved first" in words_of(form.page)
    assert "<mark>Theirs</mark>" in form.page.text
    form.save()
    assert form.fields["title"] == ["Mine"]


def test_a_source_has_a_title_or_an_address(staff: Person, ask: str) -> None:
    form = Sitting(staff, f"{source_of(staff, ask)}/edit").type({"title": "", "url": ""})
    with nothing_changes(staff.app):
        assert_problems(form.send(), {"title": "Write a title or a web address"})


def test_a_public_source_keeps_an_address(staff: Person, ask: str) -> None:
    source = source_of(staff, ask)
    share(staff, source, "public", together=options(staff.get(f"{source}/audience"), "together"))
    with nothing_changes(staff.app):
        answer = send(staff, f"{source}/edit", {"url": ""})
    assert_problems(answer, {"url": "It is public, so anybody must find it"})
    save(staff, f"{source}/edit", RIGHT)


def test_a_source_at_risk_changes_its_code_and_who_keeps_it_and_tells_no_more(
    staff: Person, other_staff: Person
) -> None:
    ask = record_draft(staff)
    at_risk = {"opaque": "W-17", "kept_where": "The safe in room 3"}
    page = save(staff, f"{ask}/evidence", at_risk)
    (source,) = {link for link in links(page) if link.startswith("/sources/S-")}
    form = Sitting(staff, f"{source}/edit")
    assert {"title", "url", "publisher", "note"}.isdisjoint(form.fields)
    named = form.type({"opaque": "Tenzin"}).send()
    assert_problems(named, {"opaque": "never a name"})
    forged = {"title": "A name", "url": "https://example.org/who"}
    with nothing_changes(staff.app):
        answer = staff.post(f"{source}/edit", {**at_risk, **forged, "version": "1"})
    assert answer.status_code == 422
    page = save(staff, f"{source}/edit", {"opaque": "W-18", "kept_where": "The other safe"})
    assert facts_of(page)["Its identity"] == "is kept outside this program: The other safe"
    told = " ".join(entries(staff.get(f"{source}/history")))
    assert "W-18" in told
    assert "safe" not in told, told
    save(staff, f"{source}/edit", {"kept_where": "A third one"})
    newest = entries(staff.get(f"{source}/history"))[0]
    assert "Its identity is kept elsewhere now" in newest
    assert other_staff.get(f"{source}/edit").status_code == 404


def test_only_the_owners_people_correct_a_source(
    staff: Person, other_staff: Person, partner: Person, ask: str
) -> None:
    source = source_of(staff, ask)
    share(staff, source, together=options(staff.get(f"{source}/audience"), "together"))
    assert other_staff.get(source).status_code == 200
    assert f"{source}/edit" not in links(other_staff.get(source))
    for person in (other_staff, partner):
        assert person.get(f"{source}/edit").status_code == 403
        with nothing_changes(staff.app):
            assert person.post(f"{source}/edit", {**RIGHT, "version": "1"}).status_code == 403


def test_the_page_of_a_source_counts_what_cites_it_and_shows_the_newest(
    staff: Person, other_staff: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks = [record_draft(staff, {"title": f"Ask {number}", **REPORT}) for number in range(3)]
    source = source_of(staff, asks[0])
    monkeypatch.setattr(sys.modules["tracker.casework.views.source_pages"], "MOST_SHOWN", 2)
    page = staff.get(source)
    assert section(page, "cited").startswith("Cited by 3")
    assert "The newest 2 are shown." in section(page, "cited")
    assert [ask in links(page) for ask in asks] == [False, True, True]
