"""How each kind of record is written as JSON. Dates stand as known (`2019`, `2019-12`), times in
RFC 3339, UTC. What the viewer may not see is absent; the caller hands in only what is visible."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from tracker.agencies.models import Agency
from tracker.clocks.explain import arithmetic
from tracker.clocks.models import Clock, ClockKind
from tracker.clocks.section_1263d import CITATION
from tracker.core.dates import PartialDate
from tracker.correspondence.models import Contact, Letter
from tracker.recommendations.models import (
    Addressee,
    ControlledItem,
    Outcome,
    Recommendation,
    RecommendationPlace,
    StatusSpan,
)
from tracker.recommendations.outcomes import NotCredited
from tracker.sources.models import Source, SourceUse
from tracker.targets.models import Target

IN_LAW = {ClockKind.SECTION_1263D: CITATION}  # also of a clock that did not start


@dataclass(frozen=True)
class AskParts:
    """An ask with all its visible parts, loaded."""

    ask: Recommendation
    targets: Sequence[Target]
    places: Sequence[RecommendationPlace]
    outcomes: Sequence[Outcome]
    clocks: Sequence[Clock]
    letters: Sequence[Letter]
    contacts: Sequence[Contact]  # that stand
    met: Mapping[int, Sequence[Agency]]  # with whom each contact was, by contact
    spans: Sequence[StatusSpan]  # that stand
    sources: Sequence[SourceUse]
    proofs: Mapping[int, Sequence[SourceUse]]  # what each contact can be read in, by contact
    tags: Sequence[str] = field(default_factory=tuple)
    # whether the viewer is of the owner: what an organisation does next is its own affair
    is_own: bool = False
    why_not: Mapping[int, NotCredited] = field(default_factory=dict)  # by outcome not credited

    @property
    def cited(self) -> list[SourceUse]:
        """The citations of the ask and of its contacts."""
        return [*self.sources, *(use for uses in self.proofs.values() for use in uses)]


def recommendation(parts: AskParts, today: date, base_url: str) -> dict[str, Any]:
    """A recommendation, in the shape of the interface."""
    ask = parts.ask
    flags = [clock for clock in parts.clocks if clock.is_flagged]
    return {
        "reference": ask.reference,
        "title": ask.title,
        "instrument": ask.instrument,
        "seeks": ask.seeks,
        "request": ask.request,
        "legal_basis": ask.legal_basis,
        "ground": ask.ground,
        "abuse": ask.abuse,
        "newest_conduct_on": known(ask.newest_conduct_on),
        "status": ask.status,
        "closure_reason": ask.closure_reason,
        "result": ask.result,
        "audience": ask.audience,
        "organisation": ask.organisation.name,
        **_next_of(ask if parts.is_own else None),
        "tags": list(parts.tags),
        "countries": list(dict.fromkeys(row.country for row in parts.places)),
        "region": "; ".join(dict.fromkeys(row.region for row in parts.places if row.region)),
        "places": [{"country": row.country, "region": row.region} for row in parts.places],
        "submitted_on": known(ask.submitted_on),
        "last_contact_on": known(ask.last_contact_on),
        "response_requested_by": _reply_requested_by(parts.letters),
        "decided_by": ask.decided_by.slug if ask.decided_by else None,
        "stale": bool(flags),
        "causes": list(dict.fromkeys(clock.cause for clock in flags)),
        "targets": [
            {"reference": t.reference, "name": t.name, "kind": t.kind} for t in parts.targets
        ],
        "outcomes": [
            {**outcome(o), "not_credited": parts.why_not.get(o.id)}
            for o in parts.outcomes
            if o.voided_at is None
        ],
        "addressees": [_addressee(row) for row in ask.addressees],
        "controls": [_control(item) for item in ask.controls],
        "clocks": [clock(c, today) for c in parts.clocks],
        "letters": [letter.reference for letter in parts.letters],
        "contacts": [_contact(c, parts) for c in parts.contacts],
        "statuses": [_status(span) for span in parts.spans],
        "sources": [use.source.reference for use in parts.sources],
        "version": ask.version,
        "updated_at": moment(ask.updated_at),
        "url": f"{base_url}/recommendations/{ask.reference}",
    }


def _next_of(ask: Recommendation | None) -> dict[str, Any]:
    """Who does what next, and by when; nothing where it is nobody else's to know."""
    day = ask.next_action_on if ask else None
    return {
        "assignee": ask.assignee.name if ask and ask.assignee else None,
        "next_action": ask.next_action if ask else "",
        "next_action_on": day.isoformat() if day else None,
    }


def _reply_requested_by(letters: Sequence[Letter]) -> str | None:
    days = [
        letter.reply_requested_by
        for letter in letters
        if letter.reply_requested_by and letter.reply_date_confirmed
    ]
    return known(min(days)) if days else None


def _addressee(row: Addressee) -> dict[str, Any]:
    return {
        "agency": row.agency.slug,
        "office": row.office_title,
        "official": row.official,
        "state": row.state,
        "asked_on": known(row.asked_on),
        "acknowledged_on": known(row.acknowledged_on),
        "answered_on": known(row.answered_on),
        "last_contact_on": known(row.last_contact_on),
    }


