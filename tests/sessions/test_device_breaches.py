"""A corrected device stores the breaches that a first entry would have stored, each once (DOS-2, DEV-1, PRE-6)."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from clinic.models import DutyPeriod
from sessions.actions import devices
from sessions.actions.dosing import Given, Kit
from sessions.models import Breach, DeviceUse, TreatmentSession
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.sessions import EXPIRY, LOT, DeviceUseFactory, at_state

pytestmark = pytest.mark.django_db
GIVEN = Given(kit=Kit(route="bulk", lot=LOT, expires_on=EXPIRY), sprays=2, given_at=NOW, observed_by=None)


def correct(device: DeviceUse, cast: Cast, given: Given) -> DeviceUse:
    return devices.correct_device(device, given=given, reason="Mistyped", client_key=uuid4(), by=cast.nurse, now=NOW)


def broken(session: TreatmentSession) -> list[str]:
    return sorted(Breach.objects.filter(session=session).values_list("finding", flat=True))


def test_an_expired_lot_and_mixed_routes_once(cast: Cast, prescriber_here: DutyPeriod) -> None:
    session = at_state(Status.MONITORING, cast)
    last = DeviceUse.objects.filter(session=session).latest("observed_at")
    wrong = replace(GIVEN, kit=Kit(route="patient", lot=LOT, expires_on=date(2026, 1, 1)), given_at=last.observed_at)
    again = correct(last, cast, wrong)
    assert broken(session) == ["DEV-1.label", "DEV-1.mixed", "DOS-2.expired"]
    correct(again, cast, wrong)
    assert len(broken(session)) == 3


def test_what_was_right_stays_without_a_breach(cast: Cast, prescriber_here: DutyPeriod) -> None:
    session = at_state(Status.MONITORING, cast)
    first = DeviceUse.objects.filter(session=session).earliest("observed_at")
    correct(first, cast, replace(GIVEN, given_at=first.observed_at))
    assert broken(session) == []


def test_a_first_spray_that_a_correction_finds_had_no_gate(cast: Cast) -> None:
    session = at_state(Status.CLEARED, cast)
    device = DeviceUseFactory(session=session, sprays=0, has_failed=True, recorded_by=cast.nurse, observed_at=NOW - timedelta(seconds=30))
    correct(device, cast, replace(GIVEN, given_at=device.observed_at))
    assert {"SET-2.prescriber", "PRE-5.dose"} <= set(broken(session))
