"""E-mail by SMTP, which honours no key: a line that breaks in the middle leaves it unclear."""

import smtplib
from contextlib import suppress

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from reminders.channels.letter import Letter
from reminders.channels.outcomes import REFUSED, RETRY, SENT, UNCLEAR, Outcome, Text
from reminders.rules.returns import mail_report


class MailChannel:
    """One SMTP connection for a batch, opened at the first message and again after a loss."""

    def __init__(self, connection: BaseEmailBackend | None = None) -> None:
        self.connection = connection or get_connection()

    def deliver(self, *, to: str, text: Text, key: str) -> Outcome:
        """Send one e-mail. Until the server has the connection nothing can have gone out; after that a lost line is unclear."""
        try:
            self.connection.open()
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(RETRY, f"The mail server can't be reached ({type(error).__name__}).")
        try:
            self.mail_of(to, text, key).send()
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            return self.answered(code, said, is_of_recipient=True)
        except smtplib.SMTPSenderRefused as error:
            return self.answered(error.smtp_code)
        except smtplib.SMTPResponseException as error:
            return self.answered(error.smtp_code, error.smtp_error)
        except (TimeoutError, OSError, smtplib.SMTPException) as error:
            self.close()
            return Outcome(UNCLEAR, f"The connection was lost while sending ({type(error).__name__}).")
        return Outcome(SENT)

    def mail_of(self, to: str, text: Text, key: str) -> Letter:
        return Letter(text, sender=settings.DEFAULT_FROM_EMAIL, to=to, key=key, host=host(), connection=self.connection)

    def answered(self, code: int, said: bytes | str = b"", *, is_of_recipient: bool = False) -> Outcome:
        """The server said no: for good (5xx), perhaps because of the address, or for now (4xx)."""
        self.close()
        if 500 <= code < 600:
            words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
            report = mail_report(code, words, is_of_recipient=is_of_recipient)
            return Outcome(REFUSED, f"The mail server refused it for good ({code}).", report=report)
        return Outcome(RETRY, f"The mail server refused it for now ({code}).")

    def close(self) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self.connection.close()


def host() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
