"""Pages for admins."""

from flask import Blueprint, abort, render_template, request

from tracker.core.now import now
from tracker.jobs import heartbeat, queries, registry
from tracker.jobs.models import JobRun, RunState
from tracker.web.lists import chosen_word
from tracker.web.paging import Order, fetch
from tracker.web.policy import Policy, policy

admin = Blueprint("admin", __name__, url_prefix="/admin")

NEWEST = Order("Newest first", JobRun.started_at, JobRun.id, descending=True)


@admin.get("/jobs")
@policy(Policy.ADMIN)
def jobs() -> str:
    """Every job and how it stands, and the ledger of their runs."""
    moment = now()
    name = _chosen_job()
    state = chosen_word("state", RunState)
    beat = heartbeat.last()
    return render_template(
        "views/admin/jobs.html",
        standings=queries.standings(moment),
        page=fetch(queries.runs(name, state), NEWEST, request.args.get("cursor")),
        name=name,
        state=state,
        states=RunState,
        beat=beat,
        beat_is_missing=heartbeat.is_missing(beat, moment),
        seconds=queries.seconds,
        figures=queries.figures,
        is_abandoned=lambda run: queries.is_abandoned(run, moment),
    )


def _chosen_job() -> str | None:
    name = request.args.get("job")
    if not name:
        return None
    if registry.find(name) is None:
        abort(400, f"There is no job “{name[:40]}”. Choose one of the list.")
    return name
