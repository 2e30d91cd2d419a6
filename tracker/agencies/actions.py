"""Adding bodies that the reference data does not have."""

import re

from tracker.accounts.permissions import Permission
from tracker.accounts.viewer import Viewer
from tracker.agencies import queries
from tracker.agencies.models import Agency, AgencyKind, AgencyName
from tracker.core.countries import countries
from tracker.core.db import db
from tracker.core.intake import Intake
from tracker.core.names import fold, romanise
from tracker.history import actions as history


def add_agency(
    viewer: Viewer, *, name: str, short_name: str, kind: AgencyKind, jurisdiction: str
) -> Agency:
    """Add a body that can be written to. Its name is public from then on: every reader sees it.

    `jurisdiction` is an ISO 3166 code, or EU. Raises `Refused` for a bad or taken name.
    """
    viewer.require(Permission.EDIT)
    intake = Intake()
    name = intake.text("name", name, Agency.name, missing="Write the body's full name.")
    short_name = intake.text("short_name", short_name, Agency.short_name) or name[:60]
    if not fold(name):
        intake.refuse("name", "Write the name with letters: a body is found by them.")
    if jurisdiction != "EU" and jurisdiction not in countries():
        intake.refuse("jurisdiction", "Choose the country that the body belongs to.")
    taken = queries.by_names([name, short_name])
    for field, typed in (("name", name), ("short_name", short_name)):
        if typed in taken and not intake.problems.keys() & {"name"}:
            intake.refuse(field, f"There is a body of that name already: {taken[typed].name}.")
    intake.done()
    slug = _free_slug(name)
    agency = Agency(
        slug=slug,
        name=name,
        short_name=short_name,
        kind=kind,
        jurisdiction=jurisdiction,
        names=[AgencyName(folded=text) for text in sorted(_free_names(slug, name, short_name))],
    )
    db.session.add(agency)
    db.session.flush()
    history.record("agency.added", actor_id=viewer.user_id, body={"after": {"slug": agency.slug}})
    return agency


def _free_names(*wanted: str) -> set[str]:
    folded = {fold(text)[:160] for text in wanted} - {""}
    return folded - queries.by_names(folded).keys()


def _free_slug(name: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", romanise(name)).strip("-")[:50] or "body"
    slug, number = base, 1
    while queries.by_slug(slug):
        number += 1
        slug = f"{base}-{number}"
    return slug
