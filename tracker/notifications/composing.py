"""The text of a mail of notices, made when it goes."""

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from tracker.accounts.models import User
from tracker.accounts.viewer import Viewer
from tracker.core.db import db
from tracker.notifications import choices
from tracker.notifications.holding import flags_on, still_holding
from tracker.notifications.models import (
    HowOften,
    Mail,
    Notice,
    NoticeKind,
)
from tracker.notifications.titles import titles
from tracker.records.models import Kind, Record
from tracker.web.settings import settings

ROOMS = {
    Kind.RECOMMENDATION: "recommendations",
    Kind.LETTER: "letters",
    Kind.TARGET: "targets",
    Kind.CONTACT: "contacts",
    Kind.SOURCE: "sources",
}


HEADINGS = {
    NoticeKind.FLAG: "Gone stale",
    NoticeKind.ASSIGNED: "Assigned to you",
    NoticeKind.NEXT_ACTION: "Next actions due",
    NoticeKind.CHANGE: "Watched records that changed",
}
# the words after the number in the subject: for one, and for more
COUNTED = {
    NoticeKind.FLAG: ("gone stale", "gone stale"),
    NoticeKind.ASSIGNED: ("assigned to you", "assigned to you"),
    NoticeKind.NEXT_ACTION: ("next action due", "next actions due"),
    NoticeKind.CHANGE: ("watched record changed", "watched records changed"),
}


FOOT = """
{what}Log in by typing the address yourself.
What you are told, and how often: {base_url}/account/notices
"""


def compose(mail: Mail) -> str | None:
    """Make the text of a mail of what still holds and its reader still sees; or say why it need not
    go."""
    user = db.session.get(User, mail.user_id) if mail.user_id else None
    if user is None or not user.active:
        return "The account is closed."
    rows = db.session.execute(
        select(Notice, Record)
        .join(Record, Record.id == Notice.record_id)
        .where(Notice.mail_id == mail.id)
        .order_by(Notice.id)
    ).all()
    viewer = Viewer.of(user)
    flags = flags_on(row[0] for row in rows)
    for row in rows:
        if flags.get(row[0].about):
            row[0].mail_id = None  # it rests: it is told when it does no more
    wanted = choices.of(user.id)
    held = still_holding(
        viewer,
        [
            (notice, record)
            for notice, record in rows
            if notice.mail_id and getattr(wanted, notice.kind.value) is not HowOften.NEVER
        ],
        flags,
    )
    if not held:
        return "What it told of is over, or not for its reader any more."
    base_url = settings().base_url
    mail.subject = f"Advocacy Tracker: {_counted(held)}"
    mail.body = _text(held, titles(viewer, (record.id for _, record in held)), base_url)
    return None


def _counted(held: Sequence[tuple[Notice, Record]]) -> str:
    """How much a mail tells of each kind, without a name; a record that changed twice counts
    once."""
    counts = Counter(notice.kind for notice, _ in held)
    counts[NoticeKind.CHANGE] = len(
        {record.id for notice, record in held if notice.kind is NoticeKind.CHANGE}
    )
    return ", ".join(
        f"{counts[kind]} {COUNTED[kind][counts[kind] != 1]}" for kind in HEADINGS if counts[kind]
    )


def _text(held: Sequence[tuple[Notice, Record]], titles: Mapping[int, str], base_url: str) -> str:
    parts = []
    for kind, heading in HEADINGS.items():
        own = [(notice, record) for notice, record in held if notice.kind is kind]
        if own:
            lines = [
                "\n    ".join(
                    [
                        f"  {record.reference}  {notice.said}",
                        *([titles[record.id]] if record.id in titles else []),
                        f"{base_url}/{ROOMS[record.kind]}/{record.reference}",
                    ]
                )
                for notice, record in own
            ]
            parts.append("\n".join([f"{heading} ({len(own)})", *lines]))
    what = "" if titles else "What the asks are about stands on their pages, not in mail. "
    return "\n\n".join(parts) + "\n" + FOOT.format(what=what, base_url=base_url)
