"""How long suggestions and search take among many names, on both databases. Not a test: run it with
`python -m tests.benchmarks.type_ahead [NAMES]`."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import insert, text

from tests.inside.samples import writing
from tests.support import databases
from tests.support.people import Person, add_person, log_in
from tracker.accounts.permissions import Role
from tracker.core.db import db
from tracker.core.names import fold, romanise, script_of
from tracker.core.now import now
from tracker.core.references import new_reference
from tracker.core.terms import Texts, terms_of
from tracker.records.models import Audience, Kind, Record, SearchText
from tracker.targets.models import NameKind, Target, TargetKind, TargetName

TYPED = ("w", "wu", "wu y", "wu yingjie", "zh", "zhang", "company", "ltd", "吴", "吴英杰", "qqq")
MERGE = "INSERT INTO search_index(search_index) VALUES ('optimize')"
ROUNDS, BATCH, SEED = 30, 5000, 2023
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "英杰洪波全国海仑君正明建华志强伟芳娜敏静丽军平刚文辉鹏飞玉兰"
WORDS = ("Public", "Security", "Bureau", "Company", "Ltd", "Technology", "Group", "Trading")


def names(count: int) -> Iterator[str]:
    """People in Han and in Latin letters, and bodies, by a seeded choice."""
    pick = Random(SEED)
    for number in range(count):
        han = pick.choice(SURNAMES) + "".join(pick.choices(GIVEN, k=2))
        if number % 3 == 0:
            yield han
        elif number % 3 == 1:
            family, *given = romanise(han).split()
            yield f"{family.upper()}, {''.join(given).capitalize()} {number}"
        else:
            yield f"{' '.join(pick.sample(WORDS, 4))} {number}"


def fill(organisation_id: int, count: int) -> None:
    """A target of each name, with the index of search, by bulk inserts."""
    chosen = list(names(count))
    for start in range(0, count, BATCH):
        part = list(enumerate(chosen[start : start + BATCH], start + 1))
        kept: list[tuple[type[Any], list[dict[str, Any]]]] = [
            (Record, [_record(key) for key, _ in part]),
            (Target, [_target(key, name, organisation_id) for key, name in part]),
            (TargetName, [_name(key, name) for key, name in part]),
            (SearchText, [_terms(key, name) for key, name in part]),
        ]
        for model, rows in kept:
            db.session.execute(insert(model.__table__), rows)
    db.session.connection().exec_driver_sql("ANALYZE")


def _record(key: int) -> dict[str, Any]:
    return {"id": key, "kind": Kind.TARGET, "reference": new_reference("T")}


def _target(key: int, name: str, organisation_id: int) -> dict[str, Any]:
    return {
        "id": key,
        "organisation_id": organisation_id,
        "audience": list(Audience)[key % 4],
        "version": 1,
        "created_at": now(),
        "updated_at": now(),
        "kind": TargetKind.PERSON,
        "name": name,
        "sort_name": romanise(name)[:80],
        "born_on": None,
        "position": "",
        "country": "",
        "region": "",
        "note": "",
    }


def _name(key: int, name: str) -> dict[str, Any]:
    return {
        "target_id": key,
        "text": name,
        "kind": NameKind.PRIMARY,
        "script": script_of(name),
        "folded": fold(name),
        "latin": romanise(name),
    }


def _terms(key: int, name: str) -> dict[str, Any]:
    terms = " ".join(terms_of(Texts((name,))))
    return {"record_id": key, "kind": Kind.TARGET, "terms": terms}


def measure(person: Person, path: str, typed: str) -> list[float]:
    """Of a request, in milliseconds: the median and the 95th percentile of the processor's time
    in this process (PostgreSQL works in another), and of the time on the clock."""
    times: list[tuple[float, float]] = []
    for _ in range(ROUNDS):
        start = process_time(), perf_counter()
        answer = person.get(path, query_string={"q": typed})
        times.append(((process_time() - start[0]) * 1000, (perf_counter() - start[1]) * 1000))
        assert answer.status_code == 200
    columns = [sorted(column) for column in zip(*times, strict=True)]
    return [value for column in columns for value in (median(column), column[ROUNDS * 95 // 100])]


def main(count: int) -> None:
    """Print a row for each database, page and text typed."""
    print(
        f"{count:,} names; milliseconds a request, of {ROUNDS}: processor p50, p95; clock p50, p95"
    )
    with tempfile.TemporaryDirectory() as folder:
        for kind in databases.KINDS:
            app = databases.make_app(kind, Path(folder), "bench_type_ahead")
            person = add_person(app, "bench@example.org", Role.STAFF, "Highland Group")
            with writing(app):
                fill(person.viewer.organisation_id or 0, count)
                if kind == "sqlite":
                    db.session.execute(text(MERGE))
            assert log_in(person).status_code == 302
            for path in ("/targets/suggest", "/search"):
                for typed in TYPED:
                    row = "".join(f"{value:>8.1f}" for value in measure(person, path, typed))
                    print(f"{kind:<11}{path:<18}{typed:<12}{row}", flush=True)
            with app.app_context():
                db.session.rollback()
                db.engine.dispose()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
