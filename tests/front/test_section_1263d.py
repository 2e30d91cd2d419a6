"""Section 1263(d) through the front door: the letter form says what the law says of it, and only a
request that qualifies starts the 120 days, from its receipt."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from flask import Flask

from tests.front.support import (
    CLOCK_OFFERED,
    LETTER,
    Sitting,
    asks_on,
    assert_problems,
    assert_said_at,
    entries,
    links,
    nothing_changes,
    record_contact,
    row_of,
    rows,
    save,
    section,
    travel,
    where,
)
from tests.support.people import Person, words_of

SFRC, HFAC = "Senate Committee on Foreign Relations", "House Committee on Foreign Affairs"
CECC = "Congressional-Executive Commission on China"
PRESIDENT = ("President of the United States",)
Signed = tuple[tuple[str, str, str], ...]
KHASHOGGI: Signed = (
    ("Sen. Bob Corker", "chair", SFRC),
    ("Sen. Robert Menendez", "ranking_member", SFRC),
)


@dataclass(frozen=True)
class Case:
    """A letter as a person types it, and what the law says of it."""

    signed: Signed
    to: tuple[str, ...]
    says: tuple[str, ...]
    ground: str = "human_rights"
    written: str = "2018-10-10"
    received: str = "2018-10-10"
    qualifies: bool = False


CASES = {
    "the letter on Tibet": Case(
        (("Rep. Chris Smith", "chair", CECC), ("Sen. Jeff Merkley", "cochair", CECC)),
        ("Commerce", "Treasury", "State"),
        (
            "No clock in law starts (22 U.S.C. 10102(d)): it is not addressed to the President "
            "(but to: U.S. Department of Commerce, U.S. Department of the Treasury, U.S. "
            "Department of State)",
            "none of the four committees named in 22 U.S.C. 10102(j) signed it "
            f"(it is signed for: {CECC})",
        ),
        written="2023-10-23",
        received="2023-10-23",
    ),
    "Corker and Menendez": Case(
        KHASHOGGI,
        PRESIDENT,
        (
            "It is a request under 22 U.S.C. 10102(d) and 22 U.S.C. 10102(j).",
            "Day 0 is 10 Oct 2018 (received); 120 calendar days give 7 Feb 2019; late from "
            "8 Feb 2019.",
        ),
        qualifies=True,
    ),
    "corruption, of one chamber": Case(
        KHASHOGGI,
        PRESIDENT,
        ("in each chamber must sign, and none of the House did",),
        ground="corruption",
    ),
    "corruption, of both chambers": Case(
        (
            *KHASHOGGI,
            ("Rep. Ed Royce", "chair", HFAC),
            ("Rep. Eliot Engel", "ranking_member", HFAC),
        ),
        PRESIDENT,
        ("give 7 Feb 2019",),
        ground="corruption",
        qualifies=True,
    ),
    "a chair alone": Case(
        KHASHOGGI[:1],
        PRESIDENT,
        ("not signed by the chair and the ranking member of one of the four committees",),
    ),
    "of an unknown day of receipt": Case(
        KHASHOGGI,
        PRESIDENT,
        ("Day 0 is 10 Oct 2018 (sent; the day of receipt counts once it is recorded)",),
        received="",
        qualifies=True,
    ),
}


def _typed(person: Person, case: Case, **more: str) -> Sitting:
    form = Sitting(person, "/letters/new")
    for _ in case.signed[1:]:
        form.press("add:signatories")
    for _ in case.to[1:]:
        form.press("add:addressees")
    for place, (name, role, body) in enumerate(case.signed):
        row = f"signatories-{place}"
        form.type({f"{row}-name": name, f"{row}-role": role, f"{row}-body": body})
    for place, body in enumerate(case.to):
        form.type({f"addressees-{place}-agency": body})
    return form.type(
        {
            "title": "A request",
            "written_on": case.written,
            "received_on": case.received,
            "asks-0-instrument": "global_magnitsky",
            "asks-0-title": "Determine who is responsible",
            "asks-0-ground": case.ground,
            "asks-0-asked_of": [str(place) for place in range(len(case.to))],
            "asks-0-targets-0-name": "Somebody responsible",
            **more,
        }
    )


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_form_says_what_the_law_says_before_anything_is_saved_and_after(
    app: Flask, staff: Person, name: str
) -> None:
    case = CASES[name]
    form = _typed(staff, case)
    with nothing_changes(app):
        form.press("check")
    said = words_of(form.page)
    for words in case.says:
        assert words in said, said[-3000:]
    letter = staff.get(form.save())
    clock = row_of(staff.get(f"{asks_on(letter)[0]}/clocks"), *_place(case))
    assert clock["State"].startswith("Deadline in law passed" if case.qualifies else "Not started")
    for words in case.says if not case.qualifies else ():
        assert words in section(letter, "law")
    if case.qualifies:
        assert "120 calendar days give 7 Feb 2019" in section(letter, "law")
        assert "Warns from 8 Jan 2019" in clock["Arithmetic"]


def _place(case: Case) -> tuple[str, str]:
    return ("clocks-1" if case.qualifies else "clocks-2", "Section 1263(d)")


def test_a_narrower_second_letter_keeps_the_first_clock(staff: Person) -> None:
    first = _typed(staff, CASES["Corker and Menendez"]).save()
    second = Case(KHASHOGGI, PRESIDENT, (), written="2018-11-20", received="2018-11-21")
    form = _typed(staff, second, supplements=first.rpartition("/")[2].lower())
    told = "it supplements the request of 10 Oct 2018, whose clock runs on"
    assert told in words_of(form.press("check").page)
    letter = staff.get(form.save())
    assert told in section(letter, "law")
    law = row_of(staff.get(f"{asks_on(letter)[0]}/clocks"), "clocks-2", "Section 1263(d)")
    assert law["State"] == "Not started"
    kept = row_of(staff.get(f"{asks_on(staff.get(first))[0]}/clocks"), "clocks-1", "Section 12")
    assert "120 calendar days give 7 Feb 2019" in kept["Arithmetic"]


def test_what_supplements_a_letter_that_does_not_qualify_starts_the_clock_itself(
    staff: Person,
) -> None:
    first = _typed(staff, CASES["a chair alone"]).save()
    second = Case(KHASHOGGI, PRESIDENT, (), written="2018-11-20", received="2018-11-20")
    form = _typed(staff, second, supplements=first.rpartition("/")[2])
    assert "late from 21 Mar 2019" in words_of(form.press("check").page)
    ask = asks_on(staff.get(form.save()))[0]
    law = row_of(staff.get(f"{ask}/clocks"), "clocks-1", "Section 1263(d)")
    assert "120 calendar days give 20 Mar 2019" in law["Arithmetic"]


def test_a_determination_of_the_day_of_receipt_may_be_said_without_a_contact(staff: Person) -> None:
    letter = _typed(staff, CASES["Corker and Menendez"]).save()
    ask = asks_on(staff.get(letter))[0]
    law = row_of(staff.get(f"{ask}/clocks"), "clocks-1", "Section 1263(d)")
    assert "Received 10 Oct 2018" in law["Arithmetic"]
    clock = re.search(CLOCK_OFFERED + r"[^>]*><label[^>]*>Section", staff.get(f"{ask}/clocks").text)
    assert clock is not None
    typed = {"clocks": clock[1], "act": "meet", "until": "2018-10-09", "reason": "It was told us."}
    answer = Sitting(staff, f"{ask}/clocks/change").type(typed).send()
    assert_problems(answer, {"until": "not before its start, 10 Oct 2018"})
    page = save(staff, f"{ask}/clocks/change", {**typed, "until": "2018-10-10"})
    assert row_of(page, "clocks-3", "Section 1263(d)")["State"].startswith("Met")


def test_what_supplements_a_letter_that_is_void_by_now_starts_the_clock_itself(
    staff: Person,
) -> None:
    first = _typed(staff, CASES["Corker and Menendez"]).save()
    second = Case(KHASHOGGI, PRESIDENT, (), written="2018-11-20", received="2018-11-20")
    later = _typed(staff, second, supplements=first.rpartition("/")[2]).save()
    ask = asks_on(staff.get(later))[0]
    law = row_of(staff.get(f"{ask}/clocks"), "clocks-2", "Section 1263(d)")
    assert "whose clock runs on" in law["Arithmetic"]
    save(staff, f"{first}/void", {"reason": "It was never sent."})
    law = row_of(staff.get(f"{ask}/clocks"), "clocks-1", "Section 1263(d)")
    assert "120 calendar days give 20 Mar 2019" in law["Arithmetic"]
    form = Sitting(staff, f"{later}/receipt").type({"supplements": first.rpartition("/")[2]})
    form.type({"received_on": "2018-11-20", "received_proof": "A receipt"})
    assert_problems(form.send(), {"supplements": "That letter is void"})


def _law(person: Person, letter: str) -> dict[str, str]:
    """The row of section 1263(d) among the clocks of a letter's ask."""
    page = person.get(f"{asks_on(person.get(letter))[0]}/clocks")
    places = [place for place in ("clocks-1", "clocks-2") if f'"{place}"' in page.text]
    found = [row for place in places for row in rows(page, place)]
    [law] = [row for row in found if row[""].startswith("Section 1263(d)")]
    return law


