"""Backup files: what was saved, and one last line that says what it is and proves it whole.

The line stands at the end, so that nothing has to be known before everything is written, and a file
that was cut off has none. What comes before it is a SQLite file, an archive of `pg_dump` or
compressed JSON lines, and each can in need be opened by its own tools.
"""

import hashlib
import io
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from tracker.core.errors import TrackerError

MARK = b"\ntracker-backup 1 "
LONGEST_LINE = 64 * 1024
CHUNK = 1024 * 1024


class Kind(StrEnum):
    """What stands in a backup file before its last line."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"
    LOGICAL = "logical"


@dataclass(frozen=True)
class State:
    """What two databases must agree on: rows by table, length and head by chain of history."""

    counts: dict[str, int]
    heads: dict[str, tuple[int, str]]

    @property
    def rows(self) -> int:
        """All rows of all tables."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Manifest:
    """The last line of a backup file. `history` is what the check of the chain said then, nothing
    where it held; `size` and `sha256` are of all that comes before the line."""

    kind: Kind
    revision: str
    made_at: str
    state: State
    history: str
    size: int
    sha256: str


def make_folder(folder: Path) -> None:
    """A folder that its owner alone can enter, made if need be."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        said = problem.strerror or problem
        raise TrackerError(f"The folder {folder} cannot be made: {said}.") from None


@contextmanager
def writing(path: Path, *, overwrite: bool) -> Iterator[Path]:
    """A new file readable by its owner only, to be filled by its name; it gets the name asked for
    when all went well, and never takes the place of another unless it may."""
    path = path.resolve()
    part = path.parent / f".{path.name}.{secrets.token_hex(4)}.part"
    try:
        if path.exists() and not (path.is_file() and overwrite):
            raise FileExistsError
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield part
        _publish(part, path, overwrite=overwrite)
    except FileExistsError:
        raise TrackerError(f"{path} exists already; --overwrite replaces a file.") from None
    except OSError as problem:
        raise TrackerError(f"{path} cannot be written: {problem.strerror or problem}.") from None
    finally:
        with suppress(OSError):
            part.unlink()


def _publish(part: Path, path: Path, *, overwrite: bool) -> None:
    with part.open("rb") as file:
        os.fsync(file.fileno())
    if overwrite:
        part.replace(path)
    else:
        os.link(part, path)  # a rename would replace what came to stand there meanwhile
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def seal(part: Path, **said: Any) -> Manifest:
    """Write the last line of a file that holds everything else."""
    with part.open("rb") as file:
        digest = _digest(file)
    manifest = Manifest(**said, size=part.stat().st_size, sha256=digest)
    line = json.dumps(asdict(manifest), ensure_ascii=True)
    with part.open("ab") as file:
        file.write(MARK + line.encode() + b"\n")
    return manifest


def opened(path: Path) -> Manifest:
    """What a backup file says of itself, once all of it was read and found whole. Refuses, in one
    line, a file that is cut off, damaged or none of ours."""
    try:
        manifest = _last_line(path)
        with payload(path, manifest) as file:
            found = _digest(file)
    except OSError as problem:
        raise TrackerError(f"{path} cannot be read: {problem.strerror}.") from None
    if found != manifest.sha256:
        raise TrackerError(f"{path} is damaged: its content is not what was written.")
    return manifest


def _digest(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _last_line(path: Path) -> Manifest:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - LONGEST_LINE))
        _, mark, line = file.read().rpartition(MARK)
    if not mark or not line.endswith(b"}\n"):
        raise TrackerError(f"{path} is no backup of this program, or is cut off.")
    try:
        said = json.loads(line)
        state = State(
            {str(name): int(count) for name, count in said["state"]["counts"].items()},
            {str(n): (int(of), str(head)) for n, (of, head) in said["state"]["heads"].items()},
        )
        manifest = Manifest(**{**said, "kind": Kind(said["kind"]), "state": state})
    except (ValueError, TypeError, KeyError, AttributeError):
        raise TrackerError(f"{path} is damaged: its last line cannot be read.") from None
    if manifest.size != size - len(mark) - len(line):
        raise TrackerError(f"{path} is damaged: its length is not what was written.")
    return manifest


class _Payload(io.RawIOBase):
    """A file as far as its last line."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file, self._left = file, size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        read = self._file.read(min(len(buffer), self._left))
        buffer[: len(read)] = read
        self._left -= len(read)
        return len(read)


@contextmanager
def payload(path: Path, manifest: Manifest) -> Iterator[BinaryIO]:
    """What stands in a backup file before its last line."""
    with path.open("rb") as file:
        yield cast("BinaryIO", io.BufferedReader(_Payload(file, manifest.size), CHUNK))
