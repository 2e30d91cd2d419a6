"""Reading a page's form the way a browser does, so that tests send what a person would.

Our markup escapes `>` inside attributes, so a pattern tells its tags apart; a parser of any markup
took a tenth of the suite's time."""

import re
from collections.abc import Iterator
from html import unescape

_ANY = r"[a-z][a-z0-9]*"
_OF_FORMS = "form|input|select|option|textarea"
_ATTRIBUTE = re.compile(r'([\w:-]+)(?:="([^"]*)")?')


def tags(page: str, names: str = _ANY) -> Iterator[tuple[str, dict[str, str], int]]:
    """The tags of a page in their order, the end of one as `/form`, with their attributes and where
    what follows them begins."""
    for found in re.finditer(rf"<(/?)({names})\b([^>]*)>", page):
        given = {name: unescape(value) for name, value in _ATTRIBUTE.findall(found[3])}
        yield found[1] + found[2], given, found.end()


def fields(page: str) -> dict[str, list[str]]:
    """Names and values of all fields of the page's forms that are sent by POST."""
    found: dict[str, list[str]] = {}
    inside, select, chosen, offered = False, "", list[str](), list[str]()
    for tag, given, end in tags(page, _OF_FORMS):
        name, value = given.get("name", ""), given.get("value", "")
        if tag in ("form", "/form"):
            inside = tag == "form" and given.get("method", "").lower() == "post"
        elif not inside:
            continue
        elif tag == "input" and name:
            kind = given.get("type", "text")
            if kind == "file":
                continue  # nothing is chosen yet
            if kind in ("checkbox", "radio"):
                if "checked" in given:
                    found.setdefault(name, []).append(value or "on")
            elif kind not in ("submit", "button"):
                found.setdefault(name, []).append(value)
        elif tag == "textarea" and name:
            text = unescape(page[end : page.index("</textarea>", end)])
            found.setdefault(name, []).append(text.removeprefix("\r\n").removeprefix("\n"))
        elif tag == "select" and name:
            select, chosen, offered = name, [], []
        elif tag == "option":
            offered.append(value)
            if "selected" in given:
                chosen.append(value)
        elif tag == "/select" and select:
            found.setdefault(select, []).extend(chosen or offered[:1])
            select = ""
    return found
