"""Recording a letter with all its asks in one sitting, and what the pages then say of it."""

import re
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from tests.front import seed
from tests.front.support import (
    LETTER,
    SAME_LETTER,
    Sitting,
    asks_on,
    assert_problems,
    facts_of,
    has_section,
    links,
    night_of,
    record_ask,
    record_contact,
    record_letter,
    row_of,
    rows,
    section,
    send,
    share,
    titles_on,
    travel,
    words,
)
from tests.support.people import Person, words_of

COMMISSION = "Congressional-Executive Commission on China"
SECRETARIES = {
    "Commerce": "Gina Raimondo Secretary of Commerce",
    "Treasury": "Janet Yellen Secretary of the Treasury",
    "State": "Antony J. Blinken Secretary of State",
}


def test_an_ask_starts_from_another_or_from_a_target(staff: Person, other_staff: Person) -> None:
    ask = record_ask(staff, {"asks-0-abuse": "Families were parted."})
    share(staff, ask)
    assert f"/recommendations/new?like={ask[-10:]}" in links(staff.get(ask))
    form = Sitting(staff, f"/recommendations/new?like={ask[-10:]}")
    assert form.fields["title"] == ["Sanction those responsible"]
    assert form.fields["abuse"] == ["Families were parted."]
    assert form.fields["targets-0-name"] == ["Wu Yingjie"]
    assert form.fields["addressees-0-agency"] == [""]
    form.type({"title": "The same of London", "addressees-0-agency": "uk-foreign-office"})
    new = staff.get(form.save())
    assert "Draft" in words_of(new)
    assert "Wu Yingjie" in section(new, "targets")
    # what the other does not show, it does not hand on either
    seen = Sitting(other_staff, f"/recommendations/new?like={ask[-10:]}")
    assert seen.fields["title"] == ["Sanction those responsible"]
    assert seen.fields["targets-0-name"] == [""]
    target = next(link for link in links(staff.get(ask)) if link.startswith("/targets/T-"))
    path = next(link for link in links(staff.get(target)) if "new?target=" in link)
    assert Sitting(staff, path).fields["targets-0-ref"] == [target[-10:]]
    assert Sitting(other_staff, path).fields["targets-0-ref"] == [""]


