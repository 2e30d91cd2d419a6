"""The settings of the running application."""

from typing import TYPE_CHECKING, cast

from flask import current_app

if TYPE_CHECKING:
    from config import Settings


def settings() -> "Settings":
    """What `config.py` read when the application started."""
    return cast("Settings", current_app.extensions["tracker.settings"])
