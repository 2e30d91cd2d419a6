"""The history of a record as far as its reader may know it: no colleague by number, no record that
is kept from the reader."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from tracker.accounts import queries as accounts
from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies
from tracker.casework.words import IN_HISTORY
from tracker.core.references import PATTERN
from tracker.history import queries as history
from tracker.history.queries import Entry, Read
from tracker.records import queries as records
from tracker.records import reach

_REFERENCE = re.compile(PATTERN)
_BODIES = ("decided_by", "authority", "bodies")  # fields that hold slugs of bodies
MOST_ENTRIES = 200  # on a page
# what an organisation does next is its own affair
PLANS = frozenset({"assignee", "next_action", "next_action_on"})
NOTE = "note_for_colleagues"  # on a letter
OWN_AFFAIR = PLANS | {NOTE}

# by which a file as it came is known again, of which others get a copy at the most
ORIGINALS = frozenset({"SHA-256"})


@dataclass(frozen=True)
class HistoryPage:
    """A page of the history of a record, newest first; `since` is the day from which the reader
    has it."""

    entries: list[Entry]
    older_than: int | None  # the event behind which the next page begins, if there is one
    actors: accounts.Acting
    since: date | None
    reads: list[Read]  # for the owner's own people alone, with the newest changes


def history_page(
    viewer: Viewer, record_id: int, organisation_id: int, before: int | None = None
) -> HistoryPage:
    """Changes, the newest first, or the newest `before` an event: who, when, what, before and
    after."""
    since = reach.seen_since(record_id, organisation_id, viewer)
    is_own = records.knows_plans_of(viewer, organisation_id)
    found = _newest_told(viewer, record_id, since, before, is_others=not is_own)
    entries = found[:MOST_ENTRIES]
    kept = _kept(viewer, entries)
    if not is_own:
        kept_back = OWN_AFFAIR | ORIGINALS
        entries = [replace(entry, body=_left_out(entry.body, kept_back)) for entry in entries]
    bodies = [entry.body for entry in entries]
    reads = history.reads_of(record_id, since) if is_own and before is None else []
    acted = [entry.actor_id for entry in entries] + [read.actor_id for read in reads]
    # an ask is given to colleagues, and only these are told: also of one who is elsewhere by now
    people = accounts.names_of(_people(bodies)) if is_own else {}
    labels = IN_HISTORY | {"assignee": people} | dict.fromkeys(_BODIES, agencies.names())
    return HistoryPage(
        [replace(each, body=_told(each.body, kept[each.id], labels)) for each in entries],
        entries[-1].id if len(found) > MOST_ENTRIES else None,
        accounts.acting(viewer, acted),
        since.date() if since else None,
        reads,
    )


def _newest_told(
    viewer: Viewer,
    record_id: int,
    since: datetime | None,
    before: int | None,
    *,
    is_others: bool,
) -> list[Entry]:
    """The newest entries that tell the viewer anything, more than fill a page if there are more:
    however many lie between that tell nothing, none is missing for it."""
    found: list[Entry] = []
    while len(found) <= MOST_ENTRIES:
        batch = history.of_record(record_id, since=since, before=before, limit=MOST_ENTRIES)
        others = {entry.id for entry in batch} if is_others else ()
        nothing = saying_nothing(viewer, batch, others)
        found += [entry for entry in batch if entry.id not in nothing]
        if len(batch) < MOST_ENTRIES:
            break
        before = batch[-1].id
    return found


def saying_nothing(
    viewer: Viewer, entries: Sequence[Entry], others: Collection[int] = ()
) -> set[int]:
    """Those of some events that tell the viewer nothing: they concern a record that is kept from
    them, or all that changed is: what refers to such a record, or, in what is of `others`, what is
    done next or noted for colleagues. What was erased may have been that. In a fixed number of
    statements."""
    hidden = reach.untold(viewer, [entry.id for entry in entries])
    hidden |= {entry.id for entry in entries if entry.is_erased and entry.id in others}
    shown = [entry for entry in entries if entry.id not in hidden]
    kept = _kept(viewer, shown)
    for entry in shown:
        body = _left_out(entry.body, OWN_AFFAIR) if entry.id in others else entry.body
        whole, told = _told(entry.body, set(), {}), _told(body, kept[entry.id], {})
        if _changes(whole) and not _changes(told):
            hidden.add(entry.id)
    return hidden


def _kept(viewer: Viewer, entries: Sequence[Entry]) -> dict[int, set[str]]:
    """The references in each of some entries that are kept from the viewer."""
    named = {entry.id: set(filter(_REFERENCE.fullmatch, _texts(entry.body))) for entry in entries}
    since = reach.history_since(viewer, set().union(*named.values()))
    return {
        entry.id: {text for text in named[entry.id] if not reach.is_told(since, text, entry.at)}
        for entry in entries
    }


def _changes(body: dict[str, Any]) -> bool:
    return bool(body.get("before") or body.get("after"))


def _left_out(body: dict[str, Any], fields: Collection[str]) -> dict[str, Any]:
    return {
        name: {k: v for k, v in side.items() if k not in fields} if isinstance(side, dict) else side
        for name, side in body.items()
    }


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _people(bodies: Iterable[dict[str, Any]]) -> Iterator[int]:
    for body in bodies:
        for side in ("before", "after"):
            found = (body.get(side) or {}).get("assignee")
            if isinstance(found, int):
                yield found


def _told(
    body: dict[str, Any], kept: set[str], labels: Mapping[str, Mapping[Any, str]]
) -> dict[str, Any]:
    """A body in the words of the pages, without what is kept from the reader; a field in which
    nothing else changed goes."""
    told = {name: _without(value, kept) for name, value in body.items()}
    before, after = told.get("before"), told.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        same = [name for name in before if name in after and before[name] == after[name]]
        for name in same:
            del before[name], after[name]
    for side in (told, before, after):
        if isinstance(side, dict):
            side |= {name: _labelled(name, value, labels) for name, value in side.items()}
    return told


def _labelled(name: str, value: Any, labels: Mapping[str, Mapping[Any, str]]) -> Any:
    if isinstance(value, list):
        return [_labelled(name, item, labels) for item in value]
    if isinstance(value, dict):
        return {inner: _labelled(inner, item, labels) for inner, item in value.items()}
    if name not in labels:
        return value
    return labels[name].get(value, value) if isinstance(value, (str, int)) else value


def _without(value: Any, kept: set[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(item, kept) for name, item in value.items()}
    if isinstance(value, list):
        return [_without(item, kept) for item in value if not _is_kept(item, kept)]
    return "" if _is_kept(value, kept) else value


def _is_kept(value: Any, kept: set[str]) -> bool:
    return isinstance(value, str) and value in kept
