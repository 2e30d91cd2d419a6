"""Who comes with a token. It stands for its owner as the account is now. A cookie is nobody here,
so no page of another site can speak here for whoever is logged in."""

from flask import Flask, abort, g, request

from tracker.accounts import tokens
from tracker.accounts.models import TokenScope
from tracker.accounts.viewer import ANONYMOUS, Viewer

READING = (TokenScope.READ, TokenScope.WRITE)


def init_app(app: Flask) -> None:
    """Look at the token before the gate asks who comes."""
    app.before_request(_take)


def _take() -> None:
    if request.blueprint == "api":
        g.viewer = _viewer()
        # whoever gave it its token at the command line knew them
        g.second_factor_given = True


def _viewer() -> Viewer:
    said = request.headers.get("Authorization")
    if said is None:
        return ANONYMOUS
    kind, _, secret = said.partition(" ")
    is_token = kind.lower() == "bearer" and secret.strip()
    user = tokens.find(secret.strip(), *READING) if is_token else None
    if user is None:
        # not as nobody: whoever keeps a copy would take all that is not public as gone
        abort(401)
    return Viewer.of(user)
