"""To whom a letter to a body goes today, and what a person should know of it first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.agencies.models import Office, OfficeHolder
from tracker.core.dates import PartialDate, show_day
from tracker.core.names import fold
from tracker.recommendations.models import Addressee

NOBODY_BY_NAME = "Dear Sir or Madam"
# whom letters call by their rank: the beginning of the title of the office
RANKS = {"Secretary of": "Secretary", "President of": "President"}
NO_SURNAMES = {"jr", "sr", "ii", "iii", "iv"}


@dataclass(frozen=True)
class Recipient:
    """Whoever holds the office; where that is not on record, the office or the body."""

    name: str
    office: str = ""
    salutation: str = NOBODY_BY_NAME
    notice: str = ""
    is_new: bool = False  # the office has another holder than when we last wrote


def recipient(
    body: Addressee, offices: Sequence[Office], wrote: PartialDate | None, today: date
) -> Recipient:
    """Who holds the office of an addressee today, beside who held it when we last wrote."""
    office = _office_of(body, offices)
    if office is None:
        return _not_on_record(body, wrote)
    now, then = _holder(office, today), _holder_then(office, wrote) if wrote else None
    before = _then(then, body, wrote)
    if now is None:
        notice = (
            f"Nobody is on record as {office.title} today: the letter is addressed to the office."
        )
        return Recipient(office.title, notice=f"{notice} {before}".strip(), is_new=bool(before))
    notice = _of_new_holder(office, now, then, body, wrote)
    return Recipient(
        now.name,
        office.title,
        greeting(now.name, office.title if body.agency.jurisdiction == "US" else ""),
        notice,
        is_new=bool(notice),
    )


def _of_new_holder(
    office: Office,
    now: OfficeHolder,
    then: OfficeHolder | None,
    body: Addressee,
    wrote: PartialDate | None,
) -> str:
    """What is said where the office has another holder than when we last wrote."""
    addressed = (
        f"{now.name} has held it since {show_day(now.held_from)}, and the letter is addressed to "
        f"{now.name}."
    )
    if then is None and wrote and now.held_from > wrote.latest and not body.official:
        unknown = "nobody is on record as its holder when we last wrote."
        return f"{office.title}: {unknown} {addressed}"
    before = _then(then, body, wrote)
    same = fold(then.name) == fold(now.name) if then else _is_named(now, body.official)
    if same or not before:
        return ""
    return f"{office.title}: there is a new holder since we last wrote. {before} {addressed}"


def greeting(name: str, office_title: str) -> str:
    """How a letter greets whoever holds an office: a Secretary or a President of the United States,
    where the surname stands last, by the rank."""
    rank = next((rank for of, rank in RANKS.items() if office_title.startswith(of)), None)
    if rank is None:
        return f"Dear {name}"
    parts = name.split()
    surnames = [part for part in parts if part.strip(".,").lower() not in NO_SURNAMES] or parts
    return f"Dear {rank} {surnames[-1].rstrip(',')}"


def _office_of(body: Addressee, offices: Sequence[Office]) -> Office | None:
    """The office that the ask was addressed to: by its title, by who held it, or, where the letter
    names nobody, the one of which holders are on record."""
    for office in offices:
        if body.office_title and fold(office.title) == fold(body.office_title):
            return office
    for office in offices:
        if any(_is_named(holder, body.official) for holder in office.holders):
            return office
    if body.official or body.office_title:
        return None
    principal = next(iter(offices), None)  # the first that was entered
    return principal if principal and principal.holders else None


def _is_named(holder: OfficeHolder, official: str) -> bool:
    """Whether a name as a letter has it (Secretary Blinken) can be the holder's."""
    name = fold(holder.name).split()
    return bool(name) and name[-1] in fold(official).split()


def _holder(office: Office, day: date) -> OfficeHolder | None:
    """Who held an office on a day; on the day of a change, the new holder."""
    return next((h for h in reversed(office.holders) if h.held_on(day)), None)


def _holder_then(office: Office, wrote: PartialDate) -> OfficeHolder | None:
    """Who held an office when we wrote; nobody, where that may have been one or another."""
    first, last = _holder(office, wrote.earliest), _holder(office, wrote.latest)
    return first if first is last else None


def _then(then: OfficeHolder | None, body: Addressee, wrote: PartialDate | None) -> str:
    """Who was written to, in a sentence."""
    if wrote is None:
        return ""
    if then is not None:
        until = f" to {show_day(then.held_until)}" if then.held_until else ""
        held = f"{show_day(then.held_from)}{until}"
        return f"When we wrote, {wrote.shown}, it was {then.name} ({held})."
    return f"The letter of {wrote.shown} names {body.official}." if body.official else ""


def _not_on_record(body: Addressee, wrote: PartialDate | None) -> Recipient:
    """Nothing is known here of who holds the office."""
    if not body.official:
        return Recipient(body.office_title or body.agency.name)
    day = f" of {wrote.shown}" if wrote else ""
    return Recipient(
        body.official,
        body.office_title,
        f"Dear {body.official}",
        f"Who holds this office today is not on record here. The letter{day} names "
        f"{body.official}: check whether that is still so.",
    )
