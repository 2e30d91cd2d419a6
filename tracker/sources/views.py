"""The list of sources."""

from flask import Blueprint, render_template, request

from tracker.sources import queries
from tracker.sources.models import Source
from tracker.web import paging
from tracker.web.lists import chosen_order
from tracker.web.policy import Policy, policy
from tracker.web.viewer import current

sources = Blueprint("sources", __name__, url_prefix="/sources")

ORDERS = {
    "title": paging.Order("Title", Source.sort_title, Source.id),
    "-published": paging.Order("Newest first", Source.published_on, Source.id, descending=True),
}


@sources.get("")
@policy(Policy.READER)
def index() -> str:
    """All sources that records cite."""
    order, name = chosen_order(ORDERS)
    page = paging.fetch(queries.listing(current()), order, request.args.get("cursor"))
    return render_template("views/sources/index.html", page=page, sort=name, orders=ORDERS)
