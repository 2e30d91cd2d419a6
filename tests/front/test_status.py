"""The life cycle of an ask, moved by hand: what each step needs, and what the history keeps."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from tests.front.support import (
    Sitting,
    Typed,
    assert_problems,
    entries,
    nothing_changes,
    options,
    record_ask,
    record_draft,
    record_letter,
    row_of,
    rows,
    save,
    section,
    travel,
    words,
)
from tests.inside.samples import reading
from tests.support.people import Person, words_of
from tracker.core.db import db
from tracker.core.now import today
from tracker.recommendations.models import Recommendation, Status

SOURCE = {"source_url": "https://www.state.gov/review", "source_title": "State says so"}


def _move(person: Person, ask: str, to: str, on: str, **more: str) -> None:
    page = save(person, f"{ask}/status", {"to": to, "on": on, **more})
    assert "The status is changed." in words_of(page)


def _refused(person: Person, ask: str, typed: Typed, wanted: dict[str, str]) -> None:
    form = Sitting(person, f"{ask}/status").type(typed)
    with nothing_changes(person.app):
        answer = form.send()
    assert_problems(answer, wanted)
    for name, value in typed.items():
        assert form.fields[name] == [value]


def test_before_it_is_sent_an_ask_moves_freely_and_back_only_with_a_reason(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-01-10", staff)
    ask = record_draft(staff)
    assert "Draft 10 Jan 2024" in words_of(staff.get(ask))
    travel(on_day, "2024-03-01", staff)
    form = staff.get(f"{ask}/status")
    assert "Now: Draft since 10 Jan 2024" in words_of(form)
    assert options(form, "to") == ["vetting", "ready", "submitted", "closed"]
    _refused(
        staff,
        ask,
        {"to": "vetting", "on": "2024-01-09"},
        {"on": "The ask took its present status on 10 Jan 2024; the change cannot be earlier."},
    )
    _refused(
        staff,
        ask,
        {"to": "vetting", "on": "2024-01-12", "closure_reason": "moot"},
        {"closure_reason": "Only closing takes a closure reason."},
    )
    _move(staff, ask, "vetting", "2024-01-12", note="Two of us read it.")
    assert row_of(staff.get(ask), "clocks", "Vetting")["State"] == "Unsent 28 days late"
    _move(staff, ask, "ready", "2024-02")
    _refused(
        staff,
        ask,
        {"to": "draft", "on": "2024-02-10", "note": "It is not enough."},
        {"reason": "Going back needs a reason"},
    )
    _move(staff, ask, "draft", "2024-02-10", reason="A date is missing.")
    page = staff.get(ask)
    assert row_of(page, "clocks", "Drafting")["State"] == "Running"
    assert "Draft A date is missing." in section(page, "chron")
    assert "Vetting Two of us read it." in section(page, "chron")
    _tells(
        entries(staff.get(f"{ask}/history")),
        ["Ready → Draft", "On: 10 Feb 2024 Reason: A date is missing."],
        ["Vetting → Ready", "On: Feb 2024"],
        ["Draft → Vetting", "On: 12 Jan 2024 Note: Two of us read it."],
        ["Ask recorded", "10 Jan 2024"],
    )


def _tells(history: list[str], *wanted: list[str]) -> None:
    """The newest entries say who did it, and each of these things."""
    for entry, said in zip(history, wanted, strict=False):
        missing = [part for part in ("Staff", *said) if part not in entry.replace("_", " ")]
        assert not missing, (missing, entry)
    assert len(history) >= len(wanted)


def test_submitted_by_hand_it_is_sent_to_all_its_addressees_and_its_clocks_start(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    form = Sitting(staff, "/recommendations/new").press("add:addressees")
    typed = {"title": "Sanction him", "targets-0-name": "Wu", "addressees-0-agency": "State"}
    ask = form.type({**typed, "addressees-1-agency": "Treasury"}).save()
    assert {row["State"] for row in rows(staff.get(ask), "addressees")} == {"Not sent"}
    _refused(
        staff,
        ask,
        {"to": "submitted", "on": "2024-02-29"},
        {"on": "The ask took its present status on 1 Mar 2024"},
    )
    _move(staff, ask, "submitted", "2024-03-01", note="Handed over in person.")
    page = staff.get(ask)
    assert {row["State"] for row in rows(page, "addressees")} == {"Awaiting"}
    assert {row["Last contact"] for row in rows(page, "addressees")} == {"1 Mar 2024"}
    assert "1 Mar 2024 + 90 calendar days = 30 May 2024" in section(page, "clocks")
    assert "1 Mar 2024 + 30 calendar days = 31 Mar 2024" in section(page, "clocks")
    assert "Letter sent to State, Treasury. Handed over in person." in section(page, "chron")
    assert rows(staff.get("/recommendations"))[0]["Sent"] == "1 Mar 2024"
    assert options(staff.get(f"{ask}/status"), "to") == ["acknowledged", "under_review", "closed"]
    _move(staff, ask, "acknowledged", "2024-03-01")
    _move(staff, ask, "submitted", "2024-03-01", reason="It was another letter.")
    assert words(staff.get(ask).text).count("Handed over in person.") == 2


def test_after_it_is_sent_an_ask_is_reviewed_on_a_source_and_closed_for_a_reason(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2023-10-25", staff)
    ask = record_ask(staff)
    travel(on_day, "2024-03-01", staff)
    silence = {"source_url": "“Under review” needs a source: silence is no review."}
    _refused(staff, ask, {"to": "under_review", "on": "2023-11-20"}, silence)
    _move(staff, ask, "under_review", "2023-11-20", **SOURCE)
    page = staff.get(ask)
    assert "State says so" in section(page, "evidence")
    assert "Under review 20 Nov 2023" in words_of(page)
    assert options(staff.get(f"{ask}/status"), "to") == ["submitted", "acknowledged", "closed"]
    _refused(staff, ask, {"to": "acknowledged"}, {"reason": "Going back needs a reason"})
    for reason, wanted in (
        ("", {"closure_reason": "Choose why the ask is closed."}),
        ("acted_in_full", {"closure_reason": "Record the outcome first"}),
        ("acted_in_part", {"closure_reason": "Record the outcome first"}),
        ("declined", {"closure_reason": "Record the outcome first"}),
        ("withdrawn", {"reason": "Say in a sentence why the ask is closed so."}),
        ("superseded", {"reason": "Say in a sentence why the ask is closed so."}),
        ("moot", {"reason": "Say in a sentence why the ask is closed so."}),
    ):
        typed = {"to": "closed", "closure_reason": reason, "note": "Both of us agree."}
        _refused(staff, ask, typed, wanted)
    why = {"closure_reason": "superseded", "reason": "A later letter asks for more."}
    _move(staff, ask, "closed", "2024-01-05", **why)
    page = staff.get(ask)
    assert "Closed superseded" in words_of(page)
    assert "Silent" not in section(page, "clocks")
    assert "Closed: superseded A later letter asks for more." in section(page, "chron")
    ended = row_of(staff.get(f"{ask}/clocks"), "clocks-3", "Silence")
    assert ended["State"] == "Ended with the ask 5 Jan 2024"
    assert "No ask is open." in words_of(staff.get("/stale"))
    _reopen(staff, ask)


def _reopen(staff: Person, ask: str) -> None:
    form = staff.get(f"{ask}/status")
    assert options(form, "to") == ["submitted", "acknowledged", "under_review"]
    reopening = {"to": "submitted", "on": "2024-02-20"}
    _refused(staff, ask, reopening, {"reason": "Going back needs a reason"})
    _move(staff, ask, "submitted", "2024-02-20", reason="The list was changed back.")
    page = staff.get(ask)
    assert "Closed superseded" not in words_of(page)
    # late from the day of reopening: while it was closed, nobody was asked
    assert row_of(page, "clocks", "Silence")["State"] == "Silent 11 days late"
    assert "1 of 1 open ask carries 2 flags." in words_of(staff.get("/stale"))
    _tells(
        entries(staff.get(f"{ask}/history")),
        ["Closed → Submitted", "Superseded → –", "Reason: The list was changed back."],
        ["Under review → Closed", "– → Superseded", "Reason: A later letter asks for more."],
        ["Submitted → Under review", "On: 20 Nov 2023"],
    )


@pytest.mark.parametrize(
    ("kind", "reason", "shown"),
    [
        ("listed_as_asked", "acted_in_full", "Closed acted on in full"),
        ("listed_as_asked", "acted_in_part", "Closed acted on in part"),
        ("listed_other_authority", "acted_in_part", "Closed acted on in part"),
        ("declined", "declined", "Closed declined"),
    ],
)
def test_once_its_outcome_is_on_record_an_ask_is_closed_as_acted_on_or_declined(
    staff: Person, kind: str, reason: str, shown: str
) -> None:
    ask = record_ask(staff)
    target = options(staff.get(f"{ask}/outcomes/new"), "target")[1]
    outcome = {"kind": kind, "target": target, "authority": "state", "citation": "88 FR 1"}
    save(staff, f"{ask}/outcomes/new", {**outcome, "effective_on": "2023-12-01"})
    _move(staff, ask, "closed", "2023-12-02", closure_reason=reason)
    assert shown in words_of(staff.get(ask))


def test_the_place_in_lists_follows_every_way_in_which_a_status_changes(staff: Person) -> None:
    def places() -> list[tuple[Status, int]]:
        with reading(staff.app):
            rows = db.session.execute(select(Recommendation.status, Recommendation.place))
            return [(row.status, row.place) for row in rows]

    asks = [record_draft(staff, {"title": f"Number {n}"}) for n in range(3)]
    letter = record_letter(staff)
    save(staff, f"{asks[0]}/status", {"to": "ready", "on": today().isoformat()})
    save(staff, f"{asks[1]}/status", {"to": "vetting", "on": today().isoformat()})
    save(staff, f"{asks[1]}/status/void", {"reason": "No."})
    bulk = f"/recommendations/bulk?ask={asks[2].rpartition('/')[2]}"
    done = Sitting(staff, bulk).type({"to": "submitted"}).press("preview").save()
    assert sorted(place for _, place in places()) == [0, 2, 3, 3]
    assert all(place == status.place for status, place in places())
    save(staff, done, {})
    save(staff, f"{letter}/void", {"reason": "Never sent."})
    assert sorted(place for _, place in places()) == [0, 0, 0, 2]
    assert all(place == status.place for status, place in places())
