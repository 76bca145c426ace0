"""A day later, what was wrong in a session that has ended is told in an addendum (OUT-2, MON-7)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from clinic.signatures import IdentityProof
from sessions.actions import leaving
from sessions.models import Addendum, DeviceUse, Observation
from sessions.states import Status
from tests.cast import NOW, Cast
from tests.factories.sessions import GOOD_VITALS, at_state

pytestmark = pytest.mark.django_db
AGO = NOW - timedelta(days=2)


@pytest.mark.parametrize("status", [Status.LEFT, Status.TRANSFERRED])
def test_the_page_says_addendum_and_has_the_way_to_it(cast: Cast, sign_in, status: str) -> None:
    session = at_state(status, cast, first_device_at=AGO, now=AGO + timedelta(hours=1))
    nurse = sign_in(cast.nurse)
    check, device = session.observations.get(), session.device_uses.first()
    way = reverse("addendum_add", args=["riverside", session.pk])
    posts = [
        ("observation_correct", check.pk, {**GOOD_VITALS, "pulse": "80"}, Observation),
        ("device_correct", device.pk, {"sprays": "1", "route": "bulk", "lot": "B"}, DeviceUse),
    ]
    for name, pk, data, model in posts:
        count = model.objects.count()
        answer = nurse.post(reverse(name, args=["riverside", pk]), {**data, "reason": "Misread", "client_key": str(uuid4())})
        page = answer.content.decode()
        assert (answer.status_code, "add an addendum" in page, way in page) == (422, True, True)
        assert model.objects.count() == count
    taken = nurse.post(reverse("check_withdraw", args=["riverside", check.pk]), {"reason": "Slip", "client_key": str(uuid4())})
    assert (taken.status_code, "add an addendum" in taken.content.decode(), Observation.objects.count()) == (422, True, 1)
    proof = IdentityProof(cast.nurse, "password")
    said = {"text": "The pulse was 80, not 72.", "reason": "Misread", "observed_at": AGO, "client_key": uuid4()}
    leaving.add_addendum(session, **said, proof=proof, membership=cast.of(cast.nurse), now=NOW)  # type: ignore[arg-type]
    assert Addendum.objects.filter(session=session).exists()


def test_on_the_same_day_it_is_corrected(cast: Cast, sign_in) -> None:
    session = at_state(Status.LEFT, cast)
    check = session.observations.get()
    data = {**GOOD_VITALS, "pulse": "80", "reason": "Misread", "client_key": str(uuid4())}
    assert sign_in(cast.nurse).post(reverse("observation_correct", args=["riverside", check.pk]), data).status_code == 303


@pytest.mark.parametrize(("person", "is_led"), [("nurse", True), ("support", False)])
def test_only_who_may_add_is_led_to_the_addendum(cast: Cast, sign_in, person: str, is_led: bool) -> None:
    session = at_state(Status.LEFT, cast)
    page = sign_in(cast.person(person)).get(reverse("observation_correct", args=["riverside", session.observations.get().pk]))
    assert (reverse("addendum_add", args=["riverside", session.pk]) in page.content.decode()) is is_led
