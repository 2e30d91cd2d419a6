"""Every event that can happen, with the words that pages show for it."""

EVENTS: dict[str, str] = {
    "organisation.added": "Organisation added",
    "user.added": "Account made",
    "user.disabled": "Account disabled",
    "reference.loaded": "Reference data loaded",
    "agency.added": "Body added",
    "target.added": "Target recorded",
    "target.changed": "Target changed",
    "target.member_voided": "Member voided",
    "target.merged": "Targets merged",
    "target.unmerged": "Merge taken back",
    "source.added": "Source recorded",
    "source.cited": "Evidence added",
    "source.voided": "Evidence voided",
    "letter.recorded": "Letter recorded",
    "recommendation.recorded": "Ask recorded",
    "recommendation.changed": "Ask changed",
    "recommendation.status_changed": "Status changed",
    "recommendation.status_voided": "Status voided",
    "contact.recorded": "Contact recorded",
    "contact.voided": "Contact voided",
    "outcome.recorded": "Outcome recorded",
    "outcome.voided": "Outcome voided",
    "clock.snoozed": "Clock snoozed",
    "record.audience_changed": "Audience changed",
    "record.tagged": "Tags changed",
    "bulk.changed": "Asks changed together",
    "bulk.undone": "A change of several asks taken back",
    "view.saved": "View saved",
    "view.changed": "View changed",
    "view.deleted": "View deleted",
    "job.stale_sweep": "Stale sweep",
    "demo.loaded": "Demonstration data loaded",
}

# what was done to two records at once: told only to those who may see both
OF_TWO = frozenset({"target.merged", "target.unmerged"})
