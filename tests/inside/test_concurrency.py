"""Several writers at once: no acknowledged change is lost, and the chain of history stays whole."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Event
from time import sleep

import pytest
from flask import Flask, g
from sqlalchemy import func, select, text, update
from sqlalchemy.orm.exc import StaleDataError

from tests.inside.samples import (
    SENT_ON,
    ask_input,
    ask_of,
    contact_input,
    letter_input,
    reading,
    writing,
)
from tests.support.factories import make
from tracker import create_app
from tracker.accounts.models import Organisation, User
from tracker.accounts.permissions import Role
from tracker.accounts.viewer import Viewer
from tracker.casework import actions
from tracker.casework.inputs import NextInput
from tracker.core.dates import PartialDate
from tracker.core.db import db, transaction
from tracker.core.errors import Stale
from tracker.correspondence import queries as correspondence
from tracker.history import actions as history
from tracker.history import queries
from tracker.history.models import HistoryChain, HistoryEvent
from tracker.recommendations import queries as asks
from tracker.recommendations.models import Recommendation
from tracker.records.actions import give_audience
from tracker.records.models import Audience

WRITERS, EACH = 4, 25


@pytest.fixture
def viewer(app: Flask) -> Viewer:
    """An editor; the account's making begins the chain."""
    with writing(app):
        user = make(User, role=Role.STAFF)
        history.record("user.added", actor_id=user.id)
        return Viewer.of(user)


def new_ask(app: Flask, viewer: Viewer) -> str:
    with writing(app):
        return actions.add_ask(viewer, ask_input()).reference


def run_at_once(app: Flask, act: Callable[[int, int], None], each: int = EACH) -> None:
    """`act(writer, number)` by several threads at once, each with a context of its own; what loses
    against another writer is done again, as a person would."""
    together = Barrier(WRITERS)

    def write(writer: int) -> None:
        together.wait(10)
        for number in range(each):
            while True:
                try:
                    with writing(app):
                        act(writer, number)
                    break
                except (Stale, StaleDataError):
                    continue

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))


def events(name: str) -> int:
    statement = select(func.count()).where(HistoryEvent.name == name)
    return db.session.scalar(statement) or 0


def test_writers_of_one_record_lose_no_change(app: Flask, viewer: Viewer) -> None:
    reference = new_ask(app, viewer)
    with reading(app):
        ask_id = ask_of(viewer, reference).id

    def count_on(_writer: int, _number: int) -> None:
        ask = db.session.get_one(Recommendation, ask_id)
        counted = int(ask.next_action or 0) + 1
        actions.set_next(viewer, ask, NextInput(None, str(counted), None), ask.plan_version)

    run_at_once(app, count_on)
    with reading(app):
        ask = ask_of(viewer, reference)
        assert ask.next_action == str(WRITERS * EACH)
        assert (ask.plan_version, ask.version) == (1 + WRITERS * EACH, 1)
        assert events("recommendation.changed") == WRITERS * EACH
        [verdict] = queries.verify()
        assert verdict.problem is None


def test_writers_of_different_records_wait_for_each_other_and_all_succeed(
    app: Flask, viewer: Viewer
) -> None:
    references = [new_ask(app, viewer) for _ in range(WRITERS)]
    with reading(app):
        ids = [ask_of(viewer, reference).id for reference in references]

    def plan(writer: int, number: int) -> None:
        ask = db.session.get_one(Recommendation, ids[writer])
        actions.set_next(viewer, ask, NextInput(None, f"Step {number}", None), ask.plan_version)

    run_at_once(app, plan)
    with reading(app):
        found = asks.by_references(viewer, references)
        assert {ask.next_action for ask in found} == {f"Step {EACH - 1}"}
        assert {ask.plan_version for ask in found} == {1 + EACH}
        assert events("recommendation.changed") == WRITERS * EACH
        [verdict] = queries.verify()
        assert verdict.problem is None


