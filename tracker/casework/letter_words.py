"""How a follow-up letter puts it: each ask with what came back, the silence, the days that passed,
and the law."""

from collections.abc import Sequence
from datetime import date

from tracker.clocks.models import LAW, Basis, Clock, ClockKind
from tracker.core.dates import PartialDate, in_days, show_day
from tracker.correspondence.models import Contact, Substance
from tracker.recommendations.instruments import FACTS
from tracker.recommendations.models import Addressee, AddresseeState, Recommendation, Result

LONGEST_QUOTE = 600
# what came, where nothing of substance did; the office said so, whoever held it then
REPLIES = {
    Substance.QUESTION: "Your office put a question to us",
    Substance.PROMISE: "Your office promised an answer",
    Substance.MEETING: "Your office met us",
}
TAKEN_BACK = "An action that followed was reversed, as far as is known to us."


def told(
    number: int,
    ask: Recommendation,
    row: Addressee,
    reply: Contact | None,
    today: date,
    *,
    is_new: bool,
) -> str:
    """An ask, and what came back on it, as the letter puts it. To whoever `is_new` in the office it
    says who was asked."""
    lines = [f"{number}. {ask.title} ({FACTS[ask.instrument].name})"]
    request = " ".join(ask.request.split())
    if request and len(request) <= LONGEST_QUOTE:
        lines.append(f"“{request}”")
    answer = _answer(row, reply, is_done=ask.result is Result.IN_FULL)
    taken_back = TAKEN_BACK if ask.result is Result.REVERSED else ""
    asked = _asked(row.asked_on, row.official if is_new else "", today)
    said = (asked, answer, taken_back)
    lines.append(" ".join(part for part in said if part))
    return "\n".join(lines)


def _asked(asked: PartialDate | None, then: str, today: date) -> str:
    whom = f"your office (then {then})" if then else "your office"
    return f"Put to {whom} {_since(asked, today)}." if asked else ""


def _since(day: PartialDate, today: date) -> str:
    """A day, and how many days ago it was where that is known."""
    if not day.day:
        return day.when
    passed = (today - day.earliest).days
    return f"{day.when}, {in_days(passed)} ago" if passed > 0 else day.when


def _answer(row: Addressee, reply: Contact | None, *, is_done: bool) -> str:
    acknowledged = f"Acknowledged, {row.acknowledged_on.shown}" if row.acknowledged_on else ""
    if row.state is AddresseeState.ACKNOWLEDGED:
        return f"{acknowledged or 'Acknowledged'}; no reply of substance is known to us."
    if row.state is AddresseeState.REPLIED:
        said = REPLIES.get(reply.substance, "Answered") if reply else "Answered"
        on = reply.happened_on if reply else row.answered_on
        return f"{said}, {on.shown}." if on else f"{said}."
    if row.state is AddresseeState.DECLINED:
        return "Declined, as far as is known to us."
    if row.state is AddresseeState.ACTED and is_done:
        return "What was asked has come about, as far as is known to us."
    if row.state is AddresseeState.ACTED:
        return "An action of your office is known to us; not all that was asked has come about."
    return "No acknowledgement and no reply is known to us."


def silence(rows: Sequence[Addressee], today: date) -> str:
    """How long the body has been silent on the asks."""
    last = max((row.last_contact_on for row in rows if row.last_contact_on), default=None)
    if last is None:
        return ""
    said = "The last exchange of substance on record, from either side, was"
    return f"{said} {_since(last, today)}."


def reply_dates(running: Sequence[Clock], today: date) -> list[str]:
    """The days that a letter named or an agency promised."""
    found = []
    for clock in running:
        if clock.started_on is None or clock.due_on is None:
            continue
        day, by = clock.started_on, f"by {clock.named_day}"
        if clock.first_due_on:
            by += f", later by {show_day(clock.due_on)}"
        if clock.kind is ClockKind.REPLY_REQUESTED:
            said = f"The letter sent {day.when} asked for a reply {by}."
        elif clock.kind is ClockKind.PROMISE:
            said = f"An answer was promised, {day.shown}, {by}."
        else:
            continue
        found.append(f"{said} {_passed(clock.due_on, today)}")
    return found


def _passed(due: date, today: date) -> str:
    late = (today - due).days
    if late <= 0:
        return "That day has not passed."
    return f"That day passed {in_days(late)} ago, and we know of no reply."


def citations(running: Sequence[Clock], today: date) -> list[str]:
    """First what the law sets; then what is no more than a norm of ours, which claims no duty."""
    law = [_of_law(clock, today) for clock in running if clock.basis in LAW and clock.rule]
    ours = [
        clock.rule.sentence
        for clock in running
        if clock.basis is Basis.HOUSE and clock.rule and clock.is_flagged
    ]
    if ours:
        norms = " ".join(dict.fromkeys(ours))
        law.append(f"What follows is a norm of our own and no deadline in law. {norms}")
    return law


def _of_law(clock: Clock, today: date) -> str:
    assert clock.rule is not None
    assert clock.started_on is not None
    assert clock.due_on is not None
    late = (today - clock.due_on).days
    start, due = clock.started_on.shown, show_day(clock.due_on)
    counted = f"Counted from {start}"
    if clock.is_from_sending:
        counted = f"We do not know the day of receipt. Counted from the day of sending, {start}"
    ended = f"ended on {due}, {in_days(late)} ago" if late > 0 else f"ends on {due}"
    missing = "determination" if clock.kind is ClockKind.SECTION_1263D else "decision"
    return (
        f"{clock.rule.citation}: {clock.rule.sentence} {counted}, the term {ended}. "
        f"We know of no {missing}."
    )
