"""The line to the mail server."""

import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from threading import Timer
from typing import Any
from urllib.parse import unquote, urlsplit

from tracker.core.now import now

TIMEOUT = 20  # seconds that a server may be silent
# and before it answers to the text, which it may look through first: who gives up sooner sends what
# was taken once more (RFC 5321, 4.5.3.2.6)
ANSWER_TIMEOUT = 100
# seconds that a server may take for one mail, however busily: less than a mail is claimed for
LIMIT = 120
TOO_LARGE = 552  # RFC 1870


class Failed(Exception):
    """A mail did not go; `for_good` where the same mail will never go."""

    def __init__(self, problem: str, *, for_good: bool) -> None:
        self.for_good = for_good
        super().__init__(problem)


def message(
    *, sender: str, recipient: str, subject: str, body: str, message_id: str, **headers: str
) -> EmailMessage:
    """A plain text mail. Further headers are not folded: a program that unsubscribes by such an
    address could not read it then."""
    mail = EmailMessage(SMTP.clone(refold_source="none"))
    mail["From"] = f"Advocacy Tracker <{sender}>"
    mail["To"] = recipient
    mail["Subject"] = subject
    mail["Date"] = format_datetime(now())
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"
    for name, value in headers.items():
        mail.set_raw(name.replace("_", "-"), value)
    mail.set_content(body)
    return mail


def send(url: str, mail: EmailMessage, before_text: Callable[[], None]) -> None:
    """Hand one mail to the server; `before_text` is called when the server has taken sender and
    recipient, and the text is what comes next. Raises `Failed`; where nothing is raised the server
    has acknowledged the mail."""
    try:
        line = _line(url)
        line.before_text = before_text
        try:
            line.send_message(mail)
        finally:
            _leave(line)
    except smtplib.SMTPRecipientsRefused as refusal:
        code, said = next(iter(refusal.recipients.values()))
        raise Failed(_said(code, said), for_good=code >= 500) from None
    except smtplib.SMTPResponseException as refusal:
        # a 5xx at the log-in, or to our own address, is the operator's to mend: then the mail goes
        is_of_the_mail = isinstance(refusal, smtplib.SMTPDataError) or (
            isinstance(refusal, smtplib.SMTPSenderRefused) and refusal.smtp_code == TOO_LARGE
        )
        for_good = refusal.smtp_code >= 500 and is_of_the_mail
        raise Failed(_said(refusal.smtp_code, refusal.smtp_error), for_good=for_good) from None
    except (smtplib.SMTPException, OSError) as problem:
        raise Failed(f"{type(problem).__name__}: {problem}", for_good=False) from None
    except (ValueError, UnicodeError) as problem:
        raise Failed(f"It cannot be written as a mail: {problem}", for_good=True) from None


class _Limited:
    """A line that is cut after a while, though the server never falls silent for long."""

    sock: socket.socket | None
    before_text: Callable[[], None]

    def connect(self, *where: Any, **more: Any) -> tuple[int, bytes]:
        self._cut_later = Timer(LIMIT, self._cut)
        self._cut_later.daemon = True
        self._cut_later.start()
        try:
            answer: tuple[int, bytes] = super().connect(*where, **more)  # type: ignore[misc]
        except BaseException:
            self._cut_later.cancel()
            raise
        return answer

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.before_text()
        if self.sock is not None:
            self.sock.settimeout(ANSWER_TIMEOUT)
        answer: tuple[int, bytes] = super().data(msg)  # type: ignore[misc]
        return answer

    def _cut(self) -> None:
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._cut_later.cancel()
        super().close()  # type: ignore[misc]


class _Plain(_Limited, smtplib.SMTP):
    """A line that begins in clear."""


class _Secure(_Limited, smtplib.SMTP_SSL):
    """A line that is encrypted from its start."""


def _leave(line: smtplib.SMTP) -> None:
    """Say goodbye. Whatever the server answers, what it acknowledged before is sent."""
    with suppress(smtplib.SMTPException, OSError):
        line.quit()
    line.close()


def _line(url: str) -> "_Plain | _Secure":
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    context = ssl.create_default_context()
    line: _Plain | _Secure
    if parts.scheme == "smtps":
        line = _Secure(host, parts.port or 465, timeout=TIMEOUT, context=context)
    else:
        line = _Plain(host, parts.port or 25, timeout=TIMEOUT)
    try:
        if parts.query == "starttls=1":
            line.starttls(context=context)
        if parts.username:
            line.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        line.close()
        raise
    return line


def _said(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {text}"
