"""What can be asked for, who decides it, and the words for each."""

import pytest

from tracker.agencies.reference import BODIES
from tracker.recommendations.instruments import FACTS, Instrument

# key: the name of the deciding body (none: as the ask states), its jurisdiction, the authority
TABLE: dict[str, tuple[str, str | None, str]] = {
    "global_magnitsky": ("U.S. Department of the Treasury", "US", "22 U.S.C. 10101–10103"),
    "entity_list": ("End-User Review Committee", "US", "15 CFR 744.11"),
    "export_control": ("Bureau of Industry and Security", "US", "742.7"),
    "visa_7031c": ("U.S. Department of State", "US", "7031(c)"),
    "visa_212a3c": ("U.S. Department of State", "US", "1182(a)(3)(C)"),
    "uflpa_entity_list": ("Forced Labor Enforcement Task Force", "US", "117-78"),
    "ns_cmic": ("U.S. Department of the Treasury", "US", "E.O. 13959"),
    "visa_unspecified": ("U.S. Department of State", "US", "not named"),
    "unspecified": ("", None, "not named"),
    "other_us": ("", "US", "as stated"),
    "uk_ghr": ("Foreign, Commonwealth and Development Office", "GB", "2020"),
    "eu_ghr": ("Council of the European Union", "EU", "2020/1998"),
    "ca_jvcfoa": ("Governor in Council", "CA", "S.C. 2017"),
    "ca_sema": ("Governor in Council", "CA", "S.C. 1992"),
    "au_thematic": ("Department of Foreign Affairs and Trade", "AU", "Autonomous Sanctions"),
}


def test_every_instrument_of_the_domain_is_there_and_no_other() -> None:
    assert {instrument.value for instrument in Instrument} == set(TABLE)
    assert set(FACTS) == set(Instrument)


@pytest.mark.parametrize("key", TABLE)
def test_an_instrument_names_its_decider_its_authority_and_its_jurisdiction(key: str) -> None:
    decider, jurisdiction, authority = TABLE[key]
    facts = FACTS[Instrument(key)]
    body = next((body for body in BODIES if body.slug == facts.decider), None)
    assert (facts.decider is None) == (decider == "")
    assert decider in (body.name if body else "")
    assert body is None or body.jurisdiction == jurisdiction
    assert facts.jurisdiction == jurisdiction
    assert authority in facts.authority


@pytest.mark.parametrize(
    ("key", "published_as"),
    [
        ("global_magnitsky", "GLOMAG"),
        ("entity_list", "Federal Register"),
        ("export_control", "ECCN"),
        ("visa_7031c", "may be private"),
        ("visa_212a3c", "without names"),
        ("uflpa_entity_list", "Federal Register"),
        ("ns_cmic", "non-SDN"),
    ],
)
def test_an_instrument_says_where_its_result_is_published(key: str, published_as: str) -> None:
    assert published_as in FACTS[Instrument(key)].published_as


@pytest.mark.parametrize(
    ("key", "done"),
    [
        ("global_magnitsky", "designated"),
        ("entity_list", "added to the Entity List"),
        ("uflpa_entity_list", "added to the UFLPA Entity List"),
        ("visa_212a3c", "visa restricted"),
        ("uk_ghr", "listed"),
        ("eu_ghr", "listed"),
        ("ca_jvcfoa", "listed"),
        ("ca_sema", "listed"),
        ("au_thematic", "listed"),
    ],
)
def test_what_was_done_is_called_by_the_word_of_the_body_that_does_it(key: str, done: str) -> None:
    assert FACTS[Instrument(key)].done == done


def test_bis_neither_sanctions_nor_blocks() -> None:
    for key in ("entity_list", "export_control"):
        facts = FACTS[Instrument(key)]
        words = " ".join((facts.name, facts.long_name, facts.done, facts.published_as)).lower()
        assert "sanction" not in words
        assert "block" not in words
