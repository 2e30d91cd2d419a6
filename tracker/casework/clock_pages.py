"""The page of the clocks of an ask: each with its arithmetic, what started it, what people did to
it, and the rules that were passed over. Gathered as the viewer, in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.accounts import queries as accounts
from tracker.accounts.viewer import Viewer
from tracker.clocks import queries as clocks
from tracker.clocks.choice import PassedOver, Start, passed_over
from tracker.clocks.explain import Arithmetic, ClockGroup, arithmetic, grouped
from tracker.clocks.facts import Key, SpanFact, closings_of, status_on
from tracker.clocks.gathering import rule_fact
from tracker.clocks.house import STATUS_OF
from tracker.clocks.models import Clock, ClockAct, ClockKind, ClockRule, ClockState
from tracker.correspondence import queries as correspondence
from tracker.correspondence.models import Contact, Letter
from tracker.correspondence.rules import RESETS_SILENCE
from tracker.recommendations import queries as asks
from tracker.recommendations.models import Recommendation
from tracker.records.queries import may_edit
from tracker.web.sealing import sealed_key


@dataclass(frozen=True)
class Line:
    """Clocks of an ask that say the same of several bodies, with all that a reader can ask of
    them."""

    group: ClockGroup
    sums: Arithmetic
    began_with: Contact | None
    letter: Letter | None
    acts: list[ClockAct]
    others: list[tuple[ClockRule, PassedOver]]

    @property
    def clock(self) -> Clock:
        """One that speaks for all of them."""
        return self.group.first

    @property
    def by_key(self) -> dict[str, Clock]:
        """All of them by their keys in a form."""
        return {sealed_key("clock", clock.id): clock for clock in self.group.clocks}


@dataclass(frozen=True)
class ClocksPage:
    """All clocks of an ask."""

    ask: Recommendation
    may_edit: bool
    lines: list[Line]
    actors: accounts.Acting

    def that(self, *states: ClockState) -> list[Line]:
        """The clocks in one of some states."""
        return [line for line in self.lines if line.clock.state in states]

    @property
    def running(self) -> dict[str, Clock]:
        """Those to which something can be done, by their key in a form."""
        running = self.that(ClockState.RUNNING)
        return {key: clock for line in running for key, clock in line.by_key.items()}


def clocks_page(viewer: Viewer, ask: Recommendation, today: date) -> ClocksPage:
    """The clocks of one ask, the gravest cause first."""
    rules = clocks.all_rules()
    contacts = {c.id: c for c in correspondence.contacts_of(viewer, [ask.id])[ask.id]}
    letters = {letter.id: letter for letter in correspondence.letters_of(viewer, [ask.id])[ask.id]}
    acts = _by_clock(clocks.acts_of(viewer, ask.id))
    spans = [
        SpanFact(span.id, span.status, span.from_on, span.until_on)
        for span in asks.spans_of(viewer, [ask.id])[ask.id]
        if not span.voided_at
    ]
    closings = closings_of(spans)
    lines = []
    for group in grouped(clocks.clocks_of(viewer, [ask.id])[ask.id]):
        clock = group.first
        contact = _started_by(clock, contacts)
        letter = letters.get(contact.letter_id or 0) if contact else None
        lines.append(
            Line(
                group,
                arithmetic(clock, today, closings),
                contact,
                letter,
                [act for each in group.clocks for act in acts[_key(each)]],
                _passed_over(rules, ask, spans, clock, letter),
            )
        )
    people = {act.recorded_by_id for line in lines for act in line.acts}
    return ClocksPage(ask, may_edit(ask, viewer), lines, accounts.acting(viewer, people))


def _started_by(clock: Clock, contacts: Mapping[int, Contact]) -> Contact | None:
    """The contact that a clock started from. Silence counts from a day: of it the first contact
    that the reader sees, whichever others there are."""
    if clock.kind is not ClockKind.SILENCE:
        return contacts.get(clock.contact_id or 0)
    of_day = (
        contact
        for contact in contacts.values()
        if contact.happened_on == clock.started_on
        and contact.substance in RESETS_SILENCE
        and not contact.voided_at
    )
    return next(of_day, None)


def _by_clock(acts: Sequence[ClockAct]) -> dict[Key, list[ClockAct]]:
    found: dict[Key, list[ClockAct]] = defaultdict(list)
    for act in acts:
        found[_key(act)].append(act)
    return found


def _key(row: Clock | ClockAct) -> Key:
    """A clock, all pieces of it."""
    return row.kind, row.agency_id, row.start_key.partition("/")[0]


def _passed_over(
    rules: dict[int, ClockRule],
    ask: Recommendation,
    spans: Sequence[SpanFact],
    clock: Clock,
    letter: Letter | None,
) -> list[tuple[ClockRule, PassedOver]]:
    """The rules of its kind that do not hold for a clock, with the reason."""
    if clock.rule_id is None or clock.started_on is None or clock.due_on is None:
        return []
    start = Start(
        clock.kind,
        clock.started_on.earliest,
        ask.instrument,
        jurisdiction=clock.agency.jurisdiction if clock.agency else "",
        agency_id=clock.agency_id,
        channel=letter.channel if letter else "",
        status=STATUS_OF.get(clock.kind) or status_on(spans, clock.started_on.earliest),
    )
    found = passed_over((rule_fact(rule) for rule in rules.values()), start)
    return [(rules[rule.id], why) for rule, why in found if rule.id != clock.rule_id]
