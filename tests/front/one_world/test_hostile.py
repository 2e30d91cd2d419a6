"""Bad input of every kind to every page: a clear refusal, no error of ours, nothing changed."""

from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.front.every_form import ADDRESSEES, FORMS, LETTER, TRIED_ELSEWHERE
from tests.front.support import (
    FORM,
    Sitting,
    chosen_fields,
    encoded,
    nothing_changes,
    options,
    problems,
    text_fields,
)
from tests.front.world import Records, address, first_row, rules_of
from tests.support.people import PASSWORD, Person, admin_beside, form_of, token_on, words_of
from tracker.web.policy import Policy

LONG, NUL, SURROGATE, OVERRIDE = "x" * 10_000, "Wu\x00Yingjie", "Wu \ud800", "Wu \u202eYingjie"
HUGE, NEGATIVE, INJECTED = str(10**20), "-1", "1; drop table users"
NOTHING_TO_TYPE = {"taking back", "delete view", "account", "file"}
SEARCH_BOXES = {"find"}  # what stands in them is looked for, not kept


def _post(person: Person, path: str, fields: dict[str, list[str]]) -> TestResponse:
    return person.client.post(path, data=encoded(fields), content_type=FORM)


def _refused(answer: TestResponse, what: object) -> None:
    assert 400 <= answer.status_code < 500, (answer.status_code, what)
    assert "<h1>" in answer.text, what
    assert "Traceback" not in answer.text, what


def test_every_form_of_the_program_is_tried_here(app: Flask, records: Records) -> None:
    adapter = app.url_map.bind("localhost")
    tried = set()
    for form in FORMS.values():
        path = form.address(records, "R-00000000").partition("?")[0]
        tried.add(adapter.match(path, method="POST")[0])
    assert tried | TRIED_ELSEWHERE == {rule.endpoint for rule in rules_of(app, "POST")}


@pytest.mark.parametrize("name", FORMS)
def test_no_text_field_takes_what_no_database_or_reader_can_bear(
    app: Flask, staff: Person, records: Records, name: str
) -> None:
    sitting = FORMS[name].open(staff, records)
    fields = [
        field
        for field in text_fields(sitting.page)
        if field not in SEARCH_BOXES and not _is_on_record(sitting, field)
    ]
    assert fields or name in NOTHING_TO_TYPE
    # what our pages write themselves
    ours = ("ref", "version", "state", "seen", "shown", "told")
    written = [field for field in fields if field.endswith(ours)]
    typed = [field for field in fields if field not in written]
    with nothing_changes(app):
        for turn in range(4):
            values = (LONG, NUL, OVERRIDE, "")
            bad = {field: values[(place + turn) % 4] for place, field in enumerate(typed)}
            bad = {field: value for field, value in bad.items() if value}
            if bad:
                answer = _post(sitting.person, sitting.path, {**sitting.fields, **_each(bad)})
                _refused(answer, bad.keys())
                assert bad.keys() <= problems(answer).keys(), turn
        for field in written:
            for value in (LONG, NUL, OVERRIDE):
                answer = _post(sitting.person, sitting.path, {**sitting.fields, field: [value]})
                _refused(answer, (field, value[:20]))
        damaged = {**sitting.fields, (fields or ["typed"])[0]: [SURROGATE]}
        assert _post(sitting.person, sitting.path, damaged).status_code == 400


def _each(values: dict[str, str]) -> dict[str, list[str]]:
    return {field: [value] for field, value in values.items()}


def _is_on_record(sitting: Sitting, field: str) -> bool:
    """The name beside the reference of a target on record is shown and not read."""
    row, _, name = field.rpartition("-")
    return name == "name" and bool(row) and any(sitting.fields.get(f"{row}-ref", []))


