"""Pages of bodies and of who holds their offices. The page of one body, with the asks put to it, is
the dashboards'."""

from datetime import date

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.agencies import actions, offices, queries
from tracker.agencies.forms import AgencyForm, HolderForm, NamesForm, NewHolderForm, RemovalForm
from tracker.agencies.models import Agency, AgencyKind, Office, OfficeHolder
from tracker.core.dates import BadDate, PartialDate
from tracker.core.now import today
from tracker.web.forms import text_of
from tracker.web.lists import chosen_text
from tracker.web.merging import Merge, attempt_change
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


@agencies.route("/<slug:slug>/names", methods=["GET", "POST"])
@policy(Policy.ADMIN)
def rename(slug: str) -> ResponseReturnValue:
    """Change what a body is called."""
    form, saved = NamesForm(data=_names(slug)), None

    def act() -> None:
        agency = queries.with_names(slug) or abort(404)
        name, short_name = text_of(form.name), text_of(form.short_name)
        actions.rename_agency(current(), agency, name=name, short_name=short_name)

    if form.is_submitted():
        saved = attempt_change(
            form, lambda: NamesForm(formdata=None, data=_names(slug)), act, compares=True
        )
        if saved is True:
            flash("The names are saved.")
            return redirect(url_for("scorecards.show", slug=slug), 303)
    merge = saved if isinstance(saved, Merge) else None
    page = render_template(
        "views/agencies/rename.html", form=form, agency=queries.by_slug(slug), merge=merge
    )
    return page, 409 if merge else 422 if form.is_submitted() else 200


def _names(slug: str) -> dict[str, str]:
    agency = queries.by_slug(slug) or abort(404)
    return {"name": agency.name, "short_name": agency.short_name}


@agencies.route("/<slug:slug>/offices", methods=["GET", "POST"])
@policy(Policy.ADMIN)
def offices_of(slug: str) -> ResponseReturnValue:
    """The offices of a body with all who held them, and a form for who holds one now."""
    form = NewHolderForm()

    def act() -> bool:
        offices.add_holder(current(), _with_offices(slug), text_of(form.office), form.given())
        return True

    if form.is_submitted() and attempt(form, act):
        flash("The holder is on record.")
        return redirect(url_for(".offices_of", slug=slug), 303)
    page = render_template("views/agencies/offices.html", form=form, agency=_with_offices(slug))
    return page, 422 if form.is_submitted() else 200


@agencies.route("/<slug:slug>/offices/<number:key>", methods=["GET", "POST"])
@policy(Policy.ADMIN)
def holder(slug: str, key: int) -> ResponseReturnValue:
    """Correct who held an office, and when."""
    form, saved = HolderForm(data=_holder(slug, key)), None
    if form.is_submitted():
        saved = attempt_change(
            form,
            lambda: HolderForm(formdata=None, data=_holder(slug, key)),
            lambda: offices.change_holder(current(), *_held(slug, key), form.given()),
            compares=True,
        )
        if saved is True:
            flash("The change is saved.")
            return redirect(url_for(".offices_of", slug=slug), 303)
    return _holder_page("holder", form, slug, key, saved if isinstance(saved, Merge) else None)


def _holder(slug: str, key: int) -> dict[str, object]:
    _, _, held = _held(slug, key)
    return {"name": held.name, "held_from": held.held_from, "held_until": held.held_until}


@agencies.route("/<slug:slug>/offices/<number:key>/remove", methods=["GET", "POST"])
@policy(Policy.ADMIN)
def remove_holder(slug: str, key: int) -> ResponseReturnValue:
    """Take off who was entered in error."""
    agency, office, held = _held(slug, key)
    form = RemovalForm()

    def act() -> bool:
        offices.remove_holder(current(), agency, office, held, text_of(form.reason))
        return True

    if form.is_submitted() and attempt(form, act):
        flash("The entry is taken off.")
        return redirect(url_for(".offices_of", slug=slug), 303)
    return _holder_page("remove_holder", form, slug, key)


def _with_offices(slug: str) -> Agency:
    return queries.with_offices(slug) or abort(404)


def _held(slug: str, key: int) -> tuple[Agency, Office, OfficeHolder]:
    """Who held an office of a body, by number; or 404."""
    agency = _with_offices(slug)
    found = ((agency, office, each) for office in agency.offices for each in office.holders)
    return next((row for row in found if row[2].id == key), None) or abort(404)


def _holder_page(
    name: str, form: HolderForm | RemovalForm, slug: str, key: int, merge: Merge | None = None
) -> ResponseReturnValue:
    agency, office, held = _held(slug, key)
    page = render_template(
        f"views/agencies/{name}.html",
        form=form,
        agency=agency,
        office=office,
        holder=held,
        merge=merge,
    )
    return page, 409 if merge else 422 if form.is_submitted() else 200


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
