"""Whether the program is alive and ready, for whatever watches it."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from tracker.core import migrate
from tracker.core.db import db
from tracker.core.now import now
from tracker.jobs import heartbeat, queries
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
    """The database answers, and has this version's schema; when the scheduler was last heard of,
    and which jobs have not succeeded for two periods. Both are told and no more: pages are served
    without a scheduler, and a balancer must not take every node away for it."""
    try:
        with db.engine.connect() as connection:
            revision = migrate.current(connection)
        if revision != migrate.newest():
            return jsonify(status="not ready", database="needs: tracker db upgrade"), 503
        beat, behind = heartbeat.last(), queries.behind(now())
    except SQLAlchemyError:
        return jsonify(status="not ready", database="does not answer"), 503
    return jsonify(
        status="ready",
        database="answers",
        scheduler="missing" if heartbeat.is_missing(beat, now()) else "running",
        scheduler_last_beat=beat.isoformat(timespec="seconds") if beat else None,
        jobs_behind=behind,
    )
