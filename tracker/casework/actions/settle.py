"""What follows from the facts of an ask, recomputed after every change: how each addressee stands,
the day of the last contact, what the outcomes come to, and the clocks."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import or_, select

from tracker.accounts.viewer import MACHINE, Viewer
from tracker.agencies import queries as agencies
from tracker.clocks import actions as clocks
from tracker.core.dates import PartialDate
from tracker.core.db import IDS, db
from tracker.core.now import now
from tracker.core.together import write_together
from tracker.correspondence.models import Letter, LetterRecommendation, Substance
from tracker.correspondence.queries import contact_facts
from tracker.correspondence.rules import ContactFact, Standing, standing
from tracker.recommendations.models import (
    Addressee,
    Outcome,
    OutcomeKind,
    Recommendation,
    RecommendationTarget,
)
from tracker.recommendations.outcomes import OutcomeFact, credited, result
from tracker.records.models import Audience
from tracker.records.readers import Owned, seen_by_all
from tracker.targets.merged import ways_up, with_merged
from tracker.targets.models import Target, TargetKind


def settle(
    asks: Sequence[Recommendation], by: Viewer | None = None, *, corrected: bool = False
) -> None:
    """Bring all that is derived on these asks in line with their contacts and outcomes. For whoever
    it was `by`, the histories of the asks say which flags and days that moved. Where the instrument
    was `corrected`, clocks that have ended follow too."""
    db.session.flush()
    given = {ask.id for ask in asks}
    asks = [*asks, *_following(asks)]
    _derive(asks)
    moved, others = clocks.refresh(asks, corrected=corrected)
    if by is not None:
        clocks.tell([each for each in moved if each.ask_id in given], by)
        # of a letter that these supplement, which not all their readers see
        clocks.tell([each for each in moved if each.ask_id not in given], MACHINE)
    for ask in asks:
        if ask.id in others:
            ask.updated_at = now()
    write_together(asks)


def _derive(asks: Sequence[Recommendation]) -> None:
    """What contacts and outcomes come to: days, results, and how each addressee stands."""
    ids = [ask.id for ask in asks]
    contacts, outcomes = contact_facts(ids), _outcomes(ids)
    addressees, targets = _addressees(ids), _targets(ids)
    survivors = _leave_out_hidden(asks, targets, outcomes)
    tree = agencies.tree()
    acts_for = tree.acting_for({row.agency_id for rows in addressees.values() for row in rows})
    for ask in asks:
        # what is not sent yet has brought nothing about
        own, stands_for = [] if ask.is_unsent else outcomes[ask.id], survivors[ask.id]
        facts = outcome_facts(own, tree, stands_for)
        kinds = {stands_for.get(one.id, one.id): one.kind for one in targets[ask.id]}
        ask.submitted_on = _submitted_on(contacts[ask.id])
        ask.result = result(kinds, facts, ask.submitted_on, ask.judgement, ask.seeks)
        by_agency = _credited_to(ask, own, facts, acts_for)
        for row in addressees[ask.id]:
            _stand(row, standing(contacts[ask.id], row.agency_id, by_agency[row.agency_id]))
        days = [row.last_contact_on for row in addressees[ask.id] if row.last_contact_on]
        ask.last_contact_on = max(days, default=ask.submitted_on)
        if any(map(db.session.is_modified, (ask, *addressees[ask.id]))):
            ask.updated_at = now()  # what follows is told to all readers of the ask
    write_together(row for rows in addressees.values() for row in rows)
    write_together(asks)


def _stand(row: Addressee, stands: Standing) -> None:
    row.state = stands.state
    row.asked_on = stands.asked_on
    row.acknowledged_on = stands.acknowledged_on
    row.answered_on = stands.answered_on
    row.last_contact_on = stands.last_contact_on


def asks_about(record_ids: Collection[int]) -> Sequence[Recommendation]:
    """The asks among some records, those of letters among them, and those that are about a target
    among them, or about a duplicate of it: what these come to hangs on who sees it, and on what
    stands for what; and what their clocks tell, on who sees a letter that others supplement."""
    found = select(Target.id).where(Target.id.in_(record_ids))
    standing = with_merged(MACHINE, found)
    linked = select(RecommendationTarget.recommendation_id).where(
        RecommendationTarget.target_id.in_(standing)
    )
    acted = select(Outcome.recommendation_id).where(Outcome.target_id.in_(standing))
    own = Recommendation.id
    carried = select(LetterRecommendation.recommendation_id).where(
        LetterRecommendation.letter_id.in_(record_ids)
    )
    wanted = or_(*(own.in_(each) for each in (record_ids, linked, acted, carried)))
    return db.session.scalars(select(Recommendation).where(wanted)).all()


def _following(asks: Sequence[Recommendation]) -> Sequence[Recommendation]:
    """The asks of letters that supplement a letter of these asks, or one that does, and so on: of
    these hangs whether they begin a clock in law themselves."""
    ids = [ask.id for ask in asks]
    later, newest = set[int](), set(db.session.scalars(_SUPPLEMENTS, {"ids": ids}))
    while newest:
        later |= newest
        following = select(Letter.id).where(Letter.supplements_id.in_(newest))
        newest = set(db.session.scalars(following)) - later
    if not later:
        return ()
    return db.session.scalars(
        select(Recommendation)
        .join(LetterRecommendation, LetterRecommendation.recommendation_id == Recommendation.id)
        .where(LetterRecommendation.letter_id.in_(later), Recommendation.id.not_in(ids))
        .distinct()
    ).all()


_SUPPLEMENTS = (
    select(Letter.id)
    .join(LetterRecommendation, LetterRecommendation.letter_id == Letter.supplements_id)
    .where(LetterRecommendation.recommendation_id.in_(IDS))
)


def outcome_facts(
    outcomes: Sequence[Outcome], tree: agencies.Tree, stands_for: Mapping[int, int]
) -> list[OutcomeFact]:
    """Outcomes as the rule reads them; a bureau's act is its department's, and what was done to a
    duplicate was done to the target that stands for it."""
    return [
        OutcomeFact(
            outcome.kind,
            stands_for.get(outcome.target_id, outcome.target_id) if outcome.target_id else None,
            outcome.effective_on,
            tree.head(outcome.authority_id) if outcome.authority_id else None,
            by_another=bool(outcome.actor),
        )
        for outcome in outcomes
    ]


def _submitted_on(contacts: list[ContactFact]) -> PartialDate | None:
    return min(
        (c.on for c in contacts if c.substance is Substance.SUBMISSION and c.on), default=None
    )


def _credited_to(
    ask: Recommendation,
    outcomes: list[Outcome],
    facts: list[OutcomeFact],
    acts_for: dict[int, int],
) -> dict[int, list[OutcomeKind]]:
    """The kinds of outcome that each addressee brought about and that count for the ask."""
    found: dict[int, list[OutcomeKind]] = defaultdict(list)
    counted = credited(facts, ask.submitted_on, ask.seeks)
    for outcome, fact in zip(outcomes, facts, strict=True):
        if outcome.authority_id in acts_for and fact in counted:
            found[acts_for[outcome.authority_id]].append(outcome.kind)
    return found


def _outcomes(ids: list[int]) -> dict[int, list[Outcome]]:
    found: dict[int, list[Outcome]] = defaultdict(list)
    for outcome in db.session.scalars(_STANDING, {"ids": ids}):
        found[outcome.recommendation_id].append(outcome)
    return found


_STANDING = select(Outcome).where(Outcome.recommendation_id.in_(IDS), Outcome.voided_at.is_(None))


def _addressees(ids: list[int]) -> dict[int, list[Addressee]]:
    found: dict[int, list[Addressee]] = defaultdict(list)
    for row in db.session.scalars(_ADDRESSEES, {"ids": ids}):
        found[row.recommendation_id].append(row)
    return found


_ADDRESSEES = select(Addressee).where(Addressee.recommendation_id.in_(IDS))


class _Target(NamedTuple):
    """A target, as far as what an ask came to hangs on it."""

    id: int
    audience: Audience
    organisation_id: int
    kind: TargetKind

    @property
    def owned(self) -> Owned:
        return Owned(self.id, self.audience, self.organisation_id)


_COLUMNS = (Target.id, Target.audience, Target.organisation_id, Target.kind)


def _targets(ids: list[int]) -> dict[int, list[_Target]]:
    found: dict[int, list[_Target]] = defaultdict(list)
    for row in db.session.execute(_TARGETS, {"ids": ids}):
        found[row.recommendation_id].append(_Target(*row[1:]))
    return found


_TARGETS = (
    select(RecommendationTarget.recommendation_id, *_COLUMNS)
    .join(Target, Target.id == RecommendationTarget.target_id)
    .where(RecommendationTarget.recommendation_id.in_(IDS))
)


def _leave_out_hidden(
    asks: Sequence[Recommendation],
    targets: dict[int, list[_Target]],
    outcomes: dict[int, list[Outcome]],
) -> dict[int, dict[int, int]]:
    """What an ask came to is told to all its readers: it rests on nothing about a target that not
    all of them see. Returns by ask which target stands for which, as far as all of them see it."""
    known = {one.id: one.owned for found in targets.values() for one in found}
    acted_on = {o.target_id for found in outcomes.values() for o in found if o.target_id}
    if further := acted_on - known.keys():
        rows = db.session.execute(select(*_COLUMNS).where(Target.id.in_(further)))
        known |= {row.id: _Target(*row).owned for row in rows}
    ways = ways_up(known)
    about = {
        ask.id: {
            *(one.id for one in targets.get(ask.id, ())),
            *(o.target_id for o in outcomes.get(ask.id, ()) if o.target_id),
        }
        for ask in asks
    }
    told = seen_by_all(
        [
            (Owned.of(ask), step)
            for ask in asks
            for key in about[ask.id]
            for step in (known[key], *ways.get(key, ()))
        ]
    )
    for ask in asks:
        targets[ask.id] = [one for one in targets[ask.id] if (ask.id, one.id) in told]
        outcomes[ask.id] = [
            o for o in outcomes[ask.id] if o.target_id is None or (ask.id, o.target_id) in told
        ]
    return {
        ask.id: {
            key: _survivor(ask.id, key, ways[key], told) for key in about[ask.id] if key in ways
        }
        for ask in asks
    }


def _survivor(ask_id: int, key: int, way: Sequence[Owned], told: set[tuple[int, int]]) -> int:
    for step in way:
        if (ask_id, step.id) not in told:
            break
        key = step.id
    return key
