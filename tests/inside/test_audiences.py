"""Who sees what: the audience filter for every kind of record, and the copies that it reads."""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations_with_replacement, product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.inside.samples import (
    ask_input,
    ask_of,
    contact_input,
    current_clocks,
    letter_input,
    outcome_input,
    reading,
    record_case,
    writing,
)
from tests.support.factories import make
from tests.support.people import Person, add_person
from tracker import wiring
from tracker.accounts.models import Organisation, User
from tracker.accounts.permissions import Role
from tracker.accounts.viewer import ANONYMOUS, MACHINE, Viewer
from tracker.casework import actions
from tracker.casework.inputs import AddresseeInput, NextInput, ReceiptInput
from tracker.casework.telling import history_page
from tracker.core.countries import Place
from tracker.core.dates import PartialDate
from tracker.core.db import Base, db
from tracker.core.errors import Refused
from tracker.core.now import today
from tracker.correspondence import queries as correspondence
from tracker.correspondence.models import Contact
from tracker.dashboards.timeliness import timeliness
from tracker.feeds.changes import changes
from tracker.history.names import EVENTS
from tracker.recommendations import queries as asks
from tracker.recommendations.models import Recommendation, Result
from tracker.records import actions as records
from tracker.records.models import (
    Audience,
    AudienceColumns,
    Grant,
    HangsOnRecord,
    Record,
    RecordMixin,
)
from tracker.records.queries import audience_rule, may_edit, visible
from tracker.sources import queries as sources
from tracker.sources.actions import SourceInput
from tracker.sources.models import Attachment, Source
from tracker.targets import queries as targets
from tracker.targets.actions import TargetInput, add_member, add_target
from tracker.targets.models import TargetKind

wiring.register_models()


def models_of(kind: type) -> list[Any]:
    """The tables that carry an audience."""
    found = [m.class_ for m in Base.registry.mappers if issubclass(m.class_, kind)]
    return sorted(found, key=lambda model: str(model.__name__))


ENTITIES = models_of(AudienceColumns)
HANGING = models_of(HangsOnRecord)
RECORDS = models_of(RecordMixin)

# "ours": the owning organisation; "theirs": another one; "named": a partner whom a grant names
SEES = {
    Audience.NAMED: {"machine", "named"},
    Audience.ORGANISATION: {"machine", "our staff", "our admin"},
    Audience.COALITION: {
        "machine",
        "named",
        "our partner",
        "our staff",
        "our admin",
        "their partner",
        "their staff",
        "their admin",
    },
    Audience.PUBLIC: {
        "machine",
        "anonymous",
        "named",
        "our partner",
        "our staff",
        "our admin",
        "their partner",
        "their staff",
        "their admin",
    },
}


def everybody() -> tuple[dict[str, Viewer], int]:
    """Viewers of every sort, and the id of the organisation that is theirs or not."""
    ours, theirs = make(Organisation), make(Organisation)
    found = {"anonymous": ANONYMOUS, "machine": MACHINE}
    for whose, organisation in (("our", ours), ("their", theirs)):
        for role in Role:
            user = make(User, organisation_id=organisation.id, role=role)
            found[f"{whose} {role}"] = Viewer(user.id, organisation.id, role)
    named = make(User, organisation_id=theirs.id, role=Role.PARTNER)
    found["named"] = Viewer(named.id, theirs.id, Role.PARTNER)
    return found, ours.id


def grant(row: Any, viewer: Viewer) -> None:
    record_id = getattr(row, type(row).record_key().key)
    make(Grant, record_id=record_id, user_id=viewer.user_id)


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: str(entity.__name__))
def test_each_audience_is_seen_by_its_readers_and_nobody_else(context: Flask, entity: Any) -> None:
    viewers, owner = everybody()
    rows = {a: make(entity, audience=a, organisation_id=owner) for a in Audience}
    for row in rows.values():  # a grant counts for the audience of named people only
        grant(row, viewers["named"])
    key = entity.record_key()
    ids = {getattr(row, key.key): audience for audience, row in rows.items()}
    statement = select(key).where(key.in_(ids))
    seen: dict[Audience, set[str]] = {audience: set() for audience in Audience}
    for name, viewer in viewers.items():
        for found in db.session.scalars(visible(statement, entity, viewer)):
            seen[ids[found]].add(name)
    assert seen == SEES


