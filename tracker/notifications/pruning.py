"""What is kept for a time and then forgotten."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete

from tracker.accounts import lockout, sessions
from tracker.accounts.models import Invitation, LoginFailure, LoginSession, Token
from tracker.core.db import changed_rows
from tracker.core.now import now
from tracker.jobs.models import JobRun, RunState
from tracker.jobs.registry import Job, all_jobs
from tracker.notifications import inviting, outbox

RUNS_KEPT = timedelta(days=2)  # of a job that runs every minute, where it did nothing wrong
INVITATIONS_KEPT = timedelta(days=90)


def prune(_as_of: date) -> dict[str, Any]:
    """Delete what is over: log-ins, failures of log-ins, tokens, invitations, sent mail, and the
    many runs of jobs that run every few minutes."""
    moment = now()
    runs = delete(JobRun).where(
        JobRun.job.in_([job.name for job in all_jobs() if job.every]),
        JobRun.state == RunState.SUCCEEDED,
        JobRun.started_at < moment - RUNS_KEPT,
    )
    log_ins = delete(LoginSession).where(~sessions.lasts(moment))
    failures = delete(LoginFailure).where(LoginFailure.at < moment - lockout.KEPT)
    tokens = delete(Token).where(Token.expires_at < moment)
    invitations = delete(Invitation).where(Invitation.expires_at < moment - INVITATIONS_KEPT)
    figures = {
        "runs": changed_rows(runs),
        "log_ins": changed_rows(log_ins),
        "failures": changed_rows(failures),
        "tokens": changed_rows(tokens),
        "invitations": changed_rows(invitations),
        "mails": outbox.forget_old(moment - outbox.KEPT),
        "mails_of_invitations": inviting.drop_over(),
    }
    return {"examined": sum(figures.values()), **figures}


JOB = Job(
    name="prune",
    summary="Deletes log-ins, tokens, invitations, mail and runs that are over",
    hour=3,
    minute=20,
    run=prune,
    of_today=True,
)
