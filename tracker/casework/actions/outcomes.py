"""Recording what followed an ask."""

from collections.abc import Iterable

from sqlalchemy import select

from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies
from tracker.agencies.models import Agency
from tracker.casework.actions.settle import settle
from tracker.casework.actions.status import reopen_unfounded
from tracker.casework.inputs import OutcomeInput
from tracker.core.db import db
from tracker.core.intake import Intake
from tracker.core.now import now, today
from tracker.history import actions as history
from tracker.recommendations.instruments import FACTS, is_another
from tracker.recommendations.models import (
    Addressee,
    Outcome,
    OutcomeCitation,
    OutcomeKind,
    Recommendation,
    Seeks,
)
from tracker.recommendations.outcomes import IN_PART
from tracker.recommendations.queries import linked_targets_of
from tracker.records import actions as records
from tracker.records.readers import Owned, seen_by_all
from tracker.targets import queries as targets
from tracker.targets.merged import standing
from tracker.targets.models import Target

MOST_CITATIONS = 20


def record_outcome(viewer: Viewer, ask: Recommendation, given: OutcomeInput) -> Outcome:
    """Record an outcome on an ask, for one of its targets, a named member of a class among them, or
    the ask as a whole. What the ask has come to is recomputed; one that was closed for what is now
    reversed is reopened. Raises `Refused` or `NotAllowed`."""
    records.require_edit(ask, viewer)
    intake = Intake()
    target = _target(viewer, ask, given, intake)
    authority, actor = _who_acted(given, intake)
    _check_kind(ask, given, authority, intake)
    is_confidential = given.kind is OutcomeKind.CONFIDENTIAL
    cited = _citation(given.citation, given.url, intake, is_needed=not is_confidential)
    outcome = Outcome(
        recommendation_id=ask.id,
        target=target,
        authority=authority,
        actor=actor,
        kind=given.kind,
        instrument=given.instrument,
        effective_on=intake.past("effective_on", given.effective_on, today=today()),
        attribution=given.attribution,
        note=intake.text("note", given.note, Outcome.note, multiline=True),
        recorded_by_id=viewer.user_id,
        citations=[cited] if cited.citation or cited.url else [],
    )
    is_reversal = given.kind is OutcomeKind.REVERSED
    if given.judgement not in (None, ask.judgement) and not _is_for_all(ask, target):
        intake.refuse(
            "judgement",
            f"Fewer people see {target.name if target else ''} than this ask, so it does not count "
            "here. Leave this empty, or share the target first.",
        )
    intake.done()
    records.copy_audience(outcome, ask)
    db.session.add(outcome)
    db.session.flush()
    if given.judgement is not None:
        ask.judgement = given.judgement
    records.touch(ask, beside=target)
    history.record(
        "outcome.recorded",
        actor_id=viewer.user_id,
        records=_concerned(outcome),
        body={"after": _snapshot(outcome, target), "judgement": ask.judgement or ""},
    )
    settle([ask])
    why = "What it was closed for was reversed." if is_reversal else "It is judged anew."
    reopen_unfounded(viewer, [ask], given.effective_on if is_reversal else None, why)
    return outcome


def cite_outcome(
    viewer: Viewer, ask: Recommendation, outcome: Outcome, citation: str, url: str
) -> None:
    """Add what else says of an outcome that it came about: one listing may stand on several lists,
    and is one outcome. Raises `Refused` or `NotAllowed`."""
    records.require_edit(ask, viewer)
    intake = Intake()
    added = _citation(citation, url, intake, is_needed=True)
    of_this = select(OutcomeCitation).where(OutcomeCitation.outcome_id == outcome.id)
    known = list(db.session.scalars(of_this.order_by(OutcomeCitation.id)))
    if outcome.voided_at is not None:
        intake.refuse("url", "The outcome is void.")
    elif any((one.citation, one.url) == (added.citation, added.url) for one in known):
        intake.refuse("url", "This citation is there already.")
    elif len(known) >= MOST_CITATIONS:
        intake.refuse("url", f"An outcome has {MOST_CITATIONS} citations at the most.")
    intake.done()
    added.outcome_id = outcome.id
    db.session.add(added)
    records.touch(ask, beside=_target_of(outcome))
    history.record(
        "outcome.cited",
        actor_id=viewer.user_id,
        records=_concerned(outcome),
        body={
            "before": {"citations": _cited(known)},
            "after": {"citations": _cited([*known, added])},
        },
    )


def _citation(citation: str, url: str, intake: Intake, *, is_needed: bool) -> OutcomeCitation:
    """What was typed of what says so; empty, where nothing was and nothing needs to be."""
    typed = OutcomeCitation(
        citation=intake.text("citation", citation, OutcomeCitation.citation),
        url=intake.url("url", url, OutcomeCitation.url),
    )
    if is_needed and not (typed.citation or typed.url):
        intake.refuse("url", "Give the address or the citation of what says so.")
    return typed


