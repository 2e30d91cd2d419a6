"""The log-in form."""

from flask_security.forms import LoginForm as SecurityLoginForm
from wtforms import EmailField, PasswordField
from wtforms.validators import Length

LONGEST = 1000  # characters; a hash of more would only keep the server busy


class LoginForm(SecurityLoginForm):
    """Address and password; both known to password managers by name."""

    email = EmailField("E-mail", render_kw={"autocomplete": "username", "autofocus": True})
    password = PasswordField(
        "Password",
        validators=[Length(max=LONGEST, message="No password is that long.")],
        render_kw={"autocomplete": "current-password"},
    )
