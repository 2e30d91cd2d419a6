"""Commands about tokens for the JSON interface."""

import click
from flask.cli import AppGroup

from tracker.accounts import queries
from tracker.accounts import tokens as made
from tracker.accounts.models import TokenScope
from tracker.cli.output import as_json, print_json, print_table
from tracker.core.db import transaction
from tracker.core.errors import Unknown
from tracker.schemas.shapes import moment

HEADS = ("id", "of", "scope", "for", "made", "ends", "last use")
SCOPES = [TokenScope.READ.value, TokenScope.WRITE.value]


@click.group(cls=AppGroup)
def tokens() -> None:
    """Tokens for the JSON interface."""


@tokens.command("add")
@click.argument("email")
@click.option("--scope", type=click.Choice(SCOPES), required=True)
@click.option("--label", required=True, help="What it is for, as “the newsletter's script”.")
@click.option("--days", type=click.Choice(sorted(made.LASTS, key=int)), default="365")
def add_token(email: str, scope: str, label: str, days: str) -> None:
    """Make a token that stands for a person, and print it this once."""
    with transaction():
        user = queries.user_by_email(email)
        if user is None or not user.active:
            raise Unknown(f"No open account has the address {email}.")
        token, secret = made.make(user, label, TokenScope(scope), days)
        said = f"Token {token.id} of {user.email}, good until {token.expires_at:%Y-%m-%d}."
    click.echo(said, err=True)
    click.echo(secret)


@tokens.command("list")
@as_json
def list_tokens(as_json: bool) -> None:
    """List the tokens that are good, without their secrets."""
    found = [
        {
            "id": token.id,
            "email": user.email,
            "scope": token.scope.value,
            "label": token.label,
            "made_at": moment(token.made_at),
            "expires_at": moment(token.expires_at),
            "last_used_at": moment(token.last_used_at) if token.last_used_at else None,
        }
        for token, user in made.all_of_api()
    ]
    if as_json:
        print_json(found)
    else:
        print_table([list(row.values()) for row in found], HEADS)


@tokens.command("revoke")
@click.argument("token_id", type=int)
def revoke_token(token_id: int) -> None:
    """Revoke a token: it stops working at once."""
    with transaction():
        owners = {token.id: user.id for token, user in made.all_of_api()}
        if token_id not in owners:
            raise Unknown(f"There is no token {token_id}. See: tracker tokens list")
        made.withdraw(owners[token_id], token_id, actor_id=None)
    click.echo(f"Token {token_id} is revoked.")


COMMANDS = (tokens,)
