"""Pages of asks."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from tracker.casework import actions, growing, pages, past_days
from tracker.casework import columns as list_columns
from tracker.casework.actions.saved_views import views_for
from tracker.casework.duplicates import doubles
from tracker.casework.forms import AskForm
from tracker.casework.list_parts import choices_for
from tracker.casework.list_words import LABELS, SWITCHES, beside, beside_then
from tracker.casework.listing import list_page, orders_for
from tracker.casework.reading import note_reads_of
from tracker.casework.views import saved_views, sharing
from tracker.casework.views.filling import ask_data, like_ask_data
from tracker.casework.views.histories import history_view
from tracker.core.now import today
from tracker.recommendations import queries
from tracker.recommendations.models import Recommendation
from tracker.records.actions import require_edit
from tracker.records.queries import tags_of
from tracker.sources import queries as sources
from tracker.targets import queries as targets
from tracker.web.filters import with_parts
from tracker.web.lists import chosen_switch, chosen_text
from tracker.web.merging import Merge, attempt_change
from tracker.web.policy import Policy, policy
from tracker.web.saving import attempt
from tracker.web.viewer import current

recommendations = Blueprint("recommendations", __name__, url_prefix="/recommendations")


def found(reference: str) -> Recommendation:
    """The ask, or 404: hidden and missing are the same."""
    return queries.get(current(), reference) or abort(404)


def own(reference: str) -> Recommendation:
    """The ask, if the viewer may change it; otherwise 404 or 403."""
    ask = queries.for_editing(current(), reference) or abort(404)
    require_edit(ask, current())
    return ask


def to_ask(reference: str, said: str) -> ResponseReturnValue:
    """Back to the ask after a change."""
    flash(said)
    return redirect(url_for("recommendations.show", reference=reference), 303)


@recommendations.get("")
@policy(Policy.READER)
def index() -> ResponseReturnValue:
    """All asks, filtered and sorted as the address says, with the columns that it names."""
    if not list_columns.is_tidy():
        return redirect(with_parts(url_for(".index"), list_columns.tidy()))
    viewer, view = current(), saved_views.opened_view()
    if day := past_days.chosen_past_day():
        found = past_days.past_list(viewer, day)
        return render_template(
            "views/recommendations/past_list.html",
            listing=found,
            day=day,
            also=beside_then(request.args, choices_for(viewer)),
            ignored=[LABELS.get(name) or SWITCHES.get(name, name) for name in found.ignored],
        )
    try:
        listing = list_page(viewer)
    except BadRequest as problem:
        if view is None:
            raise
        return saved_views.no_longer_valid(view, problem)
    return render_template(
        "views/recommendations/index.html",
        listing=listing,
        also=beside(request.args),
        view=view,
        views=views_for(viewer),
        address_of=saved_views.address_of,
        orders=orders_for(viewer),
        columns=list_columns.COLUMNS,
        numeric=list_columns.NUMERIC,
    )


@recommendations.get("/<ref:reference>")
@policy(Policy.READER)
def show(reference: str) -> str:
    """One ask, with all that happened to it."""
    ask = found(reference)
    if day := past_days.chosen_past_day():
        past = past_days.past_ask(current(), ask, day)
        return render_template("views/recommendations/past.html", page=past, day=past.day)
    oldest_first = chosen_switch("oldest")
    page = pages.ask_page(current(), ask, today(), oldest_first=oldest_first)
    while note_reads_of(current(), page.restricted):
        page = pages.ask_page(current(), found(reference), today(), oldest_first=oldest_first)
    return render_template("views/recommendations/show.html", page=page)


@recommendations.get("/<ref:reference>/history")
@policy(Policy.READER)
def history(reference: str) -> str:
    """Every change of the ask: who, when, what, before and after."""
    ask = found(reference)
    return history_view(ask, ask.title, url_for(".show", reference=reference))


@recommendations.route("/new", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def new() -> ResponseReturnValue:
    """An ask that no letter carries yet: from nothing, from another ask, or about a target."""
    form = AskForm(data=_start())
    offers = growing.Offers()
    if form.is_submitted():
        if op := request.form.get("op"):
            offers = growing.apply(form, op, current(), None)
            return _ask_page(form, offers, None, 200)
        form.prune()
        known = doubles(form, current())

        def act() -> Recommendation:
            added = actions.add_ask(current(), form.given_alone())
            known.say()
            return added

        ask = attempt(form, act)
        if ask is not None:
            return to_ask(ask.reference, "The ask is recorded as a draft.")
        offers = known.offer(growing.offer_for_unknown(form, None))
        return _ask_page(form, offers, None, 422)
    if not form.sources.entries:
        form.sources.append_entry()
    return _ask_page(form, offers, None, 200)


def _start() -> dict[str, object]:
    """What the form of a new ask says before anybody types."""
    viewer, like, about = current(), chosen_text("like"), chosen_text("target")
    ask = queries.get(viewer, like) if like else None
    while ask is not None and note_reads_of(viewer, [ask]):
        ask = queries.get(viewer, like)
    if ask is not None:
        seen, tags = queries.targets_of(viewer, [ask.id])[ask.id], tags_of(viewer, [ask.id])
        evidence = sources.cited_by(viewer, [ask.id]).get(ask.id, [])
        return like_ask_data(ask, seen, tags.get(ask.id, []), evidence)
    target = targets.get(viewer, about) if about else None
    return {"targets": [{"ref": target.reference, "name": target.name}]} if target else {}


@recommendations.route("/<ref:reference>/edit", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def edit(reference: str) -> ResponseReturnValue:
    """Change what an ask says."""
    ask = own(reference)
    form = AskForm(data=_ask_data(ask))
    offers = growing.Offers()
    if not form.is_submitted():
        return _ask_page(form, offers, ask, 200)
    if op := request.form.get("op"):
        return _ask_page(form, growing.apply(form, op, current(), None), ask, 200)
    form.prune()
    known = doubles(form, current(), is_new=False)

    def act() -> None:
        actions.change_ask(current(), ask, form.given_alone(), form.version.number)
        known.say()

    saved = attempt_change(
        form,
        lambda: AskForm(formdata=None, data=_ask_data(own(reference))),
        act,
        compares=True,
    )
    if saved is True:
        return to_ask(reference, "The change is saved.")
    if isinstance(saved, Merge):
        return _ask_page(form, growing.Offers(), own(reference), 409, saved)
    offers = known.offer(growing.offer_for_unknown(form, None))
    return _ask_page(form, offers, own(reference), 422)


def _ask_data(ask: Recommendation) -> dict[str, object]:
    seen = queries.linked_targets_of(current(), [ask.id])[ask.id]
    return ask_data(ask, seen, tags_of(current(), [ask.id]).get(ask.id, []))


def _ask_page(
    form: AskForm,
    offers: growing.Offers,
    ask: Recommendation | None,
    code: int,
    merge: Merge | None = None,
) -> ResponseReturnValue:
    form.pad()
    page = render_template(
        "views/recommendations/edit.html", form=form, offers=offers, ask=ask, merge=merge
    )
    return page, code


@recommendations.route("/<ref:reference>/audience", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def audience(reference: str) -> ResponseReturnValue:
    """Who may see the ask."""
    ask = own(reference)
    return sharing.audience_page(ask, ask.title, url_for(".show", reference=reference))
