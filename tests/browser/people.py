"""What people do in a browser: log in, type, save."""

from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, StorageState, ViewportSize

from tests.browser.sites import LOGINS

DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
PATIENCE = 15_000  # milliseconds


def enter(
    browser: Browser, url: str, state: StorageState | None = None, **wanted: Any
) -> BrowserContext:
    """A browser of one's own at a site, in English, with the cookies of whoever logged in."""
    given = {"viewport": DESKTOP, "reduced_motion": "reduce", "locale": "en-GB", **wanted}
    context = browser.new_context(base_url=url, storage_state=state, **given)
    context.set_default_timeout(PATIENCE)
    return context


def log_in_on(page: Page, role: str) -> None:
    """Log in through the form, by hand."""
    page.goto("/login")
    page.get_by_label("E-mail").fill(LOGINS[role].email)
    page.get_by_label("Password").fill(LOGINS[role].password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda address: "/login" not in address)


def log_in_at(browser: Browser, url: str, role: str) -> StorageState:
    """The cookies of a person of that role who has logged in."""
    context = enter(browser, url)
    log_in_on(context.new_page(), role)
    state = context.storage_state()
    context.close()
    return state


def send(page: Page) -> int:
    """Press the button that saves; the status of the answer."""
    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        page.locator(".form-end .btn-primary, form .btn-primary").first.click()
    page.wait_for_load_state()
    return answer.value.status


def press(button: Locator) -> None:
    """Press a button that changes the rows of a form, and wait until they have changed."""
    button.click()
    button.page.locator("main:not([inert])").wait_for()


def suggest(page: Page, field: Locator, typed: str) -> Locator:
    """Type into a field until suggestions open below it; the list of them."""
    field.focus()
    page.keyboard.type(typed)
    found = page.get_by_role("listbox")
    found.wait_for()
    return found
