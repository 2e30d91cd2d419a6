"""The JSON interface, by token: what its owner sees at the moment, in the shapes of the export."""

import io
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from tests.front.support import nothing_changes, record_ask, rows, save, send, share, where
from tests.front.world import make_world
from tests.inside.commands import CommandLine, failed
from tests.inside.samples import reading, record_case, writing
from tests.inside.test_policy import close, create_app_like
from tests.support.people import Person
from tracker.accounts.permissions import Role
from tracker.core.now import now, today
from tracker.exchange import export_json
from tracker.records.models import Audience

ROOT = Path(__file__).resolve().parents[2]
LISTS = ("recommendations", "letters", "targets", "agencies", "sources")


@pytest.fixture
def tracker(app: Flask) -> CommandLine:
    """The command over the application's database."""
    settings = app.extensions["tracker.settings"]
    return CommandLine(settings.instance, {"TRACKER_DATABASE_URL": settings.database_url})


def token_of(tracker: CommandLine, person: Person, *more: str) -> str:
    """A token made at the command line: its secret."""
    given = ("--scope", "read", "--label", "A script", *more)
    return tracker.ok("tokens", "add", person.email, *given).strip()


def ask_for(app: Flask, path: str, secret: str) -> TestResponse:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return app.test_client().get(f"/api/v1/{path}", headers=headers)


