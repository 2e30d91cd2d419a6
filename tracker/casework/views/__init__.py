"""The pages of casework, by what they are about."""

from tracker.casework.views import (  # their pages are among those of targets, asks and letters
    follow_ups,  # noqa: F401
    merging,  # noqa: F401
)
from tracker.casework.views.bulk import bulk_changes
from tracker.casework.views.contacts import contacts
from tracker.casework.views.letters import letters
from tracker.casework.views.recommendations import recommendations
from tracker.casework.views.saved_views import saved_views
from tracker.casework.views.targets import targets

__all__ = ["bulk_changes", "contacts", "letters", "recommendations", "saved_views", "targets"]
