"""A whole chart in a constant number of queries, and what the rules find on it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from clinic.findings import Finding, Level, blocks
from clinic.models import Attachment
from clinic.models.site import Setting
from patients.models import AntidepressantTrial, Consent, Contact, Course, Enrolment, Medicine, Order, Patient, Screening, StandingParameters
from patients.models.chart import MedicineClass
from patients.queries.standing import proofs_of
from patients.rules.consent import consent_findings
from patients.rules.course import CoursePosition, course_position
from patients.rules.enrolment import enrolment_findings
from patients.rules.indication import counts_for_trd, indication_findings
from patients.rules.medicines import medicine_findings
from patients.rules.people import age_on
from patients.rules.screening import screening_findings


@dataclass
class Chart:
    """What stands about one patient on `today`; `findings` are those of PAT-1…PAT-6, whatever the session."""

    patient: Patient
    today: date
    is_outpatient: bool = True
    contacts: list[Contact] = field(default_factory=list)
    enrolment: Enrolment | None = None
    proofs: list[Attachment] = field(default_factory=list)
    screenings: list[Screening] = field(default_factory=list)
    consent: Consent | None = None
    medicines: list[Medicine] = field(default_factory=list)
    trials: list[AntidepressantTrial] = field(default_factory=list)
    standing: list[StandingParameters] = field(default_factory=list)
    courses: list[Course] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)

    @property
    def age(self) -> int:
        return age_on(self.patient.birth_on, self.today)

    @property
    def course(self) -> Course | None:
        """The open course."""
        return next((course for course in self.courses if course.ended_at is None), None)

    @property
    def courses_past(self) -> list[Course]:
        return [course for course in self.courses if course.ended_at is not None]

    @property
    def course_orders(self) -> list[Order]:
        """All orders of the open course, newest first."""
        course_pk = self.course.pk if self.course is not None else None
        return [order for order in self.orders if order.course_id == course_pk]

    @property
    def screening(self) -> Screening | None:
        return self.screenings[0] if self.screenings else None

    @property
    def has_proof(self) -> bool:
        return self.enrolment is not None and (bool(self.enrolment.proof_note) or bool(self.proofs))

    @property
    def medicines_now(self) -> list[Medicine]:
        begun = [medicine for medicine in self.medicines if medicine.started_on is None or medicine.started_on <= self.today]
        return [medicine for medicine in begun if medicine.stopped_on is None or medicine.stopped_on > self.today]

    @property
    def medicines_past(self) -> list[Medicine]:
        return [medicine for medicine in self.medicines if medicine.stopped_on is not None and medicine.stopped_on <= self.today]

    @property
    def standing_now(self) -> StandingParameters | None:
        return next((row for row in self.standing if row.ended_at is None and row.from_on <= self.today <= row.until_on), None)

    @property
    def orders_now(self) -> list[Order]:
        """Orders of the open course that cover today and weren't cancelled."""
        mine = [order for order in self.course_orders if order.cancelled_at is None]
        return [order for order in mine if order.valid_from_on <= self.today <= order.valid_until_on]

    @property
    def enrolment_findings(self) -> list[Finding]:
        enrolment = self.enrolment
        return enrolment_findings(
            is_outpatient=self.is_outpatient, submitted_on=enrolment.submitted_on if enrolment else None, has_proof=self.has_proof,
            rems_id=enrolment.rems_id if enrolment else "", on=self.today,
        )  # fmt: skip

    @property
    def screening_findings(self) -> list[Finding]:
        return screening_findings([screening.answers for screening in self.screenings])

    @property
    def consent_findings(self) -> list[Finding]:
        consent = self.consent
        return consent_findings(
            text_version=consent.text_version if consent else None, guide_given=consent.medication_guide_given if consent else False, today=self.today
        )

    @property
    def medicine_findings(self) -> list[Finding]:
        return medicine_findings(medicine.medicine_class for medicine in self.medicines_now)

    @property
    def course_findings(self) -> list[Finding]:
        course = self.course
        if course is None:
            return []
        return indication_findings(
            indication=course.indication, with_antidepressant=course.with_antidepressant,
            takes_antidepressant=any(medicine.medicine_class == MedicineClass.ANTIDEPRESSANT for medicine in self.medicines_now),
            failed_trials=sum(counts_for_trd(is_adequate=trial.is_adequate, outcome=trial.outcome) for trial in self.trials),
            birth_on=self.patient.birth_on, on=self.today,
        )  # fmt: skip

    @property
    def findings(self) -> list[Finding]:
        """All of PAT-1…PAT-6, weightiest first; what the chart says before any session is asked about."""
        found = [*self.enrolment_findings, *self.screening_findings, *self.consent_findings, *self.course_findings, *self.medicine_findings]
        return sorted(found, key=lambda finding: -finding.level)

    @property
    def plan_findings(self) -> list[Finding]:
        """What the plan still needs: an open course and an order for today (DOS-8). A gate asks this of its session instead."""
        if self.course is None:
            return [Finding("PAT-2", Level.BLOCK, "No open course: a prescriber opens one.", code="PAT-2.course", field="course")]
        if not self.orders_now:
            return [Finding("DOS-8", Level.BLOCK, "No order for today: a prescriber signs one.", code="DOS-8.missing", field="orders")]
        if all(order.signed_at is None for order in self.orders_now):
            return [Finding("DOS-8", Level.DECISION, "A spoken order waits for its co-signature.", code="DOS-8.cosign", field="orders")]
        return []

    @property
    def may_be_dosed(self) -> bool:
        return not blocks(self.findings)


def chart(patient: Patient, today: date, *, setting: str = Setting.OUTPATIENT) -> Chart:
    """Read a chart as it stands on `today` (the site's date): a dozen queries, whatever its length."""
    mine = {"patient_id": patient.pk}
    enrolment = Enrolment.objects.standing().filter(**mine, submitted_on__lte=today).select_related("recorded_by").first()
    proofs: Iterable[Attachment] = proofs_of(patient) if enrolment is not None else []
    return Chart(
        patient=patient, today=today, is_outpatient=setting == Setting.OUTPATIENT,
        contacts=list(Contact.objects.filter(**mine, is_active=True)),
        enrolment=enrolment, proofs=list(proofs),
        screenings=list(Screening.objects.standing().filter(**mine).select_related("recorded_by")),
        consent=Consent.objects.standing().filter(**mine).select_related("recorded_by").first(),
        medicines=list(Medicine.objects.filter(**mine)),
        trials=list(AntidepressantTrial.objects.filter(**mine)),
        standing=list(StandingParameters.objects.filter(**mine).select_related("set_by")),
        courses=list(Course.objects.filter(**mine).select_related("prescriber", "ended_by")),
        orders=list(Order.objects.filter(course__patient_id=patient.pk).select_related("ordered_by", "signature", "taken_by", "cancelled_by")),
    )  # fmt: skip


def position(course: Course, dosed_days: Iterable[date], today: date) -> CoursePosition:
    """Where a stored course stands, from the days of its dosed sessions (which the sessions room knows)."""
    return course_position(
        course.indication, None, dosed_days, course.earlier_sessions, course.earlier_first_on, today, earlier_last_on=course.earlier_last_on
    )
