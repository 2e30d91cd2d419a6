"""Commands that save the whole database, and put it back."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from tracker.backups import restoring, saving
from tracker.backups.files import Manifest
from tracker.backups.nightly import folder
from tracker.cli.run import bring_up_to_date
from tracker.core import migrate
from tracker.core.errors import TrackerError
from tracker.web.settings import settings

a_file = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("path", type=a_file)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["native", "logical"]),
    default="native",
    show_default=True,
    help="The database's own, or one that either database takes.",
)
@click.option("--overwrite", is_flag=True, help="Replace an existing file.")
@with_appcontext
def backup(path: Path, format_: str, overwrite: bool) -> None:
    """Save the whole database to a file, and read it back."""
    if str(path) == "-":
        raise click.BadParameter("A backup is read back: it needs a file.", param_hint="PATH")
    made = saving.save(path, is_logical=format_ == "logical", overwrite=overwrite)
    click.echo(f"Saved to {path}: {_said(made)}.")
    if made.history and made.revision == migrate.newest():
        raise TrackerError(f"The file is written, but the history was altered: {made.history}.")


@click.command()
@click.argument("path", type=a_file)
@click.option("--replace", is_flag=True, help="Also if the database is in use; it is saved first.")
@with_appcontext
def restore(path: Path, replace: bool) -> None:
    """Put a backup in the place of an empty database."""
    done = restoring.restore(path, folder(settings().instance), replace=replace)
    if done.aside:
        click.echo(f"What was there before is kept in {done.aside}.")
    if done.manifest.revision != migrate.newest():
        bring_up_to_date()
        click.echo(f"Migrated from schema {done.manifest.revision} to {migrate.newest()}.")
    click.echo(f"Restored from {path}, of {done.manifest.made_at}: {_said(done.manifest)}.")


def _said(manifest: Manifest) -> str:
    state = manifest.state
    heads = [f"{length} entries, head {head}" for length, head in state.heads.values()]
    return (
        f"{manifest.kind.value}, {manifest.size:,} bytes, {state.rows:,} rows of "
        f"{len(state.counts)} tables; history: {', '.join(heads) or 'none'}"
    )


COMMANDS = (backup, restore)
