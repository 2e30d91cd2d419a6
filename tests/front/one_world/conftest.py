"""One world for all tests of a file: 1 March 2024, with records of each kind. The tests here hold
that what they try changes nothing, or only read."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from tests.front.support import Sitting, where
from tests.front.world import Records, World, make_world
from tests.support import databases
from tests.support.people import Person, arrive
from tracker.accounts.permissions import Role


@pytest.fixture(scope="module", params=databases.KINDS)
def app(request: pytest.FixtureRequest, all_apps: dict[str, Flask]) -> Iterator[Flask]:
    """The application, over one database and then over the other, emptied after the file."""
    app = all_apps[request.param]
    with time_machine.travel("2024-03-01T12:00:00+00:00", tick=True):
        yield app
    databases.empty(app)


@pytest.fixture(scope="module")
def staff(app: Flask) -> Person:
    """A member of staff of the first organisation."""
    return arrive(app, "staff@example.org", Role.STAFF, "Highland Group")


@pytest.fixture(scope="module")
def colleague(app: Flask) -> Person:
    """Another member of staff of the same organisation."""
    return arrive(app, "colleague@example.org", Role.STAFF, "Highland Group")


@pytest.fixture(scope="module")
def other_staff(app: Flask) -> Person:
    """A member of staff of another organisation."""
    return arrive(app, "other@example.org", Role.STAFF, "Lowland Group")


@pytest.fixture(scope="module")
def partner(app: Flask) -> Person:
    """A coalition partner."""
    return arrive(app, "partner@example.org", Role.PARTNER, "Partner Group")


@pytest.fixture(scope="module")
def anonymous(app: Flask) -> Person:
    """Nobody in particular."""
    return Person(app, "", app.test_client())


@pytest.fixture(scope="module")
def world(staff: Person, other_staff: Person, partner: Person) -> World:
    """What the coalition sees, and what it does not."""
    return make_world(staff)


@pytest.fixture(scope="module")
def records(world: World) -> Records:
    """One record of each kind of the first organisation."""
    return world.seen


@pytest.fixture(scope="module")
def theirs(other_staff: Person) -> str:
    """The address of an ask of the other organisation."""
    sitting = Sitting(other_staff, "/recommendations/new")
    return where(sitting.type({"title": "Theirs", "targets-0-name": "Their target"}).send())
