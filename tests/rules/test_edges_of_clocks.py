"""Edges of the rules: the day of a reopening, several contacts of one day, another country's
president, and one outcome for the ask as a whole beside one that names a target."""

import pytest

from tests.rules.facts import ask, clocks, contact, day, known, sent, spans, the_clock
from tracker.agencies.models import Agency, AgencyKind
from tracker.clocks.facts import AskFacts
from tracker.clocks.models import ClockKind, ClockState
from tracker.clocks.section_1263d import is_to_president
from tracker.correspondence.models import Substance
from tracker.correspondence.rules import ContactFact
from tracker.recommendations.models import Judgement, OutcomeKind, Result, Status
from tracker.recommendations.outcomes import OutcomeFact, result
from tracker.targets.models import TargetKind

SENT_ON, LONG_AFTER = "2023-10-23", day("2030-01-01")


# ---- the day of a reopening


def _reopened(reply_on: str) -> AskFacts:
    """Closed before anything was late, reopened long after that, and answered on a day."""
    life = spans(
        (Status.SUBMITTED, SENT_ON), (Status.CLOSED, "2023-11-01"), (Status.SUBMITTED, "2024-05-01")
    )
    return ask(sent(1, SENT_ON), contact(2, reply_on, Substance.SUBSTANTIVE), life=life)


@pytest.mark.parametrize("kind", [ClockKind.ACKNOWLEDGEMENT, ClockKind.SILENCE])
@pytest.mark.parametrize(
    ("reply_on", "flags"),
    [
        ("2024-04-30", [None]),
        ("2024-05-01", [None]),
        ("2024-05-02", [None, day("2024-05-01")]),
    ],
)
def test_what_is_met_on_the_very_day_of_the_reopening_was_not_late_again(
    kind: ClockKind, reply_on: str, flags: list[object]
) -> None:
    of_our_letter = [
        clock for clock in clocks(_reopened(reply_on), kind) if clock.started_on == known(SENT_ON)
    ]
    assert [clock.flag_day(LONG_AFTER) for clock in of_our_letter] == flags
    assert of_our_letter[0].state is ClockState.CLOSED


# ---- several contacts of one day

ON = "2023-11-20"


def _of_one_day(*said: Substance) -> tuple[ContactFact, ...]:
    """Contacts of one day, as they were recorded, each under the number of its place."""
    return tuple(contact(number, ON, what) for number, what in enumerate(said, start=1))


@pytest.mark.parametrize(
    ("said", "rests_on"),
    [
        ((Substance.SUBMISSION,), 1),
        ((Substance.SUBMISSION, Substance.ACKNOWLEDGEMENT), 1),
        ((Substance.ACKNOWLEDGEMENT, Substance.SUBSTANTIVE), 1),
        ((Substance.SUBSTANTIVE, Substance.FOLLOW_UP, Substance.ACKNOWLEDGEMENT), 1),
        ((Substance.ACKNOWLEDGEMENT, Substance.SUBMISSION), 2),  # our letter comes first
        ((Substance.FORM_LETTER, Substance.ACKNOWLEDGEMENT, Substance.SUBSTANTIVE), 2),
        ((Substance.QUESTION, Substance.FOLLOW_UP, Substance.ACKNOWLEDGEMENT), 2),
        ((Substance.ACKNOWLEDGEMENT, Substance.QUESTION, Substance.FOLLOW_UP), 3),
    ],
)
def test_of_several_contacts_of_a_day_silence_is_counted_from_the_first_that_counts(
    said: tuple[Substance, ...], rests_on: int
) -> None:
    clock = the_clock(ask(*_of_one_day(*said)), ClockKind.SILENCE)
    assert (clock.contact_id, clock.started_on) == (rests_on, known(ON))


def test_a_further_contact_of_the_day_makes_no_other_clock() -> None:
    one = ask(*_of_one_day(Substance.SUBMISSION))
    two = ask(*_of_one_day(Substance.SUBMISSION, Substance.SUBSTANTIVE))
    assert clocks(two, ClockKind.SILENCE) == clocks(one, ClockKind.SILENCE)


# ---- who is the President of 22 U.S.C. 10102(d)


@pytest.mark.parametrize("title", ["", "President", "President of the Republic"])
@pytest.mark.parametrize(
    ("kind", "jurisdiction", "qualifies"),
    [
        (AgencyKind.HEAD_OF_STATE, "US", True),
        (AgencyKind.HEAD_OF_STATE, "FR", False),
        (AgencyKind.HEAD_OF_STATE, "EU", False),
        (AgencyKind.HEAD_OF_STATE, "", False),
        (AgencyKind.DEPARTMENT, "US", False),
    ],
)
def test_the_president_of_another_country_is_not_the_one_of_the_law(
    title: str, kind: AgencyKind, jurisdiction: str, qualifies: bool
) -> None:
    body = Agency(slug="head", kind=kind, jurisdiction=jurisdiction)
    assert is_to_president(body, title) is qualifies


def test_nobody_is_no_president() -> None:
    assert not is_to_president(None, "President")


# ---- one outcome for the ask as a whole beside one that names a target

TWO = {1: TargetKind.PERSON, 2: TargetKind.PUBLIC_BODY}


@pytest.mark.parametrize("listed", [(1, None), (None, 1), (1, 2, None)])
@pytest.mark.parametrize(
    ("judgement", "comes_to"),
    [(Judgement.IN_FULL, Result.IN_FULL), (Judgement.IN_PART, Result.IN_PART)],
)
def test_an_outcome_for_the_ask_as_a_whole_needs_a_judgement_whatever_else_is_named(
    listed: tuple[int | None, ...], judgement: Judgement, comes_to: Result
) -> None:
    facts = [
        OutcomeFact(OutcomeKind.LISTED_AS_ASKED, target, known("2024-02-01")) for target in listed
    ]
    assert result(TWO, facts, known(SENT_ON), judgement) is comes_to
    by_count = Result.IN_FULL if 2 in listed else Result.IN_PART
    assert result(TWO, facts, known(SENT_ON), None) is by_count
