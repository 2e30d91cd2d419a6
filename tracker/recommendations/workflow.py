"""The life cycle of an ask: which status may follow which, and what a change needs."""

from dataclasses import dataclass
from datetime import date

from tracker.core.dates import PartialDate, show_day
from tracker.core.errors import Refused
from tracker.recommendations.models import (
    AFTER_SENDING,
    BEFORE_SENDING,
    ClosureReason,
    Result,
    Status,
)

# the reasons that say that something was done, and the result that must be on record for each
NEEDS_RESULT = {
    ClosureReason.ACTED_IN_FULL: (Result.IN_FULL,),
    ClosureReason.ACTED_IN_PART: (Result.IN_PART, Result.IN_FULL),
    ClosureReason.DECLINED: (Result.DECLINED,),
}


@dataclass(frozen=True)
class Standing:
    """How an ask stands before a change."""

    status: Status
    since: PartialDate | None
    was_sent: bool  # a letter with it went out
    result: Result


@dataclass(frozen=True)
class Change:
    """What a person wants to change the status to."""

    to: Status
    on: PartialDate | None
    note: str = ""
    reason: str = ""
    has_source: bool = False
    closure_reason: ClosureReason | None = None


@dataclass(frozen=True)
class Proposal:
    """A status that what is on record speaks for. A person sets it."""

    to: Status
    why: str
    closure_reason: ClosureReason | None = None


CLOSES_AS = {
    Result.IN_FULL: (ClosureReason.ACTED_IN_FULL, "What was asked has come about."),
    Result.IN_PART: (
        ClosureReason.ACTED_IN_PART,
        "Part of what was asked has come about. Close it as acted on in part, or keep it open for "
        "the rest.",
    ),
    Result.DECLINED: (ClosureReason.DECLINED, "The ask was declined."),
}


def proposal(status: Status, result: Result, *, is_acknowledged: bool) -> Proposal | None:
    """The status that outcomes, or else an acknowledgement, propose for an ask that is open."""
    if status is Status.CLOSED:
        return None
    if result in CLOSES_AS:
        reason, why = CLOSES_AS[result]
        return Proposal(Status.CLOSED, why, reason)
    if status is Status.SUBMITTED and is_acknowledged:
        return Proposal(Status.ACKNOWLEDGED, "An acknowledgement is on record.")
    return None


def is_unfounded(closure_reason: ClosureReason | None, result: Result) -> bool:
    """Whether an ask is closed for a reason that no outcome on record bears (any longer)."""
    needed = NEEDS_RESULT.get(closure_reason) if closure_reason else None
    return needed is not None and result not in needed


def allowed(standing: Standing) -> list[Status]:
    """The statuses that may follow, in the order of the life cycle.

    Forward one may skip steps, save that nothing is acknowledged or reviewed that was not sent;
    back one may go with a reason; a closed ask can be reopened.
    """
    if standing.status is Status.CLOSED:
        return list(AFTER_SENDING if standing.was_sent else BEFORE_SENDING)
    if standing.was_sent:
        return [s for s in (*AFTER_SENDING, Status.CLOSED) if s is not standing.status]
    unsent = (*BEFORE_SENDING, Status.SUBMITTED, Status.CLOSED)
    return [s for s in unsent if s is not standing.status]


def goes_back(now: Status, to: Status) -> bool:
    """Whether a change is a step back; reopening is one."""
    return to.place < now.place


def check(standing: Standing, change: Change, today: date) -> None:
    """Raise `Refused` with the field and what to do about it where the rules forbid a change."""
    problems: dict[str, str] = {}
    if change.to not in allowed(standing):
        problems["to"] = _why_not(standing, change.to)
    elif goes_back(standing.status, change.to) and not change.reason:
        problems["reason"] = "Going back needs a reason: say in a sentence why."
    if change.to is Status.UNDER_REVIEW and not change.has_source:
        problems["source_url"] = (
            "“Under review” needs a source: silence is no review. Give the address of what says so."
        )
    if change.to is Status.CLOSED:
        problems |= _check_closing(standing, change)
    elif change.closure_reason is not None:
        problems["closure_reason"] = "Only closing takes a closure reason. Leave it empty."
    if change.on is None:
        problems["on"] = "Say since when: 2023-11-20, 2023-11 or 2023."
    elif change.on.earliest > today:
        problems["on"] = f"This day has not come yet: today is {show_day(today)} (UTC)."
    elif standing.since is not None and change.on.latest < standing.since.earliest:
        problems["on"] = (
            f"The ask took its present status {standing.since.when}; the change cannot be earlier."
        )
    if problems:
        raise Refused(problems)


def _check_closing(standing: Standing, change: Change) -> dict[str, str]:
    if change.closure_reason is None:
        return {"closure_reason": "Choose why the ask is closed."}
    if is_unfounded(change.closure_reason, standing.result):
        return {
            "closure_reason": "Record the outcome first: this reason rests on one, "
            "and none on record says so. One for a target counts once all who see the ask see it."
        }
    if change.closure_reason not in NEEDS_RESULT and not change.reason:
        return {"reason": "Say in a sentence why the ask is closed so."}
    return {}


def _why_not(standing: Standing, to: Status) -> str:
    if to is standing.status:
        return "The ask has this status already. Choose another."
    if to in BEFORE_SENDING:
        return (
            "A letter with this ask was sent. If that was entered in error, void the contact first."
        )
    return "The ask was not sent yet. Record the letter, or set it to “submitted” first."
