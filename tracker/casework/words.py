"""The words and shapes that pages show for what the records hold."""

from collections.abc import Collection, Mapping
from typing import Any

from tracker.agencies import words as agency_words
from tracker.agencies.models import MemberRole
from tracker.casework.inputs import Fate
from tracker.clocks.choice import PassedOver
from tracker.clocks.models import ActKind, Basis, Cause, ClockKind, ClockState, Unit
from tracker.correspondence.models import Channel, Direction, LetterKind, SignatoryRole, Substance
from tracker.recommendations.instruments import FACTS, Instrument
from tracker.recommendations.models import (
    AddresseeState,
    Attribution,
    ClosureReason,
    ControlType,
    EccnStatus,
    Ground,
    Judgement,
    Outcome,
    OutcomeKind,
    Result,
    Seeks,
    Status,
)
from tracker.recommendations.outcomes import LISTINGS, NotCredited
from tracker.records.models import Audience
from tracker.sources.filetypes import FileType
from tracker.targets.models import TargetKind

STATUS = {
    Status.DRAFT: "Draft",
    Status.VETTING: "Vetting",
    Status.READY: "Ready",
    Status.SUBMITTED: "Submitted",
    Status.ACKNOWLEDGED: "Acknowledged",
    Status.UNDER_REVIEW: "Under review",
    Status.CLOSED: "Closed",
}
CLOSURE = {
    ClosureReason.ACTED_IN_FULL: "Acted on in full",
    ClosureReason.ACTED_IN_PART: "Acted on in part",
    ClosureReason.DECLINED: "Declined",
    ClosureReason.WITHDRAWN: "Withdrawn",
    ClosureReason.SUPERSEDED: "Superseded",
    ClosureReason.MOOT: "Moot",
}
RESULT = {
    Result.IN_FULL: "Acted on in full",
    Result.IN_PART: "Acted on in part",
    Result.RELATED: "Related action",
    Result.REVERSED: "Action reversed",
    Result.DECLINED: "Declined",
    Result.NONE_KNOWN: "None known",
}
RESULT_SHAPE = {
    Result.IN_FULL: "full",
    Result.IN_PART: "part",
    Result.RELATED: "related",
    Result.REVERSED: "reversed",
    Result.DECLINED: "declined",
    Result.NONE_KNOWN: "none",
}
OUTCOME = {
    OutcomeKind.LISTED_AS_ASKED: "Listed as asked",
    OutcomeKind.LISTED_OTHER_AUTHORITY: "Listed under another authority",
    OutcomeKind.LISTED_BY_ALLY: "Listed by an ally",
    OutcomeKind.LISTED_RELATED_PARTY: "A related party was listed",
    OutcomeKind.RULE_ISSUED: "Rule issued",
    OutcomeKind.OTHER_ACTION: "Other action",
    OutcomeKind.DECLINED: "Declined",
    OutcomeKind.CONFIDENTIAL: "Confidential",
    OutcomeKind.REVERSED: "Reversed",
}


def done(outcome: Outcome) -> str:
    """What was done, in the word of the body that does it: BIS adds, OFAC designates. Nothing where
    no listing and no rule came, or nobody said under which instrument."""
    if outcome.instrument and outcome.kind in LISTINGS | {OutcomeKind.RULE_ISSUED}:
        return FACTS[outcome.instrument].done
    return ""


