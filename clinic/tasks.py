"""Celery's shells around backups, anchors and letters about an account: they ask the clock and make one call; what is due stands in the database."""

import logging
from datetime import datetime

from celery import shared_task
from django.conf import settings

from clinic import account_mail, clock, scope
from clinic.actions import anchoring, guessing
from clinic.backups import BackupFailed
from clinic.findings import Refused
from clinic.models import BackupRun
from clinic.queries.backups import due_kind
from clinic.saving import saved

log = logging.getLogger(__name__)
# A large clinic's drill takes minutes. Who asks again meanwhile finds the place taken.
SOFT, HARD = 2 * 60 * 60, 2 * 60 * 60 + 60


@shared_task(soft_time_limit=SOFT, time_limit=HARD)
@scope.closed()
def tend_backups() -> str:
    """The day's backup or the week's drill, when it is due. A failure is a row, which the operator's page shows."""
    kind = due_kind(clock.now(), hour=settings.VIGIL_BACKUP_HOUR) if settings.VIGIL_BACKUPS else None
    if kind is None:
        return "nothing due"
    try:
        return BackupRun.Status(saved(kind=kind, folder=settings.VIGIL_BACKUP_DIR, ask_now=clock.now).status).label
    except Refused:
        return "under way"
    except BackupFailed as failure:
        log.error("The %s failed: %s", kind, failure)
        return "failed"


@shared_task
@scope.closed()
def anchor() -> dict[str, int]:
    return anchoring.anchor(now=clock.now())


@shared_task
@scope.closed()
def tell_of_closed() -> int:
    return guessing.tell_of_closed(now=clock.now())


@shared_task(autoretry_for=(OSError,), retry_backoff=30, retry_jitter=True, max_retries=5)
@scope.closed()
def tell_of_account(user_pk: int, what: str, at: str) -> int:
    """OSError is any trouble with the mail server: smtplib's are of it."""
    return account_mail.deliver(user_pk, what, datetime.fromisoformat(at))
