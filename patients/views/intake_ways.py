"""What a step of an intake waits for, and the form that does it: one table for the list and for the chart."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from clinic.roles import Permission, may
from patients.queries.intake import Line


@dataclass(frozen=True, slots=True)
class Way:
    """`of` is the row in the address: the patient, the intake, the course or the enrolment."""

    page: str
    of: str
    label: str
    needs: Permission
    query: str = ""


_P = Permission
WAYS: dict[str, Way] = {
    "contraindicated": Way("patient_chart", "patient", "Look at the chart", _P.VIEW_RECORD),
    "evaluated": Way("intake_step", "intake", "Record the evaluation", _P.CLINICAL_CHART, "step=evaluated"),
    "screening": Way("screening_new", "patient", "Screen", _P.CLINICAL_CHART),
    "pdmp": Way("intake_step", "intake", "Record the PDMP check", _P.CLINICAL_CHART, "step=pdmp"),
    "trials": Way("trial_new", "patient", "Add a trial", _P.CLINICAL_CHART),
    "authorisation": Way("authorisation_new", "patient", "Add the authorisation", _P.MANAGE_INTAKE),
    "consent": Way("consent_new", "patient", "Record the consent", _P.CLINICAL_CHART),
    "enrolment": Way("enrolment_new", "patient", "Record the enrolment", _P.REGISTER_PATIENT),
    "proof": Way("enrolment_proof", "enrolment", "Add the proof", _P.REGISTER_PATIENT),
    "course": Way("course_new", "patient", "Open a course", _P.PRESCRIBE),
    "elsewhere": Way("course_elsewhere", "course", "Say what was given elsewhere", _P.PRESCRIBE),
    "order": Way("order_new", "course", "Order doses", _P.PRESCRIBE),
    "device": Way("intake_step", "intake", "Record the device’s order", _P.MANAGE_INTAKE, "step=device_ordered"),
    "": Way("session_book", "", "Book the first visit", _P.BOOK),
}


@dataclass(frozen=True, slots=True)
class Next:
    """The next step of one intake for one role: where to, or who does it."""

    label: str
    url: str
    waits_for: str = ""


def next_of(line: Line, slug: str, role: str) -> Next:
    way = WAYS[line.present.missing]
    if not may(role, way.needs):
        return Next(way.label, "", who_does(way.needs))
    return Next(way.label, address(way, line, slug))


def who_does(needs: Permission) -> str:
    if needs is Permission.PRESCRIBE:
        return "a prescriber"
    return "a clinician" if needs is Permission.CLINICAL_CHART else "the front desk"


def address(way: Way, line: Line, slug: str) -> str:
    rows = {"patient": line.intake.patient_id, "intake": line.intake.pk, "course": line.course, "enrolment": line.enrolment}
    if not way.of:
        return booking(slug, line.intake.patient_id)
    row = rows[way.of]
    url = reverse(way.page, args=[slug, getattr(row, "pk", row)])
    return f"{url}?{way.query}" if way.query else url


def booking(slug: str, patient_pk: int) -> str:
    """The room above books; without it there is no way."""
    try:
        return f"{reverse('session_book', args=[slug])}?patient={patient_pk}"
    except NoReverseMatch:
        return ""
