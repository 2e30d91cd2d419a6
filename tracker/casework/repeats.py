"""Asking once whether what is about to be recorded is on record already: it was sent twice, or a
colleague entered it. To be looked for before it is recorded, and asked after, so that what is wrong
with it is said first."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from tracker.accounts.viewer import Viewer
from tracker.casework.forms import ToldField, folded
from tracker.casework.inputs import ContactInput, OutcomeInput
from tracker.core.dates import PartialDate
from tracker.core.errors import Refused
from tracker.correspondence import queries as correspondence
from tracker.recommendations import queries as recommendations
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import Outcome, Recommendation

AGAIN = "Look at it first, or save again to record another one."


class Repeated(NamedTuple):
    """What is on record already: a mark by which the form remembers that it was said, the field to
    say it at, and what to say."""

    mark: str
    field: str
    said: str


class AskingForm(Protocol):
    """A form that remembers what was said of what is on record."""

    told: ToldField


def ask_once(form: AskingForm, repeated: Repeated | None) -> None:
    """Raise `Refused` for what is on record already, unless that was said before."""
    if problems := unsaid(form, repeated):
        raise Refused(problems)


def unsaid(form: AskingForm, repeated: Repeated | None) -> dict[str, str]:
    """What is to be said of what is on record already, by field, unless it was said before; the
    form remembers it from then on."""
    if repeated is None or folded(repeated.mark) in form.told.names:
        return {}
    form.told.add([folded(repeated.mark)])
    return {repeated.field: f"{repeated.said} {AGAIN}"}


def contact(viewer: Viewer, asks: Iterable[Recommendation], given: ContactInput) -> Repeated | None:
    """A contact of the same kind and day with the same body about one of the asks."""
    other = correspondence.same_contact(
        viewer, [ask.id for ask in asks], given.agency_ids, given.substance, given.happened_on
    )
    if other is None:
        return None
    said = f"A contact of this kind and day is on record: {other.reference}."
    return Repeated(f"{other.reference} {given.happened_on}", "happened_on", said)


def outcome(standing: Iterable[Outcome], given: OutcomeInput) -> Repeated | None:
    """The same done to the same target by the same body under the same instrument on the same day;
    where the day is not known, as the same text or page says."""
    for other in standing:
        if other.voided_at is None and _is_same(other, given):
            mark = f"{given.kind} {given.target} {given.authority} {given.effective_on}"
            said = "This outcome is on record already: add a further source to it with “Cite”."
            return Repeated(mark, "kind", said)
    return None


def _is_same(other: Outcome, given: OutcomeInput) -> bool:
    target = other.target.reference if other.target else None
    authority = other.authority.slug if other.authority else None
    known = (other.kind, other.instrument, target, authority, other.actor, other.effective_on)
    typed = (given.kind, given.instrument, given.target, given.authority, given.actor.strip())
    if known != (*typed, given.effective_on):
        return False
    cited = {(one.citation, one.url) for one in other.citations}
    return given.effective_on is not None or (given.citation.strip(), given.url) in cited


def ask(viewer: Viewer, title: str, instrument: Instrument) -> Repeated | None:
    """An open ask of the viewer's organisation with the same title and instrument."""
    other = recommendations.same(viewer, title, instrument)
    if other is None:
        return None
    said = f"An open ask of this title and instrument is on record: {other.reference}."
    return Repeated(f"{other.reference} {title}", "title", said)


def letter(viewer: Viewer, title: str, written_on: PartialDate | None) -> Repeated | None:
    """A letter of the same title and day."""
    other = correspondence.same(viewer, title, written_on)
    if other is None:
        return None
    said = f"A letter of this title and day is on record: {other.reference}."
    return Repeated(f"{other.reference} {title}", "title", said)
