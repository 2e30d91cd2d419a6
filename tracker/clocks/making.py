"""One clock of an ask: its rule, its days, and the pieces that it is cut into."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from tracker.clocks.choice import RuleFact, Start, choose, due_day, warning_day
from tracker.clocks.cutting import Cutting
from tracker.clocks.facts import AddresseeFact, AskFacts, ClockSpec, closings_of, status_on
from tracker.clocks.models import LAW, NAMED_MONTH, ActKind, Basis, ClockKind, ClockState
from tracker.clocks.sequence import in_order
from tracker.core.dates import PartialDate
from tracker.correspondence.rules import ContactFact
from tracker.recommendations.models import Status

TOO_VAGUE = "The date is known only to the year; a clock starts from a month or a day."
NAMED_YEAR = "The day named is known only to the year; a clock runs to a month or a day."
UNKNOWN_DAY = "The day on which it would start is not recorded."


@dataclass(frozen=True)
class Making:
    """What the clocks of one ask are made from, and the three ways to make one."""

    facts: AskFacts
    rules: Sequence[RuleFact]

    @cached_property
    def contacts(self) -> list[ContactFact]:
        """Those of the ask, in order."""
        return in_order(self.facts.contacts)

    @cached_property
    def closings(self) -> list[tuple[date, date | None]]:
        """When the ask was closed, and until when."""
        return closings_of(self.facts.spans)

    def term(
        self,
        kind: ClockKind,
        start_key: str,
        start: PartialDate | None,
        *,
        ended: date | None = None,
        addressee: AddresseeFact | None = None,
        contact: ContactFact | None = None,
        status: Status | None = None,
        note: str = "",
    ) -> list[ClockSpec]:
        """A clock whose length a rule gives."""
        jurisdiction = addressee.jurisdiction if addressee else ""
        letter = self.facts.letters.get(contact.letter_id or 0) if contact else None
        begins = Start(
            kind,
            start.earliest if start else date.max,
            self.facts.instrument,
            jurisdiction=jurisdiction,
            agency_id=addressee.agency_id if addressee else None,
            channel=letter.channel if letter else "",
            status=status or (status_on(self.facts.spans, start.earliest) if start else None),
        )
        rule = choose(self.rules, begins)
        if rule is None:
            return []
        spec = ClockSpec(
            kind=kind,
            basis=rule.basis,
            start_key=start_key,
            state=ClockState.RUNNING,
            started_on=start,
            rule_id=rule.id,
            agency_id=addressee.agency_id if addressee else None,
            contact_id=contact.id if contact else None,
            note=note,
        )
        if start is None:
            return [replace(spec, state=ClockState.NOT_STARTED, note=UNKNOWN_DAY)]
        if not start.starts_clocks:
            return [replace(spec, state=ClockState.NOT_STARTED, note=TOO_VAGUE)]
        day = start.earliest
        spec = replace(
            spec,
            due_on=due_day(rule, day, jurisdiction),
            warn_on=warning_day(rule, day, jurisdiction),
        )
        return self._pieces(spec, day, ended)

    def fixed(
        self,
        kind: ClockKind,
        basis: Basis,
        contact: ContactFact,
        due: PartialDate,
        *,
        ended: date | None,
        addressee: AddresseeFact,
    ) -> list[ClockSpec]:
        """A clock whose day somebody named; of a month, its last day."""
        spec = ClockSpec(
            kind=kind,
            basis=basis,
            start_key=f"contact-{contact.id}",
            state=ClockState.RUNNING,
            started_on=contact.on,
            due_on=due.latest,
            agency_id=addressee.agency_id,
            contact_id=contact.id,
            note="" if due.day else NAMED_MONTH,
        )
        if contact.on is None:
            return [replace(spec, state=ClockState.NOT_STARTED, due_on=None, note=UNKNOWN_DAY)]
        if not (contact.on.starts_clocks and due.starts_clocks):
            note = NAMED_YEAR if contact.on.starts_clocks else TOO_VAGUE
            return [replace(spec, state=ClockState.NOT_STARTED, due_on=None, note=note)]
        return self._pieces(spec, contact.on.earliest, ended)

    def not_started(
        self,
        kind: ClockKind,
        basis: Basis,
        start_key: str,
        note: str,
        contact: ContactFact | None = None,
    ) -> ClockSpec:
        day = contact.on.earliest if contact and contact.on else date.max
        rule = choose(self.rules, Start(kind, day, self.facts.instrument))
        return ClockSpec(
            kind=kind,
            basis=basis,
            start_key=start_key,
            state=ClockState.NOT_STARTED,
            rule_id=rule.id if rule else None,
            contact_id=contact.id if contact else None,
            note=note,
        )

    def _pieces(self, spec: ClockSpec, start: date, ended: date | None) -> list[ClockSpec]:
        """The clock, cut where the ask was closed, and where it was extended when it was late
        already. After a reopening the same clock goes on, and is late again from that day."""
        acts = [act for act in self.facts.acts if act.key == spec.key]
        if void := next((act for act in acts if act.act is ActKind.VOID), None):
            return [replace(spec, state=ClockState.VOID, warn_on=None, ended_on=void.on)]
        met = [act.on for act in acts if act.act is ActKind.MEET]
        ended = min([*met, ended] if ended else met, default=None)
        if ended is not None and ended <= start:
            # a term of the law was met, if on its first day; one of ours never was one
            met_at_once = replace(spec, state=ClockState.MET, warn_on=None, ended_on=start)
            return [met_at_once] if spec.basis in LAW else []
        cutting = Cutting(spec, start)
        extensions = [(act.on, act.until) for act in acts if act.act is ActKind.EXTEND]
        for on, until, is_closing in sorted(
            [
                *((*closing, True) for closing in self.closings),
                *((*extension, False) for extension in extensions),
            ],
            key=lambda cut: (cut[0], cut[2], cut[1] or date.max),
        ):
            if ended is not None and ended <= on:
                break
            if not is_closing:
                cutting.extend(on, until)
            elif until is None:
                return cutting.close(on)
            elif until > start:
                cutting.close(on)
                cutting.resume(max(on, until))
        return cutting.end(ended)
