"""What is sent, and how an attempt can end: sent, refused, worth a retry, or unclear."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from reminders.rules.returns import Report

SENT, REFUSED, RETRY, UNCLEAR, WITHDRAWN, LATER = "sent", "refused", "retry", "unclear", "withdrawn", "later"


@dataclass(frozen=True)
class Event:
    """A visit as a file for the patient's calendar; `method` is REQUEST, CANCEL or PUBLISH (RFC 5546)."""

    method: str
    content: str


@dataclass(frozen=True)
class Text:
    """What is said: a subject and a body without any clinical word (MSG-4). A text message has no subject.

    `events` are the visits as calendar files; `wrong` says which rule it breaks: such a one is never sent, a person decides.
    """

    subject: str
    body: str
    language: str
    html: str = ""
    events: tuple[Event, ...] = ()
    wrong: str = ""


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended; `detail` names no patient. `withdrawal` says which kind of withdrawal it is; `report` what a refusal says of the address."""

    kind: str
    detail: str = ""
    not_before: datetime | None = None
    withdrawal: str = ""
    report: Report | None = None


class Channel(Protocol):
    """Hands one message over. `key` is the same for every try of one round; who honours it sends no second copy."""

    def deliver(self, *, to: str, text: Text, key: str) -> Outcome: ...

    def close(self) -> None: ...
