"""The page of search."""

from flask import Blueprint, render_template, request

from tracker.core.terms import question
from tracker.search.pages import ASKS_OF_A_TARGET, Results, Sort, results
from tracker.web.lists import chosen_text, chosen_word
from tracker.web.policy import Policy, policy
from tracker.web.viewer import current

search = Blueprint("search", __name__, url_prefix="/search")


@search.get("")
@policy(Policy.READER)
def index() -> str:
    """What fits the words in the address, in any script."""
    typed, only = chosen_text("q"), chosen_word("kind", Sort)
    asked = question(typed)
    found = (
        results(current(), typed, asked, only, request.args.get("cursor") if only else None)
        if asked
        else Results()
    )
    return render_template(
        "views/search/index.html",
        typed=typed,
        asked=asked,
        only=only,
        found=found,
        most_asks=ASKS_OF_A_TARGET,
    )
