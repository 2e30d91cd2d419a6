"""Who may come to which page: every view says so, and the gate holds it to that.

A view without a policy answers 404 to everybody, and a test fails.
"""

from collections.abc import Callable
from enum import Enum
from typing import TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from tracker.accounts.permissions import Permission, Role
from tracker.accounts.viewer import Viewer
from tracker.web import viewer as viewing
from tracker.web.fresh import NotFresh, is_fresh
from tracker.web.settings import settings

View = TypeVar("View", bound=Callable[..., object])


class Policy(Enum):
    """What a page asks of who comes to it."""

    ANYONE = "anyone"
    PERSON = "person"  # anybody who has logged in
    READER = "reader"  # may read; nobody in particular too, where the public dashboard is on
    EDITOR = "editor"
    EXPORTER = "exporter"
    ADMIN = "admin"


_NEEDS = {
    Policy.READER: Permission.READ,
    Policy.EDITOR: Permission.EDIT,
    Policy.EXPORTER: Permission.EXPORT,
    Policy.ADMIN: Permission.ADMINISTER,
}

# views that libraries bring along
OF_LIBRARIES = {
    "static": Policy.ANYONE,
    "bootstrap.static": Policy.ANYONE,
    "security.login": Policy.ANYONE,
    "security.logout": Policy.ANYONE,
}


def policy(wanted: Policy, *, fresh: bool = False, files: bool = False) -> Callable[[View], View]:
    """Declare the policy of a view; one that is `fresh` asks for the password again after 15
    minutes, and only one with `files` takes any."""

    def declare(view: View) -> View:
        view.policy = wanted  # type: ignore[attr-defined]
        view.fresh = fresh  # type: ignore[attr-defined]
        view.takes_files = files  # type: ignore[attr-defined]
        return view

    return declare


def policy_of(endpoint: str) -> Policy | None:
    """The policy that an endpoint declares, if it does."""
    view = current_app.view_functions.get(endpoint)
    return getattr(view, "policy", None) or OF_LIBRARIES.get(endpoint)


def takes_files(endpoint: str | None) -> bool:
    """Whether a file may be sent to an endpoint."""
    view = current_app.view_functions.get(endpoint or "")
    return getattr(view, "takes_files", False)


def admits(wanted: Policy, viewer: Viewer) -> bool:
    """Whether a viewer may come to a page of that policy."""
    if wanted is Policy.ANYONE:
        return True
    if wanted is Policy.PERSON:
        return not viewer.is_anonymous
    if wanted is Policy.READER and viewer.is_anonymous:
        return settings().public_dashboard  # to look at; who sends something has to log in
    return viewer.may(_NEEDS[wanted])


def init_app(app: Flask) -> None:
    """Put the gate before every request."""
    app.before_request(_gate)


def _gate() -> Response | None:
    if request.endpoint is None:
        return None  # no such page: routing answers 404 or 405
    wanted = policy_of(request.endpoint)
    if wanted is None:
        abort(404)
    if wanted is Policy.ANYONE:
        return None  # who asks need not be looked up, nor the database be there
    viewer = viewing.current()
    looks = request.method in ("GET", "HEAD")
    if admits(wanted, viewer) and (looks or not viewer.is_anonymous):
        if _lacks_a_factor(viewer):
            return _ask_for_a_factor()
        return _ask_again() if _is_for_the_fresh(request.endpoint) and not is_fresh() else None
    if not viewer.is_anonymous:
        abort(403)
    if not looks or is_for_programs():
        abort(401)
    door = "second_factor.ask" if g.get("log_in_is_awaited") else "security.login"
    return redirect(url_for(door, next=_path_asked_for()))


def is_for_programs() -> bool:
    """Whether what is asked for answers programs, which read no pages and cannot log in on one."""
    return request.path.startswith("/api/")


def demands_a_factor(role: Role | None) -> bool:
    """Whether this instance asks people of that role for a second factor."""
    asked = settings().require_mfa
    return role is not None and (asked == "all" or (asked == "editors" and role != Role.PARTNER))


def _lacks_a_factor(viewer: Viewer) -> bool:
    """Who must have a second factor and has none comes to the own account, and no further."""
    if not demands_a_factor(viewer.role) or g.get("second_factor_given"):
        return False
    return request.blueprint not in ("account", "second_factor")


def _ask_for_a_factor() -> Response:
    if request.method not in ("GET", "HEAD"):
        abort(403, "Your account needs a second factor first. Add one on the page of your account.")
    return redirect(url_for("second_factor.index"))


def _is_for_the_fresh(endpoint: str) -> bool:
    return getattr(current_app.view_functions.get(endpoint), "fresh", False)


def _ask_again() -> Response:
    if request.method not in ("GET", "HEAD"):
        raise NotFresh
    return redirect(url_for("account.confirm", next=_path_asked_for()))


def _path_asked_for() -> str | None:
    path = request.full_path.rstrip("?")
    return None if path == "/" or len(path) > 1000 else path
