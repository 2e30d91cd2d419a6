"""Countries by ISO 3166 code, and the text `China (Tibet); Iran` in which a person names places."""

from dataclasses import dataclass
from functools import cache

from babel import Locale

from tracker.core.names import fold

_SHORT = {
    "CD": "DR Congo",
    "CG": "Congo",
    "CZ": "Czechia",
    "HK": "Hong Kong",
    "MM": "Myanmar",
    "MO": "Macao",
    "PS": "Palestine",
    "TR": "Türkiye",
}
_ALSO = {
    "prc": "CN",
    "peoples republic of china": "CN",
    "usa": "US",
    "u s": "US",
    "u s a": "US",
    "united states of america": "US",
    "uk": "GB",
    "u k": "GB",
    "great britain": "GB",
    "burma": "MM",
    "turkey": "TR",
    "ivory coast": "CI",
    "czech republic": "CZ",
    "democratic republic of the congo": "CD",
    "republic of korea": "KR",
    "russian federation": "RU",
}


@dataclass(frozen=True, order=True)
class Place:
    """A country by its ISO code, with a region of it where the ask names one."""

    country: str
    region: str = ""

    @property
    def shown(self) -> str:
        """`Tibet, China` or `Iran`."""
        name = country_name(self.country)
        return f"{self.region}, {name}" if self.region else name

    @property
    def typed(self) -> str:
        """`China (Tibet)`: what a person types for it."""
        name = country_name(self.country)
        return f"{name} ({self.region})" if self.region else name


@cache
def countries() -> dict[str, str]:
    """ISO 3166 alpha-2 code to English name, from the Unicode CLDR, in order of name."""
    territories = Locale("en").territories
    names = {
        code: _SHORT.get(code, str(name))
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "UN", "XA", "XB", "ZZ"}
    }
    return dict(sorted(names.items(), key=lambda item: fold(item[1])))


def country_name(code: str) -> str:
    """The English name, or the code itself where it is unknown."""
    return countries().get(code, code)


def jurisdiction_name(code: str) -> str:
    """The English name of whose law a body acts under: a country, or EU."""
    return "European Union" if code == "EU" else country_name(code)


@cache
def _by_folded_name() -> dict[str, str]:
    full = {_key(str(name)): code for code, name in Locale("en").territories.items()}
    short = {_key(name): code for code, name in countries().items()}
    codes = {code.lower(): code for code in countries()}
    return {k: v for k, v in {**full, **codes, **short, **_ALSO}.items() if v in countries()}


def _key(name: str) -> str:
    return fold(name.replace("&", " and "))


def parse_places(text: str) -> tuple[Place, ...]:
    """Read `China (Tibet); Iran`. Raises `ValueError` with what to write for an unknown country."""
    places: list[Place] = []
    for part in text.replace("\n", ";").split(";"):
        if not part.strip():
            continue
        name, region = _name_and_region(part.strip())
        code = _by_folded_name().get(_key(name))
        if code is None:
            raise ValueError(
                f"“{name}” is not a country that we know. Write its English name or ISO "
                "code, with a region in brackets: China (Tibet); Iran."
            )
        place = Place(code, region)
        if place not in places:
            places.append(place)
    return tuple(places)


def _name_and_region(part: str) -> tuple[str, str]:
    """The country and what the last brackets hold, which may have brackets of their own. A name
    such as `Cocos (Keeling) Islands` has no region."""
    if not part.endswith(")"):
        name, bracket, region = part.partition("(")
        return (name.strip(), region.strip()) if ")" not in part and bracket else (part, "")
    depth = 0
    for place in range(len(part) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(part[place], 0)
        if depth == 0:
            return part[:place].strip(), part[place + 1 : -1].strip()
    return part, ""
