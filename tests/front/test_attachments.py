"""Files of sources: what is taken, who gets which copy, and how it is handed out."""

import io
import re
from collections.abc import Callable
from hashlib import sha256
from urllib.parse import quote

import pikepdf
import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.front.files import (
    AUTHOR,
    CAMERA,
    damaged_archive,
    docx,
    everything_in,
    jpeg,
    locked_pdf,
    packed,
    pdf,
    pdf_with_pictures,
    telling_jpeg,
)
from tests.front.support import (
    Sitting,
    assert_problems,
    entries,
    links,
    markup_of,
    nothing_changes,
    options,
    record_draft,
    save,
    section,
    send_files,
    share,
    words,
)
from tests.inside.samples import reading
from tests.support.people import Person, words_of
from tracker.core.db import db
from tracker.sources.attachments import MOST_BYTES
from tracker.sources.models import AttachmentPiece
from tracker.sources.stripping.embedded import without_segments
from tracker.sources.stripping.pdf import _has_inline_jpeg
from tracker.web.encoding import MOST_SENT

TIBETAN = "བོད་ལྗོངས་སྤྱི་བདེ།.pdf"
TEXT = "What was said: 西藏.".encode()


@pytest.fixture
def source(staff: Person) -> str:
    """A source of the first organisation, for its own people."""
    typed = {"sources-0-title": "A report", "sources-0-url": "https://example.org/report"}
    return source_of(staff, record_draft(staff, typed))


def source_of(person: Person, record: str) -> str:
    (found,) = {link for link in links(person.get(record)) if link.startswith("/sources/S-")}
    return found


def share_with_ask(person: Person, source: str) -> None:
    """A source shared with the coalition together with the ask that cites it."""
    share(person, source, together=options(person.get(f"{source}/audience"), "together"))


def add(person: Person, source: str, name: str, content: bytes, **typed: str) -> str:
    """A file added through the form: the address at which it is got."""
    before = files_of(person, source)
    form = Sitting(person, f"{source}/attachments/new").choose_file(name, content).type(typed)
    form.save()
    (added,) = files_of(person, source) - before
    return added


def files_of(person: Person, source: str) -> set[str]:
    """The files that the page of a source offers."""
    return {link for link in links(person.get(source)) if re.search(r"/attachments/\d+$", link)}


def refused(person: Person, source: str, name: str, content: bytes) -> TestResponse:
    with nothing_changes(person.app):
        return Sitting(person, f"{source}/attachments/new").choose_file(name, content).send()


# ---- what is handed out


def test_a_picture_is_got_as_it_came_by_its_owner_and_without_its_metadata_by_others(
    staff: Person, colleague: Person, partner: Person, other_staff: Person, source: str
) -> None:
    content = jpeg()
    path = add(staff, source, "IMG_1.JPG", content)
    share_with_ask(staff, source)
    for person in (staff, colleague):
        assert person.get(path).data == content
    stripped = partner.get(path).data
    assert other_staff.get(path).data == stripped
    assert staff.get(f"{path}?copy=others").data == stripped
    assert partner.get(f"{path}?copy=original").data == stripped
    for told in (CAMERA.encode(), AUTHOR.encode(), b"Exif"):
        assert told in content
        assert told not in stripped
    shown = Image.open(io.BytesIO(stripped))
    assert not dict(shown.getexif())
    assert shown.size == (20, 40), "it stands upright without being told how it lies"
    assert shown.convert("RGB").getpixel((5, 5))[0] > 240  # type: ignore[index]
    assert sha256(content).hexdigest() in words_of(staff.get(source))
    assert sha256(stripped).hexdigest() in words_of(partner.get(source))
    assert sha256(content).hexdigest() not in section(partner.get(source), "files")
    assert "others get a copy without its metadata" in section(staff.get(source), "files")


def test_a_pdf_is_got_without_its_author_its_scripts_and_what_is_inside_it(
    staff: Person, partner: Person, source: str
) -> None:
    content = pdf()
    path = add(staff, source, "report.pdf", content)
    share_with_ask(staff, source)
    assert staff.get(path).data == content
    got = partner.get(path)
    assert got.mimetype == "application/pdf"
    before, after = everything_in(content), everything_in(got.data)
    for told in (AUTHOR.encode(), CAMERA.encode(), b"JavaScript", b"EmbeddedFile", b"OpenAction"):
        assert told in before, told
        assert told not in after, told
    assert b"/DCTDecode" in got.data, "the picture on its page is still there"


