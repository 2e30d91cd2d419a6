"""Filters, sorting and paging of lists, all of which live in the address."""

import base64
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.front.support import (
    asks_on,
    entries,
    links,
    options,
    record_ask,
    record_draft,
    rows,
    save,
    section,
    share,
    titles_on,
    words,
)
from tests.support.factories import make
from tests.support.people import Person, add_person, words_of
from tracker.accounts.models import Organisation
from tracker.accounts.permissions import Role
from tracker.agencies.models import Agency
from tracker.agencies.queries import by_slug
from tracker.clocks.models import Basis, Cause, Clock, ClockKind, ClockRule
from tracker.core.dates import PartialDate, show_day
from tracker.core.db import db, transaction
from tracker.core.now import today
from tracker.correspondence.models import Letter
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import (
    Addressee,
    ClosureReason,
    Recommendation,
    RecommendationPlace,
    RecommendationTarget,
    Result,
    Status,
)
from tracker.records.models import Audience, RecordTag
from tracker.search.actions import index_missing
from tracker.sources.models import Source
from tracker.targets.models import Target, TargetName
from tracker.web.sealing import seal, unseal

START = datetime(2024, 1, 1, tzinfo=UTC)


def _agency(slug: str) -> Agency:
    found = by_slug(slug)
    assert found
    return found


def _flag(ask: Recommendation, cause: Cause, kind: ClockKind, **given: Any) -> None:
    rule = db.session.scalar(select(ClockRule.id).where(ClockRule.kind == kind).limit(1))
    make(
        Clock,
        recommendation_id=ask.id,
        cause=cause,
        kind=kind,
        rule_id=rule,
        **{"flagged_on": date(2024, 1, 22), "flagged_at": START, **given},
    )


@pytest.fixture
def many(app: Flask, staff: Person) -> int:
    """More asks, letters, targets and sources than a page holds, many of them tied."""
    owner = {"organisation_id": staff.viewer.organisation_id}
    with app.app_context(), transaction():
        for number in range(113):
            day = PartialDate(2020 + number % 3, None if number % 4 else 1 + number % 12)
            make(
                Recommendation,
                title=f"Ask {number % 40}",
                submitted_on=day if number % 5 else None,
                last_contact_on=day if number % 7 else None,
                updated_at=START + timedelta(minutes=number % 11),
                next_action_on=date(2024, 1, 1 + number % 6) if number % 3 else None,
                instrument=list(Instrument)[number % 4],
                status=list(Status)[number % 6],
                **owner,
            )
        for number in range(63):
            make(Letter, title=f"Letter {number}", written_on=PartialDate(2020), **owner)
            make(Target, name=f"Target {number % 9}", **owner)
            make(Source, title=f"Source {number % 9}", published_on=None, **owner)
    return 113


SORTINGS = [
    *[
        ("/recommendations", name, 113)
        for name in ("-updated", "updated", "-submitted", "submitted")
    ],
    *[("/recommendations", name, 113) for name in ("contact", "-contact", "title")],
    *[("/recommendations", name, 113) for name in ("status", "instrument", "next")],
    *[("/recommendations", name, 113) for name in ("next&then=title", "status&then=-contact")],
    ("/recommendations", "-submitted&then=next", 113),
    *[("/letters", name, 63) for name in ("-written", "written")],
    *[("/sources", name, 63) for name in ("title", "-published")],
    ("/targets", "name", 63),
]


def test_the_pages_of_a_list_are_disjoint_and_together_complete_there_and_back(
    staff: Person, many: int
) -> None:
    for path, sort, count in SORTINGS:
        there = [staff.get(f"{path}?sort={sort}")]
        assert not _beside(there[0], "prev")
        while following := _beside(there[-1], "next"):
            there.append(staff.get(following))
        rows = [row for page in there for row in _keys(page)]
        assert len(rows) == len(set(rows)) == count, (path, sort)
        assert all(len(_keys(page)) == 50 for page in there[:-1])
        back = [there[-1]]
        while before := _beside(back[-1], "prev"):
            assert f"sort={sort}" in before
            back.append(staff.get(before))
        assert [_keys(page) for page in reversed(back)] == [_keys(page) for page in there], sort


