"""The form of one's own notices."""

from zoneinfo import available_timezones

from wtforms import SelectField

from tracker.notifications.models import HowOften, NoticeChoice, NoticeKind
from tracker.web.forms import BaseForm, WordField

OFTEN = {
    HowOften.AT_ONCE: "At once",
    HowOften.DAILY: "In the morning",
    HowOften.WEEKLY: "On Monday morning",
    HowOften.NEVER: "Never",
}


class NoticesForm(BaseForm):
    """What one wants to be told, how often, and where one's morning is."""

    flag = WordField("An ask of mine goes stale", HowOften, labels=OFTEN)
    assigned = WordField("An ask is assigned to me", HowOften, labels=OFTEN)
    next_action = WordField("The day of a next action of mine has come", HowOften, labels=OFTEN)
    change = WordField("A record that I watch is changed", HowOften, labels=OFTEN)
    time_zone = SelectField(
        "Time zone",
        choices={name: name for name in sorted(available_timezones())},
        validate_choice=False,
    )

    @classmethod
    def of(cls, choice: NoticeChoice) -> "NoticesForm":
        """The form with what was chosen."""
        words = {kind.value: getattr(choice, kind.value).value for kind in NoticeKind}
        return cls(data={**words, "time_zone": choice.time_zone})

    def wanted(self) -> dict[NoticeKind, HowOften]:
        """What was chosen, where it is one of the list."""
        found = {kind: self[kind.value].word for kind in NoticeKind}
        return {kind: HowOften(word) for kind, word in found.items() if word is not None}
