"""What ends a clock, what restarts it, and what never does."""

from dataclasses import replace

import pytest

from tests.rules.facts import (
    COMMITTEE,
    LETTER,
    LONDON,
    SECOND_LETTER,
    STATE,
    TREASURY,
    ask,
    clocks,
    contact,
    day,
    known,
    later,
    letter,
    running,
    sent,
    the_clock,
    to_a_secretary,
)
from tracker.clocks.facts import AskFacts
from tracker.clocks.models import ClockKind, ClockState
from tracker.correspondence.models import Substance
from tracker.correspondence.rules import ContactFact
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import Seeks

SUBMISSION, FOLLOW_UP = Substance.SUBMISSION, Substance.FOLLOW_UP
ACKNOWLEDGEMENT, FORM_LETTER = Substance.ACKNOWLEDGEMENT, Substance.FORM_LETTER
SUBSTANTIVE, QUESTION = Substance.SUBSTANTIVE, Substance.QUESTION
PROMISE, MEETING = Substance.PROMISE, Substance.MEETING

SENT_ON, THEN = "2023-10-23", "2023-11-10"
LETTERS = {LETTER: letter(reply_by="2023-12-15"), SECOND_LETTER: letter()}
WRITTEN = ask(sent(1, SENT_ON), letters=LETTERS)
PROMISED = ask(
    sent(1, "2023-09-01"),
    contact(2, SENT_ON, PROMISE, promised="2023-12-15"),
    letters={LETTER: letter()},
)
ASKED_BACK = ask(sent(1, "2023-09-01"), contact(2, SENT_ON, QUESTION))
DATED_CONDUCT = ask(sent(1, SENT_ON), conduct="2022-09-05")
REMOVAL = ask(
    sent(1, SENT_ON, COMMITTEE),
    instrument=Instrument.ENTITY_LIST,
    seeks=Seeks.REMOVAL,
    to=(COMMITTEE, STATE),
    letters={LETTER: letter(to_a_secretary(Instrument.ENTITY_LIST), received=SENT_ON)},
)

EVERYTHING = set(Substance)
ENDS: list[tuple[ClockKind, AskFacts, set[Substance]]] = [
    (
        ClockKind.ACKNOWLEDGEMENT,
        WRITTEN,
        {ACKNOWLEDGEMENT, FORM_LETTER, SUBSTANTIVE, QUESTION, PROMISE, MEETING},
    ),
    (ClockKind.SILENCE, WRITTEN, EVERYTHING - {FORM_LETTER}),
    (ClockKind.REPLY_REQUESTED, WRITTEN, {SUBSTANTIVE, QUESTION, PROMISE, MEETING}),
    (ClockKind.PROMISE, PROMISED, {SUBSTANTIVE, MEETING, PROMISE}),
    (ClockKind.ANSWER, ASKED_BACK, {FOLLOW_UP, SUBMISSION, MEETING}),
    (ClockKind.EVIDENCE, DATED_CONDUCT, set()),
]


@pytest.mark.parametrize("substance", list(Substance))
@pytest.mark.parametrize(
    ("kind", "facts", "ends"), [pytest.param(*case, id=case[0]) for case in ENDS]
)
def test_a_contact_ends_the_clocks_that_it_answers_and_no_others(
    kind: ClockKind, facts: AskFacts, ends: set[Substance], substance: Substance
) -> None:
    further = later(facts, _further(9, THEN, substance))
    first = clocks(further, kind)[0]
    if substance in ends:
        assert first.state is ClockState.MET
        assert first.ended_on == day(THEN)
    else:
        assert first.state is ClockState.RUNNING
        assert first.ended_on is None
    assert first.due_on == clocks(facts, kind)[0].due_on


@pytest.mark.parametrize("substance", list(Substance))
@pytest.mark.parametrize(
    ("kind", "facts"), [pytest.param(case[0], case[1], id=case[0]) for case in ENDS]
)
def test_what_another_body_does_ends_nobody_elses_clock(
    kind: ClockKind, facts: AskFacts, substance: Substance
) -> None:
    further = later(facts, _further(9, THEN, substance, TREASURY))
    assert clocks(further, kind, clocks(facts, kind)[0].agency_id) == clocks(facts, kind)


