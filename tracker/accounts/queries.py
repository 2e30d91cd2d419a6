"""Finding people and organisations."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, case, func, select

from tracker.accounts.models import Organisation, User
from tracker.accounts.permissions import Role
from tracker.accounts.viewer import Viewer
from tracker.core.db import db
from tracker.core.errors import Unknown
from tracker.core.unchanged import kept_while_unchanged


def user_by_email(email: str) -> User | None:
    """The account with that address, whatever its case."""
    if not email.isprintable():
        return None  # PostgreSQL takes no NUL, not even to look for one
    return db.session.scalar(select(User).where(func.lower(User.email) == email.strip().lower()))


def known_user(email: str) -> User:
    """The account with that address, whatever its case. Raises `Unknown`."""
    user = user_by_email(email)
    if user is None:
        raise Unknown(f"No account has the address {email}.")
    return user


def users_by_emails(emails: Iterable[str]) -> dict[str, User]:
    """The accounts with those addresses, whatever their case, by what was given."""
    wanted = {email: email.strip().lower() for email in emails if email.isprintable()}
    found = db.session.scalars(select(User).where(func.lower(User.email).in_(wanted.values())))
    by_address = {user.email.lower(): user for user in found}
    return {email: by_address[low] for email, low in wanted.items() if low in by_address}


def is_called(name: str, organisation_id: int, *, but: int | None = None) -> bool:
    """Whether somebody of an organisation, perhaps `but` one, goes by that name, in capitals or
    not."""
    found = select(User.id).where(
        User.organisation_id == organisation_id,
        User.id != (but or 0),
        func.lower(User.name) == name.lower(),
    )
    return db.session.scalar(found.limit(1)) is not None


def open_accounts(user_ids: Iterable[int]) -> list[User]:
    """Those of some accounts that are open, with their organisations, by address."""
    found = select(User).where(User.id.in_(list(user_ids)), User.active)
    return list(db.session.scalars(found.order_by(User.email)))


def viewer_for(email: str) -> Viewer:
    """The viewer for a command's `--as`. Raises `Unknown` for an address without active account."""
    user = user_by_email(email)
    if user is None or not user.active:
        raise Unknown(f"No active account has the address {email}. See: tracker users list")
    return Viewer.of(user)


def organisation_by_name(name: str) -> Organisation | None:
    """The organisation of exactly that name."""
    return db.session.scalar(select(Organisation).where(Organisation.name == name.strip()))


def organisation_called(name: str) -> Organisation | None:
    """The organisation of that name, in capitals or not."""
    found = select(Organisation).where(func.lower(Organisation.name) == name.lower())
    return db.session.scalar(found.order_by(Organisation.id).limit(1))


def organisation_by_id(organisation_id: int) -> Organisation | None:
    """The organisation with that id."""
    return db.session.get(Organisation, organisation_id)


def organisation_names(ids: Iterable[int]) -> dict[int, str]:
    """The names of organisations, by id."""
    statement = select(Organisation.id, Organisation.name).where(Organisation.id.in_(list(ids)))
    return dict(db.session.execute(statement).all())


def all_users() -> list[User]:
    """Every account, by organisation and address."""
    return list(
        db.session.scalars(
            select(User).join(User.organisation).order_by(Organisation.name, User.email)
        )
    )


def user_by_id(user_id: int) -> User:
    """The account of that id. Raises `Unknown`."""
    user = db.session.get(User, user_id)
    if user is None:
        raise Unknown("There is no such account.")
    return user


def all_organisations() -> list[Organisation]:
    """Every organisation, by name."""
    return list(db.session.scalars(select(Organisation).order_by(Organisation.name)))


def organisations_with_people() -> list[tuple[Organisation, int, int]]:
    """Every organisation by name, with how many open accounts it has, and how many of them edit."""
    edits = case((User.role != Role.PARTNER, 1))
    found = db.session.execute(
        select(Organisation, func.count(User.id), func.count(edits))
        .outerjoin(User, and_(User.organisation_id == Organisation.id, User.active))
        .group_by(Organisation.id)
        .order_by(Organisation.name)
    )
    return [(row[0], row[1], row[2]) for row in found]


def count_admins() -> int:
    """How many open accounts are admins."""
    its = (User.role == Role.ADMIN, User.active)
    return db.session.scalar(select(func.count()).select_from(User).where(*its)) or 0


def colleagues(viewer: Viewer) -> list[User]:
    """The active people of the viewer's own organisation who can edit: whom an ask can be given."""
    found = db.session.scalars(_COLLEAGUES, {"organisation_id": viewer.organisation_id})
    return [user for user in found if Viewer.of(user).edits]


@kept_while_unchanged
def names_of_colleagues(viewer: Viewer) -> dict[int, str]:
    """Their names, by their ids; the viewer's too."""
    return {user.id: user.name for user in colleagues(viewer)}


_COLLEAGUES = (
    select(User)
    .where(User.organisation_id == bindparam("organisation_id"), User.active)
    .order_by(User.name, User.id)
)


def actors(viewer: Viewer, ids: Iterable[int | None]) -> dict[int, str]:
    """How each actor is called before this viewer: colleagues by name, others by organisation only,
    since the names of people who do this work are sought after."""
    wanted = {i for i in ids if i is not None}
    found = db.session.scalars(select(User).where(User.id.in_(wanted))) if wanted else ()
    return {user.id: _called(viewer, user) for user in found}


@dataclass(frozen=True)
class Acting:
    """How people are called before a viewer for what they did, by where they were at that time."""

    now: Mapping[int, str]
    before: Mapping[int, tuple[datetime, str]]  # until when they were elsewhere

    def called(self, user_id: int | None, moment: datetime) -> str | None:
        """Whoever did something at a moment; nothing for the program, or an account that is
        gone."""
        until, name = self.before.get(user_id or 0, (moment, ""))
        return name if moment < until else self.now.get(user_id or 0)


def acting(viewer: Viewer, ids: Iterable[int | None]) -> Acting:
    """As `actors`, for what they did at one time or another: who came from another organisation is
    not named to the new one for what they did at the old, nor told by it to be here."""
    wanted = {i for i in ids if i is not None}
    found = db.session.scalars(select(User).where(User.id.in_(wanted))).all() if wanted else ()
    houses = organisation_names({user.came_from_id for user in found if user.came_from_id})
    return Acting(
        {user.id: _called(viewer, user) for user in found},
        {
            user.id: (user.came_at, _called_before(viewer, user, houses))
            for user in found
            if user.came_at is not None
        },
    )


def _called_before(viewer: Viewer, user: User, houses: Mapping[int, str]) -> str:
    if user.came_from_id is None:
        return "Somebody who has moved since"
    if user.came_from_id == viewer.organisation_id:
        return user.name
    return f"Somebody at {houses[user.came_from_id]}"


def names_of(ids: Iterable[int]) -> dict[int, str]:
    """The names of people, for those who knew them as colleagues: the caller sees to that."""
    statement = select(User.id, User.name).where(User.id.in_(set(ids)))
    return dict(db.session.execute(statement).all())


def _called(viewer: Viewer, user: User) -> str:
    if user.organisation_id == viewer.organisation_id:
        return user.name
    return f"Somebody at {user.organisation.name}"
