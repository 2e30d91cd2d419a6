"""Commands about organisations and accounts."""

import secrets
import sys

import click
from flask.cli import AppGroup

from tracker.accounts import actions, passwords, queries
from tracker.accounts.permissions import Role
from tracker.cli.output import as_json, print_json, print_table
from tracker.core.db import transaction
from tracker.core.errors import Unknown


@click.group(cls=AppGroup)
def organisations() -> None:
    """Organisations."""


@organisations.command("add")
@click.argument("name")
def add_organisation(name: str) -> None:
    """Make an organisation."""
    with transaction():
        actions.add_organisation(name)
    click.echo(f"Made the organisation {name}.")


@click.group(cls=AppGroup)
def users() -> None:
    """Accounts."""


@users.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--organisation", required=True)
@click.option("--name", help="How colleagues see the person; the address before the @ by default.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add_user(
    email: str, role: str, organisation: str, name: str | None, password_stdin: bool
) -> None:
    """Make an account. Without --password-stdin a password is made and printed once."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else secrets.token_urlsafe(18)
    with transaction():
        owner = queries.organisation_by_name(organisation)
        if owner is None:
            raise Unknown(
                f"There is no organisation called “{organisation}”. "
                "Make it with: tracker organisations add NAME"
            )
        actions.add_user(
            email,
            name=name or email.partition("@")[0],
            password=password,
            role=Role(role),
            organisation=owner,
        )
    click.echo(f"Made the account {email}.")
    if not password_stdin:
        click.echo(f"Its password, shown this once: {password}")


@users.command("list")
@as_json
def list_users(as_json: bool) -> None:
    """List all accounts."""
    found = [
        {
            "email": user.email,
            "name": user.name,
            "role": user.role.value,
            "organisation": user.organisation.name,
            "active": user.active,
        }
        for user in queries.all_users()
    ]
    if as_json:
        print_json(found)
    else:
        rows = [[u["email"], u["role"], u["organisation"], u["active"]] for u in found]
        print_table(rows, ["email", "role", "organisation", "active"])


@users.command("disable")
@click.argument("email")
def disable_user(email: str) -> None:
    """Close an account; its sessions end at once."""
    with transaction():
        actions.disable_user(queries.known_user(email))
    click.echo(f"Closed the account {email}.")


@users.command("reset-password")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def reset_password(email: str, password_stdin: bool) -> None:
    """Give an account another password; its log-ins end at once. Without --password-stdin one is
    made and printed once."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else secrets.token_urlsafe(18)
    with transaction():
        user = queries.known_user(email)
        new_hash = passwords.hashed(password, user.email, user.name, user.organisation.name)
        actions.change_password(user, new_hash, actor_id=None)
    click.echo(f"The account {email} has another password.")
    if not password_stdin:
        click.echo(f"Its password, shown this once: {password}")


@users.command("reset-mfa")
@click.argument("email")
def reset_mfa(email: str) -> None:
    """Take the second factors and recovery codes from an account whose person lost them; its
    log-ins end at once."""
    with transaction():
        actions.reset_factors(queries.known_user(email))
    click.echo(f"The account {email} has no second factor any more.")


COMMANDS = (organisations, users)
