"""What the pages of casework show, gathered as the viewer, in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Select, select

from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies
from tracker.agencies.models import AgencyKind, AgencyMembership
from tracker.casework.crediting import not_credited
from tracker.casework.ledger import Ledger, ledger
from tracker.clocks import gathering
from tracker.clocks import queries as clocks
from tracker.clocks.explain import Arithmetic, ClockGroup, arithmetic, grouped
from tracker.clocks.models import Cause, Clock, ClockKind, ClockState
from tracker.clocks.section_1263d import UNTOLD_LETTER, explain_failings
from tracker.core.dates import PartialDate
from tracker.core.db import IDS, built_once, db
from tracker.core.now import today
from tracker.correspondence import queries as correspondence
from tracker.correspondence.models import Contact, Direction, Letter, LetterRecommendation
from tracker.correspondence.rules import ACKNOWLEDGES
from tracker.recommendations import outcomes as outcome_rules
from tracker.recommendations import queries as asks
from tracker.recommendations import workflow
from tracker.recommendations.instruments import Instrument
from tracker.recommendations.models import Outcome, Recommendation, Result, Status, StatusSpan
from tracker.records import queries as records
from tracker.records.models import Record, RecordMixin
from tracker.records.queries import visible
from tracker.records.reach import seen_since
from tracker.records.readers import Owned, seen_by_all
from tracker.sources import queries as sources
from tracker.sources.models import SourceUse
from tracker.targets.models import Target

T = TypeVar("T", Contact, StatusSpan)
# a reversed outcome stays in the ledger beside its reversal; the rest is near the ask, no more
COUNTED = (None, outcome_rules.NotCredited.REVERSED_LATER)


@dataclass(frozen=True)
class AskPage:
    """One ask with all that belongs to it, as far as the viewer may see it."""

    ask: Recommendation
    may_edit: bool
    knows_plans: bool
    targets: list[Target]
    told_targets: set[int]  # the ids of those that all readers of the ask see
    flags: list[Clock]
    clocks: list[Clock]
    letters: list[Letter]
    void_letters: list[Letter]
    siblings: list["Sibling"]
    contacts: list[Contact]
    bodies_met: dict[int, list[str]]
    others: dict[int, int]  # how many further asks each contact is about
    outcomes: list[Outcome]
    reasons: dict[int, outcome_rules.NotCredited]
    ledger: Ledger
    answers: dict[int, Contact]
    evidence: list[SourceUse]
    proofs: dict[int, list[SourceUse]]  # of each contact
    tags: list[str]
    spans: list[StatusSpan]
    seats: list[AgencyMembership]
    arithmetic: dict[int, Arithmetic]
    oldest_first: bool

    @property
    def credited(self) -> list[Outcome]:
        """The outcomes that stand and count for the ask, or did until they were reversed."""
        return [o for o in self.outcomes if not o.voided_at and self.reasons.get(o.id) in COUNTED]

    @property
    def not_credited(self) -> list[Outcome]:
        """What happened near the ask and is not counted, each with its reason in `reasons`."""
        standing = [o for o in self.outcomes if not o.voided_at]
        return [o for o in standing if self.reasons.get(o.id) not in COUNTED]

    @property
    def untold(self) -> list[Target]:
        """The targets and those acted on that not all readers of the ask see: what it came to rests
        on none of them."""
        shown = [*self.targets, *(o.target for o in self.outcomes if o.target and not o.voided_at)]
        return [one for one in dict.fromkeys(shown) if one.id not in self.told_targets]

    def days_before(self, outcome: Outcome) -> int | None:
        """How many days before the ask it came, where both days are known."""
        first, asked = outcome.effective_on, self.ask.submitted_on
        if not first or not asked or not (first.day and asked.day):
            return None
        return (asked.earliest - first.earliest).days

    @property
    def restricted(self) -> Iterator[RecordMixin]:
        """The records whose words stand on the page of the ask."""
        yield from self.contacts
        yield from (use.source for use in self.evidence)
        yield from (use.source for uses in self.proofs.values() for use in uses)

    @property
    def proposal(self) -> workflow.Proposal | None:
        """The status that what is on record speaks for; none that would close it, where something
        about it is not for all its readers."""
        acknowledged = any(row.acknowledged_on for row in self.ask.addressees)
        result = Result.NONE_KNOWN if self.untold else self.ask.result
        return workflow.proposal(self.ask.status, result, is_acknowledged=acknowledged)

    @property
    def proposed_on(self) -> PartialDate | None:
        """Since when the proposed status has held, as far as that is on record."""
        if self.proposal is not None and self.proposal.to is Status.CLOSED:
            days = [o.effective_on for o in self.credited if o.effective_on]
            return max(days, default=None)
        acknowledged = [row.acknowledged_on for row in self.ask.addressees if row.acknowledged_on]
        return min(acknowledged, default=None)

    @property
    def rests_on_void(self) -> bool:
        """Whether the ask stands as acknowledged by something that is void by now."""
        void = any(c.voided_at and c.substance in ACKNOWLEDGES for c in self.contacts)
        stands = any(row.acknowledged_on for row in self.ask.addressees)
        last = self.last_change
        is_last = last is not None and last.status is self.ask.status is Status.ACKNOWLEDGED
        return void and is_last and not stands

    @property
    def late(self) -> list[ClockGroup]:
        """The flags, those that say the same of several bodies taken together."""
        return grouped(self.flags)

    def clocks_that(self, *states: ClockState) -> list[ClockGroup]:
        """The clocks in one of some states, taken together likewise."""
        return grouped(clock for clock in self.clocks if clock.state in states)

    @property
    def chronology(self) -> list["Happening"]:
        """What happened, on one line of time."""
        found = [
            *(Happening(c.happened_on, "contact", c) for c in self.contacts),
            *(Happening(o.effective_on, "outcome", o) for o in self.outcomes if not o.voided_at),
            *(Happening(s.from_on, "status", s) for s in self.spans),
            *(
                Happening(PartialDate.of(group.first.flagged_on), "flag", group)
                for group in grouped(self.flags)
                if group.first.flagged_on
            ),
        ]
        in_order = sorted(found, key=lambda h: str(h.on or ""))
        return in_order if self.oldest_first else in_order[::-1]

    @property
    def last_change(self) -> StatusSpan | None:
        """The last change of status, which can be voided; the first status is no change."""
        spans = [span for span in self.spans if not span.voided_at]
        return spans[-1] if len(spans) > 1 else None

    def reached_on(self, status: str) -> StatusSpan | None:
        """The last span in which the ask had that status."""
        spans = reversed([span for span in self.spans if not span.voided_at])
        return next((span for span in spans if span.status == status), None)


@dataclass(frozen=True)
class Happening:
    """One entry of a chronology."""

    on: PartialDate | None
    kind: str
    what: Contact | Outcome | StatusSpan | ClockGroup


def ask_page(
    viewer: Viewer, ask: Recommendation, today: date, *, oldest_first: bool = False
) -> AskPage:
    """The page of one ask; its chronology newest first, unless it is wanted the other way."""
    own = [ask.id]
    every_letter = correspondence.letters_of(viewer, own, also_void=True)[ask.id]
    letters = [letter for letter in every_letter if not letter.voided_at]
    met = correspondence.contacts_about(viewer, ask.id)
    contacts = _not_void_before(viewer, ask, [one.contact for one in met])
    cited = sources.cited_by(viewer, [ask.id, *(c.id for c in contacts if not c.voided_at)])
    all_clocks = clocks.clocks_of(viewer, own)[ask.id]
    flags = [c for c in all_clocks if c.is_flagged]
    outcomes = asks.outcomes_of(viewer, own)[ask.id]
    tree = agencies.tree()
    reasons = not_credited(ask, outcomes, tree)
    credited = [o for o in outcomes if not o.voided_at and reasons.get(o.id) in COUNTED]
    targets = asks.targets_of(viewer, own)[ask.id]
    is_interagency = ask.decided_by is not None and ask.decided_by.kind is AgencyKind.INTERAGENCY
    return AskPage(
        ask=ask,
        may_edit=records.may_edit(ask, viewer),
        knows_plans=records.knows_plans_of(viewer, ask.organisation_id),
        targets=targets,
        told_targets=_told(ask, [*targets, *(o.target for o in outcomes if o.target)]),
        flags=sorted(flags, key=clocks.gravity),
        clocks=all_clocks,
        letters=letters,
        void_letters=[letter for letter in every_letter if letter.voided_at],
        siblings=_siblings(viewer, ask, letters),
        contacts=contacts,
        bodies_met=_named(met),
        others={one.contact.id: one.asks - 1 for one in met},
        outcomes=outcomes,
        reasons=reasons,
        ledger=ledger(viewer, ask, targets, credited, tree),
        answers=_answers(met),
        oldest_first=oldest_first,
        evidence=cited.pop(ask.id, []),
        proofs=cited,
        tags=records.tags_of(viewer, own).get(ask.id, []),
        spans=_not_void_before(viewer, ask, asks.spans_of(viewer, own)[ask.id]),
        seats=(agencies.members(ask.decided_by.id) if is_interagency and ask.decided_by else []),
        arithmetic={clock.id: arithmetic(clock, today) for clock in all_clocks},
    )


def _not_void_before(viewer: Viewer, ask: Recommendation, entries: Sequence[T]) -> list[T]:
    """Entries of an ask, without those that were void before it was shared with the viewer: they
    had read nothing that is to be taken back, and its reason is the owner's own affair."""
    if all(entry.voided_at is None for entry in entries):
        return list(entries)
    since = seen_since(ask.id, ask.organisation_id, viewer)
    return [e for e in entries if e.voided_at is None or since is None or e.voided_at >= since]


