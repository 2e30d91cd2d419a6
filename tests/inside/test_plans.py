"""The plans of the statements that grow with the records: each starts in its index."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from tests.inside.samples import reading, writing
from tests.inside.watching import Watched, watching
from tests.support import databases
from tests.support.factories import make
from tests.support.people import Person, add_person, log_in
from tracker.accounts.permissions import Role
from tracker.clocks.models import Basis, Cause, ClockKind, ClockState
from tracker.clocks.sweep import JOB
from tracker.core.dates import PartialDate
from tracker.core.db import Base, db
from tracker.core.now import now, today
from tracker.core.references import new_reference
from tracker.history import actions as history
from tracker.jobs import runner
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import Recommendation, Result, Seeks, Status
from tracker.records.models import Audience, Kind, Record

ASKS = 3000
TABLES = Base.metadata.tables


@dataclass
class Library:
    """Somebody with a SQLite database of a few thousand asks, of which its planner has figures,
    and the plan of their first page before it was given any."""

    person: Person
    unaided: list[str]

    @property
    def app(self) -> Flask:
        return self.person.app


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    app = databases.make_app("sqlite", tmp_path_factory.mktemp("plans"), "plans")
    person = add_person(app, "reader@example.org", Role.STAFF, "Highland Group")
    with writing(app):
        fill(person.viewer.organisation_id or 0)
    assert log_in(person).status_code == 302
    with app.app_context():
        runner.run_by_hand(JOB, today() - timedelta(days=10), dry_run=False)
        db.engine.dispose()
    unaided = plan_of_page(app, paging_statement(seen_on(person, "/recommendations")))
    with writing(app):
        db.session.connection().exec_driver_sql("ANALYZE")
    with app.app_context():
        db.engine.dispose()  # a connection reads the figures when it is opened
    yield Library(person, unaided)
    with app.app_context():
        db.engine.dispose()


def seen_on(person: Person, path: str) -> Watched:
    """The statements of a page."""
    with watching(person.app) as seen:
        assert person.get(path).status_code == 200
    return seen


def fill(own: int) -> None:
    """Asks of three organisations, of all audiences and statuses, each with two clocks."""
    owners = [own, make(Recommendation).organisation_id, make(Recommendation).organisation_id]
    first = (db.session.scalar(select(Record.id).order_by(Record.id.desc()).limit(1)) or 0) + 1
    ids = range(first, first + ASKS)
    statuses = [status for status in Status if status is not Status.CLOSED]
    audiences = list(Audience)
    db.session.execute(
        insert(Record),
        [{"id": i, "kind": Kind.RECOMMENDATION, "reference": new_reference("R")} for i in ids],
    )
    common = [
        {"organisation_id": owners[i % 3], "audience": audiences[i // 3 % len(audiences)]}
        for i in ids
    ]
    asks = [
        {
            **owned,
            "id": i,
            "version": 1,
            "title": f"Ask {i}",
            "sort_title": f"ask {i}",
            "instrument": list(Instrument)[i % len(Instrument)],
            "seeks": Seeks.ADDITION,
            "status": statuses[i % len(statuses)],
            "result": Result.NONE_KNOWN,
            "newest_conduct_on": None,
            "request": "",
            "legal_basis": "",
            "abuse": "",
            "next_action": "",
            "submitted_on": PartialDate(2015 + i % 10, 1 + i % 12),
            "last_contact_on": PartialDate(2015 + i % 10, 1 + i % 12),
            "created_at": now() - timedelta(minutes=i),
            "updated_at": now() - timedelta(minutes=i),
        }
        for i, owned in zip(ids, common, strict=True)
    ]
    db.session.execute(insert(TABLES["recommendations"]), asks)
    db.session.execute(insert(TABLES["clocks"]), list(clocks(ids, common)))


def clocks(ids: range, common: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A flagged clock of each ask, and a running one, of which a few are late and not flagged."""
    for i, owned in zip(ids, common, strict=True):
        for late_on, flagged in (
            (today() - timedelta(days=400), True),
            (today() + timedelta(days=30 if i % 100 else -1), False),
        ):
            yield {
                **owned,
                "recommendation_id": i,
                "kind": ClockKind.SILENCE,
                "cause": list(Cause)[i % len(Cause)],
                "basis": Basis.HOUSE,
                "start_key": f"contact-{flagged}",
                "state": ClockState.RUNNING,
                "started_on": PartialDate(2020, 1),
                "due_on": late_on - timedelta(days=1),
                "late_on": late_on,
                "flagged_on": late_on if flagged else None,
                "note": "",
                "recorded_at": now(),
            }


def plan(app: Flask, statement: tuple[str, Any]) -> list[str]:
    """The steps of the plan by which SQLite runs a statement."""
    return [step for _, _, step in explained(app, statement)]


