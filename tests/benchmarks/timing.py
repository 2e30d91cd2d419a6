"""Timing of several ways to the same result, turn about, so that noise meets all of them alike."""

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter

Work = Callable[[], object]
WARM_UP = 3


@dataclass(frozen=True)
class Times:
    """How long a piece of work took, each time, in milliseconds."""

    each: tuple[float, ...]

    @property
    def p50(self) -> float:
        """The median."""
        return median(self.each)

    @property
    def p95(self) -> float:
        """What nineteen of twenty stay below."""
        return quantiles(self.each, n=20, method="inclusive")[-1]


def take_turns(
    works: Mapping[str, Work], rounds: int, before: Work | None = None
) -> dict[str, Times]:
    """Do each work in turn, so many rounds, after a few that do not count. `before` is done before
    each, outside the time."""
    found: dict[str, list[float]] = {name: [] for name in works}
    gc.collect()
    for turn in range(-WARM_UP, rounds):
        for name, work in works.items():
            if before is not None:
                before()
            started = perf_counter()
            work()
            took = (perf_counter() - started) * 1000
            if turn >= 0:
                found[name].append(took)
    return {name: Times(tuple(each)) for name, each in found.items()}
