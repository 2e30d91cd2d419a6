"""Running axe over a page as it stands, in light and in dark."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# Nothing hidden in details is left out; of long lists the first rows stand for those that follow.
PREPARE = """most => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  for (const rows of document.querySelectorAll("tbody, ol, ul, select"))
    for (const row of [...rows.children].slice(most)) row.remove();
}"""
MOST_ROWS = 6
RUN = """options => axe.run(options).then(found => found.violations.map(rule => ({
  id: rule.id,
  nodes: rule.nodes.map(node => node.target.join(" ") + " " + node.html.slice(0, 160)),
})))"""
EVERYTHING = {"resultTypes": ["violations"]}
# the same page in other colours can only break these
COLOURS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}


def violations(page: Page, name: str, *, dark: bool = True) -> list[str]:
    """What axe finds wrong with the page, with its name, the rule and where."""
    page.evaluate(PREPARE, MOST_ROWS)
    page.evaluate(AXE_SCRIPT)
    found = _run(page, f"{name}, light", EVERYTHING)
    if not dark:
        return found
    page.emulate_media(color_scheme="dark")
    found += _run(page, f"{name}, dark", COLOURS)
    page.emulate_media(color_scheme="light")
    return found


def _run(page: Page, name: str, options: dict[str, Any]) -> list[str]:
    return [
        f"{name}: {rule['id']} ({len(rule['nodes'])}), as {rule['nodes'][0]}"
        for rule in page.evaluate(RUN, options)
    ]
