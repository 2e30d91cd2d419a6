"""The arithmetic of the chain: digests that each event and each text must match."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime

START = "0" * 64


def canonical(body: object) -> str:
    """JSON in one form only: sorted keys, no spaces, text as it is."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def payload_digest(salt: bytes, body: str) -> str:
    """SHA-256 over the salt and the text: without the salt a short text cannot be guessed."""
    return hashlib.sha256(salt + body.encode()).hexdigest()


def event_digest(
    previous: str,
    *,
    position: int,
    at: datetime,
    actor_id: int | None,
    name: str,
    record_ids: Iterable[int],
    payload: str,
) -> str:
    """SHA-256 over the previous event's digest and all that this event says."""
    link = [previous, position, at.isoformat(), actor_id, name, sorted(record_ids), payload]
    return hashlib.sha256(canonical(link).encode()).hexdigest()
