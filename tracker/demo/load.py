"""Loading the demonstration: people to log in as, and real public letters with their asks.

The file `letters.json` holds facts and links taken from public letters and reports. Nobody has
vetted them. Its format is ours: see `docs/demo-data.md`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracker.accounts import actions as accounts
from tracker.accounts import queries as account_queries
from tracker.accounts.permissions import Role
from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies
from tracker.casework import actions
from tracker.casework.inputs import (
    AddresseeInput,
    AskInput,
    ContactInput,
    ControlInput,
    LetterInput,
    NextInput,
    OutcomeInput,
    SignatoryInput,
)
from tracker.core.countries import Place, parse_places
from tracker.core.dates import PartialDate
from tracker.correspondence import queries as correspondence
from tracker.correspondence.models import Channel, Letter, LetterKind, SignatoryRole, Substance
from tracker.history import actions as history
from tracker.recommendations import queries as asks
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import (
    ClosureReason,
    ControlType,
    EccnStatus,
    Ground,
    Judgement,
    OutcomeKind,
    Recommendation,
    Seeks,
    Status,
)
from tracker.recommendations.workflow import Change
from tracker.records.models import Audience, RecordMixin
from tracker.sources import queries as sources
from tracker.sources.actions import SourceInput
from tracker.targets.actions import TargetInput
from tracker.targets.models import Target, TargetKind

FILE = Path(__file__).with_name("letters.json")
ORGANISATION, PARTNERS = "Demonstration staff", "Demonstration partner"
WHY_SHARED = "Public record, loaded for the demonstration."


@dataclass(frozen=True)
class Login:
    """A demonstration account."""

    email: str
    name: str
    role: Role
    organisation: str
    password: str


LOGINS = (
    Login("staff@example.org", "Demo staff", Role.STAFF, ORGANISATION, "letters-and-replies"),
    Login("admin@example.org", "Demo admin", Role.ADMIN, ORGANISATION, "keys-to-the-archive"),
    Login("partner@example.org", "Demo partner", Role.PARTNER, PARTNERS, "reads-but-not-writes"),
)


def is_loaded() -> bool:
    """Whether the demonstration has been loaded into this database."""
    return account_queries.organisation_by_name(ORGANISATION) is not None


def load() -> int:
    """Load everything; returns how many asks were recorded. The caller commits, so that a load
    that is cut off leaves nothing behind."""
    for name in (ORGANISATION, PARTNERS):
        accounts.add_organisation(name)
    for login in LOGINS:
        organisation = account_queries.organisation_by_name(login.organisation)
        assert organisation is not None
        accounts.add_user(
            login.email,
            name=login.name,
            password=login.password,
            role=login.role,
            organisation=organisation,
        )
    viewer = account_queries.viewer_for(LOGINS[0].email)
    data = json.loads(FILE.read_text(encoding="utf-8"))
    known: dict[str, str] = {}
    count = sum(_letter(viewer, letter, known) for letter in data["letters"])
    history.record("demo.loaded", actor_id=viewer.user_id, body={"after": {"asks": count}})
    return count


def _letter(viewer: Viewer, given: Mapping[str, Any], known: dict[str, str]) -> int:
    letter = actions.record_letter(viewer, _letter_input(given, known))
    carried = correspondence.asks_of(viewer, [letter.id])[letter.id]
    _remember_targets(viewer, carried, known)
    for ask, said in zip(carried, given["asks"], strict=True):
        _after(viewer, ask, said)
    _share(viewer, letter, carried, Audience(given["audience"]))
    return len(carried)


def _letter_input(given: Mapping[str, Any], known: Mapping[str, str]) -> LetterInput:
    return LetterInput(
        title=given["title"],
        kind=LetterKind(given["kind"]),
        written_on=_date(given.get("written_on")),
        channel=Channel(given.get("channel", "letter")),
        on_behalf_of=given.get("on_behalf_of", ""),
        reply_requested_by=_date(given.get("reply_requested_by")),
        reply_date_confirmed=bool(given.get("reply_date_confirmed")),
        note=given.get("note", ""),
        signatories=tuple(
            SignatoryInput(s["name"], SignatoryRole(s.get("role", "member")), s.get("body", ""))
            for s in given["signatories"]
        ),
        addressees=tuple(_addressee(a) for a in given["addressees"]),
        asks=tuple(_ask_input(ask, known) for ask in given["asks"]),
        sources=tuple(_source(s) for s in given["sources"]),
    )


def _addressee(given: Mapping[str, Any]) -> AddresseeInput:
    return AddresseeInput(given["agency"], given.get("official", ""), given.get("office", ""))


def _ask_input(given: Mapping[str, Any], known: Mapping[str, str]) -> AskInput:
    ground = given.get("ground")
    return AskInput(
        instrument=Instrument(given["instrument"]),
        title=given["title"],
        request=given.get("request", ""),
        seeks=Seeks(given.get("seeks", "addition")),
        legal_basis=given.get("legal_basis", ""),
        ground=Ground(ground) if ground else None,
        abuse=given.get("abuse", ""),
        newest_conduct_on=_date(given.get("newest_conduct_on")),
        decided_by=given.get("decided_by"),
        places=parse_places("; ".join(given.get("places", []))),
        targets=tuple(_target(t, known) for t in given["targets"]),
        controls=tuple(_control(c) for c in given.get("controls", [])),
        sources=tuple(_source(s) for s in given.get("sources", [])),
        tags=tuple(given.get("tags", [])),
    )


def _target(given: Mapping[str, Any], known: Mapping[str, str]) -> TargetInput | str:
    """A person or body that an earlier letter named is the same record; classes never are."""
    if given["kind"] != "class" and given["name"] in known:
        return known[given["name"]]
    places = parse_places(given.get("place", ""))
    return TargetInput(
        name=given["name"],
        kind=TargetKind(given["kind"]),
        other_names=tuple(given.get("other_names", [])),
        place=places[0] if places else None,
        position=given.get("position", ""),
    )


def _control(given: Mapping[str, Any]) -> ControlInput:
    place: Place | None = next(iter(parse_places(given.get("destination", ""))), None)
    texts = (
        "models",
        "supplier",
        "eccn",
        "end_user",
        "end_use",
        "reason_for_control",
        "licence_policy",
        "diversion_evidence",
    )
    return ControlInput(
        technology=given["technology"],
        control_type=ControlType(given.get("control_type", "item")),
        eccn_status=EccnStatus(given.get("eccn_status", "unknown")),
        destination=place,
        **{name: given[name] for name in texts if name in given},
    )


def _source(given: Mapping[str, Any]) -> SourceInput:
    return SourceInput(
        title=given.get("title", ""),
        url=given.get("url", ""),
        publisher=given.get("publisher", ""),
        published_on=_date(given.get("published_on")),
        shows=given.get("shows", ""),
        note=given.get("note", ""),
    )


def _date(text: str | None) -> PartialDate | None:
    return PartialDate.parse(text) if text else None


def _remember_targets(viewer: Viewer, carried: list[Recommendation], known: dict[str, str]) -> None:
    found = asks.targets_of(viewer, [ask.id for ask in carried])
    for targets in found.values():
        for target in targets:
            if target.kind is not TargetKind.CLASS:
                known.setdefault(target.name, target.reference)


def _after(viewer: Viewer, ask: Recommendation, given: Mapping[str, Any]) -> None:
    """What came after the letter: replies, outcomes, closing, and who works on it."""
    for reply in given.get("contacts", []):
        actions.record_contact(viewer, [ask], _contact(reply))
    targets = {t.name: t for t in asks.targets_of(viewer, [ask.id])[ask.id]}
    for outcome in given.get("outcomes", []):
        actions.record_outcome(viewer, ask, _outcome(outcome, targets))
    if closed := given.get("closed"):
        change = Change(
            Status.CLOSED,
            PartialDate.parse(closed["on"]),
            reason=closed.get("reason", ""),
            closure_reason=ClosureReason(closed["as"]),
        )
        actions.change_status(viewer, ask, change, SourceInput(), ask.version)
    if given.get("assigned"):
        actions.set_next(viewer, ask, NextInput(viewer.user_id, "", None), ask.plan_version)


def _contact(given: Mapping[str, Any]) -> ContactInput:
    found = [agencies.by_slug(slug) for slug in given["agencies"]]
    return ContactInput(
        substance=Substance(given["substance"]),
        happened_on=_date(given["on"]),
        agency_ids=tuple(agency.id for agency in found if agency),
        channel=Channel(given.get("channel", "unknown")),
        summary=given.get("summary", ""),
        source=_source(given.get("source", {})),
    )


def _outcome(given: Mapping[str, Any], targets: Mapping[str, Target]) -> OutcomeInput:
    target = targets.get(given.get("target", ""))
    instrument, judgement = given.get("instrument"), given.get("judgement")
    return OutcomeInput(
        kind=OutcomeKind(given["kind"]),
        target=target.reference if target else None,
        authority=given.get("authority"),
        actor=given.get("actor", ""),
        instrument=Instrument(instrument) if instrument else None,
        effective_on=_date(given.get("effective_on")),
        citation=given.get("citation", ""),
        url=given.get("url", ""),
        note=given.get("note", ""),
        judgement=Judgement(judgement) if judgement else None,
    )


def _share(
    viewer: Viewer, letter: Letter, carried: list[Recommendation], audience: Audience
) -> None:
    if audience is Audience.ORGANISATION:
        return
    ids = [letter.id, *(ask.id for ask in carried)]
    rows: list[RecordMixin] = [letter, *carried]
    rows += [use.source for uses in sources.cited_by(viewer, ids).values() for use in uses]
    rows += [t for found in asks.targets_of(viewer, ids).values() for t in found]
    narrower = [row for row in dict.fromkeys(rows) if row.audience.width < audience.width]
    actions.share(viewer, narrower, audience, reason=WHY_SHARED)


def demo_login_lines() -> list[str]:
    """The log-ins, as the command prints them."""
    return [f"  {login.role.value:8} {login.email:22} {login.password}" for login in LOGINS]
