"""Pages of asks."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from tracker.accounts import queries as accounts
from tracker.casework import actions, growing, pages, past_days, telling
from tracker.casework import columns as list_columns
from tracker.casework.actions.saved_views import views_for
from tracker.casework.clock_pages import ClocksPage, clocks_page
from tracker.casework.duplicates import doubles
from tracker.casework.forms import (
    AskForm,
    ClockForm,
    EvidenceForm,
    OutcomeForm,
    SnoozeForm,
    StatusForm,
    VoidForm,
    VoidOneForm,
    VoidStatusForm,
)
from tracker.casework.list_parts import choices_for
from tracker.casework.list_words import LABELS, SWITCHES, beside, beside_then
from tracker.casework.listing import list_page, orders_for
from tracker.casework.reading import note_reads_of
from tracker.casework.rows import date_or_none
from tracker.casework.views import saved_views, sharing
from tracker.casework.views.filling import ask_data, choose_status, next_form, outcome_choices
from tracker.clocks import queries as clocks
from tracker.clocks.models import ActKind
from tracker.core.dates import BadDate, PartialDate
from tracker.core.now import today
from tracker.recommendations import queries, workflow
from tracker.recommendations.models import ClosureReason, Recommendation, Status
from tracker.records.actions import require_edit
from tracker.records.queries import tags_of
from tracker.sources import queries as sources
from tracker.targets import queries as targets
from tracker.web.filters import with_parts
from tracker.web.forms import BaseForm
from tracker.web.lists import chosen_switch, chosen_word
from tracker.web.merging import Merge, attempt_change
from tracker.web.policy import Policy, policy
from tracker.web.saving import attempt
from tracker.web.sealing import sealed_key
from tracker.web.viewer import current

recommendations = Blueprint("recommendations", __name__, url_prefix="/recommendations")


def found(reference: str) -> Recommendation:
    """The ask, or 404: hidden and missing are the same."""
    return queries.get(current(), reference) or abort(404)


def own(reference: str) -> Recommendation:
    """The ask, if the viewer may change it; otherwise 404 or 403."""
    ask = queries.for_editing(current(), reference) or abort(404)
    require_edit(ask, current())
    return ask


def to_ask(reference: str, said: str) -> ResponseReturnValue:
    """Back to the ask after a change."""
    flash(said)
    return redirect(url_for("recommendations.show", reference=reference), 303)


@recommendations.get("")
@policy(Policy.READER)
def index() -> ResponseReturnValue:
    """All asks, filtered and sorted as the address says, with the columns that it names."""
    if not list_columns.is_tidy():
        return redirect(with_parts(url_for(".index"), list_columns.tidy()))
    viewer, view = current(), saved_views.opened_view()
    if day := past_days.chosen_past_day():
        found = past_days.past_list(viewer, day)
        return render_template(
            "views/recommendations/past_list.html",
            listing=found,
            day=day,
            also=beside_then(request.args, choices_for(viewer)),
            ignored=[LABELS.get(name) or SWITCHES.get(name, name) for name in found.ignored],
        )
    try:
        listing = list_page(viewer)
    except BadRequest as problem:
        if view is None:
            raise
        return saved_views.no_longer_valid(view, problem)
    return render_template(
        "views/recommendations/index.html",
        listing=listing,
        also=beside(request.args),
        view=view,
        views=views_for(viewer),
        address_of=saved_views.address_of,
        orders=orders_for(viewer),
        columns=list_columns.COLUMNS,
        numeric=list_columns.NUMERIC,
    )


@recommendations.get("/<ref:reference>")
@policy(Policy.READER)
def show(reference: str) -> str:
    """One ask, with all that happened to it."""
    ask = found(reference)
    if day := past_days.chosen_past_day():
        past = past_days.past_ask(current(), ask, day)
        return render_template("views/recommendations/past.html", page=past, day=past.day)
    oldest_first = chosen_switch("oldest")
    page = pages.ask_page(current(), ask, today(), oldest_first=oldest_first)
    while note_reads_of(current(), page.restricted):
        page = pages.ask_page(current(), found(reference), today(), oldest_first=oldest_first)
    return render_template("views/recommendations/show.html", page=page)


@recommendations.get("/<ref:reference>/clocks")
@policy(Policy.READER)
def clock_list(reference: str) -> ResponseReturnValue:
    """Every clock of the ask with its arithmetic, those that ended or never started too."""
    page = clocks_page(current(), found(reference), today())
    return _clock_page(page, _clock_form(page), 200)


@recommendations.route("/<ref:reference>/clocks/change", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def act_on_clocks(reference: str) -> ResponseReturnValue:
    """Snooze, extend, meet or void clocks of the ask."""
    ask = own(reference)
    page = clocks_page(current(), ask, today())
    form = _clock_form(page)
    if not form.is_submitted():
        return _clock_page(page, form, 200)

    def act() -> bool:
        chosen = [page.running[key] for key in form.clocks.data or () if key in page.running]
        kind = form.act.word or ActKind.SNOOZE
        reason = form.reason.data or ""
        actions.act_on_clocks(current(), ask, chosen, kind, day=form.until.date, reason=reason)
        return True

    if attempt(form, act):
        flash("The clocks are changed, and the history says so.")
        return redirect(url_for(".clock_list", reference=reference), 303)
    return _clock_page(clocks_page(current(), own(reference), today()), form, 422)


def _clock_form(page: ClocksPage) -> ClockForm:
    """The form, for the clocks that the address names, or else for those that are late."""
    late = [key for key, clock in page.running.items() if clock.is_flagged]
    named = [key for key in request.args.getlist("clock") if key in page.running]
    form = ClockForm(data={"clocks": named or late})
    form.clocks.choices = {key: key for key in page.running}
    return form


def _clock_page(page: ClocksPage, form: ClockForm, code: int) -> ResponseReturnValue:
    return render_template("views/recommendations/clocks.html", page=page, form=form), code


@recommendations.get("/<ref:reference>/history")
@policy(Policy.READER)
def history(reference: str) -> str:
    """Every change of the ask: who, when, what, before and after."""
    ask = found(reference)
    page = telling.history_page(current(), ask.id, ask.organisation_id)
    back = url_for(".show", reference=reference)
    return render_template("views/history.html", page=page, title=ask.title, back=back)


@recommendations.route("/new", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def new() -> ResponseReturnValue:
    """An ask that no letter carries yet."""
    form = AskForm()
    offers = growing.Offers()
    if form.is_submitted():
        if op := request.form.get("op"):
            offers = growing.apply(form, op, current(), None)
            return _ask_page(form, offers, None, 200)
        form.prune()
        known = doubles(form, current())

        def act() -> Recommendation:
            added = actions.add_ask(current(), form.given_alone())
            known.say()
            return added

        ask = attempt(form, act)
        if ask is not None:
            return to_ask(ask.reference, "The ask is recorded as a draft.")
        offers = known.offer(growing.offer_for_unknown(form, None))
        return _ask_page(form, offers, None, 422)
    form.sources.append_entry()
    return _ask_page(form, offers, None, 200)


@recommendations.route("/<ref:reference>/edit", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def edit(reference: str) -> ResponseReturnValue:
    """Change what an ask says."""
    ask = own(reference)
    form = AskForm(data=_ask_data(ask))
    offers = growing.Offers()
    if not form.is_submitted():
        return _ask_page(form, offers, ask, 200)
    if op := request.form.get("op"):
        return _ask_page(form, growing.apply(form, op, current(), None), ask, 200)
    form.prune()
    known = doubles(form, current())

    def act() -> None:
        actions.change_ask(current(), ask, form.given_alone(), form.version.number)
        known.say()

    saved = attempt_change(
        form,
        lambda: AskForm(formdata=None, data=_ask_data(own(reference))),
        act,
        compares=True,
    )
    if saved is True:
        return to_ask(reference, "The change is saved.")
    if isinstance(saved, Merge):
        return _ask_page(form, growing.Offers(), own(reference), 409, saved)
    offers = known.offer(growing.offer_for_unknown(form, None))
    return _ask_page(form, offers, own(reference), 422)


def _ask_data(ask: Recommendation) -> dict[str, object]:
    seen = queries.linked_targets_of(current(), [ask.id])[ask.id]
    return ask_data(ask, seen, tags_of(current(), [ask.id]).get(ask.id, []))


def _ask_page(
    form: AskForm,
    offers: growing.Offers,
    ask: Recommendation | None,
    code: int,
    merge: Merge | None = None,
) -> ResponseReturnValue:
    form.pad()
    page = render_template(
        "views/recommendations/edit.html", form=form, offers=offers, ask=ask, merge=merge
    )
    return page, code


@recommendations.route("/<ref:reference>/status", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def update_status(reference: str) -> ResponseReturnValue:
    """Change the status along the life cycle."""
    ask = own(reference)
    form = StatusForm(data=_status_data(ask) | _proposed())
    standing = choose_status(form, ask)
    if not form.is_submitted():
        return _status_page(form, ask, standing, 200)

    def act() -> None:
        change = workflow.Change(
            form.to.word or ask.status,
            date_or_none(form.on),
            form.note.data or "",
            form.reason.data or "",
            closure_reason=form.closure_reason.word,
        )
        actions.change_status(current(), ask, change, form.source(), form.version.number)

    saved = attempt_change(form, lambda: _fresh_status(reference), act)
    if saved is True:
        return to_ask(reference, "The status is changed.")
    ask = own(reference)
    if isinstance(saved, Merge):
        return _status_page(form, ask, choose_status(form, ask), 409, saved)
    return _status_page(form, ask, standing, 422)


def _fresh_status(reference: str) -> StatusForm:
    ask = own(reference)
    form = StatusForm(formdata=None, data=_status_data(ask))
    choose_status(form, ask)
    return form


def _status_data(ask: Recommendation) -> dict[str, object]:
    return {"version": ask.version, "to": ask.status.value, "on": today().isoformat()}


def _proposed() -> dict[str, str]:
    """What a link to the form proposes."""
    to, reason = chosen_word("to", Status), chosen_word("closure_reason", ClosureReason)
    proposed = {"to": to, "closure_reason": reason, "on": _proposed_day()}
    return {name: value for name, value in proposed.items() if value}


def _proposed_day() -> str:
    try:
        return str(PartialDate.parse(request.args.get("on", "")))
    except BadDate:
        return ""


@recommendations.route("/<ref:reference>/status/void", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def void_status(reference: str) -> ResponseReturnValue:
    """Take back the last change of status."""
    ask = own(reference)
    form = VoidStatusForm(data={"version": ask.version})

    def act() -> bool:
        actions.void_status(current(), ask, form.reason.data or "", form.version.number)
        return True

    return _simple(form, ask, "void_status", act, "The change of status is void.")


def _status_page(
    form: StatusForm,
    ask: Recommendation,
    standing: workflow.Standing,
    code: int,
    merge: Merge | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "views/recommendations/status.html",
        form=form,
        ask=ask,
        standing=standing,
        merge=merge,
    )
    return page, code


@recommendations.route("/<ref:reference>/next", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def plan(reference: str) -> ResponseReturnValue:
    """Who does what next with the ask."""
    ask, colleagues = own(reference), accounts.colleagues(current())
    form = next_form(ask, colleagues)
    saved: bool | Merge = False
    if form.is_submitted():
        saved = attempt_change(
            form,
            lambda: next_form(own(reference), colleagues, formdata=None),
            lambda: actions.set_next(current(), ask, form.given(), form.version.number),
        )
        if saved is True:
            return to_ask(reference, "The next step is set.")
    merge = saved if isinstance(saved, Merge) else None
    page = render_template(
        "views/recommendations/plan.html", form=form, ask=own(reference), merge=merge
    )
    return page, 409 if merge else 422 if form.is_submitted() else 200


@recommendations.route("/<ref:reference>/snooze", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def snooze(reference: str) -> ResponseReturnValue:
    """Let flags of the ask rest until a day."""
    ask = own(reference)
    flags = {sealed_key("clock", c.id): c for c in clocks.flags_of(current(), [ask.id])[ask.id]}
    form = SnoozeForm(data={"clocks": list(flags)})
    form.clocks.choices = {key: key for key in flags}

    def act() -> bool:
        chosen = [flags[key] for key in form.clocks.data or () if key in flags]
        actions.snooze(current(), ask, chosen, until=form.until.date, reason=form.reason.data or "")
        return True

    return _simple(form, ask, "snooze", act, "The flags rest until that day.", flags=flags)


@recommendations.route("/<ref:reference>/evidence", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def evidence(reference: str) -> ResponseReturnValue:
    """Add a piece of evidence."""
    ask = own(reference)
    form = EvidenceForm()

    def act() -> bool:
        actions.cite(current(), ask, form.given())
        return True

    return _simple(form, ask, "evidence", act, "The source is added.")


@recommendations.route("/<ref:reference>/evidence/void", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def void_evidence(reference: str) -> ResponseReturnValue:
    """Take back a piece of evidence that was added in error."""
    ask = own(reference)
    cited = [use.source for use in sources.cited_by(current(), [ask.id]).get(ask.id, [])]
    by_reference = {source.reference: source for source in cited}
    form = VoidOneForm()
    form.which.choices = {ref: source.title for ref, source in by_reference.items()}

    def act() -> bool:
        chosen = by_reference.get(form.which.data or "")
        actions.void_evidence(current(), ask, chosen, form.reason.data or "")
        return True

    if form.is_submitted() and attempt(form, act):
        return to_ask(reference, "The evidence is void.")
    page = render_template(
        "views/void_one.html",
        form=form,
        heading="Void a piece of evidence",
        title=ask.title,
        back=url_for(".show", reference=reference),
    )
    return page, 422 if form.is_submitted() else 200


@recommendations.route("/<ref:reference>/outcomes/new", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def outcome(reference: str) -> ResponseReturnValue:
    """Record what followed."""
    ask = own(reference)
    form = OutcomeForm(data={"judgement": ask.judgement or ""})
    asked_about = queries.targets_of(current(), [ask.id])[ask.id]
    members = targets.members_of(current(), [target.id for target in asked_about])
    outcome_choices(form, asked_about, members)

    def act() -> bool:
        actions.record_outcome(current(), ask, form.given())
        return True

    return _simple(form, ask, "outcome", act, "The outcome is recorded.")


@recommendations.route("/<ref:reference>/outcomes/<key(outcome):key>/void", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def void_outcome(reference: str, key: int) -> ResponseReturnValue:
    """Take back an outcome that was entered in error."""
    ask = own(reference)
    standing = queries.outcomes_of(current(), [ask.id])[ask.id]
    chosen = next((o for o in standing if o.id == key), None) or abort(404)
    form = VoidForm()

    def act() -> bool:
        actions.void_outcome(current(), ask, chosen, form.reason.data or "")
        return True

    return _simple(form, ask, "void_outcome", act, "The outcome is void.", outcome=chosen)


def _simple(
    form: BaseForm,
    ask: Recommendation,
    name: str,
    act: Callable[[], bool],
    said: str,
    **more: object,
) -> ResponseReturnValue:
    """A form about one ask: shown, or saved and back to the ask."""
    reference = ask.reference
    if form.is_submitted():
        if attempt(form, act):
            return to_ask(reference, said)
        ask = own(reference)
    page = render_template(f"views/recommendations/{name}.html", form=form, ask=ask, **more)
    return page, 422 if form.is_submitted() else 200


@recommendations.route("/<ref:reference>/audience", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def audience(reference: str) -> ResponseReturnValue:
    """Who may see the ask."""
    ask = own(reference)
    return sharing.audience_page(ask, ask.title, url_for(".show", reference=reference))
