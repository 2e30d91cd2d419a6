"""Every page is quiet and whole: no complaint of the browser, nothing inline, all things named."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.pages import examples, pages_for
from tests.browser.people import log_in_on, press, send, suggest
from tests.browser.sites import Site
from tests.browser.watching import Watch

pytestmark = pytest.mark.browser

LOOK = """() => {
  const all = selector => [...document.querySelectorAll(selector)];
  const shown = element => element.outerHTML.slice(0, 160);
  const named = control => control.labels?.length || control.getAttribute("aria-label")
    || control.getAttribute("aria-labelledby") || control.textContent.trim();
  const ids = all("[id]").map(element => element.id);
  const pointers = ["for", "aria-labelledby", "aria-describedby", "aria-controls"];
  return {
    "inline style": all("[style], style").map(shown),
    "inline script": all("script:not([src])").map(shown),
    "inline handler": all("*")
      .filter(e => [...e.attributes].some(a => a.name.startsWith("on"))).map(shown),
    "control without a name": all("input:not([type=hidden]), select, textarea, button, summary")
      .filter(e => !named(e) && e.getAttribute("aria-hidden") !== "true").map(shown),
    "link without words": all("a").filter(a => !a.textContent.trim()).map(shown),
    "link to nowhere": all('a[href^="#"]').map(a => a.getAttribute("href").slice(1))
      .filter(id => !document.getElementById(id)),
    "id given twice": ids.filter((id, place) => ids.indexOf(id) !== place),
    "pointer to no id": pointers.flatMap(name => all(`[${name}]`)
      .flatMap(e => e.getAttribute(name).split(" ").filter(id => id && !ids.includes(id))
        .map(id => `${name}=${id}`))),
    "shape that is not drawn": all("use").map(use => use.getAttribute("href").slice(1))
      .filter(id => !document.getElementById(id)),
    "template left over": (document.body.innerText.match(
      /.{0,40}(\\{\\{|\\{%|\\bundefined\\b|\\[object |<bound |Markup\\().{0,40}/g) ?? []),
    "number of main headings": all("h1").length === 1 ? [] : all("h1").map(shown),
    "heading level left out": all("h1, h2, h3, h4").map(h => +h.tagName[1])
      .filter((level, place, levels) => place && level > levels[place - 1] + 1),
    "place in the navigation": /^\\/(account|watch|join)/.test(location.pathname)
      || all("nav#mainnav").every(nav => nav.querySelectorAll("[aria-current]").length === 1)
      ? [] : ["none, or several, marked as the present one"],
    "page without a title": document.title.includes(" · ") ? [] : [document.title],
  };
}"""


def look(page: Page) -> list[str]:
    """What is wrong with how the page is made."""
    found: dict[str, list[Any]] = page.evaluate(LOOK)
    return [f"{page.url}: {what}: {these}" for what, these in found.items() if these]


@pytest.mark.parametrize("role", ["staff", "partner"])
def test_every_page_is_quiet_and_whole(site: Site, open_page: Open, role: str) -> None:
    page = open_page(site, role)
    watch = Watch(page)
    found = []
    for address in pages_for(page.context, site):
        page.goto(address)
        found += look(page)
    assert not watch.problems, "\n".join(watch.problems)
    assert not found, "\n".join(found)


def test_pages_with_nothing_on_record_are_quiet_and_whole(
    empty_site: Site, open_page: Open
) -> None:
    for role in ("staff", "partner"):
        page = open_page(empty_site, None)
        watch = Watch(page)
        log_in_on(page, role)
        found = []
        for address in ("/", "/stale", "/recommendations", "/letters", "/targets", "/dashboards"):
            page.goto(address)
            found += look(page)
        assert not watch.problems, "\n".join(watch.problems)
        assert not found, "\n".join(found)


def test_a_refused_form_is_quiet_and_whole(site: Site, open_page: Open) -> None:
    page = open_page(site)
    watch = Watch(page)
    page.goto("/letters/new")
    press(page.get_by_role("button", name="Add another ask"))
    page.get_by_label("Date on the letter").fill("some day")
    suggest(page, page.get_by_role("combobox", name="Body"), "Treas")
    page.keyboard.press("Escape")
    assert send(page) == 422
    assert not look(page)
    assert not watch.problems, "\n".join(watch.problems)


def test_a_page_that_is_not_there_is_whole(site: Site, open_page: Open) -> None:
    page = open_page(site)
    watch = Watch(page)
    page.goto("/recommendations/R-00000000")
    page.get_by_role("link", name="To the first page").wait_for()
    assert not look(page)
    assert not watch.problems, "\n".join(watch.problems)


def test_every_link_of_the_main_pages_leads_to_a_page(site: Site, open_page: Open) -> None:
    page = open_page(site)
    chosen = examples(site)
    addresses = {"/login"}
    for start in (
        "/",
        "/stale",
        "/dashboards",
        f"/recommendations/{chosen.ask}",
        "/agencies/state",
    ):
        page.goto(start)
        links = page.evaluate("[...document.links].map(link => link.href.split('#')[0])")
        addresses |= {link.removeprefix(site.url) for link in links if link.startswith(site.url)}
    broken = [
        address
        for address in sorted(addresses)
        if not page.context.request.get(site.url + address).ok
    ]
    assert not broken, "\n".join(broken)
