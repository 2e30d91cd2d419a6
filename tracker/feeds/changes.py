"""The newest changes as an Atom feed (RFC 4287)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from sqlalchemy import select, tuple_

from tracker.accounts.viewer import Viewer
from tracker.casework.telling import saying_nothing
from tracker.core.db import db
from tracker.core.now import now
from tracker.correspondence.models import Letter
from tracker.history.actions import MAIN
from tracker.history.models import HistoryEvent, HistorySubject
from tracker.history.names import EVENTS
from tracker.history.queries import entries
from tracker.recommendations.models import Recommendation
from tracker.records.models import Kind, Record, RecordMixin
from tracker.records.queries import knows_plans_of, visible
from tracker.records.reach import history_since, is_told
from tracker.targets.models import Target

NEWEST = 100
LOOKED_AT = 5 * NEWEST  # at a time, since not all is told to everybody
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
    newest = _entries(viewer)
    _text(feed, "updated", _stamp(newest[0].at if newest else now()))
    _text(ElementTree.SubElement(feed, "author"), "name", "Advocacy Tracker")
    ElementTree.SubElement(feed, "link", {"href": base_url, "rel": "alternate"})
    for row in newest:
        entry = ElementTree.SubElement(feed, "entry")
        _text(entry, "id", f"tag:{host},2023:{row.reference}/{row.digest[:32]}")
        _text(entry, "title", f"{row.reference}: {EVENTS.get(row.name, row.name)}")
        _text(entry, "updated", _stamp(row.at))
        address = f"{base_url}/{FOLLOWED[row.kind][1]}/{row.reference}"
        ElementTree.SubElement(entry, "link", {"href": address, "rel": "alternate"})
    return bytes(ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True))


def _entries(viewer: Viewer) -> list[Any]:
    """The newest changes of records that the viewer sees, from when on they read their history."""
    found: list[Any] = []
    since = 0  # what is older than as many as are shown need not be looked at
    for kind in FOLLOWED:
        found += _newest_told(viewer, kind, since)
        found = sorted(found, key=lambda row: (row.position, row.reference), reverse=True)[:NEWEST]
        since = found[-1].position if len(found) == NEWEST else 0
    return found


def _newest_told(viewer: Viewer, kind: Kind, since: int) -> list[Any]:
    """The newest changes of one kind of records, from a place in the chain on, that the viewer is
    told of: however many lie between that they are not, they find none of these missing for it."""
    found: list[Any] = []
    before: tuple[int, int] | None = None
    while len(found) < NEWEST:
        batch = _newest(viewer, kind, since, before)
        found += _told(viewer, batch)
        if len(batch) < LOOKED_AT:
            break
        before = batch[-1].position, batch[-1].record_id
    return found


def _told(viewer: Viewer, found: Sequence[Any]) -> list[Any]:
    since = history_since(viewer, {row.reference for row in found})
    others = {row.event_id for row in found if not knows_plans_of(viewer, row.organisation_id)}
    nothing = saying_nothing(viewer, entries({row.event_id for row in found}), others)
    return [
        row
        for row in found
        if row.event_id not in nothing and is_told(since, row.reference, row.at)
    ]


def _newest(
    viewer: Viewer, kind: Kind, since: int, before: tuple[int, int] | None = None
) -> Sequence[Any]:
    """The newest changes of one kind of records that the viewer sees, from a place in the chain on;
    or of those that come before a place with one of its records."""
    model, _ = FOLLOWED[kind]
    newest = (
        select(
            HistoryEvent.id.label("event_id"),
            HistoryEvent.at,
            HistoryEvent.name,
            HistoryEvent.digest,
            HistoryEvent.position,
            Record.id.label("record_id"),
            Record.reference,
            Record.kind,
            model.organisation_id,
        )
        .join(HistorySubject, HistorySubject.event_id == HistoryEvent.id)
        .join(model, model.id == HistorySubject.record_id)
        .join(Record, Record.id == model.id)
        .where(Record.kind == kind, HistoryEvent.chain == MAIN, HistoryEvent.position >= since)
        .order_by(HistoryEvent.position.desc(), Record.id.desc())
        .limit(LOOKED_AT)
    )
    if before is not None:
        newest = newest.where(tuple_(HistoryEvent.position, Record.id) < before)
    return db.session.execute(visible(newest, model, viewer)).all()


def _text(parent: ElementTree.Element, name: str, said: str) -> None:
    ElementTree.SubElement(parent, name).text = said


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
