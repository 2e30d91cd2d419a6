"""No statement of a page, nor of the sweep, reads a growing table in full: over a filled and
analysed population, as the planners see it. PostgreSQL reads small tables in full, and rightly so:
there only those pages are looked at whose plans do not hang on the size."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, literal, select, text

from tests.benchmarks import filling
from tests.inside.samples import reading, writing
from tests.inside.watching import Watched, watching
from tests.support import databases
from tests.support.people import Person, add_person, log_in
from tracker.accounts.permissions import Role
from tracker.clocks.sweep import JOB
from tracker.core.db import db
from tracker.core.now import today
from tracker.jobs import runner
from tracker.notifications import collecting
from tracker.recommendations import filters
from tracker.records.models import Grant, Record

ASKS = 2500
MANY = 300  # from so many on, filters through parts are checked on the way
GROWING = {
    "addressees",
    "audience_spans",
    "clocks",
    "contact_agencies",
    "contact_recommendations",
    "contacts",
    "history_events",
    "history_payloads",
    "history_subjects",
    "letter_addressees",
    "letter_recommendations",
    "letters",
    "outcome_citations",
    "outcomes",
    "recommendation_places",
    "recommendation_targets",
    "recommendations",
    "record_tags",
    "records",
    "signatories",
    "source_uses",
    "sources",
    "status_spans",
    "target_names",
    "targets",
}
FILTERS = (
    "",
    "status=submitted&instrument=global_magnitsky",
    "status=submitted&country=CN",  # many: checked on the way
    "status=submitted&country=ZW",  # few: looked up
    "status=submitted&agency=treasury",
    "status=submitted&cause=silent",
    "sort=status",
    "sort=instrument",
    "as_of=2025-06-01",
    "as_of=2025-06-01&status=submitted&cause=silent",
    "as_of=2025-06-01&known_at=2025-07-01&stale=1",
)


@dataclass
class Archive:
    """Somebody of an organisation in a population, and the page of one ask of it."""

    kind: str
    person: Person
    ask: str

    @property
    def app(self) -> Flask:
        return self.person.app


@pytest.fixture(scope="module", params=databases.KINDS)
def archive(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Archive]:
    name = f"plans_{databases.worker()}"
    app = databases.make_app(request.param, tmp_path_factory.mktemp("plans"), name)
    with app.app_context():
        filling.populate(ASKS)
    person = add_person(app, "reader@example.org", Role.STAFF, filling.group(1))
    assert log_in(person).status_code == 302
    found = re.search(r'href="(/recommendations/R-[0-9A-Z]{8})"', person.get("/dashboards").text)
    assert found is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filters, "FEW", MANY)
        yield Archive(request.param, person, found[1])
    with app.app_context():
        db.engine.dispose()


def seen_on(archive: Archive, path: str) -> Watched:
    with watching(archive.app) as seen:
        assert archive.person.get(path).status_code == 200, path
    return seen


def read_in_full(app: Flask, statement: tuple[str, Any]) -> list[str]:
    """The growing tables whose own rows a statement reads from first to last."""
    plan = planned(app, statement)
    if databases.kind_of(app) == "sqlite":
        names = {table: table for table in GROWING} | _aliases(statement[0])
        scans = [step.split()[1] for step in plan if re.fullmatch(r"SCAN \w+( .*JOIN)?", step)]
        return [names[scan] for scan in scans if names.get(scan) in GROWING]
    return [
        node["Relation Name"]
        for node in plan
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in GROWING
    ]


def planned(app: Flask, statement: tuple[str, Any]) -> list[Any]:
    """The steps of a plan, as each database tells them."""
    text, parameters = statement
    with reading(app):
        connection = db.session.connection()
        if connection.dialect.name == "sqlite":
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", parameters).all()
            return [str(row[3]) for row in rows]
        said = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {text}", parameters).scalar()
        plan = said if isinstance(said, list) else json.loads(str(said))
        return list(_nodes(plan[0]["Plan"]))


def _aliases(text: str) -> dict[str, str]:
    return {alias: table for table, alias in re.findall(r"(\w+) AS (\w+)", text)}


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def faults(archive: Archive, path: str) -> list[tuple[str, str]]:
    return [
        (table, statement[0])
        for statement in seen_on(archive, path).statements
        for table in read_in_full(archive.app, statement)
    ]


@pytest.mark.parametrize("query", FILTERS)
def test_a_page_of_the_list_reads_no_table_in_full(archive: Archive, query: str) -> None:
    if archive.kind == "postgresql" and query:
        pytest.skip("hangs on the size")
    path = f"/recommendations?{query}"
    page = archive.person.get(path).text
    assert faults(archive, path) == []
    later = re.search(r'rel="next" href="([^"]*)"', page)
    if later is not None:
        assert faults(archive, unescape(later[1])) == []


def test_the_filters_are_of_both_kinds(archive: Archive) -> None:
    """Else the two above would prove the same thing twice."""
    texts = {
        country: " ".join(
            text for text, _ in seen_on(archive, f"/recommendations?country={country}").statements
        )
        for country in ("CN", "ZW")
    }
    assert "EXISTS (SELECT recommendation_places.recommendation_id" in texts["CN"]
    assert "EXISTS (SELECT recommendation_places.recommendation_id" not in texts["ZW"]


def test_the_page_of_an_ask_reads_no_table_in_full(archive: Archive) -> None:
    assert faults(archive, archive.ask) == []
    assert faults(archive, f"{archive.ask}/history") == []


def test_the_page_of_an_ask_is_planned_once(archive: Archive) -> None:
    """Each plan is made a handful of times with what is asked for, and then serves for anything."""
    if archive.kind == "sqlite":
        pytest.skip("SQLite keeps its plans with the statement")
    with writing(archive.app):  # somebody for whom much is named, as the planner will note
        named = select(Record.id, literal(archive.person.viewer.user_id), func.now())
        columns = ["record_id", "user_id", "granted_at"]
        db.session.execute(delete(Grant))
        db.session.execute(insert(Grant).from_select(columns, named))
        db.session.execute(text("ANALYZE grants"))
    for _ in range(16):
        assert archive.person.get(archive.ask).status_code == 200
    counts = "SELECT statement, custom_plans FROM pg_prepared_statements WHERE %s > 10"
    with reading(archive.app):
        asked = db.session.connection().exec_driver_sql(counts % "custom_plans + generic_plans")
        assert len(asked.all()) >= 10
        anew = db.session.connection().exec_driver_sql(counts % "custom_plans")
        assert [statement for statement, _ in anew] == []


@pytest.mark.parametrize("path", ["/targets", "/sources"])
def test_the_other_lists_read_no_table_in_full(archive: Archive, path: str) -> None:
    if archive.kind == "postgresql" and path == "/targets":
        pytest.skip("hangs on the size")
    assert faults(archive, path) == []


def test_the_sweep_reads_no_table_in_full(archive: Archive) -> None:
    """Of clocks it reads what is due, what rests and what ended since, each in its index."""
    if archive.kind == "postgresql":
        pytest.skip("hangs on the size")
    with archive.app.app_context(), watching(archive.app) as seen:
        runner.run_by_hand(replace(JOB, lists=None), today() + timedelta(days=7), dry_run=True)
    wrong = [table for one in seen.statements for table in read_in_full(archive.app, one)]
    assert wrong == []


def test_telling_of_fresh_flags_reads_no_other_clock(archive: Archive) -> None:
    with writing(archive.app), watching(archive.app) as seen:
        for day in (today() - timedelta(days=1), today()):
            collecting.note_next_actions(day)
    [telling] = seen.about("INSERT", "notices")
    assert "ix_clocks_fresh" in str(planned(archive.app, telling))


def test_the_dashboard_takes_few_statements_once_it_is_known(archive: Archive) -> None:
    seen_on(archive, "/dashboards")
    again = seen_on(archive, "/dashboards")
    assert again.count <= 6
    assert not again.about("SELECT", "count(")
