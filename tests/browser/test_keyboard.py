"""All work is done by keyboard alone: what has the focus is seen, and comes in the order read."""

from itertools import pairwise
from typing import TypedDict

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.pages import examples
from tests.browser.people import PHONE, suggest
from tests.browser.sites import Site

pytestmark = pytest.mark.browser


class Stop(TypedDict):
    """Where the focus is: the element, its place on the page, and how it is marked."""

    what: str
    kind: str
    top: float
    bottom: float
    left: float
    outline: float
    shown: bool
    in_form: bool


STOP = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect(), look = getComputedStyle(e);
  const place = (e.closest(".field") ?? e).getBoundingClientRect();
  return {
    what: e.outerHTML.slice(0, 120), kind: e.tagName,
    top: place.top + scrollY, bottom: place.bottom + scrollY, left: place.left,
    outline: look.outlineStyle === "none" ? 0 : parseFloat(look.outlineWidth),
    shown: box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight
      && box.right > 0 && box.left < innerWidth,
    in_form: !!e.closest("main form"),
  };
}"""


def tab_through(page: Page, most: int) -> list[Stop]:
    """Every stop of the Tab key until it leaves the page."""
    stops: list[Stop] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop: Stop = page.evaluate(STOP)
        if stop["kind"] == "BODY":
            break
        stops.append(stop)
    return stops


@pytest.mark.parametrize("width", [1280, 390])
def test_what_has_the_focus_is_seen(site: Site, open_page: Open, width: int) -> None:
    page = open_page(site, viewport={"width": width, "height": 800})
    chosen = examples(site)
    for address in ("/", f"/recommendations/{chosen.ask}", "/letters/new", "/stale"):
        page.goto(address)
        stops = tab_through(page, 70)
        assert len(stops) > 10
        unseen = [s["what"] for s in stops if s["outline"] < 2 or not s["shown"]]
        assert not unseen, f"{address}: " + "\n".join(unseen)


def test_the_tab_key_goes_through_the_letter_form_as_it_is_read(
    site: Site, open_page: Open
) -> None:
    page = open_page(site)
    page.goto("/letters/new")
    stops = [stop for stop in tab_through(page, 90) if stop["in_form"]]
    assert len(stops) > 25
    for before, after in pairwise(stops):
        is_below = after["top"] >= before["bottom"] - 1
        is_beside = after["bottom"] > before["top"] and after["left"] > before["left"]
        assert is_below or is_beside, f"{before['what']}\n{after['what']}"


def test_the_first_stop_skips_to_the_content(site: Site, open_page: Open) -> None:
    page = open_page(site)
    page.goto("/recommendations")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('main')")


def test_the_menu_of_a_phone_opens_and_closes_by_its_button(site: Site, open_page: Open) -> None:
    page = open_page(site, viewport=PHONE, has_touch=True)
    page.goto("/")
    menu = page.get_by_role("navigation", name="Main")
    expect(menu).not_to_be_visible()
    page.get_by_role("button", name="Menu").tap()
    expect(menu).to_be_visible()
    expect(menu).to_be_in_viewport(ratio=1)
    menu.get_by_role("link", name="Stale").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Stale asks")


def test_the_menu_of_a_phone_opens_and_closes_by_keyboard(site: Site, open_page: Open) -> None:
    page = open_page(site, viewport=PHONE)
    page.goto("/")
    button = page.get_by_role("button", name="Menu")
    menu = page.get_by_role("navigation", name="Main")
    for _ in range(5):
        page.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            break
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    page.keyboard.press("Tab")
    expect(menu.get_by_role("link").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).not_to_be_visible()
    expect(button).to_be_focused()


def test_the_menu_of_a_phone_works_without_script(site: Site, open_page: Open) -> None:
    page = open_page(site, viewport=PHONE, java_script_enabled=False)
    page.goto("/")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Letters").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Letters")


@pytest.mark.parametrize("role", ["staff", "admin"])
def test_every_entry_of_the_menu_is_reached_where_a_page_is_enlarged_four_times(
    site: Site, open_page: Open, role: str
) -> None:
    page = open_page(site, role, viewport={"width": 320, "height": 256})
    page.goto("/")
    page.get_by_role("button", name="Menu").press("Enter")
    entries = page.get_by_role("navigation", name="Main").get_by_role("link")
    assert entries.count() > 8
    for entry in entries.all():
        page.keyboard.press("Tab")
        expect(entry).to_be_focused()
        expect(entry).to_be_in_viewport(ratio=0.95)


def test_escape_ends_what_the_last_key_asked_for(site: Site, open_page: Open) -> None:
    page = open_page(site)
    page.goto("/letters/new")
    body = page.get_by_role("combobox", name="Body")
    suggest(page, body, "Tre")
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    page.wait_for_timeout(500)
    expect(body).to_have_attribute("aria-expanded", "false")
    expect(body).to_have_value("Trea")


def test_who_goes_down_the_suggestions_keeps_the_one_that_is_marked(
    site: Site, open_page: Open
) -> None:
    """Though what the last key asked for comes a moment later."""
    page = open_page(site)
    page.goto("/letters/new")
    body = page.get_by_role("combobox", name="Body")
    suggest(page, body, "Tre")
    page.keyboard.press("a")
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(500)
    page.keyboard.press("Enter")
    expect(body).to_have_value("U.S. Department of the Treasury")


def test_escape_closes_the_suggestions_and_keeps_the_text(site: Site, open_page: Open) -> None:
    page = open_page(site)
    page.goto("/letters/new")
    field = page.get_by_role("combobox", name="Body")
    found = suggest(page, field, "Treas")
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(found).not_to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_have_value("Treas")
    expect(field).to_be_focused()


def test_enter_with_suggestions_in_sight_saves_no_half_a_name(site: Site, open_page: Open) -> None:
    page = open_page(site)
    page.goto("/recommendations/new")
    page.get_by_label("Title").first.fill("Sanction them")
    field = page.get_by_role("combobox", name="Name, or description")
    found = suggest(page, field, "Tib")
    page.keyboard.press("Enter")
    expect(found).not_to_be_visible()
    expect(field).to_be_focused()
    expect(field).to_have_value("Tib")
    expect(page).to_have_url(f"{site.url}/recommendations/new")


@pytest.mark.parametrize("scripted", [True, False])
def test_enter_in_a_line_saves_no_letter_half_typed(
    site: Site, open_page: Open, scripted: bool
) -> None:
    page = open_page(site, java_script_enabled=scripted)
    page.goto("/letters/new")
    title = page.get_by_role("region", name="The letter").get_by_label("Title")
    title.fill("Half a letter")
    title.press("Enter")
    expect(title).to_have_value("Half a letter")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_role("button", name="Remove this signatory")).to_have_count(1)
    page.get_by_role("button", name="Save the letter and 1 ask").click()
    expect(page.get_by_role("alert")).to_be_focused()


def test_a_page_that_refuses_again_begins_at_its_summary(site: Site, open_page: Open) -> None:
    page = open_page(site)
    page.goto("/letters/new")
    page.get_by_role("combobox", name="Name, or description").fill("Somebody")
    save = page.get_by_role("button", name="Save the letter and 1 ask")
    save.click()
    page.get_by_role("link", name="Ask 1, what it asks, in one line:").click()
    page.keyboard.type("Sanction them")
    save.click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_be_in_viewport()
    assert "#" not in page.url


def test_a_short_form_that_refuses_begins_at_its_summary(site: Site, open_page: Open) -> None:
    page = open_page(site)
    page.goto("/contacts/new")
    page.get_by_role("button", name="Record the contact").click()
    expect(page.get_by_role("alert")).to_be_focused()


def test_suggestions_are_told_to_whoever_does_not_see_them(site: Site, open_page: Open) -> None:
    page = open_page(site)
    page.goto("/letters/new")
    field = page.get_by_role("combobox", name="Body")
    suggest(page, field, "Treas")
    told = page.get_by_role("status").filter(has_text="suggestion")
    expect(told).to_have_count(1)
    field.fill("Ministry of Nothing")
    expect(page.get_by_role("status").filter(has_text="None on record")).to_have_count(1)


def test_a_marked_suggestion_is_seen_in_any_colours(site: Site, open_page: Open) -> None:
    page = open_page(site)
    page.goto("/letters/new")
    options = suggest(page, page.get_by_role("combobox", name="Body"), "Sta").get_by_role("option")
    page.keyboard.press("ArrowDown")
    marked = page.locator("[role=option][aria-selected=true]")
    assert marked.evaluate("e => parseFloat(getComputedStyle(e).outlineWidth)") >= 2
    assert marked.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    page.emulate_media(forced_colors="active")
    ground = "e => getComputedStyle(e).backgroundColor"
    assert options.count() > 1
    assert marked.evaluate(ground) != options.last.evaluate(ground)


def test_a_former_person_does_not_stay_beside_another_body(site: Site, open_page: Open) -> None:
    page = open_page(site)
    page.goto("/letters/new")
    page.locator("#written_on").fill("2017-10-10")
    body = page.get_by_role("combobox", name="Body")
    row = page.get_by_role("group", name="Addressee 1", exact=True)
    name, office = row.get_by_label("Name"), row.get_by_label("Office")
    told = page.get_by_role("status")

    def choose(typed: str, wanted: str) -> None:
        body.fill("")
        suggest(page, body, typed).get_by_role("option").filter(has_text=wanted).first.click()

    choose("Tillerson", "Rex Tillerson")
    expect(name).to_have_value("Rex Tillerson")
    expect(office).to_have_value("Secretary of State")
    expect(told.filter(has_text="Rex Tillerson")).to_have_count(1)
    choose("Treasury", "no person named")
    expect(body).to_have_value("U.S. Department of the Treasury")
    expect(name).to_have_value("")
    expect(office).to_have_value("")
    expect(told.filter(has_text="emptied")).to_have_count(1)
    name.fill("Somebody of theirs")
    page.wait_for_timeout(200)  # the suggestions close a moment after their field was left
    choose("Department of State", "no person named")
    expect(name).to_have_value("Somebody of theirs")


def test_what_is_removed_can_be_put_back(site: Site, open_page: Open) -> None:
    page = open_page(site)
    page.goto("/letters/new")
    page.get_by_label("What it asks, in one line").fill("Sanction them")
    page.get_by_role("button", name="Add another ask").click()
    second = page.get_by_role("group", name="Ask 2")
    expect(second.get_by_label("Instrument")).to_be_focused()
    page.get_by_role("button", name="Remove this ask 1").click()
    expect(second).to_have_count(0)
    expect(page.get_by_label("What it asks, in one line")).to_have_value("")
    page.get_by_role("button", name="Put it back").press("Enter")
    expect(page.get_by_role("group", name="Ask 1").get_by_label("Instrument")).to_be_focused()
    lines = page.get_by_label("What it asks, in one line")
    expect(lines.nth(0)).to_have_value("Sanction them")
    page.get_by_role("button", name="Remove this ask 2").click()
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)


def test_a_target_that_was_chosen_names_its_group_and_is_seen(site: Site, open_page: Open) -> None:
    page = open_page(site)
    page.goto("/recommendations/new")
    name = examples(site).person_name
    suggest(page, page.get_by_role("combobox", name="Name, or description"), name)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    group = page.get_by_role("group", name=f"Target 1: {name}")
    expect(group).to_be_focused()
    assert group.evaluate("e => parseFloat(getComputedStyle(e).outlineWidth)") >= 2


def test_whoever_adds_a_row_goes_on_there(site: Site, open_page: Open) -> None:
    page = open_page(site)
    page.goto("/letters/new")
    page.get_by_role("button", name="Add another ask").press("Enter")
    second = page.get_by_role("group", name="Ask 2")
    expect(second.get_by_label("Instrument")).to_be_in_viewport()
    page.keyboard.press("Tab")
    assert second.evaluate("ask => ask.contains(document.activeElement)")
