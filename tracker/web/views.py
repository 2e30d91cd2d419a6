"""Whether the program is alive and ready, for whatever watches it."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from tracker.core import migrate
from tracker.core.db import db
from tracker.web.policy import Policy, policy

health = Blueprint("health", __name__)


@health.get("/healthz")
@policy(Policy.ANYONE)
def alive() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="alive")


@health.get("/readyz")
@policy(Policy.ANYONE)
def ready() -> ResponseReturnValue:
    """The database answers, and has this version's schema."""
    try:
        with db.engine.connect() as connection:
            revision = migrate.current(connection)
    except SQLAlchemyError:
        return jsonify(status="not ready", database="does not answer"), 503
    if revision != migrate.newest():
        return jsonify(status="not ready", database="needs: tracker db upgrade"), 503
    return jsonify(status="ready", database="answers")
