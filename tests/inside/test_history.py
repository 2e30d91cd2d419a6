"""The chain of history: what it finds, what it lets go, and what it never keeps."""

import ast
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from tests.inside.samples import reading, writing
from tests.support.databases import kind_of
from tests.support.factories import make
from tracker.accounts.models import User
from tracker.cli.run import audit
from tracker.core.db import db, transaction
from tracker.core.errors import TrackerError
from tracker.history import actions as history
from tracker.history import anchors, chain, queries
from tracker.history.models import HistoryChain, HistoryEvent, HistoryPayload, HistorySubject
from tracker.history.names import EVENTS
from tracker.records.models import Record

ENTRIES = 6
Tamper = Callable[[], None]


@pytest.fixture
def written(app: Flask) -> Flask:
    """A chain of six entries, each about the same two records."""
    with writing(app):
        actor_id, records = make(User).id, [make(Record).id, make(Record).id]
    for numbers in (range(2), range(2, ENTRIES)):
        with writing(app):
            for number in numbers:
                body = {"after": {"number": number}, "note": "西藏自治区公安厅 · “quoted”"}
                history.record("record.tagged", actor_id=actor_id, records=records, body=body)
    return app


def id_at(position: int) -> int:
    return db.session.execute(
        select(HistoryEvent.id).where(HistoryEvent.position == position)
    ).scalar_one()


def edit(at_position: int, **values: object) -> None:
    db.session.execute(
        update(HistoryEvent).where(HistoryEvent.id == id_at(at_position)).values(values)
    )


def edit_text(position: int, **values: object) -> None:
    db.session.execute(
        update(HistoryPayload).where(HistoryPayload.event_id == id_at(position)).values(values)
    )


def remove(*positions: int) -> None:
    ids = [id_at(position) for position in positions]
    for column in (HistorySubject.event_id, HistoryPayload.event_id, HistoryEvent.id):
        db.session.execute(delete(column.class_).where(column.in_(ids)))


def edit_actor() -> None:
    edit(3, actor_id=make(User).id)


def edit_time() -> None:
    at = db.session.scalar(select(HistoryEvent.at).where(HistoryEvent.position == 3))
    assert at is not None
    edit(3, at=at + timedelta(microseconds=1))


def take_a_record_out() -> None:
    first = select(func.min(HistorySubject.record_id)).scalar_subquery()
    db.session.execute(
        delete(HistorySubject).where(
            HistorySubject.event_id == id_at(3), HistorySubject.record_id == first
        )
    )


def put_a_record_in() -> None:
    make(HistorySubject, event_id=id_at(3), record_id=make(Record).id)


def swap() -> None:
    edit(3, position=99)
    edit(4, position=3)
    edit(99, position=4)


def rewrite_text_and_digest() -> None:
    salt, body = b"1" * 16, '{"note":"another story"}'
    edit_text(3, salt=salt, body=body)
    edit(3, payload_digest=chain.payload_digest(salt, body))


def edit_two() -> None:
    edit(5, name="user.added")
    edit(2, name="user.added")


def append_without_the_head() -> None:
    [last] = db.session.scalars(select(HistoryEvent).where(HistoryEvent.position == ENTRIES))
    link = chain.event_digest(
        last.digest,
        position=ENTRIES + 1,
        at=last.at,
        actor_id=last.actor_id,
        name=last.name,
        record_ids=(),
        payload=last.payload_digest,
    )
    copied = {
        name: getattr(last, name) for name in ("chain", "at", "actor_id", "name", "payload_digest")
    }
    db.session.execute(insert(HistoryEvent).values(position=ENTRIES + 1, digest=link, **copied))


TAMPERING: dict[str, tuple[Tamper, int]] = {
    "the name of an event": (lambda: edit(3, name="user.added"), 3),
    "who did it": (edit_actor, 3),
    "that nobody did it": (lambda: edit(3, actor_id=None), 3),
    "when it was": (edit_time, 3),
    "a text": (lambda: edit_text(3, body='{"note":"another story"}'), 3),
    "a salt": (lambda: edit_text(3, salt=b"1" * 16), 3),
    "a text with its digest": (rewrite_text_and_digest, 3),
    "a digest": (lambda: edit(3, digest="f" * 64), 3),
    "the first digest": (lambda: edit(1, digest="f" * 64), 1),
    "a record taken out": (take_a_record_out, 3),
    "a record put in": (put_a_record_in, 3),
    "an entry removed": (lambda: remove(3), 3),
    "the first entry removed": (lambda: remove(1), 1),
    "the last entry cut off": (lambda: remove(6), 6),
    "three entries cut off": (lambda: remove(4, 5, 6), 4),
    "all entries removed": (lambda: remove(1, 2, 3, 4, 5, 6), 1),
    "two entries swapped": (swap, 3),
    "two entries edited": (edit_two, 2),
    "an entry added past the end": (append_without_the_head, 7),
}


