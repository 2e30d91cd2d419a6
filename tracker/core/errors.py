"""The errors that actions and commands raise; each carries words for the person who reads it."""


class TrackerError(Exception):
    """Base of all errors of ours; the message is one plain line."""


class NotAllowed(TrackerError):
    """The viewer may see the thing, and may not do this with it."""


class Refused(TrackerError):
    """A rule says no. `problems` maps a field's name (or "") to what to do about it."""

    def __init__(self, problems: dict[str, str] | str) -> None:
        self.problems = problems if isinstance(problems, dict) else {"": problems}
        super().__init__(" ".join(self.problems.values()))


class Stale(TrackerError):
    """Somebody saved in the meantime: the version that the person saw is not the current one."""

    def __init__(self) -> None:
        super().__init__("This record was changed by somebody else while you were editing it.")


class Unknown(TrackerError):
    """Nothing of that name exists for this viewer: hidden and missing are the same."""
