"""Booking, moving and giving up a visit: the row, the audit entry, and what is refused (DOS-7, DOS-9, PAT-7)."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from clinic.findings import Refused
from clinic.models import AuditEntry, Chair
from patients.models import Patient
from sessions.actions import booking
from sessions.actions.booking import NotFree, Wish, book
from sessions.models import Override, TreatmentSession
from sessions.queries.ahead import visit_worries
from sessions.queries.outgrown import outgrown
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.changing import change
from tests.factories.clinic import ClosureFactory
from tests.factories.patients import PatientFactory, StandingParametersFactory, ready_patient
from tests.factories.sessions import at_state

pytestmark = pytest.mark.django_db
AT = NOW + timedelta(hours=1)


@pytest.fixture
def patient(cast: Cast) -> Patient:
    return ready_patient(cast.riverside, cast.of(cast.prescriber))


def wish(cast: Cast, patient: Patient, at: datetime = AT, **fields: object) -> Wish:
    return Wish(**({"patient": patient, "chair": cast.chairs[0], "starts_at": at, "dose_mg": 56} | fields))  # type: ignore[arg-type]


def booked(cast: Cast, patient: Patient, at: datetime = AT, key: UUID | None = None, **fields: object) -> TreatmentSession:
    return book(wish(cast, patient, at, **fields), client_key=key or uuid4(), by=cast.desk, now=NOW)


def refused(cast: Cast, patient: Patient, at: datetime = AT, **fields: object) -> list[str]:
    with pytest.raises(Refused) as caught:
        booked(cast, patient, at, **fields)
    return [finding.key for finding in caught.value.findings]


def test_a_booked_visit(cast: Cast, patient: Patient) -> None:
    session = booked(cast, patient)
    assert (session.status, session.treatment_on, session.schedule_version) == (Status.BOOKED, date(2026, 6, 10), 1)
    assert session.ends_at - session.starts_at == timedelta(minutes=180)
    assert session.order == patient.courses.get().orders.get()
    assert AuditEntry.objects.get(action="session.booked").patient_pk == patient.pk


def test_the_same_post_books_once(cast: Cast, patient: Patient) -> None:
    key = uuid4()
    assert booked(cast, patient, key=key) == booked(cast, patient, key=key)
    assert TreatmentSession.objects.count() == 1


def test_a_key_of_another_patients_booking_books_nothing(cast: Cast, patient: Patient) -> None:
    key = uuid4()
    booked(cast, patient, key=key)
    other = ready_patient(cast.riverside, cast.of(cast.prescriber), mrn="MRN-OTHER")
    assert refused(cast, other, AT + timedelta(hours=4), key=key) == ["client_key"]
    assert TreatmentSession.objects.count() == 1


def test_a_longer_watch_makes_a_longer_visit(cast: Cast, patient: Patient) -> None:
    """PAT-8."""
    StandingParametersFactory(patient=patient, minimum_watch_minutes=180)
    session = booked(cast, patient)
    assert session.ends_at - session.starts_at == timedelta(minutes=240)


def test_the_day_is_the_sites(cast: Cast) -> None:
    """Half past eleven at night in New York is the next day in UTC; a prescriber decided so."""
    patient = ready_patient(cast.riverside, cast.of(cast.prescriber))
    late = datetime(2026, 6, 12, 3, 30, tzinfo=UTC)
    assert booked(cast, patient, late, may_decide=True, reason="Once").treatment_on == date(2026, 6, 11)


def test_no_chair_twice_and_the_nearest_free_is_named(cast: Cast, patient: Patient) -> None:
    booked(cast, ready_patient(cast.riverside, cast.of(cast.prescriber)))
    with pytest.raises(NotFree) as caught:
        booked(cast, patient)
    assert [finding.key for finding in caught.value.findings] == ["BOOK.chair"]
    assert (caught.value.free[0].starts_at, caught.value.free[0].chair_pk) == (AT, cast.chairs[1].pk)
    assert TreatmentSession.objects.count() == 1


def test_no_patient_twice_on_a_day(cast: Cast, patient: Patient) -> None:
    booked(cast, patient)
    assert "DOS-7.booked" in refused(cast, patient, AT + timedelta(hours=3), chair=cast.chairs[1])


@pytest.mark.parametrize("status", [Status.HELD, Status.MISSED, Status.VOIDED, Status.CANCELLED])
def test_what_was_not_dosed_frees_the_day(cast: Cast, patient: Patient, status: str) -> None:
    at_state(status, cast, patient=patient, chair=cast.chairs[0], starts_at=AT)
    assert booked(cast, patient).status == Status.BOOKED


@pytest.mark.parametrize("status", [Status.DISCHARGED, Status.LEFT, Status.TRANSFERRED])
def test_a_dosed_visit_keeps_the_day_and_frees_the_chair(cast: Cast, patient: Patient, status: str) -> None:
    at_state(status, cast, patient=patient, chair=cast.chairs[0], starts_at=AT)
    assert refused(cast, patient) == ["DOS-7.booked"]
    assert booked(cast, ready_patient(cast.riverside, cast.of(cast.prescriber))).chair == cast.chairs[0]


def test_only_a_prescriber_books_late_or_on_a_closed_day(cast: Cast, patient: Patient) -> None:
    """DOS-9: a decision, kept with its reason."""
    late = datetime(2026, 6, 10, 20, 0, tzinfo=UTC)
    assert refused(cast, patient, late) == ["DOS-9.late"]
    assert refused(cast, patient, late, may_decide=True, reason=" ") == ["DOS-9.late"]
    assert refused(cast, patient, late, reason="Please") == ["DOS-9.late"]
    session = booked(cast, patient, late, may_decide=True, reason="The clinic stays open for her")
    override = Override.objects.get(session=session)
    assert (override.gate, override.finding, override.reason) == ("book", "DOS-9.late", "The clinic stays open for her")
    ClosureFactory(site=cast.riverside, closed_on=date(2026, 6, 11))
    assert refused(cast, ready_patient(cast.riverside, cast.of(cast.prescriber)), AT + timedelta(days=1)) == ["DOS-9.closed"]


def test_without_a_course_nothing_is_booked(cast: Cast) -> None:
    assert refused(cast, PatientFactory(site=cast.riverside)) == ["DOS-8.course"]


def test_an_unused_chair_and_a_foreign_one(cast: Cast, patient: Patient) -> None:
    gone = Chair.objects.create(site=cast.riverside, name="Old", position=9, is_active=False)
    assert refused(cast, patient, chair=gone) == ["BOOK.chair_gone"]
    assert refused(cast, patient, chair=cast.hillcrest_chair) == ["BOOK.site"]


@pytest.mark.parametrize("status", ["ended", "deceased"])
def test_a_closed_chart(cast: Cast, patient: Patient, status: str) -> None:
    change(Patient.objects.filter(pk=patient.pk), status=status, status_reason="Moved")
    assert refused(cast, patient) == ["PAT-7.closed"]


def test_a_moved_visit_has_a_new_version_and_is_unconfirmed(cast: Cast, patient: Patient) -> None:
    session = booked(cast, patient)
    TreatmentSession.objects.filter(pk=session.pk).update(confirmed_at=NOW)
    moved = booking.move_visit(session, wish(cast, patient, AT + timedelta(minutes=30)), by=cast.desk, now=NOW)
    assert (moved.schedule_version, moved.confirmed_at, moved.starts_at) == (2, None, AT + timedelta(minutes=30))
    assert "starts_at" in AuditEntry.objects.get(action="session.moved").body


def test_another_chair_keeps_the_confirmation_and_the_same_slot_changes_nothing(cast: Cast, patient: Patient) -> None:
    session = booked(cast, patient)
    TreatmentSession.objects.filter(pk=session.pk).update(confirmed_at=NOW)
    moved = booking.move_visit(session, wish(cast, patient, chair=cast.chairs[2]), by=cast.desk, now=NOW)
    assert (moved.chair, moved.confirmed_at) == (cast.chairs[2], NOW)
    again = booking.move_visit(moved, wish(cast, patient, chair=cast.chairs[2]), by=cast.desk, now=NOW)
    assert again.schedule_version == 2


def test_a_visit_that_its_patients_watch_outgrew_is_lengthened_where_it_is(cast: Cast, patient: Patient) -> None:
    """PAT-8: said ahead, mended by the same slot once more, unless another visit follows on its chair."""
    session = booked(cast, patient)
    assert outgrown([session]) == {}
    StandingParametersFactory(patient=patient, minimum_watch_minutes=180)
    assert outgrown([session]) == {session.pk: timedelta(minutes=60)}
    assert [one.kind.code for one in visit_worries(cast.riverside, NOW)].count("visit_too_short") == 1
    next_one = booked(cast, ready_patient(cast.riverside, cast.of(cast.prescriber)), session.ends_at)
    with pytest.raises(Refused):
        booking.move_visit(session, wish(cast, patient), by=cast.desk, now=NOW)
    booking.cancel(next_one, reason="Ill", by=cast.desk, now=NOW)
    longer = booking.move_visit(session, wish(cast, patient), by=cast.desk, now=NOW)
    told = [line for line in AuditEntry.objects.get(action="session.moved").body.splitlines() if line.startswith("change ")]
    assert told == [f'change ends_at ["{(AT + timedelta(minutes=180)).isoformat()}", "{(AT + timedelta(minutes=240)).isoformat()}"]']
    assert (longer.ends_at - longer.starts_at, longer.schedule_version, outgrown([longer])) == (timedelta(minutes=240), 2, {})
    assert booking.move_visit(session, wish(cast, patient), by=cast.desk, now=NOW).schedule_version == 2


def test_a_visit_that_has_begun_is_not_moved(cast: Cast) -> None:
    session = at_state(Status.ARRIVED, cast)
    with pytest.raises(Refused):
        booking.move_visit(session, wish(cast, session.patient), by=cast.desk, now=NOW)


def test_cancelled_with_a_reason_once(cast: Cast, patient: Patient) -> None:
    session = booked(cast, patient)
    with pytest.raises(Refused):
        booking.cancel(session, reason=" ", by=cast.desk, now=NOW)
    for _ in range(2):
        booking.cancel(session, reason="Ill", by=cast.desk, now=NOW)
    session.refresh_from_db()
    assert (session.status, session.status_reason, session.schedule_version) == (Status.CANCELLED, "Ill", 2)
    assert AuditEntry.objects.filter(action="session.cancelled").count() == 1


def test_missed_only_after_its_time_and_taken_back_the_same_day(cast: Cast, patient: Patient) -> None:
    session = booked(cast, patient)
    with pytest.raises(Refused):
        booking.mark_missed(session, reason="Not reached", by=cast.desk, now=AT - timedelta(minutes=1))
    for _ in range(2):
        booking.mark_missed(session, reason="Not reached", by=cast.desk, now=AT)
    with pytest.raises(Refused):
        booking.rebook(session, reason="Came after all", by=cast.desk, now=AT + timedelta(days=1))
    booking.rebook(session, reason="Came after all", by=cast.desk, now=AT + timedelta(minutes=20))
    session.refresh_from_db()
    assert (session.status, session.schedule_version) == (Status.BOOKED, 3)


def test_taken_back_only_while_its_slot_is_free(cast: Cast, patient: Patient) -> None:
    session = booked(cast, patient)
    booking.cancel(session, reason="Ill", by=cast.desk, now=NOW)
    booked(cast, ready_patient(cast.riverside, cast.of(cast.prescriber)))
    with pytest.raises(Refused) as caught:
        booking.rebook(session, reason="Well again", by=cast.desk, now=NOW)
    assert [finding.key for finding in caught.value.findings] == ["BOOK.chair"]
