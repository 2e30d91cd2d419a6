"""The made-up population is valid: the databases take it, its chain holds, its pages open."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.benchmarks import filling
from tests.benchmarks.report import BEGIN, END
from tests.inside.samples import reading
from tests.support import databases
from tests.support.people import Person, add_person, log_in
from tracker.accounts.permissions import Role
from tracker.clocks.models import Clock
from tracker.clocks.sweep import JOB
from tracker.core.db import db
from tracker.core.now import today
from tracker.history import queries as history
from tracker.jobs import runner
from tracker.recommendations.models import Addressee, Outcome, Recommendation, Status, StatusSpan
from tracker.records.models import Audience, Record

ASKS = 300
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"


@pytest.fixture
def reader(app: Flask) -> Iterator[Person]:
    """Somebody of one of the organisations, logged in, over a small population."""
    with app.app_context():
        filling.populate(ASKS)
    person = add_person(app, "reader@example.org", Role.STAFF, filling.group(1))
    assert log_in(person).status_code == 302
    yield person
    with app.app_context():
        db.engine.dispose()


def test_a_population_is_valid_and_its_pages_open(app: Flask, reader: Person) -> None:
    with reading(app):
        [verdict] = history.verify()
        assert verdict.problem is None
        assert verdict.length > 2 * ASKS
        assert db.session.scalar(select(func.count(Recommendation.id))) == ASKS
        shapes = {
            Recommendation.status: Status,
            Recommendation.audience: Audience,
        }
        for column, enum in shapes.items():
            assert set(db.session.scalars(select(column).distinct())) == set(enum)
        for part in (Addressee, Clock, StatusSpan):
            assert (db.session.scalar(select(func.count(part.id))) or 0) > ASKS
        assert (db.session.scalar(select(func.count(Outcome.id))) or 0) > ASKS / 10
        shown = db.session.scalars(
            select(Record.reference)
            .join(Recommendation, Recommendation.id == Record.id)
            .where(Recommendation.audience == Audience.COALITION)
            .order_by(Record.id)
        ).all()
    ask = reader.get(f"/recommendations/{shown[0]}")
    assert ask.status_code == 200
    found = set(re.findall(r'href="(/(?:letters|targets)/[LT]-[0-9A-Z]{8})"', ask.text))
    lists = ("/", "/recommendations", "/letters", "/targets", "/sources", "/agencies", "/stale")
    pages = (*lists, "/dashboards", f"/recommendations/{shown[0]}/history", *found)
    assert len(found) >= 2
    assert {path: reader.get(path).status_code for path in pages} == dict.fromkeys(pages, 200)


def test_the_sweep_finds_nothing_left_undone(app: Flask, reader: Person) -> None:
    """Flags stand as the nightly job would have set them, so that a measurement begins settled."""
    with app.app_context():
        outcome = runner.run_by_hand(JOB, today(), dry_run=True)
    assert outcome.figures["newly_flagged"] == 0
    assert outcome.figures["in_force"]


def test_the_same_seed_draws_the_same(tmp_path: Path) -> None:
    heads = []
    for name in ("one", "other"):
        app = databases.make_app("sqlite", tmp_path / name, name)
        with app.app_context():
            filling.populate(20)
            heads.append(history.head())
            references = db.session.scalars(select(Record.reference).order_by(Record.id)).all()
            assert len(set(references)) == len(references)
            db.session.rollback()
            db.engine.dispose()
    assert heads[0] == heads[1]
    assert heads[0].length


def test_the_document_has_a_place_for_the_table() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text.count(BEGIN) == text.count(END) == 1
    assert text.index(BEGIN) < text.index(END)
