"""What narrows and orders the list of asks, in words: on paper, and for a view to be saved."""

from collections.abc import Iterable, Mapping
from typing import Any

from tracker.casework import words
from tracker.casework.listing import DUE, ME, NOBODY
from tracker.recommendations.filters import NONE

Choices = Mapping[str, Mapping[Any, str]]  # the words for each value of a part of the address
SWITCHES = {
    "open": "Open",
    "stale": "Flagged",
    "mine": "Assigned to me",
    "acted": "Acted on",
    "asked": "Sent",
    "answered": "Answered",
    "acknowledged": "Acknowledged",
}
LABELS = {
    "q": "Words",
    "status": "Status",
    "instrument": "Instrument",
    "agency": "Addressed to",
    "assignee": "Assigned to",
    "cause": "Why flagged",
    "country": "Country",
    "region": "Region",
    "year": "Year",
    "result": "What followed",
    "tag": "Tag",
    "due": "Next action due",
    "audience": "Who may see it",
    "organisation": "Owner",
    "columns": "Columns",
    "sort": "Order",
    "then": "Then by",
}
# what an address may say of which asks there are, and in what order
NAMES = frozenset({*LABELS, *SWITCHES}) - {"columns"}
FIXED: Choices = {
    "status": words.STATUS,
    "instrument": words.INSTRUMENT,
    "cause": words.CAUSE,
    "result": words.RESULT,
    "audience": words.AUDIENCE,
    "due": DUE,
    "region": {NONE: words.NONE_OF["region"]},
    "year": {NONE: words.NONE_OF["year"]},
}
PEOPLE = {ME: "Me", NOBODY: "Nobody"}


def in_words(parts: Iterable[tuple[str, str]], choices: Choices) -> list[tuple[str, str]]:
    """The parts of an address as label and value; `choices` has the words of what depends on the
    reader: `agency`, `country`, `assignee`, `sort`, `columns`."""
    given = {name: value for name, value in parts if value}
    known = {**FIXED, **choices, "then": choices.get("sort", {})}
    switched = [(SWITCHES[name], "yes") for name in given if name in SWITCHES]
    return switched + [
        (label, _said(given[name], known.get(name, {}), several=name == "columns"))
        for name, label in LABELS.items()
        if name in given
    ]


def beside(parts: Mapping[str, str]) -> list[tuple[str, str]]:
    """What narrows the list and stands in no field above it: its name in the address, its words."""
    switched = [(name, said.lower()) for name, said in SWITCHES.items() if parts.get(name)]
    return switched + [
        (name, words.NONE_OF.get(name, "") if parts[name] == NONE else f"{name} {parts[name]}")
        for name in ("year", "region", "organisation")
        if parts.get(name)
    ]


def beside_then(parts: Mapping[str, str], choices: Choices) -> list[tuple[str, str]]:
    """The same above the list as of a past day, which has fewer fields."""
    names = ("open", "stale", "agency", "country", "region", "organisation")
    given = [(name, parts[name]) for name in names if parts.get(name)]
    return [
        (name, f"{label.lower()} then" if name in SWITCHES else f"{label}: {said}")
        for name, value in given
        for label, said in in_words([(name, value)], choices)
    ]


def _said(value: str, known: Mapping[Any, str], *, several: bool) -> str:
    values = value.split(",") if several else [value]
    return ", ".join(known.get(each, each) for each in values)
