"""No page breaks a rule of axe: for staff and partners, in light and dark, in every state."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.conftest import Open
from tests.browser.pages import PASSKEY, TYPED_OR_CHOSEN, examples, main_pages, pages_for
from tests.browser.people import PHONE, log_in_on, press, send, suggest
from tests.browser.sites import Site

pytestmark = pytest.mark.browser

EMPTY = ("/", "/stale", "/recommendations", "/letters", "/targets", "/sources", "/dashboards")
# What nobody may type: no day, no country, no web address; and nothing where a reason is asked for.
SPOIL = """form => {
  for (const field of form.querySelectorAll("input:not([type]), input[type=text], textarea"))
    field.value = /reason|title|name/.test(field.name) ? "" : "x";
}"""


@pytest.mark.parametrize("role", ["staff", "partner"])
def test_every_page_passes(site: Site, open_page: Open, role: str) -> None:
    page = open_page(site, role)
    found: list[str] = []
    for address in pages_for(page.context, site):
        page.goto(address)
        found += violations(page, address)
    assert not found, "\n".join(found)


def test_every_page_passes_for_everybody(public_site: Site, open_page: Open) -> None:
    page = open_page(public_site, None)
    found: list[str] = []
    seen = 0
    for address in pages_for(page.context, public_site, kept_out=(302, 403, 404)):
        seen += 1
        page.goto(address)
        found += violations(page, address)
    assert seen >= 10
    assert not found, "\n".join(found)


def test_forms_with_errors_pass(own_site: Site, open_page: Open) -> None:
    page = open_page(own_site)
    found: list[str] = []
    seen = 0
    for address in pages_for(page.context, own_site):
        page.goto(address)
        form = page.locator("form:has(.form-end)")
        if not form.locator(TYPED_OR_CHOSEN).count() or page.locator(PASSKEY).count():
            continue
        form.evaluate(SPOIL)
        if send(page) == 422:
            seen += 1
            assert page.get_by_role("alert").is_visible(), address
            found += violations(page, f"{address} with errors")
    assert seen >= 10
    assert not found, "\n".join(found)


def test_answers_that_refuse_pass(site: Site, open_page: Open) -> None:
    found = []
    for role, address, status in (
        ("staff", "/recommendations/R-00000000", 404),
        ("staff", "/recommendations?sort=colour", 400),
        ("partner", "/letters/new", 403),
        (None, "/login", 200),
    ):
        page = open_page(site, role)
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == status
        found += violations(page, address)
    assert not found, "\n".join(found)


def test_a_wrong_password_passes(site: Site, open_page: Open) -> None:
    page = open_page(site, None)
    page.goto("/login")
    page.get_by_label("E-mail").fill("nobody@example.org")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("alert").wait_for()
    found = violations(page, "wrong password")
    assert not found, "\n".join(found)


def test_lists_without_rows_pass(site: Site, open_page: Open) -> None:
    page = open_page(site)
    found = []
    for address in (
        "/recommendations?q=nothing+is+called+so",
        "/recommendations?status=draft&open=1&stale=1&tag=none",
        "/targets?q=nothing+is+called+so",
        "/stale?cause=unsent&mine=1",
        f"/recommendations/{examples(site).acted_ask}/snooze",
    ):
        page.goto(address)
        assert page.locator(".empty").is_visible(), address
        found += violations(page, address)
    assert not found, "\n".join(found)


def test_pages_with_nothing_on_record_pass(empty_site: Site, open_page: Open) -> None:
    page = open_page(empty_site, None)
    log_in_on(page, "staff")
    found = []
    for address in EMPTY:
        page.goto(address)
        assert page.locator(".empty").first.is_visible(), address
        found += violations(page, f"{address} with nothing on record")
    assert not found, "\n".join(found)


def test_the_letter_form_with_rows_and_suggestions_passes(site: Site, open_page: Open) -> None:
    page = open_page(site)
    page.goto("/letters/new")
    press(page.get_by_role("button", name="Add another ask"))
    second = page.get_by_role("group", name="Ask 2")
    second.get_by_label("Instrument").select_option("Export control")
    press(second.get_by_role("button", name="Add a controlled item"))
    second.get_by_label("Technology").wait_for()
    suggest(page, second.get_by_label("Name, or description"), "Tib")
    page.keyboard.press("ArrowDown")
    found = violations(page, "the letter form with suggestions")
    page.keyboard.press("Enter")
    page.locator(".picked").wait_for()
    found += violations(page, "the letter form with a target from the record")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("kind", "field"),
    [("recommendations", "title"), ("recommendations", "request"), ("targets", "name")],
)
def test_a_clash_of_two_people_passes(
    own_site: Site, open_page: Open, kind: str, field: str
) -> None:
    chosen = examples(own_site)
    reference = chosen.ask if kind == "recommendations" else chosen.person
    mine, theirs = open_page(own_site), open_page(own_site)
    told = "name" if kind == "targets" else "title"
    for page, name, typed in ((mine, field, "Another wording"), (theirs, told, "A better one")):
        page.goto(f"/{kind}/{reference}/edit")
        page.locator(f"[name={name}]").fill(typed)
    assert send(theirs) == 303
    assert send(mine) == 409
    expect(mine.get_by_role("heading", name="Somebody else saved first")).to_be_visible()
    found = violations(mine, f"a clash over {kind}")
    assert not found, "\n".join(found)


def test_the_main_pages_pass_on_a_phone(site: Site, open_page: Open) -> None:
    page = open_page(site, viewport=PHONE)
    found = []
    for address in main_pages(site):
        page.goto(address)
        found += violations(page, f"{address} on a phone", dark=False)
    page.goto("/")
    page.get_by_role("button", name="Menu").click()
    found += violations(page, "the menu on a phone")
    assert not found, "\n".join(found)


def test_a_form_that_lost_its_log_in_passes(site: Site, open_page: Open) -> None:
    page = open_page(site)
    page.goto("/targets/new")
    page.get_by_label("Name, or description of a class").fill("Somebody")
    page.locator("input[name=csrf_token]").evaluate("field => field.remove()")
    assert send(page) == 400
    assert page.get_by_role("button", name="Send it again").is_visible()
    found = violations(page, "a form without its token")
    assert not found, "\n".join(found)
