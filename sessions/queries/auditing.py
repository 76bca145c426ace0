"""What lies within an auditor's grant: sessions of a range or a sample, and what hangs on them."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from clinic.models import AuditorGrant, Site
from sessions.models import SampledSession, TreatmentSession
from sessions.states import DOSED


def sessions_within(grant: AuditorGrant) -> QuerySet[TreatmentSession]:
    """Those drawn, or every one of the days."""
    rows = TreatmentSession.objects.filter(site_id=grant.site_id, treatment_on__gte=grant.first_on, treatment_on__lte=grant.last_on)
    return rows if grant.sample_size is None else rows.filter(pk__in=SampledSession.objects.filter(grant=grant).values("session_id"))


def population(site: Site, first: object, last: object) -> dict[str, int]:
    """What a sample is drawn from: sessions with a dose, by their uid."""
    rows = TreatmentSession.objects.filter(site=site, treatment_on__gte=first, treatment_on__lte=last, status__in=DOSED)
    return {str(uid): pk for uid, pk in rows.values_list("uid", "pk")}


def session_within(grant: AuditorGrant, row: TreatmentSession) -> bool:
    return sessions_within(grant).filter(pk=row.pk).exists()


def of_session_within(grant: AuditorGrant, row: Any) -> bool:
    """A row that names its session, such as a form or an emergency."""
    return row.session_id is not None and sessions_within(grant).filter(pk=row.session_id).exists()


def patient_within(grant: AuditorGrant, row: Any) -> bool:
    """A chart is open where one of its sessions is."""
    return sessions_within(grant).filter(patient_id=row.pk).exists()


def seen_by(grant: AuditorGrant | None, patient: Any) -> Callable[[int | None], bool]:
    """Whether a session of the patient, by its key, lies within a grant, and so what is told of it on the chart; without a grant all is."""
    if grant is None:
        return lambda pk: True
    within = set(sessions_within(grant).filter(patient=patient).values_list("pk", flat=True))
    return lambda pk: pk in within


def of_patient_within(grant: AuditorGrant, row: Any) -> bool:
    return sessions_within(grant).filter(patient_id=row.patient_id).exists()
