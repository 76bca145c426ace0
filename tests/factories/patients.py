"""Rows of the patients' room. A patient of `PatientFactory` has a bare chart; `ready_patient()` may be dosed: every gate of the chart is open."""

from datetime import date, timedelta

import factory
from factory.django import DjangoModelFactory

from clinic.models import Membership, Signature, Site, User
from clinic.seals import seal
from clinic.signatures import content_digest
from patients import models
from patients.rules.consent import CONSENT_TEXTS
from patients.rules.names import folded_name
from patients.rules.screening import SCREENING
from patients.signed_content import ORDER_KIND, ORDER_SCHEMA, order_text
from tests.factories.clinic import LONG_AGO, SiteFactory, UserFactory
from tests.moment import NOW, TODAY

ALL_NO = {question.id: "no" for question in SCREENING}


class PatientFactory(DjangoModelFactory):
    class Meta:
        model = models.Patient

    site = factory.SubFactory(SiteFactory)
    mrn = factory.Sequence(lambda n: f"MRN-{n:05}")
    first_name = factory.Sequence(lambda n: f"Pat{n}")
    last_name = factory.Sequence(lambda n: f"Example{n}")
    name_folded = factory.LazyAttribute(lambda patient: folded_name(patient.last_name, patient.first_name))
    birth_on = date(1984, 3, 7)
    sex = models.Patient.Sex.FEMALE
    email = factory.Sequence(lambda n: f"patient{n}@patients.example")
    phone = "+15185550123"
    may_email = True
    created_at = LONG_AGO
    created_by = factory.SubFactory(UserFactory)


class OfPatient(DjangoModelFactory):
    """What hangs on a patient: the site is the patient's, the recorder a new person unless given."""

    class Meta:
        abstract = True

    patient = factory.SubFactory(PatientFactory)
    site = factory.SelfAttribute("patient.site")


class ContactFactory(OfPatient):
    class Meta:
        model = models.Contact

    kind = models.Contact.Kind.ESCORT
    name = "Erin Escort"
    relation = "sister"
    phone = "+15185550199"


class FactOfPatient(OfPatient):
    class Meta:
        abstract = True

    observed_at = LONG_AGO
    recorded_at = factory.SelfAttribute("observed_at")
    recorded_by = factory.SubFactory(UserFactory)


class EnrolmentFactory(FactOfPatient):
    class Meta:
        model = models.Enrolment

    patient_signed_on = factory.LazyAttribute(lambda enrolment: enrolment.observed_at.date())
    prescriber_signed_on = factory.SelfAttribute("patient_signed_on")
    submitted_on = factory.SelfAttribute("patient_signed_on")
    method = models.Enrolment.Method.PORTAL
    rems_id = factory.Sequence(lambda n: f"SPR-{n:06}")
    proof_note = "Portal confirmation 20417"


class ScreeningFactory(FactOfPatient):
    class Meta:
        model = models.Screening

    answers = factory.LazyFunction(lambda: dict(ALL_NO))


class ConsentFactory(FactOfPatient):
    class Meta:
        model = models.Consent

    text_version = CONSENT_TEXTS[-1].version
    patient_signed_on = factory.LazyAttribute(lambda consent: consent.observed_at.date())
    clinician_signed_on = factory.SelfAttribute("patient_signed_on")
    medication_guide_given = True


class MedicineFactory(OfPatient):
    class Meta:
        model = models.Medicine

    name = "Sertraline"
    medicine_class = "antidepressant"
    dose = "100 mg daily"
    started_on = date(2025, 1, 1)
    recorded_at = LONG_AGO
    recorded_by = factory.SubFactory(UserFactory)


class TrialFactory(OfPatient):
    class Meta:
        model = models.AntidepressantTrial

    drug = factory.Iterator(["Sertraline", "Venlafaxine", "Bupropion"])
    dose = "200 mg"
    weeks = 8
    is_adequate = True
    outcome = models.AntidepressantTrial.Outcome.NO_RESPONSE
    recorded_at = LONG_AGO
    recorded_by = factory.SubFactory(UserFactory)


class StandingParametersFactory(OfPatient):
    class Meta:
        model = models.StandingParameters

    predose_systolic = 150
    predose_diastolic = 95
    reason = "Known and treated hypertension"
    from_on = TODAY - timedelta(days=10)
    until_on = TODAY + timedelta(days=80)
    set_at = NOW - timedelta(days=10)
    set_by = factory.SubFactory(UserFactory)


class CourseFactory(OfPatient):
    class Meta:
        model = models.Course

    indication = "trd"
    prescriber = factory.SubFactory(UserFactory)
    opened_at = LONG_AGO
    opened_by = factory.SelfAttribute("prescriber")


class OrderFactory(DjangoModelFactory):
    """An unsigned order; `signed_order()` gives one with a signature that verifies."""

    class Meta:
        model = models.Order

    course = factory.SubFactory(CourseFactory)
    site = factory.SelfAttribute("course.site")
    dose_mg = 56
    sessions = 8
    valid_from_on = TODAY - timedelta(days=30)
    valid_until_on = TODAY + timedelta(days=60)
    ordered_by = factory.SelfAttribute("course.prescriber")
    ordered_at = NOW - timedelta(days=30)


def sign(order: models.Order, credential: str = "md") -> models.Order:
    """Put the ordering prescriber's signature under an order (DOS-8)."""
    signature = Signature(
        site=order.site, signer=order.ordered_by, printed_name=order.ordered_by.printed_name, credential=credential, role="prescriber",
        meaning=Signature.Meaning.ORDER, signed_at=order.ordered_at, target_kind=ORDER_KIND, target_pk=order.pk,
        content_schema=ORDER_SCHEMA, content_sha256=content_digest(order_text(order)),
    )  # fmt: skip
    seal(signature).save()
    order.signature, order.signed_at = signature, order.ordered_at
    order.save(update_fields=["signature", "signed_at"])
    return order


def signed_order(**fields: object) -> models.Order:
    return sign(OrderFactory(**fields))


def ready_patient(site: Site, by: User | Membership, **fields: object) -> models.Patient:
    """A patient whose chart opens every gate: enrolled with proof, screened, counselled, two trials, an open TRD course and a signed order.

    `by` (the prescriber) recorded all of it. The course is `patient.courses.get()`, the order `course.orders.get()`.
    """
    user = by.user if isinstance(by, Membership) else by
    patient = PatientFactory(site=site, created_by=user, **fields)
    for made in (EnrolmentFactory, ScreeningFactory, ConsentFactory):
        made(patient=patient, recorded_by=user)
    TrialFactory.create_batch(2, patient=patient, recorded_by=user)
    MedicineFactory(patient=patient, recorded_by=user)
    ContactFactory(patient=patient)
    signed_order(course=CourseFactory(patient=patient, prescriber=user))
    return patient
