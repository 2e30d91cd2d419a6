"""What happened to a made-up ask: its life cycle, addressees, contacts, outcomes and clocks."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from tests.benchmarks import shares
from tracker.clocks.models import Basis, Cause, ClockKind, ClockState
from tracker.core.dates import PartialDate
from tracker.correspondence.models import Channel, Direction, Substance
from tracker.recommendations.models import AddresseeState, Attribution, Result, Status
from tracker.records.models import Kind

if TYPE_CHECKING:
    from tests.benchmarks.population import Course, Drawing

SILENCE, ACKNOWLEDGEMENT, DRAFTING = 90, 30, 30  # days
# a list of asks that wait is worked off: what has been late for longer was closed or written to
LONGEST_WAIT = 700


def follow(drawing: Drawing, course: Course) -> None:
    """Add all that hangs on an ask."""
    _spans(drawing, course)
    _addressees(drawing, course)
    if course.sent:
        _contact(drawing, course, Substance.SUBMISSION)
    if course.heard:
        _contact(drawing, course, Substance.ACKNOWLEDGEMENT)
    if course.heard and course.ask["id"] % 2:
        _contact(drawing, course, Substance.SUBSTANTIVE)
    if course.result is not Result.NONE_KNOWN:
        _outcome(drawing, course)
    _clocks(drawing, course)


def _spans(drawing: Drawing, course: Course) -> None:
    """The life cycle: drafted before it was sent, answered later."""
    steps = [(Status.DRAFT, course.day - timedelta(days=20))]
    if course.sent:
        steps.append((Status.SUBMITTED, course.day))
    if course.status not in {status for status, _ in steps}:
        steps.append((course.status, course.answered if course.sent else course.day))
    ends = [PartialDate.of(on) for _, on in steps[1:]]
    at = course.ask["updated_at"]
    for (status, on), until in zip(steps, [*ends, None], strict=True):
        drawing.add(
            "status_spans",
            **course.hangs,
            status=status,
            from_on=PartialDate.of(on),
            until_on=until,
            recorded_at=at,
            recorded_by_id=course.ask["created_by_id"],
            ended_at=at if until else None,
            closure_reason=course.closure if status is Status.CLOSED else None,
        )
        if status is not Status.DRAFT:
            drawing.happened("recommendation.status_changed", course.ask, at, status=status.value)


def _addressees(drawing: Drawing, course: Course) -> None:
    """One for each body of the letter; where anything came back, it came from the first."""
    answered = PartialDate.of(course.answered) if course.heard else None
    for place, body in enumerate(course.bodies):
        heard = answered if place == 0 else None
        state = AddresseeState.AWAITING if course.sent else AddresseeState.NOT_SENT
        if heard:
            acted = course.result in (Result.IN_FULL, Result.IN_PART)
            state = AddresseeState.ACTED if acted else AddresseeState.REPLIED
        drawing.add(
            "addressees",
            **course.hangs,
            agency_id=body,
            position=place,
            official="The Secretary",
            state=state,
            asked_on=course.known if course.sent else None,
            acknowledged_on=heard,
            answered_on=heard if course.ask["id"] % 2 else None,
            last_contact_on=heard or (course.known if course.sent else None),
        )


def _contact(drawing: Drawing, course: Course, substance: Substance) -> None:
    ours = substance is Substance.SUBMISSION
    day = course.day if ours else course.answered
    owned = {name: course.hangs[name] for name in ("organisation_id", "audience")}
    at = datetime.combine(day, time(12), UTC)
    contact = drawing.record(Kind.CONTACT, owned, at)
    drawing.add(
        "contacts",
        **contact,
        happened_on=course.known if ours else PartialDate.of(day),
        direction=Direction.OURS if ours else Direction.THEIRS,
        substance=substance,
        channel=Channel.LETTER,
        summary="" if ours else "They thank us for the letter.",
        promised_on=None,
    )
    both = {"contact_id": contact["id"]}
    drawing.add("contact_recommendations", **both, recommendation_id=course.ask["id"])
    for body in course.bodies if ours else course.bodies[:1]:
        drawing.add("contact_agencies", **both, agency_id=body)
    if not ours:
        drawing.happened("contact.recorded", course.ask, at, substance=substance.value)


def _outcome(drawing: Drawing, course: Course) -> None:
    number, drawing.next_outcome = drawing.next_outcome, drawing.next_outcome + 1
    at = course.ask["updated_at"]
    drawing.add(
        "outcomes",
        **course.hangs,
        id=number,
        target_id=course.targets[0],
        authority_id=course.bodies[0],
        kind=shares.OUTCOMES[course.result],
        effective_on=PartialDate.of(course.answered),
        attribution=Attribution.COINCIDENT,
        recorded_at=at,
        recorded_by_id=course.ask["created_by_id"],
    )
    drawing.add("outcome_citations", outcome_id=number, citation="84 FR 54004", url="")
    drawing.happened("outcome.recorded", course.ask, at, kind=shares.OUTCOMES[course.result].value)


def _clocks(drawing: Drawing, course: Course) -> None:
    """An ask that is not sent has one clock; one that is has two for each body."""
    if not course.sent:
        _clock(drawing, course, ClockKind.DRAFTING, Cause.UNSENT, DRAFTING, None)
        return
    for place, body in enumerate(course.bodies):
        heard = course.heard and place == 0
        kind, cause = ClockKind.ACKNOWLEDGEMENT, Cause.UNACKNOWLEDGED
        _clock(drawing, course, kind, cause, ACKNOWLEDGEMENT, body, met=heard)
        _clock(drawing, course, ClockKind.SILENCE, Cause.SILENT, SILENCE, body, again=heard)


def _clock(
    drawing: Drawing,
    course: Course,
    kind: ClockKind,
    cause: Cause,
    days: int,
    body: int | None,
    *,
    met: bool = False,
    again: bool = False,
) -> None:
    """A clock of so many days; it began `again` with the answer, which otherwise `met` it."""
    start = course.answered if again else course.day
    due = start + timedelta(days=days)
    late = due + timedelta(days=1)
    state, ended = ClockState.RUNNING, None
    if met:
        state, ended = ClockState.MET, course.answered
    elif course.status is Status.CLOSED:
        state, ended = ClockState.CLOSED, course.answered
    elif (drawing.house.today - late).days > LONGEST_WAIT:
        state, ended = ClockState.VOID, late + timedelta(days=LONGEST_WAIT)
    by = min(ended or drawing.house.today, drawing.house.today)
    flagged = late if late <= by else None
    at = datetime.combine(late, time(6, 10), UTC)
    resting = flagged and state is ClockState.RUNNING and drawing.random.random() < 0.02
    drawing.add(
        "clocks",
        **course.hangs,
        kind=kind,
        cause=cause,
        basis=Basis.HOUSE,
        rule_id=drawing.house.rules[kind],
        agency_id=body,
        start_key=f"{kind.value}-{course.ask['id']}",
        state=state,
        started_on=PartialDate.of(start),
        due_on=due,
        late_on=late,
        flagged_on=flagged,
        flagged_at=at if flagged else None,
        ended_on=ended,
        ended_at=datetime.combine(ended, time(12), UTC) if ended else None,
        snoozed_until=drawing.house.today + timedelta(days=20) if resting else None,
        note="",
        recorded_at=course.ask["created_at"],
    )
