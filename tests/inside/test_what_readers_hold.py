"""What readers hold of a record, in a feed, a file, a letter, a mail or a figure, is what they see
of it and no more; and what they are told decides nothing of what they are not."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.front.support import SHOWS_FIRST, Sitting, titles_on
from tests.front.test_login import EVIL
from tests.front.test_second_factor import HERE, add_app, code_of, give, half_way, is_in
from tests.inside.samples import (
    ask_input,
    ask_of,
    contact_input,
    letter_input,
    reading,
    record_case,
    writing,
)
from tests.support.factories import make
from tests.support.people import Person, add_person, token_on, words_of
from tracker.accounts import queries as accounts
from tracker.accounts import tokens
from tracker.accounts.models import Organisation, TokenScope, User
from tracker.accounts.permissions import Role
from tracker.accounts.viewer import ANONYMOUS, Viewer
from tracker.casework import actions
from tracker.casework.actions.bulk import NOT_THERE
from tracker.casework.actions.bulk_plan import BulkInput, state_of
from tracker.casework.follow_up import FollowUp, follow_up
from tracker.casework.inputs import Fate, NextInput, ReceiptInput
from tracker.casework.telling import history_page
from tracker.clocks.models import Cause
from tracker.core.countries import parse_places
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.now import now, today
from tracker.correspondence import queries as correspondence
from tracker.correspondence.models import (
    Contact,
    ContactRecommendation,
    Letter,
    Substance,
)
from tracker.dashboards.past import PastFigures, past_figures
from tracker.exchange.export_json import Exported, export
from tracker.feeds.calendar import deadlines
from tracker.notifications.models import Notice, NoticeKind, Watch
from tracker.notifications.titles import titles
from tracker.recommendations import queries as asks
from tracker.recommendations.filters import Filters
from tracker.recommendations.models import (
    ClosureReason,
    Outcome,
    Recommendation,
    RecommendationTarget,
    Status,
)
from tracker.recommendations.workflow import Change
from tracker.records.models import Audience, Grant, RecordMixin
from tracker.records.queries import tags_of, visible
from tracker.records.readers import Owned, readers, readers_of, seen_by_all
from tracker.sources.actions import SourceInput
from tracker.sources.models import Source, SourceUse
from tracker.targets import queries as targets
from tracker.targets.actions import TargetInput, add_target, change_target
from tracker.targets.models import Target, TargetKind, TargetName, TargetRelation

BASE = "https://example.org"


def narrow(viewer: Viewer, row: RecordMixin, *others: Person) -> None:
    """Give a record to named people: the viewer, and others."""
    named = [person.viewer.user_id or 0 for person in others]
    actions.share(viewer, [row], Audience.NAMED, reason="It is dangerous.", named=named)


def mate_of(person: Person) -> Viewer:
    """A partner of somebody's own organisation."""
    house = person.viewer.organisation
    return add_person(person.app, "mate@example.org", Role.PARTNER, house).viewer


def sent(viewer: Viewer, *titled: str) -> tuple[Letter, list[Recommendation]]:
    """A letter that went out, and its asks."""
    letter = actions.record_letter(viewer, letter_input(*map(ask_input, titled)))
    return letter, correspondence.asks_of(viewer, [letter.id])[letter.id]


# ---- feeds, files and the interface for programs


@pytest.mark.parametrize("scope", TokenScope)
def test_a_token_for_programs_opens_no_feed(app: Flask, staff: Person, scope: TokenScope) -> None:
    with writing(app):
        user = accounts.user_by_id(staff.viewer.user_id or 0)
        assert user is not None
        _, secret = tokens.make(user, "Mine", scope, "90")
    opens = 200 if scope is TokenScope.FEED else 404
    for name in ("deadlines.ics", "changes.atom"):
        assert app.test_client().get(f"/feeds/{secret}/{name}").status_code == opens


