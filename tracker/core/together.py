"""Writing many rows in one statement, where a flush would take one for each."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import CursorResult, Table, bindparam, insert, inspect, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from tracker.core.db import Base, db


def insert_together(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows in one statement. No objects are made of them: a flush would insert them one by
    one on SQLite, to learn the key of each."""
    if rows:
        table = model.__table__
        assert isinstance(table, Table)
        db.session.flush()
        db.session.connection().execute(insert(table), rows)


def write_together(rows: Iterable[Base]) -> None:
    """Write what changed on objects of one model: one statement for all in which the same columns
    changed. Of rows that carry a version, each must still have the one that was read; raises
    `StaleDataError` as a flush does."""
    alike: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    for row in rows:
        state = inspect(row)
        # what was there before, of all that was set since it was read
        before, columns = state.committed_state, state.mapper.column_attrs
        different = [k for k, was in before.items() if k in columns and was != getattr(row, k)]
        if state.persistent and different:
            alike[tuple(sorted(different))].append(row)
    for changed, found in alike.items():
        _write(changed, found)


def _write(changed: tuple[str, ...], rows: list[Any]) -> None:
    mapper = inspect(type(rows[0]))
    keys = [mapper.get_property_by_column(column).key for column in mapper.primary_key]
    if mapper.version_id_col is not None:
        keys.append(mapper.get_property_by_column(mapper.version_id_col).key)
    columns = mapper.columns
    statement = (
        update(mapper.local_table)
        .where(*(columns[key] == bindparam(f"was_{key}", type_=columns[key].type) for key in keys))
        .values({columns[key]: bindparam(f"new_{key}") for key in changed})
    )
    values = [
        {f"was_{key}": inspect(row).committed_state.get(key, getattr(row, key)) for key in keys}
        | {f"new_{key}": getattr(row, key) for key in changed}
        for row in rows
    ]
    with db.session.no_autoflush:
        result = db.session.connection().execute(statement, values)
    assert isinstance(result, CursorResult)
    if result.rowcount != len(rows):
        raise StaleDataError(f"{len(rows)} rows were to change, {result.rowcount} did.")
    for row in rows:
        for key in changed:
            set_committed_value(row, key, getattr(row, key))
