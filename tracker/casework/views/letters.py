"""Pages of letters."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.casework import actions, growing, pages
from tracker.casework.act_forms import VoidLetterForm
from tracker.casework.actions import letter_changing, letter_voiding
from tracker.casework.actions.sending import require_standing
from tracker.casework.duplicates import doubles
from tracker.casework.forms import AskForm, LetterEditForm, LetterForm, ReceiptForm
from tracker.casework.inputs import Fate
from tracker.casework.reading import note_reads_of
from tracker.casework.verdicts import Verdict, verdicts
from tracker.casework.views import sharing
from tracker.casework.views.filling import further_ask_data
from tracker.casework.views.histories import history_view
from tracker.core.dates import BadDate
from tracker.correspondence import queries
from tracker.correspondence.models import Letter, LetterKind
from tracker.recommendations.models import Recommendation
from tracker.records.actions import require_edit
from tracker.web import paging
from tracker.web.filters import plural
from tracker.web.lists import chosen_order, chosen_switch, chosen_text, chosen_word
from tracker.web.merging import Merge, attempt_change
from tracker.web.policy import Policy, policy
from tracker.web.saving import attempt
from tracker.web.viewer import current

letters = Blueprint("letters", __name__, url_prefix="/letters")

ORDERS = {
    "-written": paging.Order("Newest first", Letter.written_on, Letter.id, descending=True),
    "written": paging.Order("Oldest first", Letter.written_on, Letter.id),
}


@letters.get("")
@policy(Policy.READER)
def index() -> str:
    """The letters that stand, or those that are void, newest first; perhaps of a kind, or those in
    which some words stand."""
    order, name = chosen_order(ORDERS)
    void, kind = chosen_switch("void"), chosen_word("kind", LetterKind)
    statement = queries.narrowed(queries.letters(current(), void=void), chosen_text("q"), kind)
    page = paging.fetch(statement, order, request.args.get("cursor"))
    carried = queries.asks_of(current(), [letter.id for letter in page.rows])
    return render_template(
        "views/letters/index.html",
        page=page,
        asks=carried,
        gone=queries.gone(current(), page.rows),
        orders=ORDERS,
        sort=name,
        void=void,
    )


@letters.route("/new", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def new() -> ResponseReturnValue:
    """Record a letter with its asks in one sitting."""
    form = LetterForm()
    offers = growing.Offers()
    if form.is_submitted():
        if request.form.get("op") == "check":
            days = (form.written_on, form.sent_on, form.received_on)
            problems = [day for day in days if not day.validate(form)]
            found = verdicts(current(), form.given())
            return _form_page(form, offers, 422 if problems else 200, found)
        if op := request.form.get("op"):
            offers = growing.apply(form, op, current(), _day(form))
            return _form_page(form, offers, 200)
        shown = len(form.asks)
        form.prune()
        known = doubles(form, current())

        def act() -> Letter:
            recorded = actions.record_letter(current(), form.given())
            known.say()
            return recorded

        letter = attempt(form, act)
        if letter is not None:
            flash(_recorded(len(form.asks), shown - len(form.asks)))
            return redirect(url_for(".show", reference=letter.reference), 303)
        offers = known.offer(growing.offer_for_unknown(form, _day(form)))
        return _form_page(form, offers, 422)
    form.sources.append_entry()
    return _form_page(form, offers, 200)


def _recorded(asks: int, empty: int) -> str:
    left = f" {plural(empty, 'empty ask was', 'empty asks were')} left out." if empty else ""
    return f"The letter is recorded, with {plural(asks, 'ask')}.{left}"


@letters.route("/<ref:reference>/asks/new", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def add_ask(reference: str) -> ResponseReturnValue:
    """One more ask of a letter on record."""
    letter = _own(reference)
    page = pages.letter_page(current(), letter)
    form = AskForm(data=further_ask_data(letter, page.evidence))
    day = letter.written_on.earliest if letter.written_on else None
    offers, code = growing.Offers(), 200
    if op := request.form.get("op"):
        offers = growing.apply(form, op, current(), day)
    elif form.is_submitted():
        form.prune()
        known = doubles(form, current())

        def act() -> Recommendation:
            added = actions.add_to_letter(current(), letter, form.given_alone())
            known.say()
            return added

        ask = attempt(form, act)
        if ask is not None:
            flash("The ask is recorded with the letter.")
            return redirect(url_for("recommendations.show", reference=ask.reference), 303)
        page = _own_page(reference)
        offers, code = known.offer(growing.offer_for_unknown(form, day)), 422
    form.pad()
    shown = render_template(
        "views/letters/add_ask.html", form=form, offers=offers, page=page, letter=page.letter
    )
    return shown, code


def _form_page(
    form: LetterForm, offers: growing.Offers, code: int, found: Sequence[Verdict] = ()
) -> ResponseReturnValue:
    form.pad()
    page = render_template("views/letters/new.html", form=form, offers=offers, verdicts=found)
    return page, code


def _day(form: LetterForm) -> date | None:
    """The day on the letter, by which office holders are offered."""
    try:
        known = form.written_on.date or form.sent_on.date
    except BadDate:
        return None
    return known.earliest if known else None


@letters.get("/<ref:reference>")
@policy(Policy.READER)
def show(reference: str) -> str:
    """One letter: who signed, to whom, what it asks."""
    letter = queries.letter(current(), reference) or abort(404)
    page = pages.letter_page(current(), letter)
    while note_reads_of(current(), page.restricted):
        letter = queries.letter(current(), reference) or abort(404)
        page = pages.letter_page(current(), letter)
    return render_template("views/letters/show.html", page=page)


@letters.route("/<ref:reference>/edit", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def edit(reference: str) -> ResponseReturnValue:
    """Change what is on record of a letter."""
    letter = _own(reference)
    form = LetterEditForm(data=_letter_data(letter))
    if not form.is_submitted():
        return _edit_page(form, letter, 200)
    if op := request.form.get("op"):
        offers = growing.apply(form, op, current(), None)
        return _edit_page(form, letter, 200, offers=offers)
    form.prune()
    saved = attempt_change(
        form,
        lambda: LetterEditForm(formdata=None, data=_letter_data(_own(reference))),
        lambda: actions.change_letter(current(), letter, form.given(), form.version.number),
        compares=True,
    )
    if saved is True:
        flash("The change is saved, and the clocks follow it.")
        return redirect(url_for(".show", reference=reference), 303)
    if isinstance(saved, Merge):
        return _edit_page(form, _own(reference), 409, saved)
    return _edit_page(form, _own(reference), 422)


def _own(reference: str) -> Letter:
    """The letter, if the viewer may change it; otherwise 404 or 403. No form is opened of one that
    is void."""
    letter = queries.letter(current(), reference) or abort(404)
    require_edit(letter, current())
    if request.method == "GET":
        require_standing(letter)
    return letter


def _letter_data(letter: Letter) -> dict[str, object]:
    names = ("version", "title", "kind", "on_behalf_of", "written_on", "reply_requested_by")
    return {
        **{name: getattr(letter, name) for name in (*names, "reply_date_confirmed", "note")},
        "signatories": [
            {"name": row.name, "role": row.role, "body": letter_changing.body_of(row)}
            for row in letter.signatories
        ],
    }


def _edit_page(
    form: LetterEditForm,
    letter: Letter,
    code: int,
    merge: Merge | None = None,
    offers: growing.Offers | None = None,
) -> ResponseReturnValue:
    form.pad()
    offers = offers or growing.Offers()
    page = render_template(
        "views/letters/edit.html", form=form, letter=letter, merge=merge, offers=offers
    )
    return page, code


@letters.route("/<ref:reference>/receipt", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def receipt(reference: str) -> ResponseReturnValue:
    """When a letter was received, and whether it supplements an earlier one."""
    letter = _own(reference)
    page = pages.letter_page(current(), letter)
    form = ReceiptForm(data=_receipt_data(page))
    saved: bool | Merge = False
    if form.is_submitted():
        saved = attempt_change(
            form,
            lambda: ReceiptForm(formdata=None, data=_receipt_data(_own_page(reference))),
            lambda: actions.record_receipt(current(), letter, form.given(), form.version.number),
            compares=True,
        )
        if saved is True:
            flash("It is recorded, and the clocks follow it.")
            return redirect(url_for(".show", reference=reference), 303)
        page = _own_page(reference)
    merge = saved if isinstance(saved, Merge) else None
    shown = render_template("views/letters/receipt.html", form=form, page=page, merge=merge)
    return shown, 409 if merge else 422 if form.is_submitted() else 200


def _own_page(reference: str) -> pages.LetterPage:
    letter = queries.letter(current(), reference) or abort(404)
    return pages.letter_page(current(), letter)


def _receipt_data(page: pages.LetterPage) -> dict[str, object]:
    letter = page.letter
    return {
        "version": letter.version,
        "received_on": letter.received_on,
        "received_proof": letter.received_proof,
        "supplements": page.supplements,
        "reply_date_confirmed": letter.reply_date_confirmed,
    }


@letters.get("/<ref:reference>/history")
@policy(Policy.READER)
def history(reference: str) -> str:
    """Every change of the letter."""
    letter = queries.letter(current(), reference) or abort(404)
    return history_view(letter, letter.title, url_for(".show", reference=reference))


@letters.route("/<ref:reference>/audience", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def audience(reference: str) -> ResponseReturnValue:
    """Who may see the letter."""
    letter = queries.letter(current(), reference) or abort(404)
    return sharing.audience_page(letter, letter.title, url_for(".show", reference=reference))


@letters.route("/<ref:reference>/void", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def void(reference: str) -> ResponseReturnValue:
    """Take back a letter that was entered in error, with a look at what becomes of its asks."""
    letter = queries.letter(current(), reference) or abort(404)
    require_edit(letter, current())
    form = VoidLetterForm()

    def act() -> bool:
        fate = form.asks.word or Fate.UNSENT
        actions.void_letter(current(), letter, fate, form.reason.data or "")
        return True

    if form.is_submitted() and attempt(form, act):
        flash("The letter is void, and what followed from it is recomputed.")
        return redirect(url_for(".show", reference=reference), 303)
    letter = queries.letter(current(), reference) or abort(404)
    found = letter_voiding.consequences(current(), letter)
    page = render_template("views/letters/void.html", form=form, letter=letter, found=found)
    return page, 422 if form.is_submitted() else 200
