"""The pages of casework, by what they are about."""

# their pages are among those of targets, asks, letters and sources
from tracker.casework.views import ask_acts, follow_ups, merging, source_pages  # noqa: F401
from tracker.casework.views.bulk import bulk_changes
from tracker.casework.views.contacts import contacts
from tracker.casework.views.letters import letters
from tracker.casework.views.recommendations import recommendations
from tracker.casework.views.saved_views import saved_views
from tracker.casework.views.targets import targets
from tracker.sources.views import sources

__all__ = [
    "bulk_changes",
    "contacts",
    "letters",
    "recommendations",
    "saved_views",
    "sources",
    "targets",
]