OUTCOME_SHAPE = {
    OutcomeKind.LISTED_AS_ASKED: "full",
    OutcomeKind.LISTED_OTHER_AUTHORITY: "related",
    OutcomeKind.LISTED_BY_ALLY: "ally",
    OutcomeKind.LISTED_RELATED_PARTY: "related",
    OutcomeKind.RULE_ISSUED: "full",
    OutcomeKind.OTHER_ACTION: "related",
    OutcomeKind.DECLINED: "declined",
    OutcomeKind.CONFIDENTIAL: "confidential",
    OutcomeKind.REVERSED: "reversed",
}
ATTRIBUTION = {
    Attribution.COINCIDENT: "Coincident",
    Attribution.CITED: "Cited",
    Attribution.CLAIMED: "Claimed",
}
NOT_CREDITED = {
    NotCredited.BEFORE: "Before the ask",
    NotCredited.ANOTHER_PARTY: "Another party’s decision",
    NotCredited.OTHER_WAY: "The opposite of what was asked",
    NotCredited.REVERSED_LATER: "Reversed later",
}
NOT_CREDITED_SHAPE = {
    NotCredited.BEFORE: "due",
    NotCredited.ANOTHER_PARTY: "theirs",
    NotCredited.OTHER_WAY: "reversed",
    NotCredited.REVERSED_LATER: "reversed",
}
JUDGEMENT = {Judgement.IN_FULL: "In full", Judgement.IN_PART: "In part"}
INSTRUMENT = {instrument: FACTS[instrument].name for instrument in Instrument}
INSTRUMENT_FACTS = FACTS
GROUND = {Ground.HUMAN_RIGHTS: "Human rights", Ground.CORRUPTION: "Corruption"}
SEEKS = {Seeks.ADDITION: "A measure", Seeks.REMOVAL: "The end of a measure (delisting)"}
ADDRESSEE = {
    AddresseeState.NOT_SENT: "Not sent",
    AddresseeState.AWAITING: "Awaiting",
    AddresseeState.ACKNOWLEDGED: "Acknowledged",
    AddresseeState.REPLIED: "Replied",
    AddresseeState.DECLINED: "Declined",
    AddresseeState.ACTED: "Acted",
}
ADDRESSEE_SHAPE = {
    AddresseeState.NOT_SENT: "ring",
    AddresseeState.AWAITING: "none",
    AddresseeState.ACKNOWLEDGED: "acknowledged",
    AddresseeState.REPLIED: "theirs",
    AddresseeState.DECLINED: "declined",
    AddresseeState.ACTED: "full",
}
CONTROL_TYPE = {
    ControlType.ITEM: "An item",
    ControlType.END_USE: "An end use",
    ControlType.END_USER: "An end user",
    ControlType.IS_INFORMED: "An “is informed” notice",
    ControlType.LICENCE_POLICY: "A licence policy",
}
ECCN_STATUS = {
    EccnStatus.KNOWN: "Known",
    EccnStatus.SUSPECTED: "Suspected",
    EccnStatus.EAR99: "EAR99",
    EccnStatus.UNKNOWN: "Not known",
}
TARGET_KIND = {
    TargetKind.PERSON: "Person",
    TargetKind.ORGANISATION: "Organisation",
    TargetKind.COMPANY: "Company",
    TargetKind.PUBLIC_BODY: "Public body",
    TargetKind.CLASS: "Class, described",
}
LETTER_KIND = {
    LetterKind.CONGRESSIONAL: "Letter from legislators",
    LetterKind.ORGANISATIONS: "Letter from organisations",
    LetterKind.SUBMISSION: "Submission (case file)",
    LetterKind.REPORT: "Recommendation in a report",
    LetterKind.STATEMENT: "Statement",
}
FATE = {
    Fate.UNSENT: "They stay, unsent",
    Fate.WITHDRAWN: "They are withdrawn",
}
SIGNATORY_ROLE = {
    SignatoryRole.MEMBER: "Member",
    SignatoryRole.CHAIR: "Chair",
    SignatoryRole.COCHAIR: "Cochair",
    SignatoryRole.RANKING_MEMBER: "Ranking member",
    SignatoryRole.OTHER: "Other",
}
CHANNEL = {
    Channel.LETTER: "Letter",
    Channel.EMAIL: "E-mail",
    Channel.PORTAL: "Web form",
    Channel.PHONE: "Telephone",
    Channel.MEETING: "Meeting",
    Channel.PUBLIC: "Public statement",
    Channel.UNKNOWN: "Not known",
}
SUBSTANCE = {
    Substance.SUBMISSION: "Letter sent",
    Substance.FOLLOW_UP: "Follow-up sent",
    Substance.ACKNOWLEDGEMENT: "Acknowledgement",
    Substance.FORM_LETTER: "Form letter",
    Substance.SUBSTANTIVE: "Reply of substance",
    Substance.QUESTION: "They ask us something",
    Substance.PROMISE: "Promise of a day",
    Substance.MEETING: "Meeting",
}
WITH_WHOM = {Direction.OURS: "to", Direction.THEIRS: "from", Direction.BOTH: "with"}
DIRECTION_SHAPE = {Direction.OURS: "ours", Direction.THEIRS: "theirs", Direction.BOTH: "dot"}
CAUSE = {
    Cause.STATUTORY_OVERDUE: "Deadline in law passed",
    Cause.RESPONSE_OVERDUE: "Reply date passed",
    Cause.PROMISE_PASSED: "Promise passed",
    Cause.OURS_TO_ANSWER: "Ours to answer",
    Cause.SILENT: "Silent",
    Cause.UNACKNOWLEDGED: "Unacknowledged",
    Cause.UNSENT: "Unsent",
    Cause.EVIDENCE_AGEING: "Evidence ageing",
}
CAUSE_NOTE = {
    Cause.STATUTORY_OVERDUE: (
        "The law sets these dates. They stay until the determination, or the committee’s "
        "decision, is recorded, they are marked met, or the ask is closed; a follow-up of ours "
        "does not reset them."
    ),
    Cause.RESPONSE_OVERDUE: "The letter itself named a date. It binds no one in law.",
    Cause.PROMISE_PASSED: "The agency named a date.",
    Cause.OURS_TO_ANSWER: "They asked, and we have not answered.",
    Cause.SILENT: "No substantive contact for longer than the house norm.",
    Cause.UNACKNOWLEDGED: "No acknowledgement is on record.",
    Cause.UNSENT: "Work of ours that has not gone out.",
    Cause.EVIDENCE_AGEING: "The newest conduct cited is older than our norm, or soon will be.",
}
HARD_CAUSES = (Cause.STATUTORY_OVERDUE, Cause.RESPONSE_OVERDUE, Cause.PROMISE_PASSED)
CAUSE_TONE = {cause: "bad" if cause in HARD_CAUSES else "warn" for cause in Cause}
CAUSE_SHAPE = {cause: "overdue" if cause in HARD_CAUSES else "stale" for cause in Cause} | {
    Cause.EVIDENCE_AGEING: "due"
}
BASIS = {
    Basis.STATUTE: "Statute",
    Basis.REGULATION: "Regulation",
    Basis.LETTER: "The letter",
    Basis.PROMISE: "Their word",
    Basis.HOUSE: "House norm",
}
CLOCK = {
    ClockKind.SECTION_1263D: "Section 1263(d) determination",
    ClockKind.ERC_REMOVAL: "Committee vote on a removal",
    ClockKind.ERC_VOTE: "Committee vote",
    ClockKind.REPLY_REQUESTED: "Reply asked for",
    ClockKind.PROMISE: "Promise",
    ClockKind.ANSWER: "Our answer",
    ClockKind.SILENCE: "Silence",
    ClockKind.ACKNOWLEDGEMENT: "Acknowledgement",
    ClockKind.DRAFTING: "Drafting",
    ClockKind.VETTING: "Vetting",
    ClockKind.EVIDENCE: "Evidence age",
}
CLOCK_STATE = {
    ClockState.NOT_STARTED: "Not started",
    ClockState.RUNNING: "Running",
    ClockState.MET: "Met",
    ClockState.CLOSED: "Ended with the ask",
    ClockState.VOID: "Void",
}
CLOCK_ACT = {
    ActKind.SNOOZE: "Snooze it",
    ActKind.EXTEND: "Extend it",
    ActKind.MEET: "It was met",
    ActKind.VOID: "Void it",
}
CLOCK_ACT_NOTE = {
    ActKind.SNOOZE: "A flag rests until the day and wakes by itself. It still counts.",
    ActKind.EXTEND: (
        "The day becomes the new due day, and the old one stays beside it. What the law sets stays."
    ),
    ActKind.MEET: "It came about, though no contact on record says so. Give the day.",
    ActKind.VOID: "It ought never to have run; its flag goes. Leave the day empty.",
}
CLOCK_ACT_DONE = {
    ActKind.SNOOZE: "Snoozed",
    ActKind.EXTEND: "Extended",
    ActKind.MEET: "Met",
    ActKind.VOID: "Void",
}
PASSED_OVER = {
    PassedOver.OLDER: "an older version of it",
    PassedOver.LESS_SPECIFIC: "less specific",
    PassedOver.NO_LONGER: "no longer in force on that day",
    PassedOver.NOT_YET: "not yet in force on that day",
    PassedOver.OTHER_SCOPE: "made for something else",
}
UNIT = {
    Unit.CALENDAR_DAYS: "calendar days",
    Unit.BUSINESS_DAYS: "business days",
    Unit.MONTHS: "months",
}
CLOCK_SHAPE = {
    ClockState.NOT_STARTED: "ring",
    ClockState.RUNNING: "due",
    ClockState.MET: "met",
    ClockState.CLOSED: "closed",
    ClockState.VOID: "void",
}
FILE_TYPE: Mapping[FileType, str] = {
    FileType.PDF: "PDF",
    FileType.PNG: "PNG picture",
    FileType.JPEG: "JPEG picture",
    FileType.WEBP: "WebP picture",
    FileType.GIF: "GIF picture",
    FileType.TEXT: "Plain text",
    FileType.DOCX: "Word document",
    FileType.XLSX: "Excel sheet",
    FileType.ODT: "OpenDocument text",
}
AUDIENCE = {
    Audience.NAMED: "Named people",
    Audience.ORGANISATION: "Your organisation only",
    Audience.COALITION: "The coalition",
    Audience.PUBLIC: "Public",
}
AUDIENCE_SHAPE = {
    Audience.NAMED: "named",
    Audience.ORGANISATION: "org",
    Audience.COALITION: "coalition",
    Audience.PUBLIC: "public",
}
AGENCY_KIND = agency_words.KIND
MEMBER_ROLE = {
    MemberRole.CHAIR: "chair",
    MemberRole.MEMBER: "member",
    MemberRole.WHERE_APPROPRIATE: "where appropriate",
}

