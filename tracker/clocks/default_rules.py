"""The clock rules that every installation starts with, each with its basis and
citation. House norms are defaults: an organisation's own policy may replace them."""

from datetime import date
from typing import Any

from sqlalchemy import exists, select

from tracker.clocks.choice import ALWAYS
from tracker.clocks.models import Basis, ClockKind, ClockRule, Unit
from tracker.core.db import db
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import Status

USC_10102 = (
    "https://uscode.house.gov/view.xhtml?req=granuleid:USC-prelim-title22-section10102"
    "&num=0&edition=prelim"
)
SUPP_5 = (
    "https://www.ecfr.gov/current/title-15/subtitle-B/chapter-VII/subchapter-C/part-744/"
    "appendix-Supplement%20No.%205%20to%20Part%20744"
)


def _house(
    kind: ClockKind, length: int, sentence: str, unit: Unit = Unit.CALENDAR_DAYS, **more: Any
) -> dict[str, Any]:
    return {
        "kind": kind,
        "length": length,
        "unit": unit,
        "basis": Basis.HOUSE,
        "citation": "House norm",
        "sentence": sentence,
        "valid_from": ALWAYS,
        **more,
    }


def _silence(length: int, of_what: str, **more: Any) -> dict[str, Any]:
    sentence = f"{of_what}: {length} days without substantive contact are silence."
    return _house(ClockKind.SILENCE, length, sentence, **more)


RULES: tuple[dict[str, Any], ...] = (
    {
        "kind": ClockKind.SECTION_1263D,
        "instrument": Instrument.GLOBAL_MAGNITSKY,
        "length": 120,
        "unit": Unit.CALENDAR_DAYS,
        "warn_day": 90,
        "basis": Basis.STATUTE,
        "citation": "22 U.S.C. 10102(d) (section 1263(d), Pub. L. 114-328)",
        "citation_url": USC_10102,
        "sentence": (
            "The President determines within 120 days of receiving a request of the chair and "
            "ranking member of one named committee (for corruption: of one in each chamber). "
            "Counting starts on the day after receipt; a narrower second letter does not reset it."
        ),
        "valid_from": date(2016, 12, 23),
    },
    {
        "kind": ClockKind.ERC_REMOVAL,
        "instrument": Instrument.ENTITY_LIST,
        "length": 30,
        "unit": Unit.CALENDAR_DAYS,
        "basis": Basis.REGULATION,
        "citation": "15 CFR part 744, Supp. 5",
        "citation_url": SUPP_5,
        "sentence": (
            "The End-User Review Committee votes on a removal request within 30 days of receiving "
            "it."
        ),
        "valid_from": ALWAYS,
    },
    {
        "kind": ClockKind.ERC_VOTE,
        "instrument": Instrument.ENTITY_LIST,
        "length": 30,
        "unit": Unit.CALENDAR_DAYS,
        "basis": Basis.REGULATION,
        "citation": "15 CFR part 744, Supp. 5 (text not verified here)",
        "citation_url": SUPP_5,
        "sentence": "The committee votes within 30 days of the circulation of a proposal.",
        "valid_from": ALWAYS,
    },
    _house(
        ClockKind.DRAFTING,
        30,
        "A draft is stale after 30 days.",
        status=Status.DRAFT,
    ),
    _house(
        ClockKind.VETTING,
        21,
        "Vetting is stale after 21 days.",
        status=Status.VETTING,
    ),
    _house(
        ClockKind.ACKNOWLEDGEMENT, 30, "A letter is unacknowledged after 30 days without a sign."
    ),
    _silence(90, "Asks in general"),
    _silence(90, "Global Magnitsky asks", instrument=Instrument.GLOBAL_MAGNITSKY),
    _silence(90, "Visa asks, 7031(c)", instrument=Instrument.VISA_7031C),
    _silence(90, "Visa asks, 212(a)(3)(C)", instrument=Instrument.VISA_212A3C),
    _silence(90, "Visa asks", instrument=Instrument.VISA_UNSPECIFIED),
    _silence(60, "Entity List asks", instrument=Instrument.ENTITY_LIST),
    _silence(120, "Export-control asks", instrument=Instrument.EXPORT_CONTROL),
    _silence(120, "Asks of the United Kingdom", jurisdiction="GB"),
    _silence(120, "Asks of the European Union", jurisdiction="EU"),
    _silence(120, "Asks of Canada", jurisdiction="CA"),
    _silence(120, "Asks of Australia", jurisdiction="AU"),
    _house(ClockKind.ANSWER, 14, "A question of theirs waits for us no longer than 14 days."),
    _house(
        ClockKind.EVIDENCE,
        60,
        "Submissions cite conduct of the last five years, as a rule; we warn 90 days before the "
        "newest conduct cited is five years old.",
        unit=Unit.MONTHS,
        lead_days=90,
    ),
)


def load() -> int:
    """Fill an empty table of rules; returns how many were added. The caller commits."""
    if db.session.scalar(select(exists(select(ClockRule.id)))):
        return 0
    db.session.add_all(ClockRule(**rule) for rule in RULES)
    db.session.flush()
    return len(RULES)
