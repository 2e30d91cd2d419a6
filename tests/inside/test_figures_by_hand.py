"""Figures, waits, past days and open forms, held against what is counted or written out by hand."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from icalendar import Calendar
from sqlalchemy import func, select

from tests.front.support import Sitting
from tests.inside.samples import (
    CaseFile,
    ask_input,
    ask_of,
    letter_input,
    reading,
    record_case,
    writing,
)
from tests.support.factories import a_number, make
from tests.support.people import Person
from tracker.accounts.models import Organisation, Token, TokenScope, User
from tracker.accounts.permissions import Role
from tracker.accounts.secret_words import digest
from tracker.accounts.viewer import ANONYMOUS, MACHINE, Viewer
from tracker.admin import erasing
from tracker.casework import actions
from tracker.casework.actions.bulk_plan import BulkInput, state_of
from tracker.casework.inputs import Fate, LetterInput, NextInput, ReceiptInput
from tracker.clocks.models import Cause, Clock, ClockState
from tracker.clocks.sweep import sweep
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.now import now, today
from tracker.correspondence import queries as correspondence
from tracker.correspondence.models import Letter
from tracker.dashboards import kept, timeliness
from tracker.dashboards.past import past_figures
from tracker.feeds import calendar
from tracker.notifications.holding import still_true
from tracker.notifications.models import Notice, NoticeKind
from tracker.recommendations.models import (
    Addressee,
    ClosureReason,
    Outcome,
    Recommendation,
    Result,
    Status,
    StatusSpan,
)
from tracker.recommendations.workflow import Change
from tracker.records.models import Audience, RecordMixin
from tracker.records.queries import visible
from tracker.sources import queries as sources
from tracker.sources.actions import SourceInput
from tracker.targets import queries as targets

# ---- what the dashboard keeps


def the_letter(viewer: Viewer, reference: str) -> Letter:
    found = correspondence.letter(viewer, reference)
    assert found is not None, reference
    return found


def show(viewer: Viewer, case: CaseFile, audience: Audience, *named: Viewer) -> None:
    target = targets.get(viewer, case.target)
    assert target is not None
    ask = ask_of(viewer, case.ask)
    rows: list[RecordMixin] = [ask, the_letter(viewer, case.letter), target]
    rows += [use.source for use in sources.cited_by(viewer, [ask.id])[ask.id]]
    people = [person.user_id or 0 for person in named]
    actions.share(viewer, rows, audience, reason="For the test.", named=people)


def change_to(viewer: Viewer, case: CaseFile, change: Change) -> None:
    ask = ask_of(viewer, case.ask)
    actions.change_status(viewer, ask, change, SourceInput(), ask.version)


def counted(viewer: Viewer) -> tuple[int, dict[Status, int], int]:
    """Asks, asks by status, and letters that are not void, counted through the filter."""
    asks = visible(select(func.count(Recommendation.id)), Recommendation, viewer)
    statuses = select(Recommendation.status, func.count()).group_by(Recommendation.status)
    letters = select(func.count(Letter.id)).where(Letter.voided_at.is_(None))
    return (
        db.session.scalar(asks) or 0,
        dict(db.session.execute(visible(statuses, Recommendation, viewer)).all()),
        db.session.scalar(visible(letters, Letter, viewer)) or 0,
    )


def test_the_figures_of_each_reader_are_what_the_filter_lets_through_after_each_step(
    app: Flask, staff: Person, colleague: Person, other_staff: Person, partner: Person
) -> None:
    owner, people = staff.viewer, (colleague.viewer, partner.viewer)
    gone = Change(Status.CLOSED, PartialDate(2024, 1, 10), reason="He died.")
    gone = replace(gone, closure_reason=ClosureReason.MOOT)
    steps: dict[str, Callable[[CaseFile], object]] = {
        "by name": lambda case: show(owner, case, Audience.NAMED, *people),
        "to the house": lambda case: show(owner, case, Audience.ORGANISATION),
        "closed": lambda case: change_to(owner, case, gone),
        "to everybody": lambda case: show(owner, case, Audience.PUBLIC),
        "by another name": lambda case: show(owner, case, Audience.NAMED, other_staff.viewer),
        "void": lambda case: actions.void_letter(
            owner, the_letter(owner, case.letter), Fate.WITHDRAWN, "Another letter was meant."
        ),
        "within": lambda case: show(owner, case, Audience.ORGANISATION),
    }
    readers = [owner, other_staff.viewer, *people, ANONYMOUS, MACHINE]
    with writing(app):
        case = record_case(owner)
        record_case(other_staff.viewer, Audience.COALITION, "Another case")
    for name, step in steps.items():
        with writing(app):
            step(case)
        with reading(app):
            for reader in readers:
                found = kept.figures(reader, today())
                told = found.total, found.by_status, found.letters
                assert told == counted(reader), (name, reader)


def test_the_figures_of_yesterday_are_not_those_of_today(app: Flask, staff: Person) -> None:
    with writing(app):
        record_case(staff.viewer)
    with reading(app):
        days = [today() + timedelta(days=n) for n in (0, 0, 1, 0)]
        assert [kept.figures(staff.viewer, day).as_of for day in days] == days


# ---- how long agencies take

ASKED, TODAY = PartialDate(2024, 1, 15), date(2024, 3, 15)
REOPENED = {"until_on": PartialDate(2024, 2, 20), "ended_at": now()}
IN_ERROR = {"voided_at": now(), "void_reason": "Another ask was meant."}
CLOSED_ON = PartialDate(2024, 2, 15)
WAITING = (60, False)

# what came of an ask by way of reply and outcome; its closings; and how long it waited for each
WAITS: dict[str, tuple[dict[str, Any], list[dict[str, Any]], Any, Any]] = {
    "open": ({}, [], WAITING, WAITING),
    "closed": ({}, [{}], (31, False), (31, False)),
    "reopened": ({}, [REOPENED], WAITING, WAITING),
    "closed in error": ({}, [IN_ERROR], WAITING, WAITING),
    "reopened and closed again": (
        {},
        [REOPENED, {"from_on": PartialDate(2024, 3, 1)}],
        (46, False),
        (46, False),
    ),
    "closed before it was sent": ({}, [{"from_on": PartialDate(2023, 12)}], (0, False), (0, False)),
    "closed in a year": ({}, [{"from_on": PartialDate(2024)}], None, None),
    "answered": ({"on": PartialDate(2024, 2, 1)}, [], (17, True), (17, True)),
    "answered and closed": ({"on": PartialDate(2024, 3, 1)}, [{}], (46, True), (46, True)),
    "answered in the month of the letter": ({"on": PartialDate(2024, 1)}, [], (0, True), (0, True)),
    "answered in a year": ({"on": PartialDate(2024)}, [], None, None),
    "asked in a year": ({"asked": PartialDate(2024)}, [], None, None),
    "asked in a month": ({"asked": PartialDate(2024, 2)}, [], (43, False), (43, False)),
    "not sent": ({"asked": None}, [], None, None),
    "a void outcome": ({"on": PartialDate(2024, 2, 1), "is_void": True}, [], (17, True), WAITING),
}


@pytest.mark.parametrize("what", WAITS)
def test_a_wait_goes_on_until_an_answer_or_the_closing_that_holds(
    context: Flask, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    given, closings, reply, outcome = WAITS[what]
    asked, on = given.get("asked", ASKED), given.get("on")
    ask = make(Recommendation, status=Status.SUBMITTED, submitted_on=asked)
    on_it = {"recommendation_id": ask.id}
    make(Addressee, **on_it, asked_on=asked, acknowledged_on=on, answered_on=on)
    for closing in closings:
        make(StatusSpan, **on_it, status=Status.CLOSED, **{"from_on": CLOSED_ON, **closing})
    if on:
        make(Outcome, **on_it, effective_on=on, voided_at=now() if given.get("is_void") else None)
    monkeypatch.setattr(timeliness, "median_wait", list)
    replies, outcomes = ([wait] if wait else [] for wait in (reply, outcome))
    found: dict[str, Any] = {**timeliness.timeliness(MACHINE, TODAY)}
    assert found == {"acknowledgement": replies, "reply": replies, "outcome": outcomes}


# ---- past days


def test_what_a_sweep_flags_later_was_not_known_before_it(
    app: Flask, staff: Person, on_day: Callable[[str], None]
) -> None:
    on_day("2023-10-24")
    with writing(app):
        actions.record_letter(staff.viewer, letter_input())
    on_day("2024-03-01")
    with writing(app):
        sweep(today())
    with reading(app):
        flags = {
            known_at: set(past_figures(staff.viewer, date(2024, 2, 1), known_at).stale_by_cause)
            for known_at in (date(2024, 2, 1), date(2024, 2, 29), date(2024, 3, 1), None)
        }
    late = {Cause.UNACKNOWLEDGED, Cause.SILENT}
    assert list(flags.values()) == [set(), set(), late, late]


def unsent_letter(viewer: Viewer) -> Letter:
    """A letter on record as a draft, with its ask."""
    given: LetterInput = replace(letter_input(), is_sent=False)
    return the_letter(viewer, actions.record_letter(viewer, given).reference)


def test_an_ask_whose_letter_never_went_out_was_a_draft_until_it_was_closed(
    app: Flask, staff: Person, on_day: Callable[[str], None]
) -> None:
    viewer = staff.viewer
    on_day("2024-01-10")
    with writing(app):
        reference = unsent_letter(viewer).reference
    on_day("2024-03-01")
    moot = Change(Status.CLOSED, PartialDate(2024, 3, 1), reason="He died.")
    with writing(app):
        letter = the_letter(viewer, reference)
        sent = ReceiptInput(None, sent_on=PartialDate(2024, 2, 1))
        actions.record_receipt(viewer, letter, sent, letter.version)
        [ask] = correspondence.asks_of(viewer, [letter.id])[letter.id]
        moot = replace(moot, closure_reason=ClosureReason.MOOT)
        actions.change_status(viewer, ask, moot, SourceInput(), ask.version)

    def statuses() -> list[dict[Status, int]]:
        days = [date(2024, 1, 9), date(2024, 1, 10), date(2024, 2, 15), date(2024, 3, 1)]
        with reading(app):
            return [past_figures(viewer, day).by_status for day in days]

    draft, submitted, closed = {Status.DRAFT: 1}, {Status.SUBMITTED: 1}, {Status.CLOSED: 1}
    assert statuses() == [{}, draft, submitted, closed]
    with writing(app):
        letter = the_letter(viewer, reference)
        actions.void_letter(viewer, letter, Fate.UNSENT, "It never went out.")
    assert statuses() == [{}, draft, draft, closed]


# ---- forms that were open meanwhile


def test_who_has_the_form_of_an_ask_open_when_its_letter_becomes_void_is_told(
    app: Flask, staff: Person
) -> None:
    viewer = staff.viewer
    with writing(app):
        letter = unsent_letter(viewer)
        [ask] = correspondence.asks_of(viewer, [letter.id])[letter.id]
        by_hand = Change(Status.SUBMITTED, PartialDate.of(today()))
        actions.change_status(viewer, ask, by_hand, SourceInput(), ask.version)
        path, reference = f"/recommendations/{ask.reference}", letter.reference
    form = Sitting(staff, f"{path}/edit").type({"title": "A title typed meanwhile"})
    with writing(app):
        actions.void_letter(viewer, the_letter(viewer, reference), Fate.UNSENT, "Entered twice.")
    assert form.send_once().status_code == 409
    with reading(app):
        assert ask_of(viewer, path.rpartition("/")[2]).status is Status.SUBMITTED
    assert "A title typed meanwhile" not in staff.get(path).text


def leave(person: Person, role: Role, house: str = "") -> None:
    user = db.session.get_one(User, person.viewer.user_id)
    owner = make(Organisation, name=house) if house else user.organisation
    actions.change_user(user, role, owner)


LEAVING: dict[str, Callable[[Person], None]] = {
    "for another house": lambda person: leave(person, Role.STAFF, "Another house"),
    "as a partner": lambda person: leave(person, Role.PARTNER),
    "for good": lambda person: erasing.erase_person(person.email),
}


@pytest.mark.parametrize("how", LEAVING)
def test_a_plan_that_was_open_when_its_assignee_left_is_not_saved(
    app: Flask, staff: Person, colleague: Person, how: str
) -> None:
    with writing(app):
        ask = actions.add_ask(staff.viewer, ask_input())
        given = NextInput(colleague.viewer.user_id, "Call them", None)
        actions.set_next(staff.viewer, ask, given, ask.plan_version)
        reference = ask.reference
    form = Sitting(staff, f"/recommendations/{reference}/next").type({"next_action": "Write"})
    with writing(app):
        LEAVING[how](colleague)
    assert form.send_once().status_code == 409
    with reading(app):
        ask = ask_of(staff.viewer, reference)
        assert (ask.assignee_id, ask.next_action) == (None, "Call them")


def test_what_was_reopened_with_others_stays_open_where_its_outcome_is_void_since(
    app: Flask, staff: Person
) -> None:
    viewer = staff.viewer
    closing = Change(Status.CLOSED, PartialDate(2024, 1, 10))
    closing = replace(closing, closure_reason=ClosureReason.ACTED_IN_FULL)
    with writing(app):
        cases = [record_case(viewer, title=title) for title in ("First", "Second")]
        for case in cases:
            change_to(viewer, case, closing)
    with writing(app):
        states = {case.ask: state_of(ask_of(viewer, case.ask)) for case in cases}
        again = BulkInput(to=Status.SUBMITTED, on=PartialDate.of(today()), reason="Not enough.")
        key = actions.change_together(viewer, states, again).id
    with writing(app):
        outcome = db.session.get_one(Outcome, cases[0].outcome)
        actions.void_outcome(viewer, ask_of(viewer, cases[0].ask), outcome, "It was another one.")
    with writing(app):
        bulk = actions.undo_together(viewer, key)
        assert bulk is not None
        kept_why = {row.record_id: row.kept_why for row in bulk.rows}
    with reading(app):
        first, second = (ask_of(viewer, case.ask) for case in cases)
        assert (first.status, first.closure_reason) == (Status.SUBMITTED, None)
        assert first.result is Result.NONE_KNOWN
        assert "for an outcome that no longer stands" in kept_why[first.id]
        assert (second.status, second.closure_reason) == (
            Status.CLOSED,
            ClosureReason.ACTED_IN_FULL,
        )
        assert kept_why[second.id] == ""


# ---- what goes to other machines

DAY = date(2024, 3, 1)
OPEN: dict[str, Any] = {"status": Status.SUBMITTED}
CLOSED: dict[str, Any] = {"status": Status.CLOSED, "closure_reason": ClosureReason.MOOT}


@pytest.mark.parametrize(
    ("stands", "planned", "holds"),
    [(OPEN, DAY, True), (CLOSED, DAY, False), (OPEN, None, False), (OPEN, date(2024, 3, 2), False)],
)
def test_a_next_action_goes_into_mail_while_its_ask_is_open_and_its_day_stays(
    context: Flask, staff: Person, stands: dict[str, Any], planned: date | None, holds: bool
) -> None:
    who = staff.viewer.user_id
    ask = make(Recommendation, assignee_id=who, next_action_on=planned, **stands)
    about = f"next {ask.id} {DAY}"
    told = {"user_id": who, "record_id": ask.id, "about": about}
    notice = make(Notice, kind=NoticeKind.NEXT_ACTION, **told)
    assert still_true(staff.viewer, [notice], {}) == ({notice.id} if holds else set())


def in_calendar(viewer: Viewer) -> list[tuple[str, date]]:
    """What a viewer's calendar of the day says, and on which days."""
    text = calendar.deadlines(viewer, "https://example.org", DAY, "a secret")
    events: list[Any] = list(Calendar.from_ical(text).walk("VEVENT"))
    return [(str(event["summary"]), event["dtstart"].dt) for event in events]


