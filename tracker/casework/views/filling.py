"""Filling forms with what is on record, and with what may be chosen."""

from collections.abc import Mapping, Sequence

from tracker.accounts.models import User
from tracker.agencies import queries as agencies
from tracker.agencies.models import Agency
from tracker.casework import words
from tracker.casework.act_forms import NextForm, OutcomeForm, StatusForm
from tracker.casework.actions.spans import standing_of
from tracker.core.countries import Place
from tracker.correspondence.models import Contact, Letter
from tracker.recommendations import workflow
from tracker.recommendations.models import ControlledItem, Recommendation
from tracker.sources.models import SourceUse
from tracker.targets.models import Target


def ask_data(
    ask: Recommendation, seen_targets: Sequence[Target], tags: Sequence[str]
) -> dict[str, object]:
    """An ask as the data of its form; of its targets only those that the editor may see."""
    return {
        "instrument": ask.instrument.value,
        "title": ask.title,
        "request": ask.request,
        "seeks": ask.seeks.value,
        "legal_basis": ask.legal_basis,
        "ground": ask.ground.value if ask.ground else "",
        "abuse": ask.abuse,
        "newest_conduct_on": ask.newest_conduct_on,
        "decided_by": ask.decided_by.slug if ask.decided_by else "",
        "places": [row.place for row in ask.places],
        "targets": [{"ref": target.reference, "name": target.name} for target in seen_targets],
        "controls": [_control_data(item) for item in ask.controls],
        "addressees": [
            {
                "agency": row.agency.name,
                "official": row.official,
                "office_title": row.office_title,
            }
            for row in ask.addressees
        ],
        "tags": ", ".join(tags),
        "version": ask.version,
    }


def _control_data(item: ControlledItem) -> dict[str, object]:
    place = Place(item.destination_country, item.destination_region)
    return {
        "control_type": item.control_type.value,
        "technology": item.technology,
        "models": item.models,
        "supplier": item.supplier,
        "eccn": item.eccn,
        "eccn_status": item.eccn_status.value,
        "destination": place if place.country else None,
        "end_user": item.end_user,
        "end_use": item.end_use,
        "reason_for_control": item.reason_for_control,
        "licence_policy": item.licence_policy,
        "diversion_evidence": item.diversion_evidence,
    }


def choose_status(form: StatusForm, ask: Recommendation) -> workflow.Standing:
    """Offer the statuses that may follow; returns how the ask stands."""
    standing = standing_of(ask)
    form.to.choices = {status.value: words.STATUS[status] for status in workflow.allowed(standing)}
    return standing


def further_ask_data(letter: Letter, evidence: Sequence[SourceUse]) -> dict[str, object]:
    """One more ask of a letter, as the data of its form: put to those to whom the letter went, and
    resting on what can be read of it."""
    return {
        "addressees": [
            {
                "agency": row.agency.name,
                "official": row.official,
                "office_title": row.office_title,
            }
            for row in letter.addressees
            if not row.is_copy
        ],
        "sources": _sources_data(evidence),
    }


def _sources_data(evidence: Sequence[SourceUse]) -> list[dict[str, object]]:
    # what only its own page may tell, where the read is written down, is not brought along
    told = [use.source for use in evidence if not use.source.is_read_kept]
    return [
        {
            "title": source.title,
            "url": source.url,
            "publisher": source.publisher,
            "published_on": source.published_on,
        }
        for source in told
    ]


def like_ask_data(
    ask: Recommendation,
    seen_targets: Sequence[Target],
    tags: Sequence[str],
    evidence: Sequence[SourceUse],
) -> dict[str, object]:
    """A new ask like one on record, as the data of its form: to others, so without those to whom
    that one went and who decides on it."""
    data = ask_data(ask, seen_targets, tags)
    own = ("addressees", "decided_by", "version")
    return {k: v for k, v in data.items() if k not in own} | {"sources": _sources_data(evidence)}


def contact_data(
    contact: Contact, bodies: Sequence[Agency], cited: Sequence[SourceUse]
) -> dict[str, object]:
    """A contact as the data of the form in which it is entered anew; its source, where no read of
    it is kept."""
    told = next((use.source for use in cited if not use.source.is_read_kept), None)
    return {
        "substance": contact.substance.value,
        "happened_on": contact.happened_on,
        "channel": contact.channel.value,
        "agencies": [body.slug for body in bodies],
        "summary": contact.summary,
        "promised_on": contact.promised_on,
        "is_determination": contact.is_determination,
        "proposed_on": contact.proposed_on,
        "source_title": told.title if told else "",
        "source_url": told.url if told else "",
    }


def next_form(ask: Recommendation, colleagues: Sequence[User], **formdata: None) -> NextForm:
    """The form of the next step as it stands on record; what was typed over it counts, unless
    `formdata` is None."""
    form = NextForm(
        data={
            "assignee": str(ask.assignee_id or ""),
            "next_action": ask.next_action,
            "next_action_on": ask.next_action_on,
            "version": ask.plan_version,
        },
        **formdata,
    )
    form.assignee.choices = {"": "Nobody"} | {str(user.id): user.name for user in colleagues}
    return form


def outcome_choices(
    form: OutcomeForm, targets: Sequence[Target], members: Mapping[int, Sequence[Target]]
) -> None:
    """Offer the ask's targets, the named members of its classes, and every body."""
    choices = {"": "The ask as a whole, or nobody named"}
    for target in targets:
        choices[target.reference] = target.name
        for member in members.get(target.id, []):
            choices.setdefault(member.reference, f"{member.name}, of: {target.name}")
    form.target.choices = choices
    form.authority.choices = {"": "Not known"} | agencies.names()
