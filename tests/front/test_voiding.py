"""What was entered in error is taken back with a reason, and what followed from it goes with it."""

from tests.front.seed import SOURCES
from tests.front.support import (
    Sitting,
    assert_problems,
    entries,
    nothing_changes,
    options,
    record_ask,
    save,
    section,
    send,
    share,
    where,
)
from tests.support.people import Person, words_of

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
    share(staff, ask, audience="public")
    with nothing_changes(staff.app):
        answer = send(staff, f"{ask}/evidence/void", WRONG)
    assert_problems(answer, {"which": "A public record needs a published source."})
    save(staff, f"{ask}/evidence", SOURCES[1])
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
