"""A form that is refused comes back as it was sent, with all that was typed and chosen."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.pages import PASSKEY, TYPED_OR_CHOSEN, pages_for
from tests.browser.people import send
from tests.browser.sites import Site

pytestmark = pytest.mark.browser

FORM = "form:has(.form-end)"
# Fields that say what a row is about; the others only say more of it.
TELLING = r"(title|request|name|names|technology|agency|official|body|url|ref)$"
FILL = """(form, telling) => {
  const left = telling && new RegExp(telling);
  for (const details of form.querySelectorAll("details")) details.open = true;
  [...form.elements].forEach((field, place) => {
    if (!field.name || (left && left.test(field.name))) return;
    if (field.matches("textarea, input:not([type]), input[type=text]"))
      field.value = `typed ${place}`;
    else if (field.matches("input[type=date]")) field.value = "2001-02-03";
    else if (field.matches("select")) field.selectedIndex = field.options.length - 1;
  });
}"""
# A choice alone is nothing typed: every row begins with one.
HELD = """(form, telling) => [...new FormData(form)].filter(([name, value]) =>
  value && !["csrf_token", "version", "find"].includes(name)
  && !(telling && form.elements[name].matches?.("select")))"""


def lost(page: Page, telling: str | None = None) -> list[str] | None:
    """Fill the form, send it, and say what it has lost; nothing where it was accepted."""
    form = page.locator(FORM)
    form.evaluate(FILL, telling)
    before = form.evaluate(HELD, telling)
    assert before
    if send(page) != 422:
        return None
    after = form.evaluate(HELD, telling)
    return [f"{name}: {value}" for name, value in before if [name, value] not in after]


def test_every_refused_form_holds_what_was_sent(own_site: Site, open_page: Open) -> None:
    page = open_page(own_site)
    refused, problems = 0, []
    for address in pages_for(page.context, own_site):
        page.goto(address)
        if not page.locator(FORM).locator(TYPED_OR_CHOSEN).count() or page.locator(PASSKEY).count():
            continue
        missing = lost(page)
        refused += missing is not None
        problems += [f"{address} lost {what}" for what in missing or ()]
    assert refused >= 8
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("address", ["/letters/new", "/recommendations/new"])
def test_a_row_that_is_only_begun_is_held_too(site: Site, open_page: Open, address: str) -> None:
    page = open_page(site)
    page.goto(address)
    assert lost(page, TELLING) == []


# the listener of the window comes last: what it still may send, would have gone out
PRESS_TWICE = """(later) => {
  let sent = 0;
  addEventListener("submit", (event) => {
    if (!event.defaultPrevented) sent += 1;
    event.preventDefault();
  });
  const button = document.querySelector(".form-end button");
  button.click();
  Date.now = ((now) => () => now() + later)(Date.now);
  button.click();
  return sent;
}"""


def test_a_form_that_is_on_its_way_is_not_sent_again(site: Site, open_page: Open) -> None:
    page = open_page(site)
    page.goto("/targets/new")
    page.fill("#name", "Somebody whose button is pressed twice")
    assert page.evaluate(PRESS_TWICE, 1000) == 1


def test_a_form_that_was_stopped_or_gave_a_file_is_sent_again(site: Site, open_page: Open) -> None:
    page = open_page(site)
    page.goto("/targets/new")
    page.fill("#name", "Somebody whose form was stopped on its way")
    assert page.evaluate(PRESS_TWICE, 6000) == 2
    page.goto("/exports")
    assert page.evaluate(PRESS_TWICE, 1000) == 2
