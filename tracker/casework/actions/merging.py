"""Merging targets, with what it does to the figures of the asks about them."""

from sqlalchemy import select

from tracker.accounts.viewer import Viewer
from tracker.casework.actions.settle import settle
from tracker.core.db import db
from tracker.recommendations.models import Recommendation, RecommendationTarget
from tracker.targets import merging
from tracker.targets.models import Target


def merge_target(viewer: Viewer, target: Target, into: Target | None, reason: str) -> Target:
    """Have `into` stand for `target`; returns it. Raises `Refused` or `NotAllowed`."""
    survivor = merging.merge(viewer, target, into, reason)
    _settle(target, survivor)
    return survivor


def unmerge_target(viewer: Viewer, target: Target, into: Target | None, seen_version: int) -> None:
    """Take a merge back. Raises `Refused`, `NotAllowed` or `Stale`."""
    merging.unmerge(viewer, target, into, seen_version)
    _settle(target, *filter(None, [into]))


def _settle(*targets: Target) -> None:
    """What an ask on both came to counts the two as one, or again as two."""
    db.session.flush()
    about = select(RecommendationTarget.recommendation_id).where(
        RecommendationTarget.target_id.in_([target.id for target in targets])
    )
    settle(db.session.scalars(select(Recommendation).where(Recommendation.id.in_(about))).all())
