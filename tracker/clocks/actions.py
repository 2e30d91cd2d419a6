"""Keeping the clocks of asks true to the facts."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import select

from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies
from tracker.clocks import gathering
from tracker.clocks.facts import ClockSpec, Key
from tracker.clocks.models import ActKind, Clock, ClockAct, ClockKind, ClockState
from tracker.clocks.rules import derive
from tracker.core.dates import show_day
from tracker.core.db import IDS, db
from tracker.core.now import now, today
from tracker.core.together import insert_together, write_together
from tracker.history import actions as history
from tracker.recommendations.models import Recommendation

_SPEC_FIELDS = tuple(field.name for field in fields(ClockSpec))
# what a rule gives: a clock that has ended keeps the rule under which it ended
_OF_RULE = frozenset({"basis", "rule_id", "warn_on", "due_on", "late_on"})


_SHOWN = (
    *("kind", "agency_id", "basis", "rule_id", "state"),
    *("started_on", "due_on", "ended_on", "flagged_on", "snoozed_until"),
)


class Turn(StrEnum):
    """What became of a clock when it was computed anew."""

    RAISED = "flags raised"
    CLEARED = "flags cleared"
    MOVED = "days moved"


@dataclass(frozen=True)
class Moved:
    """A clock that says something else now than before."""

    ask_id: int
    kind: ClockKind
    agency_id: int | None
    turn: Turn
    text: str  # in a few words, without the body


class Refreshed(NamedTuple):
    """What became of the clocks of asks: what moved on those that had clocks, and the ids of those
    that have others now."""

    moved: list[Moved]
    changed: set[int]


def refresh(asks: Sequence[Recommendation], *, corrected: bool = False) -> Refreshed:
    """Bring the clocks of asks in line with all that is known of them now. What moved is the
    caller's to tell.

    A clock of which more is known is superseded by a new row, so that what was known on an earlier
    day can still be read. A clock that has ended keeps the rule under which it ended, unless what
    chooses the rule was `corrected`. A clock that is late is flagged here at once; the nightly
    sweep flags those that only time makes late.
    """
    db.session.flush()
    rules, facts, day = gathering.rules(), gathering.gather(asks), today()
    standing, snoozes = _current([ask.id for ask in asks]), _snoozes([ask.id for ask in asks])
    moved: list[Moved] = []
    changed: set[int] = set()
    begun: list[dict[str, Any]] = []
    for ask in asks:
        before = standing[ask.id]
        wanted = {spec.key: spec for spec in derive(facts[ask.id], rules)}
        kept, new = _reconcile(ask, before, wanted, snoozes[ask.id], day, corrected)
        begun += new.values()
        after = kept | {key: Clock(**row) for key, row in new.items()}
        if _shown(before) == _shown(after):
            continue
        changed.add(ask.id)
        if before:
            moved += _compare(ask.id, before, after)
    # of all asks at once: the rows that end, and those that begin
    write_together(clock for clocks in standing.values() for clock in clocks.values())
    insert_together(Clock, begun)
    return Refreshed(moved, changed)


def _shown(clocks: dict[Key, Clock]) -> Counter[tuple[Any, ...]]:
    """What clocks show, whatever they started from."""
    return Counter(tuple(getattr(clock, name) for name in _SHOWN) for clock in clocks.values())


def _reconcile(
    ask: Recommendation,
    standing: dict[Key, Clock],
    wanted: dict[Key, ClockSpec],
    snoozes: dict[Key, date],
    day: date,
    corrected: bool,
) -> tuple[dict[Key, Clock], dict[Key, dict[str, Any]]]:
    """End the rows of an ask that say no more what the facts say: those that go on, and what is to
    be written anew."""
    moment = now()
    kept: dict[Key, Clock] = {}
    new: dict[Key, dict[str, Any]] = {}
    for key, clock in standing.items():
        spec = wanted.get(key)
        if spec is None or not _says(clock, spec, snoozes.get(_whole(key)), corrected):
            clock.superseded_at = moment
        else:
            kept[key] = clock
    for key, spec in wanted.items():
        if key in kept:
            continue
        new[key] = {
            "recommendation_id": ask.id,
            "organisation_id": ask.organisation_id,
            "audience": ask.audience,
            "cause": spec.cause,
            "snoozed_until": snoozes.get(_whole(key)),
            "recorded_at": moment,
            **{name: getattr(spec, name) for name in _SPEC_FIELDS},
            **_flag(spec, standing.get(key), day, moment),
        }
    return kept, new


def _says(clock: Clock, spec: ClockSpec, snoozed_until: date | None, corrected: bool) -> bool:
    """Whether a row says all that the facts say now."""
    differs = {name for name in _SPEC_FIELDS if getattr(clock, name) != getattr(spec, name)}
    if clock.ended_on is not None and clock.rule_id is not None and not corrected:
        differs -= _OF_RULE
    return not differs and clock.snoozed_until == snoozed_until


def _compare(ask_id: int, before: dict[Key, Clock], after: dict[Key, Clock]) -> list[Moved]:
    """The flags that came and went, and the days of running clocks that moved."""
    was, is_now = _flags(before), _flags(after)
    found = [
        *((key, Turn.CLEARED, was[key]) for key in was if key not in is_now),
        *((key, Turn.RAISED, is_now[key]) for key in is_now if key not in was),
    ]
    for key, clock in after.items():
        old = before.get(key)
        is_running = clock.state is ClockState.RUNNING and old is not None
        if is_running and old and old.due_on and clock.due_on and old.due_on != clock.due_on:
            days = f"{_words(clock.kind)}: {show_day(old.due_on)} → {show_day(clock.due_on)}"
            found.append((key, Turn.MOVED, days))
    return [Moved(ask_id, kind, agency, turn, said) for (kind, agency, _), turn, said in found]


def _flags(clocks: dict[Key, Clock]) -> dict[Key, str]:
    return {
        key: f"{_words(clock.cause)} since {show_day(clock.flagged_on)}"
        for key, clock in clocks.items()
        if clock.state is ClockState.RUNNING and clock.flagged_on
    }


def _words(value: StrEnum) -> str:
    return value.replace("_", " ").capitalize()


def tell(moved: Sequence[Moved], by: Viewer, why: str = "") -> None:
    """Say in the history of each ask what became of its clocks."""
    bodies = agencies.by_ids(each.agency_id for each in moved if each.agency_id)
    told: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for each in moved:
        body = bodies.get(each.agency_id or 0)
        told[each.ask_id][each.turn].append(each.text + (f" ({body.short_name})" if body else ""))
    for ask_id, after in told.items():
        history.record(
            "clock.recomputed",
            actor_id=by.user_id,
            records=[ask_id],
            body={"after": after, "note": why},
        )


def _flag(spec: ClockSpec, before: Clock | None, day: date, moment: datetime) -> dict[str, Any]:
    """When it was flagged and ended, and since when that is known."""
    flagged_on, flagged_at = spec.flag_day(day), None
    if flagged_on is not None:
        flagged_at = moment
        if before is not None and before.flagged_at is not None and _goes_on(before, spec):
            flagged_at = before.flagged_at  # the same flag, if since another day
    ended_at = moment if spec.ended_on is not None else None
    return {"flagged_on": flagged_on, "flagged_at": flagged_at, "ended_at": ended_at}


def _goes_on(before: Clock, spec: ClockSpec) -> bool:
    """Whether a clock that was flagged still is, or ended so on the day that was known."""
    is_running = before.state is spec.state is ClockState.RUNNING
    return is_running or before.flagged_on == spec.late_on


def _current(ids: list[int]) -> dict[int, dict[Key, Clock]]:
    found: dict[int, dict[Key, Clock]] = defaultdict(dict)
    for clock in db.session.scalars(_CURRENT, {"ids": ids}):
        found[clock.recommendation_id][(clock.kind, clock.agency_id, clock.start_key)] = clock
    return found


_CURRENT = select(Clock).where(Clock.recommendation_id.in_(IDS), Clock.superseded_at.is_(None))


def _snoozes(ids: list[int]) -> dict[int, dict[Key, date]]:
    """The last day of the latest snooze of each clock; a later act replaces an earlier one."""
    found: dict[int, dict[Key, date]] = defaultdict(dict)
    for act in db.session.scalars(_SNOOZES, {"ids": ids}):
        if act.until_on is not None:
            key = _whole((act.kind, act.agency_id, act.start_key))
            found[act.recommendation_id][key] = act.until_on
    return found


def _whole(key: Key) -> Key:
    """The clock that a piece is of: what is done to one is done to all its pieces."""
    kind, agency_id, start_key = key
    return kind, agency_id, start_key.partition("/")[0]


_SNOOZES = (
    select(ClockAct)
    .where(ClockAct.recommendation_id.in_(IDS), ClockAct.act == ActKind.SNOOZE)
    .order_by(ClockAct.id)
)
