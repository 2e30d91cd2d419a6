"""What somebody is named for who gets another role or organisation."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Select, delete, or_, select

from tracker.accounts import actions as accounts
from tracker.accounts.models import Organisation, User
from tracker.accounts.permissions import Role
from tracker.accounts.viewer import Viewer
from tracker.casework.actions.settle import settle
from tracker.core.db import db
from tracker.correspondence.models import ContactRecommendation
from tracker.recommendations.models import Recommendation, RecommendationTarget
from tracker.records.models import Grant
from tracker.records.queries import references_of
from tracker.sources.models import SourceUse


def change_user(
    user: User, role: Role, organisation: Organisation, *, actor_id: int | None = None
) -> None:
    """Give a person another role or organisation, and take from them the leave to see contacts and
    sources about records that they see no more. Raises `Refused`."""
    accounts.change_user(user, role, organisation, actor_id=actor_id)
    db.session.flush()
    own = select(Grant.record_id).where(Grant.user_id == user.id)
    contacts = select(ContactRecommendation.contact_id, ContactRecommendation.recommendation_id)
    sources = select(SourceUse.source_id, SourceUse.record_id).where(SourceUse.voided_at.is_(None))
    # first the contacts: a source may be one's own by way of a contact alone
    _leave(user, contacts.where(ContactRecommendation.contact_id.in_(own)))
    _leave(user, sources.where(SourceUse.source_id.in_(own)))
    db.session.flush()
    about = select(RecommendationTarget.recommendation_id).where(
        RecommendationTarget.target_id.in_(own)
    )
    asks = select(Recommendation).where(
        or_(Recommendation.id.in_(own), Recommendation.id.in_(about))
    )
    settle(db.session.scalars(asks).all())  # other people are its readers now


def _leave(user: User, rests_on: Select[int, int]) -> None:
    """Take the leave to see those records that rest on others which the person does not all see."""
    needed: dict[int, set[int]] = defaultdict(set)
    for record_id, other_id in db.session.execute(rests_on):
        needed[record_id].add(other_id)
    seen = references_of(Viewer.of(user), _all(needed.values())).keys()
    gone = [record_id for record_id, others in needed.items() if not others <= seen]
    mine = delete(Grant).where(Grant.user_id == user.id, Grant.record_id.in_(gone))
    db.session.execute(mine.execution_options(synchronize_session=False))


def _all(groups: Iterable[set[int]]) -> set[int]:
    return set().union(*groups)
