"""What the page of search shows: what fits, by kind, as far as the viewer may see it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flask import abort
from sqlalchemy import Select

from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies
from tracker.agencies.models import Agency
from tracker.core.db import db
from tracker.core.now import today
from tracker.core.terms import Question
from tracker.correspondence import queries as correspondence
from tracker.correspondence.models import Contact, Letter
from tracker.recommendations import queries as asks
from tracker.recommendations.filters import Filters
from tracker.recommendations.models import Recommendation
from tracker.records.models import RecordMixin
from tracker.search.excerpts import excerpt
from tracker.search.ranking import Ranked, by_title, newest_contacts, ranked_targets
from tracker.sources import queries as sources
from tracker.sources.models import Source
from tracker.targets import queries as targets
from tracker.targets.models import Target
from tracker.web import paging

A_FEW = 5  # of each kind, where all kinds are shown
ASKS_OF_A_TARGET = 3


class Sort(StrEnum):
    """What can be found."""

    TARGETS = "targets"
    RECOMMENDATIONS = "recommendations"
    LETTERS = "letters"
    SOURCES = "sources"
    CONTACTS = "contacts"
    AGENCIES = "agencies"


MODELS: dict[Sort, type[RecordMixin]] = {
    Sort.TARGETS: Target,
    Sort.RECOMMENDATIONS: Recommendation,
    Sort.LETTERS: Letter,
    Sort.SOURCES: Source,
    Sort.CONTACTS: Contact,
}


@dataclass(frozen=True)
class Results:
    """What fits, by kind; of the targets also the newest asks about them, one more than is shown;
    of the contacts which asks they concern, with whom they were and what was said. Of a kind of
    which there is more, the page says so; of one in `cut` more fits than is ranked."""

    pages: dict[Sort, paging.Page[Any]] = field(default_factory=dict)
    agencies: Sequence[Agency] = ()
    about: dict[int, list[Recommendation]] = field(default_factory=dict)
    concern: dict[int, list[Recommendation]] = field(default_factory=dict)
    met: dict[int, list[Agency]] = field(default_factory=dict)
    said: dict[int, str] = field(default_factory=dict)
    cut: set[Sort] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        """Nothing fits."""
        return not self.agencies and not any(page.rows for page in self.pages.values())


def results(
    viewer: Viewer, typed: str, question: Question, only: Sort | None, cursor: str | None
) -> Results:
    """What answers a question: a few of every kind, or a page of one."""
    size = A_FEW if only is None else paging.PAGE_SIZE
    start = _start(cursor)
    ranked = {
        sort: _ranked(viewer, typed, question, sort) for sort in MODELS if only in (None, sort)
    }
    pages = {sort: _page(viewer, sort, found, start, size) for sort, found in ranked.items()}
    shown = {sort: [row.id for row in page.rows] for sort, page in pages.items()}
    contacts = pages[Sort.CONTACTS].rows if Sort.CONTACTS in pages else ()
    return Results(
        pages,
        _agencies(typed) if only in (None, Sort.AGENCIES) else (),
        asks.latest_about(viewer, shown.get(Sort.TARGETS, ()), ASKS_OF_A_TARGET + 1),
        correspondence.asks_of_contacts(viewer, shown.get(Sort.CONTACTS, ())),
        correspondence.bodies_met(shown.get(Sort.CONTACTS, ())),
        # whoever reads the words of what is for named people is noted: on the page of an ask
        {one.id: excerpt(one.summary, question) for one in contacts if not one.is_read_kept},
        {sort for sort, found in ranked.items() if found.cut},
    )


def _ranked(viewer: Viewer, typed: str, question: Question, sort: Sort) -> Ranked:
    """The ids of what answers, the closest first."""
    if sort is Sort.TARGETS:
        return ranked_targets(viewer, typed, question)
    if sort is Sort.CONTACTS:
        return newest_contacts(viewer, question)
    standing = [Letter.voided_at.is_(None)] if sort is Sort.LETTERS else []
    return by_title(viewer, MODELS[sort], typed, question, *standing)


def _page(viewer: Viewer, sort: Sort, ranked: Ranked, start: int, size: int) -> paging.Page[Any]:
    """A page of ranked records, loaded, in their order."""
    chosen = ranked.ids[start : start + size]
    rows = db.session.scalars(_listing(viewer, sort).where(MODELS[sort].id.in_(chosen)))
    known = {row.id: row for row in rows}
    return paging.Page(
        [known[key] for key in chosen if key in known],
        earlier=str(max(0, start - size)) if start else None,
        later=str(start + size) if len(ranked.ids) > start + size else None,
    )


def _start(cursor: str | None) -> int:
    """At which place of the results the page begins."""
    if cursor and not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 5):
        abort(400, "The link to this page of the results is damaged. Search again.")
    return int(cursor or 0)


def _listing(viewer: Viewer, sort: Sort) -> Select[Any]:
    if sort is Sort.TARGETS:
        return targets.listing(viewer)
    if sort is Sort.RECOMMENDATIONS:
        return asks.listing(viewer, Filters())
    if sort is Sort.CONTACTS:
        return correspondence.contacts(viewer)
    return correspondence.letters(viewer) if sort is Sort.LETTERS else sources.listing(viewer)


def _agencies(typed: str) -> list[Agency]:
    """Bodies, which are public, by their names and those of who holds their offices."""
    found = agencies.suggest(typed, today(), limit=20)
    return list({hit.agency.id: hit.agency for hit in found}.values())