def _told(ask: Recommendation, shown: Iterable[Target]) -> set[int]:
    pairs = [(Owned.of(ask), Owned.of(one)) for one in shown]
    return {target_id for _, target_id in seen_by_all(pairs)}


def _answers(met: Iterable[correspondence.Met]) -> dict[int, Contact]:
    """What each body said last, by body; contacts come oldest first."""
    return {
        agency_id: contact
        for contact, agency_ids, _ in met
        if contact.direction is not Direction.OURS and not contact.voided_at
        for agency_id in agency_ids
    }


def _named(met: Sequence[correspondence.Met]) -> dict[int, list[str]]:
    """The bodies that each contact was with, in short, in the order of their names."""
    names = agencies.short_names({key for one in met for key in one.agency_ids})
    return {
        contact.id: [name for key, name in names.items() if key in agency_ids]
        for contact, agency_ids, _ in met
    }


class Sibling(NamedTuple):
    """Another ask of a letter, in a line."""

    causes: tuple[Cause, ...]
    reference: str
    title: str
    status: Status
    instrument: Instrument


def _siblings(viewer: Viewer, ask: Recommendation, letters: Iterable[Letter]) -> list[Sibling]:
    """The other asks of some letters, in their order, as far as the viewer may see them."""
    ids = [letter.id for letter in letters]
    if not ids:
        return []
    rows = db.session.execute(_carried(viewer), {"ids": ids})
    found = {key: (shown, clocks.causes_in(causes)) for key, causes, *shown in rows}
    return [Sibling(causes, *shown) for key, (shown, causes) in found.items() if key != ask.id]


