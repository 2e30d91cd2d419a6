"""Pages of bodies. The page of one body, with the asks put to it, is the dashboards'."""

from datetime import date

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.agencies import actions, queries
from tracker.agencies.forms import AgencyForm
from tracker.agencies.models import AgencyKind
from tracker.core.dates import BadDate, PartialDate
from tracker.core.now import today
from tracker.web.lists import chosen_text
from tracker.web.policy import Policy, policy
from tracker.web.saving import attempt
from tracker.web.viewer import current

agencies = Blueprint("agencies", __name__, url_prefix="/agencies")


@agencies.get("")
@policy(Policy.READER)
def index() -> str:
    """All bodies, by country."""
    return render_template("views/agencies/index.html", agencies=queries.all_agencies())


@agencies.route("/new", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def new() -> ResponseReturnValue:
    """Add a body to write to."""
    form = AgencyForm()
    form.offer_countries()
    if form.is_submitted():
        agency = attempt(
            form,
            lambda: actions.add_agency(
                current(),
                name=form.name.data or "",
                short_name=form.short_name.data or "",
                kind=form.kind.word or AgencyKind.OTHER,
                jurisdiction=form.jurisdiction.data or "",
            ),
        )
        if agency is not None:
            flash("The body is added.")
            return redirect(url_for("scorecards.show", slug=agency.slug), 303)
    page = render_template("views/agencies/new.html", form=form)
    return page, 422 if form.is_submitted() else 200


@agencies.get("/suggest")
@policy(Policy.EDITOR)
def suggest() -> ResponseReturnValue:
    """Bodies and office holders that fit what is being typed; holders as of `on`."""
    return jsonify(
        [
            {
                "value": hit.agency.name,
                "label": hit.label or hit.agency.name,
                "detail": hit.agency.name if hit.label else "no person named",
                "official": hit.official,
                "office_title": hit.office_title,
            }
            for hit in queries.suggest(chosen_text("q"), _day())
        ]
    )


def _day() -> date:
    """The day as of which office holders are offered; today, where the address names none."""
    try:
        return PartialDate.parse(request.args.get("on", "")).earliest
    except BadDate:
        return today()
