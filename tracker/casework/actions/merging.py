"""Merging targets, with what it does to the figures of the asks about them."""

from tracker.accounts.viewer import Viewer
from tracker.casework.actions.settle import asks_about, settle
from tracker.casework.actions.status import reopen_unfounded
from tracker.core.db import db
from tracker.targets import merging
from tracker.targets.models import Target


def merge_target(viewer: Viewer, target: Target, into: Target | None, reason: str) -> Target:
    """Have `into` stand for `target`; returns it. Raises `Refused` or `NotAllowed`."""
    survivor = merging.merge(viewer, target, into, reason)
    _settle(viewer, target, survivor)
    return survivor


def unmerge_target(viewer: Viewer, target: Target, into: Target | None, seen_version: int) -> None:
    """Take a merge back. Raises `Refused`, `NotAllowed` or `Stale`."""
    merging.unmerge(viewer, target, into, seen_version)
    _settle(viewer, target, *filter(None, [into]))


def _settle(viewer: Viewer, *targets: Target) -> None:
    """What an ask on both came to counts the two as one, or again as two."""
    db.session.flush()
    asks = asks_about([target.id for target in targets])
    settle(asks)
    reopen_unfounded(viewer, asks, None, "Its targets count otherwise now.")
