"""A change that is kept from a reader leaves no trace on what they see: no version, no time, no
order, and no 409 for a colleague who cannot know why."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from tests.front.support import (
    Sitting,
    asks_on,
    assert_problems,
    facts_of,
    further_ask,
    links,
    options,
    record_contact,
    record_draft,
    record_letter,
    save,
    section,
    share,
    titles_on,
    where,
)
from tests.front.test_merging import ask_about, merge
from tests.front.test_merging import target as record_target
from tests.front.test_notices import box, choose, go_out
from tests.inside.mail_server import Letterbox
from tests.inside.samples import ask_of, reading
from tests.support.people import Person, arrive, words_of
from tracker.accounts import queries as accounts
from tracker.accounts import tokens
from tracker.accounts.models import TokenScope
from tracker.accounts.permissions import Role
from tracker.admin import erasing
from tracker.casework import actions
from tracker.casework.inputs import NextInput
from tracker.core.db import transaction
from tracker.core.now import today
from tracker.dashboards import kept
from tracker.feeds.calendar import deadlines
from tracker.feeds.changes import changes
from tracker.recommendations.models import Result

__all__ = ["box"]  # a fixture
START = datetime(2024, 6, 3, 9, tzinfo=UTC)
TOKEN = re.compile(r'name="csrf_token"[^>]*>')


def _of(path: str) -> str:
    return path.rpartition("/")[2]


@dataclass
class Case:
    """An ask that others read, and beside it what they do not: a second ask of its letter, an
    earlier reply about both, a target, a source, an outcome."""

    staff: Person
    colleague: Person
    clock: time_machine.Traveller
    shown: str
    hidden: str
    unseen_target: str = ""
    later: str = ""  # another ask, which was changed after it

    def wait(self) -> None:
        """A minute passes: before a record is shared, the password is asked again after some."""
        self.clock.shift(timedelta(minutes=1))

    def both(self) -> list[str]:
        """What a contact about both asks names."""
        return [_of(self.shown), _of(self.hidden)]

    def link(self, pattern: str) -> str:
        """Where a link of the owner's page of the ask leads."""
        return next(one for one in links(self.staff.get(self.shown)) if re.search(pattern, one))


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """What time it is, before anybody logs in."""
    with time_machine.travel(START) as clock:
        yield clock


@pytest.fixture
def case(clock: time_machine.Traveller, staff: Person, colleague: Person) -> Case:
    letter = record_letter(staff, further_ask(1, "A second ask", "Another"))
    first, second = asks_on(staff.get(letter))
    case = Case(staff, colleague, clock, first, second)
    together = [_of(letter), *_offered(staff, first)]
    share(staff, first, together=together)
    record_contact(staff, first, "acknowledgement", "2024-01-10")
    record_contact(staff, first, "substantive", "2024-01-20")
    record_contact(staff, first, "follow_up", "2024-04-10")
    case.wait()
    case.later = record_draft(staff, {"title": "Recorded later"})
    share(staff, case.later)
    unseen = {"name": "A name for few", "kind": "person"}
    case.unseen_target = where(Sitting(staff, "/targets/new").type(unseen).send())
    return case


def _offered(person: Person, ask: str) -> list[str]:
    boxes = r'name="together"[^>]*value="([^"]*)"'
    return re.findall(boxes, person.get(f"{ask}/audience").text)


# ---- what is kept from those who read the ask and no more


def plan(case: Case) -> None:
    save(case.staff, f"{case.shown}/next", {"next_action": "Call them", "assignee": _me(case)})


def _me(case: Case) -> str:
    return str(case.staff.viewer.user_id)


def plan_with_others(case: Case) -> None:
    path = f"/recommendations/bulk?ask={_of(case.shown)}"
    Sitting(case.staff, path).type({"next_action": "Call"}).press("preview").save()


def contact(case: Case) -> None:
    """One that is no answer: what follows from an answer is told to all readers of the ask."""
    record_contact(case.staff, case.shown, "form_letter", "2024-02-10", asks=case.both())


