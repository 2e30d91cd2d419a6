"""A database that cannot serve: a page that says so, keeps what was typed, and needs no restart."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from time import monotonic
from typing import Any

import psycopg
import pytest
from flask import Flask
from psycopg import sql
from sqlalchemy import event, func, select, update

from tests.inside.samples import CaseFile, reading, record_case, writing
from tests.inside.sending import TYPED, events, filled, kept, next_step, saved
from tests.support import databases
from tests.support.people import Person, add_person, form_of, log_in, token_on, words_of
from tracker import create_app
from tracker.accounts.models import User
from tracker.accounts.permissions import Role
from tracker.core.db import Base, db
from tracker.history import queries as history
from tracker.history.models import HistoryChain

on_sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("app", ["postgresql"], indirect=True)
# pages that need no database
ALWAYS = ("/healthz", "/static/tracker.css")


@pytest.fixture
def case(app: Flask, staff: Person) -> CaseFile:
    with writing(app):
        return record_case(staff.viewer)


@pytest.fixture
def impatient(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    """A person at an application that waits for a lock for an instant only."""
    monkeypatch.setattr("tracker.core.db.BUSY_SECONDS", 0.05)
    other = create_app(app.extensions["tracker.settings"])
    person = add_person(other, "hurried@example.org", Role.STAFF, "Highland Group")
    assert log_in(person).status_code == 302
    yield person
    with other.app_context():
        db.engine.dispose()


# ---- what takes a database away


@contextmanager
def locked(app: Flask) -> Iterator[None]:
    """Somebody else is writing, and does not come to an end: to SQLite at all, to PostgreSQL the
    head of the history."""
    url = app.extensions["tracker.settings"].database_url
    if url.startswith("sqlite"):
        path = url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
        return
    with app.app_context(), db.engine.connect() as other:
        other.execute(update(HistoryChain).values(length=HistoryChain.length))
        yield
        other.rollback()


@contextmanager
def gone(app: Flask) -> Iterator[None]:
    """The server throws everybody out of the database, and takes no connection to it."""
    with app.app_context():
        name = db.engine.url.database or ""
    doors = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    with psycopg.connect(databases.server_address(), autocommit=True) as server:
        server.execute(doors.format(sql.Identifier(name), sql.SQL("false")))
        try:
            ends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            server.execute(ends, [name])
            yield
        finally:
            server.execute(doors.format(sql.Identifier(name), sql.SQL("true")))


@contextmanager
def full(app: Flask) -> Iterator[None]:
    """There is no room for another page."""

    def at_each_use(connection: Any, *_of_the_pool: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # SQLite takes the present size for it

    with app.app_context():
        engine = db.engine
        db.session.rollback()
        with engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.execute("VACUUM")  # nor within the pages that there are
        event.listen(engine, "checkout", at_each_use)
        try:
            yield
        finally:
            event.remove(engine, "checkout", at_each_use)
            db.session.rollback()
            engine.dispose()  # the limit goes with the connections that have it


FAILURES: dict[str, tuple[str, Callable[[Flask], AbstractContextManager[None]], str]] = {
    "SQLite is locked": ("sqlite", locked, "is busy"),
    "PostgreSQL is locked": ("postgresql", locked, "is busy"),
    "PostgreSQL is gone": ("postgresql", gone, "does not answer"),
    "the disk is full": ("sqlite", full, "no room left"),
}
each_failure = pytest.mark.parametrize(
    ("app", "failing", "said"), FAILURES.values(), ids=FAILURES, indirect=["app"]
)


def rows(app: Flask) -> dict[str, int]:
    """How many rows there are in each table."""
    with reading(app):
        return {
            table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


@each_failure
def test_what_was_typed_is_kept_and_sent_again_with_one_press(
    app: Flask,
    impatient: Person,
    case: CaseFile,
    failing: Callable[[Flask], AbstractContextManager[None]],
    said: str,
) -> None:
    path = "/recommendations/new"
    typed = {
        "instrument": "global_magnitsky",
        "title": TYPED,
        # more than fits into what is left of the last pages of the tables
        "request": ("Sanction them. " * 260).strip(),
        "abuse": ("They did that. " * 130).strip(),
        "ground": "human_rights",
        "targets-0-name": "A police bureau",
        "targets-0-kind": "public_body",
        "tags": "tibet",
    }
    sent = filled(impatient.get(path), **typed)
    before = rows(app)
    with failing(impatient.app):
        answer = impatient.client.post(path, data=sent)
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert said in words_of(answer)
        assert "Nothing was changed" in words_of(answer)
        for word in ("locked", "sqlite", "SQL", "Log in", "Traceback"):
            assert word not in words_of(answer)
        for always in ALWAYS:
            with closing(impatient.get(always)) as page:
                assert page.status_code == 200, always
    assert rows(app) == before
    again = {n: v for n, v in form_of(answer).items() if n != "csrf_token"}
    assert again == {n: v if isinstance(v, list) else [v] for n, v in sent.items() if n in again}
    assert set(sent) - set(again) == {"csrf_token"}
    assert impatient.client.post(path, data=form_of(answer)).status_code == 303
    assert TYPED in impatient.get("/recommendations").text
    with reading(app):
        assert [verdict.problem for verdict in history.verify()] == [None]


@on_sqlite
@pytest.mark.parametrize("failing", [locked, full])
def test_reading_goes_on(
    app: Flask,
    impatient: Person,
    case: CaseFile,
    failing: Callable[[Flask], AbstractContextManager[None]],
) -> None:
    impatient.get("/")  # the first look at the desk notes the beginning of a visit
    pages = ("/", "/recommendations", f"/recommendations/{case.ask}", "/stale", "/readyz")
    with failing(impatient.app):
        for path in (*pages, *ALWAYS):
            with closing(impatient.get(path)) as page:
                assert page.status_code == 200, path


@on_sqlite
@pytest.mark.parametrize("failing", [locked, full])
def test_the_first_look_at_the_desk_waits_for_no_writer(
    app: Flask,
    staff: Person,
    monkeypatch: pytest.MonkeyPatch,
    failing: Callable[[Flask], AbstractContextManager[None]],
) -> None:
    monkeypatch.setattr("tracker.core.db.BUSY_SECONDS", 60)
    with failing(app):
        began = monotonic()
        assert staff.get("/").status_code == 200
        assert monotonic() - began < 30
    if failing is locked:
        with reading(app):
            assert db.session.get_one(User, staff.viewer.user_id).visit_started_at is None
    staff.get("/")
    with reading(app):
        assert db.session.get_one(User, staff.viewer.user_id).visit_started_at is not None


@each_failure
def test_a_log_in_keeps_no_password(
    app: Flask,
    impatient: Person,
    failing: Callable[[Flask], AbstractContextManager[None]],
    said: str,
) -> None:
    other = impatient.app.test_client()
    sent = {"email": impatient.email, "password": "correct horse battery"}
    sent["csrf_token"] = token_on(other.get("/login"))
    with failing(impatient.app):
        answer = other.post("/login", data=sent)
    # a log-in that cannot be written down would not last; a full disk may have room for its row
    assert answer.status_code in ({302, 503} if failing is full else {503})
    assert "correct horse" not in answer.text
    assert other.post("/login", data=sent).status_code == 302


@on_postgresql
def test_a_server_that_ends_while_a_form_is_being_saved_is_a_page_too(
    app: Flask, staff: Person, case: CaseFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = next_step(case)
    sent = filled(staff.get(path), next_action=TYPED)
    before = events(app)

    def ends(session: Any, *_given: object) -> None:
        session.connection().exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    with monkeypatch.context() as patch:
        patch.setattr("tracker.history.actions._append", ends)
        answer = staff.client.post(path, data=sent)
    assert answer.status_code == 503
    assert kept(answer)
    assert (saved(app, staff, case), events(app)) == ("", before)
    assert staff.client.post(path, data=form_of(answer)).status_code == 303
    assert (saved(app, staff, case), events(app)) == (TYPED, before + 1)


def test_a_server_that_is_not_there_is_a_page_too(app: Flask, staff: Person) -> None:
    settings = app.extensions["tracker.settings"]
    nowhere = "postgresql+psycopg://tracker:geheim@127.0.0.1:1/tracker"
    client = create_app(replace(settings, database_url=nowhere)).test_client()
    session = staff.client.get_cookie("tracker_session")
    assert session is not None
    client.set_cookie("tracker_session", session.value)
    for path in ("/recommendations", "/no/such/page", "/readyz"):
        answer = client.get(path)
        assert answer.status_code == 503, path
        assert "geheim" not in answer.text
    assert int(client.get("/recommendations").headers["Retry-After"]) > 0
    for path in ALWAYS:
        with closing(client.get(path)) as page:
            assert page.status_code == 200, path
