"""Authorisations of payers, moves to another setting (SET-8), and what a course says of sessions elsewhere."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from clinic.access import site_for
from clinic.actions.merging import opened_as
from clinic.queries import today_at
from clinic.roles import Permission
from patients import access
from patients.actions import authorisations, course, transfers
from patients.forms.courses import words_of
from patients.forms.moves import ELSEWHERE, AuthorisationForm, CallOffForm, ElsewhereForm, MoveForm, ToldForm, elsewhere_of
from patients.models import Authorisation, Patient
from patients.views.page import done, form_page, to_chart
from patients.views.patient import get_and_post

MANAGE = Permission.MANAGE_INTAKE


@get_and_post
def authorisation_new(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """A first one, or a renewal."""
    place = site_for(request, site, MANAGE)
    patient = access.patient_for(request, pk, MANAGE)
    form = AuthorisationForm(request.POST or None, is_correction=False, initial={"from_on": today_at(place, request.now)})
    if request.method == "POST" and done(form, lambda: save_authorisation(request, form, patient)):
        return to_chart(request, pk, "authorisations")
    return form_page(request, form, title="Authorisation of the payer", patient=patient)


@get_and_post
def authorisation_correct(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, MANAGE)
    old = access.authorisation_for(request, pk, MANAGE)
    names = ("payer", "number", "sessions_granted", "from_on", "until_on", "note")
    form = AuthorisationForm(request.POST or None, is_correction=True, initial={name: getattr(old, name) for name in names})
    if request.method == "POST" and done(form, lambda: save_authorisation(request, form, old.patient, old)):
        return to_chart(request, old.patient_id, "authorisations")
    lead = "For what was written down wrong. A renewal is a new authorisation."
    return form_page(request, form, title="Put the authorisation right", patient=old.patient, lead=lead)


def save_authorisation(request: HttpRequest, form: AuthorisationForm, patient: Patient, old: Authorisation | None = None) -> Authorisation:
    told: dict[str, Any] = {"client_key": form.cleaned_data["client_key"], "reason": form.cleaned_data["reason"] if old is not None else ""}
    return authorisations.record_authorisation(patient, fields=form.values, supersedes=old, **told, by=request.user, now=request.now)


@get_and_post
def transfer_out(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = site_for(request, site, MANAGE)
    patient = access.patient_for(request, pk, MANAGE)
    form = MoveForm(request.POST or None, site=place, initial={"owner": request.user.pk})
    if request.method == "POST" and done(form, lambda: transfers.plan_move(patient, **form.cleaned_data, by=request.user, now=request.now)):
        return to_chart(request, pk, "move")
    lead = "The REMS must know before treatment moves to another certified setting. This opens the task to tell it."
    return form_page(request, form, title="The patient moves to another setting", patient=patient, lead=lead)


@get_and_post
def transfer_told(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = site_for(request, site, MANAGE)
    move = access.transfer_for(request, pk, MANAGE)
    form = ToldForm(request.POST or None, site=place, now=request.now, initial={"told_by": request.user.pk})
    if request.method == "POST" and done(form, lambda: transfers.tell_of_move(move, **form.cleaned_data, by=request.user, now=request.now)):
        return to_chart(request, move.patient_id, "move")
    lead = f"Treatment moves to {move.to_setting} on {move.moves_on:%-d %b %Y}."
    return form_page(request, form, title="Tell the REMS of the move", patient=move.patient, lead=lead)


@get_and_post
def transfer_call_off(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, MANAGE)
    move = access.transfer_for(request, pk, MANAGE)
    form = CallOffForm(request.POST or None)
    if request.method == "POST" and done(
        form, lambda: transfers.call_off_move(move, reason=form.cleaned_data["reason"], by=request.user, now=request.now)
    ):
        return to_chart(request, move.patient_id, "move")
    return form_page(request, form, title="The patient stays", patient=move.patient)


@get_and_post
def course_elsewhere(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """`pk` is the course's. What the intake was told comes first while the course says nothing."""
    site_for(request, site, Permission.PRESCRIBE)
    row = access.course_for(request, pk, Permission.PRESCRIBE)
    told = elsewhere_of(row) or told_elsewhere(row.patient)
    form = ElsewhereForm(request.POST or None, initial={**told, "opened": opened_as(row, ELSEWHERE)})
    fields = {name: form.cleaned_data[name] for name in ELSEWHERE} if form.is_bound and form.is_valid() else {}
    if request.method == "POST" and done(
        form,
        lambda: course.put_elsewhere_right(row, fields=fields, opened=form.cleaned_data["opened"], by=request.membership, now=request.now),
    ):
        return to_chart(request, row.patient_id, "course")
    return form_page(request, form, title="Sessions at another setting", patient=row.patient, lead=words_of(row))


def told_elsewhere(patient: Patient) -> dict[str, object]:
    """What the patient's open intake was told of sessions elsewhere."""
    intake = patient.intakes.filter(status="open").first()
    return elsewhere_of(intake) if intake is not None else {}