def of_both(case: Case, substance: str, on: str) -> None:
    record_contact(case.staff, case.shown, substance, on, asks=case.both())


def outcome(case: Case) -> None:
    form = Sitting(case.staff, f"{case.shown}/outcomes/new")
    target = {"kind": "listed_as_asked", "target": _of(case.unseen_target)}
    act = {"authority": "treasury", "effective_on": "2024-03-01", "citation": "89 FR 1"}
    form.type({**target, **act}).save()


def target(case: Case) -> None:
    form = Sitting(case.staff, f"{case.shown}/edit").press("add:targets")
    form.type({"targets-1-ref": _of(case.unseen_target), "targets-1-name": "A name for few"}).save()


def narrow_source(case: Case) -> None:
    form = Sitting(case.staff, f"{case.shown}/evidence")
    form.type({"opaque": "W-17", "kept_where": "In the safe"}).save()
    pages = {path for path in links(case.staff.get(case.shown)) if path.startswith("/sources/S-")}
    (path,) = [path for path in pages if "W-17" in words_of(case.staff.get(path))]
    share(case.staff, path, "named")


def source_void(case: Case) -> None:
    path = f"{case.shown}/evidence/void"
    offered = options(case.staff.get(path), "which")
    (which,) = [one for one in offered if "W-17" in words_of(case.staff.get(f"/sources/{one}"))]
    save(case.staff, path, {"which": which, "reason": "It shows something else."})


def contact_void(case: Case) -> None:
    found = re.findall(r"/contacts/C-\w{8}/void", case.staff.get(case.shown).text)
    (path,) = [path for path in found if "10 Feb" in words_of(case.staff.get(path))]
    save(case.staff, path, {"reason": "It was another letter."})


def outcome_void(case: Case) -> None:
    save(case.staff, case.link(r"/outcomes/.*void"), {"reason": "It was another person."})


def target_gone(case: Case) -> None:
    Sitting(case.staff, f"{case.shown}/edit").press("remove:targets-1").save()


def leaving(case: Case) -> None:
    app = case.staff.app
    with app.app_context(), transaction():
        user = accounts.user_by_id(case.colleague.viewer.user_id or 0)
        assert user is not None
        actions.change_user(user, Role.PARTNER, user.organisation)


def plan_for_colleague(case: Case) -> None:
    who = str(case.colleague.viewer.user_id)
    save(case.staff, f"{case.shown}/next", {"assignee": who})


Act = Callable[[Case], None]
# one after the other, since each begins where the one before it ends
KEPT: dict[str, Act] = {
    "a plan": plan,
    "a plan of several asks": plan_with_others,
    "whoever has it next": plan_for_colleague,
    "that they left": leaving,
    "a contact about another ask too": contact,
    "its voiding": contact_void,
    "a second answer of a day": lambda case: of_both(case, "substantive", "2024-01-20"),
    "a second follow-up of a day": lambda case: of_both(case, "follow_up", "2024-04-10"),
    "a second acknowledgement of a day": lambda case: of_both(
        case, "acknowledgement", "2024-01-10"
    ),
    "a target that few see": target,
    "an outcome on it": outcome,
    "the outcome's voiding": outcome_void,
    "the target's removal": target_gone,
}


PAGES = ("history", "clocks")
LISTS = ("/recommendations", "/dashboards", "/stale", "/search?q=call", "/agencies/state")


