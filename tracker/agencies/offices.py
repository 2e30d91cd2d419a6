"""Who holds an office, from which day to which: public facts that an admin keeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tracker.accounts.permissions import Permission
from tracker.accounts.viewer import Viewer
from tracker.agencies.models import Agency, Office, OfficeHolder
from tracker.agencies.reference import BODIES
from tracker.core.dates import PartialDate, show_day
from tracker.core.db import db
from tracker.core.intake import Intake
from tracker.core.names import fold
from tracker.core.now import today
from tracker.history import actions as history


@dataclass(frozen=True)
class HolderInput:
    """Who held an office, both days included; without a last one, who holds it."""

    name: str
    held_from: date | None
    held_until: date | None = None


def add_holder(viewer: Viewer, agency: Agency, title: str, given: HolderInput) -> OfficeHolder:
    """Say who holds an office of a body, which is loaded with its offices, or held it once. Whoever
    is on record as in office held it until the first day of who holds it now, and the history says
    so. Raises `Refused` or `NotAllowed`."""
    viewer.require(Permission.ADMINISTER)
    intake = Intake()
    title = intake.text("office", title, Office.title, missing="Write the title of the office.")
    office = next((each for each in agency.offices if fold(each.title) == fold(title)), None)
    office = office or Office(agency_id=agency.id, title=title, holders=[])
    before = next((h for h in office.holders if _gives_way(h, given)), None)
    holder = OfficeHolder()
    _fill(holder, given, (h for h in office.holders if h is not before), intake)
    intake.done()
    if before:
        stood = _said(office, before)
        before.held_until = holder.held_from
        followed = history.difference(stood, _said(office, before))
        followed |= {
            "note": f"{office.title}: {before.name}, who was followed.",
            "agency": agency.slug,
        }
        history.record("holder.changed", actor_id=viewer.user_id, body=followed)
    office.holders.append(holder)
    db.session.add(office)
    db.session.flush()
    body = {"after": _said(office, holder), "agency": agency.slug}
    history.record("holder.added", actor_id=viewer.user_id, body=body)
    return holder


def change_holder(
    viewer: Viewer, agency: Agency, office: Office, holder: OfficeHolder, given: HolderInput
) -> None:
    """Correct what is said of a holder; what is saved as it stood changes nothing. Raises `Refused`
    or `NotAllowed`."""
    viewer.require(Permission.ADMINISTER)
    intake, before = Intake(), _said(office, holder)
    with db.session.no_autoflush:
        _fill(holder, given, (h for h in office.holders if h is not holder), intake)
    intake.done()
    body = history.difference(before, _said(office, holder))
    if body:
        body |= {"note": f"{office.title}.", "agency": agency.slug}
        history.record("holder.changed", actor_id=viewer.user_id, body=body)


def remove_holder(
    viewer: Viewer, agency: Agency, office: Office, holder: OfficeHolder, reason: str
) -> None:
    """Take off a holder who was entered in error. Raises `Refused` or `NotAllowed`."""
    viewer.require(Permission.ADMINISTER)
    intake = Intake()
    reason = intake.reason("reason", reason, "Say in a sentence what was wrong.")
    intake.done()
    db.session.delete(holder)
    if office.holders == [holder] and not _is_of_the_program(agency, office):
        db.session.delete(office)  # its title may have been the error
    body = {"before": _said(office, holder), "reason": reason, "agency": agency.slug}
    history.record("holder.removed", actor_id=viewer.user_id, body=body)


def _is_of_the_program(agency: Agency, office: Office) -> bool:
    bodies = (body for body in BODIES if body.slug == agency.slug)
    return any(office.title in body.offices for body in bodies)


def _gives_way(holder: OfficeHolder, given: HolderInput) -> bool:
    """Whether somebody who is on record as in office was followed by who is given as in office."""
    if holder.held_until or given.held_until or given.held_from is None:
        return False
    return holder.held_from < given.held_from


def _fill(
    holder: OfficeHolder, given: HolderInput, others: Iterable[OfficeHolder], intake: Intake
) -> None:
    name = intake.text("name", given.name, OfficeHolder.name, missing="Write the name.")
    if name and not fold(name):
        intake.refuse("name", "Write the name with letters: a holder is found by them.")
    since, until = given.held_from, given.held_until
    if since is None:
        intake.refuse("held_from", "Give the first day in office.")
    for field, day in (("held_from", since), ("held_until", until)):
        intake.past(field, PartialDate.of(day) if day else None, today=today())
    is_backwards = bool(since and until and until < since)
    if since and is_backwards:
        intake.refuse("held_until", f"Give a day from {show_day(since)} on, or none.")
    beside = next((h for h in others if since and _overlaps(h, since, until)), None)
    if beside and not is_backwards:
        ended = f" to {show_day(beside.held_until)}" if beside.held_until else ", and holds it"
        intake.refuse(
            "held_from",
            f"{beside.name} is on record from {show_day(beside.held_from)}{ended}. Correct that, "
            "or these days.",
        )
    if since:
        holder.held_from = since
    holder.name, holder.folded, holder.held_until = name, fold(name)[:160], until


def _overlaps(holder: OfficeHolder, since: date, until: date | None) -> bool:
    """Whether two held an office at once; the day of the change belongs to both."""
    if holder.held_from == since:
        return True
    first, second = sorted([(holder.held_from, holder.held_until), (since, until)], key=_begins)
    return first[1] is None or second[0] < first[1]


def _begins(term: tuple[date, date | None]) -> date:
    return term[0]


def _said(office: Office, holder: OfficeHolder) -> dict[str, object]:
    return {
        "office": office.title,
        "name": holder.name,
        "held_from": str(holder.held_from),
        "held_until": holder.held_until and str(holder.held_until),
    }
