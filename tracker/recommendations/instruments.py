"""What can be asked for, who decides it, and how its result is published.

The words matter: OFAC designates, BIS adds to or removes from the Entity List, the EU and the UK
list, State restricts visas.
"""

from dataclasses import dataclass
from enum import StrEnum


class Instrument(StrEnum):
    """The key of an instrument, as exports and the API name it."""

    GLOBAL_MAGNITSKY = "global_magnitsky"
    ENTITY_LIST = "entity_list"
    EXPORT_CONTROL = "export_control"
    VISA_7031C = "visa_7031c"
    VISA_212A3C = "visa_212a3c"
    VISA_UNSPECIFIED = "visa_unspecified"
    UFLPA_ENTITY_LIST = "uflpa_entity_list"
    NS_CMIC = "ns_cmic"
    OTHER_US = "other_us"
    UK_GHR = "uk_ghr"
    EU_GHR = "eu_ghr"
    CA_JVCFOA = "ca_jvcfoa"
    CA_SEMA = "ca_sema"
    AU_THEMATIC = "au_thematic"
    UNSPECIFIED = "unspecified"


@dataclass(frozen=True)
class InstrumentFacts:
    """What a page says of an instrument. `decider` is an agency's slug, where one body decides."""

    name: str
    long_name: str
    authority: str
    published_as: str
    decider: str | None
    jurisdiction: str | None
    done: str  # the word for it once it happened


FACTS: dict[Instrument, InstrumentFacts] = {
    Instrument.GLOBAL_MAGNITSKY: InstrumentFacts(
        "Global Magnitsky",
        "Global Magnitsky sanctions",
        "22 U.S.C. 10101–10103; E.O. 13818",
        "OFAC SDN List, program tag GLOMAG",
        "treasury",
        "US",
        "designated",
    ),
    Instrument.ENTITY_LIST: InstrumentFacts(
        "Entity List",
        "BIS Entity List",
        "15 CFR 744.11, 744.16; Supp. 4 and 5 to part 744",
        "Row in Supp. 4 to part 744, with a Federal Register citation",
        "end-user-review-committee",
        "US",
        "added to the Entity List",
    ),
    Instrument.EXPORT_CONTROL: InstrumentFacts(
        "Export control",
        "Export control under the EAR",
        "15 CFR parts 730–774; crime control 742.7",
        "Rule in the Federal Register; entry on the Commerce Control List (ECCN)",
        "bureau-of-industry-and-security",
        "US",
        "controlled by rule",
    ),
    Instrument.VISA_7031C: InstrumentFacts(
        "Visa ban, 7031(c)",
        "Section 7031(c) entry ban",
        "Section 7031(c) of the annual appropriations acts",
        "State press statement or quarterly report; may be private",
        "state",
        "US",
        "barred from entry",
    ),
    Instrument.VISA_212A3C: InstrumentFacts(
        "Visa policy, 212(a)(3)(C)",
        "INA 212(a)(3)(C) visa restriction policy",
        "8 U.S.C. 1182(a)(3)(C)",
        "Announcement without names",
        "state",
        "US",
        "visa restricted",
    ),
    Instrument.VISA_UNSPECIFIED: InstrumentFacts(
        "Visa restriction",
        "Visa restriction, authority not named",
        "not named in the ask",
        "–",
        "state",
        "US",
        "visa restricted",
    ),
    Instrument.UFLPA_ENTITY_LIST: InstrumentFacts(
        "UFLPA Entity List",
        "Uyghur Forced Labor Prevention Act Entity List",
        "Pub. L. 117-78",
        "Federal Register notice",
        "forced-labor-enforcement-task-force",
        "US",
        "added to the UFLPA Entity List",
    ),
    Instrument.NS_CMIC: InstrumentFacts(
        "NS-CMIC List",
        "Chinese Military-Industrial Complex Companies List",
        "E.O. 13959, as amended by E.O. 14032",
        "OFAC non-SDN list",
        "treasury",
        "US",
        "added to the NS-CMIC List",
    ),
    Instrument.OTHER_US: InstrumentFacts(
        "Other US authority",
        "Other authority of the United States",
        "as stated in the ask",
        "as stated in the ask",
        None,
        "US",
        "acted on",
    ),
    Instrument.UK_GHR: InstrumentFacts(
        "UK list",
        "UK Global Human Rights sanctions",
        "Global Human Rights Sanctions Regulations 2020 (S.I. 2020/680)",
        "UK Sanctions List",
        "uk-foreign-office",
        "GB",
        "listed",
    ),
    Instrument.EU_GHR: InstrumentFacts(
        "EU list",
        "EU Global Human Rights Sanctions Regime",
        "Regulation (EU) 2020/1998; Decision (CFSP) 2020/1999",
        "EU consolidated list",
        "council-of-the-eu",
        "EU",
        "listed",
    ),
    Instrument.CA_JVCFOA: InstrumentFacts(
        "Canada, JVCFOA",
        "Justice for Victims of Corrupt Foreign Officials Act",
        "S.C. 2017, c. 21",
        "Consolidated Canadian Autonomous Sanctions List",
        "canada-governor-in-council",
        "CA",
        "listed",
    ),
    Instrument.CA_SEMA: InstrumentFacts(
        "Canada, SEMA",
        "Special Economic Measures Act",
        "S.C. 1992, c. 17",
        "Consolidated Canadian Autonomous Sanctions List",
        "canada-governor-in-council",
        "CA",
        "listed",
    ),
    Instrument.AU_THEMATIC: InstrumentFacts(
        "Australia, thematic",
        "Australian thematic sanctions",
        "Autonomous Sanctions Act 2011; Regulations 2011",
        "DFAT Consolidated List",
        "australia-foreign-minister",
        "AU",
        "listed",
    ),
    Instrument.UNSPECIFIED: InstrumentFacts(
        "Sanctions, not specified",
        "Sanctions without a named authority",
        "not named in the ask",
        "–",
        None,
        None,
        "sanctioned",
    ),
}

# which of several it is, is not said
GENERAL = {Instrument.OTHER_US, Instrument.VISA_UNSPECIFIED, Instrument.UNSPECIFIED}


def is_another(asked: Instrument, done: Instrument) -> bool:
    """Whether what was done came under another instrument of the same government than was asked
    for, which a government may choose, but is not what was asked."""
    if asked is done or {asked, done} & GENERAL:
        return False
    return FACTS[asked].jurisdiction == FACTS[done].jurisdiction
