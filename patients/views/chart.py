"""Medicines, antidepressant trials and a patient's own limits."""

from django.http import HttpRequest, HttpResponse

from clinic.access import site_for
from clinic.actions.merging import opened_as
from clinic.queries import today_at
from clinic.roles import Permission
from patients import access
from patients.actions import chart as actions
from patients.forms.chart import ConfirmForm, MedicineForm, MedicineStopForm, StandingForm, TrialForm
from patients.views.page import OWN, done, form_page, split, to_chart
from patients.views.patient import get_and_post


@get_and_post
def medicine_new(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.CLINICAL_CHART)
    patient = access.patient_for(request, pk, Permission.CLINICAL_CHART)
    form = MedicineForm(request.POST or None)
    if request.method == "POST" and done(form, lambda: actions.add_medicine(patient, **split(form.cleaned_data), by=request.user, now=request.now)):
        return to_chart(request, pk, "medicines")
    return form_page(request, form, title="Add a medicine", patient=patient)


@get_and_post
def medicine_stop(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = site_for(request, site, Permission.CLINICAL_CHART)
    medicine = access.medicine_for(request, pk, Permission.CLINICAL_CHART)
    form = MedicineStopForm(request.POST or None, initial={"stopped_on": today_at(place, request.now)})
    if request.method == "POST" and done(
        form, lambda: actions.stop_medicine(medicine, stopped_on=form.cleaned_data["stopped_on"], by=request.user, now=request.now)
    ):
        return to_chart(request, medicine.patient_id, "medicines")
    return form_page(request, form, title=f"Stop {medicine.name}", patient=medicine.patient)


@get_and_post
def trial_new(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.CLINICAL_CHART)
    patient = access.patient_for(request, pk, Permission.CLINICAL_CHART)
    form = TrialForm(request.POST or None)
    if request.method == "POST" and done(
        form, lambda: actions.save_trial(patient, trial=None, **split(form.cleaned_data), by=request.user, now=request.now)
    ):
        return to_chart(request, pk, "trials")
    return form_page(request, form, title="Add an antidepressant trial", patient=patient)


@get_and_post
def trial_edit(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.CLINICAL_CHART)
    trial = access.trial_for(request, pk, Permission.CLINICAL_CHART)
    names = [name for name in TrialForm.base_fields if name not in OWN]
    form = TrialForm(request.POST or None, initial={**{name: getattr(trial, name) for name in names}, "opened": opened_as(trial, names)})
    if request.method == "POST" and done(
        form, lambda: actions.save_trial(trial.patient, trial=trial, **split(form.cleaned_data), by=request.user, now=request.now)
    ):
        return to_chart(request, trial.patient_id, "trials")
    return form_page(request, form, title="Edit the trial", patient=trial.patient)


@get_and_post
def standing_new(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = site_for(request, site, Permission.PRESCRIBE)
    patient = access.patient_for(request, pk, Permission.PRESCRIBE)
    form = StandingForm(request.POST or None, today=today_at(place, request.now))
    if request.method == "POST" and done(
        form, lambda: actions.set_standing_parameters(patient, **split(form.cleaned_data), by=request.membership, now=request.now)
    ):
        return to_chart(request, pk, "standing")
    lead = "Limits for this patient alone. What stays empty is the clinic's. New limits take the place of earlier ones."
    return form_page(request, form, title="Set own limits", patient=patient, lead=lead)


@get_and_post
def standing_end(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.PRESCRIBE)
    standing = access.standing_for(request, pk, Permission.PRESCRIBE)
    form = ConfirmForm(request.POST if request.method == "POST" else None, button="End them now")
    if request.method == "POST" and done(form, lambda: actions.end_standing_parameters(standing, by=request.membership, now=request.now)):
        return to_chart(request, standing.patient_id, "standing")
    return form_page(request, form, title="End the patient's own limits", patient=standing.patient, lead="From then on the clinic's limits hold.")
