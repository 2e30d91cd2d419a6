"""One factory for every model: a model without one fails the suite.

A factory writes the row itself, with all that the database asks for and nothing more; what is given
by name replaces what it would choose. Behaviour is tested through actions and pages, not these.
"""

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from tracker.accounts.models import (
    FactorKind,
    Invitation,
    LoginFailure,
    LoginSession,
    Organisation,
    RecoveryCode,
    SecondFactor,
    Token,
    TokenScope,
    User,
)
from tracker.accounts.permissions import Role
from tracker.agencies.models import (
    Agency,
    AgencyKind,
    AgencyMembership,
    AgencyName,
    MemberRole,
    Office,
    OfficeHolder,
)
from tracker.casework.models import BulkChange, BulkRow, LetterTemplate, SavedView
from tracker.clocks.models import (
    ActKind,
    Basis,
    Cause,
    Clock,
    ClockAct,
    ClockKind,
    ClockRule,
    ClockState,
    Unit,
)
from tracker.core.dates import PartialDate
from tracker.core.db import Base, db
from tracker.core.references import new_reference
from tracker.correspondence.models import (
    Channel,
    Contact,
    ContactAgency,
    ContactRecommendation,
    Direction,
    Letter,
    LetterAddressee,
    LetterKind,
    LetterRecommendation,
    Signatory,
    SignatoryRole,
    Substance,
)
from tracker.history.models import HistoryChain, HistoryEvent, HistoryPayload, HistorySubject
from tracker.jobs.models import Heartbeat, JobRun, RunState
from tracker.notifications.models import (
    HowOften,
    Mail,
    MailKind,
    Notice,
    NoticeChoice,
    NoticeKind,
    NoticeMark,
    Watch,
)
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import (
    Addressee,
    ControlledItem,
    ControlType,
    Outcome,
    OutcomeCitation,
    OutcomeKind,
    Recommendation,
    RecommendationPlace,
    RecommendationTarget,
    Status,
    StatusSpan,
)
from tracker.records.models import (
    Audience,
    AudienceSpan,
    Grant,
    Kind,
    Record,
    RecordTag,
    SearchText,
)
from tracker.sources.filetypes import FileType
from tracker.sources.models import Attachment, AttachmentPiece, Source, SourceUse
from tracker.targets.models import (
    NameKind,
    RelationKind,
    Target,
    TargetIdentifier,
    TargetKind,
    TargetName,
    TargetRelation,
)

M = TypeVar("M", bound=Base)
FACTORIES: dict[type[Base], Callable[..., dict[str, Any]]] = {}
_numbers = itertools.count(1)
SOME_DAY = PartialDate(2023, 10, 23)
SOME_TIME = datetime(2023, 10, 23, 12, 0, tzinfo=UTC)


def make(model: type[M], **given: Any) -> M:
    """A row of the model, flushed."""
    row = model(**{**FACTORIES[model](given), **given})
    db.session.add(row)
    db.session.flush()
    return row


