"""Recording what followed an ask."""

from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies
from tracker.casework.actions.settle import settle
from tracker.casework.inputs import OutcomeInput
from tracker.core.db import db
from tracker.core.intake import Intake
from tracker.core.now import now, today
from tracker.history import actions as history
from tracker.recommendations.models import (
    Outcome,
    OutcomeCitation,
    OutcomeKind,
    Recommendation,
)
from tracker.recommendations.queries import linked_targets_of
from tracker.records import actions as records
from tracker.targets import queries as targets
from tracker.targets.merged import standing
from tracker.targets.models import Target


def record_outcome(viewer: Viewer, ask: Recommendation, given: OutcomeInput) -> Outcome:
    """Record an outcome on an ask, for one of its targets or for the ask as a whole; what the ask
    has come to is recomputed. Raises `Refused` or `NotAllowed`."""
    records.require_edit(ask, viewer)
    intake = Intake()
    target = _target(viewer, ask, given, intake)
    authority = agencies.by_slug(given.authority) if given.authority else None
    if authority is None and given.kind is not OutcomeKind.CONFIDENTIAL:
        intake.refuse("authority", "Choose whose act it was.")
    citation = intake.text("citation", given.citation, OutcomeCitation.citation)
    url = intake.url("url", given.url, OutcomeCitation.url)
    if not citation and not url and given.kind is not OutcomeKind.CONFIDENTIAL:
        intake.refuse("url", "Give the address or the citation of what says so.")
    outcome = Outcome(
        recommendation_id=ask.id,
        target=target,
        authority=authority,
        kind=given.kind,
        instrument=given.instrument,
        effective_on=intake.past("effective_on", given.effective_on, today=today()),
        attribution=given.attribution,
        note=intake.text("note", given.note, Outcome.note, multiline=True),
        recorded_by_id=viewer.user_id,
        citations=[OutcomeCitation(citation=citation, url=url)] if citation or url else [],
    )
    intake.done()
    records.copy_audience(outcome, ask)
    db.session.add(outcome)
    if given.judgement is not None:
        ask.judgement = given.judgement
    records.touch(ask)
    history.record(
        "outcome.recorded",
        actor_id=viewer.user_id,
        records=[ask.id],
        body={"after": _snapshot(outcome, target), "judgement": ask.judgement or ""},
    )
    settle([ask])
    return outcome


def void_outcome(viewer: Viewer, ask: Recommendation, outcome: Outcome, reason: str) -> None:
    """Void an outcome that was entered in error. Raises `Refused` or `NotAllowed`."""
    records.require_edit(ask, viewer)
    intake = Intake()
    reason = intake.text(
        "reason", reason, Outcome.void_reason, missing="Say in a sentence what was wrong."
    )
    if outcome.voided_at is not None:
        intake.refuse("reason", "It is void already.")
    intake.done()
    outcome.voided_at = now()
    outcome.void_reason = reason
    records.touch(ask)
    history.record(
        "outcome.voided",
        actor_id=viewer.user_id,
        records=[ask.id],
        body={"before": {"kind": outcome.kind}, "reason": reason},
    )
    settle([ask])


def _target(
    viewer: Viewer, ask: Recommendation, given: OutcomeInput, intake: Intake
) -> Target | None:
    if given.target is None:
        return None
    target = targets.by_references(viewer, [given.target]).get(given.target)
    linked = linked_targets_of(viewer, [ask.id])[ask.id]
    stands_for = standing(viewer, linked)
    fitting = [row for row in linked if target and target in (row, stands_for[row.id])]
    if not fitting:
        intake.refuse("target", "Choose one of the ask's targets, or none for the ask as a whole.")
        return None
    return fitting[0]


def _snapshot(outcome: Outcome, target: Target | None) -> dict[str, object]:
    return {
        "kind": outcome.kind,
        "target": target.reference if target else "",
        "authority": outcome.authority.slug if outcome.authority else "",
        "effective_on": str(outcome.effective_on or ""),
        "attribution": outcome.attribution,
        "citations": [f"{c.citation} {c.url}".strip() for c in outcome.citations],
    }
