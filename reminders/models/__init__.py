"""What the messages keep: the outbox, how a site sends, what patients texted back, and what didn't arrive."""

from reminders.models.inbound import InboundText, TextHandling, TextSender
from reminders.models.outbox import OutboxMessage, SendAttempt, SiteMessaging, Wording
from reminders.models.returns import DeliveryReport, Reinstatement, Undeliverable

__all__ = [
    "DeliveryReport",
    "InboundText",
    "OutboxMessage",
    "Reinstatement",
    "SendAttempt",
    "SiteMessaging",
    "TextHandling",
    "TextSender",
    "Undeliverable",
    "Wording",
]
