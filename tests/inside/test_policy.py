"""Who may come to which page: every route, method and role, generated from the map of addresses.

A route that is added is tried with every role without anybody adding it here.
"""

import functools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import BaseConverter, PathConverter, Rule

from tests.inside.samples import CaseFile, record_case, writing
from tests.support.people import Person, add_person, arrive, log_in, token_on
from tracker import create_app
from tracker.accounts.permissions import Role
from tracker.accounts.viewer import ANONYMOUS, MACHINE, Viewer
from tracker.core.db import db
from tracker.records.models import Audience
from tracker.web.converters import (
    KeyConverter,
    NumberConverter,
    ReferenceConverter,
    SignedConverter,
    SlugConverter,
    TokenConverter,
)
from tracker.web.policy import Policy, admits, policy, policy_of

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# a mail program sends it, and it can only stop the mails of its reader (RFC 8058)
TAKES_NO_TOKEN = {"notices.unsubscribe"}
FILLING = {
    "agency": "treasury",
    "clock_rule": "1",
    "mail": "1",
    "holder": "8",
    "file": "tracker.css",
    "bootstrap_file": "css/bootstrap.min.css",
}
HOMES = {
    "ask": "recommendations",
    "letter": "letters",
    "target": "targets",
    "contact": "contacts",
    "source": "sources",
}
# by endpoint, the parts of a case that its address was found to fit
fitting: dict[str, tuple[str, ...] | None] = {}
ROLES = ("anonymous", "partner", "staff", "admin")
ADMITTED = {
    Policy.ANYONE: {"anonymous", "partner", "staff", "admin"},
    Policy.PERSON: {"partner", "staff", "admin"},
    Policy.READER: {"partner", "staff", "admin"},
    Policy.EXPORTER: {"partner", "staff", "admin"},
    Policy.EDITOR: {"staff", "admin"},
    Policy.ADMIN: {"admin"},
}
SHOWN = {200, 302}
# pages about what one person made, which are not there for anybody else
PERSONAL = ("bulk_changes.show", "saved_views.edit", "saved_views.delete")
# what a form that is not filled in can come to, for those who may send it
TAKEN_OR_REFUSED = {200, 302, 303, 400, 409, 422}


@pytest.fixture
def own(app: Flask, staff: Person) -> CaseFile:
    """A case that only the first organisation sees."""
    with writing(app):
        return record_case(staff.viewer, title="An internal case")


@pytest.fixture
def shared(app: Flask, staff: Person) -> CaseFile:
    """A case of the first organisation that the coalition sees."""
    with writing(app):
        return record_case(staff.viewer, Audience.COALITION, "A shared case")


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def candidates(rule: Rule, converter: BaseConverter) -> tuple[str, ...]:
    """The parts of a case that a part of an address can be filled with, the likeliest first."""
    if isinstance(converter, ReferenceConverter):
        names = ("ask", "letter", "target", "contact", "source")
        return tuple(sorted(names, key=lambda name: not rule.endpoint.startswith(HOMES[name])))
    if isinstance(converter, SlugConverter):
        return ("agency",)
    if isinstance(converter, (NumberConverter, KeyConverter)):
        known = {"bulk_changes": "bulk", "saved_views": "view", "clock_rules": "clock_rule"}
        known["sources"] = "attachment"
        known |= {"people": "user", "account": "bulk", "second_factor": "bulk"}
        known |= {"admin": "mail", "feed_addresses": "bulk", "agencies": "holder"}
        return (known.get(rule.endpoint.partition(".")[0], "outcome"),)
    if isinstance(converter, TokenConverter):
        return ("feed",)
    if isinstance(converter, SignedConverter):
        return ("signed",)
    if isinstance(converter, PathConverter):
        return ("file", "bootstrap_file")
    raise AssertionError(f"teach this test what to put for {type(converter).__name__}")


def address(rule: Rule, case: CaseFile, parts: Sequence[str]) -> str:
    """The address of a rule, its arguments filled with parts of a case."""
    known = {**asdict(case), **FILLING}
    names = sorted(rule.arguments)
    built = rule.build({name: known[part] for name, part in zip(names, parts, strict=True)})
    assert built is not None
    return built[1]


