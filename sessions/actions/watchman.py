"""The watchman's round: raise what is late or nearly late, and lower what no longer is. The board derives the same without him."""

import logging
from datetime import datetime

from django.db import DatabaseError

from clinic import scope
from clinic.actions.notices import raise_notice
from clinic.models import Heartbeat, Notice, Site
from clinic.queries import open_notices
from sessions.actions.adverse import watch_events
from sessions.queries.floor import concerns_of
from sessions.rules.concerns import KINDS

log = logging.getLogger(__name__)


def make_round(*, now: datetime) -> dict[str, int]:
    """Every site once. A site that fails doesn't keep the others waiting, but then no sign of life is left: the board says so."""
    raised, failed = 0, 0
    for site in Site.objects.filter(is_archived=False).order_by("pk"):
        try:
            with scope.of_site(site.pk):
                raised += watch_site(site, now=now)
        except (DatabaseError, ArithmeticError, LookupError, ValueError):
            failed += 1
            log.exception("The watchman could not look after site %s.", site.pk)
    if not failed:
        Heartbeat.objects.update_or_create(name="watchman", defaults={"beat_at": now})
    return {"raised": raised, "failed": failed}


def watch_site(site: Site, *, now: datetime) -> int:
    """One open notice for each concern of the floor, none for what was settled otherwise; how many stand.

    Two watchmen at once are harmless: a notice is unique while it is open, and each lowers only what he doesn't find.
    """
    found = {one.key: one for one in concerns_of(site, now)}
    standing = {key_of(notice): notice for notice in open_notices(site).filter(kind__in=[kind.code for kind in KINDS])}
    for key, one in found.items():
        notice = standing.get(key)
        if notice is None or (notice.text, notice.due_at) != (one.words, one.since):
            raise_notice(site, one.kind.code, one.kind.rule, one.target, one.words, now, due_at=one.since, discriminator=one.discriminator)
    gone = [notice.pk for key, notice in standing.items() if key not in found]
    Notice.objects.filter(pk__in=gone, resolved_at__isnull=True).update(resolved_at=now, resolved_how="No longer late.")
    return len(found) + watch_events(site, now=now)


def key_of(notice: Notice) -> tuple[str, str, int, str]:
    return (notice.kind, notice.target_kind, notice.target_pk, notice.discriminator)
