"""Changing what is on record: asks, targets, members of a class; and two people at once."""

import re

import pytest

from tests.front.support import (
    Sitting,
    Typed,
    assert_problems,
    assert_still_there,
    entries,
    facts_of,
    links,
    nothing_changes,
    options,
    problems,
    record_ask,
    record_contact,
    record_draft,
    record_letter,
    row_of,
    row_with,
    rows,
    save,
    section,
    send,
    share,
    titles_on,
    where,
    words,
)
from tests.support.people import Person, words_of


def test_what_is_saved_as_it_stood_changes_nothing(staff: Person) -> None:
    """No version that others would clash with, nothing in the history, nothing to tell anybody."""
    ask = record_ask(staff)
    plan = Sitting(staff, f"{ask}/next")
    plan.type({"next_action": "Call", "next_action_on": "2030-01-31"}).save()
    names = {"name": "吴英杰", "other_names": "WU, Yingjie", "position": "Party Secretary"}
    target = where(send(staff, "/targets/new", names))
    letter = record_letter(staff, {"title": "Another letter"})
    receipt = Sitting(staff, f"{letter}/receipt")
    receipt.type({"received_on": "2023-10-25", "received_proof": "A receipt"}).save()
    template = Sitting(staff, "/letters/template")
    template.type({"text": template.fields["text"][0] + "\nYours."}).save()
    staff.get(ask), staff.get(target)
    changed = (f"{ask}/edit", f"{ask}/next", f"{target}/edit", f"{letter}/edit")
    for form in (*changed, f"{letter}/receipt", "/letters/template"):
        with nothing_changes(staff.app, "login_sessions"):
            Sitting(staff, form).save()


def test_the_history_shows_days_and_references_as_pages_do_and_words_as_typed(
    staff: Person,
) -> None:
    ask = record_ask(staff)
    typed = {"title": "2023-02-31", "abuse": "some_words_<b>", "newest_conduct_on": "2022-09"}
    Sitting(staff, f"{ask}/edit").type(typed).save()
    page = staff.get(f"{ask}/history")
    told = words_of(page)
    assert "→ 2023-02-31" in told  # no day at all
    assert "→ some_words_<b>" in told
    assert "→ Sept 2022" in told
    assert any(link.startswith("/targets/T-") for link in links(page))


def test_an_ask_is_changed_and_the_history_says_what_was_before(staff: Person) -> None:
    ask = record_ask(staff)
    form = Sitting(staff, f"{ask}/edit")
    form.press("add:targets").type({"targets-1-name": "吴英杰", "targets-1-kind": "person"})
    form.press("add:addressees").type({"addressees-1-agency": "Treasury"})
    changed = {
        "title": "Sanction those who gave the order",
        "places": "China (Tibet)",
        "ground": "human_rights",
        "tags": "Tibet, DNA",
        "addressees-0-official": "Antony J. Blinken",
    }
    page = staff.get(form.type(changed).save())
    assert "The change is saved." in words_of(page)
    assert "<h1>Sanction those who gave the order</h1>" in page.text
    facts = facts_of(page)
    assert facts["Place"] == "Tibet, China"
    assert facts["Ground"] == "Human rights"
    assert facts["Tags"] == "dna tibet"
    assert facts["Version"].startswith("2,")
    assert [row[""].split()[0] for row in rows(page, "targets")] == ["Wu", "吴英杰"]
    assert row_of(page, "addressees", "State")["Official then"] == "Antony J. Blinken"
    assert row_of(page, "addressees", "Treasury")["State"] == "Not sent"
    history = " ".join(entries(staff.get(f"{ask}/history"))[:2])
    assert "Sanction those responsible → Sanction those who gave the order" in history
    assert "– → China (Tibet)" in history
    assert "instrument" not in history
    form = Sitting(staff, f"{ask}/edit").press("remove:targets-0").type({"tags": ""})
    page = staff.get(form.save())
    assert [row[""].split()[0] for row in rows(page, "targets")] == ["吴英杰"]
    assert "Tags" not in facts_of(page)


