"""Every action that writes leaves an entry in the history that says who did it."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.inside.samples import (
    PUBLISHED,
    CaseFile,
    a_file,
    ask_input,
    ask_of,
    contact_input,
    current_clocks,
    letter_input,
    outcome_input,
    record_case,
)
from tests.support.factories import make
from tests.support.people import PASSWORD
from tracker.accounts import actions as accounts
from tracker.accounts.models import Organisation, SecondFactor, User
from tracker.accounts.permissions import Role
from tracker.accounts.viewer import Viewer
from tracker.agencies import actions as agencies
from tracker.agencies import offices
from tracker.agencies import queries as bodies
from tracker.agencies.models import Agency, AgencyKind
from tracker.casework import actions as casework
from tracker.casework.actions import saved_views
from tracker.casework.actions.bulk_plan import BulkInput, state_of
from tracker.casework.inputs import AddresseeInput, Fate, NextInput, ReceiptInput
from tracker.casework.models import BulkChange, SavedView
from tracker.clocks import queries, ruling
from tracker.clocks.models import ActKind, ClockKind
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.core.now import today
from tracker.correspondence import queries as correspondence
from tracker.correspondence.models import Contact, Letter, Substance
from tracker.history.models import HistoryEvent, HistorySubject
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import ClosureReason, Outcome, Recommendation, Status
from tracker.recommendations.workflow import Change
from tracker.records import actions as records
from tracker.records.models import Audience, Record
from tracker.sources import queries as sources
from tracker.sources.actions import SourceInput
from tracker.sources.models import Source
from tracker.targets import actions as targets
from tracker.targets import queries as target_queries
from tracker.targets.actions import TargetInput
from tracker.targets.models import Target, TargetKind


@dataclass
class Scene:
    """A person, and a case of theirs."""

    viewer: Viewer
    case: CaseFile

    @property
    def actor(self) -> int:
        assert self.viewer.user_id is not None
        return self.viewer.user_id

    @property
    def ask(self) -> Recommendation:
        return ask_of(self.viewer, self.case.ask)

    @property
    def target(self) -> Target:
        found = target_queries.get(self.viewer, self.case.target)
        assert found is not None
        return found

    @property
    def contact(self) -> Contact:
        found = correspondence.contact(self.viewer, self.case.contact)
        assert found is not None
        return found

    @property
    def letter(self) -> Letter:
        found = correspondence.letter(self.viewer, self.case.letter)
        assert found is not None
        return found

    @property
    def source(self) -> Source:
        found = sources.get(self.viewer, self.case.source)
        assert found is not None
        return found

    @property
    def outcome(self) -> Outcome:
        return db.session.get_one(Outcome, self.case.outcome)

    @property
    def user(self) -> User:
        return db.session.get_one(User, self.actor)


def add_ask(scene: Scene) -> None:
    casework.add_ask(scene.viewer, ask_input("Another ask"))


def change_ask(scene: Scene) -> None:
    ask = scene.ask
    bodies = tuple(AddresseeInput(row.agency.slug) for row in ask.addressees)
    given = ask_input("A new title", targets=(scene.case.target,), addressees=bodies)
    casework.change_ask(scene.viewer, ask, given, ask.version)


def change_status(scene: Scene) -> None:
    ask = scene.ask
    change = Change(Status.ACKNOWLEDGED, PartialDate(2023, 11, 20))
    casework.change_status(scene.viewer, ask, change, SourceInput(), ask.version)


def void_status(scene: Scene) -> None:
    ask = scene.ask
    casework.void_status(scene.viewer, ask, "The other ask was meant.", ask.version)


def set_next(scene: Scene) -> None:
    ask = scene.ask
    casework.set_next(scene.viewer, ask, NextInput(None, "Write again", None), ask.plan_version)


def snooze(scene: Scene) -> None:
    ask = scene.ask
    flags = [clock for clock in current_clocks(ask.id) if clock.flagged_on]
    until = today() + timedelta(days=10)
    casework.snooze(scene.viewer, ask, flags, until=until, reason="They are away.")


def share(scene: Scene) -> None:
    casework.share(scene.viewer, [scene.ask], Audience.COALITION, reason="They asked for it.")


def add_member(scene: Scene) -> None:
    group = TargetInput(name="Officials responsible", kind=TargetKind.CLASS)
    found = targets.add_target(scene.viewer, group)
    assert found is not None
    targets.add_member(scene.viewer, found, scene.target, None)


def void_member(scene: Scene, void: Callable[..., None]) -> None:
    add_member(scene)
    group = target_queries.classes_of(scene.viewer, scene.target.id)[0]
    void(scene.viewer, group, scene.target, "Another person was meant.")


def void_evidence(scene: Scene) -> None:
    source = casework.cite(scene.viewer, scene.ask, SourceInput(title="A memo"))
    casework.void_evidence(scene.viewer, scene.ask, source, "It is about another case.")


def change_target(scene: Scene) -> None:
    given = TargetInput(name="A better name", kind=TargetKind.PERSON)
    targets.change_target(scene.viewer, scene.target, given, scene.target.version)


def another_target(scene: Scene) -> Target:
    found = targets.add_target(scene.viewer, TargetInput("Somebody else", TargetKind.PERSON))
    assert found is not None
    return found


def merge_target(scene: Scene) -> None:
    casework.merge_target(scene.viewer, another_target(scene), scene.target, "They are one.")


def unmerge_target(scene: Scene) -> None:
    merged = another_target(scene)
    casework.merge_target(scene.viewer, merged, scene.target, "They are one.")
    casework.unmerge_target(scene.viewer, merged, scene.target, merged.version)


def add_agency(scene: Scene) -> None:
    agencies.add_agency(
        scene.viewer,
        name="Test ministry of the test",
        short_name="Test ministry",
        kind=AgencyKind.DEPARTMENT,
        jurisdiction="NO",
    )


def body_of() -> Agency:
    found = bodies.with_offices("commerce")
    assert found is not None
    return found


def rename_agency(scene: Scene) -> None:
    body = bodies.with_names("commerce")
    assert body is not None
    agencies.rename_agency(admin_of(scene), body, name="Trade", short_name="Trade")


HELD = offices.HolderInput("Somebody", date(2024, 1, 2))


def change_holder(scene: Scene) -> None:
    body = body_of()
    office = body.offices[0]
    given = offices.HolderInput("Another", office.holders[0].held_from, date(2017, 3, 1))
    offices.change_holder(admin_of(scene), body, office, office.holders[0], given)


def remove_holder(scene: Scene) -> None:
    body = body_of()
    office = body.offices[0]
    offices.remove_holder(admin_of(scene), body, office, office.holders[0], "It was another.")


def owner_of(factor: SecondFactor) -> User:
    return db.session.get_one(User, factor.user_id)


def add_user(scene: Scene) -> None:
    accounts.add_user(
        "newcomer@example.org",
        name="Newcomer",
        password=PASSWORD,
        role=Role.PARTNER,
        organisation=make(Organisation),
        actor_id=scene.actor,
    )


def record_receipt(scene: Scene) -> None:
    letter = correspondence.letter(scene.viewer, scene.case.letter)
    assert letter is not None
    given = ReceiptInput(PartialDate(2023, 10, 25), "A receipt")
    casework.record_receipt(scene.viewer, letter, given, letter.version)


def change_letter(scene: Scene) -> None:
    letter = correspondence.letter(scene.viewer, scene.case.letter)
    assert letter is not None
    given = replace(letter_input(), title="Another title")
    casework.change_letter(scene.viewer, letter, given, letter.version)


def admin_of(scene: Scene) -> Viewer:
    return replace(scene.viewer, role=Role.ADMIN)


def change_rule(scene: Scene) -> None:
    rule = next(r for r in queries.all_rules().values() if r.recorded_at)
    terms = replace(NORM[1], length=50, sentence="Silence after 50 days.", valid_from=today())
    ruling.change_rule(admin_of(scene), rule, terms)


def end_rule(scene: Scene) -> None:
    rule = max(queries.all_rules().values(), key=lambda rule: rule.id)
    ruling.end_rule(admin_of(scene), rule, today(), "It is over.")


NORM = (
    ruling.Scope(ClockKind.SILENCE, Instrument.GLOBAL_MAGNITSKY, "US"),
    ruling.Terms(date(2024, 1, 1), "We agreed.", length=40, sentence="Silence after 40 days."),
)


def extend_a_promise(scene: Scene) -> None:
    ask, day = scene.ask, today() + timedelta(days=5)
    given = replace(contact_input(Substance.PROMISE), promised_on=PartialDate.of(day))
    casework.record_contact(scene.viewer, [ask], given)
    running = [c for c in current_clocks(ask.id) if c.kind is ClockKind.PROMISE]
    until, reason = day + timedelta(days=30), "They asked for time."
    casework.act_on_clocks(scene.viewer, ask, running, ActKind.EXTEND, day=until, reason=reason)


def change_together(scene: Scene) -> BulkChange:
    given = BulkInput(next_action="Call again", to=Status.CLOSED, on=PartialDate.of(today()))
    given = replace(given, closure_reason=ClosureReason.MOOT, reason="The office is gone.")
    return casework.change_together(scene.viewer, {scene.case.ask: state_of(scene.ask)}, given)


def newest_change() -> int:
    newest = select(BulkChange.id).order_by(BulkChange.at.desc()).limit(1)
    return db.session.scalars(newest).one()


def saved_view(scene: Scene) -> SavedView:
    found = saved_views.own_view(scene.viewer, scene.case.view)
    assert found is not None
    return found


# by action: what calls it, and the event that it leaves
CALLS: dict[ModuleType, dict[str, tuple[Callable[[Scene], object], str]]] = {
    casework: {
        "act_on_clocks": (extend_a_promise, "clock.extended"),
        "add_ask": (add_ask, "recommendation.recorded"),
        "change_ask": (change_ask, "recommendation.changed"),
        "change_status": (change_status, "recommendation.status_changed"),
        "change_user": (
            lambda s: casework.change_user(
                make(User), Role.PARTNER, make(Organisation), actor_id=s.actor
            ),
            "user.changed",
        ),
        "change_together": (change_together, "recommendation.status_changed"),
        "undo_together": (
            lambda s: casework.undo_together(s.viewer, newest_change()),
            "recommendation.status_voided",
        ),
        "change_template": (
            lambda s: casework.change_template(s.viewer, "Dear {addressee},", 0),
            "letter_template.changed",
        ),
        "save_view": (
            lambda s: casework.save_view(s.viewer, "Mine", "status=draft", is_shared=False),
            "view.saved",
        ),
        "change_view": (
            lambda s: casework.change_view(s.viewer, saved_view(s), "Ours", is_shared=True),
            "view.changed",
        ),
        "delete_view": (
            lambda s: casework.delete_view(s.viewer, saved_view(s)),
            "view.deleted",
        ),
        "cite": (lambda s: casework.cite(s.viewer, s.ask, PUBLISHED), "source.cited"),
        "merge_target": (merge_target, "target.merged"),
        "record_contact": (
            lambda s: casework.record_contact(s.viewer, [s.ask], contact_input()),
            "contact.recorded",
        ),
        "record_letter": (
            lambda s: casework.record_letter(s.viewer, letter_input()),
            "letter.recorded",
        ),
        "record_outcome": (
            lambda s: casework.record_outcome(s.viewer, s.ask, outcome_input()),
            "outcome.recorded",
        ),
        "change_letter": (change_letter, "letter.changed"),
        "change_source": (
            lambda s: casework.change_source(
                s.viewer, s.source, replace(PUBLISHED, title="A title"), s.source.version
            ),
            "source.changed",
        ),
        "add_to_letter": (
            lambda s: casework.add_to_letter(
                s.viewer, s.letter, ask_input(addressees=(AddresseeInput("treasury"),))
            ),
            "letter.changed",
        ),
        "record_receipt": (record_receipt, "letter.received"),
        "set_next": (set_next, "recommendation.changed"),
        "share": (share, "record.audience_changed"),
        "snooze": (snooze, "clock.snoozed"),
        "unmerge_target": (unmerge_target, "target.unmerged"),
        "void_status": (void_status, "recommendation.status_voided"),
        "attach_file": (lambda s: a_file(s.viewer, s.source), "attachment.added"),
        "void_attachment": (
            lambda s: casework.void_attachment(
                s.viewer, s.source, a_file(s.viewer, s.source), "It is about another case."
            ),
            "attachment.voided",
        ),
        "void_contact": (
            lambda s: casework.void_contact(s.viewer, s.contact, "It was another ask."),
            "contact.voided",
        ),
        "void_evidence": (void_evidence, "source.voided"),
        "void_letter": (
            lambda s: casework.void_letter(s.viewer, s.letter, Fate.UNSENT, "Never sent."),
            "letter.voided",
        ),
        "void_member": (lambda s: void_member(s, casework.void_member), "target.member_voided"),
        "cite_outcome": (
            lambda s: casework.cite_outcome(s.viewer, s.ask, s.outcome, "89 FR 14384", ""),
            "outcome.cited",
        ),
        "void_outcome": (
            lambda s: casework.void_outcome(s.viewer, s.ask, s.outcome, "It was another one."),
            "outcome.voided",
        ),
    },
    targets: {
        "add_target": (
            lambda s: targets.add_target(s.viewer, TargetInput("Somebody", TargetKind.PERSON)),
            "target.added",
        ),
        "change_target": (change_target, "target.changed"),
        "add_member": (add_member, "target.changed"),
        "void_member": (lambda s: void_member(s, targets.void_member), "target.member_voided"),
    },
    ruling: {
        "add_rule": (lambda s: ruling.add_rule(admin_of(s), *NORM), "clock_rule.added"),
        "change_rule": (change_rule, "clock_rule.changed"),
        "end_rule": (end_rule, "clock_rule.ended"),
    },
    agencies: {
        "add_agency": (add_agency, "agency.added"),
        "rename_agency": (rename_agency, "agency.renamed"),
    },
    offices: {
        "add_holder": (
            lambda s: offices.add_holder(admin_of(s), body_of(), "A post", HELD),
            "holder.added",
        ),
        "change_holder": (change_holder, "holder.changed"),
        "remove_holder": (remove_holder, "holder.removed"),
    },
    accounts: {
        "add_organisation": (
            lambda s: accounts.add_organisation("A newcomer", actor_id=s.actor),
            "organisation.added",
        ),
        "add_user": (add_user, "user.added"),
        "let_titles_into_mail": (
            lambda s: accounts.let_titles_into_mail(s.user.organisation, True, actor_id=s.actor),
            "organisation.mail_changed",
        ),
        "disable_user": (
            lambda s: accounts.disable_user(make(User), actor_id=s.actor),
            "user.disabled",
        ),
        "change_password": (
            lambda s: accounts.change_password(s.user, "a hash", actor_id=s.actor),
            "user.password_changed",
        ),
        "rename_user": (
            lambda s: accounts.rename_user(s.user, "Another name", actor_id=s.actor),
            "user.renamed",
        ),
        "reset_factors": (
            lambda s: accounts.reset_factors(owner_of(make(SecondFactor)), actor_id=s.actor),
            "user.factors_reset",
        ),
        "enable_user": (
            lambda s: accounts.enable_user(make(User, active=False), actor_id=s.actor),
            "user.enabled",
        ),
        "change_user": (
            lambda s: accounts.change_user(
                make(User), Role.PARTNER, make(Organisation), actor_id=s.actor
            ),
            "user.changed",
        ),
    },
}
# these concern no record that a reader could open
ABOUT_NO_RECORD = {
    *(
        "agency.added",
        "agency.renamed",
        "organisation.added",
        "organisation.mail_changed",
        "user.added",
        "user.disabled",
    ),
    *("user.enabled", "user.changed", "user.renamed", "user.password_changed"),
    *("user.factors_reset",),
    *("clock_rule.added", "clock_rule.changed", "clock_rule.ended"),
    *("holder.added", "holder.changed", "holder.removed"),
    *("view.saved", "view.changed", "view.deleted", "letter_template.changed"),
}


def offered(module: ModuleType) -> set[str]:
    """The actions of a module: what it exports, or the functions that it defines itself."""
    if hasattr(module, "__all__"):
        return set(module.__all__)
    return {
        name
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }


@pytest.mark.parametrize("module", CALLS, ids=lambda module: str(module.__name__))
def test_no_action_is_missing_here(module: ModuleType) -> None:
    assert offered(module) == set(CALLS[module])


@pytest.mark.parametrize("module", CALLS, ids=lambda module: str(module.__name__))
def test_every_action_records_who_did_what(context: Flask, module: ModuleType) -> None:
    user = make(User, role=Role.STAFF)
    scene = Scene(Viewer.of(user), record_case(Viewer.of(user)))
    db.session.commit()
    for name, (call, event) in CALLS[module].items():
        last = db.session.scalar(select(func.max(HistoryEvent.position))) or 0
        call(scene)
        db.session.commit()
        found: Any = db.session.execute(
            select(HistoryEvent.id, HistoryEvent.name, HistoryEvent.actor_id).where(
                HistoryEvent.position > last
            )
        ).all()
        assert event in {row.name for row in found}, name
        assert {row.actor_id for row in found} == {scene.actor}, name
        subjects = set(db.session.scalars(select(HistorySubject.event_id)))
        about = {row.name for row in found if row.id in subjects}
        assert (event in about) == (event not in ABOUT_NO_RECORD), name


def test_an_action_that_is_refused_records_nothing(context: Flask) -> None:
    user = make(User, role=Role.STAFF)
    scene = Scene(Viewer.of(user), record_case(Viewer.of(user)))
    db.session.commit()
    count = select(func.count()).select_from(HistoryEvent)
    before = db.session.scalar(count)
    with pytest.raises(Refused):
        casework.void_outcome(scene.viewer, scene.ask, scene.outcome, "")
    db.session.rollback()
    assert db.session.scalar(count) == before


def test_tags_record_who_set_them(context: Flask) -> None:
    user = make(User, role=Role.STAFF)
    scene = Scene(Viewer.of(user), record_case(Viewer.of(user)))
    db.session.commit()
    records.set_tags(scene.viewer, scene.ask, ["another"])
    db.session.commit()
    newest = db.session.scalars(
        select(HistoryEvent).order_by(HistoryEvent.position.desc()).limit(1)
    ).one()
    assert (newest.name, newest.actor_id) == ("record.tagged", user.id)
    subject = select(Record.reference).join(HistorySubject, HistorySubject.record_id == Record.id)
    assert db.session.scalar(subject.where(HistorySubject.event_id == newest.id)) == scene.case.ask
