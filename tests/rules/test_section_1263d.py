"""Which letters start the clock of section 1263(d), and what they lack where they start none."""

from dataclasses import replace
from typing import Any

import pytest

from tests.rules.facts import (
    BANKING,
    CECC,
    COMMERCE,
    HFAC,
    HFSC,
    LETTER,
    PRESIDENT,
    SECOND_LETTER,
    SFRC,
    STATE,
    TREASURY,
    ask,
    clocks,
    contact,
    day,
    known,
    later,
    leaders,
    letter,
    request,
    sent,
    signed,
    the_clock,
)
from tracker.agencies.models import Agency, AgencyKind
from tracker.clocks.facts import AskFacts, ClockSpec
from tracker.clocks.models import Basis, Cause, ClockKind, ClockState
from tracker.clocks.section_1263d import (
    Request,
    Signer,
    explain_failings,
    failings,
    is_to_president,
)
from tracker.correspondence.models import LetterKind, SignatoryRole, Substance
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import Ground

CHAIR, RANKING = SignatoryRole.CHAIR, SignatoryRole.RANKING_MEMBER
COCHAIR, MEMBER = SignatoryRole.COCHAIR, SignatoryRole.MEMBER
SECRETARIES = ("Secretary of Commerce", "Secretary of the Treasury", "Secretary of State")
D1263 = ClockKind.SECTION_1263D

# Corker and Menendez on Khashoggi, 10 October 2018
KHASHOGGI = request(*leaders(SFRC))
# Smith and Merkley on Tibet, 23 October 2023
SEED = request(signed(CHAIR, CECC), signed(COCHAIR, CECC), to=SECRETARIES, to_president=False)


@pytest.mark.parametrize(
    ("signers", "ground"),
    [
        (leaders(SFRC), Ground.HUMAN_RIGHTS),
        (leaders(BANKING), Ground.HUMAN_RIGHTS),
        (leaders(HFAC), Ground.HUMAN_RIGHTS),
        (leaders(HFSC), Ground.HUMAN_RIGHTS),
        (leaders(SFRC, HFAC), Ground.HUMAN_RIGHTS),
        ((*leaders(SFRC), signed(MEMBER, SFRC), signed(CHAIR, CECC)), Ground.HUMAN_RIGHTS),
        (tuple(reversed(leaders(SFRC))), Ground.HUMAN_RIGHTS),
        (leaders(SFRC, HFAC), Ground.CORRUPTION),
        (leaders(BANKING, HFSC), Ground.CORRUPTION),
        (leaders(SFRC, HFSC), Ground.CORRUPTION),
        (leaders(SFRC, BANKING, HFAC), Ground.CORRUPTION),
    ],
)
def test_a_request_of_those_whom_the_law_names_qualifies(
    signers: tuple[Signer, ...], ground: Ground
) -> None:
    assert failings(request(*signers, ground=ground)) == []


@pytest.mark.parametrize(
    ("what", "lacks"),
    [
        (SEED, ["not addressed to the President", "none of the four committees"]),
        (
            request(*leaders(SFRC), to=SECRETARIES, to_president=False),
            ["not addressed to the President"],
        ),
        (request(*leaders(SFRC), to=(), to_president=False), ["addressed to nobody"]),
        (request(signed(CHAIR, SFRC)), ["chair and the ranking member"]),
        (request(signed(RANKING, SFRC)), ["chair and the ranking member"]),
        (request(signed(CHAIR, SFRC), signed(RANKING, HFAC)), ["chair and the ranking member"]),
        (request(signed(CHAIR, SFRC), signed(RANKING, BANKING)), ["chair and the ranking member"]),
        (request(signed(COCHAIR, SFRC), signed(RANKING, SFRC)), ["chair and the ranking member"]),
        (request(signed(CHAIR, SFRC), signed(MEMBER, SFRC)), ["chair and the ranking member"]),
        (request(signed(CHAIR, CECC), signed(COCHAIR, CECC)), ["none of the four committees"]),
        (request(signed(CHAIR, CECC), signed(RANKING, CECC)), ["none of the four committees"]),
        (request(), ["chair and the ranking member"]),
        (request(*leaders(SFRC), ground=Ground.CORRUPTION), ["the House did"]),
        (request(*leaders(SFRC, BANKING), ground=Ground.CORRUPTION), ["the House did"]),
        (request(*leaders(HFAC), ground=Ground.CORRUPTION), ["the Senate did"]),
        (request(ground=Ground.CORRUPTION), ["Senate or the House did"]),
        (
            request(*leaders(SFRC), signed(CHAIR, HFAC), ground=Ground.CORRUPTION),
            ["the House did"],
        ),
        (
            request(*leaders(SFRC), instrument=Instrument.ENTITY_LIST),
            ["asks for another measure (BIS Entity List), not for Global Magnitsky"],
        ),
        (
            request(*leaders(SFRC), instrument=Instrument.VISA_7031C),
            ["not for Global Magnitsky"],
        ),
        (
            request(
                signed(CHAIR, CECC),
                instrument=Instrument.UNSPECIFIED,
                to=("Secretary of State",),
                to_president=False,
            ),
            [
                "not for Global Magnitsky",
                "not addressed to the President (but to: Secretary of State)",
                "four",
            ],
        ),
    ],
)
def test_the_conditions_that_a_letter_fails_are_named_and_no_others(
    what: Request, lacks: list[str]
) -> None:
    found = failings(what)
    assert len(found) == len(lacks)
    for said, wanted in zip(found, lacks, strict=True):
        assert wanted in said


