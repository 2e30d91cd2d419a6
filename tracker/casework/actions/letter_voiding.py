"""Taking back a whole letter that was entered in error: what went out with it never did."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from tracker.accounts.viewer import Viewer
from tracker.casework.actions.sending import carried
from tracker.casework.actions.settle import settle
from tracker.casework.actions.spans import sent_among, spans_of
from tracker.casework.actions.status import reopen_unfounded, withdraw
from tracker.casework.actions.unsending import status_unsent, unsend_asks
from tracker.casework.inputs import Fate
from tracker.core.db import db
from tracker.core.intake import Intake
from tracker.correspondence import actions as correspondence
from tracker.correspondence import queries
from tracker.correspondence.models import (
    Contact,
    ContactRecommendation,
    Letter,
)
from tracker.recommendations.models import Recommendation, Status
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
            ask.status if ask.id in sent else status_unsent(ask, spans[ask.id]),
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
    changed = unsend_asks(viewer, unsent, correspondence.LETTER_VOID)
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
