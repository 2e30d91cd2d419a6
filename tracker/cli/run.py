"""Commands that start the program, and those that look after its database and settings."""

import dataclasses
import gc
import os
import signal
import socket
from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from tracker import config_module, create_app
from tracker.accounts.models import Organisation
from tracker.agencies import reference
from tracker.cli.output import as_json, print_json
from tracker.clocks import default_rules
from tracker.core import migrate
from tracker.core.db import db, transaction
from tracker.core.errors import TrackerError
from tracker.core.now import today
from tracker.dashboards import kept
from tracker.demo import load as demonstration
from tracker.history import actions as history
from tracker.history import anchors
from tracker.history import queries as history_queries
from tracker.jobs import registry, runner, scheduler
from tracker.search.actions import index_missing

if TYPE_CHECKING:
    from config import Settings


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, envvar="PORT", show_default=True
)
@click.option("--no-serve", is_flag=True, help="Load the data, and stop.")
def demo(port: int, no_serve: bool) -> None:
    """Load the demonstration into an instance of its own, and serve it on loopback."""
    os.environ.setdefault("TRACKER_INSTANCE", "instance/demo")
    settings = config_module().load(base_url=f"http://localhost:{port}", demo=True)
    app = create_app(settings)
    with app.app_context():
        bring_up_to_date()
        _load_demonstration()
        sweep = registry.find("stale-sweep")
        assert sweep is not None
        runner.run_by_hand(sweep, today(), dry_run=False)
    if no_serve:
        return
    _refuse_taken(["127.0.0.1"], port)
    click.echo(f"The demonstration runs at http://localhost:{port}")
    click.echo("Log in as:")
    for line in demonstration.demo_login_lines():
        click.echo(line)
    click.echo("Stop it with Ctrl-C.")
    _serve(settings, _loopback(port), workers=1, with_scheduler=True)


def _load_demonstration() -> None:
    if demonstration.is_loaded():
        click.echo("The demonstration is loaded already, and stays as it is.")
        return
    if db.session.scalar(select(func.count(Organisation.id))):
        raise TrackerError(
            "This database holds an organisation already; the demonstration, whose passwords are "
            "known to all, is loaded only into an empty one."
        )
    db.session.rollback()
    with transaction():
        count = demonstration.load()
    click.echo(f"Loaded {count} public asks, unvetted, for demonstration.")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--no-scheduler", is_flag=True, help="Serve pages only.")
@with_appcontext
def serve(host: str, port: int, workers: int, no_scheduler: bool) -> None:
    """Serve the program, with its scheduled jobs: nightly ones, notices and mail."""
    _require_schema()
    if not host.strip():
        raise click.BadParameter("Name an address to listen on.", param_hint="--host")
    settings = current_app.extensions["tracker.settings"]
    _refuse_taken([host], port)
    if settings.base_url == config_module().BASE_URL:  # none was given
        settings = dataclasses.replace(settings, base_url=f"http://localhost:{port}")
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    click.echo(f"Serving at {address}, as {settings.base_url}. Stop it with Ctrl-C.")
    _serve(settings, [address], workers=workers, with_scheduler=not no_scheduler)


@click.command("scheduler")
@with_appcontext
def run_scheduler() -> None:
    """Run the scheduled jobs only; any number of such processes may run."""
    _require_schema()
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    running = scheduler.start(current_app._get_current_object())  # type: ignore[attr-defined]
    click.echo("The scheduler runs.")
    stop.wait()
    running.shutdown()


def _serve(
    settings: "Settings", addresses: list[str], *, workers: int, with_scheduler: bool
) -> None:
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc]
        """Gunicorn with our settings; the schedule runs in a thread of each worker."""

        def load_config(self) -> None:
            options = {
                "bind": addresses,
                "workers": workers,
                "worker_class": "gthread",
                "threads": 8,
                "loglevel": "warning",
                "proc_name": "tracker",
                "umask": 0o077,
                "control_socket_disable": True,
            }
            for name, value in options.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)
            if with_scheduler:
                self.cfg.set("post_worker_init", lambda worker: scheduler.start(worker.wsgi))

        def load(self) -> Flask:
            app = create_app(dataclasses.replace(settings))
            gc.disable()
            with app.app_context(), suppress(DBAPIError):
                kept.warm()
            gc.enable()
            gc.freeze()  # what stays need not be looked through again and again
            return app

    Server().run()


