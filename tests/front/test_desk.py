"""What is done about a flag: snoozing, the next step and who takes it, further evidence."""

from collections.abc import Callable

import pytest

from tests.front.support import (
    Sitting,
    asks_on,
    assert_problems,
    entries,
    facts_of,
    has_section,
    links,
    night_of,
    nothing_changes,
    options,
    record_ask,
    row_of,
    rows,
    save,
    section,
    send,
    titles_on,
    travel,
)
from tests.support.people import Person, words_of


def test_a_snoozed_flag_is_still_listed_and_counted_and_ends_by_itself(
    staff: Person, partner: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff)
    form = Sitting(staff, f"{ask}/snooze")
    assert "Silent: State due 21 Jan 2024, house norm" in words_of(form.page)
    silent, unacknowledged = form.fields["clocks"]
    page = staff.get(
        form.type({"clocks": silent, "until": "2024-03-15", "reason": "They moved offices."}).save()
    )
    assert row_of(page, "clocks", "Silence")["State"] == (
        "Silent 40 days late; snoozed until 15 Mar 2024"
    )
    assert row_of(page, "clocks", "Ack")["State"] == "Unacknowledged 100 days late"
    stale = staff.get("/stale")
    assert "1 of 1 open ask carries 2 flags." in words_of(stale)
    assert "40 days late: State, since 22 Jan 2024; snoozed until 15 Mar 2024" in section(
        stale, "silent"
    )
    assert titles_on(staff.get("/recommendations?stale=1")) == ["Sanction those responsible"]
    history = entries(staff.get(f"{ask}/history"))[0]
    assert "Clock snoozed Staff" in history
    assert "15 Mar 2024" in history
    assert "Reason: They moved offices." in history
    travel(on_day, "2024-03-15", staff)
    night_of(staff.app, "2024-03-15")
    page = staff.get(ask)
    assert row_of(page, "clocks", "Silence")["State"] == "Silent 54 days late"
    assert "snoozed" not in words_of(staff.get("/stale"))
    assert unacknowledged in options(staff.get(f"{ask}/snooze"), "clocks")


@pytest.mark.parametrize("until", ["2024-03-01", "2024-02-29", "2025-03-03", ""])
def test_a_snooze_ends_within_a_year_from_now(
    staff: Person, on_day: Callable[[str], None], until: str
) -> None:
    travel(on_day, "2024-03-01", staff)
    form = Sitting(staff, f"{record_ask(staff)}/snooze")
    with nothing_changes(staff.app):
        answer = form.type({"until": until, "reason": "Later."}).send()
    assert_problems(answer, {"until": "Give a day "})
    form.type({"until": "2025-03-02"}).save()


