"""Which rule holds for a clock, and the day that it gives: pure decisions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tracker.clocks.calendars import is_holiday_in, is_known
from tracker.clocks.models import Basis, ClockKind, Unit, scope_of
from tracker.core.dates import add_days, add_months
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import Status

# from which day on the first rules hold
ALWAYS = date(2000, 1, 1)


@dataclass(frozen=True)
class RuleFact:
    """A clock rule, as the choice reads it."""

    id: int
    kind: ClockKind
    length: int
    unit: Unit
    basis: Basis
    valid_from: date
    valid_until: date | None = None
    instrument: Instrument | None = None
    jurisdiction: str = ""
    agency_id: int | None = None
    channel: str = ""
    status: Status | None = None
    lead_days: int = 0
    warn_day: int | None = None


@dataclass(frozen=True)
class Start:
    """The beginning of a clock, as far as the choice of its rule asks."""

    kind: ClockKind
    day: date
    instrument: Instrument
    jurisdiction: str = ""
    agency_id: int | None = None
    channel: str = ""
    status: Status | None = None

    @property
    def of_rules(self) -> date:
        """The day whose rules hold for it: the first ones for all that was before them."""
        return max(self.day, ALWAYS)


class PassedOver(StrEnum):
    """Why a rule does not hold for a clock though it is one of its kind."""

    OTHER_SCOPE = "other_scope"
    NOT_YET = "not_yet"
    NO_LONGER = "no_longer"
    LESS_SPECIFIC = "less_specific"
    OLDER = "older"


def choose(rules: Iterable[RuleFact], start: Start) -> RuleFact | None:
    """The most specific rule in force on the clock's first day: an agency before an instrument
    before a jurisdiction before a channel before a status; of equals, the latest."""
    fitting = (rule for rule in rules if _fits(rule, start) and _is_in_force(rule, start.of_rules))
    return max(fitting, key=_rank, default=None)


def passed_over(rules: Iterable[RuleFact], start: Start) -> list[tuple[RuleFact, PassedOver]]:
    """The other rules of the clock's kind, each with why it does not hold; those that come nearest
    to it first."""
    own = [rule for rule in rules if rule.kind is start.kind]
    chosen = choose(own, start)
    others = [(rule, _why_not(rule, chosen, start)) for rule in own if rule is not chosen]
    order = list(reversed(PassedOver))
    return sorted(others, key=lambda pair: (order.index(pair[1]), pair[0].id))


def _why_not(rule: RuleFact, chosen: RuleFact | None, start: Start) -> PassedOver:
    if not _fits(rule, start):
        return PassedOver.OTHER_SCOPE
    if rule.valid_from > start.of_rules:
        return PassedOver.NOT_YET
    if not _is_in_force(rule, start.of_rules):
        return PassedOver.NO_LONGER
    is_version = chosen is not None and scope_of(chosen) == scope_of(rule)
    return PassedOver.OLDER if is_version else PassedOver.LESS_SPECIFIC


def _fits(rule: RuleFact, start: Start) -> bool:
    return (
        rule.kind is start.kind
        and rule.agency_id in (None, start.agency_id)
        and rule.instrument in (None, start.instrument)
        and rule.jurisdiction in ("", start.jurisdiction)
        and rule.channel in ("", start.channel)
        and rule.status in (None, start.status)
    )


def _is_in_force(rule: RuleFact, day: date) -> bool:
    return rule.valid_from <= day and (rule.valid_until is None or day <= rule.valid_until)


def _rank(rule: RuleFact) -> tuple[bool, bool, bool, bool, bool, date, int]:
    return (
        rule.agency_id is not None,
        rule.instrument is not None,
        bool(rule.jurisdiction),
        bool(rule.channel),
        rule.status is not None,
        rule.valid_from,
        rule.id,
    )


def due_day(rule: RuleFact, start: date, jurisdiction: str) -> date:
    """Day N of a term that has `start` as its day 0, less the rule's lead. Business days of which
    no calendar is known are calendar days."""
    if rule.unit is Unit.MONTHS:
        end = add_months(start, rule.length)
    else:
        end = _day(rule, rule.length, start, jurisdiction)
    return end - timedelta(days=rule.lead_days)


def warning_day(rule: RuleFact, start: date, jurisdiction: str) -> date | None:
    """The day on which a rule warns, counted as its term is; of one of months, in calendar days."""
    return _day(rule, rule.warn_day, start, jurisdiction) if rule.warn_day else None


def _day(rule: RuleFact, number: int, start: date, jurisdiction: str) -> date:
    return add_days(
        start,
        number,
        business=rule.unit is Unit.BUSINESS_DAYS and is_known(jurisdiction),
        is_holiday=is_holiday_in(jurisdiction),
    )
