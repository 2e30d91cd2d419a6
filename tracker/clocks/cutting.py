"""A clock cut into pieces: where its ask was closed, and where its end moved once it was late."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from tracker.clocks.facts import ClockSpec
from tracker.clocks.models import ClockState


@dataclass
class Cutting:
    """A clock on its way through the days on which it was stopped or its end was moved."""

    spec: ClockSpec
    since: date
    resumed: date | None = None
    found: list[ClockSpec] = field(default_factory=list)

    @property
    def late_on(self) -> date:
        assert self.spec.due_on is not None
        late = self.spec.due_on + timedelta(days=1)
        return max(late, self.resumed) if self.resumed else late

    def cut(self, end: date | None, state: ClockState, extended_on: date | None = None) -> None:
        """Add the piece that ran until now."""
        piece = replace(
            self.spec,
            start_key=self.spec.start_key + (f"/{len(self.found) + 1}" if self.found else ""),
            state=state,
            ended_on=end,
            late_on=self.late_on,
            extended_on=extended_on,
        )
        self.found.append(piece)

    def close(self, on: date) -> list[ClockSpec]:
        """The ask was closed."""
        if self.since < on:
            self.cut(on, ClockState.CLOSED)
        return self.found

    def resume(self, on: date) -> None:
        """The ask was reopened."""
        self.since = self.resumed = max(self.since, on)

    def extend(self, on: date, until: date | None) -> None:
        """The end was moved. What was late until then stays on record."""
        if self.late_on <= on:
            self.cut(on, ClockState.CLOSED, extended_on=on)
            self.since = on
        due = self.spec.due_on
        if until is None or due is None or until > due:  # a longer term since makes none shorter
            first = self.spec.first_due_on or due
            self.spec = replace(self.spec, due_on=until, first_due_on=first, warn_on=None)

    def end(self, ended: date | None) -> list[ClockSpec]:
        """All pieces; the last one runs, or was met on that day."""
        over = ended is not None and self.resumed is not None and ended <= self.resumed
        if not over:
            self.cut(ended, ClockState.RUNNING if ended is None else ClockState.MET)
        return self.found