def exported(viewer: Viewer) -> tuple[Exported, dict[str, Any]]:
    out = StringIO()
    found = export(viewer, out, today(), BASE)
    return found, json.loads(out.getvalue())


def test_what_is_void_stands_in_no_item(app: Flask, staff: Person) -> None:
    viewer = staff.viewer
    with writing(app):
        case = record_case(viewer)
        ask = ask_of(viewer, case.ask)
        known = [span.status for span in asks.spans_of(viewer, [ask.id])[ask.id]]
        actions.void_outcome(viewer, ask, db.session.get_one(Outcome, case.outcome), "Canary")
        day, why = PartialDate(2024, 1, 10), ClosureReason.MOOT
        step = Change(Status.CLOSED, day, reason="Canary", closure_reason=why)
        actions.change_status(viewer, ask, step, SourceInput(), ask.version)
        db.session.flush()
        actions.void_status(viewer, ask, "Canary", ask.version)
        user = db.session.get_one(User, viewer.user_id)
        _, secret = tokens.make(user, "Mine", TokenScope.READ, "90")
    with reading(app):
        _, file = exported(viewer)
    head = {"Authorization": f"Bearer {secret}"}
    item = app.test_client().get(f"/api/v1/recommendations/{case.ask}", headers=head).json
    for each in (item, *file["recommendations"]):
        assert each["outcomes"] == []
        assert [span["status"] for span in each["statuses"]] == known
        assert "Canary" not in json.dumps(each)


@pytest.mark.parametrize("is_merged", [False, True])
@pytest.mark.parametrize("by_outcome", [False, True])
@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.ORGANISATION])
def test_a_file_is_public_where_all_that_it_names_is(
    context: Flask, audience: Audience, by_outcome: bool, is_merged: bool
) -> None:
    user = make(User, role=Role.STAFF)
    house = {"organisation_id": user.organisation_id}
    ask = make(Recommendation, audience=Audience.PUBLIC, **house)
    group = make(Target, kind=TargetKind.CLASS, audience=Audience.PUBLIC, **house)
    stands = make(Target, audience=Audience.PUBLIC, **house)
    member = make(
        Target, audience=audience, merged_into_id=stands.id if is_merged else None, **house
    )
    about = group if by_outcome else member
    make(RecommendationTarget, recommendation_id=ask.id, target_id=about.id)
    if by_outcome:
        make(Outcome, recommendation_id=ask.id, target_id=member.id)
    found, file = exported(Viewer.of(user))
    item = file["recommendations"][0]
    named = item["outcomes"][0]["target"] if by_outcome else item["targets"][0]["reference"]
    assert named == (stands if is_merged else member).reference
    assert found.is_public is (audience is Audience.PUBLIC)


# ---- past days


@contextmanager
def on(day: str) -> Iterator[None]:
    with time_machine.travel(f"{day}T12:00:00+00:00"):
        yield


def past(person: Person, known_at: str) -> PastFigures:
    with reading(person.app):
        return past_figures(person.viewer, date(2024, 2, 1), date.fromisoformat(known_at))


@pytest.mark.parametrize("audience", [Audience.NAMED, Audience.COALITION])
def test_who_comes_to_see_an_ask_looks_back_on_nothing_that_was_known_before(
    app: Flask, staff: Person, partner: Person, audience: Audience
) -> None:
    with on("2024-03-01"), writing(app):
        _, [ask] = sent(staff.viewer, "A case")
        reference = ask.reference
    with on("2024-05-10"), writing(app):
        named = [partner.viewer.user_id or 0] if audience is Audience.NAMED else []
        ask = ask_of(staff.viewer, reference)
        actions.share(staff.viewer, [ask], audience, reason="For them.", named=named)
    stale = {Cause.UNACKNOWLEDGED: 1, Cause.SILENT: 1}
    listed = "/recommendations?as_of=2024-02-01&known_at="
    for person, day, is_told in (
        (staff, "2024-05-09", True),
        (partner, "2024-05-09", False),
        (partner, "2024-05-10", True),
    ):
        found = past(person, day)
        assert found.by_status == ({Status.SUBMITTED: 1} if is_told else {})
        assert found.stale == int(is_told)
        assert found.stale_by_cause == (stale if is_told else {})
        assert titles_on(person.get(f"{listed}{day}")) == ["A case"] * is_told


