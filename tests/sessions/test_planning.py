"""Booking a plan: all or nothing, one effect per page, orders and decisions beside their visits (DOS-3…DOS-8); what planning reads."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.findings import Refused
from clinic.models import AuditEntry, Closure, OpeningHours
from patients.models import Patient
from patients.rules.course import Phase
from sessions.actions.deciding import Decider
from sessions.actions.planning import PlanRefused, book_plan
from sessions.models import CoursePlan, Override, TreatmentSession
from sessions.queries.planning import course_facts, house_of, last_plan, wishes_of
from sessions.rules.planning import Chosen, Proposal, Wishes, propose
from sessions.states import Status
from tests.cast import NOW, TODAY, Cast
from tests.factories.clinic import SitePolicyFactory
from tests.factories.patients import PatientFactory, StandingParametersFactory, ready_patient
from tests.factories.sessions import SessionFactory, at_state
from tests.sessions.test_planning_rules import MON_THU, MONDAY

pytestmark = pytest.mark.django_db
LAST = MONDAY + timedelta(days=60)
ON_PAPER = Decider()


@pytest.fixture
def patient(cast: Cast) -> Patient:
    return ready_patient(cast.riverside, cast.of(cast.prescriber))


def wishes(cast: Cast) -> Wishes:
    return Wishes(start=MONDAY, usual=MON_THU, chair_pk=cast.chairs[0].pk, dose_mg=56)


def proposed(cast: Cast, patient: Patient) -> Proposal:
    course = patient.courses.get()
    return propose(wishes(cast), house=house_of(cast.riverside, TODAY, LAST, now=NOW, patient=patient), course=course_facts(course, now=NOW))


def chosen(plan: Proposal) -> list[Chosen]:
    return [Chosen(starts_at=visit.slot.starts_at, chair_pk=visit.slot.chair_pk, dose_mg=visit.dose_mg) for visit in plan.visits]


def booked(cast: Cast, patient: Patient, visits: list[Chosen], key: UUID | None = None, decider: Decider = ON_PAPER) -> CoursePlan:
    return book_plan(patient, wishes(cast), visits, decider=decider, client_key=key or uuid4(), by=cast.desk, now=NOW)


def test_a_plan_books_all_and_keeps_the_wishes(cast: Cast, patient: Patient) -> None:
    key = uuid4()
    visits = chosen(proposed(cast, patient))
    plan = booked(cast, patient, visits, key)
    assert booked(cast, patient, visits, key) == plan
    rows = TreatmentSession.objects.filter(patient=patient, status=Status.BOOKED)
    assert (rows.count(), plan.visits) == (len(visits), len(visits))
    assert all(row.ends_at - row.starts_at == timedelta(minutes=180) for row in rows)
    assert {row.order.dose_mg for row in rows if row.order is not None} <= {56}
    assert AuditEntry.objects.filter(action="session.booked").count() == len(visits)
    assert AuditEntry.objects.get(action="course.planned").patient_pk == patient.pk
    course = patient.courses.get()
    assert last_plan(course) == plan
    again = wishes_of(plan, start=MONDAY)
    assert (again.usual, again.chair_pk, again.phases) == (MON_THU, cast.chairs[0].pk, (Phase.INDUCTION,))
    assert proposed(cast, patient).visits == (), "what is booked is kept, and nothing is proposed twice"


def test_a_slot_taken_meanwhile_refuses_the_whole(cast: Cast, patient: Patient) -> None:
    visits = chosen(proposed(cast, patient))
    other = ready_patient(cast.riverside, cast.of(cast.prescriber))
    at_state(Status.BOOKED, cast, patient=other, chair=cast.chairs[0], starts_at=visits[2].starts_at + timedelta(hours=1))
    with pytest.raises(PlanRefused) as caught:
        booked(cast, patient, visits)
    assert [[finding.key for finding in one.findings] for one in caught.value.checked][2] == ["BOOK.chair"]
    assert not TreatmentSession.objects.filter(patient=patient, status=Status.BOOKED).exists()
    assert not CoursePlan.objects.exists()
    assert not AuditEntry.objects.filter(action__in=["course.planned", "session.booked"]).exists()


def test_off_label_needs_a_prescribers_reason_that_is_kept(cast: Cast, patient: Patient) -> None:
    """DOS-5: a visit on the day after another, below the site's gap."""
    first = chosen(proposed(cast, patient))[0]
    pair = [first, Chosen(starts_at=first.starts_at + timedelta(days=1), chair_pk=first.chair_pk, dose_mg=56)]
    for decider in (Decider(), Decider(reason="Please"), Decider(may_decide=True, reason=" ")):
        with pytest.raises(PlanRefused):
            booked(cast, patient, pair, decider=decider)
    assert not CoursePlan.objects.exists()
    booked(cast, patient, pair, decider=Decider(may_decide=True, reason="Travels for three weeks"))
    assert {(row.finding, row.reason) for row in Override.objects.all()} == {("DOS-5.gap", "Travels for three weeks")}


