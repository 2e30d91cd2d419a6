"""What is done about one ask: its status, clocks, next step, evidence and outcomes."""

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts import queries as accounts
from tracker.casework import actions, repeats
from tracker.casework.act_forms import (
    CitationForm,
    ClockForm,
    EvidenceForm,
    OutcomeForm,
    SnoozeForm,
    StatusForm,
    VoidForm,
    VoidStatusForm,
)
from tracker.casework.clock_pages import ClocksPage, clocks_page
from tracker.casework.rows import date_or_none
from tracker.casework.views.filling import choose_status, next_form, outcome_choices
from tracker.casework.views.recommendations import found, own, recommendations, to_ask
from tracker.casework.views.void_one import void_one_page
from tracker.clocks import queries as clocks
from tracker.clocks.models import ActKind
from tracker.core.dates import BadDate, PartialDate
from tracker.core.now import today
from tracker.recommendations import queries, workflow
from tracker.recommendations.models import ClosureReason, Outcome, Recommendation, Status
from tracker.sources import queries as sources
from tracker.targets import queries as targets
from tracker.web.forms import BaseForm, offered, text_of
from tracker.web.lists import chosen_word
from tracker.web.merging import Merge, attempt_change
from tracker.web.policy import Policy, policy
from tracker.web.saving import attempt
from tracker.web.sealing import sealed_key
from tracker.web.viewer import current


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
    return _status_page(form, ask, choose_status(form, ask), 422)


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
    fits = form.to.data in offered(form.to)
    has_moved = merge is not None and (not fits or any(c.name == "to" for c in merge.clashes))
    if has_moved or (form.is_submitted() and not fits):
        # what was chosen may not follow from here: nothing else is chosen in its place
        follows = [(value, label) for value, label, *_ in form.to.iter_choices()]
        form.to.choices, form.to.data = [("", "Choose one"), *follows], ""
    if has_moved:
        form.to.errors = ()
    page = render_template(
        "views/recommendations/status.html",
        form=form,
        ask=ask,
        standing=standing,
        merge=None if has_moved else merge,
        has_moved=has_moved,
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
    return void_one_page(
        {ref: source.title for ref, source in by_reference.items()},
        lambda ref, why: actions.void_evidence(current(), ask, by_reference.get(ref), why),
        heading="Void a piece of evidence",
        title=ask.title,
        back=url_for(".show", reference=reference),
        said="The evidence is void.",
    )


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
        given = form.given()
        repeated = repeats.outcome(queries.outcomes_of(current(), [ask.id])[ask.id], given)
        actions.record_outcome(current(), ask, given)
        repeats.ask_once(form, repeated)
        return True

    return _simple(form, ask, "outcome", act, "The outcome is recorded.")


@recommendations.route("/<ref:reference>/outcomes/<key(outcome):key>/cite", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def cite_outcome(reference: str, key: int) -> ResponseReturnValue:
    """Add another list, notice or report that says of the outcome."""
    ask = own(reference)
    chosen, form = _outcome(ask, key), CitationForm()

    def act() -> bool:
        actions.cite_outcome(current(), ask, chosen, text_of(form.citation), text_of(form.url))
        return True

    return _simple(form, ask, "cite_outcome", act, "The citation is added.", outcome=chosen)


def _outcome(ask: Recommendation, key: int) -> Outcome:
    """One of the outcomes on record of the ask, or 404."""
    standing = queries.outcomes_of(current(), [ask.id])[ask.id]
    return next((one for one in standing if one.id == key), None) or abort(404)


@recommendations.route("/<ref:reference>/outcomes/<key(outcome):key>/void", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def void_outcome(reference: str, key: int) -> ResponseReturnValue:
    """Take back an outcome that was entered in error."""
    ask = own(reference)
    chosen, form = _outcome(ask, key), VoidForm()

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
