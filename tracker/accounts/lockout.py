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
from tracker.accounts.models import LoginFailure, User
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


def note_attempt(email: str, network: str) -> int | None:
    """Keep that somebody tries to log in, before anything is looked at, so that no number of tries
    at once passes. Nothing, where too many failed already; else the key of the try, which counts as
    a failure until it is taken back."""
    moment, user = now(), queries.user_by_email(email)
    pair = _pair(user, email, network)
    old = delete(LoginFailure).where(LoginFailure.at < moment - KEPT)
    db.session.execute(old.execution_options(synchronize_session=False))
    attempt = LoginFailure(pair=pair, user_id=user.id if user else None, network=network, at=moment)
    db.session.add(attempt)
    db.session.flush()
    if _failed(pair) > MOST:
        db.session.delete(attempt)
        return None
    return attempt.id


def take_back(attempt_id: int) -> None:
    """Forget a try that succeeded."""
    own = delete(LoginFailure).where(LoginFailure.id == attempt_id)
    db.session.execute(own.execution_options(synchronize_session=False))


def note_end(email: str, network: str) -> None:
    """Tell in the history when a failure was the last before the account is slowed from there; of
    an address without an account too, which costs the same."""
    user = queries.user_by_email(email)
    if _failed(_pair(user, email, network)) >= MOST:
        who = {"person": user.id} if user else {}
        history.record("user.slowed", actor_id=None, body={"after": {**who, "network": network}})


def _failed(pair: str) -> int:
    statement = select(func.count()).select_from(LoginFailure)
    recent = statement.where(LoginFailure.pair == pair, LoginFailure.at > now() - WINDOW)
    return db.session.scalar(recent) or 0


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


def _pair(user: User | None, email: str, network: str) -> str:
    """One for each account and network, however the address is written. One that is no account's
    may be anything, a password too: it is not kept as it is."""
    whom = f"account {user.id}" if user else f"address {email.strip().casefold()}"
    said = f"{whom} {network}"
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
