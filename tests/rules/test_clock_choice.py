"""Which rule holds for a clock, and business days by the holidays of the jurisdiction."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.facts import (
    BRUSSELS,
    CANBERRA,
    JURISDICTIONS,
    LETTER,
    LONDON,
    OTTAWA,
    RULES,
    STATE,
    TREASURY,
    ask,
    day,
    letter,
    sent,
    spans,
    the_clock,
)
from tests.rules.strategies import STEADY
from tracker.clocks.choice import RuleFact, Start, choose, due_day
from tracker.clocks.models import Basis, ClockKind, Unit
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import Status

GENERAL = RuleFact(
    id=1,
    kind=ClockKind.SILENCE,
    length=90,
    unit=Unit.CALENDAR_DAYS,
    basis=Basis.HOUSE,
    valid_from=date(2020, 1, 1),
)
OF_STATUS = replace(GENERAL, id=2, status=Status.SUBMITTED)
OF_CHANNEL = replace(GENERAL, id=3, channel="email")
OF_JURISDICTION = replace(GENERAL, id=4, jurisdiction="GB")
OF_INSTRUMENT = replace(GENERAL, id=5, instrument=Instrument.UK_GHR)
OF_AGENCY = replace(GENERAL, id=6, agency_id=LONDON)
FROM_LEAST_SPECIFIC = [
    GENERAL,
    OF_STATUS,
    OF_CHANNEL,
    OF_JURISDICTION,
    OF_INSTRUMENT,
    OF_AGENCY,
]


def _start(on: str = "2024-01-01") -> Start:
    """An ask of the Foreign Office for a UK listing, sent by e-mail."""
    return Start(
        ClockKind.SILENCE,
        day(on),
        Instrument.UK_GHR,
        jurisdiction="GB",
        agency_id=LONDON,
        channel="email",
        status=Status.SUBMITTED,
    )


def _chosen(*rules: RuleFact, on: str = "2024-01-01") -> RuleFact | None:
    return choose(rules, _start(on))


@pytest.mark.parametrize("most", range(1, 7))
def test_the_more_specific_rule_wins_whatever_the_order_of_entry(most: int) -> None:
    rules = FROM_LEAST_SPECIFIC[:most]
    assert {_chosen(*given) for given in permutations(rules)} == {rules[-1]}


def test_one_agency_outweighs_all_the_rest_together() -> None:
    rest = replace(OF_INSTRUMENT, id=9, jurisdiction="GB", channel="email", status=Status.SUBMITTED)
    assert _chosen(rest, OF_AGENCY) is OF_AGENCY


def test_of_rules_for_one_instrument_the_one_for_its_jurisdiction_too_wins() -> None:
    both = replace(OF_INSTRUMENT, id=2, jurisdiction="GB")
    assert _chosen(OF_INSTRUMENT, both) is both


@pytest.mark.parametrize(
    "other",
    [
        replace(OF_AGENCY, agency_id=STATE),
        replace(OF_INSTRUMENT, instrument=Instrument.EU_GHR),
        replace(OF_JURISDICTION, jurisdiction="US"),
        replace(OF_CHANNEL, channel="letter"),
        replace(OF_STATUS, status=Status.DRAFT),
        replace(OF_AGENCY, kind=ClockKind.ACKNOWLEDGEMENT),
    ],
)
def test_a_rule_for_something_else_does_not_hold(other: RuleFact) -> None:
    assert _chosen(other) is None
    assert _chosen(other, GENERAL) is GENERAL


@pytest.mark.parametrize(
    ("on", "holds"),
    [
        ("2022-12-31", False),
        ("2023-01-01", True),
        ("2023-06-30", True),
        ("2023-12-31", True),
        ("2024-01-01", False),
    ],
)
def test_a_rule_holds_from_its_first_day_to_its_last(on: str, holds: bool) -> None:
    rule = replace(GENERAL, valid_from=day("2023-01-01"), valid_until=day("2023-12-31"))
    assert (_chosen(rule, on=on) is rule) is holds


def test_of_equals_the_latest_holds() -> None:
    newer = replace(GENERAL, id=2, valid_from=date(2023, 1, 1), length=60)
    assert _chosen(GENERAL, newer, on="2024-01-01") is newer
    assert _chosen(newer, GENERAL, on="2024-01-01") is newer
    assert _chosen(GENERAL, newer, on="2022-01-01") is GENERAL


def test_of_rules_of_the_same_day_the_one_entered_last_holds() -> None:
    corrected = replace(GENERAL, id=2, length=60)
    assert _chosen(corrected, GENERAL) is corrected


def test_specific_beats_recent() -> None:
    recent = replace(GENERAL, id=9, valid_from=date(2023, 12, 1))
    assert _chosen(recent, OF_STATUS) is OF_STATUS


@STEADY
@given(
    st.lists(
        st.builds(
            RuleFact,
            id=st.integers(1, 50),
            kind=st.sampled_from([ClockKind.SILENCE, ClockKind.ANSWER]),
            length=st.integers(1, 100),
            unit=st.just(Unit.CALENDAR_DAYS),
            basis=st.just(Basis.HOUSE),
            valid_from=st.dates(date(2020, 1, 1), date(2025, 1, 1)),
            valid_until=st.none() | st.dates(date(2020, 1, 1), date(2025, 1, 1)),
            instrument=st.sampled_from([None, Instrument.UK_GHR, Instrument.EU_GHR]),
            jurisdiction=st.sampled_from(["", "GB", "US"]),
            agency_id=st.sampled_from([None, LONDON, STATE]),
        ),
        max_size=8,
        unique_by=lambda rule: rule.id,
    )
)
def test_a_rule_is_found_whenever_one_holds_and_the_order_does_not_matter(
    rules: list[RuleFact],
) -> None:
    chosen = _chosen(*rules)
    assert chosen == _chosen(*reversed(rules))
    holding = [
        rule
        for rule in rules
        if rule.kind is ClockKind.SILENCE
        and rule.valid_from <= date(2024, 1, 1) <= (rule.valid_until or date.max)
        and rule.instrument is not Instrument.EU_GHR
        and rule.jurisdiction != "US"
        and rule.agency_id != STATE
    ]
    assert (chosen in holding) if holding else (chosen is None)


# ---- as the clocks of an ask show it


def test_the_rule_of_the_first_day_holds_and_a_later_change_does_not_reach_back() -> None:
    old = replace(GENERAL, kind=ClockKind.ACKNOWLEDGEMENT, length=30, valid_until=day("2023-12-31"))
    new = replace(old, id=2, length=10, valid_from=day("2024-01-01"), valid_until=None)
    for on, due in (("2023-12-31", "2024-01-30"), ("2024-01-01", "2024-01-11")):
        clock = the_clock(ask(sent(1, on)), ClockKind.ACKNOWLEDGEMENT, rules=(old, new))
        assert clock.due_on == day(due)


def test_an_agency_can_have_a_norm_of_its_own() -> None:
    own = replace(GENERAL, id=99, agency_id=TREASURY, length=45)
    facts = ask(sent(1, "2023-10-23", STATE, TREASURY), to=(STATE, TREASURY))
    rules = (*RULES, own)
    assert the_clock(facts, ClockKind.SILENCE, TREASURY, rules).due_on == day("2023-12-07")
    assert the_clock(facts, ClockKind.SILENCE, STATE, rules).due_on == day("2024-01-21")


def test_a_norm_can_hang_on_the_channel_of_the_letter() -> None:
    by_portal = replace(GENERAL, id=99, kind=ClockKind.ACKNOWLEDGEMENT, channel="portal", length=3)
    for channel, due in (("portal", "2023-10-26"), ("letter", "2023-11-22")):
        facts = ask(sent(1, "2023-10-23"), letters={LETTER: letter(channel=channel)})
        clock = the_clock(facts, ClockKind.ACKNOWLEDGEMENT, rules=(*RULES, by_portal))
        assert clock.due_on == day(due)


def test_a_norm_for_drafts_does_not_hold_for_vetting() -> None:
    facts = ask(life=spans((Status.VETTING, "2023-10-23")))
    of_drafts = replace(GENERAL, id=99, kind=ClockKind.VETTING, status=Status.DRAFT, length=1)
    assert the_clock(facts, ClockKind.VETTING, rules=(*RULES, of_drafts)).due_on == day(
        "2023-11-13"
    )


def test_an_instrument_outweighs_the_jurisdiction_in_the_rules_shipped() -> None:
    facts = ask(sent(1, "2023-10-23", LONDON), to=(LONDON,))
    assert the_clock(facts, ClockKind.SILENCE).due_on == day("2024-01-21")


def test_without_a_rule_there_is_no_clock() -> None:
    facts = ask(sent(1, "2023-10-23"), life=spans((Status.DRAFT, "2023-10-01")))
    with pytest.raises(ValueError):
        the_clock(facts, ClockKind.SILENCE, rules=())


# ---- business days


def _due(jurisdiction: str, start: str, length: int) -> date:
    rule = replace(GENERAL, unit=Unit.BUSINESS_DAYS, length=length)
    return due_day(rule, day(start), jurisdiction)


@pytest.mark.parametrize(
    ("jurisdiction", "start", "length", "due"),
    [
        pytest.param("US", "2024-11-26", 3, "2024-12-02", id="Thanksgiving"),
        pytest.param("US", "2023-11-09", 1, "2023-11-13", id="Veterans Day, observed on a Friday"),
        pytest.param("US", "2024-06-18", 1, "2024-06-20", id="Juneteenth"),
        pytest.param("US", "2020-06-18", 1, "2020-06-19", id="before Juneteenth was one"),
        pytest.param("US", "2025-01-17", 1, "2025-01-21", id="Martin Luther King Day"),
        pytest.param("US", "2024-07-03", 1, "2024-07-05", id="Independence Day"),
        pytest.param("US", "2021-12-30", 1, "2022-01-03", id="New Year, observed in the old year"),
        pytest.param("US", "2024-12-24", 1, "2024-12-26", id="no Boxing Day in the US"),
        pytest.param("GB", "2024-07-03", 1, "2024-07-04", id="no Independence Day in the UK"),
        pytest.param("GB", "2024-05-03", 1, "2024-05-07", id="early May bank holiday"),
        pytest.param("GB", "2024-12-24", 1, "2024-12-27", id="Christmas and Boxing Day"),
        pytest.param("GB", "2024-03-28", 1, "2024-04-02", id="Easter in London"),
        pytest.param("GB", "2024-08-23", 1, "2024-08-27", id="summer bank holiday in London"),
        pytest.param("CA", "2024-06-28", 1, "2024-07-02", id="Canada Day"),
        pytest.param("CA", "2024-08-30", 1, "2024-09-03", id="Labour Day"),
        pytest.param("CA", "2024-10-11", 1, "2024-10-15", id="Thanksgiving in Canada"),
        pytest.param("CA", "2024-05-17", 1, "2024-05-21", id="Victoria Day"),
        pytest.param("AU", "2024-01-25", 1, "2024-01-29", id="Australia Day"),
        pytest.param("AU", "2024-04-24", 1, "2024-04-26", id="Anzac Day"),
        pytest.param("CA", "2024-03-28", 1, "2024-04-02", id="Easter in Ottawa"),
        pytest.param("AU", "2024-03-28", 1, "2024-04-02", id="Easter in Australia"),
        pytest.param("EU", "2024-12-24", 2, "2024-12-26", id="no calendar for the EU"),
        pytest.param("EU", "2024-12-27", 1, "2024-12-28", id="every day, with no calendar"),
        pytest.param("AU", "2024-03-08", 1, "2024-03-12", id="Canberra Day"),
        pytest.param("", "2024-07-03", 1, "2024-07-04", id="no jurisdiction"),
    ],
)
def test_business_days_leave_out_the_jurisdictions_holidays(
    jurisdiction: str, start: str, length: int, due: str
) -> None:
    assert _due(jurisdiction, start, length) == day(due)


def test_calendar_days_and_months_leave_out_nothing() -> None:
    assert due_day(replace(GENERAL, length=1), day("2024-12-24"), "US") == day("2024-12-25")
    months = replace(GENERAL, unit=Unit.MONTHS, length=2)
    assert due_day(months, day("2024-10-25"), "US") == day("2024-12-25")


@pytest.mark.parametrize("on", ["1999-06-04", "1899-12"])
def test_the_first_rules_hold_for_all_that_was_before_them(on: str) -> None:
    clock = the_clock(ask(conduct=on), ClockKind.EVIDENCE)
    assert clock.flag_day(day("2024-03-01")) is not None
    assert the_clock(ask(sent(1, on)), ClockKind.SILENCE).due_on is not None


@pytest.mark.parametrize("unit", list(Unit))
def test_a_lead_is_taken_off_the_end_of_the_term(unit: Unit) -> None:
    rule = replace(GENERAL, unit=unit, length=12)
    whole = due_day(rule, day("2023-10-23"), "US")
    assert (whole - due_day(replace(rule, lead_days=5), day("2023-10-23"), "US")).days == 5


def test_each_body_is_given_the_business_days_of_its_own_country() -> None:
    """Five of them from Wednesday, 3 July 2024."""
    rule = replace(GENERAL, kind=ClockKind.ACKNOWLEDGEMENT, unit=Unit.BUSINESS_DAYS, length=5)
    bodies = (STATE, LONDON, BRUSSELS, OTTAWA, CANBERRA)
    facts = ask(sent(1, "2024-07-03", *bodies), to=bodies)
    assert set(JURISDICTIONS) == set(bodies[1:])
    for body in bodies:
        clock = the_clock(facts, ClockKind.ACKNOWLEDGEMENT, body, (rule,))
        due = {STATE: "2024-07-11", BRUSSELS: "2024-07-08"}.get(body, "2024-07-10")
        assert clock.due_on == day(due)
        assert clock.flag_day(day("2024-12-01")) == day(due) + timedelta(days=1)
