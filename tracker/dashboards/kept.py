"""Tallies kept in step with the history: every change is an event that names its records, so after
a change only those records are counted again, with the asks that something followed for."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from threading import Lock

from flask import current_app

from tracker.accounts.viewer import Viewer
from tracker.dashboards import tallies
from tracker.dashboards.figures import Figures, figures_of
from tracker.dashboards.tallies import Cell, Counts, Tally
from tracker.history import queries as history
from tracker.history.queries import Head
from tracker.records.models import Audience
from tracker.records.queries import granted_to, sees_all_of

MOST = 500  # readers whose figures one process keeps, some kilobytes each
# it changes asks, more than its event could name
SWEEP = "job.stale_sweep"
# from the first flag to the event; to count more does no harm
LONGEST_SWEEP = timedelta(days=1)
# an act and what follows of it on asks that its event does not name, by the clocks of two machines
AT_MOST_APART = timedelta(minutes=5)


@dataclass
class Counted:
    """What one process has counted, up to a head of the history: what each record counts, the sums
    of each cell, and the figures that readers saw since."""

    head: Head | None = None
    records: dict[int, Counts] = field(default_factory=dict)
    sums: dict[Cell, Tally] = field(default_factory=dict)
    shown: dict[Viewer, Figures] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)


def figures(viewer: Viewer, today: date) -> Figures:
    """The figures of today, of what the viewer may see."""
    counted = _counted()
    with counted.lock:
        _catch_up(counted)
        known = counted.shown.get(viewer)
        if known is not None and known.as_of == today:
            return known
        if len(counted.shown) >= MOST:
            counted.shown.clear()
        found = counted.shown[viewer] = figures_of(_seen_by(viewer, counted), today)
        return found


def warm() -> None:
    """Count all records, as a process does once before it serves the first reader."""
    with _counted().lock:
        _catch_up(_counted())


def _counted() -> Counted:
    found: Counted = current_app.extensions.setdefault("tracker.figures", Counted())
    return found


def _catch_up(counted: Counted) -> None:
    # read first: what changes meanwhile is counted now and once more later, and never left out
    head = history.head()
    before = counted.head
    if head == before:
        return
    counted.head, counted.shown = None, {}  # whatever fails now, all is counted the next time
    if before is None or not history.goes_on_from(before):
        counted.records, counted.sums = {}, {}
        _move(counted, tallies.of_all().items())
    else:
        touched = history.subjects_since(before)
        if first := history.first_since(before):
            touched |= tallies.changed_since(first - AT_MOST_APART)
        if swept_at := history.first_since(before, SWEEP):
            touched |= tallies.flagged_since(swept_at - LONGEST_SWEEP)
        _move(counted, tallies.of_some(touched).items())
    counted.head = head


def _move(counted: Counted, fresh: Iterable[tuple[int, Counts]]) -> None:
    """Put the difference between what records counted and count now into the sums."""
    for record_id, counts in fresh:
        if old := counted.records.get(record_id):
            counted.sums[old[0]].subtract(old[1])
        counted.sums.setdefault(counts[0], Counter()).update(counts[1])
        counted.records[record_id] = counts


def _seen_by(viewer: Viewer, counted: Counted) -> Tally:
    """The sum of what the viewer may see: whole cells, and what is shown to people by name."""
    seen: Tally = Counter()
    for (organisation_id, audience), tally in counted.sums.items():
        if sees_all_of(viewer, organisation_id, audience):
            seen.update(tally)
    for record_id in granted_to(viewer):
        counts = counted.records.get(record_id)
        if counts is not None and counts[0][1] is Audience.NAMED:
            seen.update(counts[1])
    return seen
