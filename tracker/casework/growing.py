"""Adding, removing, finding and picking rows of a form without script: each is a button that sends
the form to be shown again, with nothing saved and nothing lost."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from wtforms import FieldList, Form

from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies
from tracker.agencies.queries import Suggestion
from tracker.casework.forms import AddresseeRow, TargetRow
from tracker.core.now import today
from tracker.targets import queries as targets
from tracker.targets.queries import Found
from tracker.web.forms import find_field

MOST_ROWS = 60


@dataclass
class Offers:
    """What was found for which row, to be offered below it."""

    searched: set[str] = field(default_factory=set)
    agencies: dict[str, list[Suggestion]] = field(default_factory=dict)
    targets: dict[str, list[Found]] = field(default_factory=dict)


def apply(form: Form, op: str, viewer: Viewer, day: date | None) -> Offers:
    """Do what the button says: `add:asks`, `remove:asks-1`, `find:addressees-0`,
    `pick:addressees-0:state|Secretary of State|Antony J. Blinken`, `forget:asks-0-targets-0`.
    What cannot be read does nothing."""
    verb, _, rest = op.partition(":")
    path, _, value = rest.partition(":")
    offers = Offers()
    if verb == "add":
        _add(form, path)
    elif verb == "remove":
        _remove(form, path)
    else:
        row = _row(form, path)
        if isinstance(row, AddresseeRow):
            _addressee(row, verb, path, value, day or today(), offers)
        elif isinstance(row, TargetRow):
            _target(row, verb, path, value, viewer, offers)
    return offers


def _named(form: Form, path: str) -> "FieldList[Any] | None":
    """The list of rows that carries that name; names stay as they are when a row is removed."""
    head, _, rest = path.partition("-")
    found: Any = form[head] if head in form else None  # noqa: SIM401
    while rest and isinstance(found, FieldList):
        number, _, rest = rest.partition("-")
        entry = next((e for e in found.entries if e.name.endswith(f"-{number}")), None)
        name, _, rest = rest.partition("-")
        found = entry.form[name] if entry is not None and name in entry.form else None
    return found if isinstance(found, FieldList) else None


def _add(form: Form, path: str) -> None:
    rows = _named(form, path)
    if rows is not None and len(rows.entries) < MOST_ROWS:
        rows.append_entry()


def _remove(form: Form, path: str) -> None:
    head, _, number = path.rpartition("-")
    rows = _named(form, head)
    if rows is not None:
        rows.entries[:] = [e for e in rows.entries if not e.name.endswith(f"-{number}")]


def _row(form: Form, path: str) -> Form | None:
    head, _, number = path.rpartition("-")
    rows = _named(form, head)
    if rows is None:
        return None
    return next((e.form for e in rows.entries if e.name.endswith(f"-{number}")), None)


def _addressee(
    row: AddresseeRow, verb: str, path: str, value: str, day: date, offers: Offers
) -> None:
    if verb == "find":
        offers.searched.add(path)
        typed = row.agency.data or row.official.data or ""
        offers.agencies[path] = agencies.suggest(typed, day)
    elif verb == "pick":
        slug, _, rest = value.partition("|")
        office_title, _, official = rest.partition("|")
        agency = agencies.by_slug(slug)
        if agency is not None:
            row.agency.data = agency.name
            row.office_title.data = office_title or row.office_title.data
            row.official.data = official or row.official.data


def _target(
    row: TargetRow, verb: str, path: str, value: str, viewer: Viewer, offers: Offers
) -> None:
    if verb == "find":
        offers.searched.add(path)
        offers.targets[path] = targets.suggest(viewer, row.name.data or "")
    elif verb == "pick":
        target = targets.get(viewer, value.upper())
        if target is not None:
            row.ref.data, row.name.data = target.reference, target.name
    elif verb == "forget":
        row.ref.data = ""


def offer_for_unknown(form: Form, day: date | None) -> Offers:
    """Suggestions below every addressee whose body was not understood."""
    offers = Offers()
    rows = find_field(form, "addressees")
    if isinstance(rows, FieldList):
        for entry in rows.entries:
            if entry.form.agency.errors:
                offers.searched.add(entry.name)
                offers.agencies[entry.name] = agencies.suggest(
                    entry.form.agency.data or "", day or today()
                )
    return offers
