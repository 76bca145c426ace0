"""The look-ahead of fourteen days: each thing that will go wrong once, and nothing where all is well."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import Certification, Closure, Equipment, EquipmentCheck, Training
from desk.queries.ahead import line_of
from patients.models import Consent, Course, Enrolment, Order, Patient, Screening
from sessions.actions import booking
from sessions.models import TreatmentSession
from sessions.queries.ahead import Worry, visit_worries
from sessions.queries.ahead_courses import course_worries
from sessions.queries.ahead_site import site_worries
from sessions.rules.ahead import BASELINE, KINDS, UNDECIDED
from sessions.states import Status
from tests.cast import NOW, TODAY, Cast
from tests.factories.clinic import ClosureFactory
from tests.factories.intakes import AuthorisationFactory, IntakeFactory, StepFactory, TransferFactory
from tests.factories.patients import (
    ConsentFactory,
    CourseFactory,
    EnrolmentFactory,
    OrderFactory,
    PatientFactory,
    ScreeningFactory,
    ready_patient,
    signed_order,
)
from tests.factories.scores import scored
from tests.factories.sessions import SessionFactory, at_state

URL = "/riverside/ahead/"


def visit(cast: Cast, patient: Patient, days: int = 5, **more: object) -> TreatmentSession:
    return SessionFactory(patient=patient, chair=cast.chairs[0], starts_at=NOW + timedelta(days=days), **more)


def found(cast: Cast) -> list[tuple[str, date]]:
    """Without the baseline's line, which every patient of these tests would have."""
    return [(worry.kind.code, worry.day) for worry in visit_worries(cast.riverside, NOW) if worry.kind is not BASELINE]


def without(model: type) -> Callable[[Patient, Cast], None]:
    """Fills a bare chart but for what `model` holds."""

    def change(patient: Patient, cast: Cast) -> None:
        made = {Enrolment: EnrolmentFactory, Screening: ScreeningFactory, Consent: ConsentFactory}
        for kind, factory in made.items():
            if kind is not model:
                factory(patient=patient, recorded_by=cast.prescriber)

    return change


def bare(cast: Cast) -> Patient:
    """Somebody with a course and a signed order and nothing else."""
    fresh = PatientFactory(site=cast.riverside)
    signed_order(course=CourseFactory(patient=fresh, prescriber=cast.prescriber))
    return fresh


def no_proof(patient: Patient, cast: Cast) -> None:
    without(Enrolment)(patient, cast)
    EnrolmentFactory(patient=patient, proof_note="")


def older_text(patient: Patient, cast: Cast) -> None:
    without(Consent)(patient, cast)
    ConsentFactory(patient=patient, text_version="2020-01")


def contraindicated(patient: Patient, cast: Cast) -> None:
    without(Screening)(patient, cast)
    ScreeningFactory(patient=patient, answers={"aneurysm": "yes"})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (without(Enrolment), "not_enrolled"),
        (no_proof, "enrolment_unproven"),
        (without(Screening), "not_screened"),
        (contraindicated, "not_screened"),
        (without(Consent), "not_counselled"),
        (older_text, "consent_older"),
        (without(Order), None),
    ],
    ids=["not enrolled", "no proof", "not screened", "contraindicated", "no consent", "an older text", "nothing"],
)
def test_what_the_chart_lacks_before_a_visit(change: Callable[[Patient, Cast], None], code: str | None, cast: Cast) -> None:
    """Once for a patient, at the first of the visits."""
    patient = bare(cast)
    change(patient, cast)
    for days in (5, 9):
        visit(cast, patient, days)
    assert found(cast) == ([(code, TODAY + timedelta(days=5))] if code else [])


@pytest.mark.parametrize(
    ("fields", "code", "day"),
    [
        ({"cancelled_at": NOW}, "order_missing", 2),
        ({"sessions": 1}, "order_missing", 6),
        ({"valid_until_on": TODAY + timedelta(days=4)}, "order_missing", 6),
        ({"dose_mg": 84}, "order_missing", 2),
        ({"signed_at": None, "signature": None}, "order_missing", 2),
    ],
    ids=["cancelled", "used up by the visit before", "runs out", "another dose", "unsigned"],
)
def test_an_order_that_will_not_carry_a_visit(fields: dict[str, object], code: str, day: int, cast: Cast) -> None:
    patient = ready_patient(cast.riverside, cast.prescriber)
    by = {"cancelled_by": cast.prescriber} if "cancelled_at" in fields else {}
    Order.objects.filter(course__patient=patient).update(**fields | by)
    order = Order.objects.get()
    for days in (2, 6):
        visit(cast, patient, days, order=order)
    assert found(cast) == [(code, TODAY + timedelta(days=day))]