@built_once
def _carried(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    carried, other = LetterRecommendation, Recommendation
    statement = (
        select(other.id, clocks.causes(viewer, other.id))
        .add_columns(Record.reference, other.title, other.status, other.instrument)
        .join(carried, carried.recommendation_id == other.id)
        .join(Record, Record.id == other.id)
        .where(carried.letter_id.in_(IDS))
        .order_by(carried.letter_id, carried.position, other.id)
    )
    return visible(statement, Recommendation, viewer)


@dataclass(frozen=True)
class LetterPage:
    """One letter with its asks, as far as the viewer may see them."""

    letter: Letter
    may_edit: bool
    asks: list[Recommendation]
    flags: dict[int, list[Clock]]
    evidence: list[SourceUse]
    law: dict[str, list[Recommendation]]  # what section 1263(d) says, and of which asks
    supplements: str
    went: bool  # on a day that is known or not

    @property
    def restricted(self) -> Iterator[RecordMixin]:
        """The records whose words stand on the page of the letter."""
        yield from (use.source for use in self.evidence)


def letter_page(viewer: Viewer, letter: Letter) -> LetterPage:
    """The page of one letter."""
    carried = correspondence.asks_of(viewer, [letter.id])[letter.id]
    ids = [ask.id for ask in carried]
    full = asks.by_ids(viewer, ids)
    return LetterPage(
        letter,
        records.may_edit(letter, viewer),
        [full[ask.id] for ask in carried if ask.id in full],
        clocks.flags_of(viewer, ids),
        sources.cited_by(viewer, [letter.id]).get(letter.id, []),
        _law_of(viewer, letter, [full[ask.id] for ask in carried if ask.id in full]),
        records.reference_of(viewer, letter.supplements_id),
        correspondence.has_gone(viewer, letter),
    )


def _law_of(
    viewer: Viewer, letter: Letter, carried: Sequence[Recommendation]
) -> dict[str, list[Recommendation]]:
    """What section 1263(d) says of a letter, and for which asks; whoever reads the letter is told
    more than readers of an ask alone."""
    found: dict[str, list[Recommendation]] = defaultdict(list)
    by_ask = clocks.clocks_of(viewer, [ask.id for ask in carried])
    for ask in carried:
        for clock in by_ask[ask.id]:
            if clock.kind is ClockKind.SECTION_1263D:
                said = arithmetic(clock, today()).explanation
                if said == UNTOLD_LETTER:
                    request = gathering.request_of(letter, ask)
                    said = explain_failings(request, put_to_president=False)
                if ask not in found[said]:  # it may have gone out with another letter too
                    found[said].append(ask)
    return found
