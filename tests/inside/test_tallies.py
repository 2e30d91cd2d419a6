"""What the dashboard keeps follows every change, for every reader, and is not counted anew."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.inside.samples import (
    CaseFile,
    ask_input,
    ask_of,
    contact_input,
    current_clocks,
    outcome_input,
    reading,
    record_case,
    writing,
)
from tests.support.people import Person
from tracker.accounts.viewer import ANONYMOUS, MACHINE, Viewer
from tracker.casework import actions
from tracker.casework.actions.bulk_plan import BulkInput, state_of
from tracker.casework.inputs import AddresseeInput, NextInput
from tracker.clocks.models import ClockState
from tracker.clocks.sweep import sweep
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.now import today
from tracker.correspondence import queries as correspondence
from tracker.correspondence.models import Substance
from tracker.dashboards import kept, tallies
from tracker.dashboards.figures import Figures
from tracker.recommendations.models import (
    ClosureReason,
    Outcome,
    OutcomeKind,
    Recommendation,
    Status,
)
from tracker.recommendations.workflow import Change
from tracker.records import actions as records
from tracker.records.models import Audience, RecordMixin
from tracker.records.queries import audience_rule, sees_all_of
from tracker.sources.actions import SourceInput
from tracker.targets import queries as targets

Step = Callable[[Viewer, CaseFile, Viewer], object]


def acknowledge(viewer: Viewer, case: CaseFile, _: Viewer) -> None:
    ask = ask_of(viewer, case.ask)
    change = Change(Status.ACKNOWLEDGED, PartialDate(2023, 11, 20))
    actions.change_status(viewer, ask, change, SourceInput(), ask.version)


def take_back(viewer: Viewer, case: CaseFile, _: Viewer) -> None:
    ask = ask_of(viewer, case.ask)
    actions.void_status(viewer, ask, "Another ask was meant.", ask.version)


def void_reply(viewer: Viewer, case: CaseFile, _: Viewer) -> None:
    contact = correspondence.contact(viewer, case.contact)
    assert contact is not None
    actions.void_contact(viewer, contact, "Another letter was meant.")


def list_as_asked(viewer: Viewer, case: CaseFile, _: Viewer) -> None:
    given = replace(outcome_input(case.target), kind=OutcomeKind.LISTED_AS_ASKED)
    actions.record_outcome(viewer, ask_of(viewer, case.ask), given)


def void_outcome(viewer: Viewer, case: CaseFile, _: Viewer) -> None:
    outcome = db.session.get_one(Outcome, case.outcome)
    actions.void_outcome(viewer, ask_of(viewer, case.ask), outcome, "It was another one.")


def show_to(audience: Audience, *, by_name: bool = False) -> Step:
    def step(viewer: Viewer, case: CaseFile, other: Viewer) -> None:
        named = [other.user_id] if by_name and other.user_id else []
        target = targets.get(viewer, case.target)
        assert target is not None
        rows: list[RecordMixin] = [ask_of(viewer, case.ask), target]
        records.change_audience(viewer, rows, audience, reason="For the test.", named=named)

    return step


def another_ask(viewer: Viewer, _case: CaseFile, _: Viewer) -> None:
    actions.add_ask(viewer, ask_input("Another ask"))


def edit(viewer: Viewer, case: CaseFile, _: Viewer) -> None:
    ask = ask_of(viewer, case.ask)
    bodies = (AddresseeInput("treasury"),)
    given = ask_input("A new title", targets=(case.target,), places=(), addressees=bodies)
    actions.change_ask(viewer, ask, given, ask.version)


def snooze(viewer: Viewer, case: CaseFile, _: Viewer) -> None:
    ask = ask_of(viewer, case.ask)
    flags = [
        clock
        for clock in current_clocks(ask.id)
        if clock.flagged_on and clock.state is ClockState.RUNNING
    ]
    until = today() + timedelta(days=10)
    actions.snooze(viewer, ask, flags, until=until, reason="They are away.")


def close_together(viewer: Viewer, case: CaseFile, _: Viewer) -> None:
    given = BulkInput(to=Status.CLOSED, on=PartialDate.of(today()), reason="The office is gone.")
    given = replace(given, closure_reason=ClosureReason.MOOT)
    state = state_of(ask_of(viewer, case.ask))
    actions.change_together(viewer, {case.ask: state}, given)


def follow_up(viewer: Viewer, case: CaseFile, _: Viewer) -> None:
    given = contact_input(Substance.FOLLOW_UP, today().isoformat())
    actions.record_contact(viewer, [ask_of(viewer, case.ask)], given)


STEPS: dict[str, Step] = {
    "acknowledged": acknowledge,
    "taken back": take_back,
    "shown to the coalition": show_to(Audience.COALITION),
    "a reply void": void_reply,
    "an outcome void": void_outcome,
    "listed": list_as_asked,
    "shown to one by name": show_to(Audience.NAMED, by_name=True),
    "shown to nobody else": show_to(Audience.NAMED),
    "shown within": show_to(Audience.ORGANISATION),
    "another ask": another_ask,
    "edited": edit,
    "followed up": follow_up,
    "swept": lambda *_: sweep(today()),  # long after, as the test has it
    "snoozed": snooze,
    "closed with others": close_together,
    "next": lambda viewer, case, _: actions.set_next(
        viewer,
        ask_of(viewer, case.ask),
        NextInput(None, "Write again", None),
        ask_of(viewer, case.ask).plan_version,
    ),
    "public": show_to(Audience.PUBLIC),
}


def shown(app: Flask, readers: list[Viewer]) -> list[Figures]:
    with reading(app):
        return [kept.figures(reader, today()) for reader in readers]


def test_the_figures_after_each_change_are_those_counted_anew(
    app: Flask,
    staff: Person,
    other_staff: Person,
    partner: Person,
    monkeypatch: pytest.MonkeyPatch,
    on_day: Callable[[str], None],
) -> None:
    readers = [staff.viewer, other_staff.viewer, partner.viewer, ANONYMOUS, MACHINE]
    with writing(app):
        cases = [record_case(staff.viewer, title=f"Case {n}") for n in range(2)]
        record_case(other_staff.viewer, Audience.COALITION)
    before = shown(app, readers)
    assert [figures.total for figures in before] == [3, 1, 1, 0, 3]
    whole = tallies.of_all
    moved = set()
    for name, step in STEPS.items():
        if name == "swept":
            on_day((today() + timedelta(days=400)).isoformat())
            before = shown(app, readers)
        with writing(app):
            step(staff.viewer, cases[0], other_staff.viewer)
        with monkeypatch.context() as patch:
            patch.setattr(tallies, "of_all", lambda: pytest.fail("counted whole again"))
            after = shown(app, readers)
        assert tallies.of_all is whole
        counted = app.extensions.pop("tracker.figures")
        assert after == shown(app, readers), name
        app.extensions["tracker.figures"] = counted
        if after != before:
            moved.add(name)
        before = after
    assert set(STEPS) - moved <= {"shown within", "followed up", "snoozed", "next"}
    assert before[2].by_status == before[3].by_status | {Status.SUBMITTED: 1}


def test_another_database_in_its_place_is_counted_whole(app: Flask, staff: Person) -> None:
    with writing(app):
        record_case(staff.viewer)
    (before,) = shown(app, [staff.viewer])
    head = app.extensions["tracker.figures"].head
    app.extensions["tracker.figures"].head = replace(head, length=head.length - 1)
    app.extensions["tracker.figures"].records.clear()
    assert shown(app, [staff.viewer]) == [before]


def test_what_is_summed_for_a_reader_is_what_the_filter_lets_through(
    app: Flask, staff: Person, other_staff: Person, partner: Person
) -> None:
    with writing(app):
        for audience in Audience:
            record_case(staff.viewer, audience, f"For {audience}")
    for viewer in (staff.viewer, other_staff.viewer, partner.viewer, ANONYMOUS, MACHINE):
        with reading(app):
            rows = db.session.execute(
                select(
                    Recommendation.organisation_id,
                    Recommendation.audience,
                    audience_rule(Recommendation, viewer),
                )
            ).all()
        assert len(rows) == len(Audience)
        for organisation_id, audience, passes in rows:
            if audience is not Audience.NAMED:
                assert sees_all_of(viewer, organisation_id, audience) == bool(passes)