# ---- who sees one record and another


def viewers() -> dict[str, Viewer]:
    """Somebody of every sort in two organisations, and whoever is named for something."""
    found = {"nobody": ANONYMOUS}
    for house in (make(Organisation), make(Organisation)):
        for role in (Role.STAFF, Role.PARTNER):
            for name in ("named", "other"):
                user = make(User, organisation_id=house.id, role=role)
                found[f"{name} {role} {len(found) // 4}"] = Viewer.of(user)
    return found


def test_whoever_sees_the_first_of_a_pair_sees_the_second(context: Flask) -> None:
    everybody = viewers()
    named = [viewer for name, viewer in everybody.items() if name.startswith("named")]
    ours, theirs = named[0].organisation_id, named[-1].organisation_id
    rows: list[RecordMixin] = []
    for house in (ours, theirs):
        rows += [
            make(Recommendation, audience=each, organisation_id=house)
            for each in (Audience.ORGANISATION, Audience.COALITION, Audience.PUBLIC)
        ]
        for people in ((), named[:1], named[1:2], named[2:3], named[:2], named[::2], named):
            rows.append(make(Recommendation, audience=Audience.NAMED, organisation_id=house))
            for viewer in people:
                make(Grant, record_id=rows[-1].id, user_id=viewer.user_id)
    seen = [
        set(db.session.scalars(visible(select(Recommendation.id), Recommendation, viewer)))
        for viewer in everybody.values()
    ]
    pairs = [(row, other) for row in rows for other in rows]
    found = seen_by_all([(Owned.of(row), Owned.of(other)) for row, other in pairs])
    for row, other in pairs:
        holds = all(other.id in ids for ids in seen if row.id in ids)
        about = (row.audience, row.organisation_id, other.audience, other.organisation_id)
        assert ((row.id, other.id) in found) is holds, about


@pytest.mark.parametrize("audience", Audience)
def test_a_closed_account_counts_among_no_readers(context: Flask, audience: Audience) -> None:
    house = make(Organisation)
    people = [make(User, organisation_id=house.id, active=active) for active in (True, False)]
    row = make(Recommendation, audience=audience, organisation_id=house.id)
    for user in people:
        make(Grant, record_id=row.id, user_id=user.id)
    counted = [] if audience is Audience.NAMED else [(house.name, 1)]
    assert readers(audience, house.id) == counted
    assert readers_of(row) == {people[0].id: house.name}


def test_the_preview_of_sharing_shows_nothing_that_its_presser_does_not_see(
    app: Flask, staff: Person, colleague: Person, partner: Person
) -> None:
    """Though whoever is named newly sees it."""
    with writing(app):
        case = record_case(staff.viewer)
        hidden = targets.get(staff.viewer, case.target)
        assert hidden is not None
        name = hidden.name
        narrow(staff.viewer, hidden, partner)
    typed = {"audience": "named", "people": partner.email, "reason": "For a partner."}
    for presser, is_shown in ((staff, True), (colleague, False)):
        form = Sitting(presser, f"/recommendations/{case.ask}/audience").type(typed)
        answer = form.send_once()
        assert answer.status_code == 200
        assert SHOWS_FIRST in answer.text
        assert "Sanction the person named here" in words_of(answer)
        assert (name in words_of(answer)) is is_shown


# ---- changes by who does not see all


