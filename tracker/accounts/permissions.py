"""Who may do what: the one table of roles and permissions."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is here for."""

    PARTNER = "partner"
    STAFF = "staff"
    ADMIN = "admin"


ROLE_WORDS = {
    Role.PARTNER: "Partner: reads what is shared",
    Role.STAFF: "Staff: records and changes",
    Role.ADMIN: "Admin: staff, and runs the program",
}


class Permission(StrEnum):
    """What a page or an action asks of its viewer."""

    READ = "read"  # coalition records, dashboards, lists
    EDIT = "edit"  # records of one's own organisation: write, status, correspondence
    EXPORT = "export"  # what one may see, as a file
    ADMINISTER = "administer"  # users, organisations, clock rules, jobs, settings


_READER = frozenset({Permission.READ, Permission.EXPORT})
_EDITOR = _READER | {Permission.EDIT}

GRANTED: dict[Role, frozenset[Permission]] = {
    Role.PARTNER: _READER,
    Role.STAFF: _EDITOR,
    Role.ADMIN: _EDITOR | {Permission.ADMINISTER},
}
