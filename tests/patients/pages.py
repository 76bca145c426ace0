"""Every form page of the room as one table: who may, what to post, what it writes. `rows` makes the rows that the addresses name."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.urls import reverse

from clinic.models import Site
from patients import models
from patients.rules.screening import SCREENING
from tests.cast import Cast
from tests.factories import patients as made
from tests.factories.clinic import PASSWORD

KEY = "6f0d8f4e-54f8-4b9e-9d1c-0c4d5a3b2a10"
SCREENED = {question.id: "no" for question in SCREENING} | {"client_key": KEY}
TERMS = {"client_key": KEY, "dose_mg": "84", "sessions": "8", "valid_from_on": "2026-06-10", "valid_until_on": "2026-07-08"}
ENROLLED = {
    "client_key": KEY, "patient_signed_on": "2026-06-01", "prescriber_signed_on": "2026-06-02", "submitted_on": "2026-06-03",
    "method": "fax", "proof_note": "Fax receipt 12", "reason": "Wrong day",
}  # fmt: skip
PERSON = {"last_name": "Łoś", "first_name": "Élodie", "birth_on": "1990-02-03", "sex": "female", "mrn": "A-77", "language": "en", "time_zone": ""}


@dataclass(frozen=True)
class Page:
    """`who` may (and prescribers always), `whom` may not; `of` names the row in the address (none: the site's own page)."""

    name: str
    of: str
    who: str
    whom: str
    data: dict[str, str]
    model: Any
    action: str
    changes_rows: int = 1
    fields: dict[str, object] = field(default_factory=dict)


PAGES = [
    Page("patient_new", "", "desk", "support", PERSON, models.Patient, "patient.registered", fields={"name_folded": "los, elodie"}),
    Page("patient_edit", "patient", "desk", "support", PERSON, models.Patient, "patient.edited", 0, {"mrn": "A-77", "name_folded": "los, elodie"}),
    Page("patient_status", "patient", "nurse", "support", {"status": "paused", "reason": "Admitted"}, models.Patient, "patient.status_changed", 0, {"status": "paused"}),
    Page("contact_new", "patient", "desk", "support", {"kind": "escort", "name": "Bo", "phone": "518 555 0188"}, models.Contact, "contact.added", fields={"phone": "+15185550188"}),
    Page("contact_edit", "contact", "desk", "auditor", {"kind": "escort", "name": "Bo"}, models.Contact, "contact.edited", 0, {"name": "Bo", "is_active": False}),
    Page("enrolment_new", "patient", "desk", "support", ENROLLED, models.Enrolment, "enrolment.corrected", fields={"method": "fax", "reason": "Wrong day"}),
    Page("screening_new", "patient", "nurse", "desk", SCREENED, models.Screening, "screening.recorded"),
    Page("screening_correct", "screening", "nurse", "desk", SCREENED | {"reason": "Mistyped"}, models.Screening, "screening.corrected", fields={"reason": "Mistyped"}),
    Page(
        "consent_new", "patient", "nurse", "desk",
        {"client_key": KEY, "text_version": "2024-12", "patient_signed_on": "2026-06-09", "clinician_signed_on": "2026-06-10"}, models.Consent, "consent.recorded",
    ),
    Page("medicine_new", "patient", "nurse", "desk", {"name": "Lorazepam", "medicine_class": "benzodiazepine"}, models.Medicine, "medicine.added"),
    Page("medicine_stop", "medicine", "nurse", "desk", {"stopped_on": "2026-06-09"}, models.Medicine, "medicine.stopped", 0),
    Page("trial_new", "patient", "nurse", "desk", {"drug": "Duloxetine", "weeks": "6", "outcome": "none", "is_adequate": "on"}, models.AntidepressantTrial, "trial.added"),
    Page("trial_edit", "trial", "nurse", "desk", {"drug": "Duloxetine", "weeks": "6", "outcome": "none"}, models.AntidepressantTrial, "trial.edited", 0, {"is_adequate": False}),
    Page(
        "standing_new", "patient", "prescriber", "nurse",
        {"predose_systolic": "155", "from_on": "2026-06-10", "until_on": "2026-09-01", "reason": "Treated"}, models.StandingParameters, "standing.set",
    ),
    Page("standing_end", "standing", "prescriber", "nurse", {}, models.StandingParameters, "standing.ended", 0),
    Page("course_end", "course", "prescriber", "nurse", {"reason": "Remission"}, models.Course, "course.ended", 0, {"end_reason": "Remission"}),
    Page("order_new", "course", "prescriber", "nurse", TERMS | {"password": PASSWORD}, models.Order, "order.signed", fields={"dose_mg": 84}),
    Page("order_cancel", "order", "prescriber", "nurse", {}, models.Order, "order.cancelled", 0),
    Page("order_cosign", "spoken", "prescriber", "nurse", {"password": PASSWORD}, models.Order, "order.cosigned", 0),
]  # fmt: skip


def rows(cast: Cast, site: Site | None = None) -> SimpleNamespace:
    """A ready patient of Riverside, or of another site, and one row of each kind."""
    place = site or cast.riverside
    owner = cast.prescriber if place == cast.riverside else cast.stranger
    patient = made.ready_patient(place, owner, last_name="Testa", first_name="Ada")
    course = patient.courses.get()
    spoken = made.OrderFactory(course=course, is_spoken=True, taken_by=cast.nurse, ordered_by=owner)
    return SimpleNamespace(
        patient=patient, course=course, order=course.orders.get(is_spoken=False), spoken=spoken, contact=patient.contacts.get(),
        screening=patient.screenings.get(), enrolment=patient.enrolments.get(), medicine=patient.medicines.get(),
        trial=patient.antidepressant_trials.first(), standing=made.StandingParametersFactory(patient=patient, set_by=owner),
    )  # fmt: skip


def address(page: Page, found: SimpleNamespace, slug: str = "riverside") -> str:
    return reverse(page.name, args=[slug, getattr(found, page.of).pk] if page.of else [slug])


def key() -> UUID:
    return UUID(KEY)
