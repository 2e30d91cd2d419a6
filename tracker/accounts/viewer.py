"""On whose behalf a thing is read or written."""

from dataclasses import dataclass

from tracker.accounts.models import User
from tracker.accounts.permissions import GRANTED, Permission, Role
from tracker.core.errors import NotAllowed


@dataclass(frozen=True)
class Viewer:
    """Whoever reads or writes: a person, nobody in particular, or the machine's own jobs.

    Only code that serves all readers at once (a sweep, a backup) may take `MACHINE`; whatever is
    shown to a person takes that person.
    """

    user_id: int | None = None
    organisation_id: int | None = None
    role: Role | None = None
    name: str = ""
    organisation: str = ""
    is_machine: bool = False

    @classmethod
    def of(cls, user: User) -> "Viewer":
        """The viewer that a person's account stands for."""
        return cls(user.id, user.organisation_id, user.role, user.name, user.organisation.name)

    @property
    def is_anonymous(self) -> bool:
        """Nobody has logged in."""
        return self.role is None and not self.is_machine

    @property
    def edits(self) -> bool:
        """May change records of the own organisation."""
        return self.may(Permission.EDIT)

    def may(self, permission: Permission) -> bool:
        """Whether the role grants the permission."""
        return self.role is not None and permission in GRANTED[self.role]

    def require(self, permission: Permission) -> None:
        """Raise `NotAllowed` where the role does not grant the permission."""
        if not self.may(permission):
            raise NotAllowed("Your account is not allowed to do this.")


ANONYMOUS = Viewer()
MACHINE = Viewer(is_machine=True, name="Scheduled job")