def _beside(page: TestResponse, which: str) -> str | None:
    found = [link for link in page.text.split("<a ") if f'rel="{which}"' in link]
    return links(page)[page.text.split("<a ").index(found[0]) - 1] if found else None


def _keys(page: TestResponse) -> list[str]:
    """The references of the rows of a list."""
    return [
        words(part.partition("</span>")[0]) for part in page.text.split('<span class="ref">')[1:]
    ]


def test_each_sorting_of_the_asks_is_in_its_order(staff: Person, many: int) -> None:
    expected: dict[str, Callable[[dict[str, str]], str]] = {}
    for sort in options(staff.get("/recommendations"), "sort"):
        expected[sort] = lambda row: row[""]
    assert set(expected) == {
        name.partition("&")[0] for path, name, _ in SORTINGS if path == "/recommendations"
    }
    titles = titles_on(staff.get("/recommendations?sort=title"))
    assert titles == sorted(titles)
    for sort, label in (("submitted", "Sent"), ("contact", "Last contact")):
        rising, falling = (
            [_year(text) for text in _cells(staff.get(f"/recommendations?sort={name}"), label)]
            for name in (sort, f"-{sort}")
        )
        assert rising == sorted(rising)
        assert falling == sorted(falling, reverse=True)
        assert rising[0] == 0
        assert falling[0] == 2022


def test_rows_that_are_level_are_sorted_by_a_second_column(staff: Person, many: int) -> None:
    shown = "columns=status,due&sort=status&then=next"
    page = staff.get(f"/recommendations?{shown}")
    rows = list(zip(_cells(page, "Status"), _cells(page, "Due"), strict=True))
    while following := _beside(page, "next"):
        page = staff.get(following)
        rows += zip(_cells(page, "Status"), _cells(page, "Due"), strict=True)
    cycle = ["Draft", "Vetting", "Ready", "Submitted", "Acknowledged", "Under review"]
    places = [(cycle.index(status), due == "–", due) for status, due in rows]
    assert len(places) == many
    assert places == sorted(places)
    assert {due for _, _, due in places} > {"–", "2 Jan 2024 passed"}


def _cells(page: TestResponse, label: str) -> list[str]:
    return [
        words(part.partition("</td>")[0]) for part in page.text.split(f'data-label="{label}">')[1:]
    ]


def _year(shown: str) -> int:
    return 0 if shown == "–" else int(shown[-4:])


LISTS = {
    "/recommendations": "Recommendation.id Changed last",
    "/recommendations?sort=submitted": "Recommendation.id Sent first",
    "/letters": "Letter.id Newest first",
    "/targets": "Target.id Name",
    "/sources": "Source.id Title",
}


def _cursor(person: Person, text: str, of_list: str) -> str:
    with person.app.app_context():
        return seal(text, of_list)


@pytest.mark.parametrize("path", LISTS)
def test_a_damaged_cursor_is_told_to_be_one(staff: Person, path: str) -> None:
    of_list = LISTS[path]
    good = _cursor(staff, '["f", "2020-01-01T00:00:00+00:00", "1"]', of_list)
    joint = "&" if "?" in path else "?"
    if "Changed" in of_list:
        assert staff.get(f"{path}{joint}cursor={good}").status_code == 200
    damaged = (
        *(
            '"f"',
            "{}",
            '["f", "2020"]',
            '["x", "2020", "1"]',
            '["f", 2020, "1"]',
            '["f", "2020", 1]',
        ),
        *(f'["f", "2020", "{key}"]' for key in ("", "0", "-1", 10**20, "9" * 5000, "1.5", "one")),
        *(f'["f", "{text}", "1"]' for text in ("\\u0000", "\\ud800", "x" * 401)),
        *('["f", [], "1"]', '[["f"], "", "1"]', "[" * 2000),
    )
    for cursor in (
        *("x", "####", "é", "\x00", good[:-4], good.swapcase(), "WyJmIiwgIjIwMjAiLCAxXQ"),
        *(_cursor(staff, text, of_list) for text in damaged),
    ):
        answer = staff.get(f"{path}{joint}{urlencode({'cursor': cursor})}")
        assert answer.status_code == 400, cursor
        assert "The link to this page of the list is damaged." in words_of(answer)
    if "recommendations" in path:
        no_day = _cursor(staff, '["f", "no day", "1"]', of_list)
        assert staff.get(f"{path}{joint}cursor={no_day}").status_code == 400