def test_a_letter_to_an_adviser_of_the_president_starts_nothing(staff: Person) -> None:
    form = _typed(staff, CASES["Corker and Menendez"])
    form.type({"addressees-0-office_title": "National Security Adviser"}).press("check")
    assert "not addressed to the President (but to: National Security Adviser)" in words_of(
        form.page
    )
    assert _law(staff, form.save())["State"] == "Not started"


def test_of_a_chain_of_letters_the_one_that_stands_and_qualifies_has_the_clock(
    staff: Person,
) -> None:
    def further(after: str, on: str) -> str:
        case = Case(KHASHOGGI, PRESIDENT, (), written=on, received=on)
        return _typed(staff, case, supplements=after.rpartition("/")[2]).save()

    alone = _typed(staff, CASES["a chair alone"]).save()
    first = further(alone, "2018-10-20")
    second = further(first, "2018-11-20")
    assert "120 calendar days give 17 Feb 2019" in _law(staff, first)["Arithmetic"]
    assert "supplements the request of 20 Oct 2018" in _law(staff, second)["Arithmetic"]
    third = further(second, "2018-12-20")
    assert "supplements the request of 20 Oct 2018" in _law(staff, third)["Arithmetic"]
    page = save(staff, f"{first}/void", {"reason": "It was never sent."})
    assert page.status_code == 200
    assert "120 calendar days give 20 Mar 2019" in _law(staff, second)["Arithmetic"]
    assert "supplements the request of 20 Nov 2018" in _law(staff, third)["Arithmetic"]
    asks = [asks_on(staff.get(letter))[0] for letter in (first, second)]
    for ask, turn in zip(asks, ("Flags cleared", "Flags raised"), strict=True):
        assert any(turn in entry for entry in entries(staff.get(f"{ask}/history")))