@pytest.mark.parametrize("number", ["3A981", "3a991.b.1, 4A994", "ear99", "5A002.a; 5D002"])
def test_a_control_number_is_one_of_the_list(staff: Person, number: str) -> None:
    form = Sitting(staff, "/recommendations/new").press("add:controls")
    form.type({"title": "Control them", "instrument": "export_control", "targets-0-name": "Them"})
    form.type({"controls-0-technology": "Cameras", "addressees-0-agency": "Commerce"})
    for bad in ("banana", "3A98", "zzz 99", "3A981x"):
        answer = form.type({"controls-0-eccn": bad}).send()
        assert_problems(answer, {"controls-0-eccn": "Write the number as the list does"})
    page = staff.get(form.type({"controls-0-eccn": number}).save())
    assert number.upper() in section(page, "controls")


def test_saving_an_ask_as_it_stands_changes_nothing_that_it_says(staff: Person) -> None:
    form = Sitting(staff, "/recommendations/new").press("add:controls").press("add:targets")
    control = {"technology": "Cameras", "eccn": "4a001", "destination": "China (Xinjiang)"}
    form.type({f"controls-0-{name}": value for name, value in control.items()})
    form.type(
        {
            "instrument": "export_control",
            "title": "Control cameras",
            "request": "First line\nSecond line",
            "abuse": "They watch everybody.",
            "places": "China (Xinjiang); Iran",
            "legal_basis": "15 CFR 742.7",
            "newest_conduct_on": "2022-09",
            "decided_by": "commerce",
            "targets-0-name": "A bureau",
            "targets-1-name": "A class of officials",
            "targets-1-kind": "class",
            "addressees-0-agency": "Commerce",
            "tags": "xinjiang",
        }
    )
    ask = form.save()
    staff.get(ask)
    before = staff.get(f"{ask}/edit")
    page = staff.get(Sitting(staff, f"{ask}/edit").save())
    after = staff.get(f"{ask}/edit")
    taken = re.compile(r'name="(version|csrf_token)"[^>]*>')
    assert taken.sub("", after.text) == taken.sub("", before.text)
    assert facts_of(page)["Decided by"] == "U.S. Department of Commerce"
    assert "Ask changed" not in entries(staff.get(f"{ask}/history"))[0]


def test_an_addressee_that_was_written_to_is_not_taken_out(staff: Person) -> None:
    ask = record_ask(staff)
    form = Sitting(staff, f"{ask}/edit").type({"addressees-0-agency": "Treasury"})
    with nothing_changes(staff.app):
        answer = form.send()
    assert_problems(answer, {"addressees": "A contact with State is on record, so the ask stays"})
    assert form.fields["addressees-0-agency"] == ["Treasury"]


def test_a_body_written_to_on_an_unknown_day_is_not_taken_out(staff: Person) -> None:
    ask = record_ask(staff, {"written_on": "", "sent_on": ""})
    form = Sitting(staff, f"{ask}/edit").type({"addressees-0-agency": "Treasury"})
    with nothing_changes(staff.app):
        assert_problems(form.send(), {"addressees": "A contact with State is on record"})


def test_spaces_in_the_name_of_a_region_make_no_second_one(staff: Person) -> None:
    ask = record_ask(staff, {"asks-0-places": "China (Tibet  A); China (Tibet A)"})
    assert facts_of(staff.get(ask))["Place"] == "Tibet A, China"
    Sitting(staff, f"{ask}/edit").type({"places": "China ( Tibet   A)"}).save()
    assert facts_of(staff.get(ask))["Place"] == "Tibet A, China"


def test_mistakes_in_a_change_are_told_and_change_nothing(staff: Person) -> None:
    ask = record_ask(staff)
    form = Sitting(staff, f"{ask}/edit")
    form.type({"title": "", "places": "Atlantis", "instrument": "export_control"})
    form.press("add:targets").type({"targets-1-name": "x" * 301}).press("remove:targets-0")
    row = row_with(form.fields, "x" * 301)
    with nothing_changes(staff.app):
        answer = form.send()
    found = problems(answer)
    row = row_with(form.fields, "x" * 301)
    assert set(found) == {"title", "places", "controls", f"{row}-name"}
    assert_problems(answer, dict.fromkeys(found, ""))


