"""One's own account."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from tracker.accounts import actions, factors, lockout, passwords, sessions
from tracker.accounts.models import User
from tracker.accounts.permissions import ROLE_WORDS
from tracker.core.db import db, transaction
from tracker.core.errors import Refused
from tracker.signin.forms import ConfirmForm, NameForm, PasswordForm
from tracker.signin.sessions import present_id
from tracker.web.forms import text_of
from tracker.web.policy import Policy, policy
from tracker.web.saving import attempt
from tracker.web.viewer import account as own_account
from tracker.web.viewer import current

account = Blueprint("account", __name__)


@account.get("/account")
@policy(Policy.PERSON)
def index() -> str:
    """Who one is logged in as and where, and the way out."""
    user = own_account()
    return render_template(
        "views/signin/account.html",
        user=user,
        role=ROLE_WORDS[user.role],
        log_ins=sessions.lasting([user.id]),
        present_id=present_id(),
        limits=sessions,
        factors=factors.of(user.id),
    )


@account.post("/account/sessions/<key(log_in):key>/end")
@policy(Policy.PERSON)
def end_session(key: int) -> Response:
    """End one of one's own log-ins."""
    user = own_account()
    ended = sessions.end(user.id, key, actor_id=user.id)
    db.session.commit()
    flash("That log-in is over." if ended else "That log-in was over already.")
    return redirect(url_for("account.index"), 303)


@account.post("/account/sessions/end-others")
@policy(Policy.PERSON)
def end_other_sessions() -> Response:
    """End all of one's own log-ins but this."""
    user = own_account()
    ended = sessions.end_all(user.id, actor_id=user.id, but=present_id())
    db.session.commit()
    flash("Every other log-in is over." if ended else "There was no other log-in.")
    return redirect(url_for("account.index"), 303)


@account.route("/account/confirm", methods=["GET", "POST"])
@policy(Policy.PERSON)
def confirm() -> ResponseReturnValue:
    """Ask for the password again. Failures count as those of logging in."""
    user, form, present = own_account(), ConfirmForm(), present_id()
    if form.is_submitted():
        user_id, network = user.id, lockout.network_of(request.remote_addr)
        if form.validate() and form.is_right(user, network):
            db.session.rollback()  # what was read must not keep this from writing
            with transaction():
                sessions.confirm(present, user_id)
            wanted = request.args.get("next")
            if wanted:
                return redirect(wanted, 303)
            return render_template("views/signin/confirm.html", done=True)
    page = render_template("views/signin/confirm.html", form=form, user=user, done=False)
    return page, 422 if form.is_submitted() else 200


@account.route("/account/name", methods=["GET", "POST"])
@policy(Policy.PERSON, fresh=True)
def name() -> ResponseReturnValue:
    """Change what one is called."""
    form = NameForm(data={"name": own_account().name})

    def act() -> bool:
        user = own_account()
        actions.rename_user(user, text_of(form.name), actor_id=user.id)
        return True

    if form.is_submitted() and attempt(form, act):
        flash("Your name is saved.")
        return redirect(url_for("account.index"), 303)
    page = render_template("views/signin/name.html", form=form)
    return page, 422 if form.is_submitted() else 200


@account.route("/account/password", methods=["GET", "POST"])
@policy(Policy.PERSON, fresh=True)
def password() -> ResponseReturnValue:
    """Change one's password."""
    user, form, present = own_account(), PasswordForm(), present_id()
    if form.is_submitted():
        new_hash = _new_hash(form, user)
        if new_hash:
            db.session.rollback()  # what was read must not keep this from writing
            with transaction():
                actions.change_password(user, new_hash, actor_id=user.id, but=present)
            flash("Your password is changed. Every other log-in of yours is over.")
            return redirect(url_for("account.index"), 303)
    page = render_template("views/signin/password.html", form=form)
    return page, 422 if form.is_submitted() else 200


def _new_hash(form: PasswordForm, user: User) -> str | None:
    if not form.validate():
        return None
    try:
        about = (user.email, user.name, current().organisation or "")
        return passwords.hashed(form.password.data or "", *about)
    except Refused as refusal:
        form.take(refusal.problems)
        return None
