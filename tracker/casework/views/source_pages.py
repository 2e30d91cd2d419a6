"""Pages of sources, and of the files that belong to them."""

from collections.abc import Iterator
from itertools import count
from urllib.parse import quote

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from tracker.casework import actions
from tracker.casework.forms import FileForm, SourceForm
from tracker.casework.views import sharing
from tracker.casework.views.histories import history_view
from tracker.casework.views.void_one import void_one_page
from tracker.core.db import begin_writing
from tracker.correspondence import queries as correspondence
from tracker.recommendations import queries as asks
from tracker.records.actions import require_edit
from tracker.records.queries import may_edit
from tracker.sources import queries
from tracker.sources.attachments import prepare
from tracker.sources.filetypes import SERVED_AS, name_to_save
from tracker.sources.models import Attachment, Source
from tracker.sources.views import sources
from tracker.web.merging import Merge, attempt_change
from tracker.web.policy import Policy, policy
from tracker.web.saving import attempt
from tracker.web.viewer import current

MOST_SHOWN = 50  # of the asks that cite a source, and of the letters
# a file is nobody's page: whatever opens it all the same runs nothing and loads nothing
CSP_OF_FILES = "default-src 'none'; sandbox"


def found(reference: str) -> Source:
    """The source, or 404: hidden and missing are the same."""
    return queries.get(current(), reference) or abort(404)


def own(reference: str) -> Source:
    """The source, if the viewer may change it; otherwise 404 or 403."""
    source = found(reference)
    require_edit(source, current())
    return source


@sources.get("/<ref:reference>")
@policy(Policy.READER)
def show(reference: str) -> str:
    """One source: what it is, its files, and what rests on it."""
    source, viewer = found(reference), current()
    citing = queries.citing([source.id]).get(source.id, [])
    ask_count, shown = asks.among(viewer, citing, MOST_SHOWN)
    letter_count, letters = correspondence.among(viewer, citing, MOST_SHOWN)
    contact_count, contacts = correspondence.contacts_among(viewer, citing, MOST_SHOWN)
    return render_template(
        "views/sources/show.html",
        source=source,
        files=queries.attachments_of(viewer, source.id),
        asks=shown,
        letters=letters,
        contacts=contacts,
        about=correspondence.asks_of_contacts(viewer, [each.id for each in contacts]),
        count=ask_count + letter_count + contact_count,
        may_edit=may_edit(source, viewer),
    )


@sources.route("/<ref:reference>/edit", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def edit(reference: str) -> ResponseReturnValue:
    """Correct what is said of the source."""
    source = own(reference)
    form = SourceForm(data=_data(source))
    if not form.is_submitted():
        return _edit_page(form, source, 200)
    saved = attempt_change(
        form,
        lambda: SourceForm(formdata=None, data=_data(own(reference))),
        lambda: actions.change_source(current(), source, form.given(), form.version.number),
    )
    if saved is True:
        flash("The change is saved.")
        return redirect(url_for(".show", reference=reference), 303)
    if isinstance(saved, Merge):
        return _edit_page(form, own(reference), 409, saved)
    return _edit_page(form, own(reference), 422)


def _edit_page(
    form: SourceForm, source: Source, code: int, merge: Merge | None = None
) -> ResponseReturnValue:
    page = render_template("views/sources/edit.html", form=form, source=source, merge=merge)
    return page, code


def _data(source: Source) -> dict[str, object]:
    at_risk = source.is_protected
    return {
        "title": "" if at_risk else source.title,
        "opaque": source.title if at_risk else "",
        "kept_where": source.kept_where,
        "url": source.url,
        "publisher": source.publisher,
        "published_on": source.published_on,
        "note": source.note,
        "version": source.version,
    }


@sources.route("/<ref:reference>/attachments/new", methods=["GET", "POST"])
@policy(Policy.EDITOR, files=True)
def attach(reference: str) -> ResponseReturnValue:
    """Add a file to the source."""
    source, form = own(reference), FileForm()

    def act() -> Attachment:
        file = prepare(form.given())
        begin_writing()
        return actions.attach_file(current(), own(reference), file)

    if form.is_submitted():
        if attempt(form, act):
            flash("The file is added.")
            return redirect(url_for(".show", reference=reference), 303)
        source = own(reference)
    page = render_template("views/sources/attach.html", form=form, source=source)
    return page, 422 if form.is_submitted() else 200


@sources.get("/<ref:reference>/attachments/<number:key>")
@policy(Policy.READER)
def download(reference: str, key: int) -> Response:
    """A file of the source. Its owner's people get it as it came, others the copy for others;
    `?copy=others` shows the former what the latter get."""
    source = found(reference)
    file = queries.attachments_of(current(), source.id).get(key)
    if file is None:
        abort(404)
    as_others = not may_edit(source, current()) or request.args.get("copy") == "others"
    if as_others and not file.is_shared:
        abort(404)
    size = file.shared_size if as_others and file.shared_size else file.size
    name, served_as = name_to_save(file.name, file.file_type), SERVED_AS[file.file_type]
    plain = name_to_save(f"{reference}-{key}", file.file_type)
    pieces = _pieces(current_app, file.id, is_copy=as_others and file.is_stripped)
    answer = Response(pieces, content_type=served_as)
    answer.content_length = size
    answer.headers["Content-Security-Policy"] = CSP_OF_FILES
    # the name in any script, and one of plain letters for what cannot read the first (RFC 6266)
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    return answer


def _pieces(proxy: Flask, key: int, *, is_copy: bool) -> Iterator[bytes]:
    """The bytes of a file, each piece read by itself: a slow download holds no transaction."""
    app: Flask = proxy._get_current_object()  # type: ignore[attr-defined]

    def pieces() -> Iterator[bytes]:
        for position in count():
            with app.app_context():
                piece = queries.piece_of(key, position, is_copy=is_copy)
            if piece is None:
                return
            yield piece

    return pieces()


@sources.route("/<ref:reference>/attachments/void", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def void_attachment(reference: str) -> ResponseReturnValue:
    """Take back a file that was added in error."""
    source = own(reference)
    files = {str(n): file for n, file in queries.attachments_of(current(), source.id).items()}
    return void_one_page(
        {key: file.name for key, file in files.items()},
        lambda key, why: actions.void_attachment(current(), source, files.get(key), why),
        heading="Void a file",
        title=source.title,
        back=url_for(".show", reference=reference),
        said="The file is void, and its bytes are deleted.",
        note="Its bytes are deleted for good, from here and, as they age, from the backups.",
    )


@sources.get("/<ref:reference>/history")
@policy(Policy.READER)
def history(reference: str) -> str:
    """Every change of the source."""
    source = found(reference)
    return history_view(source, source.title, url_for(".show", reference=reference))


@sources.route("/<ref:reference>/audience", methods=["GET", "POST"])
@policy(Policy.EDITOR)
def audience(reference: str) -> ResponseReturnValue:
    """Who may see the source."""
    source = found(reference)
    return sharing.audience_page(source, source.title, url_for(".show", reference=reference))
