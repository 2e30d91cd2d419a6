"""The addresses of one's own feeds: made, shown once, withdrawn."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from tracker.accounts import tokens
from tracker.accounts.models import TokenScope
from tracker.core.db import db
from tracker.signin.forms import FeedForm
from tracker.web.forms import text_of
from tracker.web.policy import Policy, policy
from tracker.web.saving import attempt
from tracker.web.viewer import account as own_account

feed_addresses = Blueprint("feed_addresses", __name__, url_prefix="/account/feeds")


@feed_addresses.route("", methods=["GET", "POST"])
@policy(Policy.PERSON, fresh=True)
def index() -> ResponseReturnValue:
    """One's own feed addresses, and a form to make another."""
    user, form = own_account(), FeedForm()

    def act() -> str:
        typed = (text_of(form.label), TokenScope.FEED, text_of(form.days))
        return tokens.make(user, *typed)[1]

    secret = attempt(form, act) if form.is_submitted() else None
    if secret:
        return render_template("views/signin/feed_made.html", secret=secret)
    page = render_template("views/signin/feeds.html", form=form, held=tokens.of(user.id))
    return page, 422 if form.is_submitted() else 200


@feed_addresses.post("/<key(address):key>/withdraw")
@policy(Policy.PERSON)
def withdraw(key: int) -> Response:
    """Make one of one's own feed addresses worthless."""
    user = own_account()
    was = tokens.withdraw(user.id, key, actor_id=user.id)
    db.session.commit()
    flash("It opens nothing any more." if was else "That address was over already.")
    return redirect(url_for(".index"), 303)