def test_what_cannot_be_planned(cast: Cast, patient: Patient) -> None:
    visits = chosen(proposed(cast, patient))
    key = uuid4()
    booked(cast, patient, visits[:1], key)
    other = ready_patient(cast.riverside, cast.of(cast.prescriber), mrn="MRN-OTHER")
    at_hillcrest = [Chosen(starts_at=visits[0].starts_at, chair_pk=cast.hillcrest_chair.pk, dose_mg=56)]
    for who, what, which in (
        (other, visits[:1], key),
        (other, [], None),
        (other, at_hillcrest, None),
        (PatientFactory(site=cast.riverside), visits, None),
    ):
        with pytest.raises(Refused):
            booked(cast, who, what, which)
    assert CoursePlan.objects.count() == 1


def test_the_house_as_planning_sees_it(cast: Cast, patient: Patient) -> None:
    """Closures, planned monitors, a policy that changes and a longer watch (PAT-8, MON-9)."""
    Closure.objects.create(site=cast.riverside, closed_on=MONDAY, reason="Inventory")
    OpeningHours.objects.filter(site=cast.riverside, weekday=1).update(monitors=2)
    SitePolicyFactory(site=cast.riverside, effective_on=MONDAY + timedelta(days=7), minimum_gap_days=3, visit_before_minutes=45)
    StandingParametersFactory(patient=patient, minimum_watch_minutes=180, from_on=MONDAY + timedelta(days=1), until_on=MONDAY + timedelta(days=3))
    house = house_of(cast.riverside, TODAY, LAST, now=NOW, patient=patient)
    assert [(terms.from_on, terms.minimum_gap_days, terms.watch.seconds // 60, terms.after.seconds // 60) for terms in house.terms] == [
        (TODAY, 2, 120, 150), (MONDAY + timedelta(days=1), 2, 180, 210), (MONDAY + timedelta(days=4), 2, 120, 150), (MONDAY + timedelta(days=7), 3, 120, 150),
    ]  # fmt: skip
    assert [(one.weekday, one.at_once) for one in house.staffed] == [(1, 8)]
    assert house.against_day(MONDAY) == "The clinic is closed on Monday 15 June."


def test_reading_is_constant_whatever_is_booked(cast: Cast, patient: Patient) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            house_of(cast.riverside, TODAY, LAST, now=NOW, patient=patient)
            course_facts(patient.courses.select_related("site").get(), now=NOW)
        return len(caught)

    before = queries()
    for day in range(8):
        SessionFactory(patient=patient, chair=cast.chairs[1], starts_at=NOW + timedelta(days=day, hours=1))
    assert queries() == before <= 10


def test_todays_dose_and_yesterdays_booking_are_told_apart(cast: Cast) -> None:
    session = at_state(Status.DISCHARGED, cast)
    SessionFactory(patient=session.patient, chair=cast.chairs[1], starts_at=NOW - timedelta(days=1))
    facts = course_facts(session.course, now=NOW)
    assert (facts.dosed_days[-1], facts.booked_days, facts.last_dose_mg) == (date(2026, 6, 10), (), 56)
