"""Two whole plans, or rescues, at the same moment, by real requests: one stands whole, of the other nothing; no chair and no patient twice (DOS-7)."""

import re
from collections.abc import Callable
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from patients.models import Patient
from sessions.models import CoursePlan, Settled, TreatmentSession
from tests.cast import Cast
from tests.factories.patients import ready_patient
from tests.sessions.test_races import none_overlap, requested
from tests.sessions.test_rescue import FRIDAY, booked, close, offers, page

SignIn = Callable[..., Client]
pytestmark = pytest.mark.django_db(transaction=True)
# Mondays and Thursdays at nine; the clinic closes at six.
WISHES = {"start": "2026-06-15", "day_1": "0", "time_1": "09:00", "day_2": "3", "time_2": "09:00", "dose": "56", "phases": "induction", "every": "1"}


def wishes(cast: Cast, chair: int, **more: object) -> dict[str, object]:
    return {**WISHES, "chair": cast.chairs[chair].pk, **more}


def address(patient: Patient) -> str:
    return f"/riverside/patients/{patient.pk}/plan/"


def booking(client: Client, patient: Patient, wished: dict[str, object]) -> tuple[str, dict[str, object]]:
    """What the page would post: every visit that it proposes, under a key of its own."""
    shown = client.get(address(patient), wished).content.decode()
    lines = list(dict.fromkeys(unescape(text) for text in re.findall(r'name="visit" value="([^"]+)"', shown)))
    assert len(lines) == 8
    return address(patient), {**wished, "visit": lines, "client_key": str(uuid4()), "do": "book"}


def stands(*patients: Patient) -> list[int]:
    return sorted(TreatmentSession.objects.filter(patient=patient).count() for patient in patients)


@pytest.mark.parametrize("attempt", range(2))
def test_two_patients_plans_want_the_same_chair(cast: Cast, sign_in: SignIn, attempt: int) -> None:
    patients = [ready_patient(cast.riverside, cast.of(cast.prescriber)) for _ in range(2)]
    posts = [booking(sign_in(cast.desk), patient, wishes(cast, 0)) for patient in patients]
    assert requested(sign_in, cast, *posts) == [303, 422]
    assert (stands(*patients), CoursePlan.objects.count()) == ([0, 8], 1)
    assert none_overlap()


def test_plans_that_cross_on_two_chairs_never_deadlock(cast: Cast, sign_in: SignIn) -> None:
    """Each has its last visit on the other's chair: the chairs are locked in key order, whichever comes first in the plan."""
    patients = [ready_patient(cast.riverside, cast.of(cast.prescriber)) for _ in range(2)]
    posts = [booking(sign_in(cast.desk), patient, wishes(cast, place)) for place, patient in enumerate(patients)]
    for place, (_, data) in enumerate(posts):
        lines: list[str] = data["visit"]  # type: ignore[assignment]
        mine, other = (f"@{cast.chairs[one].pk}" for one in (place, 1 - place))
        assert mine in lines[-1]
        data["visit"] = [*lines[:-1], lines[-1].replace(mine, other)]
    assert requested(sign_in, cast, *posts) == [303, 303]
    assert (stands(*patients), none_overlap()) == ([8, 8], True)


def test_one_patients_plan_from_two_pages_is_booked_once(cast: Cast, sign_in: SignIn) -> None:
    patient = ready_patient(cast.riverside, cast.of(cast.prescriber))
    posts = [booking(sign_in(cast.desk), patient, wishes(cast, place)) for place in range(2)]
    assert requested(sign_in, cast, *posts) == [303, 422]
    assert (stands(patient), CoursePlan.objects.count(), none_overlap()) == ([8], 1, True)


def test_one_page_pressed_twice_is_one_plan(cast: Cast, sign_in: SignIn) -> None:
    patient = ready_patient(cast.riverside, cast.of(cast.prescriber))
    post = booking(sign_in(cast.desk), patient, wishes(cast, 0))
    assert requested(sign_in, cast, post, post) == [303, 303]
    assert (stands(patient), CoursePlan.objects.count()) == ([8], 1)


def test_two_people_accept_a_whole_rescue(cast: Cast, sign_in: SignIn) -> None:
    """Each visit is moved once, whoever came first (DOS-9)."""
    for chair in range(3):
        booked(cast, chair)
    close(cast)
    post = (reverse("rescue_accept", args=["riverside", FRIDAY.isoformat()]), {"offer": offers(page(sign_in(cast.desk)))})
    assert requested(sign_in, cast, post, post) == [303, 303]
    assert list(TreatmentSession.objects.values_list("schedule_version", flat=True)) == [2, 2, 2]
    assert (Settled.objects.count(), none_overlap()) == (3, True)
