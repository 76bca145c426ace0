"""The only door to one session: hidden ones are 404, forbidden acts are 403."""

from django.http import HttpRequest

from clinic.access import row_for
from clinic.roles import Permission
from sessions.models import MonitoringForm, TreatmentSession


def session_for(request: HttpRequest, pk: int, permission: Permission) -> TreatmentSession:
    """One session of the request's site, with its patient, chair, course and order. `clinic.access.site_for` comes first."""
    rows = TreatmentSession.objects.select_related("patient", "chair", "course", "order", "policy", "monitor")
    session: TreatmentSession = row_for(request, rows, pk, permission, "treatmentsession")
    session.site = request.site  # type: ignore[attr-defined]
    return session


def form_for(request: HttpRequest, pk: int, permission: Permission) -> MonitoringForm:
    """One monitoring form of the request's site, with its session and patient."""
    rows = MonitoringForm.objects.select_related("session", "session__patient", "session__course", "session__policy", "completed_by")
    form: MonitoringForm = row_for(request, rows, pk, permission, "monitoringform")
    return form
