"""A made-up coalition of any size: the same seed draws the same records.

The shares are those of a working archive: most asks are sent and wait, a quarter is closed, an
eighth is public. One ask comes to about forty rows. Names of people are numbers.
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tests.benchmarks import sequel, shares
from tracker.clocks.models import ClockKind
from tracker.core.dates import PartialDate
from tracker.core.names import fold, romanise, script_of
from tracker.core.references import ALPHABET
from tracker.correspondence.models import LetterKind, SignatoryRole
from tracker.recommendations.models import ClosureReason, Result, Seeks, Status
from tracker.records.models import Audience, Kind
from tracker.targets.models import NameKind, TargetKind

Row = dict[str, Any]
UNSENT = (Status.DRAFT, Status.VETTING, Status.READY)
SCATTER = 0x9E3779B97F  # odd, so that no two numbers meet


@dataclass(frozen=True)
class House:
    """What stands before the first record is drawn: ids of groups, people, bodies and rules."""

    organisations: list[int]
    people: dict[int, list[int]]  # by organisation
    agencies: list[int]
    rules: dict[ClockKind, int]
    today: date


@dataclass(frozen=True)
class Event:
    """An event of the history, not yet joined to the chain."""

    at: datetime
    actor_id: int
    name: str
    record_ids: tuple[int, ...]
    body: dict[str, Any]


@dataclass
class Batch:
    """Rows by table, and the events that go with them."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)


@dataclass
class Course:
    """How one ask fares."""

    ask: Row
    hangs: Row  # what rows that hang on it begin with
    status: Status
    closure: ClosureReason | None
    result: Result
    day: date  # on which it was sent, or is to be
    known: PartialDate  # that day, as it is known
    answered: date  # on which a body answered, if one did
    bodies: list[int]
    targets: list[int] = field(default_factory=list)

    @property
    def sent(self) -> bool:
        """Whether it has left the house."""
        return self.status not in UNSENT

    @property
    def heard(self) -> bool:
        """Whether anything came back."""
        return self.sent and self.status is not Status.SUBMITTED

    @property
    def last_contact(self) -> date | None:
        """The day of the last contact."""
        return (self.answered if self.heard else self.day) if self.sent else None


def base32(number: int) -> str:
    """A number below 2 to the 40th as the eight characters of a reference, scattered."""
    number = number * SCATTER % 2**40
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(8))


