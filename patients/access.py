"""The only door to a patient's rows: hidden ones are 404, forbidden acts are 403. `clinic.access.site_for` comes first."""

from django.http import HttpRequest

from clinic.access import row_for
from clinic.roles import Permission
from patients.models import (
    AntidepressantTrial,
    Assessment,
    Authorisation,
    Contact,
    Course,
    Enrolment,
    Intake,
    IntakeFact,
    Medicine,
    Order,
    Patient,
    Screening,
    StandingParameters,
    TransferOut,
)


def patient_for(request: HttpRequest, pk: int, permission: Permission) -> Patient:
    """One patient of the request's site."""
    patient: Patient = row_for(request, Patient.objects.all(), pk, permission, "patient")
    patient.site = request.site  # type: ignore[attr-defined]
    return patient


def course_for(request: HttpRequest, pk: int, permission: Permission) -> Course:
    """One course of the request's site, with its patient and prescriber."""
    return row_for(request, Course.objects.select_related("patient", "prescriber"), pk, permission, "course")  # type: ignore[no-any-return]


def order_for(request: HttpRequest, pk: int, permission: Permission) -> Order:
    """One order of the request's site, with its course and patient."""
    return row_for(request, Order.objects.select_related("course__patient", "ordered_by"), pk, permission, "order")  # type: ignore[no-any-return]


def contact_for(request: HttpRequest, pk: int, permission: Permission) -> Contact:
    return row_for(request, Contact.objects.select_related("patient"), pk, permission, "contact")  # type: ignore[no-any-return]


def enrolment_for(request: HttpRequest, pk: int, permission: Permission) -> Enrolment:
    return row_for(request, Enrolment.objects.select_related("patient"), pk, permission, "enrolment")  # type: ignore[no-any-return]


def screening_for(request: HttpRequest, pk: int, permission: Permission) -> Screening:
    """A standing screening; a superseded one is no longer there to be corrected."""
    return row_for(request, Screening.objects.standing().select_related("patient"), pk, permission, "screening")  # type: ignore[no-any-return]


def score_for(request: HttpRequest, pk: int, permission: Permission) -> Assessment:
    """A standing score; one that was superseded or taken back is no longer there to be corrected or answered."""
    score: Assessment = row_for(request, Assessment.objects.standing().select_related("patient"), pk, permission, "assessment")
    score.site = score.patient.site = request.site  # type: ignore[attr-defined]
    return score


def medicine_for(request: HttpRequest, pk: int, permission: Permission) -> Medicine:
    return row_for(request, Medicine.objects.select_related("patient"), pk, permission, "medicine")  # type: ignore[no-any-return]


def trial_for(request: HttpRequest, pk: int, permission: Permission) -> AntidepressantTrial:
    return row_for(request, AntidepressantTrial.objects.select_related("patient"), pk, permission, "antidepressanttrial")  # type: ignore[no-any-return]


def standing_for(request: HttpRequest, pk: int, permission: Permission) -> StandingParameters:
    return row_for(request, StandingParameters.objects.select_related("patient"), pk, permission, "standingparameters")  # type: ignore[no-any-return]


def intake_for(request: HttpRequest, pk: int, permission: Permission) -> Intake:
    return row_for(request, Intake.objects.select_related("patient", "owner"), pk, permission, "intake")  # type: ignore[no-any-return]


def intake_fact_for(request: HttpRequest, pk: int, permission: Permission) -> IntakeFact:
    """A standing fact of an intake, with its patient."""
    return row_for(request, IntakeFact.objects.standing().select_related("intake__patient"), pk, permission, "intakefact")  # type: ignore[no-any-return]


def authorisation_for(request: HttpRequest, pk: int, permission: Permission) -> Authorisation:
    """A standing authorisation; a superseded one is no longer there to be put right."""
    return row_for(request, Authorisation.objects.standing().select_related("patient"), pk, permission, "authorisation")  # type: ignore[no-any-return]


def transfer_for(request: HttpRequest, pk: int, permission: Permission) -> TransferOut:
    return row_for(request, TransferOut.objects.select_related("patient", "owner"), pk, permission, "transferout")  # type: ignore[no-any-return]


def may_read_enrolment(request: HttpRequest, pk: int) -> Enrolment:
    """Registered with clinic.registry: an enrolment's proofs are for whoever may read the chart."""
    return enrolment_for(request, pk, Permission.VIEW_RECORD)


def may_read_score(request: HttpRequest, pk: int) -> Assessment:
    """Registered with clinic.registry: what hangs on a score."""
    return score_for(request, pk, Permission.VIEW_RECORD)


def may_read_patient(request: HttpRequest, pk: int) -> Patient:
    """Registered with clinic.registry: files of the chart."""
    return patient_for(request, pk, Permission.VIEW_RECORD)
