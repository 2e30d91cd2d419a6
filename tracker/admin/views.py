"""Pages for admins."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.core.db import db
from tracker.core.now import now
from tracker.jobs import heartbeat, queries, registry
from tracker.jobs.models import JobRun, RunState
from tracker.notifications import outbox
from tracker.notifications.models import Mail
from tracker.web.lists import chosen_word
from tracker.web.paging import Order, fetch
from tracker.web.policy import Policy, policy
from tracker.web.settings import settings
from tracker.web.viewer import current

admin = Blueprint("admin", __name__, url_prefix="/admin")

NEWEST = Order("Newest first", JobRun.started_at, JobRun.id, descending=True)
NEWEST_MAIL = Order("Newest first", Mail.id, Mail.id, descending=True)


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


@admin.get("/mail")
@policy(Policy.ADMIN)
def mail() -> str:
    """What waits in the outbox, and what did not go. Whose mail it is, and not what it says."""
    counts = outbox.counts()
    return render_template(
        "views/admin/mail.html",
        page=fetch(outbox.unsent(), NEWEST_MAIL, request.args.get("cursor")),
        counts=counts,
        unsent=sum(counts.get(state, 0) for state in outbox.UNSENT),
        has_server=bool(settings().smtp_url),
    )


@admin.post("/mail/<number:key>/retry")
@policy(Policy.ADMIN)
def retry(key: int) -> Response:
    """Try a mail again that was given up."""
    outbox.retry(key, actor_id=current().user_id)
    db.session.commit()
    flash("It is tried again within minutes.")
    return redirect(url_for(".mail"), 303)


def _chosen_job() -> str | None:
    name = request.args.get("job")
    if not name:
        return None
    if registry.find(name) is None:
        abort(400, f"There is no job “{name[:40]}”. Choose one from the list.")
    return name