@pytest.mark.parametrize("substance", list(Substance))
def test_no_words_of_the_committee_meet_its_term_unless_they_are_its_decision(
    substance: Substance,
) -> None:
    said = _further(9, THEN, substance, COMMITTEE)
    clock = the_clock(later(REMOVAL, said), ClockKind.ERC_REMOVAL)
    assert (clock.state, clock.due_on) == (ClockState.RUNNING, day("2023-11-22"))


def test_the_committees_decision_meets_its_term() -> None:
    decided = replace(_further(9, THEN, SUBSTANTIVE, COMMITTEE), is_determination=True)
    clock = the_clock(later(REMOVAL, decided), ClockKind.ERC_REMOVAL)
    assert (clock.state, clock.ended_on) == (ClockState.MET, day(THEN))


def test_another_bodys_word_does_not_meet_the_committees_term() -> None:
    decided = replace(_further(9, THEN, SUBSTANTIVE, STATE), is_determination=True)
    facts = later(REMOVAL, decided)
    assert the_clock(facts, ClockKind.ERC_REMOVAL).state is ClockState.RUNNING


# ---- restarting


@pytest.mark.parametrize(
    "substance", [SUBMISSION, FOLLOW_UP, ACKNOWLEDGEMENT, SUBSTANTIVE, PROMISE, MEETING]
)
def test_substantive_contact_starts_silence_anew(substance: Substance) -> None:
    (clock,) = running(later(WRITTEN, _further(9, THEN, substance)), ClockKind.SILENCE)
    assert clock.started_on == known(THEN)
    assert clock.due_on == day("2024-02-08")
    assert clock.flag_day(day("2024-02-09")) == day("2024-02-09")


def test_a_form_letter_leaves_silence_running_from_the_letter() -> None:
    (clock,) = running(later(WRITTEN, _further(9, THEN, FORM_LETTER)), ClockKind.SILENCE)
    assert clock.started_on == known(SENT_ON)
    assert clock.flag_day(day("2024-01-22")) == day("2024-01-22")


def test_a_follow_up_restarts_neither_the_acknowledgement_nor_the_reply_asked_for() -> None:
    facts = later(WRITTEN, _further(9, THEN, FOLLOW_UP))
    for kind in (ClockKind.ACKNOWLEDGEMENT, ClockKind.REPLY_REQUESTED):
        assert clocks(facts, kind) == clocks(WRITTEN, kind)


def test_a_second_letter_waits_for_an_acknowledgement_of_its_own() -> None:
    facts = later(WRITTEN, sent(9, THEN, letter=SECOND_LETTER))
    first, second = running(facts, ClockKind.ACKNOWLEDGEMENT)
    assert (first.due_on, second.due_on) == (day("2023-11-22"), day("2023-12-10"))
    answered = later(facts, contact(10, "2023-11-15", ACKNOWLEDGEMENT))
    assert running(answered, ClockKind.ACKNOWLEDGEMENT) == []


def test_silence_that_was_late_stays_on_record_as_late_after_a_reply() -> None:
    facts = later(WRITTEN, contact(9, "2024-03-01", SUBSTANTIVE))
    broken, anew = clocks(facts, ClockKind.SILENCE)
    assert broken.flag_day(day("2025-01-01")) == day("2024-01-22")
    assert broken.ended_on == day("2024-03-01")
    assert anew.flag_day(day("2024-05-30")) is None
    assert anew.flag_day(day("2024-05-31")) == day("2024-05-31")


@pytest.mark.parametrize(
    ("on", "late"),
    [("2023-11-21", False), ("2023-11-22", False), ("2023-11-23", True), ("2023-11-24", True)],
)
def test_an_acknowledgement_after_day_30_was_late_even_by_a_day(on: str, late: bool) -> None:
    clock = the_clock(later(WRITTEN, contact(9, on, ACKNOWLEDGEMENT)), ClockKind.ACKNOWLEDGEMENT)
    assert clock.ended_on == day(on)
    assert clock.flag_day(day("2025-01-01")) == (day("2023-11-23") if late else None)


# ---- the same day, and days known to the month


@pytest.mark.parametrize("substance", [ACKNOWLEDGEMENT, SUBSTANTIVE, MEETING])
def test_a_reply_on_the_day_of_the_letter_leaves_no_acknowledgement_to_wait_for(
    substance: Substance,
) -> None:
    facts = ask(contact(1, SENT_ON, substance), sent(2, SENT_ON))
    assert clocks(facts, ClockKind.ACKNOWLEDGEMENT) == []
    (silence,) = clocks(facts, ClockKind.SILENCE)
    assert silence.started_on == known(SENT_ON)


