"""What the outcomes of an ask come to: the one place that says whether an ask was acted on."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from tracker.core.dates import PartialDate
from tracker.recommendations.models import Judgement, OutcomeKind, Result, Seeks
from tracker.targets.models import TargetKind

AS_ASKED = frozenset({OutcomeKind.LISTED_AS_ASKED, OutcomeKind.RULE_ISSUED})
IN_PART = AS_ASKED | {OutcomeKind.LISTED_OTHER_AUTHORITY}
RELATED = frozenset(
    {OutcomeKind.LISTED_BY_ALLY, OutcomeKind.LISTED_RELATED_PARTY, OutcomeKind.OTHER_ACTION}
)
REVERSIBLE = IN_PART | {OutcomeKind.LISTED_BY_ALLY}
# what was asked for where the end of a measure was: its reversal; a listing went the other way
ENDED_AS_ASKED = frozenset({OutcomeKind.REVERSED, OutcomeKind.RULE_ISSUED})
LISTINGS = frozenset(
    {
        OutcomeKind.LISTED_AS_ASKED,
        OutcomeKind.LISTED_OTHER_AUTHORITY,
        OutcomeKind.LISTED_BY_ALLY,
        OutcomeKind.LISTED_RELATED_PARTY,
    }
)


@dataclass(frozen=True)
class OutcomeFact:
    """One outcome that stands, as the rule reads it."""

    kind: OutcomeKind
    target_id: int | None
    effective_on: PartialDate | None
    authority_id: int | None = None  # whose act it was, where that is known
    by_another: bool = False  # no public body acted: a company, say


class NotCredited(StrEnum):
    """Why something that happened near an ask is not counted for it."""

    BEFORE = "before"
    ANOTHER_PARTY = "another_party"
    OTHER_WAY = "other_way"
    REVERSED_LATER = "reversed_later"


def is_before(outcome_on: PartialDate | None, asked_on: PartialDate | None) -> bool:
    """Whether an outcome certainly came before the ask; it is then shown, and not credited."""
    if outcome_on is None or asked_on is None:
        return False
    return outcome_on.latest < asked_on.earliest


def why_not_credited(
    outcome: OutcomeFact,
    outcomes: Collection[OutcomeFact],
    asked_on: PartialDate | None,
    seeks: Seeks = Seeks.ADDITION,
) -> NotCredited | None:
    """Why an outcome, one of those that stand on an ask, counts for nothing; nothing if it counts.

    A reversal counts where it takes back an outcome on record; by itself it went the other way.
    Where the end of a measure is asked for, a reversal is that, and a listing went the other way.
    """
    if is_before(outcome.effective_on, asked_on):
        return NotCredited.BEFORE
    if outcome.by_another:
        return NotCredited.ANOTHER_PARTY
    if seeks is Seeks.REMOVAL:
        return NotCredited.OTHER_WAY if outcome.kind in LISTINGS else None
    if outcome.kind is OutcomeKind.REVERSED:
        takes_back = any(_reverses(outcome, other) for other in outcomes)
        return None if takes_back else NotCredited.OTHER_WAY
    reversals = (o for o in outcomes if o.kind is OutcomeKind.REVERSED)
    if any(_reverses(reversal, outcome) for reversal in reversals):
        return NotCredited.REVERSED_LATER
    return None


def credited(
    outcomes: Collection[OutcomeFact],
    asked_on: PartialDate | None,
    seeks: Seeks = Seeks.ADDITION,
) -> list[OutcomeFact]:
    """The outcomes that count for the ask: none before it, none of another party, none that went
    the other way or was reversed later, and no reversal that only takes back."""
    return [
        o
        for o in outcomes
        if (o.kind is not OutcomeKind.REVERSED or seeks is Seeks.REMOVAL)
        and why_not_credited(o, outcomes, asked_on, seeks) is None
    ]


def acts_of(
    outcomes: Collection[OutcomeFact],
    asked_on: PartialDate | None,
    seeks: Seeks = Seeks.ADDITION,
) -> list[OutcomeFact]:
    """The actions that are credited to the ask, whoever took them."""
    acts = IN_PART | RELATED | ENDED_AS_ASKED
    return [o for o in credited(outcomes, asked_on, seeks) if o.kind in acts]


def result(
    targets: dict[int, TargetKind],
    outcomes: Collection[OutcomeFact],
    asked_on: PartialDate | None,
    judgement: Judgement | None,
    seeks: Seeks = Seeks.ADDITION,
) -> Result:
    """What an ask has come to.

    In full: every named target got what was asked. Where that cannot be counted (a class is among
    the targets, or none is named, or an outcome names none), a person judges. In part: something
    asked for came, or came under another authority. Related: an ally, a related party, another
    action. What came before the ask counts for nothing. What was reversed later counts as neither;
    where nothing else came, the ask did not go without action: the action was reversed.
    """
    standing = credited(outcomes, asked_on, seeks)
    kinds = {outcome.kind for outcome in standing}
    as_asked = ENDED_AS_ASKED if seeks is Seeks.REMOVAL else AS_ASKED
    in_part = as_asked | {OutcomeKind.LISTED_OTHER_AUTHORITY}
    if kinds & in_part:
        met = [o for o in standing if o.kind in as_asked]
        in_full = _met_by_count(targets, met)
        counted = [o for o in standing if o.kind in in_part]
        if judgement is not None and _needs_judgement(targets, counted):
            in_full = judgement is Judgement.IN_FULL
        return Result.IN_FULL if in_full else Result.IN_PART
    if kinds & RELATED:
        return Result.RELATED
    if OutcomeKind.DECLINED in kinds:
        return Result.DECLINED
    reasons = {why_not_credited(o, outcomes, asked_on, seeks) for o in outcomes}
    return Result.REVERSED if NotCredited.REVERSED_LATER in reasons else Result.NONE_KNOWN


def _met_by_count(targets: dict[int, TargetKind], as_asked: Collection[OutcomeFact]) -> bool:
    """Whether every target is named and got what was asked."""
    met = {o.target_id for o in as_asked}
    return bool(targets) and TargetKind.CLASS not in targets.values() and targets.keys() <= met


def _needs_judgement(targets: dict[int, TargetKind], counted: Collection[OutcomeFact]) -> bool:
    """Whether counting named targets does not say how far the ask was met."""
    open_ended = any(o.target_id is None for o in counted)
    return open_ended or not targets or TargetKind.CLASS in targets.values()


def _reverses(reversal: OutcomeFact, outcome: OutcomeFact) -> bool:
    """Whether it takes the outcome back: of one target, by one authority, and not before it."""
    if outcome.kind not in REVERSIBLE or reversal.target_id != outcome.target_id:
        return False
    authorities = {reversal.authority_id, outcome.authority_id} - {None}
    if len(authorities) > 1:
        return False
    if reversal.effective_on is None or outcome.effective_on is None:
        return True
    return outcome.effective_on.earliest <= reversal.effective_on.latest
