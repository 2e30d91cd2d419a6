"""The mails that notices go out in: at once, in their reader's morning, or on Monday's."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update

from tracker.accounts.models import User
from tracker.accounts.viewer import Viewer
from tracker.core.db import db
from tracker.core.now import now, today
from tracker.jobs.registry import Job
from tracker.notifications import choices, collecting, outbox
from tracker.notifications.delivery import host_of
from tracker.notifications.holding import flags_on, still_holding, still_true
from tracker.notifications.models import (
    HowOften,
    MailKind,
    Notice,
    NoticeChoice,
    NoticeKind,
)
from tracker.records.models import Record
from tracker.web.settings import settings

MORNING = time(7)


def send(as_of: date) -> dict[str, Any]:
    """Write the mails that are due by now, of what was noted as it happened and of next actions
    whose day has come. A past day sends nothing."""
    if as_of != today():
        return {"examined": 0, "noted": 0, "written": 0}
    noted = collecting.note_next_actions(as_of)
    waiting = _waiting()
    wanted = choices.of_all(waiting.keys())
    people = select(User).where(User.id.in_(waiting.keys()), User.active)
    flags = flags_on(each for own in waiting.values() for each in own)
    known = _records(each for own in waiting.values() for each in own)
    written, untold = 0, 0
    for user in db.session.scalars(people):
        rows = [(each, known[each.record_id]) for each in waiting[user.id]]
        nothing, over = _telling_nothing(Viewer.of(user), rows, flags)
        if over:
            db.session.execute(delete(Notice).where(Notice.id.in_(over)))
        untold += len(nothing)
        due = [
            each
            for each in waiting[user.id]
            if each.id not in nothing
            and _is_due(each, wanted[user.id], now())
            and not flags.get(each.about)
        ]
        if due:
            _write(user, due)
            written += 1
    examined = sum(map(len, waiting.values())) - untold
    return {"examined": examined, "noted": noted, "written": written}


# what is noted as it happens, and not again
ONCE = (NoticeKind.CHANGE, NoticeKind.ASSIGNED)


def _records(notices: Iterable[Notice]) -> dict[int, Record]:
    ids = {each.record_id for each in notices}
    return {row.id: row for row in db.session.scalars(select(Record).where(Record.id.in_(ids)))}


def _telling_nothing(
    viewer: Viewer, waiting: Sequence[tuple[Notice, Record]], flags: Mapping[str, bool]
) -> tuple[set[int], set[int]]:
    """The ids of the notices that tell their reader nothing as it is, and of those among them that
    never will. They make no mail that is then dropped, and no count, by which an admin would learn
    that something is kept from somebody. Flags that rest are told when they do no more."""
    rows = [(notice, record) for notice, record in waiting if not flags.get(notice.about)]
    notices = [notice for notice, _ in rows]
    held = {notice.id for notice, _ in still_holding(viewer, rows, flags)}
    nothing = {each.id for each in notices} - held
    true = still_true(viewer, notices, flags)
    over = {each.id for each in notices if each.kind in ONCE or each.id not in true}
    return nothing, nothing & over


def _waiting() -> dict[int, list[Notice]]:
    found = defaultdict(list)
    unsent = select(Notice).where(Notice.mail_id.is_(None)).order_by(Notice.user_id, Notice.id)
    for notice in db.session.scalars(unsent):
        found[notice.user_id].append(notice)
    return found


def _is_due(notice: Notice, choice: NoticeChoice, moment: datetime) -> bool:
    often: HowOften = getattr(choice, notice.kind.value)
    if often is HowOften.NEVER:
        return False
    day = _day_of(notice)
    if often is HowOften.AT_ONCE:
        return day is None or day <= moment.astimezone(ZoneInfo(choice.time_zone)).date()
    morning = _morning_before(moment, choice.time_zone, often)
    return morning > notice.noted_at and (day is None or day <= morning.date())


def _day_of(notice: Notice) -> date | None:
    """The day of a next action, which is that of its reader."""
    if notice.kind is not NoticeKind.NEXT_ACTION:
        return None
    return date.fromisoformat(notice.about.rpartition(" ")[2])


def _morning_before(moment: datetime, time_zone: str, often: HowOften) -> datetime:
    """The last morning of the reader's up to a moment; of Mondays, if it is to be weekly."""
    zone = ZoneInfo(time_zone)
    local = moment.astimezone(zone)
    day = local.date()
    if local.time() < MORNING:
        day -= timedelta(days=1)
    if often is HowOften.WEEKLY:
        day -= timedelta(days=day.weekday())
    return datetime.combine(day, MORNING, zone)


def _write(user: User, notices: list[Notice]) -> None:
    """One mail for all of them, whose text is made when it goes."""
    base_url = settings().base_url
    mail = outbox.write(
        MailKind.NOTICE,
        f"notices {user.id} {secrets.token_hex(8)}",  # a notice may be given back, and go again
        recipient=user.email,
        subject="Notices",
        body="",
        host=host_of(base_url),
        user_id=user.id,
    )
    ids = [each.id for each in notices]
    db.session.execute(update(Notice).where(Notice.id.in_(ids)).values(mail_id=mail.id))


JOB = Job(
    name="send-digests",
    summary="Writes the mails of what people are to be told",
    hour=0,
    minute=0,
    run=send,
    every=timedelta(minutes=5),
)
