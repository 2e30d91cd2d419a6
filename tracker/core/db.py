"""Engine and session wiring for SQLite and PostgreSQL."""

import inspect
import os
import select
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from enum import Enum as PlainEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from flask import Flask, current_app, g, has_app_context, has_request_context
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import (
    BindParameter,
    CheckConstraint,
    ColumnElement,
    Connection,
    CursorResult,
    Engine,
    Enum,
    FromClause,
    MetaData,
    Select,
    String,
    Table,
    UpdateBase,
    bindparam,
    event,
    func,
    make_url,
)
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.orm import (
    DeclarativeBase,
    InstrumentedAttribute,
    Mapped,
    Mapper,
    Session,
    mapped_column,
)

from tracker.core.dates import PartialDate
from tracker.core.errors import TrackerError
from tracker.core.types import BigId, PartialDateType, UtcDateTime

T = TypeVar("T")
BUSY_SECONDS = 5.0
_READING = "tracker.reading"
_WAITS = "tracker.waits"
_QUESTIONS = ("SELECT", "WITH", "EXPLAIN")
_WRITERS = 20231023  # the key of the lock that a writer on PostgreSQL holds
# a server that is there, but does not say a word, is given up after so many seconds
SILENT_SECONDS = 15

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all models: named constraints, aware times, partial dates."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: UtcDateTime,
        PartialDate: PartialDateType,
        int: BigId,
    }


class Keyed:
    """A plain numeric key."""

    id: Mapped[int] = mapped_column(BigId, primary_key=True)


class _Session(Session):
    """On PostgreSQL a request that only reads has no transaction: each statement sees what is
    committed by then, as it would in one, and nothing is exchanged to begin and to end it."""

    def get_bind(self, *args: Any, **more: Any) -> Engine | Connection:
        reading: Engine | None = current_app.extensions.get(_READING)
        if reading is None or is_writing() or not has_request_context():
            return super().get_bind(*args, **more)
        return reading


db = SQLAlchemy(engine_options={"hide_parameters": True}, session_options={"class_": _Session})

# Keeps the statement that a function builds, by what it was given: building one, and the key under
# which its SQL is found, takes longer than sending it. What changes each time is a parameter.
built_once = lru_cache(maxsize=512)
# As a list, not as an array: of an array's length PostgreSQL knows nothing before it has it, and so
# it plans the statement anew each time.
IDS: BindParameter[list[int]] = bindparam("ids", expanding=True)


def grouped(statement: Select[int, T], ids: Iterable[int]) -> dict[int, list[T]]:
    """What a statement over `IDS` finds for each of some keys, by the key in its first column; an
    empty list for a key of which there is nothing."""
    found: dict[int, list[T]] = defaultdict(list)
    for key, value in db.session.execute(statement, {"ids": list(ids)}):
        found[key].append(value)
    return found


KeyColumn = ColumnElement[int] | InstrumentedAttribute[int]


def table_of(column: KeyColumn) -> FromClause:
    """The table or query that a column stands in, for what is looked up for each of its rows."""
    table: FromClause = column.table
    return table


class _Cursor(psycopg.RawCursor[Any]):
    """Says of the columns of a result their names and types, which is all that anybody asks."""

    @property
    def description(self) -> Any:
        result = self.pgresult
        if result is None or not result.nfields:
            return super().description
        nothing = (None,) * 5
        names = [(result.fname(i) or b"").decode() for i in range(result.nfields)]
        return [(name, result.ftype(i), *nothing) for i, name in enumerate(names)]


@event.listens_for(Base, "instrument_class", propagate=True)
def _hold_to_lengths(mapper: Mapper[Any], _cls: type) -> None:
    """SQLite takes a text of any length: CHECKs hold both databases to the declared ones."""
    table = mapper.local_table
    if not isinstance(table, Table):
        return
    for column in table.columns:
        kind = (
            column.type.impl_instance if isinstance(column.type, PartialDateType) else column.type
        )
        if isinstance(kind, String) and not isinstance(kind, Enum) and kind.length:
            CheckConstraint(func.length(column) <= kind.length, name=f"{column.name}_length")


