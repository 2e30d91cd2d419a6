"""The life cycle of an ask: every step from every status, and what each step needs."""

from datetime import date
from itertools import product

import pytest

from tests.rules.facts import known
from tracker.core.dates import PartialDate
from tracker.core.errors import Refused
from tracker.recommendations import workflow
from tracker.recommendations.models import ClosureReason, Result, Status
from tracker.recommendations.workflow import Change, Standing

TODAY = date(2024, 3, 1)
LIFE = (
    Status.DRAFT,
    Status.VETTING,
    Status.READY,
    Status.SUBMITTED,
    Status.ACKNOWLEDGED,
    Status.UNDER_REVIEW,
    Status.CLOSED,
)

# Rows: from. Columns, in the order of the life cycle: to.
#                 dra vet rea sub ack rev clo
NOT_SENT = """
    draft          .   x   x   x   .   .   x
    vetting        x   .   x   x   .   .   x
    ready          x   x   .   x   .   .   x
    submitted      x   x   x   .   .   .   x
    acknowledged   x   x   x   x   .   .   x
    under_review   x   x   x   x   .   .   x
    closed         x   x   x   .   .   .   .
"""
SENT = """
    draft          .   .   .   x   x   x   x
    vetting        .   .   .   x   x   x   x
    ready          .   .   .   x   x   x   x
    submitted      .   .   .   .   x   x   x
    acknowledged   .   .   .   x   .   x   x
    under_review   .   .   .   x   x   .   x
    closed         .   .   .   x   x   x   .
"""


def _allowed_by(table: str) -> set[tuple[Status, Status]]:
    rows = [line.split() for line in table.strip().splitlines()]
    return {
        (Status(row[0]), to)
        for row in rows
        for to, mark in zip(LIFE, row[1:], strict=True)
        if mark == "x"
    }


ALLOWED = {False: _allowed_by(NOT_SENT), True: _allowed_by(SENT)}
CASES = [
    pytest.param(now, to, was_sent, id=f"{now}-{to}-{'sent' if was_sent else 'not sent'}")
    for was_sent, now, to in product((False, True), LIFE, LIFE)
]
STEPS = [case for case in CASES if case.values[:2] in ALLOWED[bool(case.values[2])]]


def _standing(
    status: Status,
    *,
    was_sent: bool = True,
    since: str = "2023-10-23",
    result: Result = Result.NONE_KNOWN,
) -> Standing:
    return Standing(status, known(since), was_sent, result)


def _change(
    to: Status,
    *,
    on: str = "2024-02-01",
    reason: str = "",
    source: bool = False,
    closure: ClosureReason | None = None,
) -> Change:
    return Change(
        to, PartialDate.parse(on), reason=reason, has_source=source, closure_reason=closure
    )


def _complete(to: Status) -> Change:
    """The change with all that any change could need."""
    closure = ClosureReason.MOOT if to is Status.CLOSED else None
    return _change(to, reason="They asked us to.", source=True, closure=closure)


def _problems(standing: Standing, change: Change) -> set[str]:
    """The fields at which the change is refused; each says something to the person."""
    found: dict[str, str] = {}
    try:
        workflow.check(standing, change, TODAY)
    except Refused as refusal:
        found = refusal.problems
    assert all(words.endswith(".") for words in found.values())
    return set(found)


def test_the_life_cycle_is_the_one_of_the_domain() -> None:
    assert tuple(Status) == LIFE


@pytest.mark.parametrize(("now", "to", "was_sent"), CASES)
def test_a_status_may_follow_another_or_may_not(now: Status, to: Status, was_sent: bool) -> None:
    refused = _problems(_standing(now, was_sent=was_sent), _complete(to))
    assert refused == (set() if (now, to) in ALLOWED[was_sent] else {"to"})


@pytest.mark.parametrize("was_sent", [False, True])
@pytest.mark.parametrize("now", LIFE)
def test_the_choices_offered_are_those_allowed_in_the_order_of_the_life_cycle(
    now: Status, was_sent: bool
) -> None:
    wanted = [to for to in LIFE if (now, to) in ALLOWED[was_sent]]
    assert workflow.allowed(_standing(now, was_sent=was_sent)) == wanted


