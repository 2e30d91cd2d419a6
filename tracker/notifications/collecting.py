"""What people are to be told, noted in the transaction in which it happens. Each thing is noted
once for each person: the row's key says what it is about."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Integer,
    SQLColumnExpression,
    String,
    bindparam,
    case,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    true,
)

from tracker.agencies.models import Agency
from tracker.casework.words import CLOCK
from tracker.clocks.models import Clock
from tracker.clocks.queries import IS_FLAGGED
from tracker.core.dates import MONTHS, show_day
from tracker.core.db import Base, built_once, changed_rows, db
from tracker.core.now import now, today
from tracker.core.together import insert_together
from tracker.history import actions as history
from tracker.history.actions import Change
from tracker.history.models import HistorySubject
from tracker.history.names import EVENTS
from tracker.notifications import choices
from tracker.notifications.models import (
    HowOften,
    Notice,
    NoticeChoice,
    NoticeKind,
    NoticeMark,
    Watch,
)
from tracker.recommendations.models import Recommendation, Status
from tracker.records.models import Audience, Grant

# what is older was no news when the person got the ask
NEWS = timedelta(days=3)
DAY_LENGTH = len("2026-01-31")
CHUNK = 1000  # parameters that every database takes
NEXT_ACTIONS = "next actions"
SWEEP = "job.stale_sweep"  # flags many asks, and names none


def note_changes(changes: Sequence[Change]) -> None:
    """Note what people are to be told of changes that are about to be committed, with them."""
    _note([*_watched(changes), *_given(changes)])
    if any(map(_is_todays_sweep, changes)):
        _note_flags(_flags_of_all())
    else:
        _note_flags(_flags_of_changed(), first=changes[0].event_id, last=changes[-1].event_id)


def _is_todays_sweep(change: Change) -> bool:
    """Whether flags of many asks were set just now; a sweep of a past day tells nobody."""
    if change.name != SWEEP:
        return False
    said = json.loads(change.body).get("after", {})
    return bool(said.get("as_of") == today().isoformat())


def note_next_actions(day: date) -> int:
    """Note the next actions whose days have come somewhere on earth since this was done last; and,
    once a day, the fresh flags that a sweep of a past day left untold. How many."""
    mark = db.session.get(NoticeMark, NEXT_ACTIONS)
    if mark is None:
        mark = NoticeMark(name=NEXT_ACTIONS, day=day)
        db.session.add(mark)
    count = _note(_next_actions(min(mark.day, day) - NEWS, day + timedelta(days=1)))
    if mark.day < day:
        history.keep_others_out()  # whoever changes something now notes the same flags
        count += _note_flags(_flags_of_all())
    mark.day = day
    return count


def _watched(changes: Sequence[Change]) -> Iterable[dict[str, Any]]:
    """Changes of what somebody watches. One's own doing is no news."""
    by_id = {change.event_id: change for change in changes}
    rows = db.session.execute(
        select(Watch.user_id, HistorySubject.event_id, HistorySubject.record_id)
        .join(HistorySubject, HistorySubject.record_id == Watch.record_id)
        .where(_of(changes))
    )
    for user_id, event_id, record_id in rows:
        change = by_id.get(event_id)
        if change and change.actor_id != user_id:
            about, said = f"event {event_id} {record_id}", EVENTS[change.name]
            yield _notice(user_id, NoticeKind.CHANGE, about, record_id, said)


def _of(changes: Sequence[Change]) -> ColumnElement[bool]:
    """The subjects of changes, however many, and perhaps of a read that was noted in between."""
    return HistorySubject.event_id.between(changes[0].event_id, changes[-1].event_id)


def _given(changes: Sequence[Change]) -> Iterable[dict[str, Any]]:
    """Asks that were given to somebody by somebody else."""
    given = {}
    for change in changes:
        if change.name == "recommendation.changed":
            told = json.loads(change.body)
            user_id = told.get("after", {}).get("assignee")
            if user_id not in (None, change.actor_id, told.get("before", {}).get("assignee")):
                given[change.event_id] = user_id
    if given:
        subjects = select(HistorySubject).where(HistorySubject.event_id.in_(given))
        for row in db.session.scalars(subjects):
            about = f"given {row.event_id}"
            said = "It was assigned to you"
            yield _notice(given[row.event_id], NoticeKind.ASSIGNED, about, row.record_id, said)


def _note_flags(fresh: Insert, **chosen: Any) -> int:
    """Note fresh flags on asks that somebody has; how many."""
    moment = {"at": now(), "since": now() - NEWS}
    return changed_rows(fresh, {**moment, **chosen})


@built_once
def _flags_of_all() -> Insert:
    return _flags(true())


@built_once
def _flags_of_changed() -> Insert:
    events = HistorySubject.event_id.between(bindparam("first"), bindparam("last"))
    return _flags(Recommendation.id.in_(select(HistorySubject.record_id).where(events)))


