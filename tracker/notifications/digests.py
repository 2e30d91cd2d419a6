"""The mails that notices go out in: at once, in their reader's morning, or on Monday's."""

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import delete, false, func, select, union_all, update

from tracker.accounts.models import User
from tracker.accounts.viewer import Viewer
from tracker.casework.telling import saying_nothing
from tracker.clocks.models import Clock
from tracker.clocks.queries import IS_FLAGGED
from tracker.core.db import db
from tracker.core.now import now, today
from tracker.correspondence.models import Contact, Letter
from tracker.history.models import HistoryEvent
from tracker.history.queries import entries
from tracker.jobs.registry import Job
from tracker.notifications import choices, collecting, outbox
from tracker.notifications.collecting import flag_key
from tracker.notifications.delivery import host_of
from tracker.notifications.models import (
    HowOften,
    Mail,
    MailKind,
    Notice,
    NoticeChoice,
    NoticeKind,
)
from tracker.notifications.titles import titles
from tracker.recommendations.models import Recommendation, Status
from tracker.records.models import Kind, Record
from tracker.records.queries import knows_plans_of
from tracker.records.reach import history_since, is_told
from tracker.sources.models import Source
from tracker.targets.models import Target

MORNING = time(7)
ROOMS = {
    Kind.RECOMMENDATION: "recommendations",
    Kind.LETTER: "letters",
    Kind.TARGET: "targets",
    Kind.CONTACT: "contacts",
    Kind.SOURCE: "sources",
}
HEADINGS = {
    NoticeKind.FLAG: "Gone stale",
    NoticeKind.ASSIGNED: "Given to you",
    NoticeKind.NEXT_ACTION: "Next actions due",
    NoticeKind.CHANGE: "Changed, which you watch",
}
FOOT = """
{what}Log in by typing the address yourself.
What you are told, and how often: {base_url}/account/notices
"""


def send(as_of: date) -> dict[str, Any]:
    """Write the mails that are due by now, of what was noted as it happened and of next actions
    whose day has come. A past day sends nothing."""
    if as_of != today():
        return {"examined": 0, "noted": 0, "written": 0}
    noted = collecting.note_next_actions(as_of)
    waiting = _waiting()
    wanted = choices.of_all(waiting.keys())
    people = select(User).where(User.id.in_(waiting.keys()), User.active)
    flags = _flags(each for own in waiting.values() for each in own)
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
    holding = {notice.id for notice, _ in _holding(viewer, rows, flags)}
    nothing = {each.id for each in notices} - holding
    true = _still_true(viewer, notices, flags)
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
    base_url = current_app.extensions["tracker.settings"].base_url
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


def compose(mail: Mail) -> str | None:
    """Make the text of a mail of what still holds and its reader still sees; or say why it need not
    go."""
    user = db.session.get(User, mail.user_id) if mail.user_id else None
    if user is None or not user.active:
        return "The account is closed."
    rows = db.session.execute(
        select(Notice, Record)
        .join(Record, Record.id == Notice.record_id)
        .where(Notice.mail_id == mail.id)
        .order_by(Notice.id)
    ).all()
    viewer = Viewer.of(user)
    flags = _flags(row[0] for row in rows)
    for row in rows:
        if flags.get(row[0].about):
            row[0].mail_id = None  # it rests: it is told when it does no more
    wanted = choices.of(user.id)
    holding = _holding(
        viewer,
        [
            (notice, record)
            for notice, record in rows
            if notice.mail_id and getattr(wanted, notice.kind.value) is not HowOften.NEVER
        ],
        flags,
    )
    if not holding:
        return "What it told of is over, or not for its reader any more."
    base_url = current_app.extensions["tracker.settings"].base_url
    counts = Counter(notice.kind for notice, _ in holding)
    told = ", ".join(
        f"{HEADINGS[kind].lower()}: {counts[kind]}" for kind in HEADINGS if counts[kind]
    )
    mail.subject = f"Advocacy Tracker, {told}"
    mail.body = _text(holding, titles(viewer, (record.id for _, record in holding)), base_url)
    return None


