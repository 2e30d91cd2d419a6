"""The pages: the list of asks, one ask, the dashboard, each beside its bare SQL."""

import itertools
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from tests.benchmarks import bare
from tests.benchmarks.report import Row
from tests.benchmarks.timing import Work, take_turns
from tests.benchmarks.world import World
from tests.inside.watching import watching
from tests.support.people import Person
from tracker.casework.listing import ORDERS
from tracker.core.db import db, transaction
from tracker.dashboards import kept
from tracker.history import actions as history
from tracker.recommendations.models import Recommendation
from tracker.web import paging

ROUNDS = 60
LIST_MS, RECORD_MS, DASHBOARD_MS = 12, 15, 60
# what the address says, and the same as SQL
FILTERS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "status and instrument": (
        "status=submitted&instrument=global_magnitsky",
        "a.status = 'submitted' AND a.instrument = 'global_magnitsky'",
        {},
    ),
    "status and country": (
        "status=submitted&country=CN",
        "a.status = 'submitted' AND EXISTS (SELECT 1 FROM recommendation_places p"
        " WHERE p.recommendation_id = a.id AND p.country = 'CN')",
        {},
    ),
    "status and body": (
        "status=acknowledged&agency=treasury",
        "a.status = 'acknowledged' AND EXISTS (SELECT 1 FROM addressees d JOIN agencies g"
        " ON g.id = d.agency_id WHERE d.recommendation_id = a.id AND g.slug = 'treasury')",
        {},
    ),
}


def opening(person: Person, path: str) -> Work:
    """A function that opens a page."""

    def work() -> None:
        answer = person.get(path)
        assert answer.status_code == 200, (path, answer.status_code)

    return work


def statements(person: Person, path: str) -> int:
    """How many statements a page takes, once it is warm."""
    work = opening(person, path)
    work()
    with watching(person.app) as seen:
        work()
    return seen.count


def list_rows(world: World) -> Iterator[Row]:
    """The list with two filters, its first page and one near its end; Flask-Admin's beside it."""
    for name, (query, where, wanted) in FILTERS.items():
        deep = _deep(world, where, wanted)
        for depth, after in {"first page": None, "deep": deep}.items():
            path = f"/recommendations?{query}"
            if after:
                path += f"&cursor={_cursor(world, after[1])}"
            works = {
                "ours": opening(world.staff, path),
                "bare": _bare_list(world, where, wanted, after),
            }
            if name == "status and instrument":
                works["peer"] = _peer(world, after is not None)
            times = take_turns(works, ROUNDS)
            ours = times["ours"]
            yield Row(
                world.kind,
                f"list, {name}, {depth}",
                ours,
                times["bare"],
                statements(world.staff, path),
                f"p50 ≤ {LIST_MS}",
                ours.p50 <= LIST_MS,
            )
            if "peer" in times:
                factor = times["peer"].p50 / ours.p50
                note = f"{factor:.1f} × ours"
                yield Row(world.kind, f"the same by Flask-Admin, {depth}", times["peer"], note=note)


def _bare_list(
    world: World, where: str, wanted: dict[str, Any], after: tuple[Any, int] | None
) -> Work:
    return lambda: bare.list_page(world.bare, world.staff.viewer, where, wanted, after)


def _deep(world: World, where: str, wanted: dict[str, Any]) -> tuple[Any, int]:
    """The moment and the id of an ask nine tenths down the list."""
    inside = f"FROM recommendations a WHERE {where} AND {bare.sees('a')}"
    asking = {**bare.who(world.staff.viewer), **wanted}
    count = world.bare.value(f"SELECT count(*) {inside}", **asking)
    [(moment, key)] = world.bare.rows(
        f"SELECT a.updated_at, a.id {inside} ORDER BY a.updated_at DESC, a.id DESC"
        f" LIMIT 1 OFFSET {max(count * 9 // 10 - 1, 0)}",
        **asking,
    )
    return moment, key


def _cursor(world: World, key: int) -> str:
    with world.app.app_context():
        ask = db.session.get(Recommendation, key)
        assert ask is not None
        row = SimpleNamespace(id=ask.id, updated_at=ask.updated_at)
        db.session.rollback()
        return paging._encode("f", row, ORDERS["-updated"])


def _peer(world: World, deep: bool) -> Work:
    from tests.benchmarks import peer

    page: Callable[[int], Any] = peer.open_page(world.app, "submitted", "global_magnitsky")
    count = world.bare.value(
        "SELECT count(*) FROM recommendations"
        " WHERE status = 'submitted' AND instrument = 'global_magnitsky'"
    )
    number = count * 9 // 10 // peer.PAGE_SIZE if deep else 0
    return lambda: page(number)


def record_row(world: World) -> Row:
    """One ask of another organisation, with an outcome, contacts and clocks."""
    [(key, reference)] = world.bare.rows(
        "SELECT a.id, r.reference FROM recommendations a JOIN records r ON r.id = a.id"
        " JOIN outcomes o ON o.recommendation_id = a.id JOIN clocks c ON c.recommendation_id = a.id"
        " WHERE a.audience = 'coalition' AND c.state = 'running' AND c.flagged_on IS NOT NULL"
        " ORDER BY a.id LIMIT 1"
    )
    path = f"/recommendations/{reference}"
    works = {
        "ours": opening(world.staff, path),
        "bare": lambda: bare.record_page(world.bare, key),
    }
    times = take_turns(works, ROUNDS)
    return Row(
        world.kind,
        "page of one ask",
        times["ours"],
        times["bare"],
        statements(world.staff, path),
        f"p50 ≤ {RECORD_MS}",
        times["ours"].p50 <= RECORD_MS,
    )


def dashboard_rows(world: World) -> Iterator[Row]:
    """The dashboard of a partner: the first look after a change, and every other; and what a
    process counts before it serves anybody."""
    path = "/dashboards"
    with world.app.app_context():
        changing = list(
            db.session.scalars(select(Recommendation.id).order_by(Recommendation.title))
        )
    asks = itertools.cycle(changing[:: max(1, len(changing) // 100)])

    def change() -> None:
        with world.app.app_context(), transaction():
            history.record("recommendation.changed", actor_id=None, records=[next(asks)])

    def forget() -> None:
        world.app.extensions.pop("tracker.figures", None)

    def warm() -> None:
        with world.app.app_context():
            kept.warm()

    def bare_work() -> None:
        bare.figures(world.bare, world.partner.viewer)

    again = opening(world.partner, path)

    warm()
    first = take_turns({"bare": bare_work, "ours": again}, ROUNDS // 2, before=change)
    later = take_turns({"bare": bare_work, "ours": again}, ROUNDS // 2)
    whole = take_turns({"warm": warm}, 3, before=forget)["warm"]
    few = statements(world.partner, path)
    change()
    with watching(world.app) as seen:
        again()
    yield Row(world.kind, "what a process counts before it serves", whole, first["bare"])
    for name, times, count in (
        ("first look after a change", first, seen.count),
        ("again", later, few),
    ):
        each, bare_times = times["ours"], times["bare"]
        met = each.p95 <= 2 * bare_times.p95 and each.p95 <= DASHBOARD_MS
        yield Row(
            world.kind,
            f"dashboard, {name}",
            each,
            bare_times,
            count,
            f"p95 ≤ 2 × bare and ≤ {DASHBOARD_MS}",
            met,
        )
