"""What goes wrong is a page that says so, with nothing changed and nothing given away."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.inside.samples import CaseFile, ask_of, reading, record_case, writing
from tests.inside.sending import TYPED, events, filled, kept, next_step, saved
from tests.support.people import Person, form_of, log_in, token_on, words_of
from tracker.casework import actions
from tracker.records.models import Audience


@pytest.fixture
def case(app: Flask, staff: Person) -> CaseFile:
    with writing(app):
        return record_case(staff.viewer)


# ---- an error of ours


def test_an_unexpected_error_tells_nothing_and_changes_nothing(
    app: Flask,
    staff: Person,
    case: CaseFile,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = next_step(case)
    sent = filled(staff.get(path), next_action=TYPED)
    before = events(app)

    def breaks(*_given: object) -> None:
        raise RuntimeError("the innermost secret")

    with monkeypatch.context() as patch:
        patch.setattr("tracker.history.actions._append", breaks)
        answer = staff.client.post(path, data=sent)
    assert answer.status_code == 500
    for word in ("innermost secret", "Traceback", "RuntimeError", "_append", ".py"):
        assert word not in answer.text
    assert "Nothing was changed" in words_of(answer)
    assert "the innermost secret" in caplog.text
    assert saved(app, staff, case) == ""
    assert events(app) == before
    assert staff.client.post(path, data=sent).status_code == 303
    assert saved(app, staff, case) == TYPED
    assert events(app) == before + 1


def test_the_log_of_an_error_holds_nothing_that_was_typed(
    app: Flask,
    staff: Person,
    case: CaseFile,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = next_step(case)
    sent = filled(staff.get(path), next_action=TYPED)
    # the row is refused by the database itself, whose messages could hold its values
    monkeypatch.setattr("tracker.core.intake.Intake.text", lambda *_a, **_k: TYPED * 20)
    answer = staff.client.post(path, data=sent)
    assert answer.status_code == 500
    assert kept_to_copy(answer)
    assert "unexpected error" in caplog.text
    assert TYPED not in caplog.text


# ---- what cannot be found or done


def test_what_a_person_may_not_do_is_logged_by_number_and_route(
    partner: Person, staff: Person, case: CaseFile, caplog: pytest.LogCaptureFixture
) -> None:
    assert partner.get("/recommendations/new?title=Something").status_code == 403
    assert partner.get(f"/recommendations/{case.ask}").status_code == 404
    assert caplog.messages == [
        f"refused: account {partner.viewer.user_id}, GET recommendations.new"
    ]


BAD_ADDRESSES = [
    ("GET", "/no/such/page", 404),
    ("POST", "/no/such/page", 404),
    ("GET", "/recommendations/R-00000000", 404),
    ("GET", "/recommendations/nonsense", 404),
    ("GET", "/recommendations/R-0000000U", 404),
    ("GET", "/recommendations/%00", 404),
    ("GET", "/agencies/no-such-body", 404),
    ("GET", "/static/../config.py", 404),
    ("GET", "/static/no-such.css", 404),
    ("GET", "/logout", 405),
    ("DELETE", "/recommendations", 405),
    ("PUT", "/letters/new", 405),
    ("GET", "/recommendations?cursor=damaged", 400),
    ("GET", "/recommendations?status=lost", 400),
    ("GET", "/recommendations?sort=colour", 400),
    ("GET", "/recommendations?q=%00", 400),
    ("GET", "/recommendations?year=20", 400),
    ("GET", "/stale?basis=whim", 400),
]


def test_a_bad_address_is_a_page_with_its_code(staff: Person) -> None:
    for method, path, code in BAD_ADDRESSES:
        answer = staff.client.open(path, method=method)
        assert (answer.status_code, answer.mimetype) == (code, "text/html"), path
        assert "<h1>" in answer.text, path
        assert "Traceback" not in answer.text, path


def test_a_missing_number_beyond_all_databases_is_a_404(staff: Person, case: CaseFile) -> None:
    for number in ("9" * 14, "9" * 15, "9" * 20):
        path = f"/recommendations/{case.ask}/outcomes/{number}/void"
        assert staff.get(path).status_code == 404


def test_too_much_at_once_is_refused(app: Flask, staff: Person, case: CaseFile) -> None:
    path = next_step(case)
    sent = filled(staff.get(path), next_action="x" * (3 * 1024 * 1024))
    answer = staff.client.post(path, data=sent)
    assert answer.status_code == 413
    assert len(answer.text) < 100_000
    assert saved(app, staff, case) == ""


# ---- a form that is not ours, or no longer


Headers = dict[str, str]
OURS: dict[str, Headers] = {
    "an old browser": {},
    "our own page": {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
    "our own page, no fetch headers": {"Origin": "http://localhost"},
}
FOREIGN: dict[str, Headers] = {
    "another site": {"Sec-Fetch-Site": "cross-site"},
    "a neighbouring host": {"Sec-Fetch-Site": "same-site"},
    "another site in an old browser": {"Origin": "https://evil.example"},
    "a page without an origin": {"Origin": "null"},
    "another port": {"Origin": "http://localhost:8001"},
    "a lie about one of the two": {
        "Sec-Fetch-Site": "same-origin",
        "Origin": "https://evil.example",
    },
}
TOKENS: dict[str, Callable[[Person], str]] = {
    "no token": lambda _person: "",
    "a made-up token": lambda _person: "made-up",
    "the token of another session": lambda person: token_on(person.app.test_client().get("/login")),
}


@pytest.mark.parametrize("token", TOKENS)
def test_a_form_without_its_token_changes_nothing(
    app: Flask, staff: Person, case: CaseFile, token: str
) -> None:
    path = next_step(case)
    sent = filled(staff.get(path), next_action=TYPED, csrf_token=TOKENS[token](staff))
    answer = staff.client.post(path, data=sent)
    assert answer.status_code == 400
    assert kept(answer)
    assert saved(app, staff, case) == ""
    assert staff.client.post(path, data=form_of(answer)).status_code == 303
    assert saved(app, staff, case) == TYPED


def test_what_was_typed_is_kept_only_for_our_own_pages(staff: Person, case: CaseFile) -> None:
    for whose, headers in {**OURS, **FOREIGN}.items():
        answer = staff.client.post(next_step(case), data={"next_action": TYPED}, headers=headers)
        assert answer.status_code == 400, whose
        assert kept(answer) is (whose in OURS), whose
        assert (TYPED in answer.text) is (whose in OURS), whose


def test_a_password_is_never_kept(app: Flask, anonymous: Person) -> None:
    sent = {"email": "a@example.org", "password": "correct horse battery"}
    answer = anonymous.client.post("/login", data=sent)
    assert answer.status_code == 400
    assert "correct horse battery" not in answer.text


def test_who_was_logged_out_meanwhile_keeps_what_was_typed(
    app: Flask, staff: Person, case: CaseFile
) -> None:
    path = next_step(case)
    sent = filled(staff.get(path), next_action=TYPED)
    staff.client.delete_cookie("tracker_session")
    answer = staff.client.post(path, data=sent)
    assert answer.status_code == 401
    assert kept(answer)
    assert log_in(staff).status_code == 302
    again = staff.client.post(path, data={**form_of(answer), "csrf_token": staff.token()})
    assert again.status_code == 303
    assert saved(app, staff, case) == TYPED


def kept_to_copy(answer: TestResponse) -> bool:
    """Whether what was typed stands on the page, and nothing that would send it again."""
    return TYPED in section_of_typed(answer) and "Send it again" not in answer.text


def section_of_typed(answer: TestResponse) -> str:
    return answer.text.partition("What you typed is here")[2]


def test_what_was_typed_on_a_record_that_is_hidden_meanwhile_can_be_copied(
    app: Flask, staff: Person, colleague: Person, case: CaseFile
) -> None:
    path = next_step(case)
    sent = filled(colleague.get(path), next_action=TYPED)
    with writing(app):
        row = ask_of(staff.viewer, case.ask)
        actions.share(staff.viewer, [row], Audience.NAMED, reason="It is dangerous.")
    answer = colleague.client.post(path, data=sent)
    assert answer.status_code == 404
    assert kept_to_copy(answer)
    missing = path.replace(case.ask, "R-00000000")
    assert text_of(colleague.client.post(missing, data=sent)) == text_of(answer)
    with reading(app):
        assert ask_of(staff.viewer, case.ask).next_action == ""


def text_of(answer: TestResponse) -> str:
    return re.sub(r'name="csrf_token"[^>]*>', "", answer.text)


def test_what_is_kept_cannot_break_out_of_the_page(staff: Person, case: CaseFile) -> None:
    evil = '</textarea><script>alert(1)</script>"onload="x'
    answer = staff.client.post(next_step(case), data={"next_action": evil, evil: "x"})
    assert answer.status_code == 400
    assert "<script>" not in answer.text
    assert form_of(answer)["next_action"] == [evil]