def test_a_calendar_shows_no_action_of_a_closed_ask(context: Flask, staff: Person) -> None:
    own = {"organisation_id": staff.viewer.organisation_id, "next_action_on": DAY}
    ask, _ = make(Recommendation, **own, **OPEN), make(Recommendation, **own, **CLOSED)
    assert in_calendar(staff.viewer) == [(f"{ask.reference}: next action", DAY)]


def days_from_it(*counts: int) -> list[date]:
    return [DAY + timedelta(days=count) for count in counts]


@pytest.mark.parametrize(
    ("most", "shown"), [(2, [0, 5]), (3, [0, 5, 9]), (4, [0, 5, 9, -80]), (9, [0, 5, 9, -80, -1])]
)
def test_a_full_calendar_leaves_out_what_is_past_before_what_is_to_come(
    context: Flask, staff: Person, monkeypatch: pytest.MonkeyPatch, most: int, shown: list[int]
) -> None:
    own = {"organisation_id": staff.viewer.organisation_id, **OPEN}
    for on in days_from_it(-80, 5, -1, 9, 0, -91):
        ask = make(Recommendation, **own, next_action_on=on)
        late = on + timedelta(days=1)
        running = {"state": ClockState.RUNNING, "due_on": on, "late_on": late}
        make(Clock, recommendation_id=ask.id, **running)
    monkeypatch.setattr(calendar, "MOST", most)
    found = in_calendar(staff.viewer)
    actions_on = [on for said, on in found if said.endswith("next action")]
    due_on = [on for said, on in found if not said.endswith("next action")]
    assert actions_on == due_on == days_from_it(*shown)