@pytest.mark.parametrize(("now", "to", "was_sent"), STEPS)
def test_going_back_and_closing_need_a_reason_and_going_forward_none(
    now: Status, to: Status, was_sent: bool
) -> None:
    closure = ClosureReason.MOOT if to is Status.CLOSED else None
    refused = _problems(
        _standing(now, was_sent=was_sent), _change(to, source=True, closure=closure)
    )
    needs_one = LIFE.index(to) < LIFE.index(now) or to is Status.CLOSED
    assert refused == ({"reason"} if needs_one else set())


@pytest.mark.parametrize(("now", "to", "was_sent"), STEPS)
def test_only_a_review_needs_a_source_since_silence_is_none(
    now: Status, to: Status, was_sent: bool
) -> None:
    closure = ClosureReason.MOOT if to is Status.CLOSED else None
    change = _change(to, reason="They asked us to.", closure=closure)
    refused = _problems(_standing(now, was_sent=was_sent), change)
    assert refused == ({"source_url"} if to is Status.UNDER_REVIEW else set())


@pytest.mark.parametrize(("now", "to", "was_sent"), STEPS)
@pytest.mark.parametrize("closure", [None, ClosureReason.WITHDRAWN])
def test_a_closure_reason_goes_with_closing_and_with_nothing_else(
    now: Status, to: Status, was_sent: bool, closure: ClosureReason | None
) -> None:
    change = _change(to, reason="They asked us to.", source=True, closure=closure)
    refused = _problems(_standing(now, was_sent=was_sent), change)
    fits = (to is Status.CLOSED) == (closure is not None)
    assert refused == (set() if fits else {"closure_reason"})


# what must be on record before an ask is closed for this reason, and whether a sentence is needed
CLOSING: dict[ClosureReason, tuple[set[Result], bool]] = {
    ClosureReason.ACTED_IN_FULL: ({Result.IN_FULL}, False),
    ClosureReason.ACTED_IN_PART: ({Result.IN_PART, Result.IN_FULL}, False),
    ClosureReason.DECLINED: ({Result.DECLINED}, False),
    ClosureReason.WITHDRAWN: (set(Result), True),
    ClosureReason.SUPERSEDED: (set(Result), True),
    ClosureReason.MOOT: (set(Result), True),
}


def test_the_reasons_for_closing_are_those_of_the_domain() -> None:
    assert set(ClosureReason) == set(CLOSING)


@pytest.mark.parametrize("reason", ["", "The ministry has been dissolved."])
@pytest.mark.parametrize("result", list(Result))
@pytest.mark.parametrize("closure", list(ClosureReason))
def test_an_ask_is_closed_as_acted_on_only_with_an_outcome_that_says_so(
    closure: ClosureReason, result: Result, reason: str
) -> None:
    standing = _standing(Status.SUBMITTED, result=result)
    refused = _problems(standing, _change(Status.CLOSED, closure=closure, reason=reason))
    results, needs_sentence = CLOSING[closure]
    if result not in results:
        assert refused == {"closure_reason"}
    else:
        assert refused == ({"reason"} if needs_sentence and not reason else set())


def test_a_delisting_reopens_a_closed_ask_with_a_reason() -> None:
    standing = _standing(Status.CLOSED, result=Result.IN_FULL)
    assert _problems(standing, _change(Status.SUBMITTED)) == {"reason"}
    assert _problems(standing, _change(Status.SUBMITTED, reason="OFAC removed him.")) == set()


