"""Writers that are killed: `python dying.py SEED ROUNDS COOKIE ASK…`.

Each round, a writer for each ask is forked, changes its ask through the pages again and again, and
says so once it has the answer; in the midst of that all are killed. What they said is printed: the
words that they wrote, each of which was acknowledged.
"""

import os
import random
import select
import signal
import sys
from itertools import count
from time import sleep
from typing import Never

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.people import form_of
from tracker import create_app
from tracker.core.db import db

LONGEST_WAIT = 20.0  # seconds


def write(app: Flask, cookie: str, ask: str, name: str, say: int) -> Never:
    """Change the ask without end, and say so each time."""
    client = browser(app, cookie)
    for number in count():
        word = f"{name} {number}"
        change(client, ask, word, is_status=number % 2 == 1)
        os.write(say, f"{word}\n".encode())
    raise AssertionError("numbers do not end")


def browser(app: Flask, cookie: str) -> FlaskClient:
    """A browser in which somebody has logged in."""
    client = app.test_client()
    client.set_cookie("tracker_session", cookie)
    return client


def change(client: FlaskClient, ask: str, word: str, *, is_status: bool) -> None:
    """Take the ask a step on or back, or plan its next step."""
    if is_status:
        path = f"/recommendations/{ask}/status"
        page = client.get(path)
        to = "draft" if 'value="draft"' in page.text else "vetting"
        send(client, path, page, {"to": to, "reason": word, "note": word})
    else:
        path = f"/recommendations/{ask}/next"
        send(client, path, client.get(path), {"next_action": word})


def send(client: FlaskClient, path: str, page: TestResponse, typed: dict[str, str]) -> None:
    """Fill a form and send it; whatever is not taken ends this writer, which is then missed."""
    answer = client.post(path, data={**form_of(page), **typed})
    assert answer.status_code == 303, answer.text


def one_round(app: Flask, cookie: str, asks: list[str], name: str, delay: float) -> str:
    """What the writers of a round were acknowledged before they were killed."""
    hears, says = os.pipe()
    writers = []
    for place, ask in enumerate(asks):
        writer = os.fork()
        if writer == 0:
            os.close(hears)
            write(app, cookie, ask, f"{name} writer {place}", says)
        writers.append(writer)
    os.close(says)
    assert select.select([hears], [], [], LONGEST_WAIT)[0], "nobody wrote anything"
    sleep(delay)
    for writer in writers:
        os.kill(writer, signal.SIGKILL)
    killed = [os.waitpid(writer, 0)[1] for writer in writers]
    assert killed == [signal.SIGKILL] * len(writers), "a writer ended by itself"
    with os.fdopen(hears) as heard:
        return heard.read()


def warm_up(app: Flask, cookie: str, ask: str) -> None:
    """Do everything once, so that the writers inherit compiled pages and statements; but no
    connection."""
    for is_status in (False, True):
        change(browser(app, cookie), ask, "warming up", is_status=is_status)
    with app.app_context():
        db.engine.dispose()


def main() -> None:
    """All rounds."""
    seed, rounds, cookie, *asks = sys.argv[1:]
    chance = random.Random(seed)
    app = create_app()
    warm_up(app, cookie, asks[0])
    for number in range(int(rounds)):
        said = one_round(app, cookie, asks, f"round {number}", chance.uniform(0.02, 0.15))
        sys.stdout.write(said)


if __name__ == "__main__":
    main()