def test_a_chain_that_nobody_touched_verifies(written: Flask) -> None:
    with reading(written):
        [verdict] = queries.verify()
        assert (verdict.chain, verdict.length, verdict.problem) == ("main", ENTRIES, None)
        [last] = db.session.scalars(select(HistoryEvent).where(HistoryEvent.position == ENTRIES))
        assert verdict.head == last.digest


@pytest.mark.parametrize("what", TAMPERING)
def test_tampering_is_found_and_its_first_entry_named(written: Flask, what: str) -> None:
    tamper, position = TAMPERING[what]
    with writing(written):
        tamper()
    with reading(written):
        [verdict] = queries.verify()
        assert verdict.problem is not None
        assert verdict.problem.startswith(f"entry {position}:")


def test_an_edited_head_is_found(written: Flask) -> None:
    with writing(written):
        db.session.execute(update(HistoryChain).values(head="f" * 64))
    with reading(written):
        [verdict] = queries.verify()
        assert verdict.problem is not None


def write_all_anew() -> None:
    """A chain with another text, and digests that fit all the way up to its head."""
    edit_text(3, body='{"note":"another story"}')
    digest = chain.START
    for event in db.session.scalars(select(HistoryEvent).order_by(HistoryEvent.position)).all():
        payload = db.session.get_one(HistoryPayload, event.id)
        subjects = select(HistorySubject.record_id).where(HistorySubject.event_id == event.id)
        sealed = chain.payload_digest(payload.salt, payload.body)
        digest = chain.event_digest(
            digest,
            position=event.position,
            at=event.at,
            actor_id=event.actor_id,
            name=event.name,
            record_ids=db.session.scalars(subjects).all(),
            payload=sealed,
        )
        edit(event.position, payload_digest=sealed, digest=digest)
    db.session.execute(update(HistoryChain).values(head=digest))


def test_a_history_written_anew_is_found_by_an_anchor_alone(written: Flask) -> None:
    with reading(written):
        [kept] = anchors.heads()
        assert kept.problem() is None
    with writing(written):
        write_all_anew()
    with reading(written):
        [verdict] = queries.verify()
        assert verdict.problem is None
        assert str(kept.problem()).startswith(f"entry {ENTRIES}:")


def test_an_anchor_holds_while_the_history_goes_on_and_not_once_it_is_cut(written: Flask) -> None:
    with reading(written):
        [kept] = anchors.heads()
    with writing(written):
        history.record("user.added", actor_id=None)
    with reading(written):
        assert anchors.Anchor.parse(f" {kept}\n").problem() is None
    with writing(written):
        remove(ENTRIES, ENTRIES + 1)
    with reading(written):
        assert "cut off" in str(kept.problem())


@pytest.mark.parametrize(
    "text", ["", "main", "main:6", "main:6:xyz", f"main:-1:{'0' * 64}", f":6:{'0' * 64}", "a:b:c:d"]
)
def test_what_is_no_anchor_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="as `tracker audit anchor` printed it"):
        anchors.Anchor.parse(text)


def test_an_erased_text_is_gone_and_the_chain_verifies(written: Flask) -> None:
    with writing(written):
        record_id = db.session.scalars(select(HistorySubject.record_id)).first()
        assert record_id is not None
        gone = id_at(3)
        db.session.execute(delete(HistoryPayload).where(HistoryPayload.event_id == gone))
    with reading(written):
        [verdict] = queries.verify()
        assert verdict.problem == "entry 3: its text is gone, and no erasing tells of it"
    with writing(written):
        history.record("target.erased", actor_id=None, body={"texts": [gone]})
    with reading(written):
        [verdict] = queries.verify()
        assert verdict.problem is None
        found = queries.of_record(record_id, since=None)
        assert [entry.body.get("after") for entry in found] == [
            {"number": 5},
            {"number": 4},
            {"number": 3},
            None,
            {"number": 1},
            {"number": 0},
        ]


def test_an_erasing_of_the_time_when_it_listed_no_texts_excuses_what_came_before_it(
    written: Flask,
) -> None:
    with writing(written):
        gone = id_at(3)
        db.session.execute(delete(HistoryPayload).where(HistoryPayload.event_id == gone))
        history.record("user.erased", actor_id=None, body={"after": {"id": 1}})
    with writing(written):
        history.record("record.tagged", actor_id=None, body={"note": "later"})
    with reading(written):
        assert [verdict.problem for verdict in queries.verify()] == [None]
    with writing(written):
        db.session.execute(delete(HistoryPayload).where(HistoryPayload.event_id == id_at(8)))
    with reading(written):
        [verdict] = queries.verify()
        assert verdict.problem == "entry 8: its text is gone, and no erasing tells of it"


