"""The index of search: the same answers on both databases, in step with the records, and forgetful
of what is erased."""

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text, update

from tests.inside.commands import CommandLine
from tests.inside.samples import reading, writing
from tests.inside.watching import watching
from tests.support.factories import make
from tests.support.names import NAMES, TYPED
from tests.support.people import Person
from tracker.core.db import db
from tracker.core.terms import Texts, question, terms_of
from tracker.records.models import Kind, Record, SearchText
from tracker.records.queries import matching
from tracker.search import actions
from tracker.targets import queries as targets
from tracker.targets.actions import TargetInput, add_target
from tracker.targets.models import TargetKind

# public lists, where somebody has laid them beside the project, or says where they are
BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"
REAL = Path(os.environ.get("TRACKER_TESTS_DATA") or BESIDE)


def fill(names: Sequence[str]) -> dict[int, str]:
    """A record of each name in the index: the names by their ids."""
    found = {}
    for name in names:
        terms = " ".join(terms_of(Texts((name,))))
        found[make(SearchText, terms=terms, record_id=make(Record, kind=Kind.TARGET).id)] = name
    return {row.record_id: name for row, name in found.items()}


def assert_answers(names: Sequence[str], typed: Iterable[str]) -> None:
    """The database answers each question as the rule itself does, from the names alone."""
    known = fill(names)
    terms = {key: set(terms_of(Texts((name,)))) for key, name in known.items()}
    answered = 0
    for words in typed:
        asked = question(words)
        if asked is None:
            continue
        found = set(db.session.scalars(matching(asked)))
        wanted = {key for key in known if asked.fits(terms[key])}
        assert found == wanted, (words, {known[key] for key in found ^ wanted})
        answered += bool(wanted)
    assert answered > 20


def test_both_databases_answer_as_the_rule_does(context: Flask) -> None:
    assert_answers(NAMES, [*TYPED, *NAMES, *(name[: len(name) // 2] for name in NAMES)])


def real_names() -> list[str]:
    """500 names of public lists: of the US list, and of the UN's those in their own script."""
    with (REAL / "ofac" / "sdn.csv").open(encoding="ascii", errors="ignore", newline="") as file:
        latin = [row[1] for row in csv.reader(file) if len(row) > 1]
    root = ElementTree.parse(REAL / "un" / "consolidated.xml").getroot()
    own = [e.text.strip() for e in root.iter("NAME_ORIGINAL_SCRIPT") if e.text and e.text.strip()]
    pick = Random(500)
    return [*pick.sample(sorted(set(latin)), 250), *pick.sample(sorted(set(own)), 250)]


@pytest.mark.realdata
@pytest.mark.skipif(not REAL.is_dir(), reason="the shared folder of real lists is not here")
def test_both_databases_answer_alike_on_500_real_names(context: Flask) -> None:
    names, pick = real_names(), Random(1)
    assert len(names) == 500
    words = sorted({word for name in names for word in name.split()})
    some = pick.sample(words, 150)
    halves = [word[: max(1, len(word) // 2)] for word in pick.sample(words, 50)]
    assert_answers(names, [*pick.sample(names, 100), *some, *halves])


def known(person: Person, typed: str) -> list[str]:
    return [hit.target.name for hit in targets.suggest(person.viewer, typed)]


def test_what_the_index_lacks_is_added_and_what_it_has_stays(app: Flask, staff: Person) -> None:
    with writing(app):
        for name in ("Kept Person", "Lacking Person"):
            add_target(staff.viewer, TargetInput(name, TargetKind.PERSON))
    with writing(app):
        lacking = targets.suggest(staff.viewer, "lacking")[0].target.id
        db.session.execute(delete(SearchText).where(SearchText.record_id == lacking))
    with writing(app):
        asked = question("person")
        assert asked
        assert len(db.session.scalars(matching(asked)).all()) == 1
        assert actions.index_missing() == 1
        assert len(db.session.scalars(matching(asked)).all()) == 2
        assert actions.index_missing() == 0


def test_the_index_is_made_anew_by_a_command(app: Flask, staff: Person, tmp_path: Path) -> None:
    url = app.config["SQLALCHEMY_ENGINES"]["default"]["url"].render_as_string(hide_password=False)
    tracker = CommandLine(tmp_path, {"TRACKER_DATABASE_URL": url})
    with writing(app):
        add_target(staff.viewer, TargetInput("Wu Yingjie", TargetKind.PERSON))
        db.session.flush()
        db.session.execute(update(SearchText).values(terms="wrong"))
    assert tracker.ok("search", "reindex") == "1 records are indexed.\n"
    with writing(app):
        assert known(staff, "yingjie") == ["Wu Yingjie"]
        wrong = question("wrong")
        assert wrong
        assert db.session.scalars(matching(wrong)).all() == []


def test_a_record_that_is_erased_is_forgotten(context: Flask) -> None:
    (key,) = fill(["Wu Yingjie"])
    asked = question("yingjie")
    assert asked
    assert db.session.scalars(matching(asked)).all() == [key]
    db.session.execute(delete(Record).where(Record.id == key))
    assert db.session.scalars(matching(asked)).all() == []
    assert db.session.scalar(select(func.count()).select_from(SearchText)) == 0
    if db.engine.dialect.name == "sqlite":
        check = "INSERT INTO search_index(search_index, rank) VALUES ('integrity-check', 1)"
        db.session.execute(text(check))


def test_a_question_is_answered_from_the_index(context: Flask) -> None:
    fill(NAMES)
    asked = question("wu yingjie")
    assert asked
    statement = str(matching(asked).compile(db.engine, compile_kwargs={"literal_binds": True}))
    if db.engine.dialect.name == "sqlite":
        (row,) = db.session.execute(text(f"EXPLAIN QUERY PLAN {statement}")).all()
        assert "VIRTUAL TABLE INDEX" in row[3]
        return
    db.session.execute(text("SET LOCAL enable_seqscan = off"))
    sql = statement.replace(":", r"\:")
    plan = " ".join(row[0] for row in db.session.execute(text(f"EXPLAIN {sql}")))
    assert "ix_search_text_terms" in plan


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_each_word_is_looked_for_by_a_plan_of_its_own(app: Flask, staff: Person) -> None:
    """A plan for any word alike would read every row for a rare one."""
    with reading(app):
        for _ in range(8):
            targets.suggest(staff.viewer, "zhang")
        prepared = db.session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    assert any("target_names" in statement for statement in prepared)
    assert not any("tsquery" in statement for statement in prepared)


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_suggestions_are_looked_up_in_the_index_of_targets(context: Flask, staff: Person) -> None:
    """Else a word that stands in no name, and in many other texts, was looked for in every row."""
    fill(NAMES)
    with watching(context) as seen:
        targets.suggest(staff.viewer, "police")
    [(statement, given)] = seen.about("SELECT", "tsquery")
    connection = db.session.connection()
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    rows = connection.exec_driver_sql(f"EXPLAIN {statement}", given).all()
    plan = " ".join(row[0] for row in rows)
    assert "ix_search_text_terms_t" in plan
    assert "pk_search_text" not in plan
