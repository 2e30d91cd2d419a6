"""What was typed wrong of a letter is put right on a page of its own, and its clocks follow."""

import pytest

from tests.front.support import (
    Sitting,
    asks_on,
    assert_problems,
    entries,
    nothing_changes,
    record_letter,
    row_of,
    rows,
    save,
    send,
    share,
    titles_on,
)
from tests.front.test_section_1263d import KHASHOGGI, PRESIDENT, SFRC, Case, _typed
from tests.support.people import Person, words_of


def test_letters_are_found_by_who_signed_and_by_their_kind(staff: Person) -> None:
    signed = {"signatories-0-name": "Jeff Merkley", "title": "The first letter"}
    record_letter(staff, signed)
    record_letter(staff, {"title": "The second", "kind": "report", "asks-0-title": "Another"})
    assert titles_on(staff.get("/letters?q=merkley")) == ["The first letter"]
    assert titles_on(staff.get("/letters?q=second")) == ["The second"]
    assert titles_on(staff.get("/letters?kind=report")) == ["The second"]
    assert titles_on(staff.get("/letters?kind=report&q=merkley")) == []
    assert "No letter fits" in words_of(staff.get("/letters?q=%F0%9F%98%80"))
    assert staff.get("/letters?kind=nothing").status_code == 400
    assert len(titles_on(staff.get("/letters"))) == 2


def test_what_was_typed_wrong_is_put_right_and_both_stand_in_the_history(staff: Person) -> None:
    letter = record_letter(staff)
    [ask] = asks_on(staff.get(letter))
    form = Sitting(staff, f"{letter}/edit").press("add:signatories")
    form.type({"title": "Letter on forced separations", "written_on": "2023-10-22", "note": "Two."})
    form.type({"signatories-1-name": "Sen. Jeff Merkley", "signatories-1-role": "cochair"})
    assert form.save() == letter
    page = staff.get(letter)
    said = words_of(page)
    assert "The change is saved, and the clocks follow it." in said
    assert "Letter on forced separations" in said
    assert [row[""] for row in rows(page, "by")] == ["Rep. Chris Smith", "Sen. Jeff Merkley"]
    assert "Written 22 Oct 2023" in said
    assert "Sent 23 Oct 2023" in said
    told = entries(staff.get(f"{letter}/history"))[0]
    assert "Letter changed" in told
    assert "Letter on forced separation → Letter on forced separations" in told
    assert "Sen. Jeff Merkley, cochair" in told
    assert "Letter on forced separations" in words_of(staff.get("/search?q=separations"))
    assert "Letter changed" not in words_of(staff.get(f"{ask}/history"))
    with nothing_changes(staff.app):  # what is as it was makes no new version
        assert Sitting(staff, f"{letter}/edit").save() == letter


def test_whoever_signed_is_put_right_and_the_clock_in_law_starts(staff: Person) -> None:
    letter = _typed(staff, Case(KHASHOGGI[:1], PRESIDENT, ())).save()
    [ask] = asks_on(staff.get(letter))
    assert row_of(staff.get(ask), "clocks", "Section 1263(d)")["State"] == "Not started"
    form = Sitting(staff, f"{letter}/edit").press("add:signatories")
    name, role, body = KHASHOGGI[1]
    form.type(
        {
            f"signatories-1-{key}": value
            for key, value in {"name": name, "role": role, "body": body}.items()
        }
    )
    form.save()
    clock = row_of(staff.get(ask), "clocks", "Section 1263(d)")
    assert "10 Oct 2018 + 120 calendar days = 7 Feb 2019" in clock["Arithmetic"]
    form = Sitting(staff, f"{letter}/edit")
    form.type({"signatories-1-role": "member"}).save()
    assert row_of(staff.get(ask), "clocks", "Section 1263(d)")["State"] == "Not started"
    assert f"Sen. Robert Menendez, member, {SFRC}" in entries(staff.get(f"{letter}/history"))[0]


