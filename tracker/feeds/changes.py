"""The newest changes as an Atom feed (RFC 4287)."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from sqlalchemy import select

from tracker.accounts.viewer import Viewer
from tracker.casework.telling import PLANS
from tracker.core.db import db
from tracker.core.now import now
from tracker.correspondence.models import Letter
from tracker.history.actions import MAIN
from tracker.history.models import HistoryEvent, HistorySubject
from tracker.history.names import EVENTS
from tracker.history.queries import changing_only
from tracker.recommendations.models import Recommendation
from tracker.records.models import Kind, Record, RecordMixin
from tracker.records.queries import history_since, is_told, untold, visible
from tracker.targets.models import Target

NEWEST = 100
LOOKED_AT = 5 * NEWEST  # of each kind, since not all is told to everybody
ATOM = "http://www.w3.org/2005/Atom"
FOLLOWED: dict[Kind, tuple[type[RecordMixin], str]] = {
    Kind.RECOMMENDATION: (Recommendation, "recommendations"),
    Kind.LETTER: (Letter, "letters"),
    Kind.TARGET: (Target, "targets"),
}


def changes(viewer: Viewer, base_url: str, own: str) -> bytes:
    """The feed of what changed in records that a viewer sees, since they were shared. `own` tells
    it from other feeds. Feeds are kept by other machines: it names records by reference and
    nobody by name."""
    feed = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    _text(feed, "title", "Advocacy Tracker: changes")
    host = urlsplit(base_url).hostname or "localhost"
    _text(feed, "id", f"tag:{host},2023:changes/{own}")
    entries = _entries(viewer)
    _text(feed, "updated", _stamp(entries[0].at if entries else now()))
    _text(ElementTree.SubElement(feed, "author"), "name", "Advocacy Tracker")
    ElementTree.SubElement(feed, "link", {"href": base_url, "rel": "alternate"})
    for row in entries:
        entry = ElementTree.SubElement(feed, "entry")
        _text(entry, "id", f"tag:{host},2023:{row.reference}/{row.digest[:32]}")
        _text(entry, "title", f"{row.reference}: {EVENTS.get(row.name, row.name)}")
        _text(entry, "updated", _stamp(row.at))
        address = f"{base_url}/{FOLLOWED[row.kind][1]}/{row.reference}"
        ElementTree.SubElement(entry, "link", {"href": address, "rel": "alternate"})
    return bytes(ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True))


def _entries(viewer: Viewer) -> list[Any]:
    """The newest changes of records that the viewer sees, from when on they read their history."""
    found = _newest(viewer)
    since = history_since(viewer, {row.reference for row in found})
    hidden = untold(viewer, {row.event_id for row in found})
    others = {row.event_id for row in found if row.organisation_id != viewer.organisation_id}
    hidden |= changing_only(PLANS, others)
    kept = [
        row for row in found if row.event_id not in hidden and is_told(since, row.reference, row.at)
    ]
    return sorted(kept, key=lambda row: (row.position, row.reference), reverse=True)[:NEWEST]


def _newest(viewer: Viewer) -> list[Any]:
    """The newest changes of each kind of records that the viewer sees."""
    found: list[Any] = []
    for kind, (model, _) in FOLLOWED.items():
        newest = (
            select(
                HistoryEvent.id.label("event_id"),
                HistoryEvent.at,
                HistoryEvent.name,
                HistoryEvent.digest,
                HistoryEvent.position,
                Record.reference,
                Record.kind,
                model.organisation_id,
            )
            .join(HistorySubject, HistorySubject.event_id == HistoryEvent.id)
            .join(model, model.id == HistorySubject.record_id)
            .join(Record, Record.id == model.id)
            .where(Record.kind == kind, HistoryEvent.chain == MAIN)
            .order_by(HistoryEvent.id.desc())
            .limit(LOOKED_AT)
        )
        found += db.session.execute(visible(newest, model, viewer)).all()
    return found


def _text(parent: ElementTree.Element, name: str, said: str) -> None:
    ElementTree.SubElement(parent, name).text = said


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
