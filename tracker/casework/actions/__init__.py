"""Writes that span rooms: each checks the rules, changes, settles what follows, records history."""

from tracker.casework.actions.asks import (
    add_ask,
    change_ask,
    change_status,
    cite,
    set_next,
    snooze,
)
from tracker.casework.actions.contacts import record_contact, void_contact
from tracker.casework.actions.letters import record_letter
from tracker.casework.actions.merging import merge_target, unmerge_target
from tracker.casework.actions.outcomes import record_outcome, void_outcome
from tracker.casework.actions.sharing import share

__all__ = [
    "add_ask",
    "change_ask",
    "change_status",
    "cite",
    "merge_target",
    "record_contact",
    "record_letter",
    "record_outcome",
    "set_next",
    "share",
    "snooze",
    "unmerge_target",
    "void_contact",
    "void_outcome",
]
