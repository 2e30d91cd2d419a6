"""Every error as a page that says what happened and what to do; never a traceback."""

import json
import logging
from http import HTTPStatus

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    MethodNotAllowed,
    SecurityError,
)

from tracker.accounts.viewer import ANONYMOUS
from tracker.core.db import Failure, db, failure
from tracker.core.errors import NotAllowed, Refused, Stale, Unknown
from tracker.web.fresh import NotFresh
from tracker.web.policy import is_for_programs, takes_files
from tracker.web.settings import settings

log = logging.getLogger(__name__)

WORDS: dict[int, tuple[str, str]] = {
    400: ("That could not be read", "Go back, check what you entered, and try again."),
    401: ("You are logged out", "Log in again in another tab. Then send this again from here."),
    403: (
        "Your account is not allowed to do this",
        "Ask somebody who may, or go back to where you came from.",
    ),
    404: (
        "Nothing here",
        "There is no such page or record, or it is not shared with you. Check the address, search "
        "for it, or ask whoever sent the link.",
    ),
    405: ("This page cannot do that", "Go back and use the buttons of the page."),
    409: (
        "Somebody else saved first",
        "Open the record anew to see what changed, then make your change again.",
    ),
    413: ("That is too much at once", "Send less than 2 MB of text at a time."),
    422: ("That was not accepted", "Go back and put right what is named here."),
    500: (
        "Something went wrong on our side",
        "Nothing was changed. Try again; if it happens again, tell your admin when it happened.",
    ),
}
# what a failing database is called, what to do about it, and after how many seconds to try again
FAILURES: dict[Failure, tuple[str, str, int]] = {
    Failure.BUSY: (
        "The database is busy",
        "Somebody else's change is taking a long time. Wait a few seconds and try again from here.",
        5,
    ),
    Failure.GONE: (
        "The database does not answer",
        "Wait a moment and try again from here; if that goes on, tell your admin. The program goes "
        "on by itself once the database is back.",
        15,
    ),
    Failure.FULL: (
        "There is no room left on the disk",
        "Tell your admin that space is needed; reading goes on meanwhile. Once there is space, try "
        "again from here.",
        60,
    ),
}
TOO_LARGE = ("This file is too large", "Go back, make it smaller or part it, and try again.")
# what to do, said to a program
OF_PROGRAMS = {
    403: "Whoever asks may not do this. Ask with a token of somebody who may.",
    404: "There is nothing here, or not for whoever asks. Take the address from a list.",
    405: "Use one of the methods that the header Allow names.",
}
# where the same form can be sent again, and where its text can at least be taken elsewhere
IS_SENT_AGAIN = (400, 401, 503)
KEEPS_WHAT_WAS_SENT = (*IS_SENT_AGAIN, 403, 404, 409, 422, 500)


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(NotFresh, _not_fresh)
    app.register_error_handler(SecurityError, _untrusted_host)
    app.register_error_handler(NotAllowed, lambda e: _page(403, str(e)))
    app.register_error_handler(Unknown, lambda e: _page(404))
    app.register_error_handler(Refused, lambda e: _page(422, str(e)))
    app.register_error_handler(Stale, lambda e: _page(409))
    app.register_error_handler(StaleDataError, lambda e: _page(409))
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(NoConnection, lambda e: _unavailable(Failure.BUSY))
    app.register_error_handler(Exception, _unexpected)


def _csrf(error: CSRFError) -> Response:
    return _page(400, "The form had lost its link to your log-in, so it was not saved.")


def _not_fresh(error: NotFresh) -> Response:
    advice = "Confirm in another tab that it is you. Then send this again from here."
    said = "You gave your password more than 15 minutes ago, and this asks for it again."
    return _page(401, said, words=("Confirm that it is you", advice))


def _untrusted_host(error: SecurityError) -> Response:
    """Without a host no address can be built, so no page: one line that says where to go."""
    said = f"This program is not served under that address. Open {settings().base_url}"
    if request.path.startswith("/api/"):
        return _problem(400, "Another address", said)
    response = make_response(f"{said}\n", 400)
    response.mimetype = "text/plain"
    return response


