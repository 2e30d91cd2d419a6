"""Every figure leads to the records behind it, and there are as many of them as it says."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.front.support import (
    asks_on,
    has_section,
    links,
    record_ask,
    record_draft,
    rows,
    section,
    titles_on,
    travel,
    words,
)
from tests.support.factories import make
from tests.support.people import Person, words_of
from tracker.agencies.models import Agency
from tracker.clocks.models import Cause, Clock, ClockKind, ClockRule
from tracker.core.dates import PartialDate
from tracker.core.db import db, transaction
from tracker.correspondence.models import Letter
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import (
    Addressee,
    AddresseeState,
    ClosureReason,
    Recommendation,
    RecommendationPlace,
    Result,
    Status,
)
from tracker.records.models import Audience

FLAGS = (
    (Cause.SILENT, ClockKind.SILENCE),
    (Cause.UNACKNOWLEDGED, ClockKind.ACKNOWLEDGEMENT),
    (Cause.STATUTORY_OVERDUE, ClockKind.SECTION_1263D),
)
PLACES = (
    ("CN", "Tibet"),
    ("CN", ""),
    ("CN", "Xinjiang"),
    ("IR", ""),
)


@pytest.fixture
def figures(app: Flask, staff: Person, other_staff: Person) -> None:
    """Asks of two organisations, some shared, that differ in all that is counted."""
    own, others = staff.viewer.organisation_id, other_staff.viewer.organisation_id
    with app.app_context(), transaction():
        slugs = ("state", "treasury", "commerce")
        bodies = list(db.session.scalars(select(Agency.id).where(Agency.slug.in_(slugs))))
        rules = {
            kind: db.session.scalar(select(ClockRule.id).where(ClockRule.kind == kind).limit(1))
            for _, kind in FLAGS
        }
        for number in range(24):
            audience = Audience.COALITION if number % 3 else Audience.ORGANISATION
            owner = {"organisation_id": others if number % 5 == 0 else own, "audience": audience}
            _ask(number, owner, bodies, rules)
        for audience in (Audience.COALITION, Audience.ORGANISATION):
            make(Letter, organisation_id=own, audience=audience)


def _ask(number: int, owner: dict[str, Any], bodies: list[int], rules: dict[Any, Any]) -> None:
    closed = number % 8 == 1
    sent = PartialDate(2020 + number % 3, 5) if number % 4 else None
    ask = make(
        Recommendation,
        title=f"Ask {number}",
        status=Status.CLOSED if closed else list(Status)[number % 6],
        closure_reason=ClosureReason.MOOT if closed else None,
        result=list(Result)[number % len(Result)],
        instrument=list(Instrument)[number % 4],
        submitted_on=sent,
        last_contact_on=PartialDate(2023, 1 + number % 12) if number % 4 else None,
        **owner,
    )
    hangs = {"recommendation_id": ask.id}
    for position in range(number % 3):
        day = PartialDate(2023, 11)
        make(
            Addressee,
            agency_id=bodies[(number + position) % 3],
            position=position,
            state=AddresseeState.AWAITING if sent else AddresseeState.NOT_SENT,
            acknowledged_on=day if number % 2 else None,
            answered_on=day if number % 4 == 1 else None,
            **hangs,
        )
        if not closed:
            cause, kind = FLAGS[(number + position) % 3]
            make(
                Clock,
                agency_id=bodies[(number + position) % 3],
                cause=cause,
                kind=kind,
                rule_id=rules[kind],
                flagged_on=date(2024, 1, 22),
                flagged_at=datetime(2024, 1, 22, tzinfo=UTC),
                **hangs,
            )
    for position in range(number % 3):
        country, region = PLACES[(number + position) % 4]
        place = {"country": country, "region": region, "position": position}
        make(RecommendationPlace, **place, **hangs)


def _figures(page: TestResponse) -> list[tuple[str, int]]:
    """Each link whose words are a figure, or that names the row in which one stands."""
    found = [
        (link, text)
        for link, text in re.findall(
            r'<a href="([^"]*)"[^>]*>([\d,]+)(?: letters? or reports?)?</a>', page.text
        )
    ]
    found += re.findall(r'<a href="([^"]*)">(\d+) letters? or reports?</a>', page.text)
    for row in re.findall(r"<tr[^>]*>(.*?)</tr>", page.text, re.S):
        head = re.search(r'<th scope="row"[^>]*><a href="(/recommendations\?[^"]*)"', row)
        cell = re.search(r'<td[^>]*class="n"[^>]*>([\d,]+)</td>', row)
        if head and cell:
            found.append((head[1], cell[1]))
    return [(link.replace("&amp;", "&"), int(text.replace(",", ""))) for link, text in found]


def _behind(person: Person, link: str) -> int:
    page = person.get(link)
    assert page.status_code == 200, link
    if link.startswith("/stale"):
        return len(set(re.findall(r'<a class="title" href="([^"]*)"', page.text)))
    return len(rows(page)) if link.startswith("/letters") else len(asks_on(page))


@pytest.mark.parametrize("who", ["staff", "partner", "other_staff"])
def test_every_figure_is_the_number_of_rows_behind_it(
    figures: None, request: pytest.FixtureRequest, who: str
) -> None:
    person: Person = request.getfixturevalue(who)
    page = person.get("/dashboards")
    bodies = sorted({link for link in links(page) if re.match(r"/agencies/[a-z]", link)})
    assert len(bodies) == 3
    wrong = []
    seen = 0
    for path in ("/dashboards", *bodies):
        for link, figure in dict.fromkeys(_figures(person.get(path))):
            seen += 1
            behind = _behind(person, link)
            if behind != figure:
                wrong.append(f"{path}: {figure} on the page, {behind} behind {link}")
    assert seen > 50
    assert not wrong, "\n".join(wrong)


def test_a_key_figure_is_tied_to_its_words(figures: None, staff: Person) -> None:
    for path in ("/dashboards", "/agencies/state"):
        page = staff.get(path).text
        figured = re.findall(r'<p class="key-fig"><a href="[^"]*" aria-describedby="(\S+)">', page)
        assert len(figured) == page.count('<p class="key-fig"><a') > 0
        assert all(f'<p id="{told}">' in page for told in figured)


def test_the_words_of_the_dashboard_say_the_same_as_its_figures(
    figures: None, staff: Person, partner: Person
) -> None:
    for person in (staff, partner):
        page = person.get("/dashboards")

        def of_those_sent(chosen: str, person: Person = person) -> int:
            found, *unsent = (
                len(asks_on(person.get(f"/recommendations?{chosen}{more}")))
                for more in ("", "&status=draft", "&status=vetting", "&status=ready")
            )
            return found - sum(unsent)

        sent, known = of_those_sent(""), of_those_sent("result=none_known")
        acted, declined = of_those_sent("acted=1"), of_those_sent("result=declined")
        related, gone = of_those_sent("result=related_action"), of_those_sent("result=reversed")
        said = words_of(page)
        assert f"{known} asks of {sent} have met no known government action." in said
        assert known + acted + related + declined + gone == sent
        assert gone > 0
        assert f"For {gone} what followed was reversed." in said
        assert f"Action came in full or in part for {acted}, on a related matter" in said
        assert re.search(
            rf"on a related matter for {related}; {declined} (was|were) declined", said
        )
        overdue = len(asks_on(person.get("/recommendations?cause=statutory_overdue")))
        assert f"{overdue} past a deadline in law" in said
        total = len(asks_on(person.get("/recommendations")))
        assert f"{total - sent} more are not sent yet." in said
        undated = total - sum(
            len(asks_on(person.get(f"/recommendations?year={year}"))) for year in (2020, 2021, 2022)
        )
        assert f"{undated} asks without a date are left out of the columns." in said
        longest = titles_on(person.get("/recommendations?open=1&sort=contact"))
        assert set(_longest(page)) <= set(longest)


def _longest(page: TestResponse) -> list[str]:
    markup = page.text.partition('aria-labelledby="silent"')[2].partition("</section>")[0]
    return [words(part) for part in re.findall(r'rowheader"><a href="[^"]*">(.*?)</a>', markup)]


def test_a_dashboard_without_anything_says_what_to_do_next(staff: Person, partner: Person) -> None:
    assert "Record the first letter : its asks" in words_of(staff.get("/dashboards"))
    assert "When something is shared with you" in words_of(partner.get("/dashboards"))
    assert partner.get("/").headers["Location"] == "/dashboards"


@pytest.mark.parametrize(
    ("sent", "days"), [("2023-10-23", "130"), ("2023-10", "at least 122"), ("2024", "at least 0")]
)
def test_days_without_contact_are_never_more_than_is_known(
    staff: Person, on_day: Callable[[str], None], sent: str, days: str
) -> None:
    travel(on_day, "2024-03-01", staff)
    record_ask(staff, {"written_on": sent})
    [row] = rows(staff.get("/dashboards"), "silent")
    assert row["Days"] == days


def test_a_body_that_decides_shows_what_it_decides(staff: Person) -> None:
    ask = record_ask(staff, {"asks-0-instrument": "entity_list"})
    page = staff.get("/agencies/end-user-review-committee")
    assert ask in links(page)
    assert "Sanction those responsible" in section(page, "decides")
    assert not has_section(staff.get("/agencies/treasury"), "decides")


def test_a_draft_counts_as_put_to_nobody(staff: Person) -> None:
    record_draft(staff)
    page = words_of(staff.get("/agencies/state"))
    assert "acknowledged, as far as known" not in page
    assert "No open ask is put to it" in page
    said = words_of(staff.get("/dashboards"))
    assert "No ask has been sent yet." in said
    record_ask(staff)
    assert "1 ask of 1 has met no known government action." in words_of(staff.get("/dashboards"))
    assert "1 more is not sent yet." in words_of(staff.get("/dashboards"))
