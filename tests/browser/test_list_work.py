"""Working the list in a browser: keys, ticking, a change of several asks, saved views."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import Open
from tests.browser.people import PHONE
from tests.browser.sites import Site

pytestmark = pytest.mark.browser


def _title(page: Page) -> str:
    """The title of the row that has the focus."""
    found = page.evaluate("document.activeElement.closest('th a')?.textContent")
    return str(found)


def _titles(page: Page) -> list[str]:
    return page.locator("table[data-keys] tbody th a").all_text_contents()


def test_the_keys_move_tick_open_and_search(site: Site, open_page: Open) -> None:
    page = open_page(site)
    page.goto("/recommendations")
    titles = _titles(page)
    page.keyboard.press("j")
    assert _title(page) == titles[0]
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    assert _title(page) == titles[2]
    page.keyboard.press("k")
    assert _title(page) == titles[1]
    row = page.locator("tr[data-current]")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(titles[1])
    page.keyboard.press("x")
    expect(row.get_by_role("checkbox")).to_be_checked()
    page.keyboard.press("x")
    expect(row.get_by_role("checkbox")).not_to_be_checked()
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="Title, target, reference")
    expect(search.last).to_be_focused()
    page.keyboard.type("jx?/k")
    expect(search.last).to_have_value("jx?/k")
    page.keyboard.press("Tab")
    page.locator("table[data-keys] tbody th a").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(titles[0])


HIDDEN = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect();
  const bar = document.querySelector(".bulk").getBoundingClientRect();
  return e.closest("tbody") && box.top < bar.bottom && box.bottom > bar.top ? e.outerHTML : null;
}"""


@pytest.mark.parametrize("width", [320, 390, 800, 1280])
def test_the_bar_covers_nothing_that_has_the_focus(site: Site, open_page: Open, width: int) -> None:
    page = open_page(site, viewport={"width": width, "height": 500})
    page.goto("/recommendations")
    boxes = page.locator("table[data-keys] tbody").get_by_role("checkbox")
    boxes.nth(11).check()
    boxes.nth(11).focus()
    hidden = []
    for _ in range(22):
        page.keyboard.press("Shift+Tab")
        hidden.append(page.evaluate(HIDDEN))
    assert not [e for e in hidden if e]


def test_the_bar_says_how_many_are_ticked(site: Site, open_page: Open) -> None:
    page = open_page(site)
    page.goto("/recommendations")
    bar = page.locator(".bulk")
    expect(bar).to_contain_text("Tick asks, then")
    none = page.get_by_role("button", name="Tick none")
    expect(none).not_to_be_visible()
    boxes = page.locator("table[data-keys] tbody").get_by_role("checkbox")
    boxes.nth(0).check()
    boxes.nth(1).check()
    expect(bar.get_by_role("status")).to_have_text("2 ticked")
    none.click()
    expect(bar.get_by_role("status")).to_have_text("Tick asks, then")
    expect(boxes.nth(1)).not_to_be_checked()
    expect(boxes.nth(0)).to_be_focused()
    expect(none).not_to_be_visible()


def test_the_keys_are_told_and_can_be_turned_off(site: Site, open_page: Open) -> None:
    page = open_page(site)
    page.goto("/recommendations")
    page.keyboard.press("?")
    told = page.get_by_role("dialog", name="Keys for this list")
    expect(told).to_be_visible()
    assert not violations(page, "the keys")
    page.keyboard.press("Escape")
    expect(told).not_to_be_visible()
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Use these keys in this browser").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("j")
    expect(page.locator("tr[data-current]")).to_have_count(0)
    page.reload()
    page.keyboard.press("?")
    expect(told).not_to_be_visible()
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_label("Use these keys in this browser")).not_to_be_checked()


@pytest.mark.parametrize("wanted", [{"java_script_enabled": False}, {"viewport": PHONE}])
def test_asks_are_ticked_changed_and_put_back(
    own_site: Site, open_page: Open, wanted: dict[str, object]
) -> None:
    page = open_page(own_site, **wanted)
    found: list[str] = []

    def look(what: str) -> None:
        if wanted.get("java_script_enabled", True):
            found.extend(violations(page, what))
            wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not wide, what

    page.goto("/recommendations?sort=title")
    titles = _titles(page)[:2]
    for title in titles:
        page.get_by_role("row", name=title).get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Change the ticked").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Change 2 asks")
    look("the form of a change")
    page.get_by_label("Add tags").fill("spring")
    page.get_by_label("Next action", exact=False).first.fill("Call the desk")
    page.get_by_role("button", name="Preview").last.click()
    expect(page.get_by_role("region", name="What would change")).to_contain_text("2 asks change")
    expect(page.get_by_role("heading", name="What would change")).to_be_focused()
    look("the preview")
    page.get_by_role("button", name="Change 2 asks").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 asks were changed together")
    look("what was changed")
    page.goto("/recommendations?tag=spring&columns=next,tags&sort=title")
    assert _titles(page) == titles
    page.go_back()
    page.get_by_role("button", name="Take the change back").click()
    told = page.get_by_role("status")
    expect(told).to_have_text("The change is taken back.")
    expect(told).to_be_focused()
    look("what was put back")
    page.goto("/recommendations?tag=spring")
    expect(page.get_by_text("No ask fits these filters.")).to_be_visible()
    assert not found, "\n".join(found)


def test_a_view_with_a_long_name_stays_on_a_phone(own_site: Site, open_page: Open) -> None:
    page = open_page(own_site)
    name = "Siebenundzwanzigtausendzweihundert" * 2
    page.goto("/recommendations?status=closed")
    page.get_by_role("link", name="Save this view").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Save the view").click()
    tab = page.get_by_role("navigation", name="Saved views").get_by_role("link", name=name)
    expect(tab).to_have_attribute("title", name)
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert tab.evaluate("tab => tab.scrollWidth <= tab.clientWidth")


def test_a_view_is_saved_opened_and_deleted(own_site: Site, open_page: Open) -> None:
    page = open_page(own_site)
    found: list[str] = []
    page.goto("/recommendations")
    page.get_by_label("Status", exact=True).first.select_option("closed")
    page.get_by_text("More filters, order and columns").click()
    page.get_by_role("group", name="Columns").get_by_label("Tags").check()
    page.get_by_role("button", name="Apply").click()
    found += violations(page, "a list with columns")
    page.get_by_role("link", name="Save this view").click()
    found += violations(page, "saving a view")
    page.get_by_label("Name", exact=True).fill("Closed ones བོད་ السياسة")
    page.get_by_role("button", name="Save the view").click()
    views = page.get_by_role("navigation", name="Saved views")
    expect(views.get_by_role("link", name="Closed ones")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("columnheader", name="Tags")).to_be_visible()
    found += violations(page, "a saved view")
    views.get_by_role("link", name="Views").click()
    found += violations(page, "all views")
    page.get_by_role("link", name="Rename or share").click()
    found += violations(page, "renaming a view")
    page.go_back()
    page.get_by_role("link", name="Delete").click()
    found += violations(page, "deleting a view")
    page.get_by_role("button", name="Delete the view").click()
    expect(page.get_by_text("No view is saved yet.")).to_be_visible()
    assert not found, "\n".join(found)
