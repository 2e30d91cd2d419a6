"""How long agencies take: medians of waiting times in which the unanswered count too.

The product-limit estimate of Kaplan and Meier (1958) of the share still waiting after so many days;
its median, and the 95% interval of the median after Brookmeyer and Crowley (1982) with the log-log
transformation of Greenwood's variance. Waits are in calendar days, of dates known to the day or
month, counted from their earliest day; those of which less is known at either end are left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import exp, log, sqrt
from operator import itemgetter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies
from tracker.casework.actions.settle import outcome_facts
from tracker.core.dates import PartialDate
from tracker.core.db import db
from tracker.recommendations.models import (
    Addressee,
    Outcome,
    Recommendation,
    Status,
    StatusSpan,
)
from tracker.recommendations.outcomes import acts_of
from tracker.recommendations.queries import on_a_target_seen_by
from tracker.records.queries import visible
from tracker.targets.merged import standing

Z = 1.959964  # the standard normal's 97.5% point
HALF = 0.5 + 1e-9  # a product of fractions that comes to a half may miss it by rounding


@dataclass(frozen=True)
class Timeliness:
    """How many waits there are, how many ended, and the median wait in days with its interval;
    nothing stands for "not reached"."""

    n: int
    events: int
    median_days: int | None
    low: int | None
    high: int | None

    def as_dict(self) -> dict[str, Any]:
        """The shape of `tracker stats --json`."""
        return {
            "n": self.n,
            "events": self.events,
            "median_days": self.median_days,
            "low": self.low,
            "high": self.high,
        }


def median_wait(waits: Iterable[tuple[int, bool]]) -> Timeliness:
    """The median of waits of so many days, each ended (true) or still going on (false)."""
    ordered = sorted(waits)
    n, events = len(ordered), sum(ended for _, ended in ordered)
    share, variance, at_risk = 1.0, 0.0, n
    median = low = high = None
    for day, group in groupby(ordered, key=itemgetter(0)):
        here = [done for _, done in group]
        ended = sum(here)
        if ended:
            share *= 1 - ended / at_risk
            if at_risk > ended:
                variance += ended / (at_risk * (at_risk - ended))
            median = day if median is None and share <= HALF else median
            if share > 0:  # where nobody waits any more there is no variance, and no interval
                bottom, top = _interval(share, variance)
                low = day if low is None and bottom <= 0.5 else low
                high = day if high is None and top <= 0.5 else high
        at_risk -= len(here)
    return Timeliness(n, events, median, low, high)


def _interval(share: float, variance: float) -> tuple[float, float]:
    """The 95% interval of the share still waiting, on the log-log scale."""
    spread = Z * sqrt(variance) / abs(log(share))
    return share ** exp(spread), share ** exp(-spread)


def timeliness(viewer: Viewer, today: date) -> dict[str, Timeliness]:
    """Median waits for an acknowledgement, a reply and an outcome, over what the viewer may see."""
    closed = _closed_on(viewer)
    return {
        "acknowledgement": median_wait(_waits(viewer, Addressee.acknowledged_on, closed, today)),
        "reply": median_wait(_waits(viewer, Addressee.answered_on, closed, today)),
        "outcome": median_wait(_outcome_waits(viewer, closed, today)),
    }


def _waits(
    viewer: Viewer, column: Any, closed: Mapping[int, PartialDate], today: date
) -> list[tuple[int, bool]]:
    statement = select(Addressee.recommendation_id, Addressee.asked_on, column).where(
        Addressee.asked_on > ""
    )
    return _known(
        _wait(asked, answered, closed.get(recommendation_id), today)
        for recommendation_id, asked, answered in db.session.execute(
            visible(statement, Addressee, viewer)
        )
    )


def _outcome_waits(
    viewer: Viewer, closed: Mapping[int, PartialDate], today: date
) -> list[tuple[int, bool]]:
    """Waits for the first thing that is credited to the ask: what came before it, or was another
    party's, ends none of them."""
    outcomes, tree = _outcomes(viewer), agencies.tree()
    survivors = standing(viewer, [o.target for own in outcomes.values() for o in own if o.target])
    stands_for = {key: target.id for key, target in survivors.items()}
    statement = select(Recommendation.id, Recommendation.submitted_on, Recommendation.seeks).where(
        Recommendation.submitted_on > ""
    )
    rows = db.session.execute(visible(statement, Recommendation, viewer)).all()
    waits = []
    for ask_id, asked, seeks in rows:
        acts = acts_of(outcome_facts(outcomes.get(ask_id, ()), tree, stands_for), asked, seeks)
        days = [act.effective_on for act in acts if act.effective_on]
        if days or not acts:  # else something came, on a day that nobody knows
            waits.append(_wait(asked, min(days, default=None), closed.get(ask_id), today))
    return _known(waits)


def _outcomes(viewer: Viewer) -> Mapping[int, list[Outcome]]:
    """The outcomes that stand, by ask, each with its target."""
    found: dict[int, list[Outcome]] = defaultdict(list)
    statement = (
        select(Outcome)
        .outerjoin(Outcome.target)
        .where(on_a_target_seen_by(viewer), Outcome.voided_at.is_(None))
        .options(selectinload(Outcome.target))
    )
    for outcome in db.session.scalars(visible(statement, Outcome, viewer)):
        found[outcome.recommendation_id].append(outcome)
    return found


def _closed_on(viewer: Viewer) -> dict[int, PartialDate]:
    statement = select(StatusSpan.recommendation_id, StatusSpan.from_on).where(
        StatusSpan.status == Status.CLOSED,
        StatusSpan.ended_at.is_(None),
        StatusSpan.voided_at.is_(None),
    )
    rows = db.session.execute(visible(statement, StatusSpan, viewer))
    return {ask_id: on for ask_id, on in rows if on is not None}


def _wait(
    asked: PartialDate | None,
    answered: PartialDate | None,
    closed: PartialDate | None,
    today: date,
) -> tuple[int, bool] | None:
    """How long a wait was, or is, and whether it ended; nothing where that cannot be said."""
    if not asked or not asked.starts_clocks or (answered and not answered.starts_clocks):
        return None
    if answered is not None:
        return max((answered.earliest - asked.earliest).days, 0), True
    if closed is not None and not closed.starts_clocks:
        return None
    until = closed.earliest if closed else today
    return max((until - asked.earliest).days, 0), False


def _known(waits: Iterable[tuple[int, bool] | None]) -> list[tuple[int, bool]]:
    return [wait for wait in waits if wait is not None]
