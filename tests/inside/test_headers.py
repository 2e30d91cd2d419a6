"""What every answer says to the browser, and what its cookies are."""

import re
from collections.abc import Iterator
from dataclasses import replace
from http.cookies import SimpleCookie

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.inside.samples import record_case, writing
from tests.support.people import PASSWORD, Person, token_on
from tracker import create_app
from tracker.core.db import db

# what is said to the browser hangs on no database
pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)

EVERY_ANSWER = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PAGES = (
    "/",
    "/login",
    "/account",
    "/stale",
    "/recommendations",
    "/recommendations/new",
    "/recommendations/{ask}",
    "/recommendations/{ask}/edit",
    "/recommendations/{ask}/history",
    "/letters/new",
    "/letters/{letter}",
    "/targets/{target}",
    "/targets/suggest?q=a",
    "/contacts/new?ask={ask}",
    "/recommendations/{ask}/follow-up",
    "/letters/template",
    "/dashboards",
    "/agencies/treasury",
    "/healthz",
    "/readyz",
    "/no-such-page",
    "/logout",
    "/recommendations?cursor=damaged",
)


_answers: dict[str, TestResponse] = {}


@pytest.fixture
def answers(app: Flask, staff: Person) -> dict[str, TestResponse]:
    """An answer of every sort, errors too; each is asked for once."""
    if not _answers:
        with writing(app):
            case = record_case(staff.viewer)
        for path in (path.format(**vars(case)) for path in PAGES):
            _answers[path] = staff.get(path)
        form = "/letters/new"
        _answers["a form without its token"] = staff.client.post(form)
        _answers["too much"] = staff.client.post(form, data={"a": "x" * 3 * 1024**2})
    return _answers


def directives(answer: TestResponse) -> dict[str, list[str]]:
    parts = answer.headers["Content-Security-Policy"].split(";")
    return {words[0]: words[1:] for words in (part.split() for part in parts)}


def test_no_answer_allows_inline_code_or_other_sites(answers: dict[str, TestResponse]) -> None:
    for path, answer in answers.items():
        found = directives(answer)
        assert found["default-src"] == ["'none'"], path
        assert found["script-src"] == ["'self'"], path
        assert found["style-src"] == ["'self'"], path
        assert found["frame-ancestors"] == ["'none'"], path
        assert found["base-uri"] == ["'none'"], path
        assert found["form-action"] == ["'self'"], path
        allowed = {word for name, words in found.items() if name != "img-src" for word in words}
        assert allowed == {"'none'", "'self'"}, path
        assert set(found["img-src"]) <= {"'self'", "data:"}, path


def test_every_answer_has_its_headers_and_is_kept_by_no_cache(
    answers: dict[str, TestResponse],
) -> None:
    assert len({answer.status_code for answer in answers.values()}) >= 5
    for path, answer in answers.items():
        found = {name: answer.headers.get(name) for name in EVERY_ANSWER}
        assert found == EVERY_ANSWER, path
        assert answer.headers["Cache-Control"] == "no-store", path


