"""Bodies, offices and office holders that every installation starts with.

Public record, checked against it. Acting holders stood between the days given for Secretaries; a
letter's own naming of an addressee is kept as the letter has it.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from tracker.agencies.models import (
    Agency,
    AgencyKind,
    AgencyMembership,
    AgencyName,
    Chamber,
    MemberRole,
    Office,
    OfficeHolder,
)
from tracker.core.db import db
from tracker.core.names import fold


@dataclass(frozen=True)
class Body:
    """A body as this file states it."""

    slug: str
    name: str
    short: str
    kind: AgencyKind
    jurisdiction: str
    also: tuple[str, ...] = ()
    parent: str = ""
    chamber: Chamber | None = None
    magnitsky: bool = False
    role: str = ""
    citation: str = ""
    offices: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)


DEPARTMENT, BUREAU, INTERAGENCY, COMMITTEE, GOVERNMENT = (
    AgencyKind.DEPARTMENT,
    AgencyKind.BUREAU,
    AgencyKind.INTERAGENCY,
    AgencyKind.COMMITTEE,
    AgencyKind.GOVERNMENT,
)
MAGNITSKY = "22 U.S.C. 10102(j)"
SUPP_5 = "15 CFR part 744, Supp. 5"

BODIES: tuple[Body, ...] = (
    Body(
        "president",
        "President of the United States",
        "The President",
        AgencyKind.HEAD_OF_STATE,
        "US",
        ("The White House", "White House", "President", "Executive Office of the President"),
        role="Alone receives requests under section 1263(d) of the Global Magnitsky Act.",
        citation="22 U.S.C. 10102(d)",
        offices={
            "President of the United States": [
                ("Donald J. Trump", "2017-01-20", "2021-01-20"),
                ("Joseph R. Biden", "2021-01-20", "2025-01-20"),
                ("Donald J. Trump", "2025-01-20", ""),
            ],
            "National Security Adviser": [],
        },
    ),
    Body(
        "state",
        "U.S. Department of State",
        "State",
        DEPARTMENT,
        "US",
        ("Department of State", "State Department", "US Department of State", "DOS"),
        role=(
            "Restricts visas, is consulted on Global Magnitsky designations, and is a member of "
            "the End-User Review Committee."
        ),
        offices={
            "Secretary of State": [
                ("Rex Tillerson", "2017-02-01", "2018-03-31"),
                ("Michael R. Pompeo", "2018-04-26", "2021-01-20"),
                ("Antony J. Blinken", "2021-01-26", "2025-01-20"),
                ("Marco Rubio", "2025-01-21", ""),
            ],
        },
    ),
    Body(
        "treasury",
        "U.S. Department of the Treasury",
        "Treasury",
        DEPARTMENT,
        "US",
        ("Department of the Treasury", "Treasury Department", "US Department of the Treasury"),
        role=(
            "Designates under the Global Magnitsky Act, consulting State and the Attorney "
            "General; a member of the End-User Review Committee where appropriate."
        ),
        citation="E.O. 13818",
        offices={
            "Secretary of the Treasury": [
                ("Steven T. Mnuchin", "2017-02-13", "2021-01-20"),
                ("Janet Yellen", "2021-01-26", "2025-01-20"),
                ("Scott Bessent", "2025-01-28", ""),
            ],
        },
    ),
    Body(
        "ofac",
        "Office of Foreign Assets Control",
        "OFAC",
        BUREAU,
        "US",
        ("Office of Foreign Assets Control, U.S. Department of the Treasury",),
        parent="treasury",
        role="Publishes the SDN List and the non-SDN lists.",
    ),
    Body(
        "commerce",
        "U.S. Department of Commerce",
        "Commerce",
        DEPARTMENT,
        "US",
        ("Department of Commerce", "Commerce Department", "US Department of Commerce"),
        role="Chairs the End-User Review Committee.",
        citation=SUPP_5,
        offices={
            "Secretary of Commerce": [
                ("Wilbur Ross", "2017-02-28", "2021-01-20"),
                ("Gina Raimondo", "2021-03-03", "2025-01-20"),
                ("Howard Lutnick", "2025-02-21", ""),
            ],
        },
    ),
    Body(
        "bureau-of-industry-and-security",
        "Bureau of Industry and Security",
        "BIS",
        BUREAU,
        "US",
        ("Bureau of Industry and Security, U.S. Department of Commerce",),
        parent="commerce",
        role="Keeps the Entity List and the Export Administration Regulations.",
        citation="15 CFR parts 730–774",
    ),
    Body(
        "defense",
        "U.S. Department of Defense",
        "Defense",
        DEPARTMENT,
        "US",
        ("Department of Defense",),
    ),
    Body(
        "energy", "U.S. Department of Energy", "Energy", DEPARTMENT, "US", ("Department of Energy",)
    ),
    Body(
        "justice",
        "U.S. Department of Justice",
        "Justice",
        DEPARTMENT,
        "US",
        ("Department of Justice",),
    ),
    Body(
        "homeland-security",
        "U.S. Department of Homeland Security",
        "DHS",
        DEPARTMENT,
        "US",
        ("Department of Homeland Security", "Homeland Security"),
        role="Chairs the Forced Labor Enforcement Task Force.",
        offices={"Secretary of Homeland Security": []},
    ),
    Body(
        "customs-and-border-protection",
        "U.S. Customs and Border Protection",
        "CBP",
        BUREAU,
        "US",
        ("Customs and Border Protection",),
        parent="homeland-security",
    ),
    Body(
        "end-user-review-committee",
        "End-User Review Committee",
        "ERC",
        INTERAGENCY,
        "US",
        ("ERC", "End User Review Committee"),
        role=(
            "Decides on the Entity List: a majority adds, all must agree to remove or modify "
            "(by a secondary source); only member agencies propose."
        ),
        citation=SUPP_5,
    ),
    Body(
        "forced-labor-enforcement-task-force",
        "Forced Labor Enforcement Task Force",
        "FLETF",
        INTERAGENCY,
        "US",
        ("FLETF",),
        role="Decides on the UFLPA Entity List; chaired by Homeland Security.",
        citation="Pub. L. 117-78",
    ),
    Body(
        "senate-banking",
        "Senate Committee on Banking, Housing, and Urban Affairs",
        "Senate Banking",
        COMMITTEE,
        "US",
        ("Senate Banking Committee",),
        parent="us-congress",
        chamber=Chamber.SENATE,
        magnitsky=True,
        role="One of the four committees whose leaders can ask for a determination.",
        citation=MAGNITSKY,
    ),
    Body(
        "senate-foreign-relations",
        "Senate Committee on Foreign Relations",
        "Senate Foreign Relations",
        COMMITTEE,
        "US",
        ("SFRC", "Senate Foreign Relations Committee"),
        parent="us-congress",
        chamber=Chamber.SENATE,
        magnitsky=True,
        role="One of the four committees whose leaders can ask for a determination.",
        citation=MAGNITSKY,
    ),
    Body(
        "house-financial-services",
        "House Committee on Financial Services",
        "House Financial Services",
        COMMITTEE,
        "US",
        ("House Financial Services Committee",),
        parent="us-congress",
        chamber=Chamber.HOUSE,
        magnitsky=True,
        role="One of the four committees whose leaders can ask for a determination.",
        citation=MAGNITSKY,
    ),
    Body(
        "house-foreign-affairs",
        "House Committee on Foreign Affairs",
        "House Foreign Affairs",
        COMMITTEE,
        "US",
        ("HFAC", "House Foreign Affairs Committee"),
        parent="us-congress",
        chamber=Chamber.HOUSE,
        magnitsky=True,
        role="One of the four committees whose leaders can ask for a determination.",
        citation=MAGNITSKY,
    ),
    Body(
        "cecc",
        "Congressional-Executive Commission on China",
        "CECC",
        AgencyKind.OTHER,
        "US",
        role=(
            "A commission of members of both chambers and of the executive; none of the four "
            "committees of the Global Magnitsky Act."
        ),
        citation="22 U.S.C. 6911",
    ),
    Body(
        "us-congress",
        "United States Congress",
        "Congress",
        AgencyKind.LEGISLATURE,
        "US",
        ("U.S. Congress", "Congress", "Members of the United States Congress"),
    ),
    Body(
        "us-government",
        "United States Government",
        "US Government",
        GOVERNMENT,
        "US",
        ("U.S. Government", "Government of the United States"),
        role="Used where an ask names no agency.",
    ),
    Body(
        "uk-government",
        "Government of the United Kingdom",
        "UK Government",
        GOVERNMENT,
        "GB",
        ("UK Government", "His Majesty's Government"),
    ),
    Body(
        "uk-foreign-office",
        "Foreign, Commonwealth and Development Office",
        "FCDO",
        DEPARTMENT,
        "GB",
        (
            "Foreign, Commonwealth and Development Office (UK)",
            "Foreign and Commonwealth Office (UK)",
            "Foreign Office",
            "Secretary of State for Foreign and Commonwealth Affairs (UK)",
        ),
        parent="uk-government",
        role="Lists under the Global Human Rights Sanctions Regulations 2020.",
        offices={"Foreign Secretary": []},
    ),
    Body(
        "european-union",
        "European Union",
        "EU",
        GOVERNMENT,
        "EU",
        ("European Parliament and EU Member States",),
    ),
    Body(
        "council-of-the-eu",
        "Council of the European Union",
        "EU Council",
        INTERAGENCY,
        "EU",
        ("Council of the EU",),
        parent="european-union",
        role="Lists under the EU Global Human Rights Sanctions Regime; member states propose.",
        citation="Decision (CFSP) 2020/1999",
    ),
    Body(
        "european-parliament",
        "European Parliament",
        "European Parliament",
        AgencyKind.LEGISLATURE,
        "EU",
        parent="european-union",
    ),
    Body(
        "canada",
        "Government of Canada",
        "Canada",
        GOVERNMENT,
        "CA",
        ("Canada",),
        offices={"Prime Minister": []},
    ),
    Body(
        "global-affairs-canada",
        "Global Affairs Canada",
        "Global Affairs",
        DEPARTMENT,
        "CA",
        parent="canada",
    ),
    Body(
        "canada-governor-in-council",
        "Governor in Council (Canada)",
        "Governor in Council",
        AgencyKind.OTHER,
        "CA",
        parent="canada",
        role="Lists under both of Canada's acts.",
        citation="S.C. 2017, c. 21; S.C. 1992, c. 17",
    ),
    Body(
        "australia",
        "Australian Government",
        "Australia",
        GOVERNMENT,
        "AU",
        ("Government of Australia",),
    ),
    Body(
        "australia-foreign-minister",
        "Department of Foreign Affairs and Trade (Australia)",
        "DFAT",
        DEPARTMENT,
        "AU",
        ("DFAT",),
        parent="australia",
        role="The Foreign Minister lists under the thematic sanctions.",
        offices={"Minister for Foreign Affairs": []},
    ),
)

SEATS: dict[str, dict[str, MemberRole]] = {
    "end-user-review-committee": {
        "commerce": MemberRole.CHAIR,
        "state": MemberRole.MEMBER,
        "defense": MemberRole.MEMBER,
        "energy": MemberRole.MEMBER,
        "treasury": MemberRole.WHERE_APPROPRIATE,
    },
    "forced-labor-enforcement-task-force": {"homeland-security": MemberRole.CHAIR},
}


def load() -> int:
    """Bring the tables up to this file: adds what is missing, changes nothing that stands.

    Returns how many bodies were added; the caller records it and commits.
    """
    standing = {agency.slug: agency for agency in db.session.scalars(select(Agency))}
    missing = [body for body in BODIES if body.slug not in standing]
    for body in missing:
        standing[body.slug] = _add(body)
    db.session.flush()
    for body in missing:
        if body.parent:
            standing[body.slug].parent_id = standing[body.parent].id
    for slug, seats in SEATS.items():
        if any(body.slug == slug for body in missing):
            db.session.add_all(
                AgencyMembership(body_id=standing[slug].id, member_id=standing[m].id, role=role)
                for m, role in seats.items()
            )
    db.session.flush()
    return len(missing)


def _add(body: Body) -> Agency:
    # what somebody gave to another body here stays with that
    names = {fold(name) for name in (body.slug, body.name, body.short, *body.also)}
    names -= set(db.session.scalars(select(AgencyName.folded).where(AgencyName.folded.in_(names))))
    is_taken = db.session.scalar(select(Agency.id).where(Agency.name == body.name)) is not None
    agency = Agency(
        slug=body.slug,
        name=f"{body.name} ({body.slug})" if is_taken else body.name,
        short_name=body.short,
        kind=body.kind,
        jurisdiction=body.jurisdiction,
        chamber=body.chamber,
        is_magnitsky_committee=body.magnitsky,
        role=body.role,
        citation=body.citation,
        names=[AgencyName(folded=name) for name in sorted(names)],
        offices=[_office(title, held) for title, held in body.offices.items()],
    )
    db.session.add(agency)
    return agency


def _office(title: str, held: list[tuple[str, str, str]]) -> Office:
    def day(text: str) -> Any:
        return date.fromisoformat(text) if text else None

    return Office(
        title=title,
        holders=[
            OfficeHolder(name=name, folded=fold(name), held_from=day(since), held_until=day(until))
            for name, since, until in held
        ],
    )
