"""Every clock rule at its last good day and its first late day, and what each clock rests on."""

from dataclasses import replace
from datetime import date

import pytest

from tests.rules.facts import (
    BRUSSELS,
    CANBERRA,
    COMMERCE,
    COMMITTEE,
    LETTER,
    LONDON,
    OTTAWA,
    PRESIDENT,
    RULES,
    SECOND_LETTER,
    STATE,
    TREASURY,
    ask,
    clocks,
    contact,
    day,
    known,
    letter,
    running,
    sent,
    spans,
    the_clock,
    to_a_secretary,
)
from tracker.clocks.default_rules import RULES as DEFAULTS
from tracker.clocks.facts import ActFact, AskFacts, ClockSpec
from tracker.clocks.models import ActKind, Basis, Cause, ClockKind, ClockState, Unit
from tracker.correspondence.models import Substance
from tracker.correspondence.rules import ContactFact
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import Seeks, Status

MONDAY = "2023-10-23"


def _silent(instrument: Instrument, agency: int = STATE) -> AskFacts:
    return ask(sent(1, MONDAY, agency), instrument=instrument, to=(agency,))


def _question() -> AskFacts:
    return ask(sent(1, "2023-10-01"), contact(2, MONDAY, Substance.QUESTION))


def _removal() -> AskFacts:
    return ask(
        sent(1, "2023-10-20", COMMITTEE),
        instrument=Instrument.ENTITY_LIST,
        seeks=Seeks.REMOVAL,
        to=(COMMITTEE,),
        letters={LETTER: letter(to_a_secretary(Instrument.ENTITY_LIST), received=MONDAY)},
    )


def _reply_by(text: str) -> AskFacts:
    return ask(sent(1, MONDAY), letters={LETTER: letter(reply_by=text)})


def _promised(text: str) -> AskFacts:
    return ask(sent(1, MONDAY), contact(2, "2023-11-20", Substance.PROMISE, promised=text))


# what is measured, the ask, its last good day and its first late day, counted by hand
TERMS: list[tuple[str, ClockKind, AskFacts, str, str]] = [
    ("drafting 30", ClockKind.DRAFTING, ask(life=spans((Status.DRAFT, MONDAY))), "11-22", "11-23"),
    (
        "vetting 21",
        ClockKind.VETTING,
        ask(life=spans((Status.DRAFT, "2023-10-01"), (Status.VETTING, MONDAY))),
        "11-13",
        "11-14",
    ),
    ("no acknowledgement 30", ClockKind.ACKNOWLEDGEMENT, ask(sent(1, MONDAY)), "11-22", "11-23"),
    ("ours to answer 14", ClockKind.ANSWER, _question(), "11-06", "11-07"),
    ("removal request 30", ClockKind.ERC_REMOVAL, _removal(), "11-22", "11-23"),
    *(
        (f"silence {instrument} {good}", ClockKind.SILENCE, _silent(instrument), good, late)
        for instrument, good, late in (
            (Instrument.GLOBAL_MAGNITSKY, "2024-01-21", "2024-01-22"),
            (Instrument.VISA_7031C, "2024-01-21", "2024-01-22"),
            (Instrument.VISA_212A3C, "2024-01-21", "2024-01-22"),
            (Instrument.VISA_UNSPECIFIED, "2024-01-21", "2024-01-22"),
            (Instrument.UNSPECIFIED, "2024-01-21", "2024-01-22"),
            (Instrument.ENTITY_LIST, "2023-12-22", "2023-12-23"),
            (Instrument.EXPORT_CONTROL, "2024-02-20", "2024-02-21"),
        )
    ),
    *(
        (
            f"silence {instrument} 120",
            ClockKind.SILENCE,
            _silent(instrument, agency),
            "2024-02-20",
            "2024-02-21",
        )
        for instrument, agency in (
            (Instrument.UK_GHR, LONDON),
            (Instrument.EU_GHR, BRUSSELS),
            (Instrument.CA_JVCFOA, OTTAWA),
            (Instrument.CA_SEMA, OTTAWA),
            (Instrument.AU_THEMATIC, CANBERRA),
            (Instrument.UNSPECIFIED, LONDON),
        )
    ),
    (
        "reply asked for",
        ClockKind.REPLY_REQUESTED,
        _reply_by("2023-12-01"),
        "2023-12-01",
        "2023-12-02",
    ),
    (
        "reply asked for in a month",
        ClockKind.REPLY_REQUESTED,
        _reply_by("2024-02"),
        "2024-02-29",
        "2024-03-01",
    ),
    ("promise", ClockKind.PROMISE, _promised("2024-01-15"), "2024-01-15", "2024-01-16"),
    ("promise for a month", ClockKind.PROMISE, _promised("2024-01"), "2024-01-31", "2024-02-01"),
    (
        "evidence of a day",
        ClockKind.EVIDENCE,
        ask(conduct="2022-09-05"),
        "2027-06-07",
        "2027-06-08",
    ),
    ("evidence of a month", ClockKind.EVIDENCE, ask(conduct="2022-09"), "2027-06-03", "2027-06-04"),
    (
        "evidence of a leap day",
        ClockKind.EVIDENCE,
        ask(conduct="2020-02-29"),
        "2024-11-30",
        "2024-12-01",
    ),
]


