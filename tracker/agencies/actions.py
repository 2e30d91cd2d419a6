"""Adding bodies that the reference data does not have, and names that they go by."""

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
    name, short_name = _names(name, short_name, intake)
    if jurisdiction != "EU" and jurisdiction not in countries():
        intake.refuse("jurisdiction", "Choose the country that the body belongs to.")
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


def rename_agency(viewer: Viewer, agency: Agency, *, name: str, short_name: str) -> None:
    """Have a body, loaded with its names, called by others; by those before it is found still. What
    is saved as it stood changes nothing. Raises `Refused` or `NotAllowed`."""
    viewer.require(Permission.ADMINISTER)
    intake = Intake()
    name, short_name = _names(name, short_name, intake, own=agency)
    intake.done()
    before = {"name": agency.name, "short_name": agency.short_name}
    body = history.difference(before, {"name": name, "short_name": short_name})
    if not body:
        return
    agency.name, agency.short_name = name, short_name
    free = _free_names(name, short_name)
    agency.names += [AgencyName(folded=text) for text in sorted(free)]
    history.record("agency.renamed", actor_id=viewer.user_id, body={**body, "agency": agency.slug})


def _names(
    name: str, short_name: str, intake: Intake, own: Agency | None = None
) -> tuple[str, str]:
    """A body's names, which no other body has."""
    name = intake.text("name", name, Agency.name, missing="Write the body's full name.")
    short_name = intake.text("short_name", short_name, Agency.short_name) or name[:60]
    if not fold(name):
        intake.refuse("name", "Write the name with letters: a body is found by them.")
    taken = queries.by_names([name, short_name])
    for field, typed in (("name", name), ("short_name", short_name)):
        other = taken.get(typed)
        if other and other is not own and not intake.problems.keys() & {"name"}:
            intake.refuse(field, f"There is a body of that name already: {other.name}.")
    return name, short_name


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