@pytest.mark.parametrize(
    ("since", "on", "fine"),
    [
        ("2023-10-23", "2023-10-22", False),
        ("2023-10-23", "2023-10-23", True),
        ("2023-10-23", "2023-10", True),
        ("2023-10-23", "2023-09", False),
        ("2023-10-23", "2023", True),
        ("2023-10-23", "2022", False),
        ("2023-10", "2023-10-01", True),
        ("2023-10", "2023-09-30", False),
        ("2023", "2023-01-01", True),
        ("2023", "2022-12-31", False),
        ("", "1990", True),
        ("2023-10-23", "2024-03-01", True),
        ("2023-10-23", "2024-03-02", False),
        ("2023-10-23", "2024-03", True),
        ("2023-10-23", "2024-04", False),
        ("2023-10-23", "2024", True),
        ("2023-10-23", "2025", False),
        ("", "2024-03-02", False),
    ],
)
def test_a_change_lies_neither_in_the_future_nor_before_the_present_status(
    since: str, on: str, fine: bool
) -> None:
    standing = _standing(Status.SUBMITTED, since=since)
    refused = _problems(standing, _change(Status.ACKNOWLEDGED, on=on))
    assert refused == (set() if fine else {"on"})


def test_all_problems_are_named_at_once() -> None:
    change = _change(
        Status.UNDER_REVIEW, on="2024-03-02", closure=ClosureReason.MOOT, reason="Too early."
    )
    refused = _problems(_standing(Status.DRAFT, was_sent=False), change)
    assert refused == {"to", "on", "source_url", "closure_reason"}


def test_a_refusal_says_which_way_out_there_is() -> None:
    with pytest.raises(Refused, match="Record the letter"):
        workflow.check(
            _standing(Status.DRAFT, was_sent=False), _complete(Status.ACKNOWLEDGED), TODAY
        )
    with pytest.raises(Refused, match="void the contact"):
        workflow.check(_standing(Status.SUBMITTED), _complete(Status.DRAFT), TODAY)
    with pytest.raises(Refused, match="already"):
        workflow.check(_standing(Status.SUBMITTED), _complete(Status.SUBMITTED), TODAY)
    with pytest.raises(Refused, match="today is 1 Mar 2024"):
        workflow.check(_standing(Status.SUBMITTED), _change(Status.ACKNOWLEDGED, on="2025"), TODAY)


@pytest.mark.parametrize(
    ("status", "result", "acknowledged", "to", "closed_as"),
    [
        (Status.SUBMITTED, Result.NONE_KNOWN, False, None, None),
        (Status.SUBMITTED, Result.NONE_KNOWN, True, Status.ACKNOWLEDGED, None),
        (Status.UNDER_REVIEW, Result.NONE_KNOWN, True, None, None),
        (Status.SUBMITTED, Result.RELATED, False, None, None),
        (Status.SUBMITTED, Result.IN_FULL, True, Status.CLOSED, ClosureReason.ACTED_IN_FULL),
        (Status.ACKNOWLEDGED, Result.IN_PART, True, Status.CLOSED, ClosureReason.ACTED_IN_PART),
        (Status.UNDER_REVIEW, Result.DECLINED, True, Status.CLOSED, ClosureReason.DECLINED),
        (Status.CLOSED, Result.IN_FULL, True, None, None),
    ],
)
def test_what_is_on_record_proposes_a_status(
    status: Status,
    result: Result,
    acknowledged: bool,
    to: Status | None,
    closed_as: ClosureReason | None,
) -> None:
    found = workflow.proposal(status, result, is_acknowledged=acknowledged)
    assert (found.to if found else None) is to
    assert (found.closure_reason if found else None) is closed_as


@pytest.mark.parametrize(
    ("reason", "result", "unfounded"),
    [
        (ClosureReason.ACTED_IN_FULL, Result.IN_FULL, False),
        (ClosureReason.ACTED_IN_FULL, Result.IN_PART, True),
        (ClosureReason.ACTED_IN_PART, Result.IN_FULL, False),
        (ClosureReason.ACTED_IN_PART, Result.RELATED, True),
        (ClosureReason.DECLINED, Result.NONE_KNOWN, True),
        (ClosureReason.MOOT, Result.NONE_KNOWN, False),
        (None, Result.NONE_KNOWN, False),
    ],
)
def test_a_closure_rests_on_its_outcome(
    reason: ClosureReason | None, result: Result, unfounded: bool
) -> None:
    assert workflow.is_unfounded(reason, result) is unfounded
