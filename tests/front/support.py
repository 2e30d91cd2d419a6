"""What tests at the front door share: a person before a form, reading what a page says, and proof
that nothing was changed."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import quote_plus

from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.support.forms import tags
from tests.support.people import Person, form_of, log_in
from tracker.casework.duplicates import SAID
from tracker.casework.repeats import AGAIN
from tracker.core.db import Base, db
from tracker.jobs import registry, runner

Typed = Mapping[str, "str | Sequence[str] | None"]
REFERENCE = re.compile(r"[RLTSC]-[0-9A-HJKMNP-TV-Z]{8}")
FORM = "application/x-www-form-urlencoded"

# ---- pages


def elements(page: TestResponse) -> list[tuple[str, dict[str, str]]]:
    """Every element of a page, as its tag and attributes."""
    return [(tag, given) for tag, given, _ in tags(page.text) if not tag.startswith("/")]


# the clocks that a form offers, each by its key
CLOCK_OFFERED = r'name="clocks" id="[^"]*" value="([\w-]+)"'


def links(page: TestResponse) -> list[str]:
    """Where the links of a page lead."""
    return [given["href"] for tag, given in elements(page) if tag == "a" and "href" in given]


def words(markup: str) -> str:
    """A piece of a page without its markup."""
    bare = re.sub(r"<(script|style|svg).*?</\1>", " ", markup, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def markup_of(page: TestResponse, name: str) -> str:
    """The markup of the section of that name."""
    found = re.search(
        rf'<section[^>]*aria-labelledby="{re.escape(name)}".*?</section>', page.text, re.S
    )
    assert found, f"no section {name} in: {words(page.text)[:2000]}"
    return found[0]


def section(page: TestResponse, name: str) -> str:
    """The words of the section of that name."""
    return words(markup_of(page, name))


def has_section(page: TestResponse, name: str) -> bool:
    """Whether the page has a section of that name."""
    return f'aria-labelledby="{name}"' in page.text


def rows(page: TestResponse, name: str = "") -> list[dict[str, str]]:
    """The rows of the tables of a section, or of the page: each cell under its label, the first
    one under nothing."""
    markup = markup_of(page, name) if name else page.text
    found = []
    for row in re.findall(r"<tr[^>]*>(.*?)</tr>", markup, re.S):
        head = re.search(r'<th scope="row"[^>]*>(.*?)</th>', row, re.S)
        if head:
            cells = re.findall(r'<td[^>]*data-label="([^"]*)"[^>]*>(.*?)</td>', row, re.S)
            found.append({"": words(head[1])} | {label: words(cell) for label, cell in cells})
    return found


def row_of(page: TestResponse, name: str, start: str) -> dict[str, str]:
    """The row of a section whose first cell starts so."""
    found = [row for row in rows(page, name) if row[""].startswith(start)]
    assert len(found) == 1, (start, rows(page, name))
    return found[0]


def asks_on(page: TestResponse) -> list[str]:
    """The addresses of the asks that the rows of a list lead to, in their order."""
    return re.findall(r'<th scope="row"[^>]*><a href="(/recommendations/R-\w{8})"', page.text)


def titles_on(page: TestResponse) -> list[str]:
    """The titles of the rows of a list, in their order."""
    found = re.findall(r'<th scope="row" role="rowheader"><a href="[^"]*">(.*?)</a>', page.text)
    return [words(title) for title in found]


def entries(page: TestResponse) -> list[str]:
    """The entries of a history or a chronology, the newest first."""
    found = re.search(r'<ol class="chron">(.*?)</ol>', page.text, re.S)
    return [
        words(item) for item in re.findall(r"<li[^>]*>(.*?)</li>", found[1] if found else "", re.S)
    ]


def facts_of(page: TestResponse) -> dict[str, str]:
    """The facts in the margin of a record's page."""
    pairs = re.findall(r"<div><dt>(.*?)</dt><dd.*?>(.*?)</dd></div>", page.text, re.S)
    return {words(name): words(value) for name, value in pairs}


# ---- forms


