"""Pages of contacts: what agencies said to us and we to them."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.casework import actions, repeats
from tracker.casework.act_forms import VoidForm
from tracker.casework.forms import ContactForm
from tracker.casework.reading import note_reads_of
from tracker.casework.views.filling import contact_data
from tracker.core.db import db
from tracker.core.now import today
from tracker.correspondence import queries
from tracker.correspondence.models import Channel, Contact, Substance
from tracker.recommendations import queries as asks
from tracker.recommendations.filters import Filters
from tracker.recommendations.models import Recommendation
from tracker.records.actions import require_edit
from tracker.records.queries import may_edit
from tracker.sources import queries as sources
from tracker.web.lists import chosen_text, chosen_word
from tracker.web.policy import Policy, policy
from tracker.web.saving import attempt
from tracker.web.viewer import current

contacts = Blueprint("contacts", __name__, url_prefix="/contacts")
MOST_OFFERED = 40


@contacts.route("/new", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def new() -> ResponseReturnValue:
    """Record a reply, a meeting or a follow-up; one may cover several asks."""
    wanted = request.form.getlist("asks") or request.args.getlist("ask")
    form = ContactForm(data={**_start(), "asks": wanted})
    offered = _offered(wanted)
    if form.is_submitted() and "op" not in request.form:
        contact = attempt(form, lambda: _record(form, offered))
        if contact is not None:
            flash("The contact is recorded, and the clocks follow it.")
            chosen = form.asks.data or []
            meant = [each for each in request.args.getlist("ask") if each in chosen]
            return redirect(url_for("recommendations.show", reference=(meant or chosen)[0]), 303)
        offered = _offered(wanted)
    page = render_template(
        "views/contacts/new.html",
        form=form,
        offered=offered,
        most_offered=MOST_OFFERED,
    )
    return page, 422 if form.is_submitted() and "op" not in request.form else 200


def _start() -> dict[str, object]:
    """What the form says before anybody types: nothing much, or what was entered in error once."""
    viewer, like = current(), chosen_text("like")
    before = queries.contact(viewer, like) if like else None
    while before is not None and note_reads_of(viewer, [before]):
        before = queries.contact(viewer, like)
    if before is None or not may_edit(before, viewer):
        return {
            "substance": (chosen_word("substance", Substance) or Substance.SUBSTANTIVE).value,
            "happened_on": today().isoformat(),
            "channel": Channel.UNKNOWN.value,
        }
    bodies = queries.bodies_met([before.id]).get(before.id, [])
    return contact_data(before, bodies, sources.cited_by(viewer, [before.id]).get(before.id, []))


def _record(form: ContactForm, offered: list[Recommendation]) -> Contact:
    chosen = [ask for ask in offered if ask.reference in (form.asks.data or ())]
    bodies = _bodies(offered)
    picked = tuple(bodies[slug] for slug in form.agencies.data or () if slug in bodies)
    unknown = set(form.asks.data or ()) - {ask.reference for ask in offered}
    if unknown:
        abort(422, "One of the asks chosen is not on record, or is not yours to change.")
    given = form.given(picked)
    repeated = repeats.contact(current(), chosen, given)
    contact = actions.record_contact(current(), chosen, given)
    repeats.ask_once(form, repeated)
    return contact


def _bodies(offered: list[Recommendation]) -> dict[str, int]:
    """The bodies that the asks are addressed to."""
    return {row.agency.slug: row.agency_id for ask in offered for row in ask.addressees}


def _offered(wanted: list[str]) -> list[Recommendation]:
    """The asks to choose from: those named, the others of their letters, those looked for."""
    viewer = current()
    named = asks.by_references(viewer, wanted)
    letters = queries.letters_of(viewer, [ask.id for ask in named])
    carried = queries.asks_of(viewer, {letter.id for found in letters.values() for letter in found})
    ids = [ask.id for ask in named] + [ask.id for found in carried.values() for ask in found]
    looked_for = chosen_text("find")
    if looked_for or not ids:
        own = Filters(q=looked_for, is_open=True, organisation_id=viewer.organisation_id)
        newest = (Recommendation.updated_at.desc(), Recommendation.id.desc())
        statement = asks.listing(viewer, own).order_by(*newest).limit(MOST_OFFERED)
        ids += db.session.scalars(statement.with_only_columns(Recommendation.id))
    found = asks.by_ids(viewer, ids)
    return [found[i] for i in dict.fromkeys(ids) if i in found and may_edit(found[i], viewer)]


@contacts.route("/<ref:reference>/void", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def void(reference: str) -> ResponseReturnValue:
    """Take back a contact that was entered in error."""
    contact = queries.contact(current(), reference) or abort(404)
    require_edit(contact, current())
    concerned = queries.asks_of_contacts(current(), [contact.id])[contact.id]
    back = (
        url_for("recommendations.show", reference=concerned[0].reference)
        if concerned
        else url_for("desk.home")
    )
    form = VoidForm()

    def act() -> bool:
        actions.void_contact(current(), contact, form.reason.data or "")
        return True

    if form.is_submitted() and attempt(form, act):
        flash("The contact is void, and what followed from it is recomputed.")
        anew = request.form.get("anew") and contact.substance is not Substance.SUBMISSION
        references = [ask.reference for ask in concerned]
        again = url_for(".new", ask=references, like=reference)
        return redirect(again if anew else back, 303)
    contact = queries.contact(current(), reference) or abort(404)
    page = render_template(
        "views/contacts/void.html", form=form, contact=contact, asks=concerned, back=back
    )
    return page, 422 if form.is_submitted() else 200