def shown_to(person: Person, case: Case, token: str) -> dict[str, str]:
    """All that somebody is shown of the ask, and of lists with it."""
    app = person.app
    pages = {
        path: TOKEN.sub("", person.get(path).text)
        for path in (case.shown, *(f"{case.shown}/{page}" for page in PAGES), *LISTS)
    }
    for path in (
        f"recommendations/{_of(case.shown)}",
        "recommendations?updated_since=2024-06-03T09:01:30Z",
    ):
        head = {"Authorization": f"Bearer {token}"}
        pages[path] = app.test_client().get(f"/api/v1/{path}", headers=head).text
    with reading(app):
        feed = changes(person.viewer, "https://example.org", "own").decode()
        calendar = deadlines(person.viewer, "https://example.org", today(), "secret").decode()
    return pages | {
        "feed": re.sub(r"<updated>.*?</updated>", "", feed, count=1),
        "calendar": re.sub(r"DTSTAMP:\S+", "", calendar),
    }


def token_of(person: Person) -> str:
    with person.app.app_context(), transaction():
        user = accounts.user_by_id(person.viewer.user_id or 0)
        assert user is not None
        return tokens.make(user, "Mine", TokenScope.READ, "365")[1]


@pytest.mark.parametrize("reader", ["of the coalition", "of the owner's organisation"])
def test_what_is_kept_from_a_reader_moves_nothing_that_they_see(
    case: Case, partner: Person, reader: str
) -> None:
    if reader != "of the coalition":  # a partner is not told of its own organisation's plans either
        partner = arrive(partner.app, "mate@example.org", Role.PARTNER, "Highland Group")
    narrow_source(case)
    token = token_of(partner)
    known = shown_to(partner, case, token)
    assert "Sanction those responsible" in known[case.shown]
    for what, act in (KEPT | {"the removal of a source that few see": source_void}).items():
        case.wait()
        ours = case.staff.get(f"{case.shown}/history").text
        act(case)
        assert case.staff.get(f"{case.shown}/history").text != ours, what
        seen = shown_to(partner, case, token)
        assert [path for path in known if seen[path] != known[path]] == [], what


def test_voiding_the_first_of_two_contacts_of_a_day_moves_nothing_where_few_see_it(
    case: Case, partner: Person
) -> None:
    def voidings() -> set[str]:
        return set(re.findall(r"/contacts/C-\w{8}/void", case.staff.get(case.shown).text))

    others = voidings()
    of_both(case, "substantive", "2024-05-20")
    (hidden,) = voidings() - others
    record_contact(case.staff, case.shown, "substantive", "2024-05-20")
    token = token_of(partner)
    known = shown_to(partner, case, token)
    case.wait()
    save(case.staff, hidden, {"reason": "It was another letter."})
    seen = shown_to(partner, case, token)
    assert [path for path in known if seen[path] != known[path]] == []


def test_what_readers_are_told_makes_a_version_and_goes_to_the_top_of_the_list(
    case: Case, partner: Person
) -> None:
    """Or the test above could pass where nothing ever moves."""
    assert titles_on(partner.get("/recommendations?sort=-updated"))[0] == "Recorded later"
    version = facts_of(partner.get(case.shown))["Version"]
    case.wait()
    record_contact(case.staff, case.shown, "substantive", "2024-02-10")
    first = titles_on(partner.get("/recommendations?sort=-updated"))[0]
    assert first == "Sanction those responsible"
    assert facts_of(partner.get(case.shown))["Version"] != version


def test_no_mail_tells_of_a_change_of_what_few_see(
    case: Case, partner: Person, box: Letterbox
) -> None:
    choose(partner)
    partner.post(f"/watch/{_of(case.shown)}")
    for act in (plan, contact, target, target_gone):
        act(case)
    assert go_out(partner.app, box) == []
    save(case.staff, f"{case.shown}/edit", {"title": "Told to all"})
    assert len(go_out(partner.app, box)) == 1


