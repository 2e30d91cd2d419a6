"""How things stood on a past day: as known now, and as it was known on another day."""

from collections.abc import Callable
from datetime import date
from html import unescape

import pytest

from tests.front.support import (
    links,
    record_ask,
    record_contact,
    record_letter,
    row_of,
    rows,
    save,
    section,
    travel,
)
from tests.support.people import Person, words_of
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


def test_a_closing_known_to_the_year_is_none_before_the_ask_was_sent(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff)
    closed = {"to": "closed", "closure_reason": "withdrawn", "on": "2023", "reason": "Given up."}
    save(staff, f"{ask}/status", closed)
    assert past(staff, "2023-05-01").by_status == {}
    assert past(staff, "2023-10-23").by_status == {"closed": 1}
    undated = record_ask(staff, {"title": "Undated", "written_on": "", "sent_on": ""})
    assert staff.get(undated).status_code == 200
    assert past(staff, "1990-01-01").by_status == {}


def test_what_was_sent_on_a_day_that_nobody_knows_had_been_sent_when_it_was_entered(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff, {"written_on": "", "sent_on": ""})
    travel(on_day, "2024-04-01", staff)
    assert past(staff, "2024-02-29").by_status == {}
    assert past(staff, "2024-03-01").by_status == {"submitted": 1}
    assert past(staff, "2024-04-01").by_status == {"submitted": 1}
    assert past(staff, "2024-04-01", known_at="2024-02-29").by_status == {}
    assert "Not on record then" in words_of(staff.get(f"{ask}?as_of=2024-02-29"))
    page = words_of(staff.get(f"{ask}?as_of=2024-03-01"))
    assert "Not on record then" not in page
    assert "not known Letter sent · State" in page
    assert "Nothing that is on record had happened by then" not in page


def test_a_past_day_shows_nothing_that_is_hidden_today(
    case: str, staff: Person, other_staff: Person
) -> None:
    assert past(other_staff, "2024-02-01").by_status == {}
    assert past(staff, "2024-02-01").by_status != {}