def _http(error: HTTPException) -> Response:
    code = error.code or 500
    if error.response is not None or 300 <= code < 400:
        return make_response(error.get_response())
    if code == 413 and takes_files(request.endpoint):
        return _page(413, "A file may have up to 25 MB.", words=TOO_LARGE)
    said = error.description if code in (400, 409, 422) else None
    standard = type(error).description
    response = _page(code, None if said == standard else said)
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def _database(error: DBAPIError) -> Response:
    failing = failure(error)
    if failing:
        log.warning("database %s: %s", failing.value, type(error.orig).__name__)
        return _unavailable(failing)
    if "out of range" in str(error.orig) or "overflow" in str(error.orig):
        return _page(404)
    return _unexpected(error)


def _unavailable(failing: Failure) -> Response:
    """The page of a database that cannot serve now, with when to try again."""
    title, advice, seconds = FAILURES[failing]
    response = _page(503, said="Nothing was changed.", words=(title, advice))
    response.headers["Retry-After"] = str(seconds)
    return response


def _unexpected(error: Exception) -> Response:
    log.error("unexpected error on %s", request.endpoint, exc_info=error)
    return _page(InternalServerError.code or 500)


def _page(code: int, said: str | None = None, words: tuple[str, str] | None = None) -> Response:
    """The page for a status; what was typed stays on it, to be sent again or to be copied."""
    _take_back()
    if code >= 500:
        _ask_nobody()
    if code == 403:
        who = g.get("viewer", ANONYMOUS).user_id
        log.warning("refused: account %s, %s %s", who, request.method, request.endpoint)
    title, advice = words or WORDS.get(code, (HTTPStatus(code).phrase, "Go back and try again."))
    if is_for_programs():
        return _problem(code, title, said)
    kept = _kept_fields() if code in KEEPS_WHAT_WAS_SENT else None
    try:
        body = render_template(
            "views/error.html",
            code=code,
            title=title,
            said=said,
            advice=advice,
            kept=kept or [],
            again=kept is not None and code in IS_SENT_AGAIN,
        )
    except DBAPIError as error:
        if code >= 500:
            raise
        return _database(error)
    return make_response(body, code)


def _problem(code: int, title: str, said: str | None) -> Response:
    """The same for a program (RFC 9457)."""
    if code == 401:
        title, said = "No token that holds", "Send Authorization: Bearer, and a token that is good."
    detail = said or OF_PROGRAMS.get(code, "Nothing was changed.")
    told = {"type": "about:blank", "status": code, "title": title, "detail": detail}
    response = make_response(json.dumps(told), code)
    response.mimetype = "application/problem+json"
    if code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _take_back() -> None:
    """Undo the request's work. Where the database has gone meanwhile there is nothing to undo."""
    g.writing = False
    try:
        db.session.rollback()
    except DBAPIError:
        db.session.invalidate()


def _ask_nobody() -> None:
    """The pages of our own failures are shown as to nobody, since they must not need the database;
    Flask-Login too would look up who is here, for the templates."""
    g.viewer = ANONYMOUS
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]


def _kept_fields() -> list[tuple[str, str]] | None:
    """What the form held, perhaps a button alone; only of a form of our own pages, so that no other
    site can lay words into a person's mouth. A password or a file is never kept, so neither is its
    form."""
    if takes_files(request.endpoint) and request.mimetype == "multipart/form-data":
        return None
    if any("password" in name for name in request.form):
        return None
    if request.method != "POST" or request.headers.get("Sec-Fetch-Site") not in (
        "same-origin",
        None,
    ):
        return None
    origin = request.headers.get("Origin")
    own = (settings().base_url, request.host_url.rstrip("/"))  # a proxy may have spoken TLS
    if origin is not None and origin not in own:
        return None
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
