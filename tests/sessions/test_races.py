"""Two people at once, with real threads against a real database: one chair, one patient, one device (SQLite file or PostgreSQL)."""

import json
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from clinic.actions.merging import opened_as
from clinic.findings import Refused
from clinic.signatures import IdentityProof
from patients.actions.patient import FIELDS, edit_patient
from sessions.actions import booking, device_seconds, dosing
from sessions.actions.booking import Wish, book
from sessions.actions.dosing import Given, Kit
from sessions.actions.early import Signer
from sessions.models import DeviceConfirmation, DeviceUse, MonitoringForm, TreatmentSession
from sessions.states import PLANNED, Status
from tests.cast import NOW, Cast
from tests.factories.clinic import on_duty
from tests.factories.patients import ready_patient
from tests.factories.sessions import EXPIRY, LOT, at_state

SignIn = Callable[..., Client]
pytestmark = pytest.mark.django_db(transaction=True)
AT = NOW + timedelta(hours=1)


def together(*acts: Callable[[], object]) -> list[object]:
    """Run acts at the same moment, each in its own thread and connection; what each returned or raised, in order."""
    barrier, outcomes = Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=20)
            outcomes[place] = act()  # type: ignore[call-overload]
        except Exception as error:
            outcomes[place] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def kinds(outcomes: list[object]) -> list[str]:
    return sorted("refused" if isinstance(one, Refused) else type(one).__name__ for one in outcomes)


@pytest.mark.parametrize("attempt", range(3))
def test_one_chair_for_two_patients(cast: Cast, attempt: int) -> None:
    patients = [ready_patient(cast.riverside, cast.of(cast.prescriber)) for _ in range(2)]
    wishes = [Wish(patient=patient, chair=cast.chairs[0], starts_at=AT, dose_mg=56) for patient in patients]
    outcomes = together(*(lambda wish=wish: book(wish, client_key=uuid4(), by=cast.desk, now=NOW) for wish in wishes))  # type: ignore[misc]
    assert kinds(outcomes) == ["TreatmentSession", "refused"]
    assert TreatmentSession.objects.filter(status__in=PLANNED).count() == 1


def test_one_patient_for_two_chairs(cast: Cast) -> None:
    patient = ready_patient(cast.riverside, cast.of(cast.prescriber))
    wishes = [Wish(patient=patient, chair=chair, starts_at=AT, dose_mg=56) for chair in cast.chairs[:2]]
    outcomes = together(*(lambda wish=wish: book(wish, client_key=uuid4(), by=cast.desk, now=NOW) for wish in wishes))  # type: ignore[misc]
    assert kinds(outcomes) == ["TreatmentSession", "refused"]


def test_two_visits_change_chairs_without_a_deadlock(cast: Cast) -> None:
    """Each wants the other's chair at another time: rows are locked in key order, so both get through."""
    first, second = (at_state(Status.BOOKED, cast, chair=cast.chairs[place], starts_at=AT) for place in range(2))
    late = AT + timedelta(hours=3)
    swap = [(first, cast.chairs[1]), (second, cast.chairs[0])]
    outcomes = together(*(
        lambda session=session, chair=chair: booking.move_visit(  # type: ignore[misc]
            session, Wish(patient=session.patient, chair=chair, starts_at=late, dose_mg=56), by=cast.desk, now=NOW
        )
        for session, chair in swap
    ))  # fmt: skip
    assert kinds(outcomes) == ["TreatmentSession", "TreatmentSession"]


def requested(sign_in: SignIn, cast: Cast, *posts: tuple[str, dict[str, object]]) -> list[int]:
    """The same moment by real requests, each with a client and a connection of its own; the status of each answer."""
    asked = [(sign_in(cast.desk), path, data) for path, data in posts]
    outcomes = together(*(lambda client=client, path=path, data=data: client.post(path, data).status_code for client, path, data in asked))  # type: ignore[misc]
    return sorted(outcomes)  # type: ignore[type-var]


def slot(cast: Cast, chair: int, **fields: object) -> dict[str, object]:
    """Eleven o'clock in New York: AT."""
    return {"client_key": str(uuid4()), "day": "2026-06-10", "starts_at": "11:00", "chair": cast.chairs[chair].pk, "dose_mg": 56, **fields}


def none_overlap() -> bool:
    """No chair and no patient twice, whoever came first."""
    held = list(TreatmentSession.objects.filter(status__in=PLANNED).order_by("starts_at"))
    return not any(
        a.starts_at < b.ends_at and b.starts_at < a.ends_at and (a.chair_id == b.chair_id or a.patient_id == b.patient_id)
        for place, a in enumerate(held)
        for b in held[:place]
    )


@pytest.mark.parametrize("attempt", range(2))
def test_a_drop_and_a_booking_want_one_chair(cast: Cast, sign_in: SignIn, attempt: int) -> None:
    session = at_state(Status.BOOKED, cast, chair=cast.chairs[1], starts_at=AT + timedelta(hours=3))
    other = ready_patient(cast.riverside, cast.of(cast.prescriber))
    drop = (f"/riverside/sessions/{session.pk}/move/", slot(cast, 0, opened=1))
    booked = (f"/riverside/schedule/book/?patient={other.pk}", slot(cast, 0))
    assert requested(sign_in, cast, drop, booked) == [303, 422]
    assert TreatmentSession.objects.filter(chair=cast.chairs[0]).count() == 1
    assert none_overlap()


