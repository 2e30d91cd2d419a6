"""Adding, removing, finding and picking rows of a form without script: each is a button that sends
the form to be shown again, with nothing saved and nothing lost."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from wtforms import Field, FieldList, Form

from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies
from tracker.agencies.queries import Suggestion
from tracker.casework.forms import LetterForm, row_number
from tracker.casework.rows import AddresseeRow, Growing, TargetRow
from tracker.core.now import today
from tracker.targets import queries as targets
from tracker.targets.queries import Found
from tracker.web.forms import find_field

MOST_ROWS = 60


@dataclass
class Offers:
    """What was found for which row, to be offered below it; and where in the form to go on."""

    at: str = ""
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
    if verb in ("add", "remove"):
        put_to_some = _put_to_some(form)
        offers.at = _add(form, path) if verb == "add" else _remove(form, path)
        _tick_all(form, save=put_to_some)
    else:
        offers.at = path
        row = _row(form, path)
        if isinstance(row, AddresseeRow):
            _addressee(row, verb, path, value, day or today(), offers)
        elif isinstance(row, TargetRow):
            _target(row, verb, path, value, viewer, offers)
    return offers


def _named(form: Form, path: str) -> "FieldList[Any] | None":
    """The list of rows of that name: `asks`, `asks-0-targets`."""
    head, _, rest = path.partition("-")
    found: Any = getattr(form, head, None)
    while rest and isinstance(found, FieldList):
        number, _, rest = rest.partition("-")
        position = _position(found, number)
        name, _, rest = rest.partition("-")
        row = found.entries[position].form if position is not None else None
        found = getattr(row, name, None)
    return found if isinstance(found, FieldList) else None


def _put_to_some(form: Form) -> list[Field]:
    """The asks of a letter of which somebody unticked an addressee."""
    if not isinstance(form, LetterForm):
        return []
    count = len(form.addressees)
    return [ask for ask in form.asks if not ask.form.is_put_to_all(count)]


def _tick_all(form: Form, *, save: list[Field]) -> None:
    """Tick an addressee that was added, and every addressee of an ask that was added."""
    if isinstance(form, LetterForm):
        for ask in form.asks:
            if ask not in save:
                ask.form.asked_of.data = [str(number) for number in range(len(form.addressees))]


def _add(form: Form, path: str) -> str:
    """Add a row; its name, or that of the list where it is full."""
    rows = _named(form, path)
    if rows is None or len(rows.entries) >= MOST_ROWS:
        return path
    return str(rows.append_entry().name)


def _remove(form: Form, path: str) -> str:
    """Remove a row; the name of its list."""
    head, _, number = path.rpartition("-")
    rows = _named(form, head)
    position = _position(rows, number)
    if rows is not None and position is not None and isinstance(form, Growing):
        form.drop(rows, position)
    return head


def _row(form: Form, path: str) -> Form | None:
    head, _, number = path.rpartition("-")
    rows = _named(form, head)
    position = _position(rows, number)
    if rows is None or position is None:
        return None
    row: Form = rows.entries[position].form
    return row


def _position(rows: "FieldList[Any] | None", number: str) -> int | None:
    """The position of a row, if there is one there."""
    position = row_number(number)
    if rows is None or position is None or position >= len(rows.entries):
        return None
    return position


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