def _control(item: ControlledItem) -> dict[str, Any]:
    names = (
        "control_type",
        "technology",
        "models",
        "supplier",
        "eccn",
        "eccn_status",
        "destination_country",
        "destination_region",
        "end_user",
        "end_use",
        "reason_for_control",
        "licence_policy",
        "diversion_evidence",
    )
    return {name: getattr(item, name) for name in names}


def _contact(row: Contact, parts: AskParts) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "on": known(row.happened_on),
        "direction": row.direction,
        "substance": row.substance,
        "channel": row.channel,
        "agencies": [agency.slug for agency in parts.met.get(row.id, ())],
        "letter": row.letter.reference if row.letter and row.letter in parts.letters else None,
        "promised_on": known(row.promised_on),
        "proposed_on": known(row.proposed_on),
        "is_determination": row.is_determination,
        "summary": row.summary,
        "sources": [use.source.reference for use in parts.proofs.get(row.id, ())],
    }


def _status(row: StatusSpan) -> dict[str, Any]:
    return {
        "status": row.status,
        "from_on": known(row.from_on),
        "until_on": known(row.until_on),
        "closure_reason": row.closure_reason,
        "reason": row.reason,
        "note": row.note,
    }


def outcome(row: Outcome) -> dict[str, Any]:
    """An outcome; several citations of one listing stand beside each other."""
    first = row.citations[0] if row.citations else None
    return {
        "target": row.target.reference if row.target else None,
        "kind": row.kind,
        "authority": row.authority.slug if row.authority else None,
        "actor": row.actor,
        "instrument": row.instrument,
        "citation": first.citation if first else "",
        "effective_on": known(row.effective_on),
        "attribution": row.attribution,
        "url": first.url if first else "",
        "citations": [{"citation": c.citation, "url": c.url} for c in row.citations],
        "note": row.note,
    }


def clock(row: Clock, today: date) -> dict[str, Any]:
    """A clock with its explanation in a sentence."""
    return {
        "kind": row.kind,
        "cause": row.cause,
        "agency": row.agency.slug if row.agency else None,
        "basis": row.basis,
        "citation": row.rule.citation if row.rule else IN_LAW.get(row.kind, ""),
        "started_on": known(row.started_on),
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "state": row.state,
        "ended_on": row.ended_on.isoformat() if row.ended_on else None,
        "flagged_on": row.flagged_on.isoformat() if row.flagged_on else None,
        "snoozed_until": row.snoozed_until.isoformat() if row.snoozed_until else None,
        "explanation": arithmetic(row, today).explanation,
    }


def letter(
    row: Letter, asks: Sequence[Recommendation], sources: Sequence[SourceUse]
) -> dict[str, Any]:
    """A letter with its signatories and addressees, and the references of its asks."""
    return {
        "reference": row.reference,
        "title": row.title,
        "kind": row.kind,
        "channel": row.channel,
        "on_behalf_of": row.on_behalf_of,
        "written_on": known(row.written_on),
        "sent_on": known(row.sent_on),
        "received_on": known(row.received_on),
        "received_proof": row.received_proof,
        "reply_requested_by": known(row.reply_requested_by),
        "reply_date_confirmed": row.reply_date_confirmed,
        "signatories": [
            {
                "name": signatory.name,
                "role": signatory.role,
                "body": signatory.body.name if signatory.body else signatory.body_text,
            }
            for signatory in row.signatories
        ],
        "addressees": [
            {
                "agency": addressee.agency.slug,
                "office": addressee.office_title,
                "official": addressee.official,
                "copy": addressee.is_copy,
            }
            for addressee in row.addressees
        ],
        "recommendations": [ask.reference for ask in asks],
        "sources": [use.source.reference for use in sources],
        "organisation": row.organisation.name,
        "audience": row.audience,
        "version": row.version,
        "updated_at": moment(row.updated_at),
    }


def target(row: Target, members: Sequence[Target]) -> dict[str, Any]:
    """A target with its names in every script, and the named members of a class."""
    return {
        "reference": row.reference,
        "kind": row.kind,
        "name": row.name,
        "names": [{"text": n.text, "kind": n.kind, "script": n.script} for n in row.names],
        "identifiers": [{"kind": i.kind, "value": i.value} for i in row.identifiers],
        "position": row.position,
        "born_on": known(row.born_on),
        "country": row.country or None,
        "region": row.region,
        "members": [member.reference for member in members],
        "organisation": row.organisation.name,
        "audience": row.audience,
        "version": row.version,
        "updated_at": moment(row.updated_at),
    }


def agency(row: Agency) -> dict[str, Any]:
    """A body."""
    return {
        "slug": row.slug,
        "name": row.name,
        "short_name": row.short_name,
        "kind": row.kind,
        "jurisdiction": row.jurisdiction,
        "parent": row.parent.slug if row.parent else None,
    }


def source(row: Source) -> dict[str, Any]:
    """A source."""
    return {
        "reference": row.reference,
        "title": row.title,
        "publisher": row.publisher,
        "published_on": known(row.published_on),
        "url": row.url,
        "organisation": row.organisation.name,
        "audience": row.audience,
        "version": row.version,
        "updated_at": moment(row.updated_at),
    }


def known(value: PartialDate | None) -> str | None:
    """A date as known."""
    return str(value) if value else None


def moment(value: datetime) -> str:
    """A time in RFC 3339, UTC."""
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