def test_a_named_colleague_sees_a_record_and_the_admin_does_not(context: Flask) -> None:
    viewers, owner = everybody()
    row = make(Recommendation, audience=Audience.NAMED, organisation_id=owner)
    grant(row, viewers["our staff"])
    seen = {
        name
        for name, viewer in viewers.items()
        if db.session.scalar(select(Recommendation.id).where(audience_rule(Recommendation, viewer)))
    }
    assert seen == {"machine", "our staff"}


@pytest.mark.parametrize("audience", Audience)
def test_only_editors_of_the_owner_may_change_a_record(context: Flask, audience: Audience) -> None:
    viewers, owner = everybody()
    row = make(Recommendation, audience=audience, organisation_id=owner)
    assert {name for name, viewer in viewers.items() if may_edit(row, viewer)} == {
        "our staff",
        "our admin",
    }


def test_the_audiences_stand_in_their_order() -> None:
    assert sorted(Audience, key=lambda a: a.width) == [
        Audience.NAMED,
        Audience.ORGANISATION,
        Audience.COALITION,
        Audience.PUBLIC,
    ]


# ---- the copies that hanging rows carry


def hanging_on(ask: RecordMixin, model: Any) -> Any:
    given = {model.hangs_on: ask.id, "organisation_id": ask.organisation_id}
    return make(model, **given, audience=ask.audience)


def out_of_step() -> list[tuple[str, int]]:
    """The rows whose copies differ from what their record says."""
    said = {
        row.id: (row.organisation_id, row.audience)
        for model in RECORDS
        for row in db.session.scalars(select(model))
    }
    return [
        (model.__name__, key)
        for model in HANGING
        for key, *copies in db.session.execute(
            select(model.record_key(), model.organisation_id, model.audience)
        )
        if key in said and said[key] != tuple(copies)
    ]


@pytest.mark.parametrize("model", HANGING, ids=lambda model: str(model.__name__))
def test_a_hanging_row_follows_its_record_and_no_other(context: Flask, model: Any) -> None:
    user = make(User, role=Role.STAFF)
    viewer = Viewer(user.id, user.organisation_id, Role.STAFF)
    kind: type[Any] = Source if model is Attachment else Recommendation
    ask, other = (make(kind, organisation_id=user.organisation_id) for _ in range(2))
    row, bystander = hanging_on(ask, model), hanging_on(other, model)
    for audience in (Audience.COALITION, Audience.PUBLIC, Audience.NAMED, Audience.ORGANISATION):
        records.change_audience(viewer, [ask], audience, reason="For the test.")
        db.session.expire_all()
        assert row.audience is audience
        assert bystander.audience is Audience.ORGANISATION


def test_every_table_with_copies_names_an_existing_column() -> None:
    assert HANGING
    for model in HANGING:
        assert model.record_key().key in model.__table__.columns


@pytest.mark.parametrize("audience", [Audience.NAMED, Audience.PUBLIC])
def test_what_is_added_to_a_shared_record_carries_its_audience(
    app: Flask, staff: Person, audience: Audience
) -> None:
    viewer = staff.viewer
    with writing(app):
        case = record_case(viewer, audience)
    with writing(app):
        ask = ask_of(viewer, case.ask)
        actions.record_contact(viewer, [ask], contact_input(on="2023-12-10"))
        actions.record_outcome(viewer, ask, outcome_input())
        records.set_tags(viewer, ask, ["another tag"])
        flags = [clock for clock in current_clocks(ask.id) if clock.flagged_on]
        assert flags
        until = today() + timedelta(days=30)
        actions.snooze(viewer, ask, flags, until=until, reason="For the test.")
    with reading(app):
        assert out_of_step() == []
        for model in HANGING:
            audiences = set(
                db.session.scalars(
                    select(model.audience)
                    .join(Record, Record.id == model.record_key())
                    .where(Record.reference.in_((case.ask, case.source)))
                )
            )
            assert audiences == {audience}, model.__name__


def test_parts_that_are_added_on_a_change_carry_the_audience(app: Flask, staff: Person) -> None:
    viewer = staff.viewer
    with writing(app):
        case = record_case(viewer, Audience.COALITION)
    with writing(app):
        ask = ask_of(viewer, case.ask)
        bodies = [*(row.agency.slug for row in ask.addressees), "state"]
        edited = ask_input(
            "Another title",
            targets=(case.target,),
            places=(Place("CN", "Tibet"), Place("IR")),
            addressees=tuple(AddresseeInput(body) for body in bodies),
        )
        actions.change_ask(viewer, ask, edited, ask.version)
    with reading(app):
        ask = ask_of(viewer, case.ask)
        assert [row.agency.slug for row in ask.addressees] == bodies
        assert len(ask.places) == 2
        assert out_of_step() == []


