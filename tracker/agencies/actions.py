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
    if jurisdiction != "EU" and jurisdiction not in countries():
        intake.refuse("jurisdiction", "Choose the country that the body belongs to.")
    _refuse_taken("name", name, intake) or _refuse_taken("short_name", short_name, intake)
    intake.done()
    agency = Agency(
        slug=_free_slug(name),
        name=name,
        short_name=short_name,
        kind=kind,
        jurisdiction=jurisdiction,
        names=[AgencyName(folded=text) for text in sorted(_free_names(name, short_name))],
    )
    db.session.add(agency)
    db.session.flush()
    history.record("agency.added", actor_id=viewer.user_id, body={"after": {"slug": agency.slug}})
    return agency


def _refuse_taken(field: str, name: str, intake: Intake) -> bool:
    taken = queries.by_name(name) if name else None
    if taken:
        intake.refuse(field, f"There is a body of that name already: {taken.name}.")
    return taken is not None


def _free_names(name: str, short_name: str) -> set[str]:
    wanted = {fold(name)[:160], fold(short_name)[:160]} - {""}
    return {text for text in wanted if queries.by_name(text) is None}


def _free_slug(name: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", romanise(name)).strip("-")[:50] or "body"
    slug, number = base, 1
    while queries.by_slug(slug):
        number += 1
        slug = f"{base}-{number}"
    return slug