def _in_year(text: str) -> str:
    return text if len(text) == 10 else f"2023-{text}"


@pytest.mark.parametrize(
    ("kind", "facts", "good", "late"),
    [pytest.param(*term[1:], id=term[0]) for term in TERMS],
)
def test_a_clock_is_good_on_its_last_day_and_late_on_the_next(
    kind: ClockKind, facts: AskFacts, good: str, late: str
) -> None:
    good, late = _in_year(good), _in_year(late)
    clock = the_clock(facts, kind)
    assert clock.state is ClockState.RUNNING
    assert clock.due_on == day(good)
    assert clock.flag_day(day(good)) is None
    assert clock.flag_day(day(late)) == day(late)


@pytest.mark.parametrize(
    ("kind", "facts", "late"), [pytest.param(t[1], t[2], t[4], id=t[0]) for t in TERMS]
)
def test_a_flag_found_years_later_carries_the_day_on_which_it_fell_due(
    kind: ClockKind, facts: AskFacts, late: str
) -> None:
    assert the_clock(facts, kind).flag_day(day("2031-01-01")) == day(_in_year(late))


CAUSES = {
    ClockKind.DRAFTING: Cause.UNSENT,
    ClockKind.VETTING: Cause.UNSENT,
    ClockKind.ACKNOWLEDGEMENT: Cause.UNACKNOWLEDGED,
    ClockKind.ANSWER: Cause.OURS_TO_ANSWER,
    ClockKind.ERC_REMOVAL: Cause.STATUTORY_OVERDUE,
    ClockKind.SILENCE: Cause.SILENT,
    ClockKind.REPLY_REQUESTED: Cause.RESPONSE_OVERDUE,
    ClockKind.PROMISE: Cause.PROMISE_PASSED,
    ClockKind.EVIDENCE: Cause.EVIDENCE_AGEING,
}
BASES = {
    ClockKind.ERC_REMOVAL: Basis.REGULATION,
    ClockKind.REPLY_REQUESTED: Basis.LETTER,
    ClockKind.PROMISE: Basis.PROMISE,
}


@pytest.mark.parametrize(("kind", "facts"), [pytest.param(t[1], t[2], id=t[0]) for t in TERMS])
def test_a_clock_says_its_cause_and_law_is_not_mixed_with_house_norm(
    kind: ClockKind, facts: AskFacts
) -> None:
    clock = the_clock(facts, kind)
    assert clock.cause is CAUSES[kind]
    assert clock.basis is BASES.get(kind, Basis.HOUSE)
    rule = next((rule for rule in RULES if rule.id == clock.rule_id), None)
    named_by_somebody = clock.basis in (Basis.LETTER, Basis.PROMISE)
    assert (rule is None) == named_by_somebody
    assert rule is None or rule.kind is kind


def test_the_causes_are_those_of_the_domain() -> None:
    assert {cause.value for cause in Cause} == {
        "unsent",
        "unacknowledged",
        "silent",
        "response_overdue",
        "statutory_overdue",
        "promise_passed",
        "ours_to_answer",
        "evidence_ageing",
    }


@pytest.mark.parametrize("rule", DEFAULTS, ids=lambda rule: rule["sentence"])
def test_a_rule_states_its_citation_and_its_number_in_words(rule: dict[str, object]) -> None:
    in_law = rule["basis"] in (Basis.STATUTE, Basis.REGULATION)
    assert rule["citation"]
    assert bool(rule.get("citation_url")) == in_law
    assert in_law == (rule["citation"] != "House norm")
    numbers = ["90", "five years"] if rule["kind"] is ClockKind.EVIDENCE else [str(rule["length"])]
    assert all(number in str(rule["sentence"]) for number in numbers)


