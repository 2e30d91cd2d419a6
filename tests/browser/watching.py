"""Listening to what a browser complains about while a page is open."""

from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, Response

# what a browser says about an answer that we meant: a form with errors, a page that is not there
MEANT = "Failed to load resource: the server responded with a status of 4"

# the test went on to another page before the browser had fetched, say, the icon of the tab; what
# our own policy forbids, or the server does not have, is said otherwise
GIVEN_UP = "net::ERR_ABORTED"


class Watch:
    """Everything that went wrong on a page since the watch began."""

    def __init__(self, page: Page) -> None:
        self.problems: list[str] = []
        self.page = page
        page.on("console", self._said)
        page.on("pageerror", lambda error: self._note(f"script error: {error}"))
        page.on("request", self._asked)
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def _note(self, problem: str) -> None:
        self.problems.append(f"{urlsplit(self.page.url).path}: {problem}")

    def _said(self, message: ConsoleMessage) -> None:
        is_own = message.location.get("url") == self.page.url and message.text.startswith(MEANT)
        if message.type in ("error", "warning") and not is_own:
            self._note(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).hostname != "localhost":
            self._note(f"asks another host: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure == GIVEN_UP:
            return
        self._note(f"failed: {request.url}, {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self._note(f"{response.status} for {response.url}")
