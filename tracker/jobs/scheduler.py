"""APScheduler: fires in any number of processes; the runner sees that each period runs once."""

import logging
from contextlib import suppress
from datetime import time

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask
from sqlalchemy.exc import DBAPIError

from tracker.core.now import now
from tracker.jobs import heartbeat, runner
from tracker.jobs.registry import Job, all_jobs

log = logging.getLogger(__name__)


def start(app: Flask) -> BackgroundScheduler:
    """Start the schedule in a thread of this process. Times are UTC: a local 01:30 comes twice on
    the day that summer time ends. At the start, each job whose hour has passed today runs. Each
    minute it leaves a sign of life in the database."""
    scheduler = BackgroundScheduler(timezone="UTC")
    every = IntervalTrigger(seconds=int(heartbeat.EVERY.total_seconds()), timezone="UTC")
    scheduler.add_job(_beat, every, [app], id="heartbeat", coalesce=True, next_run_time=now())
    for job in all_jobs():
        fire = {"args": [app, job], "misfire_grace_time": None, "coalesce": True}
        trigger = CronTrigger(hour=job.hour, minute=job.minute, timezone="UTC")
        scheduler.add_job(_fire, trigger, id=job.name, **fire)
        scheduler.add_job(_catch_up, id=f"{job.name} at start", **fire)
    scheduler.add_listener(_report, EVENT_JOB_ERROR)
    scheduler.start()
    return scheduler


def _beat(app: Flask) -> None:
    """One that fails, since somebody writes or the database is gone, is what its absence says."""
    with app.app_context(), suppress(DBAPIError):
        heartbeat.beat()


def _fire(app: Flask, job: Job) -> None:
    with app.app_context():
        outcome = runner.run_scheduled(job)
    if outcome:
        log.info("%s ran for %s", job.name, outcome.as_of)


def _catch_up(app: Flask, job: Job) -> None:
    """An hour at which no process ran is made up for at the next start on that day."""
    if now().time() >= time(job.hour, job.minute):
        _fire(app, job)


def _report(event: JobExecutionEvent) -> None:
    log.error("job %s failed: %s", event.job_id, event.exception)
