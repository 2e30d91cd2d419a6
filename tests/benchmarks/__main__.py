"""`python -m tests.benchmarks`: measure, print the table, and write it into the document."""

import argparse
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.benchmarks import pages, report, sweeps
from tests.benchmarks.world import a_world
from tests.support.databases import KINDS

WHOLE = 100_000
PARTS = ("list", "record", "dashboard", "sweep", "scale")
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"


def main() -> None:
    """Measure at the size asked for. Only a whole run goes into the document."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks", description=main.__doc__)
    parser.add_argument("--asks", type=int, default=WHOLE, help="how many asks (100000)")
    parser.add_argument("--databases", nargs="*", choices=KINDS, default=list(KINDS))
    parser.add_argument("--only", nargs="*", choices=PARTS, help="some of the rows")
    given = parser.parse_args()
    rows: list[report.Row] = []
    server = ""

    def take(found: Iterable[report.Row]) -> None:
        for row in found:
            rows.append(row)
            print(row.line(), flush=True)

    def wanted(name: str) -> bool:
        return not given.only or name in given.only

    print(*report.HEAD, sep="\n", flush=True)
    for kind in given.databases:
        with tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder:
            with a_world(kind, Path(folder), given.asks) as world:
                if kind == "postgresql":
                    server = str(world.bare.value("SHOW server_version")).split()[0]
                if wanted("list"):
                    take(pages.list_rows(world))
                if wanted("record"):
                    take([pages.record_row(world)])
                if wanted("dashboard"):
                    take(pages.dashboard_rows(world))
                if wanted("sweep"):
                    take(sweeps.rows(world))
            if wanted("scale"):
                sizes = (given.asks // 10, given.asks, given.asks * 10)
                take(sweeps.scale(kind, Path(folder), sizes))
    if given.asks >= WHOLE and not given.only and given.databases == list(KINDS):
        report.write(DOCUMENT, report.table(rows, given.asks, server))
        print(f"Written to docs/{DOCUMENT.name}.", file=sys.stderr)


if __name__ == "__main__":
    main()
