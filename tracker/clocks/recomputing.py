"""Clocks that run are computed anew where a rule or a calendar gives them another day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from tracker.accounts.viewer import MACHINE, Viewer
from tracker.agencies.models import Agency
from tracker.clocks import gathering
from tracker.clocks.actions import Moved, Turn, refresh
from tracker.clocks.choice import RuleFact, Start, choose, due_day
from tracker.clocks.facts import status_on
from tracker.clocks.house import STATUS_OF
from tracker.clocks.models import Clock, ClockKind, ClockRule, ClockState, Unit
from tracker.core.db import db
from tracker.core.now import now
from tracker.core.together import write_together
from tracker.correspondence.models import Contact, Letter
from tracker.history import actions as history
from tracker.recommendations.models import Recommendation
from tracker.recommendations.queries import by_ids

CHUNK = 500


@dataclass(frozen=True)
class Effect:
    """What a change of the rules does to the clocks that run, as far as whoever makes it sees the
    asks; a job counts all."""

    asks: int
    moved: int
    raised: int
    cleared: int

    @property
    def sentence(self) -> str:
        """It in words, as the page shows it."""
        return (
            f"Open clocks whose due day moves: {self.moved:,}. Flags that appear: {self.raised:,}. "
            f"Flags that go: {self.cleared:,}. Asks whose clocks are computed anew: {self.asks:,}."
        )


def recompute(kinds: Iterable[ClockKind], why: str, by: Viewer | None = None) -> Effect:
    """Compute anew the clocks of every ask on which one runs that another rule governs now, or of
    which another day follows now (a holiday was declared); their histories say why. Counted is what
    whoever makes the change may see of it."""
    ids = sorted(_touched(list(kinds), gathering.rules()))
    moved: list[Moved] = []
    counted = 0
    for place in range(0, len(ids), CHUNK):
        chunk = ids[place : place + CHUNK]
        asks = db.session.scalars(select(Recommendation).where(Recommendation.id.in_(chunk))).all()
        found = refresh(asks)
        shown = by_ids(by or MACHINE, chunk)
        counted += len(shown)
        moved += [each for each in found.moved if each.ask_id in shown]
        for ask in asks:
            if ask.id in found.changed:
                ask.updated_at = now()
        write_together(asks)
    if ids:
        actor_id = by.user_id if by else None
        history.record("clock.recomputed", actor_id=actor_id, records=ids, body={"note": why})
    turns = [each.turn for each in moved]
    return Effect(
        counted, turns.count(Turn.MOVED), turns.count(Turn.RAISED), turns.count(Turn.CLEARED)
    )


def _touched(kinds: list[ClockKind], rules: list[RuleFact]) -> set[int]:
    statement = (
        select(
            Clock.recommendation_id,
            Clock.kind,
            Clock.started_on,
            Clock.rule_id,
            Clock.first_due_on,
            Clock.due_on,
            Recommendation.instrument,
            Agency.jurisdiction,
            Clock.agency_id,
            Letter.channel,
        )
        .join(Recommendation, Recommendation.id == Clock.recommendation_id)
        .outerjoin(Agency, Agency.id == Clock.agency_id)
        .outerjoin(Contact, Contact.id == Clock.contact_id)
        .outerjoin(Letter, Letter.id == Contact.letter_id)
        .where(
            Clock.kind.in_(kinds),
            Clock.state == ClockState.RUNNING,
            Clock.superseded_at.is_(None),
            Clock.rule_id.is_not(None),
        )
    )
    known: dict[Start, tuple[int, date] | None] = {}
    found = set()
    rows = db.session.execute(statement).all()
    by_status = any(rule.status and rule.kind not in STATUS_OF for rule in rules)
    asks = statement.with_only_columns(Clock.recommendation_id)
    spans = gathering.spans(asks) if by_status else {}
    for row in rows:
        began = row.started_on.earliest
        start = Start(
            row.kind,
            began,
            row.instrument,
            row.jurisdiction or "",
            row.agency_id,
            row.channel or "",
            STATUS_OF.get(row.kind) or status_on(spans.get(row.recommendation_id, ()), began),
        )
        if start not in known:
            rule = choose(rules, start)
            known[start] = (rule.id, due_day(rule, start.day, start.jurisdiction)) if rule else None
        if known[start] != (row.rule_id, row.first_due_on or row.due_on):
            found.add(row.recommendation_id)
    return found


def follow_holidays() -> Effect | None:
    """Compute anew what counts business days, where a holiday has come or gone since."""
    counted = select(ClockRule.kind).where(ClockRule.unit == Unit.BUSINESS_DAYS).distinct()
    kinds = db.session.scalars(counted).all()
    return recompute(kinds, "The calendar of public holidays has changed.") if kinds else None
