"""A second computation, in plain Python over the JSON export, finds the flags of every month: on
the demonstration as it is loaded, and once its asks have led busy lives."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from random import Random
from typing import Any

import pytest

from tests.inside.loaded import Demonstration, demonstration
from tests.inside.samples import ask_input, ask_of, reading, writing
from tests.inside.second_opinion import Flag, flags_on, is_request_in_law
from tests.support import databases
from tracker.accounts import queries as accounts
from tracker.accounts.viewer import Viewer
from tracker.casework import actions
from tracker.casework.inputs import ContactInput
from tracker.clocks import sweep
from tracker.core.dates import PartialDate
from tracker.core.errors import Refused
from tracker.core.now import today
from tracker.correspondence import queries as correspondence
from tracker.correspondence.models import Substance
from tracker.jobs import runner
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import ClosureReason, Recommendation, Status
from tracker.recommendations.workflow import Change
from tracker.sources.actions import SourceInput

STAFF = "staff@example.org"
# and on from there, until evidence and drafts of today are late
MONTHS = [date(year, month, 1) for year, month in product(range(2017, 2029), range(1, 13))]
LAST = date(2026, 6, 30)  # of what happens in a busy life
CHANGES = {Status.CLOSED, Status.SUBMITTED, "void"}
SAID = ("recommendation", "agency", "kind", "cause", "basis", "due_on", "flagged_on")


@pytest.fixture(params=databases.KINDS)
def demo(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demonstration]:
    with demonstration(request.param, tmp_path_factory) as found:
        yield found


def exported(demo: Demonstration) -> dict[str, Any]:
    """What the staff see, as their export has it."""
    found: dict[str, Any] = demo.tracker("export", "json", "--out", "-", "--as", STAFF).json
    return found


def without_clocks(export: dict[str, Any]) -> dict[str, Any]:
    """The same without what the program makes of it."""
    kept = [
        {name: value for name, value in ask.items() if name not in ("clocks", "causes", "stale")}
        for ask in export["recommendations"]
    ]
    return {**export, "recommendations": kept}


def swept(demo: Demonstration, on: date) -> list[Flag]:
    """What the sweep says of a day."""
    with reading(demo.app):
        found = runner.run_by_hand(sweep.JOB, on, dry_run=True).figures["in_force"]
    return sorted(tuple(flag[name] or "" for name in SAID) for flag in found)


def agree(demo: Demonstration) -> Counter[str]:
    """Hold the sweep of every month against the second computation: how many flags of each kind
    both found."""
    facts, kinds = without_clocks(exported(demo)), Counter[str]()
    for on in MONTHS:
        found = swept(demo, on)
        assert found == flags_on(facts, on), on
        kinds.update(kind for _, _, kind, *_ in found)
    return kinds


def test_a_second_computation_finds_the_same_flags_on_the_first_of_every_month(
    demo: Demonstration,
) -> None:
    kinds = agree(demo)
    assert sum(kinds.values()) > 1000
    sent = {"acknowledgement", "silence", "reply_requested", "section_1263d"}
    assert set(kinds) == {*sent, "evidence"}


def test_no_clock_is_missing_and_none_is_there_for_nothing(demo: Demonstration) -> None:
    export = exported(demo)
    letters = {letter["reference"]: letter for letter in export["letters"]}
    for ask in export["recommendations"]:
        begun = [clock for clock in ask["clocks"] if clock["state"] != "not_started"]
        undated = [
            clock
            for clock in ask["clocks"]
            if clock["state"] == "not_started" and clock["kind"] in ("acknowledgement", "silence")
        ]
        own = [letters[reference] for reference in ask["letters"]]
        bodies = len(ask["addressees"])
        assert Counter(clock["kind"] for clock in [*begun, *undated]) == Counter(
            acknowledgement=bodies,
            silence=bodies,
            reply_requested=bodies if ask["response_requested_by"] else 0,
            evidence=1 if ask["newest_conduct_on"] else 0,
            section_1263d=1 if any(is_request_in_law(ask, letter) for letter in own) else 0,
        ), ask["title"]


def test_it_does_so_once_the_asks_have_led_busy_lives(demo: Demonstration) -> None:
    references = [ask["reference"] for ask in exported(demo)["recommendations"]]
    with writing(demo.app):
        staff = accounts.viewer_for(STAFF)
        done = live(staff, references, Random(1263))
        for number in range(3):  # late by a house norm, some day
            ask = actions.add_ask(staff, ask_input(f"A draft {number}"))
            if number:
                change = Change(Status.VETTING, PartialDate.of(today()))
                actions.change_status(staff, ask, change, SourceInput(), ask.version)
    assert set(done) >= {*Substance, *CHANGES} - {Substance.SUBMISSION}
    assert min(done.values()) >= 10, done
    kinds = agree(demo)
    busy = {"promise", "answer", "erc_vote", "evidence", "drafting", "vetting"}
    assert set(kinds) >= {"acknowledgement", "silence", "reply_requested"} | busy
    assert min(kinds.values()) >= 10, kinds


def live(staff: Viewer, references: list[str], random: Random) -> Counter[str]:
    """Contacts of every kind, some entered in error, closings and reopenings: how many of each."""
    done: Counter[str] = Counter()
    for reference in references:
        ask = ask_of(staff, reference)
        for _ in range(random.randint(0, 12) if ask.addressees else 0):
            try:
                done.update(one_thing(staff, ask, random))
            except Refused:  # as a day before the last change of status
                continue
    return done


def one_thing(staff: Viewer, ask: Recommendation, random: Random) -> list[str]:
    """Something that happens to an ask, now and then on one day with another thing: what it was."""
    asked = (ask.submitted_on or PartialDate(2023)).earliest
    on = min(asked + timedelta(days=15 * random.randint(0, 60)), LAST)
    turn = random.random()
    if turn < 0.15:
        return [turn_over(staff, ask, on)]
    if turn < 0.25:
        return void_one(staff, ask, random)
    bodies = [row.agency_id for row in ask.addressees]
    given = ContactInput(
        random.choice([one for one in Substance if one is not Substance.SUBMISSION]),
        PartialDate(on.year, on.month) if random.random() < 0.1 else PartialDate.of(on),
        tuple(random.sample(bodies, random.randint(1, len(bodies)))),
    )
    if given.substance is Substance.PROMISE:
        promised = PartialDate.of(on + timedelta(days=random.randint(40, 300)))
        given = replace(given, promised_on=promised)
    if ask.instrument is Instrument.ENTITY_LIST and given.substance is Substance.QUESTION:
        given = replace(
            given, proposed_on=PartialDate.of(on - timedelta(days=random.randint(0, 9)))
        )
    if ask.instrument is Instrument.ENTITY_LIST and given.substance is Substance.SUBSTANTIVE:
        given = replace(given, is_determination=on.toordinal() % 2 == 0)
    actions.record_contact(staff, [ask], given)
    return [given.substance]


def turn_over(staff: Viewer, ask: Recommendation, on: date) -> str:
    """Close an ask that is open, reopen one that is closed."""
    change = Change(Status.SUBMITTED, PartialDate.of(on), reason="It is taken up again.")
    if ask.status is not Status.CLOSED:
        reason = ClosureReason.WITHDRAWN
        change = replace(change, to=Status.CLOSED, reason="Given up.", closure_reason=reason)
    actions.change_status(staff, ask, change, SourceInput(), ask.version)
    return ask.status


def void_one(staff: Viewer, ask: Recommendation, random: Random) -> list[str]:
    """Void a contact that was not our letter with the ask."""
    recorded = [
        one
        for one in correspondence.contacts_of(staff, [ask.id])[ask.id]
        if one.substance is not Substance.SUBMISSION and not one.voided_at
    ]
    if not recorded:
        return []
    actions.void_contact(staff, random.choice(recorded), "It was another ask.")
    return ["void"]
