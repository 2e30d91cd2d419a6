"""Sources at risk: no more than a reference is kept, and it goes no further than their owner."""

import pytest

from tests.front.support import (
    Sitting,
    assert_problems,
    entries,
    facts_of,
    links,
    nothing_changes,
    options,
    record_draft,
    record_letter,
    save,
    section,
    share,
)
from tests.support.people import Person, words_of

PROTECTED = {"opaque": "W-17", "kept_where": "The safe in room 3", "shows": "Who gave the order"}


def protected(staff: Person) -> tuple[str, str]:
    """An ask that rests on a protected source: the addresses of both."""
    ask = record_draft(staff)
    page = save(staff, f"{ask}/evidence", PROTECTED)
    (source,) = {link for link in links(page) if link.startswith("/sources/S-")}
    return ask, source


def test_a_protected_source_is_a_reference_and_where_its_identity_is_kept(
    staff: Person, colleague: Person
) -> None:
    ask, source = protected(staff)
    assert "Protected source W-17" in section(staff.get(ask), "evidence")
    page = colleague.get(source)
    assert facts_of(page)["Its identity"] == "is kept outside this program: The safe in room 3"
    assert "A source at risk. Never write here who it is" in words_of(page)
    assert "The safe" not in " ".join(entries(staff.get(f"{source}/history")))
    again = save(staff, f"{ask}/evidence", {**PROTECTED, "shows": "Also this"})
    assert again.text.count("Protected source") == 1, "the same reference is the same source"


def test_the_forms_warn_against_names_and_take_none(staff: Person) -> None:
    ask = record_draft(staff)
    for path in ("/letters/new", "/recommendations/new", f"{ask}/evidence"):
        assert "Never the name of a victim or a witness" in words_of(staff.get(path)), path
    form = Sitting(staff, f"{ask}/evidence")
    said = "never a name"
    for opaque in ("Tenzin", "Tenzin Wangmo 1", "witness-1", "W", "17 Lhasa", "W-17\u0f56"):
        with nothing_changes(staff.app):
            answer = form.type({**PROTECTED, "opaque": opaque}).send()
        assert_problems(answer, {"opaque": said})
    only = "A protected source has only its reference."
    more = {"title": "A talk", "url": "https://example.org/", "publisher": "Somebody"}
    with nothing_changes(staff.app):
        answer = form.type({**PROTECTED, **more, "published_on": "2024"}).send()
    assert_problems(answer, {**dict.fromkeys(more, only), "published_on": "has no date"})
    form = Sitting(staff, f"{ask}/evidence").type({"opaque": "W-17"})
    assert_problems(form.send(), {"kept_where": "Say where, outside this program"})
    form = Sitting(staff, f"{ask}/evidence").type({"kept_where": "A safe"})
    assert_problems(form.send(), {"opaque": "Give it a reference."})


def test_a_letter_rests_on_a_protected_source_too(staff: Person) -> None:
    typed = {f"sources-0-{name}": value for name, value in PROTECTED.items()}
    typed |= {"sources-0-title": "", "sources-0-url": ""}
    letter = record_letter(staff, typed)
    assert "Protected source W-17" in section(staff.get(letter), "evidence")


@pytest.mark.parametrize("audience", ["coalition", "public"])
def test_a_protected_source_goes_no_further_than_its_owner(
    staff: Person, partner: Person, other_staff: Person, audience: str
) -> None:
    ask, source = protected(staff)
    save(staff, f"{ask}/evidence", {"url": "https://example.org/report"})
    said = {"audience": "W-17 is a protected source: it goes to your organisation or to named"}
    typed = {"audience": audience, "reason": "They asked."}
    assert staff.get(source).status_code == 200  # the first reading of the day is written down
    together = source.rpartition("/")[2]
    assert together in options(staff.get(f"{ask}/audience"), "together")
    with nothing_changes(staff.app):
        alone = Sitting(staff, f"{source}/audience").type(typed).send()
        with_it = Sitting(staff, f"{ask}/audience").type({**typed, "together": together}).send()
    assert_problems(alone, said)
    assert_problems(with_it, said)
    others = [ref for ref in options(staff.get(f"{ask}/audience"), "together") if ref != together]
    share(staff, ask, audience, together=others)
    for reader in (partner, other_staff):
        page = reader.get(ask)
        assert page.status_code == 200
        assert "W-17" not in page.text
        assert "Who gave the order" not in page.text
        assert "W-17" not in reader.get(f"{ask}/history").text
        assert "W-17" not in reader.get("/sources").text
        assert "W-17" not in reader.get("/search?q=W-17").text.partition("<main")[2].replace(
            'value="W-17"', ""
        ).replace("“W-17”", "")
        assert reader.get(source).status_code == 404


def test_a_protected_source_is_no_published_one(staff: Person) -> None:
    ask, _ = protected(staff)
    form = Sitting(staff, f"{ask}/audience").type({"audience": "public", "reason": "Out."})
    assert_problems(form.send(), {"audience": "rests on no published source"})


def test_named_people_elsewhere_are_not_told_where_the_identity_is_kept(
    staff: Person, partner: Person
) -> None:
    ask, source = protected(staff)
    together = ask.rpartition("/")[2]
    share(staff, source, "named", people="partner@example.org", together=together)
    page = partner.get(source)
    assert page.status_code == 200
    assert "The safe" not in page.text