def test_what_follows_from_contacts_rests_on_all_of_them(app: Flask, viewer: Viewer) -> None:
    """Also where each is kept from the readers of the ask, and so makes no version of it."""
    with writing(app):
        titles = ("Open", *(f"Kept {number}" for number in range(WRITERS)))
        letter = actions.record_letter(viewer, letter_input(*map(ask_input, titles)))
        shown, *kept = correspondence.asks_of(viewer, [letter.id])[letter.id]
        give_audience(viewer, shown, Audience.COALITION, (), "The coalition works on it.")
        reference, version = shown.reference, shown.version
        others = [ask.reference for ask in kept]

    def contact(writer: int, number: int) -> None:
        about = asks.by_references(viewer, [reference, others[writer]])
        day = SENT_ON.latest + timedelta(days=1 + (writer + WRITERS * number * 7) % 20)
        actions.record_contact(viewer, about, contact_input(on=day.isoformat()))

    run_at_once(app, contact, each=5)
    with reading(app):
        ask = ask_of(viewer, reference)
        assert ask.version == version
        assert ask.last_contact_on == PartialDate.of(SENT_ON.latest + timedelta(days=20))
        assert ask.addressees[0].answered_on == PartialDate.of(SENT_ON.latest + timedelta(days=1))
        assert queries.verify()[0].problem is None


def test_one_writes_at_a_time_and_readers_do_not_wait(app: Flask, viewer: Viewer) -> None:
    """Of what two write at once, neither is computed without the other."""
    order, begun = [], Event()

    def first() -> None:
        with writing(app):
            db.session.execute(select(1))
            begun.set()
            sleep(0.3)
            order.append("first")

    def second() -> None:
        begun.wait(10)
        with reading(app):
            db.session.execute(select(1))
            order.append("reader")
        with writing(app):
            db.session.execute(select(1))
            order.append("second")

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(first), pool.submit(second)]:
            done.result()
    assert order == ["reader", "first", "second"]


def test_of_two_contacts_at_once_the_later_does_not_forget_the_earlier(
    app: Flask, viewer: Viewer
) -> None:
    with writing(app):
        given = (ask_input("Open"), ask_input("Kept one"), ask_input("Kept two"))
        letter = actions.record_letter(viewer, letter_input(*given))
        shown, one, two = correspondence.asks_of(viewer, [letter.id])[letter.id]
        give_audience(viewer, shown, Audience.COALITION, (), "The coalition works on it.")
        reference, others = shown.reference, (one.reference, two.reference)
    days, is_on_its_way = ("2024-03-01", "2023-12-01"), Event()

    def first() -> None:
        with writing(app):
            about = asks.by_references(viewer, [reference, others[0]])
            actions.record_contact(viewer, about, contact_input(on=days[0]))
            db.session.flush()
            is_on_its_way.set()
            sleep(0.3)

    def second() -> None:
        is_on_its_way.wait(10)
        with writing(app):
            about = asks.by_references(viewer, [reference, others[1]])
            actions.record_contact(viewer, about, contact_input(on=days[1]))

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(first), pool.submit(second)]:
            done.result()
    with reading(app):
        ask = ask_of(viewer, reference)
        assert ask.last_contact_on == PartialDate(2024, 3, 1)
        assert ask.addressees[0].answered_on == PartialDate(2023, 12, 1)


def test_who_leaves_hands_back_no_ask_that_was_given_to_another_meanwhile(
    app: Flask, viewer: Viewer
) -> None:
    reference, is_on_its_way = new_ask(app, viewer), Event()
    with writing(app):
        leaver = make(User, role=Role.STAFF, organisation_id=viewer.organisation_id).id
    with writing(app):
        ask = ask_of(viewer, reference)
        actions.set_next(viewer, ask, NextInput(leaver, "Call", None), ask.plan_version)

    def give() -> None:
        with writing(app):
            ask = ask_of(viewer, reference)
            wanted = NextInput(viewer.user_id, "Mine now", None)
            actions.set_next(viewer, ask, wanted, ask.plan_version)
            db.session.flush()
            is_on_its_way.set()
            sleep(0.3)

    def leave() -> None:
        is_on_its_way.wait(10)
        with writing(app):
            user = db.session.get_one(User, leaver)
            actions.change_user(user, Role.PARTNER, user.organisation)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(give), pool.submit(leave)]:
            done.result()
    with reading(app):
        assert ask_of(viewer, reference).assignee_id == viewer.user_id