@pytest.mark.parametrize(
    ("kind", "citation"),
    [
        (ClockKind.SECTION_1263D, "22 U.S.C. 10102(d)"),
        (ClockKind.ERC_REMOVAL, "part 744, Supp. 5"),
        (ClockKind.ERC_VOTE, "part 744, Supp. 5"),
    ],
)
def test_a_rule_in_law_cites_it(kind: ClockKind, citation: str) -> None:
    (rule,) = (rule for rule in DEFAULTS if rule["kind"] is kind)
    assert citation in rule["citation"]


# ---- dates known to the month or the year


def test_a_date_known_to_the_month_counts_from_its_first_day() -> None:
    clock = the_clock(ask(sent(1, "2023-10")), ClockKind.ACKNOWLEDGEMENT)
    assert clock.started_on == known("2023-10")
    assert clock.due_on == day("2023-10-31")
    assert clock.flag_day(day("2024-01-01")) == day("2023-11-01")


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (ClockKind.DRAFTING, ask(life=spans((Status.DRAFT, "2023")))),
        (ClockKind.ACKNOWLEDGEMENT, ask(sent(1, "2023"))),
        (ClockKind.SILENCE, ask(sent(1, "2023"))),
        (ClockKind.ANSWER, ask(contact(1, "2023", Substance.QUESTION))),
        (ClockKind.PROMISE, ask(contact(1, "2023", Substance.PROMISE, promised="2024-05-01"))),
        (
            ClockKind.REPLY_REQUESTED,
            ask(sent(1, "2023"), letters={LETTER: letter(reply_by="2024-05-01")}),
        ),
        (ClockKind.EVIDENCE, ask(conduct="2019")),
        (ClockKind.PROMISE, _promised("2024")),
        (ClockKind.REPLY_REQUESTED, _reply_by("2024")),
    ],
)
def test_a_date_known_only_to_the_year_starts_nothing_and_says_so(
    kind: ClockKind, facts: AskFacts
) -> None:
    clock = the_clock(facts, kind)
    assert clock.state is ClockState.NOT_STARTED
    assert "only to the year" in clock.note
    assert clock.due_on is None
    assert clock.flag_day(day("2040-01-01")) is None


@pytest.mark.parametrize("kind", [ClockKind.ACKNOWLEDGEMENT, ClockKind.SILENCE])
def test_a_letter_sent_on_an_unknown_day_starts_nothing_and_says_so(kind: ClockKind) -> None:
    clock = the_clock(ask(sent(1, "")), kind)
    assert clock.state is ClockState.NOT_STARTED
    assert "not recorded" in clock.note
    assert clock.flag_day(day("2040-01-01")) is None


def test_a_silence_that_a_vague_reply_ended_does_not_go_on() -> None:
    facts = ask(sent(1, MONDAY), contact(2, "2024", Substance.SUBSTANTIVE))
    assert running(facts, ClockKind.SILENCE) == []
    ended, vague = clocks(facts, ClockKind.SILENCE)
    assert ended.ended_on == day("2024-01-01")
    assert "only to the year" in vague.note


def test_an_exact_contact_after_a_vague_one_leaves_no_trace_of_vagueness() -> None:
    facts = ask(sent(1, "2023"), contact(2, "2024-02-01", Substance.SUBSTANTIVE))
    clock = the_clock(facts, ClockKind.SILENCE)
    assert clock.state is ClockState.RUNNING
    assert clock.started_on == known("2024-02-01")


# ---- what starts no clock


def test_a_draft_of_which_nothing_is_known_has_no_clock() -> None:
    assert [spec.kind for spec in _all(ask())] == []


def test_a_reply_date_that_nobody_confirmed_starts_nothing() -> None:
    assert clocks(ask(sent(1, MONDAY)), ClockKind.REPLY_REQUESTED) == []


def test_an_advocates_letter_starts_no_vote_of_the_committee_and_says_so() -> None:
    facts = ask(sent(1, MONDAY, COMMITTEE), instrument=Instrument.ENTITY_LIST, to=(COMMITTEE,))
    clock = the_clock(facts, ClockKind.ERC_VOTE)
    assert clock.state is ClockState.NOT_STARTED
    assert "starts none" in clock.note
    assert clocks(facts, ClockKind.ERC_REMOVAL) == []


