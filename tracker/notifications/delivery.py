"""The job that empties the outbox, one mail and one transaction at a time."""

from contextlib import suppress
from datetime import date, timedelta
from time import sleep
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.exc import DBAPIError

from tracker.core.db import transaction
from tracker.core.now import today
from tracker.jobs.registry import Job
from tracker.notifications import outbox, smtp, unsubscribing
from tracker.notifications.models import Mail, MailState
from tracker.web.settings import settings

MOST_A_RUN = 500
# seconds between the tries to mark a mail: with the limit of its sending, less than its lease
WAITS = (1, 2, 4, 8, 16, 32)


def deliver(as_of: date) -> dict[str, Any]:
    """Send what is due; for a past day nothing. Each mail is claimed and committed, then sent with
    no transaction open, then marked. A process that dies before its text is handed over leaves it
    to the next; one that dies between that and the mark leaves it to a person, who asks whether it
    arrived. What the server has acknowledged goes once; what it does not answer in time is tried
    again (RFC 5321, 4.5.4.1), under the same Message-ID."""
    done = {"sent": 0, "failed": 0, "dropped": 0}
    if as_of != today():
        return {"examined": 0, **done, "waiting": _waiting()}
    with transaction():
        examined = outbox.give_up_unanswered()
    done["failed"] += examined
    if not settings().smtp_url:
        return {"examined": examined, **done, "waiting": _waiting()}
    while examined < MOST_A_RUN and (result := _deliver_one()) is not None:
        done[result] += 1
        examined += 1
    return {"examined": examined, **done, "waiting": _waiting()}


def _deliver_one() -> str | None:
    """How the next mail that is due fared; nothing where none is."""
    with transaction():
        mail = outbox.take_one()
        reason = outbox.why_not(mail) if mail else None
        if mail and reason:
            outbox.dropped(mail.id, reason)
        told = _told(mail) if mail else None
        mail_id, tries = (mail.id, mail.tries) if mail else (0, 0)
    if told is None:
        return None
    if reason:
        return "dropped"
    try:
        smtp.send(
            settings().smtp_url, smtp.message(**told), lambda: _mark_handed_over(mail_id, tries)
        )
    except _NotOurs:
        return "failed"
    except (smtp.Failed, ValueError) as problem:
        for_good = getattr(problem, "for_good", True)
        with transaction():
            outbox.failed(mail_id, tries, str(problem), for_good=for_good)
        return "failed"
    _mark_sent(mail_id)
    return "sent"


class _NotOurs(Exception):
    """Another process has taken the mail since: this one slept too long."""


def _mark_handed_over(mail_id: int, tries: int) -> None:
    with transaction():
        if not outbox.handed_over(mail_id, tries):
            raise _NotOurs


def _mark_sent(mail_id: int) -> None:
    """Keep that the server has it, though the database be busy or away for a while: until somebody
    else may take the mail again."""
    for wait in WAITS:
        with suppress(DBAPIError), transaction():
            outbox.sent(mail_id)
            return
        sleep(wait)
    with transaction():
        outbox.sent(mail_id)


def _told(mail: Mail) -> dict[str, str]:
    told = {
        "sender": settings().mail_from,
        "recipient": mail.recipient,
        "subject": mail.subject,
        "body": mail.body,
        "message_id": mail.message_id,
    }
    if mail.user_id:
        signed = unsubscribing.sign(mail.user_id, settings().secret_key)
        told["List_Unsubscribe"] = f"<{settings().base_url}/unsubscribe/{signed}>"
        told["List_Unsubscribe_Post"] = "List-Unsubscribe=One-Click"
    return told


def plan(_as_of: date) -> dict[str, Any]:
    """How much waits."""
    return {"examined": 0, "waiting": _waiting()}


def _waiting() -> int:
    return outbox.counts().get(MailState.WAITING, 0)


def host_of(base_url: str) -> str:
    """The host that Message-IDs name."""
    return urlsplit(base_url).hostname or "localhost"


JOB = Job(
    name="deliver-mail",
    summary="Sends the mail that waits in the outbox",
    hour=0,
    minute=0,
    run=deliver,
    plan=plan,
    every=timedelta(minutes=1),
)
