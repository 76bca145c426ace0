"""Intakes with their steps, read off intake and charts: a fixed number of queries however many patients."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from django.db.models import QuerySet

from clinic.findings import blocks
from clinic.models import Attachment, Site
from clinic.models.site import Setting
from clinic.rules.opening import local_day
from patients.models import AntidepressantTrial, Authorisation, Consent, Course, Enrolment, Intake, IntakeFact, Order, Patient, Screening
from patients.queries.chart import Chart
from patients.rules.consent import consent_findings
from patients.rules.enrolment import enrolment_findings
from patients.rules.indication import counts_for_trd
from patients.rules.intake import Known, State, Step, present, since_of, states_of
from patients.rules.screening import screening_findings

Row = TypeVar("Row")


@dataclass
class Material:
    """What is on record about one patient, superseded rows left out; the newest first where several stand."""

    facts: list[IntakeFact] = field(default_factory=list)
    screenings: list[Screening] = field(default_factory=list)
    trials: list[AntidepressantTrial] = field(default_factory=list)
    authorisations: list[Authorisation] = field(default_factory=list)
    consent: Consent | None = None
    enrolment: Enrolment | None = None
    has_proof: bool = False
    course: Course | None = None
    orders: list[Order] = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    """One intake as it stands today."""

    intake: Intake
    states: list[State]
    present: State
    since: date
    days: int
    facts: list[IntakeFact]
    course: Course | None
    enrolment: Enrolment | None

    @property
    def step(self) -> Step:
        return self.present.step

    @property
    def done(self) -> int:
        return sum(state.is_done for state in self.states)

    @property
    def is_bookable(self) -> bool:
        return self.present.is_done


def open_lines(site: Site, today: date) -> list[Line]:
    """Every open intake of a site, by step and then the slowest first."""
    return lines(Intake.objects.filter(site=site, status=Intake.Status.OPEN), site, today)


def lines(intakes: QuerySet[Intake], site: Site, today: date) -> list[Line]:
    rows = list(intakes.select_related("patient", "owner"))
    found = material([intake.patient_id for intake in rows])
    order = {step: place for place, step in enumerate(Step)}
    made = [line(intake, found[intake.patient_id], site, today) for intake in rows]
    return sorted(made, key=lambda one: (order[one.step], -one.days, one.intake.patient.name_folded, one.intake.pk))


def closed_intakes(site: Site, status: str) -> QuerySet[Intake]:
    """Finished ones or drop-outs, the latest first."""
    return Intake.objects.filter(site=site, status=status).select_related("patient", "owner").order_by("-closed_at", "-pk")


def end_facts(intakes: Iterable[Intake]) -> dict[int, IntakeFact]:
    """Intake pk → how it last ended."""
    ends = (IntakeFact.Kind.DROPPED, IntakeFact.Kind.FINISHED)
    rows = IntakeFact.objects.standing().filter(intake__in=[one.pk for one in intakes], kind__in=ends).order_by("observed_at", "pk")
    return {fact.intake_id: fact for fact in rows.select_related("recorded_by")}


def intake_of(patient: Patient) -> Intake | None:
    """The latest: of an open one there is no later."""
    return Intake.objects.filter(patient=patient).select_related("owner").order_by("-opened_at", "-pk").first()


def line_of_chart(chart: Chart, authorisations: list[Authorisation], site: Site) -> Line | None:
    """The intake of a chart that is read already: two queries more."""
    intake = intake_of(chart.patient)
    if intake is None:
        return None
    intake.patient = chart.patient
    facts = IntakeFact.objects.standing().filter(intake=intake).select_related("recorded_by", "observed_by")
    known = Material(
        facts=list(facts), screenings=chart.screenings, trials=chart.trials, authorisations=authorisations,
        consent=chart.consent, enrolment=chart.enrolment, has_proof=chart.has_proof, course=chart.course, orders=chart.course_orders,
    )  # fmt: skip
    return line(intake, known, site, chart.today)


def line(intake: Intake, about: Material, site: Site, today: date) -> Line:
    known = known_of(intake, about, site, today)
    states = states_of(known)
    since = since_of(states, known)
    return Line(intake, states, present(states), since, max(0, (today - since).days), about.facts, about.course, about.enrolment)


def known_of(intake: Intake, about: Material, site: Site, today: date) -> Known:
    """Rows as the plain value that the rules ask for; days are the site's."""
    facts = {fact.kind: local_day(fact.observed_at, site.zone) for fact in about.facts if fact.intake_id == intake.pk}
    consent, enrolment, course = about.consent, about.enrolment, about.course
    failed = [trial for trial in about.trials if counts_for_trd(is_adequate=trial.is_adequate, outcome=trial.outcome)]
    in_force = [one for one in about.authorisations if one.until_on >= today]
    return Known(
        began_on=local_day(intake.reopened_at or intake.opened_at, site.zone),
        referred_on=intake.referred_on,
        evaluated_on=facts.get(IntakeFact.Kind.EVALUATED),
        screened_on=min((local_day(one.observed_at, site.zone) for one in about.screenings), default=None),
        is_contraindicated=bool(blocks(screening_findings([one.answers for one in about.screenings]))) if about.screenings else False,
        pdmp_on=facts.get(IntakeFact.Kind.PDMP),
        indication=course.indication if course is not None else intake.indication,
        trial_days=tuple(local_day(trial.recorded_at, site.zone) for trial in failed),
        authorised_on=min((local_day(one.recorded_at, site.zone) for one in in_force), default=None),
        waived_on=facts.get(IntakeFact.Kind.NO_AUTHORISATION),
        consented_on=local_day(consent.observed_at, site.zone) if consent is not None else None,
        consent_gaps=consent_gaps(consent, today),
        enrolled_on=enrolment.submitted_on if enrolment is not None else None,
        enrolment_gaps=enrolment_gaps(enrolment, has_proof=about.has_proof, site=site, today=today),
        has_course=course is not None,
        is_transfer=intake.origin == Intake.Origin.TRANSFER,
        earlier_sessions=course.earlier_sessions if course is not None else 0,
        ordered_on=ordered_on(about.orders, site, today),
        device_on=facts.get(IntakeFact.Kind.DEVICE_ORDERED),
    )


