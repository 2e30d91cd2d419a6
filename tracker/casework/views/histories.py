"""The history of a record, a page at a time."""

from flask import abort, render_template, request

from tracker.casework import telling
from tracker.records.models import RecordMixin
from tracker.web.sealing import opened_key, sealed_key
from tracker.web.viewer import current

KIND = "history"


def history_view(record: RecordMixin, title: str, back: str) -> str:
    """Every change of the record: who, when, what, before and after."""
    before = _before()
    page = telling.history_page(current(), record.id, record.organisation_id, before)
    older = sealed_key(KIND, page.older_than) if page.older_than else None
    return render_template(
        "views/history.html", page=page, title=title, back=back, older=older, is_newest=not before
    )


def _before() -> int | None:
    cursor = request.args.get("cursor")
    try:
        return opened_key(KIND, cursor) if cursor else None
    except ValueError:
        abort(400, "The link to this page of the history is damaged. Start from its newest change.")
