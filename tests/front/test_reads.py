"""Who reads what is restricted is written down, and shown to its owner's people alone."""

import importlib
import json
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.front.support import (
    asks_on,
    entries,
    has_section,
    links,
    nothing_changes,
    record_ask,
    record_contact,
    record_draft,
    record_letter,
    save,
    section,
    share,
    travel,
)
from tests.front.test_attachments import TEXT, add
from tests.inside.commands import CommandLine
from tests.inside.samples import reading
from tests.support.people import Person, words_of
from tracker.accounts import queries as accounts
from tracker.accounts import tokens
from tracker.accounts.models import TokenScope
from tracker.accounts.viewer import Viewer
from tracker.casework import reading as reading_of
from tracker.core.db import db, transaction
from tracker.correspondence.models import Contact
from tracker.history import queries
from tracker.history.models import HistoryEvent, HistoryPayload
from tracker.records.models import RecordMixin


def reads(person: Person, path: str) -> list[str]:
    """Those named under `Who has read this`, newest first."""
    page = person.get(f"{path}/history")
    if not has_section(page, "reads"):
        return []
    said = section(page, "reads").partition("owner alone.")[2]
    return said.split()


def test_reads_of_a_record_of_named_people_are_shown_to_its_owner(
    app: Flask, staff: Person, colleague: Person, other_staff: Person, on_day: Callable[[str], None]
) -> None:
    travel(on_day, "2024-03-01", staff, colleague, other_staff)
    ask = record_ask(staff)
    assert reads(staff, ask) == []
    share(staff, ask, "named", people="colleague@example.org\nother@example.org")
    for _ in range(3):
        assert colleague.get(ask).status_code == 200
    assert other_staff.get(f"{ask}/clocks").status_code == 200
    said = " ".join(reads(staff, ask))
    assert said.count("1 Mar 2024 Colleague") == 1
    assert said.count("1 Mar 2024 Somebody at Lowland Group") == 1
    assert said.count("1 Mar 2024 Staff") == 1
    travel(on_day, "2024-03-02", colleague)
    assert colleague.get(ask).status_code == 200
    assert " ".join(reads(colleague, ask)).startswith("2 Mar 2024 Colleague 1 Mar 2024")
    assert reads(other_staff, ask) == []
    assert "Read" not in " ".join(entries(staff.get(f"{ask}/history")))
    with reading(app):
        verdicts = {verdict.chain: verdict for verdict in queries.verify()}
    assert verdicts["reads"].length >= 4
    assert {verdict.problem for verdict in verdicts.values()} == {None}


def test_reads_of_a_protected_source_and_of_its_files_are_kept(
    staff: Person, colleague: Person, partner: Person
) -> None:
    ask = record_draft(staff)
    page = save(staff, f"{ask}/evidence", {"opaque": "W-17", "kept_where": "The safe"})
    (source,) = {link for link in links(page) if link.startswith("/sources/S-")}
    file = add(staff, source, "notes.txt", TEXT)
    assert colleague.get(file).data == TEXT
    assert "Colleague" in reads(staff, source)
    assert partner.get(source).status_code == 404
    assert "Somebody" not in reads(staff, source)


def test_reads_of_what_stands_on_another_page_are_kept(
    app: Flask, staff: Person, colleague: Person
) -> None:
    ask = record_ask(staff)
    secret = record_ask(staff, {"title": "Another", "asks-0-title": "What few may know"})
    share(staff, secret, "named", people=colleague.email)
    both = {"asks": [ask.rpartition("/")[2], secret.rpartition("/")[2]], "summary": "zz01"}
    record_contact(staff, ask, "acknowledgement", "2023-11-10", **both)
    page = save(staff, f"{ask}/evidence", {"opaque": "W-17", "kept_where": "The safe"})
    source = next(
        link
        for link in links(page)
        if "/sources/S-" in link and "W-17" in words_of(staff.get(link))
    )
    assert "zz01" not in colleague.get("/").text
    assert "Colleague" not in reads(staff, source)
    assert "zz01" in colleague.get(ask).text
    assert "Colleague" in reads(staff, source)
    with reading(app):
        contact = db.session.scalars(select(Contact).where(Contact.summary == "zz01")).one()
        assert {read.actor_id for read in queries.reads_of(contact.id, None)} >= {
            colleague.viewer.user_id
        }


