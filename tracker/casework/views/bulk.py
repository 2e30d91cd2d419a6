"""Changing several asks at once: choose, preview, change, take back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts import queries as accounts
from tracker.casework import actions
from tracker.casework.actions import bulk, bulk_plan
from tracker.casework.actions.bulk_plan import MOST, Planned
from tracker.casework.columns import query_of_view
from tracker.casework.list_forms import LEAVE, NOBODY, BulkForm, DeleteForm, digest
from tracker.casework.listing import chosen_sorting, matching
from tracker.casework.models import BulkChange
from tracker.core.errors import Refused
from tracker.core.now import today
from tracker.core.references import PATTERN
from tracker.recommendations import queries
from tracker.recommendations.models import Recommendation
from tracker.records.queries import may_edit
from tracker.web import paging
from tracker.web.policy import Policy, policy
from tracker.web.saving import attempt
from tracker.web.viewer import current

bulk_changes = Blueprint("bulk_changes", __name__, url_prefix="/recommendations/bulk")

_CHOSEN = re.compile(rf"({PATTERN})\.(\d{{1,9}}\.\d{{1,9}})")
LOOK_AGAIN = "This is not what the preview showed. Look at it again, then change the asks."


@dataclass
class Chosen:
    """The asks that are chosen, how many more of those chosen are not there, and whether there
    were too many."""

    asks: list[Recommendation]
    missing: int = 0
    too_many: bool = False


@bulk_changes.route("", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def change() -> ResponseReturnValue:
    """Choose what to change on the asks that were ticked, look at what would become of them, and
    change them."""
    form = BulkForm(data={"on": today().isoformat()})
    people = {str(user.id): user.name for user in accounts.colleagues(current())}
    form.assignee.choices = {"": LEAVE, NOBODY: "Nobody"} | people
    if not form.is_submitted():
        return _page(form, _chosen_in_address(), [], 200)
    states = _states_sent()
    if request.form.get("op"):
        return _preview(form, states)

    def act() -> BulkChange:
        given = bulk_plan.checked(current(), form.given())
        if form.seen_version.data != digest(given):
            raise Refused(LOOK_AGAIN)
        if len(bulk_plan.chosen(current(), states)) < len(states) or not states:
            raise Refused("")  # said by the preview
        return actions.change_together(current(), states, given)

    done = attempt(form, act)
    if done is None:
        return _preview(form, states)
    return redirect(url_for(".show", key=done.id), 303)


def _states_sent() -> dict[str, str]:
    """The asks in the form, each with the state that its person saw it in; what is no such pair
    stands under itself, as an ask that is not there."""
    found: dict[str, str] = {}
    for text in request.form.getlist("ask_state")[: MOST + 1]:
        match = _CHOSEN.fullmatch(text)
        found[match[1] if match else text] = match[2] if match else ""
    return found


def _chosen_in_address() -> Chosen:
    """The asks ticked in the list, or all that match its filters."""
    if not request.args.get("all"):
        wanted = list(dict.fromkeys(request.args.getlist("ask")))[: MOST + 1]
        return _chosen(wanted)
    viewer = current()
    order, _, _ = chosen_sorting(viewer)
    own = matching(viewer).where(Recommendation.organisation_id == viewer.organisation_id)
    page = paging.fetch(own, order, None, size=MOST)
    return Chosen(list(page.rows), too_many=page.later is not None)


def _chosen(references: Sequence[str]) -> Chosen:
    found = bulk_plan.chosen(current(), references[:MOST])
    asks = [found[ref] for ref in references if ref in found]
    return Chosen(asks, len(references[:MOST]) - len(asks), len(references) > MOST)


def _preview(form: BulkForm, states: dict[str, str]) -> ResponseReturnValue:
    """What would become of the asks, as they are now. Writes nothing."""
    if not form.errors:
        form.validate()
    chosen = _chosen(list(states))
    planned: list[Planned] = []
    try:
        given = bulk_plan.checked(current(), form.given())
        planned = bulk_plan.plan(current(), chosen.asks, given)
        seen = digest(given)
    except Refused as refusal:
        seen = ""
        known = {message for _, message in form.problems()}
        new = {p: m for p, m in refusal.problems.items() if not _is_said(m, known)}
        form.take(new)
    if chosen.missing:
        form.form_errors.append(
            f"{chosen.missing} of the chosen asks are not there, or not yours to change. "
            "They are left out."
        )
    if not chosen.asks:
        form.form_errors.append("No ask is chosen. Go back to the list and tick some.")
    form.seen_version.data, form.seen_version.raw_data = seen, None
    form.form_errors = [error for error in form.form_errors if error]
    has_problems = bool(form.problems())
    return _page(form, chosen, [] if has_problems else planned, 422 if has_problems else 200)


def _is_said(message: str, known: set[str]) -> bool:
    return any(said.endswith(message) for said in known)


def _page(form: BulkForm, chosen: Chosen, planned: list[Planned], code: int) -> ResponseReturnValue:
    page = render_template(
        "views/recommendations/bulk.html",
        form=form,
        chosen=chosen,
        planned=planned,
        people=_people([each.before for each in planned] + [each.after for each in planned]),
        most=MOST,
        state_of=bulk_plan.state_of,
        back=f"{url_for('recommendations.index')}?{query_of_view()}",
    )
    return page, code


def _people(values: Sequence[dict[str, object]]) -> dict[int, str]:
    """The names of those to whom asks are or were assigned."""
    ids = {value.get("assignee") for value in values}
    return accounts.actors(current(), [i for i in ids if isinstance(i, int)])


@bulk_changes.route("/<number:key>", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def show(key: int) -> ResponseReturnValue:
    """What was changed together; the button takes all of it back."""
    form = DeleteForm()
    code = 200
    if form.is_submitted():
        done = attempt(form, lambda: actions.undo_together(current(), key) or abort(404))
        if done is not None:
            flash("The change is taken back.")
            return redirect(url_for(".show", key=key), 303)
        code = 422
    found = bulk.get(current(), key) or abort(404)
    known = queries.by_ids(current(), [row.record_id for row in found.rows])
    asks = {key: ask for key, ask in known.items() if may_edit(ask, current())}
    page = render_template(
        "views/recommendations/bulk_done.html",
        form=form,
        bulk=found,
        asks=asks,
        changed=[row for row in found.rows if row.after],
        left=[row for row in found.rows if row.left_why],
        kept=[row for row in found.rows if row.kept_why],
        people=_people([r.before for r in found.rows] + [r.after for r in found.rows]),
    )
    return page, code
