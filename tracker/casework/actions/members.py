"""Taking back a member of a class that was named in error."""

from sqlalchemy import select

from tracker.accounts.viewer import Viewer
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.recommendations import queries as asks
from tracker.recommendations.models import Outcome, RecommendationTarget
from tracker.targets import actions as targets
from tracker.targets.models import Target


def void_member(viewer: Viewer, class_target: Target, member: Target, reason: str) -> None:
    """Take back a member that was named in error, unless an outcome of an ask on the class rests on
    it. Raises `Refused` or `NotAllowed`."""
    about = select(RecommendationTarget.recommendation_id).where(
        RecommendationTarget.target_id == class_target.id
    )
    resting = set(
        db.session.scalars(
            select(Outcome.id).where(
                Outcome.target_id == member.id,
                Outcome.voided_at.is_(None),
                Outcome.recommendation_id.in_(about),
            )
        )
    )
    if resting & {outcome.id for outcome in asks.outcomes_about(viewer, member.id)}:
        raise Refused({"which": "An outcome of an ask on this class names it. Void that first."})
    if resting:  # of an ask that is kept from the viewer
        raise Refused({"which": "It is needed elsewhere, and cannot be taken back by you."})
    targets.void_member(viewer, class_target, member, reason)
