"""The pictures of the README, taken anew where TRACKER_SCREENSHOTS is set."""

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.pages import Examples, examples
from tests.browser.sites import Site
from tracker import HERE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not os.environ.get("TRACKER_SCREENSHOTS"),
        reason="pictures are taken only where TRACKER_SCREENSHOTS is set",
    ),
]

FOLDER = HERE.parent / "docs" / "screenshots"
TALLEST = 1500  # pixels
LARGEST = 400_000  # bytes
Show = Callable[[Page, Examples], None]


def take(page: Page, name: str) -> None:
    """Write the page as it stands, from its top to what a reader will look at."""
    page.evaluate("scrollTo(0, 0)")
    width = page.evaluate("innerWidth")
    height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(
        path=FOLDER / name,
        full_page=True,
        clip={"x": 0, "y": 0, "width": width, "height": height},
        animations="disabled",
    )


def stale(page: Page, chosen: Examples) -> None:
    """Late asks, with the arithmetic of the first one open."""
    page.goto("/stale")
    page.get_by_text("Show the arithmetic").first.click()


def recommendation(page: Page, chosen: Examples) -> None:
    """One ask."""
    page.goto(f"/recommendations/{chosen.ask}")


@pytest.mark.parametrize(
    ("name", "show"), [("recommendation.png", recommendation), ("stale.png", stale)]
)
def test_a_picture_is_taken(site: Site, open_page: Open, name: str, show: Show) -> None:
    page = open_page(site, viewport={"width": 1280, "height": 900})
    show(page, examples(site))
    take(page, name)
    assert 10_000 < (FOLDER / name).stat().st_size < LARGEST
