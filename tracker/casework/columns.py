"""The columns that a list of asks can show, and its address in short."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from flask import abort, request

from tracker.accounts.viewer import Viewer

UNDER_MORE = ("country", "result", "tag", "due", "audience")  # filters of the folded part


@dataclass(frozen=True)
class Column:
    """A column: its heading, the sorting that its heading offers, whether it tells of work that
    only staff plan, and what is read of the ask itself for it."""

    label: str
    sort: str = ""
    of_staff: bool = False
    reads: str = ""


COLUMNS = {
    "status": Column("Status", "status", reads="status"),
    "result": Column("What followed", reads="result"),
    "sent": Column("Sent", "-submitted", reads="submitted_on"),
    "contact": Column("Last contact", "contact", reads="last_contact_on"),
    "flags": Column("Why flagged"),
    "targets": Column("Targets"),
    "places": Column("Countries"),
    "assignee": Column("Assigned to", of_staff=True, reads="assignee_id"),
    "next": Column("Next action", of_staff=True, reads="next_action"),
    "due": Column("Due", "next", of_staff=True, reads="next_action_on"),
    "tags": Column("Tags"),
    "audience": Column("Who sees it", reads="audience"),
    "owner": Column("Owner"),
    "updated": Column("Changed", "-updated", reads="updated_at"),
}
USUAL = ("status", "result", "sent", "contact", "flags")
NUMERIC = ("sent", "contact", "due", "updated")

# all that the address of the list can carry, but for the place in it
NAMES = (
    "q", "status", "instrument", "agency", "assignee", "country", "region", "result", "acted",
    "cause", "stale", "open", "mine", "due", "tag", "audience", "organisation", "year", "asked",
    "answered", "acknowledged", "sort", "then", "columns",
)  # fmt: skip


def offered(viewer: Viewer) -> dict[str, Column]:
    """The columns that a viewer can choose."""
    return {name: column for name, column in COLUMNS.items() if viewer.edits or not column.of_staff}


def chosen_columns(viewer: Viewer) -> tuple[str, ...]:
    """The columns that the address asks for, in its order; without any, the usual ones."""
    named = [
        name for text in request.args.getlist("columns") for name in text.split(",") if name
    ] or USUAL
    known = offered(viewer)
    for name in named:
        if name not in COLUMNS:
            abort(400, f"This list has no column “{name[:40]}”. Choose some of its columns.")
    return tuple(name for name in dict.fromkeys(named) if name in known)


def tidy() -> list[tuple[str, str]]:
    """The parts of the present address in one short form: none is empty, the columns are one, and
    what goes without saying is not said."""
    said = {"columns"} | ({"mine"} if request.args.get("assignee") else set())
    parts = [(k, v) for k, v in request.args.items(multi=True) if v and k not in said]
    columns = ",".join(v for v in request.args.getlist("columns") if v)
    if columns and columns != ",".join(USUAL):
        parts.append(("columns", columns))
    return parts


def is_tidy() -> bool:
    """Whether the present address has that form already, whatever its order."""
    return sorted(tidy()) == sorted(request.args.items(multi=True))


def query_of_view() -> str:
    """What a saved view keeps of the present address: filters, sorting and columns, not the place
    in the list."""
    return urlencode([(k, v) for k, v in tidy() if k in NAMES], safe=",")


def parts_of(query: str) -> dict[str, str]:
    """A saved query as the parts of an address."""
    return dict(parse_qsl(query))
