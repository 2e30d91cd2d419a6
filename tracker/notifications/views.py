"""One's own notices, watching a record, and the way out that each mail carries."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from tracker.core.db import db
from tracker.notifications import choices, unsubscribing
from tracker.notifications.composing import ROOMS
from tracker.notifications.forms import NoticesForm
from tracker.records.models import Kind
from tracker.records.queries import visible_references
from tracker.web.forms import text_of
from tracker.web.policy import Policy, policy
from tracker.web.saving import attempt
from tracker.web.settings import settings
from tracker.web.viewer import account, current

notices = Blueprint("notices", __name__)


@notices.route("/account/notices", methods=["GET", "POST"])
@policy(Policy.PERSON)
def index() -> ResponseReturnValue:
    """What one is told, and what one watches."""
    user = account()
    form = NoticesForm.of(choices.of(user.id))

    def act() -> bool:
        choices.choose(user.id, form.wanted(), text_of(form.time_zone))
        return True

    if form.is_submitted() and attempt(form, act):
        flash("Your notices are as you chose.")
        return redirect(url_for(".index"), 303)
    watched = [(reference, _page_of(reference)) for reference in choices.watched(current())]
    page = render_template("views/notices.html", form=form, watched=watched)
    return page, 422 if form.is_submitted() else 200


@notices.route("/watch/<ref:reference>", methods=["GET", "POST"])
@policy(Policy.PERSON)
def watch(reference: str) -> ResponseReturnValue:
    """Whether one watches a record, and a button to do so."""
    _require_seen(reference)
    if request.method == "POST":
        choices.watch(current(), reference)
        db.session.commit()
        flash(f"You watch {reference}: its changes come by mail.")
        return redirect(_page_of(reference), 303)
    return render_template(
        "views/watch.html",
        reference=reference,
        page=_page_of(reference),
        is_watched=choices.is_watched(current(), reference),
    )


@notices.post("/watch/<ref:reference>/stop")
@policy(Policy.PERSON)
def stop(reference: str) -> Response:
    """Watch a record no more, also one that is not to be seen any more, which is answered like one
    that there is not."""
    choices.unwatch(current(), reference)
    db.session.commit()
    _require_seen(reference)
    flash(f"You no longer watch {reference}.")
    return redirect(_page_of(reference), 303)


@notices.route("/unsubscribe/<signed:signed>", methods=["GET", "POST"])
@policy(Policy.ANYONE)
def unsubscribe(signed: str) -> ResponseReturnValue:
    """Stop all notices of whoever got the mail: by its button, or by the mail program's (RFC 8058),
    which sends no token of ours. It can do nothing else."""
    user_id = unsubscribing.read(signed, settings().secret_key)
    if user_id is None:
        abort(404)
    if request.method == "POST":
        choices.stop(user_id)
        db.session.commit()
        return render_template("views/unsubscribe.html", done=True)
    return render_template("views/unsubscribe.html", done=False)


def _require_seen(reference: str) -> None:
    if reference not in visible_references(current(), [reference]):
        abort(404)


def _page_of(reference: str) -> str:
    return f"/{ROOMS[Kind(reference[0])]}/{reference}"
