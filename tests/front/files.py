"""Real files, as people have them, with what they tell of their making."""

import io
import zipfile
import zlib
from typing import Any

import pikepdf
from PIL import Image

CAMERA, AUTHOR = "Some Camera 3000", "Somebody Who Wrote It"


def jpeg(size: tuple[int, int] = (40, 20)) -> bytes:
    """A picture that a telephone took on its side, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # it lies on its side
    exif[0x010F] = CAMERA
    place: Any = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (29.0, 39.0, 0.0)
    file = io.BytesIO()
    Image.new("RGB", size, "red").save(
        file, "JPEG", exif=exif, comment=AUTHOR.encode(), xmp=f"<x>{AUTHOR}</x>".encode()
    )
    return file.getvalue()


def pdf() -> bytes:
    """A document of one page with an author, a comment of theirs, a file inside it, a picture with
    its place, and a script."""
    file = io.BytesIO()
    with pikepdf.new() as made:
        page = made.add_blank_page()
        made.docinfo["/Author"] = AUTHOR
        with made.open_metadata() as metadata:
            metadata["dc:creator"] = [AUTHOR]
        made.attachments["inside.txt"] = AUTHOR.encode()
        name = pikepdf.Name
        picture = pikepdf.Stream(
            made,
            jpeg(),
            Type=name.XObject,
            Subtype=name.Image,
            Width=40,
            Height=20,
            ColorSpace=name.DeviceRGB,
            BitsPerComponent=8,
            Filter=name.DCTDecode,
        )
        packed = pikepdf.Stream(
            made,
            zlib.compress(jpeg()),
            Type=name.XObject,
            Subtype=name.Image,
            Width=40,
            Height=20,
            ColorSpace=name.DeviceRGB,
            BitsPerComponent=8,
            Filter=pikepdf.Array([name.FlateDecode, name.DCTDecode]),
        )
        pictures = pikepdf.Dictionary(P=picture, Q=packed)
        page.Resources = pikepdf.Dictionary(XObject=pictures)
        elsewhere = pikepdf.Dictionary(S=name.GoToR, F=f"C:\\Users\\{AUTHOR}\\notes.pdf")
        signature = pikepdf.Dictionary(
            Type=name.Sig,
            Filter=name("/Adobe.PPKLite"),
            Name=AUTHOR,
            Location=AUTHOR,
            ContactInfo=AUTHOR,
            Reason=AUTHOR,
            ByteRange=[0, 1, 2, 3],
            Contents=pikepdf.String(AUTHOR.encode()),
        )
        field = pikepdf.Dictionary(
            Type=name.Annot,
            Subtype=name.Widget,
            FT=name.Sig,
            T="Signature1",
            V=made.make_indirect(signature),
            Rect=[0, 0, 0, 0],
        )
        signed = made.make_indirect(field)
        made.Root.AcroForm = pikepdf.Dictionary(Fields=[signed], SigFlags=3)
        rectangle = [0, 0, 9, 9]
        page.Annots = pikepdf.Array(
            [
                pikepdf.Dictionary(Type=name.Annot, Subtype=name.Text, Rect=rectangle, T=AUTHOR),
                pikepdf.Dictionary(Type=name.Annot, Subtype=name.Link, Rect=rectangle, A=elsewhere),
                signed,
            ]
        )
        page.Thumb = pikepdf.Stream(made, AUTHOR.encode(), Width=1, Height=1)
        local = pikepdf.Dictionary(S=name.URI, URI=f"file:///D:/{AUTHOR}/notes.html")
        note = pikepdf.Dictionary(
            Type=name.Annot, Subtype=name.Square, Rect=rectangle, Subj=AUTHOR, RC=f"<p>{AUTHOR}</p>"
        )
        page.Annots.append(
            pikepdf.Dictionary(Type=name.Annot, Subtype=name.Link, Rect=rectangle, A=local)
        )
        page.Annots.append(note)
        made.Root.URI = pikepdf.Dictionary(Base=f"file:///{AUTHOR}/")
        usage = pikepdf.Dictionary(CreatorInfo=pikepdf.Dictionary(Creator=AUTHOR))
        layer = made.make_indirect(pikepdf.Dictionary(Type=name.OCG, Name="One", Usage=usage))
        order = pikepdf.Dictionary(Creator=AUTHOR, Order=[layer])
        made.Root.OCProperties = pikepdf.Dictionary(OCGs=[layer], D=order)
        certificate = pikepdf.Stream(made, AUTHOR.encode())
        made.Root.DSS = pikepdf.Dictionary(Certs=[made.make_indirect(certificate)])
        thread = pikepdf.Dictionary(Type=name.Thread, I=pikepdf.Dictionary(Author=AUTHOR))
        made.Root.Threads = pikepdf.Array([made.make_indirect(thread)])
        own = pikepdf.Dictionary(O=name.UserProperties, P=[pikepdf.Dictionary(N="By", V=AUTHOR)])
        made.Root.StructTreeRoot = pikepdf.Dictionary(Type=name.StructTreeRoot, A=own)
        script = pikepdf.Dictionary(S=name.JavaScript, JS="app.alert('run')")
        made.Root.OpenAction = made.make_indirect(script)
        made.save(file)
    return file.getvalue()


def telling_jpeg() -> bytes:
    """A picture with further places in which programs say something, and more behind its end."""
    plain = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(plain, "JPEG")
    content = plain.getvalue()

    def segment(marker: int, said: bytes) -> bytes:
        return bytes((0xFF, marker)) + (len(said) + 2).to_bytes(2, "big") + said

    who = AUTHOR.encode()
    further = segment(0xE0, b"JFXX\x00\x10" + who) + b"\xff" + segment(0xE1, b"Exif\x00\x00" + who)
    return content[:2] + further + content[2:] + jpeg() + who


def pdf_with_pictures(*pictures: tuple[bytes, str], drawn: bytes = b"") -> bytes:
    """A document with these pictures, each with its packing, and these drawing commands."""
    file = io.BytesIO()
    with pikepdf.new() as made:
        page = made.add_blank_page()
        shown = pikepdf.Dictionary()
        for number, (content, packing) in enumerate(pictures):
            shown[f"/P{number}"] = pikepdf.Stream(
                made,
                content,
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=40,
                Height=20,
                ColorSpace=pikepdf.Name.DeviceRGB,
                BitsPerComponent=8,
                Filter=pikepdf.Name(packing),
            )
        page.Resources = pikepdf.Dictionary(XObject=shown)
        page.Contents = pikepdf.Stream(made, drawn)
        made.save(file, compress_streams=True)
    return file.getvalue()


def locked_pdf() -> bytes:
    """A document that opens with a password only."""
    file = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(file, encryption=pikepdf.Encryption(owner="o", user="u"))
    return file.getvalue()


def everything_in(content: bytes) -> bytes:
    """All that a PDF says, nothing of it packed."""
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as opened:
        opened.save(
            file,
            qdf=True,
            stream_decode_level=pikepdf.StreamDecodeLevel.specialized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return file.getvalue()


def packed(*members: str) -> bytes:
    """A ZIP with these members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in members:
            made.writestr(name, AUTHOR)
    return file.getvalue()


def damaged_archive() -> bytes:
    """A ZIP whose one member was packed, and damaged since."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.text" * 4)
    whole = file.getvalue()
    start = whole.index(b"mimetype") + len(b"mimetype")
    return whole[:start] + b"\xff" * 12 + whole[start + 12 :]


def docx(*more: str) -> bytes:
    """A document of an office program."""
    return packed("[Content_Types].xml", "word/document.xml", "docProps/core.xml", *more)