def test_a_chain_without_its_head_and_a_history_that_is_gone_are_told(written: Flask) -> None:
    past_keys = {
        "sqlite": ("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON"),
        "postgresql": ("SET session_replication_role = replica", "RESET session_replication_role"),
    }
    off, on = past_keys[kind_of(written)]
    with written.app_context(), db.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        for statement in (off, "DELETE FROM history_chains", on):
            raw.execute(statement)
        raw.commit()
    with reading(written):
        assert [verdict.problem for verdict in queries.verify()] == [
            "its head is gone: nothing says how long it was"
        ]
    with writing(written):
        for table in (HistorySubject, HistoryPayload, HistoryEvent):
            db.session.execute(delete(table))
    with reading(written):
        assert queries.verify() == []
    said = written.test_cli_runner().invoke(audit, ["verify"])
    assert isinstance(said.exception, TrackerError)
    assert "no history at all" in str(said.exception)


def test_equal_texts_have_different_digests(app: Flask) -> None:
    for _ in range(2):
        with writing(app):
            history.record("record.tagged", actor_id=None, body={"note": "the same"})
    with reading(app):
        one, other = db.session.scalars(select(HistoryEvent.payload_digest))
        assert one != other


def names_kept() -> list[str]:
    return list(db.session.scalars(select(HistoryEvent.name).order_by(HistoryEvent.position)))


def change_and_fail() -> None:
    with transaction():
        make(User)
        history.record("record.tagged", actor_id=None)
        raise ZeroDivisionError


def test_nothing_is_recorded_on_rollback(app: Flask) -> None:
    with app.app_context():
        with transaction():
            history.record("user.added", actor_id=None)
        with pytest.raises(ZeroDivisionError):
            change_and_fail()
        make(User)
        history.record("record.tagged", actor_id=None)
        db.session.rollback()
        with transaction():
            history.record("user.disabled", actor_id=None)
        assert names_kept() == ["user.added", "user.disabled"]
        assert queries.verify()[0].problem is None
        db.session.rollback()


def test_an_entry_that_was_rolled_back_before_any_statement_is_forgotten(app: Flask) -> None:
    with app.app_context():
        history.record("record.tagged", actor_id=None)
        db.session.rollback()
        with transaction():
            history.record("user.disabled", actor_id=None)
        assert names_kept() == ["user.disabled"]
        db.session.rollback()


def record_and_collide(email: str) -> None:
    with transaction():
        history.record("user.added", actor_id=None)
        make(User, email=email)


@pytest.mark.parametrize("works", [True, False])
def test_an_entry_waits_for_the_end_of_the_transaction_whatever_becomes_of_a_savepoint(
    app: Flask, works: bool
) -> None:
    with writing(app):
        history.record("user.added", actor_id=None)
        with suppress(ValueError), db.session.begin_nested():
            if not works:
                raise ValueError
        assert names_kept() == []
    with reading(app):
        assert names_kept() == ["user.added"]


def test_a_refused_commit_keeps_neither_the_change_nor_its_entry(app: Flask) -> None:
    with app.app_context():
        with transaction():
            email = make(User).email
        with pytest.raises(IntegrityError):
            record_and_collide(email)
        with transaction():
            history.record("user.disabled", actor_id=None)
        assert names_kept() == ["user.disabled"]
        db.session.rollback()


def test_several_entries_of_one_commit_are_kept_in_their_order(app: Flask) -> None:
    with writing(app):
        for name in ("user.added", "record.tagged", "user.disabled"):
            history.record(name, actor_id=None)
    with reading(app):
        assert names_kept() == ["user.added", "record.tagged", "user.disabled"]
        assert queries.verify()[0].problem is None


# ---- the names of events


def calls_of_record() -> Iterator[tuple[str, ast.expr]]:
    """Every call in the program that records an event: where it stands, and the event's name."""
    folder = Path(history.__file__).resolve().parent.parent
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            owner = node.func.value
            if node.func.attr == "record" and isinstance(owner, ast.Name) and owner.id == "history":
                yield f"{path.relative_to(folder)}:{node.lineno}", node.args[0]


def test_every_event_recorded_has_words_and_every_name_is_used() -> None:
    found = {where: ast.literal_eval(name) for where, name in calls_of_record()}
    assert {w: n for w, n in found.items() if n not in EVENTS} == {}
    by_its_own_action = {"record.read"}
    assert set(EVENTS) - set(found.values()) == by_its_own_action


def test_an_event_without_words_cannot_be_recorded(context: Flask) -> None:
    with pytest.raises(KeyError, match="never heard of"):
        history.record("never heard of", actor_id=None)