def explained(app: Flask, statement: tuple[str, Any]) -> list[tuple[int, int, str]]:
    """The steps with their numbers, and the number of the step that each is part of."""
    text, parameters = statement
    with reading(app):
        rows = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", parameters)
        return [(row[0], row[1], str(row[3])) for row in rows]


def plan_of_page(app: Flask, statement: tuple[str, Any]) -> list[str]:
    """The steps that pick the rows of a page: around them its few rows are dressed and sorted."""
    steps = explained(app, statement)
    inside = {
        number for number, _, step in steps if step in ("CO-ROUTINE page", "MATERIALIZE page")
    }
    assert len(inside) == 1, steps
    for number, parent, _ in steps:  # a step stands after that which it is part of
        if parent in inside:
            inside.add(number)
    return [step for number, _, step in steps if number in inside]


def full_scans(steps: list[str], table: str) -> list[str]:
    """The steps that read all of a table itself, in no order of use."""
    return [step for step in steps if step.startswith(f"SCAN {table}") and " USING " not in step]


def sorts(steps: list[str]) -> list[str]:
    return [step for step in steps if "TEMP B-TREE FOR ORDER BY" in step]


def uses(steps: list[str], index: str) -> bool:
    return any(index in step.split() for step in steps)


def paging_statement(seen: Watched) -> tuple[str, Any]:
    """The statement of a page of the list of asks: the one that counts off rows in an order."""
    [found] = [
        (text, parameters)
        for text, parameters in seen.about("SELECT", "recommendations")
        if "ORDER BY recommendations." in text and "LIMIT" in text and "AS page" in text
    ]
    return found


def test_the_sweep_reads_only_what_is_due(library: Library) -> None:
    with library.app.app_context(), watching(library.app) as seen:
        outcome = runner.run_by_hand(JOB, today(), dry_run=True)
    assert 0 < outcome.figures["newly_flagged"] < ASKS / 50
    [update] = seen.about("UPDATE", "clocks")
    steps = plan(library.app, update)
    assert uses(steps, "ix_clocks_to_flag"), steps
    assert full_scans(steps, "clocks") == []


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("", "ix_recommendations_updated"),
        ("sort=-submitted", "ix_recommendations_submitted"),
        ("sort=submitted", "ix_recommendations_submitted"),
        ("sort=contact", "ix_recommendations_contact"),
        ("sort=title", "ix_recommendations_title"),
        ("sort=status", "ix_recommendations_place"),
        ("sort=instrument", "ix_recommendations_instrument_updated"),
        ("status=submitted", "ix_recommendations_status_updated"),
        ("instrument=entity_list", "ix_recommendations_instrument_updated"),
    ],
)
def test_a_page_of_asks_is_read_in_the_order_of_its_index(
    library: Library, query: str, index: str
) -> None:
    seen = seen_on(library.person, f"/recommendations?{query}")
    steps = plan_of_page(library.app, paging_statement(seen))
    assert uses(steps, index), steps
    assert full_scans(steps, "recommendations") == []
    assert sorts(steps) == []


def test_the_first_page_is_read_in_order_on_an_installation_as_it_is(library: Library) -> None:
    """Nobody analyses the database by hand: what the nightly job leaves must do."""
    assert uses(library.unaided, "ix_recommendations_updated"), library.unaided
    assert sorts(library.unaided) == []


def test_a_later_page_starts_in_the_index_where_the_last_one_ended(library: Library) -> None:
    page = library.person.get("/recommendations").text
    found = re.search(r'href="(/recommendations\?[^"]*cursor=[^"]*)"', page)
    assert found is not None
    seen = seen_on(library.person, unescape(found[1]))
    steps = plan_of_page(library.app, paging_statement(seen))
    assert any(
        step.startswith("SEARCH") and uses([step], "ix_recommendations_updated") for step in steps
    ), steps
    assert sorts(steps) == []


def test_no_figure_of_the_dashboard_reads_the_clocks_or_asks_in_full(library: Library) -> None:
    """All is counted once, before the first reader comes; after that, what was changed."""
    library.person.get("/dashboards")
    with writing(library.app):
        ask_id = db.session.scalar(select(func.max(Recommendation.id)))
        assert ask_id is not None
        history.record("recommendation.changed", actor_id=None, records=[ask_id])
    wrong = []
    seen = seen_on(library.person, "/dashboards").statements
    assert any("FROM addressees" in statement[0] for statement in seen)
    for statement in seen:
        steps = plan(library.app, statement)
        for table in ("clocks", "recommendations", "addressees", "recommendation_places"):
            wrong += [(step, statement[0]) for step in full_scans(steps, table)]
    assert wrong == []