# the fields of the history in the order in which it tells them; what is not here comes last
FIELD = {
    "status": "Status",
    "closure_reason": "Closed as",
    "title": "Title",
    "name": "Name",
    "other_names": "Other names",
    "kind": "Kind",
    "instrument": "Instrument",
    "seeks": "Seeks",
    "legal_basis": "As named",
    "request": "Request",
    "ground": "Ground",
    "abuse": "Abuse",
    "newest_conduct_on": "Newest conduct",
    "target": "Target",
    "targets": "Targets",
    "stands_for_it": "Stands for it",
    "member": "Member",
    "addressees": "Addressees",
    "authority": "Authority",
    "actor": "Who acted",
    "decided_by": "Decided by",
    "place": "Place",
    "places": "Places",
    "controls": "Controlled items",
    "position": "Position",
    "born_on": "Born",
    "identifiers": "Identifiers",
    "substance": "What",
    "bodies": "With",
    "on": "Day",
    "letter": "Letter",
    "written_on": "Written",
    "sent_on": "Sent",
    "received_on": "Received",
    "received_proof": "Proof of receipt",
    "supplements": "Supplements",
    "reply_date_confirmed": "Reply date confirmed",
    "promised_on": "Promised by",
    "is_determination": "The decision itself",
    "proposal_circulates_since": "Proposal circulates since",
    "effective_on": "In effect",
    "attribution": "Attribution",
    "citations": "Citations",
    "signatories": "Signatories",
    "asks": "Asks",
    "source": "Source",
    "shows": "Shows",
    "url": "Address",
    "publisher": "Published by",
    "published_on": "Published on",
    "file": "File",
    "SHA-256": "SHA-256",
    "audience": "Audience",
    "tags": "Tags",
    "assignee": "Assigned to",
    "next_action": "Next action",
    "next_action_on": "By",
    "clocks": "Clocks",
    "due_on": "Due",
    "until": "Until",
    "since": "Since",
    "note": "Note",
}
_FIELDS = list(FIELD)


def in_order(fields: Collection[str]) -> list[str]:
    """Names of fields as the history tells them, each once."""
    known = sorted({name for name in fields if name in FIELD}, key=_FIELDS.index)
    return known + sorted({name for name in fields if name not in FIELD})


def field(name: str) -> str:
    """The words for a field of the history."""
    return FIELD.get(name) or name.replace("_", " ").capitalize()


# what the history says of fields that hold a word; `kind` means another thing in each event
IN_HISTORY: dict[str, Mapping[Any, str]] = {
    "status": STATUS,
    "closure_reason": CLOSURE,
    "instrument": INSTRUMENT,
    "seeks": SEEKS,
    "ground": GROUND,
    "audience": AUDIENCE | {Audience.ORGANISATION: "The owner only"},
    "attribution": ATTRIBUTION,
    "judgement": JUDGEMENT,
    "substance": SUBSTANCE,
    "channel": CHANNEL,
    "control_type": CONTROL_TYPE,
    "eccn_status": ECCN_STATUS,
    "kind": LETTER_KIND | TARGET_KIND | OUTCOME,
}

# a list narrowed to what has none of these
NONE_OF = {"year": "no date known", "region": "the whole country"}
