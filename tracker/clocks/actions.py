"""Keeping the clocks of asks true to the facts, and what people do to clocks."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from tracker.accounts.viewer import Viewer
from tracker.clocks import facts as gathering
from tracker.clocks.models import ActKind, Clock, ClockAct, ClockKind
from tracker.clocks.rules import ClockSpec, derive
from tracker.core.db import db
from tracker.core.intake import Intake
from tracker.core.now import now, today
from tracker.core.together import insert_together, write_together
from tracker.history import actions as history
from tracker.recommendations.models import Recommendation
from tracker.records.actions import copy_audience, require_edit

LONGEST_SNOOZE_DAYS = 366
Key = tuple[ClockKind, int | None, str]
_SPEC_FIELDS = tuple(field.name for field in fields(ClockSpec))


def refresh(asks: Sequence[Recommendation]) -> None:
    """Bring the clocks of asks in line with all that is known of them now.

    A clock of which more is known is superseded by a new row, so that what was known on an earlier
    day can still be read. A clock that is late is flagged here at once; the nightly sweep flags
    those that only time makes late.
    """
    db.session.flush()
    rules, facts, day = gathering.rules(), gathering.gather(asks), today()
    standing, snoozes = _current([ask.id for ask in asks]), _snoozes([ask.id for ask in asks])
    begun: list[dict[str, Any]] = []
    for ask in asks:
        wanted = {spec.key: spec for spec in derive(facts[ask.id], rules)}
        begun += _reconcile(ask, standing[ask.id], wanted, snoozes[ask.id], day)
    # of all asks at once: the rows that end, and those that begin
    write_together(clock for clocks in standing.values() for clock in clocks.values())
    insert_together(Clock, begun)


def _reconcile(
    ask: Recommendation,
    standing: dict[Key, Clock],
    wanted: dict[Key, ClockSpec],
    snoozes: dict[Key, date],
    day: date,
) -> Iterator[dict[str, Any]]:
    """End the rows of an ask that say no more what the facts say; what is to be written anew."""
    moment = now()
    for key, clock in standing.items():
        spec = wanted.get(key)
        if spec is None or not _says(clock, spec, snoozes.get(key)):
            clock.superseded_at = moment
    for key, spec in wanted.items():
        before = standing.get(key)
        if before is not None and before.superseded_at is None:
            continue
        yield {
            "recommendation_id": ask.id,
            "organisation_id": ask.organisation_id,
            "audience": ask.audience,
            "cause": spec.cause,
            "snoozed_until": snoozes.get(key),
            "recorded_at": moment,
            **{name: getattr(spec, name) for name in _SPEC_FIELDS},
            **_flag(spec, before, day, moment),
        }


def _says(clock: Clock, spec: ClockSpec, snoozed_until: date | None) -> bool:
    """Whether a row says all that the facts say now."""
    same = all(getattr(clock, name) == getattr(spec, name) for name in _SPEC_FIELDS)
    return same and clock.snoozed_until == snoozed_until


def _flag(spec: ClockSpec, before: Clock | None, day: date, moment: datetime) -> dict[str, Any]:
    """When it was flagged and ended, and since when that is known."""
    flagged_on, flagged_at = spec.flag_day(day), None
    if flagged_on is not None:
        known = before is not None and before.flagged_on == flagged_on
        flagged_at = before.flagged_at if known and before else moment
    ended_at = moment if spec.ended_on is not None else None
    return {"flagged_on": flagged_on, "flagged_at": flagged_at, "ended_at": ended_at}


def _current(ids: list[int]) -> dict[int, dict[Key, Clock]]:
    found: dict[int, dict[Key, Clock]] = defaultdict(dict)
    for clock in db.session.scalars(
        select(Clock).where(Clock.recommendation_id.in_(ids), Clock.superseded_at.is_(None))
    ):
        found[clock.recommendation_id][(clock.kind, clock.agency_id, clock.start_key)] = clock
    return found


def _snoozes(ids: list[int]) -> dict[int, dict[Key, date]]:
    """The last day of the latest snooze of each clock; a later act replaces an earlier one."""
    found: dict[int, dict[Key, date]] = defaultdict(dict)
    for act in db.session.scalars(
        select(ClockAct)
        .where(ClockAct.recommendation_id.in_(ids), ClockAct.act == ActKind.SNOOZE)
        .order_by(ClockAct.id)
    ):
        if act.until_on is not None:
            found[act.recommendation_id][(act.kind, act.agency_id, act.start_key)] = act.until_on
    return found


def snooze(
    viewer: Viewer, ask: Recommendation, clocks: Sequence[Clock], *, until: date | None, reason: str
) -> None:
    """Let flagged clocks rest until a day, for a reason. They still count, and are shown as
    snoozed. Raises `Refused` or `NotAllowed`."""
    require_edit(ask, viewer)
    intake = Intake()
    reason = intake.text(
        "reason", reason, ClockAct.reason, missing="Say in a sentence why this can wait."
    )
    if until is None or until <= today():
        intake.refuse("until", "Give a day after today, as 2027-01-31.")
    elif (until - today()).days > LONGEST_SNOOZE_DAYS:
        intake.refuse("until", "Give a day within a year from now.")
    if not clocks:
        intake.refuse("clocks", "Choose at least one flag.")
    intake.done()
    for clock in clocks:
        act = ClockAct(
            recommendation_id=ask.id,
            act=ActKind.SNOOZE,
            kind=clock.kind,
            agency_id=clock.agency_id,
            start_key=clock.start_key,
            from_on=today(),
            until_on=until,
            reason=reason,
            recorded_by_id=viewer.user_id,
        )
        copy_audience(act, ask)
        db.session.add(act)
    history.record(
        "clock.snoozed",
        actor_id=viewer.user_id,
        records=[ask.id],
        body={
            "after": {
                "clocks": sorted({clock.kind for clock in clocks}),
                "until": until and until.isoformat(),
            },
            "reason": reason,
        },
    )
    refresh([ask])
