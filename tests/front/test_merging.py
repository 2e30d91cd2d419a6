"""Targets that are on record twice: said before they are, merged when they are, and taken back."""

import pytest
from flask import Flask

from tests.front.support import (
    LETTER,
    Sitting,
    asks_on,
    assert_problems,
    entries,
    facts_of,
    has_section,
    links,
    nothing_changes,
    record_draft,
    record_letter,
    rows,
    save,
    section,
    send,
    share,
    titles_on,
    where,
)
from tests.support.people import Person, words_of
from tracker.casework.duplicates import SAID
from tracker.core.db import db
from tracker.core.now import today
from tracker.recommendations.models import RecommendationTarget


def target(person: Person, name: str, *others: str, **more: str) -> str:
    """A target recorded through its form: the address of its page."""
    typed = {"name": name, "other_names": "\n".join(others), **more}
    return where(send(person, "/targets/new", typed))


def reference_of(path: str) -> str:
    return path.rpartition("/")[2]


def submit(person: Person, ask: str) -> None:
    save(person, f"{ask}/status", {"to": "submitted", "on": today().isoformat()})


def merge(person: Person, path: str, into: str, reason: str = "One and the same") -> None:
    typed = {"name": reference_of(into), "reason": reason}
    assert where(send(person, f"{path}/merge", typed)) == into


def ask_about(person: Person, path: str, title: str, *more: str) -> str:
    typed = {"title": title}
    for number, one in enumerate((path, *more)):
        typed |= {f"targets-{number}-ref": reference_of(one), f"targets-{number}-name": "x"}
    form = Sitting(person, "/recommendations/new")
    for _ in more:
        form.press("add:targets")
    return form.type({"addressees-0-agency": "State", **typed}).save()


def suggested(person: Person, typed: str) -> list[str]:
    answer = person.get("/targets/suggest", query_string={"q": typed}).json or []
    return [hit["label"] for hit in answer]


# ---- said before


@pytest.mark.parametrize(
    "typed",
    ["Wu Yingjie", "WU, YINGJIE", "Yingjie Wu", "吴英杰", "Wu Ying Jie", "Wu Yinjie", "Wo Yingjie"],
)
def test_a_target_that_is_on_record_is_offered_once(staff: Person, typed: str) -> None:
    known = target(staff, "Wu Yingjie")
    form = Sitting(staff, "/targets/new").type({"name": typed, "position": "Party Secretary"})
    answer = form.send_once()
    assert_problems(answer, {"name": SAID})
    assert known in links(answer)
    form._show(answer)
    assert form.fields["position"] == ["Party Secretary"]
    assert len(titles_on(staff.get("/targets"))) == 1
    assert where(form.send_once()) != known  # said once; saved again it is another
    assert len(titles_on(staff.get("/targets"))) == 2


def test_another_name_is_not_taken_for_one_on_record(staff: Person) -> None:
    target(staff, "Wu Yingjie", "吴英杰")
    target(staff, "Ministry of Public Security", kind="public_body")
    for name in ("Wu Yingling", "Wang Yingjie", "Ministry of State Security", "Li Wu", "习近平"):
        form = Sitting(staff, "/targets/new").type({"name": name})
        assert form.send_once().status_code == 303, name


def test_a_known_name_among_the_other_names_is_noticed_too(staff: Person) -> None:
    target(staff, "Wu Yingjie", "吴英杰")
    form = Sitting(staff, "/targets/new").type({"name": "The Secretary", "other_names": "吴英杰"})
    assert_problems(form.send_once(), {"name": SAID})


def test_an_ask_is_told_of_a_known_target_and_takes_it(staff: Person) -> None:
    known = target(staff, "Wu Yingjie")
    typed = {"title": "Sanction him", "addressees-0-agency": "State", "targets-0-name": "吴英杰"}
    form = Sitting(staff, "/recommendations/new").type(typed)
    answer = form.send_once()
    assert_problems(answer, {"targets-0-name": SAID})
    form._show(answer)
    form.choose(reference_of(known))
    assert known in links(staff.get(form.save()))
    assert len(titles_on(staff.get("/targets"))) == 1


