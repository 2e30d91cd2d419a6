"""Fixtures that all tests share. Most tests run on both databases, through `app`."""

import functools
import gc
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flask_security.core
import flask_security.utils
import pytest
import time_machine
from flask import Flask, g

from tests.support import databases
from tests.support.people import Person, arrive
from tracker.accounts import passwords
from tracker.accounts.permissions import Role
from tracker.core.db import db

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def pytest_configure(config: pytest.Config) -> None:
    """Make a folder for what all processes of the run share; they inherit its name."""
    if not hasattr(config, "workerinput"):
        os.environ[databases.SHARED] = tempfile.mkdtemp(prefix="tracker-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove it, when all others have ended."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ[databases.SHARED], ignore_errors=True)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches another machine, by name or by number."""
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOOPBACK:
            raise AssertionError(f"a test reached for {address[0]}")
        connect(self, address)

    def guarded_resolve(host: Any, *more: Any, **named: Any) -> Any:
        if host is not None and host not in LOOPBACK:
            raise AssertionError(f"a test looked up {host}")
        return resolve(host, *more, **named)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_resolve)


@pytest.fixture(scope="session")
def all_apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Flask]]:
    """An application over each database, made once a test process."""
    made = dict(databases.apps(tmp_path_factory.mktemp("apps")))
    # what is there for the whole run need not be looked through again and again
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    yield made
    for app in made.values():
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(params=databases.KINDS)
def app(request: pytest.FixtureRequest, all_apps: dict[str, Flask]) -> Iterator[Flask]:
    """The application, over one database and then over the other, empty but for reference data."""
    app = all_apps[request.param]
    yield app
    databases.empty(app)


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """The application with its context open, for tests of the inside; writes take the lock."""
    with app.app_context():
        g.writing = True
        yield app
        db.session.rollback()


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Hashing a password takes a fifth of a second on purpose, and guessing it some milliseconds;
    tests hash, guess and check each once."""
    hash_password = functools.cache(flask_security.utils.hash_password)
    problem_with = functools.cache(passwords.problem_with)
    verify = vars(flask_security.core)["verify_and_update_password"]
    checked: dict[tuple[str, str], bool] = {}

    def quick_verify(password: str, user: Any) -> bool:
        key = (password, user.password)
        if key not in checked:
            checked[key] = verify(password, user)
        return checked[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "hash_password", hash_password)
        patch.setattr(passwords, "problem_with", problem_with)
        patch.setattr(flask_security.core, "verify_and_update_password", quick_verify)
        yield


@pytest.fixture
def staff(app: Flask) -> Person:
    """A member of staff of the first organisation, logged in."""
    return arrive(app, "staff@example.org", Role.STAFF, "Highland Group")


@pytest.fixture
def colleague(app: Flask, staff: Person) -> Person:
    """Another member of staff of the same organisation, logged in."""
    return arrive(app, "colleague@example.org", Role.STAFF, "Highland Group")


@pytest.fixture
def admin(app: Flask) -> Person:
    """The admin of the first organisation, logged in."""
    return arrive(app, "admin@example.org", Role.ADMIN, "Highland Group")


@pytest.fixture
def other_staff(app: Flask) -> Person:
    """A member of staff of another organisation, logged in."""
    return arrive(app, "other@example.org", Role.STAFF, "Lowland Group")


@pytest.fixture
def partner(app: Flask) -> Person:
    """A coalition partner, logged in."""
    return arrive(app, "partner@example.org", Role.PARTNER, "Partner Group")


@pytest.fixture
def anonymous(app: Flask) -> Person:
    """Nobody in particular."""
    return Person(app, "", app.test_client())


@pytest.fixture
def on_day() -> Iterator[Callable[[str], None]]:
    """Set the day that it is for the rest of the test: `on_day("2024-03-01")`."""
    travellers: list[Any] = []

    def travel(day: str) -> None:
        while travellers:
            travellers.pop().stop()
        traveller = time_machine.travel(f"{day}T12:00:00+00:00", tick=True)
        traveller.start()
        travellers.append(traveller)

    yield travel
    while travellers:
        travellers.pop().stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of the test's own."""
    return tmp_path
