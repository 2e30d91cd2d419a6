"""Jobs that two processes run at the same time: `python racing.py N` is the other one.

It says when it is ready, waits for a line on its standard input, runs N jobs, and prints the
numbers of those that it had.
"""

import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

from tracker import create_app
from tracker.core.db import db
from tracker.history import actions as history
from tracker.jobs import runner
from tracker.jobs.registry import Job


def leave_a_trace(as_of: date) -> dict[str, Any]:
    """The work: one entry in the history."""
    history.record("job.stale_sweep", actor_id=None, body={"after": {"as_of": as_of.isoformat()}})
    return {"examined": 1}


def run(count: int) -> Iterator[int]:
    """Run so many jobs; the numbers of those that were this process's to run."""
    for number in range(count):
        if runner.run_scheduled(Job(f"race-{number}", "A race", 0, 0, leave_a_trace)):
            yield number


def main() -> None:
    """The other process."""
    app = create_app()
    with app.app_context():
        db.session.connection()
        db.session.rollback()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        for number in run(int(sys.argv[1])):
            sys.stdout.write(f"{number}\n")
        db.session.rollback()
        db.engine.dispose()


if __name__ == "__main__":
    main()