def test_a_letter_in_another_script_is_marked_so_wherever_it_is_named(staff: Person) -> None:
    typed = {
        "title": "رسالة عن السجون",
        "on_behalf_of": "لجنة الكونغرس",
        "asks-0-title": "طلب",
        "asks-0-request": "Sanction them.",
    }
    letter = record_letter(staff, typed)
    [ask] = asks_on(staff.get(letter))
    marked = '<bdi lang="und-Arab">{}</bdi>'
    title, committee = (marked.format(typed[key]) for key in ("title", "on_behalf_of"))
    assert f"<h1>{title}</h1>" in staff.get(letter).text
    assert f"<dd>{committee}</dd>" in staff.get(letter).text
    assert f"<b>{title}</b>, " in staff.get(f"{letter}/void").text
    assert f">{committee}, " in staff.get(ask).text
    assert (
        f"<h1>{marked.format(typed['asks-0-title'])}</h1>"
        in staff.get(f"{ask}?as_of=2024-01-01").text
    )


def test_a_reply_date_that_was_misread_starts_its_clock_anew(staff: Person) -> None:
    named = {"reply_requested_by": "2023-12-31", "reply_date_confirmed": "y"}
    letter = record_letter(staff, named)
    [ask] = asks_on(staff.get(letter))
    save(staff, f"{letter}/edit", {"reply_requested_by": "2023-12-01"})
    assert "by 1 Dec 2023" in row_of(staff.get(ask), "clocks", "Reply")["Arithmetic"]


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"title": ""}, {"title": "Give the letter a title in one line."}),
        ({"title": "x" * 301}, {"title": "301 characters"}),
        ({"written_on": "2023-11"}, {"written_on": "It is on record as sent on 23 Oct 2023."}),
        ({"written_on": "2123"}, {"written_on": "This day has not come yet"}),
        ({"written_on": "soon"}, {"written_on": "Write the date"}),
        ({"reply_requested_by": "2023-10-01"}, {"reply_requested_by": "after the letter was sent"}),
        ({"signatories-0-name": "", "signatories-0-body": "CECC"}, {"signatories-0-name": "Who"}),
    ],
)
def test_what_cannot_be_is_told_at_its_field(
    staff: Person, typed: dict[str, str], wrong: dict[str, str]
) -> None:
    letter = record_letter(staff)
    with nothing_changes(staff.app):
        answer = send(staff, f"{letter}/edit", typed)
    assert_problems(answer, wrong)


def test_only_its_house_changes_a_letter_and_none_that_is_void(
    staff: Person, other_staff: Person, partner: Person
) -> None:
    letter = record_letter(staff)
    for person in (other_staff, partner):
        assert person.get(f"{letter}/edit").status_code == (403 if person is partner else 404)
    share(staff, letter)
    for person in (other_staff, partner):
        assert person.get(f"{letter}/edit").status_code == 403
        assert f"{letter}/edit" not in person.get(letter).text
    form = Sitting(staff, f"{letter}/edit").type({"title": "Too late"})
    save(staff, f"{letter}/void", {"reason": "Twice.", "asks": "unsent"})
    with nothing_changes(staff.app):
        refused = form.send_once()
    assert refused.status_code == 422
    assert "This letter is void: it stays as it was entered." in words_of(refused)
    assert f"{letter}/edit" not in staff.get(letter).text


def test_the_note_is_for_colleagues_and_moves_nothing_that_others_see(
    staff: Person, colleague: Person, partner: Person
) -> None:
    letter = record_letter(staff)
    share(staff, letter)
    known = [partner.get(path).text for path in (letter, f"{letter}/history", "/letters")]
    save(staff, f"{letter}/edit", {"note": "Call Alexander first"})
    assert "Call Alexander first" in words_of(colleague.get(letter))
    assert "Call Alexander first" in entries(colleague.get(f"{letter}/history"))[0]
    assert [partner.get(path).text for path in (letter, f"{letter}/history", "/letters")] == known
    save(staff, f"{letter}/edit", {"title": "Another title", "note": "Call Boris first"})
    told = entries(partner.get(f"{letter}/history"))[0]
    assert "→ Another title" in told
    assert "Boris" not in told
    form = Sitting(colleague, f"{letter}/edit").type({"note": "Call nobody"})
    save(staff, f"{letter}/edit", {"note": "Call both"})
    assert form.send().status_code == 409  # though no version was made that others see
    assert "Call <mark>both</mark>" in form.text


