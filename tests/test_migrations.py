"""The migrations lead to the models, up and down, with rows in every table, on both databases."""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import (
    CheckConstraint,
    Enum,
    String,
    Table,
    func,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError

from tests.support import databases
from tests.support.factories import FACTORIES, make
from tracker import config_module, create_app
from tracker.accounts.models import User
from tracker.agencies.models import Agency, AgencyMembership, MemberRole
from tracker.core import migrate
from tracker.core.dates import PartialDate
from tracker.core.db import Base, db, transaction
from tracker.core.errors import TrackerError
from tracker.core.types import PartialDateType
from tracker.recommendations.models import (
    Addressee,
    AddresseeState,
    Outcome,
    OutcomeKind,
    Recommendation,
    Result,
    Status,
)
from tracker.records.models import Audience, AudienceSpan, Grant
from tracker.sources.models import Attachment, Source, SourceUse
from tracker.targets.models import Target

TABLES = Base.metadata.sorted_tables
REVISIONS = [
    script.revision
    for script in reversed(list(ScriptDirectory(str(migrate.FOLDER)).walk_revisions()))
]


@contextmanager
def an_application(kind: str, folder: Path, name: str) -> Iterator[Flask]:
    """An application over a database in which nothing is yet, with its context open."""
    name = f"{name}_{databases.worker()}"
    url = f"sqlite:///{folder / name}.sqlite3" if kind == "sqlite" else databases.new_database(name)
    environ = {"TRACKER_INSTANCE": str(folder), "TRACKER_DATABASE_URL": url}
    app = create_app(config_module().load(environ))
    with app.app_context():
        yield app
        db.session.rollback()
        db.engine.dispose()


@pytest.fixture(params=databases.KINDS)
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application over a database in which nothing is yet."""
    with an_application(request.param, tmp_path, "bare") as app:
        yield app


@pytest.fixture(scope="module", params=databases.KINDS)
def kept(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """An application over a migrated database with rows in every table, which tests leave so."""
    with an_application(request.param, tmp_path_factory.mktemp("kept"), "kept") as app:
        fill()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def filled(kept: Flask) -> Iterator[Flask]:
    """The same, with its context open."""
    with kept.app_context():
        yield kept
        db.session.rollback()


def fill() -> None:
    """Migrate, and make a row in every table."""
    migrate.upgrade(db.engine)
    with transaction():
        for model in FACTORIES:
            make(model)


def tables() -> set[str]:
    """The tables that there are, but for those of SQLite's own full-text index."""
    found = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
    return {name for name in found if not name.startswith("search_index")}


def counts() -> dict[str, int]:
    """How many rows there are in each table that there is."""
    with db.engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in TABLES
            if table.name in tables()
        }


def is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


# ---- up, down, and equal to the models


def test_the_migrations_lead_from_nothing_to_the_models(bare: Flask) -> None:
    assert tables() == set()
    migrate.upgrade(db.engine)
    assert migrate.differences(db.engine) == []
    assert tables() == {table.name for table in TABLES}
    with db.engine.connect() as connection:
        assert migrate.current(connection) == migrate.newest() == REVISIONS[-1]


@pytest.mark.parametrize("bare", ["sqlite"], indirect=True)
def test_a_schema_that_differs_is_found(bare: Flask) -> None:
    migrate.upgrade(db.engine)
    with db.engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_clocks_to_flag"))
        connection.execute(text("ALTER TABLE organisations ADD COLUMN motto VARCHAR(20)"))
    found = str(migrate.differences(db.engine))
    assert "ix_clocks_to_flag" in found
    assert "motto" in found


def test_the_revisions_stand_in_one_line() -> None:
    assert len(ScriptDirectory(str(migrate.FOLDER)).get_heads()) == 1
    assert sorted(REVISIONS) == REVISIONS


def test_every_revision_goes_down_and_up_with_rows_in_every_table(bare: Flask) -> None:
    fill()
    before = counts()
    assert min(before.values()) > 0
    stayed = set(before)
    for revision in reversed(REVISIONS[:-1]):
        migrate.downgrade(db.engine, revision)
        stayed &= tables()
        assert changed(before, stayed) == {}
    for revision in REVISIONS[1:]:
        migrate.upgrade(db.engine, revision)
        assert changed(before, stayed) == {}
    assert migrate.differences(db.engine) == []
    for revision in reversed(["base", *REVISIONS[:-1]]):
        migrate.downgrade(db.engine, revision)
    assert tables() == set()
    migrate.upgrade(db.engine)
    assert migrate.differences(db.engine) == []


