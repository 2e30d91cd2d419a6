"""Pages of clock rules. A change shows what it does to the clocks that run before it is kept."""

from collections.abc import Callable
from hashlib import sha256

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts import queries as accounts
from tracker.admin.clock_forms import EndForm, RuleForm, VersionForm
from tracker.agencies import queries as agencies
from tracker.clocks import queries, ruling
from tracker.clocks.models import ClockRule, scope_of
from tracker.clocks.recomputing import Effect
from tracker.core.countries import jurisdiction_name
from tracker.core.now import today
from tracker.web.policy import Policy, policy
from tracker.web.previewing import SeenForm, attempt_as_seen
from tracker.web.viewer import current

clock_rules = Blueprint("clock_rules", __name__, url_prefix="/admin/clocks")
Change = Callable[[], tuple[ClockRule, Effect]]


@clock_rules.get("")
@policy(Policy.ADMIN)
def index() -> str:
    """The rules in force, and those that ended."""
    rules = list(queries.all_rules().values())
    newest = {scope_of(rule): rule for rule in rules}  # they come oldest first
    return render_template(
        "views/admin/clocks.html",
        rules=[rule for rule in newest.values() if rule.valid_until is None],
        ended=[rule for rule in newest.values() if rule.valid_until],
    )


@clock_rules.get("/<number:key>")
@policy(Policy.ADMIN)
def show(key: int) -> str:
    """A rule with all its versions, the newest first."""
    versions = _versions(key)
    people = accounts.actors(current(), [version.recorded_by_id for version in versions])
    return render_template("views/admin/clock.html", versions=versions, people=people)


@clock_rules.route("/new", methods=["GET", "POST"])
@policy(Policy.ADMIN)
def new() -> ResponseReturnValue:
    """A house norm for what had none of its own."""
    form = RuleForm(data={"valid_from": today(), "length": None})
    bodies = agencies.all_agencies()
    by_slug = {body.slug: body for body in bodies}
    form.agency.choices = [("", "Any"), *((body.slug, body.name) for body in bodies)]
    places = {body.jurisdiction: jurisdiction_name(body.jurisdiction) for body in bodies}
    form.jurisdiction.choices = [("", "Any"), *sorted(places.items(), key=lambda place: place[1])]

    def add() -> tuple[ClockRule, Effect]:
        scope = form.scope(by_slug.get(form.agency.data or ""))
        return ruling.add_rule(current(), scope, form.terms())

    return _page(form, add, None, "The rule is in force.")


@clock_rules.route("/<number:key>/version", methods=["GET", "POST"])
@policy(Policy.ADMIN)
def version(key: int) -> ResponseReturnValue:
    """A new version of a rule."""
    rule = _versions(key)[0]
    names = ("length", "unit", "lead_days", "warn_day", "sentence", "citation", "citation_url")
    known = {name: getattr(rule, name) for name in names}
    form = VersionForm(data={**known, "unit": rule.unit.value, "valid_from": today()})
    return _page(
        form,
        lambda: ruling.change_rule(current(), _versions(key)[0], form.terms()),
        rule,
        "The new version is in force.",
    )


@clock_rules.route("/<number:key>/end", methods=["GET", "POST"])
@policy(Policy.ADMIN)
def end(key: int) -> ResponseReturnValue:
    """The end of a rule."""
    rule = _versions(key)[0]
    form = EndForm(data={"last_day": today()})

    def act() -> tuple[ClockRule, Effect]:
        return ruling.end_rule(
            current(), _versions(key)[0], form.last_day.date, form.reason.data or ""
        )

    return _page(form, act, rule, "The rule has ended.")


def _page(form: SeenForm, act: Change, rule: ClockRule | None, said: str) -> ResponseReturnValue:
    """The form; with what the change does once it is good; or where the change is kept."""
    key, unseen, code = rule.id if rule else None, None, 200
    if form.is_submitted():
        only_shows = "op" in request.form
        if only_shows:
            form.shown.data = ""
        done = attempt_as_seen(form, act, _mark)
        if isinstance(done, ClockRule):
            flash(said)
            return redirect(url_for(".show", key=done.id), 303)
        unseen = done
        code = 200 if unseen and only_shows else 422
    page = render_template(
        "views/admin/clock_edit.html",
        form=form,
        rule=_versions(key)[0] if key else None,
        effect=unseen.effect if unseen else None,
    )
    return page, code


def _mark(effect: Effect) -> str:
    """A mark of what a person sent and of what they were shown that it does."""
    sent = [
        (name, value)
        for name, value in sorted(request.form.items())
        if name not in ("shown", "op", "csrf_token")
    ]
    return sha256(repr((sent, effect)).encode()).hexdigest()[:32]


def _versions(key: int) -> list[ClockRule]:
    """All versions of a rule, of which one has that key; the newest first."""
    rules = queries.all_rules()
    rule = rules.get(key) or abort(404)
    return [each for each in reversed(rules.values()) if scope_of(each) == scope_of(rule)]