def test_pictures_in_a_pdf_say_nothing_wherever_programs_write_it(
    staff: Person, partner: Person, source: str
) -> None:
    content = pdf_with_pictures((telling_jpeg(), "/DCTDecode"), (telling_jpeg(), "/DCT"))
    path = add(staff, source, "report.pdf", content)
    share_with_ask(staff, source)
    after = everything_in(partner.get(path).data)
    for told in (AUTHOR.encode(), CAMERA.encode(), b"Exif", b"JFXX"):
        assert told in everything_in(content), told
        assert told not in after, told
    with pikepdf.open(io.BytesIO(partner.get(path).data)) as opened:
        shown = list(opened.pages[0].get_images().values())
        assert len(shown) == 2
        for picture in shown:
            drawn = Image.open(io.BytesIO(picture.read_raw_bytes()))
            assert drawn.convert("RGB").getpixel((5, 5))[0] > 240  # type: ignore[index]
    inline = b"q BI /W 1 /H 1 /BPC 8 /CS /RGB /F /DCT ID " + jpeg() + b" EI Q"
    said = "A picture in this PDF cannot be cleaned. Print it into a new PDF."
    answer = refused(staff, source, "inline.pdf", pdf_with_pictures(drawn=inline))
    assert_problems(answer, {"file": said})


def test_what_stands_on_a_page_of_a_pdf_stays_whatever_it_is_called(
    staff: Person, partner: Person, source: str
) -> None:
    file = io.BytesIO()
    names = ("/I", "/Creator", "/CreatorInfo", "/Thumb")
    with pikepdf.new() as made:
        page = made.add_blank_page()
        fonts = pikepdf.Dictionary()
        for name in names:
            fonts[name] = pikepdf.Dictionary(
                Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Courier
            )
        page.Resources = pikepdf.Dictionary(Font=fonts)
        made.save(file)
    path = add(staff, source, "report.pdf", file.getvalue())
    share_with_ask(staff, source)
    with pikepdf.open(io.BytesIO(partner.get(path).data)) as opened:
        assert set(opened.pages[0].Resources.Font.keys()) == set(names)


def test_many_small_pictures_among_drawing_commands_are_looked_through_once() -> None:
    """A search that begins anew at each of them would take minutes."""
    small = b"BI /W 1 /H 1 /BPC 1 ID \x00 EI\n"
    assert not _has_inline_jpeg(small * 100_000)
    assert _has_inline_jpeg(small * 100_000 + b"BI /F /DCT ID EI")


DAMAGED: dict[str, tuple[Callable[[bytes], bytes], bool]] = {
    "zeros between its parts": (lambda j: j.replace(b"\xff\xda", b"\x00\x00\xff\xda", 1), True),
    "cut off": (lambda j: j[:-6], True),
    "without points": (lambda j: j[: j.index(b"\xff\xda")], False),
}


@pytest.mark.parametrize("how", DAMAGED)
def test_a_damaged_picture_is_kept_as_far_as_it_can_be_seen(how: str) -> None:
    damage, is_kept = DAMAGED[how]
    content = damage(telling_jpeg().partition(b"\xff\xd9")[0] + b"\xff\xd9")
    if not is_kept:
        with pytest.raises(ValueError, match="without points"):
            without_segments(content)
        return
    clean = without_segments(content)
    assert AUTHOR.encode() not in clean
    assert Image.open(io.BytesIO(clean)).size == (40, 20)


@pytest.mark.parametrize("progressive", [False, True])
def test_a_clean_picture_has_the_same_points(progressive: bool) -> None:
    file = io.BytesIO()
    drawn = Image.linear_gradient("L").resize((90, 70))
    drawn.save(file, "JPEG", progressive=progressive, comment=AUTHOR, restart_marker_blocks=4)
    clean = without_segments(file.getvalue() + jpeg())
    assert AUTHOR.encode() not in clean
    assert clean.endswith(b"\xff\xd9")
    before, after = (Image.open(io.BytesIO(each)).tobytes() for each in (file.getvalue(), clean))
    assert before == after


