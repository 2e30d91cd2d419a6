"""The list of asks and the page of one ask as of a past day: what had happened by then, read from
rows that carry the days of their events and the times of their entry."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from flask import abort, request

from tracker.accounts.viewer import Viewer
from tracker.agencies.models import Agency
from tracker.casework.listing import filters_from_address
from tracker.clocks.models import Clock
from tracker.clocks.past import PastDay, flagged_on, flags_on, spans_on, status_on
from tracker.core.dates import PartialDate, show_day
from tracker.core.db import db
from tracker.core.now import today
from tracker.correspondence import queries as correspondence
from tracker.correspondence.models import Contact
from tracker.correspondence.rules import ContactFact, Standing, standing
from tracker.recommendations import queries as asks
from tracker.recommendations.filters import Filters
from tracker.recommendations.models import Outcome, Recommendation, Status, StatusSpan
from tracker.records.reach import open_before, seen_since, was_open
from tracker.records.readers import Owned
from tracker.targets.models import Target
from tracker.web import paging

T = TypeVar("T")
BY_TITLE = paging.Order("Title", Recommendation.sort_title, Recommendation.id)
# the filters that mean the same on any day, and those that are looked up on the day itself
OF_ANY_DAY = {"q", "instrument", "agency", "country", "region", "organisation"}
OF_THE_DAY = {"status", "cause", "stale", "open"}
NO_FILTER = {"as_of", "known_at", "cursor", "sort", "then", "columns", "view"}
FIRST_DAY = date(1900, 1, 1)


def chosen_past_day() -> PastDay | None:
    """The day that the address looks back on, if it does. One that is no day, or has not come yet,
    is a 400 that says so."""
    as_of, known_at = _day("as_of"), _day("known_at")
    if as_of is None:
        if known_at is not None:
            abort(400, "Say which day is to be shown too: “as_of” goes with “known_at”.")
        return None
    return PastDay(as_of, known_at)


def _day(name: str) -> date | None:
    typed = request.args.get(name, "").strip()
    if not typed:
        return None
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", typed):
            raise ValueError(typed)
        day = date.fromisoformat(typed)
    except ValueError:
        abort(400, f"“{typed[:20]}” is no day of the calendar. Give one as 2024-02-01.")
    if day > today():
        abort(400, f"{show_day(day)} has not come yet: today is {show_day(today())}.")
    if day < FIRST_DAY:
        abort(400, f"{show_day(day)} is too long ago. Give a day since 1900.")
    return day


@dataclass(frozen=True)
class PastList:
    """A page of the asks on record on a past day, with the span in which each was and its flags;
    `ignored` are the filters in the address that say something of today only."""

    day: PastDay
    page: paging.Page[Recommendation]
    spans: Mapping[int, StatusSpan]
    flags: Mapping[int, list[Clock]]
    narrowed: bool
    ignored: list[str]


def past_list(viewer: Viewer, day: PastDay) -> PastList:
    """The asks that were on record on the day and fit the filters in the address."""
    filters, cause, stale = filters_from_address(viewer)
    of_any_day = Filters(
        q=filters.q,
        instrument=filters.instrument,
        agency_id=filters.agency_id,
        country=filters.country,
        region=filters.region,
        organisation_id=filters.organisation_id,
    )
    statement = asks.listing(viewer, of_any_day)
    status = status_on(day)
    if filters.status:
        statement = statement.where(status == filters.status)
    elif filters.is_open:
        statement = statement.where(status != Status.CLOSED)
    else:
        statement = statement.where(status.is_not(None))
    if day.before is not None:
        statement = statement.where(was_open(Recommendation, viewer, day.before))
    if cause or stale:
        statement = statement.where(flagged_on(day, cause))
    page = paging.fetch(statement, BY_TITLE, request.args.get("cursor"))
    ids = [ask.id for ask in page.rows]
    used = {name for name, value in request.args.items() if value} - NO_FILTER
    known = OF_ANY_DAY | OF_THE_DAY
    return PastList(
        day,
        page,
        spans_on(viewer, ids, day),
        flags_on(viewer, ids, day),
        bool(used & known),
        sorted(used - known),
    )


@dataclass(frozen=True)
class PastAsk:
    """One ask as it stood on a past day: nothing of it where it was not on record."""

    ask: Recommendation
    day: PastDay
    span: StatusSpan | None
    flags: list[Clock]
    standings: Mapping[int, Standing]
    contacts: list[Contact]
    agencies_of_contact: Mapping[int, list[Agency]]
    outcomes: list[Outcome]

    @property
    def happened(self) -> list[tuple[str, Contact | Outcome]]:
        """Contacts and outcomes on one line of time, by their earliest day, the newest first."""
        dated: list[tuple[PartialDate | None, str, Contact | Outcome]] = [
            *((one.happened_on, "contact", one) for one in self.contacts),
            *((one.effective_on, "outcome", one) for one in self.outcomes),
        ]
        dated.sort(key=lambda each: each[0].earliest if each[0] else date.min)
        return [(kind, one) for _, kind, one in reversed(dated)]


def past_ask(viewer: Viewer, ask: Recommendation, day: PastDay) -> PastAsk:
    """The page of one ask as of a past day. Who reads it since a day later than that on which it is
    to be known, reads what was known on the former."""
    own = [ask.id]
    since = seen_since(ask.id, ask.organisation_id, viewer)
    if since is not None and day.known_at is not None:
        day = PastDay(day.as_of, max(day.known_at, since.date()))
    contacts = _open_then(
        viewer,
        day,
        {
            contact: [contact]
            for contact in correspondence.contacts_of(viewer, own)[ask.id]
            if day.stands(contact.happened_on, contact.created_at, contact.voided_at)
        },
    )
    agencies = correspondence.bodies_met(contact.id for contact in contacts)
    facts = [_fact(contact, agencies.get(contact.id, [])) for contact in contacts]
    outcomes = _open_then(
        viewer,
        day,
        {
            # what stands for a duplicate, and the duplicate itself, which was loaded with it
            outcome: [outcome.target, db.session.get(Target, outcome.target_id)]
            if outcome.target
            else []
            for outcome in asks.outcomes_of(viewer, own)[ask.id]
            if day.stands(outcome.effective_on, outcome.recorded_at, outcome.voided_at)
        },
    )
    return PastAsk(
        ask,
        day,
        spans_on(viewer, own, day).get(ask.id),
        flags_on(viewer, own, day).get(ask.id, []),
        {row.agency_id: standing(facts, row.agency_id, []) for row in ask.addressees},
        contacts,
        agencies,
        outcomes,
    )


def _open_then(viewer: Viewer, day: PastDay, resting: Mapping[T, Sequence[Any]]) -> list[T]:
    """Those of some things that rest on records which the viewer reads without a break since before
    the day by which things are to be known."""
    if day.before is None:
        return list(resting)
    owned = [Owned.of(row) for rows in resting.values() for row in rows]
    opened = open_before(viewer, owned, day.before)
    return [thing for thing, rows in resting.items() if opened.issuperset(row.id for row in rows)]


def _fact(contact: Contact, agencies: list[Agency]) -> ContactFact:
    ids = frozenset(agency.id for agency in agencies)
    return ContactFact(contact.id, contact.happened_on, contact.substance, ids)
