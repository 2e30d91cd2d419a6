"""Writing mail into the outbox, and keeping how each one fared."""

import secrets
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, update

from tracker.core.db import changed_rows, db
from tracker.core.errors import Refused, Unknown
from tracker.core.now import now
from tracker.history import actions as history
from tracker.notifications.models import Mail, MailKind, MailState, Notice

FIRST_WAIT = timedelta(minutes=1)  # doubled after each try
LONGEST_WAIT = timedelta(hours=6)
MOST_TRIES = 17  # over two days
LEASE = timedelta(minutes=5)  # a process that took a mail and died leaves it to another then
KEPT = timedelta(days=90)
UNANSWERED = (
    "It may have arrived: the program ended after it gave the mail to the server, before it could "
    "keep the answer. Ask its reader before you try again."
)

# whether a mail may still go: nothing, or why not; it may write the text anew
Check = Callable[[Mail], str | None]
_checks: dict[MailKind, Check] = {}


def check_before_sending(kind: MailKind, check: Check) -> None:
    """Have mail of a kind looked at once more before it goes."""
    _checks[kind] = check


def write(
    kind: MailKind,
    about: str,
    *,
    recipient: str,
    subject: str,
    body: str,
    host: str,
    user_id: int | None = None,
) -> Mail:
    """Put a mail into the outbox, in the caller's transaction. Its subject has one line."""
    mail = Mail(
        kind=kind,
        about=about,
        user_id=user_id,
        recipient=recipient,
        subject=" ".join(subject.split())[:200],
        body=body,
        message_id=f"<{secrets.token_hex(16)}@{host}>",
    )
    db.session.add(mail)
    db.session.flush()
    return mail


def take_one() -> Mail | None:
    """The mail that has waited longest and is due, which is now ours for a while."""
    moment = now()
    due = (
        select(Mail.id)
        .where(
            _is_due(moment),
            Mail.state.in_((MailState.WAITING, MailState.SENDING)),
            Mail.handed_over_at.is_(None),
        )
        .order_by(Mail.next_try_at, Mail.id)
        .limit(1)
    )
    found = db.session.scalar(due)
    if found is None:
        return None
    return db.session.scalars(
        update(Mail)
        .where(Mail.id == found)
        .values(state=MailState.SENDING, next_try_at=moment + LEASE, tries=Mail.tries + 1)
        .returning(Mail)
    ).one()


def _is_due(moment: datetime) -> ColumnElement[bool]:
    """What was written, or was to be tried, by a clock that was ahead is due too."""
    return or_(Mail.next_try_at <= moment, Mail.next_try_at > moment + LONGEST_WAIT)


def why_not(mail: Mail) -> str | None:
    """Why a mail should not go any more, if there is a reason."""
    check = _checks.get(mail.kind)
    return check(mail) if check else None


def handed_over(mail_id: int, tries: int) -> bool:
    """Its text goes to the server now; or not, where it was taken by another meanwhile: who took it
    for this try slept longer than it was theirs."""
    ours = (Mail.state == MailState.SENDING, Mail.tries == tries, Mail.handed_over_at.is_(None))
    change = update(Mail).where(Mail.id == mail_id, *ours).values(handed_over_at=now())
    return changed_rows(change) == 1


def give_up_unanswered() -> int:
    """Give up the mails whose process ended before it kept the server's answer: they may have
    arrived, and what a server acknowledged goes once, unless somebody wants it again. How many they
    are."""
    moment = now()
    unanswered = update(Mail).where(
        Mail.state == MailState.SENDING,
        Mail.handed_over_at.is_not(None),
        _is_due(moment),
    )
    change = unanswered.values(state=MailState.DEAD, ended_at=moment, problem=UNANSWERED)
    given_up = change.returning(Mail.id).execution_options(synchronize_session=False)
    return len(db.session.scalars(given_up).all())


def sent(mail_id: int) -> None:
    """A server has taken it: it is not sent again. Its text is of no more use."""
    _end(mail_id, MailState.SENT, "", body="")


def dropped(mail_id: int, reason: str) -> None:
    """It does not go."""
    _end(mail_id, MailState.DROPPED, reason, body="")


def drop(mail_ids: Collection[int], reason: str) -> None:
    """Several mails do not go, and lose their texts."""
    change = (
        update(Mail)
        .where(Mail.id.in_(mail_ids))
        .values(state=MailState.DROPPED, ended_at=now(), problem=reason, body="")
    )
    db.session.execute(change.execution_options(synchronize_session=False))


def failed(mail_id: int, tries: int, problem: str, *, for_good: bool) -> None:
    """A try did not go; it is tried again after a while that doubles, unless it is of no use."""
    if for_good or tries >= MOST_TRIES:
        _end(mail_id, MailState.DEAD, problem, of_try=tries, handed_over_at=None)
        return
    wait = min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT)
    _change(
        mail_id,
        of_try=tries,
        state=MailState.WAITING,
        next_try_at=now() + wait,
        handed_over_at=None,
        problem=problem[:300],
    )


def retry(mail_id: int, *, actor_id: int | None) -> None:
    """Try a dead mail again. Raises `Unknown`, and `Refused` for one that is not dead."""
    mail = db.session.get(Mail, mail_id)
    if mail is None:
        raise Unknown("There is no such mail.")
    if mail.state is not MailState.DEAD:
        raise Refused("It is not given up: it is sent by itself, or was.")
    mail.state, mail.tries, mail.next_try_at = MailState.WAITING, 0, now()
    mail.handed_over_at = mail.ended_at = None
    history.record("mail.retried", actor_id=actor_id, body={"after": {"id": mail.id}})


def counts() -> dict[MailState, int]:
    """How many mails stand how."""
    rows = db.session.execute(select(Mail.state, func.count()).group_by(Mail.state))
    return {row[0]: row[1] for row in rows}


UNSENT = (MailState.WAITING, MailState.SENDING, MailState.DEAD, MailState.DROPPED)


def unsent() -> Select[Mail]:
    """What waits, and what was given up or dropped."""
    return select(Mail).where(Mail.state.in_(UNSENT))


def forget_old(before: datetime) -> int:
    """Delete what has ended before a moment, with the notices that it told of, which would wait for
    a mail once more; how many mails."""
    over = select(Mail.id).where(Mail.ended_at < before)
    told = delete(Notice).where(Notice.mail_id.in_(over))
    db.session.execute(told.execution_options(synchronize_session=False))
    gone = delete(Mail).where(Mail.ended_at < before).returning(Mail.id)
    return len(db.session.scalars(gone.execution_options(synchronize_session=False)).all())


def _end(
    mail_id: int, state: MailState, problem: str, of_try: int | None = None, **more: str | None
) -> None:
    _change(mail_id, of_try, state=state, ended_at=now(), problem=problem[:300], **more)


def _change(mail_id: int, of_try: int | None = None, **values: object) -> None:
    """Keep how a mail of ours fared: also one that was given up for want of an answer, which came
    after all. What is of one try says nothing of a later one."""
    unanswered = and_(Mail.state == MailState.DEAD, Mail.handed_over_at.is_not(None))
    ours = or_(Mail.state.in_((MailState.SENDING, MailState.WAITING)), unanswered)
    change = update(Mail).where(Mail.id == mail_id, ours).values(**values)
    if of_try is not None:
        change = change.where(Mail.tries == of_try)
    db.session.execute(change.execution_options(synchronize_session=False))
