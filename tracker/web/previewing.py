"""Changes that show first what they do, and are kept as they were seen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from wtforms import HiddenField

from tracker.core.db import db
from tracker.web.forms import BaseForm
from tracker.web.saving import attempt, has_errors

Result = TypeVar("Result")
Effect = TypeVar("Effect")


class SeenForm(BaseForm):
    """A form of such a change: it carries a mark of what was shown."""

    shown = HiddenField()


@dataclass(frozen=True)
class Unseen(Generic[Effect]):
    """The change is good, and whoever asks for it has not seen yet what it does; or has seen
    something else."""

    effect: Effect
    was_shown: bool


class _NotSeen(Exception):
    """Takes the change back."""


def attempt_as_seen(
    form: SeenForm, act: Callable[[], tuple[Result, Effect]], mark: Callable[[Effect], str]
) -> Result | Unseen[Effect] | None:
    """Like `attempt`, of an action that gives what it does beside its result. It is kept where the
    form sends the mark of just that, which is none for what need not be seen. Otherwise nothing is
    changed, and the form carries the mark from then on."""
    effect: Effect

    def once_seen() -> Result:
        nonlocal effect
        result, effect = act()
        if not has_errors(form) and (form.shown.data or "") != mark(effect):
            raise _NotSeen
        return result

    try:
        return attempt(form, once_seen)
    except _NotSeen:
        db.session.rollback()
        unseen = Unseen(effect, was_shown=bool(form.shown.data))
        form.shown.data, form.shown.raw_data = mark(effect), None
        return unseen
