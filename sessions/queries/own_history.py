"""The checks of a patient's last sessions, in one query whatever the history."""

from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from clinic.prepared import prepared
from sessions.models import DeviceUse, Observation, TreatmentSession
from sessions.rules.own_history import Earlier
from sessions.states import Status

SESSIONS = 8
ENDED = (Status.DISCHARGED, Status.LEFT, Status.TRANSFERRED)


@prepared
def checks_before(patient_pk: int, site_pk: int, day: date) -> QuerySet[Observation, tuple[Any, ...]]:
    last = TreatmentSession.objects.filter(patient_id=patient_pk, site_id=site_pk, status__in=ENDED, treatment_on__lt=day)
    sprayed = DeviceUse.objects.standing().filter(session_id=OuterRef("session_id"), sprays__gt=0).order_by("observed_at")
    rows: Any = (
        Observation.objects.standing()
        .filter(session_id__in=last.order_by("-treatment_on", "-pk").values("pk")[:SESSIONS])
        .annotate(first_at=Subquery(sprayed.values("observed_at")[:1]))
        .order_by()
        .values_list("session_id", "observed_at", "first_at", "systolic", "spo2")
    )
    return rows  # type: ignore[no-any-return]


def earlier_checks(session: TreatmentSession) -> list[Earlier]:
    """Those of the last eight dosed sessions before this one at the same site, in minutes from their first device."""
    rows = checks_before(session.patient_id, session.site_id, session.treatment_on)
    return [Earlier(pk, (at - first).total_seconds() / 60, systolic, spo2) for pk, at, first, systolic, spo2 in rows if first is not None]
