"""Feeds by address: what their owner sees at the moment, opened by a real parser."""

import re
from datetime import date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from tests.front.support import (
    CLOCK_OFFERED,
    assert_problems,
    nothing_changes,
    record_ask,
    record_contact,
    save,
    share,
)
from tests.inside.samples import reading
from tests.support.people import Person, words_of
from tracker.accounts import tokens
from tracker.accounts.models import Token
from tracker.core.db import db
from tracker.core.now import now, today
from tracker.history.models import HistoryPayload
from tracker.web.sealing import sealed_key

ATOM = "{http://www.w3.org/2005/Atom}"
ADDRESS = re.compile(r"/feeds/([A-Za-z0-9_-]{43})/deadlines.ics")


def make(person: Person, label: str = "My phone", days: str = "90") -> str:
    """A feed address made through the page: its secret."""
    page = person.post("/account/feeds", {"label": label, "days": days})
    assert page.status_code == 200, words_of(page)
    found = ADDRESS.search(page.text)
    assert found
    return found[1]


def calendar(app: Flask, secret: str) -> list[Any]:
    answer = app.test_client().get(f"/feeds/{secret}/deadlines.ics")
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    return list(Calendar.from_ical(answer.data).walk("VEVENT"))


def entries(app: Flask, secret: str) -> list[str]:
    answer = app.test_client().get(f"/feeds/{secret}/changes.atom")
    assert answer.status_code == 200
    assert answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.data)
    stamps = [e.findtext(f"{ATOM}updated") or "" for e in feed.iter(f"{ATOM}entry")]
    assert stamps == sorted(stamps, reverse=True)
    for stamp in stamps:
        datetime.fromisoformat(stamp)
    ids = [e.findtext(f"{ATOM}id") for e in feed.iter(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    return [e.findtext(f"{ATOM}title") or "" for e in feed.iter(f"{ATOM}entry")]


def test_a_calendar_of_due_days_and_next_actions(app: Flask, staff: Person) -> None:
    soon = (today() + timedelta(days=9)).isoformat()
    ask = record_ask(staff, {"sent_on": today().isoformat()})
    reference = ask.rpartition("/")[2]
    save(staff, f"{ask}/next", {"next_action": "Call them", "next_action_on": soon})
    secret = make(staff)
    events = calendar(app, secret)
    by_words = {str(event["SUMMARY"]): event for event in events}
    due = by_words[f"{reference}: Acknowledgement (state)"]["DTSTART"].dt
    assert due == today() + timedelta(days=30)  # the house norm, counted from the sending
    assert type(due) is date
    planned = by_words[f"{reference}: next action"]
    assert planned["DTSTART"].dt == date.fromisoformat(soon)
    assert str(planned["URL"]).endswith(ask)
    uids = [str(event["UID"]) for event in events]
    assert len(set(uids)) == len(uids)
    assert [str(event["UID"]) for event in calendar(app, secret)] == uids
    raw = app.test_client().get(f"/feeds/{secret}/deadlines.ics").text
    for word in ("Wu Yingjie", "Sanction those", "Call them"):
        assert word not in raw


def in_days(count: int) -> str:
    return (today() + timedelta(days=count)).isoformat()


def test_an_event_whose_day_moves_stays_the_same_event(app: Flask, staff: Person) -> None:
    ask = record_ask(staff, {"sent_on": today().isoformat()})
    record_contact(staff, ask, "promise", today().isoformat(), promised_on=in_days(20))
    secret = make(staff)

    def promised() -> Any:
        found = [each for each in calendar(app, secret) if "Promise" in str(each["SUMMARY"])]
        (event,) = found
        return event

    before = promised()
    page = staff.get(f"{ask}/clocks").text
    offered = re.findall(CLOCK_OFFERED + r"[^>]*><label[^>]*>(\w+)", page)
    (clock,) = [key for key, name in offered if name == "Promise"]
    typed = {"clocks": clock, "act": "extend", "until": in_days(40), "reason": "They said so."}
    save(staff, f"{ask}/clocks/change", typed)
    after = promised()
    assert after["DTSTART"].dt == date.fromisoformat(in_days(40)) != before["DTSTART"].dt
    assert after["UID"] == before["UID"]


def test_a_feed_of_what_changed(app: Flask, staff: Person) -> None:
    ask = record_ask(staff)
    reference = ask.rpartition("/")[2]
    record_contact(staff, ask, "acknowledgement", today().isoformat())
    secret = make(staff)
    told = entries(app, secret)
    assert f"{reference}: Ask recorded" in told
    assert f"{reference}: Contact recorded" in told
    raw = app.test_client().get(f"/feeds/{secret}/changes.atom").text
    assert "Wu Yingjie" not in raw


def test_readers_of_feeds_can_tell_two_addresses_apart(app: Flask, staff: Person) -> None:
    def name_of(secret: str) -> str | None:
        raw = app.test_client().get(f"/feeds/{secret}/changes.atom").data
        name = ElementTree.fromstring(raw).findtext(f"{ATOM}id")
        assert name
        assert secret not in name
        return name

    first, second = make(staff), make(staff, "My laptop")
    assert name_of(first) == name_of(first) != name_of(second)


def test_others_are_told_from_the_day_of_the_sharing(
    app: Flask, staff: Person, partner: Person
) -> None:
    ask = record_ask(staff, {"sent_on": today().isoformat()})
    reference = ask.rpartition("/")[2]
    secret = make(partner)
    assert calendar(app, secret) == []
    assert entries(app, secret) == []
    with time_machine.travel(now() + timedelta(minutes=1)):
        share(staff, ask)
        told = entries(app, secret)
        assert f"{reference}: Audience changed" in told
        assert f"{reference}: Ask recorded" not in told
        assert any(reference in str(event["SUMMARY"]) for event in calendar(app, secret))
    with time_machine.travel(now() + timedelta(minutes=2)):
        share(staff, ask, "organisation")
        assert entries(app, secret) == []
        assert calendar(app, secret) == []


def test_what_an_address_opens_is_decided_at_each_use(
    app: Flask, staff: Person, admin: Person
) -> None:
    record_ask(staff)
    secret = make(staff)
    assert entries(app, secret)
    theirs = f"/admin/users/{staff.viewer.user_id}"
    admin.post(theirs, {"role": "partner", "organisation": str(staff.viewer.organisation_id)})
    assert entries(app, secret) == []
    admin.post(f"{theirs}/close")
    assert app.test_client().get(f"/feeds/{secret}/changes.atom").status_code == 404


def test_an_address_ends_by_itself_or_is_withdrawn(
    app: Flask, staff: Person, colleague: Person
) -> None:
    first, second = make(staff, "One", "30"), make(staff, "Two", "365")
    path = "/feeds/{}/deadlines.ics"
    with time_machine.travel(now() + timedelta(days=31)):
        assert app.test_client().get(path.format(first)).status_code == 404
        assert app.test_client().get(path.format(second)).status_code == 200
    with reading(app):
        key = db.session.scalars(select(Token.id).where(Token.label == "Two")).one()
        withdraw = f"/account/feeds/{sealed_key('address', key)}/withdraw"
    with nothing_changes(app):
        assert colleague.post(withdraw).status_code == 303
    assert staff.post(withdraw).status_code == 303
    assert app.test_client().get(path.format(second)).status_code == 404


def test_the_database_and_the_history_hold_no_secret_and_the_page_the_last_use(
    app: Flask, staff: Person
) -> None:
    secret = make(staff)
    assert "My phone" in words_of(staff.get("/account/feeds"))
    assert "never" in words_of(staff.get("/account/feeds"))
    calendar(app, secret)
    assert "never" not in words_of(staff.get("/account/feeds"))
    assert secret not in staff.get("/account/feeds").text
    with reading(app):
        assert secret not in "".join(db.session.scalars(select(Token.digest)))
        assert secret not in "".join(db.session.scalars(select(HistoryPayload.body)))


@pytest.mark.parametrize("secret", ["x", "x" * 43, "x" * 44, "..", "%00" * 43])
def test_a_wrong_address_is_a_page_that_is_not_there(app: Flask, secret: str) -> None:
    assert app.test_client().get(f"/feeds/{secret}/deadlines.ics").status_code == 404


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"label": ""}, "1 to 60 characters"),
        ({"label": "x" * 61}, "1 to 60 characters"),
        ({"label": "x\x00"}, "control character"),
        ({"days": "9999"}, "Choose how long"),
        ({"days": ""}, "Choose how long"),
    ],
)
def test_a_bad_name_or_time_is_told_at_its_field(
    app: Flask, staff: Person, sent: dict[str, str], said: str
) -> None:
    with nothing_changes(app):
        page = staff.post("/account/feeds", {"label": "My phone", "days": "30", **sent})
    assert_problems(page, dict.fromkeys(sent, said))


def test_nobody_has_more_than_twenty(staff: Person) -> None:
    for number in range(tokens.MOST):
        make(staff, f"Number {number}")
    page = staff.post("/account/feeds", {"label": "One more", "days": "30"})
    assert page.status_code == 422


def test_making_one_asks_for_the_password_again_after_a_while(staff: Person) -> None:
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert staff.post("/account/feeds", {"label": "x", "days": "30"}).status_code == 401


def test_who_read_a_record_is_no_change_of_it(app: Flask, staff: Person, partner: Person) -> None:
    ask = record_ask(staff)
    share(staff, ask, "named", people=partner.email)
    secret = make(staff)
    before = entries(app, secret)
    for person in (staff, partner):
        assert person.get(ask).status_code == 200
    assert entries(app, secret) == before
