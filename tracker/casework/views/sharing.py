"""The page on which a record's audience is changed: who would see it, and what goes with it."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from tracker.accounts import queries as accounts
from tracker.accounts.models import User
from tracker.casework import actions
from tracker.casework.actions.sharing import Followed
from tracker.casework.disclosure import Disclosed, disclosed, readers_now
from tracker.casework.forms import AudienceForm
from tracker.core.db import db
from tracker.core.errors import Stale
from tracker.correspondence import queries as correspondence
from tracker.correspondence.models import Letter
from tracker.recommendations import queries as asks
from tracker.recommendations.models import Recommendation
from tracker.records.actions import require_edit
from tracker.records.models import Audience, RecordMixin
from tracker.records.queries import may_edit, references_of
from tracker.records.readers import readers
from tracker.records.widths import named_for
from tracker.sources import queries as sources
from tracker.sources.models import Source
from tracker.web.forms import lines
from tracker.web.fresh import require_fresh
from tracker.web.merging import Merge, merged, take_chosen
from tracker.web.previewing import Unseen, attempt_as_seen
from tracker.web.viewer import current

MOST_NAMED = 200
MOST_SHOWN = 10  # of the records that cite a source


def audience_page(row: RecordMixin, title: str, back: str) -> ResponseReturnValue:
    """Show who may see the record and who would; what others would newly see is shown first, and
    then changed as it was seen. Who comes second sees what somebody else changed meanwhile."""
    require_edit(row, current())
    others = {other.reference: other for other in _linked(row) if may_edit(other, current())}
    form = _form(row, others)
    unseen: Unseen[list[Disclosed]] | None = None
    merge: Merge | None = None
    if form.is_submitted():
        take_chosen(form, lambda: _form(row, others, formdata=None))
        try:
            done = attempt_as_seen(form, lambda: _share(row, others, form), _mark)
        except Stale:
            db.session.rollback()
            merge = merged(form, _form(row, others, formdata=None))
            done = None if merge.clashes or set(merge.kept) - {form.reason.label.text} else ""
        if isinstance(done, str):
            flash(f"Who may see it is changed, from now on and everywhere.{done}")
            return redirect(back, 303)
        unseen = done
    page = render_template(
        "views/audience.html",
        form=form,
        row=row,
        title=title,
        back=back,
        counts={each: readers(each, row.organisation_id) for each in Audience},
        others=others,
        also=_also_cited_by(row, others.values()),
        shows=unseen.effect if unseen else [],
        was_shown=unseen is not None and unseen.was_shown,
        merge=merge,
    )
    is_first_look = not form.is_submitted() or (unseen is not None and not unseen.was_shown)
    return page, 409 if merge else 200 if is_first_look else 422


def _form(row: RecordMixin, others: Mapping[str, RecordMixin], **more: Any) -> AudienceForm:
    """The form, filled with who may see the record now."""
    own, elsewhere = _named_now(row)
    people = "\n".join(user.email for user in own)
    data = {"audience": row.audience.value, "people": people, "kept": list(elsewhere)}
    form = AudienceForm(data=data, **more)
    gone = dict.fromkeys(form.kept.data or (), "Somebody who was taken off meanwhile")
    known = {mark: f"A person of {user.organisation.name}" for mark, user in elsewhere.items()}
    form.kept.choices = gone | known
    form.together.choices = {reference: reference for reference in others}
    return form


def _share(
    row: RecordMixin, others: Mapping[str, RecordMixin], form: AudienceForm
) -> tuple[str, list[Disclosed]]:
    """Change who may see it, and say what came of that and what it shows to whom. Raises `Stale`
    where somebody else changed it since the form was opened."""
    if form.is_behind(_form(row, others, formdata=None)):
        raise Stale
    wanted = form.audience.word or row.audience
    ticked = set(form.together.data or ())
    chosen = [row, *(other for reference, other in others.items() if reference in ticked)]
    before = readers_now(chosen)
    named = _named(form, row) if wanted is Audience.NAMED else []
    followed = actions.share(current(), chosen, wanted, reason=form.reason.data or "", named=named)
    found = disclosed(current(), chosen, before)
    if found:
        require_fresh()
    return _told(followed), found


def _told(followed: Followed) -> str:
    told = {
        "Sources that became as narrow": followed.narrowed,
        "Copied for the narrower records that cite them": followed.copied,
    }
    return "".join(
        f" {what}: {', '.join(f'“{title}”' for title in titles)}."
        for what, titles in told.items()
        if titles
    )


def _also_cited_by(row: RecordMixin, others: Iterable[RecordMixin]) -> dict[str, str]:
    """Of the sources among some records, which further records cite them, by reference: a source
    is as narrow as the narrowest of these."""
    cited = [other for other in others if isinstance(other, Source)]
    citing = sources.citing(source.id for source in cited)
    known = references_of(current(), {key for found in citing.values() for key in found})
    others_of = {
        source.reference: [
            known[key] for key in citing.get(source.id, ()) if key in known and key != row.id
        ]
        for source in cited
    }
    return {reference: _first_of(found) for reference, found in others_of.items()}


def _first_of(references: list[str]) -> str:
    shown, more = references[:MOST_SHOWN], len(references) - MOST_SHOWN
    return ", ".join([*shown, *([f"{more} more"] if more > 0 else [])])


def _mark(found: list[Disclosed]) -> str:
    """What tells one preview from another; nothing, where nobody would newly read anything."""
    if not found:
        return ""
    told = [(each.row.reference, each.fields, each.readers) for each in found]
    return sha256(repr(told).encode()).hexdigest()[:32]


def _named_now(row: RecordMixin) -> tuple[list[User], dict[str, User]]:
    """Those who are named for the record beside whoever asks: the people of the house, and by a
    mark those of others, whose names and addresses are nobody's here to read."""
    if row.audience is not Audience.NAMED:
        return [], {}
    people = accounts.open_accounts(named_for(row.id) - {current().user_id})
    own = [user for user in people if user.organisation_id == current().organisation_id]
    return own, {_mark_of(row, user): user for user in people if user not in own}


