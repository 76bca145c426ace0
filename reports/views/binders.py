"""Ask for an audit binder of a range of days, or of one patient; the export's own page tells how far it is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from clinic import access
from clinic.forms.base import attempt
from clinic.http import see_other
from clinic.queries.opening import today_at
from clinic.roles import Permission
from patients.access import patient_for
from patients.models import Patient
from reports.actions.exports import ask_export
from reports.binders import KIND
from reports.forms.binders import BinderForm, PatientBinderForm, last_quarter
from reports.models import Export


@require_http_methods(["GET", "HEAD", "POST"])
def binder(request: HttpRequest, site: str) -> HttpResponse:
    the_site = access.site_for(request, site, Permission.VIEW_REPORTS)
    access.require(request, Permission.EXPORT, "export")
    patient = asked_patient(request)
    initial = last_quarter(today_at(the_site, request.now)) if patient is None else {}  # type: ignore[attr-defined]
    form = (BinderForm if patient is None else PatientBinderForm)(request.POST or None, initial=initial)
    asked: list[Export] = []

    def act(**values: object) -> None:
        told = {name: form.cleaned_data[name] for name in ("recipient", "purpose", "client_key")}
        filters = {"patient": patient.pk} if patient is not None else form.filters  # type: ignore[union-attr]
        asked.append(ask_export(the_site, kind=KIND.code, filters=filters, by=request.user, now=request.now, **told))  # type: ignore[attr-defined, arg-type]

    if request.method == "POST" and attempt(form, act):
        return see_other("export", the_site.slug, asked[0].pk)
    context = {"form": form, "patient": patient}
    return render(request, "reports/binder.html", context, status=422 if form.is_bound else 200)


def asked_patient(request: HttpRequest) -> Patient | None:
    """The patient of `?patient=`; one who isn't of this site is as unknown as any number."""
    text = request.GET.get("patient", "")
    if not text:
        return None
    pk = int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0
    return patient_for(request, pk, Permission.VIEW_RECORD)