def test_what_is_kept_takes_no_entry_out_of_feeds_and_histories(
    case: Case, partner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.casework.telling.MOST_ENTRIES", 8)
    monkeypatch.setattr("tracker.feeds.changes.LOOKED_AT", 8)
    known = shown_to(partner, case, token_of(partner))
    with partner.app.app_context(), transaction():
        for number in range(20):
            ask = ask_of(case.staff.viewer, _of(case.shown))
            plan = NextInput(None, f"Step {number}", None)
            actions.set_next(case.staff.viewer, ask, plan, ask.plan_version)
    seen = shown_to(partner, case, token_of(partner))
    for what in ("feed", f"{case.shown}/history"):
        assert seen[what] == known[what]
        assert "Audience changed" in seen[what]


# ---- what moves, and for whom


def promise(case: Case) -> None:
    """Of which readers see a clock, and not the words."""
    day = {"promised_on": "2024-12-01", "asks": case.both()}
    record_contact(case.staff, case.shown, "promise", "2024-02-01", **day)


def answer_to_both(case: Case) -> None:
    record_contact(case.staff, case.shown, "substantive", "2024-05-30", asks=case.both())


def act_on_clock(case: Case) -> None:
    form = Sitting(case.staff, f"{case.shown}/clocks/change")
    clocks = options(form.page, "clocks")
    form.type({"clocks": clocks[:1], "act": "void", "reason": "It never ought to run."}).save()


MOVES: dict[str, tuple[Act | None, Act, str]] = {
    "a clock of a hidden contact": (None, promise, "clocks"),
    "an act on a clock": (None, act_on_clock, "clocks"),
    "a target that is shared": (target, lambda case: shared(case, case.unseen_target), "targets"),
    "a contact that is shared": (contact, lambda case: shared(case, case.hidden), "contacts"),
}


def shared(case: Case, path: str) -> None:
    share(case.staff, path)


def test_whatever_all_readers_see_change_moves_the_time_of_the_last_change(
    case: Case, partner: Person
) -> None:
    """A program that asks for what changed since misses none of it."""
    token = token_of(partner)
    head = {"Authorization": f"Bearer {token}"}
    path = f"/api/v1/recommendations/{_of(case.shown)}"

    def item() -> dict[str, Any]:
        found: dict[str, Any] | None = partner.app.test_client().get(path, headers=head).json
        assert found is not None
        return found

    known = item()
    case.wait()
    answer_to_both(case)
    now = item()
    assert now["last_contact_on"] == "2024-05-30" != known["last_contact_on"]
    assert now["updated_at"] > known["updated_at"]
    assert now["contacts"] == known["contacts"]
    for what, (before, act, field) in MOVES.items():
        if before is not None:
            before(case)
        known = item()
        case.wait()
        act(case)
        now = item()
        assert now[field] != known[field], what
        assert now["updated_at"] > known["updated_at"], what


# ---- figures


def test_figures_forget_what_is_narrowed_and_count_what_is_shared(
    clock: time_machine.Traveller, staff: Person, partner: Person
) -> None:
    one, two = (record_target(staff, name) for name in ("Adam", "Boris"))
    ask = ask_about(staff, one, "Sanction both", two)
    for path in (ask, one, two):
        share(staff, path)
    save(staff, f"{ask}/status", {"to": "submitted", "on": "2024-06-03"})
    act = {"kind": "listed_as_asked", "authority": "treasury", "effective_on": "2024-06-03"}
    typed = {**act, "target": _of(one), "citation": "89 FR 1"}
    Sitting(staff, f"{ask}/outcomes/new").type(typed).save()

    def counted() -> tuple[int, int]:
        with reading(partner.app):
            figures = kept.figures(partner.viewer, today())
        found = figures.by_result
        return found.get(Result.IN_PART, 0), found.get(Result.IN_FULL, 0)

    assert counted() == (1, 0)
    share(staff, one, "organisation")
    assert counted() == (0, 0)
    share(staff, one)
    assert counted() == (1, 0)
    merge(staff, two, one)
    assert counted() == (0, 1)


def test_what_was_erased_says_nothing_to_who_was_not_told(case: Case, partner: Person) -> None:
    named = record_target(case.staff, "Alexander Longname")
    save(case.staff, f"{case.shown}/next", {"next_action": "Call about Alexander Longname"})
    known = shown_to(partner, case, token_of(partner))
    with partner.app.app_context(), transaction():
        erasing.erase_target(_of(named))
    seen = shown_to(partner, case, token_of(partner))
    for what in ("feed", f"{case.shown}/history"):
        assert seen[what] == known[what]


def test_what_was_erased_is_mailed_to_nobody_else_any_more(
    case: Case, partner: Person, box: Letterbox
) -> None:
    named, watched = (record_target(case.staff, name) for name in ("Alexander Longname", "Adam"))
    share(case.staff, watched)
    choose(partner)
    partner.post(f"/watch/{_of(watched)}")
    save(case.staff, f"{watched}/edit", {"note": "A friend of Alexander Longname"})
    with partner.app.app_context(), transaction():
        erasing.erase_target(_of(named))
    assert go_out(partner.app, box) == []


def test_a_change_of_a_rule_is_told_on_each_ask_that_it_concerns(
    case: Case, partner: Person, admin: Person
) -> None:
    share(case.staff, case.hidden, "named")
    norm = {"kind": "silence", "instrument": "global_magnitsky", "length": "80", "agency": "state"}
    norm |= {"sentence": "80 days.", "valid_from": "2023-01-01", "reason": "So."}
    said = "Clocks computed anew"
    before = words_of(partner.get(f"{case.shown}/history")).count(said)
    Sitting(admin, "/admin/clocks/new").type(norm).press("preview").save()
    assert words_of(partner.get(f"{case.shown}/history")).count(said) == before + 1


# ---- letters


def letters_by(*people: Person) -> list[str]:
    """A letter recorded by each, told apart by its title and its source."""
    return [
        record_letter(
            person,
            {
                "title": f"Letter {number}",
                "sources-0-url": f"https://example.org/{number}",
                "sources-0-title": "A text",
            },
        )
        for number, person in enumerate(people, 1)
    ]


def test_a_letter_supplements_what_its_person_cannot_see_until_they_say_another(
    clock: time_machine.Traveller, staff: Person, colleague: Person
) -> None:
    first, second, last = letters_by(staff, staff, staff)
    save(staff, f"{last}/receipt", {"supplements": _of(first)})
    share(staff, first, "named")
    save(colleague, f"{last}/receipt", {"received_on": "2024-06-03", "received_proof": "Stamped"})
    assert _of(first) in staff.get(f"{last}/receipt").text
    assert "cannot" not in words_of(
        save(colleague, f"{last}/receipt", {"supplements": _of(second)})
    )
    assert _of(second) in staff.get(f"{last}/receipt").text
    assert _of(first) in staff.get(f"{last}/history").text
    for page in (last, f"{last}/receipt", f"{last}/history", second):
        assert _of(first) not in colleague.get(page).text


def test_a_letter_that_supplements_a_hidden_one_shows_no_other_version(
    clock: time_machine.Traveller, staff: Person, colleague: Person, partner: Person
) -> None:
    first = record_letter(staff, {"title": "Sent before", "written_on": "2023-10-01"})
    other = {"sources-0-url": "https://www.cecc.gov/second", "sources-0-title": "The second"}
    later = record_letter(staff, {"title": "Shown", **other})
    share(staff, later)
    form = Sitting(colleague, f"{later}/receipt").type({"received_proof": "Their word"})
    form.type({"received_on": "2023-11-01"})

    def told() -> list[str]:
        pages = (partner.get(later), partner.get(f"{later}/history"))
        return [TOKEN.sub("", page.text) for page in pages]

    known = told()
    clock.shift(timedelta(minutes=3))
    save(staff, f"{later}/receipt", {"supplements": _of(first)})
    assert told() == known
    assert form.send().status_code == 409  # the colleague sees both letters
    form.save()
    assert _of(first) in staff.get(f"{later}/receipt").text
    assert told() != known


def test_a_letter_that_never_went_out_is_void_without_a_trace_on_its_asks(
    clock: time_machine.Traveller, staff: Person, partner: Person
) -> None:
    letter = record_letter(staff, {"sent_on": "", "is_sent": None})
    (ask,) = asks_on(staff.get(letter))
    share(staff, ask)
    known = [TOKEN.sub("", partner.get(path).text) for path in (ask, f"{ask}/history")]
    clock.shift(timedelta(minutes=3))
    save(staff, f"{letter}/void", {"reason": "It was never written."})
    assert [TOKEN.sub("", partner.get(path).text) for path in (ask, f"{ask}/history")] == known


def test_a_refusal_names_no_ask_that_is_kept_from_whoever_is_refused(
    clock: time_machine.Traveller, staff: Person, colleague: Person
) -> None:
    unsent = {"sent_on": "", "is_sent": None, **further_ask(1, "The hidden one", "Another")}
    letter = record_letter(staff, unsent)
    shown, hidden = asks_on(staff.get(letter))
    save(staff, f"{hidden}/status", {"to": "submitted", "on": "2024-06-03"})
    form = Sitting(staff, f"{letter}/receipt").type({"sent_on": "2024-06-01"})
    assert "The hidden one" in form.send().text
    share(staff, hidden, "named")
    where(Sitting(colleague, f"{letter}/receipt").type({"sent_on": "2024-06-01"}).send())
    assert facts_of(staff.get(shown))["Sent"] == "1 June 2024"
    assert facts_of(staff.get(hidden))["Sent"] == "3 June 2024"


# ---- what an ask came to


def test_a_merge_that_few_know_of_moves_no_result(
    clock: time_machine.Traveller, staff: Person, partner: Person
) -> None:
    one, two, unseen = (record_target(staff, name) for name in ("Adam", "Boris", "Cyril"))
    ask = ask_about(staff, one, "Sanction both", two)
    for path in (ask, one, two):
        share(staff, path)
    save(staff, f"{ask}/status", {"to": "submitted", "on": "2024-06-03"})
    act = {"kind": "listed_as_asked", "authority": "treasury", "effective_on": "2024-06-03"}
    typed = {**act, "target": _of(one), "citation": "89 FR 1"}
    Sitting(staff, f"{ask}/outcomes/new").type(typed).save()
    known = TOKEN.sub("", partner.get(ask).text)
    assert "Acted on in part" in known
    merge(staff, one, unseen)
    merge(staff, two, unseen)
    assert TOKEN.sub("", partner.get(ask).text) == known
    share(staff, unseen)
    assert "Acted on in full" in partner.get(ask).text
    share(staff, unseen, "organisation")
    assert "Acted on in part" in partner.get(ask).text


@pytest.mark.parametrize("is_round", [False, True], ids=["merged elsewhere", "in a circle"])
def test_a_merge_that_few_know_of_makes_way_for_another(
    clock: time_machine.Traveller, staff: Person, colleague: Person, is_round: bool
) -> None:
    one, two, unseen = (record_target(staff, name) for name in ("Adam", "Boris", "Cyril"))
    merge(staff, two if is_round else one, unseen)
    if is_round:
        merge(staff, unseen, one)
    share(staff, unseen, "named")
    merge(colleague, one, two)
    for person in (staff, colleague):
        assert f"merged: Boris {_of(two)} stands for it" in words_of(person.get(one))
        assert "This target is merged" not in words_of(person.get(two))
    lower = two if is_round else one
    assert "Merge taken back" in words_of(staff.get(f"{lower}/history"))
    told = words_of(colleague.get(f"{lower}/history"))
    assert "Merge taken back" not in told
    assert _of(unseen) not in told


def test_a_member_is_taken_back_whatever_rests_on_it_unseen(
    clock: time_machine.Traveller, staff: Person, colleague: Person
) -> None:
    group, member = (
        record_target(staff, "The officials", kind="class"),
        record_target(staff, "Adam"),
    )
    ask = ask_about(staff, group, "Sanction them")
    save(staff, group, {"name": _of(member)})
    save(staff, f"{ask}/status", {"to": "submitted", "on": "2024-06-03"})
    act = {"kind": "listed_as_asked", "authority": "treasury", "citation": "89 FR 1"}
    typed = {**act, "effective_on": "2024-06-03", "target": _of(member)}
    Sitting(staff, f"{ask}/outcomes/new").type(typed).save()
    share(staff, ask, "named")
    page = save(colleague, f"{group}/members/void", {"which": _of(member), "reason": "Another one"})
    assert "No member is named yet." in section(page, "members")
    left = section(staff.get(ask), "targets")
    assert "Adam person, named by an outcome" in left
    assert left.count("Listed as asked") == 2  # in the ledger, and among the outcomes


def test_no_judgement_rests_on_a_target_that_few_see(
    clock: time_machine.Traveller, staff: Person, partner: Person
) -> None:
    group = record_target(staff, "Officials of the bureau", kind="class")
    member, unseen = record_target(staff, "Adam"), record_target(staff, "Boris")
    ask = ask_about(staff, group, "Sanction them")
    for one in (member, unseen):
        save(staff, group, {"name": _of(one)})
    for path in (ask, group, member):
        share(staff, path)
    save(staff, f"{ask}/status", {"to": "submitted", "on": "2024-06-03"})
    act = {"kind": "listed_as_asked", "authority": "treasury", "citation": "89 FR 1"}
    act |= {"effective_on": "2024-06-03", "judgement": "in_full"}
    form = Sitting(staff, f"{ask}/outcomes/new").type({**act, "target": _of(unseen)})
    assert_problems(form.send(), {"judgement": "Fewer people see Boris than this ask"})
    form.type({"judgement": ""}).save()
    assert "Acted on" not in partner.get(ask).text
    Sitting(staff, f"{ask}/outcomes/new").type({**act, "target": _of(member)}).save()
    assert "Acted on in full" in partner.get(ask).text
    # what was judged before stands in the form, and stands in nobody's way
    Sitting(staff, f"{ask}/outcomes/new").type({**act, "target": _of(unseen)}).save()


# ---- a colleague who is not named


FORMS = {
    "{ask}/edit": {"title": "Mine"},
    "{ask}/next": {"next_action": "Write"},
    "{ask}/status": {"to": "closed", "closure_reason": "moot", "reason": "It is gone."},
}


def test_a_colleague_is_not_told_of_a_change_that_is_kept_from_them(case: Case) -> None:
    for path in (case.hidden, case.unseen_target):
        share(case.staff, path, "named")
    acts = iter((contact, target, contact_void, outcome, outcome_void, target_gone))
    for path, typed in FORMS.items():
        form = Sitting(case.colleague, path.format(ask=case.shown)).type(typed)
        before = form.fields["version"]
        for act in (next(acts), next(acts)):
            act(case)
        assert Sitting(case.colleague, form.path).fields["version"] == before
        assert form.send().status_code == 303, path


def test_two_who_see_a_hidden_target_do_not_lose_each_others_change_of_it(
    case: Case, colleague: Person
) -> None:
    form = Sitting(colleague, f"{case.shown}/edit").type({"title": "Mine"})
    target(case)
    assert form.send().status_code == 409
    assert "A name for few" in form.text
    form.save()
    page = words_of(case.staff.get(case.shown))
    assert "A name for few" in page
    assert "Mine" in page


def test_two_plans_are_put_beside_each_other(case: Case, colleague: Person) -> None:
    path = f"{case.shown}/next"
    form = Sitting(colleague, path).type({"next_action": "Write"})
    bulk = f"/recommendations/bulk?ask={_of(case.shown)}"
    together = Sitting(colleague, bulk).type({"next_action": "Ask again"}).press("preview")
    plan(case)
    assert form.send().status_code == 409
    assert "Call them" in form.text
    assert "Of these asks none would change now" in words_of(together.send())