def test_the_page_of_a_target_tells_of_a_restricted_ask_as_a_read_of_it(
    staff: Person, colleague: Person
) -> None:
    ask = record_ask(staff)
    (target,) = {link for link in links(staff.get(ask)) if link.startswith("/targets/T-")}
    typed = {"kind": "listed_as_asked", "target": target.rpartition("/")[2], "citation": "zz02"}
    save(staff, f"{ask}/outcomes/new", {**typed, "authority": "treasury"})
    share(staff, ask, "named", people=colleague.email)
    assert "Colleague" not in reads(staff, ask)
    assert "zz02" in colleague.get(target).text
    assert "Colleague" in reads(staff, ask)


def test_a_further_ask_brings_no_source_along_whose_reads_are_kept(staff: Person) -> None:
    letter = record_letter(staff)
    (ask,) = asks_on(staff.get(letter))
    (source,) = {link for link in links(staff.get(ask)) if link.startswith("/sources/S-")}
    assert "cecc.gov/letter" in staff.get(f"{letter}/asks/new").text
    share(staff, source, "named", people=staff.email)
    assert "cecc.gov/letter" not in staff.get(f"{letter}/asks/new").text


def test_reads_of_other_records_are_not_kept(app: Flask, staff: Person, partner: Person) -> None:
    ask = record_ask(staff)
    share(staff, ask)
    with nothing_changes(app):
        assert partner.get(ask).status_code == 200
        assert staff.get(f"{ask}/history").status_code == 200
    assert reads(staff, ask) == []


def test_who_may_not_see_a_record_leaves_no_trace_of_a_read(
    app: Flask, staff: Person, colleague: Person
) -> None:
    ask = record_ask(staff)
    share(staff, ask, "named")
    with nothing_changes(app):
        assert colleague.get(ask).status_code == 404


