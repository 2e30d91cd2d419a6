"""Pages of figures."""

from flask import Blueprint, abort, render_template

from tracker.agencies import queries as agencies
from tracker.casework.past_days import chosen_past_day
from tracker.clocks import queries as clocks
from tracker.core.db import db
from tracker.core.now import today
from tracker.dashboards import kept
from tracker.dashboards.charts import ORDER, Columns
from tracker.dashboards.past import past_figures
from tracker.recommendations import queries as asks
from tracker.recommendations.filters import Filters
from tracker.recommendations.models import Recommendation
from tracker.web.policy import Policy, policy
from tracker.web.viewer import current

dashboards = Blueprint("dashboards", __name__, url_prefix="/dashboards")
scorecards = Blueprint("scorecards", __name__, url_prefix="/agencies")

LONGEST_SILENT = 10
MOST_ASKS = 50


@dashboards.get("")
@policy(Policy.READER)
def index() -> str:
    """What was asked and what followed, of what the viewer may see."""
    viewer = current()
    if day := chosen_past_day():
        past = past_figures(viewer, day.as_of, day.known_at)
        return render_template("views/dashboards/past.html", figures=past, day=day)
    found = kept.figures(viewer, today())
    silent = list(
        db.session.scalars(
            asks.listing(viewer, Filters(is_open=True))
            .where(Recommendation.last_contact_on > "")
            .order_by(Recommendation.last_contact_on, Recommendation.id)
            .limit(LONGEST_SILENT)
        )
    )
    dated = {year: counts for year, counts in found.by_year.items() if year != "none"}
    return render_template(
        "views/dashboards/index.html",
        figures=found,
        columns=Columns.of(dated),
        results_order=ORDER,
        silent=silent,
        flags=clocks.flags_of(viewer, [ask.id for ask in silent]),
    )


@scorecards.get("/<slug:slug>")
@policy(Policy.READER)
def show(slug: str) -> str:
    """One body: what it decides, who held its offices, and the asks put to it."""
    viewer = current()
    agency = agencies.with_offices(slug) or abort(404)
    open_count, open_asks = asks.newest(
        viewer, Filters(agency_id=agency.id, asked=True, is_open=True), MOST_ASKS
    )
    decides_count, decides = asks.newest(
        viewer, Filters(decider_id=agency.id, is_open=True), MOST_ASKS
    )
    figures = kept.figures(viewer, today())
    row = next((each for each in figures.by_agency if each.slug == slug), None)
    return render_template(
        "views/agencies/show.html",
        agency=agency,
        members=agencies.members(agency.id),
        seats=agencies.seats_of(agency.id),
        row=row,
        results_order=ORDER,
        asks=open_asks,
        open_count=open_count,
        decides=decides,
        decides_count=decides_count,
        flags=clocks.flags_of(viewer, {ask.id for ask in (*open_asks, *decides)}),
    )
