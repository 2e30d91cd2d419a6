"""The table: one row a measurement, written into the document between its marks."""

import os
import platform
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.timing import Times
from tracker.core.now import today

BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
HEAD = (
    "| database | what | p50 | p95 | bare SQL p50 | ratio | statements | goal | |",
    "|---|---|--:|--:|--:|--:|--:|---|---|",
)


@dataclass(frozen=True)
class Row:
    """One measurement; times in milliseconds. `met` is nothing where there is no goal."""

    database: str
    what: str
    ours: Times
    bare: Times | None = None
    statements: int | None = None
    goal: str = ""
    met: bool | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the bare SQL."""
        return self.ours.p50 / self.bare.p50 if self.bare else None

    def line(self) -> str:
        """The row as Markdown."""
        verdict = {True: "met", False: "**missed**", None: ""}[self.met]
        cells = (
            self.database,
            self.what,
            f"{self.ours.p50:.1f}",
            f"{self.ours.p95:.1f}",
            f"{self.bare.p50:.2f}" if self.bare else "",
            f"{self.ratio:.2f} ×" if self.ratio else "",
            str(self.statements) if self.statements is not None else "",
            self.goal,
            ", ".join(part for part in (verdict, self.note) if part),
        )
        return "| " + " | ".join(cells) + " |"


def machine() -> str:
    """What it ran on, without the name of the machine."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {pages * size / 2**30:.0f} GB of memory, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def table(rows: Iterable[Row], asks: int, server: str) -> str:
    """All rows, with what they were measured on."""
    versions = machine() + (f", PostgreSQL {server}" if server else "")
    load = os.getloadavg()[2]
    head = (
        f"{asks:,} asks, {today():%Y-%m-%d}: {versions}; load of the machine in the last "
        f"quarter of an hour {load:.1f}. Milliseconds."
    )
    return "\n".join([head, "", *HEAD, *(row.line() for row in rows)])


def write(path: Path, text: str) -> None:
    """Put the table between the marks of the document."""
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    path.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
