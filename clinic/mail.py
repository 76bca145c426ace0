"""Mail of this room: an invitation's link. Sent when the transaction is over; a failure is the caller's to say."""

import logging
import smtplib

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse

from clinic.models import Invitation

log = logging.getLogger(__name__)

BODY = """Hello {name},

{site} has made a place for you in its scheduling and records system.

Open this link to choose a password and join. It works once, until {until}:
{link}

If you didn't expect this, you need do nothing.
"""


def link_of(token: str) -> str:
    return settings.VIGIL_ORIGIN + reverse("accept_invitation", args=[token])


def send_invitation(invitation: Invitation, token: str) -> bool:
    """Whether the mail server took the invitation. Neutral words: neither what is treated nor which product (MSG-4)."""
    site = invitation.site
    until = invitation.expires_at.astimezone(site.zone)
    body = BODY.format(name=invitation.printed_name, site=site.public_name, until=f"{until:%A, %B} {until.day}, {until:%H:%M}", link=link_of(token))
    try:
        sent = send_mail("Your invitation", body, None, [invitation.email])
    except (smtplib.SMTPException, OSError) as error:
        log.warning("Invitation %s could not be sent: %s", invitation.pk, type(error).__name__)
        return False
    return sent == 1