# ---- contacts, which concern several asks


def letter_with_two_asks(viewer: Viewer) -> list[Recommendation]:
    letter = actions.record_letter(viewer, letter_input(ask_input("One"), ask_input("Two")))
    return correspondence.asks_of(viewer, [letter.id])[letter.id]


def readers_of(model: Any, key: int, viewers: dict[str, Viewer]) -> set[str]:
    return {
        name
        for name, viewer in viewers.items()
        if db.session.scalar(visible(select(model.id).where(model.id == key), model, viewer))
    }


def readers_of_contacts_and_sources() -> tuple[dict[str, Viewer], list[int]]:
    """Who may read what several asks share; and those whom an ask may name, one from elsewhere."""
    known, owner = everybody()
    colleague = make(User, organisation_id=owner, role=Role.STAFF)
    names = ("anonymous", "named", "our staff", "our admin", "their staff")
    viewers = {name: known[name] for name in names}
    viewers["our colleague"] = Viewer(colleague.id, owner, Role.STAFF)
    return viewers, [viewers[name].user_id or 0 for name in ("named", "our colleague")]


def give(viewer: Viewer, ask: Recommendation, audience: Audience, named: list[int]) -> None:
    rows: list[RecordMixin] = [ask]
    if audience is Audience.PUBLIC:  # whatever is public rests on something that is
        cited = sources.cited_by(viewer, [ask.id])[ask.id]
        rows.append(next(use.source for use in cited if use.source.is_published))
        rows += correspondence.letters_of(viewer, [ask.id])[ask.id]
    actions.share(viewer, rows, audience, reason="For the test.", named=named)


@pytest.mark.parametrize("order", ["shared before it", "shared after it"])
def test_a_contact_is_seen_by_those_who_see_all_of_its_asks(context: Flask, order: str) -> None:
    viewers, named = readers_of_contacts_and_sources()
    recorder = viewers["our staff"]
    wrong = []
    for first, second in combinations_with_replacement(Audience, 2):
        one, two = letter_with_two_asks(recorder)
        shares = ((one, first, named), (two, second, named[1:]))
        contact = None
        if order == "shared after it":
            contact = actions.record_contact(recorder, [one, two], contact_input())
        for ask, audience, people in shares:
            give(recorder, ask, audience, people)
        contact = contact or actions.record_contact(recorder, [one, two], contact_input())
        db.session.flush()
        good = readers_of(Recommendation, one.id, viewers)
        good &= readers_of(Recommendation, two.id, viewers)
        seen = readers_of(Contact, contact.id, viewers)
        if seen != good:
            wrong.append((first, second, seen ^ good))
    assert wrong == []


@pytest.mark.parametrize("audience", Audience)
def test_a_contact_is_as_narrow_as_the_narrowest_of_its_asks(
    context: Flask, audience: Audience
) -> None:
    viewers, _ = everybody()
    recorder = viewers["our staff"]
    one, two = letter_with_two_asks(recorder)
    contact = actions.record_contact(recorder, [one, two], contact_input())
    give(recorder, one, Audience.PUBLIC, [])
    assert contact.audience is Audience.ORGANISATION
    give(recorder, two, audience, [])
    assert contact.audience is audience
    give(recorder, one, Audience.ORGANISATION, [])
    assert contact.audience is min(audience, Audience.ORGANISATION, key=lambda a: a.width)


