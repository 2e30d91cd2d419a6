"""Organisations and settings, as an admin sees them."""

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from tracker.accounts import actions, lockout, queries, sessions
from tracker.accounts.invitations import LASTS
from tracker.core.db import db
from tracker.notifications import outbox, pruning
from tracker.web.forms import BaseForm, text_of
from tracker.web.policy import Policy, policy
from tracker.web.saving import attempt
from tracker.web.settings import settings
from tracker.web.viewer import current

organisations = Blueprint("organisations", __name__, url_prefix="/admin")


class OrganisationForm(BaseForm):
    """A new organisation."""

    name = StringField("Name")


@organisations.route("/organisations", methods=["GET", "POST"])
@policy(Policy.ADMIN, fresh=True)
def index() -> ResponseReturnValue:
    """Every organisation with how many people it has, and a form to add one."""
    form = OrganisationForm()

    def act() -> str:
        return actions.add_organisation(text_of(form.name), actor_id=current().user_id).name

    if form.is_submitted():
        name = attempt(form, act)
        if name:
            flash(f"{name} is added. Invite its people next.")
            return redirect(url_for(".index"), 303)
    page = render_template(
        "views/admin/organisations.html", form=form, rows=queries.organisations_with_people()
    )
    return page, 422 if form.is_submitted() else 200


@organisations.post("/organisations/<number:key>/titles")
@policy(Policy.ADMIN, fresh=True)
def titles(key: int) -> ResponseReturnValue:
    """Let mail carry the titles of an organisation's records, or no longer."""
    organisation = queries.organisation_by_id(key)
    if organisation is None:
        abort(404)
    allowed = request.form.get("allow") == "yes"
    actions.let_titles_into_mail(organisation, allowed, actor_id=current().user_id)
    db.session.commit()
    said = "carries the titles" if allowed else "no longer carries the titles"
    flash(f"Mail {said} of what {organisation.name} has on record.")
    return redirect(url_for(".index"), 303)


@organisations.get("/settings")
@policy(Policy.ADMIN)
def show_settings() -> str:
    """What is set, secrets masked, and how long what is kept."""
    kept = (
        ("A log-in after its last use", _hours(sessions.IDLE)),
        ("A log-in in all", _days(sessions.ABSOLUTE)),
        ("Failed log-ins", _days(lockout.KEPT)),
        ("An open invitation", _days(LASTS)),
        ("Invitations that are over", _days(pruning.INVITATIONS_KEPT)),
        ("That a mail was sent; its text goes at once", _days(outbox.KEPT)),
        ("Runs of the jobs that run every few minutes", _days(pruning.RUNS_KEPT)),
        ("Nightly backups", f"{settings().backup_days} days; after a pause as many of before"),
        ("Records and their history", "until they are erased"),
    )
    return render_template("views/admin/settings.html", given=settings().printable(), kept=kept)


def _days(span: timedelta) -> str:
    return f"{span.days} days"


def _hours(span: timedelta) -> str:
    return f"{int(span.total_seconds()) // 3600} hours"
