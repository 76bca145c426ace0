"""Record and correct enrolment, screening and consent."""

from django.http import HttpRequest, HttpResponse

from clinic.access import site_for
from clinic.queries import today_at
from clinic.roles import Permission
from patients import access
from patients.actions import facts as actions
from patients.forms.facts import ConsentForm, EnrolmentForm, EnrolmentProofForm, ScreeningForm
from patients.forms.fields import file_of
from patients.models import Enrolment, Patient, Screening
from patients.queries import current_enrolment
from patients.views.page import done, form_page, to_chart
from patients.views.patient import get_and_post


@get_and_post
def enrolment_new(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """The first enrolment, or a correction of the one that stands."""
    site_for(request, site, Permission.REGISTER_PATIENT)
    patient = access.patient_for(request, pk, Permission.REGISTER_PATIENT)
    standing = current_enrolment(patient)
    form = EnrolmentForm(request.POST or None, request.FILES or None, is_correction=standing is not None, initial=as_initial(standing))
    if request.method == "POST" and done(form, lambda: save_enrolment(request, form, patient, standing)):
        return to_chart(request, pk, "enrolment")
    return form_page(request, form, title="Correct the enrolment" if standing else "REMS enrolment", patient=patient)


def as_initial(enrolment: Enrolment | None) -> dict[str, object]:
    names = ("patient_signed_on", "prescriber_signed_on", "submitted_on", "method", "rems_id", "proof_note")
    return {name: getattr(enrolment, name) for name in names} if enrolment is not None else {}


def save_enrolment(request: HttpRequest, form: EnrolmentForm, patient: Patient, standing: Enrolment | None) -> Enrolment:
    return actions.record_enrolment(
        patient, fields=form.values, file=file_of(form.cleaned_data), supersedes=standing, reason=form.cleaned_data["reason"],
        client_key=form.cleaned_data["client_key"], by=request.user, now=request.now,
    )  # fmt: skip


@get_and_post
def enrolment_proof(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.REGISTER_PATIENT)
    enrolment = access.enrolment_for(request, pk, Permission.REGISTER_PATIENT)
    form = EnrolmentProofForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if request.method == "POST" and done(
        form, lambda: actions.add_proof(enrolment, file=file_of(form.cleaned_data) or ("", b""), by=request.user, now=request.now)
    ):
        return to_chart(request, enrolment.patient_id, "enrolment")
    return form_page(request, form, title="Proof of the enrolment", patient=enrolment.patient)


@get_and_post
def screening_new(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.CLINICAL_CHART)
    patient = access.patient_for(request, pk, Permission.CLINICAL_CHART)
    form = ScreeningForm(request.POST or None)
    if request.method == "POST" and done(form, lambda: actions.record_screening(patient, **form.values, by=request.user, now=request.now)):
        return to_chart(request, pk, "screening")
    return form_page(request, form, title="Screening", patient=patient, lead="Ask each question afresh. Nothing is copied from an earlier screening.")


@get_and_post
def screening_correct(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    site_for(request, site, Permission.CLINICAL_CHART)
    screening = access.screening_for(request, pk, Permission.CLINICAL_CHART)
    form = ScreeningForm(request.POST or None, corrects=screening)
    if request.method == "POST" and done(form, lambda: save_correction(request, form, screening)):
        return to_chart(request, screening.patient_id, "screening")
    lead = "For what was recorded by mistake. The old answers are kept. Only a prescriber takes back a contraindication."
    return form_page(request, form, title="Correct the screening", patient=screening.patient, lead=lead)


def save_correction(request: HttpRequest, form: ScreeningForm, screening: Screening) -> Screening:
    reason = form.cleaned_data["reason"]
    return actions.correct_screening(screening, **form.values, reason=reason, by=request.membership, now=request.now)


@get_and_post
def consent_new(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """Each consent is a new one, to the text of its day; the newest stands."""
    place = site_for(request, site, Permission.CLINICAL_CHART)
    patient = access.patient_for(request, pk, Permission.CLINICAL_CHART)
    form = ConsentForm(request.POST or None, today=today_at(place, request.now))
    if request.method == "POST" and done(
        form,
        lambda: actions.record_consent(patient, fields=form.values, client_key=form.cleaned_data["client_key"], by=request.user, now=request.now),
    ):
        return to_chart(request, pk, "consent")
    return form_page(request, form, title="Counselling and consent", patient=patient)
