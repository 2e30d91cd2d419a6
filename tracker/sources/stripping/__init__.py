"""Copies of files without what they tell of their making: where a picture was taken and with which
camera, who wrote a document and when."""

from tracker.sources.filetypes import FileType
from tracker.sources.stripping.cannot import CannotStrip
from tracker.sources.stripping.pdf import stripped_pdf
from tracker.sources.stripping.pictures import FORMATS, stripped_picture

__all__ = ["CannotStrip", "stripped"]


def stripped(content: bytes, file_type: FileType) -> bytes | None:
    """The copy of a file that others may have. The same bytes for plain text, which tells no more
    than it shows; nothing for documents of office programs, which can hold names in comments,
    changes and pictures that nothing takes out for certain. Raises `CannotStrip`."""
    if file_type in FORMATS:
        return stripped_picture(content, FORMATS[file_type])
    if file_type is FileType.PDF:
        return stripped_pdf(content)
    return content if file_type is FileType.TEXT else None
