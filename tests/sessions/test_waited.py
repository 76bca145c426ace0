"""An entry that waited for its connection was seen when it was pressed, and is told apart from a typed time."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from sessions.models import Round
from tests.cast import NOW
from tests.factories.sessions import at_state


@pytest.mark.parametrize(
    ("posted", "seen_at"),
    [({"waited": 754}, NOW - timedelta(seconds=754)), ({"waited": 0}, NOW), ({"waited": ""}, NOW), ({"waited": 754, "observed_at": "09:55"}, NOW - timedelta(minutes=5))],
    ids=["waited", "at once", "no word of it", "a typed time wins"],
)  # fmt: skip
def test_what_waited_was_seen_when_it_was_pressed(cast, sign_in, posted, seen_at) -> None:
    session = at_state("monitoring", cast, first_device_at=NOW - timedelta(minutes=50))
    response = sign_in(cast.nurse).post(reverse("round_record", args=["riverside", session.pk]), {"client_key": uuid4(), **posted})
    assert response.status_code == 303
    row = Round.objects.get()
    assert (row.observed_at, row.recorded_at) == (seen_at, NOW)


@pytest.mark.parametrize("waited", ["-5", "43201", "soon", "1e9"])
def test_a_wait_that_can_not_be_is_refused(cast, sign_in, waited) -> None:
    session = at_state("monitoring", cast, first_device_at=NOW - timedelta(minutes=50))
    response = sign_in(cast.nurse).post(reverse("round_record", args=["riverside", session.pk]), {"client_key": uuid4(), "waited": waited})
    assert response.status_code == 422
    assert not Round.objects.exists()
