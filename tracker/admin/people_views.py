"""Pages of accounts: who has one, where they are logged in, where logging in failed."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts import actions, factors, invitations, lockout, queries, sessions
from tracker.accounts.models import User
from tracker.accounts.permissions import ROLE_WORDS
from tracker.admin.people_forms import AccountForm, InvitationForm
from tracker.casework.actions import change_user
from tracker.core.db import db
from tracker.core.now import now
from tracker.notifications import inviting
from tracker.web.forms import text_of
from tracker.web.policy import Policy, policy
from tracker.web.saving import attempt
from tracker.web.settings import settings
from tracker.web.viewer import current

people = Blueprint("people", __name__, url_prefix="/admin/users")

FAILURES_OF = timedelta(days=7)


@people.get("")
@policy(Policy.ADMIN)
def index() -> str:
    """Every account with its log-ins, and the log-ins that failed of late."""
    users = queries.all_users()
    log_ins = sessions.lasting([user.id for user in users])
    return render_template(
        "views/admin/users.html",
        users=users,
        by_id={user.id: user for user in users},
        log_ins=Counter(each.user_id for each in log_ins),
        last_used={each.user_id: each.last_used_at for each in reversed(log_ins)},
        factors=factors.counts([user.id for user in users]),
        failures=lockout.failures(now() - FAILURES_OF),
        roles=ROLE_WORDS,
        invitations=invitations.open_ones(),
    )


@people.route("/invite", methods=["GET", "POST"])
@policy(Policy.ADMIN, fresh=True)
def invite() -> ResponseReturnValue:
    """Invite somebody: the mail waits in the outbox, the code is shown once."""
    organisations = queries.all_organisations()
    form = InvitationForm()
    form.offer(organisations)

    def act() -> tuple[str, str, bool]:
        role, organisation = form.chosen(organisations)
        actor_id = current().user_id
        invitation, code = invitations.invite(
            text_of(form.email), role, organisation, actor_id=actor_id
        )
        inviting.write(invitation, code, settings().base_url)
        return invitation.email, code, bool(settings().smtp_url)

    made = attempt(form, act) if form.is_submitted() else None
    if made:
        email, code, goes_out = made
        return render_template("views/admin/invited.html", email=email, code=code, mail=goes_out)
    page = render_template("views/admin/invite.html", form=form)
    return page, 422 if form.is_submitted() else 200


@people.post("/invitations/<number:key>/withdraw")
@policy(Policy.ADMIN, fresh=True)
def withdraw(key: int) -> ResponseReturnValue:
    """Take an open invitation back."""
    was_open = invitations.withdraw(key, actor_id=current().user_id)
    db.session.commit()
    flash("The invitation is withdrawn." if was_open else "That invitation was over already.")
    return redirect(url_for(".index"), 303)


@people.route("/<number:key>", methods=["GET", "POST"])
@policy(Policy.ADMIN, fresh=True)
def show(key: int) -> ResponseReturnValue:
    """An account: its role and organisation to change, its log-ins to end."""
    user, organisations = queries.user_by_id(key), queries.all_organisations()
    form = AccountForm.of(user)
    form.offer(organisations)

    def act() -> bool:
        role, organisation = form.chosen(organisations)
        change_user(user, role, organisation, actor_id=current().user_id)
        return True

    code = 200
    if form.is_submitted():
        if attempt(form, act):
            flash("The account is changed. Whoever had logged in with it must log in again.")
            return redirect(url_for(".show", key=key), 303)
        code = 422
    return render_template(
        "views/admin/user.html",
        user=user,
        form=form,
        log_ins=sessions.lasting([key]),
        factors=factors.of(key),
        is_own=key == current().user_id,
    ), code


@people.post("/<number:key>/close")
@policy(Policy.ADMIN, fresh=True)
def close(key: int) -> ResponseReturnValue:
    """Close an account."""
    return _do(key, actions.disable_user, "The account is closed, its log-ins are over.")


@people.post("/<number:key>/open")
@policy(Policy.ADMIN, fresh=True)
def open_again(key: int) -> ResponseReturnValue:
    """Open a closed account again."""
    return _do(key, actions.enable_user, "The account is open again.")


@people.post("/<number:key>/end-sessions")
@policy(Policy.ADMIN, fresh=True)
def end_sessions(key: int) -> ResponseReturnValue:
    """End all log-ins of an account."""

    def end(user: User, *, actor_id: int | None) -> None:
        sessions.end_all(user.id, actor_id=actor_id)

    return _do(key, end, "Every log-in of the account is over.")


@people.post("/<number:key>/reset-factors")
@policy(Policy.ADMIN, fresh=True)
def reset_factors(key: int) -> ResponseReturnValue:
    """Take the second factors from an account whose person has lost them."""
    said = "The account has no second factor any more. Its log-ins are over."
    return _do(key, actions.reset_factors, said)


def _do(key: int, act: Callable[..., None], said: str) -> ResponseReturnValue:
    act(queries.user_by_id(key), actor_id=current().user_id)
    db.session.commit()
    flash(said)
    return redirect(url_for(".show", key=key), 303)
