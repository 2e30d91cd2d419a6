"""Figures kept until something changes: every change is an event of the history, so they hold as
long as its last digest stands."""

from dataclasses import dataclass
from datetime import date

from flask import current_app

from tracker.accounts.viewer import Viewer
from tracker.dashboards.figures import Figures
from tracker.dashboards.figures import figures as computed
from tracker.history import queries as history

MOST = 500  # readers whose figures one process keeps, some kilobytes each


@dataclass(frozen=True)
class _Kept:
    head: str
    figures: Figures


def figures(viewer: Viewer, today: date) -> Figures:
    """The figures of that day, of what the viewer may see; computed only where there was a change
    since this process computed them last, for this very viewer."""
    kept: dict[Viewer, _Kept] = current_app.extensions.setdefault("tracker.figures", {})
    # read first: what changes meanwhile makes the figures newer than they say, never older
    head = history.head()
    known = kept.get(viewer)
    if known is not None and known.head == head and known.figures.as_of == today:
        return known.figures
    found = computed(viewer, today)
    if len(kept) >= MOST:
        kept.clear()
    if head:
        kept[viewer] = _Kept(head, found)
    return found
