"""Adding files to sources, and taking them back."""

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from sqlalchemy import delete, insert

from tracker.accounts.viewer import Viewer
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.core.intake import Intake
from tracker.core.now import now
from tracker.history import actions as history
from tracker.records import actions as records
from tracker.sources.filetypes import FileType, type_of
from tracker.sources.models import Attachment, AttachmentPiece, Source
from tracker.sources.stripping import CannotStrip, stripped

MOST_BYTES = 25 * 1024 * 1024
PIECE = 256 * 1024
TAKEN = "PDF, JPEG, PNG, WebP, GIF, plain text (UTF-8), DOCX, XLSX or ODT"


@dataclass(frozen=True)
class FileInput:
    """A file as it was sent; `as_it_is` where others are to get the original too."""

    name: str
    content: bytes
    as_it_is: bool = False


@dataclass(frozen=True)
class Prepared:
    """A file that was checked, with the copy that others get, if there is one."""

    name: str
    file_type: FileType
    content: bytes
    shared: bytes | None


def prepare(given: FileInput) -> Prepared:
    """Check a file and make the copy for others. It takes seconds where a file is large, and asks
    the database nothing: the caller holds no lock meanwhile. Raises `Refused`."""
    intake = Intake()
    bare = PurePosixPath(given.name.replace("\\", "/")).name
    name = intake.text("file", bare, Attachment.name, missing="Choose a file.")
    file_type = None
    if not intake.problems:
        file_type = _checked_type(given.content, intake)
    intake.done()
    assert file_type is not None
    try:
        shared = stripped(given.content, file_type)
    except CannotStrip as problem:
        raise Refused({"file": str(problem)}) from None
    return Prepared(name, file_type, given.content, given.content if given.as_it_is else shared)


def _checked_type(content: bytes, intake: Intake) -> FileType | None:
    if not content:
        intake.refuse("file", "This file is empty. Choose another.")
        return None
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 1024 // 1024
        intake.refuse("file", f"A file may have up to {most} MB. Make it smaller, or part it.")
        return None
    found = type_of(content)
    if found is None:
        intake.refuse("file", f"By its content this is none of the files that are taken: {TAKEN}.")
    return found


def attach_file(viewer: Viewer, source: Source, file: Prepared) -> Attachment:
    """Add a file, which was checked, to a source. Raises `NotAllowed`."""
    records.require_edit(source, viewer)
    shared = file.shared
    row = Attachment(
        source_id=source.id,
        name=file.name,
        file_type=file.file_type,
        size=len(file.content),
        sha256=_digest(file.content),
        shared_size=None if shared is None else len(shared),
        shared_sha256=None if shared is None else _digest(shared),
        added_by_id=viewer.user_id,
    )
    records.copy_audience(row, source)
    db.session.add(row)
    db.session.flush()
    _keep(row.id, file.content, is_copy=False)
    if shared is not None and row.is_stripped:
        _keep(row.id, shared, is_copy=True)
    records.touch(source)
    others = "metadata removed" if row.is_stripped else "as it is" if row.is_shared else "none"
    history.record(
        "attachment.added",
        actor_id=viewer.user_id,
        records=[source.id],
        body={"after": {"file": row.name, "SHA-256": row.sha256, "for others": others}},
    )
    return row


def void_attachment(
    viewer: Viewer, source: Source, attachment: Attachment | None, reason: str
) -> None:
    """Take back a file that was added in error: its bytes are deleted, since it may be one that
    endangers somebody. Raises `Refused` or `NotAllowed`."""
    records.require_edit(source, viewer)
    intake = Intake()
    reason = intake.reason("reason", reason, "Say in a sentence what was wrong.")
    if attachment is None or attachment.voided_at is not None:
        intake.refuse("which", "Choose one of the files of the source.")
    intake.done()
    assert attachment is not None
    attachment.voided_at, attachment.voided_by_id = now(), viewer.user_id
    attachment.void_reason = reason
    pieces = delete(AttachmentPiece).where(AttachmentPiece.attachment_id == attachment.id)
    db.session.execute(pieces.execution_options(synchronize_session=False))
    records.touch(source)
    history.record(
        "attachment.voided",
        actor_id=viewer.user_id,
        records=[source.id],
        body={"before": {"file": attachment.name, "SHA-256": attachment.sha256}, "reason": reason},
    )


def _keep(attachment_id: int, content: bytes, *, is_copy: bool) -> None:
    for position, start in enumerate(range(0, len(content), PIECE)):
        db.session.execute(
            insert(AttachmentPiece),
            {
                "attachment_id": attachment_id,
                "is_copy": is_copy,
                "position": position,
                "content": content[start : start + PIECE],
            },
        )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
