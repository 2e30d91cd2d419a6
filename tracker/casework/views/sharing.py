"""The page on which a record's audience is changed: who would see it, and what goes with it."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from tracker.accounts import queries as accounts
from tracker.casework import actions
from tracker.casework.forms import AudienceForm
from tracker.correspondence import queries as correspondence
from tracker.correspondence.models import Letter
from tracker.recommendations import queries as asks
from tracker.recommendations.models import Recommendation
from tracker.records.actions import require_edit
from tracker.records.models import Audience, RecordMixin
from tracker.records.queries import may_edit, readers
from tracker.sources import queries as sources
from tracker.web.forms import lines
from tracker.web.fresh import require_fresh
from tracker.web.saving import attempt
from tracker.web.viewer import current


def audience_page(row: RecordMixin, title: str, back: str) -> ResponseReturnValue:
    """Show who may see the record and who would; on sending, change it."""
    require_edit(row, current())
    form = AudienceForm(data={"audience": row.audience.value})
    others = {other.reference: other for other in _linked(row) if may_edit(other, current())}
    form.together.choices = {reference: reference for reference in others}
    if form.is_submitted():

        def act() -> bool:
            wanted = form.audience.word or row.audience
            chosen = [others[ref] for ref in form.together.data or () if ref in others]
            people = _people(form) if wanted is Audience.NAMED else []
            if people or any(wanted.width > each.audience.width for each in (row, *chosen)):
                require_fresh()
            actions.share(
                current(), [row, *chosen], wanted, reason=form.reason.data or "", named=people
            )
            return True

        if attempt(form, act):
            flash("Who may see it is changed, from now on and everywhere.")
            return redirect(back, 303)
    counts = {audience: readers(audience, row.organisation_id) for audience in Audience}
    page = render_template(
        "views/audience.html",
        form=form,
        row=row,
        title=title,
        back=back,
        counts=counts,
        others=others,
    )
    return page, 422 if form.is_submitted() else 200


def _people(form: AudienceForm) -> list[int]:
    """The people named by their addresses; who is unknown is told at the field."""
    found = []
    for address in lines(form.people.data):
        user = accounts.user_by_email(address)
        if user is not None and user.active:
            found.append(user.id)
        else:
            unknown = f"No account has the address {address[:100]}."
            form.people.errors = [*form.people.errors, unknown]
    return found


def _linked(row: RecordMixin) -> list[RecordMixin]:
    """What is shown on the record's page and has an audience of its own."""
    viewer = current()
    linked: list[RecordMixin] = [
        use.source for use in sources.cited_by(viewer, [row.id]).get(row.id, [])
    ]
    if isinstance(row, Recommendation):
        linked += asks.linked_targets_of(viewer, [row.id])[row.id]
        linked += correspondence.letters_of(viewer, [row.id])[row.id]
    if isinstance(row, Letter):
        carried = correspondence.asks_of(viewer, [row.id])[row.id]
        linked += carried
        for found in asks.linked_targets_of(viewer, [ask.id for ask in carried]).values():
            linked += found
    return list(dict.fromkeys(linked))
