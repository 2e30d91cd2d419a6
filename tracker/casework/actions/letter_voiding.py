"""Taking back a whole letter that was entered in error: what went out with it never did."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import func, select

from tracker.accounts.viewer import Viewer
from tracker.casework.actions.letters import carried
from tracker.casework.actions.settle import settle
from tracker.casework.actions.spans import sent_among, spans_of, take_steps
from tracker.casework.actions.status import reopen_unfounded, status_of, withdraw
from tracker.casework.inputs import Fate
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.intake import Intake
from tracker.core.now import now
from tracker.correspondence import actions as correspondence
from tracker.correspondence import queries
from tracker.correspondence.models import (
    Contact,
    ContactRecommendation,
    Letter,
)
from tracker.history import actions as history
from tracker.recommendations.models import Recommendation, Status, StatusSpan
from tracker.recommendations.workflow import AFTER_SENDING, Change
from tracker.records import actions as records
from tracker.records.queries import visible


@dataclass(frozen=True)
class Consequence:
    """What would become of one ask: its status if it stays, and how many contacts about it stand
    that did not go out with the letter."""

    ask: Recommendation
    unsent: Status
    still_sent: bool
    others: int


def consequences(viewer: Viewer, letter: Letter) -> list[Consequence]:
    """What would become of the asks of a letter that the viewer may see. Writes nothing."""
    carried = queries.asks_of(viewer, [letter.id])[letter.id]
    ids = [ask.id for ask in carried]
    others, spans = _other_contacts(viewer, ids, letter), spans_of(ids)
    sent = sent_among(ids, but=letter.id)
    return [
        Consequence(
            ask,
            ask.status if ask.id in sent else _status_unsent(ask, spans[ask.id]),
            ask.id in sent,
            others.get(ask.id, 0),
        )
        for ask in carried
    ]


def void_letter(viewer: Viewer, letter: Letter, fate: Fate, reason: str) -> None:
    """Void a letter that was entered in error, with the contacts by which it went out. Its asks
    become unsent, unless they went out otherwise too; where `fate` says so, those that nothing
    else carried out are withdrawn. Raises `Refused` or `NotAllowed`."""
    records.require_edit(letter, viewer)
    intake = Intake()
    reason = intake.reason("reason", reason, "Say in a sentence what was wrong.")
    if letter.voided_at is not None:
        intake.refuse("reason", "It is void already.")
    intake.done()
    correspondence.void_letter(viewer, letter, reason, fate=fate)
    asks = carried(letter)  # also those kept from the viewer: they did not go out either
    sent = sent_among([ask.id for ask in asks])
    unsent = [ask for ask in asks if ask.id not in sent]
    changed = _unsend(viewer, unsent, correspondence.LETTER_VOID)
    if fate is Fate.WITHDRAWN:
        seen = queries.asks_of(viewer, [letter.id])[letter.id]
        withdrawn = [ask for ask in unsent if ask in seen and ask.is_open]
        withdraw(viewer, withdrawn, correspondence.LETTER_VOID)
        changed = [*changed, *(ask for ask in withdrawn if ask not in changed)]
    records.touch_together(changed)
    records.touch_together([ask for ask in asks if ask not in changed], beside=letter)
    settle(asks, viewer)
    reopen_unfounded(viewer, asks, None, correspondence.LETTER_VOID)


def _other_contacts(viewer: Viewer, ids: Sequence[int], letter: Letter) -> dict[int, int]:
    """How many contacts about each ask that the viewer sees stand that are not of the letter."""
    statement = (
        select(ContactRecommendation.recommendation_id, func.count())
        .join(Contact, Contact.id == ContactRecommendation.contact_id)
        .where(
            ContactRecommendation.recommendation_id.in_(ids),
            Contact.voided_at.is_(None),
            Contact.letter_id.is_distinct_from(letter.id),
        )
        .group_by(ContactRecommendation.recommendation_id)
    )
    return dict(db.session.execute(visible(statement, Contact, viewer)).all())


# ---- the life cycle of what never went out


def _held_unsent(held: Sequence[StatusSpan]) -> list[StatusSpan]:
    """The spans that hold whether the ask went out or not."""
    return [span for span in held if span.status not in AFTER_SENDING]


def _begins_unsent(kept: Sequence[StatusSpan]) -> bool:
    """Whether the life cycle has a beginning without the sending; closing is none."""
    return bool(kept) and kept[0].status is not Status.CLOSED


def _status_unsent(ask: Recommendation, held: Sequence[StatusSpan]) -> Status:
    kept = _held_unsent(held)
    if _begins_unsent(kept):
        return kept[-1].status
    return Status.DRAFT if ask.is_open else Status.CLOSED


def _unsend(
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
                    "status": _status_unsent(ask, held),
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