def path_for(rule: Rule, case: CaseFile, owner: Person) -> str:
    """The address at which the owner finds something, or any where nobody ever does."""
    if rule.endpoint not in fitting:
        choices = product(
            *(candidates(rule, rule._converters[name]) for name in sorted(rule.arguments))
        )
        closed = policy_in(owner.app, rule) is None
        fitting[rule.endpoint] = next(
            (
                parts
                for parts in choices
                if closed or send(owner, "GET", address(rule, case, parts)).code != 404
            ),
            None,
        )
    parts = fitting[rule.endpoint]
    assert parts is not None, f"no record of the case fits {rule.rule}"
    return address(rule, case, parts)


def policy_in(app: Flask, rule: Rule) -> Policy | None:
    with app.app_context():
        return policy_of(rule.endpoint)


def has(rule: Rule, method: str) -> bool:
    return method in (rule.methods or ())


def is_of_ours(app: Flask, rule: Rule) -> bool:
    view: Any = app.view_functions[rule.endpoint]
    return str(view.__module__).startswith("tracker")


def expected(rule: Rule, wanted: Policy | None, method: str, role: str) -> set[int]:
    """The answers that follow from a policy, to a request without a form's token."""
    if not has(rule, method):
        return {405}
    if wanted is None:
        return {404}
    if is_for_programs(rule):
        return {401}  # a cookie stands for nobody there
    admitted = role in ADMITTED[wanted]
    if method == "OPTIONS":
        return {200} if admitted else {401} if role == "anonymous" else {403}
    if method in ("GET", "HEAD"):
        return SHOWN if admitted else {302} if role == "anonymous" else {403}
    if rule.endpoint in TAKES_NO_TOKEN:
        return {200}
    return {400} if admitted else {401} if role == "anonymous" else {403}


@dataclass(frozen=True)
class Answer:
    """What came back, less the token of the page's form, which is another one every second."""

    code: int
    location: str
    text: str


def send(person: Person, method: str, path: str, data: dict[str, str] | None = None) -> Answer:
    answer = person.client.open(path, method=method, data=data)
    text = answer.text if answer.mimetype == "text/html" else ""
    text = re.sub(r'name="csrf_token"[^>]*>', "", text)
    answer.close()
    return Answer(answer.status_code, answer.headers.get("Location", ""), text)


def leads_to_log_in(answer: Answer, path: str) -> bool:
    return answer.location == ("/login" if path == "/" else f"/login?next={path}")


def is_for_programs(rule: Rule) -> bool:
    return rule.rule.startswith("/api/")


def is_about_a_record(rule: Rule) -> bool:
    return any(isinstance(part, ReferenceConverter) for part in rule._converters.values())


def test_every_view_of_ours_declares_a_policy(app: Flask) -> None:
    without = [
        rule.endpoint
        for rule in rules(app)
        if is_of_ours(app, rule) and policy_in(app, rule) is None
    ]
    assert without == []


def test_no_view_of_a_library_is_open_unless_it_is_listed(app: Flask) -> None:
    opened = {
        rule.endpoint
        for rule in rules(app)
        if not is_of_ours(app, rule) and policy_in(app, rule) is not None
    }
    assert opened == {"static", "bootstrap.static", "security.login", "security.logout"}


def hollow(app: Flask) -> Flask:
    """An application with the same routes, policies and gate, whose views do nothing."""
    made = create_app(app.extensions["tracker.settings"])
    for endpoint, view in list(made.view_functions.items()):
        wanted = getattr(view, "policy", None)
        if wanted is not None:
            stub = functools.wraps(view)(lambda **_values: "a page")
            made.view_functions[endpoint] = policy(wanted)(stub)
    return made


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # the gate asks no database
@pytest.mark.parametrize("role", ROLES)
def test_every_route_and_method_answers_as_its_policy_says(
    app: Flask, own: CaseFile, staff: Person, role: str, request: pytest.FixtureRequest
) -> None:
    known: Person = request.getfixturevalue(role)
    gated = hollow(app)
    person = Person(gated, known.email, gated.test_client())
    if role != "anonymous":
        assert log_in(person).status_code == 302
    wrong: list[tuple[object, ...]] = []
    for rule in rules(app):
        wanted, path = policy_in(app, rule), path_for(rule, own, staff)
        for method in METHODS:
            good = expected(rule, wanted, method, role)
            answer = send(person, method, path)
            if answer.code not in good:
                wrong.append((method, path, answer.code, good))
            elif good == {302} and not leads_to_log_in(answer, path):
                wrong.append((method, path, answer.location, "to the log-in"))
    close(gated)
    assert wrong == []


