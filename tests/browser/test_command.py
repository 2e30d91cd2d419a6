"""The command that shows the program: it starts, people log in, and it ends when it is told to."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import enter, log_in_on
from tests.browser.sites import LOGINS, free_port

pytestmark = pytest.mark.browser

STARTING, STOPPING = 60, 10  # seconds


class Command:
    """`tracker demo`, with the lines that it prints as they come."""

    def __init__(self, folder: Path, port: int) -> None:
        settings = {k: v for k, v in os.environ.items() if not k.startswith("TRACKER_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tracker", "demo", "--port", str(port)],
            env={**settings, "TRACKER_INSTANCE": str(folder), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: Queue[str] = Queue()
        self.said: list[str] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)

    def wait_for(self, pattern: str) -> None:
        """Read on until a line holds the pattern."""
        while True:
            try:
                line = self.lines.get(timeout=STARTING)
            except Empty:
                raise AssertionError(f"no line holds {pattern}: {self.said}") from None
            self.said.append(line)
            if re.search(pattern, line):
                return

    def has_left_something(self) -> bool:
        """Whether a process that it started still runs."""
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        return True


@contextmanager
def running(folder: Path, port: int) -> Iterator[Command]:
    """Run the command; whatever happens, nothing of it is left."""
    command = Command(folder, port)
    try:
        yield command
    finally:
        if command.has_left_something():
            os.killpg(command.process.pid, signal.SIGKILL)
        command.process.wait(STOPPING)
        command.reader.join(STOPPING)
        assert command.process.stdout is not None
        command.process.stdout.close()


def answers(port: int) -> bool:
    """Whether anybody listens on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_demonstration_starts_serves_and_ends(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path / "instance", port) as command:
        command.wait_for(rf"http://localhost:{port}\b")
        for login in LOGINS.values():
            command.wait_for(re.escape(login.password))
        command.wait_for("Ctrl-C")
        context = enter(browser, f"http://localhost:{port}")
        page = context.new_page()
        _wait_until_served(port)
        log_in_on(page, "staff")
        expect(page.get_by_role("heading", level=1)).to_have_text("Desk")
        expect(page.locator(".demo-note")).to_contain_text("nobody has vetted them")
        context.close()
        command.process.send_signal(signal.SIGTERM)
        command.process.wait(STOPPING)
        assert not command.has_left_something()
        assert not answers(port)


def _wait_until_served(port: int) -> None:
    """The line comes just before the server listens."""
    pause = threading.Event()
    for _ in range(100):
        if answers(port):
            return
        pause.wait(0.1)
    raise AssertionError("nothing listens on the port that was announced")