def test_who_saves_second_sees_both_texts(staff: Person, colleague: Person) -> None:
    letter = record_letter(staff)
    form = Sitting(colleague, f"{letter}/edit").type({"title": "Mine", "note": "Also mine"})
    save(staff, f"{letter}/edit", {"title": "Theirs"})
    assert form.send().status_code == 409
    assert "Theirs" in form.text
    assert "Mine" in form.text
    form.save()
    page = words_of(staff.get(letter))
    assert "Mine" in page
    assert "Also mine" in page


SECOND = {"title": "Control the technology too", "targets-0-name": "Somebody else"}


def test_an_ask_that_was_forgotten_is_added_and_went_with_its_letter(
    staff: Person, partner: Person
) -> None:
    letter = record_letter(staff)
    share(staff, letter)
    told = words_of(partner.get(letter)), entries(partner.get(f"{letter}/history"))
    form = Sitting(staff, f"{letter}/asks/new")
    assert "was sent on 23 Oct 2023: this ask went with it" in words_of(form.page)
    assert form.fields["sources-0-url"] == ["https://www.cecc.gov/letter"]
    with nothing_changes(staff.app):
        wrong = Sitting(staff, f"{letter}/asks/new")
        wrong.type({**SECOND, "addressees-0-agency": "Treasury"})
        assert_problems(wrong.send(), {"addressees": "The letter was not written to all of these"})
        nobody = Sitting(staff, f"{letter}/asks/new")
        nobody.type({**SECOND, "addressees-0-agency": "", "addressees-0-official": ""})
        assert_problems(nobody.send(), {"addressees": "Say of whom this is asked."})
        empty = Sitting(staff, f"{letter}/asks/new").send()
        assert_problems(empty, {"title": "Say in one line", "targets": "Name a target"})
    ask = form.type(SECOND).save()
    page = staff.get(ask)
    assert "Submitted 23 Oct 2023" in words_of(page)
    assert row_of(page, "clocks", "Silence")["Arithmetic"].startswith("23 Oct 2023 + 90")
    assert len(rows(staff.get(letter), "asks")) == 2
    assert ask.rpartition("/")[2] in entries(staff.get(f"{letter}/history"))[0]
    assert (words_of(partner.get(letter)), entries(partner.get(f"{letter}/history"))) == told


def test_an_ask_added_to_a_letter_not_sent_is_a_draft_and_to_a_void_one_is_refused(
    staff: Person,
) -> None:
    letter = record_letter(staff, {"is_sent": None})
    assert "Draft" in words_of(staff.get(Sitting(staff, f"{letter}/asks/new").type(SECOND).save()))
    form = Sitting(staff, f"{letter}/asks/new").type({**SECOND, "title": "A third"})
    save(staff, f"{letter}/void", {"reason": "It never was."})
    with nothing_changes(staff.app):
        answer = form.send()
    assert "This letter is void: it stays as it was entered." in words_of(answer)


def test_an_export_control_may_name_a_technology_and_no_culprit(staff: Person) -> None:
    form = Sitting(staff, "/recommendations/new").press("add:controls")
    form.type({"title": "Control the kits", "addressees-0-agency": "Commerce"})
    form.type({"instrument": "export_control", "controls-0-technology": "DNA sequencing kits"})
    page = staff.get(form.save())
    assert "DNA sequencing kits" in words_of(page)
    assert [row[""] for row in rows(page, "targets")] == ["The ask as a whole"]
