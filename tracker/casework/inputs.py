"""What a person, a file or the demo hands in, as plain data. Problems are reported at the paths of
these fields: `title`, `asks-0-targets-1-name`."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from tracker.agencies.models import Chamber
from tracker.core.countries import Place
from tracker.core.dates import PartialDate
from tracker.correspondence.models import Channel, LetterKind, SignatoryRole, Substance
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import (
    Attribution,
    ControlType,
    EccnStatus,
    Ground,
    Judgement,
    OutcomeKind,
    Seeks,
)
from tracker.sources.actions import SourceInput
from tracker.targets.actions import TargetInput


@dataclass(frozen=True)
class AddresseeInput:
    """A body written to, by a name that it goes by or its slug, with the person and office as the
    letter names them."""

    agency: str
    official: str = ""
    office_title: str = ""
    is_copy: bool = False


@dataclass(frozen=True)
class SignatoryInput:
    """Who signed, in which role, of which body."""

    name: str
    role: SignatoryRole = SignatoryRole.MEMBER
    body: str = ""
    chamber: Chamber | None = None


@dataclass(frozen=True)
class ControlInput:
    """A controlled item of an export-control ask."""

    technology: str
    control_type: ControlType = ControlType.ITEM
    models: str = ""
    supplier: str = ""
    eccn: str = ""
    eccn_status: EccnStatus = EccnStatus.UNKNOWN
    destination: Place | None = None
    end_user: str = ""
    end_use: str = ""
    reason_for_control: str = ""
    licence_policy: str = ""
    diversion_evidence: str = ""


@dataclass(frozen=True)
class AskInput:
    """One ask. A target is a new one, or the reference of one on record. `asked_of` are positions
    in the letter's addressees; nothing means all of them. `decided_by` is a slug; nothing means the
    body that decides on the instrument."""

    instrument: Instrument
    title: str
    request: str = ""
    seeks: Seeks = Seeks.ADDITION
    legal_basis: str = ""
    ground: Ground | None = None
    abuse: str = ""
    newest_conduct_on: PartialDate | None = None
    decided_by: str | None = None
    places: tuple[Place, ...] = ()
    targets: tuple[TargetInput | str, ...] = ()
    controls: tuple[ControlInput, ...] = ()
    asked_of: tuple[int, ...] | None = None
    addressees: tuple[AddresseeInput, ...] = ()
    sources: tuple[SourceInput, ...] = ()
    tags: tuple[str, ...] | None = None


@dataclass(frozen=True)
class LetterInput:
    """A letter with its asks. Without `sent_on` it is kept as a draft, and its asks are drafts.
    `supplements` is the reference of an earlier letter that it narrows or repeats."""

    title: str
    kind: LetterKind
    written_on: PartialDate | None = None
    sent_on: PartialDate | None = None
    received_on: PartialDate | None = None
    received_proof: str = ""
    is_sent: bool = True
    channel: Channel = Channel.LETTER
    on_behalf_of: str = ""
    reply_requested_by: PartialDate | None = None
    reply_date_confirmed: bool = False
    supplements: str = ""
    note: str = ""
    signatories: tuple[SignatoryInput, ...] = ()
    addressees: tuple[AddresseeInput, ...] = ()
    asks: tuple[AskInput, ...] = ()
    sources: tuple[SourceInput, ...] = ()


@dataclass(frozen=True)
class ReceiptInput:
    """When a letter was received, how that is known, and which earlier letter it supplements; that
    the day by which it asks for a reply was read in it; and of one not sent yet when it was."""

    received_on: PartialDate | None
    received_proof: str = ""
    supplements: str = ""
    sent_on: PartialDate | None = None
    reply_date_confirmed: bool = False


@dataclass(frozen=True)
class ContactInput:
    """A contact about one or more asks with one or more of their addressees."""

    substance: Substance
    happened_on: PartialDate | None
    agency_ids: tuple[int, ...]
    channel: Channel = Channel.LETTER
    summary: str = ""
    sent_text: str = ""  # the letter of ours, where it was drafted here
    promised_on: PartialDate | None = None
    is_determination: bool = False
    proposed_on: PartialDate | None = None  # since when, they say, the committee has a proposal
    source: SourceInput = field(default_factory=SourceInput)


@dataclass(frozen=True)
class OutcomeInput:
    """What followed an ask, for one target (by reference) or for the ask as a whole."""

    kind: OutcomeKind
    target: str | None = None
    authority: str | None = None
    actor: str = ""
    instrument: Instrument | None = None
    effective_on: PartialDate | None = None
    attribution: Attribution = Attribution.COINCIDENT
    citation: str = ""
    url: str = ""
    note: str = ""
    judgement: Judgement | None = None


@dataclass(frozen=True)
class NextInput:
    """Who does what next with an ask, and by when."""

    assignee_id: int | None
    next_action: str
    next_action_on: date | None


class Fate(StrEnum):
    """What becomes of the asks of a letter that is void."""

    UNSENT = "unsent"
    WITHDRAWN = "withdrawn"