def test_a_question_answered_on_the_day_it_was_asked_is_not_ours_to_answer() -> None:
    facts = ask(sent(1, SENT_ON), contact(2, THEN, QUESTION), contact(3, THEN, FOLLOW_UP))
    assert running(facts, ClockKind.ANSWER) == []
    (silence,) = running(facts, ClockKind.SILENCE)
    assert silence.started_on == known(THEN)


def test_a_question_that_our_follow_up_brought_on_the_same_day_is_ours_to_answer() -> None:
    facts = ask(sent(1, SENT_ON), contact(2, THEN, FOLLOW_UP), contact(3, THEN, QUESTION))
    assert len(running(facts, ClockKind.ANSWER)) == 1
    assert running(facts, ClockKind.SILENCE) == []


@pytest.mark.parametrize("on", ["2023-10", "2023"])
@pytest.mark.parametrize("kind", [ClockKind.ACKNOWLEDGEMENT, ClockKind.REPLY_REQUESTED])
def test_a_reply_known_to_the_month_of_the_letter_is_a_reply_to_it(
    kind: ClockKind, on: str
) -> None:
    """Read by its earliest day alone it would come before the letter that it answers."""
    assert running(later(WRITTEN, contact(9, on, SUBSTANTIVE)), kind) == []


@pytest.mark.parametrize("on", ["2023-10", "2023"])
def test_a_vague_reply_that_may_be_to_an_earlier_letter_is_none_to_a_later_one(on: str) -> None:
    facts = ask(
        sent(1, "2023-09-01"), sent(2, SENT_ON, letter=SECOND_LETTER), contact(3, on, SUBSTANTIVE)
    )
    (waiting,) = running(facts, ClockKind.ACKNOWLEDGEMENT)
    assert waiting.started_on == known(SENT_ON)


@pytest.mark.parametrize("on", ["2023-09", "2022"])
def test_a_vague_reply_that_certainly_came_before_the_letter_is_no_reply_to_it(on: str) -> None:
    facts = later(WRITTEN, contact(9, on, SUBSTANTIVE))
    assert len(running(facts, ClockKind.ACKNOWLEDGEMENT)) == 1


@pytest.mark.parametrize("kind", [SUBSTANTIVE, MEETING])
def test_what_is_known_to_the_year_of_the_letter_ends_the_silence_after_it(kind: Substance) -> None:
    facts = later(WRITTEN, contact(9, "2023", kind))
    assert running(facts, ClockKind.SILENCE) == []
    assert "only to the year" in clocks(facts, ClockKind.SILENCE)[-1].note


def test_what_is_known_to_the_month_of_the_letter_is_counted_from_its_day() -> None:
    """There is no silence before the letter, and a promise runs from no day before it."""
    facts = later(WRITTEN, contact(9, "2023-10", PROMISE, promised="2023-12-15"))
    assert {spec.started_on for spec in clocks(facts, ClockKind.SILENCE)} == {known(SENT_ON)}
    assert the_clock(facts, ClockKind.PROMISE).started_on == known(SENT_ON)


# ---- a question of theirs


def test_a_question_known_to_the_month_of_the_letter_waits_for_us() -> None:
    facts = later(WRITTEN, contact(9, "2023-10", QUESTION))
    assert running(facts, ClockKind.SILENCE) == []
    clock = the_clock(facts, ClockKind.ANSWER)
    assert (clock.state, clock.due_on) == (ClockState.RUNNING, day("2023-11-06"))
    assert clock.note.startswith("Known as Oct 2023")


def test_a_question_stops_their_silence_until_we_answer() -> None:
    waiting = later(WRITTEN, contact(9, THEN, QUESTION))
    assert running(waiting, ClockKind.SILENCE) == []
    assert the_clock(waiting, ClockKind.ANSWER).due_on == day("2023-11-24")
    answered = later(waiting, contact(10, "2023-11-20", FOLLOW_UP))
    assert the_clock(answered, ClockKind.ANSWER).ended_on == day("2023-11-20")
    (silence,) = running(answered, ClockKind.SILENCE)
    assert silence.started_on == known("2023-11-20")


