"""Views that people save: the present address of the list, under a name."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from tracker.accounts import queries as accounts
from tracker.casework.actions import saved_views as actions
from tracker.casework.actions.saved_views import ViewKept
from tracker.casework.columns import chosen_columns, parts_of, query_of_view
from tracker.casework.list_forms import DeleteForm, ViewForm
from tracker.casework.list_parts import choices_for
from tracker.casework.list_words import in_words
from tracker.casework.listing import chosen_sorting, filters_from_address
from tracker.casework.models import SavedView
from tracker.web.filters import with_parts
from tracker.web.forms import text_of
from tracker.web.policy import Policy, policy
from tracker.web.saving import attempt
from tracker.web.viewer import current

saved_views = Blueprint("saved_views", __name__, url_prefix="/recommendations/views")


def address_of(view: SavedView | ViewKept) -> str:
    """The link that a view is: an address, evaluated for whoever opens it."""
    parts = [*parts_of(view.query).items(), ("view", str(view.id))]
    return with_parts(url_for("recommendations.index"), parts)


def opened_view() -> ViewKept | None:
    """The view that the present address says it is, if it is one that the viewer has."""
    key = request.args.get("view", "")
    if not key:
        return None
    return next((view for view in actions.views_for(current()) if str(view.id) == key), None)


def no_longer_valid(view: ViewKept, problem: BadRequest) -> ResponseReturnValue:
    """A view that asks for what there is no more says so, and what can be done."""
    page = render_template(
        "views/recommendations/view_invalid.html",
        view=view,
        is_own=view.owner_id == current().user_id,
        problem=problem.description,
    )
    return page, 400


@saved_views.get("")
@policy(Policy.EDITOR)
def index() -> str:
    """The views that a person has: their own, and those that colleagues share."""
    found = actions.views_for(current())
    return render_template(
        "views/recommendations/views.html",
        views=found,
        address_of=address_of,
        people=accounts.actors(current(), [view.owner_id for view in found]),
    )


@saved_views.route("/new", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def new() -> ResponseReturnValue:
    """Save the filters, order and columns in the address."""
    # what is no good now is not worth saving: each of these refuses it
    filters_from_address(current())
    chosen_sorting(current())
    chosen_columns(current())
    form, query = ViewForm(), query_of_view()
    if form.is_submitted():
        saved = attempt(
            form,
            lambda: actions.save_view(
                current(), text_of(form.name), query, is_shared=form.is_shared.data
            ),
        )
        if saved is not None:
            flash("The view is saved.")
            return redirect(address_of(saved), 303)
    return _form(form, query, None)


@saved_views.route("/<number:key>/edit", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def edit(key: int) -> ResponseReturnValue:
    """Rename a view of one's own, share it or not."""
    view = actions.own_view(current(), key) or abort(404)
    form, query = ViewForm(data={"name": view.name, "is_shared": view.is_shared}), view.query

    def act() -> bool:
        actions.change_view(current(), view, text_of(form.name), is_shared=form.is_shared.data)
        return True

    if form.is_submitted() and attempt(form, act):
        flash("The view is changed.")
        return redirect(url_for(".index"), 303)
    return _form(form, query, key)


def _form(form: ViewForm, query: str, key: int | None) -> ResponseReturnValue:
    parts = parts_of(query)
    said = in_words(parts.items(), choices_for(current()))
    page = render_template(
        "views/recommendations/view_edit.html", form=form, parts=parts, said=said, key=key
    )
    return page, 422 if form.is_submitted() else 200


@saved_views.route("/<number:key>/delete", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def delete(key: int) -> ResponseReturnValue:
    """Delete a view of one's own."""
    view = actions.own_view(current(), key) or abort(404)
    form, name = DeleteForm(), view.name

    def act() -> bool:
        actions.delete_view(current(), view)
        return True

    if form.is_submitted() and attempt(form, act):
        flash("The view is deleted. Nothing that it showed is changed.")
        return redirect(url_for(".index"), 303)
    page = render_template("views/recommendations/view_delete.html", form=form, name=name)
    return page, 422 if form.is_submitted() else 200