def flag_key() -> ColumnElement[str]:
    """What a flag is known by, inside a query over clocks: computing a clock anew makes a new row
    and may give it another day, and makes no new flag."""
    parts = (Clock.recommendation_id, Clock.kind, Clock.agency_id, Clock.start_key)
    words = [func.coalesce(cast(part, String), "") for part in parts]
    key: ColumnElement[str] = literal("flag")
    for word in (*words, func.substr(cast(Clock.flagged_at, String), 1, DAY_LENGTH)):
        key = key + " " + word
    return key


def _is_seen_by_its_assignee() -> ColumnElement[bool]:
    """That whoever has an ask sees it: it can be for named people, and they not be of them."""
    named = select(Grant.record_id).where(
        Grant.record_id == Recommendation.id, Grant.user_id == Recommendation.assignee_id
    )
    return or_(Recommendation.audience != Audience.NAMED, named.exists())


def _shown(day: SQLColumnExpression[date | None]) -> ColumnElement[str]:
    """A day as pages write it, inside a query."""
    written = cast(day, String)
    number = cast(cast(func.substr(written, 9, 2), Integer), String)
    month = case(
        {f"{at:02}": name for at, name in enumerate(MONTHS, 1)}, value=func.substr(written, 6, 2)
    )
    return number + " " + month + " " + func.substr(written, 1, 4)


def _flags(which: ColumnElement[bool]) -> Insert:
    """The statement that notes some flags: one, since a night can bring tens of thousands."""
    about = flag_key()
    body = func.coalesce(literal(" (") + Agency.short_name + ")", "")
    due = func.coalesce(literal(", due ") + _shown(Clock.due_on), "")
    said = case(CLOCK, value=Clock.kind) + body + due
    is_noted = select(Notice.id).where(
        Notice.user_id == Recommendation.assignee_id, Notice.about == about
    )
    fresh = (
        select(
            Recommendation.assignee_id,
            literal(NoticeKind.FLAG, Notice.kind.type),
            about,
            Recommendation.id,
            said,
            bindparam("at", type_=Notice.noted_at.type),
        )
        .join(Clock, Clock.recommendation_id == Recommendation.id)
        .outerjoin(Agency, Agency.id == Clock.agency_id)
        .outerjoin(NoticeChoice, NoticeChoice.user_id == Recommendation.assignee_id)
        .where(
            which,
            *IS_FLAGGED,
            Clock.flagged_at > bindparam("since"),
            Recommendation.assignee_id.is_not(None),
            _is_seen_by_its_assignee(),
            func.coalesce(NoticeChoice.flag, choices.DEFAULTS[NoticeKind.FLAG]) != HowOften.NEVER,
            ~is_noted.exists(),
        )
    )
    columns = ["user_id", "kind", "about", "record_id", "said", "noted_at"]
    return insert(Base.metadata.tables[Notice.__tablename__]).from_select(columns, fresh)


def _next_actions(after: date, until: date) -> Iterable[dict[str, Any]]:
    rows = db.session.execute(
        select(Recommendation.id, Recommendation.assignee_id, Recommendation.next_action_on).where(
            Recommendation.status != Status.CLOSED,
            Recommendation.assignee_id.is_not(None),
            _is_seen_by_its_assignee(),
            Recommendation.next_action_on > after,
            Recommendation.next_action_on <= until,
        )
    )
    for ask_id, user_id, on in rows:
        assert on is not None
        about = f"next {ask_id} {on}"
        yield _notice(
            user_id, NoticeKind.NEXT_ACTION, about, ask_id, f"Next action due {show_day(on)}"
        )


def _note(found: Iterable[dict[str, Any]]) -> int:
    """Keep those that their readers want and have not got; how many."""
    rows = list(found)
    if not rows:
        return 0
    wanted = choices.of_all({row["user_id"] for row in rows})
    news = [
        row
        for row in rows
        if getattr(wanted[row["user_id"]], row["kind"].value) is not HowOften.NEVER
    ]
    fresh = _not_yet_noted(news)
    insert_together(Notice, fresh)
    return len(fresh)


def _notice(
    user_id: int | None, kind: NoticeKind, about: str, record_id: int, said: str
) -> dict[str, Any]:
    told = {"user_id": user_id, "kind": kind, "about": about, "record_id": record_id}
    return {**told, "said": said[:200], "noted_at": now(), "mail_id": None}


def _not_yet_noted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not rows:
        return []
    people = {row["user_id"] for row in rows}
    abouts = sorted({row["about"] for row in rows})
    known = set()
    for place in range(0, len(abouts), CHUNK):
        noted = select(Notice.user_id, Notice.about).where(
            Notice.user_id.in_(people), Notice.about.in_(abouts[place : place + CHUNK])
        )
        known |= {(row.user_id, row.about) for row in db.session.execute(noted)}
    fresh = {(row["user_id"], row["about"]): row for row in rows}
    return [row for key, row in fresh.items() if key not in known]