def test_of_a_file_that_is_not_given_out_others_learn_the_name_alone(
    staff: Person, partner: Person, source: str
) -> None:
    content = docx()
    add(staff, source, "notes.docx", content)
    share_with_ask(staff, source)
    assert sha256(content).hexdigest() in words_of(staff.get(source))
    add(staff, source, "more.docx", docx("more"))
    assert "SHA-256" in staff.get(f"{source}/history").text
    assert "SHA-256" not in partner.get(f"{source}/history").text
    said = section(partner.get(source), "files")
    assert "notes.docx" in said
    assert "SHA-256" not in said
    assert " kB" not in said


def test_a_file_goes_out_as_a_download_that_runs_nothing(staff: Person, source: str) -> None:
    for name, content, served_as in (
        ("a.pdf", pdf(), "application/pdf"),
        ("b.jpg", jpeg(), "image/jpeg"),
        ("c.txt", TEXT, "text/plain; charset=utf-8"),
    ):
        answer = staff.get(add(staff, source, name, content))
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == served_as
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Length"] == str(len(content))


@pytest.mark.parametrize(
    ("name", "content", "saved_as"),
    [
        (TIBETAN, pdf(), TIBETAN),
        ("西藏自治区; x=1 %22公安厅.pdf", pdf(), '西藏自治区; x=1 "公安厅.pdf'),
        ("../../etc/passwd", TEXT, "passwd.txt"),
        ("page.html", TEXT, "page.html.txt"),
        ("x" * 251 + ".txt", TEXT, "x" * 251 + ".txt"),
    ],
)
def test_a_file_keeps_its_name_in_any_script(
    staff: Person, source: str, name: str, content: bytes, saved_as: str
) -> None:
    path = add(staff, source, name, content)
    said = staff.get(path).headers["Content-Disposition"]
    assert said.endswith(f"filename*=UTF-8''{quote(saved_as, safe='')}")
    assert re.search(r'; filename="S-\w{8}-\d+\.\w+"', said), said
    assert saved_as.removesuffix(".txt") in section(staff.get(source), "files")


def test_what_office_programs_make_stays_with_its_owner(
    staff: Person, partner: Person, source: str
) -> None:
    content = docx()
    path = add(staff, source, "draft.docx", content)
    share_with_ask(staff, source)
    assert staff.get(path).data == content
    assert "others get none: save it as a PDF to share it" in section(staff.get(source), "files")
    assert partner.get(path).status_code == 404
    assert files_of(partner, source) == set()
    assert "draft.docx" in section(partner.get(source), "files")
    assert "ask them for it" in section(partner.get(source), "files")


def test_an_original_goes_to_others_where_its_owner_says_so(
    staff: Person, partner: Person, source: str
) -> None:
    content = jpeg()
    path = add(staff, source, "evidence.jpg", content, as_it_is="y")
    share_with_ask(staff, source)
    assert partner.get(path).data == content
    assert "others get it as it is" in section(staff.get(source), "files")
    text = add(staff, source, "notes.txt", TEXT)
    assert partner.get(text).data == TEXT


def test_a_file_larger_than_a_piece_comes_back_whole(
    app: Flask, staff: Person, source: str
) -> None:
    content = b"\n".join(str(number).encode() for number in range(150_000))
    path = add(staff, source, "numbers.txt", content)
    assert staff.get(path).data == content
    with reading(app):
        assert (db.session.scalar(select(func.count()).select_from(AttachmentPiece)) or 0) > 3


# ---- what is not taken


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"words, and then <script>alert(1)</script>",
        b"\xef\xbb\xbf  <svg xmlns='http://www.w3.org/2000/svg'/>",
        b"MZ\x90\x00\x03",
        b"\x7fELF",
        b"PK\x03\x04 and no more",
        packed("a.txt"),
        packed("[Content_Types].xml", "ppt/presentation.xml"),
        docx("word/vbaProject.bin"),
        b"text with a \x00 in it",
        b"\xff\xfe\x00",
        b"   ",
    ],
)
@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_what_a_file_is_is_told_by_its_content_and_not_by_its_name(
    staff: Person, source: str, content: bytes
) -> None:
    answer = refused(staff, source, "report.pdf", content)
    assert_problems(answer, {"file": "By its content this is none of the files that are taken"})


