"""APScheduler: fires in any number of processes; the runner sees that each period runs once."""

import logging
import time
from contextlib import suppress
from datetime import timedelta
from threading import Thread
from typing import Any

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
CATCH_UP_EVERY = timedelta(minutes=10)
RETRY_AFTER = timedelta(hours=1)
LOOKED_AT_EVERY = 10  # seconds
JUMP = timedelta(seconds=30)  # back: less than that is a clock being set


def start(app: Flask) -> BackgroundScheduler:
    """Start the schedule in a thread of this process. Times are UTC: a local 01:30 comes twice on
    the day that summer time ends. At the start and every few minutes, what was due last and is not
    done is made up for: the process that had it may have died. Each
    minute it leaves a sign of life in the database."""
    scheduler = BackgroundScheduler(timezone="UTC")
    every = IntervalTrigger(seconds=int(heartbeat.EVERY.total_seconds()), timezone="UTC")
    scheduler.add_job(_beat, every, [app], id="heartbeat", coalesce=True, next_run_time=now())
    for job in all_jobs():
        fire: dict[str, Any] = {"misfire_grace_time": None, "coalesce": True}
        if job.every:  # at once: what it did not do while nothing ran is not called late for long
            scheduler.add_job(
                _fire, trigger(job), [app, job], id=job.name, next_run_time=now(), **fire
            )
            continue
        scheduler.add_job(_fire, trigger(job), [app, job], id=job.name, **fire)
        scheduler.add_job(_catch_up, args=[app, job], id=f"{job.name} at start", **fire)
        again = IntervalTrigger(seconds=int(CATCH_UP_EVERY.total_seconds()), timezone="UTC")
        wait = {"id": f"{job.name} again", **fire}
        scheduler.add_job(_catch_up, again, [app, job, RETRY_AFTER], **wait)
    scheduler.add_listener(_report, EVENT_JOB_ERROR)
    scheduler.start()
    Thread(target=_watch_the_clock, args=[scheduler], daemon=True).start()
    return scheduler


def _watch_the_clock(scheduler: BackgroundScheduler) -> None:
    """A clock that was ahead is put right: what was to fire by it fires by the right one."""
    wall, steady = now(), time.monotonic()
    while scheduler.running:
        time.sleep(LOOKED_AT_EVERY)
        passed = timedelta(seconds=time.monotonic() - steady)
        if now() < wall + passed - JUMP:
            follow_clock(scheduler)
        wall, steady = now(), time.monotonic()


def follow_clock(scheduler: BackgroundScheduler) -> None:
    """Let what comes every few minutes fire now, and what comes each night at its next hour."""
    for job in scheduler.get_jobs():
        if isinstance(job.trigger, IntervalTrigger):
            job.modify(next_run_time=now())
        elif job.trigger is not None and isinstance(job.trigger, CronTrigger):
            job.modify(next_run_time=job.trigger.get_next_fire_time(None, now()))


def trigger(job: Job) -> CronTrigger | IntervalTrigger:
    """When a job fires: once in each day of UTC, whatever the clocks of the place do, or each time
    that its period has passed."""
    if job.every:
        return IntervalTrigger(seconds=int(job.every.total_seconds()), timezone="UTC")
    return CronTrigger(hour=job.hour, minute=job.minute, timezone="UTC")


def _beat(app: Flask) -> None:
    """One that fails, since somebody writes or the database is gone, is what its absence says."""
    with app.app_context(), suppress(DBAPIError):
        heartbeat.beat()


def _fire(app: Flask, job: Job) -> None:
    if job.every:
        # where somebody writes, or the database is gone, the next period is soon enough
        with app.app_context(), suppress(DBAPIError):
            runner.run_scheduled(job)
        return
    with app.app_context():
        outcome = runner.run_scheduled(job)
    if outcome:
        log.info("%s ran for %s", job.name, outcome.as_of)


def _catch_up(app: Flask, job: Job, rest: timedelta = timedelta()) -> None:
    """What no process did at its hour, or did not bring to an end, is made up for."""
    with app.app_context():
        outcome = runner.catch_up(job, rest=rest)
    if outcome:
        log.info("%s caught up on %s", job.name, outcome.as_of)


def _report(event: JobExecutionEvent) -> None:
    log.error("job %s failed: %s", event.job_id, event.exception)