def test_a_proposal_that_circulates_has_its_clock_whether_a_letter_went_out_or_not() -> None:
    told = contact(
        1, "2024-02-20", Substance.SUBSTANTIVE, COMMERCE, proposed_on=known("2024-02-19")
    )
    facts = ask(told, instrument=Instrument.ENTITY_LIST, to=(COMMERCE,), letters={})
    clock = the_clock(facts, ClockKind.ERC_VOTE)
    assert (clock.state, clock.due_on) == (ClockState.RUNNING, day("2024-03-20"))


def test_of_two_removal_requests_the_one_of_which_the_receipt_is_known_counts() -> None:
    request = to_a_secretary(Instrument.ENTITY_LIST)
    facts = ask(
        sent(1, "2023-10-20", COMMITTEE),
        sent(2, "2024-02-01", COMMITTEE, letter=SECOND_LETTER),
        instrument=Instrument.ENTITY_LIST,
        seeks=Seeks.REMOVAL,
        to=(COMMITTEE,),
        letters={LETTER: letter(request), SECOND_LETTER: letter(request, received="2024-02-02")},
    )
    assert the_clock(facts, ClockKind.ERC_REMOVAL).due_on == day("2024-03-03")


def test_a_removal_request_that_the_committee_never_got_starts_nothing_and_says_so() -> None:
    facts = ask(
        sent(1, "2023-10-20", STATE),
        instrument=Instrument.ENTITY_LIST,
        seeks=Seeks.REMOVAL,
        to=(STATE,),
        letters={LETTER: letter(to_a_secretary(Instrument.ENTITY_LIST), received=MONDAY)},
    )
    clock = the_clock(facts, ClockKind.ERC_REMOVAL)
    assert clock.state is ClockState.NOT_STARTED
    assert "neither to it nor to Commerce" in clock.note


def _proposed(number: int, told: str, since: str) -> ContactFact:
    return contact(number, told, Substance.SUBSTANTIVE, COMMERCE, proposed_on=known(since))


def _votes(*contacts: ContactFact) -> list[tuple[date | None, date | None]]:
    facts = ask(*contacts, instrument=Instrument.ENTITY_LIST, to=(COMMERCE,), letters={})
    return sorted((c.due_on, c.ended_on) for c in clocks(facts, ClockKind.ERC_VOTE) if c.due_on)


def test_each_proposal_has_a_term_of_its_own_and_is_decided_after_it_circulates() -> None:
    decided = contact(8, "2023-02-01", Substance.SUBSTANTIVE, COMMERCE, is_determination=True)
    first, again = (
        _proposed(1, "2023-01-10", "2023-01-05"),
        _proposed(2, "2023-01-12", "2023-01-05"),
    )
    second = _proposed(9, "2024-03-10", "2024-03-01")
    assert _votes(first, again, decided, second) == [
        (day("2023-02-04"), day("2023-02-01")),
        (day("2024-03-31"), None),
    ]
    told_late = _proposed(9, "2023-02-10", "2023-01-05")
    assert _votes(decided, told_late) == [(day("2023-02-04"), day("2023-02-01"))]


def test_the_presidents_determination_and_a_reply_that_decides_nothing_are_no_vote() -> None:
    proposal = _proposed(1, "2023-01-10", "2023-01-05")
    determined = contact(2, "2023-01-20", Substance.SUBSTANTIVE, PRESIDENT, is_determination=True)
    replied = contact(3, "2023-01-21", Substance.SUBSTANTIVE, COMMERCE)
    facts = ask(
        proposal,
        determined,
        replied,
        instrument=Instrument.ENTITY_LIST,
        to=(COMMERCE, PRESIDENT),
        letters={},
    )
    assert the_clock(facts, ClockKind.ERC_VOTE).state is ClockState.RUNNING


def test_one_contact_may_tell_of_a_proposal_and_of_its_vote() -> None:
    told = replace(_proposed(1, "2023-02-10", "2023-01-05"), is_determination=True)
    assert _votes(told) == [(day("2023-02-04"), day("2023-02-10"))]