CLASHES: list[tuple[str, Typed, Typed, tuple[str, ...], tuple[str, ...]]] = [
    (
        "{ask}/edit",
        {"title": "What the colleague wrote", "request": "In other words"},
        {"title": "What I wrote", "abuse": "Mine alone"},
        ("What the colleague wrote", "In other words"),
        ("What I wrote", "Mine alone"),
    ),
    (
        "{ask}/status",
        {"to": "closed", "closure_reason": "moot", "reason": "The colleague closed it."},
        {"to": "acknowledged", "note": "My long note on it."},
        ("Closed",),
        ("My long note on it.",),
    ),
    (
        "{ask}/next",
        {"next_action": "The colleague's step"},
        {"next_action": "My step"},
        ("colleague",),
        ("My step",),
    ),
    (
        "{target}/edit",
        {"name": "Wu Yingjie the elder", "position": "Party Secretary"},
        {"note": "My long note on him."},
        ("Wu Yingjie the elder", "Party Secretary"),
        ("My long note on him.",),
    ),
]


@pytest.mark.parametrize(
    ("path", "theirs", "mine", "told", "kept"), CLASHES, ids=[clash[0] for clash in CLASHES]
)
def test_who_saves_second_sees_both_texts_loses_nothing_and_can_save_again(
    staff: Person,
    colleague: Person,
    path: str,
    theirs: Typed,
    mine: Typed,
    told: tuple[str, ...],
    kept: tuple[str, ...],
) -> None:
    ask = record_ask(staff)
    (target,) = {link for link in links(staff.get(ask)) if link.startswith("/targets/T-")}
    path = path.format(ask=ask, target=target)
    form = Sitting(staff, path).type(mine)
    where(send(colleague, path, theirs))
    with nothing_changes(staff.app):
        answer = form.send()
    assert answer.status_code == 409
    moved = "The status was changed before yours"
    first = moved if path.endswith("/status") else "Somebody else saved first"
    assert first in words_of(answer)
    for said in (*told, *kept):
        assert said in answer.text, said
    assert_still_there(
        answer, {n: [v] for n, v in mine.items() if isinstance(v, str) and n != "to"}
    )
    if path.endswith("/status"):
        form.type({"to": "submitted", "reason": "It goes on."})
    page = staff.get(form.save())
    for said in kept:
        assert said in page.text, said


def test_of_two_texts_only_what_differs_is_shown_beside_each_other(
    staff: Person, colleague: Person
) -> None:
    ask = record_ask(staff)
    form = Sitting(staff, f"{ask}/edit").type({"title": "Mine"})
    where(send(colleague, f"{ask}/edit", {"title": "Theirs"}))
    answer = form.send()
    clash = re.search(r'<table class="[^"]*clash.*?</table>', answer.text, re.S)
    assert clash
    assert words(clash[0]).endswith(
        "Field On record now What you typed "
        "What it asks, in one line Theirs Take this Mine Keep mine, as it stands below"
    )
    assert "<mark>Theirs</mark>" in clash[0]


def _both_changed(staff: Person, colleague: Person) -> tuple[str, Sitting]:
    """An ask of which two people change the title, and one another field each."""
    ask = record_ask(staff, {"asks-0-request": "Add them to the list"})
    mine = {"title": "Mine", "abuse": "What I know", "request": "Add them to the List"}
    theirs = {"title": "Theirs", "places": "China (Tibet)", "request": "Add all to the list"}
    form = Sitting(staff, f"{ask}/edit").type(mine)
    where(send(colleague, f"{ask}/edit", theirs))
    assert form.send().status_code == 409
    return ask, form


def test_what_only_one_changed_needs_no_choice(staff: Person, colleague: Person) -> None:
    ask, form = _both_changed(staff, colleague)
    said = words_of(form.page)
    assert "Changed by somebody else only, and taken over below: Countries and regions." in said
    assert "Changed by you only: The abuse, and its dates." in said
    assert "Add <mark>all</mark> to the <mark>list</mark>" in form.page.text
    assert "Add <mark>them</mark> to the <mark>List</mark>" in form.page.text
    facts = facts_of(staff.get(form.save()))
    assert facts["Place"] == "Tibet, China"
    form = Sitting(staff, f"{ask}/edit")
    kept = ("title", "abuse", "request")
    assert [form.fields[n] for n in kept] == [["Mine"], ["What I know"], ["Add them to the List"]]