@pytest.mark.parametrize("name", FORMS)
def test_no_choice_takes_what_is_not_offered(
    app: Flask, staff: Person, records: Records, theirs: str, name: str
) -> None:
    sitting = FORMS[name].open(staff, records)
    with nothing_changes(app):
        fields = [
            field
            for field in chosen_fields(sitting.page)
            if options(sitting.page, field) != ["y"]  # a box of its own: ticked or not
        ]
        for value in ("forged", HUGE, "\x00", theirs[-10:]) if fields else ():
            forged = _each(dict.fromkeys(fields, value))
            told = problems(_post(sitting.person, sitting.path, {**sitting.fields, **forged}))
            for field in fields:
                if field not in told:
                    alone = {**sitting.fields, field: [value]}
                    _refused(_post(sitting.person, sitting.path, alone), (field, value))


def test_no_form_takes_records_of_another_organisation(
    app: Flask, staff: Person, other_staff: Person, records: Records, theirs: str
) -> None:
    target = next(
        path for path in other_staff.get(theirs).text.split('"') if path.startswith("/targets/T-")
    )
    named = target.rpartition("/")[2]
    with nothing_changes(app):
        for name, field, value in (
            ("letter", "asks-0-targets-0-ref", named),
            ("new ask", "targets-0-ref", named),
            ("edit ask", "targets-2-ref", named),
            ("outcome", "target", named),
            ("member", "name", named),
            ("member", "ref", named),
            ("contact", "asks", theirs[-10:]),
            ("next", "assignee", str(other_staff.viewer.user_id)),
            ("audience of an ask", "together", named),
            ("audience of a letter", "together", theirs[-10:]),
            ("several asks", "ask_state", f"{theirs[-10:]}.1.1"),
            ("several asks", "assignee", str(other_staff.viewer.user_id)),
        ):
            sitting = FORMS[name].open(staff, records)
            answer = sitting.type({field: value}).send()
            _refused(answer, (name, field))
            assert "Their target" not in answer.text, (name, field)
        for name, op in (
            ("letter", f"pick:asks-0-targets-0:{named}"),
            ("new ask", f"pick:targets-0:{named}"),
        ):
            sitting = FORMS[name].open(staff, records)
            answer = _post(sitting.person, sitting.path, {**sitting.fields, "op": [op]})
            assert answer.status_code == 200
            assert "Their target" not in answer.text


def test_forged_buttons_and_names_of_fields_do_nothing(
    app: Flask, staff: Person, records: Records
) -> None:
    ops = (
        "add:", "add:csrf_token", "add:title", "add:asks-", "add:asks-9", "add:asks-0-nothing",
        "add:asks-0-controls-0-eccn", "remove:", "remove:asks", "remove:asks-99", "remove:title",
        "find:", "find:addressees", "find:addressees-0-agency", "find:addressees-99", "forget:x",
        "pick:addressees-0:", "pick:addressees-0:\x00|x|y", "pick:addressees-0:\ud800",
        f"pick:addressees-0:{LONG}", "pick:asks-0-targets-0:\x00", "pick:targets-0:\x00",
        f"pick:targets-0:{HUGE}", f"pick:asks-0-targets-0:{INJECTED}", "x", LONG, "\x00", ":::",
    )  # fmt: skip
    names = (
        "asks-²-title",
        "asks-٣-title",
        f"asks-{HUGE}-title",
        "asks--1-title",
        "asks-0",
        "asks",
    )
    with nothing_changes(app):
        for name in ("letter", "new ask", "edit ask"):
            sitting = FORMS[name].open(staff, records)
            for op in ops:
                answer = _post(sitting.person, sitting.path, {**sitting.fields, "op": [op]})
                assert answer.status_code in (200, 400, 422), (name, op, answer.status_code)
        sitting = FORMS["letter"].open(staff, records).type({"title": ""})
        for field in names:
            answer = _post(sitting.person, sitting.path, {**sitting.fields, field: ["x"]})
            _refused(answer, field)
        contact = FORMS["contact"].open(staff, records)
        for text in (LONG, NUL, SURROGATE, "%", "'"):
            looking = {**contact.fields, "find": [text], "op": ["find"]}
            assert _post(staff, contact.path, looking).status_code in (200, 400, 422), text[:20]


