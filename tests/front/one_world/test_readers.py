"""What partners and other organisations see of what is shared, and what they can do with it."""

import re
from urllib.parse import urlsplit

from flask import Flask

from tests.front.support import (
    Sitting,
    asks_on,
    contents,
    facts_of,
    has_section,
    links,
    nothing_changes,
    rows,
    section,
    titles_on,
)
from tests.front.world import CANARY, World, address, rules_of
from tests.support.people import Person, token_on, words_of

EDITING = re.compile(
    r"/(new|edit|status|next|snooze|evidence|audience|void|follow-up|template)(\?|$)"
)
# tried in test_log_ins, test_second_factor, test_joining, test_feeds and test_notices
OF_ONESELF = ("/account/", "/login/", "/join", "/watch/", "/unsubscribe/", "/exports/")
_REFUSALS = {403: "Your account is not allowed to do this", 404: "Nothing here"}
MISSING = {"R": "R-00000000", "L": "L-00000000", "T": "T-00000000", "C": "C-00000000"}
MISSING["S"] = "S-00000000"


def test_a_hidden_record_and_a_missing_one_answer_alike_on_every_page(
    app: Flask, staff: Person, other_staff: Person, partner: Person, world: World
) -> None:
    hidden = world.hidden.references
    kept = {**hidden, "T": world.kept.rpartition("/")[2]}
    for rule in rules_of(app, "GET"):
        if "<ref:" not in rule.rule:
            continue
        for reader in (other_staff, partner):
            missing = reader.get(address(rule, MISSING))
            assert missing.status_code in ((404,) if reader is other_staff else (403, 404))
            for references in (hidden, kept):
                answer = reader.get(address(rule, references))
                assert answer.status_code == missing.status_code, rule
                assert _bare(answer.text) == _bare(missing.text), rule
        answer = staff.get(address(rule, hidden))
        assert answer.status_code in (200, 404), rule
    for path in (world.hidden.ask, world.hidden.letter, world.hidden.target, world.kept):
        assert {reader.get(path).status_code for reader in (other_staff, partner)} == {404}


def test_the_title_of_a_page_about_a_record_names_its_reference(
    app: Flask, staff: Person, world: World
) -> None:
    """Of two tabs with the same form a person knows which is which."""
    missing = []
    for rule in rules_of(app, "GET"):
        path = address(rule, world.seen.references)
        page = staff.get(path)
        if "<ref:" not in rule.rule or page.status_code != 200 or page.mimetype != "text/html":
            continue
        title = re.search("<title>(.*?)</title>", page.text)
        assert title is not None, rule
        if path.split("/")[2] not in title[1] and not rule.endpoint.endswith(".show"):
            missing.append((rule.endpoint, title[1]))
    assert missing == []


def _bare(text: str) -> str:
    return re.sub(r'name="csrf_token"[^>]*>', "", text)


def _crawl(person: Person) -> dict[str, str]:
    """Every page that a person comes to by the links of others, a few views of each list."""
    waiting, seen, views = ["/"], {}, dict[str, int]()
    while waiting:
        path = waiting.pop(0)
        bare = urlsplit(path).path
        room = "/agencies/" if bare.startswith("/agencies/") else bare
        if path in seen or views.get(room, 0) >= (3 if "?" in path or room != bare else 1):
            continue
        views[room] = views.get(room, 0) + 1
        answer = person.get(path)
        if answer.status_code == 302:
            waiting.append(answer.headers["Location"])
            continue
        assert answer.status_code == 200, path
        seen[path] = answer.text
        waiting += [link for link in links(answer) if link.startswith("/") and "static" not in link]
    return seen


def test_a_partner_reads_what_is_shared_and_nothing_else_and_finds_no_way_to_change_it(
    staff: Person, partner: Person, world: World
) -> None:
    pages = _crawl(partner)
    assert {world.seen.ask, world.seen.letter, world.seen.target} <= pages.keys()
    assert len({urlsplit(path).path for path in pages}) > 15
    for path, text in pages.items():
        assert CANARY not in text.lower(), path
        assert not [link for link in re.findall(r'href="([^"]*)"', text) if EDITING.search(link)]
        forms = re.findall(r"<form[^>]*>", text)
        posts = [form for form in forms if 'method="post"' in form.lower()]
        of_ones_own = path.startswith(("/account", "/watch/", "/exports"))
        assert of_ones_own or all('action="/logout"' in form for form in posts), path
    page = partner.get(world.seen.ask)
    assert "1 target" in section(page, "targets")
    assert "Open reply" in section(page, "chron")
    assert "Open outcome" in section(page, "targets")
    assert facts_of(page)["Owner"] == "Highland Group"
    assert facts_of(page)["Assigned"] == "Highland Group"
    assert has_section(partner.get(world.seen.letter), "asks")


def test_staff_of_another_organisation_reads_what_is_shared_and_nothing_else(
    staff: Person, other_staff: Person, world: World
) -> None:
    pages = _crawl(other_staff)
    assert {world.seen.ask, world.seen.letter, world.seen.target} <= pages.keys()
    ours = set(world.seen.references.values())
    for path, text in pages.items():
        assert CANARY not in text.lower(), path
        for link in re.findall(r'href="([^"]*)"', text):
            reference = [ref for ref in ours if ref in link]
            assert not (reference and EDITING.search(link)), (path, link)
            assert not (reference and "/contacts/new" in link), (path, link)
    assert "Open ask" in pages["/"]


