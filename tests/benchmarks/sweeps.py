"""The stale sweep, beside one UPDATE with its event and the notices of it by hand."""

import json
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from tests.benchmarks import filling
from tests.benchmarks.report import Row
from tests.benchmarks.timing import Times, take_turns
from tests.benchmarks.world import Bare, World
from tests.inside.watching import watching
from tests.support import databases
from tracker import config_module, create_app
from tracker.clocks.models import Basis, Cause, Clock, ClockKind, ClockState
from tracker.clocks.sweep import JOB, sweep
from tracker.core.dates import PartialDate
from tracker.core.db import Base, db, refresh_statistics, transaction
from tracker.core.now import now, today
from tracker.history import chain
from tracker.jobs import runner
from tracker.recommendations.models import Recommendation

ROUNDS = 12
RATIO, FLAT, MEGABYTES = 1.5, 1.5, 200
NIGHTLY = replace(JOB, lists=None)  # as the schedule runs it
ASKS_WITH_CLOCKS = 500
BATCH = 20_000


def rows(world: World) -> Iterator[Row]:
    """The sweep of a tenth as many clocks as there are asks, newly due."""
    due = world.asks // 10
    chosen = world.bare.rows(
        "SELECT id FROM clocks WHERE state = 'running' AND superseded_at IS NULL"
        f" AND flagged_on IS NOT NULL ORDER BY id LIMIT {due}"
    )
    ids = [row[0] for row in chosen]
    times, statements = _sweep(world.app, world.bare, ids)
    ratio = times["ours"].p50 / times["bare"].p50
    yield Row(
        world.kind,
        f"stale sweep, {len(ids):,} newly due",
        times["ours"],
        times["bare"],
        statements,
        f"≤ {RATIO} × bare",
        ratio <= RATIO,
    )
    what = "the whole nightly run: claim, sweep, ledger, the planner's figures"
    yield Row(world.kind, what, times["run"], times["bare"])


def scale(kind: str, folder: Path, sizes: tuple[int, ...]) -> Iterator[Row]:
    """The same number newly due among more and more clocks, in a database of their own."""
    app = databases.make_app(kind, folder / f"{kind}-clocks", "clocks")
    with app.app_context():
        filling.populate(ASKS_WITH_CLOCKS)
    bare = Bare(app)
    bare.run("DELETE FROM clocks")
    due, there, first = sizes[0] // 2, 0, 0.0
    for size in sizes:
        with app.app_context():
            _add_clocks(there, size, due if not there else 0)
        there = size
        ids = [row[0] for row in bare.rows(f"SELECT id FROM clocks ORDER BY id LIMIT {due}")]
        times, statements = _sweep(app, bare, ids)
        first = first or times["ours"].p50
        memory = _memory(app) if size == sizes[-1] else None
        flat = times["ours"].p50 / first
        met = flat <= FLAT and (memory is None or memory < MEGABYTES)
        goal = f"≤ {FLAT} × the least" + (f", < {MEGABYTES} MB" if memory is not None else "")
        yield Row(
            kind,
            f"stale sweep, {due:,} newly due of {size:,} clocks",
            times["ours"],
            times["bare"],
            statements,
            goal,
            met,
            f"{flat:.2f} × the least" + (f", {memory:.0f} MB" if memory is not None else ""),
        )
    bare.connection.close()
    with app.app_context():
        db.engine.dispose()