@pytest.mark.parametrize(
    ("choice", "title", "wording"),
    [
        ({"take-title": "theirs"}, "Theirs", "Add them to the List"),
        ({"take": "theirs"}, "Theirs", "Add all to the list"),
        ({"take": "mine", "take-title": "theirs"}, "Mine", "Add them to the List"),
        ({"take-title": "theirs", "take-csrf_token": "theirs", "take-x": "theirs"}, "Theirs", None),
    ],
)
def test_of_what_both_changed_each_field_is_chosen(
    staff: Person, colleague: Person, choice: Typed, title: str, wording: str | None
) -> None:
    ask, form = _both_changed(staff, colleague)
    for name, value in choice.items():
        form.fields[name] = [str(value)]
    form.save()
    now = Sitting(staff, f"{ask}/edit").fields
    assert now["title"] == [title]
    assert now["request"] == [wording or "Add them to the List"]
    assert now["abuse"] == ["What I know"]
    assert now["places"] == ["China (Tibet)"]


def test_two_changes_of_different_fields_fit_together(staff: Person, colleague: Person) -> None:
    ask = record_ask(staff)
    form = Sitting(staff, f"{ask}/edit").type({"abuse": "What I know"})
    where(send(colleague, f"{ask}/edit", {"title": "Theirs"}))
    assert form.send().status_code == 409
    assert "both can stand" in words_of(form.page)
    form.save()
    now = Sitting(staff, f"{ask}/edit").fields
    assert (now["title"], now["abuse"]) == (["Theirs"], ["What I know"])


def test_a_mistake_does_not_make_one_save_over_what_another_saved(
    staff: Person, colleague: Person
) -> None:
    ask = record_ask(staff)
    (target,) = {link for link in links(staff.get(ask)) if link.startswith("/targets/T-")}
    for path, wrong, right in (
        (f"{ask}/edit", {"newest_conduct_on": "soon"}, {"newest_conduct_on": "2022"}),
        (f"{target}/edit", {"born_on": "long ago"}, {"born_on": "1956"}),
    ):
        form = Sitting(staff, path).type(wrong)
        theirs = {"title": "Theirs"} if path.startswith(ask) else {"position": "Theirs"}
        where(send(colleague, path, theirs))
        if form.send().status_code == 422:
            form.type(right)
            assert form.send().status_code == 409, path
        else:
            assert form.page.status_code == 409, path
        assert "Theirs" in staff.get(path).text


def test_what_others_do_to_an_ask_meanwhile_is_noticed_too(
    staff: Person, colleague: Person
) -> None:
    ask = record_ask(staff)
    form = Sitting(staff, f"{ask}/edit").type({"title": "Mine"})
    record_contact(colleague, ask, "substantive", "2024-01-10")
    assert form.send().status_code == 409
    assert "<h1>Mine</h1>" in staff.get(form.save()).text


def test_a_target_is_changed_and_found_by_its_new_names(staff: Person) -> None:
    target = where(
        send(staff, "/targets/new", {"name": "Wu Yingjie", "kind": "person", "born_on": "1956"})
    )
    typed = {
        "name": "Wu Yingjie (吴英杰)",
        "other_names": "吴英杰\nWu Ying-jie\n吴英杰\n",
        "identifiers": "passport: E1234567\nE7654321",
        "place": "China (Tibet)",
        "born_on": "1956-12",
        "position": "Party Secretary",
        "note": "Two lines\nof a note",
    }
    page = save(staff, f"{target}/edit", typed)
    facts = facts_of(page)
    assert facts["Names"] == "Wu Yingjie (吴英杰) primary 吴英杰 original Wu Ying-jie alias"
    assert facts["Born"] == "Dec 1956"
    assert facts["passport"] == "E1234567"
    assert facts["Identifier"] == "E7654321"
    assert facts["Place"] == "Tibet, China"
    assert facts["Note"] == "Two lines of a note"
    form = Sitting(staff, f"{target}/edit")
    assert form.fields["other_names"] == ["吴英杰\nWu Ying-jie"]
    assert form.fields["identifiers"] == ["passport: E1234567\n: E7654321"]
    form.save()
    assert facts_of(staff.get(target))["Identifier"] == "E7654321"
    for name in ("ying-jie", "英杰", "wu ying jie"):
        found = staff.get("/targets", query_string={"q": name})
        assert titles_on(found) == ["Wu Yingjie (吴英杰)"], name
    assert titles_on(staff.get("/targets?kind=person&q=wu")) == ["Wu Yingjie (吴英杰)"]
    assert titles_on(staff.get("/targets?kind=class&q=wu")) == []
    history = entries(staff.get(f"{target}/history"))
    assert "1956 → Dec 1956" in history[-2]


