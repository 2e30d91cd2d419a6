"""What the new readers of a record will be shown: who they are, and every field with something in
it, read as one of them would read it."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from tracker.accounts.permissions import Role
from tracker.accounts.viewer import ANONYMOUS, Viewer
from tracker.casework import words
from tracker.clocks import queries as clocks
from tracker.clocks.explain import arithmetic
from tracker.core.countries import Place
from tracker.core.now import today
from tracker.correspondence import queries as correspondence
from tracker.correspondence.models import Contact, Letter
from tracker.recommendations import queries as asks
from tracker.recommendations.models import (
    Addressee,
    ControlledItem,
    Outcome,
    Recommendation,
    StatusSpan,
)
from tracker.records.models import Audience, RecordMixin
from tracker.records.queries import tags_of
from tracker.records.readers import named_among, readers_of
from tracker.sources import queries as sources
from tracker.sources.models import Attachment, Source
from tracker.targets import queries as targets
from tracker.targets.merged import merged_under
from tracker.targets.models import Target

T = TypeVar("T", StatusSpan, Contact, Outcome)
Field = tuple[str, list[str]]  # the words for it, and each thing that stands in it
NOBODYS_ID = 0  # of somebody who is named nowhere


@dataclass(frozen=True)
class Disclosed:
    """A record with what its new readers are shown, and how many of each organisation they are."""

    row: RecordMixin
    title: str
    fields: list[Field]
    readers: dict[str, int]
    is_for_everybody: bool  # whoever comes, once the public dashboard is on


class Readers(NamedTuple):
    """Who sees a record: its audience, and the organisations of its people, by person."""

    audience: Audience
    people: dict[int, str]


def readers_now(rows: Iterable[RecordMixin]) -> dict[int, Readers]:
    """Who sees each record, by record."""
    return {row.id: Readers(row.audience, readers_of(row)) for row in rows}


def disclosed(
    viewer: Viewer, rows: Sequence[RecordMixin], before: dict[int, Readers]
) -> list[Disclosed]:
    """What new readers are shown of records whose audience the viewer has just changed: of those
    that somebody sees newly, or is to see who gets an account later. Somebody named may see of it
    what the viewer does not: that is left out."""
    found = []
    for row in rows:
        was = before[row.id]
        newly = {key: name for key, name in readers_of(row).items() if key not in was.people}
        is_for_everybody = row.audience is Audience.PUBLIC is not was.audience
        if newly or row.audience.width > was.audience.width:
            fields = _read_by_any(viewer, row, newly)
            count = dict(sorted(Counter(newly.values()).items()))
            found.append(Disclosed(row, _title(row), fields, count, is_for_everybody))
    return found


def _read_by_any(viewer: Viewer, row: RecordMixin, newly: Collection[int]) -> list[Field]:
    """What any of the new readers is shown: whoever belongs to nothing else, and each who is named
    for something, to whom more may open with it; of that, what the viewer sees too."""
    is_named = row.audience is Audience.NAMED
    found = {} if is_named else {name: list(kept) for name, kept in _fields(row, newcomer(row))}
    own = dict(_fields(row, viewer))
    for user in named_among(newly):
        for name, kept in _fields(row, Viewer.of(user)):
            shown = found.setdefault(name, [])
            shown += [each for each in kept if each not in shown and each in own.get(name, ())]
    return [(name, shown) for name, shown in found.items() if shown]


def newcomer(row: RecordMixin) -> Viewer:
    """Somebody of a record's audience, not of named people, who belongs to nothing else."""
    if row.audience is Audience.PUBLIC:
        return ANONYMOUS
    if row.audience is Audience.COALITION:
        return Viewer(NOBODYS_ID, NOBODYS_ID, Role.PARTNER)
    return Viewer(NOBODYS_ID, row.organisation_id, Role.STAFF)


def _title(row: Any) -> str:
    return str(row.name if isinstance(row, Target) else row.title)


