"""Who has looked at this patient: asked of the audit trail, for those who may read it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic import access
from clinic.roles import Permission
from patients.access import patient_for
from patients.queries.readers import readers_of


@require_safe
def patient_readers(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    access.site_for(request, site, Permission.VIEW_AUDIT)
    patient = patient_for(request, pk, Permission.VIEW_RECORD)
    return render(request, "patients/readers.html", {"patient": patient, "readers": readers_of(patient)})