def test_a_read_that_cannot_be_kept_shows_nothing(
    app: Flask, staff: Person, colleague: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = record_ask(staff)
    share(staff, ask, "named", people="colleague@example.org")
    monkeypatch.setattr("tracker.core.db.BUSY_SECONDS", 0.1)
    with app.app_context():
        db.session.rollback()
        with db.engine.connect() as holder:
            if db.engine.dialect.name == "sqlite":
                holder.exec_driver_sql("COMMIT")
                holder.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                holder.execute(text("LOCK TABLE history_chains IN ACCESS EXCLUSIVE MODE"))
            answer = colleague.get(ask)
            holder.rollback()
    assert answer.status_code == 503
    assert "Sanction those responsible" not in answer.text
    assert colleague.get(ask).status_code == 200
    assert "Colleague" in reads(staff, ask)


def test_what_is_exported_is_in_the_chain_and_counts_as_read(
    app: Flask, staff: Person, colleague: Person, partner: Person
) -> None:
    ask, plain = record_ask(staff), record_draft(staff)
    share(staff, ask, "named", people=f"{colleague.email}\n{partner.email}")
    settings = app.extensions["tracker.settings"]
    tracker = CommandLine(settings.instance, {"TRACKER_DATABASE_URL": settings.database_url})
    given = ("export", "json", "--out", "-", "--as")
    told = tracker(*given, colleague.email, "--filter", "status=draft").json
    assert [item["reference"] for item in told["recommendations"]] == [plain.rpartition("/")[2]]
    assert "Colleague" not in reads(staff, ask)
    assert len(tracker(*given, colleague.email).json["recommendations"]) == 2
    assert "Colleague" in reads(staff, ask)
    with reading(app):
        bodies = db.session.scalars(
            select(HistoryPayload.body)
            .join(HistoryEvent, HistoryEvent.id == HistoryPayload.event_id)
            .where(HistoryEvent.name == "records.exported")
            .order_by(HistoryEvent.id)
        ).all()
        assert [verdict.problem for verdict in queries.verify()] == [None, None]
    after = [json.loads(body)["after"] for body in bodies]
    assert [each["recommendations"] for each in after] == [1, 2]
    assert after[0]["filters"] == ["status=draft"]
    assert not any(name in text for text in bodies for name in ("Wu Yingjie", "Sanction those"))


def test_what_a_token_is_given_in_a_list_counts_as_read(
    app: Flask, staff: Person, colleague: Person
) -> None:
    ask = record_ask(staff)
    share(staff, ask, "named", people=colleague.email)
    settings = app.extensions["tracker.settings"]
    tracker = CommandLine(settings.instance, {"TRACKER_DATABASE_URL": settings.database_url})
    made = ("tokens", "add", colleague.email, "--scope", "read", "--label", "A script")
    headers = {"Authorization": f"Bearer {tracker.ok(*made).strip()}"}
    client = app.test_client()
    assert len(json.loads(client.get("/api/v1/targets", headers=headers).text)["items"]) == 1
    assert "Colleague" not in reads(staff, ask)
    for _ in range(2):
        answer = client.get("/api/v1/recommendations", headers=headers)
        assert len(json.loads(answer.text)["items"]) == 1
    assert reads(staff, ask).count("Colleague") == 1


@pytest.mark.parametrize("path", ["recommendations", "recommendations/{}"])
def test_what_was_said_of_an_ask_counts_as_read_with_its_item(
    app: Flask, staff: Person, colleague: Person, path: str
) -> None:
    ask = record_ask(staff)
    secret = record_ask(staff, {"title": "Another", "asks-0-title": "What few may know"})
    share(staff, secret, "named", people=colleague.email)
    both = {"asks": [one.rpartition("/")[2] for one in (ask, secret)], "summary": "zz01"}
    record_contact(staff, ask, "acknowledgement", "2023-11-10", **both)
    settings = app.extensions["tracker.settings"]
    tracker = CommandLine(settings.instance, {"TRACKER_DATABASE_URL": settings.database_url})
    made = ("tokens", "add", colleague.email, "--scope", "read", "--label", "A script")
    headers = {"Authorization": f"Bearer {tracker.ok(*made).strip()}"}
    address = f"/api/v1/{path.format(ask.rpartition('/')[2])}"
    for _ in range(2):
        assert "zz01" in app.test_client().get(address, headers=headers).text
    with reading(app):
        contact = db.session.scalars(select(Contact).where(Contact.summary == "zz01")).one()
        reads_of_it: Counter[int | None] = Counter()
        reads_of_it.update(read.actor_id for read in queries.reads_of(contact.id, None))
    assert reads_of_it[colleague.viewer.user_id] == 1


def test_nothing_is_given_out_that_came_while_reads_were_written_down(
    app: Flask, staff: Person, colleague: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = record_ask(staff)
    secret = record_ask(staff, {"title": "Another", "asks-0-title": "What few may know"})
    share(staff, secret, "named", people=colleague.email)
    both = {"asks": [one.rpartition("/")[2] for one in (ask, secret)]}
    record_contact(staff, ask, "acknowledgement", "2023-11-10", **both, summary="zz01")
    keep = reading_of.note_reads_of
    coming = ["zz02"]

    def keep_late(viewer: Viewer, rows: Iterable[RecordMixin]) -> bool:
        kept = keep(viewer, rows)
        if coming:
            more = coming.pop()
            with ThreadPoolExecutor(1) as thread:
                day = "2023-11-12"
                thread.submit(record_contact, staff, ask, "question", day, summary=more, **both)
        return kept

    for name in ("api.views", "casework.views.recommendations"):
        module = importlib.import_module(f"tracker.{name}")
        monkeypatch.setattr(module, "note_reads_of", keep_late)
    with app.app_context(), transaction():
        user = accounts.user_by_id(colleague.viewer.user_id or 0)
        token = tokens.make(user, "A script", TokenScope.READ, "365")[1]
    headers = {"Authorization": f"Bearer {token}"}
    reference = ask.rpartition("/")[2]
    item = app.test_client().get(f"/api/v1/recommendations/{reference}", headers=headers).text
    assert not coming
    assert ("zz01" in item, "zz02" in item) == (True, False)
    coming.append("zz03")
    page = colleague.get(ask).text
    assert not coming
    assert ("zz01" in page, "zz02" in page) == (True, True)
    with reading(app):
        for word in ("zz01", "zz02", "zz03"):
            contact = db.session.scalars(select(Contact).where(Contact.summary == word)).one()
            read = {each.actor_id for each in queries.reads_of(contact.id, None)}
            assert (colleague.viewer.user_id in read) == (word in page), word