def _mark_of(row: RecordMixin, user: User) -> str:
    """What stands for a person in the form, and is nobody's number."""
    return sha256(f"{row.id} {user.fs_uniquifier}".encode()).hexdigest()[:12]


def _named(form: AudienceForm, row: RecordMixin) -> list[int]:
    """All who are named in the form."""
    _, elsewhere = _named_now(row)
    marks = form.kept.data or ()
    if any(mark not in elsewhere for mark in marks):
        gone = "One was taken off meanwhile. Untick it, or name the person by address above."
        form.kept.errors = [*form.kept.errors, gone]
    return _people(form) + [elsewhere[mark].id for mark in marks if mark in elsewhere]


def _people(form: AudienceForm) -> list[int]:
    """The people named by their addresses; who is unknown is told at the field."""
    addresses = lines(form.people.data)
    found: list[int] = []
    if len(addresses) > MOST_NAMED:
        form.people.errors = [*form.people.errors, f"At most {MOST_NAMED} people: remove some."]
        return found
    known = accounts.users_by_emails(addresses)
    for address in addresses:
        user = known.get(address)
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
    if isinstance(row, Source):
        citing = sources.citing([row.id]).get(row.id, [])
        carrying = correspondence.letters(viewer).where(Letter.id.in_(citing)).order_by(Letter.id)
        linked += [*asks.by_ids(viewer, citing).values(), *db.session.scalars(carrying)]
    if isinstance(row, Recommendation):
        linked += asks.linked_targets_of(viewer, [row.id])[row.id]
        linked += correspondence.letters_of(viewer, [row.id])[row.id]
    if isinstance(row, Letter):
        carried = correspondence.asks_of(viewer, [row.id])[row.id]
        linked += carried
        for found in asks.linked_targets_of(viewer, [ask.id for ask in carried]).values():
            linked += found
    return list(dict.fromkeys(linked))
