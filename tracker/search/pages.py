"""What the page of search shows: what fits, by kind, as far as the viewer may see it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Select

from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies
from tracker.agencies.models import Agency
from tracker.core.now import today
from tracker.core.terms import Question
from tracker.correspondence import queries as correspondence
from tracker.correspondence.models import Letter
from tracker.recommendations import queries as asks
from tracker.recommendations.models import Recommendation
from tracker.records.queries import matching
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
    AGENCIES = "agencies"


ORDERS = {
    Sort.TARGETS: paging.Order("Name", Target.sort_name, Target.id),
    Sort.RECOMMENDATIONS: paging.Order(
        "Changed last", Recommendation.updated_at, Recommendation.id, descending=True
    ),
    Sort.LETTERS: paging.Order("Newest first", Letter.written_on, Letter.id, descending=True),
    Sort.SOURCES: paging.Order("Title", Source.sort_title, Source.id),
}


@dataclass(frozen=True)
class Results:
    """What fits, by kind; of the targets also the newest asks about them, one more than is shown.
    Of a kind of which there is more, the page says so."""

    pages: dict[Sort, paging.Page[Any]] = field(default_factory=dict)
    agencies: Sequence[Agency] = ()
    about: dict[int, list[Recommendation]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Nothing fits."""
        return not self.agencies and not any(page.rows for page in self.pages.values())


def results(
    viewer: Viewer, typed: str, question: Question, only: Sort | None, cursor: str | None
) -> Results:
    """What answers a question: a few of every kind, or a page of one."""
    size = A_FEW if only is None else paging.PAGE_SIZE
    pages = {
        sort: paging.fetch(_statement(viewer, question, sort), order, cursor, size)
        for sort, order in ORDERS.items()
        if only in (None, sort)
    }
    found = pages[Sort.TARGETS].rows if Sort.TARGETS in pages else ()
    return Results(
        pages,
        _agencies(typed) if only in (None, Sort.AGENCIES) else (),
        asks.latest_about(viewer, [target.id for target in found], ASKS_OF_A_TARGET + 1),
    )


def _statement(viewer: Viewer, question: Question, sort: Sort) -> Select[Any]:
    if sort is Sort.TARGETS:
        return targets.listing(viewer).where(Target.id.in_(targets.answering(viewer, question)))
    if sort is Sort.RECOMMENDATIONS:
        everything = asks.listing(viewer, asks.Filters())
        return everything.where(Recommendation.id.in_(matching(question)))
    if sort is Sort.LETTERS:
        return correspondence.letters(viewer).where(Letter.id.in_(matching(question)))
    return sources.listing(viewer).where(Source.id.in_(matching(question)))


def _agencies(typed: str) -> list[Agency]:
    """Bodies, which are public, by their names and those of who holds their offices."""
    found = agencies.suggest(typed, today(), limit=20)
    return list({hit.agency.id: hit.agency for hit in found}.values())
