"""What each database brings along for backups: SQLite's backup API; `pg_dump` and `pg_restore`."""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection

from tracker.backups.tables import Part
from tracker.core.errors import TrackerError

_COPY = re.compile(rb"COPY (?:[\w\"]+\.)?\"?(\w+)\"? \(([^)]*)\) FROM stdin;\n")
_END = b"\\.\n"


def copy_sqlite(connection: Connection, path: Path) -> None:
    """The database as the connection sees it, in one file that stands alone."""
    source: Any = connection.connection.driver_connection
    with closing(sqlite3.connect(path)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")


def pg_dump_serves(connection: Connection) -> bool:
    """Whether there is a `pg_dump` that can read this server: it must not be older."""
    return _version("pg_dump") >= _server_version(connection)


def _server_version(connection: Connection) -> int:
    found: Any = connection.dialect.server_version_info
    return int(found[0])


def _version(program: str) -> int:
    """The main version of a program of PostgreSQL; 0 where there is none."""
    if shutil.which(program) is None:
        return 0
    said = _run(program, "--version")
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else 0


def _run(*command: str, out: int | IO[bytes] = subprocess.PIPE, **environment: str) -> str:
    """What a program prints; its first complaint as an error of ours if it fails."""
    ran = subprocess.run(  # noqa: S603
        command,
        stdout=out,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
        check=False,
    )
    if ran.returncode:
        raise TrackerError(_complaint(command[0], ran.stderr))
    return (ran.stdout or b"").decode()


def _complaint(program: str, said: bytes) -> str:
    first = said.decode(errors="replace").strip().partition("\n")[0]
    return first if first.startswith(program) else f"{program}: {first or 'failed'}"


def dump_postgresql(connection: Connection, path: Path) -> None:
    """An archive of the database as the connection's transaction sees it. The password goes by the
    environment, where other users of the machine do not see it."""
    snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
    driver: Any = connection.connection.driver_connection
    given, password = driver.info.get_parameters(), driver.info.password
    secret = {"PGPASSWORD": password} if password else {}
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
    with path.open("wb") as file:
        _run("pg_dump", *options, f"--dbname={make_conninfo(**given)}", out=file, **secret)


def pg_restore_serves() -> bool:
    """Whether archives can be read here."""
    return _version("pg_restore") > 0


def rows_of_archive(path: Path) -> Iterator[Part]:
    """The tables of an archive, each row as the line that PostgreSQL wrote."""
    with _restoring(path) as lines:
        for line in lines:
            found = _COPY.fullmatch(line)
            if found and found[1] != b"alembic_version":
                columns = [name.strip(' "') for name in found[2].decode().split(",")]
                yield found[1].decode(), columns, _until_end(lines)


def _until_end(lines: Iterator[bytes]) -> Iterator[bytes]:
    for line in lines:
        if line == _END:
            return
        yield line


@contextmanager
def _restoring(path: Path) -> Iterator[Iterator[bytes]]:
    """What `pg_restore` makes of an archive; an archive that it cannot read is an error."""
    command = ["pg_restore", "--data-only", "--file=-", str(path.resolve())]
    with TemporaryFile() as said:  # a pipe that nobody reads would stop it once it is full
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said) as program:  # noqa: S603
            assert program.stdout is not None
            try:
                yield iter(program.stdout)
            except BaseException:
                program.kill()
                raise
        said.seek(0)
        complaint = said.read()
    if program.returncode:
        raise TrackerError(_complaint("pg_restore", complaint))


def fields(line: bytes) -> list[str]:
    """The fields of a line of PostgreSQL's; good for words and numbers without special signs."""
    return line.rstrip(b"\n").decode().split("\t")