@pytest.mark.parametrize("attempt", range(2))
def test_two_drops_want_one_chair(cast: Cast, sign_in: SignIn, attempt: int) -> None:
    sessions = [at_state(Status.BOOKED, cast, chair=cast.chairs[place], starts_at=AT + timedelta(hours=3)) for place in (1, 2)]
    drops = [(f"/riverside/sessions/{one.pk}/move/", slot(cast, 0, opened=1)) for one in sessions]
    assert requested(sign_in, cast, *drops) == [303, 422]
    assert TreatmentSession.objects.filter(chair=cast.chairs[0]).count() == 1
    assert none_overlap()


def test_one_visit_dropped_twice_is_moved_once(cast: Cast, sign_in: SignIn) -> None:
    """Each saw the first version: the second is told where it stands now."""
    session = at_state(Status.BOOKED, cast, chair=cast.chairs[1], starts_at=AT)
    drops = [(f"/riverside/sessions/{session.pk}/move/", slot(cast, chair, opened=1)) for chair in (0, 2)]
    assert requested(sign_in, cast, *drops) == [303, 422]
    session.refresh_from_db()
    assert session.schedule_version == 2


def given() -> Given:
    return Given(kit=Kit(route="bulk", lot=LOT, expires_on=EXPIRY), sprays=2, given_at=NOW, observed_by=None)


@pytest.mark.parametrize("same_key", [True, False])
def test_a_double_tap_is_one_device_and_two_taps_are_two(cast: Cast, same_key: bool) -> None:
    on_duty(cast.of(cast.prescriber), NOW - timedelta(hours=2), lapses_at=NOW + timedelta(hours=8))
    session = at_state(Status.CLEARED, cast)
    key = uuid4()
    outcomes = together(*(
        lambda: dosing.record_device(
            session, given=given(), client_key=key if same_key else uuid4(), by=cast.nurse, membership=cast.of(cast.nurse), now=NOW
        )
        for _ in range(2)
    ))  # fmt: skip
    assert kinds(outcomes) == ["DeviceUse", "DeviceUse"]
    assert sorted(DeviceUse.objects.values_list("number", flat=True)) == ([1] if same_key else [1, 2])
    assert MonitoringForm.objects.filter(session=session).count() == 1


def test_two_visits_of_one_patient_are_not_started_at_once(cast: Cast) -> None:
    """DOS-7: each has its own session to lock, so both wait for the patient's row."""
    on_duty(cast.of(cast.prescriber), NOW - timedelta(hours=2), lapses_at=NOW + timedelta(hours=8))
    first = at_state(Status.CLEARED, cast)
    second = at_state(Status.CLEARED, cast, patient=first.patient)
    outcomes = together(*(
        lambda session=session: dosing.start(  # type: ignore[misc]
            session, kit=given().kit, said_name=True, said_birth_date=True, client_key=uuid4(), by=cast.nurse, membership=cast.of(cast.nurse), now=NOW
        )
        for session in (first, second)
    ))  # fmt: skip
    assert kinds(outcomes) == ["TreatmentSession", "refused"]
    assert TreatmentSession.objects.filter(status=Status.DOSING).count() == 1


def test_a_late_device_is_confirmed_once(cast: Cast) -> None:
    """OUT-4: two people, or one who taps twice."""
    on_duty(cast.of(cast.prescriber), NOW - timedelta(hours=2))
    session = at_state(Status.CLEARED, cast)
    given = Given(kit=Kit(route="bulk", lot=LOT, expires_on=EXPIRY), sprays=2, given_at=NOW - timedelta(minutes=40), observed_by=None)
    late = dosing.record_device(session, given=given, client_key=uuid4(), by=cast.nurse, membership=cast.of(cast.nurse), now=NOW)
    people = [Signer(proof=IdentityProof(one, "password"), membership=cast.of(one)) for one in (cast.second_nurse, cast.prescriber)]
    outcomes = together(*(
        lambda one=one: device_seconds.confirm_device(late, second=one, client_key=uuid4(), by=one.proof.user, now=NOW)  # type: ignore[misc]
        for one in people
    ))  # fmt: skip
    assert kinds(outcomes) == ["DeviceConfirmation", "refused"]
    assert DeviceConfirmation.objects.count() == 1


def test_different_fields_of_one_patient_never_conflict(cast: Cast) -> None:
    """Each changes another field from a page that was opened before: both stay. The same field twice: one is told."""
    patient = ready_patient(cast.riverside, cast.of(cast.prescriber))
    opened = json.loads(opened_as(patient, FIELDS))
    shown = {name: getattr(patient, name) for name in FIELDS}

    def edit(**typed: object) -> object:
        return edit_patient(patient, fields={**shown, **typed}, opened=opened, by=cast.desk, now=NOW)

    assert kinds(together(lambda: edit(address="1 Elm Street"), lambda: edit(allergies="None known"))) == ["Patient", "Patient"]
    patient.refresh_from_db()
    assert (patient.address, patient.allergies) == ("1 Elm Street", "None known")
    assert kinds(together(lambda: edit(email="a@home.example"), lambda: edit(email="b@home.example"))) == ["Patient", "refused"]
