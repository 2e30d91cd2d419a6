"""Forgetting somebody for good, on request."""

import click
from flask.cli import AppGroup

from tracker.admin import erasing
from tracker.core.db import db, transaction


@click.group(cls=AppGroup)
def erase() -> None:
    """Forget a person or a target for good. Without --yes it says what would be deleted."""


@erase.command("person")
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do it; it cannot be taken back.")
def erase_person(email: str, yes: bool) -> None:
    """Close an account and delete what names its person."""
    _tell(erasing.preview_person(email))
    if yes:
        db.session.rollback()  # the preview, which is read anew by the one who writes
        with transaction():
            erasing.erase_person(email)
    _end(yes)


@erase.command("target")
@click.argument("reference")
@click.option("--yes", is_flag=True, help="Do it; it cannot be taken back.")
def erase_target(reference: str, yes: bool) -> None:
    """Delete every name, identifier and note of a target, and the texts of its history."""
    _tell(erasing.preview_target(reference))
    if yes:
        db.session.rollback()
        with transaction():
            erasing.erase_target(reference)
    _end(yes)


def _tell(preview: erasing.Preview) -> None:
    for what, count in preview.deleted.items():
        if count:
            click.echo(f"{what}: {count}")
    if preview.named_in:
        click.echo(f"May still be named in the texts of: {', '.join(preview.named_in)}")
        click.echo("Look at these: they are left as they are.")


def _end(is_done: bool) -> None:
    if not is_done:
        click.echo("Nothing is erased yet. Do it with --yes.")
        return
    click.echo("It is erased. Backups of before still hold it.")
    if not erasing.forget_on_disk():
        click.echo("The room it took is not given back: run VACUUM when nobody uses the database.")


COMMANDS = (erase,)
