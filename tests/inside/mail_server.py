"""A real mail server on loopback, which can also refuse, hang, and hang up."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Letterbox:
    """What came in, and what the server does next: `take`, or the answer that it gives instead."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    to_sender: str = ""
    to_recipient: str = ""
    to_data: str = ""
    hangs_for: float = 0
    hangs_up: bool = False  # after the data, before it says that it has them
    to_goodbye: str = "221 Bye"

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """A mail is announced, by whom it is from."""
        if self.to_sender:
            return self.to_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """A mail is offered for somebody."""
        if self.to_recipient:
            return self.to_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """A mail is handed over."""
        if self.hangs_for:
            await asyncio.sleep(self.hangs_for)
        if self.hangs_up:
            assert server.transport is not None
            server.transport.close()
            return "421 Gone"
        if self.to_data:
            return self.to_data
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients += envelope.rcpt_tos
        return "250 OK"

    async def handle_QUIT(  # noqa: N802
        self, _server: SMTP, _session: Session, _envelope: Envelope
    ) -> str:
        """The line is to be ended."""
        return self.to_goodbye


@contextmanager
def listening(port: int) -> Iterator[Letterbox]:
    """A server on that port, until the block ends."""
    box = Letterbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
