"""Failed log-ins, counted in the database for all processes at once.

An account and a network together are slowed; the person is never shut out from elsewhere, and a
network never from other accounts.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import delete, func, select

from tracker.accounts import queries
from tracker.accounts.models import LoginFailure
from tracker.core.db import db
from tracker.core.now import now
from tracker.history import actions as history

MOST = 5
WINDOW = timedelta(minutes=1)
KEPT = timedelta(days=30)


def network_of(address: str | None) -> str:
    """The network of an address, as far as one subscriber has it: /24 of IPv4, /64 of IPv6."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return "unknown"
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    return str(ip_network((found, 24 if found.version == 4 else 64), strict=False))


def is_slowed(email: str, network: str) -> bool:
    """Whether that account has failed too often from there in the last minute, account or no
    account."""
    failed = db.session.scalar(
        select(func.count())
        .select_from(LoginFailure)
        .where(LoginFailure.pair == _pair(email, network), LoginFailure.at > now() - WINDOW)
    )
    return (failed or 0) >= MOST


def note_failure(email: str, network: str) -> None:
    """Keep that a log-in failed; those of more than a month ago go. The fifth within a minute is
    told in the history, if there is such an account."""
    moment, pair = now(), _pair(email, network)
    old = delete(LoginFailure).where(LoginFailure.at < moment - KEPT)
    db.session.execute(old.execution_options(synchronize_session=False))
    user = queries.user_by_email(email)
    user_id = user.id if user else None
    db.session.add(LoginFailure(pair=pair, user_id=user_id, network=network, at=moment))
    db.session.flush()
    if user_id and is_slowed(email, network):
        body = {"after": {"person": user_id, "network": network}}
        history.record("user.slowed", actor_id=None, body=body)


@dataclass(frozen=True)
class Failures:
    """How often logging in failed for an account (nothing: for addresses without one) from a
    network, and when last."""

    user_id: int | None
    network: str
    times: int
    last_at: datetime


def failures(since: datetime, most: int = 50) -> list[Failures]:
    """The failed log-ins since a moment, by account and network, most recent first."""
    times, last = func.count(), func.max(LoginFailure.at, type_=LoginFailure.at.type)
    found = db.session.execute(
        select(LoginFailure.user_id, LoginFailure.network, times, last)
        .where(LoginFailure.at > since)
        .group_by(LoginFailure.user_id, LoginFailure.network)
        .order_by(last.desc(), LoginFailure.network)
        .limit(most)
    )
    return [Failures(*row) for row in found]


def _pair(email: str, network: str) -> str:
    """An address that is no account's may be anything, a password too: it is not kept as it is."""
    said = f"{email.strip().lower()} {network}"
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
