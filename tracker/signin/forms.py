"""The forms in which passwords are typed."""

from typing import Any

from flask import after_this_request, request
from flask.wrappers import Response
from flask_security.forms import LoginForm as SecurityLoginForm
from wtforms import EmailField, Field, Form, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from tracker.accounts import lockout, passwords, tokens
from tracker.accounts.models import User
from tracker.signin.attempts import attempted
from tracker.web.forms import BaseForm


def _is_printable(form: Form, field: Field) -> None:
    if not (field.data or "").isprintable():
        raise ValidationError("The address holds a character that no address has. Type it anew.")


class LoginForm(SecurityLoginForm):
    """Address and password; both known to password managers by name."""

    email = EmailField(
        "E-mail",
        validators=[_is_printable],
        render_kw={"autocomplete": "username", "autofocus": True},
    )
    password = PasswordField(
        "Password",
        validators=[Length(max=passwords.LONGEST, message="No password is that long.")],
        render_kw={"autocomplete": "current-password"},
    )
    slowed = False

    def validate(self, **kwargs: Any) -> bool:
        """Whether address and password are right. After five failures in a minute nothing is
        looked at, right or wrong, known or not, until the minute is over."""
        email, network = self.email.data or "", lockout.network_of(request.remote_addr)
        if not (email and self.password.data):
            return bool(super().validate(**kwargs))
        found = attempted(email, network, lambda: bool(super(LoginForm, self).validate(**kwargs)))
        if found is None:
            self.slowed = True
            self.form_errors.append("slowed")
            after_this_request(_say_too_many)
        return bool(found)


def _say_too_many(response: Response) -> Response:
    response.status_code = 429
    response.headers["Retry-After"] = str(int(lockout.WINDOW.total_seconds()))
    return response


class NameForm(BaseForm):
    """What a person is called."""

    name = StringField("Name", render_kw={"autocomplete": "name"})


class ConfirmForm(BaseForm):
    """The password alone, of somebody who is logged in."""

    password = PasswordField(
        "Password",
        validators=[
            InputRequired("Type your password."),
            Length(max=passwords.LONGEST, message="No password is that long."),
        ],
    )

    def is_right(self, user: User, network: str) -> bool:
        """Whether it is the person's; with what is wrong at the field. Nothing is looked at while
        the account is slowed from there."""
        typed = passwords.normal(self.password.data or "")
        found = attempted(user.email, network, lambda: bool(user.verify_and_update_password(typed)))
        if found is None:
            self.take({"password": "That has failed five times within a minute. Wait a minute."})
        elif not found:
            self.take({"password": "That is not your password. Check the keyboard's language."})
        return bool(found)


class PasswordForm(BaseForm):
    """A new password, twice."""

    password = PasswordField("New password", validators=[InputRequired("Type a new password.")])
    again = PasswordField("The same again")

    def validate_again(self, field: Field) -> None:
        """What cannot be read is typed twice, so that a slip of the finger shows."""
        if field.data != self.password.data:
            raise ValidationError("The two differ. Type both anew.")


class SecondFactorForm(BaseForm):
    """A code, of an app or for recovery; or what a passkey answered."""

    code = StringField("Code", validators=[Length(max=60, message="No code is that long.")])
    passkey = HiddenField()


def _label() -> StringField:
    return StringField(
        "Name",
        validators=[
            InputRequired("Give it a name by which you know it."),
            Length(max=60, message="Give it a name of at most 60 characters."),
        ],
    )


class AppForm(BaseForm):
    """An app that shows codes: a name for it, and the first code."""

    label = _label()
    secret = HiddenField()
    code = StringField(
        "The code that the app shows now",
        validators=[
            InputRequired("Type the six digits that the app shows."),
            Length(max=60, message="The code has six digits."),
        ],
    )


class PasskeyForm(BaseForm):
    """A passkey: a name for it, and what the browser answered."""

    label = _label()
    passkey = HiddenField()


class JoinForm(BaseForm):
    """An invitation, and the account that it becomes."""

    email = EmailField("E-mail", validators=[_is_printable])
    code = StringField("Code of the invitation", validators=[_is_printable])
    name = StringField("Your name")
    password = PasswordField("Password")
    again = PasswordField("The same again")


class FeedForm(BaseForm):
    """An address for feeds: what it is for, and how long it lasts."""

    label = StringField("What it is for")
    days = SelectField("It lasts", choices=tokens.LASTS, validate_choice=False)
