"""What will go wrong at a site in the next fourteen days: visits against charts, orders, payers; the site against its dates. A fixed number of queries."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.db.models import Count

from clinic.findings import Level
from clinic.models import Site
from clinic.models.site import Setting
from clinic.queries import calendar_of, today_at
from clinic.rules.opening import Calendar, local_day
from patients.models import Assessment, Authorisation, Course, Intake, IntakeFact, Patient
from patients.queries import order_facts
from patients.queries.intake import Material, material
from patients.rules.consent import consent_findings
from patients.rules.enrolment import enrolment_findings
from patients.rules.orders import order_findings
from patients.rules.screening import screening_findings
from sessions.models import TreatmentSession
from sessions.queries.authorisations import dosed_days_of, grant_of
from sessions.queries.course import sprayed
from sessions.queries.outgrown import outgrown
from sessions.rules import ahead as rules
from sessions.rules.ahead import Kind
from sessions.rules.authorisations import Grant, drawn
from sessions.states import Status

FIRST = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Worry:
    """One line: what, whom it is about, on which day and, for a visit, at what time; `pk` of the row that mends it."""

    kind: Kind
    day: date
    words: str
    pk: int | None = None
    patient: Patient | None = None
    at: datetime | None = None
    since: date | None = None

    @property
    def rank(self) -> tuple[int, int, date, datetime, str]:
        """The weightiest first, kind by kind; of a kind what has waited longest, then in order of time."""
        return (self.kind.weight.order, rules.KINDS.index(self.kind), self.since or self.day, self.at or FIRST, str(self.patient or self.words))


@dataclass
class Facts:
    """Everything that the visits of the window are judged by."""

    site: Site
    today: date
    calendar: Calendar
    about: dict[int, Material]
    dosed: dict[int, list[date]]
    used: Counter[int]
    intakes: dict[int, Intake]
    scored: dict[int, list[date]]
    missing: dict[int, timedelta]
    booked: dict[int, list[date]] = field(default_factory=lambda: defaultdict(list))
    planned: Counter[int] = field(default_factory=Counter)


def visit_worries(site: Site, now: datetime) -> list[Worry]:
    """What stands against the visits that are booked, the first visit for each patient and kind: a dozen queries."""
    today = today_at(site, now)
    first, last = rules.window(today)
    rows = TreatmentSession.objects.filter(site=site, status=Status.BOOKED, treatment_on__range=(first, last))
    visits = list(rows.select_related("patient", "course", "order").order_by("starts_at", "pk"))
    facts = facts_of(site, visits, today, last)
    found: dict[tuple[str, int], Worry] = {}
    for visit in visits:
        for worry in of_visit(visit, facts):
            found.setdefault((worry.kind.code, visit.pk if worry.kind is rules.CLOSED else visit.patient_id), worry)
    return [*found.values(), *ending(facts)]


def facts_of(site: Site, visits: list[TreatmentSession], today: date, last: date) -> Facts:
    """The material of everybody who comes, and of everybody under treatment whose payer's authorisation ends."""
    courses = Course.objects.filter(site=site, ended_at__isnull=True)
    granted = Authorisation.objects.standing().filter(site=site, until_on__range=(today, last), patient__courses__in=courses)
    pks = {visit.patient_id for visit in visits} | set(granted.values_list("patient_id", flat=True))
    orders = {visit.order_id for visit in visits if visit.order_id is not None}
    about = material(pks)
    orders |= {order.pk for known in about.values() for order in known.orders}
    counted = sprayed().filter(session__order_id__in=orders).order_by().values("session__order_id").annotate(uses=Count("session_id", distinct=True))
    intakes = Intake.objects.filter(patient_id__in=pks).exclude(status=Intake.Status.DROPPED).select_related("patient").order_by("opened_at", "pk")
    scored: dict[int, list[date]] = defaultdict(list)
    for pk, day in Assessment.objects.standing().filter(patient_id__in=pks, total__isnull=False).values_list("patient_id", "observed_on"):
        scored[pk].append(day)
    return Facts(
        scored=scored, missing=outgrown(visits),
        site=site, today=today, calendar=calendar_of(site, today, last), about=about, dosed=dosed_days_of(pks),
        used=Counter(dict(counted.values_list("session__order_id", "uses"))), intakes={intake.patient_id: intake for intake in intakes},
    )  # fmt: skip


def of_visit(visit: TreatmentSession, facts: Facts) -> Iterator[Worry]:
    """One booked visit, in order of time: it counts among those booked before for the next."""
    chart = facts.about[visit.patient_id]
    for kind, words, pk in (
        *site_side(visit, facts),
        *chart_side(visit, chart),
        *order_side(visit, chart, facts),
        *device_side(visit, chart, facts),
        *baseline_side(visit, facts),
        *payer_side(visit, chart, facts),
    ):
        yield Worry(kind, visit.treatment_on, words, pk, visit.patient, visit.starts_at)
    facts.booked[visit.patient_id].append(visit.treatment_on)


Said = Iterator[tuple[Kind, str, int | None]]


def site_side(visit: TreatmentSession, facts: Facts) -> Said:
    """A visit on a closed day, or one that doesn't end before closing, or before its patient's longer watch; one who is paused (PAT-7, PAT-8)."""
    closing = facts.calendar.closing_at(visit.treatment_on)
    if closing is None:
        yield rules.CLOSED, "The site is closed on this day.", visit.pk
    elif visit.starts_at >= closing:
        yield rules.CLOSED, "The site has closed at this time.", visit.pk
    if visit.pk in facts.missing:
        minutes = facts.missing[visit.pk] // timedelta(minutes=1)
        yield rules.TOO_SHORT, f"{minutes} minutes too short for this patient’s watch. Press Move on the same slot to lengthen it.", visit.pk
    if visit.patient.status != Patient.Status.ACTIVE:
        yield rules.INACTIVE, f"{visit.patient.get_status_display()}: is the visit still wanted?", visit.patient_id


