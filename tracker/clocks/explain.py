"""A clock in words: its sentence, and the terms of its arithmetic."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.clocks.calendars import holidays_within, is_known
from tracker.clocks.models import Basis, Clock, ClockKind, ClockState, Unit
from tracker.core.dates import add_months, in_days, show_day

STARTS = {
    ClockKind.SECTION_1263D: "Received",
    ClockKind.ERC_REMOVAL: "Received",
    ClockKind.ERC_VOTE: "Circulated",
    ClockKind.REPLY_REQUESTED: "The letter",
    ClockKind.PROMISE: "Promised on",
    ClockKind.ANSWER: "They asked",
    ClockKind.SILENCE: "Last contact",
    ClockKind.ACKNOWLEDGEMENT: "Sent",
    ClockKind.DRAFTING: "Draft since",
    ClockKind.VETTING: "Vetting since",
    ClockKind.EVIDENCE: "Newest conduct",
}
# what ends these is not always what was waited for: our follow-up, or another promise
MET = {
    ClockKind.SILENCE: "It was counted anew",
    ClockKind.PROMISE: "It was kept or put off",
}
GIVES = {
    Basis.STATUTE: "The law gives",
    Basis.REGULATION: "The regulation gives",
    Basis.HOUSE: "The house norm gives",
}


Closing = tuple[date, date | None]


@dataclass(frozen=True)
class Arithmetic:
    """How a clock comes to its day: what it is about, labelled terms, what else bears on it (days
    left out or moved, a warning), days run, and the sum."""

    why: str
    terms: tuple[tuple[str, str], ...]
    details: tuple[tuple[str, str], ...]
    days_run: int | None
    days_given: int | None
    days_late: int | None
    sentence: str

    @property
    def explanation(self) -> str:
        """All of it in words, as exports carry it."""
        return f"{self.why} {self.sentence}".strip()


@dataclass(frozen=True)
class ClockGroup:
    """Clocks of one ask that say the same of several bodies: one line for a reader."""

    first: Clock
    clocks: Sequence[Clock]

    @property
    def bodies(self) -> str:
        """The bodies, by their short names."""
        return ", ".join(clock.agency.short_name for clock in self.clocks if clock.agency)


def grouped(clocks: Iterable[Clock]) -> list[ClockGroup]:
    """Clocks in their order, those that differ only by the body taken together."""
    found: dict[tuple[object, ...], list[Clock]] = {}
    for clock in clocks:
        key = (
            clock.kind,
            clock.rule_id,
            clock.state,
            clock.started_on,
            clock.due_on,
            clock.late_on,
            clock.ended_on,
            clock.flagged_on,
            clock.snoozed_until,
            clock.first_due_on,
            clock.note,
        )
        found.setdefault(key, []).append(clock)
    return [ClockGroup(group[0], group) for group in found.values()]


def arithmetic(clock: Clock, today: date, closings: Sequence[Closing] = ()) -> Arithmetic:
    """The arithmetic of a clock, as it stands on a day; `closings` are the days on which the ask
    was closed and reopened."""
    if clock.started_on is None or clock.due_on is None:
        return Arithmetic("", (), (), None, None, None, clock.note or "It has not started.")
    start = clock.started_on.earliest
    until = clock.ended_on or today
    return Arithmetic(
        why=_why(clock),
        terms=tuple(_terms(clock)),
        details=tuple(_details(clock, closings)),
        days_run=(until - start).days,
        days_given=(clock.due_on - start).days,
        days_late=_days_late(clock, until),
        sentence=_sentence(clock, today),
    )


def _days_late(clock: Clock, until: date) -> int | None:
    """How many days it was late by a day, of which the first is the day of the flag; what a closed
    ask was late while it was closed does not count."""
    if clock.flagged_on is None or until < clock.flagged_on:
        return None
    return (until - clock.flagged_on).days + 1


def _why(clock: Clock) -> str:
    """What the clock is about, in a sentence that names its first day."""
    assert clock.started_on is not None
    assert clock.due_on is not None
    day, when, due = clock.started_on.shown, clock.started_on.when, clock.named_day
    missing = "" if clock.ended_on else " None is on record."
    return {
        ClockKind.SECTION_1263D: f"Asked of the President under section 1263(d), {day}."
        + (f" {clock.note}" if clock.is_from_sending else "")
        + ("" if clock.ended_on else " No determination is known."),
        ClockKind.ERC_REMOVAL: f"The committee received the removal request {when}.",
        ClockKind.ERC_VOTE: f"The proposal has circulated since {day}.",
        ClockKind.REPLY_REQUESTED: f"The letter sent {when} asks for a reply by {due}.{missing}",
        ClockKind.PROMISE: f"They promised it {when}, by {due}.",
        ClockKind.ANSWER: "They asked us something" + ("." if clock.note else f" {when}."),
        ClockKind.SILENCE: f"Last substantive contact {when}.",
        ClockKind.ACKNOWLEDGEMENT: f"The letter went out {when}."
        + ("" if clock.ended_on else " No acknowledgement is known."),
        ClockKind.DRAFTING: f"A draft since {day}.",
        ClockKind.VETTING: f"In vetting since {day}.",
        ClockKind.EVIDENCE: f"The newest conduct cited is of {day}{_ages(clock)}.",
    }[clock.kind]


def _ages(clock: Clock) -> str:
    """When evidence is too old, by its rule."""
    if clock.rule is None or clock.started_on is None:
        return ""
    months = clock.rule.length
    count, unit = (months, "month") if months % 12 else (months // 12, "year")
    age = f"{count} {unit}{'' if count == 1 else 's'}"
    return f", {age} before {show_day(add_months(clock.started_on.earliest, months))}"


def _terms(clock: Clock) -> list[tuple[str, str]]:
    assert clock.started_on is not None
    assert clock.due_on is not None
    named = clock.basis in (Basis.LETTER, Basis.PROMISE)
    start = "Sent" if clock.is_from_sending else STARTS[clock.kind]
    terms = [(start, clock.started_on.shown)]
    if not named and clock.rule is not None:
        terms.append((GIVES[clock.basis], _length(clock)))
    terms.append(("By", clock.named_day) if named else ("Due", f"= {clock.named_day}"))
    if clock.first_due_on:
        terms.append(("Extended to", show_day(clock.due_on)))
    if clock.late_on is not None:
        terms.append(("Late from", show_day(clock.late_on)))
    return terms


def _details(clock: Clock, closings: Sequence[Closing]) -> list[tuple[str, str]]:
    assert clock.started_on is not None
    assert clock.due_on is not None
    start, due = clock.started_on.earliest, clock.first_due_on or clock.due_on
    found = []
    if _counts_business_days(clock):
        where = _jurisdiction(clock)
        skipped = [f"{show_day(day)}, {name}" for day, name in holidays_within(where, start, due)]
        if is_known(where):
            found.append(("Holidays skipped", "; ".join(skipped) or "none"))
        else:
            found.append(("Holidays", _no_calendar(where)))
    found += [
        ("Paused", f"{show_day(on)} to {show_day(until)}, while the ask was closed")
        for on, until in closings
        if until and until > start and on < (clock.ended_on or date.max)
    ]
    if clock.warn_on:
        found.append(("Warns from", show_day(clock.warn_on)))
    return found


def _counts_business_days(clock: Clock) -> bool:
    return clock.rule is not None and clock.rule.unit is Unit.BUSINESS_DAYS


def _jurisdiction(clock: Clock) -> str:
    return clock.agency.jurisdiction if clock.agency else ""


def _no_calendar(jurisdiction: str) -> str:
    whose = f"of {jurisdiction}" if jurisdiction else "that holds for it"
    return f"no calendar of public holidays {whose} is known, so calendar days are counted"


def _length(clock: Clock) -> str:
    rule = clock.rule
    assert rule is not None
    unit = {
        Unit.CALENDAR_DAYS: "calendar days",
        Unit.BUSINESS_DAYS: "business days",
        Unit.MONTHS: "months",
    }[rule.unit]
    if _counts_business_days(clock) and not is_known(_jurisdiction(clock)):
        unit = "calendar days"
    text = f"+ {rule.length} {unit}"
    return f"{text} − {rule.lead_days} days" if rule.lead_days else text


def _sentence(clock: Clock, today: date) -> str:
    assert clock.started_on is not None
    assert clock.due_on is not None
    day0 = clock.started_on.shown
    if not clock.started_on.day:
        day0 += f", counted from its earliest day, {show_day(clock.started_on.earliest)}"
    moved = f"It was extended to {show_day(clock.due_on)}." if clock.first_due_on else ""
    if clock.basis in (Basis.LETTER, Basis.PROMISE):
        return _joined(clock.note, moved, _state(clock, today))
    text = f"Day 0 is {day0}; {_length(clock).removeprefix('+ ')} give {clock.named_day}"
    if _counts_business_days(clock):
        where = _jurisdiction(clock)
        skipped = len(
            holidays_within(where, clock.started_on.earliest, clock.first_due_on or clock.due_on)
        )
        days = "1 public holiday is" if skipped == 1 else f"{skipped} public holidays are"
        text += f"; {days} left out" if is_known(where) else f": {_no_calendar(where)}"
    note = "" if clock.is_from_sending else clock.note  # what it is about says so
    return _joined(f"{text}.", moved, note, _state(clock, today))


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _state(clock: Clock, today: date) -> str:
    assert clock.due_on is not None
    if clock.state is ClockState.VOID and clock.ended_on:
        return f"It has been void since {show_day(clock.ended_on)}."
    if clock.ended_on is not None:
        met = MET.get(clock.kind, "It was met")
        how = met if clock.state is ClockState.MET else "It ended with the ask"
        if clock.extended_on:
            how = "It was extended"
        text = f"{how} on {show_day(clock.ended_on)}"
        late = _days_late(clock, clock.ended_on)
        if late:
            return f"{text}, {in_days(late)} late."
        return f"{text}, in time." if clock.state is ClockState.MET else f"{text}."
    if clock.flagged_on is None:
        left = (clock.due_on - today).days
        if left < 0:
            return "Its day has passed; the next sweep flags it."
        return f"It runs; {in_days(left)} {'is' if left == 1 else 'are'} left."
    text = f"Late since {show_day(clock.flagged_on)}"
    if late := _days_late(clock, today):
        text += f", {in_days(late)} now"
    text += "."
    if clock.snoozed_until and clock.snoozed_until > today:
        text += f" Snoozed until {show_day(clock.snoozed_until)}."
    return text
