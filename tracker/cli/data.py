"""Commands that read records, each on behalf of somebody."""

import secrets
import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import urlencode

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import Select
from werkzeug.exceptions import HTTPException

from tracker.accounts.queries import viewer_for
from tracker.accounts.viewer import Viewer
from tracker.casework.list_words import LABELS, SWITCHES
from tracker.casework.listing import filters_from_address, narrowed_by_address
from tracker.cli.output import DAY, as_json, print_json
from tracker.core.db import db, transaction
from tracker.core.errors import TrackerError
from tracker.core.now import today
from tracker.dashboards.past import past_figures
from tracker.dashboards.statistics import statistics
from tracker.exchange import export_json
from tracker.exchange.actions import record_export
from tracker.recommendations.models import Recommendation
from tracker.web.settings import settings

# how the page shows the list, and no filter
OF_THE_PAGE = {"columns", "sort", "then"}
as_somebody = click.option(
    "--as", "email", required=True, metavar="EMAIL", help="On behalf of this account."
)


def _narrowing(viewer: Viewer, pairs: Sequence[str]) -> export_json.Narrow | None:
    """What `k=v` texts leave of the asks, read as the page of the list reads its address; nothing
    where there are none. Raises `click.UsageError` for one that is no filter."""
    if not pairs:
        return None
    names = sorted({*SWITCHES, *LABELS} - OF_THE_PAGE)
    given = [pair.partition("=") for pair in pairs]
    for name, _, value in given:
        if name not in names or not value.strip():
            raise click.UsageError(f"--filter {name}: there are {', '.join(names)}, as k=v.")
    if len({name for name, _, _ in given}) < len(given):
        raise click.UsageError("--filter: each name once; an ask has one value of each.")
    address = f"/?{urlencode([(name, value) for name, _, value in given], errors='replace')}"

    def narrow(statement: Select[Recommendation]) -> Select[Recommendation]:
        with current_app.test_request_context(address):
            return narrowed_by_address(statement, viewer)

    try:
        with current_app.test_request_context(address):
            filters_from_address(viewer)
    except HTTPException as problem:
        raise click.UsageError(f"--filter: {problem.description}") from None
    return narrow


@click.command()
@click.argument("format_", metavar="FORMAT", type=click.Choice(["json"]))
@click.option("--out", required=True, type=click.Path(dir_okay=False, allow_dash=True))
@as_somebody
@click.option(
    "--filter",
    "filters",
    multiple=True,
    metavar="k=v",
    help="Narrow the asks by a filter of the list, as status=submitted; several narrow further.",
)
@with_appcontext
def export(format_: str, out: str, email: str, filters: tuple[str, ...]) -> None:
    """Write what an account may see to a file."""
    viewer = viewer_for(email)
    narrow = _narrowing(viewer, filters)
    base_url = settings().base_url

    def write(file: IO[str]) -> dict[str, int]:
        made = export_json.export(viewer, file, today(), base_url, narrow)
        db.session.rollback()
        with transaction():
            record_export(viewer, format_, filters, made)
        return made.counts

    if out == "-":
        with SpooledTemporaryFile(export_json.SPOOLED, "w+", encoding="utf-8") as kept:
            write(kept)
            kept.seek(0)
            shutil.copyfileobj(kept, sys.stdout)
        return
    path = Path(out)
    is_file = path.is_file() or not path.exists()  # a device or a pipe stays what it is
    path = path.resolve() if is_file else path
    part = path.parent / f".{path.name}.{secrets.token_hex(4)}.part" if is_file else path
    try:
        with part.open("x" if is_file else "w", encoding="utf-8") as file:
            counts = write(file)
        if is_file:
            part.replace(path)  # what was cut off never stands under the name asked for
    except OSError as problem:
        raise TrackerError(f"{out} cannot be written: {problem.strerror}.") from None
    finally:
        if is_file:
            with suppress(OSError):
                part.unlink()
    click.echo(", ".join(f"{count} {name}" for name, count in counts.items()))


@click.command()
@as_somebody
@as_json
@click.option("--as-of", type=DAY, metavar="DATE", help="How the asks stood on a past day.")
@click.option("--known-at", type=DAY, metavar="DATE", help="As known on that day; else as now.")
@with_appcontext
def stats(email: str, as_json: bool, as_of: datetime | None, known_at: datetime | None) -> None:
    """Print the figures of the dashboards; of a past day those that are kept as spans."""
    viewer = viewer_for(email)
    if known_at is not None and as_of is None:
        raise click.UsageError("--known-at goes with --as-of: which day is to be shown?")
    for day in (as_of, known_at):
        if day is not None and day.date() > today():
            raise click.UsageError(f"{day:%Y-%m-%d} has not come yet: today is {today()}.")
    if as_of is None:
        found = statistics(viewer, today())
    else:
        known = known_at.date() if known_at else None
        found = past_figures(viewer, as_of.date(), known).as_dict(viewer)
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        if isinstance(value, dict):
            click.echo(f"{name}:")
            for key, count in value.items():
                click.echo(f"  {key}: {_in_words(count)}")
        else:
            click.echo(f"{name}: {_in_words(value)}")


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_in_words(each)}" for name, each in value.items())
    return "–" if value is None else str(value)


COMMANDS = (export, stats)