def test_no_page_has_inline_code_or_loads_from_elsewhere(
    answers: dict[str, TestResponse],
) -> None:
    inline = re.compile(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|<[^>]+\son[a-z]+=|javascript:")
    loaded = re.compile(r'<(?:script|link|img)[^>]*\s(?:src|href)="([^"]*)"')
    for path, answer in answers.items():
        if answer.mimetype != "text/html":
            continue
        assert not inline.search(answer.text), path
        for address in loaded.findall(answer.text):
            assert address.startswith("/"), (path, address)
            assert not address.startswith("//"), (path, address)


def assets(page: TestResponse) -> list[str]:
    return re.findall(r'<link[^>]*\shref="(/[^"]*\.css[^"]*)"', page.text)


def test_static_files_are_kept_for_good(anonymous: Person) -> None:
    found = assets(anonymous.get("/login"))
    assert len(found) == 2
    for path in found:
        answer = anonymous.get(path)
        answer.close()
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert "public" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers


def test_a_static_file_that_is_missing_is_not_kept(anonymous: Person) -> None:
    answer = anonymous.get("/static/no-such.css")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


# ---- cookies and addresses


@pytest.fixture
def elsewhere(app: Flask) -> Iterator[list[Flask]]:
    """Applications of other addresses over the same database, closed afterwards."""
    made: list[Flask] = []
    yield made
    for other in made:
        with other.app_context():
            db.engine.dispose()


def at(elsewhere: list[Flask], app: Flask, base_url: str) -> Flask:
    host = base_url.partition("://")[2].partition(":")[0]
    settings = app.extensions["tracker.settings"]
    elsewhere.append(create_app(replace(settings, base_url=base_url, trusted_hosts=(host,))))
    return elsewhere[-1]


@pytest.mark.parametrize(
    ("base_url", "is_secure"),
    [
        ("http://localhost:8000", False),
        ("http://127.0.0.1:8000", False),
        ("https://tracker.example.org", True),
        ("https://tracker.example.org:8443", True),
        ("https://localhost:8443", True),
    ],
)
def test_cookies_are_hidden_from_scripts_and_secure_over_tls(
    app: Flask, elsewhere: list[Flask], base_url: str, is_secure: bool
) -> None:
    client = at(elsewhere, app, base_url).test_client()
    answer = client.get("/login", base_url=base_url)
    assert answer.status_code == 200
    cookies: SimpleCookie = SimpleCookie(answer.headers["Set-Cookie"])
    [(name, cookie)] = cookies.items()
    assert name == ("__Host-tracker_session" if is_secure else "tracker_session")
    assert cookie["path"] == "/"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert bool(cookie["secure"]) is is_secure
    assert cookie["domain"] == ""
    assert ("Strict-Transport-Security" in answer.headers) is is_secure


def test_logging_in_works_over_tls_with_what_a_browser_sends(
    app: Flask, staff: Person, elsewhere: list[Flask]
) -> None:
    base_url = "https://tracker.example.org"
    client = at(elsewhere, app, base_url).test_client()
    token = token_on(client.get("/login", base_url=base_url))
    sent = {"email": staff.email, "password": PASSWORD, "csrf_token": token}
    headers = {"Referer": f"{base_url}/login", "Origin": base_url}
    answer = client.post("/login", data=sent, base_url=base_url, headers=headers)
    assert answer.status_code == 302
    assert client.get("/", base_url=base_url).status_code == 200


def test_the_session_is_another_one_after_logging_in(app: Flask, staff: Person) -> None:
    client = app.test_client()
    page = client.get("/login")
    before = client.get_cookie("tracker_session")
    sent = {"email": staff.email, "password": PASSWORD, "csrf_token": token_on(page)}
    client.post("/login", data=sent)
    after = client.get_cookie("tracker_session")
    assert before is not None
    assert after is not None
    assert before.value != after.value


EVIL_HOSTS = (
    "evil.example",
    "evil.example:8000",
    "localhost.evil.example",
    "evil.example.localhost",
    "localhost@evil.example",
)


@pytest.mark.parametrize("host", EVIL_HOSTS)
def test_an_evil_host_is_refused(anonymous: Person, host: str) -> None:
    for path in ("/login", "/", "/static/tracker.css", "/no-such-page"):
        answer = anonymous.get(path, headers={"Host": host})
        answer.close()
        assert answer.status_code == 400, path
        assert "evil" not in answer.text, path
        assert "Location" not in answer.headers, path
        assert "Set-Cookie" not in answer.headers, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path


def test_a_forwarded_host_is_not_believed(anonymous: Person) -> None:
    for header in ("X-Forwarded-Host", "X-Host", "Forwarded"):
        for path in ("/", "/login", "/recommendations"):
            answer = anonymous.get(path, headers={header: "evil.example"})
            assert answer.status_code in (200, 302)
            assert "evil" not in answer.text + answer.headers.get("Location", "")
