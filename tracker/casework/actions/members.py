"""Taking back a member of a class that was named in error."""

from sqlalchemy import select

from tracker.accounts.viewer import Viewer
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.recommendations import queries as asks
from tracker.recommendations.models import RecommendationTarget
from tracker.targets import actions as targets
from tracker.targets.merged import merged_under
from tracker.targets.models import RelationKind, Target, TargetRelation


def void_member(viewer: Viewer, class_target: Target, member: Target, reason: str) -> None:
    """Take back a member that was named in error, itself or by duplicates for which it stands,
    unless an outcome of an ask on the class rests on it that the viewer may know of: of another,
    the ask's own page tells. Raises `Refused` or `NotAllowed`."""
    about = select(RecommendationTarget.recommendation_id).where(
        RecommendationTarget.target_id == class_target.id
    )
    asked = set(db.session.scalars(about))
    itself = [member, *merged_under(viewer, [member.id]).get(member.id, [])]
    ids = {each.id for each in itself}
    known = [outcome for own in asks.outcomes_of(viewer, asked).values() for outcome in own]
    if any(outcome.target_id in ids and not outcome.voided_at for outcome in known):
        raise Refused({"which": "An outcome of an ask on this class names it. Void that first."})
    of_class = select(TargetRelation.to_id).where(
        TargetRelation.from_id == class_target.id,
        TargetRelation.kind == RelationKind.MEMBER,
        TargetRelation.voided_at.is_(None),
    )
    named = set(db.session.scalars(of_class))
    for each in [one for one in itself if one.id in named] or [member]:
        targets.void_member(viewer, class_target, each, reason)
