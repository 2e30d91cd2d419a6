"""The program as a browser finds it: served on loopback, with the demonstration loaded."""

import shutil
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from tracker import config_module, create_app
from tracker.accounts import actions as people
from tracker.accounts import queries as accounts
from tracker.accounts.viewer import Viewer
from tracker.agencies import reference
from tracker.clocks import default_rules
from tracker.core import migrate
from tracker.core.db import db, transaction
from tracker.core.now import today
from tracker.demo import load as demonstration
from tracker.jobs import registry, runner

DATABASE, SECRET = "tracker.sqlite3", "secret_key"
LOGINS = {login.role.value: login for login in demonstration.LOGINS}
T = TypeVar("T")


def apart(work: Callable[[], T]) -> T:
    """Do something in a thread of its own. The one that drives the browser runs an event loop, in
    which Flask cannot close an application context."""
    with ThreadPoolExecutor(max_workers=1) as threads:
        return threads.submit(work).result()


@dataclass(frozen=True)
class Site:
    """A running instance and its address."""

    app: Flask
    url: str

    def ask(self, question: Callable[[Viewer], T], role: str = "staff") -> T:
        """What a person of that role gets to know from the program's inside."""
        return apart(lambda: self._inside(question, role))

    def change(self, act: Callable[[Viewer], T], role: str = "staff") -> T:
        """Let a person of that role change something, past the pages."""

        def acting(viewer: Viewer) -> T:
            with transaction():
                return act(viewer)

        return self.ask(acting, role)

    def _inside(self, question: Callable[[Viewer], T], role: str) -> T:
        with self.app.test_request_context():
            viewer = accounts.viewer_for(LOGINS[role].email)
            db.session.rollback()
            return question(viewer)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing: the tests say what went wrong."""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_instance(folder: Path, *, with_records: bool = True) -> None:
    """Make an instance with the demonstration in it, as the command `tracker demo` does; or with
    its people only."""
    apart(lambda: _fill(_app(folder, "http://localhost"), with_records))


def _fill(app: Flask, with_records: bool) -> None:
    with app.app_context():
        migrate.upgrade(db.engine)
        with transaction():
            reference.load()
            default_rules.load()
        with transaction():
            if with_records:
                demonstration.load()
            else:
                _add_people()
        sweep = registry.find("stale-sweep")
        assert sweep is not None
        runner.run_by_hand(sweep, today(), dry_run=False)
        db.session.rollback()
        db.engine.dispose()


def _add_people() -> None:
    for login in LOGINS.values():
        owner = accounts.organisation_by_name(login.organisation)
        people.add_user(
            login.email,
            name=login.name,
            password=login.password,
            role=login.role,
            organisation=owner or people.add_organisation(login.organisation),
        )


def _let_go(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


def copy_of(instance: Path, folder: Path) -> Path:
    """A copy of an instance; who has logged in to the one has logged in to the other."""
    folder.mkdir(mode=0o700, exist_ok=True)
    shutil.copy2(instance / SECRET, folder / SECRET)
    with (
        closing(sqlite3.connect(instance / DATABASE)) as source,
        closing(sqlite3.connect(folder / DATABASE)) as copy,
    ):
        source.backup(copy)
    return folder


@contextmanager
def serve(folder: Path, *, public: bool = False, base_url: str = "") -> Iterator[Site]:
    """Serve an instance until the block ends; with pages for everybody where it is public, and
    perhaps at another address than it takes for its own."""
    port = free_port()
    own = base_url or f"http://localhost:{port}"
    app = apart(lambda: _app(folder, own, public=public))
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Site(app, f"http://localhost:{port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        apart(lambda: _let_go(app))


def _app(folder: Path, base_url: str, *, public: bool = False) -> Flask:
    given = {"TRACKER_INSTANCE": str(folder)}
    if public:
        given["TRACKER_PUBLIC_DASHBOARD"] = "on"
    settings = config_module().load(given, base_url=base_url, demo=True)
    return create_app(settings)
