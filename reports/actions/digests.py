"""Tell the authorized representative by e-mail that the week was judged: counts and a link, nothing about any patient."""

import logging
import smtplib
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F
from django.urls import reverse

from clinic import scope
from clinic.models import AuthorizedRepresentative
from clinic.queries import today_at
from reports.models import SelfAudit
from reports.queries.self_audit import age, open_findings, representative_of, unsent_digests
from reports.rules.self_audit import Tone

log = logging.getLogger(__name__)

TRIES = 5
BETWEEN = timedelta(minutes=15)
KEEPS = timedelta(days=5)
SUBJECT = "Weekly check"
BODY = """Hello {name},

the weekly check of {site} on {day} is done.

New: {found}
Closed: {closed}
Open now: {open}, of them {old} to act on now and {nobody} without an owner

Sign in to see them:
{link}
"""


def send_digests(*, now: datetime) -> int:
    """Every digest that is due; how many went out. A mail server that is away is tried again, five times."""
    sent = 0
    with scope.every():
        due = list(unsent_digests(now, since=now - KEEPS, tried_before=now - BETWEEN, most=TRIES))
    for row in due:
        with scope.of_site(row.site_id):
            to = representative_of(row.site, today_at(row.site, now))
            if to is not None and claimed(row, now):
                sent += send(row, to, now)
    return sent


def claimed(row: SelfAudit, now: datetime) -> bool:
    """One conditional update: of two workers one sends."""
    mine = SelfAudit.objects.filter(pk=row.pk, digest_tries=row.digest_tries, digest_sent_at__isnull=True)
    return mine.update(digest_tries=F("digest_tries") + 1, digest_tried_at=now) == 1


def send(row: SelfAudit, to: AuthorizedRepresentative, now: datetime) -> bool:
    try:
        taken = send_mail(SUBJECT, body(row, to, now), None, [to.email]) == 1
    except (smtplib.SMTPException, OSError) as error:
        log.warning("The digest of self-audit %s could not be sent: %s", row.pk, type(error).__name__)
        return False
    if taken:
        SelfAudit.objects.filter(pk=row.pk).update(digest_sent_at=now)
    return taken


def body(row: SelfAudit, to: AuthorizedRepresentative, now: datetime) -> str:
    """Neutral words: neither what is treated nor which product (MSG-4)."""
    site, today = row.site, today_at(row.site, now)
    standing = list(open_findings(site))
    return BODY.format(
        name=to.name, site=site.public_name, day=f"{row.week_on:%A, %B} {row.week_on.day}", found=row.found, closed=row.closed, open=len(standing),
        old=sum(age(one, today).tone is Tone.ACT for one in standing), nobody=sum(one.owner_id is None for one in standing),
        link=settings.VIGIL_ORIGIN + reverse("self_audit", args=[site.slug]),
    )  # fmt: skip
