"""Commands that look after the index of search."""

import click
from flask.cli import AppGroup

from tracker.core.db import transaction
from tracker.search import actions

search = AppGroup("search", help="The index of search.")


@search.command()
def reindex() -> None:
    """Make the index anew from the records, and leave nothing of what was erased in it."""
    with transaction():
        count = actions.reindex()
    click.echo(f"{count} records are indexed.")


COMMANDS = (search,)
