"""A browser and the running program, for tests that go through both as a person does."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, StorageState, sync_playwright

from tests.browser.people import enter, log_in_at
from tests.browser.sites import LOGINS, Site, copy_of, make_instance, serve

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # whatever a page asks of another machine fails, and a test that watches the page says so
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
)
COMMANDS = ("chromium", "chromium-browser", "google-chrome")
Open = Callable[..., Page]
Cookies = dict[str, StorageState]


def _chromium(playwright: Playwright) -> str | None:
    """The program of a Chromium: the system's own, or the one that Playwright fetched."""
    found = next(filter(None, map(shutil.which, COMMANDS)), None)
    fetched = playwright.chromium.executable_path
    return found or (fetched if Path(fetched).is_file() else None)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A headless Chromium. Without one the tests are skipped, unless they must not be.

    It is closed before other tests of the process run: while it is driven, an event loop runs in
    their thread, in which Flask cannot close an application context.
    """
    with sync_playwright() as playwright:
        program = _chromium(playwright)
        if program is None:
            missing = f"no Chromium is found ({', '.join(COMMANDS)}): browser tests do not run"
            if os.environ.get("TRACKER_TESTS_NEED_BROWSER"):
                pytest.fail(missing)
            pytest.skip(missing)
        chromium = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an instance with the demonstration, made once a test process."""
    folder = tmp_path_factory.mktemp("demonstration")
    make_instance(folder)
    return folder


@pytest.fixture(scope="package")
def cookies(browser: Browser, instance: Path) -> Cookies:
    """What each role's browser holds after logging in; good for every copy of the instance."""
    with serve(instance) as running:
        return {role: log_in_at(browser, running.url, role) for role in LOGINS}


@pytest.fixture(scope="package")
def site(
    cookies: Cookies, instance: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The program with the demonstration, which all tests read and none changes."""
    with serve(copy_of(instance, tmp_path_factory.mktemp("site"))) as running:
        yield running


@pytest.fixture
def public_site(cookies: Cookies, instance: Path, tmp_path: Path) -> Iterator[Site]:
    """The same, with its public records open to everybody."""
    with serve(copy_of(instance, tmp_path / "public"), public=True) as running:
        yield running


@pytest.fixture
def own_site(cookies: Cookies, instance: Path, tmp_path: Path) -> Iterator[Site]:
    """The same for one test alone, which may change it."""
    with serve(copy_of(instance, tmp_path / "site")) as running:
        yield running


@pytest.fixture
def empty_site(tmp_path: Path) -> Iterator[Site]:
    """The program with people in it, and nothing on record."""
    folder = tmp_path / "empty"
    make_instance(folder, with_records=False)
    with serve(folder) as running:
        yield running


@pytest.fixture
def open_page(browser: Browser, cookies: Cookies) -> Iterator[Open]:
    """Open a page for a role (nobody: `None`), with what a browser context can be given."""
    contexts = []

    def open_for(site: Site, role: str | None = "staff", **wanted: object) -> Page:
        context = enter(browser, site.url, cookies[role] if role else None, **wanted)
        contexts.append(context)
        return context.new_page()

    yield open_for
    for context in contexts:
        context.close()