@pytest.mark.parametrize("order", ["shared before it", "shared after it"])
def test_a_source_is_seen_by_nobody_who_does_not_see_all_that_cite_it(
    context: Flask, order: str
) -> None:
    viewers, named = readers_of_contacts_and_sources()
    recorder = viewers["our staff"]
    house = {"our staff", "our admin", "our colleague"}
    coalition = viewers.keys() - {"anonymous"}
    given_to = {
        Audience.NAMED: {"our staff", "our colleague", "named"},
        Audience.ORGANISATION: house,
        Audience.COALITION: coalition,
        Audience.PUBLIC: coalition | {"anonymous"},
    }
    wrong: list[object] = []
    for number, (first, second) in enumerate(combinations_with_replacement(Audience, 2)):
        one, two = letter_with_two_asks(recorder)
        article = SourceInput(title=f"An article {number}", url="https://example.org/article")
        if order == "shared after it":
            actions.cite(recorder, one, article)
            actions.cite(recorder, two, article)
        give(recorder, one, first, named)
        give(recorder, two, second, named[1:])
        if order == "shared before it":
            actions.cite(recorder, one, article)
            actions.cite(recorder, two, article)
        cited = {ask.id: sources.all_cited_by([ask.id]) for ask in (one, two)}
        fresh = {s for held in cited.values() for s in held if s.title == article.title}
        for source in fresh:  # nobody gave it to fewer yet: all of the house see it who see those
            citing = [key for key, held in cited.items() if source in held]
            good = house.intersection(*(readers_of(Recommendation, k, viewers) for k in citing))
            seen = readers_of(Source, source.id, viewers)
            if seen & house != good:
                wrong.append((first, second, seen, good))
        for ask, own in product((one, two), Audience):
            for source in sources.all_cited_by([ask.id]):
                if try_to_give(recorder, source, own, named):
                    seen = readers_of(Source, source.id, viewers)
                    if seen != given_to[own]:
                        wrong.append((first, second, own, seen))
            for source in sources.all_cited_by([ask.id]):
                seen = readers_of(Source, source.id, viewers)
                if not {"our staff"} <= seen <= readers_of(Recommendation, ask.id, viewers):
                    wrong.append((first, second, own, seen))
    assert wrong == []


def try_to_give(viewer: Viewer, source: Source, audience: Audience, named: list[int]) -> bool:
    """Give a source an audience of its own, where that is allowed; whether it was."""
    try:
        with db.session.begin_nested():
            actions.share(viewer, [source], audience, reason="For the test.", named=named)
    except Refused:
        return False
    return True


def test_who_leaves_a_house_keeps_nothing_that_concerns_what_is_its_own(
    app: Flask, staff: Person, colleague: Person
) -> None:
    who = colleague.viewer.user_id or 0
    article = SourceInput(title="An article", url="https://example.org/article")
    with writing(app):
        one, two = letter_with_two_asks(staff.viewer)
        give(staff.viewer, one, Audience.NAMED, [who])
        [target] = asks.targets_of(staff.viewer, [one.id])[one.id]
        actions.record_outcome(staff.viewer, one, outcome_input(target.reference))
        assert one.result is not Result.NONE_KNOWN
        contact = actions.record_contact(staff.viewer, [one, two], contact_input())
        alone = actions.record_contact(staff.viewer, [one], contact_input())
        actions.cite(staff.viewer, one, article)
        source = actions.cite(staff.viewer, two, article)
        keys = {"both": contact.id, "own": alone.id, "ask": one.id, "source": source.id}
    rooms = {"both": Contact, "own": Contact, "ask": Recommendation, "source": Source}

    def seen() -> set[str]:
        with reading(app):
            user = db.session.get_one(User, who)
            viewers = {"they": Viewer.of(user)}
            return {name for name, key in keys.items() if readers_of(rooms[name], key, viewers)}

    assert {"both", "own", "ask"} <= seen()
    with writing(app):
        user = db.session.get_one(User, who)
        actions.change_user(user, Role.STAFF, make(Organisation))
    assert seen() == {"own", "ask"}
    with reading(app):  # about a target that its readers do not all see any more
        assert db.session.get_one(Recommendation, keys["ask"]).result is Result.NONE_KNOWN


def test_who_leaves_a_house_has_none_of_its_asks_and_no_leave_of_before(
    app: Flask, staff: Person, colleague: Person
) -> None:
    who = colleague.viewer.user_id or 0
    with writing(app):
        case = record_case(staff.viewer)
        ask = ask_of(staff.viewer, case.ask)
        give(staff.viewer, ask, Audience.NAMED, [who])
        actions.set_next(staff.viewer, ask, NextInput(who, "Call them", today()), ask.plan_version)
        give(staff.viewer, ask_of(staff.viewer, case.ask), Audience.ORGANISATION, [])
    with writing(app):
        user = db.session.get_one(User, who)
        actions.change_user(user, Role.STAFF, make(Organisation))
    with writing(app):
        records.set_tags(staff.viewer, ask_of(staff.viewer, case.ask), ["a witness"])
    with writing(app):
        ask = ask_of(staff.viewer, case.ask)
        assert ask.assignee_id is None
        give(staff.viewer, ask, Audience.NAMED, [who])
    with reading(app):
        viewer = Viewer.of(db.session.get_one(User, who))
        assert entries(viewer, case.ask) == ["record.audience_changed"]


