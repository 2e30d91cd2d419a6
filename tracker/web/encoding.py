"""Requests whose bytes are no text, or hold files: refused before anything reads them."""

from urllib.parse import unquote_to_bytes

from flask import Flask, abort, request

FORM = "application/x-www-form-urlencoded"


def init_app(app: Flask) -> None:
    """Look at the bytes before every request."""
    app.before_request(_refuse_damaged)


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
    if not all(name.isascii() for name in request.form):
        abort(400, "The form was damaged on its way. Load its page again.")
    if request.files:
        abort(400, "This form takes no files. Type what it asks for.")
