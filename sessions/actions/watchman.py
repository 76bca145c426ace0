"""The watchman's round: raise what is late or nearly late, and lower what no longer is. The board derives the same without him."""

import logging
from datetime import datetime

from django.db import DatabaseError

from clinic.actions.notices import raise_notice, resolve_notices
from clinic.models import Heartbeat, Notice, Site
from clinic.queries import open_notices
from sessions.models import MonitoringForm, TreatmentSession
from sessions.queries.calls import waiting_alerts
from sessions.queries.forgotten import FORGOTTEN_NOTICE, forgotten_open
from sessions.queries.forms import pressing_forms
from sessions.queries.overdue import overdue_checks

log = logging.getLogger(__name__)
CHECK, FORM, CALLED = "check_overdue", "form_due", "prescriber_called"


def make_round(*, now: datetime) -> dict[str, int]:
    """Every site once. A site that fails doesn't keep the others waiting, but then no sign of life is left: the board says so."""
    raised, failed = 0, 0
    for site in Site.objects.filter(is_archived=False).order_by("pk"):
        try:
            raised += watch_site(site, now=now)
        except (DatabaseError, ArithmeticError, LookupError, ValueError):
            failed += 1
            log.exception("The watchman could not look after site %s.", site.pk)
    if not failed:
        Heartbeat.objects.update_or_create(name="watchman", defaults={"beat_at": now})
    return {"raised": raised, "failed": failed}


def watch_site(site: Site, *, now: datetime) -> int:
    """Raise one notice per late check, pressing form and session open past closing, and resolve those that were settled otherwise; how many stand."""
    late = overdue_checks(site, now)
    for found in late:
        text = f"{found.session.chair.name}: {found.due.label.lower()} is late."
        raise_notice(site, CHECK, "MON-3", found.session, text, now, due_at=found.due.at)
    called = waiting_alerts(site, now)
    for alert in called:
        raise_notice(
            site, CALLED, "MON-6", alert.session, f"{alert.session.chair.name}: an alert waits for the prescriber.", now, due_at=alert.raised_at
        )
    pressing = pressing_forms(site, now)
    for row in pressing:
        text = f"A monitoring form must be sent by {row.limits.staffed_due_on:%b %d}."
        raise_notice(site, FORM, "PMF-5", row.form, text, now)
    forgotten = [found for found in forgotten_open(site, now) if not found.is_explained]
    for found in forgotten:
        text = f"{found.session.chair.name}: a session is still open after closing."
        raise_notice(site, FORGOTTEN_NOTICE, "PMF-1", found.session, text, now, due_at=found.since)
    lower(site, FORGOTTEN_NOTICE, TreatmentSession, {found.session.pk for found in forgotten}, now)
    lower(site, CHECK, TreatmentSession, {found.session.pk for found in late}, now)
    lower(site, CALLED, TreatmentSession, {alert.session_id for alert in called}, now)
    lower(site, FORM, MonitoringForm, {row.form.pk for row in pressing}, now)
    return len(late) + len({alert.session_id for alert in called}) + len(pressing) + len(forgotten)


def lower(site: Site, kind: str, model: type[TreatmentSession] | type[MonitoringForm], standing: set[int], now: datetime) -> None:
    """Resolve the notices of a kind whose target is no longer late."""
    for notice in open_notices(site, kind):
        if notice.target_pk not in standing:
            resolve_notices(site, kind, target_of(notice, model), "No longer late.", now)


def target_of(notice: Notice, model: type[TreatmentSession] | type[MonitoringForm]) -> TreatmentSession | MonitoringForm:
    """The row a notice is about, by its key alone: nothing of it is read."""
    return model(pk=notice.target_pk)
