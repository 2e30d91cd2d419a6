"""Writes that span rooms: each checks the rules, changes, settles what follows, records history."""

from tracker.casework.actions.asks import (
    add_ask,
    change_ask,
    cite,
    set_next,
    void_evidence,
)
from tracker.casework.actions.bulk import change_together, undo_together
from tracker.casework.actions.contacts import record_contact, void_contact
from tracker.casework.actions.follow_ups import change_template
from tracker.casework.actions.leaving import change_user
from tracker.casework.actions.letter_changing import change_letter
from tracker.casework.actions.letter_voiding import void_letter
from tracker.casework.actions.letters import add_to_letter, record_letter
from tracker.casework.actions.members import void_member
from tracker.casework.actions.merging import merge_target, unmerge_target
from tracker.casework.actions.outcomes import cite_outcome, record_outcome, void_outcome
from tracker.casework.actions.receipts import record_receipt
from tracker.casework.actions.saved_views import change_view, delete_view, save_view
from tracker.casework.actions.sharing import share
from tracker.casework.actions.status import change_status, void_status
from tracker.clocks.acts import act_on_clocks, snooze
from tracker.sources.actions import change_source
from tracker.sources.attachments import attach_file, void_attachment

__all__ = [
    "act_on_clocks",
    "add_ask",
    "add_to_letter",
    "attach_file",
    "change_ask",
    "change_letter",
    "change_source",
    "change_status",
    "change_template",
    "change_together",
    "change_user",
    "change_view",
    "cite",
    "cite_outcome",
    "delete_view",
    "merge_target",
    "record_contact",
    "record_letter",
    "record_outcome",
    "record_receipt",
    "save_view",
    "set_next",
    "share",
    "snooze",
    "undo_together",
    "unmerge_target",
    "void_attachment",
    "void_contact",
    "void_evidence",
    "void_letter",
    "void_member",
    "void_outcome",
    "void_status",
]
