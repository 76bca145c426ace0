"""Celery's shells: they carry ids, ask the clock and make one call; which site's Monday it is and which export waits stands in the database."""

from datetime import timedelta

from celery import shared_task

from clinic import clock, scope
from clinic.models import Site
from reports import work
from reports.actions import building, digests, downtime, self_audit, summaries
from reports.actions.publishing import publish
from reports.models import DowntimeKit
from reports.queries.building import is_busy, site_of, to_build
from reports.queries.downtime import due_kinds

# Below the task's soft limit with a whole site's patience to spare.
SECONDS = 45
# An export of many years is long; each of its chunks is short, and a lost worker is noticed by its lease.
SOFT, HARD = 1500, 1560


@shared_task
@scope.closed()
def audit_weeks() -> dict[str, int]:
    """The sites whose week is due, then the mails about it."""
    done = self_audit.run_due(now=clock.now(), seconds=SECONDS)
    return {**done, "told": digests.send_digests(now=clock.now())}


@shared_task(soft_time_limit=SOFT, time_limit=HARD)
@scope.closed()
def build_export(export_pk: int) -> None:
    """One at a time, so that reminders always find a free worker; then the one that waits longest."""
    if is_busy(clock.now()):
        return
    if (site_pk := site_of(export_pk)) is not None:
        with scope.of_site(site_pk):
            work.build(export_pk, clock.now)
    for pk in to_build(clock.now(), least=timedelta(0))[:1]:
        publish(pk)


@shared_task
@scope.closed()
def tend_exports() -> dict[str, int]:
    """Ask a worker for what waits or lost its own; delete files whose day is over."""
    waiting = to_build(clock.now())
    for pk in waiting:
        publish(pk)
    return {"asked": len(waiting), "expired": building.expire_exports(now=clock.now())}


@shared_task
@scope.closed()
def make_packets() -> int:
    """Of each site that has set a passphrase, what is due: the next day's in the evening, today's every hour."""
    made = 0
    for site in Site.objects.filter(is_archived=False).order_by("pk"):
        with scope.of_site(site.pk):
            if DowntimeKit.objects.filter(site=site).exists():
                made += sum(downtime.make_packet(site, kind=kind, day=day, now=clock.now()) for kind, day in due_kinds(site, clock.now()))
    return made


@shared_task
@scope.closed()
def sum_up() -> dict[str, int]:
    """What acts and midnights have touched is summed up again; then, once a night of each site, everything beside the truth."""
    done = summaries.sum_up(now=clock.now(), seconds=SECONDS / 2)
    return {**done, "checked": summaries.check_all(now=clock.now(), seconds=SECONDS / 2)["done"]}
