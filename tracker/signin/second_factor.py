"""The second factor: asked for after the password, and kept on one's own account."""

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from tracker.accounts import factors, lockout, sessions, totp
from tracker.accounts.models import FactorKind, LoginSession, User
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.signin import passkeys
from tracker.signin import sessions as cookie
from tracker.signin.attempts import attempted
from tracker.signin.devices import device_of
from tracker.signin.forms import AppForm, PasskeyForm, SecondFactorForm
from tracker.web.policy import Policy, demands_a_factor, policy
from tracker.web.saving import attempt
from tracker.web.settings import settings
from tracker.web.viewer import account as own_account

second_factor = Blueprint("second_factor", __name__)

WRONG = "That is no code of yours, or it was taken before. Type the one that the app shows now."
SLOWED = "That has failed five times within a minute. Wait a minute."


@second_factor.route("/login/second-factor", methods=["GET", "POST"])
@policy(Policy.ANYONE)
def ask() -> ResponseReturnValue:
    """Ask whoever gave the right password for the second factor. Failures count as those of
    passwords; after ten minutes the password is asked for again."""
    found = cookie.awaiting()
    if found is None:
        return redirect(url_for("security.login", next=request.args.get("next")))
    user, log_in = found
    form, held = SecondFactorForm(), factors.of(user.id)
    if form.is_submitted() and form.validate() and _is_given(form, user, log_in):
        return redirect(request.args.get("next") or url_for("desk.home"), 303)
    page = render_template(
        "views/signin/second_factor.html",
        form=form,
        options=passkeys.options_to_use(held, cookie.secret()),
        has_app=any(each.kind is FactorKind.TOTP for each in held),
    )
    return page, 422 if form.is_submitted() else 200


def _is_given(form: SecondFactorForm, user: User, log_in: LoginSession) -> bool:
    def goes_in() -> bool:
        if not _is_right(form, user):
            return False
        cookie.begin(log_in)
        db.session.commit()
        return True

    network = lockout.network_of(request.remote_addr)
    found = attempted(user.email, network, goes_in)
    if found is None:
        form.take({"code": SLOWED})
    elif not found:
        form.take({"code": WRONG} if form.code.data else {"": passkeys.NOT_THAT})
    return bool(found)


def _is_right(form: SecondFactorForm, user: User) -> bool:
    code, answer = form.code.data or "", form.passkey.data or ""
    if code:
        return factors.use_app(user, code, settings().secret_key) or factors.use_code(user, code)
    used = passkeys.used(answer, factors.of(user.id), cookie.secret())
    return used is not None and factors.use_passkey(*used)


@second_factor.post("/login/second-factor/cancel")
@policy(Policy.ANYONE)
def cancel() -> Response:
    """Go back to the password: somebody else sits here, or nothing is at hand."""
    found = cookie.awaiting()
    if found is not None:
        sessions.log_out(found[0].id, cookie.secret())
        db.session.commit()
    cookie.forget()
    return redirect(url_for("security.login"), 303)


@second_factor.get("/account/second-factor")
@policy(Policy.PERSON, fresh=True)
def index() -> str:
    """One's own second factors."""
    user = own_account()
    return render_template(
        "views/signin/factors.html",
        held=factors.of(user.id),
        codes_left=factors.codes_left(user.id),
        is_demanded=demands_a_factor(user.role),
    )


@second_factor.route("/account/second-factor/passkey", methods=["GET", "POST"])
@policy(Policy.PERSON, fresh=True)
def add_passkey() -> ResponseReturnValue:
    """Add a passkey."""
    user, form, secret = own_account(), PasskeyForm(), cookie.secret()
    if not form.is_submitted():
        form.label.data = device_of(request.user_agent.string)

    def act() -> list[str] | None:
        name, key, counter = passkeys.made(form.passkey.data or "", secret)
        factors.add_passkey(user, name, key, counter, form.label.data or "")
        return _settle(user)

    if form.is_submitted():
        codes = attempt(form, act)
        if codes is not None:
            return _added(codes)
    held = factors.of(user.id)
    page = render_template(
        "views/signin/add_passkey.html",
        form=form,
        options=passkeys.options_to_add(user, held, secret),
    )
    return page, 422 if form.is_submitted() else 200


@second_factor.route("/account/second-factor/app", methods=["GET", "POST"])
@policy(Policy.PERSON, fresh=True)
def add_app() -> ResponseReturnValue:
    """Add an app that shows codes. Its secret goes with the form, sealed, until a code proves that
    the app has it."""
    user, form, key = own_account(), AppForm(), settings().secret_key
    sent = totp.unseal(form.secret.data or "", key, totp.TYPED_WITHIN)
    secret = sent or totp.new_secret()

    def act() -> list[str] | None:
        if sent is None:
            raise Refused({"code": "This page was open too long. Show the app the new picture."})
        factors.add_app(user, secret, form.code.data or "", form.label.data or "", key)
        return _settle(user)

    if form.is_submitted():
        codes = attempt(form, act)
        if codes is not None:
            return _added(codes)
    elif not form.label.data:
        form.label.data = "Authenticator app"
    if sent is None:
        form.secret.data = totp.seal(secret, key)
    address = totp.address(secret, user.email, passkeys.NAME)
    page = render_template(
        "views/signin/add_app.html",
        form=form,
        secret=" ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
        picture=segno.make(address, error="m").svg_data_uri(scale=5, border=2, light="white"),
    )
    return page, 422 if form.is_submitted() else 200


def _settle(user: User) -> list[str]:
    """With the first factor come recovery codes; every other log-in ends."""
    present = cookie.present_id()
    sessions.end_all(user.id, actor_id=user.id, but=present)
    sessions.note_factor(present)
    return [] if factors.codes_left(user.id) else factors.new_codes(user)


def _added(codes: list[str]) -> ResponseReturnValue:
    if codes:
        return render_template("views/signin/codes.html", codes=codes)
    flash("It is added. Every other log-in of yours is over.")
    return redirect(url_for(".index"), 303)


@second_factor.post("/account/second-factor/<key(factor):key>/remove")
@policy(Policy.PERSON, fresh=True)
def remove(key: int) -> Response:
    """Remove one of one's own factors."""
    user = own_account()
    if factors.remove(user, key, is_demanded=demands_a_factor(user.role)) is None:
        flash("You have no such second factor any more.")
        return redirect(url_for(".index"), 303)
    sessions.end_all(user.id, actor_id=user.id, but=cookie.present_id())
    db.session.commit()
    flash("It is removed. Every other log-in of yours is over.")
    return redirect(url_for(".index"), 303)


@second_factor.post("/account/second-factor/codes")
@policy(Policy.PERSON, fresh=True)
def new_codes() -> str:
    """Make new recovery codes, shown this once; every other log-in ends."""
    user = own_account()
    codes = factors.new_codes(user)
    sessions.end_all(user.id, actor_id=user.id, but=cookie.present_id())
    db.session.commit()
    return render_template("views/signin/codes.html", codes=codes)
