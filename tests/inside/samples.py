"""Records made through the actions, as a person at a form would make them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from flask import Flask, current_app
from sqlalchemy import select

from tests.support.factories import make
from tracker.accounts.models import Token
from tracker.accounts.secret_words import digest, new_token
from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies
from tracker.casework import actions
from tracker.casework.inputs import (
    AddresseeInput,
    AskInput,
    ContactInput,
    LetterInput,
    OutcomeInput,
    SignatoryInput,
)
from tracker.casework.models import BulkChange, BulkRow, SavedView
from tracker.clocks.models import Clock
from tracker.core.countries import Place
from tracker.core.dates import PartialDate
from tracker.core.db import db, transaction
from tracker.core.now import now
from tracker.correspondence import queries as correspondence
from tracker.correspondence.models import LetterKind, SignatoryRole, Substance
from tracker.notifications import unsubscribing
from tracker.recommendations import queries as asks
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import Ground, OutcomeKind, Recommendation
from tracker.records.models import Audience, RecordMixin
from tracker.sources import queries as sources
from tracker.sources.actions import SourceInput
from tracker.sources.attachments import FileInput, prepare
from tracker.sources.models import Attachment, Source
from tracker.targets.actions import TargetInput
from tracker.targets.models import TargetKind

SENT_ON = PartialDate(2023, 10, 23)
PUBLISHED = SourceInput(title="A public report", url="https://example.org/report")


@contextmanager
def writing(app: Flask) -> Iterator[None]:
    """The context of the application, with what is done in it committed at the end."""
    with app.app_context(), transaction():
        yield


@contextmanager
def reading(app: Flask) -> Iterator[None]:
    """The context of the application, with its transaction ended afterwards."""
    with app.app_context():
        yield
        db.session.rollback()


def agency_id(slug: str) -> int:
    """The id of a body of the reference data."""
    agency = agencies.by_slug(slug)
    assert agency is not None, slug
    return agency.id


def ask_input(title: str = "Officials of a police bureau", **more: object) -> AskInput:
    """An ask about one person, with a place and a tag."""
    given = AskInput(
        instrument=Instrument.GLOBAL_MAGNITSKY,
        title=title,
        request="Sanction the person named here.",
        ground=Ground.HUMAN_RIGHTS,
        places=(Place("CN", "Tibet"),),
        targets=(TargetInput(name=f"Target of {title}", kind=TargetKind.PERSON),),
        tags=("campaign",),
    )
    return replace(given, **more)  # type: ignore[arg-type]


def letter_input(*given: AskInput, to: tuple[str, ...] = ("treasury",)) -> LetterInput:
    """A letter that was sent, signed by a member, resting on a public report."""
    return LetterInput(
        title="A letter",
        kind=LetterKind.CONGRESSIONAL,
        written_on=SENT_ON,
        signatories=(SignatoryInput("Sen. Somebody", SignatoryRole.MEMBER),),
        addressees=tuple(AddresseeInput(slug) for slug in to),
        asks=given or (ask_input(),),
        sources=(PUBLISHED,),
    )


@dataclass(frozen=True)
class CaseFile:
    """References of the records of one case, the id of its outcome, and those of a change of
    its ask with others, of a view that its owner saved, and of its owner."""

    letter: str
    ask: str
    target: str
    contact: str
    source: str
    outcome: int
    bulk: int = 1
    view: int = 1
    user: int = 1
    feed: str = ""
    signed: str = ""
    attachment: int = 1

    @property
    def references(self) -> tuple[str, ...]:
        """All of them."""
        return (self.ask, self.letter, self.target, self.contact, self.source)


def record_case(
    viewer: Viewer,
    audience: Audience = Audience.ORGANISATION,
    title: str = "A case",
    *,
    named: Sequence[int] = (),
) -> CaseFile:
    """A letter with one ask, a reply and an outcome, all of one audience; the caller commits."""
    report = replace(PUBLISHED, title=f"A report on {title}")
    given = replace(letter_input(ask_input(title)), sources=(report,))
    letter = actions.record_letter(viewer, given)
    [ask] = correspondence.asks_of(viewer, [letter.id])[letter.id]
    [target] = asks.targets_of(viewer, [ask.id])[ask.id]
    [use] = sources.cited_by(viewer, [ask.id])[ask.id]
    contact = actions.record_contact(viewer, [ask], contact_input())
    outcome = actions.record_outcome(viewer, ask, outcome_input(target.reference))
    if audience is not Audience.ORGANISATION:
        rows: list[RecordMixin] = [ask, letter, target, use.source]
        people = named if audience is Audience.NAMED else ()
        actions.share(viewer, rows, audience, reason="For the test.", named=people)
    a_file(viewer, use.source)
    return CaseFile(
        letter.reference,
        ask.reference,
        target.reference,
        contact.reference,
        use.source.reference,
        outcome.id,
        make(BulkRow, bulk_id=make(BulkChange, by_id=viewer.user_id).id, record_id=ask.id).bulk_id,
        make(SavedView, owner_id=viewer.user_id, organisation_id=viewer.organisation_id).id,
        viewer.user_id or 1,
        _feed(viewer),
        unsubscribing.sign(viewer.user_id or 1, current_app.config["SECRET_KEY"]),
    )


def _feed(viewer: Viewer) -> str:
    """The secret of a feed address of the viewer's."""
    secret = new_token()
    in_a_year = now() + timedelta(days=365)
    make(Token, user_id=viewer.user_id, digest=digest(secret), expires_at=in_a_year)
    return secret


def a_file(viewer: Viewer, source: Source, name: str = "notes.txt") -> Attachment:
    """A file of a source."""
    return actions.attach_file(viewer, source, prepare(FileInput(name, b"What was said.")))


def contact_input(
    substance: Substance = Substance.SUBSTANTIVE, on: str = "2023-11-20", to: str = "treasury"
) -> ContactInput:
    """A contact with one body."""
    return ContactInput(substance, PartialDate.parse(on), (agency_id(to),))


def outcome_input(target: str | None = None) -> OutcomeInput:
    """A listing as asked, with its address."""
    return OutcomeInput(
        OutcomeKind.LISTED_AS_ASKED,
        target=target,
        authority="treasury",
        effective_on=PartialDate(2023, 12, 1),
        url="https://example.org/listing",
    )


def ask_of(viewer: Viewer, reference: str) -> Recommendation:
    """The ask, loaded for a change."""
    found = asks.for_editing(viewer, reference)
    assert found is not None, reference
    return found


def current_clocks(ask_id: int) -> list[Clock]:
    """The clocks of an ask as known now."""
    return list(
        db.session.scalars(
            select(Clock)
            .where(Clock.recommendation_id == ask_id, Clock.superseded_at.is_(None))
            .order_by(Clock.id)
        )
    )
