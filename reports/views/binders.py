"""Ask for an audit binder of a range of days, or of one patient; the export's own page tells how far it is."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from clinic import access
from clinic.forms.base import attempt
from clinic.http import see_other
from clinic.models import AuditorGrant
from clinic.queries.opening import today_at
from clinic.roles import Permission
from patients.access import patient_for
from patients.models import Patient
from reports.actions.exports import ask_export
from reports.binders import KIND
from reports.forms.binders import BinderForm, WholeBinderForm, last_quarter
from reports.models import Export


@require_http_methods(["GET", "HEAD", "POST"])
def binder(request: HttpRequest, site: str) -> HttpResponse:
    the_site = access.site_for(request, site, Permission.VIEW_REPORTS)
    access.require(request, Permission.EXPORT, "export")
    patient, grant = asked_patient(request), asked_grant(request)
    is_range = patient is None and grant is None
    initial: dict[str, Any] = last_quarter(today_at(the_site, request.now)) if is_range else {}  # type: ignore[attr-defined]
    if grant is not None:
        initial = {"recipient": grant.printed_name, "purpose": grant.purpose}
    form = (BinderForm if is_range else WholeBinderForm)(request.POST or None, initial=initial)
    asked: list[Export] = []

    def act(**values: object) -> None:
        told = {name: form.cleaned_data[name] for name in ("recipient", "purpose", "client_key")}
        whole = {"grant": grant.pk} if grant is not None else {"patient": patient.pk} if patient is not None else None
        filters = whole or form.filters  # type: ignore[union-attr]
        asked.append(ask_export(the_site, kind=KIND.code, filters=filters, by=request.user, now=request.now, **told))  # type: ignore[attr-defined, arg-type]

    if request.method == "POST" and attempt(form, act):
        return see_other("export", the_site.slug, asked[0].pk)
    context = {"form": form, "patient": patient, "grant": grant}
    return render(request, "reports/binder.html", context, status=422 if form.is_bound else 200)


def asked_patient(request: HttpRequest) -> Patient | None:
    """The patient of `?patient=`; one who isn't of this site is as unknown as any number."""
    pk = asked_number(request, "patient")
    return patient_for(request, pk, Permission.VIEW_RECORD) if pk is not None else None


def asked_grant(request: HttpRequest) -> AuditorGrant | None:
    """The auditor's access of `?grant=`: the binder holds exactly what they were let in to."""
    pk = asked_number(request, "grant")
    if pk is None:
        return None
    rows = AuditorGrant.objects.select_related("site")
    return access.row_for(request, rows, pk, Permission.MANAGE_STAFF, "auditorgrant")  # type: ignore[no-any-return]


def asked_number(request: HttpRequest, name: str) -> int | None:
    """0 for what is no number: nobody has it."""
    text = request.GET.get(name, "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0
