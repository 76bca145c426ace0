"""From booking to the last device by the pages alone, as a nurse goes through them."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinic.models import DutyPeriod, User
from sessions.models import DeviceUse, MonitoringForm, TreatmentSession
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.patients import ready_patient
from tests.factories.sessions import GOOD_VITALS

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
LONG = {"last_food_none": "on", "last_drink_none": "on", "last_nasal_none": "on"}
ROUND = LONG | {"enrolment": "portal", "contraindications": "none", "medicines": "none", "event_since": "no", "suicide_risk": "negative"}
ASKED = "last_food last_drink last_nasal enrolment contraindications pregnancy medicines event_since suicide_risk"


def post(client: Client, name: str, pk: int, **data: object) -> int:
    url = reverse(name, args=["riverside", pk])
    return client.post(url, {"client_key": str(uuid4()), **data}).status_code


def test_the_whole_line(cast: Cast, sign_in: SignIn, prescriber_here: DutyPeriod, still_clock: time_machine.Traveller) -> None:
    nurse = sign_in(cast.nurse)
    patient = ready_patient(cast.riverside, cast.of(cast.prescriber))
    booked = nurse.post(
        reverse("session_book", args=["riverside"]) + f"?patient={patient.pk}",
        {"client_key": str(uuid4()), "day": "2026-06-10", "starts_at": "10:00", "chair": cast.chairs[0].pk, "dose_mg": 56},
    )
    assert booked.status_code == 303, booked.content.decode()
    session = TreatmentSession.objects.get()
    pk = session.pk
    page = reverse("flowsheet", args=["riverside", pk])
    for name, data, status in (
        ("session_arrive", {"said_name": "on", "said_birth_date": "on", "way_home": "driver"}, Status.ARRIVED),
        ("predose_answer", {"asked": ASKED, **ROUND}, Status.ARRIVED),
        ("observation_record", {**GOOD_VITALS, "step": "prepare"}, Status.ARRIVED),
        ("session_clear", {}, Status.CLEARED),
        ("dosing_start", {"said_name": "on", "said_birth_date": "on", "route": "bulk", "lot": "ab12", "expires_on": "2027-01-31"}, Status.DOSING),
        ("device_record", {"sprays": 2}, Status.DOSING),
    ):
        assert nurse.get(page).status_code == 200, name
        assert post(nurse, name, pk, **data) == 303, name
        session.refresh_from_db()
        assert session.status == status, name
    still_clock.shift(timedelta(minutes=5))
    assert nurse.get(page).status_code == 200
    assert post(nurse, "device_record", pk, sprays=2) == 303
    session.refresh_from_db()
    assert (session.status, session.monitor, session.kit_lot) == (Status.MONITORING, cast.nurse, "AB12")
    assert [device.lot for device in DeviceUse.objects.all()] == ["AB12", "AB12"]
    assert not session.breaches.exists()
    assert MonitoringForm.objects.filter(session=session).count() == 1
    for step in ("arrive", "prepare", "dose", "watch"):
        assert nurse.get(page, {"step": step}).status_code == 200
    assert session.arrived_at == NOW


@pytest.mark.parametrize("view", ["", "week"])
@pytest.mark.parametrize("day", ["", "2026-06-13", "junk", "9999-12-31", "0001-01-01"])
def test_schedule_shows_any_day(cast: Cast, sign_in: SignIn, view: str, day: str) -> None:
    client = sign_in(cast.desk)
    assert client.get(reverse("schedule", args=["riverside"]), {"day": day, "view": view}).status_code == 200


@pytest.mark.parametrize("who", ["desk", "support", "nurse", "prescriber", "admin"])
def test_schedule_opens_for_everybody_of_the_floor(cast: Cast, sign_in: SignIn, who: str) -> None:
    user: User = cast.person(who)
    assert sign_in(user).get(reverse("schedule", args=["riverside"])).status_code == 200