def test_what_a_receipt_says_of_one_letter_reaches_those_that_supplement_it(
    staff: Person,
) -> None:
    first = _typed(staff, CASES["Corker and Menendez"]).save()
    chair = replace(CASES["a chair alone"], written="2018-10-20", received="2018-10-20")
    alone = _typed(staff, chair).save()
    case = Case(KHASHOGGI, PRESIDENT, (), written="2018-11-20", received="2018-11-20")
    later = _typed(staff, case, supplements=alone.rpartition("/")[2]).save()
    assert "120 calendar days give 20 Mar 2019" in _law(staff, later)["Arithmetic"]
    said = {"received_on": "2018-10-20", "received_proof": "A receipt"}
    save(staff, f"{alone}/receipt", {**said, "supplements": first.rpartition("/")[2]})
    assert "supplements the request of 10 Oct 2018" in _law(staff, later)["Arithmetic"]


def test_the_president_beside_an_adviser_is_still_asked(staff: Person) -> None:
    case = replace(CASES["Corker and Menendez"], to=PRESIDENT * 2)
    form = _typed(staff, case)
    form.type({"addressees-0-office_title": "President of the United States"})
    form.type({"addressees-1-office_title": "National Security Advisor"}).press("check")
    assert "give 7 Feb 2019" in words_of(form.page)
    assert "120 calendar days give 7 Feb 2019" in _law(staff, form.save())["Arithmetic"]


