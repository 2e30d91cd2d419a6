"""Pages of targets."""

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.casework import growing
from tracker.casework.actions import void_member as void_member_of
from tracker.casework.duplicates import doubles
from tracker.casework.forms import MemberForm, TargetForm
from tracker.casework.reading import note_reads_of
from tracker.casework.rows import date_or_none
from tracker.casework.views import sharing
from tracker.casework.views.histories import history_view
from tracker.casework.views.void_one import void_one_page
from tracker.clocks import queries as clocks
from tracker.core.errors import Refused
from tracker.recommendations import queries as asks
from tracker.recommendations.filters import Filters
from tracker.records.actions import require_edit
from tracker.records.queries import may_edit
from tracker.targets import actions, queries
from tracker.targets.merged import merged_under, require_standing, standing
from tracker.targets.models import NameKind, Target, TargetKind
from tracker.web import paging
from tracker.web.lists import chosen_order, chosen_text, chosen_word
from tracker.web.merging import Merge, attempt_change
from tracker.web.policy import Policy, policy
from tracker.web.saving import attempt
from tracker.web.viewer import current

MOST_SHOWN = 50

targets = Blueprint("targets", __name__, url_prefix="/targets")

ORDERS = {"name": paging.Order("Name", Target.sort_name, Target.id)}


@targets.get("")
@policy(Policy.READER)
def index() -> str:
    """All targets, by name."""
    order, _ = chosen_order(ORDERS)
    statement = queries.listing(current())
    if kind := chosen_word("kind", TargetKind):
        statement = statement.where(Target.kind == kind)
    if text := chosen_text("q"):
        statement = statement.where(Target.id.in_(queries.named(current(), text)))
    page = paging.fetch(statement, order, request.args.get("cursor"))
    return render_template("views/targets/index.html", page=page)


@targets.get("/suggest")
@policy(Policy.EDITOR)
def suggest() -> ResponseReturnValue:
    """Targets that fit what is being typed."""
    found = queries.suggest(current(), chosen_text("q"))
    return jsonify(
        [
            {
                "value": hit.target.reference,
                "label": hit.target.name,
                "url": url_for(".show", reference=hit.target.reference),
                "detail": " · ".join(
                    part
                    for part in (
                        hit.matched if hit.matched != hit.target.name else "",
                        hit.target.place.shown if hit.target.place else "",
                        hit.target.reference,
                    )
                    if part
                ),
            }
            for hit in found
        ]
    )


@targets.route("/new", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def new() -> ResponseReturnValue:
    """Record a target by itself."""
    form = TargetForm()
    offers = growing.Offers()
    if not form.is_submitted():
        return _edit_page(form, None, 200)
    if request.form.get("op"):
        offers.targets[""] = queries.suggest(current(), form.name.data or "")
        return _edit_page(form, None, 200, offers=offers)
    known = doubles(form, current())

    def act() -> Target | None:
        added = actions.add_target(current(), form.given())
        known.say()
        return added

    target = attempt(form, act)
    if target is not None:
        flash("The target is recorded.")
        return redirect(url_for(".show", reference=target.reference), 303)
    return _edit_page(form, None, 422, offers=known.offer(offers))


def _found(reference: str) -> Target:
    return queries.get(current(), reference) or abort(404)


@targets.route("/<ref:reference>", methods=["GET", "POST"])
@policy(Policy.READER)
def show(reference: str) -> ResponseReturnValue:
    """One target: its names, the asks about it, and for a class its members."""
    target = _found(reference)
    form = MemberForm()
    if form.is_submitted():
        require_edit(target, current())
        if attempt(form, lambda: _add_member(target, form)):
            flash("The member is named.")
            return redirect(url_for(".show", reference=reference), 303)
        target = _found(reference)
    followed = asks.followed(current(), target.id, MOST_SHOWN)
    while note_reads_of(current(), (ask for _, ask in followed)):
        target = _found(reference)
        followed = asks.followed(current(), target.id, MOST_SHOWN)
    survivor = standing(current(), [target])[target.id]
    count, about = asks.newest(current(), Filters(target_id=target.id), MOST_SHOWN)
    page = render_template(
        "views/targets/show.html",
        target=target,
        form=form,
        about=about,
        count=count,
        followed=followed,
        most_shown=MOST_SHOWN,
        flags=clocks.flags_of(current(), [ask.id for ask in about]),
        members=queries.members(current(), target.id),
        classes=queries.classes_of(current(), target.id),
        merged=merged_under(current(), [target.id]).get(target.id, []),
        survivor=survivor if survivor is not target else None,
        may_edit=may_edit(target, current()),
    )
    return page, 422 if form.is_submitted() else 200


def _add_member(target: Target, form: MemberForm) -> bool:
    member = queries.meant(current(), form.ref.data or "", form.name.data or "")
    if member is None:
        raise Refused(
            {
                "name": "No target has just this name, or several have. Choose one of the "
                "suggestions, give the reference (T-…), or record the target first."
            }
        )
    actions.add_member(current(), target, member, date_or_none(form.since))
    return True


@targets.route("/<ref:reference>/members/void", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def void_member(reference: str) -> ResponseReturnValue:
    """Take back a member of a class that was named in error."""
    target = _found(reference)
    require_edit(target, current())
    members = {member.reference: member for member in queries.members(current(), target.id)}

    def act(ref: str, reason: str) -> None:
        if ref not in members:
            raise Refused({"which": "Choose one of the members of the class."})
        void_member_of(current(), target, members[ref], reason)

    return void_one_page(
        {ref: member.name for ref, member in members.items()},
        act,
        heading="Void a membership",
        title=target.name,
        back=url_for(".show", reference=reference),
        said="The membership is void.",
    )


@targets.route("/<ref:reference>/edit", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def edit(reference: str) -> ResponseReturnValue:
    """Change a target."""
    target = _found(reference)
    require_edit(target, current())
    form = TargetForm(data=_data(target))
    if not form.is_submitted():
        require_standing(current(), target)
        return _edit_page(form, target, 200)

    saved = attempt_change(
        form,
        lambda: TargetForm(formdata=None, data=_data(_found(reference))),
        lambda: actions.change_target(current(), target, form.given(), form.version.number),
    )
    if saved is True:
        flash("The change is saved.")
        return redirect(url_for(".show", reference=reference), 303)
    if isinstance(saved, Merge):
        return _edit_page(form, _found(reference), 409, saved)
    return _edit_page(form, _found(reference), 422)


def _edit_page(
    form: TargetForm,
    target: Target | None,
    code: int,
    merge: Merge | None = None,
    offers: growing.Offers | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "views/targets/edit.html",
        form=form,
        target=target,
        merge=merge,
        found=offers.targets.get("") if offers else None,
    )
    return page, code


def _data(target: Target) -> dict[str, object]:
    return {
        "name": target.name,
        "kind": target.kind.value,
        "other_names": "\n".join(
            name.text for name in target.names if name.kind is not NameKind.PRIMARY
        ),
        "place": target.place,
        "position": target.position,
        "born_on": target.born_on,
        "identifiers": "\n".join(f"{i.kind}: {i.value}" for i in target.identifiers),
        "note": target.note,
        "version": target.version,
    }


@targets.get("/<ref:reference>/history")
@policy(Policy.READER)
def history(reference: str) -> str:
    """Every change of the target."""
    target = _found(reference)
    return history_view(target, target.name, url_for(".show", reference=reference))


@targets.route("/<ref:reference>/audience", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def audience(reference: str) -> ResponseReturnValue:
    """Who may see the target."""
    target = _found(reference)
    return sharing.audience_page(target, target.name, url_for(".show", reference=reference))