def test_sources_become_as_narrow_as_what_cites_them(bare: Flask) -> None:
    migrate.upgrade(db.engine)
    with transaction():
        wide, narrow = make(Source), make(Source)
        known, outsider = make(User, organisation_id=narrow.organisation_id), make(User)
        asks = [make(Recommendation, audience=each) for each in ("organisation", "named")]
        for source, ask in ((wide, asks[0]), (narrow, asks[0]), (narrow, asks[1])):
            make(SourceUse, source_id=source.id, record_id=ask.id)
        for user in (known, outsider):
            make(Grant, record_id=asks[1].id, user_id=user.id)
        make(Attachment, source_id=wide.id, audience=Audience.PUBLIC)
        untouched = make(Source, audience=Audience.PUBLIC).id
    migrate.downgrade(db.engine, "0020")
    with transaction():  # as sources could be then
        db.session.execute(update(Source).values(audience=Audience.PUBLIC))
    migrate.upgrade(db.engine)
    db.session.expire_all()
    assert db.session.get_one(Source, wide.id).audience is Audience.ORGANISATION
    assert db.session.get_one(Source, narrow.id).audience is Audience.NAMED
    assert db.session.get_one(Source, untouched).audience is Audience.PUBLIC
    assert set(db.session.scalars(select(Attachment.audience))) == {Audience.ORGANISATION}
    named = select(Grant.user_id).where(Grant.record_id == narrow.id)
    assert list(db.session.scalars(named)) == [known.id]
    spans = select(AudienceSpan.audience).where(
        AudienceSpan.record_id == wide.id, AudienceSpan.until_at.is_(None)
    )
    assert list(db.session.scalars(spans)) == [Audience.ORGANISATION]


# what listed a target and what took it off again, and what the ask has come to by that
TAKEN_BACK: list[tuple[dict[str, Any], dict[str, Any], Result]] = [
    ({}, {}, Result.REVERSED),
    ({"effective_on": "2024"}, {"effective_on": "2024-03"}, Result.REVERSED),
    ({"effective_on": ""}, {}, Result.REVERSED),
    ({}, {"effective_on": "2024-01"}, Result.NONE_KNOWN),
    ({"effective_on": "2023-10-22"}, {}, Result.NONE_KNOWN),
    ({"actor": "A company"}, {}, Result.NONE_KNOWN),
    ({}, {"kind": OutcomeKind.DECLINED}, Result.NONE_KNOWN),
    ({}, {"voided_at": datetime(2025, 1, 2, tzinfo=UTC)}, Result.NONE_KNOWN),
    ({"authority": "committee"}, {"authority": "bureau"}, Result.REVERSED),
    ({"authority": "department"}, {"authority": "bureau"}, Result.REVERSED),
    ({"authority": "bureau"}, {"authority": "another"}, Result.NONE_KNOWN),
    ({"target": "for few"}, {"target": "for few"}, Result.NONE_KNOWN),
]


def test_asks_whose_only_action_was_reversed_are_told_apart(bare: Flask) -> None:
    migrate.upgrade(db.engine)
    wanted = {}
    with transaction():
        department, another, committee = make(Agency), make(Agency), make(Agency)
        bureau = make(Agency, parent_id=department.id)
        make(
            AgencyMembership,
            body_id=committee.id,
            member_id=department.id,
            role=MemberRole.CHAIR,
        )
        bodies = {"department": department, "another": another, "committee": committee}
        bodies["bureau"] = bureau
        seen, hidden = make(Target, audience=Audience.PUBLIC), make(Target)
        for listed, removed, comes_to in TAKEN_BACK:
            ask = make(
                Recommendation,
                submitted_on=PartialDate.parse("2023-10-23"),
                audience=Audience.COALITION,
                status=Status.SUBMITTED,
            )
            wanted[ask.id] = comes_to
            for given in (
                {"effective_on": "2024-02-26", **listed},
                {"effective_on": "2024-10-21", "kind": OutcomeKind.REVERSED, **removed},
            ):
                day = given.pop("effective_on")
                given["effective_on"] = PartialDate.parse(day) if day else None
                body = bodies.get(given.pop("authority", ""))
                target = hidden if given.pop("target", "") else seen
                given |= {"target_id": target.id, "authority_id": body and body.id}
                make(Outcome, recommendation_id=ask.id, **given)
    migrate.downgrade(db.engine, "0029")
    results = text("SELECT id, result FROM recommendations")
    assert dict(db.session.execute(results).all()) == dict.fromkeys(wanted, "none_known")
    db.session.rollback()
    migrate.upgrade(db.engine)
    found = select(Recommendation.id, Recommendation.result)
    assert {row.id: row.result for row in db.session.execute(found)} == wanted


def test_what_is_not_sent_yet_came_to_nothing(bare: Flask) -> None:
    migrate.upgrade(db.engine)
    with transaction():
        asks = {
            status: make(Recommendation, status=status, result=Result.IN_FULL).id
            for status in Status
            if status is not Status.CLOSED
        }
        rows = {
            status: make(Addressee, recommendation_id=key, state=AddresseeState.ACTED).id
            for status, key in asks.items()
        }
    migrate.downgrade(db.engine, "0031")
    migrate.upgrade(db.engine)
    unsent = {Status.DRAFT, Status.VETTING, Status.READY}
    for status, key in asks.items():
        result = db.session.scalar(select(Recommendation.result).where(Recommendation.id == key))
        assert result is (Result.NONE_KNOWN if status in unsent else Result.IN_FULL)
        state = db.session.scalar(select(Addressee.state).where(Addressee.id == rows[status]))
        assert (state is AddresseeState.NOT_SENT) == (status in unsent)