def test_how_long_an_outcome_took_is_counted_of_targets_that_one_sees(
    app: Flask, staff: Person, partner: Person
) -> None:
    with writing(app):
        case = record_case(staff.viewer)
        give(staff.viewer, ask_of(staff.viewer, case.ask), Audience.COALITION, [])
    with reading(app):
        waits = {
            name: timeliness(viewer, today())["outcome"].events
            for name, viewer in (("staff", staff.viewer), ("partner", partner.viewer))
        }
    assert waits == {"staff": 1, "partner": 0}


# ---- since when others read a record's history


def entries(viewer: Viewer, reference: str) -> list[str]:
    ask = ask_of(viewer, reference)
    return [entry.name for entry in history_page(viewer, ask.id, ask.organisation_id).entries]


def test_others_read_the_history_from_the_day_it_was_shared(
    app: Flask, staff: Person, partner: Person
) -> None:
    with writing(app):
        case = record_case(staff.viewer)
    with writing(app):
        give(staff.viewer, ask_of(staff.viewer, case.ask), Audience.COALITION, [])
    with writing(app):
        records.set_tags(staff.viewer, ask_of(staff.viewer, case.ask), ["later"])
    with reading(app):
        assert "recommendation.recorded" in entries(staff.viewer, case.ask)
        assert entries(partner.viewer, case.ask) == ["record.tagged", "record.audience_changed"]


def test_a_wider_audience_takes_no_history_from_those_who_read_it(
    app: Flask, staff: Person, partner: Person
) -> None:
    with writing(app):
        case = record_case(staff.viewer)
    for audience in (Audience.COALITION, Audience.PUBLIC):
        with writing(app):
            give(staff.viewer, ask_of(staff.viewer, case.ask), audience, [])
    with reading(app):
        assert entries(partner.viewer, case.ask) == ["record.audience_changed"] * 2


def test_taking_a_record_back_closes_the_history_of_before(
    app: Flask, staff: Person, partner: Person
) -> None:
    with writing(app):
        case = record_case(staff.viewer)
    for audience in (Audience.COALITION, Audience.ORGANISATION, Audience.COALITION):
        with writing(app):
            give(staff.viewer, ask_of(staff.viewer, case.ask), audience, [])
    with reading(app):
        assert entries(partner.viewer, case.ask) == ["record.audience_changed"]


def test_a_person_named_later_reads_from_the_day_of_the_grant(
    app: Flask, staff: Person, partner: Person
) -> None:
    with writing(app):
        case = record_case(staff.viewer)
    with writing(app):
        ask = ask_of(staff.viewer, case.ask)
        give(staff.viewer, ask, Audience.NAMED, [partner.viewer.user_id or 0])
    with writing(app):
        records.set_tags(staff.viewer, ask_of(staff.viewer, case.ask), ["later"])
    with reading(app):
        assert entries(partner.viewer, case.ask)[0] == "record.tagged"
        assert "recommendation.recorded" not in entries(partner.viewer, case.ask)


def test_a_colleague_named_later_reads_from_the_day_of_the_grant(
    app: Flask, staff: Person, colleague: Person
) -> None:
    def give_it(audience: Audience, *named: Person) -> None:
        with writing(app):
            ids = [person.viewer.user_id or 0 for person in named]
            give(staff.viewer, ask_of(staff.viewer, case.ask), audience, ids)

    with writing(app):
        case = record_case(staff.viewer)
    everything = 4
    give_it(Audience.NAMED)
    with writing(app):
        records.set_tags(staff.viewer, ask_of(staff.viewer, case.ask), ["dangerous"])
    give_it(Audience.NAMED, colleague)
    with reading(app):
        assert entries(colleague.viewer, case.ask) == ["record.audience_changed"]
        assert len(entries(staff.viewer, case.ask)) > everything
    give_it(Audience.ORGANISATION)
    give_it(Audience.NAMED, colleague)
    with reading(app):  # who was named goes on without a break, and who recorded it too
        assert entries(colleague.viewer, case.ask) == ["record.audience_changed"] * 3
        assert "recommendation.recorded" in entries(staff.viewer, case.ask)