def test_a_letter_of_four_asks_to_three_secretaries_is_recorded_in_one_sitting(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2023-10-25", staff)
    address = seed.record_the_letter(staff)
    letter = staff.get(address)
    assert rows(letter, "by") == [
        {"": "Rep. Chris Smith", "Signed as": "Chair", "Of": COMMISSION},
        {"": "Sen. Jeff Merkley", "Signed as": "Cochair", "Of": COMMISSION},
    ]
    assert [row[""] for row in rows(letter, "to")] == [
        "Gina Raimondo",
        "Janet Yellen",
        "Antony J. Blinken",
    ]
    assert {"Written": "23 Oct 2023", "Sent": "23 Oct 2023"}.items() <= facts_of(letter).items()
    assert facts_of(letter)["Received"] == "Oct 2023 Read into the record"
    assert titles_on(letter) == [seed.EXPORT, seed.MAGNITSKY, seed.VISAS, seed.ENTITY_LIST]
    assert {row["Status"] for row in rows(letter, "asks")} == {"Submitted"}
    evidence = section(letter, "evidence")
    assert "CECC: USA urged to sanction PRC officials , 23 Oct 2023. The letter itself" in evidence
    assert "Citizen Lab: Mass DNA Collection in the Tibet Autonomous Region , Sept 2022" in evidence
    export, magnitsky, visas, entity_list = (staff.get(path) for path in asks_on(letter))
    for page in (export, magnitsky, entity_list):
        assert {row[""]: row["Official then"] for row in _asked(page)} == SECRETARIES
        assert {row["State"] for row in _asked(page)} == {"Awaiting"}
        assert "Citizen Lab" in section(page, "evidence")
    assert {row[""]: row["Official then"] for row in _asked(visas)} == {
        "State": SECRETARIES["State"]
    }
    _has_its_controlled_item(export)
    assert facts_of(export)["Place"] == "Tibet, China; Xinjiang, China"
    assert "Blood was taken from children without consent." in words_of(export)
    bureau = row_of(export, "targets", "Tibet Autonomous Region Public Security Department")[""]
    assert "西藏自治区公安厅" in bureau
    assert "إدارة الأمن العام في التبت" in bureau
    assert "public body · Tibet, China" in bureau
    assert "Wu Yingjie 吴英杰 person" in section(visas, "targets")
    assert [row[""].partition(" class")[0] for row in rows(entity_list, "targets")] == [
        "TAR Public Security Bureaus",
        seed.AFFILIATED,
    ]
    assert f"{seed.OFFICIALS} class, described" in section(magnitsky, "targets")


def _asked(page: TestResponse) -> list[dict[str, str]]:
    """Who was asked, without those who only decide; each by its short name alone."""
    found = rows(page, "addressees")
    return [{**row, "": row[""].split()[0]} for row in found if row.get("State") != "Not addressed"]


def _has_its_controlled_item(page: TestResponse) -> None:
    said = section(page, "controls")
    for name, value in seed.ITEM.items():
        shown = {
            "control_type": "An end user",
            "eccn": "3A981",
            "eccn_status": "suspected",
            "destination": "Tibet, China",
            "diversion_evidence": "Replacement parts were bought for the police. Two tenders",
        }.get(name, value)
        assert shown in said, name


def test_each_ask_has_its_clocks_and_says_why_none_runs_in_law(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2023-10-25", staff)
    export, magnitsky, visas, entity_list = (
        staff.get(path) for path in asks_on(staff.get(seed.record_the_letter(staff)))
    )
    for page, days, due, bodies in (
        (export, 120, "20 Feb 2024", "Commerce, Treasury, State"),
        (magnitsky, 90, "21 Jan 2024", "Commerce, Treasury, State"),
        (visas, 90, "21 Jan 2024", "State"),
        (entity_list, 60, "22 Dec 2023", "Commerce, Treasury, State"),
    ):
        silence = row_of(page, "clocks", "Silence")
        assert sorted(silence[""].split(maxsplit=1)[1].split(", ")) == sorted(bodies.split(", "))
        assert f"23 Oct 2023 + {days} calendar days = {due}" in silence["Arithmetic"]
        assert silence["State"] == "Running"
        assert silence["Basis"] == "House norm"
        received = row_of(page, "clocks", "Acknowledgement")
        assert "23 Oct 2023 + 30 calendar days = 22 Nov 2023" in received["Arithmetic"]
        assert "Nothing is late" in words_of(page)
        law = row_of(page, "clocks", "Section 1263(d)")
        assert law["State"] == "Not started"
        assert "No clock in law starts (22 U.S.C. 10102(d))" in law["Arithmetic"]
        assert (
            "none of the four committees named in 22 U.S.C. 10102(j) signed it "
            f"(it is signed for: {COMMISSION})" in law["Arithmetic"]
        )
        assert "not addressed to the President" in law["Arithmetic"]
    of_list = row_of(entity_list, "clocks", "Section 1263(d)")["Arithmetic"]
    assert "it asks for another measure (BIS Entity List)" in of_list
    vote = row_of(entity_list, "clocks", "Committee vote")
    assert "an advocate's letter starts none" in vote["Arithmetic"]
    assert vote["State"] == "Not started"
    assert vote["Basis"] == "§ Regulation"
    seats = rows(entity_list, "addressees")
    assert [row[""] for row in seats if row["State"] == "Not addressed"] == [
        "Defense member",
        "Energy member",
    ]
    assert "Decides on the Entity List" in section(entity_list, "addressees")
    assert facts_of(entity_list)["Decided by"] == "End-User Review Committee"
    assert facts_of(magnitsky)["Decided by"] == "U.S. Department of the Treasury"
    assert facts_of(export)["Decided by"] == "Bureau of Industry and Security"


def test_what_was_recorded_is_found_in_the_lists(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2023-10-25", staff)
    letter = seed.record_the_letter(staff)
    (row,) = rows(staff.get("/letters"))
    assert row[""].startswith(seed.LETTER["title"])
    assert COMMISSION in row[""]
    assert row["Written"] == "23 Oct 2023"
    assert row["Addressed to"] == "Commerce, Treasury, State"
    assert row["Asks"] == "4"
    assert set(titles_on(staff.get("/recommendations"))) == {
        seed.EXPORT,
        seed.MAGNITSKY,
        seed.VISAS,
        seed.ENTITY_LIST,
    }
    assert len(titles_on(staff.get("/sources"))) == 2
    assert [row[""].rpartition(" S-")[0] for row in rows(staff.get("/sources"))] == [
        source["title"] for source in reversed(seed.SOURCES)
    ]
    for name in (
        "Public Security Department",
        "公安",
        "西藏",
        "xi zang",
        "སྤྱི་བདེ",
        "التبت",
        "TIBET auto",
    ):
        found = staff.get("/targets", query_string={"q": name})
        assert titles_on(found) == [seed.BUREAU["name"]], name
        asks = staff.get("/recommendations", query_string={"q": name})
        assert titles_on(asks) == [seed.EXPORT], name
    assert titles_on(staff.get("/recommendations?q=吴英杰")) == [seed.VISAS]
    assert titles_on(staff.get("/recommendations?q=wu+ying")) == [seed.VISAS]
    reference = asks_on(staff.get(letter))[1].rpartition("/")[2]
    assert titles_on(staff.get(f"/recommendations?q={reference.lower()}")) == [seed.MAGNITSKY]


def test_silence_shows_on_the_stale_page_and_the_desk_as_time_goes_by(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2023-10-25", staff)
    letter = seed.record_the_letter(staff)
    assert "flagged. The sweep" in words_of(staff.get("/stale"))
    travel(on_day, "2024-03-01", staff)
    assert "flagged. The sweep" in words_of(staff.get("/stale"))
    night_of(staff.app, "2024-03-01")
    stale = staff.get("/stale")
    assert "4 of 4 open asks carry 20 flags." in words_of(stale)
    assert not has_section(stale, "unacknowledged")
    silent = section(stale, "silent")
    assert "70 days late" in silent
    assert "since 23 Dec 2023" in silent
    for title, late in (
        (seed.ENTITY_LIST, "70 days late: Commerce, Treasury, State, since 23 Dec 2023"),
        (seed.MAGNITSKY, "40 days late: Commerce, Treasury, State, since 22 Jan 2024"),
        (seed.VISAS, "40 days late: State, since 22 Jan 2024"),
        (seed.EXPORT, "10 days late: Commerce, Treasury, State, since 21 Feb 2024"),
    ):
        said = _entry(stale, title)
        assert late in said, said
        assert "Last substantive contact on 23 Oct 2023." in said
        assert "Also: unacknowledged" in said
        steps = ("Follow up…", "Record a reply", "Record a follow-up", "Snooze…")
        assert re.search(" ".join(rf"{re.escape(step)} R-\w{{8}}" for step in steps), said), said
    desk = staff.get("/")
    assert "4 asks were newly flagged" in words_of(desk)
    assert {row["Next step"].partition(" R-")[0] for row in rows(desk, "new")} == {"Follow up…"}
    assert "Nothing falls due." in section(desk, "next")
    assert {row["Why flagged"] for row in rows(staff.get(letter), "asks")} == {
        "Silent Unacknowledged"
    }


def _entry(stale: TestResponse, title: str) -> str:
    (found,) = (
        words(entry) for entry in stale.text.split("<li>") if words(entry).startswith(title)
    )
    return found


@pytest.mark.parametrize(
    ("written_on", "names"),
    [
        ("2023-10-23", ("Gina Raimondo", "Janet Yellen", "Antony J. Blinken")),
        ("2019-06-04", ("Wilbur Ross", "Steven T. Mnuchin", "Michael R. Pompeo")),
        ("2019", ("Wilbur Ross", "Steven T. Mnuchin", "Michael R. Pompeo")),
    ],
)
def test_those_who_held_office_on_the_day_of_the_letter_are_offered(
    staff: Person, written_on: str, names: tuple[str, ...]
) -> None:
    form = Sitting(staff, "/letters/new").type({"written_on": written_on})
    form.press("add:addressees").press("add:addressees")
    for number, (body, name) in enumerate(
        zip(("Commerce", "treasury", "STATE"), names, strict=True)
    ):
        row = f"addressees-{number}"
        form.type({f"{row}-agency": body}).press(f"find:{row}").choose(name)
        assert form.fields[f"{row}-official"] == [name]
        assert form.fields[f"{row}-office_title"][0].startswith("Secretary of")
        assert body.lower() in form.fields[f"{row}-agency"][0].lower()


def test_who_holds_no_office_that_day_is_not_offered(staff: Person) -> None:
    form = Sitting(staff, "/letters/new").type({"written_on": "2019-06-04"})
    form.type({"addressees-0-agency": "Blinken"}).press("find:addressees-0")
    assert not [value for value in form.buttons if value.startswith("pick:")]
    assert "No body of that name." in form.text


def test_a_body_added_later_is_asked_too_unless_somebody_unticks_it(staff: Person) -> None:
    form = Sitting(staff, "/letters/new").type({"addressees-0-agency": "Commerce"})
    form.press("add:addressees").type({"addressees-1-agency": "Treasury"})
    form.press("add:asks").type({"asks-1-asked_of": "0"})
    form.press("add:addressees").type({"addressees-2-agency": "State"})
    assert form.fields["asks-0-asked_of"] == ["0", "1", "2"]
    assert form.fields["asks-1-asked_of"] == ["0"]


def test_a_letter_not_sent_is_a_draft_with_drafts(staff: Person) -> None:
    ask = asks_on(
        staff.get(
            Sitting(staff, "/letters/new")
            .type(
                {
                    "title": "A letter still in the drawer",
                    "is_sent": None,
                    "signatories-0-name": "Rep. Chris Smith",
                    "addressees-0-agency": "State",
                    "asks-0-title": "Sanction those responsible",
                    "asks-0-targets-0-name": "Wu Yingjie",
                }
            )
            .save()
        )
    )[0]
    page = staff.get(ask)
    assert "Not sent" in section(page, "addressees")
    assert row_of(page, "clocks", "Drafting")["State"] == "Running"
    assert len(rows(page, "clocks")) == 1
    letter = staff.get("/letters")
    assert rows(letter)[0]["Written"] == "not known not sent"
    assert rows(staff.get("/recommendations"))[0]["Status"] == "Draft"


@pytest.mark.parametrize(
    ("known", "shown", "starts"),
    [
        ("2021", "2021", False),
        ("2021-05", "May 2021", True),
        ("May 2021", "May 2021", True),
        ("3 May 2021", "3 May 2021", True),
        ("May 3, 2021", "3 May 2021", True),
        ("2021-5-3", "3 May 2021", True),
    ],
)
def test_a_date_is_kept_and_shown_as_well_as_it_is_known(
    staff: Person, known: str, shown: str, starts: bool
) -> None:
    form = Sitting(staff, "/letters/new").type(
        {
            "title": "An old letter",
            "written_on": known,
            "signatories-0-name": "Rep. Chris Smith",
            "addressees-0-agency": "State",
            "asks-0-title": "Sanction those responsible",
            "asks-0-targets-0-name": "Wu Yingjie",
        }
    )
    letter = staff.get(form.save())
    assert facts_of(letter)["Written"] == shown
    assert facts_of(letter)["Sent"] == shown
    silence = row_of(staff.get(asks_on(letter)[0]), "clocks", "Silence")
    if starts:
        assert "+ 90 calendar days" in silence["Arithmetic"]
    else:
        assert silence["State"] == "Not started"
        assert silence["Arithmetic"].startswith("The date is known only to the year")


def test_a_request_of_both_leaders_of_a_committee_to_the_president_starts_the_clock_in_law(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-01-10", staff)
    form = Sitting(staff, "/letters/new").type(
        {
            "title": "Request for a determination",
            "written_on": "2023-10-23",
            "received_on": "2023-10-25",
            "signatories-0-name": "Sen. Somebody",
            "signatories-0-role": "chair",
            "signatories-0-body": "SFRC",
            "addressees-0-agency": "The White House",
            "asks-0-title": "Determine whether he is responsible",
            "asks-0-targets-0-name": "Wu Yingjie",
            "asks-0-ground": "human_rights",
        }
    )
    form.press("add:signatories").type(
        {
            "signatories-1-name": "Sen. Another",
            "signatories-1-role": "ranking_member",
            "signatories-1-body": "Senate Committee on Foreign Relations",
        }
    )
    ask = asks_on(staff.get(form.save()))[0]
    law = row_of(staff.get(ask), "clocks", "Section 1263(d)")
    assert "25 Oct 2023 + 120 calendar days = 22 Feb 2024" in law["Arithmetic"]
    assert law["State"] == "Running"
    assert law["Basis"] == "§ Statute"
    travel(on_day, "2024-02-01", staff)
    assert "22 Feb Determine whether he is responsible Section 1263(d)" in section(
        staff.get("/"), "next"
    )
    night_of(staff.app, "2024-02-01")
    assert "Deadline in law" not in section(staff.get("/"), "new")
    travel(on_day, "2024-02-23", staff)
    night_of(staff.app, "2024-02-23")
    assert "Deadline in law passed: The President" in words_of(staff.get(ask))
    late = staff.get("/stale?basis=statute")
    assert "1 day late: The President, since 23 Feb 2024" in section(late, "statutory_overdue")
    contact = {"is_determination": "y", "agencies": "president"}
    after = record_contact(staff, ask, "substantive", "2024-02-22", **contact)
    assert "The determination under section 1263(d)." in section(after, "chron")
    assert "Deadline in law" not in words_of(after)
    assert "No open ask is flagged under these filters." in words_of(
        staff.get("/stale?basis=statute")
    )


def test_a_reference_typed_as_the_name_of_a_target_is_that_target(staff: Person) -> None:
    first = record_ask(staff, {"asks-0-targets-0-name": "吴英杰"})
    [target] = {link for link in links(staff.get(first)) if link.startswith("/targets/T-")}
    typed = {"title": "Another letter", "asks-0-targets-0-name": target.rpartition("/")[2].lower()}
    second = record_ask(staff, typed)
    assert target in links(staff.get(second))
    unknown = {"title": "A third letter", "asks-0-targets-0-name": "T-00000000"}
    answer = send(staff, "/letters/new", {**LETTER, **unknown})
    assert_problems(answer, {"asks-0-targets-0-name": "No such target is on record."})


def test_a_letter_without_a_day_is_found_again_by_its_title(staff: Person) -> None:
    record_letter(staff, {"written_on": "", "sent_on": ""})
    again = Sitting(staff, "/letters/new").type({**LETTER, "written_on": "", "sent_on": ""})
    assert SAME_LETTER in words_of(again.send_once())


def test_a_source_with_a_long_address_and_no_title_is_kept_once(staff: Person) -> None:
    address = f"https://www.example.org/{'x' * 420}"
    cited = {"sources-0-title": "", "sources-0-url": address}
    for day in ("2023-10-23", "2023-10-24"):
        record_letter(staff, {**cited, "written_on": day})
    assert len(rows(staff.get("/sources"))) == 1