def test_a_supplement_to_a_request_that_qualifies_starts_nothing() -> None:
    (said,) = failings(replace(KHASHOGGI, supplements="10 Oct 2018"))
    assert "supplements the request of 10 Oct 2018, whose clock runs on" in said
    facts = _asked(("2018-11-20", replace(KHASHOGGI, supplements="10 Oct 2018")))
    assert the_clock(facts, D1263).state is ClockState.NOT_STARTED


def test_what_fails_is_told_with_the_subsection_that_names_the_committees() -> None:
    for what in (SEED, request(signed(CHAIR, SFRC)), request(ground=Ground.CORRUPTION)):
        assert "22 U.S.C. 10102(j)" in explain_failings(what)


def test_the_seeds_letter_is_told_why_it_starts_no_clock() -> None:
    said = explain_failings(SEED)
    assert said.startswith("No clock in law starts (22 U.S.C. 10102(d)): ")
    assert "Secretary of Commerce, Secretary of the Treasury, Secretary of State" in said
    assert CECC in said


def _asked(*letters: tuple[str, Request], to: tuple[int, ...] = (PRESIDENT,)) -> AskFacts:
    """The letters, each sent to the President on its day and received on that day."""
    numbers = (LETTER, SECOND_LETTER)[: len(letters)]
    return ask(
        *(
            sent(place, on, *to, letter=number)
            for place, (number, (on, _)) in enumerate(zip(numbers, letters, strict=True), start=1)
        ),
        to=to,
        letters={
            number: letter(what, kind=LetterKind.CONGRESSIONAL, received=on)
            for number, (on, what) in zip(numbers, letters, strict=True)
        },
    )


def _after(facts: AskFacts, on: str, substance: Substance, **more: Any) -> ClockSpec:
    """The clock once a further contact with the President is on record."""
    return the_clock(later(facts, contact(9, on, substance, PRESIDENT, **more)), D1263)


def test_khashoggi_is_due_on_day_120_and_late_on_day_121() -> None:
    clock = the_clock(_asked(("2018-10-10", KHASHOGGI)), D1263)
    assert clock.state is ClockState.RUNNING
    assert (clock.basis, clock.cause) == (Basis.STATUTE, Cause.STATUTORY_OVERDUE)
    assert clock.agency_id == PRESIDENT
    assert clock.started_on == known("2018-10-10")
    assert clock.warn_on == day("2019-01-08")
    assert clock.due_on == day("2019-02-07")
    assert clock.flag_day(day("2019-02-07")) is None
    assert clock.flag_day(day("2019-02-08")) == day("2019-02-08")
    assert clock.flag_day(day("2024-01-01")) == day("2019-02-08")


def test_the_term_runs_from_receipt_and_not_from_sending() -> None:
    facts = ask(
        sent(1, "2018-10-10", PRESIDENT),
        to=(PRESIDENT,),
        letters={LETTER: letter(KHASHOGGI, received="2018-10-12")},
    )
    clock = the_clock(facts, D1263)
    assert clock.started_on == known("2018-10-12")
    assert clock.due_on == day("2019-02-09")


def test_a_term_counted_from_sending_says_that_receipt_is_not_recorded() -> None:
    facts = ask(
        sent(1, "2018-10-10", PRESIDENT), to=(PRESIDENT,), letters={LETTER: letter(KHASHOGGI)}
    )
    assert "recei" in the_clock(facts, D1263).note


