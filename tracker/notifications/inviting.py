"""The mail that invites somebody."""

from tracker.accounts.invitations import LASTS, is_still_open
from tracker.accounts.models import Invitation
from tracker.core.db import db
from tracker.notifications import outbox
from tracker.notifications.delivery import host_of
from tracker.notifications.models import Mail, MailKind

TEXT = """\
{organisation} invites you to the Advocacy Tracker.

Type this address into your browser yourself, and look at it before you go on:

  {base_url}/join

There, give the e-mail address to which this came, and this code:

  {code}

The code is good once, for {days} days, and for that e-mail address alone. No mail of ours
holds a link that logs you in. If you do not know who invites you, delete this.
"""


def write(invitation: Invitation, code: str, base_url: str) -> Mail:
    """Put the mail of an invitation into the outbox."""
    return outbox.write(
        MailKind.INVITATION,
        f"invitation {invitation.id}",
        recipient=invitation.email,
        subject="You are invited to the Advocacy Tracker",
        body=TEXT.format(
            organisation=invitation.organisation.name,
            base_url=base_url,
            code=code,
            days=LASTS.days,
        ),
        host=host_of(base_url),
    )


def why_not(mail: Mail) -> str | None:
    """An invitation that is over is not sent."""
    found = db.session.get(Invitation, int(mail.about.rpartition(" ")[2]))
    return None if found and is_still_open(found) else "The invitation is over."
