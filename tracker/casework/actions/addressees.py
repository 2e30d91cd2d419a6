"""The bodies that an ask or a letter is addressed to."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.agencies import queries as agencies
from tracker.agencies.models import Agency, AgencyName
from tracker.casework.inputs import AddresseeInput
from tracker.core.intake import Intake
from tracker.correspondence.models import LetterAddressee
from tracker.recommendations.models import Addressee, Recommendation

MOST_ADDRESSEES = 40


@dataclass(frozen=True)
class Addressed:
    """A known body written to, with the person and office as the letter names them."""

    agency_id: int
    official: str
    office_title: str
    is_copy: bool


def addressed(given: Sequence[AddresseeInput], intake: Intake) -> list[Addressed | None]:
    """The addressees checked, in their order; nothing in the place of one that is refused, with the
    problem noted at its field."""
    if len(given) > MOST_ADDRESSEES:
        intake.refuse("addressees", f"At most {MOST_ADDRESSEES} addressees: remove some.")
    given = given[:MOST_ADDRESSEES]
    known = agencies.by_names(addressee.agency for addressee in given)
    return [
        _one(addressee, known.get(addressee.agency), intake.under(f"addressees-{position}"))
        for position, addressee in enumerate(given)
    ]


def _one(given: AddresseeInput, agency: Agency | None, intake: Intake) -> Addressed | None:
    name = intake.text("agency", given.agency, AgencyName.folded, missing="No body is named.")
    official = intake.text("official", given.official, LetterAddressee.official)
    office_title = intake.text("office_title", given.office_title, LetterAddressee.office_title)
    if agency is None:
        intake.refuse(
            "agency",
            f"No body called “{name}” is known. Choose one of the suggestions, "
            "or add the body first.",
        )
        return None
    return Addressed(agency.id, official, office_title, given.is_copy)


def put_to(ask: Recommendation, given: Sequence[Addressed]) -> None:
    """Make these the addressees of an ask, copies left out. One row a body: two officials of one
    body share it."""
    standing = {row.agency_id: row for row in ask.addressees}
    rows: dict[int, Addressee] = {}
    for addressee in given:
        if addressee.is_copy:
            continue
        row = rows.get(addressee.agency_id)
        if row is None:
            row = standing.get(addressee.agency_id) or Addressee(agency_id=addressee.agency_id)
            row.official, row.office_title = addressee.official, addressee.office_title
            row.position = len(rows)
            rows[addressee.agency_id] = row
        else:
            row.official = _joined(row.official, addressee.official)
            row.office_title = _joined(row.office_title, addressee.office_title)
    ask.addressees = list(rows.values())


def _joined(one: str, other: str) -> str:
    return "; ".join(dict.fromkeys(part for part in (one, other) if part))[:300]


def refuse_loss_of_asked(ask: Recommendation, given: Sequence[Addressed], intake: Intake) -> None:
    """Refuse to take out a body that the ask was sent to."""
    kept = {addressee.agency_id for addressee in given if not addressee.is_copy}
    lost = [row for row in ask.addressees if row.is_asked and row.agency_id not in kept]
    if lost:
        names = ", ".join(row.agency.short_name for row in lost)
        intake.refuse(
            "addressees",
            f"A contact with {names} is on record, so the ask stays addressed to it. "
            "If that was entered in error, void the contact first.",
        )
