"""What is written down of an export."""

from collections.abc import Sequence

from tracker.accounts.viewer import Viewer
from tracker.exchange.export_json import Exported
from tracker.history import actions as history


def record_export(viewer: Viewer, format_: str, filters: Sequence[str], made: Exported) -> None:
    """Keep that somebody exported records, how many and by which filters, and that they read those
    of which reads are kept. Before anybody has the file: what cannot be kept is not given out."""
    body = {"after": {"format": format_, "filters": list(filters), **made.counts}}
    history.record("records.exported", actor_id=viewer.user_id, body=body)
    if viewer.user_id is not None:
        for record_id in sorted(made.restricted):
            history.record_read(record_id, actor_id=viewer.user_id)
