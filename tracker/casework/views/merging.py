"""Pages on which targets are merged, and merges taken back."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.casework.actions import merge_target, unmerge_target
from tracker.casework.forms import MergeForm, UnmergeForm
from tracker.casework.views.targets import targets
from tracker.records.actions import require_edit
from tracker.records.queries import may_edit
from tracker.targets import queries
from tracker.targets.merged import standing
from tracker.targets.models import Target
from tracker.targets.queries import Found
from tracker.web.policy import Policy, policy
from tracker.web.saving import attempt
from tracker.web.viewer import current


def own(reference: str) -> Target:
    """The target, if the viewer may change it; otherwise 404 or 403."""
    target = queries.get(current(), reference) or abort(404)
    require_edit(target, current())
    return target


@targets.route("/<ref:reference>/merge", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def merge(reference: str) -> ResponseReturnValue:
    """Merge a duplicate into the target that stands for both."""
    target = own(reference)
    form = MergeForm()
    if not form.is_submitted():
        return _page(form, target, 200)
    if op := request.form.get("op"):
        return _page(form, target, 200, _searched(form, op, target))

    into = attempt(
        form,
        lambda: merge_target(current(), target, _meant(form), form.reason.data or ""),
    )
    if into is not None:
        flash(f"{target.name} is merged into this target.")
        return redirect(url_for(".show", reference=into.reference), 303)
    return _page(form, own(reference), 422)


def _page(
    form: MergeForm, target: Target, code: int, found: list[Found] | None = None
) -> ResponseReturnValue:
    chosen = queries.get(current(), (form.ref.data or "").strip().upper())
    page = render_template(
        "views/targets/merge.html", form=form, target=target, chosen=chosen, found=found
    )
    return page, code


def _searched(form: MergeForm, op: str, target: Target) -> list[Found] | None:
    """What a button of the form asks for: `find`, `pick::T-…`, `forget`."""
    verb, _, rest = op.partition(":")
    if verb == "pick":
        chosen = queries.get(current(), rest.lstrip(":").upper())
        if chosen is not None:
            form.ref.data, form.name.data = chosen.reference, chosen.name
    elif verb == "forget":
        form.ref.data = ""
    elif verb == "find":
        hits = queries.suggest(current(), form.name.data or "")
        return [
            hit for hit in hits if hit.target.id != target.id and may_edit(hit.target, current())
        ]
    return None


def _meant(form: MergeForm) -> Target | None:
    return queries.meant(current(), form.ref.data or "", form.name.data or "")


@targets.route("/<ref:reference>/unmerge", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def unmerge(reference: str) -> ResponseReturnValue:
    """Take a merge back."""
    target = own(reference)
    survivor = standing(current(), [target])[target.id]
    form = UnmergeForm(data={"version": target.version})
    if form.is_submitted() and attempt(form, lambda: _take_back(target, form)):
        flash("The merge is taken back: this target stands for itself again.")
        return redirect(url_for(".show", reference=reference), 303)
    target = own(reference) if form.is_submitted() else target
    page = render_template(
        "views/targets/unmerge.html", form=form, target=target, survivor=survivor
    )
    return page, 422 if form.is_submitted() else 200


def _take_back(target: Target, form: UnmergeForm) -> bool:
    upper = queries.by_id(current(), target.merged_into_id)
    unmerge_target(current(), target, upper, form.version.number)
    return True
