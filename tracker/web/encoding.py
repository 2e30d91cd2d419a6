"""Requests whose bytes are no text, or hold files where none are asked for: refused before anything
reads them."""

from urllib.parse import unquote_to_bytes

from flask import Flask, abort, request

from tracker.core.db import db
from tracker.web.policy import takes_files

FORM = "application/x-www-form-urlencoded"
MOST_SENT = 26 * 1024 * 1024  # a file of 25 MB, and the form around it


def init_app(app: Flask) -> None:
    """Look at the bytes before every request."""
    app.before_request(_refuse_damaged)


def take_files(app: Flask) -> None:
    """Read files where a page takes them; to be put behind the gate, so that only those who may
    send one are listened to for so long."""
    app.before_request(_read_files)


def _refuse_damaged() -> None:
    """A lone surrogate arrives as bytes that are not UTF-8, and Werkzeug would hand them on as they
    are. A form's fields have plain names; others would trip WTForms as it counts its rows."""
    sent = request.query_string
    if request.mimetype == FORM:
        sent = sent + b"&" + request.get_data(cache=True, parse_form_data=False)
    try:
        unquote_to_bytes(sent).decode()
    except UnicodeDecodeError:
        abort(400, "A character of what was sent was damaged on its way. Type it anew.")
    if takes_files(request.endpoint) and request.mimetype != FORM:
        return
    _refuse_names()
    if request.files:
        abort(400, "This form takes no files. Type what it asks for.")


def _read_files() -> None:
    """While a file arrives, which takes minutes on a slow line, no transaction is open."""
    if request.method == "POST" and takes_files(request.endpoint):
        db.session.rollback()
        request.max_content_length = MOST_SENT
        _refuse_names()


def _refuse_names() -> None:
    if not all(name.isascii() for name in (*request.form, *request.files)):
        abort(400, "The form was damaged on its way. Load its page again.")
