"""Celery's shell around the weekly self-audit: it asks the clock; which site's Monday it is stands in the database."""

from celery import shared_task

from clinic import clock
from reports.actions import digests, self_audit

# Below the task's soft limit with a whole site's patience to spare.
SECONDS = 45


@shared_task
def audit_weeks() -> dict[str, int]:
    """The sites whose week is due, then the mails about it."""
    done = self_audit.run_due(now=clock.now(), seconds=SECONDS)
    return {**done, "told": digests.send_digests(now=clock.now())}
