"""A real SMTP server that keeps what it gets; it can also refuse, as real ones do."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from scripts.launcher.ports import free_port


class Inbox:
    """What arrived, in order. `refuse_with("451 try later")` makes the next messages bounce until `accept()`; `dead` are mailboxes that don't exist."""

    def __init__(self) -> None:
        self.port = free_port()
        self.messages: list[EmailMessage] = []
        self.refusal = ""
        self.dead: set[str] = set()

    def refuse_with(self, answer: str) -> None:
        self.refusal = answer

    def accept(self) -> None:
        self.refusal = ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address in self.dead:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refusal:
            return self.refusal
        message = message_from_bytes(envelope.content, policy=policy.default)
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.messages.append(message)  # type: ignore[arg-type]
        return "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in list(self.messages) if message["X-Envelope-To"] == address]

    def wait_for(self, count: int, *, seconds: float = 60) -> list[EmailMessage]:
        """The messages once at least `count` are here; fails when they don't come in time."""
        deadline = time.monotonic() + seconds
        while len(self.messages) < count:
            if time.monotonic() > deadline:
                raise AssertionError(f"{len(self.messages)} of {count} messages arrived in {seconds:g} s")
            time.sleep(0.1)
        return list(self.messages)

    @property
    def environment(self) -> dict[str, str]:
        return {"VIGIL_SMTP_HOST": "127.0.0.1", "VIGIL_SMTP_PORT": str(self.port), "VIGIL_SMTP_SECURITY": "none"}


@contextmanager
def running_inbox() -> Iterator[Inbox]:
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=inbox.port)
    controller.start()
    try:
        yield inbox
    finally:
        controller.stop()
