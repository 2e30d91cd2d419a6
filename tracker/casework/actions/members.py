"""Taking back a member of a class that was named in error."""

from sqlalchemy import select

from tracker.accounts.viewer import Viewer
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.recommendations import queries as asks
from tracker.recommendations.models import RecommendationTarget
from tracker.targets import actions as targets
from tracker.targets.models import Target


def void_member(viewer: Viewer, class_target: Target, member: Target, reason: str) -> None:
    """Take back a member that was named in error, unless an outcome of an ask on the class rests on
    it that the viewer may know of: of another, the ask's own page tells. Raises `Refused` or
    `NotAllowed`."""
    about = select(RecommendationTarget.recommendation_id).where(
        RecommendationTarget.target_id == class_target.id
    )
    asked = set(db.session.scalars(about))
    known = asks.outcomes_about(viewer, member.id)
    if any(outcome.recommendation_id in asked and not outcome.voided_at for outcome in known):
        raise Refused({"which": "An outcome of an ask on this class names it. Void that first."})
    targets.void_member(viewer, class_target, member, reason)
