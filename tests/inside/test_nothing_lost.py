"""Processes killed in the midst of writing: what was acknowledged is there, with its history."""

import re
import subprocess
import sys
from collections import Counter
from itertools import pairwise

from flask import Flask
from sqlalchemy import func, select, text

from tests.inside import dying
from tests.inside.commands import ROOT, CommandLine, clean_environment
from tests.inside.samples import ask_input, ask_of, reading, writing
from tests.support.people import Person
from tracker.casework import actions
from tracker.core.db import db
from tracker.history import queries as history
from tracker.history.models import HistoryEvent
from tracker.recommendations.models import Recommendation, StatusSpan

ROUNDS, WRITERS = 20, 3
WORD = re.compile(r"round \d+ writer \d+ \d+")


def new_asks(app: Flask, staff: Person) -> list[str]:
    with writing(app):
        made = [actions.add_ask(staff.viewer, ask_input(f"Ask {n}")) for n in range(WRITERS)]
        return [ask.reference for ask in made]


def kill_writers(app: Flask, staff: Person, asks: list[str]) -> list[str]:
    """The words that were acknowledged before their writers were killed."""
    settings = app.extensions["tracker.settings"]
    cookie = staff.client.get_cookie("tracker_session")
    assert cookie is not None
    ran = subprocess.run(
        [sys.executable, dying.__file__, "a seed", str(ROUNDS), cookie.value, *asks],
        env=clean_environment(
            TRACKER_INSTANCE=str(settings.instance),
            TRACKER_DATABASE_URL=settings.database_url,
            TRACKER_REQUIRE_MFA="none",
            PYTHONPATH=str(ROOT),
        ),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


def told(asks: list[str], staff: Person) -> dict[str, list[history.Entry]]:
    """The history of each ask, newest first."""
    return {
        ask: history.of_record(ask_of(staff.viewer, ask).id, since=None, limit=100_000)
        for ask in asks
    }


def words_in(entries: list[history.Entry]) -> list[str]:
    """The words of the writers that a history tells of as new, one for each change."""
    said = [f"{e.body.get('after')} {e.body.get('reason')} {e.body.get('note')}" for e in entries]
    return [found[0] for text in said if (found := WORD.search(text))]


def spans_of(ask_id: int) -> list[StatusSpan]:
    statement = select(StatusSpan).where(StatusSpan.recommendation_id == ask_id)
    return list(db.session.scalars(statement.order_by(StatusSpan.id)))


def check_ask(ask: Recommendation, entries: list[history.Entry]) -> None:
    """What the ask says now is what its history says last, and its spans join."""
    names = Counter(entry.name for entry in entries)
    assert ask.version == 1 + names["recommendation.status_changed"]
    assert ask.plan_version == 1 + names["recommendation.changed"]
    planned = [e for e in entries if e.name == "recommendation.changed"]
    assert ask.next_action == next(iter(words_in(planned)), "")  # none came so far, perhaps
    spans = spans_of(ask.id)
    assert len(spans) == 1 + names["recommendation.status_changed"]
    assert [span for span in spans if span.until_on is None] == [spans[-1]]
    assert ask.status is spans[-1].status
    for earlier, later in pairwise(spans):
        assert earlier.until_on == later.from_on
        assert earlier.status is not later.status
        assert earlier.ended_at is not None


def test_no_acknowledged_change_is_lost_and_none_lacks_its_history(
    app: Flask, staff: Person
) -> None:
    asks = new_asks(app, staff)
    acknowledged = kill_writers(app, staff, asks)
    assert len(acknowledged) >= ROUNDS
    assert {word.rpartition(" ")[0].partition(" writer ")[0] for word in acknowledged} == {
        f"round {number}" for number in range(ROUNDS)
    }
    with reading(app):
        stories = told(asks, staff)
        kept = Counter(word for entries in stories.values() for word in words_in(entries))
        assert set(acknowledged) - set(kept) == set()
        assert set(kept.values()) == {1}
        # at the most the one change of each that was killed before it could say so
        assert len(kept) - len(acknowledged) <= ROUNDS * WRITERS
        for ask in asks:
            check_ask(ask_of(staff.viewer, ask), stories[ask])
        assert [verdict.problem for verdict in history.verify()] == [None]
        events = db.session.scalar(select(func.count()).select_from(HistoryEvent))
        if db.engine.dialect.name == "sqlite":
            assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
    settings = app.extensions["tracker.settings"]
    tracker = CommandLine(settings.instance, {"TRACKER_DATABASE_URL": settings.database_url})
    assert f"{events} entries, intact" in tracker.ok("audit", "verify")