def _fields(row: RecordMixin, reader: Viewer) -> Iterator[Field]:
    get, fields = _ROOMS[type(row)]
    found = get(reader, row.reference)
    return fields(found, reader) if found else iter(())


def _of_ask(ask: Recommendation, reader: Viewer) -> Iterator[Field]:
    own = [ask.id]
    yield "Title", [ask.title]
    yield "What is asked for", _texts(ask.request)
    yield "Legal basis", _texts(ask.legal_basis)
    yield "Ground", [words.GROUND[ask.ground]] if ask.ground else []
    yield "Abuse", _texts(ask.abuse)
    yield "Newest conduct", _texts(ask.newest_conduct_on and ask.newest_conduct_on.shown)
    yield "Decided by", _texts(ask.decided_by and ask.decided_by.name)
    places = asks.places_of(reader, own)[ask.id]
    yield "Places", [Place(place.country, place.region).shown for place in places]
    yield "Tags", tags_of(reader, own).get(ask.id, [])
    yield "Targets", [target.name for target in asks.targets_of(reader, own)[ask.id]]
    yield (
        "Addressed to",
        [_joined(a.agency.name, a.office_title, a.official, _stands(a)) for a in ask.addressees],
    )
    yield "What followed", _texts(words.RESULT[ask.result])
    yield "Controlled items", [_item(item) for item in ask.controls]
    # what is void by now is not told to who comes to see the ask
    spans = _standing(asks.spans_of(reader, own)[ask.id])
    yield "Status", [words.STATUS[ask.status], *(said for one in spans for said in _of_span(one))]
    contacts = _standing(correspondence.contacts_of(reader, own)[ask.id])
    yield "Contacts", [_contact(contact) for contact in contacts]
    outcomes = _standing(asks.outcomes_of(reader, own)[ask.id])
    yield "Outcomes", [_outcome(outcome) for outcome in outcomes]
    yield "Letters", [each.title for each in correspondence.letters_of(reader, own)[ask.id]]
    own_clocks = clocks.clocks_of(reader, own)[ask.id]
    yield "Clocks", list(dict.fromkeys(arithmetic(c, today()).explanation for c in own_clocks))
    acts = clocks.acts_of(reader, ask.id)
    yield "Done to clocks", [_joined(words.CLOCK_ACT[act.act], act.reason) for act in acts]
    yield "Evidence", _evidence(reader, ask.id, *(contact.id for contact in contacts))


def _stands(row: Addressee) -> str:
    """What came back, and when: it follows from contacts that the reader may not see."""
    days = (row.acknowledged_on, row.answered_on, row.last_contact_on)
    known = ", ".join(dict.fromkeys(day.shown for day in days if day))
    return f"{words.ADDRESSEE[row.state].lower()} ({known})" if known else ""


def _of_letter(letter: Letter, reader: Viewer) -> Iterator[Field]:
    yield "Title", [letter.title]
    yield "Days", _texts(_joined(*_days_of(letter)))
    yield "On behalf of", _texts(letter.on_behalf_of)
    yield "Proof of its receipt", _texts(letter.received_proof)
    yield "Void, because", _texts(letter.void_reason)
    yield "Signed by", [_joined(s.name, s.body_text) for s in letter.signatories]
    yield (
        "Addressed to",
        [_joined(a.agency.name, a.office_title, a.official) for a in letter.addressees],
    )
    yield "Asks", [ask.title for ask in correspondence.asks_of(reader, [letter.id])[letter.id]]
    yield "Evidence", _evidence(reader, letter.id)


def _days_of(letter: Letter) -> Iterator[str]:
    for what, day in (
        ("written", letter.written_on),
        ("sent", letter.sent_on),
        ("received", letter.received_on),
        ("asks for a reply by", letter.reply_requested_by),
    ):
        if day:
            yield f"{what} {day.shown}"