def test_a_link_to_a_page_leads_nowhere_in_another_list(staff: Person) -> None:
    for number in range(51):
        record_draft(staff, {"title": f"Ask {number}", "targets-0-name": f"Target {number}"})
    (later,) = {link for link in links(staff.get("/recommendations")) if "cursor=" in link}
    assert staff.get(later).status_code == 200
    assert staff.get(f"{later}&sort=title").status_code == 400
    (of_targets,) = {link for link in links(staff.get("/targets")) if "cursor=" in link}
    assert staff.get(of_targets.replace("/targets", "/sources")).status_code == 400


@pytest.mark.parametrize("path", ["/recommendations", "/exports"])
def test_a_filter_that_stands_twice_is_refused(staff: Person, path: str) -> None:
    answer = staff.get(f"{path}?status=submitted&status=draft")
    assert answer.status_code == 400
    assert "“status” stands twice in the address." in words_of(answer)


def test_the_choices_of_the_filters_follow_what_changes(
    staff: Person, admin: Person, partner: Person
) -> None:
    def offered(name: str, person: Person = staff) -> set[str]:
        return set(options(person.get("/recommendations"), name))

    first = record_draft(staff, {"places": "CN"})
    assert "CN" in offered("country")
    assert "IR" not in offered("country")
    record_draft(staff, {"title": "Another", "targets-0-name": "Another", "places": "IR"})
    assert {"CN", "IR"} <= offered("country")
    assert not {"CN", "IR"} & offered("country", partner)
    share(staff, first)
    assert {"CN", "IR"} & offered("country", partner) == {"CN"}
    before = offered("assignee"), offered("agency")
    add_person(staff.app, "new@example.org", Role.STAFF, "Highland Group")
    bureau = {"name": "A bureau of theirs", "kind": "bureau", "jurisdiction": "US"}
    save(admin, "/agencies/new", bureau)
    assert len(offered("assignee") - before[0]) == len(offered("agency") - before[1]) == 1


