"""A page takes as many statements for thirty related rows as for one."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.front.support import Sitting, record_draft, save
from tests.inside.samples import reading, writing
from tests.inside.watching import Watched, watching
from tests.support.factories import make
from tests.support.people import Person, form_of
from tracker.agencies.models import Agency
from tracker.casework.columns import COLUMNS
from tracker.casework.models import SavedView
from tracker.clocks.models import Cause, Clock, ClockKind, ClockRule
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.core.now import now, today
from tracker.correspondence.models import (
    Contact,
    ContactAgency,
    ContactRecommendation,
    Letter,
    LetterAddressee,
    LetterRecommendation,
    Signatory,
)
from tracker.history import actions as history
from tracker.history.models import HistoryEvent, HistoryPayload, HistorySubject
from tracker.recommendations.models import (
    Addressee,
    ControlledItem,
    Outcome,
    OutcomeCitation,
    Recommendation,
    RecommendationPlace,
    RecommendationTarget,
    Status,
    StatusSpan,
)
from tracker.records.models import Audience, RecordTag
from tracker.search.actions import index_missing
from tracker.sources.models import Attachment, Source, SourceUse
from tracker.targets.models import (
    Target,
    TargetIdentifier,
    TargetKind,
    TargetName,
    TargetRelation,
)

FEW, MANY = 1, 30


class Case:
    """A case to which any number of rows of every kind can be added."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.number = 0
        self.common: dict[str, Any] = {
            "organisation_id": person.viewer.organisation_id,
            "audience": Audience.ORGANISATION,
        }
        self.rule_id = db.session.scalar(
            select(ClockRule.id).where(ClockRule.kind == ClockKind.SILENCE).limit(1)
        )
        ask, letter = self.new_ask(), make(Letter, **self.common)
        target, agency = make(Target, kind=TargetKind.CLASS, **self.common), make(Agency)
        self.ask, self.letter, self.target, self.agency = ask.id, letter.id, target.id, agency.id
        source = make(Source, **self.common)
        self.source = source.id
        self.names = {
            "ask": ask.reference,
            "letter": letter.reference,
            "target": target.reference,
            "agency": agency.slug,
            "source": source.reference,
        }

    def new_ask(self) -> Recommendation:
        """An open ask of the person's own, sent long ago, on which something is due soon."""
        return make(
            Recommendation,
            status=Status.SUBMITTED,
            submitted_on=PartialDate(2023, 10, 23),
            last_contact_on=PartialDate(2023, 11),
            assignee_id=self.person.viewer.user_id,
            next_action="Write again",
            next_action_on=today() + timedelta(days=3),
            **self.common,
        )

    def grow(self) -> None:
        """One more row of every kind on the one ask, letter, target and body, and a further ask
        with parts of its own."""
        self.number += 1
        agency = make(Agency)
        source, target = make(Source, **self.common), make(Target, **self.common)
        make(TargetName, target_id=target.id)
        make(TargetName, target_id=self.target)
        make(TargetIdentifier, target_id=self.target)
        make(TargetRelation, from_id=self.target, to_id=target.id)
        signed = {"letter_id": self.letter, "position": self.number}
        make(Signatory, body_id=agency.id, **signed)
        make(LetterAddressee, agency_id=agency.id, **signed)
        make(SourceUse, record_id=self.letter, source_id=source.id)
        make(Attachment, source_id=self.source)
        self.hang(self.ask, agency.id, target.id, source.id)
        carried = make(Letter, **self.common)
        make(LetterRecommendation, letter_id=carried.id, recommendation_id=self.ask)
        make(SourceUse, record_id=carried.id, source_id=self.source)
        another = self.new_ask().id
        make(SourceUse, record_id=another, source_id=self.source)
        self.show(another, self.agency, self.target)
        make(LetterRecommendation, letter_id=self.letter, recommendation_id=another)
        twice = make(Target, merged_into_id=self.target, **self.common)
        make(TargetName, target_id=twice.id)
        make(RecommendationTarget, recommendation_id=self.ask, target_id=twice.id)
        index_missing()

    def show(self, ask: int, agency: int, target: int) -> None:
        """What lists show of an ask."""
        on: dict[str, Any] = {"recommendation_id": ask}
        placed = {**on, "position": self.number}
        make(Addressee, agency_id=agency, **placed)
        make(RecommendationPlace, region=f"Region {self.number}", **placed)
        make(RecommendationTarget, target_id=target, **placed)
        ticking = {**on, "agency_id": agency, "rule_id": self.rule_id}
        for cause in Cause:
            make(Clock, cause=cause, flagged_on=today(), flagged_at=now(), **ticking)
        make(Clock, due_on=today() + timedelta(days=5), late_on=None, **ticking)

    def hang(self, ask: int, agency: int, target: int, source: int) -> None:
        """What hangs on an ask."""
        on: dict[str, Any] = {"recommendation_id": ask}
        placed = {**on, "position": self.number}
        self.show(ask, agency, target)
        make(ControlledItem, **placed)
        make(StatusSpan, **on)
        make(SourceUse, record_id=ask, source_id=source)
        make(RecordTag, record_id=ask, **self.common)
        outcome = make(Outcome, target_id=target, authority_id=agency, **on)
        make(OutcomeCitation, outcome_id=outcome.id)
        contact = make(Contact, letter_id=self.letter, **self.common)
        make(ContactRecommendation, contact_id=contact.id, **on)
        make(ContactAgency, contact_id=contact.id, agency_id=agency)
        event = make(HistoryEvent, actor_id=self.person.viewer.user_id, name="record.tagged")
        make(HistoryPayload, event_id=event.id)
        make(HistorySubject, event_id=event.id, record_id=ask)
        make(
            SavedView,
            owner_id=self.person.viewer.user_id,
            organisation_id=self.person.viewer.organisation_id,
        )