def _sweep(app: Any, bare: Bare, ids: list[int]) -> tuple[dict[str, Times], int]:
    """Our sweep and the one by hand, in turns, over the same clocks; and our statements."""
    among = f"id BETWEEN {ids[0]} AND {ids[-1]}"
    day = today()
    bare.run("BEGIN")
    bare.run(
        f"UPDATE clocks SET flagged_on = late_on WHERE {_TO_FLAG} AND late_on <= :day", day=day
    )
    bare.run("CREATE TEMPORARY TABLE chosen (id BIGINT PRIMARY KEY)")
    for start in range(0, len(ids), 500):
        values = ", ".join(f"({i})" for i in ids[start : start + 500])
        bare.run(f"INSERT INTO chosen VALUES {values}")
    bare.run("COMMIT")

    def unflag() -> None:
        bare.run("BEGIN")
        cursor = bare.run(
            "UPDATE clocks SET flagged_on = NULL, flagged_at = NULL"
            f" WHERE {among} AND id IN (SELECT id FROM chosen)"
        )
        assert cursor.rowcount == len(ids)
        bare.run("DELETE FROM notices")
        bare.run("COMMIT")
        if bare.is_sqlite:
            bare.run("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            bare.run("VACUUM clocks, notices")
            bare.run("CHECKPOINT")

    def ours() -> None:
        with app.app_context(), transaction():
            assert sweep(day)["newly_flagged"] == len(ids)

    def run() -> None:
        with app.app_context():
            outcome = runner.run_by_hand(NIGHTLY, day, dry_run=False)
        assert outcome.figures["newly_flagged"] == len(ids)

    def by_hand() -> None:
        assert _by_hand(bare, day) == len(ids)

    times = take_turns({"run": run, "ours": ours, "bare": by_hand}, ROUNDS, before=unflag)
    unflag()
    with watching(app) as seen:
        ours()
    bare.run("DROP TABLE chosen")
    return times, seen.count


_TO_FLAG = "state = 'running' AND flagged_on IS NULL AND superseded_at IS NULL"


def _by_hand(bare: Bare, day: Any) -> int:
    """Flag what is due, join one event to the chain and note whom it concerns, in one
    transaction."""
    at = datetime.now(UTC)
    text = at.replace(tzinfo=None).isoformat(" ") if bare.is_sqlite else at
    bare.run("BEGIN IMMEDIATE" if bare.is_sqlite else "BEGIN")
    flagged = bare.run(
        f"UPDATE clocks SET flagged_on = late_on, flagged_at = :at WHERE {_TO_FLAG}"
        " AND late_on <= :day",
        at=text,
        day=day.isoformat() if bare.is_sqlite else day,
    ).rowcount
    lock = "" if bare.is_sqlite else " FOR UPDATE"
    [(length, head)] = bare.rows(
        f"SELECT length, head FROM history_chains WHERE name = 'main'{lock}"
    )
    body = json.dumps({"after": {"as_of": day.isoformat(), "flagged": flagged}})
    payload = chain.payload_digest(b"0" * 16, body)
    digest = chain.event_digest(
        head,
        position=length + 1,
        at=at,
        actor_id=None,
        name="job.stale_sweep",
        record_ids=(),
        payload=payload,
    )
    [(event,)] = bare.rows(
        "INSERT INTO history_events (chain, position, at, actor_id, name, payload_digest, digest)"
        " VALUES ('main', :position, :at, NULL, 'job.stale_sweep', :payload, :digest) RETURNING id",
        position=length + 1,
        at=text,
        payload=payload,
        digest=digest,
    )
    bare.run(
        "INSERT INTO history_payloads (event_id, salt, body) VALUES (:event, :salt, :body)",
        event=event,
        salt=b"0" * 16,
        body=body,
    )
    bare.run(
        "UPDATE history_chains SET length = :length, head = :head WHERE name = 'main'",
        length=length + 1,
        head=digest,
    )
    bare.run(
        "INSERT INTO notices (user_id, kind, about, record_id, said, noted_at)"
        " SELECT a.assignee_id, 'flag', 'flag ' || c.id, a.id,"
        " 'Silence' || COALESCE(' (' || b.slug || ')', '') || ', due ' || c.due_on, :at"
        " FROM clocks c JOIN recommendations a ON a.id = c.recommendation_id"
        " LEFT JOIN agencies b ON b.id = c.agency_id"
        " WHERE c.state = 'running' AND c.superseded_at IS NULL AND c.flagged_on IS NOT NULL"
        " AND c.flagged_at >= :at AND a.assignee_id IS NOT NULL",
        at=text,
    )
    bare.run("COMMIT")
    return int(flagged)


def _add_clocks(there: int, wanted: int, due: int) -> None:
    """Clocks up to the number wanted: some due, of the rest half running and half long met."""
    asks = db.session.execute(
        select(Recommendation.id, Recommendation.organisation_id, Recommendation.audience)
    ).all()
    day, moment = today(), now()
    for start in range(there, wanted, BATCH):
        found = []
        for number in range(start, min(start + BATCH, wanted)):
            ask, organisation, audience = asks[number % len(asks)]
            met = number >= due and number % 2
            late = day + timedelta(days=number % 90 + 1)
            if met or number < due:
                late = day - timedelta(days=400 if met else 1)
            found.append(
                {
                    "recommendation_id": ask,
                    "organisation_id": organisation,
                    "audience": audience,
                    "kind": ClockKind.SILENCE,
                    "cause": Cause.SILENT,
                    "basis": Basis.HOUSE,
                    "start_key": f"clock-{number}",
                    "state": ClockState.MET if met else ClockState.RUNNING,
                    "started_on": PartialDate.of(late - timedelta(days=91)),
                    "due_on": late - timedelta(days=1),
                    "late_on": late,
                    "flagged_on": late if met else None,
                    "flagged_at": moment if met else None,
                    "ended_on": late + timedelta(days=20) if met else None,
                    "ended_at": moment - timedelta(days=380) if met else None,
                    "note": "",
                    "recorded_at": moment,
                }
            )
        with transaction():
            filling.bulk(Base.metadata.tables[Clock.__tablename__], found)
    filling.refresh_figures()


def _memory(app: Any) -> float:
    """The most memory, in megabytes, that a process of its own takes for a sweep."""
    with app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
    said = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.sweeps", url, app.instance_path],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(said.stdout)


def _one_sweep(url: str, instance: str) -> float:
    environ = {"TRACKER_INSTANCE": instance, "TRACKER_DATABASE_URL": url}
    app = create_app(config_module().load(environ))
    with app.app_context():
        runner.run_by_hand(NIGHTLY, today(), dry_run=False)
        refresh_statistics()
        db.engine.dispose()
    return _most_memory()


def _most_memory() -> float:
    """The most memory that this process ever took, in megabytes. Linux tells it apart from that of
    the process which started this one; elsewhere the figure may be the larger of the two."""
    status = Path("/proc/self/status")
    if status.exists():
        [kilobytes] = re.findall(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))
        return int(kilobytes) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(_one_sweep(sys.argv[1], sys.argv[2]))