def test_a_letter_is_told_of_each_known_target_at_its_place_and_keeps_new_ones(
    staff: Person,
) -> None:
    target(staff, "Wu Yingjie")
    target(staff, "Zhang Hongbo")
    form = Sitting(staff, "/letters/new")
    form.type(
        {
            "title": "A letter",
            "written_on": "2023-10-23",
            "signatories-0-name": "Rep. Chris Smith",
            "addressees-0-agency": "State",
            "asks-0-title": "First",
            "asks-0-targets-0-name": "Somebody else",
        }
    ).press("add:asks-0-targets").press("add:asks")
    form.type({"asks-0-targets-1-name": "WU Yingjie", "asks-1-title": "Second"})
    form.type({"asks-1-targets-0-name": "ZHANG Hongbo"})
    answer = form.send_once()
    assert_problems(answer, {"asks-0-targets-1-name": SAID, "asks-1-targets-0-name": SAID})
    form._show(answer)
    assert where(form.send_once()).startswith("/letters/")
    assert len(titles_on(staff.get("/targets"))) == 5


def test_what_is_wrong_is_said_first_and_nothing_is_taken_as_said(staff: Person) -> None:
    target(staff, "Wu Yingjie")
    form = Sitting(staff, "/recommendations/new").type(
        {"title": "", "addressees-0-agency": "State", "targets-0-name": "Wu Yingjie"}
    )
    answer = form.send_once()
    assert answer.status_code == 422
    assert SAID not in answer.text
    form._show(answer)
    assert SAID in words_of(form.type({"title": "A title"}).send_once())


def test_a_hidden_target_is_not_hinted_at(staff: Person, other_staff: Person) -> None:
    target(staff, "Wu Yingjie")
    form = Sitting(other_staff, "/targets/new").type({"name": "Wu Yingjie"})
    assert form.send_once().status_code == 303
    assert suggested(other_staff, "wu") == ["Wu Yingjie"]


def test_without_script_a_button_finds_what_is_on_record(staff: Person) -> None:
    known = target(staff, "Wu Yingjie", "吴英杰")
    form = Sitting(staff, "/targets/new").type({"name": "英杰"}).press("find")
    assert known in links(form.page)
    assert form.fields["name"] == ["英杰"]
    nothing = Sitting(staff, "/targets/new").type({"name": "nobody"}).press("find")
    assert "None on record that you may see." in words_of(nothing.page)


def test_a_letter_that_is_on_record_is_said_once(staff: Person, other_staff: Person) -> None:
    def letter(person: Person, target: str, **more: str) -> Sitting:
        typed = {**LETTER, "asks-0-targets-0-name": target, **more}
        return Sitting(person, "/letters/new").type(typed)

    first = letter(staff, "Anna Adler").save()
    letter(staff, "Boris Berg", written_on="2023-10-24").save()
    letter(staff, "Clara Cohn", title="Letter on Xinjiang").save()
    letter(other_staff, "Dora Dahl").save()  # they cannot see the first one
    again = letter(staff, "Emil Eder", title=" letter on FORCED separation")
    with nothing_changes(staff.app):
        answer = again.send_once()
    assert_problems(answer, {"title": f"is on record: {reference_of(first)}"})
    assert again.save() != first


# ---- merged


