"""Commands about scheduled jobs."""

import json
from datetime import date, datetime

import click
from flask.cli import AppGroup

from tracker.cli.output import DAY, as_json, print_json, print_table
from tracker.core.now import today
from tracker.jobs import registry, runner
from tracker.jobs.models import JobRun


@click.group("jobs", cls=AppGroup)
def jobs_group() -> None:
    """Scheduled jobs."""


@jobs_group.command("list")
@as_json
def list_jobs(as_json: bool) -> None:
    """List the jobs and when they run."""
    found = [
        {"name": job.name, "summary": job.summary, "when": job.when} for job in registry.all_jobs()
    ]
    if as_json:
        print_json(found)
    else:
        rows = [[job["name"], job["when"], job["summary"]] for job in found]
        print_table(rows, ["name", "when", "does"])


def _day(_context: click.Context, _option: click.Parameter, value: datetime | None) -> date | None:
    return value.date() if value else None


@jobs_group.command("run")
@click.argument("name")
@click.option(
    "--at",
    "as_of",
    type=DAY,
    callback=_day,
    help="As of that day (YYYY-MM-DD); today by default.",
)
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@as_json
def run_job(name: str, as_of: date | None, dry_run: bool, as_json: bool) -> None:
    """Run a job now."""
    job = registry.find(name)
    if job is None:
        known = ", ".join(job.name for job in registry.all_jobs())
        raise click.BadParameter(f"“{name}” is no job. Known: {known}.", param_hint="NAME")
    outcome = runner.run_by_hand(job, as_of or today(), dry_run=dry_run)
    if as_json:
        print_json(outcome.as_dict())
        return
    for key, value in outcome.as_dict().items():
        click.echo(f"{key}: {len(value) if isinstance(value, list) else value}")


@jobs_group.command("history")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@as_json
def job_history(limit: int, as_json: bool) -> None:
    """List the last runs."""
    runs = runner.history(limit)
    if as_json:
        print_json([_run(run) for run in runs])
    else:
        rows = [[run.job, run.as_of, run.state, run.started_at, run.error] for run in runs]
        print_table(rows, ["job", "as of", "state", "started", "error"])


def _run(run: JobRun) -> dict[str, object]:
    figures = json.loads(run.result)
    return {
        "job": run.job,
        "as_of": run.as_of.isoformat(),
        **runner.NOTHING_DONE,
        **figures,
        "seconds": (run.finished_at - run.started_at).total_seconds() if run.finished_at else None,
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "state": run.state.value,
        "error": run.error,
        "host": run.host,
    }


COMMANDS = (jobs_group,)
