"""Taking away as a file what one may see: all of it or what a list shows, and not unseen."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload
from werkzeug.test import TestResponse

from tests.front.support import (
    asks_on,
    links,
    nothing_changes,
    options,
    record_ask,
    record_contact,
    record_draft,
    save,
    section,
    share,
)
from tests.inside.samples import reading
from tests.support.people import Person, words_of
from tracker.casework.words import INSTRUMENT
from tracker.core.db import db
from tracker.core.now import now, today
from tracker.exchange import views
from tracker.history.models import HistoryEvent
from tracker.recommendations.instruments import Instrument


def take(person: Person, address: str = "/exports") -> TestResponse:
    """The answer to the button of the page of exports."""
    assert person.get(address).status_code == 200
    return person.post(address.replace("/exports", "/exports/download"))


def taken(person: Person, address: str = "/exports") -> dict[str, Any]:
    answer = take(person, address)
    assert answer.status_code == 200
    said = answer.headers["Content-Disposition"]
    assert said == f"attachment; filename=advocacy-tracker-{today()}.json"
    assert answer.headers["Content-Type"] == "application/json"
    found: dict[str, Any] = json.loads(answer.text)
    answer.close()
    return found


def titles(found: dict[str, Any], part: str = "recommendations") -> set[str]:
    return {item["title"] for item in found[part]}


def test_one_takes_away_what_one_sees_and_the_history_says_so(
    app: Flask, staff: Person, partner: Person
) -> None:
    share(staff, record_ask(staff))
    record_draft(staff, {"title": "For ourselves"})
    said = words_of(staff.get("/exports"))
    assert "All 2 that you may see" in said
    assert "0 public, 2 for fewer people" in said
    assert titles(taken(staff)) == {"Sanction those responsible", "For ourselves"}
    assert "All 1 that you may see" in words_of(partner.get("/exports"))
    found = taken(partner)
    assert titles(found) == {"Sanction those responsible"}
    assert "ourselves" not in json.dumps(found)
    with reading(app):
        event = db.session.scalars(
            select(HistoryEvent)
            .where(HistoryEvent.name == "records.exported")
            .options(joinedload(HistoryEvent.payload))
            .order_by(HistoryEvent.position.desc())
        ).first()
        assert event is not None
        assert event.payload is not None
        assert event.actor_id == partner.viewer.user_id
        body = json.loads(event.payload.body)["after"]
    assert (body["format"], body["filters"], body["recommendations"]) == ("json", [], 1)


def test_the_list_leads_to_the_file_of_what_it_shows(staff: Person) -> None:
    record_ask(staff)
    other = record_draft(staff, {"title": "Refuse a visa", "instrument": "visa_7031c"})
    page = staff.get("/recommendations?instrument=visa_7031c&sort=title")
    assert asks_on(page) == [other]
    assert "/exports?instrument=visa_7031c&amp;sort=title" in page.text
    address = "/exports?instrument=visa_7031c&sort=title"
    said = words_of(staff.get(address))
    assert f"1 ask of your list Instrument: {INSTRUMENT[Instrument.VISA_7031C]}" in said
    assert titles(taken(staff, address)) == {"Refuse a visa"}
    assert titles(taken(staff, "/exports?sort=title")) > {"Refuse a visa"}
    for none in ("instrument=tapestry", "statuss=draft", "as_of=2024-03-01", "foo=1"):
        assert staff.get(f"/exports?{none}").status_code == 400
    with nothing_changes(staff.app):
        assert staff.post("/exports/download?statuss=draft").status_code == 400
        assert staff.post("/exports/download?instrument=tapestry").status_code == 400


def test_what_is_not_public_is_taken_by_who_gave_the_password_of_late(
    app: Flask, staff: Person
) -> None:
    published = {"sources-0-title": "An article", "sources-0-url": "https://example.org/article"}
    ask = record_draft(staff, {"title": "For all", **published})
    share(staff, ask, "public", together=options(staff.get(f"{ask}/audience"), "together"))
    record_draft(staff, {"title": "For ourselves"})
    assert "For ourselves" in titles(taken(staff))
    with time_machine.travel(now() + timedelta(minutes=16)):
        with nothing_changes(app, "login_sessions"):
            answer = take(staff)
        assert answer.status_code == 401
        assert "Confirm that it is you" in words_of(answer)
        assert "Send it again" in words_of(answer), "a button alone can be sent again too"
        assert "/account/confirm" in links(answer)
        assert titles(taken(staff, "/exports?audience=public")) == {"For all"}
        save(staff, f"{ask}/next", {"next_action": "Call them"})
        assert take(staff, "/exports?audience=public").status_code == 401


def test_an_ask_comes_with_what_was_said_of_it_as_far_as_one_sees_it(
    app: Flask, staff: Person, partner: Person
) -> None:
    published = {"sources-0-title": "An article", "sources-0-url": "https://example.org/article"}
    ask = record_ask(staff, published)
    share(staff, ask, "public", together=options(staff.get(f"{ask}/audience"), "together"))
    record_contact(staff, ask, "acknowledgement", "2023-11-02", summary="They have it.")
    page = record_contact(staff, ask, "question", "2023-11-20", summary="Entered in error.")
    void = next(link for link in links(page) if link.endswith("/void") and "/contacts/" in link)
    save(staff, void, {"reason": "It was another ask."})
    for person in (staff, partner):
        [told] = taken(person)["recommendations"]
        assert [(c["on"], c["substance"], c["direction"]) for c in told["contacts"]] == [
            ("2023-10-23", "submission", "ours"),
            ("2023-11-02", "acknowledgement", "theirs"),
        ]
        assert told["contacts"][1]["summary"] == "They have it."
        assert told["contacts"][0]["letter"] == told["letters"][0]
        assert told["contacts"][1]["agencies"] == [told["addressees"][0]["agency"]]
        held = [(span["status"], span["from_on"], span["until_on"]) for span in told["statuses"]]
        assert held == [("submitted", "2023-10-23", None)]
    other = record_draft(staff, {"title": "For ourselves"})
    both = {"asks": [one.rpartition("/")[2] for one in (ask, other)], "summary": "Of both"}
    record_contact(staff, ask, "meeting", "2023-12-01", **both)
    assert len(taken(partner)["recommendations"][0]["contacts"]) == 2
    mine = taken(staff, "/exports?audience=public")["recommendations"]
    assert mine[0]["contacts"][-1]["summary"] == "Of both"
    with time_machine.travel(now() + timedelta(minutes=16)):
        # the asks in the file are for everybody, what was said of one is not
        assert take(staff, "/exports?audience=public").status_code == 401


def test_a_read_of_a_restricted_record_is_kept_with_the_file(
    app: Flask, staff: Person, colleague: Person
) -> None:
    ask = record_draft(staff, {"title": "For two"})
    record_draft(staff, {"title": "For ourselves"})
    share(staff, ask, "named", people=colleague.email)
    assert titles(taken(colleague, "/exports?audience=organisation")) == {"For ourselves"}
    assert "Colleague" not in section(staff.get(f"{ask}/history"), "reads")
    assert "For two" in titles(taken(colleague))
    assert "Colleague" in section(staff.get(f"{ask}/history"), "reads")


def test_what_cannot_be_written_down_is_not_given_out(
    app: Flask, staff: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_draft(staff, {"title": "For ourselves"})

    def full(*_given: Any) -> None:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    monkeypatch.setattr(views, "record_export", full)
    with nothing_changes(app):
        answer = take(staff)
    assert answer.status_code == 503
    assert "For ourselves" not in answer.text


def test_nobody_in_particular_takes_nothing(anonymous: Person) -> None:
    assert anonymous.get("/exports").status_code == 302
    assert anonymous.client.post("/exports/download").status_code in (400, 401)
