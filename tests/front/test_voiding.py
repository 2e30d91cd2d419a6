"""What was entered in error is taken back with a reason, and what followed from it goes with it."""

import re
from collections.abc import Callable

from werkzeug.test import TestResponse

from tests.front.seed import SOURCES
from tests.front.support import (
    Sitting,
    asks_on,
    assert_problems,
    entries,
    facts_of,
    further_ask,
    has_section,
    links,
    nothing_changes,
    options,
    record_ask,
    record_contact,
    record_draft,
    record_letter,
    row_of,
    rows,
    save,
    section,
    send,
    share,
    titles_on,
    travel,
    where,
    words,
)
from tests.support.people import Person, words_of
from tracker.core.now import today

WRONG = {"reason": "It is about another case."}


def test_evidence_added_in_error_is_void_and_can_be_added_again(staff: Person) -> None:
    ask = record_ask(staff)  # which cites the text of its letter
    form = Sitting(staff, f"{ask}/evidence/void")
    assert len(options(form.page, "which")) == 1
    with nothing_changes(staff.app):
        assert_problems(form.send(), {"reason": "Say in a sentence what was wrong."})
    page = save(staff, f"{ask}/evidence/void", WRONG)
    assert "No source is recorded" in section(page, "evidence")
    assert "There is nothing here to void." in words_of(staff.get(f"{ask}/evidence/void"))
    told = entries(staff.get(f"{ask}/history"))[0]
    assert "Evidence voided Staff" in told
    assert "It is about another case." in told
    save(staff, f"{ask}/evidence", SOURCES[0])
    assert SOURCES[0]["title"] in section(staff.get(ask), "evidence")


def test_the_last_published_source_of_a_public_ask_stays(staff: Person) -> None:
    ask = record_ask(staff)
    together = options(staff.get(f"{ask}/audience"), "together")
    share(staff, ask, audience="public", together=together)
    with nothing_changes(staff.app):
        answer = send(staff, f"{ask}/evidence/void", WRONG)
    assert_problems(answer, {"which": "A public record needs a published source."})
    save(staff, f"{ask}/evidence", SOURCES[1])
    with nothing_changes(staff.app):  # readers of the ask do not see that one
        assert send(staff, f"{ask}/evidence/void", WRONG).status_code == 422
    together = options(staff.get(f"{ask}/audience"), "together")
    share(staff, ask, audience="public", together=together)
    save(staff, f"{ask}/evidence/void", WRONG)


def test_a_member_named_in_error_is_void_unless_an_outcome_rests_on_it(staff: Person) -> None:
    ask = record_ask(
        staff, {"asks-0-targets-0-name": "Those responsible", "asks-0-targets-0-kind": "class"}
    )
    (group,) = {ref for ref in options(staff.get(f"{ask}/outcomes/new"), "target") if ref}
    member = where(send(staff, "/targets/new", {"name": "Zhang Hongbo", "kind": "person"}))
    named = {"name": "Zhang Hongbo"}
    save(staff, f"/targets/{group}", named)
    outcome = {"kind": "other_action", "authority": "state", "citation": "88 FR 1"}
    save(staff, f"{ask}/outcomes/new", {**outcome, "target": member.rpartition("/")[2]})
    with nothing_changes(staff.app):
        answer = send(staff, f"/targets/{group}/members/void", WRONG)
    assert_problems(answer, {"which": "An outcome of an ask on this class names it."})
    (void,) = {
        part for part in staff.get(ask).text.split('"') if "/outcomes/" in part and "void" in part
    }
    save(staff, void, WRONG)
    page = save(staff, f"/targets/{group}/members/void", WRONG)
    assert "No member is named yet." in section(page, "members")
    assert "Member voided Staff" in entries(staff.get(f"/targets/{group}/history"))[0]
    assert "Zhang Hongbo" in section(save(staff, f"/targets/{group}", named), "members")


NEVER = {"reason": "It never went out."}


def state(page: TestResponse) -> str:
    """What stands under the title of a record."""
    found = re.search(r'<div class="record-state">(.*?)</div>', page.text, re.S)
    assert found
    return words(found[1])