def _cited(citations: Iterable[OutcomeCitation]) -> list[str]:
    return [f"{one.citation} {one.url}".strip() for one in citations]


def _who_acted(given: OutcomeInput, intake: Intake) -> tuple[Agency | None, str]:
    """The body whose act it was, or else who acted."""
    authority = agencies.by_slug(given.authority) if given.authority else None
    actor = intake.text("actor", given.actor, Outcome.actor)
    if actor and authority is not None:
        intake.refuse("actor", "Choose a body or name somebody else, not both.")
    if actor and given.kind is not OutcomeKind.OTHER_ACTION:
        intake.refuse("kind", "What no public body did is “other action”.")
    if authority is None and not actor and given.kind is not OutcomeKind.CONFIDENTIAL:
        intake.refuse("authority", "Choose whose act it was, or name who acted.")
    return authority, actor


def _check_kind(
    ask: Recommendation, given: OutcomeInput, authority: Agency | None, intake: Intake
) -> None:
    """Refuse what is called another thing than it is."""
    if given.kind is OutcomeKind.LISTED_AS_ASKED and ask.seeks is Seeks.REMOVAL:
        intake.refuse(
            "kind",
            "The end of a measure is asked for here. Where it came, choose “Reversed”; a "
            "new listing is the opposite of what was asked.",
        )
    else:
        _check_government(ask, given, authority, intake)


def _check_government(
    ask: Recommendation, given: OutcomeInput, authority: Agency | None, intake: Intake
) -> None:
    """Refuse what is called more than it is: what a government did that was not asked is an ally's,
    what the same one did under another instrument is not what was asked."""
    ends = given.kind is OutcomeKind.REVERSED and ask.seeks is Seeks.REMOVAL
    if not ends and given.kind not in IN_PART - {OutcomeKind.RULE_ISSUED}:
        return
    asked = (
        select(Agency.jurisdiction)
        .join(Addressee, Addressee.agency_id == Agency.id)
        .where(Addressee.recommendation_id == ask.id)
    )
    governments = {FACTS[ask.instrument].jurisdiction, *db.session.scalars(asked)} - {None}
    done = FACTS[given.instrument] if given.instrument else None
    acted = {done and done.jurisdiction, authority and authority.jurisdiction} - {None, ""}
    if governments and not acted <= governments:
        name = "Other action" if ends else "Listed by an ally"
        intake.refuse("kind", f"Another government was asked. What this one did is “{name}”.")
        return
    is_other = given.instrument is not None and is_another(ask.instrument, given.instrument)
    if given.kind is OutcomeKind.LISTED_AS_ASKED and is_other and done:
        name = FACTS[ask.instrument].long_name
        under = f"What came under {done.long_name} is “Listed under another authority”."
        intake.refuse("kind", f"This ask is for {name}. {under}")


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
    records.touch(ask, beside=_target_of(outcome))
    history.record(
        "outcome.voided",
        actor_id=viewer.user_id,
        records=_concerned(outcome),
        body={"before": {"kind": outcome.kind}, "reason": reason},
    )
    settle([ask])
    reopen_unfounded(viewer, [ask], None, "The outcome that it was closed for was voided.")


def _target(
    viewer: Viewer, ask: Recommendation, given: OutcomeInput, intake: Intake
) -> Target | None:
    if given.target is None:
        return None
    target = targets.by_references(viewer, [given.target]).get(given.target)
    linked = linked_targets_of(viewer, [ask.id])[ask.id]
    stands_for = standing(viewer, linked)
    fitting = [row for row in linked if target and target in (row, stands_for[row.id])]
    for named in targets.members_of(viewer, [row.id for row in linked]).values():
        fitting += [member for member in named if member is target]
    if not fitting:
        intake.refuse("target", "Choose one of the ask's targets, or none for the ask as a whole.")
        return None
    return next((row for row in fitting if row is target), fitting[0])


def _target_of(outcome: Outcome) -> Target | None:
    """The one that it was recorded for, not what stands for that."""
    return db.session.get_one(Target, outcome.target_id) if outcome.target_id else None


def _is_for_all(ask: Recommendation, target: Target | None) -> bool:
    """Whether all readers of an ask see a target, or none is named."""
    return target is None or bool(seen_by_all([(Owned.of(ask), Owned.of(target))]))


def _concerned(outcome: Outcome) -> list[int]:
    """The ask and the target: who may not see both is not told of the outcome."""
    return [outcome.recommendation_id, *([outcome.target_id] if outcome.target_id else [])]


def _snapshot(outcome: Outcome, target: Target | None) -> dict[str, object]:
    return {
        "kind": outcome.kind,
        "target": target.reference if target else "",
        "authority": outcome.authority.slug if outcome.authority else "",
        "actor": outcome.actor,
        "instrument": outcome.instrument or "",
        "effective_on": str(outcome.effective_on or ""),
        "attribution": outcome.attribution,
        "citations": _cited(outcome.citations),
    }
