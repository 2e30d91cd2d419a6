"""The geometry of charts: x in per cent and y in pixels, so that words keep their size. Templates
draw; nothing here is markup."""

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.recommendations.models import Result

# the order of the marks never changes, nor their coding
ORDER = (
    Result.IN_FULL,
    Result.IN_PART,
    Result.RELATED,
    Result.REVERSED,
    Result.DECLINED,
    Result.NONE_KNOWN,
)
HEIGHT, TOP, FOOT = 250, 16, 24


@dataclass(frozen=True)
class Mark:
    """One segment of a column."""

    result: Result
    count: int
    y: int
    height: float


@dataclass(frozen=True)
class Column:
    """One column with its marks from the ground up."""

    label: str
    total: int
    x: float
    width: float
    top: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Columns:
    """A chart of stacked columns."""

    columns: tuple[Column, ...]
    lines: tuple[tuple[int, int], ...]  # value and y of each gridline
    base: int

    @classmethod
    def of(cls, data: Mapping[str, Mapping[Result, int]]) -> "Columns":
        """Columns of counts by result, in the order given."""
        base = HEIGHT - FOOT
        most = max((sum(counts.values()) for counts in data.values()), default=0)
        step = _step(most)
        highest = max(-(-most // step) * step, step)

        def y(value: float) -> int:
            return round(base - (base - TOP) * value / highest)

        slot = 100 / max(len(data), 1)
        width = slot * 0.62
        columns = []
        for place, (label, counts) in enumerate(data.items()):
            marks, below, ground = [], 0, base
            for result in ORDER:
                count = counts.get(result, 0)
                if count:
                    # a pixel at least, above the mark below
                    top = min(y(below + count) + 1, ground - 1)
                    marks.append(Mark(result, count, top, max(ground - top - 0.5, 1)))
                    below += count
                    ground = min(y(below), top)
            x = slot * place + (slot - width) / 2
            columns.append(
                Column(label, below, round(x, 2), round(width, 2), y(below), tuple(marks))
            )
        lines = tuple((value, y(value)) for value in range(step, highest + 1, step))
        return cls(tuple(columns), lines, base)


def _step(most: int) -> int:
    """A round distance of gridlines that gives about four of them."""
    step = 1
    while most / step > 5:
        for factor in (2, 2.5, 2):
            step = round(step * factor)
            if most / step <= 5:
                break
    return step
