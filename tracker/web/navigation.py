"""The main navigation, by what the viewer may do."""

from dataclasses import dataclass

from flask import request

from tracker.accounts.permissions import Permission
from tracker.accounts.viewer import Viewer


@dataclass(frozen=True)
class Entry:
    """A link of the main navigation."""

    label: str
    endpoint: str
    rooms: tuple[str, ...]  # blueprints under which it is the present one


STAFF = (
    Entry("Desk", "desk.home", ("desk.home",)),
    Entry("Stale", "desk.stale", ("desk.stale",)),
    Entry(
        "Recommendations",
        "recommendations.index",
        ("recommendations", "bulk_changes", "saved_views", "contacts", "exports"),
    ),
    Entry("Letters", "letters.index", ("letters",)),
    Entry("Targets", "targets.index", ("targets",)),
    Entry("Agencies", "agencies.index", ("agencies", "scorecards")),
    Entry("Sources", "sources.index", ("sources",)),
    Entry("Dashboards", "dashboards.index", ("dashboards",)),
    Entry("Search", "search.index", ("search",)),
)
PARTNER = (
    Entry("Dashboard", "dashboards.index", ("dashboards", "desk.home")),
    Entry("Recommendations", "recommendations.index", ("recommendations", "exports")),
    Entry("Stale", "desk.stale", ("desk.stale",)),
    Entry("Letters", "letters.index", ("letters",)),
    Entry("Targets", "targets.index", ("targets",)),
    Entry("Agencies", "agencies.index", ("agencies", "scorecards")),
    Entry("Sources", "sources.index", ("sources",)),
    Entry("Search", "search.index", ("search",)),
)


ADMIN = (
    *STAFF,
    Entry("Clock rules", "clock_rules.index", ("clock_rules",)),
    Entry("Jobs", "admin.jobs", ("admin.jobs",)),
    Entry("Mail", "admin.mail", ("admin.mail", "admin.retry")),
    Entry("Accounts", "people.index", ("people", "organisations.index")),
    Entry("Settings", "organisations.show_settings", ("organisations.show_settings",)),
)


def entries(viewer: Viewer, *, public: bool) -> tuple[Entry, ...]:
    """The links for a viewer; nobody in particular gets some where public pages are on."""
    if viewer.is_anonymous:
        return PARTNER if public else ()
    if viewer.may(Permission.ADMINISTER):
        return ADMIN
    return STAFF if viewer.edits else PARTNER


def is_current(entry: Entry) -> bool:
    """Whether the present page belongs to the entry."""
    endpoint = request.endpoint or ""
    return endpoint in entry.rooms or endpoint.split(".")[0] in entry.rooms
