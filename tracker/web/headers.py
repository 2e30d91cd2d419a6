"""What every answer says to the browser: no inline code, no frames, no leaks to other sites."""

from flask import Flask, request
from flask.wrappers import Response

from tracker.web.settings import settings

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # Bootstrap's own shapes are data: addresses
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)
STATIC_SECONDS = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    """Set the headers on every answer."""
    app.after_request(_set)


def _set(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    # same-origin, not no-referrer: the check of forms over TLS needs it
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    if settings().secure_cookies:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint in ("static", "bootstrap.static") and response.status_code < 400:
        headers["Cache-Control"] = f"public, max-age={STATIC_SECONDS}, immutable"
    else:
        # what a person may see must not stay in a shared machine's cache
        headers["Cache-Control"] = "no-store"
    return response