def test_what_was_done_to_the_clock_of_old_conduct_is_not_done_to_that_of_newer() -> None:
    met = ActFact(ActKind.MEET, ClockKind.EVIDENCE, None, "conduct-2019-03-01", day("2024-01-10"))
    old = replace(ask(conduct="2019-03-01", letters={}), acts=(met,))
    assert the_clock(old, ClockKind.EVIDENCE).state is ClockState.MET
    newer = replace(ask(conduct="2023-12-01", letters={}), acts=(met,))
    assert the_clock(newer, ClockKind.EVIDENCE).state is ClockState.RUNNING


def test_evidence_is_too_old_for_an_ask_from_its_first_day_at_the_earliest() -> None:
    facts = ask(conduct="2012-05", life=spans((Status.DRAFT, "2023-10-01")), letters={})
    clock = the_clock(facts, ClockKind.EVIDENCE)
    assert clock.due_on is not None
    assert clock.due_on < day("2018-01-01")
    assert clock.flag_day(day("2023-09-30")) is None
    assert clock.flag_day(day("2024-01-01")) == day("2023-10-01")


def test_a_business_day_rule_warns_on_a_business_day() -> None:
    business = tuple(
        replace(rule, unit=Unit.BUSINESS_DAYS, length=20, warn_day=15)
        if rule.kind is ClockKind.ACKNOWLEDGEMENT
        else rule
        for rule in RULES
    )
    clock = the_clock(ask(sent(1, "2023-12-20")), ClockKind.ACKNOWLEDGEMENT, rules=business)
    assert (clock.warn_on, clock.due_on) == (day("2024-01-12"), day("2024-01-22"))


def test_a_removal_request_received_on_an_unknown_day_starts_nothing_and_says_so() -> None:
    facts = ask(
        sent(1, MONDAY, COMMITTEE),
        instrument=Instrument.ENTITY_LIST,
        seeks=Seeks.REMOVAL,
        to=(COMMITTEE,),
    )
    clock = the_clock(facts, ClockKind.ERC_REMOVAL)
    assert clock.state is ClockState.NOT_STARTED
    assert "not recorded" in clock.note


@pytest.mark.parametrize("instrument", [i for i in Instrument if i is not Instrument.ENTITY_LIST])
def test_the_committees_clocks_are_for_the_entity_list_alone(instrument: Instrument) -> None:
    facts = ask(
        sent(1, MONDAY),
        instrument=instrument,
        seeks=Seeks.REMOVAL,
        letters={LETTER: letter(received=MONDAY)},
    )
    assert clocks(facts, ClockKind.ERC_REMOVAL) == []
    assert clocks(facts, ClockKind.ERC_VOTE) == []


@pytest.mark.parametrize(
    "status",
    [
        Status.READY,
        Status.SUBMITTED,
        Status.ACKNOWLEDGED,
        Status.UNDER_REVIEW,
        Status.CLOSED,
    ],
)
def test_only_drafts_and_vetting_are_unsent_too_long(status: Status) -> None:
    assert _all(ask(life=spans((status, MONDAY)))) == []


# ---- the seed: one letter of 23 Oct 2023, four asks, three Secretaries


@pytest.mark.parametrize(
    ("instrument", "silent_from"),
    [
        (Instrument.EXPORT_CONTROL, "2024-02-21"),
        (Instrument.GLOBAL_MAGNITSKY, "2024-01-22"),
        (Instrument.VISA_UNSPECIFIED, "2024-01-22"),
        (Instrument.ENTITY_LIST, "2023-12-23"),
    ],
)
def test_each_secretary_is_unacknowledging_and_silent_on_its_own_about_each_ask(
    instrument: Instrument, silent_from: str
) -> None:
    secretaries = (COMMERCE, TREASURY, STATE)
    facts = ask(sent(1, MONDAY, *secretaries), instrument=instrument, to=secretaries)
    today = day("2025-01-01")
    flags = [(c.agency_id, c.cause, c.flag_day(today)) for c in _all(facts) if c.flag_day(today)]
    assert sorted(flags, key=str) == sorted(
        [
            (agency, cause, day(late))
            for agency in secretaries
            for cause, late in (
                (Cause.UNACKNOWLEDGED, "2023-11-23"),
                (Cause.SILENT, silent_from),
            )
        ],
        key=str,
    )


def _all(facts: AskFacts) -> list[ClockSpec]:
    return [clock for kind in ClockKind for clock in clocks(facts, kind)]