def test_a_merged_target_is_shown_by_the_one_that_stands_for_it(staff: Person, app: Flask) -> None:
    kept, twice = target(staff, "Wu Yingjie"), target(staff, "Wu Ying-jie of Lhasa", "吴英杰")
    first, second = ask_about(staff, kept, "First ask"), ask_about(staff, twice, "Second ask")
    both = ask_about(staff, kept, "Third ask", twice)
    before = links_of(app)
    merge(staff, twice, kept)
    assert links_of(app) == before
    page = staff.get(kept)
    assert set(asks_on(page)) == {first, second, both}
    assert "吴英杰" in facts_of(page)["Also on record as"]
    assert titles_on(staff.get("/targets")) == ["Wu Yingjie"]
    for typed in ("吴英杰", "lhasa", "wu ying"):
        assert suggested(staff, typed) == ["Wu Yingjie"], typed
        assert titles_on(staff.get("/targets", query_string={"q": typed})) == ["Wu Yingjie"]
        shown = section(staff.get("/search", query_string={"q": typed}), "targets")
        assert reference_of(twice) not in shown
        for title in ("First ask", "Second ask", "Third ask"):
            assert shown.count(title) == 1
    asks = staff.get("/recommendations", query_string={"q": "lhasa"})
    assert set(titles_on(asks)) == {"First ask", "Second ask", "Third ask"}
    for ask in (second, both):
        page = staff.get(ask)
        assert kept in links(page)
        assert twice not in links(page)
        assert "1 target" in section(page, "targets")
    merged = staff.get(twice)
    assert kept in links(merged)
    assert "stands for it" in words_of(merged)


def links_of(app: Flask) -> set[tuple[int, int]]:
    with app.app_context():
        rows = db.session.query(RecommendationTarget).all()
        found = {(row.recommendation_id, row.target_id) for row in rows}
        db.session.rollback()
    return found


def test_an_outcome_on_one_counts_for_both_and_one_act_takes_it_back(staff: Person) -> None:
    kept, twice = target(staff, "Wu Yingjie"), target(staff, "Ngari Official")
    ask = ask_about(staff, kept, "Both of them", twice)
    submit(staff, ask)
    outcome = {
        "kind": "listed_as_asked",
        "target": reference_of(kept),
        "authority": "treasury",
        "effective_on": today().isoformat(),
        "citation": "GLOMAG",
    }
    save(staff, f"{ask}/outcomes/new", outcome)

    def with_result(result: str) -> list[str]:
        return asks_on(staff.get(f"/recommendations?result={result}"))

    assert with_result("acted_in_part") == [ask]
    merge(staff, twice, kept)
    assert with_result("acted_in_full") == [ask]
    page = staff.get(where(send(staff, f"{twice}/unmerge", {})))
    assert "stands for itself again" in words_of(page)
    assert with_result("acted_in_part") == [ask]
    assert titles_on(staff.get("/targets")) == ["Ngari Official", "Wu Yingjie"]
    assert facts_of(staff.get(kept)).get("Also on record as") is None
    for path in (kept, twice):
        told = entries(staff.get(f"{path}/history"))
        assert "Merge taken back" in told[0]
        assert "Targets merged" in told[1]
        assert "One and the same" in told[1]


def test_what_was_done_to_a_duplicate_stands_on_the_page_of_what_stands_for_it(
    staff: Person,
) -> None:
    kept, twice = target(staff, "Wu Yingjie"), target(staff, "Ngari Official")
    ask = ask_about(staff, twice, "About the other")
    submit(staff, ask)
    given = {"kind": "listed_as_asked", "target": reference_of(twice), "authority": "treasury"}
    more = {"effective_on": today().isoformat(), "citation": "GLOMAG"}
    save(staff, f"{ask}/outcomes/new", {**given, **more})
    assert "Listed as asked" not in words_of(staff.get(kept))
    merge(staff, twice, kept)
    assert "Listed as asked" in words_of(staff.get(kept))


