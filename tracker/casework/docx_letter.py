"""A letter as a .docx file: plain paragraphs, fonts for every script, and nobody's name in its
properties."""

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import groupby

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from tracker.core.now import now

MIMETYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LATIN, HAN = "Times New Roman", "SimSun"
# by script: its letters, the font that Word has for it, its language, whether it runs right to left
_COMPLEX = (
    (re.compile(r"[\u0f00-\u0fff]"), "Microsoft Himalaya", "bo-CN", False),
    (re.compile(r"[\u0590-\u05ff\ufb1d-\ufb4f]"), LATIN, "he-IL", True),
    (re.compile(r"[\u0600-\u08ff\ufb50-\ufdff\ufe70-\ufeff]"), LATIN, "ar-SA", True),
    (re.compile(r"[\u1800-\u18af]"), "Mongolian Baiti", "mn-Mong-CN", False),
    (re.compile(r"[\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f]"), LATIN, "hi-IN", False),
)
_PLAIN = len(_COMPLEX)
_LETTER_OR_MARK = re.compile(r"[^\W\d_]|[\u0300-\u036f\u0590-\u1aff]")


def letter_as_docx(text: str, *, on_us_paper: bool) -> bytes:
    """The file: a paragraph for each line of a clean text, more room after each of its blocks."""
    document = Document()
    _set_up(document.styles["Normal"].element)
    section = document.sections[0]
    if not on_us_paper:
        section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Cm(2.5)
    lines = text.split("\n")
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line:
            _add(document.add_paragraph(), line, ends_block=not following)
    about = document.core_properties
    about.author = about.last_modified_by = about.title = about.comments = about.keywords = ""
    about.created = about.modified = now().replace(microsecond=0, tzinfo=None)
    about.revision = 1
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def _set_up(style: BaseOxmlElement) -> None:
    properties = style.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]  # a theme's font would go before ours
    _name_fonts(fonts, LATIN)
    for tag in ("w:sz", "w:szCs"):
        for old in properties.findall(qn(tag)):
            properties.remove(old)
        properties.append(_element(tag, val="22"))


def _name_fonts(fonts: BaseOxmlElement, complex_font: str) -> None:
    for kind, font in {"ascii": LATIN, "hAnsi": LATIN, "eastAsia": HAN, "cs": complex_font}.items():
        fonts.set(qn(f"w:{kind}"), font)


def _add(paragraph: Paragraph, line: str, *, ends_block: bool) -> None:
    layout = paragraph.paragraph_format
    layout.space_before, layout.space_after = Pt(0), Pt(10 if ends_block else 0)
    if _runs_right_to_left(line):
        # before the spacing: the format prescribes the order
        paragraph._p.get_or_add_pPr().insert(0, _element("w:bidi"))
    for script, piece in _pieces(line):
        run = paragraph.add_run(piece)
        if script < _PLAIN:
            _mark(run, script)


def _pieces(line: str) -> Iterator[tuple[int, str]]:
    """The line by scripts; what is no letter belongs to the letters before it."""
    scripts, last = [], _PLAIN
    for character in line:
        if _LETTER_OR_MARK.match(character):
            last = _script_of(character)
        scripts.append(last)
    pairs = zip(scripts, line, strict=True)
    for script, group in groupby(pairs, key=lambda pair: pair[0]):
        yield script, "".join(character for _, character in group)


def _script_of(character: str) -> int:
    known = (n for n, (letters, *_) in enumerate(_COMPLEX) if letters.match(character))
    return next(known, _PLAIN)


def _runs_right_to_left(line: str) -> bool:
    first = _LETTER_OR_MARK.search(line)
    script = _script_of(first[0]) if first else _PLAIN
    return script < _PLAIN and _COMPLEX[script][3]


def _mark(run: Run, script: int) -> None:
    """Have Word set a piece in the font of its script, and read it in its direction."""
    _, font, language, right_to_left = _COMPLEX[script]
    properties = run._r.get_or_add_rPr()
    _name_fonts(properties.get_or_add_rFonts(), font)
    # in the order that the format prescribes
    properties.append(_element("w:rtl" if right_to_left else "w:cs"))
    properties.append(_element("w:lang", bidi=language))


def _element(tag: str, **attributes: str) -> BaseOxmlElement:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element