SHOWS_FIRST = "Nothing is changed yet"


@dataclass
class Sitting:
    """A person before a form, without script: types, presses its buttons, sends it."""

    person: Person
    path: str
    page: TestResponse = field(init=False)
    fields: dict[str, list[str]] = field(init=False)
    files: dict[str, tuple[str, bytes]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._show(self.person.get(self.path))
        assert self.page.status_code == 200, (self.path, self.page.status_code)

    def _show(self, page: TestResponse) -> None:
        self.page, self.fields = page, form_of(page)

    def type(self, typed: Typed) -> "Sitting":
        """Fill fields; a box is unticked by typing nothing."""
        for name, value in typed.items():
            if value is None:
                self.fields.pop(name, None)
            else:
                self.fields[name] = [value] if isinstance(value, str) else list(value)
        return self

    def choose_file(self, name: str, content: bytes, box: str = "file") -> "Sitting":
        """Choose a file for a field, under the name that it has on the person's machine."""
        self.files[box] = name, content
        return self

    @property
    def buttons(self) -> dict[str, str]:
        """The words of the buttons that show the form again, by what they send."""
        found = re.findall(r'<button[^>]*name="op" value="([^"]*)"[^>]*>(.*?)</button>', self.text)
        return {unescape(value): words(label) for value, label in found}

    @property
    def text(self) -> str:
        """The markup of the form's page."""
        return self.page.text

    def press(self, op: str) -> "Sitting":
        """Press a button of the page; the form comes back."""
        assert op in self.buttons, (op, list(self.buttons))
        page = self.person.client.post(self.path, data={**self.fields, "op": op})
        assert page.status_code == 200, (op, page.status_code)
        self._show(page)
        return self

    def choose(self, label: str) -> "Sitting":
        """Press the one button that reads so."""
        found = [value for value, shown in self.buttons.items() if label in shown]
        assert len(found) == 1, (label, self.buttons)
        return self.press(found[0])

    def send(self) -> TestResponse:
        """Send the form; where it comes back, go on from what it shows. Asked only whether a target
        or what the form records is on record already, the person says that it is another one; shown
        what others would newly read, that they shall."""
        answer = self.send_once()
        if SHOWS_FIRST in answer.text:
            return self.send_once()
        said = problems(answer).values() if answer.status_code == 422 else ()
        if said and all(each.endswith((SAID, AGAIN)) for each in said):
            return self.send_once()
        return answer

    def send_once(self) -> TestResponse:
        """Send the form, and take what comes."""
        if self.files:
            answer = send_files(self.person, self.path, self.fields, self.files)
        else:
            answer = self.person.client.post(self.path, data=self.fields)
        if answer.status_code in (409, 422) or SHOWS_FIRST in answer.text:
            self._show(answer)
        return answer

    def save(self) -> str:
        """Send the form, which is accepted; the address that it leads to."""
        return where(self.send())


def send_files(
    person: Person,
    path: str,
    fields: Mapping[str, Sequence[str]],
    files: Mapping[str, tuple[str, bytes]],
) -> TestResponse:
    """Send a form with files, as name and content; the client's own way leaves open what it
    writes to the disk for larger ones."""
    sent: dict[str, Any] = {**fields}
    sent |= {box: FileStorage(BytesIO(content), name) for box, (name, content) in files.items()}
    boundary, body = encode_multipart(sent)
    kind = f"multipart/form-data; boundary={boundary}"
    return person.client.post(path, data=body, content_type=kind)


def where(answer: TestResponse) -> str:
    """Where an answer that accepts a form leads to."""
    assert answer.status_code == 303, (answer.status_code, problems(answer))
    return answer.headers["Location"]


def send(person: Person, path: str, typed: Typed) -> TestResponse:
    """Fill the form of a page, and send it."""
    return Sitting(person, path).type(typed).send()


def save(person: Person, path: str, typed: Typed) -> TestResponse:
    """Fill the form of a page and send it; the page that it leads to."""
    return person.get(where(send(person, path, typed)))


def encoded(fields: Mapping[str, Sequence[str]]) -> bytes:
    """A form as a browser encodes it; lone surrogates go through as a hostile client sends them."""
    pairs = [(name, value) for name, values in fields.items() for value in values]
    return "&".join(
        f"{quote_plus(name, errors='surrogatepass')}={quote_plus(value, errors='surrogatepass')}"
        for name, value in pairs
    ).encode()


def text_fields(page: TestResponse) -> list[str]:
    """The names of the fields of a form into which a person types, or a page's script writes."""
    kinds = ("text", "search", "email", "hidden", "date", "password")
    return [
        given["name"]
        for tag, given in _form_elements(page)
        if given["name"] != "csrf_token"
        and (tag == "textarea" or (tag == "input" and given.get("type", "text") in kinds))
    ]


def options(page: TestResponse, name: str) -> list[str]:
    """The values that a select, or a row of boxes, of a form offers."""
    found = re.search(rf'<select[^>]*name="{re.escape(name)}".*?</select>', page.text, re.S)
    if found:
        return [unescape(value) for value in re.findall(r'<option[^>]*value="([^"]*)"', found[0])]
    return [given["value"] for _, given in _form_elements(page) if given["name"] == name]


def chosen_fields(page: TestResponse) -> list[str]:
    """The names of the fields of a form of which a person chooses a value."""
    return list(
        dict.fromkeys(
            given["name"]
            for tag, given in _form_elements(page)
            if tag == "select" or (given.get("type") in ("checkbox", "radio") and given["value"])
        )
    )


def _form_elements(page: TestResponse) -> list[tuple[str, dict[str, str]]]:
    found, inside = [], False
    for tag, given in elements(page):
        if tag == "form":
            inside = given.get("method", "").lower() == "post"
        elif inside and tag in ("input", "select", "textarea") and given.get("name"):
            found.append((tag, given))
    return found


# ---- problems

SAME_LETTER = "A letter of this title and day is on record"


def problems(page: TestResponse) -> dict[str, str]:
    """What the summary on top of a form says is wrong, by the id that it links to."""
    box = re.search(r'<div class="alert alert-danger.*?</div>', page.text, re.S)
    found: dict[str, str] = {}
    for entry in re.findall(r"<li>(.*?)</li>", box[0] if box else "", re.S):
        link = re.search(r'<a href="#([^"]*)">', entry)
        name = unescape(link[1]) if link else ""
        found[name] = " ".join(part for part in (found.get(name, ""), words(entry)) if part)
    return found


def assert_problems(page: TestResponse, wanted: Mapping[str, str]) -> None:
    """The form came back with these problems and no others, each said at its field too."""
    assert page.status_code == 422, (page.status_code, words(page.text)[:300])
    found = problems(page)
    assert found.keys() == wanted.keys(), found
    for name, said in wanted.items():
        assert said in found[name], (name, found[name])
        assert_said_at(page, name)


def assert_said_at(page: TestResponse, name: str) -> None:
    """A field shows its problem, and tells it to whoever cannot see it."""
    by_id = {given["id"]: (tag, given) for tag, given in elements(page) if "id" in given}
    assert name in by_id, f"the summary links to #{name}, which is not on the page"
    tag, given = by_id[name]
    error = re.search(rf'<p [^>]*id="{re.escape(name)}-error"[^>]*>(.*?)</p>', page.text, re.S)
    assert error, f"no message stands at {name}"
    said, told = words(error[1]).removeprefix("Error: "), problems(page)[name]
    assert said in told, (said, told)
    if tag in ("input", "select", "textarea"):
        assert given.get("aria-invalid") == "true", f"{name} is not marked as invalid"
        assert f"{name}-error" in given.get("aria-describedby", "").split(), name


def assert_still_there(page: TestResponse, typed: Mapping[str, Sequence[str]]) -> None:
    """All that was typed stands in the form that came back."""
    now = form_of(page)
    lost = {
        name: (list(values), now.get(name))
        for name, values in typed.items()
        if name not in ("csrf_token", "op") and list(values) != now.get(name)
    }
    assert not lost, lost


def gist(fields: Mapping[str, Sequence[str]]) -> Counter[tuple[str, str]]:
    """What was typed into a form with rows, whatever the numbers of its rows."""
    return Counter(
        (re.sub(r"-\d+", "", name), value)
        for name, values in fields.items()
        for value in values
        if value and name not in ("csrf_token", "op") and not name.endswith("asked_of")
    )


def row_with(fields: Mapping[str, Sequence[str]], value: str) -> str:
    """The name of the row into which that was typed."""
    (found,) = (name for name, values in fields.items() if list(values) == [value])
    return found.rpartition("-")[0]


# ---- what is on record


def contents(app: Flask) -> dict[str, list[Any]]:
    """All that the database holds, save when people were last seen at their desks."""
    with app.app_context():
        db.session.rollback()
        with db.engine.connect() as connection:
            return {
                table.name: sorted(
                    connection.execute(
                        select(*(c for c in table.columns if not c.name.endswith(VISITS)))
                    ).all(),
                    key=repr,
                )
                for table in Base.metadata.sorted_tables
            }


VISITS = ("visit_started_at", "previous_visit_at")


@contextmanager
def nothing_changes(app: Flask, *but: str) -> Iterator[None]:
    """What is done inside leaves the database as it was, perhaps but for some tables."""
    before = contents(app)
    yield
    after = contents(app)
    changed = [name for name in before if before[name] != after[name] and name not in but]
    assert not changed, changed


# ---- days


def travel(on_day: Callable[[str], None], day: str, *people: Person) -> None:
    """It is that day, and these people log in on it."""
    on_day(day)
    for person in people:
        person.client = person.app.test_client()
        assert log_in(person).status_code == 302, person.email


def night_of(app: Flask, day: str) -> None:
    """The nightly sweep runs."""
    job = registry.find("stale-sweep")
    assert job is not None
    with app.app_context():
        runner.run_by_hand(job, date.fromisoformat(day), dry_run=False)


# ---- records that tests begin with

LETTER: dict[str, str] = {
    "title": "Letter on forced separation",
    "written_on": "2023-10-23",
    "signatories-0-name": "Rep. Chris Smith",
    "addressees-0-agency": "State",
    "asks-0-title": "Sanction those responsible",
    "asks-0-targets-0-name": "Wu Yingjie",
    "sources-0-title": "CECC letter",
    "sources-0-url": "https://www.cecc.gov/letter",
}
DRAFT: dict[str, str] = {
    "title": "Sanction those responsible",
    "addressees-0-agency": "State",
    "targets-0-name": "Wu Yingjie",
}


def further_ask(number: int, title: str, target: str, **more: str) -> dict[str, str]:
    """The fields of one more ask of a letter."""
    typed = {"title": title, "targets-0-name": target, "decided_by": "", **more}
    return {f"asks-{number}-{name}": value for name, value in typed.items()}


def record_letter(person: Person, typed: Typed | None = None) -> str:
    """A letter recorded through its form: the address of its page."""
    return where(send(person, "/letters/new", {**LETTER, **(typed or {})}))


def record_ask(person: Person, typed: Typed | None = None) -> str:
    """A letter with one ask recorded through its form: the address of the ask's page."""
    return asks_on(person.get(record_letter(person, typed)))[0]


def record_draft(person: Person, typed: Typed | None = None) -> str:
    """An ask that no letter carries, recorded through its form: the address of its page."""
    return where(send(person, "/recommendations/new", {**DRAFT, **(typed or {})}))


def record_contact(person: Person, ask: str, substance: str, on: str, **more: Any) -> TestResponse:
    """A contact about an ask, recorded through its form: the page that follows."""
    typed = {"substance": substance, "happened_on": on, **more}
    return save(person, f"/contacts/new?ask={ask.rpartition('/')[2]}", typed)


def share(person: Person, path: str, audience: str = "coalition", **more: Any) -> TestResponse:
    """A record given another audience through its page: the page that follows."""
    typed = {"audience": audience, "reason": "The coalition works on it.", **more}
    return save(person, f"{path}/audience", typed)
