"""The charts of the demonstration's patients: who they are, enrolled, screened, counselled, with course and signed orders."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from clinic.models import Signature, User
from clinic.seals import seal
from clinic.signatures import content_digest
from desk.demo.house import House
from desk.demo.people import Person
from desk.demo.plan import Treatment
from patients.models import AntidepressantTrial, Consent, Contact, Course, Enrolment, Medicine, Order, Patient, Screening
from patients.rules.consent import CONSENT_TEXTS
from patients.rules.names import folded_name
from patients.rules.screening import SCREENING
from patients.signed_content import ORDER_KIND, ORDER_SCHEMA, order_text

# What they said about texts, by turns: most agreed expressly, some only gave their number, some want none.
TEXTS = ("express", "express", "none", "express", "given", "express")
ESCORT_PHONE = "+15185550177"
LEAD = timedelta(days=14)
ALL_NO = {question.id: "no" for question in SCREENING}
DRUGS = (("Sertraline", "150 mg"), ("Venlafaxine XR", "225 mg"), ("Bupropion XL", "300 mg"), ("Escitalopram", "20 mg"), ("Duloxetine", "90 mg"))
ESCORTS = (("Sister", "sister"), ("Brother", "brother"), ("Partner", "partner"), ("Friend", "friend"), ("Neighbour", "neighbour"))


@dataclass
class Chart:
    """One patient with what the past needs of them."""

    patient: Patient
    course: Course
    treatment: Treatment
    orders: dict[int, Order] = field(default_factory=dict)


def charts(house: House, people: list[Person], treatments: list[Treatment], *, today: date, dice: random.Random) -> list[Chart]:
    """Write all charts of a site in bulk; the newest patients of all are still being enrolled."""
    prescriber = house.of_role("prescriber")[0].user
    patients = Patient.objects.bulk_create(
        [
            patient_of(house, person, treatment, number, dice)
            for number, (person, treatment) in enumerate(zip(people, treatments, strict=True), start=1)
        ]
    )
    courses = Course.objects.bulk_create(
        [course_of(house, patient, treatment, prescriber) for patient, treatment in zip(patients, treatments, strict=True)]
    )
    made = [Chart(*row) for row in zip(patients, courses, treatments, strict=True)]
    around(house, made, prescriber, today, dice)
    orders(house, made, prescriber)
    return made


# Most have none; some were never asked.
ALLERGIES = ("None known", "None known", "Penicillin: rash", "None known", "", "Latex", "None known")


def at_noon(house: House, day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=house.site.zone).astimezone(UTC)


def patient_of(house: House, person: Person, treatment: Treatment, number: int, dice: random.Random) -> Patient:
    return Patient(
        site=house.site, mrn=f"{house.site.slug[:1].upper()}{1000 + number}", first_name=person.first, last_name=person.last,
        middle_initial=dice.choice(("", "", "A", "J", "M")), name_folded=folded_name(person.last, person.first), birth_on=person.birth_on,
        sex=person.sex, can_be_pregnant=person.can_be_pregnant, phone=f"+1518555{number:04}", email=f"{person.mailbox}@patients.example",
        address="1 Fable Lane, Exampleton", language=person.language, usual_way_home=dice.choice(("driver", "driver", "ride", "transit")), allergies=ALLERGIES[number % len(ALLERGIES)],
        may_email=dice.random() < 0.9, text_consent=TEXTS[number % len(TEXTS)], created_at=at_noon(house, treatment.started_on - LEAD),
        created_by=house.of_role("front_desk")[0].user,
    )  # fmt: skip


def course_of(house: House, patient: Patient, treatment: Treatment, prescriber: User) -> Course:
    course = Course(
        site=house.site, patient=patient, indication=treatment.indication, with_antidepressant=True, prescriber=prescriber,
        opened_at=at_noon(house, treatment.started_on - LEAD + timedelta(days=4)), opened_by=prescriber,
    )  # fmt: skip
    if treatment.is_over:
        course.ended_at, course.ended_by = at_noon(house, treatment.dosed[-1].day), prescriber
        course.end_reason = "Treatment completed" if treatment.indication == "mdsi" else "Ended as agreed with the patient"
    return course


def fact(house: House, chart: Chart, day: date, by: User) -> dict[str, Any]:
    at = at_noon(house, day)
    return {"site": house.site, "patient": chart.patient, "observed_at": at, "recorded_at": at, "recorded_by": by}


def around(house: House, made: list[Chart], prescriber: User, today: date, dice: random.Random) -> None:
    """Enrolment, screening, consent, trials, medicines and an escort for each."""
    enrolments, screenings, consents, trials, medicines = [], [], [], [], []
    contacts: list[Contact] = []
    for chart in made:
        first = chart.treatment.started_on
        seen, signed, submitted = first - LEAD, first - timedelta(days=8), first - timedelta(days=6)
        if seen > today:
            seen = signed = submitted = today - timedelta(days=2)
        screenings.append(Screening(**fact(house, chart, min(seen, today), prescriber), answers=screening_answers(dice)))
        if signed <= today:
            text = CONSENT_TEXTS[-1].version
            dates = {"patient_signed_on": signed, "clinician_signed_on": signed}
            consents.append(Consent(**fact(house, chart, signed, prescriber), text_version=text, medication_guide_given=True, **dates))
        if submitted <= today:
            enrolments.append(enrolment_of(house, chart, signed, submitted, prescriber))
        at = at_noon(house, min(seen, today))
        for drug, dose in dice.sample(DRUGS, 2):
            trials.append(trial_of(house, chart, drug, dose, at, prescriber, dice))
        medicines += medicines_of(house, chart, at, prescriber, dice)
        name, relation = dice.choice(ESCORTS)
        contacts.append(
            Contact(
                site=house.site,
                patient=chart.patient,
                kind="escort",
                name=f"{name} {chart.patient.last_name}",
                relation=relation,
                phone=f"+1518555{100 + len(contacts) % 100:04}",
            )
        )
    for model, rows in ((Enrolment, enrolments), (Screening, screenings), (Consent, consents)):
        model.objects.bulk_create(rows)  # type: ignore[attr-defined]
    AntidepressantTrial.objects.bulk_create(trials)
    Medicine.objects.bulk_create(medicines)
    Contact.objects.bulk_create(contacts)


def screening_answers(dice: random.Random) -> dict[str, str]:
    answers = dict(ALL_NO)
    if dice.random() < 0.08:
        answers["substance_misuse"] = "yes"
    return answers


def enrolment_of(house: House, chart: Chart, signed: date, submitted: date, by: User) -> Enrolment:
    return Enrolment(
        **fact(house, chart, submitted, by), patient_signed_on=signed, prescriber_signed_on=signed, submitted_on=submitted, method="portal",
        rems_id=f"DEMO-{chart.patient.pk:05}", proof_note=f"Portal confirmation D{chart.patient.pk:06}",
    )  # fmt: skip


def trial_of(house: House, chart: Chart, drug: str, dose: str, at: datetime, by: User, dice: random.Random) -> AntidepressantTrial:
    return AntidepressantTrial(
        site=house.site, patient=chart.patient, drug=drug, dose=dose, weeks=dice.randint(7, 14), is_adequate=True,
        outcome=dice.choice(("none", "none", "partial")), recorded_at=at, recorded_by=by,
    )  # fmt: skip


def medicines_of(house: House, chart: Chart, at: datetime, by: User, dice: random.Random) -> list[Medicine]:
    base = {"site": house.site, "patient": chart.patient, "recorded_at": at, "recorded_by": by, "started_on": at.date() - timedelta(days=120)}
    drug, dose = dice.choice(DRUGS)
    rows = [Medicine(**base, name=drug, dose=dose, medicine_class="antidepressant")]
    if dice.random() < 0.22:
        rows.append(Medicine(**base, name="Lorazepam", dose="0.5 mg as needed", medicine_class="benzodiazepine"))
    if dice.random() < 0.1:
        rows.append(Medicine(**base, name="Zolpidem", dose="5 mg", medicine_class="hypnotic"))
    return rows


def orders(house: House, made: list[Chart], prescriber: User) -> None:
    """An order for each dose of the course, signed (DOS-8)."""
    rows, owners = [], []
    for chart in made:
        first = chart.treatment.started_on
        at = at_noon(house, first - timedelta(days=4)) if chart.treatment.visits else chart.course.opened_at
        for dose in (56, 84):
            order = Order(
                site=house.site, course=chart.course, dose_mg=dose, sessions=40, valid_from_on=first - timedelta(days=4),
                valid_until_on=first + timedelta(days=365), ordered_by=prescriber, ordered_at=at,
            )  # fmt: skip
            rows.append(order)
            owners.append(chart)
    Order.objects.bulk_create(rows)
    credential = house.of_role("prescriber")[0].credential
    signatures = Signature.objects.bulk_create([seal(order_signature(order, prescriber, credential)) for order in rows])
    for order, signature, chart in zip(rows, signatures, owners, strict=True):
        order.signature, order.signed_at = signature, order.ordered_at
        chart.orders[order.dose_mg] = order
    Order.objects.bulk_update(rows, ["signature", "signed_at"], batch_size=500)


def order_signature(order: Order, prescriber: User, credential: str) -> Signature:
    return Signature(
        site=order.site, signer=prescriber, printed_name=prescriber.printed_name, credential=credential, role="prescriber",
        meaning=Signature.Meaning.ORDER, signed_at=order.ordered_at, target_kind=ORDER_KIND, target_pk=order.pk,
        content_schema=ORDER_SCHEMA, content_sha256=content_digest(order_text(order)),
    )  # fmt: skip
