"""How wide records are, to compare them: for what may cite what, and who is named."""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import select

from tracker.accounts.models import User
from tracker.core.db import IDS, db
from tracker.records.models import Audience, AudienceSpan, Grant
from tracker.records.queries import OPEN_TO_COALITION, SHARING_OWN


class Width(NamedTuple):
    """How wide a record is: its audience, and who they are where not everybody with an account is
    of it."""

    audience: Audience
    people: frozenset[int]

    @property
    def is_nobodys(self) -> bool:
        """It would be for people by name, and there is none."""
        return self.audience is Audience.NAMED and not self.people

    def is_within(self, other: "Width") -> bool:
        """Nobody is of this audience who is not of the other."""
        if self.audience is Audience.NAMED and other.audience not in OPEN_TO_COALITION:
            return self.people <= other.people
        return self.audience.width <= other.audience.width

    def within(self, other: "Width") -> "Width":
        """As wide as both are: of this audience is only who is of each."""
        narrow, wide = sorted((self, other), key=lambda each: each.audience.width)
        if wide.audience in OPEN_TO_COALITION:
            return narrow
        return Width(narrow.audience, narrow.people & wide.people)


def widths(record_ids: Collection[int], organisation_id: int) -> dict[int, Width]:
    """How wide each of some records of an organisation is, in a fixed number of statements."""
    ids = {"ids": list(record_ids)}
    audiences = {row.record_id: row.audience for row in db.session.execute(_STANDING, ids)}
    named: dict[int, set[int]] = defaultdict(set)
    for record_id, user_id in db.session.execute(_NAMED, ids):
        named[record_id].add(user_id)
    own = select(User.id).where(User.organisation_id == organisation_id, User.role.in_(SHARING_OWN))
    people = {Audience.ORGANISATION: frozenset(db.session.scalars(own))}
    return {
        key: Width(
            audience,
            frozenset(named[key])
            if audience is Audience.NAMED
            else people.get(audience, frozenset()),
        )
        for key, audience in audiences.items()
    }


def named_for(record_id: int) -> set[int]:
    """The ids of the people who are named for a record."""
    return {row.user_id for row in db.session.execute(_NAMED, {"ids": [record_id]})}


_STANDING = select(AudienceSpan.record_id, AudienceSpan.audience).where(
    AudienceSpan.record_id.in_(IDS), AudienceSpan.until_at.is_(None)
)
_NAMED = select(Grant.record_id, Grant.user_id).where(Grant.record_id.in_(IDS))
