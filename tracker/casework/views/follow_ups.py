"""Follow-up letters, drafted, downloaded and recorded as sent; and their template."""

from io import BytesIO

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from tracker.casework import actions, repeats
from tracker.casework.actions.follow_ups import checked_letter, own_template
from tracker.casework.docx_letter import MIMETYPE, letter_as_docx
from tracker.casework.follow_up import FollowUp, follow_up
from tracker.casework.letter_forms import FollowUpForm, TemplateForm
from tracker.casework.letter_template import DEFAULT, PLACEHOLDERS
from tracker.casework.views.letters import letters
from tracker.casework.views.recommendations import own, recommendations, to_ask
from tracker.core.now import today
from tracker.recommendations.models import Addressee, Recommendation
from tracker.web.forms import text_of
from tracker.web.merging import Merge, attempt_change
from tracker.web.policy import Policy, policy
from tracker.web.saving import attempt
from tracker.web.viewer import current

# where letters are printed on Letter, not on A4
US_PAPER = ("US", "CA")


@recommendations.route("/<ref:reference>/follow-up", methods=["GET", "POST"], endpoint="follow_up")
@policy(Policy.EDITOR)
def write(reference: str) -> ResponseReturnValue:
    """Draft a follow-up letter to one addressee of an ask, download it, record that it was sent."""
    ask, form = own(reference), FollowUpForm(data={"happened_on": today().isoformat()})
    if not any(row.is_asked for row in ask.addressees):
        empty = render_template("views/recommendations/follow_up.html", ask=ask, page=None)
        return empty, 422 if form.is_submitted() else 200
    page = _gather(form, ask)
    if not form.is_submitted():
        _draft(form, page, page.usual)
        return _page(form, page, 200)
    match request.form.get("op"):
        case None:
            done = attempt(form, lambda: _record(form, page))
            if done:
                return to_ask(reference, "The follow-up is recorded. No clock in law restarts.")
        case "draft":
            return _draft_anew(form, page)
        case "download":
            letter = attempt(form, lambda: checked_letter(text_of(form.sent_text)))
            if letter is not None:
                return _download(page, letter)
        case _:
            return _page(form, page, 200)  # a draft that the browser kept, for instance
    return _page(form, _gather(form, own(reference)), 422)


def _gather(form: FollowUpForm, ask: Recommendation) -> FollowUp:
    """What the letter is drafted from: for the body chosen, or the one that the address names."""
    bodies = {row.agency.slug: row for row in ask.addressees if row.is_asked}
    form.agency.choices = dict.fromkeys(bodies)
    found = follow_up(current(), ask, _body(form, bodies), today())
    form.asks.choices = {each.reference: each.title for each in found.offered}
    return found


def _body(form: FollowUpForm, bodies: dict[str, Addressee]) -> Addressee:
    first = next(iter(bodies.values()))
    if form.is_submitted():
        return bodies.get(form.agency.data or "", first)
    wanted = request.args.get("agency")
    if wanted and wanted not in bodies:
        abort(400, "The ask was not put to that body. Choose one of its addressees.")
    return bodies[wanted] if wanted else first


def _draft(form: FollowUpForm, page: FollowUp, references: list[str]) -> None:
    form.agency.data = form.shown.data = page.agency.slug
    form.asks.data, form.sent_text.data = references, page.draft(references)


def _draft_anew(form: FollowUpForm, page: FollowUp) -> ResponseReturnValue:
    """Another draft, for the body and the asks now chosen; the text before it stays on the page."""
    before = text_of(form.sent_text)
    if form.agency.data != page.agency.slug:  # none of those that the ask was put to
        form.validate()
        return _page(form, page, 422)
    wanted = form.asks.data or ()
    chosen = [each.reference for each in page.offered if each.reference in wanted]
    _draft(form, page, chosen or page.usual)
    is_same = before.split() == text_of(form.sent_text).split()
    return _page(form, page, 200, "" if is_same else before)


def _record(form: FollowUpForm, page: FollowUp) -> bool:
    chosen = [ask for ask in page.offered if ask.reference in (form.asks.data or ())]
    given = form.given(page.body.agency_id)
    repeated = repeats.contact(current(), chosen, given)
    actions.record_contact(current(), chosen, given, with_its_text=True)
    repeats.ask_once(form, repeated)
    return True


def _download(page: FollowUp, letter: str) -> ResponseReturnValue:
    """The letter as a file, under a name that says nothing of whom it is about."""
    file = letter_as_docx(letter, on_us_paper=page.agency.jurisdiction in US_PAPER)
    return send_file(
        BytesIO(file),
        mimetype=MIMETYPE,
        as_attachment=True,
        download_name=f"{page.ask.reference}-follow-up.docx",
    )


def _page(form: FollowUpForm, page: FollowUp, code: int, before: str = "") -> ResponseReturnValue:
    shown = render_template(
        "views/recommendations/follow_up.html", form=form, ask=page.ask, page=page, before=before
    )
    return shown, code


@letters.route("/template", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def template() -> ResponseReturnValue:
    """Change the template of the organisation's follow-up letters."""
    # not where something was sent: what that lacks must not be saved as if it had been typed
    form = TemplateForm(data={} if request.method == "POST" else _template_data())
    saved: bool | Merge = False
    if form.is_submitted() and request.form.get("op") == "default":
        form.text.data = DEFAULT
        return _template_page(form, None, 200)
    if form.is_submitted():
        saved = attempt_change(
            form,
            lambda: TemplateForm(formdata=None, data=_template_data()),
            lambda: _change(form),
        )
        if saved is True:
            flash("The template is saved. Letters drafted from now on come from it.")
            return redirect(url_for(".template"), 303)
    merge = saved if isinstance(saved, Merge) else None
    return _template_page(form, merge, 409 if merge else 422 if form.is_submitted() else 200)


def _change(form: TemplateForm) -> None:
    actions.change_template(current(), text_of(form.text), form.version.number)


def _template_data() -> dict[str, object]:
    template = own_template(current())
    if template is None:
        return {"version": 0, "text": DEFAULT}
    return {"version": template.version, "text": template.text}


def _template_page(form: TemplateForm, merge: Merge | None, code: int) -> ResponseReturnValue:
    page = render_template(
        "views/letters/template.html",
        form=form,
        merge=merge,
        own=own_template(current()),
        placeholders=PLACEHOLDERS,
    )
    return page, code
