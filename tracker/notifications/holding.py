"""What notices still hold, and may be told to those whom they were noted for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import false, func, select, union_all

from tracker.accounts.viewer import Viewer
from tracker.casework.telling import saying_nothing
from tracker.clocks.models import Clock
from tracker.clocks.queries import IS_FLAGGED
from tracker.core.db import db
from tracker.core.now import today
from tracker.correspondence.models import Contact, Letter
from tracker.history.models import HistoryEvent
from tracker.history.queries import entries
from tracker.notifications.collecting import flag_key
from tracker.notifications.models import (
    Notice,
    NoticeKind,
)
from tracker.recommendations.models import Recommendation, Status
from tracker.records.models import Record
from tracker.records.queries import knows_plans_of
from tracker.records.reach import history_since, is_told
from tracker.sources.models import Source
from tracker.targets.models import Target


def still_holding(
    viewer: Viewer, rows: list[tuple[Notice, Record]], flags: Mapping[str, bool]
) -> list[tuple[Notice, Record]]:
    """Those that are still true, of records that the reader sees now; in as many statements for one
    as for hundreds."""
    since = history_since(viewer, {record.reference for _, record in rows})
    notices = [notice for notice, record in rows if record.reference in since]
    true = still_true(viewer, notices, flags)
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


def flags_on(notices: Iterable[Notice]) -> dict[str, bool]:
    """The flags in force on the asks of some notices, by what they are known by; whether each
    rests."""
    asks = {notice.record_id for notice in notices if notice.kind is NoticeKind.FLAG}
    rests = func.coalesce(Clock.snoozed_until > today(), false())
    found = select(flag_key(), rests).where(Clock.recommendation_id.in_(asks), *IS_FLAGGED)
    return {row[0]: bool(row[1]) for row in db.session.execute(found)}


def still_true(viewer: Viewer, notices: list[Notice], flags: Mapping[str, bool]) -> set[int]:
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


def _moments(notices: list[Notice]) -> dict[int, datetime]:
    """When what the notices of changes tell of happened, by the id of the event."""
    ids = {_number(notice) for notice in notices if notice.kind is NoticeKind.CHANGE}
    events = select(HistoryEvent.id, HistoryEvent.at).where(HistoryEvent.id.in_(ids))
    return {row.id: row.at for row in db.session.execute(events)}


def _number(notice: Notice) -> int:
    return int(notice.about.split()[1])