def test_more_rows_than_a_form_can_hold_are_refused(app: Flask, staff: Person) -> None:
    base = Sitting(staff, "/letters/new").type({**LETTER, **ADDRESSEES, "asks-0-title": "Ask"})
    many = {
        "asks-0-targets": {f"asks-0-targets-{n}-name": [f"Target {n}"] for n in range(61)},
        "asks-0-places": {"asks-0-places": ["; ".join(f"China (Place {n})" for n in range(41))]},
        "addressees": {f"addressees-{n}-agency": ["State"] for n in range(41)},
    }
    with nothing_changes(app):
        for field, rows in many.items():
            named = {"asks-0-targets-0-name": ["Somebody"]}
            answer = _post(staff, base.path, {**base.fields, **named, **rows})
            assert answer.status_code == 422, field
            assert "At most " in problems(answer)[field], problems(answer)
        answer = _post(staff, base.path, {**base.fields, "note": ["x" * (2 * 1024 * 1024)]})
        assert answer.status_code == 413
        assert "That is too much at once" in words_of(answer)


def test_a_form_without_its_token_or_with_that_of_another_changes_nothing(
    app: Flask, staff: Person, colleague: Person, records: Records
) -> None:
    another = token_on(colleague.get("/account"))
    sittings = {name: form.open(staff, records) for name, form in FORMS.items()}
    with nothing_changes(app):
        for name, sitting in sittings.items():
            for token in ([], [another], ["x"]):
                answer = _post(
                    sitting.person, sitting.path, {**sitting.fields, "csrf_token": token}
                )
                assert answer.status_code == 400, (name, token)
                assert "so it was not saved" in words_of(answer)
    sitting = FORMS["letter"].open(staff, records)
    lost = _post(sitting.person, sitting.path, {**sitting.fields, "csrf_token": []})
    kept = form_of(lost)
    assert {n: v for n, v in kept.items() if n != "csrf_token"} == {
        n: v for n, v in sitting.fields.items() if n != "csrf_token"
    }
    assert _post(sitting.person, sitting.path, kept).status_code == 303


IDS = (
    "1", "0", NEGATIVE, HUGE, "R-", "R-1", "R-ILOU1234", "X-12345678", "R-123456789", "r-00000000",
    INJECTED, "R-0000000%00", "%00", "%ED%A0%80", "%E2%80%AE", "..%2f..", "'", "R-00000000'",
)  # fmt: skip


def test_an_address_that_names_no_record_is_a_page_that_is_not_there(
    app: Flask, staff: Person, records: Records
) -> None:
    admin = admin_beside(staff)
    with nothing_changes(app):
        for rule in rules_of(app, "GET"):
            if "<" not in rule.rule or rule.rule.startswith("/admin"):
                continue
            view = app.view_functions[rule.endpoint]
            person = admin if getattr(view, "policy", None) is Policy.ADMIN else staff
            for name in IDS if rule.rule.count("/") < 4 else IDS[:4]:
                path = rule.rule.replace("<ref:reference>", quote(name, safe="%'"))
                path = path.replace("<slug:slug>", quote(name, safe="%'").lower())
                path = first_row(rule, path).replace("<number:key>", "1")
                answer = person.get(path)
                assert answer.status_code == 404, path
                assert "Nothing here" in words_of(answer), path
        for key in ("0", NEGATIVE, HUGE, "9" * 15, "x", "1.5", "%00"):
            answer = staff.get(f"{records.ask}/outcomes/{key}/void")
            assert answer.status_code == 404, key


HOSTILE = (NUL, SURROGATE, OVERRIDE, HUGE, NEGATIVE, INJECTED, "%", "'\"><script>", "x" * 201)
READ_BY_LISTS = (
    "assignee", "due", "audience", "then", "columns", "view", "all",
    "q", "status", "instrument", "result", "agency", "country", "region", "year", "organisation",
    "tag", "cause", "sort", "cursor", "basis", "open", "mine", "stale", "kind", "acted", "answered",
)  # fmt: skip
LISTS = ("/recommendations", "/stale", "/letters", "/targets", "/sources")
READ_BY_OTHERS = ("ask", "substance", "find", "q", "on", "next", "op")


