"""Acts that a forgotten window must not be enough for: they ask again who is there."""

from datetime import timedelta

from flask import g
from werkzeug.exceptions import Unauthorized

from tracker.core.now import now

WITHIN = timedelta(minutes=15)


class NotFresh(Unauthorized):
    """The password was last given too long ago for what is asked."""


def is_fresh() -> bool:
    """Whether whoever is here gave the password in the last 15 minutes."""
    confirmed_at = g.get("confirmed_at")
    return confirmed_at is not None and now() - confirmed_at <= WITHIN


def require_fresh() -> None:
    """Raise `NotFresh`, whose page keeps what was typed, where it was given too long ago."""
    if not is_fresh():
        raise NotFresh
