"""Copies of files without what they tell of their making: where a picture was taken and with which
camera, who wrote a document and when."""

import io
import re
import zlib
from collections.abc import Iterator
from typing import Any

import pikepdf
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from tracker.sources.filetypes import FileType

MOST_PIXELS = 60_000_000  # of all frames together
MOST_DEPTH = 100
FORMATS = {
    FileType.PNG: "PNG",
    FileType.JPEG: "JPEG",
    FileType.WEBP: "WEBP",
    FileType.GIF: "GIF",
}
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
NO_JFIF_THUMBNAIL = b"\x00\x00"
OF_MAKERS_IN_JPEG_2000 = (b"uuid", b"xml ", b"uinf")


class CannotStrip(ValueError):
    """A file that cannot be opened; the message says what to do."""


def stripped(content: bytes, file_type: FileType) -> bytes | None:
    """The copy of a file that others may have. The same bytes for plain text, which tells no more
    than it shows; nothing for documents of office programs, which can hold names in comments,
    changes and pictures that nothing takes out for certain. Raises `CannotStrip`."""
    if file_type in FORMATS:
        return _image(content, FORMATS[file_type])
    if file_type is FileType.PDF:
        return _pdf(content)
    return content if file_type is FileType.TEXT else None


# ---- pictures


def _image(content: bytes, format_: str) -> bytes:
    damaged = "This picture cannot be opened. Save it anew with another program, and choose that."
    too_large = (
        f"This picture has more than {MOST_PIXELS // 1_000_000} million points. Make it smaller."
    )
    try:
        opened = Image.open(io.BytesIO(content), formats=[format_])
        frames = 1 if opened.format == "MPO" else getattr(opened, "n_frames", 1)
        if opened.width * opened.height * frames > MOST_PIXELS:
            raise CannotStrip(too_large)
        return _drawn_anew(opened, format_, frames)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise CannotStrip(too_large) from None
    except CannotStrip:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, KeyError):
        raise CannotStrip(damaged) from None


def _drawn_anew(opened: Image.Image, format_: str, frames: int) -> bytes:
    """The points alone, the right way up, saved without anything that was said beside them."""
    file = io.BytesIO()
    if frames > 1:
        shown = [_bare(frame.copy()) for frame in ImageSequence.Iterator(opened)]
        beat = {"duration": opened.info.get("duration", 100), "loop": opened.info.get("loop", 0)}
        shown[0].save(file, format_, save_all=True, append_images=shown[1:], **beat)
        return file.getvalue()
    # by way of its points: the picture that was opened remembers what it was opened with
    picture = _bare(ImageOps.exif_transpose(opened))
    quality = {"quality": 92} if format_ in ("JPEG", "WEBP") else {}
    picture.save(file, format_, **quality)
    return file.getvalue()


def _bare(picture: Image.Image) -> Image.Image:
    """A picture of the same points, of which nothing else is known but which are transparent."""
    picture.load()
    if picture.mode not in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"):
        picture = picture.convert("RGB")
    made = Image.new(picture.mode, picture.size)
    palette = picture.getpalette("RGB") if picture.mode == "P" else None
    if palette:
        made.putpalette(palette)
    made.paste(picture)
    if "transparency" in picture.info and picture.mode in ("P", "L", "RGB"):
        made.info["transparency"] = picture.info["transparency"]
    return made


# ---- PDF


def _pdf(content: bytes) -> bytes:
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


def without_boxes(jpeg_2000: bytes) -> bytes:
    """A JPEG 2000 picture without the boxes in which programs write what they know of it (ISO/IEC
    15444-1, annex I); a bare codestream has none."""
    if jpeg_2000[4:8] != b"jP  ":
        return jpeg_2000
    kept, place = [], 0
    while place + 8 <= len(jpeg_2000):
        length = int.from_bytes(jpeg_2000[place : place + 4], "big")
        if length == 1:
            length = int.from_bytes(jpeg_2000[place + 8 : place + 16], "big")
        end = place + length if length else len(jpeg_2000)
        if end < place + 8:
            raise ValueError("a box that is shorter than its head")
        if jpeg_2000[place + 4 : place + 8] not in OF_MAKERS_IN_JPEG_2000:
            kept.append(jpeg_2000[place:end])
        place = end
    return b"".join(kept)


def without_segments(jpeg: bytes) -> bytes:
    """A JPEG without its comments, what programs wrote into it and what stands behind its end, its
    points untouched. The marks of JFIF and of Adobe stay: they say how its colours are meant."""
    kept, place, has_points = [jpeg[:2]], 2, False
    while (place := jpeg.find(b"\xff", place)) >= 0 and place + 2 <= len(jpeg):
        marker = jpeg[place + 1]
        if marker == 0xFF:  # one may stand before a marker, to fill
            place += 1
            continue
        if marker == 0xD9:
            kept.append(jpeg[place : place + 2])
            break
        end = place + 2 + int.from_bytes(jpeg[place + 2 : place + 4], "big")
        if end < place + 4:
            raise ValueError("a segment that is shorter than its head")
        if marker == 0xDA:  # the points begin
            has_points, end = True, _end_of_points(jpeg, end)
        kept.append(_kept_segment(marker, jpeg[place:end]))
        place = end
    if not has_points:
        raise ValueError("a picture without points")
    return b"".join(kept)


def _kept_segment(marker: int, segment: bytes) -> bytes:
    """A segment as it stays: nothing of one in which a program says something."""
    if marker == 0xE0 and segment[4:9] == b"JFIF\x00" and len(segment) >= 18:
        head = segment[4:16] + NO_JFIF_THUMBNAIL
        return segment[:2] + (len(head) + 2).to_bytes(2, "big") + head
    if marker == 0xEE and segment[4:9] == b"Adobe":
        return segment
    says = 0xE0 <= marker <= 0xEF or marker == 0xFE
    return b"" if says else segment


def _end_of_points(jpeg: bytes, place: int) -> int:
    """Where the next marker stands: a byte of points that looks like one has a zero behind it, and
    the marks at which reading can begin anew belong to the points (ISO/IEC 10918-1, B.1.1)."""
    while (place := jpeg.find(b"\xff", place)) >= 0:
        follows = jpeg[place + 1 : place + 2]
        if follows and follows[0] != 0 and not 0xD0 <= follows[0] <= 0xD7 and follows[0] != 0xFF:
            return place
        place += 1 if follows == b"\xff" else 2
    return len(jpeg)
