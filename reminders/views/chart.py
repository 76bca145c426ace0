"""The chart's messages: everything that was ever sent to a patient or came from them, and what they agreed to."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from clinic import access
from clinic.roles import Permission, may
from patients.access import patient_for
from reminders.queries.chart import SHOWN, keys_of, lines_of, ways_of

PAGE = 40


@require_safe
def patient_messages(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """For whoever may read the chart; looking counts as reading it."""
    place = access.site_for(request, site, Permission.VIEW_RECORD)
    patient = patient_for(request, pk, Permission.VIEW_RECORD)
    now = request.now  # type: ignore[attr-defined]
    what = request.GET.get("show", "")
    what = what if what in SHOWN else ""
    page = Paginator(keys_of(patient, what), PAGE).get_page(request.GET.get("page"))
    role = request.membership.role  # type: ignore[attr-defined]
    context = {
        "patient": patient, "ways": ways_of(patient), "page": page, "lines": lines_of(page.object_list), "what": what, "now": now,
        "tabs": [{"value": value, "label": label} for value, label in SHOWN.items()],
        "may_edit": may(role, Permission.REGISTER_PATIENT), "may_take": may(role, Permission.DECIDE_MESSAGE), "may_decide": may(role, Permission.DECIDE_MESSAGE),
        "crumbs": [{"label": "Patients", "url": reverse("patient_list", args=[place.slug])}, {"label": str(patient), "url": reverse("patient_chart", args=[place.slug, patient.pk])}],
    }  # fmt: skip
    return render(request, "reminders/patient_messages.html", context)