def test_who_moved_to_another_organisation_takes_nothing_back_in_the_former(
    app: Flask, staff: Person, colleague: Person, other_staff: Person
) -> None:
    with writing(app):
        [ask] = sent(staff.viewer, "A case")[1]
        actions.share(staff.viewer, [ask], Audience.COALITION, reason="For all.")
        reference = ask.reference
    with writing(app):
        states = {reference: state_of(ask_of(colleague.viewer, reference))}
        given = BulkInput(next_action="Call them", add_tags=("moved",))
        bulk = actions.change_together(colleague.viewer, states, given).id
    with writing(app):
        user = db.session.get_one(User, colleague.viewer.user_id)
        house = db.session.get_one(Organisation, other_staff.viewer.organisation_id)
        actions.change_user(user, Role.STAFF, house)
        db.session.flush()
        db.session.refresh(user)
        moved = Viewer.of(user)
    with writing(app):
        undone = actions.undo_together(moved, bulk)
        assert undone is not None
        assert [row.kept_why for row in undone.rows] == [NOT_THERE]
    with reading(app):
        ask = ask_of(staff.viewer, reference)
        assert ask.next_action == "Call them"
        assert tags_of(staff.viewer, [ask.id])[ask.id] == ["campaign", "moved"]


def test_a_void_letter_closes_no_ask_that_its_presser_does_not_see(
    app: Flask, staff: Person, colleague: Person
) -> None:
    with writing(app):
        letter, both = sent(staff.viewer, "Shown", "Hidden")
        narrow(staff.viewer, both[1])
        reference, ids = letter.reference, [ask.id for ask in both]
    with writing(app):
        seen = correspondence.letter(colleague.viewer, reference)
        assert seen is not None
        actions.void_letter(colleague.viewer, seen, Fate.WITHDRAWN, "It was never written.")
    with reading(app):
        found = [db.session.get_one(Recommendation, key).status for key in ids]
    assert found == [Status.CLOSED, Status.DRAFT]


# ---- plans


def test_a_partner_of_the_owners_own_learns_nothing_of_its_plans(app: Flask, staff: Person) -> None:
    mate = mate_of(staff)
    soon = today() + timedelta(days=9)
    with writing(app):
        house = {"organisation_id": staff.viewer.organisation_id, "audience": Audience.COALITION}
        plan = {"next_action_on": soon, "assignee_id": staff.viewer.user_id}
        planned = make(Recommendation, next_action="Call them", **plan, **house).id
        idle = make(Recommendation, **house).id
    wanted = [
        (Filters(next_from=soon), planned),
        (Filters(next_until=soon), planned),
        (Filters(assignee_id=staff.viewer.user_id), planned),
        (Filters(unassigned=True), idle),
        (Filters(without_next=True), idle),
    ]
    with reading(app):
        told = [deadlines(each, BASE, today(), "secret") for each in (staff.viewer, mate)]
        assert [b"next action" in calendar for calendar in told] == [True, False]
        assert set(db.session.scalars(asks.ids(mate, Filters()))) == {planned, idle}
        for filters, found in wanted:
            assert list(db.session.scalars(asks.ids(staff.viewer, filters))) == [found]
            assert list(db.session.scalars(asks.ids(mate, filters))) == []


# ---- mail


def titled(name: str, **more: Any) -> Target:
    """A target of that name, open to the coalition."""
    row = make(Target, name=name, audience=Audience.COALITION, **more)
    make(TargetName, target_id=row.id, text=name)
    return row


def one_that_mail_may_name(model: Any, title: str) -> Any:
    house = make(Organisation, titles_in_mail=True)
    return make(model, title=title, audience=Audience.COALITION, organisation_id=house.id)


def a_reader() -> Viewer:
    return Viewer.of(make(User, role=Role.PARTNER))


NAMED = {
    "the target": "Aardvark",
    "what it is merged into": "Bandicoot",
    "the top of a chain of merges": "Capybara",
    "a sibling merged into the same": "Dormouse",
    "a sibling further down": "Echidna",
}