def test_a_used_order_a_spoken_one_and_none(cast: Cast) -> None:
    used = at_state(Status.DISCHARGED, cast)
    Order.objects.filter(pk=used.order_id).update(sessions=1)
    visit(cast, used.patient, 1)
    spoken = ready_patient(cast.riverside, cast.prescriber)
    Order.objects.filter(course__patient=spoken).update(cancelled_at=NOW, cancelled_by=cast.prescriber)
    told = OrderFactory(course=spoken.courses.get(), is_spoken=True, taken_by=cast.nurse)
    visit(cast, spoken, 2, order=told)
    none = ready_patient(cast.riverside, cast.prescriber)
    visit(cast, none, 5, order=None)
    TreatmentSession.objects.filter(patient=none).update(order=None)
    Order.objects.filter(course__patient=none).delete()
    ended = ready_patient(cast.riverside, cast.prescriber)
    visit(cast, ended, 6)
    Course.objects.filter(patient=ended).update(ended_at=NOW, ended_by=cast.prescriber, end_reason="Done")
    assert [code for code, _ in found(cast)] == ["order_missing", "order_unsigned", "order_missing", "course_ended"]


def test_a_closed_day_a_paused_patient_and_one_after_the_window(cast: Cast) -> None:
    patient = ready_patient(cast.riverside, cast.prescriber, status="paused", status_reason="Away")
    for days in (2, 13, 14):
        visit(cast, patient, days)
    ClosureFactory(site=cast.riverside, closed_on=TODAY + timedelta(days=13))
    assert Closure.objects.count() == 1
    assert found(cast) == [("patient_not_active", TODAY + timedelta(days=2)), ("closed_day", TODAY + timedelta(days=13))]


def test_a_visit_after_closing_time(cast: Cast) -> None:
    patient = ready_patient(cast.riverside, cast.prescriber)
    SessionFactory(patient=patient, chair=cast.chairs[0], starts_at=NOW + timedelta(days=1, hours=10))
    assert found(cast) == [("closed_day", TODAY + timedelta(days=1))]


def test_the_device_of_an_intake_until_it_is_noted_or_given(cast: Cast) -> None:
    patient = ready_patient(cast.riverside, cast.prescriber)
    visit(cast, patient)
    assert found(cast) == []
    intake = IntakeFactory(patient=patient, owner=cast.desk)
    assert found(cast) == [("device_not_ordered", TODAY + timedelta(days=5))]
    StepFactory(intake=intake, kind="device_ordered")
    assert found(cast) == []


def test_the_payer_by_visit_and_by_date(cast: Cast) -> None:
    patient = ready_patient(cast.riverside, cast.prescriber)
    AuthorisationFactory(patient=patient, sessions_granted=1, until_on=TODAY + timedelta(days=8))
    for days in (2, 6, 9):
        visit(cast, patient, days)
    ends = TODAY + timedelta(days=8)
    assert found(cast) == [
        ("authorisation_used_up", TODAY + timedelta(days=6)),
        ("not_authorised", TODAY + timedelta(days=9)),
        ("authorisation_ends", ends),
    ]
    AuthorisationFactory(patient=patient, from_on=TODAY, until_on=TODAY + timedelta(days=90))
    assert found(cast) == []


def test_a_first_visit_wants_a_score_to_judge_by(cast: Cast) -> None:
    """Of the last month; who has begun here or elsewhere is past it (DOS-3)."""
    begun = at_state(Status.DISCHARGED, cast)
    visit(cast, begun.patient)
    elsewhere = ready_patient(cast.riverside, cast.prescriber)
    Course.objects.filter(patient=elsewhere).update(earlier_sessions=3, earlier_first_on=TODAY, earlier_last_on=TODAY)
    visit(cast, elsewhere)
    patient = ready_patient(cast.riverside, cast.prescriber)
    scored(patient, on=TODAY - timedelta(days=40), by=cast.nurse)
    for days in (5, 7):
        visit(cast, patient, days)
    assert [(one.patient, one.day) for one in visit_worries(cast.riverside, NOW) if one.kind is BASELINE] == [(patient, TODAY + timedelta(days=5))]
    scored(patient, on=TODAY, by=cast.nurse)
    assert not [one for one in visit_worries(cast.riverside, NOW) if one.kind is BASELINE]


def test_reviews_and_decisions_that_courses_owe(cast: Cast) -> None:
    """A review of week 4 that is due in the window; a missed visit after which nobody has decided."""
    patient = ready_patient(cast.riverside, cast.prescriber)
    first = NOW - timedelta(days=20)
    at_state(Status.DISCHARGED, cast, patient=patient, first_device_at=first, starts_at=first, now=first + timedelta(hours=3))
    gone = at_state(Status.BOOKED, cast, starts_at=NOW - timedelta(hours=3))
    booking.mark_missed(gone, reason="Did not come", by=cast.desk, now=NOW)
    due = [(one.kind.code, one.patient, one.pk) for one in course_worries(cast.riverside, NOW)]
    assert due == [("benefit_review", patient, patient.courses.get().pk), ("next_step_open", gone.patient, gone.pk)]


