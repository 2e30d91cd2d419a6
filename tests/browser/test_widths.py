"""No page scrolls sideways, at any width, with any name; nor where it is enlarged to twice."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.pages import examples, main_pages
from tests.browser.people import PHONE
from tests.browser.sites import Site
from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies
from tracker.casework import actions
from tracker.casework.columns import COLUMNS
from tracker.casework.inputs import (
    AddresseeInput,
    AskInput,
    ControlInput,
    LetterInput,
    SignatoryInput,
)
from tracker.core.countries import parse_places
from tracker.core.dates import PartialDate
from tracker.core.now import today
from tracker.correspondence import queries as correspondence
from tracker.correspondence.models import Letter, LetterAddressee, LetterKind, Signatory
from tracker.recommendations import queries as asks
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import ControlledItem, Recommendation
from tracker.sources.actions import SourceInput
from tracker.sources.models import Source
from tracker.targets.actions import TargetInput
from tracker.targets.models import Target, TargetKind

pytestmark = pytest.mark.browser

WIDTHS = (320, 390, 600, 768, 900, 1024, 1100, 1280, 1440)
TIBETAN = "བོད་རང་སྐྱོང་ལྗོངས་ཀྱི་སྤྱི་བདེ་ཐིང་གི་འགན་འཁྲི་བ་"
ARABIC = "إدارة مكافحة الإرهاب والتطرف في المنطقة الشرقية"
CHINESE = "西藏自治区公安厅刑事科学技术研究所"
WIDEST = """() => {
  const wide = [...document.querySelectorAll("body *")]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".table-scroll"))
    .map(e => e.outerHTML.slice(0, 140));
  return document.scrollingElement.scrollWidth > innerWidth ? wide.slice(-2) : null;
}"""

# Words that run out of their box, over what stands beside it.
SPILT = """() => [...document.querySelectorAll("main *, header *, footer *")]
  .filter(e => e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1 && e.checkVisibility()
    && !e.matches("input, textarea, table, tbody, tr")
    && !e.closest("svg, select, thead, .visually-hidden, .table-scroll"))
  .map(e => e.outerHTML.slice(0, 140)).slice(0, 2)"""
EMPTY_CELLS = """() => [...document.querySelectorAll("td[data-label]")]
  .filter(cell => !cell.textContent.trim() && !cell.children.length && cell.checkVisibility())
  .map(cell => cell.dataset.label)"""


def filled(text: str, column: object) -> str:
    """The text over and over, as long as the column holds."""
    length: int = column.type.length  # type: ignore[attr-defined]
    return (text * length)[:length].strip()


def record_the_worst(viewer: Viewer) -> tuple[str, str, list[str]]:
    """A letter whose every text is as long as can be: without a break, or in a script without
    spaces, or from right to left. The references of letter, ask and targets."""
    bodies = [agencies.by_slug(slug) for slug in ("end-user-review-committee", "state")]
    day = PartialDate.of(today() - timedelta(days=400))
    names = ("Donaudampfschifffahrts", TIBETAN, ARABIC, CHINESE, "An office that has many words ")
    letter = actions.record_letter(
        viewer,
        LetterInput(
            title=filled("A title that goes on, and on, ", Letter.title),
            kind=LetterKind.CONGRESSIONAL,
            written_on=day,
            on_behalf_of=filled("Rindfleischetikettierung", Letter.on_behalf_of),
            signatories=(SignatoryInput(filled("Llanfairpwllgwyngyll", Signatory.name)),),
            addressees=tuple(
                AddresseeInput(
                    body.slug,
                    filled(name, LetterAddressee.official),
                    filled(ARABIC, LetterAddressee.office_title),
                )
                for body, name in zip(bodies, names, strict=False)
                if body
            ),
            asks=tuple(
                AskInput(
                    instrument=Instrument.EXPORT_CONTROL,
                    title=filled(title, Recommendation.title),
                    request=filled("Siebenundzwanzigtausend", Recommendation.request)[:900],
                    places=parse_places("China (Tibet); Iran"),
                    targets=tuple(
                        TargetInput(
                            name=filled(name, Target.name),
                            kind=TargetKind.PUBLIC_BODY,
                            other_names=(filled(TIBETAN, Target.name), ARABIC),
                            position=filled(name, Target.position),
                        )
                        for name in names
                    ),
                    controls=(
                        ControlInput(
                            technology=filled("Sequencer", ControlledItem.technology),
                            supplier=filled(CHINESE, ControlledItem.supplier),
                        ),
                    ),
                    tags=("a-tag-of-many-letters-that-has-no-break-anywhere-in-it",),
                )
                for title in ("Unbreakable", TIBETAN, ARABIC)
            ),
            sources=(
                SourceInput(
                    title=filled("Quellenangabe", Source.title),
                    url="https://example.org/" + "a-path-without-an-end" * 20,
                    publisher=filled(CHINESE, Source.publisher),
                ),
            ),
        ),
    )
    carried = correspondence.asks_of(viewer, [letter.id])[letter.id]
    targets = asks.targets_of(viewer, [carried[0].id])[carried[0].id]
    return letter.reference, carried[0].reference, [target.reference for target in targets]


def sideways(page: Page, addresses: list[str]) -> list[str]:
    """Which of the pages scroll sideways or spill words, at which widths, and for what."""
    found = []
    for address in addresses:
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        wide = {}
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if widest := page.evaluate(WIDEST) or page.evaluate(SPILT):
                wide[width] = widest
        if wide:
            found.append(f"{address} at {[*wide]}: {next(iter(wide.values()))}")
    return found


def test_no_page_scrolls_sideways(site: Site, open_page: Open) -> None:
    every_column = f"/recommendations?columns={','.join(COLUMNS)}"
    found = sideways(open_page(site), [*main_pages(site), every_column])
    found += sideways(open_page(site, None), ["/login"])
    assert not found, "\n".join(found)


def test_no_name_makes_a_page_scroll_sideways(own_site: Site, open_page: Open) -> None:
    letter, ask, targets = own_site.change(record_the_worst)
    addresses = [
        "/",
        "/stale?cause=silent",
        "/recommendations",
        *(f"/recommendations/{ask}{part}" for part in ("", "/clocks", "/history", "/edit")),
        f"/recommendations/{ask}/audience",
        f"/contacts/new?ask={ask}",
        "/letters",
        f"/letters/{letter}",
        f"/letters/{letter}/audience",
        "/targets",
        *(f"/targets/{target}" for target in targets[:3]),
        "/sources",
        "/agencies/state",
        "/dashboards",
    ]
    found = sideways(open_page(own_site), addresses)
    assert not found, "\n".join(found)


def test_a_card_on_a_phone_leaves_out_what_is_empty(site: Site, open_page: Open) -> None:
    page = open_page(site, viewport=PHONE)
    found = []
    for address in main_pages(site):
        page.goto(address)
        found += [f"{address}: {label}" for label in page.evaluate(EMPTY_CELLS)]
    assert not found, "\n".join(found)


def test_the_suggestions_for_a_long_name_stay_on_a_phone(own_site: Site, open_page: Open) -> None:
    own_site.change(record_the_worst)
    page = open_page(own_site, viewport={"width": 320, "height": 700})
    page.goto("/letters/new")
    page.get_by_role("combobox", name="Name, or description").fill("Donau")
    page.get_by_role("listbox").wait_for()
    assert page.evaluate(WIDEST) is None


LOW = """(selector) => [...document.querySelectorAll(selector)]
  .filter(link => link.getBoundingClientRect().height < 24).map(link => link.outerHTML)"""


def test_small_links_are_high_enough_for_a_finger(site: Site, open_page: Open) -> None:
    page = open_page(site, viewport=PHONE)
    page.goto(f"/recommendations/{examples(site).ask}")
    for selector in (".breadcrumb a", ".sources .meta a"):
        assert page.locator(selector).count() > 0
        assert page.evaluate(LOW, selector) == []


@pytest.mark.parametrize("width", [512, 640, 720])
def test_pages_serve_at_twice_their_size(site: Site, open_page: Open, width: int) -> None:
    page = open_page(site, viewport={"width": width, "height": 450}, device_scale_factor=2)
    chosen = examples(site)
    page.goto("/")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Recommendations").click()
    page.get_by_role("link", name="New recommendation").click()
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_role("alert")).to_be_in_viewport()
    page.goto(f"/recommendations/{chosen.ask}")
    page.get_by_role("link", name="Record a reply").click()
    button = page.get_by_role("button", name="Record the contact")
    button.scroll_into_view_if_needed()
    expect(button).to_be_in_viewport(ratio=1)
    assert page.evaluate(WIDEST) is None


@pytest.mark.parametrize("path", ["/", "/stale", "/recommendations", "{ask}", "/letters"])
def test_text_of_twice_its_size_fits_a_phone(site: Site, open_page: Open, path: str) -> None:
    page = open_page(site, viewport=PHONE)
    page.goto(path.format(ask=f"/recommendations/{examples(site).ask}"))
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    expect(page.get_by_role("button", name="Menu")).to_be_in_viewport(ratio=1)
    assert page.evaluate(WIDEST) is None
