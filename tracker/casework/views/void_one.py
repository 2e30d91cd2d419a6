"""The page on which one of several things is taken back that was entered in error."""

from collections.abc import Callable, Mapping

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from tracker.casework.act_forms import VoidOneForm
from tracker.web.saving import attempt


def void_one_page(
    things: Mapping[str, str],
    act: Callable[[str, str], None],
    *,
    heading: str,
    title: str,
    back: str,
    said: str,
    note: str = "",
) -> ResponseReturnValue:
    """Choose among `things`, names by key, the one that `act` takes back, given its key and the
    reason; then back to the record of that `title`, with what is `said`."""
    form = VoidOneForm()
    form.which.choices = list(things.items())

    def void() -> bool:
        act(form.which.data or "", form.reason.data or "")
        return True

    if form.is_submitted() and attempt(form, void):
        flash(said)
        return redirect(back, 303)
    page = render_template(
        "views/void_one.html", form=form, heading=heading, title=title, back=back, note=note
    )
    return page, 422 if form.is_submitted() else 200