def test_hostile_words_in_the_address_of_a_page_do_no_harm(
    app: Flask, staff: Person, records: Records
) -> None:
    paths = [rule.rule for rule in rules_of(app, "GET") if "<" not in rule.rule]
    assert set(LISTS) < set(paths)
    with nothing_changes(app, "login_sessions"):  # it may take minutes, and a last use is noted
        for path in paths:
            for value in HOSTILE:
                _harmless(staff, path, dict.fromkeys((*READ_BY_LISTS, *READ_BY_OTHERS), value))
            for place, name in enumerate(READ_BY_LISTS if path in LISTS else READ_BY_OTHERS):
                for value in HOSTILE[place % 9 :: 9]:
                    _harmless(staff, path, {name: value})
        for path in LISTS:
            _harmless(staff, path, {"x" * 3000: "y", "": "", "q[]": "x"})


def _harmless(person: Person, path: str, query: dict[str, str]) -> None:
    text = encoded({name: [value] for name, value in query.items()}).decode()
    answer = person.get(f"{path}?{text}")
    # a page that is not for this person is not opened by any words
    expected = (400, 403) if path.startswith("/admin") else (200, 302, 400)
    assert answer.status_code in expected, (path, text[:100], answer.status_code)
    assert "<script>" not in answer.text, (path, text[:100])
    if answer.status_code == 400:
        assert "That could not be read" in words_of(answer)


def test_another_host_than_ours_is_refused(app: Flask, staff: Person, records: Records) -> None:
    with nothing_changes(app):
        for path in ("/", "/login", records.ask, "/recommendations", "/healthz"):
            for host in ("evil.example", "localhost.evil.example", "evil.example:80", "a b"):
                answer = staff.client.get(path, headers={"Host": host})
                assert answer.status_code == 400, (path, host)
                assert "evil.example" not in answer.text
        sitting = FORMS["evidence"].open(staff, records)
        answer = staff.client.post(
            sitting.path, data=sitting.fields, headers={"Host": "evil.example"}
        )
        assert answer.status_code == 400
    forwarded = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    for path in ("/login", records.ask, f"{records.ask}/edit"):
        answer = staff.client.get(path, headers=forwarded)
        assert answer.status_code in (200, 302)
        assert "evil.example" not in answer.text + answer.headers.get("Location", "")


def test_a_method_that_a_page_does_not_know_is_refused(
    app: Flask, staff: Person, records: Records
) -> None:
    token = token_on(staff.get("/account"))
    with nothing_changes(app):
        for rule in [*rules_of(app, "GET"), *rules_of(app, "POST")]:
            path = address(rule, records.references)
            for method in {"POST", "PUT", "PATCH", "DELETE", "TRACE"} - set(rule.methods or ()):
                answer = staff.client.open(path, method=method, data={"csrf_token": token})
                if answer.status_code == 303 or (
                    method == "POST" and rule.endpoint == "scorecards.show"
                ):
                    continue
                assert answer.status_code == 405, (method, path)
                assert "This page cannot do that" in words_of(answer)


def test_logging_in_takes_no_harm_from_what_is_typed(app: Flask, anonymous: Person) -> None:
    with nothing_changes(app, "login_failures"):
        for email in (LONG, NUL, SURROGATE, OVERRIDE, "'; drop table users", "a@b", "", "%"):
            for password in (PASSWORD, LONG, NUL, SURROGATE):
                fields = {"email": [email], "password": [password]}
                token = token_on(anonymous.get("/login"))
                answer = _post(anonymous, "/login", {**fields, "csrf_token": [token]})
                assert answer.status_code in (200, 400, 422), (email[:20], password[:20])
                assert anonymous.get("/account").status_code == 302


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "",
    ],
)
def test_a_form_sent_as_something_else_is_refused(
    app: Flask, staff: Person, records: Records, content_type: str
) -> None:
    with nothing_changes(app):
        for body in (b"", b'{"title": "x"}', b"\xff\xfe\x00", b"--x\r\n", b"[" * 5000):
            answer = staff.client.post("/letters/new", data=body, content_type=content_type)
            _refused(answer, body[:20])