def items(app: Flask, path: str, secret: str) -> list[dict[str, Any]]:
    """All items of a list, page by page."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        mark = "&" if "?" in path else "?"
        answer = ask_for(app, f"{path}{mark}cursor={cursor}" if cursor else path, secret)
        assert answer.status_code == 200, answer.text
        assert answer.mimetype == "application/json"
        page = json.loads(answer.text)
        found += page["items"]
        cursor = page["next"]
        if not cursor:
            return found


def is_refused(answer: TestResponse, code: int, word: str = "") -> bool:
    """Whether an answer is a problem as RFC 9457 has it."""
    told = json.loads(answer.text)
    assert answer.mimetype == "application/problem+json"
    assert told["status"] == answer.status_code == code, told
    assert told["title"]
    assert told["detail"]
    assert word in answer.text
    return True


def test_every_list_has_the_items_of_the_export(
    app: Flask, staff: Person, other_staff: Person, partner: Person, tracker: CommandLine
) -> None:
    make_world(staff)
    for person in (staff, other_staff, partner):
        secret = token_of(tracker, person)
        with reading(app):
            out = io.StringIO()
            base_url = app.extensions["tracker.settings"].base_url
            export_json.export(person.viewer, out, today(), base_url)
        exported = json.loads(out.getvalue())
        for name in LISTS:
            found = items(app, name, secret)
            key = "slug" if name == "agencies" else "reference"
            assert sorted(found, key=lambda i: i[key]) == sorted(
                exported[name], key=lambda i: i[key]
            )
            for item in found[:3]:
                answer = ask_for(app, f"{name}/{item[key]}", secret)
                assert json.loads(answer.text) == item
    figures = json.loads(ask_for(app, "statistics", secret).text)
    assert figures["recommendations"]["total"] == len(exported["recommendations"])


def test_bodies_come_in_pages_too(staff: Person, tracker: CommandLine) -> None:
    secret = token_of(tracker, staff)
    whole = items(staff.app, "agencies?limit=200", secret)
    by_three = items(staff.app, "agencies?limit=3", secret)
    assert by_three == whole
    names = [each["name"] for each in whole]
    assert len(set(names)) == len(names) > 20
    assert len(json.loads(ask_for(staff.app, "agencies?limit=3", secret).text)["items"]) == 3
    assert is_refused(ask_for(staff.app, "agencies?limit=0", secret), 400, "limit")


def test_what_a_token_opens_is_decided_at_each_use(
    app: Flask, staff: Person, partner: Person, admin: Person, tracker: CommandLine
) -> None:
    ask = record_ask(staff)
    reference = ask.rpartition("/")[2]
    secret = token_of(tracker, partner)
    assert items(app, "recommendations", secret) == []
    hidden = ask_for(app, f"recommendations/{reference}", secret)
    missing = ask_for(app, "recommendations/R-00000000", secret)
    assert is_refused(hidden, 404)
    assert hidden.text == missing.text
    share(staff, ask)
    [item] = items(app, "recommendations", secret)
    assert item["reference"] == reference
    share(staff, ask, "organisation")
    assert ask_for(app, f"recommendations/{reference}", secret).status_code == 404
    assert admin.post(f"/admin/users/{partner.viewer.user_id}/close").status_code == 303
    assert is_refused(ask_for(app, "recommendations", secret), 401)


def test_the_document_names_every_field_and_no_other(
    app: Flask, staff: Person, tracker: CommandLine
) -> None:
    make_world(staff)
    secret = token_of(tracker, staff)
    told = (ROOT / "docs/api.md").read_text().partition("## Items")[2].partition("Words that")[0]
    rows = dict(re.findall(r"^\| (.+?) \| (`.+) \|$", told, re.MULTILINE))
    named = {of: set(re.findall(r"`(\w+)`", fields)) for of, fields in rows.items()}
    of_one = ("an ask", "a letter", "a target", "a body", "a source")
    seen = set()
    for one, name in zip(of_one, LISTS, strict=True):
        for item in items(app, name, secret):
            assert set(item) == named[one]
            for part, entries in item.items():
                for entry in entries if isinstance(entries, list) else ():
                    if isinstance(entry, dict):
                        assert set(entry) == named[f"`{part}[]` of {one}"]
                        seen.add(f"`{part}[]` of {one}")
    assert len(seen) > 8


def test_a_token_that_does_not_hold_is_nobody_also_where_anybody_reads(
    app: Flask, staff: Person, tracker: CommandLine
) -> None:
    """Else whoever keeps a copy would take all that is not public as gone."""
    with writing(app):
        record_case(staff.viewer, Audience.PUBLIC, "A public case")
        record_case(staff.viewer, Audience.COALITION, "A shared case")
    good = token_of(tracker, staff)
    other = create_app_like(app, public_dashboard=True)
    assert len(items(other, "recommendations", "")) == 1
    assert len(items(other, "recommendations", good)) == 2
    for said in (f"Bearer {good}x", "Bearer", "Bearer ", "Basic abc", good, ""):
        answer = other.test_client().get("/api/v1/letters", headers={"Authorization": said})
        assert is_refused(answer, 401)
    close(other)


def test_what_is_not_counted_says_why_and_a_class_names_its_members(
    app: Flask, staff: Person, tracker: CommandLine
) -> None:
    ask = record_ask(staff, {"asks-0-targets-0-kind": "class"})
    secret = token_of(tracker, staff)
    for kind, day in (("other_action", "2020-02-01"), ("declined", "2024-02-01")):
        outcome = {"kind": kind, "authority": "state", "effective_on": day, "citation": "A note"}
        save(staff, f"{ask}/outcomes/new", outcome)
    [told] = items(app, "recommendations", secret)
    assert [each["not_credited"] for each in told["outcomes"]] == ["before", None]
    law = [each for each in told["clocks"] if each["basis"] == "statute"]
    assert all("22 U.S.C. 10102(d)" in each["citation"] for each in law)
    [known] = items(app, "targets", secret)
    assert known["members"] == []
    member = where(send(staff, "/targets/new", {"name": "Wu Yingjie"}))[-10:]
    save(staff, f"/targets/{known['reference']}", {"name": member})
    told = {each["reference"]: each for each in items(app, "targets", secret)}
    assert told[known["reference"]]["members"] == [member]
    one = json.loads(ask_for(app, f"targets/{known['reference']}", secret).text)
    assert one == told[known["reference"]]


@pytest.mark.parametrize("name", ["letters", "targets", "sources"])
def test_what_changed_last_stands_at_the_end(
    app: Flask, staff: Person, tracker: CommandLine, name: str
) -> None:
    make_world(staff)
    secret = token_of(tracker, staff)
    found = items(app, f"{name}?sort=updated", secret)
    assert {each["reference"] for each in found} == {
        each["reference"] for each in items(app, name, secret)
    }
    assert [each["updated_at"] for each in found] == sorted(each["updated_at"] for each in found)
    assert is_refused(ask_for(app, f"{name}?sort=title", secret), 400, "updated")


def test_who_comes_without_a_good_token_is_told_so(
    app: Flask, staff: Person, tracker: CommandLine
) -> None:
    ask = record_ask(staff)
    good = token_of(tracker, staff, "--days", "30")
    [made] = json.loads(tracker.ok("tokens", "list", "--json"))
    assert (made["email"], made["scope"], made["label"]) == (staff.email, "read", "A script")
    assert made["last_used_at"] is None
    assert ask_for(app, "recommendations", good).status_code == 200
    [used] = json.loads(tracker.ok("tokens", "list", "--json"))
    assert used["last_used_at"] is not None
    feed = staff.post("/account/feeds", {"label": "Phone", "days": "30"}).text
    of_feed = feed.partition("/feeds/")[2].partition("/")[0]
    with nothing_changes(app):
        for bad in ("", "x", good[:-1], f"{good}x", of_feed, "\x7f", "x" * 5000):
            answer = ask_for(app, "recommendations", bad)
            assert is_refused(answer, 401)
            assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert is_refused(staff.get(f"/api/v1{ask}"), 401)  # a cookie stands for nobody
    with time_machine.travel(now() + timedelta(days=31)):
        assert is_refused(ask_for(app, "recommendations", good), 401)
    found = {row[""]: row for row in rows(staff.get("/account/feeds"))}
    assert found["A script"]["Opens"] == "the JSON interface"
    tracker.ok("tokens", "revoke", str(made["id"]))
    assert is_refused(ask_for(app, "recommendations", good), 401)
    assert "no token" in failed(tracker("tokens", "revoke", str(made["id"])))
    unknown = tracker("tokens", "add", "no@example.org", "--scope", "read", "--label", "x")
    assert "No open account" in failed(unknown)
    assert good not in tracker.ok("tokens", "list")


def test_lists_are_narrowed_sorted_and_read_on_from_where_they_were_left(
    app: Flask, staff: Person, tracker: CommandLine
) -> None:
    secret = token_of(tracker, staff)
    asks = [record_ask(staff, {"asks-0-title": f"Ask {n}"}) for n in range(5)]
    references = {ask.rpartition("/")[2] for ask in asks}
    for limit in (1, 2, 5, 200):
        found = items(app, f"recommendations?limit={limit}&sort=title", secret)
        assert [item["title"] for item in found] == [f"Ask {n}" for n in range(5)]
    assert {item["reference"] for item in found} == references
    assert items(app, "recommendations?status=closed", secret) == []
    assert len(items(app, "recommendations?agency=state&q=Ask 3", secret)) == 1
    since = (now() - timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    assert len(items(app, f"recommendations?updated_since={since}", secret)) == 5
    later = (now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for typed in (later, later.lower()):  # RFC 3339 has either
        assert items(app, f"recommendations?updated_since={typed}", secret) == []


UNANSWERED = [
    *((f"{each}?limit={n}", 400) for each in LISTS[:3] for n in ("0", "201", "x", "-1", "²")),
    *((f"{each}?cursor={c}", 400) for each in LISTS[:3] for c in ("x", "%00", "eyJ4Ijox")),
    ("recommendations?status=sold", 400),
    ("recommendations?status=draft&status=closed", 400),
    ("recommendations?sort=colour", 400),
    ("recommendations?agency=nobody", 400),
    ("recommendations?updated_since=2024-03-01", 400),
    ("recommendations?updated_since=soon", 400),
    ("recommendations?stale=maybe", 400),
    ("recommendations?as_of=2024-01-01", 400),
    ("recommendations/{ask}?as_of=2024-01-01", 400),
    ("letters?q=Tibet", 400),
    ("targets?country=CN", 400),
    ("agencies?name=State", 400),
    ("agencies/state?x=1", 400),
    ("statistics?as_of=2024-01-01", 400),
    ("recommendations?updated_since=0001-01-01T00:00:00%2B14:00", 400),
    ("recommendations?q=%00", 400),
    ("recommendations?cursor={of_targets}", 400),
    ("sources?cursor={of_targets}", 400),
    ("recommendations/R-0000000'", 404),
    ("targets/R-00000000", 404),
    ("agencies/no-such-body", 404),
    ("nothing", 404),
    ("../v2/recommendations", 404),
]


def test_what_cannot_be_answered_is_a_problem_that_says_why(
    app: Flask, staff: Person, tracker: CommandLine, subtests: pytest.Subtests
) -> None:
    secret = token_of(tracker, staff)
    ask = record_ask(staff).rpartition("/")[2]
    record_ask(staff, {"asks-0-targets-0-name": "Zhang Hongbo"})
    first = ask_for(app, "targets?limit=1", secret).json
    assert first
    for path, code in UNANSWERED:
        with subtests.test(path):
            given = path.format(ask=ask, of_targets=first["next"])
            assert is_refused(ask_for(app, given, secret), code)


def test_a_method_that_it_does_not_know_is_refused(
    app: Flask, staff: Person, tracker: CommandLine
) -> None:
    headers = {"Authorization": f"Bearer {token_of(tracker, staff)}"}
    with nothing_changes(app):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = app.test_client().open(
                "/api/v1/recommendations", method=method, headers=headers
            )
            assert is_refused(answer, 405)
            assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_another_host_is_told_as_a_problem(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/letters", headers={"Host": "evil.example"})
    assert is_refused(answer, 400)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_reads_what_it_sees(
    app: Flask, staff: Person, partner: Person, admin: Person, tracker: CommandLine, role: Role
) -> None:
    person = {Role.STAFF: staff, Role.PARTNER: partner, Role.ADMIN: admin}[role]
    secret = token_of(tracker, person)
    for name in (*LISTS, "statistics"):
        assert ask_for(app, name, secret).status_code == 200