def _text(
    holding: Sequence[tuple[Notice, Record]], titles: Mapping[int, str], base_url: str
) -> str:
    parts = []
    for kind, heading in HEADINGS.items():
        own = [(notice, record) for notice, record in holding if notice.kind is kind]
        if own:
            lines = [
                "\n    ".join(
                    [
                        f"  {record.reference}  {notice.said}",
                        *([titles[record.id]] if record.id in titles else []),
                        f"{base_url}/{ROOMS[record.kind]}/{record.reference}",
                    ]
                )
                for notice, record in own
            ]
            parts.append("\n".join([f"{heading} ({len(own)})", *lines]))
    what = "" if titles else "What the asks are about stands on their pages, not in mail. "
    return "\n\n".join(parts) + "\n" + FOOT.format(what=what, base_url=base_url)


def _holding(
    viewer: Viewer, rows: list[tuple[Notice, Record]], flags: Mapping[str, bool]
) -> list[tuple[Notice, Record]]:
    """Those that are still true, of records that the reader sees now; in as many statements for one
    as for hundreds."""
    since = history_since(viewer, {record.reference for _, record in rows})
    notices = [notice for notice, record in rows if record.reference in since]
    true = _still_true(viewer, notices, flags)
    happened = _moments(notices)
    hidden = saying_nothing(viewer, entries(happened), _of_others(viewer, notices))
    open_events = happened.keys() - hidden
    return [
        (notice, record)
        for notice, record in rows
        if notice.id in true
        and (
            notice.kind is not NoticeKind.CHANGE
            or (
                _number(notice) in open_events
                and is_told(since, record.reference, happened[_number(notice)])
            )
        )
    ]


OWNED: tuple[Any, ...] = (Recommendation, Letter, Target, Source, Contact)


def _of_others(viewer: Viewer, notices: Iterable[Notice]) -> set[int]:
    """The events of notices about records of which the viewer is not told what is done next."""
    events = defaultdict(set)
    for notice in notices:
        if notice.kind is NoticeKind.CHANGE:
            events[notice.record_id].add(_number(notice))
    owners = union_all(
        *(select(model.id, model.organisation_id).where(model.id.in_(events)) for model in OWNED)
    )
    return {
        number
        for key, owner in db.session.execute(owners)
        if not knows_plans_of(viewer, owner)
        for number in events[key]
    }


def _flags(notices: Iterable[Notice]) -> dict[str, bool]:
    """The flags in force on the asks of some notices, by what they are known by; whether each
    rests."""
    asks = {notice.record_id for notice in notices if notice.kind is NoticeKind.FLAG}
    rests = func.coalesce(Clock.snoozed_until > today(), false())
    found = select(flag_key(), rests).where(Clock.recommendation_id.in_(asks), *IS_FLAGGED)
    return {row[0]: bool(row[1]) for row in db.session.execute(found)}


def _still_true(viewer: Viewer, notices: list[Notice], flags: Mapping[str, bool]) -> set[int]:
    """The ids of the notices that hold, whatever their reader may be told of the record's past."""
    asks = {notice.record_id for notice in notices if notice.kind is not NoticeKind.CHANGE}
    mine = select(Recommendation.id, Recommendation.status, Recommendation.next_action_on).where(
        Recommendation.id.in_(asks), Recommendation.assignee_id == viewer.user_id
    )
    theirs = {row.id: row for row in db.session.execute(mine)}

    def holds(notice: Notice) -> bool:
        if notice.kind is NoticeKind.CHANGE:
            return True
        ask = theirs.get(notice.record_id)
        if ask is None:
            return False
        if notice.kind is NoticeKind.FLAG:
            return notice.about in flags
        if notice.kind is NoticeKind.NEXT_ACTION:
            is_that_day = str(ask.next_action_on) == notice.about.rpartition(" ")[2]
            return is_that_day and ask.status is not Status.CLOSED
        return True

    return {notice.id for notice in notices if holds(notice)}


def _moments(notices: list[Notice]) -> dict[int, datetime]:
    """When what the notices of changes tell of happened, by the id of the event."""
    ids = {_number(notice) for notice in notices if notice.kind is NoticeKind.CHANGE}
    events = select(HistoryEvent.id, HistoryEvent.at).where(HistoryEvent.id.in_(ids))
    return {row.id: row.at for row in db.session.execute(events)}


def _number(notice: Notice) -> int:
    return int(notice.about.split()[1])


JOB = Job(
    name="send-digests",
    summary="Writes the mails of what people are to be told",
    hour=0,
    minute=0,
    run=send,
    every=timedelta(minutes=5),
)