def test_the_figures_and_lists_of_others_count_only_what_they_see(
    staff: Person, other_staff: Person, partner: Person, world: World
) -> None:
    assert "2 open asks carry" in words_of(staff.get("/stale"))
    for reader in (other_staff, partner):
        assert "1 of 1 open ask carries 1 flag." in words_of(reader.get("/stale"))
        dashboard = words_of(reader.get("/dashboards"))
        assert "0 asks of 1 have met no known government action." in dashboard
        assert "1 asks in 1 letter or report" in dashboard
        assert "Iran" not in dashboard
        body = reader.get("/agencies/state")
        assert titles_on(body) == ["Open ask"]
        assert words_of(body).count("1 asks put to it") == 1
        assert titles_on(reader.get("/recommendations")) == ["Open ask"]
        assert next(row[""] for row in rows(reader.get("/letters"))).startswith("Open letter")
        assert len(rows(reader.get("/letters"))) == 1
        assert rows(reader.get("/letters"))[0]["Asks"] == "1"
        assert titles_on(reader.get("/targets")) == ["Open class", "Open member", "Open target"]
        assert len(rows(reader.get("/sources"))) == 1


def test_nobody_finds_by_searching_what_is_kept_from_them(
    staff: Person, other_staff: Person, partner: Person, world: World
) -> None:
    reference = world.hidden.ask.rpartition("/")[2]
    for query in (
        {"q": CANARY},
        {"q": reference},
        {"q": f"{CANARY} kept"},
        {"tag": f"{CANARY} tag"},
        {"country": "IR"},
        {"country": "IR", "region": CANARY},
    ):
        assert titles_on(staff.get("/recommendations", query_string=query)), query
        for reader in (other_staff, partner):
            page = reader.get("/recommendations", query_string=query)
            assert titles_on(page) == [], query
            assert "No ask fits these filters." in words_of(page)
    owners = {"organisation": "Highland Group"}
    assert len(asks_on(staff.get("/recommendations", query_string=owners))) == 2
    for reader in (other_staff, partner):
        assert titles_on(reader.get(f"/targets?q={CANARY}")) == []
        assert len(asks_on(reader.get("/recommendations", query_string=owners))) == 1
    assert len(staff.get(f"/targets/suggest?q={CANARY}").get_json()) == 4
    assert other_staff.get(f"/targets/suggest?q={CANARY}").get_json() == []
    assert partner.get("/targets/suggest?q=open").status_code == 403
    assert partner.get("/agencies/suggest?q=state").status_code == 403
    form = Sitting(other_staff, "/letters/new").type({"asks-0-targets-0-name": CANARY})
    assert "None on record that you may see" in form.press("find:asks-0-targets-0").text
    forged = {"op": f"pick:asks-0-targets-0:{world.kept.rpartition('/')[2]}"}
    answer = other_staff.client.post("/letters/new", data={**form.fields, **forged})
    assert f"{CANARY} kept" not in answer.text
    for reference in (world.hidden.ask, world.seen.ask):
        offered = other_staff.get(f"/contacts/new?ask={reference.rpartition('/')[2]}").text
        assert CANARY not in offered
        assert "Open ask" not in offered


def test_a_partner_can_send_no_form_and_staff_none_of_another_organisation(
    app: Flask, staff: Person, other_staff: Person, partner: Person, world: World
) -> None:
    seen, hidden = world.seen.references, world.hidden.references
    before = contents(app)
    rules = [r for r in rules_of(app, "POST") if not r.rule.startswith(OF_ONESELF)]
    for rule in rules:
        for reader in (partner, other_staff):
            token = token_on(reader.get("/account"))
            for references, refusal in ((seen, 403), (hidden, 404)):
                path = address(rule, references)
                answer = reader.client.post(path, data={"csrf_token": token, "reason": "Mine."})
                if reader is partner:
                    assert answer.status_code in (403, refusal), path
                    assert _REFUSALS[answer.status_code] in words_of(answer)
                elif "<ref:" in rule.rule:
                    assert answer.status_code == refusal, path
    assert contents(app) == before


def test_nobody_in_particular_comes_to_no_page_and_can_send_nothing(
    app: Flask, staff: Person, anonymous: Person, world: World
) -> None:
    token = token_on(anonymous.get("/login"))
    with nothing_changes(app):
        for rule in rules_of(app, "GET"):
            path = address(rule, world.seen.references)
            answer = anonymous.get(path)
            if path in ("/healthz", "/readyz", "/join"):
                assert answer.status_code == 200
                continue
            if path.startswith(("/feeds/", "/unsubscribe/")):
                assert answer.status_code == 404
                continue
            assert answer.status_code == 302, path
            assert answer.headers["Location"].startswith("/login"), path
        for rule in rules_of(app, "POST"):
            if rule.rule.startswith(OF_ONESELF):
                continue
            path = address(rule, world.seen.references)
            answer = anonymous.client.post(path, data={"csrf_token": token, "title": "Typed"})
            assert answer.status_code == 401, path
            assert "You are logged out" in words_of(answer)
            assert "Typed" in answer.text