@pytest.mark.parametrize("substance", [ACKNOWLEDGEMENT, FORM_LETTER, SUBSTANTIVE, PROMISE])
def test_they_are_not_the_silent_ones_while_their_question_waits_whatever_else_they_send(
    substance: Substance,
) -> None:
    facts = later(WRITTEN, contact(9, THEN, QUESTION), _further(10, "2023-11-15", substance))
    assert len(running(facts, ClockKind.ANSWER)) == 1
    assert running(facts, ClockKind.SILENCE) == []


def test_a_meeting_answers_a_question_and_starts_silence_anew() -> None:
    facts = later(WRITTEN, contact(9, THEN, QUESTION), contact(10, "2023-11-20", MEETING))
    assert the_clock(facts, ClockKind.ANSWER).state is ClockState.MET
    (silence,) = running(facts, ClockKind.SILENCE)
    assert silence.started_on == known("2023-11-20")


def test_two_questions_wait_each_since_its_own_day_and_one_answer_serves_both() -> None:
    asked_twice = later(WRITTEN, contact(9, THEN, QUESTION), contact(10, "2023-11-15", QUESTION))
    waiting = running(asked_twice, ClockKind.ANSWER)
    assert [clock.due_on for clock in waiting] == [day("2023-11-24"), day("2023-11-29")]
    answered = later(asked_twice, contact(11, "2023-11-20", FOLLOW_UP))
    assert running(answered, ClockKind.ANSWER) == []


# ---- promises


def test_a_second_promise_starts_a_clock_and_keeps_the_day_of_the_first() -> None:
    facts = later(PROMISED, contact(9, "2023-12-10", PROMISE, promised="2024-02-01"))
    first, second = clocks(facts, ClockKind.PROMISE)
    assert (first.due_on, first.ended_on) == (day("2023-12-15"), day("2023-12-10"))
    assert first.flag_day(day("2025-01-01")) is None
    assert second.state is ClockState.RUNNING
    assert second.flag_day(day("2024-02-01")) is None
    assert second.flag_day(day("2024-02-02")) == day("2024-02-02")


def test_a_promise_renewed_too_late_was_late_until_then() -> None:
    facts = later(PROMISED, contact(9, "2024-01-10", PROMISE, promised="2024-02-01"))
    first, _ = clocks(facts, ClockKind.PROMISE)
    assert first.flag_day(day("2025-01-01")) == day("2023-12-16")
    assert first.ended_on == day("2024-01-10")


def test_a_promise_without_a_day_starts_no_clock() -> None:
    facts = later(WRITTEN, contact(9, THEN, PROMISE))
    assert clocks(facts, ClockKind.PROMISE) == []


# ---- several bodies


def test_each_body_has_clocks_of_its_own() -> None:
    facts = ask(
        sent(1, SENT_ON, STATE, TREASURY, LONDON),
        contact(2, THEN, ACKNOWLEDGEMENT, TREASURY),
        contact(3, "2023-12-01", QUESTION, LONDON),
        instrument=Instrument.UNSPECIFIED,
        to=(STATE, TREASURY, LONDON),
    )
    waiting = {c.agency_id for c in running(facts, ClockKind.ACKNOWLEDGEMENT)}
    silent = {c.agency_id: c.started_on for c in running(facts, ClockKind.SILENCE)}
    assert waiting == {STATE}
    assert silent == {STATE: known(SENT_ON), TREASURY: known(THEN)}
    assert the_clock(facts, ClockKind.ANSWER).agency_id == LONDON


def test_one_reply_of_two_bodies_ends_the_clocks_of_both() -> None:
    facts = ask(
        sent(1, SENT_ON, STATE, TREASURY),
        contact(2, THEN, SUBSTANTIVE, STATE, TREASURY),
        to=(STATE, TREASURY),
    )
    assert running(facts, ClockKind.ACKNOWLEDGEMENT) == []
    assert {c.started_on for c in running(facts, ClockKind.SILENCE)} == {known(THEN)}


def test_a_body_that_was_not_asked_has_no_clock() -> None:
    facts = ask(sent(1, SENT_ON, STATE, TREASURY), to=(STATE,))
    assert {c.agency_id for kind in ClockKind for c in clocks(facts, kind) if c.due_on} == {STATE}


def _further(number: int, on: str, substance: Substance, *agencies: int) -> ContactFact:
    """Another contact; a promise names a day, our letter is a letter."""
    if substance is SUBMISSION:
        return sent(number, on, *agencies, letter=SECOND_LETTER)
    promised = "2024-06-01" if substance is PROMISE else ""
    return contact(number, on, substance, *agencies, promised=promised)
