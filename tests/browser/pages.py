"""Every page that a role can come to, taken from the routes and filled from the demonstration."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import url_for
from playwright.sync_api import BrowserContext
from sqlalchemy import Select, select
from werkzeug.routing import Rule

from tests.browser.sites import Site
from tracker.accounts.models import User
from tracker.accounts.permissions import Role
from tracker.accounts.viewer import Viewer
from tracker.agencies.models import OfficeHolder
from tracker.core.db import db
from tracker.correspondence import queries as correspondence
from tracker.correspondence.models import Contact, Direction
from tracker.demo.load import FILE
from tracker.recommendations import queries as asks
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import Outcome, Recommendation, Status
from tracker.records.models import Record
from tracker.sources.models import Source
from tracker.targets.models import Target, TargetKind
from tracker.web.policy import policy_of

TYPED_OR_CHOSEN = "textarea, select, input:not([type=hidden], [type=password])"
PASSKEY = "form[data-passkey]"  # is sent by what the browser answers, not by its button
SEED_DAY = "2023-10-23"
AGENCIES = ("state", "end-user-review-committee")
Row = TypeVar("Row")


@dataclass(frozen=True)
class Examples:
    """Records of the demonstration: those of the Tibet letter, and one of every other kind."""

    letter: str
    letter_title: str
    ask: str
    ask_title: str
    export_ask: str
    class_target: str
    person: str
    person_name: str
    contact: str
    acted_ask: str
    outcome: int
    user: int
    source: str
    holder: int

    def values(self, rule: Rule) -> list[dict[str, Any]]:
        """What can stand in the address of a route."""
        room = rule.endpoint.partition(".")[0]
        if room == "api":
            return []  # is no page
        if not rule.arguments:
            return [{}]
        if rule.arguments == {"slug"}:
            return [{"slug": slug} for slug in AGENCIES]
        if room == "sources" and "key" in rule.arguments:
            return []  # the demonstration has no files
        if rule.arguments == {"reference", "key"}:
            return [{"reference": self.acted_ask, "key": self.outcome}]
        if rule.arguments == {"slug", "key"} and room == "agencies":
            return [{"slug": "state", "key": self.holder}]
        if rule.arguments in ({"secret"}, {"signed"}):
            return []  # a file for another program, an address in a mail
        if rule.arguments == {"key"} and room in ("bulk_changes", "saved_views"):
            return []  # what a person made: seen in test_list_work
        if rule.arguments == {"key"} and room == "clock_rules":
            return [{"key": 1}]
        if rule.arguments == {"key"} and room == "people":
            return [{"key": self.user}]
        known = {
            "recommendations": (self.export_ask, self.ask, self.acted_ask),
            "letters": (self.letter,),
            "targets": (self.class_target, self.person),
            "contacts": (self.contact,),
            "sources": (self.source,),
            "notices": (self.ask,),
        }
        if rule.arguments == {"reference"} and room in known:
            # every kind of record, but each form of theirs only once
            is_record = rule.rule.endswith(">")
            chosen = known[room] if is_record else known[room][:1]
            return [{"reference": reference} for reference in chosen]
        raise LookupError(f"say in {__name__} what can stand in the address {rule.rule}")


def examples(site: Site) -> Examples:
    """Choose the records."""
    return site.ask(_choose)


def _choose(viewer: Viewer) -> Examples:
    letters = json.loads(FILE.read_text(encoding="utf-8"))["letters"]
    seed = next(letter for letter in letters if letter["written_on"] == SEED_DAY)
    titles = [ask["title"] for ask in seed["asks"]]
    own = select(Recommendation).where(Recommendation.title.in_(titles))
    ask = _first(own.where(Recommendation.instrument == Instrument.ENTITY_LIST))
    export = _first(own.where(Recommendation.instrument == Instrument.EXPORT_CONTROL))
    letter = correspondence.letters_of(viewer, [ask.id])[ask.id][0]
    targets = asks.targets_of(viewer, [ask.id])[ask.id]
    of_closed = Outcome.recommendation_id.in_(
        select(Recommendation.id).where(Recommendation.status == Status.CLOSED)
    )
    outcome = _first(select(Outcome).where(of_closed).order_by(Outcome.id))
    persons = select(Target).where(Target.kind == TargetKind.PERSON)
    person = _first(persons.order_by(Target.id))
    replies = select(Contact).where(Contact.direction == Direction.THEIRS)
    return Examples(
        letter=letter.reference,
        letter_title=letter.title,
        ask=ask.reference,
        ask_title=ask.title,
        export_ask=export.reference,
        class_target=next(t.reference for t in targets if t.kind is TargetKind.CLASS),
        person=person.reference,
        person_name=person.name,
        contact=_first(replies.order_by(Contact.id)).reference,
        acted_ask=_first(select(Record).where(Record.id == outcome.recommendation_id)).reference,
        outcome=outcome.id,
        source=_first(select(Source).where(Source.url != "").order_by(Source.id)).reference,
        user=_first(select(User).where(User.role == Role.PARTNER).order_by(User.id)).id,
        holder=_first(select(OfficeHolder).where(OfficeHolder.name == "Rex Tillerson")).id,
    )


def _first(statement: Select[Row]) -> Row:
    found = db.session.scalars(statement.limit(1)).one()
    db.session.expunge_all()
    return found


def addresses(site: Site) -> list[str]:
    """The address of every route that answers to GET, files and undeclared routes apart."""
    rules = sorted(site.app.url_map.iter_rules(), key=lambda rule: rule.rule)

    def fill(viewer: Viewer) -> list[str]:
        chosen = _choose(viewer)
        return [
            url_for(rule.endpoint, **values)
            for rule in rules
            if "GET" in (rule.methods or ())
            and not rule.endpoint.endswith("static")
            and policy_of(rule.endpoint) is not None
            for values in chosen.values(rule)
        ]

    return site.ask(fill)


def pages_for(
    context: BrowserContext, site: Site, *, kept_out: tuple[int, ...] = (302, 403)
) -> Iterator[str]:
    """Those of the addresses that whoever browses in the context gets as a page."""
    for address in addresses(site):
        answer = context.request.get(site.url + address, max_redirects=0)
        kind = answer.headers.get("content-type", "")
        if answer.ok and kind.startswith("text/html"):
            yield address
        else:
            is_kept_out = answer.status in kept_out
            assert is_kept_out or answer.ok, f"{address} answers {answer.status}"


PAST = "as_of=2024-06-01"


def main_pages(site: Site) -> list[str]:
    """The pages that people work on most, one of each kind."""
    chosen = examples(site)
    return [
        "/",
        "/stale",
        "/recommendations",
        f"/recommendations/bulk?ask={chosen.ask}",
        f"/recommendations/{chosen.ask}",
        f"/recommendations/{chosen.export_ask}/edit",
        f"/recommendations/{chosen.acted_ask}",
        f"/recommendations/{chosen.ask}/clocks",
        f"/recommendations/{chosen.acted_ask}/history",
        "/letters",
        f"/letters/{chosen.letter}",
        "/letters/new",
        "/contacts/new",
        f"/recommendations/{chosen.ask}/follow-up",
        "/letters/template",
        "/targets",
        "/search?q=tibet",
        f"/targets/{chosen.class_target}",
        "/agencies",
        *(f"/agencies/{slug}" for slug in AGENCIES),
        "/sources",
        "/dashboards",
        f"/dashboards?{PAST}",
        f"/recommendations?{PAST}",
        f"/recommendations/{chosen.ask}?{PAST}",
        f"/letters/{chosen.letter}/void",
    ]
