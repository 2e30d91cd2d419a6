"""What is printed: the record and its figures, without what only a screen can use."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.pages import examples
from tests.browser.sites import Site
from tracker.casework.columns import COLUMNS

pytestmark = pytest.mark.browser

A4, MARGINS = 794, 114  # pixels
ONLY_ON_SCREEN = ".masthead, .mainnav, .skip, .btn, button, form.filters, .no-print, .more"
KNOWS_DETAILS = 'CSS.supports("selector(details::details-content)")'


def printed(site: Site, open_page: Open, address: str) -> Page:
    """A page as it is sent to the printer."""
    page = open_page(site)
    page.goto(address)
    page.emulate_media(media="print")
    return page


def still_shown(page: Page, selector: str) -> list[str]:
    """Those of the elements that take up paper."""
    found: list[str] = page.evaluate(
        """selector => [...document.querySelectorAll(selector)]
          .filter(e => e.checkVisibility({visibilityProperty: true}))
          .map(e => e.outerHTML.slice(0, 120))""",
        selector,
    )
    return found


def addresses(site: Site) -> list[str]:
    """The pages that people print."""
    chosen = examples(site)
    return [
        f"/recommendations/{chosen.ask}",
        f"/recommendations/{chosen.acted_ask}",
        f"/letters/{chosen.letter}",
        "/dashboards",
        "/stale",
        "/agencies/state",
        f"/recommendations?columns={','.join(COLUMNS)}",
    ]


def test_what_only_a_screen_can_use_is_not_printed(site: Site, open_page: Open) -> None:
    for address in addresses(site):
        page = printed(site, open_page, address)
        assert not still_shown(page, ONLY_ON_SCREEN), address
        expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_what_stands_in_details_is_printed(site: Site, open_page: Open) -> None:
    for address in (f"/recommendations/{examples(site).ask}", "/dashboards"):
        page = printed(site, open_page, address)
        if not page.evaluate(KNOWS_DETAILS):
            pytest.skip("this browser keeps closed details closed on paper")
        inside = page.locator("details:not([open]) > :not(summary)")
        assert inside.count() > 0
        heights = inside.evaluate_all("all => all.map(e => e.getBoundingClientRect().height)")
        assert min(heights) > 20, address
        assert not page.evaluate("document.querySelector('details[open]')")


def test_a_cited_source_is_printed_with_its_address(site: Site, open_page: Open) -> None:
    page = printed(site, open_page, f"/recommendations/{examples(site).ask}")
    link = page.locator(".sources a[href^=http]").first
    shown = link.evaluate("link => getComputedStyle(link, '::after').content")
    address = link.get_attribute("href")
    assert address is not None
    assert address in shown


def test_printed_pages_are_not_wider_than_the_paper(site: Site, open_page: Open) -> None:
    for address in addresses(site):
        page = printed(site, open_page, address)
        page.set_viewport_size({"width": A4 - MARGINS, "height": 1000})
        assert page.evaluate("document.documentElement.scrollWidth") <= A4 - MARGINS, address


def test_tables_stay_tables_on_paper(site: Site, open_page: Open) -> None:
    page = printed(site, open_page, f"/letters/{examples(site).letter}")
    page.set_viewport_size({"width": A4 - MARGINS, "height": 1000})
    expect(page.get_by_role("columnheader", name="Why flagged")).to_be_visible()
    cell = page.locator("td[data-label='Status']").first
    assert cell.evaluate("cell => getComputedStyle(cell).display") == "table-cell"
    assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == "none"


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_pages_become_documents(site: Site, open_page: Open, paper: str) -> None:
    page = open_page(site)
    for address in (f"/recommendations/{examples(site).ask}", "/dashboards"):
        page.goto(address)
        document = page.pdf(format=paper)
        assert document.startswith(b"%PDF-")
        sheets = document.count(b"/Type /Page\n") or document.count(b"/Type/Page/")
        assert 1 <= sheets <= 12, f"{address}: {sheets}"
