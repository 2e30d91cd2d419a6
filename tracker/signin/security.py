"""Flask-Security, set up for people who are targets of state phishing."""

from flask import Flask, Request, abort, current_app, request
from flask_security import FSQLALiteUserDatastore, RoleMixin, Security
from werkzeug.exceptions import HTTPException

from tracker.accounts import passwords
from tracker.accounts.models import User
from tracker.core.db import db
from tracker.signin import sessions
from tracker.signin.forms import LoginForm

OPTIONS = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_PASSWORD_LENGTH_MIN": passwords.LENGTH,
    "SECURITY_PASSWORD_COMPLEXITY_CHECKER": None,
    # known and unknown addresses get the same answer
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_LOGIN_URL": "/login",
    "SECURITY_LOGOUT_URL": "/logout",
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_LOGIN_USER_TEMPLATE": "views/signin/login.html",
    "SECURITY_POST_LOGIN_VIEW": "/",
    "SECURITY_POST_LOGOUT_VIEW": "/login",
    "SECURITY_REGISTERABLE": False,
    "SECURITY_RECOVERABLE": False,
    "SECURITY_CHANGEABLE": False,
    "SECURITY_TRACKABLE": False,
    "SECURITY_JOIN_USER_ROLES": False,  # a person has one role, a column of the account
    "SECURITY_DEFAULT_REMEMBER_ME": False,
    "SECURITY_AUTO_LOGIN_AFTER_CONFIRM": False,
    "SECURITY_FLASH_MESSAGES": False,
    "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
    "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
}


def init_app(app: Flask) -> None:
    """Set up log-in and log-out."""
    app.config.update(OPTIONS)
    # signed values of Flask-Security hang on the secret key, not on a salt that all share
    app.config["SECURITY_PASSWORD_SALT"] = app.config["SECRET_KEY"]
    datastore = FSQLALiteUserDatastore(db, User, RoleMixin)
    security = Security(app, datastore, login_form=LoginForm)
    # our gate asks who is here, where that matters; this would ask before each request, in the
    # database, for a style sheet too
    security.principal.identity_loaders.clear()
    # a log-in is a row and a cookie, and nothing else: no token that only a signature holds to
    app.login_manager.request_loader(_nobody)  # type: ignore[attr-defined]
    security.want_json(_answers_no_program)
    sessions.init_app(app)
    app.before_request(_refuse_programs)
    app.before_request(_refuse_bad_next)


def _nobody(_request: Request) -> None:
    return None


def _answers_no_program(_request: Request) -> bool:
    return False


def _refuse_programs() -> None:
    """Only forms of our own pages log anybody in or out."""
    if request.endpoint in ("security.login", "security.logout") and request.is_json:
        abort(415)


def _refuse_bad_next() -> None:
    """`next` may only be an address of ours: `//evil.com` and `/\\evil.com` look like paths."""
    if request.endpoint not in ("security.login", "account.confirm", "second_factor.ask"):
        return
    wanted = [*request.form.getlist("next"), *request.args.getlist("next")]
    if not all(_is_ours(each) for each in wanted if each):
        abort(400, "The address to go on to after logging in is not one of this site.")


def _is_ours(wanted: str) -> bool:
    path = wanted.partition("?")[0]
    if not wanted.startswith("/") or wanted.startswith("//") or not wanted.isprintable():
        return False
    if "\\" in wanted or len(wanted) > 1000:
        return False
    adapter = current_app.url_map.bind("localhost")
    try:
        adapter.match(path, method="GET")
    except HTTPException:  # no such page, or one that only sends elsewhere
        return False
    return True