def test_no_name_or_identifier_is_dropped_in_silence(staff: Person) -> None:
    many = "\n".join(f"passport: E{number}" for number in range(51))
    for typed, field in (
        ({"identifiers": many}, "identifiers"),
        ({"other_names": "\n".join(f"Name {number}" for number in range(51))}, "other_names"),
        ({"place": "China (Tibet); Iran"}, "place"),
    ):
        form = Sitting(staff, "/targets/new").type({"name": "Wu Yingjie", **typed})
        with nothing_changes(staff.app):
            answer = form.send()
        assert_problems(answer, {field: ""})


def test_members_of_a_class_are_named_as_they_become_known(staff: Person) -> None:
    def target(name: str, **more: str) -> str:
        return where(send(staff, "/targets/new", {"name": name, **more}))

    group = target("Officials responsible for it", kind="class")
    wu, wang = target("Wu Yingjie", other_names="吴英杰"), target("Wang Junzheng")
    target("Chen Quanguo")
    other = target("Other officials", kind="class")
    page = save(staff, group, {"name": "吴英杰", "since": "2016-08"})
    assert "Wu Yingjie" in section(page, "members")
    page = save(staff, group, {"name": wang.rpartition("/")[2].lower()})
    assert "Wang Junzheng" in section(page, "members")
    assert facts_of(staff.get(wu))["Member of"] == "Officials responsible for it"
    for typed, wanted in (
        ({"name": "Nobody"}, {"name": "No target has just this name, or several have."}),
        ({"name": "w"}, {"name": "No target has just this name, or several have."}),
        ({"name": "chen q"}, {"name": "No target has just this name, or several have."}),
        ({"name": ""}, {"name": "No target has just this name, or several have."}),
        ({"name": "chen quanguo", "since": "soon"}, {"since": "Write the date"}),
        ({"name": other.rpartition("/")[2]}, {"name": "a class is no member of a class"}),
        ({"name": "Wu Yingjie"}, {"name": ""}),
    ):
        with nothing_changes(staff.app):
            answer = send(staff, group, typed)
        assert_problems(answer, wanted)


def test_a_target_that_the_editor_may_not_see_stays_with_the_ask(
    staff: Person, colleague: Person
) -> None:
    form = Sitting(staff, "/recommendations/new").press("add:targets")
    ask = form.type(
        {"title": "On two", "targets-0-name": "The open one", "targets-1-name": "The secret one"}
    ).save()
    secret = next(
        link
        for link in links(staff.get(ask))
        if link.startswith("/targets/T-") and "secret" in words_of(staff.get(link))
    )
    share(staff, secret, "named")
    assert "The secret one" not in colleague.get(f"{ask}/edit").text
    assert "The secret one" not in colleague.get(ask).text
    where(send(colleague, f"{ask}/edit", {"title": "On one"}))
    assert "The secret one" in section(staff.get(ask), "targets")
    assert (
        options(staff.get(f"{ask}/outcomes/new"), "target")[1:]
        != options(colleague.get(f"{ask}/outcomes/new"), "target")[1:]
    )


def test_a_draft_of_ones_own_is_recorded_without_an_addressee(staff: Person) -> None:
    ask = record_draft(staff, {"addressees-0-agency": "", "tags": " One, two ,one,, "})
    page = staff.get(ask)
    assert "It is addressed to nobody" in section(page, "addressees")
    assert facts_of(page)["Tags"] == "one two"


def test_an_ask_knows_no_copies_and_a_body_that_was_asked_stays(staff: Person) -> None:
    ask = record_ask(staff)
    form = Sitting(staff, f"{ask}/edit")
    assert "Copy only" not in words_of(form.page)
    form.fields["addressees-0-is_copy"] = ["y"]
    with nothing_changes(staff.app):
        answer = form.send()
    assert_problems(answer, {"addressees": "A contact with State is on record"})
