"""Search, as people use it: words in any script, and nothing that is kept from them."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from werkzeug.test import TestResponse

from tests.front.support import (
    has_section,
    links,
    markup_of,
    record_ask,
    record_contact,
    record_draft,
    record_letter,
    save,
    section,
    send,
    share,
    travel,
    where,
)
from tests.front.world import CANARY, World, make_world
from tests.support.people import Person, words_of


def look(person: Person, typed: str, **more: str) -> TestResponse:
    page = person.get("/search", query_string={"q": typed, **more})
    assert page.status_code == 200, (typed, page.status_code)
    return page


def found(person: Person, typed: str, kind: str = "targets") -> list[str]:
    """Where the results of a kind lead."""
    page = look(person, typed)
    if not has_section(page, kind):
        return []
    return [link for link in links_in(markup_of(page, kind)) if link.startswith(f"/{kind}/")]


def links_in(markup: str) -> list[str]:
    return re.findall(r'<a href="([^"]*)"', markup)


def target(person: Person, name: str, *others: str, **more: str) -> str:
    typed = {"name": name, "other_names": "\n".join(others), **more}
    return where(send(person, "/targets/new", typed))


NOTHING = "Nothing that you may see fits all of these words."


def test_targets_are_found_in_any_script(staff: Person) -> None:
    bureau = target(staff, "TAR Public Security Department", "西藏自治区公安厅", kind="public_body")
    han = target(staff, "吴英杰")
    latin = target(staff, "WU, Yingjie", identifiers="passport: E12-345678")
    tibetan = target(staff, "བོད་རང་སྐྱོང་ལྗོངས།", kind="public_body")
    arabic = target(staff, "محمد بن سلمان")
    for typed, wanted in (
        ("公安", [bureau]),
        ("西藏 公安", [bureau]),
        ("xizang", [bureau]),
        ("wu yingjie", [han, latin]),
        ("yingj", [han, latin]),
        ("吴英杰", [han, latin]),
        ("E12-3456", [latin]),
        ("བོད", [tibetan]),
        ("སྐྱོང་ལྗོངས", [tibetan]),
        ("محمد", [arabic]),
        ("بن سلم", [arabic]),
        (bureau.rpartition("/")[2].lower(), [bureau]),
    ):
        assert sorted(found(staff, typed)) == sorted(wanted), typed
    assert NOTHING in words_of(look(staff, "wu yingli"))


def test_every_kind_is_found_and_one_kind_can_be_chosen(staff: Person) -> None:
    letter = record_letter(
        staff,
        {
            "title": "Letter on Lhasa",
            "asks-0-title": "Sanction officials in Lhasa",
            "asks-0-request": "We ask for zebrawood.",
            "asks-0-targets-0-name": "Lhasa Bureau",
            "sources-0-title": "Report on Lhasa",
        },
    )
    page = look(staff, "lhasa")
    assert letter in links(page)
    assert "Sanction officials in Lhasa" in section(page, "recommendations")
    assert "Lhasa Bureau" in section(page, "targets")
    assert "Sanction officials in Lhasa" in section(page, "targets")  # the ask about it
    assert "Report on Lhasa" in section(page, "sources")
    only = look(staff, "lhasa", kind="letters")
    assert letter in links(only)
    assert not has_section(only, "targets")
    assert has_section(look(staff, "zebraw"), "recommendations")  # a word of the request
    assert has_section(look(staff, "chris smith"), "letters")  # a signatory
    treasury = look(staff, "treasury")
    assert "/agencies/treasury" in links(treasury)
    assert NOTHING in words_of(look(staff, "lhasa", kind="agencies"))
    assert staff.get("/search?q=lhasa&kind=nonsense").status_code == 400


def test_what_was_said_is_found_with_the_words_around_it(staff: Person, partner: Person) -> None:
    ask = record_ask(staff, {"asks-0-title": "Sanction officials in Lhasa"})
    said = f"{'They wrote at length. ' * 20}The licence for zebrawood 公安 was refused."
    record_contact(staff, ask, "substantive", "2024-01-17", summary=said, agencies=["state"])
    assert NOTHING in words_of(look(partner, "zebrawood"))  # the ask is not shared yet
    share(staff, ask)
    for reader, typed in ((staff, "zebraw"), (partner, "zebrawood refused"), (partner, "公安")):
        page = look(reader, typed)
        shown = section(page, "contacts")
        assert "17 Jan 2024 Reply of substance from State: … " in shown
        assert "The licence for zebrawood 公安 was refused." in shown
        (place,) = [link for link in links_in(markup_of(page, "contacts")) if "#C-" in link]
        assert place.startswith(f"{ask}#C-")
        reference = place.partition("#")[2]
        assert f'id="{reference}"' in reader.get(ask).text
        assert place in links(look(reader, reference, kind="contacts"))
    save(staff, f"/contacts/{reference}/void", {"reason": "Another ask was meant."})
    assert NOTHING in words_of(look(staff, "zebrawood"))


def test_words_for_named_people_stand_on_the_page_of_the_ask_alone(staff: Person) -> None:
    ask = record_ask(staff, {"asks-0-title": "Sanction officials in Lhasa"})
    record_contact(staff, ask, "meeting", "2024-01-17", summary="They spoke of zebrawood.")
    assert "zebrawood" in section(look(staff, "zebrawood"), "contacts")
    share(staff, ask, "named", people=staff.email)
    shown = section(look(staff, "zebrawood"), "contacts")
    assert "Sanction officials in Lhasa" in shown
    assert "zebrawood" not in shown


def test_what_is_noted_when_an_ask_is_sent_is_found(
    staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-01-17", staff)
    ask = record_draft(staff)
    typed = {"to": "submitted", "on": "2024-01-17", "note": "By courier."}
    save(staff, f"{ask}/status", typed)
    assert f'href="{ask}#C-' in markup_of(look(staff, "courier"), "contacts")


def test_what_was_changed_is_found_by_its_new_texts_alone(staff: Person) -> None:
    path = target(staff, "Oldname Person")
    save(staff, f"{path}/edit", {"name": "Newname Person"})
    assert found(staff, "newname") == [path]
    assert found(staff, "oldname") == []
    ask = record_draft(staff, {"title": "Quagga ask"})
    save(staff, f"{ask}/edit", {"title": "Okapi ask"})
    assert found(staff, "okapi", "recommendations") == [ask]
    assert found(staff, "quagga", "recommendations") == []


@pytest.mark.parametrize(
    "typed", ["", "   ", "---", '"', "'", "*", "()", ":*", "\\", "%", "_", "^", "{}", "!!", "«»"]
)
def test_what_cannot_be_looked_for_says_what_to_do(staff: Person, typed: str) -> None:
    page = look(staff, typed)
    said = "Type a name, a word of a title" if not typed.strip() else "at least one letter"
    assert said in words_of(page)


HOSTILE = (
    "AND OR NOT NEAR",
    '"unclosed',
    "a AND (b",
    "terms : x",
    "x* ^y",
    "'a' | !b & (c <-> d):*",
    "a'; DROP TABLE targets; --",
    "search_index",
    "rowid : 1",
    "é" * 200,
    "吴" * 200,
    "a " * 100,
    "𝔘𝔫𝔦 🏴‍☠️ x",
    "İıſßﬁ",
)


def test_no_operator_or_sign_breaks_the_search(staff: Person) -> None:
    target(staff, "Wu Yingjie")
    for typed in HOSTILE:
        assert NOTHING in words_of(look(staff, typed)), typed
        assert staff.get("/targets/suggest", query_string={"q": typed}).json == [], typed
    assert staff.get("/search", query_string={"q": "x" * 201}).status_code == 400
    assert staff.get("/search", query_string={"q": "a\x00b"}).status_code == 400


def test_nobody_finds_what_is_kept_from_them(
    staff: Person, other_staff: Person, partner: Person
) -> None:
    world: World = make_world(staff)
    hidden, kept = world.hidden, world.kept.rpartition("/")[2]
    for typed in (CANARY, f"{CANARY} kept", *hidden.references.values(), kept):
        assert NOTHING not in words_of(look(staff, typed)), typed
        for reader in (other_staff, partner):
            page = look(reader, typed)
            assert NOTHING in words_of(page), typed
            assert not [link for link in links(page) if re.search(r"/[RTLS]-\w{8}", link)]
    # the ask that they see is found, and says nothing of its target that they do not
    for reader in (other_staff, partner):
        page = look(reader, "open")
        assert world.seen.ask in links(page)
        assert world.seen.target in links(page)
        assert world.kept not in links(page)
        assert CANARY not in page.text.lower()
        assert found(reader, "target") == [world.seen.target]


def test_under_a_target_stand_only_the_asks_that_the_viewer_sees(
    staff: Person, other_staff: Person
) -> None:
    path = target(staff, "Shared Person")
    reference = path.rpartition("/")[2]
    titles = [f"Ask number {number}" for number in range(5)]
    for title in titles:
        record_draft(staff, {"title": title, "targets-0-ref": reference, "targets-0-name": "x"})
    share(staff, path)
    shown = section(look(staff, "shared person"), "targets")
    assert [title for title in titles if title in shown] == titles[2:]
    assert "More asks about this target" in shown
    shown = section(look(other_staff, "shared person"), "targets")
    assert "Shared Person" in shown
    assert "Ask number" not in shown


def test_much_is_shown_a_page_at_a_time(staff: Person) -> None:
    for number in range(53):
        target(staff, f"Numbered Person {number:02}")
    page = look(staff, "numbered")
    assert len(set(found(staff, "numbered"))) == 5
    assert "All targets that fit" in words_of(page)
    first = look(staff, "numbered", kind="targets")
    (later,) = {unescape(link) for link in links(first) if "cursor=" in link}
    second = staff.get(later)
    every = [m for p in (first, second) for m in links(p) if m.startswith("/targets/T-")]
    assert len(set(every)) == 53
    assert staff.get("/search?q=numbered&kind=targets&cursor=nonsense").status_code == 400


def test_suggestions_answer_in_any_script_and_by_the_name_that_fits(
    staff: Person, other_staff: Person
) -> None:
    path = target(staff, "Wu Yingjie", "吴英杰")
    target(staff, "Public Security Bureau of Wuhan", kind="public_body")

    def labels(person: Person, typed: str) -> list[tuple[str, str]]:
        answer = person.get("/targets/suggest", query_string={"q": typed}).json or []
        return [(hit["label"], hit["detail"].partition(" · ")[0]) for hit in answer]

    reference = path.rpartition("/")[2]
    assert labels(staff, "吴英") == [("Wu Yingjie", "吴英杰")]
    assert labels(staff, "yingj") == [("Wu Yingjie", reference)]
    assert [label for label, _ in labels(staff, "wu")] == [
        "Wu Yingjie",
        "Public Security Bureau of Wuhan",
    ]
    assert labels(other_staff, "wu") == []
    assert labels(staff, "*") == []


def test_targets_come_by_how_close_a_name_is(staff: Person) -> None:
    other = target(staff, "Somebody Else", identifiers="alias: Wu Yingjie")
    inside = target(staff, "The Office of Wu Yingjie", kind="public_body")
    begins = target(staff, "Wu Yingjie Foundation", kind="organisation")
    whole = target(staff, "WU, Yingjie")
    han = target(staff, "吴英杰")  # read so
    ranked = list(dict.fromkeys(found(staff, "wu yingjie")))
    assert set(ranked[:2]) == {whole, han}
    assert ranked[2:] == [begins, inside, other]
    reference = inside.rpartition("/")[2]
    target(staff, f"Not {reference}", kind="organisation")  # a name that holds it
    assert found(staff, reference)[0] == inside


def test_asks_and_letters_come_by_their_titles_before_their_prose(staff: Person) -> None:
    titles = ("Zebrawood", "Zebrawood imports", "Stop the trade in zebrawood", "On other trees")
    asks = [
        record_draft(staff, {"title": title, "request": "Of zebrawood."})
        for title in reversed(titles)
    ]
    ranked = list(dict.fromkeys(found(staff, "zebrawood", "recommendations")))
    assert ranked == list(reversed(asks))
    reference = asks[0].rpartition("/")[2]
    assert found(staff, reference.lower(), "recommendations")[0] == asks[0]
    letters = [
        record_letter(staff, {"title": title, "on_behalf_of": "Friends of zebrawood"})
        for title in reversed(titles)
    ]
    assert list(dict.fromkeys(found(staff, "zebrawood", "letters"))) == list(reversed(letters))


def test_what_is_cut_off_is_said_and_the_closest_are_there(
    staff: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = target(staff, "Numbered")
    for number in range(4):
        target(staff, f"The one numbered {number}")
    assert "More records fit than are ranked here" not in words_of(look(staff, "numbered"))
    monkeypatch.setattr("tracker.search.ranking.MOST", 3)
    page = look(staff, "numbered", kind="targets")
    assert "More records fit than are ranked here" in words_of(page)
    shown = [link for link in links_in(markup_of(page, "targets")) if "/T-" in link]
    assert shown[0] == first
    assert len(shown) == 3
    later = look(staff, "numbered", kind="targets", cursor="3")
    assert not has_section(later, "targets")
