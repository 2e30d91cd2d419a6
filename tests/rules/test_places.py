"""Places as people type them: countries by name or code, each with its region in brackets."""

import re

import pytest

from tracker.core.countries import Place, countries, country_name, parse_places


@pytest.mark.parametrize(
    ("typed", "places"),
    [
        ("China", [Place("CN")]),
        ("china", [Place("CN")]),
        ("CN", [Place("CN")]),
        ("cn", [Place("CN")]),
        ("PRC", [Place("CN")]),
        ("People’s Republic of China", [Place("CN")]),
        ("China (Tibet)", [Place("CN", "Tibet")]),
        ("China ( Tibet )", [Place("CN", "Tibet")]),
        ("China(Tibet)", [Place("CN", "Tibet")]),
        ("China (Tibet); Iran", [Place("CN", "Tibet"), Place("IR")]),
        ("China (Tibet)\nIran", [Place("CN", "Tibet"), Place("IR")]),
        ("China (Tibet); China (Xinjiang)", [Place("CN", "Tibet"), Place("CN", "Xinjiang")]),
        ("Iran; Iran; IR", [Place("IR")]),
        ("; Iran;;", [Place("IR")]),
        ("Iran; China", [Place("IR"), Place("CN")]),
        ("Hong Kong", [Place("HK")]),
        ("China (Hong Kong)", [Place("CN", "Hong Kong")]),
        ("Burma; Myanmar", [Place("MM")]),
        ("Turkey; Türkiye; Turkiye", [Place("TR")]),
        ("USA; United States; US", [Place("US")]),
        ("UK; United Kingdom; Great Britain", [Place("GB")]),
        ("DR Congo", [Place("CD")]),
        ("Democratic Republic of the Congo", [Place("CD")]),
        ("Ivory Coast; Côte d'Ivoire", [Place("CI")]),
        ("Russia; Russian Federation", [Place("RU")]),
        ("Saudi Arabia", [Place("SA")]),
        ("Kosovo", [Place("XK")]),
        ("Palestine", [Place("PS")]),
        ("", []),
        (" ; \n", []),
    ],
)
def test_places_are_read_as_people_type_them(typed: str, places: list[Place]) -> None:
    assert list(parse_places(typed)) == places


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("Bosnia and Herzegovina", "BA"),
        ("Trinidad and Tobago", "TT"),
        ("São Tomé and Príncipe", "ST"),
        ("U.S.", "US"),
        ("U.K.", "GB"),
        ("Czech Republic", "CZ"),
    ],
)
def test_the_common_english_name_of_a_country_is_known(typed: str, country: str) -> None:
    assert parse_places(typed) == (Place(country),)


@pytest.mark.parametrize("typed", ["Atlantis", "Tibet", "Global", "Iran, China", "ZZ", "EU", "(x)"])
def test_what_is_no_country_is_refused_with_what_to_write(typed: str) -> None:
    with pytest.raises(ValueError, match=r"China \(Tibet\); Iran") as refusal:
        parse_places(f"Iran; {typed}")
    assert typed.partition("(")[0] in str(refusal.value)


def test_a_country_after_a_region_is_not_lost_in_the_region() -> None:
    """A comma is no separator; whoever types one is told, or gets both countries."""
    try:
        places = parse_places("China (Tibet), Iran")
    except ValueError:
        return
    assert places == (Place("CN", "Tibet"), Place("IR"))


def test_a_bracket_that_was_not_closed_is_read_as_meant() -> None:
    assert parse_places("China (Tibet; Iran") == (Place("CN", "Tibet"), Place("IR"))


def test_a_region_with_brackets_of_its_own_keeps_them() -> None:
    assert parse_places("China (Tibet (TAR))") == (Place("CN", "Tibet (TAR)"),)


def test_a_place_is_shown_with_its_region_first() -> None:
    assert Place("CN", "Tibet").shown == "Tibet, China"
    assert Place("IR").shown == "Iran"
    assert Place("CN", "Tibet").typed == "China (Tibet)"
    assert Place("IR").typed == "Iran"


@pytest.mark.parametrize("region", ["", "Tibet", "Puno’s north, upper valley", "Đà Nẵng"])
def test_what_is_shown_to_be_typed_is_read_back_the_same(region: str) -> None:
    places = [Place(code, region) for code in countries()]
    lost = []
    for place in places:
        try:
            read = parse_places(place.typed)
        except ValueError:
            read = ()
        if read != (place,):
            lost.append(place.typed)
    assert lost == []


def test_countries_are_listed_by_name_under_two_letter_codes() -> None:
    listed = countries()
    assert len(listed) > 240
    assert all(re.fullmatch("[A-Z]{2}", code) for code in listed)
    assert {"EU", "UN", "ZZ"}.isdisjoint(listed)
    names = list(listed.values())
    assert names.index("Afghanistan") < names.index("Åland Islands") < names.index("Albania")
    assert len(set(names)) == len(names)


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert country_name("CN") == "China"
    assert country_name("QQ") == "QQ"
