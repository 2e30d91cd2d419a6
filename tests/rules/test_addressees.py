"""How an addressee stands: one rule over what it sent, what we sent, and what it did."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.facts import STATE, TREASURY, contact, known, sent
from tests.rules.strategies import STEADY, partial_dates
from tracker.correspondence.models import Direction, Substance
from tracker.correspondence.rules import ContactFact, Standing, standing
from tracker.recommendations.models import AddresseeState, OutcomeKind

LETTER = sent(1, "2023-10-23", STATE, TREASURY)


def _stands(*contacts: ContactFact, outcomes: tuple[OutcomeKind, ...] = ()) -> Standing:
    return standing(contacts, STATE, outcomes)


def test_a_body_not_written_to_has_nothing_to_answer() -> None:
    assert _stands() == Standing(AddresseeState.NOT_SENT, None, None, None, None)
    assert _stands(sent(1, "2023-10-23", TREASURY)).state is AddresseeState.NOT_SENT


# what came in, with the state it leaves, and whether it confirms receipt, answers, resets silence
CAME_IN: dict[Substance, tuple[AddresseeState, bool, bool, bool]] = {
    Substance.SUBMISSION: (AddresseeState.AWAITING, False, False, True),
    Substance.FOLLOW_UP: (AddresseeState.AWAITING, False, False, True),
    Substance.ACKNOWLEDGEMENT: (AddresseeState.ACKNOWLEDGED, True, False, True),
    Substance.FORM_LETTER: (AddresseeState.ACKNOWLEDGED, True, False, False),
    Substance.SUBSTANTIVE: (AddresseeState.REPLIED, True, True, True),
    Substance.QUESTION: (AddresseeState.REPLIED, True, True, True),
    Substance.PROMISE: (AddresseeState.REPLIED, True, True, True),
    Substance.MEETING: (AddresseeState.REPLIED, True, True, True),
}


@pytest.mark.parametrize("substance", list(Substance))
def test_a_contact_after_the_letter_sets_the_state_and_its_days(substance: Substance) -> None:
    state, acknowledges, answers, resets = CAME_IN[substance]
    on = known("2023-11-20")
    stands = _stands(LETTER, contact(2, "2023-11-20", substance))
    assert stands.state is state
    assert stands.asked_on == known("2023-10-23")
    assert stands.acknowledged_on == (on if acknowledges else None)
    assert stands.answered_on == (on if answers else None)
    assert stands.last_contact_on == (on if resets else known("2023-10-23"))


@pytest.mark.parametrize(
    ("substance", "direction"),
    [
        (Substance.SUBMISSION, Direction.OURS),
        (Substance.FOLLOW_UP, Direction.OURS),
        (Substance.MEETING, Direction.BOTH),
        (Substance.ACKNOWLEDGEMENT, Direction.THEIRS),
        (Substance.FORM_LETTER, Direction.THEIRS),
        (Substance.SUBSTANTIVE, Direction.THEIRS),
        (Substance.QUESTION, Direction.THEIRS),
        (Substance.PROMISE, Direction.THEIRS),
    ],
)
def test_a_contact_is_ours_or_theirs(substance: Substance, direction: Direction) -> None:
    assert substance.direction is direction


def test_an_answer_is_not_forgotten_when_an_acknowledgement_follows() -> None:
    stands = _stands(
        LETTER,
        contact(2, "2023-11-20", Substance.SUBSTANTIVE),
        contact(3, "2023-12-01", Substance.ACKNOWLEDGEMENT),
    )
    assert stands.state is AddresseeState.REPLIED
    assert stands.answered_on == known("2023-11-20")


def test_the_first_day_of_each_thing_counts_and_the_last_day_of_contact() -> None:
    stands = _stands(
        LETTER,
        contact(2, "2023-11-01", Substance.FORM_LETTER),
        contact(3, "2023-11-20", Substance.ACKNOWLEDGEMENT),
        contact(4, "2023-12-01", Substance.FOLLOW_UP),
        contact(5, "2023-12-10", Substance.MEETING),
        contact(6, "2024-01-10", Substance.SUBSTANTIVE),
        contact(7, "2024-02-10", Substance.FORM_LETTER),
    )
    assert stands.asked_on == known("2023-10-23")
    assert stands.acknowledged_on == known("2023-11-01")
    assert stands.answered_on == known("2023-12-10")
    assert stands.last_contact_on == known("2024-01-10")


def test_each_addressee_answers_or_does_not_on_its_own() -> None:
    contacts = (LETTER, contact(2, "2023-11-20", Substance.SUBSTANTIVE, TREASURY))
    assert standing(contacts, STATE, ()).state is AddresseeState.AWAITING
    assert standing(contacts, TREASURY, ()).state is AddresseeState.REPLIED


def test_one_reply_may_come_from_several_bodies() -> None:
    contacts = (LETTER, contact(2, "2023-11-20", Substance.ACKNOWLEDGEMENT, STATE, TREASURY))
    assert standing(contacts, STATE, ()).state is AddresseeState.ACKNOWLEDGED
    assert standing(contacts, TREASURY, ()).state is AddresseeState.ACKNOWLEDGED


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ((OutcomeKind.LISTED_AS_ASKED,), AddresseeState.ACTED),
        ((OutcomeKind.LISTED_OTHER_AUTHORITY,), AddresseeState.ACTED),
        ((OutcomeKind.LISTED_RELATED_PARTY,), AddresseeState.ACTED),
        ((OutcomeKind.RULE_ISSUED,), AddresseeState.ACTED),
        ((OutcomeKind.OTHER_ACTION,), AddresseeState.ACTED),
        ((OutcomeKind.DECLINED,), AddresseeState.DECLINED),
        ((OutcomeKind.DECLINED, OutcomeKind.LISTED_AS_ASKED), AddresseeState.ACTED),
        ((OutcomeKind.LISTED_AS_ASKED, OutcomeKind.DECLINED), AddresseeState.ACTED),
        ((OutcomeKind.LISTED_BY_ALLY,), AddresseeState.ACKNOWLEDGED),
        ((OutcomeKind.CONFIDENTIAL,), AddresseeState.ACKNOWLEDGED),
        ((OutcomeKind.REVERSED,), AddresseeState.ACTED),  # the end of a measure was asked for
        ((), AddresseeState.ACKNOWLEDGED),
    ],
)
def test_who_acted_or_declined_stands_so_whatever_it_wrote(
    outcomes: tuple[OutcomeKind, ...], state: AddresseeState
) -> None:
    stands = _stands(LETTER, contact(2, "2023-11-20", Substance.ACKNOWLEDGEMENT), outcomes=outcomes)
    assert stands.state is state
    assert stands.acknowledged_on == known("2023-11-20")


def test_a_body_can_act_without_a_word() -> None:
    stands = _stands(LETTER, outcomes=(OutcomeKind.LISTED_AS_ASKED,))
    assert stands.state is AddresseeState.ACTED
    assert stands.answered_on is None


def test_a_reply_on_the_day_of_the_letter_follows_it_however_it_was_entered() -> None:
    stands = _stands(
        contact(1, "2023-10-23", Substance.ACKNOWLEDGEMENT), sent(2, "2023-10-23", STATE)
    )
    assert stands.state is AddresseeState.ACKNOWLEDGED
    assert stands.asked_on == stands.acknowledged_on == known("2023-10-23")


def test_a_reply_on_an_unknown_day_still_counts_as_one() -> None:
    stands = _stands(LETTER, contact(2, "", Substance.SUBSTANTIVE))
    assert stands.state is AddresseeState.REPLIED
    assert stands.answered_on is None
    assert stands.last_contact_on == known("2023-10-23")


def test_the_order_of_entry_does_not_matter() -> None:
    contacts = (
        LETTER,
        contact(2, "2023-11-20", Substance.ACKNOWLEDGEMENT),
        contact(3, "2023-12-01", Substance.QUESTION),
    )
    assert len({standing(given, STATE, ()) for given in permutations(contacts)}) == 1


CONTACTS = st.lists(
    st.tuples(st.none() | partial_dates(2023, 2024), st.sampled_from(Substance)), max_size=6
).map(
    lambda drawn: [
        ContactFact(number, on, substance, frozenset({STATE}))
        for number, (on, substance) in enumerate(drawn, start=1)
    ]
)


@STEADY
@given(CONTACTS, st.none() | partial_dates(2023, 2024))
def test_a_form_letter_never_moves_the_last_contact_nor_counts_as_an_answer(
    contacts: list[ContactFact], on: object
) -> None:
    form_letter = contact(99, str(on or ""), Substance.FORM_LETTER)
    before, after = standing(contacts, STATE, ()), standing([*contacts, form_letter], STATE, ())
    assert after.last_contact_on == before.last_contact_on
    assert after.answered_on == before.answered_on
    assert (after.state is AddresseeState.REPLIED) == (before.state is AddresseeState.REPLIED)
