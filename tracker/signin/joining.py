"""Making one's account, with an invitation."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts import invitations, lockout
from tracker.core.db import begin_writing
from tracker.core.errors import Refused
from tracker.signin.attempts import attempted
from tracker.signin.forms import JoinForm
from tracker.web.policy import Policy, policy
from tracker.web.saving import attempt

joining = Blueprint("joining", __name__)


@joining.route("/join", methods=["GET", "POST"])
@policy(Policy.ANYONE)
def join() -> ResponseReturnValue:
    """Make the account that one was invited to. A wrong address or code is a failed log-in."""
    form = JoinForm()
    if form.is_submitted():
        email, network = form.email.data or "", lockout.network_of(request.remote_addr)
        joined: list[bool] = []

        def is_no_guess() -> bool:
            joined.append(_has_joined(form, email))
            return joined[-1] or invitations.NO_SUCH not in form.code.errors

        if attempted(email, network, is_no_guess) is None:
            form.take({"code": "That has failed five times within a minute. Wait a minute."})
        elif joined[-1]:
            flash("Your account is made. Log in with it.")
            return redirect(url_for("security.login"), 303)
    page = render_template("views/signin/join.html", form=form)
    return page, 422 if form.is_submitted() else 200


def _has_joined(form: JoinForm, email: str) -> bool:
    def act() -> bool:
        if form.again.data != form.password.data:
            raise Refused({"again": "The two differ. Type both anew."})
        typed = (form.code.data or "", form.name.data or "", form.password.data or "")
        invitations.accept(email, *typed)
        return True

    begin_writing()
    return bool(attempt(form, act))
