"""The mail that invites somebody."""

from sqlalchemy import select

from tracker.accounts.invitations import LASTS, is_still_open, open_ones
from tracker.accounts.models import Invitation
from tracker.core.db import db
from tracker.notifications import outbox
from tracker.notifications.delivery import host_of
from tracker.notifications.models import Mail, MailKind, MailState

OVER = "The invitation is over."

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


def drop_over() -> int:
    """Forget the codes in mails that wait, or were given up, for invitations that are over; how
    many there were."""
    waiting = (MailState.WAITING, MailState.DEAD)
    mails = db.session.execute(
        select(Mail.id, Mail.about).where(
            Mail.kind == MailKind.INVITATION, Mail.state.in_(waiting), Mail.body != ""
        )
    ).all()
    lasting = {invitation.id for invitation in open_ones()}
    over = [mail.id for mail in mails if _number(mail.about) not in lasting]
    outbox.drop(over, OVER)
    return len(over)


def why_not(mail: Mail) -> str | None:
    """An invitation that is over is not sent."""
    found = db.session.get(Invitation, _number(mail.about))
    return None if found and is_still_open(found) else OVER


def _number(about: str) -> int:
    return int(about.rpartition(" ")[2])
