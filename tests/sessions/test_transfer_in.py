"""A patient who transfers in brings their count and last dose: no false "first treatment" (PMF-3), no false warning of the label (DOS-3, DOS-5)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clinic.findings import Level
from patients.actions.course import end_course, open_course
from patients.models import Patient
from patients.queries import position
from patients.queries.intake import lines
from patients.rules.course import Phase
from patients.views.moves import told_elsewhere
from sessions.models import TreatmentSession
from sessions.queries.course import dose_findings, dosed_days, sessions_dosed_before, sessions_elsewhere
from sessions.queries.off_schedule import against_booking
from sessions.states import Status
from tests.cast import NOW, TODAY, Cast
from tests.factories.intakes import IntakeFactory
from tests.factories.patients import PatientFactory, ready_patient, signed_order
from tests.factories.sessions import at_state

# days since the first and the last session elsewhere, how many, and the phase in which they go on
CAME = [(18, 4, 5, Phase.INDUCTION), (40, 8, 10, Phase.WEEKLY), (90, 14, 16, Phase.MAINTENANCE)]


def elsewhere(first: int, last: int, count: int) -> dict[str, object]:
    days = {"earlier_first_on": TODAY - timedelta(days=first), "earlier_last_on": TODAY - timedelta(days=last)}
    return {"earlier_sessions": count, "earlier_last_dose_mg": 84, **days}


def transferred_in(cast: Cast, told: dict[str, object]) -> Patient:
    """The intake was told the count; the prescriber opens the course with it, on their word."""
    patient = ready_patient(cast.riverside, cast.prescriber)
    end_course(patient.courses.get(), reason="Opened by mistake", by=cast.of(cast.prescriber), now=NOW)
    IntakeFactory(patient=patient, owner=cast.desk, origin="transfer", **told)
    fields = {"indication": "trd", "with_antidepressant": True, "prescriber": cast.prescriber, **told_elsewhere(patient)}
    course = open_course(patient, fields=fields, by=cast.of(cast.prescriber), now=NOW)
    signed_order(course=course, dose_mg=84)
    return patient


def visit(cast: Cast, patient: Patient) -> TreatmentSession:
    course = patient.courses.get(ended_at=None)
    return at_state(Status.MONITORING, cast, patient=patient, course=course, order=course.orders.get(), planned_dose_mg=84)


@pytest.mark.parametrize(("first", "last", "count", "phase"), CAME)
def test_the_course_goes_on_where_it_was(first: int, last: int, count: int, phase: Phase, cast: Cast, sign_in) -> None:  # type: ignore[no-untyped-def]
    """84 mg as the next of many: no first dose of 56, the weeks count from the first session elsewhere, the interval from the last."""
    patient = transferred_in(cast, elsewhere(first, last, count))
    assert against_booking(patient.courses.get(ended_at=None), TODAY, 84, NOW) == []
    plan = sign_in(cast.desk).get(reverse("course_plan", args=["riverside", patient.pk])).content.decode()
    assert (f'aria-label="Session {count + 1}"' in plan, 'aria-label="Session 1"' in plan, "Prescriber decides" in plan) == (True, False, False)
    session = visit(cast, patient)
    assert [finding.text for finding in dose_findings(session) if finding.level > Level.NOTE] == []
    stands = position(session.course, dosed_days(session.course, besides=session), TODAY)
    assert (stands.next_number, stands.phase, stands.days_since_last) == (count + 1, phase, last)
    assert (sessions_dosed_before(session), sessions_elsewhere(session)) == (0, count)


def test_a_later_course_is_not_the_first_treatment_either(cast: Cast) -> None:
    """What was given elsewhere in an earlier course counts for the form, though not for the number within this one."""
    patient = transferred_in(cast, elsewhere(90, 60, 8))
    prescriber = cast.of(cast.prescriber)
    end_course(patient.courses.get(ended_at=None), reason="Remission", by=prescriber, now=NOW)
    fields = {"indication": "trd", "with_antidepressant": True, "prescriber": cast.prescriber, "earlier_sessions": 0}
    course = open_course(patient, fields=fields, by=prescriber, now=NOW)
    signed_order(course=course, dose_mg=84)
    session = visit(cast, patient)
    assert (sessions_elsewhere(session), position(course, [], TODAY).next_number) == (8, 1)


def test_without_the_count_the_intake_waits_for_it(cast: Cast) -> None:
    patient = transferred_in(cast, elsewhere(18, 4, 5))
    patient.courses.filter(ended_at=None).update(earlier_sessions=0, earlier_first_on=None, earlier_last_on=None)
    intake = IntakeFactory(patient=PatientFactory(site=cast.riverside), owner=cast.desk)
    line = lines(patient.intakes.all(), cast.riverside, TODAY)[0]
    assert "how many sessions were given elsewhere" in line.states[-2].words
    assert told_elsewhere(intake.patient) == {}