@pytest.mark.parametrize("said", [*NAMED.values(), "Somebody"], ids=[*NAMED, "nobody"])
def test_a_title_that_names_whoever_the_target_is_too_stays_out_of_mail(
    context: Flask, said: str
) -> None:
    top = titled("Capybara")
    middle = titled("Bandicoot", merged_into_id=top.id)
    target = titled("Aardvark", merged_into_id=middle.id)
    sibling = titled("Dormouse", merged_into_id=top.id)
    titled("Echidna", merged_into_id=sibling.id)
    titled("Somebody")
    ask = one_that_mail_may_name(Recommendation, f"Sanction {said}")
    make(RecommendationTarget, recommendation_id=ask.id, target_id=target.id)
    kept = {} if said in NAMED.values() else {ask.id: ask.title}
    assert titles(a_reader(), [ask.id]) == kept


MEMBERS = {
    "a member": "Aardvark",
    "what a member is merged into": "Bandicoot",
    "what is merged into a member": "Capybara",
    "a member of what the class is merged into": "Dormouse",
}


@pytest.mark.parametrize("said", [*MEMBERS.values(), "Somebody"], ids=[*MEMBERS, "nobody"])
def test_a_title_that_names_a_member_of_the_class_stays_out_of_mail(
    context: Flask, said: str
) -> None:
    same = titled("Those of the bureau", kind=TargetKind.CLASS)
    group = titled("Those in charge", kind=TargetKind.CLASS, merged_into_id=same.id)
    stands = titled("Bandicoot")
    member = titled("Aardvark", merged_into_id=stands.id)
    titled("Capybara", merged_into_id=member.id)
    for whole, part in ((group, member), (same, titled("Dormouse"))):
        make(TargetRelation, from_id=whole.id, to_id=part.id)
    ask = one_that_mail_may_name(Recommendation, f"Sanction {said}")
    make(RecommendationTarget, recommendation_id=ask.id, target_id=group.id)
    kept = {} if said in MEMBERS.values() else {ask.id: ask.title}
    assert titles(a_reader(), [ask.id]) == kept


def test_a_class_that_the_reader_does_not_see_holds_no_title_back(context: Flask) -> None:
    """Or a title that is missing would tell of it."""
    group = make(Target, kind=TargetKind.CLASS)
    make(TargetRelation, from_id=group.id, to_id=titled("Aardvark").id)
    ask = one_that_mail_may_name(Recommendation, "Sanction Aardvark")
    make(RecommendationTarget, recommendation_id=ask.id, target_id=group.id)
    assert titles(a_reader(), [ask.id]) == {ask.id: ask.title}


@pytest.mark.parametrize("said", ["Aardvark", "Somebody"])
def test_a_source_of_a_contact_is_not_named_by_a_target_of_its_asks(
    context: Flask, said: str
) -> None:
    source = one_that_mail_may_name(Source, f"What they said of {said}")
    contact = make(Contact, audience=Audience.COALITION)
    make(SourceUse, record_id=contact.id, source_id=source.id)
    for name in ("Aardvark", "Bandicoot"):
        ask = make(Recommendation, audience=Audience.COALITION)
        make(ContactRecommendation, contact_id=contact.id, recommendation_id=ask.id)
        make(RecommendationTarget, recommendation_id=ask.id, target_id=titled(name).id)
    kept = {} if said == "Aardvark" else {source.id: source.title}
    assert titles(a_reader(), [source.id]) == kept


def test_a_flag_is_noted_for_nobody_who_does_not_see_the_ask(
    app: Flask, staff: Person, colleague: Person
) -> None:
    plan = NextInput(colleague.viewer.user_id, "Call them", None)
    with writing(app):
        shown, hidden = sent(staff.viewer, "Shown", "Hidden")[1]
        for ask in (shown, hidden):
            actions.set_next(staff.viewer, ask, plan, ask.plan_version)
        narrow(staff.viewer, hidden)
        ids = {shown.id}
    with reading(app):
        flags = select(Notice).where(Notice.kind == NoticeKind.FLAG)
        found = db.session.scalars(flags).all()
        assert {notice.record_id for notice in found} == ids
        assert {notice.user_id for notice in found} == {colleague.viewer.user_id}