def test_what_supplements_a_letter_that_began_no_clock_starts_it_itself(staff: Person) -> None:
    other = _typed(staff, CASES["Corker and Menendez"], **{"asks-0-instrument": "entity_list"})
    both = replace(CASES["Corker and Menendez"], to=(*PRESIDENT, "Treasury"))
    aside = _typed(staff, both, **{"asks-0-asked_of": ["1"]})  # type: ignore[arg-type]
    case = Case(KHASHOGGI, PRESIDENT, (), written="2018-11-20", received="2018-11-20")
    for first in (other.save(), aside.save()):
        form = _typed(staff, case, supplements=first.rpartition("/")[2])
        assert "late from 21 Mar 2019" in words_of(form.press("check").page)
        assert "120 calendar days give 20 Mar 2019" in _law(staff, form.save())["Arithmetic"]
    third = _typed(staff, CASES["Corker and Menendez"]).save()
    later = _typed(staff, case, supplements=third.rpartition("/")[2]).save()
    assert "supplements the request of 10 Oct 2018" in _law(staff, later)["Arithmetic"]
    (ask,) = asks_on(staff.get(third))
    (void,) = [link for link in links(staff.get(ask)) if "C-" in link and link.endswith("/void")]
    save(staff, void, {"reason": "It was never sent."})
    assert "120 calendar days give 20 Mar 2019" in _law(staff, later)["Arithmetic"]


