"""The log-in form."""

from flask_security.forms import LoginForm as SecurityLoginForm
from wtforms import EmailField, Field, Form, PasswordField
from wtforms.validators import Length, ValidationError

LONGEST = 1000  # characters; a hash of more would only keep the server busy


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
        validators=[Length(max=LONGEST, message="No password is that long.")],
        render_kw={"autocomplete": "current-password"},
    )
