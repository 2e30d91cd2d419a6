"""The sheet and the templates: colours that can be told apart, dark as light, nothing inline."""

import re
from itertools import product
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.sites import Site
from tracker import HERE, shipped

pytestmark = pytest.mark.browser

SHEET = (HERE / "static" / "tracker.css").read_text(encoding="utf-8")
TEMPLATES = sorted(shipped("templates").rglob("*.html"))
COLOUR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})")
LIGHT = ':root, [data-bs-theme="light"]'
SYSTEM_DARK = ':root:not([data-bs-theme="light"])'
CHOSEN_DARK = '[data-bs-theme="dark"]'

Scheme = Literal["light", "dark"]
GROUNDS = ("paper", "surface", "sunken", "hover")
STATUSES = ("bad", "warn", "good")
TEXT_ON_GROUND = [
    *product(("ink", "ink-2", "ink-3", "accent", "accent-2", *STATUSES), GROUNDS),
    *((status, f"{status}-tint") for status in STATUSES),
    *product(("ink", "ink-2"), [f"{name}-tint" for name in ("accent", *STATUSES)]),
    ("ink-3", "accent-tint"),
    ("accent", "accent-tint"),
    ("on-accent", "accent"),
    ("on-accent", "accent-2"),
    ("paper", "ink"),
]
GRAPHICS_ON_GROUND = list(
    product(
        ("line-3", "focus", "c-full", "c-part", "c-related", "c-declined", "c-none-line"),
        ("paper", "surface"),
    )
)


def block(selector: str) -> dict[str, str]:
    """The tokens that the rule of that selector sets."""
    found = re.search(r"(?m)^ *" + re.escape(selector) + r" \{([^}]*)\}", SHEET)
    assert found, selector
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", found[1]))


def ratio(one: str, other: str) -> float:
    """The contrast of two colours, as WCAG 2.2 counts it."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    assert COLOUR.fullmatch(colour), colour
    digits = colour[1:] if len(colour) > 4 else "".join(2 * digit for digit in colour[1:])
    parts = (int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_two_lists_of_dark_tokens_agree() -> None:
    assert block(SYSTEM_DARK) == block(CHOSEN_DARK)


def test_dark_sets_every_colour_that_light_sets() -> None:
    assert block(LIGHT).keys() == block(CHOSEN_DARK).keys()


@pytest.mark.parametrize("scheme", [LIGHT, CHOSEN_DARK], ids=["light", "dark"])
def test_text_is_readable_on_every_ground(scheme: str) -> None:
    tokens = block(scheme)
    weak = {
        f"{text} on {ground}": round(ratio(tokens[text], tokens[ground]), 2)
        for text, ground in TEXT_ON_GROUND
        if ratio(tokens[text], tokens[ground]) < 4.5
    }
    assert not weak


@pytest.mark.parametrize("scheme", [LIGHT, CHOSEN_DARK], ids=["light", "dark"])
def test_lines_and_marks_are_seen_on_every_ground(scheme: str) -> None:
    tokens = block(scheme)
    weak = {
        f"{mark} on {ground}": round(ratio(tokens[mark], tokens[ground]), 2)
        for mark, ground in GRAPHICS_ON_GROUND
        if ratio(tokens[mark], tokens[ground]) < 3
    }
    assert not weak


def test_numbers_of_a_colour_agree_with_the_colour() -> None:
    for scheme in (LIGHT, CHOSEN_DARK):
        tokens = block(scheme)
        for name in ("ink", "paper", "accent", "accent-2"):
            numbers = (int(tokens[name][place : place + 2], 16) for place in (1, 3, 5))
            assert tokens[f"rgb-{name}"] == ", ".join(map(str, numbers)), name


def test_every_token_that_is_used_is_set() -> None:
    known = set(re.findall(r"--([\w-]+)\s*:", SHEET))
    used = set(re.findall(r"var\(--([\w-]+)", SHEET))
    for template in TEMPLATES:
        used |= set(re.findall(r"var\(--([\w-]+)", template.read_text(encoding="utf-8")))
    assert {name for name in used - known if not name.startswith("bs-")} == set()


def test_the_sheet_sets_no_colour_outside_its_tokens() -> None:
    rules = SHEET[SHEET.index("/* 2 Base") : SHEET.index("/* 15 Print")]
    # the shadow of the phone's menu is the only one
    assert set(COLOUR.findall(rules)) <= {"#000"}


def test_the_sheet_fetches_nothing() -> None:
    assert not re.search(r"url\(|@import|@font-face|image-set\(", SHEET.partition("*/")[2])


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a style attribute", r"\sstyle\s*="),
        ("a style element", r"<style\b"),
        ("a script without a source", r"<script\b(?![^>]*\bsrc=)"),
        ("an event handler", r"<[^>]*\son[a-z]+\s*="),
        ("a script's address", r"javascript:"),
        (
            "a file of another host",
            r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=\"(?:https?:)?//",
        ),
        ("unescaped words", r"\|\s*safe\b"),
    ],
)
def test_no_template_holds(what: str, pattern: str) -> None:
    assert TEMPLATES
    assert not _templates_with(pattern), what


def _templates_with(pattern: str) -> list[str]:
    wanted = re.compile(pattern, re.IGNORECASE)
    return [str(path) for path in TEMPLATES if wanted.search(_markup(path))]


def _markup(template: Path) -> str:
    """The template without its comments and without what Jinja puts in."""
    text = re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"), flags=re.S)
    return re.sub(r"\{%.*?%\}", "", text, flags=re.S)


def ground(page: Page) -> str:
    """The colour of the page behind all."""
    found: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return found


def rgb(colour: str) -> str:
    """As a browser writes it."""
    return f"rgb({', '.join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))})"


def test_a_page_is_dark_or_light_as_the_system_or_the_person_wants(
    site: Site, open_page: Open
) -> None:
    light, dark = rgb(block(LIGHT)["paper"]), rgb(block(CHOSEN_DARK)["paper"])
    page = open_page(site, None)
    cases: list[tuple[Scheme, Scheme | None, str]] = [
        ("light", None, light),
        ("dark", None, dark),
        ("light", "dark", dark),
        ("dark", "light", light),
    ]
    for system, chosen, wanted in cases:
        page.emulate_media(color_scheme=system)
        page.goto("/login")
        page.evaluate(
            "theme => theme && (document.documentElement.dataset.bsTheme = theme)", chosen
        )
        assert ground(page) == wanted, (system, chosen)


def test_paper_is_always_light(site: Site, open_page: Open) -> None:
    page = open_page(site)
    page.emulate_media(color_scheme="dark", media="print")
    for theme in ("", "dark", "light"):
        page.goto("/dashboards")
        page.evaluate("theme => theme && (document.documentElement.dataset.bsTheme = theme)", theme)
        assert ground(page) == "rgb(255, 255, 255)"
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
