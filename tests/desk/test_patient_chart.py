"""The chart: what stands, what is missing and where to mend it, for each role; one read entry per quarter of an hour."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from clinic.models import AuditEntry
from patients.models import Enrolment
from sessions.states import Status
from tests.cast import NOW, TODAY, Cast
from tests.factories import patients as made
from tests.factories.intakes import TransferFactory
from tests.factories.scores import reviewed, scored
from tests.factories.sessions import at_state

pytestmark = pytest.mark.django_db


def chart_of(patient) -> str:
    return reverse("patient_chart", args=["riverside", patient.pk])


def keys(response) -> list[str]:
    return [item["finding"].key for item in response.context["todo"]]


@pytest.mark.parametrize("role", ["desk", "support", "nurse", "prescriber", "admin", "auditor"])
def test_a_complete_chart_has_nothing_to_do(role: str, cast: Cast, sign_in) -> None:
    patient = made.ready_patient(cast.riverside, cast.prescriber)
    response = sign_in(cast.person(role)).get(chart_of(patient))
    assert response.status_code == 200
    assert keys(response) == []
    assert "Nothing on the chart stands in the way" in response.content.decode()


def test_an_empty_chart_says_what_to_do_next(cast: Cast, sign_in) -> None:
    patient = made.PatientFactory(site=cast.riverside, created_by=cast.desk)
    response = sign_in(cast.prescriber).get(chart_of(patient))
    assert keys(response) == ["PAT-1.missing", "PAT-3.missing", "PAT-5.missing", "PAT-2.course"]
    assert all(item["url"].startswith("/riverside/") for item in response.context["todo"])


def test_who_may_not_mend_is_shown_the_section(cast: Cast, sign_in) -> None:
    patient = made.PatientFactory(site=cast.riverside, created_by=cast.desk)
    response = sign_in(cast.auditor).get(chart_of(patient))
    assert {item["url"] for item in response.context["todo"]} == {"#enrolment", "#screening", "#consent", "#course"}
    assert "/enrolment/" not in response.content.decode()


def test_missing_proof_order_and_trials(cast: Cast, sign_in) -> None:
    patient = made.PatientFactory(site=cast.riverside, created_by=cast.desk)
    enrolment = made.EnrolmentFactory(patient=patient, recorded_by=cast.desk, proof_note="", rems_id="")
    made.ScreeningFactory(patient=patient, recorded_by=cast.nurse, answers={**made.ALL_NO, "psychosis": "yes"})
    made.ConsentFactory(patient=patient, recorded_by=cast.nurse)
    course = made.CourseFactory(patient=patient, prescriber=cast.prescriber)
    response = sign_in(cast.prescriber).get(chart_of(patient))
    assert keys(response) == ["PAT-1.proof", "DOS-8.missing", "PAT-4.psychosis", "PAT-2.trials"]
    ways = {item["finding"].key: item["url"] for item in response.context["todo"]}
    assert ways["PAT-1.proof"] == reverse("enrolment_proof", args=["riverside", enrolment.pk])
    assert ways["DOS-8.missing"] == reverse("order_new", args=["riverside", course.pk])
    assert Enrolment.objects.count() == 1


def test_everything_that_can_stand_on_it_is_shown(cast: Cast, sign_in, chair) -> None:
    patient = made.ready_patient(
        cast.riverside, cast.prescriber, middle_initial="Q", address="1 River Road", status="paused", status_reason="Admitted"
    )
    course = patient.courses.get()
    made.CourseFactory(
        patient=patient,
        prescriber=cast.prescriber,
        opened_at=NOW - timedelta(days=900),
        ended_at=NOW,
        ended_by=cast.prescriber,
        end_reason="Moved away",
    )
    made.OrderFactory(course=course, is_spoken=True, taken_by=cast.nurse, valid_from_on=date(2026, 6, 20), note="After a meal")
    made.OrderFactory(course=course, cancelled_at=NOW, cancelled_by=cast.prescriber, dose_mg=28, other_dose_reason="Elderly")
    made.StandingParametersFactory(patient=patient, set_by=cast.prescriber, low_spo2=92, minimum_watch_minutes=150, high_systolic=170)
    made.MedicineFactory(patient=patient, name="Lorazepam", medicine_class="benzodiazepine", stopped_on=date(2026, 1, 1), recorded_by=cast.nurse)
    at_state(Status.DISCHARGED, cast=cast, patient=patient, chair=chair, now=NOW - timedelta(days=3))
    TransferFactory(patient=patient, owner=cast.desk)
    at_state(Status.BOOKED, cast=cast, patient=patient, chair=chair)
    page = sign_in(cast.prescriber).get(chart_of(patient)).content.decode()
    for words in (
        "Paused: Admitted",
        "A visit is still booked",
        "1 River Road",
        "Moved away",
        "To be co-signed",
        "Cancelled",
        "Lorazepam",
        "150 minutes",
        "Week 1",
        "Discharged",
        "Valid today",
        "For the other setting: 1 session, the last on 7 Jun 2026, 56 mg.",
    ):
        assert words in page, words


def test_reading_is_noted_once_a_quarter_of_an_hour(cast: Cast, sign_in, still_clock) -> None:
    patient = made.ready_patient(cast.riverside, cast.prescriber)
    client = sign_in(cast.auditor)
    for _ in range(3):
        client.get(chart_of(patient))
    reads = AuditEntry.objects.filter(action="record.read", patient_pk=patient.pk, actor=cast.auditor)
    assert reads.count() == 1
    still_clock.shift(timedelta(minutes=16))
    client.get(chart_of(patient))
    assert reads.count() == 2


def test_queries_do_not_grow_with_the_history(cast: Cast, sign_in, chair, django_assert_max_num_queries) -> None:
    patient = made.ready_patient(cast.riverside, cast.prescriber)
    client = sign_in(cast.nurse)
    client.get(chart_of(patient))
    for _ in range(2):
        with django_assert_max_num_queries(32):
            client.get(chart_of(patient))
        for days in range(1, 16):
            at_state(Status.DISCHARGED, cast=cast, patient=patient, chair=chair, now=NOW - timedelta(days=days * 7))
            made.MedicineFactory(patient=patient, recorded_by=cast.nurse)
            made.TrialFactory(patient=patient, recorded_by=cast.nurse)
            made.ScreeningFactory(patient=patient, recorded_by=cast.nurse)
            scored(patient, total=20 - days, on=TODAY - timedelta(days=days * 7), by=cast.nurse)
            reviewed(patient.courses.get(), days_ago=days * 28, by=cast.prescriber)


def test_numbers_of_the_visits(cast: Cast, sign_in, chair) -> None:
    patient = made.ready_patient(cast.riverside, cast.prescriber)
    for days in (3, 7):
        at_state(Status.DISCHARGED, cast=cast, patient=patient, chair=chair, now=NOW - timedelta(days=days))
    response = sign_in(cast.nurse).get(chart_of(patient))
    assert [visit.number for visit in response.context["visits"]] == [2, 1]
    assert response.context["position"].next_number == 3


def test_doors(cast: Cast, sign_in, client) -> None:
    patient = made.ready_patient(cast.riverside, cast.prescriber)
    assert client.get(chart_of(patient)).status_code == 302
    assert sign_in(cast.stranger).get(chart_of(patient)).status_code == 404
    other = made.ready_patient(cast.hillcrest, cast.stranger)
    assert sign_in(cast.nurse).get(chart_of(other)).status_code == 404
    assert not AuditEntry.objects.filter(action="record.read").exists()
