"""Joining: by invitation alone, once, within seven days.

The code of an invitation opens nothing without the address that was invited. Whoever types a wrong
address, a wrong code, or one that is over, gets the same answer, after the same work.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, select

from tracker.accounts import actions, passwords, queries
from tracker.accounts.addresses import checked_address
from tracker.accounts.models import Invitation, Organisation, User
from tracker.accounts.permissions import Role
from tracker.accounts.secret_words import code_digest, new_code
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.core.now import now
from tracker.history import actions as history

LASTS = timedelta(days=7)
NO_SUCH = "No open invitation has that address and that code. Type both as they were given to you."


def invite(
    email: str, role: Role, organisation: Organisation, *, actor_id: int | None
) -> tuple[Invitation, str]:
    """An invitation, and its code, which is shown or sent this once. An earlier one to the same
    address is void. Raises `Refused` for a bad address, or one that has an account."""
    email = checked_address(email)
    if queries.user_by_email(email):
        raise Refused({"email": f"There is an account with the address {email} already."})
    for earlier in open_ones():
        if earlier.email.lower() == email.lower():
            withdraw(earlier.id, actor_id=actor_id)
    code = new_code()
    invitation = Invitation(
        email=email,
        role=role,
        organisation=organisation,
        digest=code_digest(code),
        invited_by_id=actor_id,
        expires_at=now() + LASTS,
    )
    db.session.add(invitation)
    db.session.flush()
    body = {"after": {"id": invitation.id, "role": role, "organisation": organisation.id}}
    history.record("user.invited", actor_id=actor_id, body=body)
    return invitation, code


def withdraw(invitation_id: int, *, actor_id: int | None) -> bool:
    """Take an open invitation back; whether it was open."""
    found = db.session.get(Invitation, invitation_id)
    if found is None or not is_still_open(found):
        return False
    found.withdrawn_at = now()
    history.record("user.invitation_withdrawn", actor_id=actor_id, body={"after": {"id": found.id}})
    return True


def accept(email: str, code: str, name: str, password: str) -> User:
    """The account of whoever was invited. Raises `Refused` with every problem at its field; an
    invitation that does not fit is told at the code, and nowhere whose or which."""
    problem = passwords.problem_with(password, email, name)
    problems = {"password": problem} if problem else {}
    found = _open_for(email, code)
    if found is None:
        problems["code"] = NO_SUCH
    if problems or found is None:
        raise Refused(problems)
    user = actions.add_user(
        found.email,
        name=name,
        password=password,
        role=found.role,
        organisation=found.organisation,
        actor_id=found.invited_by_id,
    )
    found.used_at = now()
    history.record("user.joined", actor_id=user.id, body={"after": {"id": found.id}})
    return user


def open_ones() -> list[Invitation]:
    """The invitations that nobody has used yet, newest first."""
    newest = select(Invitation).where(*is_open()).order_by(Invitation.id.desc())
    return list(db.session.scalars(newest))


def is_still_open(invitation: Invitation) -> bool:
    """Whether an account can be made with it."""
    over = invitation.used_at or invitation.withdrawn_at
    return over is None and invitation.expires_at > now()


def is_open() -> tuple[ColumnElement[bool], ...]:
    """The same, of rows in a statement."""
    return (
        Invitation.used_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > now(),
    )


def _open_for(email: str, code: str) -> Invitation | None:
    found = db.session.scalar(
        select(Invitation).where(Invitation.digest == code_digest(code), *is_open())
    )
    same = found is not None and found.email.lower() == email.strip().lower()
    return found if same else None
