"""What the pages of casework show, gathered as the viewer, in a fixed number of statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.accounts.viewer import Viewer
from tracker.agencies import queries as agencies
from tracker.agencies.models import Agency, AgencyMembership
from tracker.clocks import queries as clocks
from tracker.clocks.explain import Arithmetic, ClockGroup, arithmetic, grouped
from tracker.clocks.models import Clock, ClockState
from tracker.core.dates import PartialDate
from tracker.correspondence import queries as correspondence
from tracker.correspondence.models import Contact, Letter
from tracker.recommendations import outcomes as outcome_rules
from tracker.recommendations import queries as asks
from tracker.recommendations.models import Outcome, Recommendation, StatusSpan
from tracker.records import queries as records
from tracker.sources import queries as sources
from tracker.sources.models import SourceUse
from tracker.targets.models import Target


@dataclass(frozen=True)
class AskPage:
    """One ask with all that belongs to it, as far as the viewer may see it."""

    ask: Recommendation
    may_edit: bool
    targets: list[Target]
    flags: list[Clock]
    clocks: list[Clock]
    letters: list[Letter]
    siblings: list[Recommendation]
    contacts: list[Contact]
    agencies_of_contact: dict[int, list[Agency]]
    outcomes: list[Outcome]
    evidence: list[SourceUse]
    tags: list[str]
    spans: list[StatusSpan]
    seats: list[AgencyMembership]
    arithmetic: dict[int, Arithmetic]

    @property
    def credited(self) -> list[Outcome]:
        """The outcomes that stand and did not come before the ask."""
        return [o for o in self.outcomes if not o.voided_at and not self._is_before(o)]

    @property
    def not_credited(self) -> list[Outcome]:
        """Those that came before the ask: near it, and not counted."""
        return [o for o in self.outcomes if not o.voided_at and self._is_before(o)]

    def _is_before(self, outcome: Outcome) -> bool:
        return outcome_rules.is_before(outcome.effective_on, self.ask.submitted_on)

    @property
    def late(self) -> list[ClockGroup]:
        """The flags, those that say the same of several bodies taken together."""
        return grouped(self.flags)

    def clocks_that(self, *states: ClockState) -> list[ClockGroup]:
        """The clocks in one of some states, taken together likewise."""
        return grouped(clock for clock in self.clocks if clock.state in states)

    @property
    def chronology(self) -> list["Happening"]:
        """What happened, on one line of time, newest first."""
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
        return sorted(found, key=lambda h: str(h.on or ""), reverse=True)

    def reached_on(self, status: str) -> StatusSpan | None:
        """The last span in which the ask had that status."""
        return next((s for s in reversed(self.spans) if s.status == status), None)


@dataclass(frozen=True)
class Happening:
    """One entry of a chronology."""

    on: PartialDate | None
    kind: str
    what: Contact | Outcome | StatusSpan | ClockGroup


def ask_page(viewer: Viewer, ask: Recommendation, today: date) -> AskPage:
    """The page of one ask."""
    own = [ask.id]
    letters = correspondence.letters_of(viewer, own)[ask.id]
    contacts = correspondence.contacts_of(viewer, own)[ask.id]
    all_clocks = clocks.clocks_of(viewer, own)[ask.id]
    flags = [c for c in all_clocks if c.state is ClockState.RUNNING and c.flagged_on]
    siblings = correspondence.asks_of(viewer, [letter.id for letter in letters])
    is_interagency = ask.decided_by is not None and ask.decided_by.kind == "interagency"
    return AskPage(
        ask=ask,
        may_edit=records.may_edit(ask, viewer),
        targets=asks.targets_of(viewer, own)[ask.id],
        flags=sorted(flags, key=clocks.gravity),
        clocks=all_clocks,
        letters=letters,
        siblings=_others(siblings.values(), ask),
        contacts=contacts,
        agencies_of_contact=_agencies_of(contacts),
        outcomes=asks.outcomes_of(viewer, own)[ask.id],
        evidence=sources.cited_by(viewer, own).get(ask.id, []),
        tags=records.tags_of(viewer, own).get(ask.id, []),
        spans=asks.spans_of(viewer, ask.id),
        seats=(agencies.members(ask.decided_by.id) if is_interagency and ask.decided_by else []),
        arithmetic={clock.id: arithmetic(clock, today) for clock in all_clocks},
    )


def _others(
    groups: Iterable[Sequence[Recommendation]], ask: Recommendation
) -> list[Recommendation]:
    found = {other.id: other for group in groups for other in group if other.id != ask.id}
    return list(found.values())


def _agencies_of(contacts: Sequence[Contact]) -> dict[int, list[Agency]]:
    by_contact = correspondence.agencies_of(contact.id for contact in contacts)
    known = agencies.by_ids({i for ids in by_contact.values() for i in ids})
    return {
        contact_id: sorted((known[i] for i in ids), key=lambda agency: agency.name)
        for contact_id, ids in by_contact.items()
    }


@dataclass(frozen=True)
class LetterPage:
    """One letter with its asks, as far as the viewer may see them."""

    letter: Letter
    may_edit: bool
    asks: list[Recommendation]
    flags: dict[int, list[Clock]]
    targets: dict[int, list[Target]]
    evidence: list[SourceUse]


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
        asks.targets_of(viewer, ids),
        sources.cited_by(viewer, [letter.id]).get(letter.id, []),
    )
