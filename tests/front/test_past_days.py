"""How things stood on a past day: as known now, and as it was known on another day."""

from collections.abc import Callable
from datetime import date

import pytest

from tests.front.support import record_ask, record_letter, save, travel
from tests.support.people import Person
from tracker.dashboards.past import PastFigures, past_figures

CLOSED = {"to": "closed", "on": "2024-02-01", "closure_reason": "moot", "reason": "He died."}


def past(person: Person, as_of: str, known_at: str | None = None) -> PastFigures:
    known = date.fromisoformat(known_at) if known_at else None
    with person.app.app_context():
        return past_figures(person.viewer, date.fromisoformat(as_of), known)


@pytest.fixture
def case(staff: Person, on_day: Callable[[str], None]) -> str:
    """An ask sent on 23 October 2023, entered on 1 March; closed as of 1 February, entered on 1
    April; and that voided on 1 May."""
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff, {"addressees-0-agency": "Treasury"})
    travel(on_day, "2024-04-01", staff)
    save(staff, f"{ask}/status", CLOSED)
    travel(on_day, "2024-05-01", staff)
    save(staff, f"{ask}/status/void", {"reason": "The other ask was meant."})
    travel(on_day, "2024-06-01", staff)
    return ask


@pytest.mark.parametrize(
    ("as_of", "known_at", "status", "causes"),
    [
        ("2023-10-22", None, {}, set()),
        ("2023-10-23", None, {"submitted": 1}, set()),
        ("2023-11-22", None, {"submitted": 1}, set()),
        ("2023-11-23", None, {"submitted": 1}, {"unacknowledged"}),
        ("2024-02-01", None, {"submitted": 1}, {"unacknowledged", "silent"}),
        ("2024-02-01", "2024-02-29", {}, set()),
        ("2024-02-01", "2024-03-01", {"submitted": 1}, {"unacknowledged", "silent"}),
        ("2024-01-31", "2024-04-15", {"submitted": 1}, {"unacknowledged", "silent"}),
        ("2024-02-01", "2024-04-15", {"closed": 1}, set()),
        ("2024-02-01", "2024-05-01", {"submitted": 1}, {"unacknowledged", "silent"}),
    ],
)
def test_statuses_and_flags_of_a_past_day(
    case: str,
    staff: Person,
    as_of: str,
    known_at: str | None,
    status: dict[str, int],
    causes: set[str],
) -> None:
    found = past(staff, as_of, known_at).as_dict(staff.viewer)
    assert found["by_status"] == status
    assert set(found["stale_by_cause"]) == causes
    assert found["recommendations"]["stale"] == bool(causes)
    assert found["recommendations"]["open"] == status.get("submitted", 0)
    assert (found["as_of"], found["known_at"]) == (as_of, known_at)


def test_a_past_day_shows_nothing_that_is_hidden_today(
    case: str, staff: Person, other_staff: Person
) -> None:
    assert past(other_staff, "2024-02-01").by_status == {}
    assert past(staff, "2024-02-01").by_status != {}


def test_a_void_letter_was_a_draft_from_its_recording_on_and_nothing_before(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    letter = record_letter(staff)
    travel(on_day, "2024-05-01", staff)
    save(staff, f"{letter}/void", {"reason": "It never went out."})
    for as_of, known_at, status, causes in (
        ("2024-02-01", "2024-04-15", {"submitted": 1}, {"unacknowledged", "silent"}),
        ("2024-02-01", None, {}, set()),
        ("2024-03-01", None, {"draft": 1}, set()),
        ("2024-05-01", None, {"draft": 1}, {"unsent"}),  # the 30 days of drafting are over
    ):
        found = past(staff, as_of, known_at)
        assert found.by_status == status, (as_of, known_at)
        assert set(found.stale_by_cause) == causes, (as_of, known_at)
