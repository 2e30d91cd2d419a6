"""Which clocks an ask has: pure decisions over facts, so that all can be recomputed at any time.

`derive` gives every clock that follows from what is known: those that run, those that ended, and
those that did not start, with the reason. Nothing here reads the database or the system time.
"""

from collections.abc import Sequence

from tracker.clocks import house
from tracker.clocks.choice import RuleFact
from tracker.clocks.facts import AskFacts, ClockSpec, Key
from tracker.clocks.in_law import in_law
from tracker.clocks.making import Making


def derive(facts: AskFacts, rules: Sequence[RuleFact]) -> list[ClockSpec]:
    """Every clock of the ask: running, ended, and not started with the reason."""
    making = Making(facts, rules)
    found = [*house.unsent(making), *house.evidence(making), *in_law(making)]
    for addressee in facts.addressees:
        found += house.with_addressee(making, addressee)
    by_key: dict[Key, ClockSpec] = {}
    for spec in found:
        by_key.setdefault(spec.key, spec)
    return list(by_key.values())
