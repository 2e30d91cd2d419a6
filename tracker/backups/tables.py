"""The tables of a database as it stands, whichever version made them: what is in them, and how rows
go from one to another."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from psycopg.types.json import Json
from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    Table,
    column,
    func,
    insert,
    inspect,
    literal,
    select,
    text,
    union_all,
)
from sqlalchemy import table as bare
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.schema import AddConstraint, DropConstraint

from tracker.backups.files import State
from tracker.core.errors import TrackerError

# a table's name, the names of its columns, and its rows
Part = tuple[str, Sequence[str], Iterable[Any]]
AT_ONCE = 1000
# rows of a quarter of a megabyte: of these a few
FEW_AT_ONCE = {"attachment_pieces": 20}
CHAINS = "history_chains"
# tables that hold nothing until somebody uses the program
OF_PEOPLE = ("organisations", "users", "records")


def names_of(connection: Connection) -> list[str]:
    """The name of every table that holds something of its own: not the mark of the migrations, and
    not what SQLite keeps for a full-text index."""
    names = set(inspect(connection).get_table_names()) - {"alembic_version"}
    if connection.dialect.name == "sqlite":
        names -= _of_indexes(connection, names)
    return sorted(names)


def tables_of(connection: Connection) -> list[Table]:
    """The same tables, with their columns, keys and constraints."""
    names = names_of(connection)
    metadata = MetaData()
    metadata.reflect(connection, only=names)
    return [metadata.tables[name] for name in names]


def _of_indexes(connection: Connection, names: set[str]) -> set[str]:
    virtual = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL%'"
    ).scalars()
    return {n for v in list(virtual) for n in names if n == v or n.startswith(f"{v}_")}


def holds_something(connection: Connection) -> bool:
    """Whether anybody has used the database yet."""
    names = set(names_of(connection)).intersection(OF_PEOPLE)
    one = literal(1)
    return any(
        connection.execute(select(one).select_from(bare(name)).limit(1)).first() for name in names
    )


def state_of(connection: Connection) -> State:
    """How many rows each table has, and where the chains of history stand."""
    names = names_of(connection)
    counts = [
        select(literal(name).label("name"), func.count().label("rows")).select_from(bare(name))
        for name in names
    ]
    chain = bare(CHAINS, column("name"), column("length"), column("head"))
    heads = connection.execute(select(chain).order_by(chain.c.name)) if CHAINS in names else ()
    return State(
        {row.name: row.rows for row in connection.execute(union_all(*counts))},
        {row.name: (row.length, row.head) for row in heads},
    )


def tally(parts: Iterable[Part]) -> State:
    """The same of rows that come from a file."""
    counts: dict[str, int] = {}
    heads: dict[str, tuple[int, str]] = {}
    for name, columns, rows in parts:
        counts[name] = 0
        for row in rows:
            counts[name] += 1
            if name == CHAINS:
                said = dict(zip(columns, row, strict=True))
                heads[str(said["name"])] = (int(said["length"]), str(said["head"]))
    return State(counts, heads)


def _own_columns(table: Table) -> list[Column[Any]]:
    """The columns that are not derived from others by the database itself."""
    return [c for c in table.columns if c.computed is None and not isinstance(c.type, TSVECTOR)]


def read(connection: Connection) -> Iterator[Part]:
    """All rows of all tables, a batch at a time."""
    for table in tables_of(connection):
        columns = _own_columns(table)
        statement = select(*columns).order_by(*table.primary_key.columns)
        options = connection.execution_options(yield_per=_at_once(table.name))
        with options.execute(statement) as rows:
            yield table.name, [c.name for c in columns], ([_utc(v) for v in row] for row in rows)


def _at_once(name: str) -> int:
    return min(FEW_AT_ONCE.get(name, AT_ONCE), AT_ONCE)


def _utc(value: Any) -> Any:
    """Times with their zone; SQLite hands them back without."""
    if not isinstance(value, datetime):
        return value
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def fill_sqlite(connection: Connection, parts: Iterable[Part]) -> None:
    """Rows into the tables of a SQLite database whose foreign keys are off."""
    tables = {table.name: table for table in tables_of(connection)}
    for table in tables.values():
        connection.execute(table.delete())
    for name, columns, rows in parts:
        table = _table(tables, name, columns)
        batches = iter(rows)
        while some := list(islice(batches, _at_once(name))):
            connection.execute(
                insert(table), [dict(zip(columns, row, strict=True)) for row in some]
            )


def fill_postgresql(connection: Connection, parts: Iterable[Part]) -> None:
    """Rows into the tables of a PostgreSQL database, in any order; rows are values, or lines that
    PostgreSQL itself has written."""
    listed = tables_of(connection)
    tables = {table.name: table for table in listed}
    with _without_keys(connection, listed):
        for table in listed:
            connection.execute(table.delete())
        for name, columns, rows in parts:
            _copy(connection, _table(tables, name, columns), columns, rows)
    for table in listed:
        _go_on_counting(connection, table)


def _table(tables: dict[str, Table], name: str, columns: Sequence[str]) -> Table:
    table = tables.get(name)
    if table is None or not set(columns) <= set(table.columns.keys()):
        raise TrackerError(f"The backup does not fit its schema at the table “{name[:60]}”.")
    return table


@contextmanager
def _without_keys(connection: Connection, tables: list[Table]) -> Iterator[None]:
    """Foreign keys are taken away, and checked for all rows as they are put back."""
    keys = [key for table in tables for key in table.foreign_key_constraints]
    for key in keys:
        connection.execute(DropConstraint(key))
    yield
    for key in keys:
        connection.execute(AddConstraint(key))


def _copy(
    connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Any]
) -> None:
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(column) for column in columns)
    cursor: Any = connection.connection.cursor()
    with cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN") as copy:
        for row in rows:
            if isinstance(row, bytes):
                copy.write(row)
            else:
                copy.write_row([Json(v) if isinstance(v, dict | list) else v for v in row])


def _go_on_counting(connection: Connection, table: Table) -> None:
    """The next key is one that no row has."""
    key = table.columns.get("id")
    if key is None:
        return
    named = {"table": f'"{table.name}"'}
    statement = text("SELECT pg_get_serial_sequence(:table, 'id')")
    sequence = connection.execute(statement, named).scalar()
    if sequence:
        highest = connection.execute(select(func.max(key))).scalar()
        count = text("SELECT setval(CAST(:name AS regclass), :value, :used)")
        used = {"name": sequence, "value": highest or 1, "used": highest is not None}
        connection.execute(count, used)
