"""Letters to a person about sign-ins: what was changed of their own, so that somebody else's change is seen. No site and no patient is named (MSG-4)."""

import logging
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

from celery import current_app
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from kombu.exceptions import OperationalError

from clinic import scope
from clinic.models import Membership, User

log = logging.getLogger(__name__)
TASK = "clinic.tasks.tell_of_account"
LASTS = 24 * 60 * 60  # seconds that the broker keeps it

SUBJECTS = {
    "codes.used": "A recovery code was used",
    "ended": "Your sign-in was ended",
    "closed": "Your sign-in was closed",
    "review": "Please review",
}
CHANGED = "Your sign-in was changed"
WORDS = {
    "password.changed": "Your password was changed.",
    "password.reset": "A new password was set by the link of a mail.",
    "added.totp": "An app for codes was added as a second step.",
    "added.webauthn": "A passkey was added.",
    "removed.totp": "The app for codes was removed as a second step.",
    "removed.webauthn": "A passkey was removed.",
    "codes.renewed": "New recovery codes were made; the old ones hold no more.",
    "codes.used": "One of your recovery codes was used. It holds no more.",
    "taken": "An administrator took your second steps away. You set up a new one at your next sign-in.",
    "ended": "Your sign-in was ended after five wrong tries at a signature.",
    "closed": "Somebody gave five wrong passwords for your sign-in. It was closed for five minutes, and opens by itself.",
    "review": "Five wrong tries were made at a sign-in of your site, and were stopped.",
}
BODY = """Hello {name},

{what}
When: {when}

{asked}
{link}
"""
YOURS = "If that was you, or you asked for it, you need do nothing.\nIf not: set a new password at once, and tell an administrator of your site."
REVIEW = "Please look at the audit trail within three days, ask whoever it was, and sign the review of the trail."


def tell(user: User, what: str, *, now: datetime) -> None:
    """After the commit. What has no words needs none: recovery codes that come along with a first second step."""
    if what in WORDS:
        transaction.on_commit(partial(ask_to_tell, user.pk, what, now))


def ask_to_tell(user_pk: int, what: str, at: datetime) -> None:
    """By a worker, who tries again; without a broker from here, once."""
    try:
        current_app.send_task(TASK, args=[user_pk, what, at.isoformat()], expires=LASTS)
    except OperationalError:
        with suppress(OSError):
            deliver(user_pk, what, at)


def deliver(user_pk: int, what: str, at: datetime) -> int:
    """How many the mail server took. Raises OSError, as smtplib's errors are."""
    user = User.objects.filter(pk=user_pk).first()
    if user is None:
        return 0
    asked, page = (REVIEW, "home") if what == "review" else (YOURS, "account_reset_password")
    body = BODY.format(name=user.printed_name, what=WORDS[what], when=when(user, at), asked=asked, link=settings.VIGIL_ORIGIN + reverse(page))
    try:
        return send_mail(SUBJECTS.get(what, CHANGED), body, None, [user.email])
    except OSError as error:
        log.warning("A letter about account %s could not be sent: %s", user_pk, type(error).__name__)
        raise


def when(user: User, at: datetime) -> str:
    """By the wall of the site that they belong to longest."""
    with scope.of_person(user.pk):
        place = Membership.objects.filter(user=user, is_active=True).select_related("site").order_by("pk").first()
    local = at.astimezone(place.site.zone if place is not None else UTC)
    return f"{local:%A, %B} {local.day}, {local:%H:%M} ({local:%Z})"
