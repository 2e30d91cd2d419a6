"""Passkeys, with the authenticator that Chromium plays: made, used, refused elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import Open
from tests.browser.people import log_in_on
from tests.browser.sites import LOGINS, Site, serve

pytestmark = pytest.mark.browser

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def plug_in(page: Page) -> CDPSession:
    """An authenticator that says yes."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    line.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return line


def make_one(page: Page) -> None:
    page.goto("/account/second-factor/passkey")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("row", name="Chrome on Linux")).to_be_visible()


def start_again(page: Page) -> None:
    """Log out, and give the password."""
    page.goto("/account")
    page.get_by_role("button", name="Log out").click()
    page.get_by_label("E-mail").fill(LOGINS["staff"].email)
    page.get_by_label("Password").fill(LOGINS["staff"].password)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Second factor", exact=True)).to_be_visible()


def half_way(site: Site, open_page: Open) -> Page:
    """Somebody who made a passkey, logged out, and gave the password again."""
    page = open_page(site, role=None)
    log_in_on(page, "staff")
    plug_in(page)
    make_one(page)
    start_again(page)
    return page


def test_a_passkey_is_made_and_opens_the_account(own_site: Site, open_page: Open) -> None:
    page = half_way(own_site, open_page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda address: "/login" not in address)
    page.goto("/account")
    expect(page.get_by_role("heading", name="Account", exact=True)).to_be_visible()
    # the same device makes no second one
    page.goto("/account/second-factor/passkey")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_text("This device holds a passkey for your account")).to_be_visible()
    expect(page.get_by_role("button", name="Make the passkey")).to_be_focused()


@pytest.fixture
def elsewhere(own_site: Site, tmp_path: Path) -> Iterator[Site]:
    """The same instance behind a page of another address: browsers sign for it, since a passkey is
    bound to the name of the host and not to the port."""
    with serve(tmp_path / "site", base_url="http://localhost:1") as running:
        yield running


def test_an_answer_given_at_another_address_is_refused(
    own_site: Site, elsewhere: Site, open_page: Open
) -> None:
    page = half_way(own_site, open_page)
    page.goto(f"{elsewhere.url}/login/second-factor")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("did not answer as it should")
    page.goto(f"{own_site.url}/login/second-factor")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda address: "/login" not in address)


def test_a_passkey_made_at_another_address_is_refused(elsewhere: Site, open_page: Open) -> None:
    page = open_page(elsewhere, role=None)
    log_in_on(page, "staff")
    plug_in(page)
    page.goto(f"{elsewhere.url}/account/second-factor/passkey")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("did not answer as it should")


def test_a_signature_is_taken_once(own_site: Site, open_page: Open) -> None:
    page = half_way(own_site, open_page)
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda address: "/login" not in address)
    answer = sent.value.post_data or ""
    start_again(page)
    code = page.evaluate(
        """async (body) => {
          const token = document.querySelector("[name=csrf_token]").value;
          const sent = new URLSearchParams(body);
          sent.set("csrf_token", token);
          return (await fetch(location.href, {method: "POST", body: sent})).status;
        }""",
        answer,
    )
    assert code == 422
