"""What somebody is named for who gets another role or organisation, or is erased."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Select, delete, exists, or_, select

from tracker.accounts import actions as accounts
from tracker.accounts.models import Organisation, User
from tracker.accounts.permissions import Role
from tracker.accounts.viewer import MACHINE, Viewer
from tracker.casework.actions.settle import settle
from tracker.casework.actions.status import reopen_unfounded
from tracker.core.db import db
from tracker.correspondence.models import ContactRecommendation
from tracker.history import actions as history
from tracker.recommendations.models import Recommendation, RecommendationTarget
from tracker.records.models import Audience, AudienceSpan, Grant
from tracker.records.queries import references_of
from tracker.sources.models import SourceUse


def change_user(
    user: User, role: Role, organisation: Organisation, *, actor_id: int | None = None
) -> None:
    """Give a person another role or organisation, and take from them what they had by the former:
    their asks, and the leave to see what concerns records which they see no more. Raises
    `Refused`."""
    house = user.organisation_id
    accounts.change_user(user, role, organisation, actor_id=actor_id)
    db.session.flush()
    if not Viewer.of(user).edits or user.organisation_id != house:
        _hand_back(user, house, actor_id)
    own = select(Grant.record_id).where(Grant.user_id == user.id)
    asks = _rests_on(own)
    _forget_kept(user)
    contacts = select(ContactRecommendation.contact_id, ContactRecommendation.recommendation_id)
    sources = select(SourceUse.source_id, SourceUse.record_id).where(SourceUse.voided_at.is_(None))
    # first the contacts: a source may be one's own by way of a contact alone
    _leave(user, contacts.where(ContactRecommendation.contact_id.in_(own)))
    _leave(user, sources.where(SourceUse.source_id.in_(own)))
    _follow(asks)


def leave(user: User) -> None:
    """Take from a person who is erased their asks, and the leave to see records."""
    _hand_back(user, user.organisation_id, None)
    own = Grant.user_id == user.id
    asks = _rests_on(select(Grant.record_id).where(own))
    db.session.execute(delete(Grant).where(own).execution_options(synchronize_session=False))
    _follow(asks)


def _follow(asks: Sequence[Recommendation]) -> None:
    """Bring asks in line with that other people are their readers now."""
    db.session.flush()
    settle(asks)
    reopen_unfounded(MACHINE, asks, None, "What it was closed for is not for all its readers.")


def _hand_back(user: User, house: int, actor_id: int | None) -> None:
    """The asks of an organisation that somebody had are nobody's."""
    had = Recommendation.assignee_id == user.id, Recommendation.organisation_id == house
    for ask in db.session.scalars(select(Recommendation).where(*had)):
        ask.assignee_id = None
        ask.plan_version += 1
        body = {"before": {"assignee": user.id}, "after": {"assignee": None}}
        history.record("recommendation.changed", actor_id=actor_id, records=[ask.id], body=body)


def _rests_on(own: Select[int]) -> Sequence[Recommendation]:
    """The asks for which somebody is named, and those about a target for which they are."""
    about = select(RecommendationTarget.recommendation_id).where(
        RecommendationTarget.target_id.in_(own)
    )
    wanted = or_(Recommendation.id.in_(own), Recommendation.id.in_(about))
    return db.session.scalars(select(Recommendation).where(wanted)).all()


def _forget_kept(user: User) -> None:
    """That somebody was named for a record which others see too by now gives them nothing any more,
    also should they be named once again."""
    is_named = exists().where(
        AudienceSpan.record_id == Grant.record_id,
        AudienceSpan.until_at.is_(None),
        AudienceSpan.audience == Audience.NAMED,
    )
    kept = delete(Grant).where(Grant.user_id == user.id, ~is_named)
    db.session.execute(kept.execution_options(synchronize_session=False))


def _leave(user: User, rests_on: Select[int, int]) -> None:
    """Take the leave to see those records that rest on others which the person does not all see."""
    needed: dict[int, set[int]] = defaultdict(set)
    for record_id, other_id in db.session.execute(rests_on):
        needed[record_id].add(other_id)
    seen = references_of(Viewer.of(user), set().union(*needed.values())).keys()
    gone = [record_id for record_id, others in needed.items() if not others <= seen]
    mine = delete(Grant).where(Grant.user_id == user.id, Grant.record_id.in_(gone))
    db.session.execute(mine.execution_options(synchronize_session=False))