def factory(
    model: type[Base],
) -> Callable[[Callable[..., dict[str, Any]]], Callable[..., dict[str, Any]]]:
    """Enter a factory: a function from what was given to the rest of the columns."""

    def enter(function: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        FACTORIES[model] = function
        return function

    return enter


def a_number() -> int:
    """A number not used before."""
    return next(_numbers)


def _id(given: dict[str, Any], name: str, model: type[Base]) -> dict[str, Any]:
    return {} if name in given else {name: make(model).id}  # type: ignore[attr-defined]


def _record(given: dict[str, Any], kind: Kind) -> dict[str, Any]:
    """The key row, owner and audience of a record."""
    record = make(Record, kind=kind)
    return {
        "record": record,
        "id": record.id,
        "version": 1,
        "audience": Audience.ORGANISATION,
        **_id(given, "organisation_id", Organisation),
    }


def _hanging(given: dict[str, Any]) -> dict[str, Any]:
    """The ask that a row hangs on, with the copies of its owner and audience."""
    ask_id = given.get("recommendation_id")
    found = db.session.get(Recommendation, ask_id) if ask_id else None
    ask = found or make(Recommendation)
    return {
        "recommendation_id": ask.id,
        "organisation_id": ask.organisation_id,
        "audience": ask.audience,
    }


@factory(Organisation)
def _organisation(given: dict[str, Any]) -> dict[str, Any]:
    return {"name": f"Organisation {a_number()}"}


@factory(User)
def _user(given: dict[str, Any]) -> dict[str, Any]:
    number = a_number()
    return {
        "email": f"person{number}@example.org",
        "name": f"Person {number}",
        "role": Role.STAFF,
        "active": True,
        "fs_uniquifier": f"key-{number}",
        **_id(given, "organisation_id", Organisation),
    }


@factory(LoginSession)
def _login_session(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "digest": f"{a_number():064d}",
        "device": "Firefox on Linux",
        "started_at": SOME_TIME,
        "last_used_at": SOME_TIME,
        "confirmed_at": SOME_TIME,
        **_id(given, "user_id", User),
    }


@factory(SecondFactor)
def _second_factor(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": FactorKind.TOTP,
        "label": "An app",
        "key": "sealed",
        **_id(given, "user_id", User),
    }


@factory(Invitation)
def _invitation(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "email": f"invited{a_number()}@example.org",
        "role": Role.STAFF,
        "digest": f"{a_number():064d}",
        "expires_at": SOME_TIME,
        **_id(given, "organisation_id", Organisation),
    }


@factory(Token)
def _token(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "label": "A calendar",
        "scope": TokenScope.FEED,
        "digest": f"{a_number():064d}",
        "expires_at": SOME_TIME,
        **_id(given, "user_id", User),
    }


@factory(NoticeChoice)
def _notice_choice(given: dict[str, Any]) -> dict[str, Any]:
    often = dict.fromkeys(("flag", "assigned", "next_action", "change"), HowOften.DAILY)
    return {**often, "time_zone": "UTC", **_id(given, "user_id", User)}


@factory(Watch)
def _watch(given: dict[str, Any]) -> dict[str, Any]:
    return {**_id(given, "user_id", User), **_id(given, "record_id", Record)}


@factory(Notice)
def _notice(given: dict[str, Any]) -> dict[str, Any]:
    told = {"kind": NoticeKind.CHANGE, "about": f"event {a_number()}", "said": "Changed"}
    return {**told, **_id(given, "user_id", User), **_id(given, "record_id", Record)}


@factory(NoticeMark)
def _notice_mark(given: dict[str, Any]) -> dict[str, Any]:
    return {"name": f"mark {a_number()}", "day": date(2024, 1, 10)}


@factory(Mail)
def _mail(given: dict[str, Any]) -> dict[str, Any]:
    number = a_number()
    return {
        "kind": MailKind.NOTICE,
        "about": f"notice {number}",
        "recipient": f"reader{number}@example.org",
        "subject": "A subject",
        "body": "A body",
        "message_id": f"<{number}@example.org>",
    }


@factory(RecoveryCode)
def _recovery_code(given: dict[str, Any]) -> dict[str, Any]:
    return {"digest": f"{a_number():064d}", **_id(given, "user_id", User)}


@factory(LoginFailure)
def _login_failure(given: dict[str, Any]) -> dict[str, Any]:
    return {"pair": f"{a_number():064d}", "network": "192.0.2.0/24", "at": SOME_TIME}


@factory(Record)
def _key(given: dict[str, Any]) -> dict[str, Any]:
    kind = given.get("kind", Kind.RECOMMENDATION)
    return {"kind": kind, "reference": new_reference(kind.value)}


@factory(Grant)
def _grant(given: dict[str, Any]) -> dict[str, Any]:
    return {**_id(given, "record_id", Record), **_id(given, "user_id", User)}


@factory(AudienceSpan)
def _audience_span(given: dict[str, Any]) -> dict[str, Any]:
    return {
        **_id(given, "record_id", Record),
        "audience": Audience.ORGANISATION,
        "from_at": SOME_TIME,
    }


@factory(RecordTag)
def _tag(given: dict[str, Any]) -> dict[str, Any]:
    return {
        **_id(given, "record_id", Record),
        **_id(given, "organisation_id", Organisation),
        "audience": Audience.ORGANISATION,
        "tag": f"tag {a_number()}",
    }


@factory(SearchText)
def _search_text(given: dict[str, Any]) -> dict[str, Any]:
    terms = f"term{a_number()}"
    return {**_id(given, "record_id", Record), "kind": Kind.TARGET, "terms": terms}


@factory(Agency)
def _agency(given: dict[str, Any]) -> dict[str, Any]:
    number = a_number()
    return {
        "slug": f"test-{number}",
        "name": f"Test body {number}",
        "short_name": f"Body {number}",
        "kind": AgencyKind.DEPARTMENT,
        "jurisdiction": "US",
    }


@factory(AgencyName)
def _agency_name(given: dict[str, Any]) -> dict[str, Any]:
    return {**_id(given, "agency_id", Agency), "folded": f"test name {a_number()}"}


@factory(AgencyMembership)
def _membership(given: dict[str, Any]) -> dict[str, Any]:
    return {
        **_id(given, "body_id", Agency),
        **_id(given, "member_id", Agency),
        "role": MemberRole.MEMBER,
    }


@factory(Office)
def _office(given: dict[str, Any]) -> dict[str, Any]:
    return {**_id(given, "agency_id", Agency), "title": f"Secretary {a_number()}"}


@factory(OfficeHolder)
def _holder(given: dict[str, Any]) -> dict[str, Any]:
    return {
        **_id(given, "office_id", Office),
        "name": "Some Holder",
        "folded": "some holder",
        "held_from": date(2021, 1, 20),
    }


@factory(Target)
def _target(given: dict[str, Any]) -> dict[str, Any]:
    name = given.get("name") or f"Target {a_number()}"
    return {
        **_record(given, Kind.TARGET),
        "kind": TargetKind.PERSON,
        "name": name,
        "sort_name": name.lower()[:80],
    }


@factory(TargetName)
def _target_name(given: dict[str, Any]) -> dict[str, Any]:
    text = given.get("text") or f"Name {a_number()}"
    return {
        **_id(given, "target_id", Target),
        "text": text,
        "kind": NameKind.PRIMARY,
        "script": "Latn",
        "folded": text.lower(),
        "latin": text.lower(),
    }


@factory(TargetIdentifier)
def _identifier(given: dict[str, Any]) -> dict[str, Any]:
    return {**_id(given, "target_id", Target), "kind": "passport", "value": f"E{a_number()}"}


@factory(TargetRelation)
def _relation(given: dict[str, Any]) -> dict[str, Any]:
    return {
        **_id(given, "from_id", Target),
        **_id(given, "to_id", Target),
        "kind": RelationKind.MEMBER,
    }


@factory(Source)
def _source(given: dict[str, Any]) -> dict[str, Any]:
    title = given.get("title") or f"Source {a_number()}"
    return {
        **_record(given, Kind.SOURCE),
        "title": title,
        "sort_title": title.lower()[:80],
        "url": "https://example.org/source",
    }


@factory(SourceUse)
def _source_use(given: dict[str, Any]) -> dict[str, Any]:
    return {**_id(given, "record_id", Record), **_id(given, "source_id", Source), "position": 1}


@factory(Attachment)
def _attachment(given: dict[str, Any]) -> dict[str, Any]:
    source_id = given.get("source_id")
    source = (db.session.get(Source, source_id) if source_id else None) or make(Source)
    return {
        "source_id": source.id,
        "organisation_id": source.organisation_id,
        "audience": source.audience,
        "name": f"file {a_number()}.txt",
        "file_type": FileType.TEXT,
        "size": 5,
        "sha256": "0" * 64,
        "shared_size": 5,
        "shared_sha256": "0" * 64,
    }


@factory(AttachmentPiece)
def _piece(given: dict[str, Any]) -> dict[str, Any]:
    owner = _id(given, "attachment_id", Attachment)
    return {**owner, "is_copy": False, "position": a_number(), "content": b"bytes"}


@factory(Recommendation)
def _recommendation(given: dict[str, Any]) -> dict[str, Any]:
    title = given.get("title") or f"Ask {a_number()}"
    return {
        **_record(given, Kind.RECOMMENDATION),
        "instrument": Instrument.GLOBAL_MAGNITSKY,
        "title": title,
        "sort_title": title.lower()[:80],
        "status": Status.DRAFT,
    }


@factory(RecommendationPlace)
def _place(given: dict[str, Any]) -> dict[str, Any]:
    return {**_hanging(given), "position": 0, "country": "CN", "region": "Tibet"}


@factory(RecommendationTarget)
def _ask_target(given: dict[str, Any]) -> dict[str, Any]:
    return {
        **_id(given, "recommendation_id", Recommendation),
        **_id(given, "target_id", Target),
        "position": 0,
    }


@factory(Addressee)
def _addressee(given: dict[str, Any]) -> dict[str, Any]:
    return {**_hanging(given), **_id(given, "agency_id", Agency), "position": 0}


@factory(ControlledItem)
def _control(given: dict[str, Any]) -> dict[str, Any]:
    return {
        **_id(given, "recommendation_id", Recommendation),
        "position": 0,
        "control_type": ControlType.ITEM,
        "technology": "DNA sequencers",
    }


@factory(StatusSpan)
def _span(given: dict[str, Any]) -> dict[str, Any]:
    return {**_hanging(given), "status": Status.DRAFT, "from_on": SOME_DAY}


@factory(Outcome)
def _outcome(given: dict[str, Any]) -> dict[str, Any]:
    return {**_hanging(given), "kind": OutcomeKind.LISTED_AS_ASKED, "effective_on": SOME_DAY}


@factory(OutcomeCitation)
def _outcome_citation(given: dict[str, Any]) -> dict[str, Any]:
    return {**_id(given, "outcome_id", Outcome), "citation": "84 FR 54004"}


@factory(Letter)
def _letter(given: dict[str, Any]) -> dict[str, Any]:
    title = given.get("title") or f"Letter {a_number()}"
    return {
        **_record(given, Kind.LETTER),
        "title": title,
        "sort_title": title.lower()[:80],
        "kind": LetterKind.CONGRESSIONAL,
        "written_on": SOME_DAY,
        "sent_on": SOME_DAY,
    }


@factory(Signatory)
def _signatory(given: dict[str, Any]) -> dict[str, Any]:
    return {
        **_id(given, "letter_id", Letter),
        "position": 0,
        "name": "Sen. Somebody",
        "role": SignatoryRole.MEMBER,
    }


@factory(LetterAddressee)
def _letter_addressee(given: dict[str, Any]) -> dict[str, Any]:
    return {**_id(given, "letter_id", Letter), **_id(given, "agency_id", Agency), "position": 0}


@factory(LetterRecommendation)
def _letter_ask(given: dict[str, Any]) -> dict[str, Any]:
    return {
        **_id(given, "letter_id", Letter),
        **_id(given, "recommendation_id", Recommendation),
        "position": 0,
    }


@factory(Contact)
def _contact(given: dict[str, Any]) -> dict[str, Any]:
    return {
        **_record(given, Kind.CONTACT),
        "happened_on": SOME_DAY,
        "direction": Direction.THEIRS,
        "substance": Substance.SUBSTANTIVE,
        "channel": Channel.LETTER,
    }


@factory(ContactRecommendation)
def _contact_ask(given: dict[str, Any]) -> dict[str, Any]:
    return {
        **_id(given, "contact_id", Contact),
        **_id(given, "recommendation_id", Recommendation),
    }


@factory(ContactAgency)
def _contact_agency(given: dict[str, Any]) -> dict[str, Any]:
    return {**_id(given, "contact_id", Contact), **_id(given, "agency_id", Agency)}


@factory(ClockRule)
def _rule(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": ClockKind.SILENCE,
        "length": 90,
        "unit": Unit.CALENDAR_DAYS,
        "basis": Basis.HOUSE,
        "citation": "House norm",
        "sentence": "Silence after 90 days.",
        "valid_from": date(2000, 1, 1),
    }


@factory(Clock)
def _clock(given: dict[str, Any]) -> dict[str, Any]:
    return {
        **_hanging(given),
        "kind": ClockKind.SILENCE,
        "cause": Cause.SILENT,
        "basis": Basis.HOUSE,
        "start_key": f"contact-{a_number()}",
        "state": ClockState.RUNNING,
        "started_on": SOME_DAY,
        "due_on": date(2024, 1, 21),
        "late_on": date(2024, 1, 22),
    }


@factory(ClockAct)
def _act(given: dict[str, Any]) -> dict[str, Any]:
    return {
        **_hanging(given),
        "act": ActKind.SNOOZE,
        "kind": ClockKind.SILENCE,
        "start_key": "contact-1",
        "from_on": date(2024, 1, 22),
        "until_on": date(2024, 2, 22),
        "reason": "They are away.",
    }


@factory(HistoryChain)
def _chain(given: dict[str, Any]) -> dict[str, Any]:
    return {"name": f"chain {a_number()}", "length": 0, "head": "0" * 64}


@factory(HistoryEvent)
def _event(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "chain": given.get("chain") or make(HistoryChain).name,
        "position": 1,
        "at": SOME_TIME,
        "name": "demo.loaded",
        "payload_digest": "0" * 64,
        "digest": "0" * 64,
    }


@factory(HistorySubject)
def _subject(given: dict[str, Any]) -> dict[str, Any]:
    return {**_id(given, "event_id", HistoryEvent), **_id(given, "record_id", Record)}


@factory(HistoryPayload)
def _payload(given: dict[str, Any]) -> dict[str, Any]:
    return {**_id(given, "event_id", HistoryEvent), "salt": b"0" * 16, "body": "{}"}


@factory(JobRun)
def _run(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "job": "stale-sweep",
        "period": f"2023-10-23 {a_number()}",
        "as_of": date(2023, 10, 23),
        "state": RunState.SUCCEEDED,
        "started_at": SOME_TIME,
        "lease_until": SOME_TIME,
        "host": "test",
    }


@factory(SavedView)
def _view(given: dict[str, Any]) -> dict[str, Any]:
    return {
        **_id(given, "owner_id", User),
        **_id(given, "organisation_id", Organisation),
        "name": f"View {a_number()}",
        "query": "status=draft",
    }


@factory(LetterTemplate)
def _letter_template(given: dict[str, Any]) -> dict[str, Any]:
    return {"text": "Dear {addressee},", **_id(given, "organisation_id", Organisation)}


@factory(BulkChange)
def _bulk(given: dict[str, Any]) -> dict[str, Any]:
    return _id(given, "by_id", User)


@factory(BulkRow)
def _bulk_row(given: dict[str, Any]) -> dict[str, Any]:
    return {
        **_id(given, "bulk_id", BulkChange),
        **_id(given, "record_id", Recommendation),
        "position": 0,
        "before": {"next_action": ""},
        "after": {"next_action": "Call"},
    }


@factory(Heartbeat)
def _beat(given: dict[str, Any]) -> dict[str, Any]:
    return {"name": f"beat {a_number()}", "at": SOME_TIME, "host": "test"}