def test_a_letter_that_never_went_out_leaves_its_asks_unsent(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff)
    letter = record_letter(staff, further_ask(1, "The second ask", "Somebody else"))
    first, second = asks_on(staff.get(letter))
    record_contact(staff, first, "acknowledgement", "2023-11-01")
    save(staff, f"{first}/status", {"to": "acknowledged", "on": "2023-11-01"})
    reason = {"to": "closed", "closure_reason": "moot", "on": "2023-12-01", "reason": "Too late."}
    save(staff, f"{second}/status", reason)
    with nothing_changes(staff.app):
        page = staff.get(f"{letter}/void")
        assert_problems(send(staff, f"{letter}/void", {}), {"reason": "Say in a sentence"})
    planned = row_of(page, "follows", "Sanction those responsible")
    assert (planned["Now"], planned["If the ask stays"]) == ("Acknowledged", "Draft unsent")
    assert planned["If the ask is withdrawn"] == "Closed withdrawn"
    assert planned["Other contacts"].startswith("1 contact stays on record")
    planned = row_of(page, "follows", "The second ask")
    assert (planned["Now"], planned["If the ask stays"]) == ("Closed", "Closed unsent")
    assert (planned["If the ask is withdrawn"], planned["Other contacts"]) == (
        "Closed as it is",
        "none",
    )
    page = save(staff, f"{letter}/void", NEVER)
    assert state(page).startswith("Void")
    assert "as it was entered. Why: It never went out." in words_of(page)
    assert "/void" not in " ".join(links(page))
    told = entries(staff.get(f"{letter}/history"))[0]
    assert "Letter voided" in told
    assert "It never went out." in told
    page = staff.get(first)
    assert state(page).startswith("Draft")
    assert "Drafting" in section(page, "clocks")
    assert f"void letter {letter.rpartition('/')[2]}" in section(page, "chron")
    assert letter in links(page)  # there alone: it is no letter of the ask any more
    assert not has_section(page, "siblings")
    assert [row["Status"] for row in rows(staff.get("/recommendations?columns=status"))] == [
        "Closed",
        "Draft",
    ]
    page = staff.get(second)
    assert state(page).startswith("Closed moot")
    # it began as a draft, on the day of its closing, which came before it was recorded
    assert "Submitted void: The letter that it was sent with was voided." in section(page, "chron")
    assert "1 Dec 2023 Draft" in section(page, "chron")
    page = save(staff, f"{second}/status", {"to": "draft", "reason": "Again."})
    assert state(page).startswith("Draft")


def test_the_asks_of_a_void_letter_may_be_withdrawn_but_not_what_went_out_otherwise(
    staff: Person,
) -> None:
    letter = record_letter(staff, further_ask(1, "The second ask", "Somebody else"))
    first, second = asks_on(staff.get(letter))
    # the second ask was sent by hand too: void its sending, send it again, and the letter is void
    sent = next(link for link in links(staff.get(second)) if link.startswith("/contacts/C-"))
    save(staff, sent, {"reason": "Another day."})
    save(staff, f"{second}/status", {"to": "submitted", "on": today().isoformat()})
    assert staff.get(first).status_code == 200
    page = staff.get(f"{letter}/void")
    assert row_of(page, "follows", "The second ask")["If the ask is withdrawn"] == (
        "Submitted sent otherwise too"
    )
    save(staff, f"{letter}/void", {**NEVER, "asks": "withdrawn"})
    assert state(staff.get(first)).startswith("Closed withdrawn")
    assert facts_of(staff.get(first))  # its page stands
    assert state(staff.get(second)).startswith("Submitted")
    again = send(staff, f"{letter}/void", NEVER)
    assert_problems(again, {"reason": "It is void already."})


def test_a_void_letter_counts_nowhere_and_is_found_among_the_void(
    staff: Person, other_staff: Person
) -> None:
    letter = record_letter(staff, {"title": "Letter on zebras"})
    record_letter(staff, {"title": "Letter that stands"})
    share(staff, letter)
    assert "2 letters and reports" in words_of(staff.get("/dashboards"))
    save(staff, f"{letter}/void", NEVER)
    assert "1 letter or report" in words_of(staff.get("/dashboards"))
    assert titles_on(staff.get("/letters")) == ["Letter that stands"]
    assert titles_on(staff.get("/letters?void=1")) == ["Letter on zebras"]
    assert titles_on(other_staff.get("/letters?void=1")) == ["Letter on zebras"]
    assert not has_section(staff.get("/search?q=zebras"), "letters")
    assert other_staff.get(letter).status_code == 200
    assert other_staff.get(f"{letter}/void").status_code == 403


def test_a_letter_that_was_not_sent_is_void_and_its_drafts_stay(staff: Person) -> None:
    letter = record_letter(staff, {"is_sent": None})
    (ask,) = asks_on(staff.get(letter))
    save(staff, f"{ask}/status", {"to": "vetting", "on": today().isoformat()})
    save(staff, f"{letter}/void", NEVER)
    assert state(staff.get(ask)).startswith("Vetting")
    draft = record_draft(staff, {"title": "Apart"})
    assert state(staff.get(draft)).startswith("Draft")
