"""Two people at one session at the same moment, with real threads and connections: what each race must leave behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from clinic import chain
from clinic.findings import Refused
from clinic.models import Chair
from clinic.signatures import IdentityProof
from sessions.actions import booking, devices, dosing, leaving, watch
from sessions.models import Breach, DeviceUse, MonitoringForm, Observation, ReadinessCheck, TreatmentSession
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.patients import ready_patient
from tests.factories.sessions import EXPIRY, GOOD_VITALS, LOT, ObservationFactory, at_state
from tests.machine.oracle import READY
from tests.sessions.test_races import together

KIT = dosing.Kit(route="bulk", lot=LOT, expires_on=EXPIRY)
Race = Callable[[Cast, int], None]


def monitored(cast: Cast, minutes: int = 125) -> TreatmentSession:
    return at_state(Status.MONITORING, cast, first_device_at=NOW - timedelta(minutes=minutes), policy=cast.riverside.policies.get())


def refused(outcomes: list[Any]) -> list[bool]:
    """Who was refused; anything else that went wrong is a failure."""
    for one in outcomes:
        assert isinstance(one, Refused) or not isinstance(one, Exception), repr(one)
    return [isinstance(one, Refused) for one in outcomes]


def different_checks(cast: Cast, number: int) -> None:
    """Both are kept, with both alerts."""
    session = monitored(cast)

    def take(person: Any, systolic: int) -> Observation:
        check = watch.Check(values={**GOOD_VITALS, "systolic": systolic}, observed_at=NOW, client_key=uuid4())
        return watch.record_observation(session, check=check, by=person, now=NOW)

    assert refused(together(lambda: take(cast.nurse, 171), lambda: take(cast.second_nurse, 172))) == [False, False]
    kept = Observation.objects.standing().filter(session=session, observed_at=NOW)
    assert sorted(kept.values_list("systolic", flat=True)) == [171, 172]
    assert session.alerts.filter(closed_at__isnull=True).count() == 2


def one_device_corrected_twice(cast: Cast, number: int) -> None:
    """One wins; the other is told that somebody changed it."""
    session = monitored(cast)
    device = DeviceUse.objects.filter(session=session).latest("number")

    def correct(person: Any, minutes: int) -> DeviceUse:
        given = dosing.Given(kit=KIT, sprays=2, given_at=device.observed_at + timedelta(minutes=minutes), observed_by=None)
        return devices.correct_device(device, given=given, reason="Clock was wrong", client_key=uuid4(), by=person, now=NOW)

    outcomes = together(lambda: correct(cast.nurse, 1), lambda: correct(cast.second_nurse, 2))
    assert sorted(refused(outcomes)) == [False, True]
    won = next(one for one in outcomes if not isinstance(one, Refused))
    standing = DeviceUse.objects.standing().filter(session=session, number=device.number)
    assert [(row.pk, row.observed_at) for row in standing] == [(won.pk, won.observed_at)]


def discharge_against_a_device(cast: Cast, number: int) -> None:
    """Whichever came first: a discharge after the device is refused; a device after the discharge is kept, with its breach."""
    session = monitored(cast)
    ObservationFactory(session=session, observed_at=NOW - timedelta(minutes=2), recorded_by=cast.nurse)
    answers = {item: min(good) for item, good in READY.items()}
    at = NOW - timedelta(minutes=1)
    ReadinessCheck.objects.create(site=session.site, session=session, observed_at=at, recorded_at=at, recorded_by=cast.nurse, answers=answers)
    given = dosing.Given(kit=KIT, sprays=2, given_at=NOW - timedelta(minutes=3), observed_by=None)
    sign = {"proof": IdentityProof(user=cast.nurse, method="password"), "membership": cast.of(cast.nurse)}
    who = {"by": cast.second_nurse, "membership": cast.of(cast.second_nurse)}
    outcomes = together(
        lambda: leaving.discharge(session, **sign, client_key=uuid4(), now=NOW),
        lambda: dosing.record_device(session, given=given, client_key=uuid4(), **who, now=NOW),
    )
    is_late, device_refused = refused(outcomes)
    session.refresh_from_db()
    assert not device_refused
    assert session.status == (Status.MONITORING if is_late else Status.DISCHARGED)
    assert Breach.objects.filter(session=session, finding="OUT-2.device_after").exists() is not is_late
    assert MonitoringForm.objects.filter(session=session).count() == 1


def one_key_twice(cast: Cast, number: int) -> None:
    """A double tap: one row, and both get it."""
    session, key = monitored(cast), uuid4()
    check = watch.Check(values=GOOD_VITALS, observed_at=NOW, client_key=key)
    outcomes = together(*(lambda: watch.record_observation(session, check=check, by=cast.nurse, now=NOW) for _ in range(2)))
    assert refused(outcomes) == [False, False]
    assert {one.pk for one in outcomes} == set(Observation.objects.filter(client_key=key).values_list("pk", flat=True))
    assert len({one.pk for one in outcomes}) == 1


def one_chair_for_two(cast: Cast, number: int) -> None:
    chair = Chair.objects.create(site=cast.riverside, name=f"Race {number}", position=10 + number)
    wishes = [
        booking.Wish(patient=ready_patient(cast.riverside, cast.of(cast.prescriber)), chair=chair, starts_at=NOW + timedelta(hours=1), dose_mg=56)
        for _ in range(2)
    ]
    outcomes = together(*(lambda wish=wish: booking.book(wish, client_key=uuid4(), by=cast.desk, now=NOW) for wish in wishes))  # type: ignore[misc]
    assert sorted(refused(outcomes)) == [False, True]
    assert TreatmentSession.objects.filter(chair=chair, status=Status.BOOKED).count() == 1


RACES: tuple[Race, ...] = (different_checks, one_device_corrected_twice, discharge_against_a_device, one_key_twice, one_chair_for_two)


def run_races(cast: Cast, runs: int) -> None:
    """So many races in turn; at the end the audit trail holds."""
    for number in range(runs):
        RACES[number % len(RACES)](cast, number)
    verdict = chain.verified(f"site:{cast.riverside.pk}")
    assert verdict.is_whole, verdict
