"""Celery's shell of the desk: the administrators of a site hear at once that one of its charts was opened from elsewhere."""

import logging
from contextlib import suppress

from celery import current_app, shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from kombu.exceptions import OperationalError

from clinic import scope
from patients.models import EmergencyRead
from patients.queries.emergency_reads import to_be_told

log = logging.getLogger(__name__)

SUBJECT = "Please review"
BODY = """Hello {name},

a record of {site} was opened from another site in an emergency. Please say within three days whether that was right:
{link}
"""


def ask_to_tell(read_pk: int) -> None:
    """After the commit. Without a broker the board tells it all the same."""
    with suppress(OperationalError):
        current_app.send_task("desk.tasks.tell_of_emergency_read", args=[read_pk], expires=6 * 60 * 60)


@shared_task(autoretry_for=(OSError,), retry_backoff=30, retry_jitter=True, max_retries=3)
@scope.closed()
def tell_of_emergency_read(read_pk: int) -> int:
    """How many were written to: neutral words, no patient (MSG-4). OSError is any trouble with the mail server: smtplib's are of it."""
    with scope.every():
        row = EmergencyRead.objects.select_related("site").get(pk=read_pk)
    link = settings.VIGIL_ORIGIN + reverse("emergency_read_review", args=[row.site.slug, row.pk])
    with scope.of_site(row.site_id):
        people = list(to_be_told(row.site))
    for person in people:
        send_mail(SUBJECT, BODY.format(name=person.printed_name, site=row.site.public_name, link=link), None, [person.email])
    return len(people)
