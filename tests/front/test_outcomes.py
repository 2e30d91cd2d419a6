"""What followed an ask: what it comes to, what is not credited to it, and what is taken back."""

from collections.abc import Callable

import pytest

from tests.front.support import (
    Sitting,
    assert_problems,
    entries,
    has_section,
    links,
    nothing_changes,
    options,
    record_ask,
    row_of,
    rows,
    save,
    section,
    titles_on,
    travel,
)
from tests.support.people import Person, words_of

Outcomes = list[dict[str, str]]
LISTED = {
    "kind": "listed_as_asked",
    "target": "the target",
    "authority": "treasury",
    "instrument": "global_magnitsky",
    "effective_on": "2023-12-08",
    "citation": "OFAC 29220",
}


def _record(person: Person, ask: str, outcome: dict[str, str]) -> None:
    form = Sitting(person, f"{ask}/outcomes/new")
    target = options(form.page, "target")[1] if outcome.get("target") else ""
    page = person.get(form.type({**outcome, "target": target}).save())
    assert "The outcome is recorded." in words_of(page)


@pytest.mark.parametrize(
    ("kind", "outcomes", "result", "state"),
    [
        ("person", [LISTED], "Acted on in full", "Acted"),
        ("person", [{**LISTED, "authority": "ofac"}], "Acted on in full", "Acted"),
        ("person", [{**LISTED, "target": ""}], "Acted on in part", "Acted"),
        (
            "person",
            [{**LISTED, "kind": "listed_other_authority", "authority": "state"}],
            "Acted on in part",
            "Awaiting",
        ),
        (
            "person",
            [{**LISTED, "kind": "listed_by_ally", "authority": "uk-foreign-office"}],
            "Related action",
            "Awaiting",
        ),
        ("person", [{**LISTED, "kind": "other_action"}], "Related action", "Acted"),
        ("person", [{**LISTED, "kind": "declined"}], "Declined", "Declined"),
        ("person", [{"kind": "confidential"}], "None known", "Awaiting"),
        ("person", [{**LISTED, "effective_on": "2022-12-09"}], "None known", "Awaiting"),
        ("person", [{**LISTED, "effective_on": "2022"}], "None known", "Awaiting"),
        ("person", [{**LISTED, "effective_on": "2023"}], "Acted on in full", "Acted"),
        (
            "person",
            [LISTED, {**LISTED, "kind": "reversed", "effective_on": "2024-02-01"}],
            "None known",
            "",
        ),
        (
            "person",
            [{**LISTED, "kind": "declined", "effective_on": "2023-11-20"}, LISTED],
            "Acted on in full",
            "Acted",
        ),
        ("class", [LISTED], "Acted on in part", "Acted"),
        ("class", [{**LISTED, "judgement": "in_full"}], "Acted on in full", "Acted"),
        ("class", [{**LISTED, "judgement": "in_part"}], "Acted on in part", "Acted"),
        ("class", [{"kind": "confidential", "judgement": "in_full"}], "None known", "Awaiting"),
    ],
)
def test_what_an_ask_comes_to_follows_from_its_outcomes(
    staff: Person,
    on_day: Callable[[str], None],
    kind: str,
    outcomes: Outcomes,
    result: str,
    state: str,
) -> None:
    travel(on_day, "2024-03-01", staff)
    typed = {"addressees-0-agency": "Treasury", "asks-0-targets-0-kind": kind}
    ask = record_ask(staff, typed)
    for outcome in outcomes:
        _record(staff, ask, outcome)
    page = staff.get(ask)
    assert row_of(page, "addressees", "Treasury")["State"].startswith(state)
    (listed,) = rows(staff.get("/recommendations"))
    assert listed["What followed"] == result
    acted = titles_on(staff.get("/recommendations?acted=1"))
    assert bool(acted) == (result in ("Acted on in full", "Acted on in part"))
    quoted = "No action on this ask is known" if result == "None known" else f"{result}, 130 days"
    assert quoted in section(page, "cite")


def test_what_came_before_the_ask_is_shown_and_not_credited(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff, {"addressees-0-agency": "Treasury"})
    _record(staff, ask, {**LISTED, "effective_on": "2022-12-09", "note": "With Zhang Hongbo."})
    page = staff.get(ask)
    assert rows(page, "near") == [
        {
            "": "9 Dec 2022",
            "What happened": "Listed as asked: Wu Yingjie With Zhang Hongbo.",
            "Why not": "Before the ask",
        }
    ]
    assert row_of(page, "targets", "Wu Yingjie")["What followed"] == "None known"
    assert "Listed as asked: Wu Yingjie Treasury before the ask" in section(page, "chron")
    dashboard = words_of(staff.get("/dashboards"))
    assert "1 ask of 1 has met no known government action." in dashboard


def test_an_outcome_says_what_whose_when_and_how_it_is_tied_to_the_ask(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff, {"addressees-0-agency": "Treasury"})
    more = {
        "attribution": "cited",
        "note": "The notice names the letter.",
        "url": "https://a.gov/1",
    }
    _record(staff, ask, {**LISTED, **more})
    page = staff.get(ask)
    assert not has_section(page, "near")
    row = row_of(page, "targets", "8 Dec 2023")
    assert row["Outcome"] == "Listed as asked Treasury · Global Magnitsky"
    assert row["What happened"] == "Wu Yingjie The notice names the letter. OFAC 29220 a.gov"
    assert row["Tie to the ask"].startswith("Cited")
    assert row_of(page, "targets", "Wu Yingjie")["What followed"] == (
        "Listed as asked 8 Dec 2023, Treasury"
    )
    history = entries(staff.get(f"{ask}/history"))[0]
    assert "Outcome recorded Staff" in history
    assert "OFAC 29220 https://a.gov/1" in history


def test_a_voided_outcome_counts_no_more_and_cannot_be_voided_twice(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff, {"addressees-0-agency": "Treasury"})
    _record(staff, ask, LISTED)
    (void,) = [link for link in links(staff.get(ask)) if "/outcomes/" in link and "void" in link]
    with nothing_changes(staff.app):
        answer = Sitting(staff, void).send()
    assert_problems(answer, {"reason": "Say in a sentence what was wrong."})
    assert "8 Dec 2023, U.S. Department of the Treasury" in words_of(answer)
    page = save(staff, void, {"reason": "It was his namesake."})
    assert row_of(page, "targets", "Wu Yingjie")["What followed"] == "None known"
    assert "Listed as asked" not in section(page, "chron")
    assert row_of(page, "addressees", "Treasury")["State"] == "Awaiting"
    assert titles_on(staff.get("/recommendations?acted=1")) == []
    history = entries(staff.get(f"{ask}/history"))[0]
    assert "Outcome voided Staff" in history
    assert "Reason: It was his namesake." in history
    with nothing_changes(staff.app):
        again = Sitting(staff, void).type({"reason": "Once more."}).send()
    assert_problems(again, {"reason": "It is void already."})