@pytest.mark.parametrize(
    ("received", "begins", "due"),
    [
        ("2018-10", "2018-10-10", "2019-02-07"),  # not before it was sent
        ("2018-11", "2018-11", "2019-03-01"),
        ("2018-10-10", "2018-10-10", "2019-02-07"),
    ],
)
def test_nothing_is_received_before_it_is_sent(received: str, begins: str, due: str) -> None:
    facts = ask(
        sent(1, "2018-10-10", PRESIDENT),
        to=(PRESIDENT,),
        letters={LETTER: letter(KHASHOGGI, received=received)},
    )
    clock = the_clock(facts, D1263)
    assert (clock.started_on, clock.due_on) == (known(begins), day(due))
    assert ("not before it was sent" in clock.note) is (received == "2018-10")


@pytest.mark.parametrize(
    ("signers", "qualifies"), [(leaders(SFRC), False), (leaders(SFRC, HFAC), True)]
)
def test_where_the_ground_is_not_said_only_what_does_for_either_qualifies(
    signers: tuple[Signer, ...], qualifies: bool
) -> None:
    found = failings(request(*signers, ground=None))
    assert (found == []) is qualifies
    assert qualifies or "its ground is not said" in found[0]


def test_a_narrower_second_letter_keeps_the_first_clock() -> None:
    """On 20 November 2018 the same two asked again, about the Crown Prince alone."""
    facts = _asked(("2018-10-10", KHASHOGGI), ("2018-11-20", KHASHOGGI))
    clock = the_clock(facts, D1263)
    assert clock.started_on == known("2018-10-10")
    assert clock.due_on == day("2019-02-07")


def test_of_two_requests_the_one_received_first_starts_the_clock() -> None:
    facts = _asked(("2018-10-10", KHASHOGGI), ("2018-10-12", KHASHOGGI))
    letters = {
        key: replace(letter, received_on=known(on))
        for (key, letter), on in zip(
            sorted(facts.letters.items()), ("2018-11-01", "2018-10-13"), strict=True
        )
    }
    assert the_clock(replace(facts, letters=letters), D1263).started_on == known("2018-10-13")


@pytest.mark.parametrize("on", ["2018-10", "2018", "2018-10-10"])
def test_a_determination_of_the_first_day_or_a_vague_one_met_the_term(on: str) -> None:
    facts = _asked(("2018-10-10", KHASHOGGI))
    clock = _after(facts, on, Substance.SUBSTANTIVE, is_determination=True)
    assert (clock.state, clock.ended_on) == (ClockState.MET, day("2018-10-10"))


OFFICES = {
    "": True,
    "President of the United States": True,
    "The President": True,
    "Mr. President": True,
    "National Security Adviser": False,
    "Assistant to the President for National Security Affairs": False,
    "Vice President": False,
    "The President’s National Security Adviser": False,
    "Counsel to the President": False,
    "President-elect": False,
    "The Honorable Donald J. Trump, President": True,
    "The White House": True,
}


@pytest.mark.parametrize("office", OFFICES)
def test_who_works_for_the_president_is_not_the_president(office: str) -> None:
    house = Agency(kind=AgencyKind.HEAD_OF_STATE, jurisdiction="US")
    assert is_to_president(house, office) is OFFICES[office]
    assert not is_to_president(Agency(kind=AgencyKind.DEPARTMENT, jurisdiction="US"), office)


def test_a_letter_that_fails_does_not_spend_the_clock_of_one_that_qualifies() -> None:
    alone = request(signed(CHAIR, SFRC))
    clock = the_clock(_asked(("2018-10-01", alone), ("2018-10-10", KHASHOGGI)), D1263)
    assert clock.state is ClockState.RUNNING
    assert clock.started_on == known("2018-10-10")


def test_a_determination_ends_the_clock() -> None:
    facts = _asked(("2018-10-10", KHASHOGGI))
    clock = _after(facts, "2019-02-07", Substance.SUBSTANTIVE, is_determination=True)
    assert clock.state is ClockState.MET
    assert clock.ended_on == day("2019-02-07")
    assert clock.flag_day(day("2020-01-01")) is None