def test_a_letter_that_was_not_sent_yet_is_sent_later_and_its_clocks_start(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2018-11-01", staff)
    case = replace(CASES["of an unknown day of receipt"], written="2018-10-10")
    asked = {"is_sent": "", "reply_requested_by": "2018-12-20"}
    address = _typed(staff, case, **asked).save()
    (ask,) = asks_on(staff.get(address))
    assert "Draft" in words_of(staff.get(ask))
    form = Sitting(staff, f"{address}/receipt")
    with nothing_changes(staff.app):
        for typed, problems in (
            ({"sent_on": ""}, {"sent_on": "Say when it was: 2023-10-23"}),
            ({"sent_on": "2018-10-01"}, {"sent_on": "before it was written, 10 Oct 2018"}),
            ({"sent_on": "2018-11-02"}, {"sent_on": "This day has not come yet"}),
        ):
            assert_problems(Sitting(staff, f"{address}/receipt").type(typed).send(), problems)
    form.type({"sent_on": "2018-10-12", "received_on": "2018-10-15", "received_proof": "A receipt"})
    form.save()
    assert "Submitted 12 Oct 2018" in words_of(staff.get(ask))
    assert "120 calendar days give 12 Feb 2019" in _law(staff, address)["Arithmetic"]
    history = " ".join(entries(staff.get(f"{ask}/history")))
    assert "Status changed" in history
    assert "Contact recorded" in history
    assert "starts no clock" in section(staff.get(address), "facts")
    Sitting(staff, f"{address}/receipt").type({"reply_date_confirmed": "y"}).save()
    assert "read in the letter" in section(staff.get(address), "facts")
    assert row_of(staff.get(f"{ask}/clocks"), "clocks-1", "Reply asked for")


def test_a_letter_sent_on_an_unknown_day_begins_its_clocks_when_the_day_is_known(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2018-11-01", staff)
    address = _typed(staff, CASES["of an unknown day of receipt"], written_on="").save()
    (ask,) = asks_on(staff.get(address))
    page = staff.get(address)
    assert "Sent on a day not known" in words_of(page)
    assert "not sent" not in words_of(staff.get("/letters"))
    assert "went out on a day that is not on record" in words_of(staff.get(f"{address}/receipt"))
    assert "When it was sent…" in words_of(page)
    record_contact(staff, ask, "acknowledgement", "2018-10-20")
    form = Sitting(staff, f"{address}/receipt")
    with nothing_changes(staff.app):
        late = form.type({"sent_on": "2018-10-21"}).send()
        assert_problems(late, {"sent_on": "A contact of 20 Oct 2018 is on record"})
    form.type({"sent_on": "2018-10-12", "received_on": "2018-10-15", "received_proof": "A receipt"})
    form.save()
    assert "Sent 12 Oct 2018" in words_of(staff.get(address))
    assert "Submitted 12 Oct 2018" in words_of(staff.get(ask))
    assert "120 calendar days give 12 Feb 2019" in _law(staff, address)["Arithmetic"]
    assert "12 Oct 2018 Letter sent" in " ".join(entries(staff.get(ask)))


def test_what_is_corrected_reaches_the_end_of_a_chain_of_letters(staff: Person) -> None:
    first = _typed(staff, CASES["Corker and Menendez"]).save()
    chair = replace(CASES["a chair alone"], written="2018-10-20", received="2018-10-20")
    middle = _typed(staff, chair, supplements=first.rpartition("/")[2]).save()
    case = Case(KHASHOGGI, PRESIDENT, (), written="2018-11-20", received="2018-11-20")
    last = _typed(staff, case, supplements=middle.rpartition("/")[2]).save()
    assert "supplements the request of 10 Oct 2018" in _law(staff, last)["Arithmetic"]
    (ask,) = asks_on(staff.get(first))
    save(staff, f"{ask}/edit", {"instrument": "entity_list", "ground": ""})
    assert "120 calendar days give 20 Mar 2019" in _law(staff, last)["Arithmetic"]


def test_what_is_sent_again_went_with_its_letter(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2018-12-01", staff)
    first = _typed(staff, CASES["of an unknown day of receipt"]).save()
    case = Case(KHASHOGGI, PRESIDENT, (), written="2018-11-20", received="2018-11-20")
    later = _typed(staff, case, supplements=first.rpartition("/")[2]).save()
    (ask,) = asks_on(staff.get(first))
    (void,) = [link for link in links(staff.get(ask)) if "C-" in link and link.endswith("/void")]
    save(staff, void, {"reason": "It went another day."})
    assert "120 calendar days give 20 Mar 2019" in _law(staff, later)["Arithmetic"]
    assert "Not sent" in words_of(staff.get(first))
    assert "Sending of a letter taken back" in words_of(staff.get(f"{first}/history"))
    save(staff, f"{first}/receipt", {"sent_on": "2018-10-12"})
    assert "120 calendar days give 9 Feb 2019" in _law(staff, first)["Arithmetic"]
    assert "supplements the request of 12 Oct 2018" in _law(staff, later)["Arithmetic"]


def test_a_day_of_sending_contradicts_nothing_on_record(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2018-12-30", staff)
    asked = {"is_sent": "", "reply_requested_by": "2018-12-15"}
    unsent = _typed(staff, CASES["of an unknown day of receipt"], **asked).save()
    with nothing_changes(staff.app):
        answer = Sitting(staff, f"{unsent}/receipt").type({"sent_on": "2018-12-20"}).send()
    assert_problems(answer, {"sent_on": "It asks for a reply by 15 Dec 2018: it went before"})
    by_hand = _typed(staff, CASES["of an unknown day of receipt"], is_sent="").save()
    (ask,) = asks_on(staff.get(by_hand))
    save(staff, f"{ask}/status", {"to": "submitted", "on": "2018-12-30"})
    with nothing_changes(staff.app):
        answer = Sitting(staff, f"{by_hand}/receipt").type({"sent_on": "2018-12-20"}).send()
    assert_problems(answer, {"sent_on": "is on record as sent on 30 Dec 2018. Give that day"})


def test_what_was_said_to_be_sent_by_hand_went_with_its_letter(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2018-10-20", staff)
    case = CASES["of an unknown day of receipt"]
    address = _typed(staff, case, is_sent="").save()
    (ask,) = asks_on(staff.get(address))
    save(staff, f"{ask}/status", {"to": "submitted", "on": "2018-10-20"})
    save(staff, f"{address}/receipt", {"sent_on": "2018-10-20"})
    assert "120 calendar days give 17 Feb 2019" in _law(staff, address)["Arithmetic"]
    contacts = [link for link in links(staff.get(ask)) if "C-" in link and link.endswith("/void")]
    assert len(contacts) == 1


def test_no_two_letters_supplement_each_other_and_the_day_of_sending_counts(
    staff: Person,
) -> None:
    first = _typed(staff, CASES["Corker and Menendez"], received_on="2018-11-01").save()
    case = Case(KHASHOGGI, PRESIDENT, (), written="2018-10-12", received="2018-10-13")
    second = _typed(staff, case, supplements=first.rpartition("/")[2]).save()
    assert "supplements the request of 1 Nov 2018" in _law(staff, second)["Arithmetic"]
    form = Sitting(staff, f"{first}/receipt").type({"received_proof": "A receipt"})
    form.type({"supplements": second.rpartition("/")[2]})
    assert_problems(form.send(), {"supplements": "That letter was not sent before this one."})
    same_day = replace(case, written="2018-10-12")
    third = _typed(staff, same_day, supplements=second.rpartition("/")[2]).save()
    form = Sitting(staff, f"{second}/receipt").type({"received_proof": "A receipt"})
    form.type({"supplements": third.rpartition("/")[2]})
    assert_problems(form.send(), {"supplements": "That letter supplements this one already."})


def test_the_receipt_is_recorded_later_with_its_proof_and_the_clock_follows(
    app: Flask, staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2018-12-01", staff)
    address = _typed(staff, CASES["of an unknown day of receipt"]).save()
    form = Sitting(staff, f"{address}/receipt")
    assert "counted from the day of sending" in section(form.page, "law")
    with nothing_changes(app):
        for typed, problems in (
            ({"received_on": "2018-10-12"}, {"received_proof": "Say how it is known"}),
            ({"received_on": "2018-10-09"}, {"received_on": "before it was sent, 10 Oct 2018"}),
            ({"received_on": "2018-12-02"}, {"received_on": "This day has not come yet"}),
            ({"received_on": "soon"}, {"received_on": "Write the date as"}),
            ({"supplements": "L-00000000"}, {"supplements": "No other letter"}),
            ({"supplements": address.rpartition("/")[2]}, {"supplements": "No other letter"}),
        ):
            given = {"received_on": "", "received_proof": "", "supplements": "", **typed}
            if "received_proof" not in problems:
                given["received_proof"] = "A receipt"
            answer = Sitting(staff, f"{address}/receipt").type(given).send()
            assert_problems(answer, problems)
    form.type({"received_on": "2018-10-12", "received_proof": "Signed for at the door"})
    letter = staff.get(where(form.send()))
    assert "Day 0 is 12 Oct 2018; 120 calendar days give 9 Feb 2019." in section(letter, "law")
    ask = asks_on(letter)[0]
    history = entries(staff.get(f"{ask}/history"))
    assert "Days moved Section 1263d: 7 Feb 2019 → 9 Feb 2019 (The President)" in history[0]
    assert history[1].startswith("1 Dec 2018, 12:00 UTC Receipt of a letter recorded Staff")
    assert "Proof of receipt – → Signed for at the door" in history[1]


def test_a_letter_that_was_changed_meanwhile_is_not_overwritten(staff: Person) -> None:
    address = _typed(staff, CASES["Corker and Menendez"]).save()
    slow = Sitting(staff, f"{address}/receipt").type({"received_proof": "A receipt"})
    quick = Sitting(staff, f"{address}/receipt")
    quick.type({"received_on": "2018-10-11", "received_proof": "Another"}).save()
    assert slow.send().status_code == 409
    assert "11 Oct 2018 Another" in words_of(staff.get(address))


def test_a_day_that_is_none_is_told_at_its_field_before_a_letter_is_judged(staff: Person) -> None:
    form = Sitting(staff, "/letters/new").type({**LETTER, "written_on": "some day"})
    page = form.type({"op": "check"}).send_once()
    assert page.status_code == 422
    assert_said_at(page, "written_on")
