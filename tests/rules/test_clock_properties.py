"""What holds of the clocks of any ask, whatever contacts, closings and letters it has."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.rules.facts import (
    LETTER,
    LONDON,
    PRESIDENT,
    RULES,
    SECOND_LETTER,
    SFRC,
    STATE,
    addressed_to,
    leaders,
    letter,
    request,
)
from tests.rules.strategies import STEADY
from tracker.clocks.facts import AskFacts, ClockSpec, SpanFact
from tracker.clocks.models import Basis, ClockKind, ClockState
from tracker.clocks.rules import derive
from tracker.core.dates import PartialDate
from tracker.correspondence.models import Substance
from tracker.correspondence.rules import OURS, ContactFact
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import Seeks, Status

BODIES = (STATE, LONDON, PRESIDENT)
SOME_BODIES = [frozenset(some) for size in (1, 2, 3) for some in combinations(BODIES, size)]
FIRST, LAST = date(2023, 1, 1), date(2024, 12, 31)
LONG_AFTER = date(2040, 1, 1)

# few enough days that contacts and closings often fall on the same one
DAYS = st.integers(0, 60).map(lambda number: FIRST + timedelta(days=12 * number))
VAGUE = (None, PartialDate(2023), PartialDate(2024), PartialDate(2023, 7), PartialDate(2024, 2))
ON = DAYS.map(PartialDate.of) | st.sampled_from(VAGUE)
LETTERS = st.sampled_from([None, LETTER, SECOND_LETTER])
MARKED = st.booleans()


@st.composite
def contacts(draw: st.DrawFn, number: int) -> ContactFact:
    """A contact of any substance; a promise names a day after its own."""
    substance, on = draw(st.sampled_from(Substance)), draw(ON)
    promised = None
    if substance is Substance.PROMISE and on is not None:
        promised = PartialDate.of(on.latest + timedelta(days=draw(st.integers(1, 200))))
    return ContactFact(
        id=number,
        on=on,
        substance=substance,
        agency_ids=draw(st.sampled_from(SOME_BODIES)),
        promised_on=promised,
        is_determination=substance is Substance.SUBSTANTIVE and draw(MARKED),
        letter_id=draw(LETTERS) if substance in OURS else None,
    )


@st.composite
def lives(draw: st.DrawFn) -> tuple[SpanFact, ...]:
    """Spans that follow one another, every other one a closing."""
    turns = sorted(draw(st.lists(DAYS, max_size=5)))
    before = draw(st.sampled_from([Status.DRAFT, Status.VETTING, Status.SUBMITTED]))
    days = [*(PartialDate.of(turn) for turn in turns), None]
    return tuple(
        SpanFact(number, Status.CLOSED if number % 2 else before, days[number], days[number + 1])
        for number in range(len(turns))
    )


@st.composite
def asks(draw: st.DrawFn) -> AskFacts:
    """An ask with up to seven contacts, of which some carry a letter that qualifies under section
    1263(d) or one that names a day for the reply."""
    own = tuple(draw(contacts(number)) for number in range(1, draw(st.integers(0, 7)) + 1))
    last = max((c.on.latest for c in own if c.on), default=LAST)
    reply_by = PartialDate.of(last + timedelta(days=draw(st.integers(1, 60))))
    instrument = draw(
        st.sampled_from([Instrument.GLOBAL_MAGNITSKY, Instrument.ENTITY_LIST, Instrument.UK_GHR])
    )
    qualifying = request(*leaders(SFRC), instrument=instrument)
    return AskFacts(
        instrument=instrument,
        seeks=draw(st.sampled_from(Seeks)),
        newest_conduct_on=draw(ON),
        spans=draw(lives()),
        addressees=addressed_to(*sorted(draw(st.sampled_from(SOME_BODIES)))),
        contacts=own,
        letters={
            LETTER: replace(letter(qualifying), received_on=draw(ON)),
            SECOND_LETTER: replace(letter(), reply_requested_by=reply_by),
        },
    )


def _all(facts: AskFacts) -> list[ClockSpec]:
    return derive(facts, RULES)


def _of(specs: list[ClockSpec], *kinds: ClockKind) -> list[ClockSpec]:
    return [spec for spec in specs if spec.kind in kinds]


def _open_on(facts: AskFacts, on: date) -> bool:
    """Whether the ask was not closed on a day; closed from the first day, open on the last."""
    return not any(
        span.status is Status.CLOSED
        and span.from_on is not None
        and span.from_on.earliest <= on
        and (span.until_on is None or on < span.until_on.earliest)
        for span in facts.spans
    )


@STEADY
@given(asks())
def test_no_body_is_silent_twice_at_once(facts: AskFacts) -> None:
    silent = Counter(
        spec.agency_id
        for spec in _of(_all(facts), ClockKind.SILENCE)
        if spec.state is ClockState.RUNNING
    )
    assert all(count == 1 for count in silent.values())


@STEADY
@given(asks(), DAYS)
def test_on_no_day_did_two_silences_of_one_body_run_together(facts: AskFacts, on: date) -> None:
    ran = Counter(
        spec.agency_id
        for spec in _of(_all(facts), ClockKind.SILENCE)
        if spec.started_on
        and spec.due_on
        and spec.started_on.earliest <= on
        and (spec.ended_on is None or on < spec.ended_on)
        and (spec.state is not ClockState.RUNNING or _open_on(facts, on))
        and "/" not in spec.start_key
    )
    assert all(count == 1 for count in ran.values())


@STEADY
@given(asks())
def test_flags_follow_starts_and_ends_follow_starts(facts: AskFacts) -> None:
    for spec in _all(facts):
        flagged = spec.flag_day(LONG_AFTER)
        if spec.started_on is None or spec.due_on is None:
            assert flagged is None
            continue
        start = spec.started_on.earliest
        assert flagged is None or flagged > start
        assert flagged is None or flagged > spec.due_on
        assert spec.ended_on is None or spec.ended_on > start
        assert flagged is None or spec.ended_on is None or flagged <= spec.ended_on


@STEADY
@given(asks(), DAYS)
def test_a_flag_once_due_keeps_its_day_on_every_later_day(facts: AskFacts, on: date) -> None:
    for spec in _all(facts):
        flagged, in_the_end = spec.flag_day(on), spec.flag_day(LONG_AFTER)
        assert flagged == (in_the_end if in_the_end is not None and in_the_end <= on else None)


@STEADY
@given(asks())
def test_what_runs_has_no_end_and_what_ended_has_one(facts: AskFacts) -> None:
    for spec in _all(facts):
        assert (spec.ended_on is not None) == (spec.state in (ClockState.MET, ClockState.CLOSED))
        assert (spec.due_on is None) == (spec.state is ClockState.NOT_STARTED)
        assert bool(spec.note) or spec.state is not ClockState.NOT_STARTED


@STEADY
@given(asks())
def test_nothing_runs_while_the_ask_is_closed(facts: AskFacts) -> None:
    if not _open_on(facts, LONG_AFTER):
        assert not [spec for spec in _all(facts) if spec.state is ClockState.RUNNING]


@STEADY
@given(asks())
def test_no_flag_falls_into_the_time_in_which_the_ask_was_closed(facts: AskFacts) -> None:
    for spec in _all(facts):
        flagged = spec.flag_day(LONG_AFTER)
        assert flagged in (None, spec.ended_on) or _open_on(facts, flagged)


@STEADY
@given(asks(), st.randoms(use_true_random=False))
def test_clocks_follow_from_the_facts_and_not_from_their_order(
    facts: AskFacts, random: Random
) -> None:
    shuffled = list(facts.contacts)
    random.shuffle(shuffled)
    assert derive(facts, RULES) == derive(facts, RULES)
    assert derive(replace(facts, contacts=tuple(shuffled)), RULES[::-1]) == derive(facts, RULES)


@STEADY
@given(asks())
def test_each_clock_is_known_again_by_a_key_of_its_own(facts: AskFacts) -> None:
    keys = Counter(spec.key for spec in _all(facts))
    assert all(count == 1 for count in keys.values())


@STEADY
@given(asks(), ON, st.sampled_from(BODIES))
def test_a_form_letter_changes_no_silence_no_promise_and_no_term_in_law(
    facts: AskFacts, on: PartialDate | None, body: int
) -> None:
    form_letter = ContactFact(99, on, Substance.FORM_LETTER, frozenset({body}))
    more = _all(replace(facts, contacts=(*facts.contacts, form_letter)))
    kinds = set(ClockKind) - {ClockKind.ACKNOWLEDGEMENT}
    assert _of(more, *kinds) == _of(_all(facts), *kinds)


@STEADY
@given(asks(), ON, st.sampled_from(BODIES))
def test_a_follow_up_of_ours_moves_silence_and_what_we_owe_and_nothing_else(
    facts: AskFacts, on: PartialDate | None, body: int
) -> None:
    follow_up = ContactFact(99, on, Substance.FOLLOW_UP, frozenset({body}))
    more = _all(replace(facts, contacts=(*facts.contacts, follow_up)))
    kinds = set(ClockKind) - {ClockKind.SILENCE, ClockKind.ANSWER}
    assert _of(more, *kinds) == _of(_all(facts), *kinds)


@STEADY
@given(asks())
def test_law_and_house_norm_are_kept_apart(facts: AskFacts) -> None:
    in_law = {ClockKind.SECTION_1263D, ClockKind.ERC_REMOVAL, ClockKind.ERC_VOTE}
    for spec in _all(facts):
        assert (spec.basis in (Basis.STATUTE, Basis.REGULATION)) == (spec.kind in in_law)


@STEADY
@given(asks())
def test_at_most_one_statutory_term_of_the_president_ever_runs(facts: AskFacts) -> None:
    started = [s for s in _of(_all(facts), ClockKind.SECTION_1263D) if s.due_on]
    assert len({(s.started_on, s.due_on) for s in started}) <= 1
    assert {s.agency_id for s in started} <= {PRESIDENT}
