"""How a message leaves the house: e-mail by SMTP. Every end is told apart: sent, refused, worth a retry, or unclear."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

SENT, REFUSED, RETRY, UNCLEAR, WITHDRAWN, LATER = "sent", "refused", "retry", "unclear", "withdrawn", "later"


@dataclass(frozen=True)
class Text:
    """What is said: a subject and a body without any clinical word (MSG-4)."""

    subject: str
    body: str
    language: str


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended; `detail` names no patient."""

    kind: str
    detail: str = ""
    not_before: datetime | None = None


class MailChannel:
    """One SMTP connection for a batch, opened at the first message and again after a loss."""

    def __init__(self, connection: BaseEmailBackend) -> None:
        self.connection = connection

    def deliver(self, *, to: str, text: Text, key: str) -> Outcome:
        """Send one e-mail. Until the server has the connection nothing can have gone out; after that a lost line is unclear."""
        try:
            self.connection.open()
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(RETRY, f"The mail server can't be reached ({type(error).__name__}).")
        mail = EmailMultiAlternatives(text.subject, text.body, settings.DEFAULT_FROM_EMAIL, [to], connection=self.connection)
        mail.extra_headers = {"Message-ID": f"<{key}@{host()}>", "Auto-Submitted": "auto-generated", "Content-Language": text.language}
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            return self.answered(code)
        except smtplib.SMTPResponseException as error:
            return self.answered(error.smtp_code)
        except (TimeoutError, OSError, smtplib.SMTPException) as error:
            self.close()
            return Outcome(UNCLEAR, f"The connection was lost while sending ({type(error).__name__}).")
        return Outcome(SENT)

    def answered(self, code: int) -> Outcome:
        """The server said no: for good (5xx) or for now (4xx)."""
        self.close()
        if 500 <= code < 600:
            return Outcome(REFUSED, f"The mail server refused it for good ({code}).")
        return Outcome(RETRY, f"The mail server refused it for now ({code}).")

    def close(self) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self.connection.close()


def host() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"


@contextmanager
def open_mail() -> Iterator[MailChannel]:
    channel = MailChannel(get_connection())
    try:
        yield channel
    finally:
        channel.close()
