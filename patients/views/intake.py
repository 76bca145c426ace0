"""The intake list by step, and the acts on one intake."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from clinic.access import site_for
from clinic.models import Site
from clinic.queries import policy_on, today_at
from clinic.roles import Permission, may
from patients import access
from patients.actions import intake as actions
from patients.forms.intake import DropForm, IntakeForm, OwnerForm, PressForm, StepForm, TakeBackForm
from patients.models import Intake, Patient
from patients.queries.intake import Line, closed_intakes, end_facts, open_lines
from patients.queries.search import found_patients
from patients.rules.intake import RECORDED, Step, is_slow
from patients.rules.seeking import LONGEST
from patients.views.intake_ways import Next, next_of
from patients.views.page import done, form_page, to_chart
from patients.views.patient import get_and_post

PAGE = 40
MANAGE = Permission.MANAGE_INTAKE


@dataclass(frozen=True)
class Shown:
    """One row of the list."""

    line: Line
    next: Next
    is_slow: bool


@get_and_post
def intake_list(request: HttpRequest, site: str) -> HttpResponse:
    """Open intakes by step, own or all; searching is a POST, so that no name stands in an address. `status` shows the closed ones."""
    place = site_for(request, site, Permission.VIEW_RECORD)
    asked = request.POST if request.method == "POST" else request.GET
    text = request.POST.get("q", "")[:LONGEST].replace("\x00", "")
    chosen = {name: asked.get(name, "") for name in ("status", "step", "whose")}
    context = {
        **chosen, "q": text, "is_closed": chosen["status"] in ("finished", "dropped"),
        "may_manage": may(request.membership.role, MANAGE), "may_register": may(request.membership.role, Permission.REGISTER_PATIENT),
    }  # fmt: skip
    context |= closed_page(place, chosen["status"], asked) if context["is_closed"] else open_page(request, place, chosen, text, asked)
    response = render(request, "patients/_intake_rows.html" if request.htmx else "patients/intake_list.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def open_page(request: HttpRequest, place: Site, chosen: dict[str, str], text: str, asked: Any) -> dict[str, Any]:
    today = today_at(place, request.now)
    listed = open_lines(place, today)
    if chosen["whose"] == "mine":
        listed = [line for line in listed if line.intake.owner_id == request.user.pk]
    if text.strip():
        pks = set(found_patients(Patient.objects.filter(pk__in=[line.intake.patient_id for line in listed]), text, today))
        listed = [line for line in listed if line.intake.patient_id in pks]
    counts = [{"step": step, "count": sum(line.step is step for line in listed)} for step in Step if step is not Step.REFERRED]
    total = len(listed)
    if chosen["step"] in set(Step):
        listed = [line for line in listed if line.step == chosen["step"]]
    page = Paginator(listed, PAGE).get_page(asked.get("page", ""))
    most = policy_on(place, today).intake_step_days
    rows = [Shown(line, next_of(line, place.slug, request.membership.role), is_slow(days=line.days, most=most)) for line in page.object_list]
    return {"rows": rows, "page": page, "counts": counts, "total": total, "most": most}


def closed_page(place: Site, status: str, asked: Any) -> dict[str, Any]:
    page: Page[Intake] = Paginator(closed_intakes(place, status), PAGE).get_page(asked.get("page", ""))
    ends = end_facts(page.object_list)
    return {"closed": [{"intake": intake, "end": ends.get(intake.pk)} for intake in page.object_list], "page": page}


@get_and_post
def intake_new(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = site_for(request, site, MANAGE)
    patient = access.patient_for(request, pk, MANAGE)
    form = IntakeForm(request.POST or None, site=place, today=today_at(place, request.now), initial={"owner": request.user.pk})
    if request.method == "POST" and done(
        form,
        lambda: actions.begin_intake(patient, fields=form.values, client_key=form.cleaned_data["client_key"], by=request.user, now=request.now),
    ):
        return to_chart(request, pk, "intake")
    return form_page(request, form, title="Begin the intake", patient=patient)


def act_on(request: HttpRequest, intake: Intake, form: BaseForm, act: Callable[[], Any], *, title: str, lead: str = "") -> HttpResponse:
    """One form about one intake: back to its chart, or 422 with what was typed."""
    if request.method == "POST" and done(form, act):
        return to_chart(request, intake.patient_id, "intake")
    return form_page(request, form, title=title, patient=intake.patient, lead=lead)


@get_and_post
def intake_step(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """`?step=` says which one is offered first."""
    place = site_for(request, site, MANAGE)
    intake = access.intake_for(request, pk, MANAGE)
    asked = request.GET.get("step", "")
    initial = {"done_by": request.user.pk} | ({"step": asked} if asked in RECORDED else {})
    form = StepForm(
        request.POST or None, site=place, today=today_at(place, request.now),
        may_chart=may(request.membership.role, Permission.CLINICAL_CHART), initial=initial,
    )  # fmt: skip
    lead = "The other steps are read off the chart: trials, authorisation, consent, enrolment, order."
    return act_on(
        request, intake, form, lambda: actions.record_step(intake, **form.values, by=request.membership, now=request.now),
        title="Record a step of the intake", lead=lead,
    )  # fmt: skip


@get_and_post
def intake_step_back(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """`pk` is the recorded step's."""
    site_for(request, site, MANAGE)
    fact = access.intake_fact_for(request, pk, MANAGE)
    form = TakeBackForm(request.POST or None)
    lead = f"{fact.get_kind_display()}, {fact.observed_at:%-d %b %Y}"
    return act_on(
        request, fact.intake, form, lambda: actions.take_step_back(fact, **form.cleaned_data, by=request.membership, now=request.now),
        title="Take a step back", lead=lead,
    )  # fmt: skip


@get_and_post
def intake_give(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = site_for(request, site, MANAGE)
    intake = access.intake_for(request, pk, MANAGE)
    form = OwnerForm(request.POST or None, site=place, initial={"owner": intake.owner_id})
    return act_on(
        request, intake, form, lambda: actions.give_intake(intake, owner=form.cleaned_data["owner"], by=request.user, now=request.now),
        title="Hand the intake over",
    )  # fmt: skip


@get_and_post
def intake_drop(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, MANAGE)
    intake = access.intake_for(request, pk, MANAGE)
    form = DropForm(request.POST or None)
    lead = "Nothing on the chart changes. The intake can be reopened."
    return act_on(
        request, intake, form, lambda: actions.drop_intake(intake, **form.cleaned_data, by=request.user, now=request.now),
        title="The patient drops out", lead=lead,
    )  # fmt: skip


@get_and_post
def intake_finish(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    return press(request, site, pk, actions.finish_intake, "Finish the intake", "Every step is done; the patient leaves the list.")


@get_and_post
def intake_reopen(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    return press(
        request, site, pk, actions.reopen_intake, "Reopen the intake", "What was recorded still stands; the days of its step count from today."
    )


def press(request: HttpRequest, site: str, pk: int, act: Callable[..., Any], title: str, lead: str) -> HttpResponse:
    site_for(request, site, MANAGE)
    intake = access.intake_for(request, pk, MANAGE)
    form = PressForm(request.POST or None, button=title)
    return act_on(
        request,
        intake,
        form,
        lambda: act(intake, client_key=form.cleaned_data["client_key"], by=request.user, now=request.now),
        title=title,
        lead=lead,
    )
