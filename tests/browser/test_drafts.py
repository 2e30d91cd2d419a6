"""What is typed into a long form survives a reload and a lost connection, in the tab and nowhere
else."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Open
from tests.browser.people import log_in_on, press, send
from tests.browser.sites import Site

pytestmark = pytest.mark.browser

TYPED = {"title": "A long letter", "written_on": "2023-10", "addressees-0-agency": "State"}
KEPT = "Object.keys(sessionStorage).filter((name) => name.startsWith('draft:')).length"


def wait_until_kept(page: Page) -> None:
    """A moment after the last key the tab holds a draft."""
    for _ in range(100):
        if page.evaluate(KEPT):
            return
        page.wait_for_timeout(50)
    pytest.fail("nothing was kept")


def type_letter(page: Page) -> None:
    """A letter with two asks, in the midst of being typed."""
    page.goto("/letters/new")
    for name, value in TYPED.items():
        page.locator(f"[name='{name}']").fill(value)
    press(page.get_by_role("button", name="Add another ask"))
    page.locator("[name='asks-0-title']").fill("The first ask")
    page.locator("[name='asks-1-title']").fill("བོད་ཡིག the second")
    wait_until_kept(page)


def bring_back(page: Page) -> None:
    page.get_by_role("button", name="Bring it back").press("Enter")
    expect(page.locator("[name='asks-1-title']")).to_have_value("བོད་ཡིག the second")
    for name, value in TYPED.items():
        expect(page.locator(f"[name='{name}']")).to_have_value(value)
    goes_on(page, "brought back")


def goes_on(page: Page, said: str) -> None:
    """What was done is told, and the form has the focus."""
    expect(page.get_by_role("status").filter(has_text=said)).to_have_count(1)
    expect(page.locator("form[data-draft] :is(input, select, textarea):focus")).to_have_count(1)


def test_a_letter_half_typed_survives_a_reload(site: Site, open_page: Open) -> None:
    page = open_page(site)
    type_letter(page)
    page.goto("/recommendations")
    page.goto("/letters/new")
    expect(page.locator("[name='title']")).to_have_value("")
    bring_back(page)
    page.goto("/letters/new")
    page.get_by_role("button", name="Discard it").press("Enter")
    goes_on(page, "discarded")
    page.goto("/letters/new")
    expect(page.get_by_role("button", name="Bring it back")).to_have_count(0)


def test_a_lost_connection_loses_nothing(site: Site, open_page: Open) -> None:
    page = open_page(site)
    type_letter(page)
    page.context.set_offline(True)
    page.locator(".form-end .btn-primary").click()
    expect(page.get_by_text("There is no connection.")).to_be_visible()
    expect(page.locator("[name='asks-1-title']")).to_have_value("བོད་ཡིག the second")
    page.context.set_offline(False)
    page.goto("/letters/new")
    bring_back(page)


def test_what_was_typed_after_a_row_was_added_survives_a_reload(
    site: Site, open_page: Open
) -> None:
    page = open_page(site)
    type_letter(page)
    page.wait_for_timeout(600)
    page.reload()
    expect(page.locator("[name='asks-1-title']")).to_have_count(0)
    bring_back(page)
    page.get_by_role("button", name="Remove this ask").last.click()
    expect(page.locator("[name='asks-1-title']")).to_have_count(0)
    expect(page.get_by_role("button", name="Bring it back")).to_have_count(0)


def test_a_row_is_added_on_the_spot(site: Site, open_page: Open) -> None:
    page = open_page(site)
    page.goto("/recommendations")
    type_letter(page)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recommendations")
    page.go_forward()
    bring_back(page)


def test_a_row_asked_for_without_a_connection_comes_with_it(site: Site, open_page: Open) -> None:
    page = open_page(site)
    type_letter(page)
    page.context.set_offline(True)
    press(page.get_by_role("button", name="Add another ask"))
    expect(page.get_by_text("There is no connection.")).to_be_visible()
    page.context.set_offline(False)
    press(page.get_by_role("button", name="Add another ask"))
    expect(page.locator("[name='asks-1-title']")).to_have_value("བོད་ཡིག the second")
    expect(page.locator("[name='asks-2-title']")).to_have_value("")


def test_a_row_that_did_not_come_leaves_the_focus_at_its_button(
    site: Site, open_page: Open
) -> None:
    page = open_page(site)
    type_letter(page)
    held: list[Route] = []
    page.route("**/letters/new", lambda route: held.append(route))
    button = page.get_by_role("button", name="Add another ask")
    button.press("Enter")
    page.locator("main[inert]").wait_for()
    page.wait_for_timeout(200)
    held[0].abort()
    expect(page.get_by_text("There is no connection.")).to_be_visible()
    expect(button).to_be_focused()


def test_a_row_asked_for_after_the_log_in_ended_loses_nothing(site: Site, open_page: Open) -> None:
    page = open_page(site)
    type_letter(page)
    page.context.clear_cookies()
    page.get_by_role("button", name="Add another ask").click()
    expect(page.get_by_role("heading", name="You are logged out")).to_be_visible()
    log_in_on(page.context.new_page(), "staff")
    page.get_by_role("button", name="Send it again").click()
    expect(page.locator("[name='asks-1-title']")).to_have_value("བོད་ཡིག the second")
    expect(page.locator("[name='asks-2-title']")).to_have_value("")


def test_what_was_sent_into_the_void_is_offered_until_it_was_saved(
    own_site: Site, open_page: Open
) -> None:
    page = open_page(own_site)
    type_letter(page)
    page.route("**/letters/new", lambda route: route.abort())
    page.locator(".form-end .btn-primary").click()
    page.unroute("**/letters/new")
    page.goto("/recommendations")
    page.goto("/letters/new")
    bring_back(page)


def test_what_is_saved_is_forgotten_and_so_is_all_on_logging_out(
    own_site: Site, open_page: Open
) -> None:
    page = open_page(own_site)
    page.goto("/targets/new")
    page.locator("[name='name']").fill("")
    page.locator("[name='position']").fill("Party Secretary")
    wait_until_kept(page)
    assert send(page) == 422
    assert page.evaluate(KEPT) == 1
    page.locator("[name='name']").fill("Somebody")
    send(page)
    assert page.evaluate(KEPT) == 0
    type_letter(page)
    page.goto("/account")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_load_state()
    assert page.evaluate(KEPT) == 0


def test_another_person_in_the_same_tab_is_offered_nothing(own_site: Site, open_page: Open) -> None:
    page = open_page(own_site)
    type_letter(page)
    page.context.clear_cookies()
    log_in_on(page, "admin")
    page.goto("/letters/new")
    expect(page.get_by_role("button", name="Bring it back")).to_have_count(0)


def test_a_change_brought_back_does_not_save_over_what_another_saved(
    own_site: Site, open_page: Open
) -> None:
    page = open_page(own_site)
    page.goto("/recommendations")
    page.locator("th[scope=row] a").first.click()
    edit = f"{page.url}/edit"
    page.goto(edit)
    page.locator("[name='title']").fill("What I typed")
    wait_until_kept(page)
    page.goto(page.url)
    other = page.context.new_page()
    other.goto(edit)
    other.locator("[name='title']").fill("What the other typed")
    assert send(other) == 303
    page.goto(edit)
    page.get_by_role("button", name="Bring it back").click()
    assert send(page) == 409
    expect(page.get_by_role("heading", name="Somebody else saved first")).to_be_visible()
    expect(page.get_by_role("button", name="Bring it back")).to_have_count(0)
    page.get_by_role("button", name="Take theirs in all of these").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What the other typed")


def test_a_draft_of_a_page_of_choices_comes_back_without_them(
    own_site: Site, open_page: Open
) -> None:
    """What both changed has buttons to choose by, which the page as it is opened anew has not."""
    page = open_page(own_site)
    page.goto("/targets")
    page.locator("th[scope=row] a").first.click()
    edit = f"{page.url}/edit"
    page.goto(edit)
    page.locator("[name='position']").fill("What I typed")
    other = page.context.new_page()
    other.goto(edit)
    other.locator("[name='position']").fill("What the other typed")
    assert send(other) == 303
    assert send(page) == 409
    page.goto("/targets")
    page.goto(edit)
    page.get_by_role("button", name="Bring it back").click()
    expect(page.locator("[name='position']")).to_have_value("What I typed")