def test_a_file_that_cannot_be_opened_is_refused(staff: Person, source: str) -> None:
    for content, said in (
        (jpeg()[:200], "This picture cannot be opened."),
        (b"\x89PNG\r\n\x1a\n and no more", "This picture cannot be opened."),
        (b"%PDF-1.7 and no more", "This PDF cannot be opened."),
        (locked_pdf(), "This PDF is locked by a password."),
        (jpeg((9_000, 9_000)), "This picture has more than 60 million points."),
        (damaged_archive(), "By its content this is none of the files that are taken"),
        (b"", "This file is empty."),
    ):
        assert_problems(refused(staff, source, "a.pdf", content), {"file": said})
    with nothing_changes(staff.app):
        answer = Sitting(staff, f"{source}/attachments/new").send()
    assert_problems(answer, {"file": "Choose a file."})
    assert_problems(refused(staff, source, "a\u202efdp.exe", TEXT), {"file": "invisible mark"})
    assert_problems(refused(staff, source, "x" * 256, TEXT), {"file": "256 characters"})


def test_25_mb_are_taken_and_a_byte_more_is_not(staff: Person, source: str) -> None:
    most = b"x" * MOST_BYTES
    answer = refused(staff, source, "large.txt", most + b"x")
    assert_problems(answer, {"file": "A file may have up to 25 MB."})
    answer = refused(staff, source, "huge.txt", b"x" * MOST_SENT)
    assert answer.status_code == 413
    assert "This file is too large A file may have up to 25 MB." in words_of(answer)
    path = add(staff, source, "large.txt", most)
    assert staff.get(path).headers["Content-Length"] == str(MOST_BYTES)
    assert "25.0 MB" in section(staff.get(source), "files")


def test_only_who_may_add_a_file_is_listened_to(
    staff: Person, partner: Person, other_staff: Person, anonymous: Person, source: str
) -> None:
    path = f"{source}/attachments/new"
    share_with_ask(staff, source)
    with nothing_changes(staff.app):
        for person, code in ((partner, 403), (other_staff, 403), (anonymous, 401)):
            token = [] if person is anonymous else [person.token()]
            large = {"file": ("a.txt", b"x" * 3 * 1024**2)}
            answer = send_files(person, path, {"csrf_token": token}, large)
            assert answer.status_code == code, person.email


# ---- whose it is


def test_a_file_of_a_hidden_source_is_not_there(
    staff: Person, partner: Person, other_staff: Person, source: str
) -> None:
    path = add(staff, source, "report.pdf", pdf())
    missing = partner.get("/sources/S-00000000/attachments/1")
    for person in (partner, other_staff):
        answer = person.get(path)
        assert answer.status_code == missing.status_code == 404
        assert words(answer.text) == words(person.get(f"{source}/attachments/999999").text)
    share_with_ask(staff, source)
    assert partner.get(path).status_code == 200
    share(staff, source, "organisation")
    assert partner.get(path).status_code == 404
    another = source_of(staff, record_draft(staff, {"sources-0-title": "Another"}))
    key = path.rpartition("/")[2]
    assert staff.get(f"{another}/attachments/{key}").status_code == 404


def test_a_void_file_is_gone_for_everybody_and_the_history_keeps_why(
    app: Flask, staff: Person, source: str, on_day: Callable[[str], None]
) -> None:
    path = add(staff, source, TIBETAN, pdf())
    key = path.rpartition("/")[2]
    form = Sitting(staff, f"{source}/attachments/void")
    with nothing_changes(app):
        answer = form.type({"which": key, "reason": " "}).send()
    assert_problems(answer, {"reason": "Say in a sentence what was wrong."})
    page = save(staff, f"{source}/attachments/void", {"which": key, "reason": "Another report."})
    assert "No file is kept here." in section(page, "files")
    assert staff.get(path).status_code == 404
    with reading(app):
        assert db.session.scalar(select(func.count()).select_from(AttachmentPiece)) == 0
    voided, added = entries(staff.get(f"{source}/history"))[:2]
    assert "File voided" in voided
    assert TIBETAN in voided
    assert "Reason: Another report." in voided
    assert "File added" in added


def test_the_page_of_a_source_says_what_rests_on_it(
    staff: Person, partner: Person, source: str
) -> None:
    assert "Sanction those responsible" in section(staff.get(source), "cited")
    share_with_ask(staff, source)
    assert "Sanction those responsible" in section(partner.get(source), "cited")
    assert "/attachments/new" not in partner.get(source).text
    assert source in links(staff.get("/sources"))
    assert "Add a file" in words(staff.get(source).text)
    assert "Add a file" not in markup_of(partner.get(source), "files")