def _loopback(port: int) -> list[str]:
    """Both loopback addresses, as browsers may take either for `localhost`."""
    addresses = [f"127.0.0.1:{port}"]
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return addresses
    return [*addresses, f"[::1]:{port}"]


def _refuse_taken(hosts: list[str], port: int) -> None:
    for host in hosts:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
        except OSError as problem:
            reason = problem.strerror or problem
            raise TrackerError(f"Port {port} on {host} cannot be had: {reason}.") from None


@click.group("db", cls=AppGroup)
def database() -> None:
    """The database's schema."""


@database.command()
def upgrade() -> None:
    """Bring the schema to this version, and add missing bodies."""
    bring_up_to_date()
    click.echo(f"The schema is at {migrate.newest()}.")


@database.command()
def check() -> None:
    """Say whether the schema and the models agree."""
    _require_schema()
    found = migrate.differences(db.engine)
    for difference in found:
        click.echo(str(difference))
    if found:
        raise TrackerError("The schema and the models differ; see above.")
    click.echo("The schema and the models agree.")


def bring_up_to_date() -> None:
    """Migrate, and add the reference data that is missing."""
    with db.engine.connect() as connection:
        migrate.require_known(migrate.current(connection))
    migrate.upgrade(db.engine)
    db.session.rollback()
    with transaction():
        added = {"agencies": reference.load(), "clock_rules": default_rules.load()}
        if any(added.values()):
            history.record("reference.loaded", actor_id=None, body={"after": added})
        index_missing()


def _require_schema() -> None:
    with db.engine.connect() as connection:
        revision = migrate.current(connection)
        migrate.require_known(revision)
        if revision != migrate.newest():
            raise TrackerError("The database lacks this version's schema. Run: tracker db upgrade")


@click.command()
@as_json
@with_appcontext
def config(as_json: bool) -> None:
    """Print the effective settings, secrets masked."""
    shown = current_app.extensions["tracker.settings"].printable()
    if as_json:
        print_json(shown)
    else:
        for name, value in shown.items():
            click.echo(f"{name}={value}")


@click.group(cls=AppGroup)
def audit() -> None:
    """The chain of history."""


@audit.command()
@click.option(
    "--anchor",
    "kept",
    multiple=True,
    callback=lambda _context, _option, given: [_parsed(each) for each in given],
    help="What `tracker audit anchor` printed, kept elsewhere since. May be given several times.",
)
@as_json
def verify(as_json: bool, kept: list[anchors.Anchor]) -> None:
    """Check that no entry was edited, removed, reordered or cut off, nor all written anew since an
    anchor was taken."""
    verdicts = [*history_queries.verify(), *map(_seen_from, kept)]
    if as_json:
        print_json([dataclasses.asdict(verdict) for verdict in verdicts])
    for verdict in verdicts:
        if not as_json:
            said = verdict.problem or f"{verdict.length} entries, intact, head {verdict.head}"
            click.echo(f"{verdict.chain}: {said}")
    if any(verdict.problem for verdict in verdicts):
        raise TrackerError("The history was altered.")
    if not verdicts:
        raise TrackerError("There is no history at all, though every instance begins one.")


def _parsed(given: str) -> anchors.Anchor:
    try:
        return anchors.Anchor.parse(given)
    except ValueError as problem:
        raise click.BadParameter(str(problem)) from None


def _seen_from(anchor: anchors.Anchor) -> history_queries.Verdict:
    return history_queries.Verdict(
        f"{anchor.chain}, seen from the anchor", anchor.length, anchor.head, anchor.problem()
    )


@audit.command()
def anchor() -> None:
    """Print the head of the history, a line a chain, to be kept where this machine cannot reach."""
    for each in anchors.heads():
        click.echo(str(each))


COMMANDS = (demo, serve, run_scheduler, database, config, audit)
