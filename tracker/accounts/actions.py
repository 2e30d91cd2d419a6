"""Making organisations and accounts."""

import secrets

from tracker.accounts import factors, passwords, queries, sessions
from tracker.accounts.addresses import checked_address
from tracker.accounts.models import Organisation, User
from tracker.accounts.permissions import Role
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.core.now import now
from tracker.core.text import BadText, clean
from tracker.history import actions as history

NAME_TAKEN = (
    "Somebody in your organisation has this name. "
    "Add something that tells you apart, such as an initial."
)


def add_organisation(name: str, *, actor_id: int | None = None) -> Organisation:
    """Make an organisation. Raises `Refused` for a name that is empty, too long or taken."""
    name = _clean_name(name, "the organisation")
    taken = queries.organisation_called(name)
    if taken:
        raise Refused({"name": f"There is an organisation called “{taken.name}” already."})
    organisation = Organisation(name=name)
    db.session.add(organisation)
    db.session.flush()
    history.record("organisation.added", actor_id=actor_id, body={"after": {"id": organisation.id}})
    return organisation


def let_titles_into_mail(
    organisation: Organisation, allowed: bool, *, actor_id: int | None = None
) -> None:
    """Let notices carry the titles of an organisation's records, or no longer."""
    before = organisation.titles_in_mail
    if before is allowed:
        return
    organisation.titles_in_mail = allowed
    history.record(
        "organisation.mail_changed",
        actor_id=actor_id,
        body={
            "before": {"id": organisation.id, "titles_in_mail": before},
            "after": {"id": organisation.id, "titles_in_mail": allowed},
        },
    )


def add_user(
    email: str,
    *,
    name: str,
    password: str,
    role: Role,
    organisation: Organisation,
    actor_id: int | None = None,
) -> User:
    """Make an account. Raises `Refused` for a bad or taken address, a name that a colleague has,
    or a bad password."""
    email = checked_address(email)
    if queries.user_by_email(email):
        raise Refused({"email": f"There is an account with the address {email} already."})
    name = _clean_name(name, "the person")
    if queries.is_called(name, organisation.id):
        raise Refused({"name": NAME_TAKEN})
    user = User(
        email=email,
        name=name,
        password=passwords.hashed(password, email, name, organisation.name),
        role=role,
        organisation=organisation,
        fs_uniquifier=secrets.token_hex(32),
        active=True,
    )
    db.session.add(user)
    db.session.flush()
    history.record(
        "user.added",
        actor_id=actor_id,
        body={"after": {"id": user.id, "role": role, "organisation": organisation.id}},
    )
    return user


def change_password(
    user: User, password_hash: str, *, actor_id: int | None, but: int | None = None
) -> None:
    """Give a person another password, by its hash: every log-in of theirs ends, save the one in
    which it was changed."""
    user.password = password_hash
    sessions.end_all(user.id, actor_id=actor_id, but=but)
    history.record("user.password_changed", actor_id=actor_id, body={"after": {"person": user.id}})


def rename_user(user: User, name: str, *, actor_id: int | None = None) -> None:
    """Have a person be called by another name, also beside what they did before; by none that a
    colleague has. The history keeps the one before until the person is erased. Raises `Refused`."""
    name = _clean_name(name, "the person")
    if name == user.name:
        return
    if queries.is_called(name, user.organisation_id, but=user.id):
        raise Refused({"name": NAME_TAKEN})
    body = {"person": user.id, "before": {"name": user.name}, "after": {"name": name}}
    user.name = name
    history.record("user.renamed", actor_id=actor_id, body=body)


def reset_factors(user: User, *, actor_id: int | None = None) -> None:
    """Take the second factors from an account whose person has lost them: its log-ins end. Raises
    `Refused` for one's own account, and for one without any."""
    if user.id == actor_id:
        raise Refused("Your own second factors are on the page of your account.")
    if not factors.has_any(user.id):
        raise Refused(f"The account {user.email} has no second factor.")
    factors.reset(user, actor_id=actor_id)
    sessions.end_all(user.id, actor_id=actor_id)


def disable_user(user: User, *, actor_id: int | None = None) -> None:
    """Close an account: its log-ins end at once. Raises `Refused` for one's own, for one that is
    closed, and for the last admin."""
    if user.id == actor_id:
        raise Refused("You cannot close your own account. Ask another admin.")
    if not user.active:
        raise Refused(f"The account {user.email} is closed already.")
    _keep_an_admin(user)
    user.active = False
    _turn_key(user, actor_id)
    history.record("user.disabled", actor_id=actor_id, body={"after": {"id": user.id}})


def enable_user(user: User, *, actor_id: int | None = None) -> None:
    """Open a closed account again, with the password it had. Raises `Refused` for an open one."""
    if user.active:
        raise Refused(f"The account {user.email} is open.")
    user.active = True
    history.record("user.enabled", actor_id=actor_id, body={"after": {"id": user.id}})


def change_user(
    user: User, role: Role, organisation: Organisation, *, actor_id: int | None = None
) -> None:
    """Give a person another role or organisation: their log-ins end, so that no page that is open
    goes on as before. Raises `Refused` for one's own account, the last admin, and no change."""
    if user.id == actor_id:
        raise Refused("You cannot change your own role or organisation. Ask another admin.")
    if (user.role, user.organisation_id) == (role, organisation.id):
        raise Refused({"role": "Nothing is changed: choose another role or organisation."})
    if role is not Role.ADMIN:
        _keep_an_admin(user)
    before = {"role": user.role, "organisation": user.organisation_id}
    if organisation.id != user.organisation_id:
        # of who moved more than once it is not known where they were at a time
        user.came_from_id = None if user.came_at else user.organisation_id
        user.came_at = now()
    user.role, user.organisation = role, organisation
    _turn_key(user, actor_id)
    after = {"role": role, "organisation": organisation.id}
    body = {"person": user.id, "before": before, "after": after}
    history.record("user.changed", actor_id=actor_id, body=body)


def _turn_key(user: User, actor_id: int | None) -> None:
    user.fs_uniquifier = secrets.token_hex(32)
    sessions.end_all(user.id, actor_id=actor_id)


def _keep_an_admin(user: User) -> None:
    if user.role is Role.ADMIN and user.active and queries.count_admins() < 2:
        raise Refused("This is the only admin. Make another account an admin first.")


def _clean_name(name: str, of_what: str) -> str:
    try:
        name = clean(name)
    except BadText as problem:
        raise Refused({"name": str(problem)}) from None
    if not name or len(name) > 120:
        raise Refused({"name": f"Give {of_what} a name of 1 to 120 characters."})
    return name
