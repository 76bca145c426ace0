"""Register and edit a patient, their status, the people around them."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from clinic.access import site_for
from clinic.actions.merging import opened_as
from clinic.http import see_other
from clinic.queries import today_at
from clinic.roles import Permission, may
from patients import access
from patients.actions import patient as actions
from patients.forms.patient import ContactEditForm, ContactForm, PatientForm, StatusForm
from patients.views.page import GOES_ON_ELSEWHERE, OWN, done, form_page, split, to_chart

get_and_post = require_http_methods(["GET", "HEAD", "POST"])


@get_and_post
def patient_new(request: HttpRequest, site: str) -> HttpResponse:
    """`?intake` goes on to the intake."""
    place = site_for(request, site, Permission.REGISTER_PATIENT)
    is_referral = "intake" in request.GET and may(request.membership.role, Permission.MANAGE_INTAKE)
    form = PatientForm(request.POST or None, site=place, today=today_at(place, request.now))
    if request.method == "POST":
        # A second post of the same page is no namesake: it comes to whom the first one registered.
        key = form.key
        made = actions.registered_before(place, key) or done(
            form, lambda: actions.register_patient(site=place, fields=form.values, client_key=key, by=request.user, now=request.now)
        )
        if made is not None:
            return see_other("intake_new", site, made.pk) if is_referral else to_chart(request, made.pk)
    return form_page(request, form, title="Register a referral" if is_referral else "Register a patient")


@get_and_post
def patient_edit(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    place = site_for(request, site, Permission.REGISTER_PATIENT)
    patient = access.patient_for(request, pk, Permission.REGISTER_PATIENT)
    initial = {**{name: getattr(patient, name) for name in actions.FIELDS}, "opened": opened_as(patient, actions.FIELDS)}
    form = PatientForm(request.POST or None, site=place, today=today_at(place, request.now), patient=patient, initial=initial)
    if request.method == "POST" and done(
        form, lambda: actions.edit_patient(patient, fields=form.values, opened=form.cleaned_data["opened"], by=request.user, now=request.now)
    ):
        return to_chart(request, pk)
    return form_page(request, form, title="Edit", patient=patient)


@get_and_post
def patient_status(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.REGISTER_PATIENT)
    patient = access.patient_for(request, pk, Permission.REGISTER_PATIENT)
    initial = {"status": patient.status, "reason": patient.status_reason, "opened": opened_as(patient, ["status"])}
    form = StatusForm(request.POST or None, initial=initial)
    if request.method == "POST" and done(
        form,
        lambda: actions.change_status(patient, **form.cleaned_data, by=request.user, now=request.now),
    ):
        return to_chart(request, pk)
    lead = f"Any status but active stops messages to the patient. Booked visits stay until they are cancelled. {GOES_ON_ELSEWHERE}"
    return form_page(request, form, title="Change the status", patient=patient, lead=lead)


@get_and_post
def contact_new(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.REGISTER_PATIENT)
    patient = access.patient_for(request, pk, Permission.REGISTER_PATIENT)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and done(
        form, lambda: actions.save_contact(patient, contact=None, **split(form.cleaned_data), by=request.user, now=request.now)
    ):
        return to_chart(request, pk, "contacts")
    return form_page(request, form, title="Add a contact", patient=patient)


@get_and_post
def contact_edit(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.REGISTER_PATIENT)
    contact = access.contact_for(request, pk, Permission.REGISTER_PATIENT)
    names = [name for name in ContactEditForm.base_fields if name not in OWN]
    initial = {**{name: getattr(contact, name) for name in names}, "opened": opened_as(contact, names)}
    form = ContactEditForm(request.POST or None, initial=initial)
    if request.method == "POST" and done(
        form, lambda: actions.save_contact(contact.patient, contact=contact, **split(form.cleaned_data), by=request.user, now=request.now)
    ):
        return to_chart(request, contact.patient_id, "contacts")
    return form_page(request, form, title="Edit the contact", patient=contact.patient)