def test_what_is_read_before_writing_is_still_true_when_it_is_written(
    app: Flask, viewer: Viewer
) -> None:
    """The head of the chain is read, then written: an update between the two would be lost."""

    def count_up(writer: int, number: int) -> None:
        found = select(HistoryChain.length).where(HistoryChain.name == "main").with_for_update()
        length = db.session.execute(found).scalar_one()
        db.session.execute(update(HistoryChain).values(length=length + 1))

    run_at_once(app, count_up)
    with reading(app):
        length = db.session.scalar(select(HistoryChain.length))
        assert length == 1 + WRITERS * EACH


def test_a_form_saved_over_an_older_version_is_refused(app: Flask, viewer: Viewer) -> None:
    reference = new_ask(app, viewer)
    with writing(app):
        ask = ask_of(viewer, reference)
        seen = ask.plan_version
        actions.set_next(viewer, ask, NextInput(None, "The first to save", None), seen)
    with app.app_context():
        g.writing = True
        ask = ask_of(viewer, reference)
        with pytest.raises(Stale):
            actions.set_next(viewer, ask, NextInput(None, "The second", None), seen)
        db.session.rollback()
        said = select(Recommendation.next_action, Recommendation.plan_version)
        assert db.session.execute(said).one() == ("The first to save", seen + 1)
        db.session.rollback()


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_second_application_of_a_process_leaves_the_locks_of_the_first(app: Flask) -> None:
    """Closing any handle on a SQLite file drops the locks that its process holds on it. Another
    process would then take itself for the last one, and clear the log away under the first."""
    settings = app.extensions["tracker.settings"]
    path = settings.database_url.removeprefix("sqlite:///")
    visit = f"import sqlite3; sqlite3.connect({path!r}).execute('SELECT * FROM users').close()"
    with writing(app):
        make(User)
    create_app(settings)
    subprocess.run([sys.executable, "-c", visit], check=True)
    assert Path(f"{path}-wal").exists()


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_what_was_prepared_for_one_page_serves_the_next(app: Flask) -> None:
    """After a rollback psycopg would forget it."""
    for _ in range(7):  # a statement is prepared once it was asked a few times
        with app.test_request_context():
            db.session.scalars(select(Organisation)).all()
    with app.app_context():
        asked = select(func.count()).select_from(text("pg_prepared_statements"))
        assert (db.session.scalar(asked) or 0) > 0


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_a_page_that_only_reads_writes_nothing(app: Flask) -> None:
    with app.test_request_context():
        db.session.add(Organisation(name="Another"))
        with pytest.raises(RuntimeError, match="What writes begins a transaction"):
            db.session.flush()
        db.session.rollback()
        with transaction():
            db.session.add(Organisation(name="Another"))


@pytest.mark.parametrize(
    "how", ["by the session", "by a statement", "by words", "and not yet sent"]
)
def test_what_is_changed_by_whoever_only_reads_is_taken_back(
    app: Flask, viewer: Viewer, how: str
) -> None:
    with app.app_context():
        [organisation] = db.session.scalars(select(Organisation))
        name = organisation.name
        if how == "by a statement":
            db.session.execute(update(Organisation).values(name="Changed"))
        elif how == "by words":
            db.session.execute(text("UPDATE organisations SET name = 'Changed'"))
        else:
            organisation.name = "Changed"
        if how == "by the session":
            db.session.flush()
    with app.app_context():
        assert db.session.scalars(select(Organisation.name)).all() == [name]
