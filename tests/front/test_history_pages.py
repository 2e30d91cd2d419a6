"""A long history is read a page at a time: nothing of it is left out or shown twice."""

import re

import pytest

from tests.front.support import entries, record_draft, record_letter, save
from tests.support.people import Person, words_of


@pytest.fixture(autouse=True)
def _short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.casework.telling.MOST_ENTRIES", 3)


def pages_of(person: Person, path: str) -> list[list[str]]:
    """What each page of a history shows, the newest changes first."""
    pages = []
    following: str | None = f"{path}/history"
    while following:
        page = person.get(following)
        pages.append(entries(page))
        older = re.search(r'rel="next" href="([^"]+)"', page.text)
        following = older[1] if older else None
    return pages


@pytest.mark.parametrize(("changes", "lengths"), [(2, [3]), (3, [3, 1]), (6, [3, 3, 1])])
def test_every_change_stands_on_one_page(
    staff: Person, changes: int, lengths: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = record_draft(staff)
    for number in range(changes):
        save(staff, f"{ask}/edit", {"title": f"Title number {number}"})
    pages = pages_of(staff, ask)
    assert [len(each) for each in pages] == lengths
    monkeypatch.setattr("tracker.casework.telling.MOST_ENTRIES", 100)
    assert [[entry for page in pages for entry in page]] == pages_of(staff, ask)


def test_who_began_with_an_older_page_finds_the_newest(staff: Person) -> None:
    ask = record_draft(staff)
    for number in range(3):
        save(staff, f"{ask}/edit", {"title": f"Title number {number}"})
    newest = staff.get(f"{ask}/history")
    assert "The newest changes" not in words_of(newest)
    older = re.search(r'rel="next" href="([^"]+)"', newest.text)
    assert older
    page = staff.get(older[1])
    assert f'href="{ask}/history">The newest changes' in page.text


def test_an_arrow_is_not_turned_round_by_what_stands_beside_it(staff: Person) -> None:
    ask = record_draft(staff)
    save(staff, f"{ask}/edit", {"title": "إدارة السجون", "next_action": ""})
    page = staff.get(f"{ask}/history")
    assert "</bdi></del> → <bdi>إدارة السجون</bdi>" in page.text


@pytest.mark.parametrize("cursor", ["1", "x" * 42, "é", "A" * 3000, "%00"])
def test_a_damaged_link_to_a_page_is_told(staff: Person, cursor: str) -> None:
    letter = record_letter(staff)
    answer = staff.get(f"{letter}/history?cursor={cursor}")
    assert answer.status_code == 400
    assert "Start from its newest change" in words_of(answer)
