"""What a file is, told by its content alone. Whatever can hold script is none of these.

The type that a browser declares, and the end of a file's name, are claims of whoever sent it.
"""

import io
import lzma
import re
import zipfile
import zlib
from enum import StrEnum
from pathlib import PurePosixPath

MOST_MEMBERS = 5_000
MOST_UNPACKED = 200 * 1024 * 1024
CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]")
MARKUP = ("<script", "<html", "<svg", "<!doctype", "<?xml", "<body", "<iframe")
# what reading a damaged or odd archive raises
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError),
    *(OSError, ValueError, NotImplementedError, RuntimeError),
)


class FileType(StrEnum):
    """The types of files that are taken."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    GIF = "gif"
    TEXT = "text"
    DOCX = "docx"
    XLSX = "xlsx"
    ODT = "odt"


SERVED_AS = {
    FileType.PDF: "application/pdf",
    FileType.PNG: "image/png",
    FileType.JPEG: "image/jpeg",
    FileType.WEBP: "image/webp",
    FileType.GIF: "image/gif",
    FileType.TEXT: "text/plain; charset=utf-8",
    FileType.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileType.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileType.ODT: "application/vnd.oasis.opendocument.text",
}
# the ends of names that go with a type; the first is added to a name that has none of them
ENDINGS: dict[FileType, tuple[str, ...]] = {
    FileType.PDF: (".pdf",),
    FileType.PNG: (".png",),
    FileType.JPEG: (".jpg", ".jpeg", ".jpe", ".jfif"),
    FileType.WEBP: (".webp",),
    FileType.GIF: (".gif",),
    FileType.TEXT: (".txt", ".csv", ".tsv", ".md", ".log"),
    FileType.DOCX: (".docx",),
    FileType.XLSX: (".xlsx",),
    FileType.ODT: (".odt",),
}


def type_of(content: bytes) -> FileType | None:
    """The type of a file, or nothing where it is none of those that are taken."""
    if content.startswith(b"%PDF-"):
        return FileType.PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileType.PNG
    if content.startswith(b"\xff\xd8\xff"):
        return FileType.JPEG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return FileType.WEBP
    if content.startswith((b"GIF87a", b"GIF89a")):
        return FileType.GIF
    if content.startswith(b"PK\x03\x04"):
        return _of_zip(content)
    return FileType.TEXT if _is_plain_text(content) else None


def name_to_save(name: str, file_type: FileType) -> str:
    """The name under which a file is handed out: its own, with the end of its type where it has
    another, since a machine opens a file by the end of its name."""
    endings = ENDINGS[file_type]
    fits = PurePosixPath(name).suffix.lower() in endings
    return name if fits else name + endings[0]


def _of_zip(content: bytes) -> FileType | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = packed.infolist()
            if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > MOST_UNPACKED:
                return None
            names = {member.filename for member in members}
            encrypted = any(member.flag_bits & 1 for member in members)
            if encrypted or any(name.lower().endswith("vbaproject.bin") for name in names):
                return None
            return _of_members(packed, names)
    except UNREADABLE:
        return None


def _of_members(packed: zipfile.ZipFile, names: set[str]) -> FileType | None:
    if "[Content_Types].xml" in names:
        if "word/document.xml" in names:
            return FileType.DOCX
        return FileType.XLSX if "xl/workbook.xml" in names else None
    if "mimetype" in names and packed.getinfo("mimetype").file_size < 200:
        said = packed.read("mimetype")
        runs_code = any(name.startswith(("Basic/", "Scripts/")) for name in names)
        return FileType.ODT if said == SERVED_AS[FileType.ODT].encode() and not runs_code else None
    return None


def _is_plain_text(content: bytes) -> bool:
    """Text in UTF-8 without control characters, that no browser could take for a page."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    if not text.strip() or text.lstrip().startswith("<"):
        return False
    if CONTROLS.search(text):
        return False
    folded = text.lower()
    return not any(word in folded for word in MARKUP)
