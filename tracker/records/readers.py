"""Who reads a record, and whether all who read one read another too."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Select, false, func, select

from tracker.accounts.models import Organisation, User
from tracker.core.db import db
from tracker.records.models import Audience, Grant, RecordMixin
from tracker.records.queries import OPEN_TO_COALITION, SHARING_OWN


class Owned(NamedTuple):
    """A record, as far as its readers hang on it."""

    id: int
    audience: Audience
    organisation_id: int

    @classmethod
    def of(cls, row: RecordMixin) -> "Owned":
        """What its readers hang on, of a record that is at hand."""
        return cls(row.id, row.audience, row.organisation_id)


def seen_by_all(pairs: Collection[tuple[Owned, Owned]]) -> set[tuple[int, int]]:
    """Of pairs of records those of which whoever sees the first sees the second too, by their ids;
    in two statements at the most, for records of named people alone."""
    found, asked = set(), []
    for row, other in pairs:
        if other.audience in OPEN_TO_COALITION:
            is_seen = row.audience.width <= other.audience.width
        elif row.audience is Audience.NAMED:
            asked.append((row, other))
            continue
        else:
            is_seen = (row.audience, row.organisation_id) == (
                other.audience,
                other.organisation_id,
            )
        if is_seen:
            found.add((row.id, other.id))
    return found | _seen_by_all_named(asked)


def _seen_by_all_named(pairs: Sequence[tuple[Owned, Owned]]) -> set[tuple[int, int]]:
    if not pairs:
        return set()
    people: dict[int, set[int]] = defaultdict(set)
    ids = {each.id for pair in pairs for each in pair}
    named = select(Grant.record_id, Grant.user_id).where(Grant.record_id.in_(ids))
    for record_id, user_id in db.session.execute(named):
        people[record_id].add(user_id)
    own = select(User.organisation_id, User.id).where(
        User.organisation_id.in_({other.organisation_id for _, other in pairs}),
        User.role.in_(SHARING_OWN),
    )
    houses: dict[int, set[int]] = defaultdict(set)
    for organisation_id, user_id in db.session.execute(own):
        houses[organisation_id].add(user_id)
    return {
        (row.id, other.id)
        for row, other in pairs
        if people[row.id]
        <= (people[other.id] if other.audience is Audience.NAMED else houses[other.organisation_id])
    }


def named_among(user_ids: Collection[int]) -> list[User]:
    """Those of some people who are named for anything at all."""
    named = select(Grant.user_id).where(Grant.user_id.in_(user_ids))
    statement = select(User).where(User.id.in_(named)).order_by(User.id)
    return list(db.session.scalars(statement))


def readers(audience: Audience, organisation_id: int) -> list[tuple[str, int]]:
    """Who an audience is, counted: the organisations and how many active people of each."""
    statement = _people_of(audience, organisation_id).with_only_columns(
        Organisation.name, func.count(User.id)
    )
    counts = db.session.execute(statement.group_by(Organisation.name).order_by(Organisation.name))
    return [(name, count) for name, count in counts]


def readers_of(row: RecordMixin) -> dict[int, str]:
    """The organisations of the active people whose audience a record is for, by person."""
    people = _people_of(row.audience, row.organisation_id)
    if row.audience is Audience.NAMED:
        named = select(Grant.user_id).where(Grant.record_id == row.id)
        people = _active_people().where(User.id.in_(named))
    return {row[0]: row[1] for row in db.session.execute(people)}


def _active_people() -> Select[int, str]:
    people = select(User.id, Organisation.name)
    return people.join(Organisation, Organisation.id == User.organisation_id).where(User.active)


def _people_of(audience: Audience, organisation_id: int) -> Select[int, str]:
    """Whom an audience is of; nobody, where each is named for each record."""
    if audience is Audience.ORGANISATION:
        return _active_people().where(
            Organisation.id == organisation_id, User.role.in_(SHARING_OWN)
        )
    return _active_people().where(false()) if audience is Audience.NAMED else _active_people()