def test_who_sees_a_record_of_the_house_keeps_its_history_when_it_becomes_narrower(
    app: Flask, staff: Person, colleague: Person, admin: Person
) -> None:
    with writing(app):
        case = record_case(staff.viewer)
    with writing(app):
        named = [colleague.viewer.user_id or 0]
        give(staff.viewer, ask_of(staff.viewer, case.ask), Audience.NAMED, named)
    with reading(app):
        assert "recommendation.recorded" in entries(colleague.viewer, case.ask)
    with writing(app):
        give(staff.viewer, ask_of(staff.viewer, case.ask), Audience.ORGANISATION, [])
    with reading(app):  # who was shut out meanwhile reads from when it was opened again
        assert entries(admin.viewer, case.ask) == ["record.audience_changed"]


SECRET = "Quokka"


def test_what_happened_to_what_is_hidden_is_told_to_nobody(
    app: Flask, staff: Person, partner: Person
) -> None:
    viewer = staff.viewer
    with writing(app):
        case, other = record_case(viewer), record_case(viewer, title="Another")
        give(viewer, ask_of(viewer, case.ask), Audience.COALITION, [])
        member = targets.get(viewer, other.target)
        assert member is not None
        actions.share(viewer, [member], Audience.COALITION, reason="For the test.")
        give(viewer, ask_of(viewer, other.ask), Audience.NAMED, [])
    with writing(app):
        ask, narrow = ask_of(viewer, case.ask), ask_of(viewer, other.ask)
        listed = replace(outcome_input(case.target), url=f"https://example.org/{SECRET}")
        outcome = actions.record_outcome(viewer, ask, listed)
        actions.void_outcome(viewer, ask, outcome, SECRET)
        source = actions.cite(viewer, ask, SourceInput(title="A memorandum", shows=SECRET))
        actions.void_evidence(viewer, ask, source, SECRET)
        letter = correspondence.letter(viewer, case.letter)
        assert letter is not None
        receipt = ReceiptInput(PartialDate(2023, 10, 25), SECRET)
        actions.record_receipt(viewer, letter, receipt, letter.version)
        contact = actions.record_contact(viewer, [ask, narrow], contact_input())
        db.session.flush()
        actions.void_contact(viewer, contact, SECRET)
        group = add_target(viewer, TargetInput(SECRET, TargetKind.CLASS))
        again = targets.get(viewer, other.target)
        assert group is not None
        assert again is not None
        add_member(viewer, group, again, None)
        db.session.flush()
        actions.void_member(viewer, group, again, SECRET)
    hidden = {
        *("outcome.recorded", "outcome.voided", "source.cited", "source.voided"),
        *("letter.received", "contact.recorded", "contact.voided"),
        *("target.changed", "target.member_voided"),
    }
    with reading(app):
        for reader, told in ((staff, hidden), (partner, set())):
            rows = [ask_of(viewer, case.ask), targets.get(viewer, other.target)]
            pages = [history_page(reader.viewer, r.id, r.organisation_id) for r in rows if r]
            found = [entry for page in pages for entry in page.entries]
            assert {entry.name for entry in found} & hidden == told
            assert (SECRET in str([entry.body for entry in found])) is bool(told)
            feed = changes(reader.viewer, "https://example.org", "own").decode()
            assert {name for name in hidden if EVENTS[name] in feed} == told


def test_a_partner_of_the_owner_reads_from_the_day_it_was_shared(app: Flask, staff: Person) -> None:
    own = add_person(app, "helper@example.org", Role.PARTNER, staff.viewer.organisation)
    with writing(app):
        case = record_case(staff.viewer)
    with writing(app):
        give(staff.viewer, ask_of(staff.viewer, case.ask), Audience.COALITION, [])
    with reading(app):
        assert entries(own.viewer, case.ask) == ["record.audience_changed"]


def test_nobody_in_particular_reads_from_the_day_it_became_public(
    app: Flask, staff: Person
) -> None:
    with writing(app):
        case = record_case(staff.viewer)
    for audience in (Audience.COALITION, Audience.PUBLIC):
        with writing(app):
            give(staff.viewer, ask_of(staff.viewer, case.ask), audience, [])
    with reading(app):
        assert entries(ANONYMOUS, case.ask) == ["record.audience_changed"]
