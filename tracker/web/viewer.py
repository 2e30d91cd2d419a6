"""On whose behalf the present request reads and writes."""

from flask import g
from flask_login import current_user

from tracker.accounts.models import User
from tracker.accounts.viewer import ANONYMOUS, Viewer


def current() -> Viewer:
    """The viewer of this request."""
    if "viewer" not in g:
        user = current_user
        g.viewer = Viewer.of(user) if user.is_authenticated else ANONYMOUS
    return g.viewer  # type: ignore[no-any-return]


def account() -> User:
    """The account of whoever has logged in; only behind a policy that asks for one."""
    return current_user._get_current_object()  # type: ignore[no-any-return]
