"""Why what happened near an ask is not counted for it, as its pages and items say."""

from collections.abc import Sequence

from tracker.agencies import queries as agencies
from tracker.casework.actions.settle import outcome_facts
from tracker.recommendations.models import Outcome, Recommendation
from tracker.recommendations.outcomes import NotCredited, why_not_credited


def not_credited(
    ask: Recommendation, outcomes: Sequence[Outcome], tree: agencies.Tree
) -> dict[int, NotCredited]:
    """Why outcomes are not credited, by outcome, as the rule that counts them says; on an ask that
    is not sent yet, all came before it. Void ones are left out."""
    standing = [outcome for outcome in outcomes if not outcome.voided_at]
    if ask.is_unsent:
        return {outcome.id: NotCredited.BEFORE for outcome in standing}
    stands_for = {o.target_id: o.target.id for o in standing if o.target_id and o.target}
    facts = zip(standing, outcome_facts(standing, tree, stands_for), strict=True)
    by_id = {outcome.id: fact for outcome, fact in facts}
    whys = {
        key: why_not_credited(fact, by_id.values(), ask.submitted_on, ask.seeks)
        for key, fact in by_id.items()
    }
    return {key: why for key, why in whys.items() if why}
