"""What the form pages share: the act with its refusals beside the fields, the page itself, the way back to the chart."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from clinic.findings import Refused
from clinic.forms.base import show_refusal
from clinic.http import see_other
from patients.models import Patient

Made = TypeVar("Made")
OWN = ("client_key", "opened")
# Said where somebody ends what goes on in another house: the REMS is told before (SET-8).
GOES_ON_ELSEWHERE = "Goes on at another setting? Plan the move on the chart, so that the REMS is told before (SET-8)."


def done(form: forms.BaseForm, act: Callable[[], Made]) -> Made | None:
    """What the act made, or None when the form isn't good or the act was refused; the findings then stand beside their fields."""
    if not form.is_valid():
        return None
    try:
        return act()
    except Refused as refused:
        show_refusal(form, refused)
        return None


def split(cleaned: dict[str, Any]) -> dict[str, Any]:
    """What a form holds, as an action takes it: the fields, and beside them the page's key and what it showed when it was opened."""
    own = {name: cleaned[name] for name in OWN if name in cleaned}
    return {"fields": {name: value for name, value in cleaned.items() if name not in own}, **own}


def form_page(request: HttpRequest, form: forms.BaseForm, *, title: str, patient: Patient | None = None, lead: str = "") -> HttpResponse:
    """One form in the plain frame: 200, or 422 with what was typed. A patient's form says whose it is."""
    context = {"form": form, "title": title, "patient": patient, "lead": lead, "crumbs": crumbs(request, patient)}
    return render(request, "patients/form.html", context, status=422 if form.is_bound else 200)


def crumbs(request: HttpRequest, patient: Patient | None) -> list[dict[str, str]]:
    slug = request.site.slug  # type: ignore[attr-defined]
    trail = [{"label": "Patients", "url": reverse("patient_list", args=[slug])}]
    if patient is not None:
        trail.append({"label": str(patient), "url": reverse("patient_chart", args=[slug, patient.pk])})
    return trail


def to_chart(request: HttpRequest, patient_pk: int, section: str = "") -> HttpResponse:
    """303 to the chart, at a section of it."""
    response = see_other("patient_chart", request.site.slug, patient_pk)  # type: ignore[attr-defined]
    if section:
        response["Location"] += f"#{section}"
    return response