def init_app(app: Flask, database_url: str) -> None:
    """Give `app` its engine; a new SQLite file is readable by its owner only. Raises `TrackerError`
    for a file that cannot be had."""
    url = make_url(database_url)
    options: dict[str, Any] = {"url": url}
    if url.get_backend_name() == "sqlite":
        _create_private(Path(url.database or ""))
        options["connect_args"] = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    else:
        options["pool_use_lifo"] = True  # the last one used has the next page's statements prepared
        # the server's own placeholders: psycopg would rewrite those of a long list each time
        options["paramstyle"] = "numeric_dollar"
        options["connect_args"] = {
            "cursor_factory": _Cursor,
            # jit: machine code for a statement takes longer to make than a page takes in all
            "options": f"-c timezone=utc -c jit=off -c lock_timeout={int(BUSY_SECONDS * 1000)}",
            "connect_timeout": int(BUSY_SECONDS),
            "tcp_user_timeout": SILENT_SECONDS * 1000,
        }
    app.config["SQLALCHEMY_ENGINES"] = {"default": options}
    db.init_app(app)
    _leave_out_async(app)
    app.teardown_appcontext(_end_quietly)
    with app.app_context():
        if url.get_backend_name() == "sqlite":
            prepare_sqlite(db.engine)
        else:
            prepare_postgresql(db.engine)
            _plan_by_value(db.engine)
            app.extensions[_READING] = _for_reading(db.engine)


def _end_quietly(error: BaseException | None) -> None:
    """End what was read, before the extension closes the session: a server that stopped once the
    answer was made must not take it from whoever waits for it."""
    try:
        db.session.expunge_all()  # nothing is read of it any more: it need not expire first
        db.session.rollback()
    except DBAPIError:
        db.session.invalidate()


def prepare_postgresql(engine: Engine) -> None:
    """One writer at a time, as SQLite has it: what is derived from many rows is computed from all
    of them, whoever wrote them. And a page exchanges nothing with the server but its statements."""

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        connection.server_cursor_factory = psycopg.RawServerCursor

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not is_writing():
            return
        # how long it waits, the connection says (lock_timeout)
        waits = g.get("waits", True)
        if not waits:
            connection.exec_driver_sql("SET LOCAL lock_timeout = 1")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")
        if not waits:
            connection.exec_driver_sql("SET LOCAL lock_timeout TO DEFAULT")

    @event.listens_for(engine, "checkout")
    def look_alive(connection: Any, _record: object, _proxy: object) -> None:
        # a server that has something to say though nobody asked has mostly said good-bye
        heard = select.poll()
        heard.register(connection.fileno(), select.POLLIN)
        if not heard.poll(0):
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as problem:
            raise DisconnectionError from problem


def _for_reading(engine: Engine) -> Engine:
    """The same connections without transactions; nothing is written so."""
    reading = engine.execution_options(isolation_level="AUTOCOMMIT")

    @event.listens_for(reading, "before_cursor_execute")
    def keep_to_questions(
        _connection: Connection, _cursor: Any, statement: str, *_more: object
    ) -> None:
        if not statement.lstrip().startswith(_QUESTIONS):
            raise RuntimeError("What writes begins a transaction.")

    return reading


# in a statement of which the best plan hangs on what is asked: a rare word, or one of every name
BY_VALUE = "/* by value */"


def _plan_by_value(engine: Engine) -> None:
    """Have PostgreSQL plan such a statement anew each time. Once psycopg had prepared it, it would
    soon be planned for any word alike, and a rare one be looked for in every row."""

    @event.listens_for(engine, "do_execute")
    def execute(cursor: Any, statement: str, given: Any, _context: object) -> bool:
        by_value = BY_VALUE in statement
        if by_value:
            cursor.execute(statement, given, prepare=False)
        return by_value


def _leave_out_async(app: Flask) -> None:
    """Flask-SQLAlchemy-Lite closes asynchronous sessions too, for which each request would start
    an event loop in a thread of its own; here there are none."""
    functions = app.teardown_appcontext_funcs
    functions[:] = [each for each in functions if not inspect.iscoroutinefunction(each)]


