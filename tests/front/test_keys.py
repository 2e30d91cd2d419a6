"""No page tells the number of a row: by numbers one would count what one does not see."""

import re

from flask import Flask
from sqlalchemy import inspect, text
from sqlalchemy.orm import Mapper

from tests.front.support import links
from tests.front.world import make_world
from tests.inside.samples import writing
from tests.support.factories import FACTORIES, make
from tests.support.people import Person, log_in
from tracker.accounts.models import Organisation, User
from tracker.core.db import Base, Keyed, db
from tracker.core.references import PATTERN
from tracker.history.models import HistoryEvent
from tracker.jobs.models import JobRun

FROM = 77_331_100_000
NUMBERED = re.compile(r"77331\d{6}")
ONE_OF_MANY = re.compile(PATTERN + r"|[\w-]{22,}|(?<=/agencies/)[\w-]+")
# what admins alone see; colleagues, who are known to each other; bodies, which all have in common
LEFT_OUT: tuple[type[Base], ...] = (Organisation, User, HistoryEvent, JobRun)
COMMON = "tracker.agencies.models"


def count_from(start: int) -> None:
    """Have the next row of each kind that has a number of its own begin there."""
    for model in FACTORIES:
        mapper: Mapper[object] = inspect(model)
        if not issubclass(model, Keyed) or model in LEFT_OUT or model.__module__ == COMMON:
            continue
        make(model, id=start)
        if db.engine.dialect.name == "postgresql":
            sequence = f"pg_get_serial_sequence('{mapper.local_table}', 'id')"
            db.session.execute(text(f"SELECT setval({sequence}, {start})"))


def test_no_page_of_casework_tells_the_number_of_a_row(app: Flask, staff: Person) -> None:
    with writing(app):
        count_from(FROM)
    make_world(staff)
    there = Person(app, staff.email, app.test_client())
    assert log_in(there).status_code == 302
    assert staff.post("/account/feeds", {"label": "A", "days": "30"}).status_code == 200
    seen = dict[str, str]()
    waiting = ["/", "/recommendations", "/account", "/account/feeds"]
    while waiting:
        path = waiting.pop().partition("#")[0]
        shape = ONE_OF_MANY.sub("*", path)
        if shape in seen or "/static/" in path:
            continue
        page = staff.get(path)
        seen[shape] = path
        assert not NUMBERED.search(page.text), path
        waiting += [link for link in links(page) if link.startswith("/")]
    assert {"/recommendations/*/clocks", "/recommendations/*/outcomes/*/void"} <= set(seen)
    assert {"/account", "/account/feeds"} <= set(seen)
    assert "/account/sessions/" in staff.get("/account").text
    assert "/withdraw" in staff.get("/account/feeds").text