@pytest.mark.parametrize("on", ["2019-02-08", "2019-02-09", "2019-06-01"])
def test_a_determination_after_day_120_came_late(on: str) -> None:
    facts = _asked(("2018-10-10", KHASHOGGI))
    clock = _after(facts, on, Substance.SUBSTANTIVE, is_determination=True)
    assert clock.ended_on == day(on)
    assert clock.flag_day(day("2020-01-01")) == day("2019-02-08")


@pytest.mark.parametrize("substance", [s for s in Substance if s is not Substance.SUBMISSION])
def test_nothing_but_a_determination_ends_or_moves_the_clock(substance: Substance) -> None:
    clock = _after(_asked(("2018-10-10", KHASHOGGI)), "2018-11-15", substance)
    assert clock.state is ClockState.RUNNING
    assert clock.due_on == day("2019-02-07")


def test_only_the_presidents_determination_ends_the_clock() -> None:
    facts = _asked(("2018-10-10", KHASHOGGI), to=(PRESIDENT, TREASURY))
    from_treasury = contact(9, "2018-11-15", Substance.SUBSTANTIVE, TREASURY, is_determination=True)
    facts = later(facts, from_treasury)
    assert the_clock(facts, D1263).state is ClockState.RUNNING


@pytest.mark.parametrize("agency", [STATE, TREASURY, COMMERCE])
def test_the_clock_is_the_presidents_and_no_secretarys(agency: int) -> None:
    facts = _asked(("2018-10-10", KHASHOGGI), to=(agency, PRESIDENT))
    assert the_clock(facts, D1263).agency_id == PRESIDENT
    assert clocks(facts, D1263, agency) == []


def test_the_seeds_letter_starts_no_clock_in_law_and_says_so() -> None:
    facts = _asked(("2023-10-23", SEED), to=(COMMERCE, TREASURY, STATE))
    clock = the_clock(facts, D1263)
    assert clock.state is ClockState.NOT_STARTED
    assert clock.note == explain_failings(SEED)
    assert clock.due_on is None
    assert clock.flag_day(day("2030-01-01")) is None


def test_an_ask_that_was_not_put_to_the_president_says_so() -> None:
    """The letter qualifies, and this ask of it was put to the Treasury alone."""
    facts = _asked(("2018-10-10", KHASHOGGI), to=(TREASURY,))
    clock = the_clock(facts, D1263)
    assert clock.state is ClockState.NOT_STARTED
    assert "President" in clock.note


@pytest.mark.parametrize(
    ("instrument", "kind", "says"),
    [
        (Instrument.GLOBAL_MAGNITSKY, LetterKind.ORGANISATIONS, True),
        (Instrument.GLOBAL_MAGNITSKY, LetterKind.CONGRESSIONAL, True),
        (Instrument.ENTITY_LIST, LetterKind.CONGRESSIONAL, True),
        (Instrument.ENTITY_LIST, LetterKind.ORGANISATIONS, False),
        (Instrument.UK_GHR, LetterKind.CONGRESSIONAL, False),
    ],
)
def test_the_reason_is_given_where_a_reader_might_expect_the_clock(
    instrument: Instrument, kind: LetterKind, says: bool
) -> None:
    what = request(signed(CHAIR, CECC), instrument=instrument)
    facts = ask(
        sent(1, "2023-10-23", PRESIDENT),
        to=(PRESIDENT,),
        instrument=instrument,
        letters={LETTER: letter(what, kind=kind, received="2023-10-23")},
    )
    found = clocks(facts, D1263)
    assert [clock.state for clock in found] == ([ClockState.NOT_STARTED] if says else [])


def test_each_letter_that_fails_is_told_why() -> None:
    alone, cecc = request(signed(CHAIR, SFRC)), request(signed(CHAIR, CECC))
    facts = _asked(("2023-10-23", alone), ("2023-11-23", cecc))
    assert [clock.note for clock in clocks(facts, D1263)] == [
        explain_failings(alone),
        explain_failings(cecc),
    ]


def test_a_request_known_only_to_the_year_starts_no_clock_and_says_so() -> None:
    facts = ask(
        sent(1, "2018", PRESIDENT),
        to=(PRESIDENT,),
        letters={LETTER: letter(KHASHOGGI, received="2018")},
    )
    clock = the_clock(facts, D1263)
    assert clock.state is ClockState.NOT_STARTED
    assert "year" in clock.note


def test_a_request_that_was_not_sent_starts_nothing() -> None:
    facts = ask(to=(PRESIDENT,), letters={LETTER: letter(KHASHOGGI)})
    assert clocks(facts, D1263) == []
