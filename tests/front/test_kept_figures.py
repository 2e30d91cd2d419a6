"""The dashboard keeps its figures only until something changes, and for one reader apart."""

import re
from collections.abc import Callable

from flask import Flask

from tests.front.support import travel
from tests.inside.samples import ask_of, record_case, writing
from tests.inside.watching import watching
from tests.support.people import Person
from tracker.casework import actions
from tracker.records.models import Audience


def total(person: Person) -> int:
    """How many asks the dashboard says there are."""
    page = person.get("/dashboards").text
    found = re.search(r'<a href="/recommendations"[^>]*>(\d+)</a></p><p[^>]*>asks in', page)
    return int(found[1]) if found else 0


def test_figures_follow_every_change_at_once(app: Flask, staff: Person, partner: Person) -> None:
    assert (total(staff), total(partner)) == (0, 0)
    with writing(app):
        case = record_case(staff.viewer)
    assert (total(staff), total(partner)) == (1, 0)
    with writing(app):
        ask = ask_of(staff.viewer, case.ask)
        actions.share(staff.viewer, [ask], Audience.COALITION, reason="For the test.")
    assert (total(staff), total(partner)) == (1, 1)
    with writing(app):
        ask = ask_of(staff.viewer, case.ask)
        actions.share(staff.viewer, [ask], Audience.ORGANISATION, reason="Taken back.")
    assert (total(staff), total(partner)) == (1, 0)


def test_figures_are_not_computed_again_for_nothing(app: Flask, staff: Person) -> None:
    with writing(app):
        record_case(staff.viewer)
    assert total(staff) == 1
    with watching(app) as seen:
        assert total(staff) == 1
    assert seen.about("SELECT", "count(") == []


def test_figures_are_of_the_day(app: Flask, staff: Person, on_day: Callable[[str], None]) -> None:
    with writing(app):
        record_case(staff.viewer)
    for day, shown in (("2026-11-30", "30 Nov 2026"), ("2026-12-01", "1 Dec 2026")):
        travel(on_day, day, staff)
        assert f"as of {shown}" in staff.get("/dashboards").text