@pytest.mark.parametrize("at", ["2024-03-01T12:00:00", "2024-03-01T12:00:00.654321"])
def test_what_was_updated_at_the_very_moment_is_among_what_was_updated_since(
    app: Flask, staff: Person, at: str
) -> None:
    secret = f"a secret of scripts {a_number()}"
    with time_machine.travel(f"{at}+00:00", tick=False):
        with writing(app):
            record_case(staff.viewer)
            token = {"user_id": staff.viewer.user_id, "scope": TokenScope.READ}
            ends = now() + timedelta(days=1)
            make(Token, **token, digest=digest(secret), expires_at=ends)

        def listed(kind: str, since: str = "") -> list[dict[str, Any]]:
            answer = app.test_client().get(
                f"/api/v1/{kind}",
                query_string={"updated_since": since} if since else {},
                headers={"Authorization": f"Bearer {secret}"},
            )
            assert answer.status_code == 200, answer.text
            items: list[dict[str, Any]] = json.loads(answer.text)["items"]
            return items

        for kind in ("recommendations", "letters", "targets", "sources"):
            [item] = listed(kind)
            assert item["updated_at"] == "2024-03-01T12:00:00Z"
            assert listed(kind, item["updated_at"]) == [item], kind
            assert listed(kind, f"{at}Z") == [item], kind
            assert listed(kind, "2024-03-01T12:00:01Z") == [], kind
