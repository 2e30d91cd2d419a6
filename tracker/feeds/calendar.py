"""Due days and next actions as an iCalendar (RFC 5545): all-day events that keep their UIDs."""

from datetime import date, timedelta
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

from icalendar import Calendar, Event
from sqlalchemy import select

from tracker.accounts.viewer import Viewer
from tracker.agencies.models import Agency
from tracker.casework.words import CLOCK
from tracker.clocks.models import Clock, ClockState
from tracker.core.db import db
from tracker.core.now import now
from tracker.recommendations.models import Recommendation, Status
from tracker.records.models import Record
from tracker.records.queries import visible

MOST = 2000  # events of each kind; those to come before those that are over
PAST = timedelta(days=90)  # what fell due longer ago is on the stale page


def deadlines(viewer: Viewer, base_url: str, today: date, secret_key: str) -> bytes:
    """The calendar of what a viewer sees: clocks that run, and the days of next actions. A calendar
    is kept by other machines: it names asks by reference, and nobody by name or number."""
    calendar = Calendar()
    calendar.add("prodid", "-//Advocacy Tracker//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Advocacy Tracker: due days")
    calendar.add("refresh-interval", timedelta(hours=6), {"value": "DURATION"})
    host = urlsplit(base_url).hostname or "localhost"
    for reference, agency, kind, due_on, start_key in _due(viewer, today):
        # what the clock started from: it stays the same event when its day is another
        start = _digest(f"{reference} {start_key.partition('/')[0]}", secret_key)
        uid = f"{reference}-{kind}-{agency or 'none'}-{start}@{host}"
        said = f"{reference}: {CLOCK[kind]}{f' ({agency})' if agency else ''}"
        calendar.add_component(_event(uid, said, due_on, _address(base_url, reference)))
    for reference, on in _next(viewer, today):
        said = f"{reference}: next action"
        uid = f"{reference}-next@{host}"
        calendar.add_component(_event(uid, said, on, _address(base_url, reference)))
    return bytes(calendar.to_ical())


def _digest(text: str, secret_key: str) -> str:
    return blake2b(text.encode(), key=secret_key.encode()[:64], digest_size=6).hexdigest()


def _event(uid: str, said: str, on: date, address: str) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now())
    event.add("dtstart", on)
    event.add("dtend", on + timedelta(days=1))
    event.add("summary", said)
    event.add("url", address)
    event.add("transp", "TRANSPARENT")
    return event


def _address(base_url: str, reference: str) -> str:
    return f"{base_url}/recommendations/{reference}"


def _due(viewer: Viewer, today: date) -> list[Any]:
    running = (
        select(Record.reference, Agency.slug, Clock.kind, Clock.due_on, Clock.start_key)
        .join(Record, Record.id == Clock.recommendation_id)
        .outerjoin(Agency, Agency.id == Clock.agency_id)
        .where(
            Clock.state == ClockState.RUNNING,
            Clock.superseded_at.is_(None),
            Clock.due_on >= today - PAST,
        )
        .order_by(Clock.due_on < today, Clock.due_on, Record.reference, Clock.id)
        .limit(MOST)
    )
    return list(db.session.execute(visible(running, Clock, viewer)))


def _next(viewer: Viewer, today: date) -> list[Any]:
    planned = (
        select(Record.reference, Recommendation.next_action_on)
        .join(Record, Record.id == Recommendation.id)
        .where(
            Recommendation.status != Status.CLOSED,
            Recommendation.next_action_on >= today - PAST,
            Recommendation.organisation_id == (viewer.organisation_id if viewer.edits else -1),
        )
        .order_by(
            Recommendation.next_action_on < today, Recommendation.next_action_on, Record.reference
        )
        .limit(MOST)
    )
    return list(db.session.execute(visible(planned, Recommendation, viewer)))