def test_an_ask_about_a_merged_target_is_edited_and_keeps_its_link(
    staff: Person, app: Flask
) -> None:
    kept, twice = target(staff, "Wu Yingjie"), target(staff, "Ngari Official")
    ask = ask_about(staff, twice, "About the other")
    submit(staff, ask)
    merge(staff, twice, kept)
    before = links_of(app)
    save(staff, f"{ask}/edit", {"title": "Changed"})
    assert links_of(app) == before
    given = {"kind": "listed_as_asked", "target": reference_of(kept), "authority": "treasury"}
    more = {"effective_on": today().isoformat(), "citation": "GLOMAG"}
    page = save(staff, f"{ask}/outcomes/new", {**given, **more})
    assert "Wu Yingjie" in section(page, "targets")
    assert asks_on(staff.get("/recommendations?result=acted_in_full")) == [ask]


def test_a_member_that_is_merged_is_shown_once(staff: Person) -> None:
    group = target(staff, "Officials responsible", kind="class")
    kept, twice = target(staff, "Wu Yingjie"), target(staff, "Ngari Official")
    for one in (kept, twice):
        save(staff, group, {"name": reference_of(one)})
    merge(staff, twice, kept)
    assert section(staff.get(group), "members").count("T-") == 1
    assert "Officials responsible" in facts_of(staff.get(kept))["Member of"]


def test_the_target_is_chosen_by_its_name_without_script(staff: Person) -> None:
    kept, twice = target(staff, "Wu Yingjie", "吴英杰"), target(staff, "Ngari Official")
    form = Sitting(staff, f"{twice}/merge").type({"name": "英杰", "reason": "One"}).press("find")
    form.choose(reference_of(kept))
    assert "Wu Yingjie" in words_of(form.page)
    form.press("forget").type({"name": "yingjie"}).press("find").choose("Wu Yingjie")
    assert form.save() == kept


def test_half_a_name_or_an_unknown_reference_merges_nothing(app: Flask, staff: Person) -> None:
    one = target(staff, "One Person")
    target(staff, "Chen Quanguo", "陈全国")
    target(staff, "Agent Xxxxxxxx")
    for typed in ("chen q", "Chen", "T-XXXXXXXX", "陈"):
        with nothing_changes(app):
            answer = send(staff, f"{one}/merge", {"name": typed, "reason": "R"})
        assert_problems(answer, {"name": "Choose a target on record"})
    send(staff, f"{one}/merge", {"name": "陈全国", "reason": "R"})
    assert "stands for it" in words_of(staff.get(one))


# ---- what cannot be


def test_what_is_no_duplicate_is_refused(app: Flask, staff: Person, other_staff: Person) -> None:
    one, two, three = (target(staff, name) for name in ("One Person", "Two Person", "Three Man"))
    body = target(staff, "Some Bureau", kind="public_body")
    theirs = target(other_staff, "Their Person")
    share(other_staff, theirs)
    hidden = target(other_staff, "Their Secret")
    merge(staff, two, three)
    for into, reason, wrong in (
        (one, "R", {"name": "This is the target itself."}),
        (body, "R", {"name": "They are of two kinds."}),
        (theirs, "R", {"name": "Another organisation holds that target"}),
        (hidden, "R", {"name": "Choose a target on record"}),
        ("/T-00000000", "R", {"name": "Choose a target on record"}),
        (two, "R", {"name": "Two Person is merged into Three Man. Choose that one."}),
        (three, "", {"reason": "Say in a sentence why"}),
        (three, "x" * 501, {"reason": "This has 501 characters."}),
    ):
        with nothing_changes(app):
            typed = {"name": reference_of(into), "reason": reason}
            assert_problems(send(staff, f"{one}/merge", typed), wrong)
    cycle = send(staff, f"{three}/merge", {"name": reference_of(two), "reason": "R"})
    assert_problems(cycle, {"name": "Two Person is merged into this one already."})
    again = send(staff, f"{two}/merge", {"name": reference_of(one), "reason": "R"})
    assert_problems(again, {"name": "This one is merged into Three Man already."})
    assert "nothing to take back" in words_of(staff.get(f"{one}/unmerge"))
    assert send(staff, f"{one}/unmerge", {}).status_code == 422