PAGES = {
    "record page": "/recommendations/{ask}",
    "clocks of a record": "/recommendations/{ask}/clocks",
    "history of a record": "/recommendations/{ask}/history",
    "list page": "/recommendations",
    "list page with every column": "/recommendations?columns=" + ",".join(COLUMNS),
    "form of several records": "/recommendations/bulk?all=1",
    "list page of a past day": "/recommendations?as_of=2026-01-01",
    "record page of a past day": "/recommendations/{ask}?as_of=2026-01-01",
    "dashboard of a past day": "/dashboards?as_of=2026-01-01",
    "saved views": "/recommendations/views",
    "stale page": "/stale",
    "stale page of a cause": "/stale?cause=silent",
    "dashboard": "/dashboards",
    "page of a body": "/agencies/{agency}",
    "list of bodies": "/agencies",
    "desk": "/",
    "letter page": "/letters/{letter}",
    "receipt of a letter": "/letters/{letter}/receipt",
    "list of letters": "/letters",
    "target page": "/targets/{target}",
    "list of targets": "/targets",
    "list of sources": "/sources",
    "page of a source": "/sources/{source}",
    "search among targets": "/search?q=target",
    "search among asks": "/search?q=ask&kind=recommendations",
    "search among sources": "/search?q=source",
    "suggestions": "/targets/suggest?q=target",
    "merging": "/targets/{target}/merge",
    "form of a record": "/recommendations/{ask}/edit",
    "form of a reply": "/contacts/new?ask={ask}",
    "follow-up letter": "/recommendations/{ask}/follow-up",
    "audience of a letter": "/letters/{letter}/audience",
}


def opened(person: Person, path: str) -> Watched:
    with watching(person.app) as seen:
        page = person.get(path)
    assert page.status_code == 200, path
    return seen


# the same queries go to either database
@pytest.fixture
def still() -> Iterator[None]:
    """No time passes: once in a while a page notes that its reader's log-in is used."""
    with time_machine.travel(now(), tick=False):
        yield


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("still")
def test_pages_take_a_fixed_number_of_statements(app: Flask, staff: Person) -> None:
    with writing(app):
        case = Case(staff)
        case.grow()
    paths = {name: path.format(**case.names) for name, path in PAGES.items()}
    opened(staff, "/")  # the first look at the desk notes the beginning of a visit
    opened(staff, "/dashboards")  # the first look of a process counts all records
    with writing(app):
        history.record("recommendation.changed", actor_id=None, records=[case.ask])
    few = {name: opened(staff, path).count for name, path in paths.items()}
    with writing(app):
        for _ in range(MANY - FEW):
            case.grow()
        history.record("recommendation.changed", actor_id=None, records=[case.ask])
    many = {name: opened(staff, path).count for name, path in paths.items()}
    assert {n: (few[n], many[n]) for n in PAGES if few[n] != many[n]} == {}
    assert min(few.values()) > 1
    with reading(app):
        for model in (Addressee, Clock, Outcome, RecommendationTarget):
            count = select(func.count()).where(model.recommendation_id == case.ask)
            assert (db.session.scalar(count) or 0) >= MANY


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_preview_of_a_change_takes_a_fixed_number_of_statements(
    app: Flask, staff: Person
) -> None:
    with writing(app):
        case = Case(staff)
        case.grow()
    counts = []
    for grown in (0, MANY):
        with writing(app):
            for _ in range(grown):
                case.grow()
        form = form_of(staff.get("/recommendations/bulk?all=1"))
        typed = {"to": ["closed"], "add_tags": ["x"], "next_action": ["Call"], "op": ["preview"]}
        with watching(app) as seen:
            page = staff.client.post("/recommendations/bulk", data={**form, **typed})
        assert page.status_code == 200
        counts.append(seen.count)
        assert len(form["ask_state"]) > grown
    assert counts[0] == counts[1]


SUBMITTED = {"to": "submitted", "add_tags": "x", "next_action": "Call"}
REVIEWED = {
    "to": "closed",
    "closure_reason": "moot",
    "reason": "R",
    "source_url": "https://a.org/{}",
}


@pytest.mark.parametrize("typed", [SUBMITTED, REVIEWED])
def test_a_change_of_many_asks_and_its_undoing_take_as_many_statements_as_of_few(
    app: Flask, staff: Person, typed: dict[str, str]
) -> None:
    """The rule is checked, and the history told, an ask at a time: what is read and written is
    not. Of half of the asks something else stood before."""
    counts = []
    for number in (2, 9):
        titles = [f"Of {number}: {n}" for n in range(number)]
        asks = [record_draft(staff, {"title": title}) for title in titles]
        for ask in asks[::2]:
            save(staff, f"{ask}/edit", {"tags": "x, y"})
        form = Sitting(staff, f"/recommendations/bulk?all=1&q=Of+{number}:")
        form.type({name: value.format(number) for name, value in typed.items()})
        form.press("preview")
        assert len(form.fields["ask_state"]) == number
        with watching(app) as acting:
            done = form.save()
        form = Sitting(staff, done)
        with watching(app) as undoing:
            form.save()
        assert "Not put back" not in form.person.get(done).text
        counts.append((acting.count, undoing.count))
    assert counts[0] == counts[1]


def test_a_page_is_made_without_a_thread_of_its_own(
    staff: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise AssertionError(f"{thread} was started")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert staff.get("/recommendations").status_code == 200
