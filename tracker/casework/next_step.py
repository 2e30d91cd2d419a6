"""What to do about a flag: the step that the record page, the desk and the stale page offer."""

from dataclasses import dataclass

from tracker.clocks.models import Cause, Clock
from tracker.correspondence.models import Substance


@dataclass(frozen=True)
class Step:
    """A step: the words of the button, and where it leads (an endpoint, and of which substance the
    contact is that is recorded there)."""

    label: str
    endpoint: str
    substance: Substance | None = None


RECORD_REPLY = Step("Record a reply", "contacts.new", Substance.SUBSTANTIVE)
RECORD_FOLLOW_UP = Step("Record a follow-up", "contacts.new", Substance.FOLLOW_UP)
FOLLOW_UP = Step("Follow up…", "recommendations.follow_up")

STEPS: dict[Cause, Step] = {
    Cause.STATUTORY_OVERDUE: Step("Record an answer", "contacts.new", Substance.SUBSTANTIVE),
    Cause.RESPONSE_OVERDUE: RECORD_REPLY,
    Cause.PROMISE_PASSED: RECORD_REPLY,
    Cause.OURS_TO_ANSWER: Step("Record our answer", "contacts.new", Substance.FOLLOW_UP),
    Cause.SILENT: FOLLOW_UP,
    Cause.UNACKNOWLEDGED: Step(
        "Record an acknowledgement", "contacts.new", Substance.ACKNOWLEDGEMENT
    ),
    Cause.UNSENT: Step("Change the status", "recommendations.update_status"),
    Cause.EVIDENCE_AGEING: Step("Add evidence", "recommendations.evidence"),
}

# what to do as well: a letter for whatever the other side is late with, a reply that came in
FURTHER: dict[Cause, tuple[Step, ...]] = {
    Cause.STATUTORY_OVERDUE: (FOLLOW_UP,),
    Cause.RESPONSE_OVERDUE: (FOLLOW_UP,),
    Cause.PROMISE_PASSED: (FOLLOW_UP,),
    Cause.SILENT: (RECORD_REPLY, RECORD_FOLLOW_UP),
    Cause.UNACKNOWLEDGED: (FOLLOW_UP, RECORD_REPLY),
}


def further_steps(clock: Clock) -> tuple[Step, ...]:
    """The steps beside the first one."""
    return FURTHER.get(clock.cause, ())


def next_step(clock: Clock) -> Step:
    """The first step to take about a flag."""
    return STEPS[clock.cause]
