"""Finding what people are to be told. Each thing is noted once for each person, whatever happens to
the job in between: the row's key says what it is about."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from tracker.agencies.models import Agency
from tracker.casework.words import CLOCK
from tracker.clocks.models import Clock
from tracker.clocks.queries import IS_FLAGGED
from tracker.core.db import db
from tracker.core.now import now
from tracker.core.together import insert_together
from tracker.history import actions as history
from tracker.history.models import HistoryEvent, HistoryPayload, HistorySubject
from tracker.history.names import EVENTS
from tracker.notifications import choices
from tracker.notifications.models import (
    HowOften,
    Notice,
    NoticeKind,
    NoticeMark,
    Watch,
)
from tracker.recommendations.models import Recommendation, Status

# what is older was no news when notices began, or when the person got the ask
NEWS = timedelta(days=3)
MARK = "events"
MOST_EVENTS = 5000  # a run


def collect(today: date) -> int:
    """Note what is new; how many notices."""
    found = [*_flags(today), *_next_actions(today), *_events()]
    wanted = choices.of_all({row["user_id"] for row in found})
    news = [
        row
        for row in found
        if getattr(wanted[row["user_id"]], row["kind"].value) is not HowOften.NEVER
    ]
    fresh = _not_yet_noted(news)
    insert_together(Notice, fresh)
    return len(fresh)


def _flags(today: date) -> Iterable[dict[str, Any]]:
    """Flags of the last days on asks that somebody has."""
    rows = db.session.execute(
        select(Clock.id, Clock.kind, Clock.due_on, Agency.slug, Recommendation)
        .join(Recommendation, Recommendation.id == Clock.recommendation_id)
        .outerjoin(Agency, Agency.id == Clock.agency_id)
        .where(
            *IS_FLAGGED,
            Clock.flagged_at > now() - NEWS,
            or_(Clock.snoozed_until.is_(None), Clock.snoozed_until <= today),
            Recommendation.assignee_id.is_not(None),
        )
    )
    for clock_id, kind, due_on, slug, ask in rows:
        said = f"{CLOCK[kind]}{f' ({slug})' if slug else ''}, due {due_on}"
        yield _notice(ask.assignee_id, NoticeKind.FLAG, f"flag {clock_id}", ask.id, said)


def _next_actions(today: date) -> Iterable[dict[str, Any]]:
    rows = db.session.execute(
        select(Recommendation.id, Recommendation.assignee_id, Recommendation.next_action_on).where(
            Recommendation.status != Status.CLOSED,
            Recommendation.assignee_id.is_not(None),
            Recommendation.next_action_on <= today,
            Recommendation.next_action_on > today - NEWS,
        )
    )
    for ask_id, user_id, on in rows:
        about = f"next {ask_id} {on}"
        yield _notice(user_id, NoticeKind.NEXT_ACTION, about, ask_id, f"Next action, for {on}")


def _events() -> Iterable[dict[str, Any]]:
    """What the history tells since it was read last: changes of what is watched, and asks that were
    given to somebody. One's own doing is no news."""
    mark = db.session.get(NoticeMark, MARK)
    # within a chain the numbers follow the order of the commits, across chains they need not
    of_changes = HistoryEvent.chain == history.MAIN
    newest = select(HistoryEvent.id).where(of_changes).order_by(HistoryEvent.position.desc())
    last = db.session.scalar(newest.limit(1)) or 0
    if mark is None:
        db.session.add(NoticeMark(name=MARK, event_id=last))
        return
    first, last = mark.event_id, min(last, mark.event_id + MOST_EVENTS)
    mark.event_id = last
    of_late = (of_changes, HistoryEvent.id > first, HistoryEvent.id <= last)
    watched = db.session.execute(
        select(Watch.user_id, HistoryEvent.id, HistoryEvent.name, HistorySubject.record_id)
        .join(HistorySubject, HistorySubject.record_id == Watch.record_id)
        .join(HistoryEvent, HistoryEvent.id == HistorySubject.event_id)
        .where(*of_late, HistoryEvent.actor_id.is_distinct_from(Watch.user_id))
    )
    for user_id, event_id, name, record_id in watched:
        about = f"event {event_id} {record_id}"
        yield _notice(user_id, NoticeKind.CHANGE, about, record_id, EVENTS.get(name, name))
    given = db.session.execute(
        select(
            HistoryEvent.id, HistoryEvent.actor_id, HistorySubject.record_id, HistoryPayload.body
        )
        .join(HistorySubject, HistorySubject.event_id == HistoryEvent.id)
        .join(HistoryPayload, HistoryPayload.event_id == HistoryEvent.id)
        .where(*of_late, HistoryEvent.name == "recommendation.changed")
    )
    for event_id, actor_id, record_id, body in given:
        told = json.loads(body)
        user_id = told.get("after", {}).get("assignee")
        if user_id not in (None, actor_id, told.get("before", {}).get("assignee")):
            about = f"given {event_id}"
            yield _notice(user_id, NoticeKind.ASSIGNED, about, record_id, "It was given to you")


def _notice(
    user_id: int | None, kind: NoticeKind, about: str, record_id: int, said: str
) -> dict[str, Any]:
    told = {"user_id": user_id, "kind": kind, "about": about, "record_id": record_id}
    return {**told, "said": said[:200], "noted_at": now(), "mail_id": None}


def _not_yet_noted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not rows:
        return []
    people = {row["user_id"] for row in rows}
    abouts = {row["about"] for row in rows}
    noted = db.session.execute(
        select(Notice.user_id, Notice.about).where(
            Notice.user_id.in_(people), Notice.about.in_(abouts)
        )
    )
    known = {(row.user_id, row.about) for row in noted}
    fresh = {(row["user_id"], row["about"]): row for row in rows}
    return [row for key, row in fresh.items() if key not in known]
