"""What people do to clocks: each act has a reason, is kept with who did it, and is recorded."""

from collections.abc import Sequence
from datetime import date

from tracker.accounts.viewer import Viewer
from tracker.clocks.actions import refresh
from tracker.clocks.models import LAW, ActKind, Clock, ClockAct, ClockState
from tracker.core.dates import show_day
from tracker.core.db import db
from tracker.core.intake import Intake
from tracker.core.now import today
from tracker.history import actions as history
from tracker.recommendations.models import Recommendation
from tracker.records.actions import copy_audience, require_edit, touch

LONGEST_SNOOZE_DAYS = 366
LONGEST_EXTENSION_DAYS = 5 * 366


def act_on_clocks(
    viewer: Viewer,
    ask: Recommendation,
    clocks: Sequence[Clock],
    act: ActKind,
    *,
    day: date | None,
    reason: str,
) -> None:
    """Snooze, extend, meet or void clocks of an ask. `day` is the end of the rest, the new due day,
    or the day on which it was met. Raises `Refused` or `NotAllowed`."""
    if act is ActKind.SNOOZE:
        snooze(viewer, ask, clocks, until=day, reason=reason)
    elif act is ActKind.EXTEND:
        extend(viewer, ask, clocks, until=day, reason=reason)
    elif act is ActKind.MEET:
        meet(viewer, ask, clocks, on=day, reason=reason)
    else:
        void(viewer, ask, clocks, reason=reason)


def snooze(
    viewer: Viewer, ask: Recommendation, clocks: Sequence[Clock], *, until: date | None, reason: str
) -> None:
    """Let flagged clocks rest until a day, for a reason. They still count, are shown as snoozed,
    and wake by themselves. Raises `Refused` or `NotAllowed`."""
    intake = _begin(viewer, ask, clocks, "Choose at least one flag.")
    reason = _reason(intake, reason, "Say in a sentence why this can wait.")
    if not all(clock.flagged_on for clock in clocks):
        intake.refuse("clocks", "Only a flag can be snoozed; one of these is not late.")
    if until is None or until <= today():
        intake.refuse("until", "Give a day after today, as 2027-01-31.")
    elif (until - today()).days > LONGEST_SNOOZE_DAYS:
        intake.refuse("until", "Give a day within a year from now.")
    intake.done()
    _keep(viewer, ask, clocks, ActKind.SNOOZE, on=today(), until=until, reason=reason)
    history.record(
        "clock.snoozed",
        actor_id=viewer.user_id,
        records=[ask.id],
        body={"after": {"clocks": _kinds(clocks), "until": str(until)}, "reason": reason},
    )
    refresh([ask])
    touch(ask)


def extend(
    viewer: Viewer, ask: Recommendation, clocks: Sequence[Clock], *, until: date | None, reason: str
) -> None:
    """Move the due day of running clocks to a later one, for a reason; the old day stays beside it.
    What the law sets nobody here can move. Raises `Refused` or `NotAllowed`."""
    intake = _begin(viewer, ask, clocks)
    reason = _reason(intake, reason, "Say in a sentence why there is more time.")
    if any(clock.basis in LAW for clock in clocks):
        intake.refuse(
            "clocks",
            "The law sets one of these days, and nobody can move it. Untick that one.",
        )
    present = max((clock.due_on for clock in clocks if clock.due_on), default=today())
    if until is None or until <= today():
        intake.refuse("until", "Give a day after today, as 2027-01-31.")
    elif until <= present:
        intake.refuse("until", f"Give a day after the present due day, {show_day(present)}.")
    elif (until - today()).days > LONGEST_EXTENSION_DAYS:
        intake.refuse("until", "Give a day within five years from now.")
    intake.done()
    dues = sorted({clock.due_on.isoformat() for clock in clocks if clock.due_on})
    _keep(viewer, ask, clocks, ActKind.EXTEND, on=today(), until=until, reason=reason)
    history.record(
        "clock.extended",
        actor_id=viewer.user_id,
        records=[ask.id],
        body={
            "before": {"due_on": dues},
            "after": {"clocks": _kinds(clocks), "due_on": str(until)},
            "reason": reason,
        },
    )
    refresh([ask])
    touch(ask)


def meet(
    viewer: Viewer, ask: Recommendation, clocks: Sequence[Clock], *, on: date | None, reason: str
) -> None:
    """Say that what running clocks wait for came about on a day, though no contact on record says
    so. Raises `Refused` or `NotAllowed`."""
    intake = _begin(viewer, ask, clocks)
    reason = _reason(intake, reason, "Say in a sentence how it was met.")
    first = max((clock.started_on.earliest for clock in clocks if clock.started_on), default=None)
    if on is None or on > today():
        intake.refuse("until", "Give the day on which it was met: today or before.")
    elif first is not None and on < first:
        intake.refuse("until", f"Give a day that is not before its start, {show_day(first)}.")
    elif on == first and not all(clock.basis in LAW for clock in clocks):
        intake.refuse("until", f"Give a day after its start, {show_day(first)}.")
    intake.done()
    assert on is not None
    _keep(viewer, ask, clocks, ActKind.MEET, on=on, until=None, reason=reason)
    history.record(
        "clock.met",
        actor_id=viewer.user_id,
        records=[ask.id],
        body={"after": {"clocks": _kinds(clocks)}, "on": on.isoformat(), "reason": reason},
    )
    refresh([ask])
    touch(ask)


def void(viewer: Viewer, ask: Recommendation, clocks: Sequence[Clock], *, reason: str) -> None:
    """Say that running clocks ought never to have run, for a reason; their flags go with them.
    Raises `Refused` or `NotAllowed`."""
    intake = _begin(viewer, ask, clocks)
    reason = _reason(intake, reason, "Say in a sentence why it should not run.")
    intake.done()
    _keep(viewer, ask, clocks, ActKind.VOID, on=today(), until=None, reason=reason)
    history.record(
        "clock.voided",
        actor_id=viewer.user_id,
        records=[ask.id],
        body={"after": {"clocks": _kinds(clocks)}, "reason": reason},
    )
    refresh([ask])
    touch(ask)


def _begin(
    viewer: Viewer,
    ask: Recommendation,
    clocks: Sequence[Clock],
    missing: str = "Choose at least one clock.",
) -> Intake:
    require_edit(ask, viewer)
    intake = Intake()
    if not clocks:
        intake.refuse("clocks", missing)
    if any(clock.state is not ClockState.RUNNING for clock in clocks):
        intake.refuse("clocks", "One of these does not run any more. Load the page again.")
    return intake


def _reason(intake: Intake, reason: str, missing: str) -> str:
    return intake.text("reason", reason, ClockAct.reason, missing=missing)


def _kinds(clocks: Sequence[Clock]) -> list[str]:
    return sorted({clock.kind for clock in clocks})


def _keep(
    viewer: Viewer,
    ask: Recommendation,
    clocks: Sequence[Clock],
    kind: ActKind,
    *,
    on: date,
    until: date | None,
    reason: str,
) -> None:
    for clock in clocks:
        act = ClockAct(
            recommendation_id=ask.id,
            act=kind,
            kind=clock.kind,
            agency_id=clock.agency_id,
            start_key=clock.start_key,
            from_on=on,
            until_on=until,
            reason=reason,
            recorded_by_id=viewer.user_id,
        )
        copy_audience(act, ask)
        db.session.add(act)
