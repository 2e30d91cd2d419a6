"""The life cycle of asks whose sending was entered in error: they never went out."""

from collections.abc import Sequence
from itertools import pairwise

from tracker.accounts.viewer import Viewer
from tracker.casework.actions.spans import spans_of, take_steps
from tracker.casework.actions.status import status_of
from tracker.core.dates import PartialDate
from tracker.core.now import now
from tracker.history import actions as history
from tracker.recommendations.models import AFTER_SENDING, Recommendation, Status, StatusSpan
from tracker.recommendations.workflow import Change


def _held_unsent(held: Sequence[StatusSpan]) -> list[StatusSpan]:
    """The spans that hold whether the ask went out or not."""
    return [span for span in held if span.status not in AFTER_SENDING]


def _begins_unsent(kept: Sequence[StatusSpan]) -> bool:
    """Whether the life cycle has a beginning without the sending; closing is none."""
    return bool(kept) and kept[0].status is not Status.CLOSED


def status_unsent(ask: Recommendation, held: Sequence[StatusSpan]) -> Status:
    """The status that an ask has where it never went out, of the spans that it held."""
    kept = _held_unsent(held)
    if _begins_unsent(kept):
        return kept[-1].status
    return Status.DRAFT if ask.is_open else Status.CLOSED


def unsend_asks(
    viewer: Viewer, asks: Sequence[Recommendation], reason: str
) -> Sequence[Recommendation]:
    """Void what the life cycle says of a time after the sending. What began with it begins as a
    draft, on the day on which it was recorded; what is closed stays closed. Returns the asks of
    which it said anything."""
    spans = spans_of([ask.id for ask in asks])
    begun, closed, changed = [], [], []
    for ask in asks:
        held = spans[ask.id]
        kept = _held_unsent(held)
        if len(kept) == len(held):
            continue
        changed.append(ask)
        before = status_of(ask)
        if _begins_unsent(kept):
            _void([span for span in held if span not in kept], reason)
            _join(ask, kept, held[-1])
        else:
            _void(held, reason)
            last = held[-1] if ask.status is Status.CLOSED else None
            begun.append((ask, Change(Status.DRAFT, _first_day(ask, last)), None))
            if last is not None:
                again = Change(
                    Status.CLOSED,
                    last.from_on,
                    last.note,
                    last.reason,
                    closure_reason=last.closure_reason,
                )
                closed.append((ask, again, None))
        history.record(
            "recommendation.status_voided",
            actor_id=viewer.user_id,
            records=[ask.id],
            body={
                "before": before,
                "after": {
                    "status": status_unsent(ask, held),
                    "closure_reason": ask.closure_reason,
                },
                "reason": reason,
            },
        )
    for steps in (begun, closed):
        if steps:
            take_steps(viewer, steps)
    return changed


def _void(spans: Sequence[StatusSpan], reason: str) -> None:
    for span in spans:
        span.voided_at, span.void_reason = now(), reason


def _join(ask: Recommendation, kept: Sequence[StatusSpan], last: StatusSpan) -> None:
    """Let each span that holds last until the next one."""
    for span, following in pairwise(kept):
        span.until_on = following.from_on
    if kept[-1] is not last:
        kept[-1].until_on, kept[-1].ended_at = None, None
    ask.status, ask.closure_reason = kept[-1].status, kept[-1].closure_reason


def _first_day(ask: Recommendation, closed: StatusSpan | None) -> PartialDate:
    """The day on which it was recorded, or was closed if that was earlier."""
    recorded = PartialDate.of(ask.created_at.date())
    if closed and closed.from_on and closed.from_on.earliest < recorded.earliest:
        return closed.from_on
    return recorded