def _of_target(target: Target, reader: Viewer) -> Iterator[Field]:
    yield "Names", [name.text for name in target.names]
    yield "Position", _texts(target.position)
    yield "Born", _texts(target.born_on)
    yield "Place", [target.place.shown] if target.place else []
    yield "Identifiers", [_joined(each.kind, each.value) for each in target.identifiers]
    yield "Note", _texts(target.note)
    yield "Members", [member.name for member in targets.members(reader, target.id)]
    yield "Member of", [found.name for found in targets.classes_of(reader, target.id)]
    same = merged_under(reader, [target.id]).get(target.id, [])
    yield "Also on record as", [_joined(*(name.text for name in each.names)) for each in same]
    yield "Outcomes", [_outcome(outcome) for outcome in asks.outcomes_about(reader, target.id)]


def _of_source(source: Source, reader: Viewer) -> Iterator[Field]:
    yield "Title", [source.title]
    yield "Published by", _texts(source.publisher)
    yield "Address", _texts(source.url)
    yield "Note", _texts(source.note)
    if source.is_protected and reader.organisation_id == source.organisation_id:
        yield "Where its identity is kept", _texts(source.kept_where)
    files = sources.attachments_of(reader, source.id).values()
    yield "Files", [_joined(file.name, _given_out(file)) for file in files]
    yield "Cited for", [use.shows for use in sources.uses_of(reader, source.id) if use.shows]


def _given_out(file: Attachment) -> str:
    if not file.is_shared:
        return "not given out: its name alone"
    return "a copy without its metadata" if file.is_stripped else "as it is, with all it holds"


# how a record of each kind is read as somebody, and what then stands on its page
_ROOMS: dict[type, tuple[Callable[[Viewer, str], Any], Callable[[Any, Viewer], Iterator[Field]]]]
_ROOMS = {
    Recommendation: (asks.get, _of_ask),
    Letter: (correspondence.letter, _of_letter),
    Target: (targets.get, _of_target),
    Source: (sources.get, _of_source),
}


def _evidence(reader: Viewer, *record_ids: int) -> list[str]:
    cited = sources.cited_by(reader, record_ids)
    uses = (use for key in record_ids for use in cited.get(key, ()))
    return [_joined(use.source.title, use.shows) for use in uses]


def _standing(entries: Iterable[T]) -> list[T]:
    return [entry for entry in entries if not entry.voided_at]


def _of_span(span: StatusSpan) -> list[str]:
    closed_as = words.CLOSURE[span.closure_reason].lower() if span.closure_reason else ""
    said = _joined(closed_as, span.reason, span.note)
    return [f"{words.STATUS[span.status]}: {said}"] if said else []


def _contact(contact: Contact) -> str:
    day = contact.happened_on.shown if contact.happened_on else "Day not known"
    told = _joined(
        f"{day}, {words.SUBSTANCE[contact.substance].lower()}",
        f"promised by {contact.promised_on.shown}" if contact.promised_on else "",
        f"a proposal has been before the committee since {contact.proposed_on.shown}"
        if contact.proposed_on
        else "",
        "the decision that the law asks for" if contact.is_determination else "",
    )
    return f"{told}: {contact.summary}" if contact.summary else told


def _outcome(outcome: Outcome) -> str:
    cited = (text for each in outcome.citations for text in (each.citation, each.url))
    about = outcome.target.name if outcome.target else ""
    by = outcome.authority.name if outcome.authority else outcome.actor
    on = outcome.effective_on.shown if outcome.effective_on else ""
    tied = words.ATTRIBUTION[outcome.attribution]
    return _joined(words.OUTCOME[outcome.kind], about, by, on, tied, *cited, outcome.note)


def _item(item: ControlledItem) -> str:
    place = Place(item.destination_country, item.destination_region)
    return _joined(
        words.CONTROL_TYPE[item.control_type],
        item.technology,
        item.models,
        item.supplier,
        item.eccn,
        place.shown if place.country else "",
        item.end_user,
        item.end_use,
        item.reason_for_control,
        item.licence_policy,
        item.diversion_evidence,
    )


def _joined(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)


def _texts(value: object) -> list[str]:
    return [str(value)] if value else []
