"""The Sanctions and Entity List Advocacy Tracker."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from config import Settings

__version__ = "0.1.0"
HERE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """A file or folder of the project's top level: beside the code in a wheel, above it in a
    source tree."""
    inside = HERE / name
    return inside if inside.exists() else HERE.parent / name


def config_module() -> ModuleType:
    """The module `config.py`, wherever it is shipped."""
    if "tracker.config" not in sys.modules:
        spec = importlib.util.spec_from_file_location("tracker.config", shipped("config.py"))
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["tracker.config"] = module
        spec.loader.exec_module(module)
    return sys.modules["tracker.config"]


def create_app(settings: "Settings | None" = None) -> Flask:
    """The application, with its settings taken from the environment unless they are given."""
    from tracker import wiring

    settings = settings or config_module().load()
    app = Flask(
        "tracker",
        instance_path=str(settings.instance),
        template_folder=str(shipped("templates")),
        static_folder=str(HERE / "static"),
    )
    app.extensions["tracker.settings"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        # under this prefix a browser takes no cookie that another host of the domain set
        SESSION_COOKIE_NAME="__Host-" * settings.secure_cookies + "tracker_session",
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # bound to the session and not to the clock: a long draft must not die after an hour
        WTF_CSRF_TIME_LIMIT=None,
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    if settings.proxies:  # of what they add only the sender's address is believed
        passed_on = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0)
        app.wsgi_app = passed_on  # type: ignore[method-assign]
    wiring.register(app, settings.database_url)
    return app
