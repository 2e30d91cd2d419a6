"""Finding bodies, offices and office holders. Bodies are public; asks about them are not."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import selectinload

from tracker.agencies.models import (
    Agency,
    AgencyMembership,
    AgencyName,
    MemberRole,
    Office,
    OfficeHolder,
)
from tracker.core.db import IDS, db
from tracker.core.names import fold
from tracker.core.unchanged import kept_while_unchanged

SLUG = re.compile(r"[a-z0-9-]{1,80}")


@dataclass(frozen=True)
class Suggestion:
    """A body, or the holder of an office of it, that fits what a person typed."""

    agency: Agency
    office_title: str = ""
    official: str = ""

    @property
    def label(self) -> str:
        """One line to choose by."""
        return ", ".join(part for part in (self.official, self.office_title) if part)


def all_agencies() -> list[Agency]:
    """Every body, by jurisdiction and name."""
    return list(db.session.scalars(listing().order_by(Agency.jurisdiction, Agency.name)))


def listing() -> Select[Agency]:
    """Every body with the one that it is part of, to be paged."""
    return select(Agency).options(selectinload(Agency.parent))


@kept_while_unchanged
def names(*, short: bool = False) -> dict[str, str]:
    """The name of every body, in full or short, by its slug: choices by jurisdiction and name."""
    return dict(db.session.execute(_SHORT_NAMES if short else _NAMES).all())


_NAMES = select(Agency.slug, Agency.name).order_by(Agency.jurisdiction, Agency.name)
_SHORT_NAMES = _NAMES.with_only_columns(Agency.slug, Agency.short_name)


def by_slug(slug: str) -> Agency | None:
    """The body of that slug."""
    if not SLUG.fullmatch(slug):
        return None
    return db.session.scalar(select(Agency).where(Agency.slug == slug))


def short_names(wanted: Collection[int]) -> dict[int, str]:
    """The short name of every body, those wanted among them, by its key and in the order of their
    names. What is kept may be older than the rows that name a body: then they are read anew."""
    kept = _kept_names()
    return kept if kept.keys() >= set(wanted) else _short_names()


def _short_names() -> dict[int, str]:
    return dict(db.session.execute(_SHORT_NAMES_BY_ID).all())


_kept_names = kept_while_unchanged(_short_names)
_SHORT_NAMES_BY_ID = select(Agency.id, Agency.short_name).order_by(Agency.name, Agency.id)


@kept_while_unchanged
def id_of(slug: str) -> int | None:
    """The key of the body of that slug."""
    agency = by_slug(slug)
    return agency.id if agency else None


def by_ids(ids: Iterable[int]) -> dict[int, Agency]:
    """Bodies by their ids."""
    wanted = set(ids)
    if not wanted:
        return {}
    return {a.id: a for a in db.session.scalars(_BY_IDS, {"ids": list(wanted)})}


_BY_IDS = select(Agency).where(Agency.id.in_(IDS))


def by_names(typed: Iterable[str]) -> dict[str, Agency]:
    """The bodies that go by those names, whatever their case and punctuation, by what was typed."""
    folded = {text: fold(text)[:160] for text in typed if text}
    if not folded:
        return {}
    found = select(AgencyName.folded, Agency).join(Agency, Agency.id == AgencyName.agency_id)
    rows = db.session.execute(found.where(AgencyName.folded.in_(set(folded.values()))))
    known = dict(rows.all())
    return {text: known[name] for text, name in folded.items() if name in known}


def with_offices(slug: str) -> Agency | None:
    """A body with its parent, offices and their holders."""
    return db.session.scalar(
        select(Agency)
        .where(Agency.slug == slug)
        .options(
            selectinload(Agency.parent),
            selectinload(Agency.offices).selectinload(Office.holders),
        )
    )


def with_names(slug: str) -> Agency | None:
    """A body with all the names that it goes by."""
    return db.session.scalar(
        select(Agency).where(Agency.slug == slug).options(selectinload(Agency.names))
    )


def members(body_id: int) -> list[AgencyMembership]:
    """The seats of an interagency body, the chair first."""
    seats = db.session.scalars(
        select(AgencyMembership)
        .where(AgencyMembership.body_id == body_id)
        .options(selectinload(AgencyMembership.member))
    )
    order = {"chair": 0, "member": 1, "where_appropriate": 2}
    return sorted(seats, key=lambda seat: (order[seat.role], seat.member.name))


def seats_of(agency_id: int) -> list[tuple[Agency, AgencyMembership]]:
    """The interagency bodies that an agency sits on."""
    rows = db.session.execute(
        select(Agency, AgencyMembership)
        .join(AgencyMembership, AgencyMembership.body_id == Agency.id)
        .where(AgencyMembership.member_id == agency_id)
        .order_by(Agency.name)
    )
    return [(agency, seat) for agency, seat in rows]


@dataclass(frozen=True)
class Tree:
    """Which body acts for which: BIS for Commerce, OFAC for the Treasury, a committee for its
    chair. `above` has the next body up, `ids` every body by its slug."""

    above: dict[int, int]
    ids: dict[str, int]

    def head(self, agency_id: int) -> int:
        """The topmost body that this one acts for; itself, where it acts for none."""
        while agency_id in self.above:
            agency_id = self.above[agency_id]
        return agency_id

    def acting_for(self, agency_ids: Iterable[int]) -> dict[int, int]:
        """For each body below one of `agency_ids`, or itself one of them, which of them it is."""
        tops = set(agency_ids)
        found = {agency_id: agency_id for agency_id in tops}
        for agency_id in self.above:
            step: int | None = agency_id
            while step is not None and step not in tops:
                step = self.above.get(step)
            if step is not None:
                found.setdefault(agency_id, step)
        return found


@kept_while_unchanged
def tree() -> Tree:
    """The tree of all bodies."""
    bodies = db.session.execute(_BODIES).all()
    heads = {key: chair or parent for key, _, parent, chair in bodies}
    above = {key: head for key, head in heads.items() if head is not None}
    return Tree(above, {slug: key for key, slug, _, _ in bodies})


_CHAIRS = and_(AgencyMembership.body_id == Agency.id, AgencyMembership.role == MemberRole.CHAIR)
_BODIES = select(Agency.id, Agency.slug, Agency.parent_id, AgencyMembership.member_id).outerjoin(
    AgencyMembership, _CHAIRS
)


def suggest(text: str, day: date, limit: int = 8) -> list[Suggestion]:
    """Bodies and office holders that fit what was typed; holders as of `day`, best first."""
    wanted = fold(text)
    if not wanted:
        return []
    holds = AgencyName.folded.contains(wanted, autoescape=True)
    agencies = db.session.scalars(
        select(Agency)
        .where(Agency.id.in_(select(AgencyName.agency_id).where(holds)))
        .options(selectinload(Agency.offices).selectinload(Office.holders))
        .order_by(Agency.name)
    ).all()
    holders = db.session.scalars(
        select(OfficeHolder)
        .where(
            OfficeHolder.folded.contains(wanted, autoescape=True),
            OfficeHolder.held_from <= day,
            or_(OfficeHolder.held_until.is_(None), OfficeHolder.held_until >= day),
        )
        .options(selectinload(OfficeHolder.office).selectinload(Office.agency))
        .order_by(OfficeHolder.name)
    ).all()
    found = [Suggestion(h.office.agency, h.office.title, h.name) for h in holders]
    ranked = sorted(agencies, key=lambda a: (not fold(a.short_name).startswith(wanted), a.name))
    for agency in ranked:
        found += [s for s in _of_agency(agency, day) if s not in found]
    return found[:limit]


def _of_agency(agency: Agency, day: date) -> list[Suggestion]:
    held = [
        Suggestion(agency, office.title, holder.name)
        for office in agency.offices
        for holder in office.holders
        if holder.held_on(day)
    ]
    return [*held, Suggestion(agency)]
