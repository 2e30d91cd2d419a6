"""Does a letter start the clock of section 1263(d) of the Global Magnitsky Act?

22 U.S.C. 10102(d): the President determines within 120 days of receiving a request of the chair and
ranking member of one of the committees of subsection (j); for corruption, of one such committee in
each chamber. Nothing else starts it: not a commission, not a letter to a Secretary.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tracker.agencies.models import Agency, AgencyKind, Chamber
from tracker.correspondence.models import SignatoryRole
from tracker.recommendations.instruments import FACTS, Instrument
from tracker.recommendations.models import Ground

CITATION = "22 U.S.C. 10102(d)"
COMMITTEES = "22 U.S.C. 10102(j)"
_WORKS_FOR_HIM = re.compile(
    r"advis|counsel|assistant|office|staff|elect|secretary|deputy|vice|special|envoy|director",
    re.IGNORECASE,
)
_PRESIDENT = re.compile(r"\bpresident\b|^potus$|^(the )?white house$", re.IGNORECASE)


@dataclass(frozen=True)
class Signer:
    """A signatory, as the rule reads them."""

    role: SignatoryRole
    body: str = ""  # the body's name
    is_committee: bool = False  # one of the four of subsection (j)
    chamber: Chamber | None = None


@dataclass(frozen=True)
class Request:
    """What a letter is, as far as section 1263(d) asks."""

    instrument: Instrument
    ground: Ground | None
    addressed_to: tuple[str, ...]
    to_president: bool
    signers: tuple[Signer, ...]
    # the day of the earlier request, itself one that qualifies, which the letter narrows or repeats
    supplements: str = ""


# of a request, and of a letter, that not all see who read of the clock
UNTOLD_DAY = "an earlier day"
UNTOLD_LETTER = f"No clock in law starts ({CITATION}): the letter does not meet its conditions."


def is_to_president(body: Agency | None, office_title: str) -> bool:
    """Whether somebody written to is the President: not an adviser of that house, though both are
    at one address."""
    if body is None or body.kind is not AgencyKind.HEAD_OF_STATE or body.jurisdiction != "US":
        return False
    title = office_title.strip()
    return not title or (bool(_PRESIDENT.search(title)) and not _WORKS_FOR_HIM.search(title))


def failings(request: Request) -> list[str]:
    """The conditions that the letter fails, in words; none means that it qualifies."""
    found = []
    if request.instrument is not Instrument.GLOBAL_MAGNITSKY:
        other = FACTS[request.instrument].long_name
        found.append(f"it asks for another measure ({other}), not for Global Magnitsky sanctions")
    if not request.to_president:
        whom = ", ".join(request.addressed_to)
        found.append(
            f"it is not addressed to the President (but to: {whom})"
            if whom
            else "it is addressed to nobody"
        )
    found += _signature_failings(request)
    if request.supplements:
        found.append(
            f"it supplements the request of {request.supplements}, whose clock runs on: "
            "a narrower second letter does not reset it"
        )
    return found


def explain_failings(request: Request, *, put_to_president: bool = True) -> str:
    """The sentence that a page shows for a letter that does not qualify, or for an ask of it that
    was put to others than the President."""
    found = failings(request)
    if not found and not put_to_president:
        found = ["the letter qualifies, but this ask of it is not put to the President"]
    return f"No clock in law starts ({CITATION}): " + "; ".join(found) + "."


def _signature_failings(request: Request) -> list[str]:
    complete = _complete_committees(request.signers)
    if request.ground is None and complete and len({chamber for chamber, _ in complete}) < 2:
        return ["its ground is not said: for corruption a committee of each chamber must sign"]
    if request.ground is Ground.CORRUPTION:
        chambers = {chamber for chamber, _ in complete}
        missing = [c.value.title() for c in Chamber if c not in chambers]
        if not missing:
            return []
        return [
            f"for corruption the chair and ranking member of one committee of {COMMITTEES} in each "
            f"chamber must sign, and none of the {' or the '.join(missing)} did"
        ]
    if complete:
        return []
    bodies = sorted({s.body for s in request.signers if s.body and not s.is_committee})
    if bodies and not any(s.is_committee for s in request.signers):
        others = ", ".join(bodies)
        return [
            f"none of the four committees named in {COMMITTEES} signed it (it is signed for: "
            f"{others})"
        ]
    return [
        "it is not signed by the chair and the ranking member of one of the four committees of "
        f"{COMMITTEES}"
    ]


def _complete_committees(signers: Sequence[Signer]) -> set[tuple[Chamber | None, str]]:
    """The named committees of which both the chair and the ranking member signed."""
    chairs, ranking = (
        {(s.chamber, s.body) for s in signers if s.is_committee and s.role is role}
        for role in (SignatoryRole.CHAIR, SignatoryRole.RANKING_MEMBER)
    )
    return chairs & ranking
