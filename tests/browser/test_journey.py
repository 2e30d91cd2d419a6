"""The way a person goes: record a letter, what came back, what is late, and who changed what."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.pages import Examples, examples
from tests.browser.people import log_in_on, press, send, suggest
from tests.browser.sites import Site
from tracker.core.now import today

pytestmark = pytest.mark.browser

TITLE = "Letter on the township prisons"
MAGNITSKY = "Sanctions on those who run the prisons"
EXPORT = "Export controls on gait recognition for the prison police"
TREASURY, STATE = "U.S. Department of the Treasury", "U.S. Department of State"
NEW_TARGET = "Prison administration of a township"
TECHNOLOGY = "Gait recognition cameras"
REPLY = "They thank for the letter and look into all of it."


def written_on() -> date:
    """A day long enough ago for the house norms to have run out."""
    return today() - timedelta(days=120)


class LetterForm:
    """The page on which a letter is recorded, with script or without."""

    def __init__(self, page: Page, *, scripted: bool) -> None:
        self.page = page
        self.scripted = scripted
        page.goto("/letters/new")

    def section(self, name: str) -> Locator:
        """A section by its title."""
        return self.page.get_by_role("region", name=name)

    def ask(self, number: int) -> Locator:
        """The fields of an ask."""
        return self.page.get_by_role("group", name=f"Ask {number}", exact=True)

    def addressee(self, number: int, typed: str, body: str) -> None:
        """Name a body by a word of it, or by who held office there."""
        field = self.section("Addressed to").get_by_label(re.compile("^Body")).nth(number)
        if self.scripted:
            choose(self.page, field, typed, body)
        else:
            field.fill(typed)
            self.page.get_by_role("button", name=f"Find addressee {number + 1}").click()
            self.section("Addressed to").get_by_role("button", name=body).first.click()
        expect(field).to_have_value(body)

    def known_target(self, ask: Locator, typed: str, name: str) -> None:
        """Put the ask to a target that is on record."""
        field = ask.get_by_label("Name, or description of a class")
        if self.scripted:
            choose(self.page, field, typed, name)
        else:
            field.fill(typed)
            ask.get_by_role("button", name="Find on record").click()
            ask.get_by_role("button", name=name).first.click()
        expect(ask.locator(".picked")).to_contain_text(name)

    def save(self) -> None:
        """Press the button that saves."""
        self.page.get_by_role("button", name="Save the letter and 2 asks").click()


def choose(page: Page, field: Locator, typed: str, wanted: str) -> None:
    """Take a suggestion with the arrow keys and Enter."""
    options = suggest(page, field, typed).get_by_role("option")
    for _ in range(options.count()):
        page.keyboard.press("ArrowDown")
        chosen = options.and_(page.locator("[aria-selected=true]"))
        expect(chosen).to_have_count(1)
        assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
        if wanted in chosen.inner_text():
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{wanted} is not among the suggestions for {typed}")


def fill_in(form: LetterForm, person: str) -> None:
    """A letter to two bodies with two asks, with a day that no month has."""
    page = form.page
    letter = form.section("The letter")
    letter.get_by_label("Title").fill(TITLE)
    letter.get_by_label("Date on the letter").fill(f"{written_on():%Y-%m}-32")
    signed = form.section("Signed by")
    signed.get_by_label("Name", exact=True).fill("Rep. Somebody")
    press(page.get_by_role("button", name="Add an addressee"))
    form.addressee(0, "Treas", TREASURY)
    form.addressee(1, "Department of St", STATE)
    first = form.ask(1)
    first.get_by_label("Instrument").select_option("Global Magnitsky")
    first.get_by_label("What it asks, in one line").fill(MAGNITSKY)
    form.known_target(form.ask(1), person[:6], person)
    press(page.get_by_role("button", name="Add another ask"))
    second = form.ask(2)
    details = second.get_by_text("Controlled items")
    add = second.get_by_role("button", name="Add a controlled item")
    expect(add).not_to_be_visible()
    second.get_by_label("Instrument").select_option("Export control")
    if form.scripted:
        expect(add).to_be_visible()  # by itself
    else:
        details.click()
    press(add)
    second.get_by_label("What it asks, in one line").fill(EXPORT)
    second.get_by_label("Name, or description of a class").fill(NEW_TARGET)
    second.get_by_label("Kind").select_option("Public body")
    second.get_by_label("Technology").fill(TECHNOLOGY)


def check_nothing_is_lost(form: LetterForm, person: str) -> None:
    """What was typed still stands in the form."""
    letter = form.section("The letter")
    expect(letter.get_by_label("Title")).to_have_value(TITLE)
    expect(letter.get_by_label("Date on the letter")).to_have_value(f"{written_on():%Y-%m}-32")
    bodies = form.section("Addressed to").get_by_label(re.compile("^Body"))
    expect(bodies.nth(0)).to_have_value(TREASURY)
    expect(bodies.nth(1)).to_have_value(STATE)
    expect(form.ask(1).locator(".picked")).to_contain_text(person)
    expect(form.ask(2).get_by_label("Name, or description")).to_have_value(NEW_TARGET)
    expect(form.ask(2).get_by_label("Technology")).to_have_value(TECHNOLOGY)


def put_right(form: LetterForm, person: str) -> None:
    """Save with the mistake, read what is said, put it right, save again."""
    page = form.page
    form.save()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("1 thing to put right")
    expect(alert).to_contain_text("Nothing was saved yet, and nothing you typed is lost.")
    link = alert.get_by_role("link", name=re.compile("Date on the letter: .*32"))
    if form.scripted:
        expect(alert).to_be_focused()
    field = form.section("The letter").get_by_label("Date on the letter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("32"))
    check_nothing_is_lost(form, person)
    link.click()
    expect(field).to_be_focused()
    field.fill(written_on().isoformat())
    form.save()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.get_by_role("status")).to_contain_text("The letter is recorded, with ")
    for title in (MAGNITSKY, EXPORT):
        expect(page.get_by_role("link", name=title)).to_be_visible()


def acknowledge(page: Page) -> None:
    """See the ask, and record that one of the two bodies confirmed receipt."""
    page.get_by_role("link", name=MAGNITSKY).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(MAGNITSKY)
    expect(page.locator(".record-state .flag")).to_have_text(["Silent", "Unacknowledged"])
    page.get_by_role("link", name="Record a reply").click()
    page.get_by_label("What it amounts to").select_option("Acknowledgement")
    page.get_by_role("group", name="With whom").get_by_label(STATE).check()
    assert send(page) == 303
    asked = page.get_by_role("region", name="Who was asked")
    for body, state in (("State", "Acknowledged"), ("Treasury", "Awaiting")):
        row = asked.get_by_role("row").filter(has=page.get_by_role("link", name=body))
        expect(row).to_contain_text(state)
    expect(page.get_by_role("region", name="Chronology")).to_contain_text(
        "Acknowledgement from State"
    )


def see_why_it_is_stale(page: Page, chosen: Examples) -> None:
    """The Tibet letter's ask is flagged, with rule, basis, arithmetic and the next step."""
    page.get_by_role("link", name="Stale", exact=True).click()
    page.get_by_role("navigation", name="Causes").get_by_role("link", name="Silent").click()
    row = page.locator(".queue > li").filter(has_text=chosen.ask)
    expect(row.get_by_role("link", name=chosen.ask_title)).to_be_visible()
    expect(row.locator(".why")).to_contain_text("23 Oct 2023")
    expect(row.locator(".basis")).to_have_text("House norm")
    late = today() - (date(2023, 10, 23) + timedelta(days=60))
    expect(row.locator(".late")).to_contain_text(f"{late.days:,}")
    row.get_by_text("Show the arithmetic").click()
    work = row.locator("details")
    for said in ("23 Oct 2023", "60", "22 Dec 2023", "Rule:"):
        expect(work).to_contain_text(said)
    expect(row.get_by_role("link", name="Follow up…")).to_be_visible()
    expect(row.get_by_role("link", name="Record a follow-up")).to_be_visible()
    expect(row.get_by_role("link", name="Snooze")).to_be_visible()