def test_there_is_nothing_to_snooze_on_an_ask_without_a_flag(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2023-10-25", staff)
    page = staff.get(f"{record_ask(staff)}/snooze")
    assert "No flag is raised on this ask." in words_of(page)


def test_the_next_step_is_on_the_desk_of_whoever_takes_it(
    staff: Person, colleague: Person, other_staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2023-10-25", staff, colleague)
    ask = record_ask(staff)
    assert "0 open asks" not in words_of(colleague.get("/"))
    assert "No open ask is assigned to you." in section(colleague.get("/"), "mine")
    form = Sitting(staff, f"{ask}/next")
    people = {"", str(staff.viewer.user_id), str(colleague.viewer.user_id)}
    assert set(options(form.page, "assignee")) == people
    form.type({"assignee": str(colleague.viewer.user_id), "next_action": "Call the desk officer"})
    page = staff.get(form.type({"next_action_on": "2023-11-10"}).save())
    assert facts_of(page)["Assigned"].startswith("Colleague Call the desk officer, by 10 Nov 2023")
    assert "Next: Call the desk officer, by 10 Nov 2023." in words_of(page)
    desk = colleague.get("/")
    assert "1 open ask is yours." in words_of(desk)
    (mine,) = rows(desk, "mine")
    assert mine["Next"] == "Call the desk officer, 10 Nov 2023"
    assert "10 Nov Sanction those responsible Call the desk officer" in section(desk, "next")
    assert "No open ask is assigned to you." in section(staff.get("/"), "mine")
    assert asks_on(colleague.get("/recommendations?mine=1")) == [ask]
    assert asks_on(staff.get("/recommendations?mine=1")) == []
    history = entries(staff.get(f"{ask}/history"))[0]
    assert "Ask changed Staff" in history
    assert "– → Call the desk officer" in history
    assert "– → Colleague" in history
    travel(on_day, "2024-03-01", staff, colleague)
    night_of(staff.app, "2024-03-01")
    assert "1 open ask carries 2 flags" in words_of(colleague.get("/stale?mine=1"))
    assert "No open ask is flagged under these filters." in words_of(staff.get("/stale?mine=1"))
    taken_back = {"assignee": "", "next_action": "", "next_action_on": ""}
    assert "Assigned to nobody" in words_of(save(staff, f"{ask}/next", taken_back))
    assert "is yours" not in words_of(colleague.get("/"))


def test_every_warning_is_counted_and_shown(staff: Person, on_day: Callable[[str], None]) -> None:
    travel(on_day, "2024-10-10", staff)
    for number in range(8):
        named = {"asks-0-title": f"Old conduct {number}", "asks-0-newest_conduct_on": "2020-02-01"}
        record_ask(staff, {**named, "title": f"Letter {number}", "sent_on": "2024-10-01"})
    warned = section(staff.get("/"), "warnings")
    assert warned.startswith("Warnings 8")
    assert all(f"Old conduct {number}" in warned for number in range(8))


def test_evidence_is_added_once_and_stands_with_the_ask_and_in_the_list(staff: Person) -> None:
    ask = record_ask(staff)
    source = {
        "title": "“Bloodless” 基因",
        "url": "https://citizenlab.ca/2022/09/",
        "publisher": "Citizen Lab",
        "published_on": "2022-09",
        "shows": "How many samples were taken",
    }
    page = save(staff, f"{ask}/evidence", source)
    # its title is a link, which the words are parted by
    said = "Citizen Lab: “Bloodless” 基因 , Sept 2022. How many samples were taken citizenlab.ca"
    assert said in section(page, "evidence")
    page = save(staff, f"{ask}/evidence", source)
    assert section(page, "evidence").count("Bloodless") == 1
    listed = [row for row in rows(staff.get("/sources")) if "Bloodless" in row[""]]
    assert len(listed) == 1
    assert listed[0]["Published"] == "Sept 2022"
    assert "Evidence added Staff" in entries(staff.get(f"{ask}/history"))[0]
    with nothing_changes(staff.app):
        answer = send(staff, f"{ask}/evidence", {"shows": "Something"})
    assert_problems(answer, {"title": "Write a title or a web address"})


def test_a_source_needs_no_more_than_its_address(staff: Person) -> None:
    page = save(staff, f"{record_ask(staff)}/evidence", {"url": "https://example.org/a/b"})
    assert "https://example.org/a/b . example.org" in section(page, "evidence")


def test_the_desk_speaks_of_a_last_visit_once_there_was_one(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    for _ in range(2):  # the second look is of the same visit
        page = words_of(staff.get("/"))
        assert "In the last seven days: no ask was newly flagged" in page
        assert "last visit" not in page
    travel(on_day, "2024-03-03", staff)
    page = words_of(staff.get("/"))
    assert "Since your last visit, 1 Mar 2024, 12:00 UTC: no ask was newly flagged" in page


def test_a_cause_leads_to_every_ask_that_carries_it_and_not_only_where_it_is_the_gravest(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    ask = record_ask(staff)  # silent, which is graver, and unacknowledged
    assert not has_section(staff.get("/stale"), "unacknowledged")
    page = staff.get("/stale?cause=unacknowledged")
    assert ask in links(page)
    assert "Only asks flagged “Unacknowledged” are shown." in words_of(page)
    assert "unacknowledged after 30 days" in section(page, "unacknowledged")
