"""The desk and the stale page."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.visits import since_last_visit
from tracker.agencies import queries as agencies
from tracker.clocks.explain import arithmetic
from tracker.clocks.models import Basis, Cause
from tracker.core.now import today
from tracker.correspondence import queries as correspondence
from tracker.desk import queries
from tracker.web.lists import chosen_switch, chosen_text, chosen_word
from tracker.web.policy import Policy, policy
from tracker.web.viewer import account, current

desk = Blueprint("desk", __name__)
MOST_WARNINGS = 60


@desk.get("/")
@policy(Policy.READER)
def home() -> ResponseReturnValue:
    """The desk for staff; partners, and readers of the public dashboard, go to the dashboard."""
    viewer = current()
    if not viewer.edits:
        return redirect(url_for("dashboards.index"))
    since = since_last_visit(account())
    replies = correspondence.recent_replies(viewer, 5)
    return render_template(
        "views/desk/home.html",
        since=since,
        flagged=queries.new_flags(viewer, since.at, 8),
        mine=queries.mine(viewer, 12),
        coming=queries.coming(viewer, today(), 30, 12),
        warnings=queries.warnings(viewer, today(), MOST_WARNINGS),
        replies=replies,
        reply_asks=correspondence.asks_of_contacts(viewer, [r.id for r in replies]),
        arithmetic=lambda clock: arithmetic(clock, today()),
    )


@desk.get("/stale")
@policy(Policy.READER)
def stale() -> str:
    """Every stale ask once, under its gravest cause, with the rule and the next step."""
    viewer = current()
    cause = chosen_word("cause", Cause)
    wanted = queries.StaleFilter(
        cause=cause,
        bases=_bases(),
        agency_id=_agency_id(),
        assignee_id=viewer.user_id if chosen_switch("mine") else None,
    )
    limit = 200 if cause else queries.ROWS_PER_CAUSE
    return render_template(
        "views/desk/stale.html",
        page=queries.stale_page(viewer, wanted, limit),
        wanted=wanted,
        agencies=agencies.names(short=True),
        arithmetic=lambda clock: arithmetic(clock, today()),
    )


def _bases() -> tuple[Basis, ...]:
    try:
        return tuple(dict.fromkeys(Basis(value) for value in request.args.getlist("basis")))
    except ValueError:
        abort(400, "That is no basis of a clock that we know. Choose among those offered.")


def _agency_id() -> int | None:
    slug = chosen_text("agency")
    if not slug:
        return None
    agency = agencies.by_slug(slug)
    return agency.id if agency else abort(400, "No such body is known. Choose one from the list.")