def test_the_sites_own_dates(cast: Cast) -> None:
    """All is well at first; then each date in its turn, overdue ones under today."""
    assert site_worries(cast.riverside, NOW) == []
    Training.objects.filter(membership__user=cast.nurse).update(expires_on=TODAY - timedelta(days=1))
    Training.objects.filter(membership__user=cast.prescriber).update(expires_on=TODAY + timedelta(days=3))
    Training.objects.filter(membership__user=cast.second_nurse).delete()
    Certification.objects.filter(site=cast.riverside).update(review_on=TODAY + timedelta(days=7))
    Equipment.objects.create(site=cast.riverside, kind="kit", label="KIT-1")
    Equipment.objects.filter(site=cast.riverside, label="OX-1").update(check_every_days=35)
    EquipmentCheck.objects.filter(equipment__label="BP-1", site=cast.riverside).update(is_good=False)
    TransferFactory(patient=ready_patient(cast.riverside, cast.prescriber), owner=cast.desk)
    TransferFactory(patient=ready_patient(cast.riverside, cast.prescriber), owner=cast.desk, moves_on=TODAY + timedelta(days=40))
    worries = sorted((one.day.day - TODAY.day, one.kind.code) for one in site_worries(cast.riverside, NOW))
    assert worries == [
        (0, "equipment_check"), (0, "equipment_check"), (0, "equipment_missing"), (0, "training_lapses"), (0, "training_lapses"),
        (3, "training_lapses"), (5, "equipment_check"), (7, "certification_review"), (9, "rems_not_told"),
    ]  # fmt: skip
    Certification.objects.filter(site=cast.riverside).update(review_on=TODAY - timedelta(days=7))
    assert "was due" in next(one.words for one in site_worries(cast.riverside, NOW) if one.kind.code == "certification_review")
    Certification.objects.filter(site=cast.riverside).update(kind="ended")
    assert "not_certified" in [one.kind.code for one in site_worries(cast.riverside, NOW)]


def test_the_page_says_what_to_do_and_leads_there(cast: Cast, sign_in) -> None:
    assert "Nothing found" in sign_in(cast.desk).get(URL).content.decode()
    patient = bare(cast)
    visit(cast, patient)
    page = sign_in(cast.desk).get(URL).content.decode()
    assert "Not enrolled in the REMS" in page
    assert "Stops the visit" in page
    assert f"/riverside/patients/{patient.pk}/enrolment/" in page
    assert f"/riverside/patients/{patient.pk}/screening/" not in page, "who may not screen is led to the chart"
    assert f"/riverside/patients/{patient.pk}/screening/" in sign_in(cast.nurse).get(URL).content.decode()


def test_every_kind_of_line_leads_to_the_page_that_mends_it(cast: Cast, sign_in) -> None:
    """For one role at least, and that page opens and holds a form; who may not is led to the chart."""
    patient = ready_patient(cast.riverside, cast.prescriber)
    course, missed = patient.courses.get(), at_state(Status.MISSED, cast, starts_at=NOW - timedelta(hours=3))
    spoken = OrderFactory(course=course, is_spoken=True, taken_by=cast.nurse)
    pks = {
        "patient": patient.pk, "enrolment": EnrolmentFactory(patient=patient, proof_note="").pk, "course": course.pk, "order": spoken.pk,
        "intake": IntakeFactory(patient=patient, owner=cast.desk).pk, "session": visit(cast, patient).pk, "member": cast.of(cast.nurse).pk,
        "move": TransferFactory(patient=patient, owner=cast.desk).pk, "equipment": Equipment.objects.filter(site=cast.riverside).first().pk,
    }  # fmt: skip
    people = (cast.desk, cast.nurse, cast.prescriber, cast.admin)
    clients = {cast.of(person).role: sign_in(person) for person in people}
    for kind in KINDS:
        worry = Worry(kind, TODAY, "Words", missed.pk if kind is UNDECIDED else pks.get(kind.of), patient)
        ways = {role: line_of(worry, cast.riverside, role) for role in clients}
        mending = [role for role, way in ways.items() if way.label == kind.label]
        assert mending, kind.code
        for role in mending:
            answer = clients[role].get(ways[role].url)
            assert (answer.status_code, b"<form" in answer.content) == (200, True), (kind.code, role)
        others = {way.url for role, way in ways.items() if role not in mending}
        assert others <= {f"/riverside/patients/{patient.pk}/"}, kind.code


def test_the_page_costs_the_same_for_one_and_for_thirty(cast: Cast, sign_in) -> None:
    client = sign_in(cast.desk)

    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(URL).status_code == 200
        return len(caught)

    def more(count: int) -> None:
        for _ in range(count):
            patient = ready_patient(cast.riverside, cast.prescriber)
            AuthorisationFactory(patient=patient, until_on=TODAY + timedelta(days=3))
            IntakeFactory(patient=patient, owner=cast.desk, client_key=uuid.uuid4())
            TransferFactory(patient=patient, owner=cast.desk)
            visit(cast, patient)

    more(1)
    asked()
    one = asked()
    more(29)
    assert asked() == one
    assert one <= 40
