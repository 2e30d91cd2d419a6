"""PDF documents, rewritten with only what their pages show."""

import io
import re
import zlib
from collections.abc import Iterator
from typing import Any

import pikepdf

from tracker.sources.stripping.cannot import CannotStrip
from tracker.sources.stripping.embedded import without_boxes, without_segments

MOST_DEPTH = 100
# what a PDF says of its making, embeds, or does by itself
OF_MAKERS = ("/Metadata", "/PieceInfo", "/LastModified", "/SpiderInfo", "/OPI", "/IDS", "/URLS")
OF_THE_WHOLE = ("/DSS", "/Perms", "/Legal")  # certificates, and what they attest
EMBEDDED = ("/EmbeddedFiles", "/JavaScript", "/AF", "/EF")
ACTING = ("/JS", "/AA", "/OpenAction", "/XFA")
OF_COMMENTS = ("/T", "/M", "/CreationDate", "/NM", "/Subj", "/RC")  # who made one, and when
HARMFUL_ACTIONS = (
    *("/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/Rendition"),
    *("/GoToR", "/Thread"),  # to files of whoever made it, by their paths
)
# who signed it, where and why, with the certificate; it holds for the original alone
OF_SIGNERS = (
    *("/Name", "/Location", "/ContactInfo", "/Reason", "/M", "/Contents", "/Cert"),
    *("/Prop_Build", "/Prop_AuthType", "/ByteRange", "/Reference"),
)
OF_FILES = ("/F", "/UF", "/DOS", "/Mac", "/Unix", "/Desc", "/RF", "/CI", "/Thumb")
JPEG, JPEG_2000 = ("/DCTDecode", "/DCT"), ("/JPXDecode",)
# a picture among the drawing commands of a page: it cannot be cleaned there
INLINE_PICTURE, JPEG_FILTER = re.compile(rb"\bBI\b"), re.compile(rb"/(D|#44)(C|#43)(T|#54)")
INLINE = "A picture in this PDF cannot be cleaned. Print it into a new PDF."
NO_DRAWING = {
    *("/Image", "/Metadata", "/XRef", "/ObjStm", "/EmbeddedFile"),
    *("/Type1C", "/CIDFontType0C", "/OpenType"),  # programs of fonts
}
PIECE = 4096
MOST_DRAWING = 64_000_000  # bytes of drawing commands, unpacked
OPENED = ("http:", "https:", "mailto:")


def stripped_pdf(content: bytes) -> bytes:
    damaged = "This PDF cannot be opened. Print it into a new PDF, and choose that."
    locked = "This PDF is locked by a password. Save it without one, and choose that."
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                raise CannotStrip(locked)
            return _rewritten(pdf)
    except pikepdf.PasswordError:
        raise CannotStrip(locked) from None
    except CannotStrip:
        raise
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RecursionError, RuntimeError):
        raise CannotStrip(damaged) from None


def _rewritten(pdf: pikepdf.Pdf) -> bytes:
    """Only what its pages show: earlier versions and what nothing points to any more are left
    behind, and its number is made of its content."""
    for thing in list(pdf.objects):
        for part in _parts(thing, 0):
            _clean(part)
    for name in OF_THE_WHOLE:
        if name in pdf.Root:
            del pdf.Root[name]
    for page in pdf.pages:
        _refuse_inline_jpegs(page)
    for name in ("/Info", "/ID"):
        if name in pdf.trailer:
            del pdf.trailer[name]
    file = io.BytesIO()
    pdf.save(file, deterministic_id=True)
    return file.getvalue()


def _parts(thing: Any, depth: int) -> Iterator[Any]:
    """The dictionaries and streams of an object, itself first, without those that stand for
    themselves."""
    if depth > MOST_DEPTH:
        raise ValueError("too deep")
    if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        yield thing
        inner = [thing[key] for key in thing.keys()]  # noqa: SIM118
    elif isinstance(thing, pikepdf.Array):
        inner = list(thing)
    else:
        return
    for each in inner:
        if isinstance(each, pikepdf.Object) and not each.is_indirect:
            yield from _parts(each, depth + 1)


