"""The flags of a day, computed a second time: plain Python over the JSON export, from what was
written, said and decided. It reads no clock of the program's and no rule of it; what each rule
says stands here once more, by `docs/adr/0006`.

Left out: what a person did to a clock by hand, which the export does not have, and requests for a
removal, of which the demonstration has none.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Json = dict[str, Any]
Flag = tuple[str, ...]  # reference, agency, kind, cause, basis, due day, first late day

ACKNOWLEDGEMENT, ANSWER, PROPOSAL, REQUEST_IN_LAW = 30, 14, 30, 120
OURS = {"draft": ("drafting", 30), "vetting": ("vetting", 21)}
SILENCE = {"entity_list": 60, "export_control": 120, "global_magnitsky": 90}
SILENCE |= dict.fromkeys(("visa_7031c", "visa_212a3c", "visa_unspecified"), 90)
ABROAD, SILENCE_ABROAD, SILENCE_ELSE = {"GB", "EU", "CA", "AU"}, 120, 90
WE_WRITE = {"submission", "follow_up"}
THEY_ANSWER = {"substantive", "question", "promise", "meeting"}
THEY_CONFIRM = THEY_ANSWER | {"acknowledgement", "form_letter"}
KEEPS_PROMISE = {"substantive", "meeting", "promise"}
SENATE = {
    "Senate Committee on Foreign Relations",
    "Senate Committee on Banking, Housing, and Urban Affairs",
}
HOUSE = {"House Committee on Foreign Affairs", "House Committee on Financial Services"}


@dataclass(frozen=True)
class Term:
    """What somebody has until a day; it ended on the day on which they did it."""

    agency: str
    kind: str
    cause: str
    basis: str
    start: date
    due: date
    ended: date | None


def earliest(day: str) -> date:
    """The first day of `2019`, `2019-12` or `2019-12-03`."""
    return date.fromisoformat((day + "-01-01")[:10])


def latest(day: str) -> date:
    """The last day of the same."""
    year, month, *exact = [
        int(part) for part in (day + ("-12" if len(day) == 4 else "")).split("-")
    ]
    return date(year, month, exact[0] if exact else monthrange(year, month)[1])


def starts(day: str | None) -> bool:
    """Whether a clock can start from it: a year alone is too vague."""
    return day is not None and len(day) > 4


def flags_on(exported: Json, on: date) -> list[Flag]:
    """Every flag that holds on a day."""
    where = {body["slug"]: body["jurisdiction"] for body in exported["agencies"]}
    letters = {letter["reference"]: letter for letter in exported["letters"]}
    return sorted(
        (ask["reference"], *said, term.due.isoformat(), late.isoformat())
        for ask in exported["recommendations"]
        for term in terms(ask, letters, where)
        if (late := late_since(ask, term, on))
        for said in [(term.agency, term.kind, term.cause, term.basis)]
    )


def late_since(ask: Json, term: Term, on: date) -> date | None:
    """Since when a term has been overdue on a day on which it is. Nothing is before there is an
    ask; a closed one owes nothing, and one that was reopened is overdue again from that day."""
    since = [earliest(span["from_on"]) for span in ask["statuses"] if span["from_on"]]
    begun = min(since, default=date.min)
    late = max(term.due + timedelta(days=1), begun)
    if term.ended is not None and term.ended <= on:
        return None
    for span in ask["statuses"]:
        if span["status"] != "closed" or earliest(span["from_on"]) > on:
            continue
        until = earliest(span["until_on"]) if span["until_on"] else None
        if until is None or on < until:
            return None
        if until > term.start:
            late = max(late, until)
    return late if late <= on else None


def terms(ask: Json, letters: dict[str, Json], where: dict[str, str]) -> Iterator[Term]:
    """Everything that anybody has to do about an ask."""
    told = in_order(ask["contacts"])
    yield from unsent(ask)
    yield from evidence(ask)
    yield from request_in_law(ask, told, letters)
    yield from proposals(ask, told)
    for body in ask["addressees"]:
        agency = body["agency"]
        own = [each for each in told if agency in each["agencies"]]
        days = SILENCE_ABROAD if where[agency] in ABROAD else SILENCE_ELSE
        yield from silences(agency, own, SILENCE.get(ask["instrument"], days))
        for each in own:
            if starts(each["on"]):
                yield from of_contact(agency, own, each, letters)


def in_order(contacts: Sequence[Json]) -> list[Json]:
    """By day; on one day our letter with the ask, then all else as it was recorded."""
    return sorted(contacts, key=lambda c: (c["on"] or "", c["substance"] != "submission"))


def of_contact(
    agency: str, own: list[Json], said: Json, letters: dict[str, Json]
) -> Iterator[Term]:
    """What a contact begins, save for silence."""
    start, kind = earliest(said["on"]), said["substance"]
    letter = letters.get(said["letter"] or "", {})
    if kind == "submission":
        due, ended = start + timedelta(ACKNOWLEDGEMENT), reply(own, said, THEY_CONFIRM)
        yield Term(agency, "acknowledgement", "unacknowledged", "house", start, due, ended)
    reply_by = letter.get("reply_date_confirmed") and letter["reply_requested_by"]
    if kind in WE_WRITE and reply_by and starts(reply_by):
        due, ended = latest(reply_by), reply(own, said, THEY_ANSWER)
        yield Term(agency, "reply_requested", "response_overdue", "letter", start, due, ended)
    if kind == "promise" and starts(said["promised_on"]):
        due, ended = latest(said["promised_on"]), following(own, said, KEEPS_PROMISE)
        yield Term(agency, "promise", "promise_passed", "promise", start, due, ended)
    if kind == "question":
        due, ended = start + timedelta(ANSWER), following(own, said, WE_WRITE | {"meeting"})
        yield Term(agency, "answer", "ours_to_answer", "house", start, due, ended)


def silences(agency: str, own: list[Json], days: int) -> Iterator[Term]:
    """From each contact of substance to the next, save while a question of theirs waits for us."""
    of_substance = {each["substance"] for each in own} - {"form_letter"}
    waits = False
    for each in own:
        if each["substance"] == "question":
            waits = True
        elif each["substance"] in WE_WRITE | {"meeting"}:
            waits = False
        if each["substance"] in of_substance and not waits and starts(each["on"]):
            start = earliest(each["on"])
            ended = following(own, each, of_substance)
            due = start + timedelta(days)
            yield Term(agency, "silence", "silent", "house", start, due, ended)


def following(own: list[Json], said: Json, kinds: set[str]) -> date | None:
    """The day of the first contact of some kinds after one."""
    later = own[own.index(said) + 1 :]
    return next((earliest(c["on"]) for c in later if c["on"] and c["substance"] in kinds), None)


def reply(own: list[Json], letter: Json, kinds: set[str]) -> date | None:
    """The same of what answers a letter; what is known to the month of our first letter, or its
    year, answers it."""
    before = own[: own.index(letter)]
    if not any(each["substance"] == "submission" for each in before):
        for each in before:
            is_late_enough = each["on"] and latest(each["on"]) >= earliest(letter["on"])
            if is_late_enough and each["substance"] in kinds:
                return earliest(each["on"])
    return following(own, letter, kinds)


def unsent(ask: Json) -> Iterator[Term]:
    """What is ours to draft and to vet."""
    for span in ask["statuses"]:
        if span["status"] in OURS and starts(span["from_on"]):
            kind, days = OURS[span["status"]]
            start = earliest(span["from_on"])
            ended = earliest(span["until_on"]) if span["until_on"] else None
            yield Term("", kind, "unsent", "house", start, start + timedelta(days), ended)


def evidence(ask: Json) -> Iterator[Term]:
    """The newest conduct cited comes near five years."""
    if starts(newest := ask["newest_conduct_on"]):
        start = earliest(newest)
        due = start.replace(year=start.year + 5) - timedelta(days=90)
        yield Term("", "evidence", "evidence_ageing", "house", start, due, None)


def is_request_in_law(ask: Json, letter: Json) -> bool:
    """Whether a letter with the ask is one under 22 U.S.C. 10102(d)."""
    to = {each["agency"] for each in letter["addressees"] if not each["copy"]}
    put_to = {each["agency"] for each in ask["addressees"]}
    signed = {(each["role"], each["body"]) for each in letter["signatories"]}
    whole = {
        body for body in SENATE | HOUSE if {("chair", body), ("ranking_member", body)} <= signed
    }
    enough = whole & SENATE and whole & HOUSE if ask["ground"] == "corruption" else whole
    is_asked = ask["instrument"] == "global_magnitsky" and ask["ground"]
    return bool(is_asked and enough and "president" in to & put_to)


def request_in_law(ask: Json, told: list[Json], letters: dict[str, Json]) -> Iterator[Term]:
    """The President's 120 days, from the receipt of the first letter that is such a request."""
    found = [
        (day_of_receipt(letters[each["letter"]], each), each)
        for each in told
        if each["substance"] == "submission" and each["letter"]
        if is_request_in_law(ask, letters[each["letter"]])
    ]
    if found:
        start, first = min(found, key=lambda pair: pair[0])
        determined = [
            each
            for each in told
            if each is first or (each["is_determination"] and "president" in each["agencies"])
        ]
        ended = reply(determined, first, {"substantive"})
        due = start + timedelta(REQUEST_IN_LAW)
        yield Term("president", "section_1263d", "statutory_overdue", "statute", start, due, ended)


def day_of_receipt(letter: Json, sent: Json) -> date:
    """Nothing is received before it is sent."""
    if letter["received_on"] is None:
        return earliest(sent["on"])
    return max(earliest(letter["received_on"]), earliest(sent["on"]))


def proposals(ask: Json, told: list[Json]) -> Iterator[Term]:
    """The committee's 30 days for each proposal of which an agency tells."""
    if ask["instrument"] != "entity_list":
        return
    for day in {each["proposed_on"] for each in told if starts(each["proposed_on"])}:
        decided = [
            earliest(each["on"])
            for each in told
            if each["is_determination"] and each["on"] and set(each["agencies"]) - {"president"}
            if latest(each["on"]) >= earliest(day)
        ]
        start = earliest(day)
        due, ended = start + timedelta(PROPOSAL), min(decided, default=None)
        yield Term("", "erc_vote", "statutory_overdue", "regulation", start, due, ended)