def consent_gaps(consent: Consent | None, today: date) -> tuple[str, ...]:
    """Without a word to say, the patient is counselled on the text in force and has the guide (PAT-5)."""
    version, guide = (consent.text_version, consent.medication_guide_given) if consent is not None else (None, False)
    return tuple(finding.text for finding in consent_findings(text_version=version, guide_given=guide, today=today))


def enrolment_gaps(enrolment: Enrolment | None, *, has_proof: bool, site: Site, today: date) -> tuple[str, ...]:
    """What keeps the enrolment from counting (PAT-1); a REMS id may come later."""
    found = enrolment_findings(
        is_outpatient=site.default_setting == Setting.OUTPATIENT, submitted_on=enrolment.submitted_on if enrolment is not None else None,
        has_proof=has_proof, rems_id="later", on=today,
    )  # fmt: skip
    return tuple(finding.text for finding in found)


def ordered_on(orders: Iterable[Order], site: Site, today: date) -> date | None:
    """Since when a signed order covers today or begins later (DOS-8)."""
    standing = [order for order in orders if order.signed_at is not None and order.cancelled_at is None and order.valid_until_on >= today]
    return min((local_day(order.signed_at, site.zone) for order in standing if order.signed_at is not None), default=None)


def material(patient_pks: Collection[int]) -> dict[int, Material]:
    """Patient pk → what is on record, in nine queries."""
    of = {"patient_id__in": list(patient_pks)}
    found = {pk: Material() for pk in patient_pks}
    facts = IntakeFact.objects.standing().filter(intake__patient_id__in=of["patient_id__in"]).select_related("intake")
    for fact in facts.order_by("observed_at", "pk"):
        found[fact.intake.patient_id].facts.append(fact)
    for name, rows in (
        ("screenings", Screening.objects.standing().filter(**of)),
        ("trials", AntidepressantTrial.objects.filter(**of)),
        ("authorisations", Authorisation.objects.standing().filter(**of).select_related("patient")),
    ):
        for pk, listed in by_patient(rows).items():
            setattr(found[pk], name, listed)
    for pk, consents in by_patient(Consent.objects.standing().filter(**of)).items():
        found[pk].consent = consents[0]
    _enrolments(found, of)
    for course in Course.objects.filter(**of, ended_at__isnull=True):
        found[course.patient_id].course = course
    for order in Order.objects.filter(course__patient_id__in=of["patient_id__in"], course__ended_at__isnull=True).select_related("course"):
        found[order.course.patient_id].orders.append(order)
    return found


def _enrolments(found: dict[int, Material], of: dict[str, Any]) -> None:
    """The newest standing one; its proof may hang on any of the patient's, as on the chart (PAT-1)."""
    everyone = list(Enrolment.objects.filter(**of).select_related("superseded_by"))
    keys = {enrolment.pk: enrolment.patient_id for enrolment in everyone}
    proven = Attachment.objects.filter(target_kind="enrolment", target_pk__in=list(keys)).values_list("target_pk", flat=True)
    with_file = {keys[pk] for pk in proven}
    for enrolment in everyone:
        stands = not hasattr(enrolment, "superseded_by") and not enrolment.is_withdrawn
        about = found[enrolment.patient_id]
        if stands and about.enrolment is None:
            about.enrolment = enrolment
            about.has_proof = bool(enrolment.proof_note) or enrolment.patient_id in with_file


def by_patient(rows: Iterable[Row]) -> dict[int, list[Row]]:
    listed: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        listed[row.patient_id].append(row)  # type: ignore[attr-defined]
    return listed