def _clean(part: Any) -> None:
    gone = [*OF_MAKERS, *EMBEDDED, *ACTING]
    if str(part.get("/Type", "")) == "/Annot" or "/Rect" in part:
        kind = str(part.get("/Subtype", ""))
        if kind != "/Widget":  # of which /T is the name of a field
            gone += OF_COMMENTS
        if kind == "/FileAttachment":
            gone += ["/FS", "/Contents"]
    if str(part.get("/Type", "")) in ("/Sig", "/DocTimeStamp") or (
        "/ByteRange" in part or "/SubFilter" in part
    ):
        gone += OF_SIGNERS
    if str(part.get("/Type", "")) in ("/Filespec", "/F"):
        gone += OF_FILES
    if str(part.get("/S", "")) in HARMFUL_ACTIONS:
        gone += ["/F", "/D", "/T", "/Win", "/Unix", "/Mac", "/R"]
        part["/S"] = pikepdf.Name("/None")
    if str(part.get("/S", "")) == "/URI" and not str(part.get("/URI", "")).startswith(OPENED):
        gone += ["/URI"]
        part["/S"] = pikepdf.Name("/None")
    if isinstance(part.get("/Base"), pikepdf.String):
        gone += ["/Base"]  # of all addresses in it: a folder of whoever made it
    if str(part.get("/O", "")) == "/UserProperties":
        gone += ["/P"]
    if _is_thread(part):
        gone += ["/I"]  # what it says of its author
    if isinstance(part.get("/Creator"), pikepdf.String):
        gone += ["/Creator"]
    if "/MediaBox" in part or str(part.get("/Type", "")) == "/Page":
        gone += ["/Thumb"]  # a picture of the page, perhaps as it was once
    for name in gone:
        if name in part:
            del part[name]
    if isinstance(part, pikepdf.Stream):
        _clean_picture(part)


def _is_thread(part: Any) -> bool:
    """Whether it is a thread through an article: with its type, or by the bead that it begins with.
    A name of one letter may stand for anything among the resources of a page."""
    if str(part.get("/Type", "")) == "/Thread":
        return True
    bead = part.get("/F")
    return isinstance(bead, pikepdf.Dictionary) and "/N" in bead and "/V" in bead


def _clean_picture(stream: pikepdf.Stream) -> None:
    """Take what a camera or a program says out of a picture that is kept as it came, perhaps packed
    once more. Raises `pikepdf.PdfError` for what cannot be unpacked."""
    filters, parms = _listed(stream, "/Filter"), _listed(stream, "/DecodeParms")
    last = str(filters[-1]) if filters else ""
    if last not in (*JPEG, *JPEG_2000):
        kinds = {str(stream.get(name, "")) for name in ("/Type", "/Subtype")}
        if not NO_DRAWING & kinds and _has_inline_jpeg(_drawn(stream)):
            raise CannotStrip(INLINE)
        return
    raw = stream.read_raw_bytes()
    if len(filters) > 1:
        with pikepdf.new() as other:
            packed = pikepdf.Stream(other, raw, Filter=pikepdf.Array(filters[:-1]))
            if len(parms) == len(filters):
                packed["/DecodeParms"] = pikepdf.Array(parms[:-1])
            raw = packed.read_bytes()
    clean = without_segments(raw) if last in JPEG else without_boxes(raw)
    own: Any = parms[-1] if len(parms) == len(filters) else None
    stream.write(clean, filter=pikepdf.Name(last), decode_parms=own)


def _refuse_inline_jpegs(page: pikepdf.Page) -> None:
    """Raise `CannotStrip` for a page with a picture of a camera among its drawing commands, which
    may go on from one stream to the next."""
    contents: Any = page.obj.get("/Contents")
    streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    drawn = b"\n".join(_drawn(each) for each in streams if isinstance(each, pikepdf.Stream))
    if _has_inline_jpeg(drawn):
        raise CannotStrip(INLINE)


def _has_inline_jpeg(drawn: bytes) -> bool:
    first = INLINE_PICTURE.search(drawn)
    return first is not None and JPEG_FILTER.search(drawn, first.end()) is not None


def _drawn(stream: pikepdf.Stream) -> bytes:
    """The drawing commands of a stream, as far as they can be read."""
    raw, filters = stream.read_raw_bytes(), [str(each) for each in _listed(stream, "/Filter")]
    if filters in (["/FlateDecode"], ["/Fl"]) and "/DecodeParms" not in stream:
        return _unpacked(raw)
    return stream.read_bytes() if filters else raw


def _unpacked(raw: bytes) -> bytes:
    """What a stream says, as far as it can be read: programs draw that much of a damaged one."""
    unpacking, found = zlib.decompressobj(), bytearray()
    for place in range(0, len(raw), PIECE):
        try:
            found += unpacking.decompress(raw[place : place + PIECE], MOST_DRAWING)
        except zlib.error:
            break
        if unpacking.unconsumed_tail or len(found) > MOST_DRAWING:
            raise ValueError("too much")
    return bytes(found)


def _listed(stream: pikepdf.Stream, name: str) -> list[Any]:
    """One or several filters of a stream, or what they are told, as a list."""
    found: Any = stream.get(name)
    if found is None:
        return []
    return list(found) if isinstance(found, pikepdf.Array) else [found]