def chart_side(visit: TreatmentSession, chart: Material) -> Said:
    """Enrolment, screening and consent, as the gates will ask them on the day (PAT-1, PAT-3, PAT-5)."""
    on, enrolment = visit.treatment_on, chart.enrolment
    for finding in enrolment_findings(
        is_outpatient=visit.setting == Setting.OUTPATIENT, submitted_on=enrolment.submitted_on if enrolment is not None else None,
        has_proof=chart.has_proof, rems_id="later", on=on,
    ):  # fmt: skip
        is_proof = finding.key == "PAT-1.proof" and enrolment is not None
        yield (rules.PROOF, finding.text, enrolment.pk) if is_proof and enrolment else (rules.ENROLMENT, finding.text, visit.patient_id)
    blocks = [finding for finding in screening_findings([one.answers for one in chart.screenings]) if finding.level is Level.BLOCK]
    if blocks:
        yield rules.SCREENING, blocks[0].text, visit.patient_id
    consent = chart.consent
    version, guide = (consent.text_version, consent.medication_guide_given) if consent is not None else (None, False)
    for finding in consent_findings(text_version=version, guide_given=guide, today=on):
        yield (rules.CONSENT if finding.level is Level.BLOCK else rules.OLD_CONSENT), finding.text, visit.patient_id


def order_side(visit: TreatmentSession, chart: Material, facts: Facts) -> Said:
    """Whether an order will still carry it, after the visits booked before (DOS-8); a visit counts on the order that carries it."""
    if visit.course.ended_at is not None:
        yield rules.COURSE, "The course of this visit has ended.", visit.patient_id
        return
    own = [order for order in chart.orders if order.pk == visit.order_id and order.cancelled_at is None]
    others = [order for order in chart.orders if order not in own and order.cancelled_at is None and order.course_id == visit.course_id]
    fitting = sorted(others, key=lambda order: (order.signed_at is None, order.dose_mg != visit.planned_dose_mg, -order.valid_until_on.toordinal()))
    judged = []
    for order in (*own, *fitting):
        used = facts.used[order.pk] + facts.planned[order.pk]
        found = order_findings(order=order_facts(order, facts.site), dose_mg=visit.planned_dose_mg, used_sessions=used, on=visit.treatment_on)
        if all(finding.level is Level.NOTE for finding in found):
            facts.planned[order.pk] += 1
            return
        judged.append((order, found))
    if not judged:
        yield rules.ORDER, "No order. A prescriber must order the dose.", visit.course_id
        return
    order, found = judged[0]
    waits = order.is_spoken and order.signed_at is None
    yield rules.COSIGN if waits else rules.ORDER, found[0].text, order.pk if waits else visit.course_id


def device_side(visit: TreatmentSession, chart: Material, facts: Facts) -> Said:
    """The first visit of an intake at which nobody has noted that a device was ordered, and none stands on the visit itself (DEV-1)."""
    intake = facts.intakes.get(visit.patient_id)
    if intake is None or visit.kit_lot or any(day >= intake.referred_on for day in facts.dosed.get(visit.patient_id, ())):
        return
    if not any(fact.kind == IntakeFact.Kind.DEVICE_ORDERED and fact.intake_id == intake.pk for fact in chart.facts):
        pk = intake.pk if intake.status == Intake.Status.OPEN else None
        yield rules.DEVICE, "Nobody has recorded that the device was ordered.", pk


def baseline_side(visit: TreatmentSession, facts: Facts) -> Said:
    """The first visit of a course that begins here, without a score to judge the benefit against (DOS-3)."""
    course, patient_pk = visit.course, visit.patient_id
    since = local_day(course.opened_at, facts.site.zone)
    has_begun = course.earlier_sessions or facts.booked[patient_pk] or any(day >= since for day in facts.dosed.get(patient_pk, ()))
    if not has_begun and not rules.has_baseline(facts.scored.get(patient_pk, ()), first_on=visit.treatment_on):
        yield rules.BASELINE, "No score to judge the benefit against.", patient_pk


def payer_side(visit: TreatmentSession, chart: Material, facts: Facts) -> Said:
    problem = rules.payer_problem(
        grants(chart, facts.dosed.get(visit.patient_id, [])), on=visit.treatment_on, booked_before=facts.booked[visit.patient_id]
    )
    if problem is rules.USED_UP:
        yield problem, "The authorised sessions are used up before this visit.", visit.patient_id
    elif problem is not None:
        yield problem, "No authorisation covers this day.", visit.patient_id


def grants(chart: Material, dosed: list[date]) -> list[Grant]:
    """In the order in which they were written down, with the dosed days that each carries."""
    return drawn((grant_of(row) for row in sorted(chart.authorisations, key=lambda row: row.pk)), dosed)


def ending(facts: Facts) -> Iterator[Worry]:
    """Authorisations of those under treatment that end with no other after them."""
    for pk, chart in facts.about.items():
        if chart.course is None:
            continue
        listed = grants(chart, facts.dosed.get(pk, []))
        day = rules.ends_ahead(listed, facts.today)
        if day is not None:
            last = max(chart.authorisations, key=lambda row: (row.until_on, row.pk))
            used = [one.used for one in listed if one.until_on == day][-1]
            words = f"The authorisation ends on {day.day} {day:%b}, {used} of {last.sessions_granted} sessions used."
            yield Worry(rules.ENDING, day, words, pk, last.patient)
