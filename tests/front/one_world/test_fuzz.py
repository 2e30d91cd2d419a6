"""Anything at all in any form or address: a page that says what is wrong, and no error of ours.

The same examples are tried in every run; `TRACKER_FUZZ=500` tries that many new ones of each.
"""

import io
import os
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.front.every_form import FORMS
from tests.front.support import FORM, encoded
from tests.front.world import Records, address, rules_of
from tests.support.people import Person

EXAMPLES = int(os.environ.get("TRACKER_FUZZ", "0"))
FUZZ = settings(
    max_examples=EXAMPLES or 6,
    derandomize=not EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NUMBERS = st.integers(-(10**25), 10**25).map(str)
DATES = st.one_of(
    st.dates().map(str),
    st.from_regex(r"\A[0-9]{1,5}-[0-9]{1,3}(-[0-9]{1,3})?\Z"),
    st.sampled_from(
        ["0000-00-00", "2023-02-29", "9999-12-31", "٢٠٢٣-١٠-٢٣", "23 Oct 2023", "soon"]
    ),
)
PIECES = st.sampled_from(
    [
        *("\x00", "\ud800", "\u202e", "\r\n", "'", '"', "<script>", "{{7*7}}", "%s", "${x}"),
        *("../", ";--", "吴英杰", "བོད", "شرطة", "x" * 5000, " ", "-", "R-00000000", "T-"),
        *("true", "null", "[]", "1e309"),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=20), max_size=4).map("".join)
VALUES = st.one_of(TEXTS, NUMBERS, DATES)
NAMES = st.sampled_from(["op", "take", "seen", "version", "find", "asks-0-title", "next"]) | TEXTS
CHANGES = st.dictionaries(st.integers(0, 200), st.lists(VALUES, max_size=2), min_size=1, max_size=8)


def _is_no_error_of_ours(answer: Any, what: object) -> None:
    assert answer.status_code < 500, (answer.status_code, what)
    assert "Traceback" not in answer.text, what


@pytest.mark.parametrize("file", [b"", b"%PDF-1.7", b"\xff\x00" * 50])
def test_a_file_where_none_is_asked_for_is_refused(
    app: Flask, staff: Person, records: Records, file: bytes
) -> None:
    for name, form in FORMS.items():
        if form.file:
            continue
        sitting = form.open(staff, records)
        for field in [field for field in sitting.fields if field != "csrf_token"][:2]:
            sent: dict[str, Any] = {**sitting.fields, field: (io.BytesIO(file), "公安\u202e.pdf")}
            answer = sitting.person.client.post(
                sitting.path, data=sent, content_type="multipart/form-data"
            )
            assert answer.status_code == 400, (name, field)
            assert "takes no files" in answer.text, (name, field)


@pytest.mark.parametrize("name", FORMS)
def test_no_form_breaks_whatever_is_sent(
    app: Flask, staff: Person, records: Records, name: str
) -> None:
    sitting = FORMS[name].open(staff, records)
    fields = [field for field in sitting.fields if field != "csrf_token"]

    @FUZZ
    @given(CHANGES, st.dictionaries(NAMES, st.lists(VALUES, max_size=2), max_size=2))
    def send(changed: dict[int, list[str]], added: dict[str, list[str]]) -> None:
        hostile = {fields[p % len(fields)]: values for p, values in changed.items() if fields}
        body = encoded({**sitting.fields, **added, **hostile})
        answer = sitting.person.client.post(sitting.path, data=body, content_type=FORM)
        _is_no_error_of_ours(answer, (hostile, added))

    send()


QUERIES = st.dictionaries(
    st.sampled_from(
        ["q", "status", "instrument", "agency", "country", "year", "sort", "cursor", "columns",
         "tag", "cause", "basis", "stale", "assignee", "ask", "substance", "to", "oldest", "x"]
    ),
    VALUES,
    min_size=1,
    max_size=3,
)  # fmt: skip


def test_no_page_breaks_whatever_is_in_its_address(
    app: Flask, staff: Person, records: Records
) -> None:
    paths = sorted({address(rule, records.references) for rule in rules_of(app, "GET")})

    # each page is asked for by some of the queries, since a tenth of the pages reads any
    @FUZZ
    @given(st.integers(0, 2), QUERIES)
    def get(first: int, query: dict[str, str]) -> None:
        asked = encoded({name: [value] for name, value in query.items()}).decode()
        for path in paths[first::3]:
            _is_no_error_of_ours(staff.get(f"{path}?{asked}"), (path, query))

    get()


def test_no_route_breaks_whatever_stands_in_its_path(app: Flask, staff: Person) -> None:
    routes = sorted({rule.rule.partition("<")[0] for rule in rules_of(app, "GET")})

    @FUZZ
    @given(TEXTS | NUMBERS)
    def get(tail: str) -> None:
        segment = encoded({"x": [tail]}).decode().removeprefix("x=").replace("+", "%20")
        for route in routes:
            _is_no_error_of_ours(staff.get(f"{route}{segment}"), (route, tail))

    get()