def reply_to_all(page: Page, chosen: Examples) -> None:
    """One reply that covers every ask of the letter."""
    page.get_by_role("link", name="Letters", exact=True).click()
    page.get_by_role("link", name=chosen.letter_title).click()
    asks = page.get_by_role("region", name="What it asks")
    expect(asks.get_by_role("rowheader")).to_have_count(4)
    expect(asks.locator(".flag")).not_to_have_count(0)
    page.get_by_role("link", name="Record a reply").click()
    about = page.get_by_role("group", name="About which asks").get_by_role("checkbox")
    expect(about).to_have_count(4)
    for box in about.all():
        expect(box).to_be_checked()
    for box in page.get_by_role("group", name="With whom").get_by_role("checkbox").all():
        box.check()
    page.get_by_label("What was said").fill(REPLY)
    assert send(page) == 303
    page.get_by_role("link", name=re.compile("^Letter of 23 Oct 2023|, 23 Oct 2023$")).first.click()
    expect(asks.get_by_role("rowheader")).to_have_count(4)
    expect(asks.locator(".flag")).to_have_count(0)
    asks.get_by_role("link", name=chosen.ask_title).click()
    expect(page.get_by_role("region", name="Chronology")).to_contain_text(REPLY)


def change_status_and_read_history(page: Page) -> None:
    """Every change says who, when, and what it was before."""
    page.get_by_role("link", name="Change status").first.click()
    page.get_by_label("New status").select_option("Acknowledged")
    assert send(page) == 303
    expect(page.locator(".record-state")).to_contain_text("Acknowledged")
    page.get_by_role("link", name="History").click()
    entry = page.get_by_role("listitem").filter(has_text="Demo staff").first
    expect(entry).to_contain_text("Submitted")
    expect(entry).to_contain_text("Acknowledged")


def log_out(page: Page) -> None:
    """After that, no page opens."""
    page.goto("/account")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    page.goto("/letters")
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")


@pytest.mark.parametrize("scripted", [True, False], ids=["with script", "without script"])
def test_a_person_goes_from_the_letter_to_the_answer(
    own_site: Site, open_page: Open, scripted: bool
) -> None:
    chosen = examples(own_site)
    page = open_page(own_site, None, java_script_enabled=scripted)
    log_in_on(page, "staff")
    form = LetterForm(page, scripted=scripted)
    fill_in(form, chosen.person_name)
    put_right(form, chosen.person_name)
    acknowledge(page)
    see_why_it_is_stale(page, chosen)
    reply_to_all(page, chosen)
    change_status_and_read_history(page)
    log_out(page)