class Drawing:
    """Draws letters with their asks; ids of records and outcomes are counted from `first` on."""

    def __init__(self, house: House, seed: int, first: int = 1) -> None:
        self.house = house
        self.random = random.Random(seed)
        self.next_record = first
        self.next_outcome = first
        self.batch = Batch()

    def letters(self, asks: int) -> Batch:
        """A batch of letters that carry so many asks in all."""
        self.batch = Batch()
        left = asks
        while left > 0:
            carried = min(self.random.choice(shares.ASKS_A_LETTER), left)
            self._letter(carried)
            left -= carried
        return self.batch

    def add(self, table: str, **row: Any) -> None:
        """Put a row into the batch."""
        self.batch.rows.setdefault(table, []).append(row)

    def of(self, weights: dict[Any, int]) -> Any:
        """One of some things, by their weights."""
        return self.random.choices(list(weights), list(weights.values()))[0]

    def known(self, day: date) -> PartialDate:
        """A day as it may be known: a fifth of them to the month only, a few to the year."""
        vague = self.random.random()
        if vague < 0.03:
            return PartialDate(day.year)
        return PartialDate(day.year, day.month, None if vague < 0.2 else day.day)

    def record(self, kind: Kind, owned: Row, at: datetime) -> Row:
        """The key row of a record and its first audience; what the record's own row begins with."""
        number, self.next_record = self.next_record, self.next_record + 1
        # the number itself, in the alphabet of references: no two are the same
        reference = f"{kind.value}-{base32(number)}"
        self.add("records", id=number, kind=kind, reference=reference)
        audience = owned["audience"]
        self.add("audience_spans", record_id=number, audience=audience, from_at=at)
        who = self.random.choice(self.house.people[owned["organisation_id"]])
        if audience is Audience.NAMED:
            self.add("grants", record_id=number, user_id=who, granted_at=at)
        return {
            **owned,
            "id": number,
            "version": 1,
            "created_at": at,
            "updated_at": at,
            "created_by_id": who,
        }

    def happened(self, name: str, row: Row, at: datetime, **after: Any) -> None:
        """Note an event about a record, done by whoever made the record."""
        body = {"after": after} if after else {}
        self.batch.events.append(Event(at, row["created_by_id"], name, (row["id"],), body))

    def _letter(self, asks: int) -> None:
        owner = self.random.choice(self.house.organisations)
        owned = {"organisation_id": owner, "audience": self.of(shares.AUDIENCES)}
        day = self.house.today - timedelta(days=int(self.random.triangular(1, 4200, 500)))
        at = datetime.combine(day, time(9, self.random.randrange(60)), UTC)
        known = self.known(day)
        letter = self.record(Kind.LETTER, owned, at)
        number = letter["id"]
        self.add(
            "letters",
            **letter,
            title=f"Letter {number} on abuses by officials",
            sort_title=f"letter {number} on abuses by officials",
            kind=LetterKind.CONGRESSIONAL if number % 3 else LetterKind.ORGANISATIONS,
            written_on=known,
            sent_on=known,
            received_on=None,
            reply_requested_by=None,
        )
        self.happened("letter.recorded", letter, at, asks=asks)
        bodies = self.random.sample(self.house.agencies, self.random.choice((1, 1, 2, 3)))
        for place, body in enumerate(bodies):
            self.add(
                "letter_addressees", letter_id=number, position=place, agency_id=body, is_copy=False
            )
        for place in range(2):
            role = SignatoryRole.CHAIR if place == 0 else SignatoryRole.MEMBER
            name = f"Signatory {number}-{place}"
            self.add("signatories", letter_id=number, position=place, name=name, role=role)
        source = self._source(owned, at, known)
        for place in range(asks):
            ask = self._ask(owned, day, at, bodies)
            self.add(
                "letter_recommendations", letter_id=number, recommendation_id=ask, position=place
            )
            self.add("source_uses", record_id=ask, source_id=source, position=0, shows="The abuse.")

    def _source(self, owned: Row, at: datetime, known: PartialDate) -> int:
        source = self.record(Kind.SOURCE, owned, at)
        number = int(source["id"])
        self.add(
            "sources",
            **source,
            title=f"Report {number}",
            sort_title=f"report {number}",
            publisher="A monitor",
            published_on=known,
            url=f"https://example.org/reports/{number}",
        )
        return number

    def _target(self, owned: Row, at: datetime, place: tuple[str, str]) -> int:
        target = self.record(Kind.TARGET, owned, at)
        number = int(target["id"])
        name = f"Officer {number} of a security bureau"
        self.add(
            "targets",
            **target,
            kind=self.random.choice((TargetKind.PERSON, TargetKind.PUBLIC_BODY, TargetKind.CLASS)),
            name=name,
            sort_name=name.lower(),
            born_on=None,
            country=place[0],
            region=place[1],
        )
        names = {name: NameKind.PRIMARY}
        if number % 2:
            names[f"{self.random.choice(shares.ORIGINAL_NAMES)} {number}"] = NameKind.ORIGINAL
        for text, kind in names.items():
            self.add(
                "target_names",
                target_id=number,
                text=text,
                kind=kind,
                script=script_of(text),
                folded=fold(text),
                latin=romanise(text),
            )
        return number

    def _ask(self, owned: Row, day: date, at: datetime, bodies: list[int]) -> int:
        status = self.of(shares.STATUSES)
        closure, result = None, Result.NONE_KNOWN
        if status is Status.CLOSED:
            closure, result = self.of(shares.CLOSED)
        elif status not in UNSENT and self.random.random() < shares.RELATED_OF_OPEN:
            result = Result.RELATED
        ask = self.record(Kind.RECOMMENDATION, owned, at)
        number = int(ask["id"])
        known = self.known(day)
        since = max((self.house.today - day).days, 1)
        course = Course(
            ask=ask,
            hangs={**owned, "recommendation_id": number},
            status=status,
            closure=closure,
            result=result,
            day=day,
            known=known,
            answered=day + timedelta(days=self.random.randrange(since)),
            bodies=bodies,
        )
        last = course.last_contact
        ask["updated_at"] = datetime.combine(last or day, time(15, number % 60), UTC)
        title = f"Sanction those responsible for abuses, case {number}"
        planned = number % 4 == 0
        self.add(
            "recommendations",
            **ask,
            instrument=self.of(shares.INSTRUMENTS),
            seeks=Seeks.ADDITION,
            title=title,
            sort_title=title.lower(),
            request="Impose sanctions on those named here. " * 4,
            abuse="The bureau detained people without trial. " * 3,
            newest_conduct_on=known,
            status=status,
            place=status.place,
            closure_reason=closure,
            result=result,
            decided_by_id=bodies[0],
            submitted_on=known if course.sent else None,
            last_contact_on=PartialDate.of(last) if last else None,
            assignee_id=ask["created_by_id"] if number % 2 else None,
            next_action="Write again" if planned else "",
            next_action_on=self.house.today + timedelta(days=number % 60) if planned else None,
        )
        self.happened("recommendation.recorded", ask, at, title=title)
        places = [self.of(shares.PLACES)] + ([("US", "")] if number % 10 == 0 else [])
        for place, (country, region) in enumerate(places):
            row = {**course.hangs, "position": place}
            self.add("recommendation_places", **row, country=country, region=region)
        for place in range(self.random.choice((1, 1, 1, 2))):
            target = self._target(owned, at, places[0])
            row = {"recommendation_id": number, "target_id": target, "position": place}
            self.add("recommendation_targets", **row)
            course.targets.append(target)
        if number % 3 == 0:
            tag = self.random.choice(shares.TAGS)
            self.add("record_tags", **owned, record_id=number, tag=tag)
        sequel.follow(self, course)
        return number
