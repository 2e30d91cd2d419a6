"""Changing the rules of clocks: a version is added, none is edited, and the clocks that run follow.

Statutes and regulations come with the program: here only the day on which they warn can be set.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select

from tracker.accounts.permissions import Permission
from tracker.accounts.viewer import Viewer
from tracker.agencies.models import Agency
from tracker.clocks import gathering
from tracker.clocks.calendars import is_known
from tracker.clocks.choice import ALWAYS, RuleFact
from tracker.clocks.house import STATUS_OF
from tracker.clocks.models import SCOPE, Basis, ClockKind, ClockRule, Unit, scope_of
from tracker.clocks.recomputing import Effect, recompute
from tracker.core.dates import show_day
from tracker.core.db import db
from tracker.core.intake import Intake
from tracker.core.now import now, today
from tracker.correspondence.models import Channel
from tracker.history import actions as history
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import AFTER_SENDING, Status

MOST_DAYS, MOST_MONTHS, MOST_LEAD_DAYS = 3650, 120, 365
SHORTEST_MONTH = 28  # days: a term in months has at least as many for each
# what an addressee has to do with; the others are norms for ourselves
OF_ADDRESSEES = frozenset({ClockKind.ACKNOWLEDGEMENT, ClockKind.SILENCE, ClockKind.ANSWER})
OF_LETTERS = frozenset({ClockKind.ACKNOWLEDGEMENT, ClockKind.SILENCE})
HOUSE_KINDS = OF_ADDRESSEES | {ClockKind.DRAFTING, ClockKind.VETTING, ClockKind.EVIDENCE}


@dataclass(frozen=True)
class Scope:
    """What a rule is for; what is not given means any."""

    kind: ClockKind
    instrument: Instrument | None = None
    jurisdiction: str = ""
    agency: Agency | None = None
    channel: Channel | None = None
    status: Status | None = None  # that of the ask on the clock's first day


@dataclass(frozen=True)
class Terms:
    """What a version of a rule says, from when, and why."""

    valid_from: date | None
    reason: str
    length: int | None = None
    unit: Unit = Unit.CALENDAR_DAYS
    lead_days: int | None = None
    warn_day: int | None = None
    citation: str = ""
    citation_url: str = ""
    sentence: str = ""


def add_rule(viewer: Viewer, scope: Scope, terms: Terms) -> tuple[ClockRule, Effect]:
    """Add a house norm for what has none of its own, or none any more. Raises `Refused` or
    `NotAllowed`."""
    viewer.require(Permission.ADMINISTER)
    intake = Intake()
    _check_scope(scope, intake)
    rule = ClockRule(
        kind=scope.kind,
        instrument=scope.instrument,
        jurisdiction=scope.jurisdiction,
        agency=scope.agency,
        channel=scope.channel or "",
        status=STATUS_OF.get(scope.kind, scope.status),
        basis=Basis.HOUSE,
    )
    with db.session.no_autoflush:
        _fill(rule, terms, intake)
        rule.agency_id = scope.agency.id if scope.agency else None
        begins = terms.valid_from
        if any(not begins or not v.valid_until or v.valid_until >= begins for v in _versions(rule)):
            intake.refuse("kind", "There is a rule for this already: make a new version of it.")
    intake.done()
    effect = _put_in_force(viewer, rule)
    body = _told(rule, None, rule.reason)
    history.record("clock_rule.added", actor_id=viewer.user_id, body=body)
    return rule, effect


def change_rule(viewer: Viewer, rule: ClockRule, terms: Terms) -> tuple[ClockRule, Effect]:
    """Add a new version of a rule, which ends the one before on the eve of its first day. Of a
    statute or a regulation only the day of warning changes. Raises `Refused` or `NotAllowed`."""
    viewer.require(Permission.ADMINISTER)
    intake = Intake()
    new = ClockRule(**{name: getattr(rule, name) for name in (*SCOPE, "basis")})
    new.agency = rule.agency
    if rule.is_law:
        terms = replace(
            terms,
            length=rule.length,
            unit=rule.unit,
            lead_days=rule.lead_days,
            citation=rule.citation,
            citation_url=rule.citation_url,
            sentence=rule.sentence,
        )
    with db.session.no_autoflush:
        _fill(new, terms, intake)
        newest = max(_versions(rule), key=lambda version: (version.valid_from, version.id))
    if newest.id != rule.id or rule.valid_until is not None:
        intake.refuse("valid_from", "This version holds no longer. Change the newest one.")
    elif terms.valid_from and terms.valid_from <= rule.valid_from:
        intake.refuse(
            "valid_from", f"Give a day after {show_day(rule.valid_from)}, when this one began."
        )
    elif _said(new) == _said(rule):
        intake.refuse("length" if not rule.is_law else "warn_day", "This is what it says already.")
    intake.done()
    rule.valid_until = new.valid_from - timedelta(days=1)
    effect = _put_in_force(viewer, new)
    body = _told(new, rule, new.reason)
    history.record("clock_rule.changed", actor_id=viewer.user_id, body=body)
    return new, effect


def end_rule(
    viewer: Viewer, rule: ClockRule, last_day: date | None, reason: str
) -> tuple[ClockRule, Effect]:
    """End a house norm on a day; a wider one holds after it. Raises `Refused` or `NotAllowed`."""
    viewer.require(Permission.ADMINISTER)
    intake = Intake()
    reason = intake.reason("reason", reason, "Say in a sentence why it ends.")
    if rule.is_law:
        intake.refuse("last_day", "The law is not ended here.")
    elif rule.valid_until is not None:
        intake.refuse("last_day", f"It ended on {show_day(rule.valid_until)} already.")
    elif last_day is None or not rule.valid_from <= last_day <= today():
        begins = show_day(rule.valid_from)
        intake.refuse("last_day", f"Give its last day: from {begins} on, today at the latest.")
    elif not _is_covered(rule, last_day + timedelta(days=1)):
        intake.refuse(
            "last_day", "Nothing else covers what it is for. Make a new version of it instead."
        )
    intake.done()
    rule.valid_until, rule.end_reason = last_day, reason
    effect = recompute([rule.kind], f"A clock rule ended: {_named(rule)}.", viewer)
    body = _told(rule, None, reason)
    history.record("clock_rule.ended", actor_id=viewer.user_id, body=body)
    return rule, effect


def _put_in_force(viewer: Viewer, rule: ClockRule) -> Effect:
    rule.recorded_at, rule.recorded_by_id = now(), viewer.user_id
    db.session.add(rule)
    db.session.flush()
    since = f"from {show_day(rule.valid_from)}"
    return recompute([rule.kind], f"A clock rule holds {since}: {_named(rule)}.", viewer)


def _told(rule: ClockRule, before: ClockRule | None, reason: str) -> dict[str, object]:
    """What the history says of a change."""
    after = {**_said(rule), "valid_from": rule.valid_from, "valid_until": rule.valid_until}
    return {
        "before": {name: str(value) for name, value in (_said(before) if before else {}).items()},
        "after": {name: str(value) for name, value in after.items() if value is not None},
        "note": f"{_named(rule)}.",
        "reason": reason,
    }


def _named(rule: ClockRule) -> str:
    """A rule in a few words."""
    scope = [
        rule.agency.short_name if rule.agency else "",
        (rule.instrument or "").replace("_", " "),
        rule.jurisdiction,
        rule.channel,
        (rule.status or "").replace("_", " "),
    ]
    whom = ", ".join(part for part in scope if part) or "everything"
    kind = rule.kind.replace("_", " ")
    return f"{kind} for {whom}, {rule.length} {rule.unit.replace('_', ' ')}"


def _said(rule: ClockRule) -> dict[str, object]:
    names = ("length", "unit", "lead_days", "warn_day", "citation", "citation_url", "sentence")
    return {name: getattr(rule, name) for name in names}


# ---- what can be a rule


def _check_scope(scope: Scope, intake: Intake) -> None:
    kind = scope.kind
    if kind not in HOUSE_KINDS:
        intake.refuse("kind", "The law or the letter sets this term: no house norm can.")
    nobody = "A term of ours waits for nobody: leave this empty, or the rule would cover nothing."
    if scope.agency and kind not in OF_ADDRESSEES:
        intake.refuse("agency", nobody)
    if scope.jurisdiction and kind not in OF_ADDRESSEES:
        intake.refuse("jurisdiction", nobody)
    if scope.channel and kind not in OF_LETTERS:
        intake.refuse("channel", "No letter begins this term: the rule would cover nothing.")
    if scope.status and (kind not in OF_ADDRESSEES or scope.status not in AFTER_SENDING):
        intake.refuse("status", "No such term begins at that status: the rule would cover nothing.")
    where = scope.agency.jurisdiction if scope.agency else ""
    if scope.agency and scope.jurisdiction not in ("", where):
        intake.refuse(
            "jurisdiction",
            f"{scope.agency.short_name} is a body of {where}: the rule would cover nothing.",
        )


def _fill(rule: ClockRule, terms: Terms, intake: Intake) -> None:
    rule.reason = intake.reason("reason", terms.reason, "Say in a sentence why it is set so.")
    rule.citation = intake.text("citation", terms.citation, ClockRule.citation) or "House norm"
    rule.citation_url = intake.url("citation_url", terms.citation_url, ClockRule.citation_url)
    rule.sentence = intake.text(
        "sentence",
        terms.sentence,
        ClockRule.sentence,
        missing="Say the rule in a sentence, as pages quote it.",
    )
    if terms.valid_from is None or not ALWAYS <= terms.valid_from <= today():
        intake.refuse(
            "valid_from", "Give the day from which it holds: from 2000 on, today at the latest."
        )
    rule.valid_from = terms.valid_from or today()
    rule.unit, rule.warn_day = terms.unit, terms.warn_day
    rule.lead_days = terms.lead_days or 0
    _check_length(rule, terms.length, intake)
    number = re.findall(r"\d+", rule.sentence.replace(",", ""))
    if (
        rule.sentence
        and rule.length
        and rule.kind is not ClockKind.EVIDENCE
        and str(rule.length) not in number
    ):
        intake.refuse("sentence", f"Name the number in it too: {rule.length}.")


def _check_length(rule: ClockRule, length: int | None, intake: Intake) -> None:
    is_evidence = rule.kind is ClockKind.EVIDENCE
    most, units = (MOST_MONTHS, "months") if is_evidence else (MOST_DAYS, "days")
    rule.length = length or 0
    if length is None or not 1 <= length <= most:
        intake.refuse("length", f"Give a number of {units} from 1 to {most:,}.")
    if is_evidence is not (rule.unit is Unit.MONTHS):
        said = "in months" if is_evidence else "in days"
        intake.refuse("unit", f"This term is counted {said}.")
    if not is_evidence and rule.lead_days:
        intake.refuse("lead_days", "Only the age of evidence is told ahead of its term.")
    elif not 0 <= rule.lead_days <= MOST_LEAD_DAYS:
        intake.refuse("lead_days", f"Give a number of days up to {MOST_LEAD_DAYS}.")
    elif is_evidence and length and rule.lead_days >= length * SHORTEST_MONTH:
        intake.refuse("lead_days", "That is before the conduct itself. Give fewer days.")
    if rule.warn_day is not None and not (1 <= rule.warn_day < rule.length and not is_evidence):
        intake.refuse("warn_day", "Give a day of the term before its last, or leave it empty.")
    if rule.unit is Unit.BUSINESS_DAYS:
        _check_calendar(rule, intake)


def _check_calendar(rule: ClockRule, intake: Intake) -> None:
    where = rule.agency.jurisdiction if rule.agency else rule.jurisdiction
    if where and not is_known(where):
        intake.refuse(
            "unit", f"No calendar of public holidays of {where} is known: count calendar days."
        )
    elif rule.kind not in OF_ADDRESSEES:
        intake.refuse("unit", "There is no body whose holidays could count: count calendar days.")


def _versions(rule: ClockRule) -> Sequence[ClockRule]:
    """All versions of a rule."""
    return db.session.scalars(
        select(ClockRule).where(
            *(getattr(ClockRule, name) == getattr(rule, name) for name in SCOPE)
        )
    ).all()


def _is_covered(rule: ClockRule, since: date) -> bool:
    """Whether a wider rule, by one of its versions after the other, holds for all that this one is
    for, from a day on and without an end."""
    versions: dict[tuple[object, ...], list[RuleFact]] = defaultdict(list)
    for other in gathering.rules():
        if _is_wider(other, rule):
            versions[scope_of(other)].append(other)
    return any(_goes_on(found, since) for found in versions.values())


def _goes_on(versions: Sequence[RuleFact], since: date) -> bool:
    day: date | None = since
    while day is not None:
        holds = [v for v in versions if v.valid_from <= day <= (v.valid_until or date.max)]
        if not holds:
            return False
        last = max(v.valid_until or date.max for v in holds)
        day = last + timedelta(days=1) if last < date.max else None
    return True


def _is_wider(other: RuleFact, rule: ClockRule) -> bool:
    """Whether another rule is for all that this one is for, and for more."""
    return (
        scope_of(other) != scope_of(rule)
        and other.kind is rule.kind
        and other.instrument in (None, rule.instrument)
        and other.jurisdiction in ("", rule.jurisdiction)
        and other.agency_id in (None, rule.agency_id)
        and other.channel in ("", rule.channel)
        and other.status in (None, rule.status)
    )
