"""The log-in form."""

from flask_security.forms import LoginForm as SecurityLoginForm
from wtforms import EmailField, PasswordField


class LoginForm(SecurityLoginForm):
    """Address and password; both known to password managers by name."""

    email = EmailField("E-mail", render_kw={"autocomplete": "username", "autofocus": True})
    password = PasswordField("Password", render_kw={"autocomplete": "current-password"})
