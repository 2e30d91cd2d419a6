"""The feeds, by the secret in their address: what its owner sees at the moment, no more."""

from hashlib import sha256

from flask import Blueprint, Response, abort

from tracker.accounts import tokens
from tracker.accounts.models import TokenScope
from tracker.accounts.permissions import Permission
from tracker.accounts.viewer import Viewer
from tracker.core.now import today
from tracker.feeds import calendar, changes
from tracker.web.policy import Policy, policy
from tracker.web.settings import settings

feeds = Blueprint("feeds", __name__, url_prefix="/feeds/<token:secret>")


@feeds.get("/deadlines.ics")
@policy(Policy.ANYONE)
def deadlines(secret: str) -> Response:
    """Due days and next actions, for a calendar."""
    set_to = settings()
    made = calendar.deadlines(_viewer(secret), set_to.base_url, today(), set_to.secret_key)
    return Response(made, content_type="text/calendar; charset=utf-8")


@feeds.get("/changes.atom")
@policy(Policy.ANYONE)
def changed(secret: str) -> Response:
    """What changed, for a reader of feeds."""
    own = sha256(f"changes {secret}".encode()).hexdigest()[:32]
    made = changes.changes(_viewer(secret), settings().base_url, own)
    return Response(made, content_type="application/atom+xml; charset=utf-8")


def _viewer(secret: str) -> Viewer:
    """Whom the secret stands for. One that is over, and one that never was, are the same 404."""
    user = tokens.find(secret, TokenScope.FEED)
    if user is None:
        abort(404)
    viewer = Viewer.of(user)
    viewer.require(Permission.READ)
    return viewer
