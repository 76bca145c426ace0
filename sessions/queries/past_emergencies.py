"""Every emergency of a site, the newest first, with the serious event and the monitoring form that came of it (MON-5, PMF-6)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from clinic.models import Site
from clinic.rules.opening import local_day
from sessions.models import AdverseEvent, Emergency, MonitoringForm
from sessions.states import FormStatus


@dataclass
class Line:
    """One emergency as the list tells it."""

    emergency: Emergency
    minutes: int | None
    events: list[AdverseEvent] = field(default_factory=list)
    form: MonitoringForm | None = None


def emergencies_of(site: Site) -> QuerySet[Emergency]:
    rows = Emergency.objects.filter(site=site).select_related("chair", "patient", "session", "recorded_by")
    return rows.order_by("-pressed_at", "-pk")


def lines_of(site: Site, emergencies: Iterable[Emergency]) -> list[Line]:
    """One page of them, in two queries whatever its length."""
    listed = list(emergencies)
    sessions = {row.session_id for row in listed if row.session_id}
    patients = {row.patient_id for row in listed if row.patient_id}
    serious = AdverseEvent.objects.standing().filter(site=site, is_serious=True).order_by("observed_at", "pk")
    events = list(serious.filter(Q(session_id__in=sessions) | Q(session__isnull=True, patient_id__in=patients)))
    forms = MonitoringForm.objects.filter(site=site, session_id__in=sessions).exclude(status=FormStatus.VOID).order_by("revision", "pk")
    last = {form.session_id: form for form in forms}
    return [
        Line(row, minutes_of(row.pressed_at, row.ended_at), [event for event in events if is_of(event, row, site)], last.get(row.session_id or 0))
        for row in listed
    ]


def is_of(event: AdverseEvent, emergency: Emergency, site: Site) -> bool:
    """Of the same session; where either names none, of the same patient on the same day."""
    if event.session_id is not None and emergency.session_id is not None:
        return event.session_id == emergency.session_id
    is_same_day = local_day(event.observed_at, site.zone) == local_day(emergency.pressed_at, site.zone)
    return emergency.patient_id is not None and event.patient_id == emergency.patient_id and is_same_day


def minutes_of(pressed_at: datetime, ended_at: datetime | None) -> int | None:
    return None if ended_at is None else int((ended_at - pressed_at).total_seconds() // 60)