def test_one_stops_watching_what_one_no_longer_sees(
    app: Flask, staff: Person, colleague: Person
) -> None:
    with writing(app):
        [ask] = sent(staff.viewer, "A case")[1]
        make(Watch, user_id=colleague.viewer.user_id, record_id=ask.id)
        narrow(staff.viewer, ask)
        reference = ask.reference
    assert colleague.post(f"/watch/{reference}/stop").status_code == 404
    with reading(app):
        assert db.session.scalars(select(Watch)).all() == []


# ---- letters


def test_who_sees_a_letter_and_not_all_its_asks_reads_of_its_receipt(
    app: Flask, staff: Person, colleague: Person
) -> None:
    with writing(app):
        letter, [_, hidden] = sent(staff.viewer, "Shown", "Hidden")
        narrow(staff.viewer, hidden)
        receipt = ReceiptInput(PartialDate(2023, 10, 25), "A stamp")
        actions.record_receipt(staff.viewer, letter, receipt, letter.version)
        row = letter.id, letter.organisation_id
    with reading(app):
        for person in (staff, colleague):
            found = history_page(person.viewer, *row).entries
            assert "letter.received" in [entry.name for entry in found], person.email


def drafted_from(viewer: Viewer, reference: str) -> FollowUp:
    ask = asks.get(viewer, reference)
    assert ask is not None
    return follow_up(viewer, ask, ask.addressees[0], today())


def test_a_contact_for_named_people_stands_in_no_letter_of_the_house(
    app: Flask, staff: Person
) -> None:
    with writing(app):
        [shown], [hidden] = (sent(staff.viewer, title)[1] for title in ("Shown", "Hidden"))
        narrow(staff.viewer, hidden)
        for about in ([shown], [shown, hidden]):
            for substance in (Substance.FOLLOW_UP, Substance.QUESTION):
                day = "2023-11-20" if len(about) == 1 else "2023-12-05"
                actions.record_contact(staff.viewer, about, contact_input(substance, day))
        references = shown.reference, hidden.reference
    with reading(app):
        open_one, narrow_one = (drafted_from(staff.viewer, each) for each in references)
        text = open_one.draft([open_one.ask.reference])
        assert "– 20 Nov 2023: our follow-up" in text
        assert "Your office put a question to us, 20 Nov 2023" in text
        assert "5 Dec 2023: our follow-up" not in text
        assert [str(one.happened_on) for one in open_one.replies.values()] == ["2023-11-20"]
        text = narrow_one.draft([narrow_one.ask.reference])
        assert "– 5 Dec 2023: our follow-up" in text
        assert "Your office put a question to us, 5 Dec 2023" in text


# ---- what comes in


def test_the_region_of_a_target_is_kept_clean(app: Flask, staff: Person) -> None:
    [place] = parse_places("China (Tibet   A)")
    given = TargetInput("Somebody", TargetKind.PERSON, place=place)
    with writing(app):
        target = add_target(staff.viewer, given)
        assert target is not None
        assert target.region == "Tibet A"
        version, other = target.version, replace(place, region=" Ngari \t B ")
        change_target(staff.viewer, target, replace(given, place=other), version)
        assert target.region == "Ngari B"


def test_a_right_code_leads_nowhere_else(staff: Person) -> None:
    secret, _ = add_app(staff)
    other = half_way(staff)
    token = token_on(other.get(HERE))
    with time_machine.travel(now() + timedelta(minutes=2)):
        sent = {"code": code_of(secret), "csrf_token": token}
        for evil in EVIL:
            assert other.get(HERE, query_string={"next": evil}).status_code == 400, evil
            for address, form in (({"next": evil}, sent), ({}, {**sent, "next": evil})):
                answer = other.client.post(HERE, query_string=address, data=form)
                assert answer.status_code == 400, evil
                assert "Location" not in answer.headers
            assert not is_in(other)
        assert give(other, code_of(secret)).status_code == 303
