"""Anchors: heads of the history, kept where the machine cannot reach them."""

from dataclasses import dataclass

from sqlalchemy import select

from tracker.core.db import db
from tracker.history import chain
from tracker.history.models import HistoryChain, HistoryEvent


@dataclass(frozen=True)
class Anchor:
    """A chain's head at some time, kept where nobody who has the database can change it: whoever
    writes a whole chain anew, with digests that fit, cannot make them meet it."""

    chain: str
    length: int
    head: str

    def __str__(self) -> str:
        return f"{self.chain}:{self.length}:{self.head}"

    @classmethod
    def parse(cls, text: str) -> "Anchor":
        """The anchor of a line such as `main:120:9f…`. Raises `ValueError` with what to do."""
        chain_name, _, rest = text.strip().partition(":")
        length, _, head = rest.partition(":")
        is_number = length.isascii() and length.isdecimal() and len(length) < 16
        if not chain_name or not is_number or not _is_digest(head):
            raise ValueError(
                "Give an anchor as `tracker audit anchor` printed it, a line of its own."
            )
        return cls(chain_name, int(length), head)

    def problem(self) -> str | None:
        """What is wrong with the chain as it is now, seen from this anchor, if anything is."""
        if self.length == 0:
            return None if self.head == chain.START else "not how any chain begins"
        found = db.session.scalar(
            select(HistoryEvent.digest).where(
                HistoryEvent.chain == self.chain, HistoryEvent.position == self.length
            )
        )
        if found is None:
            return f"entry {self.length}: cut off since the anchor was taken"
        if found != self.head:
            return f"entry {self.length}: not the one of the anchor, it or one before was rewritten"
        return None


def heads() -> list[Anchor]:
    """The head of every chain, to be kept elsewhere."""
    found = db.session.scalars(select(HistoryChain).order_by(HistoryChain.name))
    return [Anchor(each.name, each.length, each.head) for each in found]


def _is_digest(text: str) -> bool:
    return len(text) == len(chain.START) and set(text) <= set("0123456789abcdef")