def _create_private(path: Path) -> None:
    """Make the file, unless there is one: to open and close a file that SQLite has open in this
    process would drop its locks."""
    if path.is_file():
        return
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as problem:
        raise TrackerError(
            f"TRACKER_DATABASE_URL: {path} cannot be had ({problem.strerror}); "
            "example: sqlite:////srv/tracker/tracker.sqlite3"
        ) from None


def prepare_sqlite(engine: Engine) -> None:
    """Real transactions: pysqlite's own opening of them loses updates."""

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA cache_size = -64000")
        # its own folds the case of ASCII alone; no index hangs on this function
        connection.create_function("lower", 1, _lower, deterministic=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that will write takes the lock at once; a reader never waits for a writer.
        seconds = 0 if is_writing() and not g.get("waits", True) else BUSY_SECONDS
        if connection.info.get(_WAITS, BUSY_SECONDS) != seconds:  # else as it was opened
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
            connection.info[_WAITS] = seconds
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing() else "BEGIN")


def _lower(text: str | float | None) -> str | float | None:
    return text.lower() if isinstance(text, str) else text


def is_writing() -> bool:
    """Whether transactions that begin now are going to write."""
    return has_app_context() and bool(g.get("writing", False))


@contextmanager
def transaction(*, waits: bool = True) -> Iterator[None]:
    """One unit of work outside a request: commits at the end, takes all back on any error. One
    that does not wait fails at once where another process is writing to SQLite."""
    before = g.get("writing", False), g.get("waits", True)
    g.writing, g.waits = True, waits
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        g.writing, g.waits = before


def try_to_note(change: UpdateBase) -> None:
    """Write down what need not be written: in a transaction that waits for no writer, and not at
    all where that cannot be had. What was read before is read again."""
    db.session.rollback()
    with suppress(OperationalError), transaction(waits=False):
        db.session.execute(change.execution_options(synchronize_session=False))


def begin_writing() -> None:
    """From here on the request writes: what it read until now is given up, so that it takes the
    lock afresh. For requests that do something slow first."""
    db.session.rollback()
    g.writing = True


class Failure(PlainEnum):
    """Why a database cannot serve at the moment, though nothing is wrong with what was asked."""

    BUSY = "busy"
    GONE = "gone"
    FULL = "full"


# primary result codes of SQLite: BUSY, LOCKED; READONLY, IOERR, CANTOPEN; FULL
_SQLITE_FAILURES = {
    5: Failure.BUSY,
    6: Failure.BUSY,
    8: Failure.GONE,
    10: Failure.GONE,
    14: Failure.GONE,
    13: Failure.FULL,
}
# beginnings of PostgreSQL's SQLSTATE: rolled back for another, no lock in time, cancelled; no
# connection, disk full, no resources, shutting down, trouble of its system
_POSTGRES_FAILURES = {
    "40": Failure.BUSY,
    "55P03": Failure.BUSY,
    "57014": Failure.BUSY,
    "08": Failure.GONE,
    "53100": Failure.FULL,
    "53": Failure.GONE,
    "57P": Failure.GONE,
    "58": Failure.GONE,
}


def failure(error: DBAPIError) -> Failure | None:
    """Why the database could not serve, or nothing where the statement itself was at fault."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE_FAILURES.get(code & 0xFF)
    if error.connection_invalidated:
        return Failure.GONE
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # the driver never got an answer
        return Failure.GONE if isinstance(error, OperationalError) else None
    return next((why for start, why in _POSTGRES_FAILURES.items() if state.startswith(start)), None)


def refresh_statistics() -> None:
    """Let SQLite's planner know how many rows there are; PostgreSQL sees to that by itself. It
    reads a sample of each index, so its cost does not follow the number of rows; where another
    process is writing, it is left for the next time."""
    if db.engine.dialect.name != "sqlite":
        return
    with suppress(OperationalError), transaction():
        connection = db.session.connection()
        connection.exec_driver_sql("PRAGMA analysis_limit = 1000")
        connection.exec_driver_sql("ANALYZE")


def changed_rows(statement: UpdateBase, values: Mapping[str, Any] | None = None) -> int:
    """Run a statement that writes past the session's objects; how many rows it wrote."""
    options = {"synchronize_session": False, "preserve_rowcount": True}
    result = db.session.execute(statement, values, execution_options=options)
    assert isinstance(result, CursorResult)
    return result.rowcount
