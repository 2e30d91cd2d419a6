"""Checking of what comes in from outside, all problems at once, each at its field."""

from datetime import date
from urllib.parse import urlsplit

from sqlalchemy import String
from sqlalchemy.orm import InstrumentedAttribute

from tracker.core.dates import PartialDate, show_day
from tracker.core.errors import Refused
from tracker.core.text import BadText, clean

LONGEST_REASON = 500


class Intake:
    """Collects problems by field; `done` raises them together as `Refused`."""

    def __init__(self, prefix: str = "", problems: dict[str, str] | None = None) -> None:
        self._prefix = prefix
        self.problems: dict[str, str] = {} if problems is None else problems

    def under(self, prefix: str, joint: str = "-") -> "Intake":
        """An intake whose fields stand under `prefix`, and whose problems are this one's."""
        return Intake(f"{self._prefix}{prefix}{joint}", self.problems)

    def refuse(self, field: str, message: str) -> None:
        """Note a problem at a field, unless one is noted there already."""
        self.problems.setdefault(f"{self._prefix}{field}", message)

    def done(self) -> None:
        """Raise `Refused` with all problems, if there are any."""
        if self.problems:
            raise Refused(self.problems)

    def text(
        self,
        field: str,
        value: str | None,
        column: InstrumentedAttribute[str],
        *,
        missing: str = "",
        multiline: bool = False,
    ) -> str:
        """A clean text that fits its column; `missing` is what to say where it is required."""
        try:
            text = clean(value or "", multiline=multiline)
        except BadText as problem:
            self.refuse(field, str(problem))
            return ""
        kind = column.type
        most = kind.length if isinstance(kind, String) and kind.length else 0
        if most and len(text) > most:
            self.refuse(
                field, f"This has {len(text):,} characters. Shorten it to {most:,} at the most."
            )
        if missing and not text:
            self.refuse(field, missing)
        return text

    def reason(self, field: str, value: str | None, missing: str) -> str:
        """Why something is done: a sentence for the history, which is required."""
        try:
            text = clean(value or "")
        except BadText as problem:
            self.refuse(field, str(problem))
            return ""
        if not text:
            self.refuse(field, missing)
        elif len(text) > LONGEST_REASON:
            self.refuse(field, f"This has {len(text):,} characters. {LONGEST_REASON} are enough.")
        return text

    def url(self, field: str, value: str | None, column: InstrumentedAttribute[str]) -> str:
        """A web address, or nothing."""
        text = self.text(field, value, column)
        try:
            parts = urlsplit(text)
            good = parts.scheme in {"http", "https"} and bool(parts.hostname)
        except ValueError:
            good = False
        if text and not good:
            self.refuse(field, "Write a web address that starts with https:// or http://.")
        elif " " in text:
            self.refuse(
                field, "A web address has no space in it. Copy it again, or write %20 there."
            )
        return text

    def past(
        self, field: str, value: PartialDate | None, *, today: date, missing: str = ""
    ) -> PartialDate | None:
        """A date that does not lie in the future."""
        if value is None and missing:
            self.refuse(field, missing)
        if value is not None and value.earliest > today:
            self.refuse(
                field,
                f"This day has not come yet: today is {show_day(today)} (UTC). Check the year.",
            )
        return value
