"""Where rooms are registered: their tables, their pages, their jobs."""

from flask import Flask, g, request
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect

from tracker.api import bearer
from tracker.casework import list_parts, reading, words
from tracker.casework.next_step import further_steps, next_step
from tracker.clocks.explain import grouped
from tracker.core import db
from tracker.core.now import now
from tracker.history import actions as history
from tracker.jobs import queries, registry
from tracker.web import addresses, badges, converters, encoding, errors, filters, headers, policy

SAFE = ("GET", "HEAD", "OPTIONS")
# hash a password, or read for long, before they write
SLOW_FIRST = ("account.confirm", "account.password", "joining.join", "exports.download")


def register(app: Flask, database_url: str) -> None:
    """Put the rooms together into `app`."""
    register_models()
    db.init_app(app, database_url)
    # in this order before each request: is it text, the lock, who comes with a token, who may come,
    # their files, is the form ours, is the reading to be written down
    encoding.init_app(app)
    app.before_request(_take_the_write_lock)
    bearer.init_app(app)
    policy.init_app(app)
    encoding.take_files(app)
    csrf = CSRFProtect(app)
    reading.init_app(app)
    Bootstrap5(app)
    converters.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
    filters.init_app(app)
    addresses.init_app(app)
    badges.init_app(app)
    list_parts.init_app(app)
    app.jinja_env.globals |= {"words": words, "grouped": grouped}
    app.jinja_env.globals |= {"step_for": next_step, "further_steps": further_steps}
    app.jinja_env.globals["jobs_behind"] = lambda: queries.behind_of_late(now())
    _register_pages(app)
    # a mail program that unsubscribes its reader knows no token of ours (RFC 8058)
    csrf.exempt("tracker.notifications.views.unsubscribe")
    _register_jobs()


def _take_the_write_lock() -> None:
    """A request that may write begins its transactions as a writer. Logging in only reads, and
    must not hold the lock while a password is hashed; nor must confirming or changing one, nor
    sending a file, which arrives slowly and is looked through before it is kept, nor an export."""
    is_slow = request.blueprint == "security" or request.endpoint in SLOW_FIRST
    waits = is_slow or policy.takes_files(request.endpoint)
    g.writing = request.method not in SAFE and not waits


def register_models() -> None:
    """Import every room's tables, so that the metadata is complete."""
    import tracker.accounts.models
    import tracker.agencies.models
    import tracker.casework.models
    import tracker.clocks.models
    import tracker.correspondence.models
    import tracker.history.models
    import tracker.jobs.models
    import tracker.notifications.models
    import tracker.recommendations.models
    import tracker.records.models
    import tracker.sources.models
    import tracker.targets.models  # noqa: F401


def _register_pages(app: Flask) -> None:
    from tracker.admin.clock_views import clock_rules
    from tracker.admin.organisation_views import organisations
    from tracker.admin.people_views import people
    from tracker.admin.views import admin
    from tracker.agencies.views import agencies
    from tracker.api.views import api
    from tracker.casework.views import (
        bulk_changes,
        contacts,
        letters,
        recommendations,
        saved_views,
        sources,
        targets,
    )
    from tracker.dashboards.views import dashboards, scorecards
    from tracker.desk.views import desk
    from tracker.exchange.views import exports
    from tracker.feeds.views import feeds
    from tracker.notifications.views import notices
    from tracker.search.views import search
    from tracker.signin import security
    from tracker.signin.feed_addresses import feed_addresses
    from tracker.signin.joining import joining
    from tracker.signin.second_factor import second_factor
    from tracker.signin.views import account
    from tracker.web.views import health

    security.init_app(app)
    for blueprint in (
        health,
        account,
        second_factor,
        feed_addresses,
        joining,
        feeds,
        api,
        exports,
        notices,
        desk,
        recommendations,
        bulk_changes,
        saved_views,
        letters,
        contacts,
        targets,
        agencies,
        sources,
        dashboards,
        scorecards,
        search,
        admin,
        clock_rules,
        people,
        organisations,
    ):
        app.register_blueprint(blueprint)


def _register_jobs() -> None:
    from tracker.backups import nightly
    from tracker.clocks import sweep
    from tracker.notifications import (
        collecting,
        composing,
        delivery,
        digests,
        inviting,
        outbox,
        pruning,
    )
    from tracker.notifications.models import MailKind

    history.tell_of_changes(collecting.note_changes)
    outbox.check_before_sending(MailKind.INVITATION, inviting.why_not)
    outbox.check_before_sending(MailKind.NOTICE, composing.compose)
    for room in (delivery, digests, nightly, pruning, sweep):
        registry.register(room.JOB)
