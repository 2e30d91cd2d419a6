"""The words that pages show for bodies."""

from tracker.agencies.models import AgencyKind

KIND = {
    AgencyKind.HEAD_OF_STATE: "Head of state",
    AgencyKind.DEPARTMENT: "Department or ministry",
    AgencyKind.BUREAU: "Bureau or office",
    AgencyKind.INTERAGENCY: "Interagency body",
    AgencyKind.COMMITTEE: "Committee",
    AgencyKind.LEGISLATURE: "Legislature",
    AgencyKind.GOVERNMENT: "Government",
    AgencyKind.OTHER: "Other body",
}
