"""The page on which one takes away, as a file, what one may see."""

import io
from collections.abc import Iterator
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from flask import Blueprint, Response, abort, render_template, request
from sqlalchemy import Select, func, select

from tracker.casework import listing
from tracker.casework.list_parts import choices_for
from tracker.casework.list_words import NAMES, in_words
from tracker.casework.listing import NARROWS_NOTHING
from tracker.core.db import db, transaction
from tracker.core.now import today
from tracker.exchange import export_json
from tracker.exchange.actions import record_export
from tracker.recommendations.filters import Filters
from tracker.recommendations.models import Recommendation
from tracker.records.models import Audience
from tracker.web.fresh import require_fresh
from tracker.web.policy import Policy, policy
from tracker.web.settings import settings
from tracker.web.viewer import current

exports = Blueprint("exports", __name__, url_prefix="/exports")

PIECE = 64 * 1024  # bytes


@exports.get("")
@policy(Policy.EXPORTER)
def index() -> str:
    """What would be in the file: the asks that the filters of the list leave, or all."""
    filters, wanted = _filters(), _narrowed(export_json.visible_asks(current()))
    return render_template(
        "views/exports/index.html",
        is_narrowed=_is_narrowed(),
        filters=in_words(filters, choices_for(current())),
        total=_count(wanted),
        public=_count(wanted.where(Recommendation.audience == Audience.PUBLIC)),
    )


@exports.post("/download")
@policy(Policy.EXPORTER)
def download() -> Response:
    """The file. It is written down who takes it before anybody has it; where anything in it is not
    public, the password is asked for again."""
    viewer, filters = current(), _filters()
    narrow = _narrowed if _is_narrowed() else None
    with ExitStack() as stack:
        kept = cast(IO[bytes], stack.enter_context(SpooledTemporaryFile(export_json.SPOOLED)))
        text = io.TextIOWrapper(kept, encoding="utf-8")
        made = export_json.export(viewer, text, today(), settings().base_url, narrow)
        text.detach()
        if not made.is_public:
            require_fresh()
        db.session.rollback()  # what was read must not keep this from writing
        with transaction():
            record_export(viewer, "json", [f"{name}={value}" for name, value in filters], made)
        size = kept.tell()
        stack.pop_all()  # from here on the answer closes it
    answer = Response(_pieces(kept), mimetype="application/json")
    answer.content_length = size
    answer.headers["Content-Disposition"] = f"attachment; filename=advocacy-tracker-{today()}.json"
    return answer


def _pieces(kept: IO[bytes]) -> Iterator[bytes]:
    with kept:
        kept.seek(0)
        while piece := kept.read(PIECE):
            yield piece


def _narrowed(statement: Select[Recommendation]) -> Select[Recommendation]:
    return listing.narrowed_by_address(statement, current())


def _is_narrowed() -> bool:
    return listing.filters_from_address(current()) != (Filters(), None, False)


def _filters() -> list[tuple[str, str]]:
    """The filters as the address has them. What is none is refused, so that nobody takes all for
    some."""
    given = [(name, value) for name, value in request.args.items() if name not in NARROWS_NOTHING]
    for name, _ in given:
        if name not in NAMES:
            abort(400, f"“{name[:40]}” is no filter of the list: nothing would be left out by it.")
    return [(name, value) for name, value in given if value]


def _count(statement: Select[Recommendation]) -> int:
    rows = statement.with_only_columns(Recommendation.id).subquery()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0
