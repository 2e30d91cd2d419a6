"""Reading a page's form the way a browser does, so that tests send what a person would."""

from html.parser import HTMLParser


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, list[str]] = {}
        self.depth = 0
        self.area: str | None = None
        self.text = ""
        self.select: str | None = None
        self.chosen: list[str] = []
        self.first: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and (given.get("method") or "").lower() == "post":
            self.depth += 1
        if not self.depth:
            return
        name, value = given.get("name"), given.get("value") or ""
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind in ("checkbox", "radio"):
                if "checked" in given:
                    self.found.setdefault(name, []).append(value or "on")
            elif kind not in ("submit", "button"):
                self.found.setdefault(name, []).append(value)
        elif tag == "textarea" and name:
            self.area, self.text = name, ""
        elif tag == "select" and name:
            self.select, self.chosen, self.first = name, [], None
        elif tag == "option" and self.select:
            self.first = value if self.first is None else self.first
            if "selected" in given:
                self.chosen.append(value)

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self.depth:
            self.depth -= 1
        elif tag == "textarea" and self.area is not None:
            text = self.text.removeprefix("\r\n").removeprefix("\n")
            self.found.setdefault(self.area, []).append(text)
            self.area = None
        elif tag == "select" and self.select:
            if not self.chosen and self.first is not None:
                self.chosen = [self.first]
            self.found.setdefault(self.select, []).extend(self.chosen)
            self.select = None


def fields(page: str) -> dict[str, list[str]]:
    """Names and values of all fields of the page's forms that are sent by POST."""
    reader = _Reader()
    reader.feed(page)
    return reader.found