def changed(before: dict[str, int], stayed: set[str]) -> dict[str, tuple[int, int]]:
    """Those of the tables that were there all the while which lost or won rows."""
    now = counts()
    return {name: (before[name], now[name]) for name in stayed if now[name] != before[name]}


def test_upgrading_what_is_up_to_date_changes_nothing(filled: Flask) -> None:
    before = counts()
    migrate.upgrade(db.engine)
    assert counts() == before


def test_the_example_of_every_model_is_written(filled: Flask) -> None:
    assert {name for name, count in counts().items() if not count} == set()


# ---- constraints that Alembic does not compare


def checks_of(table: Table) -> dict[str, str]:
    """The CHECKs of a model by name, each with what it says."""
    return {
        str(constraint.name): str(
            constraint.sqltext.compile(compile_kwargs={"literal_binds": True})
        )
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }


def words_in(condition: str) -> set[str]:
    """The words and numbers that a condition compares with, however it is written."""
    return set(re.findall(r"'([^']*)'", condition)) | set(re.findall(r"\b\d+\b", condition))


def test_every_check_of_the_models_is_in_the_database(filled: Flask) -> None:
    inspector = inspect(db.engine)
    wrong = []
    for table in TABLES:
        expected = {name: words_in(said) for name, said in checks_of(table).items()}
        found = {
            str(check["name"]): words_in(check["sqltext"])
            for check in inspector.get_check_constraints(table.name)
        }
        if found != expected:
            wrong.append((table.name, expected.items() ^ found.items()))
    assert wrong == []
    assert sum(len(checks_of(table)) for table in TABLES) > 100


def columns_with_length() -> list[tuple[type[Base], str, int]]:
    """Every text column with a declared length."""
    found = []
    for model in FACTORIES:
        for column in inspect(model).columns:
            kind: Any = column.type
            if isinstance(kind, PartialDateType):
                kind = kind.impl_instance
            if isinstance(kind, String) and not isinstance(kind, Enum) and kind.length:
                found.append((model, column.name, kind.length))
    return found


def refuses(model: type[Base], column: str, value: str) -> bool:
    """Whether the database itself refuses a value in a row that there is."""
    table: Any = model.__table__
    with db.engine.connect() as connection:
        try:
            statement = text(f'UPDATE "{table.name}" SET "{column}" = :value')
            connection.execute(statement, {"value": value})
        except DBAPIError:
            return True
        finally:
            connection.rollback()
    return False


def test_no_text_longer_than_its_column_is_taken(filled: Flask) -> None:
    wrong = [
        (model.__name__, column)
        for model, column, length in columns_with_length()
        if not refuses(model, column, "x" * (length + 1))
    ]
    assert wrong == []


def test_no_word_outside_its_enum_is_taken(filled: Flask) -> None:
    words = [
        (model, column.name)
        for model in FACTORIES
        for column in inspect(model).columns
        if isinstance(column.type, Enum)
    ]
    assert words
    wrong = [(m.__name__, column) for m, column in words if not refuses(m, column, "nonsense")]
    assert wrong == []


def test_what_the_models_allow_is_taken(filled: Flask) -> None:
    """Guards the two tests above: a database that refuses everything would pass them."""
    with db.engine.connect() as connection:
        organisations = Base.metadata.tables["organisations"]
        one = select(func.min(organisations.c.id)).scalar_subquery()
        result = connection.execute(
            update(organisations).where(organisations.c.id == one).values(name="é" * 120)
        )
        assert result.rowcount == 1
        connection.rollback()


# ---- what SQLite needs


def test_foreign_keys_hold_after_migrating(filled: Flask) -> None:
    with db.engine.connect() as connection:
        if is_sqlite():
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        orphan = text("UPDATE users SET organisation_id = 999999999")
        with pytest.raises(DBAPIError, match=r"(?i)foreign key"):
            connection.execute(orphan)
        connection.rollback()


@pytest.mark.parametrize("bare", ["sqlite"], indirect=True)
def test_rows_that_point_to_nothing_stop_a_migration(bare: Flask) -> None:
    fill()
    with db.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute("UPDATE users SET organisation_id = 999999999")
        raw.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(TrackerError, match="point to nothing"):
        migrate.upgrade(db.engine)
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        connection.rollback()


def test_a_database_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "tracker.sqlite3"
    environ = {"TRACKER_INSTANCE": str(tmp_path), "TRACKER_DATABASE_URL": f"sqlite:///{path}"}
    before = os.umask(0)
    try:
        app = create_app(config_module().load(environ))
        with app.app_context():
            migrate.upgrade(db.engine)
            with transaction():
                db.session.execute(text("CREATE TABLE for_the_log (id INTEGER)"))
            modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in path.parent.iterdir()}
            db.session.rollback()
            db.engine.dispose()
    finally:
        os.umask(before)
    assert "tracker.sqlite3-wal" in modes
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