@pytest.mark.parametrize("role", ["partner", "staff", "admin"])
def test_every_page_opens_for_those_whom_its_policy_admits(
    app: Flask, shared: CaseFile, staff: Person, role: str, request: pytest.FixtureRequest
) -> None:
    person: Person = request.getfixturevalue(role)
    wrong = []
    for rule in rules(app):
        wanted = policy_in(app, rule)
        if has(rule, "GET") and wanted is not None and not is_about_a_record(rule):
            code = send(person, "GET", path_for(rule, shared, staff)).code
            good = SHOWN if role in ADMITTED[wanted] else {403}
            if rule.endpoint in PERSONAL and role == "admin":
                good = {404}
            if is_for_programs(rule):
                good = {401}
            if code not in good:
                wrong.append((rule.rule, code))
    assert wrong == []


def close(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("role", ["partner", "staff"])
def test_a_form_with_its_token_is_taken_only_from_those_who_may(
    app: Flask, shared: CaseFile, staff: Person, role: str, request: pytest.FixtureRequest
) -> None:
    person: Person = request.getfixturevalue(role)
    sent = {"csrf_token": person.token()}
    wrong = []
    # found before anything is sent, which may delete what is looked for
    found = [(rule, path_for(rule, shared, staff)) for rule in rules(app) if has(rule, "POST")]
    for rule, path in found:
        wanted = policy_in(app, rule)
        if wanted in (None, Policy.ANYONE):
            continue
        code = send(person, "POST", path, sent).code
        changes_none = wanted in (Policy.PERSON, Policy.EXPORTER)
        changes_records = set() if changes_none else ADMITTED[Policy.EDITOR]
        admitted = role in ADMITTED[wanted] & (changes_records or ADMITTED[wanted])
        also = {404} if rule.endpoint == "saved_views.edit" else set()  # it was deleted just now
        also |= {200} if wanted is Policy.EXPORTER else set()  # the file itself
        if code not in (TAKEN_OR_REFUSED | also if admitted else {403}):
            wrong.append((path, code))
    assert wrong == []


@dataclass(frozen=True)
class Reader:
    """Somebody as the table of roles knows them, to the owner of some records."""

    role: str
    of_the_house: bool
    sees: frozenset[Audience]


SHARED = frozenset({Audience.COALITION, Audience.PUBLIC})
READERS = {
    "a colleague": Reader("staff", True, SHARED | {Audience.ORGANISATION}),
    "an admin": Reader("admin", True, SHARED | {Audience.ORGANISATION}),
    "a partner of the house": Reader("partner", True, SHARED),
    "staff elsewhere": Reader("staff", False, SHARED),
    "an admin elsewhere": Reader("admin", False, SHARED),
    "a partner": Reader("partner", False, SHARED),
    "a named partner": Reader("partner", False, SHARED | {Audience.NAMED}),
    "nobody": Reader("anonymous", False, frozenset()),
    "nobody, with the public dashboard": Reader("anonymous", False, frozenset({Audience.PUBLIC})),
}


@pytest.fixture(params=READERS)
def reading_as(
    request: pytest.FixtureRequest, app: Flask, partner: Person
) -> Iterator[tuple[Reader, Person]]:
    """Each of the readers in turn; `staff`, who makes the records, opens them all in `path_for`."""
    name, reader = request.param, READERS[request.param]
    owner = "Highland Group" if reader.of_the_house else "Lowland Group"
    if name == "a named partner":
        yield reader, partner
    elif reader.role == "anonymous":
        other = create_app_like(app, public_dashboard=bool(reader.sees))
        yield reader, Person(other, "", other.test_client())
        close(other)
    else:
        yield reader, arrive(app, "reader@example.net", Role(reader.role), owner)


def of_a_record(
    rule: Rule, wanted: Policy | None, method: str, reader: Reader, audience: Audience
) -> set[int]:
    """The answers to a route about a record of an audience: the table of roles, written down once
    more and not taken from the program. What is hidden is missing."""
    sees = audience in reader.sees
    if not has(rule, method):
        return {405}
    if reader.role == "anonymous":
        if wanted is Policy.READER and method == "GET" and reader.sees:
            return SHOWN if sees else {404}
        return {302} if method == "GET" else {401}
    if wanted is None or reader.role not in ADMITTED[wanted]:
        return {403}
    if not sees:
        return {404}
    if wanted is Policy.EDITOR and not reader.of_the_house:
        return {403}
    return SHOWN if method == "GET" else TAKEN_OR_REFUSED


def test_every_route_about_a_record_answers_as_its_audience_says(
    app: Flask, staff: Person, partner: Person, reading_as: tuple[Reader, Person]
) -> None:
    reader, person = reading_as
    named = [partner.viewer.user_id or 0]
    missing = CaseFile("L-00000000", "R-00000000", "T-00000000", "C-00000000", "S-00000000", 1)
    token = token_on(person.get("/login")) if reader.role == "anonymous" else person.token()
    wrong: list[tuple[object, ...]] = []
    tried = Counter[int]()
    for audience in Audience:
        with writing(app):
            case = record_case(staff.viewer, audience, f"For {audience}", named=named)
        known = dict(zip(case.references, missing.references, strict=True))
        for rule in rules(app):
            wanted, path = policy_in(app, rule), path_for(rule, case, staff)
            if not is_about_a_record(rule) or is_for_programs(rule):
                continue
            reference = next(ref for ref in case.references if ref in path)
            for method in ("GET", "POST"):
                good = of_a_record(rule, wanted, method, reader, audience)
                if method == "POST" and good == TAKEN_OR_REFUSED:
                    continue  # tried above; here it could end what is still to be looked at
                data = {"csrf_token": token, "note": "Typed."} if method == "POST" else None
                answer = send(person, method, path, data)
                tried[answer.code] += 1
                if answer.code not in good:
                    wrong.append((audience, method, path, answer.code, good))
                elif answer.code == 404 and answer != send(
                    person, method, path.replace(reference, known[reference]), data
                ):
                    wrong.append((audience, method, path, "tells hidden and missing apart"))
    assert wrong == []
    assert sum(tried.values()) > 150


def test_a_view_without_a_policy_answers_404_to_all(app: Flask, staff: Person) -> None:
    other = create_app(app.extensions["tracker.settings"])
    other.add_url_rule("/forgotten", "forgotten", lambda: "secret", methods=["GET", "POST"])
    other.add_url_rule(
        "/remembered", "remembered", policy(Policy.PERSON)(lambda: "for people"), methods=["GET"]
    )
    people = [Person(other, "", other.test_client())]
    for role in Role:
        named = {"name": f"Another {role}"}
        people.append(add_person(other, f"{role}@example.net", role, "Highland Group", **named))
        assert log_in(people[-1]).status_code == 302
        assert people[-1].get("/remembered").text == "for people"
    for person in people:
        assert person.get("/forgotten").status_code == 404
        assert person.client.post("/forgotten").status_code == 404
    close(other)


@pytest.mark.parametrize("is_public", [True, False], ids=["dashboard on", "dashboard off"])
def test_each_policy_admits_its_roles_and_nobody_else(app: Flask, is_public: bool) -> None:
    other = create_app_like(app, public_dashboard=is_public)
    viewers = {
        "anonymous": ANONYMOUS,
        **{role.value: Viewer(1, 1, role) for role in Role},
        "machine": MACHINE,
    }
    with other.app_context():
        found = {
            wanted: {name for name, viewer in viewers.items() if admits(wanted, viewer)}
            for wanted in Policy
        }
        db.engine.dispose()
    good = {wanted: set(roles) for wanted, roles in ADMITTED.items()}
    good[Policy.ANYONE] |= {"machine"}
    good[Policy.PERSON] |= {"machine"}
    if is_public:
        good[Policy.READER] |= {"anonymous"}
    assert found == good


def create_app_like(app: Flask, **settings: object) -> Flask:
    """Another application over the same database, with other settings."""
    return create_app(replace(app.extensions["tracker.settings"], **settings))


def test_the_public_dashboard_opens_public_records_and_no_others(
    app: Flask, staff: Person, own: CaseFile, shared: CaseFile
) -> None:
    with writing(app):
        public = record_case(staff.viewer, Audience.PUBLIC, "A public case")
    other = create_app_like(app, public_dashboard=True)
    anybody = Person(other, "", other.test_client())
    for path in ("/dashboards", "/recommendations", "/letters", "/targets", "/sources", "/stale"):
        page = anybody.get(path)
        assert page.status_code == 200, path
        for hidden in ("An internal case", "A shared case"):
            assert hidden not in page.text, path
    assert "A public case" in anybody.get("/recommendations").text
    assert anybody.get(f"/recommendations/{public.ask}").status_code == 200
    assert anybody.get(f"/targets/{public.target}").status_code == 200
    for reference in (own.ask, shared.ask):
        assert anybody.get(f"/recommendations/{reference}").status_code == 404
    assert anybody.get("/recommendations/new").headers["Location"].startswith("/login?next=")
    close(other)
