"""One's own account."""

from flask import Blueprint, render_template

from tracker.web.policy import Policy, policy
from tracker.web.viewer import account as own_account

account = Blueprint("account", __name__)


@account.get("/account")
@policy(Policy.PERSON)
def index() -> str:
    """Who one is logged in as, and the way out."""
    return render_template("views/signin/account.html", user=own_account())
