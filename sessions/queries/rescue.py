"""Booked visits on days that have closed, and what was settled of them; derived, for a lower room never calls up (DOS-9)."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from clinic.models import Closure, Site
from sessions.models import Settled, TreatmentSession
from sessions.rules.rescue import is_stranded
from sessions.states import Status


def stranded_from(site_pk: int, first: Any) -> "QuerySet[TreatmentSession]":
    """Booked visits from a day on whose day is marked as closed, with `closed_from`; of an early closing those before it, too."""
    closed = Closure.objects.filter(site_id=OuterRef("site_id"), closed_on=OuterRef("treatment_on")).order_by()
    kept = Settled.objects.filter(session=OuterRef("pk"), closed_on=OuterRef("treatment_on"), outcome=Settled.Outcome.KEPT).order_by()
    rows = TreatmentSession.objects.filter(Exists(closed), ~Exists(kept), site_id=site_pk, status=Status.BOOKED, treatment_on__gte=first)
    return rows.annotate(closed_from=Subquery(closed.values("closes_at")[:1]))


def stranded_on(site: Site, day: date) -> list[TreatmentSession]:
    """The visits of one closed day that nobody has settled yet, in order of time."""
    rows = stranded_from(site.pk, day).filter(treatment_on=day).select_related("patient", "chair", "course").order_by("starts_at", "pk")
    return [row for row in rows if is_stranded(row.ends_at, day, row.closed_from, site.zone)]  # type: ignore[attr-defined]


def settled_on(site: Site, day: date) -> list[Settled]:
    """What was settled of a day, in order of time; the last word about each visit."""
    rows = Settled.objects.filter(site=site, closed_on=day).select_related("session__patient", "session__chair", "settled_by")
    last = {row.session_id: row for row in rows.order_by("settled_at", "pk")}
    return sorted(last.values(), key=lambda row: (row.was_at, row.pk))