def test_only_staff_of_the_owner_merge(staff: Person, other_staff: Person, partner: Person) -> None:
    kept, twice = target(staff, "Wu Yingjie"), target(staff, "Ngari Official")
    for path in (kept, twice):
        share(staff, path)
    for page in ("merge", "unmerge"):
        assert other_staff.get(f"{twice}/{page}").status_code == 403
        assert partner.get(f"{twice}/{page}").status_code == 403
    assert f"{twice}/merge" in links(staff.get(twice))
    assert f"{twice}/merge" not in links(other_staff.get(twice))


def test_a_merge_of_merges_leads_to_the_last_one(staff: Person) -> None:
    one, two, three = (target(staff, name) for name in ("Ngari Man", "Lhasa Man", "Shigatse Man"))
    ask = ask_about(staff, one, "About the first")
    merge(staff, one, two)
    merge(staff, two, three)
    assert titles_on(staff.get("/targets")) == ["Shigatse Man"]
    assert asks_on(staff.get(three)) == [ask]
    assert three in links(staff.get(ask))
    assert suggested(staff, "ngari") == ["Shigatse Man"]
    assert "Ngari Man" in facts_of(staff.get(three))["Also on record as"]


# ---- who learns what


def test_nobody_learns_of_a_survivor_that_they_may_not_see(
    staff: Person, other_staff: Person
) -> None:
    hidden, shown = target(staff, "Secret Name"), target(staff, "Known Name")
    ask = ask_about(staff, shown, "An open ask")
    share(staff, ask, together=[reference_of(shown)])
    merge(staff, shown, hidden, "Same as Secret Name")
    page = other_staff.get(shown)
    for text in (page.text, other_staff.get(ask).text, other_staff.get(f"{shown}/history").text):
        assert "Secret" not in text
        assert reference_of(hidden) not in text
        assert "merged" not in text
    assert titles_on(other_staff.get("/targets")) == ["Known Name"]
    assert shown in links(other_staff.get(ask))
    assert asks_on(page) == [ask]
    assert suggested(other_staff, "known") == ["Known Name"]
    assert suggested(other_staff, "secret") == []
    assert "An open ask" in section(other_staff.get("/search?q=known"), "targets")
    assert not has_section(other_staff.get("/search?q=secret"), "targets")
    assert titles_on(staff.get("/targets")) == ["Secret Name"]


def test_nobody_learns_of_a_duplicate_that_they_may_not_see(
    staff: Person, other_staff: Person
) -> None:
    hidden, shown = target(staff, "Secret Name"), target(staff, "Known Name")
    ask = ask_about(staff, hidden, "An open ask")
    share(staff, ask)
    share(staff, shown)
    merge(staff, hidden, shown, "Same as Secret Name")
    page = other_staff.get(shown)
    for text in (page.text, other_staff.get(f"{shown}/history").text):
        assert "Secret" not in text
        assert reference_of(hidden) not in text
    assert "merged" not in other_staff.get(f"{shown}/history").text
    assert asks_on(page) == []  # that the ask is about it, they could not see before either
    assert shown not in links(other_staff.get(ask))
    assert suggested(other_staff, "secret") == []
    assert not has_section(other_staff.get("/search?q=secret"), "targets")
    assert "An open ask" not in section(other_staff.get("/search?q=known"), "targets")
    assert asks_on(staff.get(shown)) == [ask]


def test_letters_list_a_merged_target_by_the_one_that_stands_for_it(staff: Person) -> None:
    kept = target(staff, "Wu Yingjie")
    letter = record_letter(staff, {"asks-0-targets-0-name": "Ngari Official"})
    (twice,) = [p for p in links(staff.get(asks_on(staff.get(letter))[0])) if "/targets/T-" in p]
    merge(staff, twice, kept)
    staff.get("/")  # the words after the merge are said once
    assert "Ngari Official" not in staff.get(letter).text
    record_draft(staff, {"targets-0-name": "Somebody New"})
    assert len(rows(staff.get("/targets"))) == 2