def test_who_reads_an_ask_since_a_day_learns_nothing_that_was_known_only_before(
    case: str, staff: Person, partner: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-05-10", staff, partner)
    acted = {"kind": "other_action", "actor": "Our informant", "effective_on": "2024-02-10"}
    save(staff, f"{case}/outcomes/new", {**acted, "citation": "A notice"})
    (void,) = [link for link in links(staff.get(case)) if "/outcomes/" in link and "void" in link]
    travel(on_day, "2024-05-20", staff, partner)
    save(staff, void, {"reason": "It names our informant."})
    travel(on_day, "2024-06-01", staff, partner)
    save(staff, f"{case}/audience", {"audience": "coalition", "reason": "For all."})
    looking_back = f"{case}?as_of=2024-03-01&known_at=2024-05-15"
    assert "Our informant" in staff.get(looking_back).text
    assert "Our informant" not in partner.get(looking_back).text
    assert past(partner, "2024-02-01", "2024-04-15").by_status == {}
    assert past(staff, "2024-02-01", "2024-04-15").by_status == {"closed": 1}
    assert past(partner, "2024-02-01", "2024-06-01").by_status == {"submitted": 1}
    title = "Sanction those responsible"
    address = "/recommendations?as_of=2024-02-01&known_at="
    assert title in staff.get(f"{address}2024-04-15").text
    assert title not in partner.get(f"{address}2024-04-15").text
    assert title in partner.get(f"{address}2024-06-01").text


def test_who_named_themselves_later_looks_back_on_all_of_their_own(
    staff: Person, colleague: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff)
    travel(on_day, "2024-03-05", staff)
    save(staff, f"{ask}/audience", {"audience": "named", "reason": "It is dangerous."})
    travel(on_day, "2024-03-10", staff, colleague)
    assert past(staff, "2024-03-02", "2024-03-03").by_status == {"submitted": 1}
    assert past(colleague, "2024-03-02", "2024-03-03").by_status == {}


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


def test_pages_show_a_past_day_and_keep_it_in_their_links(
    case: str, staff: Person, other_staff: Person
) -> None:
    query = "as_of=2024-02-01&known_at=2024-04-15"
    page = staff.get(f"/dashboards?{query}")
    assert "as of 1 Feb 2024, as known on 15 Apr 2024" in words_of(page)
    assert [row[""] for row in rows(page, "status")] == ["Closed"]
    assert "Nothing was stale." in section(page, "causes")
    (closed,) = [link for link in links(page) if "status=closed" in link]
    listed = staff.get(unescape(closed))
    (row,) = rows(listed)
    assert (row["Status then"], row["Since"]) == ("Closed", "1 Feb 2024")
    (ask,) = [unescape(link) for link in links(listed) if link.startswith(f"{case}?")]
    told = words_of(staff.get(ask))
    assert "as of 1 Feb 2024, as known on 15 Apr 2024" in told
    assert "Closed moot since 1 Feb 2024" in told
    # and as known now: the closing was void
    page = staff.get("/dashboards?as_of=2024-02-01&known_at=")
    assert "as of 1 Feb 2024, as known now, 1 June 2024" in words_of(page)
    assert [row[""] for row in rows(page, "status")] == ["Submitted"]
    causes = [unescape(link) for link in links(page) if "cause=" in link]
    assert len(causes) == 2
    for link in [*causes, "/recommendations?as_of=2024-02-01&stale=1&open=1"]:
        (row,) = rows(staff.get(link))
        assert row["Why flagged then"], link
    page = staff.get(f"{case}?as_of=2023-11-22")
    assert "It had no flag that day." in section(page, "flags")
    assert row_of(page, "addressees", "Treasury")["Asked"] == "23 Oct 2023"
    page = staff.get(f"{case}?as_of=2023-10-22")
    assert "Not on record then" in words_of(page)
    assert row_of(page, "addressees", "Treasury")["Asked"] == "none known"
    assert "Nothing that is on record had happened" in section(page, "chron")
    for path in (f"/recommendations?{query}", f"/dashboards?{query}"):
        assert case not in other_staff.get(path).text
        assert other_staff.get(path).status_code == 200
    assert other_staff.get(f"{case}?{query}").status_code == 404


def test_contacts_and_outcomes_of_a_past_day_are_those_known_then(
    case: str, staff: Person, on_day: Callable[[str], None]
) -> None:
    record_contact(staff, case, "acknowledgement", "2023-11-20")
    outcome = {"kind": "other_action", "authority": "treasury", "citation": "88 FR 1"}
    save(staff, f"{case}/outcomes/new", {**outcome, "effective_on": "2023-12"})
    page = staff.get(f"{case}?as_of=2023-12-31")
    assert row_of(page, "addressees", "Treasury")["Acknowledged"] == "20 Nov 2023"
    assert "Acknowledgement" in section(page, "chron")
    assert "Dec 2023" in section(page, "chron")
    for query in ("as_of=2023-11-19", "as_of=2023-12-31&known_at=2024-05-31"):
        page = staff.get(f"{case}?{query}")
        assert row_of(page, "addressees", "Treasury")["Acknowledged"] == "none known", query
        assert "Dec 2023" not in section(page, "chron"), query


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("as_of=yesterday", "“yesterday” is no day of the calendar."),
        ("as_of=2023-02-29", "“2023-02-29” is no day of the calendar."),
        ("as_of=2023-10", "Give one as 2024-02-01."),
        ("as_of=9999-12-31", "31 Dec 9999 has not come yet"),
        ("as_of=2023-10-23&known_at=9999-12-31", "has not come yet"),
        ("as_of=0001-01-01", "is too long ago"),
        ("known_at=2023-10-23", "Say which day is to be shown too"),
    ],
)
def test_what_is_no_past_day_is_told(staff: Person, query: str, said: str) -> None:
    for path in ("/dashboards", "/recommendations"):
        page = staff.get(f"{path}?{query}")
        assert page.status_code == 400
        assert said in words_of(page)


def test_the_filters_of_today_are_left_out_and_named(case: str, staff: Person) -> None:
    page = staff.get("/recommendations?as_of=2024-02-01&due=late&instrument=global_magnitsky")
    assert "Of today only, and left out here: Next action due." in words_of(page)
    assert rows(page)
    page = staff.get("/recommendations?as_of=2024-02-01&instrument=entity_list")
    assert "No ask of that day fits these filters." in words_of(page)
