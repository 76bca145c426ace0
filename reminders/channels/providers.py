"""Who delivers: e-mail by the installation's server, texts by the provider that a site has chosen; opened once for a batch."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from reminders.channels.files import SCHEME, FileChannel
from reminders.channels.mail import MailChannel
from reminders.channels.outcomes import Channel
from reminders.models import OutboxMessage, SiteMessaging

SMTP, HTTP, TWILIO = "smtp", SiteMessaging.Provider.HTTP, SiteMessaging.Provider.TWILIO
# Those who send one copy however often we ask under one key.
KEYED = (HTTP,)


class Providers:
    """The channels of one batch, each opened at its first message."""

    def __init__(self) -> None:
        self.opened: dict[tuple[str, str], Channel] = {}

    def of(self, provider: str, sender: str) -> Channel:
        """The open channel of a provider for a sender's number. Raises KeyError for a provider that isn't known."""
        key = (provider, sender if provider != SMTP else "")
        if key not in self.opened:
            self.opened[key] = open_channel(provider, sender)
        return self.opened[key]

    def close(self) -> None:
        for channel in self.opened.values():
            channel.close()


def open_channel(provider: str, sender: str) -> Channel:
    if provider == SMTP:
        return MailChannel()
    if provider == HTTP and settings.VIGIL_DEMONSTRATION and settings.VIGIL_TEXT_URL.startswith(SCHEME):
        return FileChannel(url=settings.VIGIL_TEXT_URL, sender=sender)
    from reminders.channels.http import KeyedChannel, TwilioChannel  # a worker's alone: the web sends nothing

    if provider == HTTP:
        return KeyedChannel(url=settings.VIGIL_TEXT_URL, sender=sender, token=settings.VIGIL_TEXT_TOKEN)
    if provider == TWILIO:
        account, token = settings.VIGIL_TWILIO_ACCOUNT, settings.VIGIL_TWILIO_TOKEN
        return TwilioChannel(url=settings.VIGIL_TWILIO_URL, sender=sender, account=account, token=token)
    raise KeyError(provider)


def provider_of(message: OutboxMessage, messaging: SiteMessaging | None) -> str:
    """Who is to deliver a message; a repeat goes to whom it was begun with. Empty: the site sends no texts."""
    if message.channel == OutboxMessage.Channel.EMAIL:
        return SMTP
    if message.provider in KEYED:
        return message.provider
    return str(messaging.provider) if messaging is not None else ""


@contextmanager
def opened() -> Iterator[Providers]:
    providers = Providers()
    try:
        yield providers
    finally:
        providers.close()