def test_a_body_that_came_since_the_names_were_kept_is_named_all_the_same(
    staff: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the head of the history and the rows, both read for one page, somebody may add it."""
    path = record_ask(staff)
    monkeypatch.setattr("tracker.agencies.queries._kept_names", dict)
    [row] = re.findall(r'<th scope="row".*?</th>', staff.get("/recommendations").text, re.S)
    assert words(row).endswith("· State")
    assert [each for each in entries(staff.get(path)) if "Letter sent to State." in each]


def test_the_link_to_the_next_page_tells_no_key(staff: Person, app: Flask) -> None:
    for number in range(51):
        record_draft(staff, {"title": f"Ask {number}"})
    (later,) = {link for link in links(staff.get("/recommendations")) if "cursor=" in link}
    cursor = parse_qs(urlsplit(later).query)["cursor"][0]
    unpacked = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert b'"f"' not in unpacked
    with app.app_context():
        assert '"f"' in unseal(cursor, LISTS["/recommendations"])
    assert later in links(staff.get("/recommendations"))  # the same again


@pytest.fixture
def varied(app: Flask, staff: Person, colleague: Person) -> None:
    """Asks that differ in everything by which a list can be narrowed."""
    owner = {"organisation_id": staff.viewer.organisation_id}
    friend = colleague.viewer.user_id
    with app.app_context(), transaction():
        other = make(Organisation, name="Island Group").id

        def ask(title: str, **given: Any) -> Recommendation:
            return make(Recommendation, title=title, **{**owner, **given})

        state, treasury = _agency("state"), _agency("treasury")
        one = ask("One", status=Status.SUBMITTED, submitted_on=PartialDate(2023, 10, 23))
        make(Addressee, recommendation_id=one.id, agency_id=state.id, answered_on=PartialDate(2024))
        make(RecommendationPlace, recommendation_id=one.id)
        make(RecordTag, record_id=one.id, tag="dna", **owner)
        _flag(one, Cause.SILENT, ClockKind.SILENCE, agency_id=state.id)
        law = ClockKind.SECTION_1263D
        _flag(one, Cause.STATUTORY_OVERDUE, law, basis=Basis.STATUTE)
        two = ask(
            "Two",
            instrument=Instrument.ENTITY_LIST,
            submitted_on=PartialDate(2023),
            assignee_id=staff.viewer.user_id,
            next_action="Call",
            next_action_on=today() + timedelta(days=3),
        )
        both = {"recommendation_id": two.id}
        make(Addressee, agency_id=treasury.id, acknowledged_on=PartialDate(2024), **both)
        make(Addressee, agency_id=state.id, position=1, **both)
        make(RecommendationPlace, country="CN", region="Xinjiang", **both)
        make(RecommendationPlace, country="IR", region="", **both)
        _flag(two, Cause.UNSENT, ClockKind.DRAFTING)
        three = ask(
            "Three 100%",
            status=Status.CLOSED,
            closure_reason=ClosureReason.ACTED_IN_FULL,
            result=Result.IN_FULL,
            submitted_on=PartialDate(2019, 12),
        )
        target = make(Target, name="吴英杰", **owner)
        make(TargetName, target_id=target.id, text="吴英杰", folded="吴英杰", latin="wu ying jie")
        make(RecommendationTarget, recommendation_id=three.id, target_id=target.id)
        late = {"next_action": "Write", "next_action_on": today() - timedelta(days=1)}
        ask("Four", result=Result.IN_PART, assignee_id=friend, **late)
        theirs = {"organisation_id": other, "audience": Audience.COALITION}
        ask("Five", result=Result.DECLINED, next_action_on=today(), **theirs)
        ask("Six", organisation_id=other)
        index_missing()


ALL = {"One", "Two", "Three 100%", "Four", "Five"}
FILTERS: list[tuple[dict[str, str], set[str]]] = [
    ({}, ALL),
    ({"status": "submitted"}, {"One"}),
    ({"status": "closed"}, {"Three 100%"}),
    ({"open": "1"}, ALL - {"Three 100%"}),
    ({"instrument": "entity_list"}, {"Two"}),
    ({"instrument": "uk_ghr"}, set()),
    ({"result": "declined"}, {"Five"}),
    ({"result": "acted_in_full"}, {"Three 100%"}),
    ({"acted": "1"}, {"Three 100%", "Four"}),
    ({"agency": "state"}, {"One", "Two"}),
    ({"agency": "state", "answered": "1"}, {"One"}),
    ({"agency": "state", "acknowledged": "1"}, set()),
    ({"agency": "treasury", "acknowledged": "1"}, {"Two"}),
    ({"answered": "1"}, {"One"}),
    ({"acknowledged": "1"}, {"Two"}),
    ({"country": "CN"}, {"One", "Two"}),
    ({"country": "cn", "region": "Tibet"}, {"One"}),
    ({"country": "IR"}, {"Two"}),
    ({"region": "Xinjiang"}, {"Two"}),
    ({"year": "2023"}, {"One", "Two"}),
    ({"year": "2019"}, {"Three 100%"}),
    ({"year": "2001"}, set()),
    ({"year": "none"}, {"Four", "Five"}),
    ({"organisation": "Island Group"}, {"Five"}),
    ({"organisation": "Highland Group"}, ALL - {"Five"}),
    ({"organisation": "No such group"}, set()),
    ({"mine": "1"}, {"Two"}),
    ({"assignee": "me"}, {"Two"}),
    ({"assignee": "none"}, {"One", "Three 100%"}),
    ({"due": "late"}, {"Four"}),
    ({"due": "week"}, {"Two"}),
    ({"due": "month"}, {"Two"}),
    ({"due": "none"}, {"One", "Three 100%"}),
    ({"audience": "coalition"}, {"Five"}),
    ({"audience": "organisation"}, ALL - {"Five"}),
    ({"tag": "DNA"}, {"One"}),
    ({"tag": "dn"}, set()),
    ({"stale": "1"}, {"One", "Two"}),
    ({"cause": "silent"}, {"One"}),
    ({"cause": "statutory_overdue"}, {"One"}),
    ({"cause": "unsent"}, {"Two"}),
    ({"cause": "promise_passed"}, set()),
    ({"q": "one"}, {"One"}),
    ({"q": " THREE "}, {"Three 100%"}),
    ({"q": "100%"}, {"Three 100%"}),
    ({"q": "%"}, {"Three 100%"}),
    ({"q": "_"}, set()),
    ({"q": "wu ying"}, {"Three 100%"}),
    ({"q": "英杰"}, {"Three 100%"}),
    ({"q": "six"}, set()),
    ({"q": "o", "status": "draft", "country": "CN", "agency": "treasury", "mine": "1"}, {"Two"}),
]


def test_every_filter_leaves_the_asks_that_it_names(
    staff: Person, varied: None, subtests: pytest.Subtests
) -> None:
    for query, wanted in FILTERS:
        with subtests.test(**query):
            page = staff.get("/recommendations", query_string=query)
            assert page.status_code == 200
            assert set(titles_on(page)) == wanted
            if not wanted:
                assert "No ask fits these filters. Show all" in words_of(page)


def test_the_asks_of_a_colleague_are_found_by_staff_alone(
    app: Flask, staff: Person, colleague: Person, partner: Person, varied: None
) -> None:
    query = {"assignee": str(colleague.viewer.user_id)}
    assert query["assignee"] in options(staff.get("/recommendations"), "assignee")
    assert titles_on(staff.get("/recommendations", query_string=query)) == ["Four"]
    assert partner.get("/recommendations", query_string=query).status_code == 400
    shown = partner.get("/recommendations?columns=next,due,assignee,status")
    assert "Next action" not in words_of(shown)
    assert titles_on(partner.get("/recommendations?due=week")) == []
    assert partner.get("/recommendations?sort=next").status_code == 400


COLUMNS = {
    "status": ("Status", "Submitted"),
    "result": ("What followed", "None known"),
    "sent": ("Sent", "23 Oct 2023"),
    "contact": ("Last contact", "–"),
    "flags": ("Why flagged", "Deadline in law passed Silent"),
    "targets": ("Targets", "–"),
    "places": ("Countries", "Tibet, China"),
    "assignee": ("Assigned to", "nobody"),
    "next": ("Next action", "–"),
    "due": ("Due", "–"),
    "tags": ("Tags", "dna"),
    "audience": ("Who sees it", "Your organisation only"),
    "owner": ("Owner", "Highland Group"),
    "updated": ("Changed", show_day(today())),
}


def test_the_address_says_which_columns_a_list_shows(staff: Person, varied: None) -> None:
    first = staff.get("/recommendations?q=one")
    usual = ["Status", "What followed", "Sent", "Last contact", "Why flagged"]
    assert list(rows(first)[0]) == ["", *usual]
    assert re.findall(r'name="columns" value="(\w+)"', first.text) == list(COLUMNS)
    for chosen in (["updated", "status"], list(COLUMNS)):
        (row,) = rows(staff.get(f"/recommendations?q=one&columns={','.join(chosen)}"))
        assert row.pop("").startswith("One R-")
        assert row == {COLUMNS[name][0]: COLUMNS[name][1] for name in chosen}
    two = rows(staff.get("/recommendations?q=two&columns=assignee,next,places"))[0]
    assert two["Assigned to"] == "Staff"
    assert two["Next action"] == "Call"
    three = rows(staff.get("/recommendations?q=three&columns=targets"))[0]
    assert three["Targets"] == "吴英杰"


def test_a_form_of_filters_leads_to_a_short_address(staff: Person, varied: None) -> None:
    sent = "?q=&status=submitted&agency=&columns=status&columns=sent&sort=title"
    answer = staff.get(f"/recommendations{sent}")
    assert answer.status_code == 302
    assert answer.headers["Location"] == (
        "/recommendations?status=submitted&sort=title&columns=status,sent"
    )
    page = staff.get(answer.headers["Location"])
    assert list(rows(page)[0]) == ["", "Status", "Sent"]
    assert titles_on(page) == ["One"]
    answer = staff.get("/recommendations?mine=1&assignee=none")
    assert answer.headers["Location"] == "/recommendations?assignee=none"
    usual = "&".join(f"columns={name}" for name in list(COLUMNS)[:5])
    answer = staff.get(f"/recommendations?q=one&{usual}")
    assert answer.headers["Location"] == "/recommendations?q=one"


def test_names_in_an_address_that_mean_something_elsewhere_do_nothing(
    staff: Person, many: int
) -> None:
    query = "endpoint=x&_external=1&_scheme=javascript&_anchor=x&_method=POST&values=x"
    page = staff.get(f"/recommendations?{query}")
    assert page.status_code == 200
    assert all(link.startswith(("/", "#")) for link in links(page))


def test_a_title_is_found_in_any_script_and_case(staff: Person) -> None:
    record_draft(staff, {"title": "Санкции против ЧИНОВНИКОВ"})
    record_draft(staff, {"title": "ÖFFENTLICHE Stellen 西藏公安"})
    record_draft(staff, {"title": "Add it to the Entity List"})  # no 李, though it sounds like one
    assert titles_on(staff.get("/recommendations", query_string={"q": "李"})) == []
    for text, title in (
        ("Санкции", "Санкции против ЧИНОВНИКОВ"),
        ("САНКЦИИ", "Санкции против ЧИНОВНИКОВ"),
        ("чиновников", "Санкции против ЧИНОВНИКОВ"),
        ("öffentliche", "ÖFFENTLICHE Stellen 西藏公安"),
        ("公安", "ÖFFENTLICHE Stellen 西藏公安"),
    ):
        page = staff.get("/recommendations", query_string={"q": text})
        assert titles_on(page) == [title], text


@pytest.mark.parametrize(
    "query",
    [
        {"status": "forgotten"},
        {"instrument": "x"},
        {"result": "x"},
        {"cause": "boredom"},
        {"agency": "ministry-of-nothing"},
        {"country": "XX"},
        {"country": "China"},
        {"year": "23"},
        {"year": "1066"},
        {"sort": "random"},
        {"then": "random"},
        {"columns": "title,secrets"},
        {"assignee": "somebody"},
        {"assignee": "99999999999999999999"},
        {"due": "never"},
        {"audience": "everybody"},
        {"q": "x" * 201},
        {"q": "\x00"},
        {"q": "\u202e"},
        {"tag": "\x00"},
    ],
    ids=lambda query: "-".join([*query, *query.values()])[:20],
)
def test_a_filter_that_is_none_is_told_to_be_none(staff: Person, query: dict[str, str]) -> None:
    answer = staff.get("/recommendations", query_string=query)
    assert answer.status_code == 400
    said = words_of(answer)
    assert "That could not be read" in said
    assert any(
        part in said
        for part in (
            "Choose one",
            "four figures",
            "too long",
            "Type it",
            "1800",
            "Choose some",
            "Choose a",
        )
    )


def test_filters_and_sorting_stay_from_page_to_page_and_can_be_taken_off(
    app: Flask, staff: Person, many: int
) -> None:
    query = {"q": "ask", "sort": "title", "status": "draft", "open": "1", "year": "2021"}
    page = staff.get("/recommendations", query_string=query)
    while following := _beside(page, "next"):
        carried = {k: v[0] for k, v in parse_qs(urlsplit(following).query).items()}
        assert query.items() <= carried.items()
        page = staff.get(following)
    for name in ("open", "year"):
        assert f'<input type="hidden" name="{name}" value="{query[name]}">' in page.text
    assert '<option value="draft" selected>' in page.text
    assert '<option value="title" selected>' in page.text
    assert 'value="ask"' in page.text
    (off,) = [
        link
        for link in links(page)
        if "year=" not in link and "open=1" in link and link.startswith("/recommendations?")
    ]
    assert {k: v[0] for k, v in parse_qs(urlsplit(off).query).items()} == {
        name: value for name, value in query.items() if name != "year"
    }
    assert "/recommendations" in links(page)


def test_the_stale_page_is_narrowed_by_cause_basis_body_and_person(
    app: Flask, staff: Person, varied: None, subtests: pytest.Subtests
) -> None:
    for query, wanted in (
        ("", {"statutory_overdue": ["One"], "unsent": ["Two"]}),
        ("cause=unsent", {"unsent": ["Two"]}),
        ("cause=statutory_overdue", {"statutory_overdue": ["One"]}),
        ("cause=silent", {"silent": ["One"]}),
        ("basis=house", {"silent": ["One"], "unsent": ["Two"]}),
        ("basis=statute", {"statutory_overdue": ["One"]}),
        ("basis=statute&basis=house", {"statutory_overdue": ["One"], "unsent": ["Two"]}),
        ("basis=promise", {}),
        ("agency=state", {"silent": ["One"]}),
        ("agency=treasury", {}),
        ("mine=1", {"unsent": ["Two"]}),
        ("mine=1&cause=statutory_overdue", {}),
        ("agency=state&basis=house&cause=silent", {"silent": ["One"]}),
    ):
        with subtests.test(query=query):
            page = staff.get(f"/stale?{query}")
            shown = {
                name: [
                    words(part.partition("</a>")[0])
                    for part in page.text.partition(f'aria-labelledby="{name}"')[2]
                    .partition("</section>")[0]
                    .split('<a class="title" href="')[1:]
                ]
                for name in (cause.value for cause in Cause)
            }
            found = {name: [t.partition(">")[2] for t in v] for name, v in shown.items() if v}
            assert found == wanted
            if not wanted:
                assert "No open ask is flagged under these filters." in words_of(page)
    for query in ("cause=x", "basis=x", "basis=statute&basis=x", "agency=x", "agency=%00"):
        assert staff.get(f"/stale?{query}").status_code == 400, query
    narrowed = staff.get("/stale?agency=state&mine=1&basis=house")
    for link in links(narrowed):
        if link.startswith("/stale?") and "cause=" in link:
            assert {"agency=state", "mine=1", "basis=house"} <= set(link[7:].split("&"))


def test_a_cause_with_many_asks_shows_them_all_when_it_is_opened(app: Flask, staff: Person) -> None:
    with app.app_context(), transaction():
        for number in range(13):
            row = make(
                Recommendation,
                title=f"Ask {number}",
                organisation_id=staff.viewer.organisation_id,
            )
            on = date(2024, 1, 1 + number)
            _flag(row, Cause.SILENT, ClockKind.SILENCE, flagged_on=on)
    page = staff.get("/stale")
    assert section(page, "silent").startswith("Silent 13")
    assert page.text.count('<a class="title"') == 10
    assert "Show the other 3" in section(page, "silent")
    page = staff.get("/stale?cause=silent")
    assert page.text.count('<a class="title"') == 13
    assert len(asks_on(staff.get("/recommendations?cause=silent"))) == 13
